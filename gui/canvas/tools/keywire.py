"""Drawing a wire by keys: C takes it at the node's output, Tab or arrows aim, Enter connects."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPen

from graph.topology import wiring
from gui.canvas import acts
from gui.canvas.hits import Hit
from gui.canvas.tools.base import Pointer
from gui.canvas.tools.connect import ConnectTool
from gui.theme import NODE_RADIUS

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent, QPainter

    from gui.canvas.view import CanvasView

_STEPS = {
    Qt.Key.Key_Tab: 1,
    Qt.Key.Key_Right: 1,
    Qt.Key.Key_Down: 1,
    Qt.Key.Key_Backtab: -1,
    Qt.Key.Key_Left: -1,
    Qt.Key.Key_Up: -1,
}


class KeyWireTool(ConnectTool):
    """A wire from a node's output; the keys choose the node it goes to, the mouse may too."""

    def __init__(self, view: CanvasView, key: str) -> None:
        super().__init__(view, Hit("port", key, "out", 0))
        at = QPointF(view.port_point(key, "out"))
        self.pressed(Pointer(at, view.camera.to_scene(at)))
        self._clicked = True
        order = wiring(view.document.project.graph).order
        place = order.index(key)
        self.targets = [  # from the next one in the code on
            other
            for other in (*order[place + 1 :], *order[:place])
            if view.drawing.faces[view.drawing.row[other]].inputs
        ]
        self._chosen = 0

    def begin(self) -> None:
        """Aim at the first node."""
        self._step(0)

    def _step(self, by: int) -> None:
        if not self.targets:
            return
        self._chosen = (self._chosen + by) % len(self.targets)
        key = self.targets[self._chosen]
        self.view.reveal(key)
        self._aim = self._aim_at_node(key)
        if self._aim is not None:
            self._tip = self._aim.at
            self._tell(self.view.camera.to_view(self._aim.at))
        self.view.update()

    def key(self, event: QKeyEvent) -> bool:
        """Aim at the next node or the one before, or connect; say whether the key was for that."""
        key = Qt.Key(event.key())
        if key in _STEPS:
            self._step(_STEPS[key])
            return True
        if key not in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            return False
        aim, view = self._aim, self.view
        view.end_tool()
        if aim is not None:
            acts.connect(view.document, aim.link, aim.replaced)
        return True

    def paint(self, painter: QPainter) -> None:
        """Paint the wire, and a frame around the node that it would go to."""
        super().paint(painter)
        aim, drawing = self._aim, self.view.drawing
        if aim is not None and aim.link.target in drawing.row:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(self.view.theme.accent), 2.0, Qt.PenStyle.DashLine))
            box = drawing.node_rect(aim.link.target).adjusted(-4, -4, 4, 4)
            painter.drawRoundedRect(box, NODE_RADIUS + 4, NODE_RADIUS + 4)
