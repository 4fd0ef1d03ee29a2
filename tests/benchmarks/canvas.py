"""Frames of the canvas in large drawings: fitted to the view, at 100 %, and while dragging.

The events are those that Qt sends for a mouse; a frame is what Qt paints for them, on the raster
engine, into a view of 1600 × 1000 pixels.
"""

from __future__ import annotations

import gc
import time
from collections import Counter
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest

from gui.app import application
from gui.canvas.view import CanvasView
from gui.document import Document
from gui.theme import LIGHT, apply_theme
from tests.benchmarks import drawings
from tests.benchmarks.harness import Goal, Result, Row, median, say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from PySide6.QtWidgets import QWidget

    from graph.project import Project

_SIZES = (100, 1000, 5000)
_WIDTH, _HEIGHT = 1600, 1000
_FRAMES, _BUILDS, _DRAG = 60, 5, 200
_LEFT, _MIDDLE = Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton
_NONE = Qt.MouseButton.NoButton
_PLAIN = Qt.KeyboardModifier.NoModifier
_Made = TypeVar("_Made")
_FRAME, _STEP, _BUILD = Goal(6), Goal(3), Goal(150)


class Paints(QObject):
    """Counts the paint events of a widget, so that no frame is taken for painted that was not."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self.count = 0
        widget.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Count."""
        self.count += event.type() is QEvent.Type.Paint
        return False


class Bench:
    """A canvas with a drawing on it, shown without a screen."""

    def __init__(self, project: Project) -> None:
        self.document = Document(project)
        self.view = CanvasView(self.document, LIGHT)
        self.view.resize(_WIDTH, _HEIGHT)
        self.paints = Paints(self.view)
        self.view.show()
        QTest.qWaitForWindowExposed(self.view)

    def painted(self, actions: Iterable[Callable[[], object]]) -> list[float]:
        """Return the ms of each action.

        Raises RuntimeError if one painted nothing.
        """
        taken = []
        for action in actions:
            before = self.paints.count
            taken.append(_ms(action))
            if self.paints.count == before:
                raise RuntimeError("A frame was not painted, so its time says nothing.")
        return taken

    def close(self) -> None:
        """Take the canvas away."""
        self.view.close()
        self.view.deleteLater()
        self.document.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)

    def mouse(self, kind: QEvent.Type, at: QPointF, button: Qt.MouseButton) -> None:
        """Send what Qt sends for a mouse; `button` is the one that is or was held."""
        pressed = _NONE if kind is QEvent.Type.MouseMove else button
        held = _NONE if kind is QEvent.Type.MouseButtonRelease else button
        place = QPointF(self.view.mapToGlobal(at.toPoint()))
        event = QMouseEvent(kind, at, at, place, pressed, held, _PLAIN)
        QCoreApplication.sendEvent(self.view, event)

    def frame(self) -> None:
        """Paint the whole view."""
        self.view.repaint()

    def damaged(self) -> None:
        """Paint what the last events have made stale, as Qt does on its next turn."""
        QCoreApplication.sendPostedEvents(None, QEvent.Type.UpdateRequest.value)

    def zoom(self, notches: int) -> None:
        """Turn the wheel in the middle of the view, and paint."""
        at = QPointF(_WIDTH / 2, _HEIGHT / 2)
        place = QPointF(self.view.mapToGlobal(at.toPoint()))
        phase = Qt.ScrollPhase.NoScrollPhase
        turn = QPoint(0, 120 * notches)
        event = QWheelEvent(at, place, QPoint(), turn, _NONE, _PLAIN, phase, False)
        QCoreApplication.sendEvent(self.view, event)
        self.damaged()

    def pans(self, count: int) -> list[float]:
        """Drag the canvas with the middle button to and fro; ms of each move with its frame."""
        start = QPointF(_WIDTH / 2, _HEIGHT / 2)
        self.mouse(QEvent.Type.MouseButtonPress, start, _MIDDLE)
        self.damaged()
        places = [start + QPointF(40.0 * (number % 2 + 1), 10.0) for number in range(count)]
        taken = self.painted(partial(self._moved, at, _MIDDLE) for at in places)
        self.mouse(QEvent.Type.MouseButtonRelease, start, _MIDDLE)
        self.damaged()
        return taken

    def drags(self, node: str, count: int) -> list[float]:
        """Drag a node in small steps, and put it back; ms of each step with its frame."""
        start = QPointF(self.view.node_rect(node).center())
        self.mouse(QEvent.Type.MouseButtonPress, start, _LEFT)
        self._moved(start + QPointF(10.0, 10.0), _LEFT)
        places = [start + QPointF(10.0 + 4 * (step % 50), 14.0) for step in range(1, count + 1)]
        taken = self.painted(partial(self._moved, at, _LEFT) for at in places)
        self.view.cancel_tool()
        self.mouse(QEvent.Type.MouseButtonRelease, start, _LEFT)
        self.damaged()
        return taken

    def _moved(self, at: QPointF, button: Qt.MouseButton) -> None:
        self.mouse(QEvent.Type.MouseMove, at, button)
        self.damaged()


