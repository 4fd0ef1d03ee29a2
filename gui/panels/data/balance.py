"""How many samples of each class the parts of the data have, as bars."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from graph.statistics import balance, is_even
from gui.parts.widgets import label, scrolling, set_property
from gui.theme import MEDIUM, SMALL, TINY, code_font, text_font

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PySide6.QtGui import QPaintEvent, QShowEvent

    from gui.panels.data.asking import Parts, SampleAsking
    from gui.theme import Theme

PARTS = {"train": "training", "validation": "validation", "test": "test"}
_LINE, _NAME, _FIGURE = 18, 96, 44  # pixels


class BalanceBars(QWidget):
    """A line for each class, a bar for each part; the bars of a part are as long as its counts."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("balance.bars")
        self._theme = theme
        self.names: tuple[str, ...] = ()
        self.counts: dict[str, tuple[int, ...]] = {}
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of another theme."""
        self._theme = theme
        self.update()

    def show_counts(self, names: tuple[str, ...], counts: Mapping[str, tuple[int, ...]]) -> None:
        """Show how often each class occurs in each part."""
        self.names, self.counts = names, dict(counts)
        self.setMinimumHeight(_LINE * (len(names) + 1) if counts else 0)
        spoken = [
            f"{name}: " + ", ".join(f"{self.counts[part][at]} {PARTS[part]}" for part in counts)
            for at, name in enumerate(names)
        ]
        self.setAccessibleDescription("; ".join(spoken))
        self.update()

    def sizeHint(self) -> QSize:
        """Return room for all lines."""
        return QSize(360, self.minimumHeight())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the lines that are in sight."""
        if not self.counts:
            return
        painter = QPainter(self)
        wide = (self.width() - _NAME) / len(self.counts)
        first = max(0, event.rect().top() // _LINE - 1)
        last = min(len(self.names), event.rect().bottom() // _LINE + 1)
        painter.setFont(text_font(12))
        for at in range(first, last):
            painter.setPen(QColor(self._theme.text))
            place = QRectF(0, (at + 1) * _LINE, _NAME - SMALL, _LINE)
            name = painter.fontMetrics().elidedText(
                self.names[at], Qt.TextElideMode.ElideRight, int(place.width())
            )
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, name)
        for column, (part, counts) in enumerate(self.counts.items()):
            left = _NAME + column * wide
            painter.setFont(text_font(11))
            painter.setPen(QColor(self._theme.muted))
            words = f"{self.tr(PARTS[part])} · {sum(counts):,}"
            painter.drawText(QRectF(left, 0, wide, _LINE), Qt.AlignmentFlag.AlignVCenter, words)
            most = max(1, *counts)
            for at in range(first, last):
                share = counts[at] / most
                self._paint_bar(painter, QRectF(left, (at + 1) * _LINE, wide, _LINE), share)
                painter.setFont(code_font(11))
                painter.setPen(QColor(self._theme.muted))
                end = left + max(1.0, share * (wide - _FIGURE - SMALL)) + TINY
                place = QRectF(end, (at + 1) * _LINE, _FIGURE, _LINE)
                painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, f"{counts[at]:,}")

    def _paint_bar(self, painter: QPainter, line: QRectF, share: float) -> None:
        length = max(1.0, share * (line.width() - _FIGURE - SMALL))
        bar = QRectF(line.x(), line.y() + 4, length, line.height() - 8)
        painter.fillRect(bar, QColor(self._theme.accent))


class BalancePage(QWidget):
    """A sentence on the classes, and the bars."""

    def __init__(self, theme: Theme, asking: SampleAsking) -> None:
        super().__init__()
        self.setObjectName("balance")
        self._asking = asking
        self.notice = label("", "muted", wrap=True)
        self.notice.setObjectName("balance.notice")
        self.bars = BalanceBars(theme)
        column = QVBoxLayout(self)
        column.setContentsMargins(MEDIUM, SMALL, MEDIUM, TINY)
        column.setSpacing(TINY)
        column.addWidget(self.notice)
        column.addWidget(scrolling(self.bars), 1)
        asking.answered.connect(lambda _answer: self._show(asking.parts))
        asking.refused.connect(self._on_refused)
        asking.waiting.connect(self._say)
        self._show(asking.parts)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of another theme."""
        self.bars.set_theme(theme)

    def showEvent(self, event: QShowEvent) -> None:
        """Count when the page is seen."""
        super().showEvent(event)
        self.refresh()

    def refresh(self) -> None:
        """Count what the drawing's data are now."""
        self._asking.want()

    def _show(self, parts: Parts) -> None:
        if not parts.counts:
            return  # nothing is known yet: a sentence is on its way
        size = len(parts.names)
        counts = {
            part: tuple(int(n) for n in np.bincount(labels.astype(np.int64), minlength=size))
            for part, labels in parts.labels.items()
            if labels.size
        }
        self.bars.show_counts(parts.names, counts)
        if not counts:
            self._say(self.tr("No output is bound to a column of labels that can be counted."))
            return
        told = {
            part: tuple(zip(parts.names, numbers, strict=False)) for part, numbers in counts.items()
        }
        self._say(f"{parts.column}{self._words(told)}")

    def _words(self, told: Mapping[str, tuple[tuple[str, int], ...]]) -> str:
        """Return what is to be said of the training part, and of others that aren't even too."""
        train = told.get("train", ())
        odd = [part for part, mine in told.items() if is_even(train) and not is_even(mine)]
        if not odd:
            return f": {balance(train)}"
        words = self.tr("in the {0} part {1}")
        said = words.format(self.tr(PARTS["train"]), balance(train))
        others = self.tr("In the {0} part {1}")
        lines = [others.format(self.tr(PARTS[part]), balance(told[part])) for part in odd]
        return " ".join((f": {said}", *lines))

    def _on_refused(self, sentence: str, tip: str) -> None:
        self.bars.show_counts((), {})
        self._say(sentence)
        self.notice.setToolTip(tip)
        set_property(self.notice, "role", "error" if tip else "muted")

    def _say(self, sentence: str) -> None:
        set_property(self.notice, "role", "muted")
        self.notice.setToolTip("")
        self.notice.setText(sentence)
