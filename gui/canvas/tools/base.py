"""What every mouse gesture can do."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QCoreApplication, QPointF, Qt
from PySide6.QtGui import QColor, QPen

from gui.canvas import arrays

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter

    from gui.canvas.view import CanvasView

THRESHOLD = 4.0  # pixels that a pressed pointer may tremble before it is a drag


class Pointer(NamedTuple):
    """Where the pointer is, in pixels of the widget and on the canvas, and what is held down."""

    at: QPointF
    place: QPointF
    button: Qt.MouseButton = Qt.MouseButton.NoButton
    shift: bool = False
    ctrl: bool = False
    alt: bool = False
    held: bool = False  # is a button down?

    @classmethod
    def of(cls, event: QMouseEvent, view: CanvasView) -> Pointer:
        """Read a mouse event."""
        keys = event.modifiers()
        at = event.position()
        return cls(
            at,
            view.camera.to_scene(at),
            event.button(),
            bool(keys & Qt.KeyboardModifier.ShiftModifier),
            bool(keys & Qt.KeyboardModifier.ControlModifier),
            bool(keys & Qt.KeyboardModifier.AltModifier),
            event.buttons() != Qt.MouseButton.NoButton,
        )


class Tool:
    """A gesture. It gets the mouse's events and ends by `view.end_tool()`."""

    cursor = Qt.CursorShape.ArrowCursor

    def __init__(self, view: CanvasView) -> None:
        self.view = view

    @property
    def scrolls(self) -> bool:
        """Say whether something is being dragged that the view should follow over its edge."""
        return False

    def pressed(self, pointer: Pointer) -> None:
        """Take a press of a button."""

    def moved(self, pointer: Pointer) -> None:
        """Take a move, with or without a button."""

    def released(self, pointer: Pointer) -> None:
        """Take the release of a button."""

    def doubled(self, pointer: Pointer) -> None:
        """Take a double click; without an answer of its own it is a press."""
        self.pressed(pointer)

    def key(self, _event: QKeyEvent) -> bool:
        """Take a key that is pressed; say whether it was meant for the gesture."""
        return False

    def cancelled(self) -> None:
        """Leave everything as it was before the gesture."""

    def paint(self, painter: QPainter) -> None:
        """Paint what the gesture shows, over the drawing and in its units."""


def paint_wire(view: CanvasView, painter: QPainter, wire: str | None) -> None:
    """Paint the wire into which something would go, if there is one."""
    if wire is not None and wire in view.drawing.link_row:
        row = view.drawing.link_row[wire]
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(view.theme.accent), 4.0))
        painter.drawPath(arrays.curves(view.drawing.line[[row]]))


def tell_wire(view: CanvasView, wire: str | None, at: QPointF) -> None:
    """Say beside a pixel between which nodes something would go: it may hide the wire itself."""
    text, graph = "", view.drawing.graph
    if wire is not None and wire in graph.links:
        ends = graph.links[wire].source, graph.links[wire].target
        text = QCoreApplication.translate("canvas", "goes between {0} and {1}")
        text = text.format(*(graph.nodes[key].label for key in ends))
    view.show_bubble(text, at)


def far(a: QPointF, b: QPointF) -> bool:
    """Say whether two pixels are farther apart than a hand trembles."""
    return (a - b).manhattanLength() > THRESHOLD
