"""The table of classes: precision, recall, F1, area under the ROC curve, number of samples."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

from PySide6.QtCore import QSortFilterProxyModel, Qt
from PySide6.QtWidgets import QHeaderView, QTableView

from gui.parts.tables import RowsModel, set_up

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtCore import QObject
    from PySide6.QtGui import QResizeEvent
    from PySide6.QtWidgets import QWidget

    from gui.parts.tables import Index

HEADINGS = ("Class", "Precision", "Recall", "F1", "AUC", "Samples")
_MEANINGS = (
    "A click on a heading sorts",
    "Of the samples that the model says are of it, the share that really is",
    "Of the samples that really are of it, the share that the model finds",
    "The harmonic mean of precision and recall",
    "The chance that a sample of it gets a higher probability than one that is not",
    "The number of samples that really are of it",
)
_WIDTHS = (76, 62, 54, 54, 72)  # pixels of the figures' columns; the names have the rest
_NAMES_WIDTH = 96  # at least
_SORT = Qt.ItemDataRole.UserRole


class ClassRow(NamedTuple):
    """The figures of a class; those without meaning are NaN."""

    label: int
    name: str
    precision: float
    recall: float
    f1: float
    area: float
    support: int


class ClassTable(RowsModel[ClassRow]):
    """The rows as a table for Qt."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.set_columns(map(self.tr, HEADINGS), range(1, len(HEADINGS)))

    def show_classes(self, rows: Sequence[ClassRow], word: str) -> None:
        """Show these rows, under a heading that says what they are."""
        self.headings = (word, *self.headings[1:])
        self.show_rows(rows)

    def text(self, row: ClassRow, column: int) -> str:
        """Return what a cell shows."""
        return _text(row, column)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:  # noqa: ANN401 - Qt's own signature
        """Return the heading of a column, or what it means."""
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.ToolTipRole:
            return self.tr(_MEANINGS[section])
        return super().headerData(section, orientation, role)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: ANN401 - as above
        """Return what a cell shows, or by what it is sorted."""
        if role != _SORT:
            return super().data(index, role)
        row, column = self.rows[index.row()], index.column()
        value = row.label if column == 0 else row[column + 1]
        return -1.0 if isinstance(value, float) and math.isnan(value) else value


def _text(row: ClassRow, column: int) -> str:
    if column == 0:
        return row.name if row.name == str(row.label) else f"{row.label}  {row.name}"
    value = row[column + 1]
    if isinstance(value, float):
        return "–" if math.isnan(value) else f"{value:.3f}"
    return f"{value:,}"


class ClassView(QTableView):
    """Shows the table, sorted as a person likes."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("evaluation.classes")
        self.table = ClassTable(self)
        order = QSortFilterProxyModel(self)
        order.setSourceModel(self.table)
        order.setSortRole(_SORT)
        self.setModel(order)
        self.setSortingEnabled(True)
        self.sortByColumn(0, Qt.SortOrder.AscendingOrder)
        header = set_up(self, row_height=24, least_width=40)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        for column, width in enumerate(_WIDTHS, 1):
            header.resizeSection(column, width)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the names what the figures leave, and never so little that they can't be told."""
        super().resizeEvent(event)
        left = self.viewport().width() - sum(_WIDTHS)
        self.horizontalHeader().resizeSection(0, max(_NAMES_WIDTH, left))

    def show_rows(self, rows: Sequence[ClassRow], word: str) -> None:
        """Show other classes or labels; the order that a person has chosen stays."""
        self.table.show_classes(rows, word)
