"""ROC curves, and predictions against targets, in pyqtgraph with a list of figures beside it.

pyqtgraph is imported when the first plot is shown: it costs some 200 ms.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtGui import QColor, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from gui.charts.axes import dress_axes
from gui.parts.widgets import label
from gui.theme import MEDIUM, SMALL, TINY, code_font

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.scores import Array
    from gui.theme import Theme

_MOST_POINTS = 4000
_LIST_WIDTH = 144
_LABELLED = 200  # pixels of height from which the axes have words
_TICKS = [(n / 5, f"{n / 5:.1f}") for n in range(6)]  # of two rates


class Curve(NamedTuple):
    """A line or a cloud of points, its name and its figure for the list, a sentence about it."""

    name: str
    figure: str
    x: Array
    y: Array
    words: str


class PlotPage(QWidget):
    """A plot with a list at its right; the chosen entry is drawn in the accent.

    Lines are all drawn, the others faintly; of clouds of points only the chosen one.
    """

    def __init__(self, theme: Theme, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self._theme = theme
        self._curves: tuple[Curve, ...] = ()
        self._points = False
        self._axes = ("", "")
        self._pg: Any = None
        self._view: Any = None
        self.list = QTreeWidget()
        self.list.setObjectName(f"{name}.list")
        self.list.setRootIsDecorated(False)
        self.list.setUniformRowHeights(True)
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.list.setFixedWidth(_LIST_WIDTH)
        self.list.setColumnCount(2)
        self.list.header().setStretchLastSection(False)
        self.list.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.list.header().setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        self.list.currentItemChanged.connect(lambda *_items: self._draw())
        self.words = label("", "muted", wrap=True)
        self.words.setObjectName(f"{name}.words")
        side = QVBoxLayout()
        side.setSpacing(TINY)
        side.addWidget(self.list, 1)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(MEDIUM)
        left = QVBoxLayout()
        left.setSpacing(SMALL)
        left.addWidget(self.words)
        self._place = left
        self._row.addLayout(left, 1)
        self._row.addLayout(side)

    def show_curves(
        self,
        curves: Sequence[Curve],
        headings: tuple[str, str],
        axes: tuple[str, str],
        *,
        points: bool = False,
    ) -> None:
        """Show lines or clouds of points, the first of them chosen."""
        self._curves, self._points, self._axes = tuple(curves), points, axes
        with QSignalBlocker(self.list):
            self.list.clear()
            self.list.setHeaderLabels(list(headings))
            for number, curve in enumerate(self._curves):
                item = QTreeWidgetItem([curve.name, curve.figure])
                item.setData(0, Qt.ItemDataRole.UserRole, number)
                item.setFont(1, code_font())
                item.setTextAlignment(
                    1, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
                )
                item.setToolTip(0, curve.name)
                self.list.addTopLevelItem(item)
            first = self.list.topLevelItem(0)
            if first is not None:
                self.list.setCurrentItem(first)
        self._draw()

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of another theme."""
        self._theme = theme
        if self._view is not None:
            dress_axes(self._view, theme)
            self._draw()

    def showEvent(self, event: Any) -> None:  # noqa: ANN401 - Qt's event
        """Make the plot when it is first seen."""
        super().showEvent(event)
        if self._view is None:
            self._make()
            self._draw()

    def resizeEvent(self, event: Any) -> None:  # noqa: ANN401 - Qt's event
        """Name the axes where there is room."""
        super().resizeEvent(event)
        self._draw()

    def _make(self) -> None:
        self._pg = importlib.import_module("pyqtgraph")
        self._view = self._pg.PlotWidget()
        self._view.setFrameShape(self._view.Shape.NoFrame)
        plot = self._view.getPlotItem()
        plot.setMouseEnabled(x=False, y=False)
        plot.hideButtons()
        plot.setMenuEnabled(False)
        self._place.addWidget(self._view, 1)
        plot.setContentsMargins(0, 0, SMALL, 0)
        plot.getAxis("bottom").setStyle(hideOverlappingLabels=False)
        dress_axes(self._view, self._theme)

    def _draw(self) -> None:
        if self._view is None or not self._curves:
            return
        item = self.list.currentItem()
        chosen = item.data(0, Qt.ItemDataRole.UserRole) if item is not None else 0
        plot = self._view.getPlotItem()
        plot.clear()
        for side, words in zip(("bottom", "left"), self._axes, strict=True):
            plot.setLabel(side, words, color=self._theme.muted, **{"font-size": "11px"})
            plot.getAxis(side).showLabel(self.height() >= _LABELLED)
        curve = self._curves[chosen]
        self.words.setText(curve.words)
        low, high = self._ends(curve)
        even = QPen(QColor(self._theme.muted), 0, Qt.PenStyle.DashLine)
        plot.plot([low, high], [low, high], pen=even)
        if self._points:
            self._draw_points(curve)
        else:
            self._draw_lines(chosen)
        for side in ("bottom", "left"):
            plot.getAxis(side).setTicks(None if self._points else [_TICKS])
        plot.setRange(xRange=(low, high), yRange=(low, high), padding=0.03)

    def _ends(self, curve: Curve) -> tuple[float, float]:
        if not self._points:
            return 0.0, 1.0
        both = np.concatenate([curve.x, curve.y])
        both = both[np.isfinite(both)]
        return (float(both.min()), float(both.max())) if both.size else (0.0, 1.0)

    def _draw_lines(self, chosen: int) -> None:
        plot = self._view.getPlotItem()
        faint = QPen(QColor(self._theme.edge), 0)
        for number, curve in enumerate(self._curves):
            if number != chosen:
                plot.plot(curve.x, curve.y, pen=faint)
        pen = QPen(QColor(self._theme.accent), 2)
        pen.setCosmetic(True)
        curve = self._curves[chosen]
        plot.plot(curve.x, curve.y, pen=pen, antialias=True)

    def _draw_points(self, curve: Curve) -> None:
        step = -(-len(curve.x) // _MOST_POINTS)
        colour = QColor(self._theme.accent)
        colour.setAlpha(120)
        self._view.getPlotItem().plot(
            curve.x[::step],
            curve.y[::step],
            pen=None,
            symbol="o",
            symbolSize=4,
            symbolBrush=colour,
            symbolPen=None,
        )
