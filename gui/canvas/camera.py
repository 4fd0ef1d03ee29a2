"""Zoom and place of the view over the canvas: scene x · zoom + shift = pixel of the widget."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF

from gui.canvas.geometry import Area

if TYPE_CHECKING:
    from PySide6.QtCore import QSize

MIN_ZOOM, MAX_ZOOM = 0.02, 4.0
_MARGIN = 40.0


class Camera:
    """Where the view stands. The shift is in whole pixels, so that texts at 100 % are sharp."""

    def __init__(self) -> None:
        self.zoom = 1.0
        self.shift = QPointF(0.0, 0.0)

    def to_scene(self, at: QPointF) -> QPointF:
        """Return the place on the canvas under a pixel."""
        return (at - self.shift) / self.zoom

    def to_view(self, at: QPointF) -> QPointF:
        """Return the pixel at which a place on the canvas stands."""
        return at * self.zoom + self.shift

    def area(self, rect: QRectF) -> Area:
        """Return the part of the canvas that lies under a rectangle of pixels."""
        low, high = self.to_scene(rect.topLeft()), self.to_scene(rect.bottomRight())
        return Area(low.x(), low.y(), high.x(), high.y())

    def rect_to_view(self, rect: QRectF) -> QRectF:
        """Return the pixels under which a part of the canvas lies."""
        return QRectF(self.to_view(rect.topLeft()), self.to_view(rect.bottomRight()))

    def pan(self, by: QPointF) -> None:
        """Move the drawing by pixels."""
        self._set_shift(self.shift + by)

    def zoom_at(self, factor: float, at: QPointF) -> None:
        """Zoom, the place under a pixel staying where it is."""
        still = self.to_scene(at)
        self.zoom = min(max(self.zoom * factor, MIN_ZOOM), MAX_ZOOM)
        self._set_shift(at - still * self.zoom)

    def center_on(self, place: QPointF, size: QSize) -> None:
        """Bring a place on the canvas to the middle of the view."""
        self._set_shift(QPointF(size.width() / 2, size.height() / 2) - place * self.zoom)

    def fit(self, bounds: QRectF, size: QSize) -> None:
        """Show all of a part of the canvas, at 100 % at most."""
        if bounds.isEmpty():
            self.zoom = 1.0
            self._set_shift(QPointF(0.0, 0.0))
            return
        wide = (size.width() - 2 * _MARGIN) / bounds.width()
        high = (size.height() - 2 * _MARGIN) / bounds.height()
        self.zoom = min(max(min(wide, high), MIN_ZOOM), 1.0)
        self.center_on(bounds.center(), size)

    def _set_shift(self, shift: QPointF) -> None:
        self.shift = QPointF(round(shift.x()), round(shift.y()))
