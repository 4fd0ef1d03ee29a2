"""Single lines of text on the canvas: laid out once and kept, or as outlines for figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainterPath, QStaticText

if TYPE_CHECKING:
    from PySide6.QtGui import QPainter

    from gui.canvas.faces import Measure, Style

_KEPT = 20_000  # lines; a few MB


class Texts:
    """Writes lines of text. As outlines, a figure looks the same where the fonts are missing."""

    def __init__(self, measure: Measure, *, outlines: bool = False) -> None:
        self.measure = measure
        self._outlines = outlines
        self._kept: dict[tuple[Style, str], QStaticText] = {}

    def write(  # noqa: PLR0913, PLR0917 - where, what and how of one line
        self, painter: QPainter, style: Style, text: str, x: float, baseline: float, ink: QColor
    ) -> None:
        """Write a line that begins at x and stands on the baseline."""
        if self._outlines:
            path = QPainterPath()
            path.addText(QPointF(x, baseline), self.measure.fonts[style], text)
            painter.fillPath(path, ink)
            return
        painter.setFont(self.measure.fonts[style])
        painter.setPen(ink)
        top = QPointF(x, baseline - self.measure.ascents[style])
        painter.drawStaticText(top, self._line(style, text))

    def _line(self, style: Style, text: str) -> QStaticText:
        line = self._kept.get((style, text))
        if line is None:
            if len(self._kept) >= _KEPT:
                self._kept.clear()
            line = QStaticText(text)
            line.setTextFormat(Qt.TextFormat.PlainText)
            line.setPerformanceHint(QStaticText.PerformanceHint.AggressiveCaching)
            self._kept[style, text] = line
        return line
