"""The inspector: everything about what is selected, in the drawing's order of importance.

One node: its name, its parameters, its inputs, what is wrong with it, why its numbers are what
they are, what Keras says of it. Several nodes: what they have in common. Nothing: the project.
The page is made anew only when something else is selected; an edit alters the page in place, so
that the field a person is typing in stays as it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

from gui.panels.inspector.pages import NodePage, Page, ProjectPage, SeveralPage
from gui.parts.widgets import repair_style, scrolling

if TYPE_CHECKING:
    from graph.change import Change
    from gui.document import Document
    from gui.theme import Theme


MINIMUM_WIDTH = 304  # pixels: below it, names and fields would be too short to be read


def inspector_style(theme: Theme) -> str:
    """Return the style sheet of the inspector's own widgets."""
    return f"""
        QLineEdit[default="true"], QComboBox[default="true"], QCheckBox[default="true"] {{
          color: {theme.muted};
        }}
        {repair_style(theme)}
    """


class InspectorPanel(QWidget):
    """A page about what is selected in the document."""

    def __init__(self, document: Document, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("inspector")
        self.document = document
        self._theme = theme
        self._page: Page | None = None
        self._area: QScrollArea = scrolling(QWidget())
        self._area.setObjectName("inspector.area")
        self._area.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._area.setMinimumWidth(MINIMUM_WIDTH)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._area)
        self.setStyleSheet(inspector_style(theme))
        document.changed.connect(self._on_document_changed)
        document.selection_changed.connect(self._show_selection)
        self._show_selection()

    def set_theme(self, theme: Theme) -> None:
        """Show everything in a theme's colours."""
        self._theme = theme
        self.setStyleSheet(inspector_style(theme))
        self._make_page()

    def edit_parameter(self, node: str, param: str) -> None:
        """Let a person type into the field of a parameter of a node."""
        self.document.select(frozenset({node}))
        if isinstance(self._page, NodePage):
            self._page.edit_parameter(param)

    def _subject(self) -> tuple[object, ...]:
        """Return what the page depends on: with another one, a new page is made."""
        graph = self.document.project.graph
        nodes = sorted(self.document.selected_nodes & graph.nodes.keys())
        return tuple((key, graph.layer_of(key).kind, graph.nodes[key].layer) for key in nodes)

    def _show_selection(self) -> None:
        if self._page is None or self._page.subject != self._subject():
            self._make_page()

    def _on_document_changed(self, change: Change) -> None:
        if self._page is None or self._page.subject != self._subject():
            self._make_page()
        elif change.structure or change.name or change.data or change.training:
            self._page.refresh()

    def _make_page(self) -> None:
        if self._page is not None:
            self._page.dismiss(self._area)
            self._area.takeWidget()
        subject = self._subject()
        keys = tuple(str(part[0]) for part in subject if isinstance(part, tuple))
        if not keys:
            page: Page = ProjectPage(self.document, self._theme)
        elif len(keys) == 1:
            page = NodePage(self.document, self._theme, keys[0])
        else:
            page = SeveralPage(self.document, self._theme, keys)
        page.subject = subject
        page.refresh()
        self._page = page
        self._area.setWidget(page)
