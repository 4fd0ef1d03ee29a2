"""The plot of several runs' curves: the lines, the axes, zoom, and the epoch under the pointer."""

from __future__ import annotations

import importlib
import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QColor, QPen
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gui.charts.axes import dress_axes, make_plain
from gui.charts.curves import View, log_ticks, smoothed, ticks
from gui.charts.legend import faint, line_pen
from gui.theme import MEDIUM

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QResizeEvent

    from gui.theme import Theme

_DOTS = 40  # epochs up to which each is a dot
_TICK_WIDTH, _TICK_HEIGHT = 48, 22  # pixels of the plot for each tick


class Overlay(NamedTuple):
    """The curves of one run in one metric, a value an epoch; NaN where there is none."""

    name: str
    colour: str
    training: Sequence[float]
    validation: Sequence[float]

    @property
    def length(self) -> int:
        """How many epochs it has."""
        return max(len(self.training), len(self.validation))


class OverlayPlot(QWidget):
    """Curves, a colour a run, dashed on validation data. The wheel zooms, and so does dragging.

    Signals:
        pointed(object): the pointer is over this epoch, from 1, or over none (None).
    """

    pointed = Signal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        pg: Any = importlib.import_module("pyqtgraph")  # 200 ms: with the first curve
        self._shown: tuple[Overlay, ...] = ()
        self._how = View()
        self._drawn: object = None  # what the axes were chosen for
        self._zoomed = False  # a part is looked at
        self.view = pg.PlotWidget()
        self.view.setObjectName("runs.chart.plot")
        self.view.setFrameShape(self.view.Shape.NoFrame)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.view)
        plot = self._plot = self.view.getPlotItem()
        make_plain(plot, MEDIUM)
        self._cursor = pg.InfiniteLine(angle=90)
        self._cursor.hide()
        plot.addItem(self._cursor, ignoreBounds=True)
        self.view.scene().sigMouseMoved.connect(self._on_mouse_moved)
        self.view.scene().sigMouseClicked.connect(self._on_mouse_clicked)
        plot.vb.sigRangeChangedManually.connect(self._on_zoomed)
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of another theme; the curves come again with `draw`."""
        dress_axes(self.view, theme)
        self._plot.getAxis("left").setGrid(255)
        self._cursor.setPen(QPen(QColor(theme.edge), 0))
        self._plot.vb.rbScaleBox.setPen(QPen(QColor(theme.accent), 0))
        self._plot.vb.rbScaleBox.setBrush(faint(theme.accent))

    def draw(self, metric: str, runs: tuple[Overlay, ...], how: View) -> None:
        """Draw the curves of these runs; of the same ones the part that is looked at stays."""
        shown = (metric, tuple(run.name for run in runs), how.logarithmic)
        self._zoomed, self._drawn = self._zoomed and shown == self._drawn, shown
        self._shown, self._how = runs, how
        for item in list(self._plot.listDataItems()):
            self._plot.removeItem(item)
        for run in runs:
            self._add(run.training, run.colour, dashed=False)
            self._add(run.validation, run.colour, dashed=True)
        self._cursor.hide()
        if not self._zoomed:
            self.show_whole()

    def show_whole(self) -> None:
        """Let the axes hold all of the curves."""
        self._zoomed = False
        self._plot.setXRange(1, max(2, self.length), padding=0.03)
        found = [v for values, _ in self.drawn() for v in values if math.isfinite(v)]
        if found:
            low, high = min(found), max(found)
            margin = 0.05 * (high - low) or 0.05
            self._plot.setYRange(low - margin, high + margin, padding=0)
        self._show_ticks()

    @property
    def length(self) -> int:
        """How many epochs the longest run has."""
        return max((run.length for run in self._shown), default=0)

    def drawn(self) -> list[tuple[list[float], bool]]:
        """Return what is drawn: the values of each curve, and whether it is dashed."""
        return [
            (list(item.getData()[1]), item.opts["pen"].style() != Qt.PenStyle.SolidLine)
            for item in self._plot.listDataItems()
        ]

    def point_at(self, epoch: int | None) -> None:
        """Show a line at an epoch, or none."""
        self._cursor.setVisible(epoch is not None)
        if epoch is not None:
            self._cursor.setPos(epoch)

    def _add(self, values: Sequence[float], colour: str, *, dashed: bool) -> None:
        if not values:
            return
        few = len(values) <= _DOTS
        self.view.plot(
            np.arange(1, len(values) + 1, dtype=float),
            self._scaled(values),
            pen=line_pen(colour, dashed=dashed),
            symbol="o" if few else None,
            symbolSize=4,
            symbolBrush=QColor(colour),
            symbolPen=None,
            antialias=True,
            connect="finite",
        )

    def _scaled(self, values: Sequence[float]) -> np.ndarray[Any, np.dtype[np.float64]]:
        """Return what is drawn of values: smoothed, or their decimal logarithms."""
        made = np.asarray(smoothed(values, self._how.smoothing), float)
        if self._how.logarithmic:
            made[~(made > 0)] = np.nan
            made = np.log10(made)
        return made

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Choose the ticks for the new size."""
        super().resizeEvent(event)
        self._show_ticks()

    def _show_ticks(self) -> None:
        """Write round numbers on the axes, as many as there is room for; epochs are whole."""
        (left, right), (low, high) = self._plot.vb.viewRange()
        across = max(2, min(10, self.view.width() // _TICK_WIDTH))
        up = max(2, min(6, self.view.height() // _TICK_HEIGHT))
        chosen = (log_ticks if self._how.logarithmic else ticks)(low, high, up)
        self._plot.getAxis("left").setTicks([chosen])
        self._plot.getAxis("bottom").setTicks([ticks(max(1, left), right, across, whole=True)])

    def _on_zoomed(self, *_: object) -> None:
        self._zoomed = True
        self._show_ticks()

    def _on_mouse_clicked(self, event: Any) -> None:  # noqa: ANN401 - pyqtgraph's event
        """Show all of the curves after a look at a part, by a double click."""
        if event.double():
            event.accept()
            self.show_whole()

    def _on_mouse_moved(self, point: QPointF) -> None:
        epoch = None
        if self._shown and self._plot.vb.sceneBoundingRect().contains(point):
            epoch = min(self.length, max(1, round(self._plot.vb.mapSceneToView(point).x())))
        self.pointed.emit(epoch)
