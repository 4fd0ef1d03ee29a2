"""The overview in the corner of the canvas: coloured blocks and the frame of what is in view."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from gui.theme import FIELD_RADIUS, SMALL

if TYPE_CHECKING:
    from gui.canvas.stage import Stage

_SIZE = QSize(160, 100)
_MOST_SMOOTH = 500
_SMALLEST = np.array([3.0, 2.0])  # pixels of a node


class Minimap(QWidget):
    """Shows the whole drawing; a press or a drag brings that place to the middle of the view."""

    def __init__(self, view: Stage) -> None:
        super().__init__(view)
        self._view = view
        self.setObjectName("canvas.minimap")
        self.setAccessibleName(self.tr("Overview of the drawing"))
        self.setFixedSize(_SIZE)
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def _fit(self, bounds: QRectF) -> tuple[float, QPointF]:
        """Return the scale, and the pixel at which the canvas's origin lies."""
        if bounds.isEmpty():
            return 0.05, QPointF(0.0, 0.0)
        room = self.rect().toRectF().adjusted(SMALL, SMALL, -SMALL, -SMALL)
        scale = min(room.width() / bounds.width(), room.height() / bounds.height(), 0.12)
        return scale, room.center() - bounds.center() * scale

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the sheet, the nodes in their families' colours, and the frame."""
        view = self._view
        theme, geometry = view.theme, view.drawing
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(theme.border), 1.0))
        painter.setBrush(QColor(theme.panel))
        sheet = self.rect().toRectF().adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(sheet, FIELD_RADIUS, FIELD_RADIUS)
        bounds = geometry.bounds()
        scale, origin = self._fit(bounds)
        rect = geometry.rect * scale
        rect[:, :2] += origin.toTuple()
        rect[:, 2:] = np.maximum(rect[:, 2:], _SMALLEST)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, len(rect) <= _MOST_SMOOTH)
        view.painter.paint_families(painter, geometry.family, rect)
        area = view.visible_area()
        seen = QRectF(QPointF(area.left, area.top), QPointF(area.right, area.bottom))
        if not seen.contains(bounds):  # else there is nothing to tell
            frame = QRectF(seen.topLeft() * scale + origin, seen.bottomRight() * scale + origin)
            self._paint_frame(painter, frame.intersected(sheet.adjusted(2, 2, -2, -2)))

    def _paint_frame(self, painter: QPainter, frame: QRectF) -> None:
        accent = QColor(self._view.theme.accent)
        painter.setPen(QPen(accent, 1.0))
        accent.setAlpha(24)
        painter.setBrush(accent)
        painter.drawRoundedRect(frame, 2.0, 2.0)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Bring the pressed place to the middle of the view."""
        self._go(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Follow the pointer while it is pressed."""
        if event.buttons():
            self._go(event)

    def _go(self, event: QMouseEvent) -> None:
        scale, origin = self._fit(self._view.drawing.bounds())
        self._view.center_on((event.position() - origin) / scale)
        event.accept()
