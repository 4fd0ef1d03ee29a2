"""Opening a drawing, writing its program, and an edit until the whole window shows it."""

from __future__ import annotations

import tempfile
import time
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QEvent, QTimer
from PySide6.QtTest import QTest

from codegen import emit
from graph import edits, projectfile
from graph.inference import infer
from gui.app import application, build_window, spare_collector
from gui.settings import Settings
from tests.benchmarks import drawings
from tests.benchmarks.harness import Result, Row, median, say

if TYPE_CHECKING:
    from collections.abc import Callable

    from graph.project import Project
    from gui.main_window import MainWindow

_SIZES, _TIMES = (10, 1000), 15


def run(*, quick: bool) -> Result:
    """Measure a small and a large drawing."""
    rows: list[Row] = []
    times = 2 if quick else _TIMES
    with tempfile.TemporaryDirectory(prefix="benchmark-") as made:
        folder = Path(made)
        window = build_window(application(), Settings.in_file(folder / "settings.ini"))
        window.painted.disconnect()  # no engine: nothing is trained here
        window.show()
        QTest.qWaitForWindowExposed(window)
        try:
            for count in (10, 40) if quick else _SIZES:
                say(f"{count:,} nodes")
                rows += _core(drawings.layered(count), times)
                rows += _window(window, drawings.layered(count), folder, times)
        finally:
            for sheet in window.document.sheets:
                sheet.stack.setClean()  # nobody is asked whether to save
            window.close()
    return Result(
        "Opening, and an edit until everything shows it",
        rows,
        ["The window has 1440 × 900 pixels and its usual docks, the code beside the drawing."],
    )


def _core(project: Project, times: int) -> list[Row]:
    size = f"{len(project.graph.nodes):,} nodes"
    report, text = infer(project), projectfile.dumps(project)
    return [
        median(f"{size}: the file read", _ms(lambda: projectfile.loads(text), times), "ms"),
        median(f"{size}: inference from nothing", _ms(lambda: infer(project), times), "ms"),
        median(f"{size}: the program written", _ms(lambda: emit(project, report), times), "ms"),
    ]


def _window(window: MainWindow, project: Project, folder: Path, times: int) -> list[Row]:
    """Open the file in the window, then change filters and take the change back by turns."""
    size = f"{len(project.graph.nodes):,} nodes"
    file = folder / f"{len(project.graph.nodes)}.loom"
    projectfile.write(file, project)
    opened = _ms(lambda: _shown(window, lambda: _open(window, file)), 1)
    layer = drawings.convolutions(project)[0]
    document = window.document
    wide = iter(range(9, 9 + 2 * times))

    def edit() -> None:
        change = edits.SetParams(layer, {"filters": next(wide)})
        _shown(window, lambda: document.push(change, "filters"))

    spare_collector()  # as it is when a file is opened
    edited = _ms(edit, times)
    held = _held(edit, times)
    undone = _ms(lambda: _shown(window, document.undo_stack.undo), times)
    code = _ms(window.panels["code"].repaint, times)
    return [
        median(f"{size}: opened in the window", opened, "ms"),
        median(f"{size}: filters changed, the canvas painted", edited, "ms"),
        median(f"{size}: the longest step until code and repairs are there too", held, "ms"),
        median(f"{size}: that undone", undone, "ms"),
        median(f"{size}: the code panel painted", code, "ms"),
    ]


def _open(window: MainWindow, file: Path) -> None:
    window.document.open(file)
    window.show_canvas()


def _shown(window: MainWindow, action: Callable[[], object]) -> None:
    """Do something, and paint all that it has made stale."""
    action()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest.value)
    QCoreApplication.sendPostedEvents(None, QEvent.Type.UpdateRequest.value)


def _held(edit: Callable[[], object], times: int) -> list[float]:
    """Return the longest step of each edit, with all that is put off until later (ms).

    A timer that beats whenever the event loop is free sees how long each step holds it.
    """
    held = []
    beats: list[float] = []
    beat = QTimer()
    beat.timeout.connect(lambda: beats.append(time.perf_counter()))
    for _ in range(times):
        beats.clear()
        beat.start(0)
        began = time.perf_counter()
        edit()
        QTest.qWait(300)
        beat.stop()
        held.append(max(end - start for start, end in pairwise([began, *beats])) * 1e3)
    return held


def _ms(action: Callable[[], object], times: int) -> list[float]:
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        action()
        taken.append((time.perf_counter() - began) * 1e3)
    return taken
