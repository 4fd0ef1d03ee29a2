"""What a model says: a bar for each class, the winner marked; numbers; or a picture."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from gui.panels.pad.sheet import image_of
from gui.theme import SMALL, TINY, code_font, text_font

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtCore import QEvent
    from PySide6.QtGui import QHelpEvent, QPaintEvent

    from engine.answers import Said
    from engine.protocol import Array
    from gui.theme import Theme

_ROW, _TIGHT = 18, 13  # pixels of a class's line where there is room, and at least
_HEAD = 18
INK = 90  # of 255, that a bar has over its ground: words on it can be read


class Bars(QWidget):
    """Paints what the outputs say, one below the other."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("pad.bars")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        self._theme = theme
        self.said: tuple[Said, ...] = ()
        self.is_sorted = False
        self._rows: list[tuple[QRectF, str]] = []

    def show_said(self, said: Sequence[Said]) -> None:
        """Show other values; none empties the widget."""
        self.said = tuple(said)
        told = [f"{one.names[one.winner]}: {one.words(one.winner)}" for one in said if one.names]
        self.setAccessibleName("; ".join(told))
        self._fit()

    def set_sorted(self, *, is_sorted: bool) -> None:
        """Show the classes with the largest values first, or all in their order."""
        self.is_sorted = is_sorted
        self.update()

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of another theme."""
        self._theme = theme
        self.update()

    def order(self, one: Said) -> list[int]:
        """Return the classes of an output in the order in which they are shown."""
        if not self.is_sorted:
            return list(range(one.values.size))
        return [int(at) for at in np.argsort(-one.values, kind="stable")]

    def resizeEvent(self, event: Any) -> None:  # noqa: ANN401 - Qt's event
        """Take the room there is."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Let the lines shrink to the room there is, down to what can be read."""
        heads = _HEAD * len(self.said) if len(self.said) > 1 else 0
        lines = sum(one.values.size for one in self.said if one.picture is None)
        pictures = sum(one.picture is not None for one in self.said)
        parent = self.parentWidget()
        room = (parent.height() if parent is not None else self.height()) - heads
        self._row = min(_ROW, max(_TIGHT, room / max(1, lines)))
        self._picture = max(56.0, min(self.width(), room / max(1, pictures)))
        needs = heads + lines * self._row + pictures * self._picture
        self.setMinimumHeight(round(min(needs, 20_000)))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the lines that lie in the part to be painted."""
        painter = QPainter(self)
        self._rows = []
        top = 0.0
        for one in self.said:
            if len(self.said) > 1:
                painter.setPen(QColor(self._theme.muted))
                painter.setFont(code_font(11))
                painter.drawText(QRectF(0, top, self.width(), _HEAD), int(_LEFT), one.title)
                top += _HEAD
            if one.picture is not None:
                top += self._paint_picture(painter, one.picture, top)
            else:
                top += self._paint_bars(painter, one, top, QRectF(event.rect()))

    def _paint_picture(self, painter: QPainter, picture: Array, top: float) -> float:
        image = image_of(picture)
        side = QSize(round(self._picture), round(self._picture) - TINY)
        size = image.size().scaled(side, Qt.AspectRatioMode.KeepAspectRatio)
        painter.drawImage(QRectF(0, top, size.width(), size.height()), image)
        return float(self._picture)

    def _paint_bars(self, painter: QPainter, one: Said, top: float, area: QRectF) -> float:
        low, high = self._ends(one)
        for line, at in enumerate(self.order(one)):
            place = QRectF(0, top + line * self._row, self.width(), self._row)
            name = one.names[at] if at < len(one.names) else str(at)
            self._rows.append((place, f"{name}: {float(one.values[at]):.6g}"))
            if place.intersects(area):
                share = (float(one.values[at]) - low) / ((high - low) or 1.0)
                wins = one.has_classes and at == one.winner
                share = min(1.0, max(0.0, share))
                self._paint_bar(painter, place, (name, one.words(at)), share, wins=wins)
        return float(one.values.size * self._row)

    def _paint_bar(
        self, painter: QPainter, place: QRectF, words: tuple[str, str], share: float, *, wins: bool
    ) -> None:
        """Paint a line: the bar lies behind its words, so that it has the whole width."""
        theme = self._theme
        bar = place.adjusted(0, 1, 0, -1)
        painter.fillRect(bar, QColor(theme.raised))
        bar.setWidth(max(2.0, bar.width() * share))
        colour = QColor(theme.accent if wins else theme.edge)
        colour.setAlpha(INK)
        painter.fillRect(bar, colour)
        size = min(12, round(place.height()) - 2)
        font = text_font(size, QFont.Weight.DemiBold if wins else QFont.Weight.Normal)
        painter.setFont(font)
        painter.setPen(QColor(theme.text))
        inner = place.adjusted(SMALL, 0, -TINY, 0)
        figures = code_font(min(11, size))
        room = inner.width() - TINY - QFontMetricsF(figures).horizontalAdvance(words[1])
        name = QFontMetricsF(font).elidedText(words[0], Qt.TextElideMode.ElideRight, room)
        painter.drawText(inner, int(_LEFT), name)
        painter.setFont(figures)
        painter.drawText(inner, int(_RIGHT), words[1])

    def _ends(self, one: Said) -> tuple[float, float]:
        if one.are_shares or not one.values.size:
            return 0.0, 1.0
        return min(0.0, float(one.values.min())), max(0.0, float(one.values.max()))

    def event(self, event: QEvent) -> bool:
        """Say the whole number under the pointer."""
        if event.type() == event.Type.ToolTip:
            return self._tell(event)  # type: ignore[arg-type] # Qt's type says what it is
        return super().event(event)

    def _tell(self, event: QHelpEvent) -> bool:
        words = next((text for place, text in self._rows if place.contains(event.pos())), "")
        QToolTip.showText(event.globalPos(), words, self)
        return True


_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
