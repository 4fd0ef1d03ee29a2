"""The ticked runs beside each other: their curves, and what they have come to."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QAbstractItemModel, Qt
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStackedLayout,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from engine import compare
from gui.panels.runs.chart import OverlayChart
from gui.panels.runs.model import Compared, ComparisonModel
from gui.panels.runs.overlay import Overlay
from gui.parts.editors import Combo
from gui.parts.tables import LEFT, set_up
from gui.parts.widgets import label, scrolling
from gui.theme import SMALL, TINY

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from PySide6.QtGui import QResizeEvent

    from engine.compare import Facts
    from gui.theme import Theme

_MEASURED_ROWS = 40  # by which the columns' widths are chosen
_MOST_WIDTH = 180  # pixels of a column
_LEAST_NAME_WIDTH = 128  # pixels, where there is no room for names and figures
_MOST_NAME_WIDTH = 240  # pixels, where names say what differs
_ROW = 26  # pixels
_BETWEEN = " · "  # a run's name and what differs
_COMPARED, _DIFFERENCES = 6, 5  # rows that are in sight at once


class Comparison(QWidget):
    """Curves, or a table with the gap between training and validation, in one metric.

    `metric_box`, which chooses it, is to be placed by whoever shows this.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ticked: list[tuple[Facts, str]] = []
        self._names: list[str] = []
        self.model = ComparisonModel(self)
        self.table = runs_table("runs.comparison", self.model)
        self.chart = OverlayChart(theme)
        self.metric_box = Combo()
        self.metric_box.setObjectName("runs.metric")
        self.metric_box.setAccessibleName(self.tr("Metric"))
        self.metric_box.setMinimumContentsLength(9)
        self.metric_box.activated.connect(self._show)
        self.differences = QStandardItemModel(self)
        self.different = runs_table("runs.differences", self.differences)
        self.different.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.gap = label("", "muted", wrap=True)
        self.gap.setObjectName("runs.gap")
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(TINY)
        column.addWidget(self.table)
        column.addWidget(self.gap)
        column.addWidget(self.different)
        column.addStretch(1)
        self._pages = QStackedLayout(self)
        self._pages.addWidget(self.chart)
        self._pages.addWidget(scrolling(page))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Let the figures stay in sight."""
        super().resizeEvent(event)
        fit_columns(self.table)
        _spare_figures(self.table)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of another theme; those of the runs come with `show_ticked`."""
        self.chart.set_theme(theme)

    def show_figures(self, wanted: bool) -> None:  # noqa: FBT001 - it is what is shown
        """Show the table, or else the curves."""
        self._pages.setCurrentIndex(1 if wanted else 0)

    def show_ticked(self, ticked: Sequence[tuple[Facts, str]]) -> None:
        """Show these runs, each in its colour, in the metric that was chosen before."""
        if ticked and self._ticked == list(ticked):
            return
        self._ticked = list(ticked)
        self._names = compare.distinct([one for one, _ in ticked])
        self._show_differences()
        names = compare.metrics([one.run for one, _ in ticked])
        box = self.metric_box
        if [box.itemText(at) for at in range(box.count())] != list(names):
            chosen = box.currentText()
            box.clear()
            box.addItems(list(names))
            box.setCurrentIndex(max(0, box.findText(chosen)))
        self._show()

    @property
    def names(self) -> dict[Path, str]:
        """Return names by which the runs that are shown can be told from each other."""
        return {
            one.run.path: name for (one, _), name in zip(self._ticked, self._names, strict=True)
        }

    @property
    def short_names(self) -> list[str]:
        """The names without the one that all of the runs have."""
        first = self._names[0].partition(_BETWEEN)[0] + _BETWEEN if self._names else ""
        if len(self._names) > 1 and all(name.startswith(first) for name in self._names):
            return [name.removeprefix(first) for name in self._names]
        return self._names

    def _show(self, *_values: object) -> None:
        metric = self.metric_box.currentText()
        names = self.short_names
        named = list(zip(names, self._ticked, strict=True))
        rows = [
            Compared(name, colour, compare.pair(one.run, metric)) for name, (one, colour) in named
        ]
        self.model.show_rows(rows)
        fit_columns(self.table)
        _spare_figures(self.table)
        _fit_height(self.table, len(rows), _COMPARED)
        said = compare.gap_sentence(metric, [(row.name, row.pair) for row in rows])
        runs = [(name, one.run) for name, (one, _) in named]
        # a trend from one data set to another means nothing
        said = compare.data_sentence(runs) or " ".join(
            filter(None, (said, compare.rows_sentence(runs)))
        )
        if not rows:
            said = self.tr("Tick runs in the list: their figures stand beside each other here.")
        self.gap.setText(said)
        self.gap.setVisible(bool(said))
        if metric:
            curves = [_overlay(one, name, colour, metric) for name, (one, colour) in named]
            self.chart.show_runs(metric, curves)
        else:
            self.chart.show_none()

    def _show_differences(self) -> None:
        """Show a row for whatever differs between the drawings, data and plans of the runs."""
        found = compare.different([one for one, _ in self._ticked])
        self.differences.clear()
        self.differences.setHorizontalHeaderLabels([self.tr("what differs"), *self.short_names])
        for one in found:
            cells = [QStandardItem(text) for text in (one.what, *one.values)]
            for cell in cells:
                cell.setToolTip(cell.text())
            self.differences.appendRow(cells)
        header = self.different.horizontalHeader()
        header.setDefaultAlignment(LEFT)
        _fit_height(self.different, len(found), _DIFFERENCES)
        self.different.setVisible(bool(found))
        fit_columns(self.different)


def _fit_height(table: QTableView, rows: int, most: int) -> None:
    """Make a table as high as its rows, if they aren't many: the page scrolls."""
    head = table.horizontalHeader().sizeHint().height()
    bar = table.horizontalScrollBar().sizeHint().height()
    table.setFixedHeight(min(most, max(1, rows)) * _ROW + head + bar + SMALL)


def runs_table(name: str, model: QAbstractItemModel) -> QTableView:
    """Return a table without lines, of whole rows."""
    made = QTableView()
    made.setObjectName(name)
    made.setModel(model)
    made.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    made.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    made.setTextElideMode(Qt.TextElideMode.ElideMiddle)  # long names often differ at their ends
    header = set_up(made, row_height=_ROW, least_width=48)
    header.setResizeContentsPrecision(_MEASURED_ROWS)
    header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
    return made


def fit_columns(table: QTableView, least: int = 0) -> None:
    """Make each column as wide as its cells; the name's at least so wide, and not too wide."""
    table.resizeColumnsToContents()
    table.setColumnWidth(0, max(least, min(table.columnWidth(0), _MOST_WIDTH)))


def _spare_figures(table: QTableView) -> None:
    """Take from the names what the figures lack: names are told whole by their tool tips."""
    columns = range(1, table.model().columnCount())
    room = table.viewport().width() - sum(map(table.columnWidth, columns))
    table.setColumnWidth(0, min(table.columnWidth(0), max(room, _LEAST_NAME_WIDTH)))


def widen_names(table: QTableView) -> None:
    """Give names room that have become longer."""
    room = min(_MOST_NAME_WIDTH, table.sizeHintForColumn(0))
    table.setColumnWidth(0, max(room, table.columnWidth(0)))


def _overlay(one: Facts, name: str, colour: str, metric: str) -> Overlay:
    history = one.run.history
    training, validation = (
        [math.nan if value is None else value for value in history.get(key, [])]
        for key in (metric, compare.VALIDATION + metric)
    )
    return Overlay(name, colour, training, validation)
