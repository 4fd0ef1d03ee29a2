"""The widget that shows a document's drawing: camera, frames, hit tests; no gesture yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSize, Qt, QVariantAnimation, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from gui.canvas.bubble import Bubble
from gui.canvas.camera import Camera
from gui.canvas.geometry import SLACK, Geometry
from gui.canvas.hits import Hit, hit
from gui.canvas.minimap import Minimap
from gui.canvas.painter import CanvasPainter, Scene
from gui.theme import MEDIUM, MOTION_MS, Theme, reduced_motion, text_font

if TYPE_CHECKING:
    from graph.change import Change
    from gui.canvas.geometry import Area, Side
    from gui.document import Document

_MINIMAP_FROM = QSize(480, 320)
_REACH = 7.0  # pixels of the screen within which ports and wires are caught
_ROUND = 3  # pixels that lines and their softness reach over what is to be painted anew


class Stage(QWidget):
    """Shows a document's drawing.

    Signals:
        zoom_changed(float): the zoom is another one; 1.0 is 100 %.
    """

    zoom_changed = Signal(float)

    def __init__(self, document: Document, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.document: Document = document
        self.theme = theme
        self.camera = Camera()
        self.drawing = Geometry()
        self.painter = CanvasPainter(theme, self.drawing.measure)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.minimap = Minimap(self)
        self._minimap_wanted = True
        self._is_fitted = False  # and nobody has moved the view since
        self._bubble = Bubble(self, theme)
        self._glide = QVariantAnimation(self)
        self._glide.setDuration(MOTION_MS)
        self._glide.valueChanged.connect(self._on_glided)
        document.changed.connect(self._on_document_changed)
        document.selection_changed.connect(self.update)
        document.revealed.connect(self.reveal)
        self._take_over(None)

    def set_theme(self, theme: Theme) -> None:
        """Paint in another theme's colours."""
        self.theme = self._bubble.theme = theme
        self.painter = CanvasPainter(theme, self.drawing.measure)
        self.update()

    # what the document says

    def _on_document_changed(self, change: Change) -> None:
        self._take_over(change)

    def _take_over(self, change: Change | None) -> None:
        document = self.document
        self.drawing.show(document.project, document.report, document.problems, change)
        self._place_minimap()
        graph = document.project.graph
        words = self.tr("{0} layers, {1} wires.").format(len(graph.nodes), len(graph.links))
        self.setAccessibleDescription(words)
        self.update()

    # camera

    @property
    def zoom(self) -> float:
        """The zoom; 1.0 is 100 %."""
        return self.camera.zoom

    def fit(self) -> None:
        """Show the whole drawing, at 100 % at most, and no node under the overview."""
        bounds, size = self.drawing.bounds(), self.size()
        self.camera.fit(bounds, size)
        corner = self.camera.area(self.minimap.geometry().toRectF())
        if not self.minimap.isHidden() and len(self.drawing.nodes_in(corner, SLACK)):
            above = size.height() - self.minimap.height() - MEDIUM
            self.camera.fit(bounds, QSize(size.width(), max(above, size.height() // 2)))
        self._is_fitted = True
        self._camera_moved(zoomed=True)

    def zoom_by(self, factor: float, at: QPointF | None = None) -> None:
        """Zoom; the place under the pixel `at` (the middle of the view) stays where it is."""
        self._is_fitted = False
        self.camera.zoom_at(factor, self.rect().toRectF().center() if at is None else at)
        self._camera_moved(zoomed=True)

    def pan_by(self, by: QPointF) -> None:
        """Move the drawing by pixels."""
        self._is_fitted = False
        self.camera.pan(by)
        self._camera_moved()

    def center_on(self, place: QPointF) -> None:
        """Bring a place on the canvas to the middle of the view."""
        self._is_fitted = False
        self.camera.center_on(place, self.size())
        self._camera_moved()

    def reveal(self, node: str) -> None:
        """Bring a node into view; one that stands in it well stays where it is."""
        if node not in self.drawing.row:
            return
        box = self.drawing.node_rect(node)
        room = self.rect().toRectF().adjusted(MEDIUM, MEDIUM, -MEDIUM, -MEDIUM)
        if room.contains(self.camera.rect_to_view(box)):
            return
        self._glide.stop()
        if reduced_motion() or not self.isVisible():
            self.center_on(box.center())
            return
        self._glide.setStartValue(self.camera.to_scene(self.rect().toRectF().center()))
        self._glide.setEndValue(box.center())
        self._glide.start()

    def _on_glided(self, place: QPointF) -> None:
        self.center_on(place)

    def _camera_moved(self, *, zoomed: bool = False) -> None:
        self.update()
        self.minimap.update()
        if zoomed:
            self.zoom_changed.emit(self.camera.zoom)

    def visible_area(self) -> Area:
        """Return the part of the canvas that is in view."""
        return self.camera.area(self.rect().toRectF())

    def show_minimap(self, wanted: bool) -> None:  # noqa: FBT001 - for an action's toggled signal
        """Show the overview in the corner, or hide it."""
        self._minimap_wanted = wanted
        self._place_minimap()

    def _place_minimap(self) -> None:
        """Keep the overview in its corner, where it doesn't hide most of a small canvas."""
        room = self.width() >= _MINIMAP_FROM.width() and self.height() >= _MINIMAP_FROM.height()
        self.minimap.setVisible(self._minimap_wanted and room and bool(self.drawing.keys))
        corner = self.rect().bottomRight() - self.minimap.rect().bottomRight()
        self.minimap.move(corner - QPoint(MEDIUM, MEDIUM))

    # where things are, in pixels of the widget

    def hit(self, at: QPointF, reach: float = _REACH) -> Hit:
        """Return what is at a pixel; ports and wires are caught within `reach` pixels."""
        place = self.camera.to_scene(at)
        return hit(self.drawing, place.x(), place.y(), min(reach / self.zoom, 24.0))

    def node_rect(self, node: str) -> QRect:
        """Return the pixels of a node; raise KeyError if there is none of that id."""
        return self.camera.rect_to_view(self.drawing.node_rect(node)).toRect()

    def port_point(self, node: str, side: Side, slot: int = 0) -> QPoint:
        """Return the pixel of an input slot ("in") or an output ("out") of a node."""
        index = self.drawing.port_of_slot(node, slot) if side == "in" else slot
        return self.camera.to_view(self.drawing.port_point(node, side, index)).toPoint()

    def show_bubble(self, text: str, at: QPointF, *, bad: bool = False) -> None:
        """Show a note beside a pixel; an empty text hides it."""
        self._bubble.note(text, at, bad=bad)

    # painting

    def update_scene(self, part: QRectF) -> None:
        """Paint a part of the canvas anew; the overview waits for the end of the gesture."""
        rect = self.camera.rect_to_view(part).toAlignedRect()
        self.update(rect.adjusted(-_ROUND, -_ROUND, _ROUND, _ROUND))

    def scene(self) -> Scene:
        """Return what is to be painted."""
        document = self.document
        nodes, links = document.selected_nodes, document.selected_links
        return Scene(self.drawing, document.report, nodes, links)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the part that Qt asks for."""
        rect, camera = event.rect().toRectF(), self.camera
        painter = QPainter(self)
        self.painter.ground(painter, rect, camera.zoom, camera.shift)
        if not self.drawing.keys:
            self._paint_hint(painter)
        painter.translate(camera.shift)
        painter.scale(camera.zoom, camera.zoom)
        self.painter.paint(painter, self.scene(), camera.area(rect), camera.zoom)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.paint_tool(painter)
        painter.end()

    def paint_tool(self, painter: QPainter) -> None:
        """Paint what a gesture shows, over the drawing and in its units."""

    def _paint_hint(self, painter: QPainter) -> None:
        painter.setFont(text_font())
        painter.setPen(QColor(self.theme.muted))
        text = self.tr("Drag a layer here from the library, or press Space")
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, text)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the overview in its corner, and all in view that was."""
        super().resizeEvent(event)
        self._place_minimap()
        if self._is_fitted:
            self.fit()
