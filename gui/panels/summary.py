"""The summary table: a row for each call of a layer, and the totals of the model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QItemSelectionModel, QSignalBlocker, Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QHeaderView, QTableView, QVBoxLayout, QWidget

from graph import summary
from graph.summary import HEADINGS, Row, totals_text
from gui.icons import family_icon
from gui.later import Later
from gui.parts.tables import RowsModel, set_up
from gui.parts.widgets import label
from gui.theme import MEDIUM, SMALL, TEXT_SIZE, text_font

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtCore import QItemSelection, QObject
    from PySide6.QtGui import QIcon, QShowEvent

    from graph.change import Change
    from gui.document import Document
    from gui.parts.tables import Index
    from gui.theme import Theme

from graph import registry

_NUMBERS = (3, 4)
_FIGURES = (2, 3, 4)
_MEASURED = 200  # rows whose texts a column's width is measured by


class SummaryModel(RowsModel[Row]):
    """The rows of `graph.summary` as a table for Qt."""

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.set_columns(map(self.tr, HEADINGS), _FIGURES, _NUMBERS)
        self._icons: dict[str, QIcon] = {}
        self._theme = theme
        self._bold = text_font(TEXT_SIZE, QFont.Weight.DemiBold)

    def set_theme(self, theme: Theme) -> None:
        """Show the icons in a theme's colours."""
        self._theme = theme
        self._icons.clear()
        self._tell(0, len(self.rows) - 1)

    def show_rows(self, rows: Sequence[Row]) -> None:
        """Show these rows; where only cells changed, tell only of the rows that did."""
        before = self.rows
        if len(before) != len(rows):
            super().show_rows(rows)
            return
        self.rows = rows
        other = [at for at, row in enumerate(rows) if row != before[at]]
        if other:
            self._tell(other[0], other[-1])

    def _tell(self, first: int, last: int) -> None:
        if last >= first:
            self.dataChanged.emit(self.index(first, 0), self.index(last, len(HEADINGS) - 1))

    def text(self, row: Row, column: int) -> str:
        """Return what a cell shows."""
        return row.texts()[column]

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: ANN401 - Qt's own signature
        """Return what a cell shows, and how; its tool tip is the whole text."""
        if role == Qt.ItemDataRole.ToolTipRole:
            role = Qt.ItemDataRole.DisplayRole
        if index.column() == 0 and role == Qt.ItemDataRole.FontRole:
            return self._bold
        if index.column() == 0 and role == Qt.ItemDataRole.DecorationRole:
            return self._icon(self.rows[index.row()].kind)
        return super().data(index, role)

    def _icon(self, kind: str) -> QIcon:
        spec = registry.find(kind)
        family = spec.family if spec is not None else "unknown"
        if family not in self._icons:
            self._icons[family] = family_icon(family, self._theme)
        return self._icons[family]


class SummaryPanel(QWidget):
    """The table and the line of totals; a click on a row selects its node."""

    def __init__(self, document: Document, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("summary")
        self.document = document
        self.model = SummaryModel(theme, self)
        self.table = QTableView()
        self.table.setObjectName("summary.table")
        self.table.setModel(self.model)
        header = set_up(self.table, row_height=28, least_width=64)
        header.setStretchLastSection(True)
        header.setResizeContentsPrecision(_MEASURED)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        self._totals = label("", "muted", wrap=True)
        self._totals.setObjectName("summary.totals")
        self._totals.setContentsMargins(MEDIUM, SMALL, MEDIUM, SMALL)
        column = QVBoxLayout(self)
        column.setContentsMargins(SMALL, 0, SMALL, 0)
        column.setSpacing(0)
        column.addWidget(self.table, 1)
        column.addWidget(self._totals)
        document.changed.connect(self._on_document_changed)
        document.selection_changed.connect(self._show_selection)
        self.table.selectionModel().selectionChanged.connect(self._on_rows_selected)
        self._stale = True
        self._later = Later(self._catch_up, self)
        self._widest: tuple[int, ...] = ()  # letters in each column

    def set_theme(self, theme: Theme) -> None:
        """Show everything in a theme's colours."""
        self.model.set_theme(theme)

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with what changed while the panel was hidden."""
        super().showEvent(event)
        if self._stale:
            self._refresh()

    def _on_document_changed(self, change: Change) -> None:
        self._stale = self._stale or change.structure
        if self._stale and self.isVisible():
            self._later.wish(self.document.project)

    def _catch_up(self) -> None:
        if self._stale and self.isVisible():
            self._refresh()

    def _refresh(self) -> None:
        self._stale = False
        project, report = self.document.project, self.document.report
        with QSignalBlocker(self.table.selectionModel()):
            self.model.show_rows(summary.rows(project, report))
        self._fit_columns()
        self._totals.setText(totals_text(project, report))
        self._show_selection()

    def _fit_columns(self) -> None:
        """Measure the columns anew where the longest text has another length.

        Qt's own way asks for every cell after every change: 90 ms for 1,000 rows.
        """
        texts = [row.texts() for row in self.model.rows]
        widest = tuple(max(map(len, column)) for column in zip(*texts, strict=True))
        for at, length in enumerate(widest):
            if (length,) != self._widest[at : at + 1]:
                self.table.resizeColumnToContents(at)
        self._widest = widest

    def _show_selection(self) -> None:
        chosen = self.document.selected_nodes
        selection = self.table.selectionModel()
        with QSignalBlocker(selection):
            selection.clearSelection()
            flags = QItemSelectionModel.SelectionFlag
            first = None
            for at, row in enumerate(self.model.rows):
                if row.node in chosen:
                    index = self.model.index(at, 0)
                    selection.select(index, flags.Select | flags.Rows)
                    first = first or index
            if first is not None:
                selection.setCurrentIndex(first, flags.NoUpdate)
        if first is not None:
            self.table.scrollTo(first)
        self.table.viewport().update()

    def _on_rows_selected(self, _on: QItemSelection, _off: QItemSelection) -> None:
        chosen = self.table.selectionModel().selectedRows()
        self.document.select(frozenset(self.model.rows[index.row()].node for index in chosen))
