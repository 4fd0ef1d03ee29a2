"""The summary table: a row for each call of a layer, and the totals of the model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QItemSelectionModel,
    QModelIndex,
    QObject,
    QSignalBlocker,
    Qt,
)
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QHeaderView, QTableView, QVBoxLayout, QWidget

from graph.summary import HEADINGS, Row, rows, totals_text
from gui.icons import family_icon
from gui.later import Later
from gui.parts.tables import LEFT, RIGHT, Index, set_up
from gui.parts.widgets import label
from gui.theme import MEDIUM, SMALL, TEXT_SIZE, code_font, text_font

if TYPE_CHECKING:
    from PySide6.QtCore import QItemSelection
    from PySide6.QtGui import QIcon, QShowEvent

    from graph.change import Change
    from gui.document import Document
    from gui.theme import Theme

from graph import registry

_NUMBERS = (3, 4)
_FIGURES = (2, 3, 4)
_MEASURED = 200  # rows whose texts a column's width is measured by


class SummaryModel(QAbstractTableModel):
    """The rows of `graph.summary` as a table for Qt."""

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.rows: tuple[Row, ...] = ()
        self._icons: dict[str, QIcon] = {}
        self._theme = theme
        self._bold = text_font(TEXT_SIZE, QFont.Weight.DemiBold)
        self._figures = code_font()

    def set_theme(self, theme: Theme) -> None:
        """Show the icons in a theme's colours."""
        self._theme = theme
        self._icons.clear()
        self._tell(0, len(self.rows) - 1)

    def show_rows(self, shown: tuple[Row, ...]) -> None:
        """Show these rows; where only cells changed, tell only of the rows that did."""
        before = self.rows
        if len(before) == len(shown):
            self.rows = shown
            other = [at for at, row in enumerate(shown) if row != before[at]]
            if other:
                self._tell(other[0], other[-1])
            return
        self.beginResetModel()
        self.rows = shown
        self.endResetModel()

    def _tell(self, first: int, last: int) -> None:
        if last >= first:
            self.dataChanged.emit(self.index(first, 0), self.index(last, len(HEADINGS) - 1))

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        """Return the number of calls."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - as above
        """Return the number of columns."""
        return 0 if parent.isValid() else len(HEADINGS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:  # noqa: ANN401 - Qt's own signature
        """Return the heading of a column."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.tr(HEADINGS[section])
        return self._alignment(section) if role == Qt.ItemDataRole.TextAlignmentRole else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: ANN401 - as above
        """Return what a cell shows."""
        row, column = self.rows[index.row()], index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return row.texts()[column]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self._alignment(column)
        if role == Qt.ItemDataRole.FontRole:
            return self._bold if column == 0 else self._figures if column in _FIGURES else None
        if role == Qt.ItemDataRole.DecorationRole and column == 0:
            return self._icon(row.kind)
        if role == Qt.ItemDataRole.ToolTipRole:
            return row.texts()[column]
        return None

    def _alignment(self, column: int) -> Qt.AlignmentFlag:
        return RIGHT if column in _NUMBERS else LEFT

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
            self.model.show_rows(rows(project, report))
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
