"""One entry of a chart's legend, and how its lines are drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.charts.curves import VALIDATION
from gui.theme import code_font

if TYPE_CHECKING:
    from PySide6.QtGui import QMouseEvent, QPaintEvent

    from gui.theme import Theme

_FEWEST = 4  # letters of a name that are worth showing
_LETTERS = 72  # pixels of a name that are always shown


class Key(QWidget):
    """One entry of a legend: a piece of the line, its name, its value.

    Signals:
        clicked(): a person clicked it.
    """

    clicked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setFont(code_font(11))
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._name, self._value, self._colour, self._ink = "", "", "", ""

    def show_curve(self, name: str, value: float | None, colour: str, theme: Theme) -> None:
        """Show a curve with a value, or without one; colours may be #AARRGGBB."""
        told = "" if value is None else f" {value:.4f}" if abs(value) >= 0.01 else f" {value:.3g}"
        shown = (name, told, colour, theme.text)
        if shown == (self._name, self._value, self._colour, self._ink):
            return
        longer = len(name + told) != len(self._name + self._value)
        self._name, self._value, self._colour, self._ink = shown
        self.setAccessibleName(name + told)
        self.setToolTip(name + told)
        if longer:
            self.updateGeometry()
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Tell of a click."""
        if event.button() is Qt.MouseButton.LeftButton and self.rect().contains(
            event.position().toPoint()
        ):
            self.clicked.emit()

    def sizeHint(self) -> QSize:
        """Return the room for line and text."""
        metrics = self.fontMetrics()
        width = metrics.horizontalAdvance(self._name + self._value)
        return QSize(24 + width, metrics.height() + 2)

    def minimumSizeHint(self) -> QSize:
        """Return the least size: the piece of the line, the value and some letters."""
        metrics = self.fontMetrics()
        letters = min(metrics.horizontalAdvance(self._name), _LETTERS)
        width = 24 + letters + metrics.horizontalAdvance(self._value)
        return QSize(width, self.sizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint a piece of the line and the text; where room is short, the name is shortened."""
        painter = QPainter(self)
        painter.setPen(line_pen(self._colour, dashed=self._name.startswith(VALIDATION)))
        middle = self.height() / 2
        painter.drawLine(QPointF(0, middle), QPointF(16, middle))
        painter.setPen(QColor(self._ink))
        area = QRectF(self.rect()).adjusted(22, 0, 0, 0)
        metrics = self.fontMetrics()
        whole = metrics.horizontalAdvance(self._name)
        has_both = whole + metrics.horizontalAdvance(self._value) <= area.width()
        if area.width() < min(whole, metrics.averageCharWidth() * _FEWEST):
            return  # a stump of a word would tell nothing: the tool tip has it all
        value = self._value if has_both else ""  # a whole name says more than a value
        name = metrics.elidedText(self._name, Qt.TextElideMode.ElideMiddle, int(area.width()))
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter, name + value)


def faint(colour: str) -> QColor:
    """Return the colour of the line of batches beside that of the epochs."""
    made = QColor(colour)
    made.setAlphaF(0.4)
    return made


def line_pen(colour: str, *, dashed: bool) -> QPen:
    """Return the pen of a curve; values on validation data are dashed."""
    made = QPen(QColor(colour), 1.75)
    made.setCosmetic(True)
    if dashed:
        made.setStyle(Qt.PenStyle.CustomDashLine)
        made.setDashPattern([3.0, 2.0])
    return made
