"""Pointing: what is under the pointer lights up, and a press begins the gesture that fits it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPen

from gui.canvas.faces import HEAD, PORT_RADIUS
from gui.canvas.hits import Hit
from gui.canvas.tips import param_at
from gui.canvas.tools.base import Pointer, Tool
from gui.canvas.tools.connect import ConnectTool
from gui.canvas.tools.marquee import MarqueeTool
from gui.canvas.tools.pan import PanTool
from gui.canvas.tools.select import SelectTool

if TYPE_CHECKING:
    from PySide6.QtGui import QPainter

    from gui.canvas.view import CanvasView


class PointTool(Tool):
    """The tool while no gesture is under way."""

    def __init__(self, view: CanvasView) -> None:
        super().__init__(view)
        self.hover = Hit()

    def moved(self, pointer: Pointer) -> None:
        """Light up what the pointer is over."""
        hover = self.view.hit(pointer.at)
        if hover != self.hover:
            self.hover = hover
            shape = Qt.CursorShape.CrossCursor if hover.what == "port" else self.cursor
            self.view.setCursor(shape)
            self.view.update()

    def pressed(self, pointer: Pointer) -> None:
        """Begin the gesture that fits what is under the pointer."""
        view, hit = self.view, self.view.hit(pointer.at)
        if pointer.button is Qt.MouseButton.MiddleButton or (pointer.alt and hit.what != "port"):
            view.begin(PanTool(view), pointer)
        elif pointer.button is not Qt.MouseButton.LeftButton:
            return
        elif hit.what == "port":
            view.begin(ConnectTool(view, hit), pointer)
        elif hit.what in {"node", "badge"}:
            view.begin(SelectTool(view, hit.key), pointer)
        elif hit.what == "wire":
            self._select_wire(hit.key, add=pointer.shift or pointer.ctrl)
        else:
            view.begin(MarqueeTool(view), pointer)

    def doubled(self, pointer: Pointer) -> None:
        """Open the list of layers on empty ground; edit a name or a parameter where it stands."""
        view, hit = self.view, self.view.hit(pointer.at)
        if pointer.button is not Qt.MouseButton.LeftButton:
            self.pressed(pointer)
        elif hit.what == "nothing":
            view.open_add_popup(pointer.place)
        elif hit.what != "node":
            self.pressed(pointer)
        elif pointer.place.y() < view.drawing.node_rect(hit.key).top() + HEAD:
            view.rename(hit.key)
        elif (param := param_at(view.drawing, hit.key, pointer.place)) is not None:
            view.parameter_wanted.emit(hit.key, param)
        else:
            self.pressed(pointer)

    def _select_wire(self, key: str, *, add: bool) -> None:
        document = self.view.document
        if add:
            document.select(document.selected_nodes, document.selected_links ^ {key})
        else:
            document.select(links=frozenset({key}))

    def paint(self, painter: QPainter) -> None:
        """Paint the port or wire under the pointer stronger."""
        geometry, hover = self.view.drawing, self.hover
        accent = QColor(self.view.theme.accent)
        if hover.what == "port" and hover.key in geometry.row:
            face = geometry.faces[geometry.row[hover.key]]
            count = face.inputs if hover.side == "in" else face.outputs
            if hover.port >= count:
                return
            at: QPointF = geometry.port_point(hover.key, hover.side, hover.port)
            painter.setPen(QPen(accent, 2.0))
            painter.setBrush(QColor(self.view.theme.canvas))
            painter.drawEllipse(at, PORT_RADIUS + 1.5, PORT_RADIUS + 1.5)
