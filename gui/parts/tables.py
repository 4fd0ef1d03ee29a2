"""What the tables of all panels have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView

if TYPE_CHECKING:
    from PySide6.QtWidgets import QTableView

Index = QModelIndex | QPersistentModelIndex
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


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
