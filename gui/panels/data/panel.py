"""The Data panel: the columns, one sample, what is left out, balance, statistics and the split."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QStackedWidget, QTabBar, QVBoxLayout, QWidget

from gui.panels.data.asking import SampleAsking
from gui.panels.data.balance import BalancePage
from gui.panels.data.binder import BinderPanel
from gui.panels.data.left_out import LeftOutPage
from gui.panels.data.samples import SamplesPage
from gui.panels.data.split import SplitPage
from gui.panels.data.values import ValuesPage
from gui.theme import SMALL, TINY

if TYPE_CHECKING:
    from graph.change import Change
    from gui.document import Document
    from gui.runner import Runner
    from gui.theme import Theme

_TITLES = {
    "columns": "Columns",
    "samples": "Samples",
    "left_out": "Left out",
    "balance": "Balance",
    "values": "Statistics",
    "split": "Split",
}


class DataPanel(QWidget):
    """Pages about the data; all but the first are made when they are first seen."""

    def __init__(self, document: Document, theme: Theme, runner: Runner) -> None:
        super().__init__()
        self.setObjectName("data")
        self._document, self._theme = document, theme
        self.binder = BinderPanel(document, theme)
        self.asking = SampleAsking(document, runner, self)
        self.tabs = QTabBar()
        self.tabs.setObjectName("data.pages")
        self.tabs.setExpanding(False)
        self.tabs.setStyleSheet("QTabBar::tab { padding: 2px 2px 2px 2px; min-height: 16px; }")
        self.pages = QStackedWidget()
        self.made: dict[str, QWidget] = {"columns": self.binder}
        for name, title in _TITLES.items():
            self.tabs.setTabData(self.tabs.addTab(self.tr(title)), name)
        self.pages.addWidget(self.binder)
        column = QVBoxLayout(self)
        column.setContentsMargins(SMALL, TINY, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.tabs)
        column.addWidget(self.pages, 1)
        self.tabs.currentChanged.connect(self._on_chosen)
        document.changed.connect(self._on_document_changed)

    def set_theme(self, theme: Theme) -> None:
        """Show everything in a theme's colours."""
        self._theme = theme
        for page in self.made.values():
            page.set_theme(theme)  # type: ignore[attr-defined] # every page has it

    def show_page(self, name: str) -> None:
        """Bring a page to the front."""
        self.tabs.setCurrentIndex(list(_TITLES).index(name))

    def page(self, name: str) -> QWidget:
        """Return a page, made now if need be."""
        if name not in self.made:
            self.made[name] = self._make(name)
            self.pages.addWidget(self.made[name])
        return self.made[name]

    def _make(self, name: str) -> QWidget:
        if name == "samples":
            return SamplesPage(self._document, self._theme, self.asking)
        if name == "left_out":
            return LeftOutPage(self._document, self._theme)
        if name == "balance":
            return BalancePage(self._theme, self.asking)
        if name == "values":
            return ValuesPage(self._document, self._theme)
        return SplitPage(self._document, self._theme, self.asking)

    def _on_chosen(self, index: int) -> None:
        self.pages.setCurrentWidget(self.page(self.tabs.tabData(index)))

    def _on_document_changed(self, change: Change) -> None:
        page = self.pages.currentWidget()
        changed = change.structure or change.data or change.training
        if changed and self.isVisible() and page is not self.binder:  # which has its own ear
            page.refresh()  # type: ignore[union-attr] # every page has it