def run(*, quick: bool) -> Result:
    """Measure each size of drawing."""
    app = application()
    apply_theme(app, LIGHT)
    rows: list[Row] = []
    for count in (30,) if quick else _SIZES:
        say(f"{count:,} nodes")
        rows += _rows(drawings.layered(count), 3 if quick else _FRAMES, 1 if quick else _BUILDS)
    return Result(
        "Frames of the canvas",
        rows,
        ["Raster engine, no screen, 1600 × 1000 pixels; goals are for the largest drawing too."],
    )


def _rows(project: Project, frames: int, builds: int) -> list[Row]:
    size = f"{len(project.graph.nodes):,} nodes"
    gc.collect()
    built = []
    for _ in range(builds):
        made = Document(project)
        view, taken = _timed(partial(CanvasView, made, LIGHT))
        built.append(taken)
        view.deleteLater()
        made.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    rows = [median(f"{size}: canvas made for a drawing", built, "ms", _BUILD)]
    bench = Bench(project)
    try:
        bench.view.fit()
        rows += _at(bench, f"{size}, fitted", frames)
        node = _busy_node(project)
        bench.view.zoom_by(1.0 / bench.view.zoom)
        bench.document.reveal(node)
        _wait_for_glide(bench, node)
        rows += _at(bench, f"{size}, 100 %", frames)
        steps = bench.drags(node, 3 if frames < _FRAMES else _DRAG)
        rows.append(
            median(f"{size}, 100 %: a step of dragging a node", steps, "ms", _STEP, "steps")
        )
    finally:
        bench.close()
    return rows


def _at(bench: Bench, where: str, frames: int) -> list[Row]:
    """Measure frames, pans and zooms from where the view stands, and go back there."""
    bench.frame()
    full = bench.painted([bench.frame] * frames)
    pans = bench.pans(frames)
    notches = max(1, frames // 8)  # in, out beyond the start, and back to it
    ways = [1] * notches + [-1] * 2 * notches + [1] * notches
    zooms = bench.painted(partial(bench.zoom, way) for way in ways)
    return [
        median(f"{where}: a whole frame", full, "ms", _FRAME, "frames"),
        median(f"{where}: a step of panning", pans, "ms", of="frames"),
        median(f"{where}: a step of zooming", zooms, "ms", of="frames"),
    ]


def _busy_node(project: Project) -> str:
    """Return a node in the middle of the drawing with at least three wires."""
    graph = project.graph
    counts = Counter(key for link in graph.links.values() for key in (link.source, link.target))
    busy = [key for key in graph.nodes if counts[key] >= 3]
    return busy[len(busy) // 2]


def _wait_for_glide(bench: Bench, node: str) -> None:
    """Let the canvas glide to a node before anything is timed."""
    QTest.qWait(400)
    inside = bench.view.rect().contains(bench.view.node_rect(node).center())
    if not inside:
        raise RuntimeError(f"{node} is not in view, so it can't be dragged.")


def _timed(action: Callable[[], _Made]) -> tuple[_Made, float]:
    """Return what an action gives, and how long it took (ms)."""
    began = time.perf_counter()
    made = action()
    return made, (time.perf_counter() - began) * 1e3


def _ms(action: Callable[[], object]) -> float:
    return _timed(action)[1]
