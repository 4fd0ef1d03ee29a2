"""What the tables of all panels have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, TypeVar

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView

from gui.theme import code_font

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from PySide6.QtWidgets import QTableView

Index = QModelIndex | QPersistentModelIndex
Row = TypeVar("Row")
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class RowsModel(QAbstractTableModel, Generic[Row]):
    """Rows below headings: what a subclass's `text` says of each, and only what is in sight.

    Attributes:
        rows: what is shown, from the top.
        headings: a word a column.
        figures: the columns in the figures' font.
        right: the columns that are set to the right.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.rows: Sequence[Row] = ()
        self.headings: tuple[str, ...] = ()
        self.figures: frozenset[int] = frozenset()
        self.right: frozenset[int] = frozenset()
        self._font = code_font()

    def set_columns(
        self, headings: Iterable[str], figures: Iterable[int], right: Iterable[int] | None = None
    ) -> None:
        """Say what the columns are; figures are set to the right unless `right` says which."""
        self.headings, self.figures = tuple(headings), frozenset(figures)
        self.right = self.figures if right is None else frozenset(right)

    def show_rows(self, rows: Sequence[Row]) -> None:
        """Show these rows."""
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    def text(self, row: Row, column: int) -> str:
        """Return what a cell shows."""
        raise NotImplementedError

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        """Return the number of rows."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - as above
        """Return the number of columns."""
        return 0 if parent.isValid() else len(self.headings)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:  # noqa: ANN401 - Qt's own signature
        """Return the heading of a column."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.headings[section]
        return self._alignment(section) if role == Qt.ItemDataRole.TextAlignmentRole else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: ANN401 - as above
        """Return what a cell shows, and how."""
        column = index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return self.text(self.rows[index.row()], column)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self._alignment(column)
        return self._font if role == Qt.ItemDataRole.FontRole and column in self.figures else None

    def _alignment(self, column: int) -> Qt.AlignmentFlag:
        return RIGHT if column in self.right else LEFT


def set_up(table: QTableView, row_height: int, least_width: int = 0) -> QHeaderView:
    """Let a table be rows of texts without lines or numbers, chosen as a whole.

    Args:
        table: the table.
        row_height: in pixels.
        least_width: of a column, in pixels; 0 is the style's.

    Returns:
        The heading of its columns.
    """
    table.setShowGrid(False)
    table.setWordWrap(False)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    table.verticalHeader().hide()
    table.verticalHeader().setDefaultSectionSize(row_height)
    header = table.horizontalHeader()
    header.setHighlightSections(False)
    if least_width:
        header.setMinimumSectionSize(least_width)
    return header
