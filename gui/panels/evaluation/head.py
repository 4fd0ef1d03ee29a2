"""The head of an evaluation: which page is shown, and the scores beside it or below."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QBoxLayout, QTabBar, QWidget

from gui.parts.widgets import Line
from gui.theme import MEDIUM, TINY

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from PySide6.QtGui import QResizeEvent


class Head(QWidget):
    """Tabs with the scores beside them; below them where there is no room.

    Signals:
        chosen(str): a page by name; also the one in front when other pages are offered.
    """

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.tabs = QTabBar()
        self.tabs.setObjectName("evaluation.pages")
        self.tabs.setExpanding(False)
        self.tabs.setStyleSheet("QTabBar::tab { padding: 2px 2px 2px 2px; min-height: 16px; }")
        self.scores = Line("evaluation.scores", "code")
        self._row = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.addWidget(self.tabs)
        self._row.addWidget(self.scores, 1)
        self.tabs.currentChanged.connect(self._on_current_changed)

    def show_pages(self, titles: Mapping[str, str]) -> None:
        """Offer pages by name; the one in front stays there if it can."""
        before = self.tabs.tabData(self.tabs.currentIndex())
        with QSignalBlocker(self.tabs):
            while self.tabs.count():
                self.tabs.removeTab(0)
            for name, title in titles.items():
                self.tabs.setTabData(self.tabs.addTab(title), name)
                if name == before:
                    self.tabs.setCurrentIndex(self.tabs.count() - 1)
        self._fit()
        self._on_current_changed(self.tabs.currentIndex())

    def show_scores(self, wordings: Sequence[str], tip: str) -> None:
        """Show scores, in the longest wording that fits."""
        self.scores.set_text(*wordings, tip=tip)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the scores a line of their own where there is no room beside the tabs."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        least = self.scores.fontMetrics().horizontalAdvance(self.scores.wordings[-1])
        below = self.width() - self.tabs.sizeHint().width() - MEDIUM < least
        way = QBoxLayout.Direction
        self._row.setDirection(way.TopToBottom if below else way.LeftToRight)
        self._row.setSpacing(TINY if below else MEDIUM)
        side = Qt.AlignmentFlag.AlignLeft if below else Qt.AlignmentFlag.AlignRight
        self.scores.setAlignment(side | Qt.AlignmentFlag.AlignVCenter)

    def _on_current_changed(self, index: int) -> None:
        name = self.tabs.tabData(index)
        if name is not None:
            self.chosen.emit(name)
