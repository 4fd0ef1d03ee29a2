"""Dragging a layer out of the library, within the program's own windows.

The widget under the pointer gets Qt's ordinary drag and drop events. They are sent from here
rather than by QDrag, because that one runs an event loop of its own (nothing else of the window
then gets its turn on some systems) and does nothing on Qt's offscreen platform.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, QPoint, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QFont,
    QFontMetrics,
    QPainter,
    QPen,
    QPixmap,
)
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from graph.fragment import LAYER_MIME
from gui.icons import family_icon
from gui.theme import NODE_RADIUS, SMALL, SMALL_SIZE, TEXT_SIZE, text_font

if TYPE_CHECKING:
    from graph.spec import LayerSpec
    from gui.theme import Theme

_GRIP = QPoint(24, 18)  # where the pointer holds the picture
_COPY = Qt.DropAction.CopyAction
_BUTTONS, _KEYS = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


def drag_pixmap(spec: LayerSpec, theme: Theme, ratio: float) -> QPixmap:
    """Return the head of a node as it will stand on the canvas; `ratio`: of the screen."""
    name = text_font(TEXT_SIZE, QFont.Weight.DemiBold)
    kind = text_font(SMALL_SIZE)
    words = QFontMetrics(name).horizontalAdvance(spec.stem)
    width = max(176, words + QFontMetrics(kind).horizontalAdvance(spec.name) + 60)
    size = QSize(width, 36)
    pixmap = QPixmap(size * ratio)
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(theme.accent), 1.5))
    painter.setBrush(QColor(theme.panel))
    frame = QRectF(QPoint(0, 0), size).adjusted(1, 1, -1, -1)
    painter.drawRoundedRect(frame, NODE_RADIUS, NODE_RADIUS)
    family_icon(spec.family, theme).paint(painter, QRect(SMALL, 10, 16, 16))
    middle = Qt.AlignmentFlag.AlignVCenter
    painter.setFont(name)
    painter.setPen(QColor(theme.text))
    painter.drawText(QRect(32, 0, width, 36), middle | Qt.AlignmentFlag.AlignLeft, spec.stem)
    painter.setFont(kind)
    painter.setPen(QColor(theme.muted))
    painter.drawText(QRect(0, 0, width - 12, 36), middle | Qt.AlignmentFlag.AlignRight, spec.name)
    painter.end()
    return pixmap


class LayerDrag:
    """A layer on its way: a picture at the pointer, until a widget that takes it shows its own."""

    def __init__(self, spec: LayerSpec, theme: Theme, source: QWidget) -> None:
        self._data = QMimeData()
        self._data.setData(LAYER_MIME, spec.name.encode())
        self._target: QWidget | None = None
        self._accepted = False
        self._window = source.window()
        self._picture = QLabel(self._window)
        self._picture.setObjectName("library.dragged")
        self._picture.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._picture.setPixmap(drag_pixmap(spec, theme, source.devicePixelRatioF()))
        self._picture.adjustSize()

    def move(self, place: QPoint) -> None:
        """Go to a place on the screen (pixels, global) and tell the widgets there."""
        target = self._taker(place)
        if target is not self._target:
            self._leave()
            self._target = target
            if target is not None:
                at = target.mapFromGlobal(place)
                enter = QDragEnterEvent(at, _COPY, self._data, _BUTTONS, _KEYS)
                enter.ignore()
                QApplication.sendEvent(target, enter)
                self._accepted = enter.isAccepted()
        if target is not None and self._accepted:
            at = target.mapFromGlobal(place)
            QApplication.sendEvent(target, QDragMoveEvent(at, _COPY, self._data, _BUTTONS, _KEYS))
        self._picture.move(self._window.mapFromGlobal(place) - _GRIP)
        self._picture.setVisible(not (target is not None and self._accepted))
        self._picture.raise_()

    def drop(self, place: QPoint) -> None:
        """Let go at a place on the screen (pixels, global)."""
        self.move(place)
        target, self._target = self._target, None
        self._picture.hide()
        self._picture.deleteLater()
        if target is not None and self._accepted:
            at = QPointF(target.mapFromGlobal(place))
            QApplication.sendEvent(target, QDropEvent(at, _COPY, self._data, _BUTTONS, _KEYS))

    def cancel(self) -> None:
        """Put the layer back where it came from."""
        self._leave()
        self._picture.hide()
        self._picture.deleteLater()

    def _leave(self) -> None:
        if self._target is not None and self._accepted:
            QApplication.sendEvent(self._target, QDragLeaveEvent())
        self._target, self._accepted = None, False

    def _taker(self, place: QPoint) -> QWidget | None:
        """Return the widget at a place, or the nearest around it, that takes what is dropped."""
        found: QWidget | None = QApplication.widgetAt(place)
        if found is None:  # a window may reach beyond what Qt holds for the screen
            found = self._window.childAt(self._window.mapFromGlobal(place))
        while found is not None and not found.acceptDrops():
            found = found.parentWidget()
        return found
