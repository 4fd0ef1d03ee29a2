"""A plain table of texts: only the rows that are in sight cost anything."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTableView

from gui.parts.tables import RowsModel, set_up

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtCore import QObject

    from gui.parts.tables import Index


class TextTable(RowsModel[tuple[str, ...]]):
    """Rows of texts; `figures`: the columns that are figures."""

    def __init__(
        self, headings: Sequence[str], figures: Sequence[int], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.set_columns(headings, figures)

    def text(self, row: tuple[str, ...], column: int) -> str:
        """Return what a cell shows."""
        return row[column]

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: ANN401 - Qt's own signature
        """Return what a cell shows; its tool tip is the whole text."""
        wanted = Qt.ItemDataRole.DisplayRole if role == Qt.ItemDataRole.ToolTipRole else role
        return super().data(index, wanted)


class TextTableView(QTableView):
    """Shows a table of texts; one column has the room that is left, the others their widths."""

    def __init__(
        self, name: str, headings: Sequence[str], figures: Sequence[int], widths: Sequence[int]
    ) -> None:
        """Make it; `widths` in pixels, 0 of the column that has the rest."""
        super().__init__()
        self.setObjectName(name)
        self.table = TextTable(headings, figures, self)
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
