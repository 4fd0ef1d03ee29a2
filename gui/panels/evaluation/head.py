"""The head of an evaluation: which page is shown, and the scores beside it or below."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QTabBar

from gui.parts.beside import Beside
from gui.parts.widgets import Line

if TYPE_CHECKING:
    from collections.abc import Mapping


class Head(Beside):
    """Tabs with the scores beside them; below them where there is no room.

    Signals:
        chosen(str): a page by name; also the one in front when other pages are offered.
    """

    chosen = Signal(str)

    def __init__(self) -> None:
        self.tabs = QTabBar()
        self.tabs.setObjectName("evaluation.pages")
        self.tabs.setExpanding(False)
        self.tabs.setStyleSheet("QTabBar::tab { padding: 2px 2px 2px 2px; min-height: 16px; }")
        self.scores = Line("evaluation.scores", "code")
        super().__init__(self.tabs, self.scores, self.scores)
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
        self._on_current_changed(self.tabs.currentIndex())

    def _on_current_changed(self, index: int) -> None:
        name = self.tabs.tabData(index)
        if name is not None:
            self.chosen.emit(name)
