"""Placing a layer from the library: its ghost follows the pointer; over a wire it goes into it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt

from gui.canvas import acts
from gui.canvas.faces import PORT_LINE
from gui.canvas.tools.base import Pointer, Tool, paint_wire, tell_wire

if TYPE_CHECKING:
    from PySide6.QtGui import QPainter

    from gui.canvas.view import CanvasView


class PlaceTool(Tool):
    """Carries a layer of a kind until it is dropped, or clicked into place."""

    cursor = Qt.CursorShape.DragCopyCursor

    def __init__(self, view: CanvasView, kind: str) -> None:
        super().__init__(view)
        self.kind = kind
        self._face = acts.face_of_kind(kind, view.document.project, view.drawing.measure)
        self._corner: QPointF | None = None
        self._wire: str | None = None

    def hover(self, at: QPointF) -> None:
        """Show the layer at a pixel of the view."""
        self._corner = self._corner_at(self.view.camera.to_scene(at))
        hit = self.view.hit(at, reach=12.0)
        into = hit.what == "wire" and acts.takes_input(self.kind)
        self._wire = hit.key if into else None
        tell_wire(self.view, self._wire, at)
        self.view.update()

    def drop(self, at: QPointF) -> str:
        """Put the layer down at a pixel of the view; return the new node's id."""
        self.hover(at)
        view, wire, corner = self.view, self._wire, self._corner_at(self.view.camera.to_scene(at))
        view.end_tool()
        if wire is None:
            corner = view.drawing.free_place(corner, self._face.width, self._face.height, slack=0)
            return acts.add(view.document, self.kind, corner.x(), corner.y())
        box = QRectF(corner, QSizeF(self._face.width, self._face.height))
        return acts.insert(view.document, wire, self.kind, acts.box_in(view.drawing, wire, box))

    def _corner_at(self, place: QPointF) -> QPointF:
        """Return the node's corner: the pointer holds it where its ports are."""
        return QPointF(
            acts.snap(place.x() - self._face.width / 2), acts.snap(place.y() - PORT_LINE)
        )

    def moved(self, pointer: Pointer) -> None:
        """Let the ghost follow the pointer."""
        self.hover(pointer.at)

    def pressed(self, pointer: Pointer) -> None:
        """Put it down with a click."""
        if pointer.button is Qt.MouseButton.LeftButton:
            self.drop(pointer.at)

    def paint(self, painter: QPainter) -> None:
        """Paint the ghost, and the wire it would go into."""
        view = self.view
        if self._corner is None:
            return
        paint_wire(view, painter, self._wire)
        box = QRectF(self._corner.x(), self._corner.y(), self._face.width, self._face.height)
        painter.setOpacity(0.8)
        view.painter.nodes.paint(painter, self._face, box, 0, selected=True)
        painter.setOpacity(1.0)
