"""The small note beside the pointer: what a wire carries, or why it would be refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QLabel, QWidget

from gui.theme import CODE_FAMILY, FIELD_RADIUS, SMALL_SIZE, TEXT_FAMILY

if TYPE_CHECKING:
    from PySide6.QtCore import QPointF

    from gui.theme import Theme

_WIDEST = 300
_AWAY = 16


class Bubble(QLabel):
    """A label that floats over the canvas and lets the mouse through."""

    def __init__(self, parent: QWidget, theme: Theme) -> None:
        super().__init__(parent)
        self._canvas = parent
        self.setObjectName("canvas.bubble")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setContentsMargins(8, 6, 8, 6)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)
        self.theme = theme
        self._bad = False
        self.hide()

    def note(self, text: str, at: QPointF, *, bad: bool) -> None:
        """Show a text beside a pixel of the parent; an empty one hides the note."""
        if not text:
            self.hide()
            return
        self._bad = bad
        ink, face = (self.theme.error, TEXT_FAMILY) if bad else (self.theme.text, CODE_FAMILY)
        self.setStyleSheet(f"color: {ink}; font-family: '{face}'; font-size: {SMALL_SIZE}px;")
        self.ensurePolished()
        self.setText(text)
        wide = max(map(self.fontMetrics().horizontalAdvance, text.split("\n"))) + 20
        self.setFixedWidth(min(wide, _WIDEST))
        self.setFixedHeight(self.heightForWidth(self.width()))
        parent = self._canvas.rect()
        place = at.toPoint() + QPoint(_AWAY, _AWAY)
        if place.x() + self.width() > parent.right():
            place.setX(round(at.x()) - _AWAY - self.width())
        if place.y() + self.height() > parent.bottom():
            place.setY(round(at.y()) - _AWAY - self.height())
        self.move(place)
        self.show()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the sheet below the text."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(self.theme.error if self._bad else self.theme.border), 1.0))
        painter.setBrush(QColor(self.theme.raised))
        box = self.rect().toRectF().adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(box, FIELD_RADIUS, FIELD_RADIUS)
        painter.end()
        super().paintEvent(event)
