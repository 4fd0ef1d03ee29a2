"""A plain table of texts: only the rows that are in sight cost anything."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, Qt
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTableView

from gui.parts.tables import LEFT, RIGHT, Index, set_up
from gui.theme import code_font

if TYPE_CHECKING:
    from collections.abc import Sequence


class TextTable(QAbstractTableModel):
    """Rows of texts below headings; `figures`: the columns that are figures, set to the right."""

    def __init__(
        self, headings: Sequence[str], figures: frozenset[int], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.rows: tuple[tuple[str, ...], ...] = ()
        self._headings, self._figures = tuple(headings), figures
        self._font = code_font()

    def show_rows(self, rows: Sequence[tuple[str, ...]]) -> None:
        """Show these rows."""
        self.beginResetModel()
        self.rows = tuple(rows)
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        """Return the number of rows."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - as above
        """Return the number of columns."""
        return 0 if parent.isValid() else len(self._headings)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:  # noqa: ANN401 - Qt's own signature
        """Return the heading of a column."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._headings[section]
        return self._alignment(section) if role == Qt.ItemDataRole.TextAlignmentRole else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: ANN401 - as above
        """Return what a cell shows; its tool tip is the whole text."""
        if role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole}:
            return self.rows[index.row()][index.column()]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self._alignment(index.column())
        if role == Qt.ItemDataRole.FontRole and index.column() in self._figures:
            return self._font
        return None

    def _alignment(self, column: int) -> Qt.AlignmentFlag:
        return RIGHT if column in self._figures else LEFT


class TextTableView(QTableView):
    """Shows a table of texts; one column has the room that is left, the others their widths."""

    def __init__(
        self, name: str, headings: Sequence[str], figures: Sequence[int], widths: Sequence[int]
    ) -> None:
        """Make it; `widths` in pixels, 0 of the column that has the rest."""
        super().__init__()
        self.setObjectName(name)
        self.table = TextTable(headings, frozenset(figures), self)
        self.setModel(self.table)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        header = set_up(self, row_height=22)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        for column, width in enumerate(widths):
            if width:
                self.setColumnWidth(column, width)
            else:
                header.setSectionResizeMode(column, QHeaderView.ResizeMode.Stretch)
