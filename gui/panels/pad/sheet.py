"""The sheet of the drawing pad: ink on black, by mouse or pen, or a picture to draw on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QPointingDevice
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.theme import SMALL

if TYPE_CHECKING:
    from PySide6.QtGui import (
        QDragEnterEvent,
        QDropEvent,
        QKeyEvent,
        QMouseEvent,
        QPaintEvent,
        QTabletEvent,
    )

    from gui.theme import Theme

Array = NDArray[Any]

_SIDE = 280  # pixels of the sheet's longer side, or a few more or less
_BRUSH = 2.4  # pixels of the network, as the strokes of MNIST's digits have about
_BRUSHES = (0.6, 8.0)
# a soft brush: rings of rising brightness; where they overlap the brighter one stays
_RINGS = ((1.0, 90), (0.8, 170), (0.6, 255))


def image_of(picture: Array) -> QImage:
    """Return a picture, grey (height, width) or coloured (height, width, 3), as Qt has it."""
    coloured = picture if picture.ndim == 3 else np.repeat(picture[..., np.newaxis], 3, axis=2)
    pixels = np.ascontiguousarray(coloured, dtype=np.uint8)
    rows, columns, _ = pixels.shape
    image = QImage(pixels.data, columns, rows, 3 * columns, QImage.Format.Format_RGB888)
    return image.convertToFormat(QImage.Format.Format_RGB32)  # its own memory


class PadSheet(QWidget):
    """A sheet that is drawn on: left button draws, right button or the pen's eraser erases.

    Signals:
        changed(): there is other ink on it.
        stroke_ended(): the button or the pen was lifted.
        file_dropped(Path): a file was dropped on it.
        brush_changed(float): the brush has another width, in pixels of the network.
    """

    changed = Signal()
    stroke_ended = Signal()
    file_dropped = Signal(object)
    brush_changed = Signal(float)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("pad.sheet")
        self.setAccessibleName(self.tr("Drawing pad"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setAcceptDrops(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._theme = theme
        self._last: QPointF | None = None
        self._pen_is_down = False
        self.brush = _BRUSH
        self.is_empty = True
        self.set_size(28, 28)

    def set_size(self, height: int, width: int) -> None:
        """Make an empty sheet for pictures of this many pixels of the network."""
        self._cell = max(1, round(_SIDE / max(height, width)))
        self._size = QSize(width, height)
        self._image = QImage(self._size * self._cell, QImage.Format.Format_RGB32)
        self.clear()

    def clear(self) -> None:
        """Wipe the sheet."""
        self._image.fill(Qt.GlobalColor.black)
        self.is_empty = True
        self.update()
        self.changed.emit()

    def show_picture(self, picture: Array) -> None:
        """Put a picture that has the sheet's proportions on it."""
        painter = QPainter(self._image)
        painter.drawImage(QRectF(self._image.rect()), image_of(picture))
        painter.end()
        self.is_empty = False
        self.update()
        self.changed.emit()

    @property
    def size_in_pixels(self) -> tuple[int, int]:
        """Return height and width of what `picture` returns."""
        return self._image.height(), self._image.width()

    def picture(self) -> Array:
        """Return what is on the sheet as a colour picture (height, width, 3)."""
        rows, columns = self.size_in_pixels
        pixels = np.frombuffer(self._image.constBits(), np.uint8).reshape(rows, columns, 4)
        return np.ascontiguousarray(pixels[..., 2::-1])

    def set_brush(self, width: float) -> None:
        """Set the brush's width, in pixels of the network."""
        width = min(_BRUSHES[1], max(_BRUSHES[0], width))
        if width != self.brush:
            self.brush = width
            self.brush_changed.emit(width)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of another theme."""
        self._theme = theme
        self.update()

    # --- ink ----------------------------------------------------------------------------------

    def stroke(self, point: QPointF, *, erase: bool, pressure: float = 1.0) -> None:
        """Draw from the last point to this one (in the widget's pixels), or begin there."""
        here = self._on_image(point)
        before = self._last if self._last is not None else here
        self._last = here
        painter = QPainter(self._image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        modes = QPainter.CompositionMode
        painter.setCompositionMode(
            modes.CompositionMode_Darken if erase else modes.CompositionMode_Lighten
        )
        width = self.brush * self._cell * (2.0 if erase else 1.0) * pressure
        for share, level in _RINGS:
            shade = 255 - level if erase else level
            pen = QPen(QColor(shade, shade, shade), max(1.0, width * share))
            pen.setCapStyle(Qt.PenCapStyle.RoundCap)
            painter.setPen(pen)
            if before == here:
                painter.drawPoint(here)
            else:
                painter.drawLine(before, here)
        painter.end()
        self.is_empty = False
        self.update()
        self.changed.emit()

    def lift(self) -> None:
        """End a stroke."""
        if self._last is not None:
            self._last = None
            self.stroke_ended.emit()

    def _place(self) -> QRectF:
        """Return where the sheet lies in the widget: as large as fits, at the top."""
        room = QSize(max(1, self.width() - 2), max(1, self.height() - 2))
        size = self._size.scaled(room, Qt.AspectRatioMode.KeepAspectRatio)
        return QRectF(1 + (room.width() - size.width()) // 2, 1, size.width(), size.height())

    def _on_image(self, point: QPointF) -> QPointF:
        place = self._place()
        scale = self._image.width() / max(1.0, place.width())
        return (point - place.topLeft()) * scale

    # --- Qt -----------------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the sheet, and what to do with it while it is empty."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        place = self._place()
        painter.drawImage(place, self._image)
        if self.is_empty:
            painter.setPen(QColor("#98A2B3"))  # the sheet is black in every theme
            words = self.tr("Draw here,\nor drop an image file")
            inner = place.adjusted(SMALL, SMALL, -SMALL, -SMALL)
            wrap = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(inner, int(wrap), words)
        painter.setPen(QColor(self._theme.accent if self.hasFocus() else self._theme.border))
        painter.drawRect(place.adjusted(-1, -1, 0, 0))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a stroke."""
        if event.button() in {Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton}:
            self._last = None
            self.stroke(event.position(), erase=event.button() == Qt.MouseButton.RightButton)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Go on with a stroke."""
        if self._last is not None:
            erase = bool(event.buttons() & Qt.MouseButton.RightButton)
            self.stroke(event.position(), erase=erase)

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        """End a stroke."""
        self.lift()

    def tabletEvent(self, event: QTabletEvent) -> None:
        """Draw with a pen: the harder, the wider; its other end erases."""
        kinds = event.Type
        erase = event.pointerType() == QPointingDevice.PointerType.Eraser
        if event.type() == kinds.TabletPress:
            self._last, self._pen_is_down = None, True
        if self._pen_is_down:
            pressure = 0.4 + 1.2 * event.pressure()
            if event.type() == kinds.TabletRelease:
                self._pen_is_down = False
                self.lift()
            else:
                self.stroke(event.position(), erase=erase, pressure=pressure)
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Wipe the sheet with Delete; change the brush with plus and minus."""
        key = Qt.Key(event.key())
        if key in {Qt.Key.Key_Delete, Qt.Key.Key_Backspace}:
            self.clear()
            self.stroke_ended.emit()
        elif key in {Qt.Key.Key_Plus, Qt.Key.Key_Minus}:
            self.set_brush(self.brush * (1.2 if key is Qt.Key.Key_Plus else 1 / 1.2))
        else:
            super().keyPressEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take files."""
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Take the first file."""
        files = [url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()]
        if files:
            event.acceptProposedAction()
            self.file_dropped.emit(Path(files[0]))

    def sizeHint(self) -> QSize:
        """Return the size at which one draws well."""
        return QSize(200, 200)

    def minimumSizeHint(self) -> QSize:
        """Return the least size."""
        return QSize(96, 96)
