"""The bar on top: the program's name, a tab for each open drawing, and the main actions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QMainWindow,
    QPushButton,
    QSizePolicy,
    QTabBar,
    QToolBar,
    QWidget,
)

from graph.problems import Severity
from gui.parts.widgets import CalmButton, set_property
from gui.theme import SMALL, Theme

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PySide6.QtGui import QAction

    from gui.document import Document

_FLAT = ("view.arrange", "view.fit")


class TopBar(QToolBar):
    """Name, tabs, and buttons for arranging, fitting, data and training.

    Signals:
        data_wanted(): somebody wants to see the data panel.
        close_wanted(int): somebody wants to close the drawing of that tab.
    """

    data_wanted = Signal()
    close_wanted = Signal(int)

    def __init__(
        self,
        document: Document,
        actions: Mapping[str, QAction],
        theme: Theme,
        parent: QMainWindow | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("top_bar")
        self.setWindowTitle(self.tr("Top bar"))
        self.setMovable(False)
        self.setFloatable(False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self._document = document
        self._filling = False
        self._tabs = self._build_tabs()
        self._data = QPushButton()
        self._data.setObjectName("top_bar.data")
        self._data.setToolTip(self.tr("The data set, and what goes into each input and output"))
        self._data.clicked.connect(self.data_wanted)
        self._train = _button(actions["model.train"], "primary")
        self._stop = _button(actions["model.stop"], "")
        self._stop.hide()
        self._lay_out([_button(actions[name], "flat") for name in _FLAT])
        document.file_changed.connect(self._fill_tabs)
        document.changed.connect(self._on_document_changed)
        self.set_theme(theme)
        self._fill_tabs()

    def _lay_out(self, flat: list[QPushButton]) -> None:
        brand = QLabel("Layerloom")
        brand.setProperty("role", "brand")
        row = QHBoxLayout()
        row.setContentsMargins(SMALL, 0, SMALL, 0)
        row.setSpacing(SMALL)
        row.addWidget(brand)
        row.addSpacing(SMALL)
        row.addWidget(self._tabs, 1)
        for button in (*flat, self._data, self._train, self._stop):
            row.addWidget(button)
        holder = QWidget()
        holder.setLayout(row)
        holder.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.addWidget(holder)

    def _build_tabs(self) -> QTabBar:
        tabs = QTabBar()
        tabs.setObjectName("top_bar.tabs")
        tabs.setProperty("role", "files")
        tabs.setDrawBase(False)
        tabs.setExpanding(False)
        tabs.setTabsClosable(True)
        tabs.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        tabs.currentChanged.connect(self._on_tab_changed)
        tabs.tabCloseRequested.connect(self.close_wanted)
        return tabs

    def set_theme(self, theme: Theme) -> None:
        """Follow the theme: all colours come from the style sheet."""
        self._theme = theme
        self._show_data()

    def show_training(self, *, active: bool) -> None:
        """Show Stop in the place of Train while a model is being trained."""
        if self._stop.isVisibleTo(self) and not active:  # a press that was meant for Stop
            self._train.rest()
        self._train.setVisible(not active)
        self._stop.setVisible(active)

    def _fill_tabs(self) -> None:
        self._filling = True
        sheets = self._document.sheets
        names = _distinct([sheet.title for sheet in sheets])
        while self._tabs.count() > len(sheets):
            self._tabs.removeTab(self._tabs.count() - 1)
        for at, sheet in enumerate(sheets):
            title = names[at] + ("" if sheet.stack.isClean() else " •")
            if at < self._tabs.count():
                self._tabs.setTabText(at, title)
            else:
                self._tabs.addTab(title)
            self._tabs.setTabToolTip(at, str(sheet.path or self.tr("Not saved yet")))
        self._tabs.setCurrentIndex(sheets.index(self._document.sheet))
        self._filling = False

    def _on_tab_changed(self, at: int) -> None:
        if not self._filling and 0 <= at < len(self._document.sheets):
            self._document.show(self._document.sheets[at])

    def _on_document_changed(self, _change: object) -> None:
        self._show_data()
        errors = any(one.severity is Severity.ERROR for one in self._document.problems)
        set_property(self._train, "role", "" if errors else "primary")

    def _show_data(self) -> None:
        from graph.datasets import title_of  # noqa: PLC0415 - reads data files, after the first paint

        source = self._document.project.data.source
        self._data.setText(title_of(source) if source else self.tr("Choose data"))


def _distinct(titles: list[str]) -> list[str]:
    """Return the titles; the second of one name is called "name (2)"."""
    seen: dict[str, int] = {}
    told = []
    for title in titles:
        seen[title] = count = seen.get(title, 0) + 1
        told.append(title if count == 1 else f"{title} ({count})")
    return told


def _button(action: QAction, role: str) -> CalmButton:
    """Return a button that does what an action does, and is enabled as it is."""
    button = CalmButton(action.text())
    button.setObjectName(f"top_bar.{action.objectName()}")
    button.setToolTip(action.toolTip())
    if role:
        button.setProperty("role", role)
    button.setEnabled(action.isEnabled())
    button.clicked.connect(action.trigger)
    action.changed.connect(lambda: button.setEnabled(action.isEnabled()))
    return button
