"""Curves of several runs laid over each other: a colour a run, dashed on validation data."""

from __future__ import annotations

import importlib
import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QColor, QPen
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from gui.charts import export as chart_export
from gui.charts.axes import dress_axes
from gui.charts.curves import VALIDATION, Curves, View, log_ticks, smoothed
from gui.charts.legend import Key, line_pen
from gui.charts.menu import ChartMenu
from gui.parts.widgets import FlowLayout, label
from gui.theme import MEDIUM, TINY, code_font

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gui.theme import Theme

_DOTS = 40  # epochs up to which each is a dot
_TICK_HEIGHT = 22  # pixels of the plot for each tick
_LARGE = QSize(900, 560)  # of a picture for a report


class Overlay(NamedTuple):
    """The curves of one run in one metric, a value an epoch; NaN where there is none."""

    name: str
    colour: str
    training: Sequence[float]
    validation: Sequence[float]


class OverlayChart(QWidget):
    """One plot with a legend that shows the values of the epoch under the pointer."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("runs.chart")
        self._theme = theme
        self._shown: tuple[Overlay, ...] = ()
        self._metric = ""
        self._epoch: int | None = None  # under the pointer, from 1
        self._how = View()
        self.menu = ChartMenu(self, "runs.chart", ("logarithmic",))
        self.menu.changed.connect(self.show_view)
        self.menu.save_wanted.connect(lambda: chart_export.ask_and_save(self))
        self._view: Any = None  # made with the first curve: pyqtgraph takes 200 ms to import
        self._empty = label(
            self.tr("Tick runs in the list: their curves are laid over each other here."),
            "muted",
            wrap=True,
        )
        self._empty.setObjectName("runs.chart.empty")
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._legend = FlowLayout(TINY)
        self._keys: list[Key] = []
        self._lines = (Key(), Key())
        self._epoch_label = label("", "muted")
        self._epoch_label.setFont(code_font(11))
        for part in (*self._lines, self._epoch_label):
            self._legend.addWidget(part)
        page = QWidget()
        self._column = QVBoxLayout(page)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(TINY)
        top = QHBoxLayout()
        top.setSpacing(TINY)
        top.addLayout(self._legend, 1)
        top.addWidget(self.menu, 0, Qt.AlignmentFlag.AlignTop)
        self._column.addLayout(top)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self._empty)
        self._stack.addWidget(page)

    def show_none(self) -> None:
        """Show in place of curves how one gets them."""
        self._shown = ()
        self._stack.setCurrentIndex(0)

    def show_runs(self, metric: str, runs: Sequence[Overlay]) -> None:
        """Show the curves of these runs in a metric."""
        self._metric, self._shown = metric, tuple(runs)
        self._epoch = None
        self._stack.setCurrentIndex(1)
        if self._view is None:
            self._view = self._make_view()
            self._column.addWidget(self._view, 1)
            self._dress()
        self._draw()
        self._write_legend()

    def show_view(self, view: View) -> None:
        """Show the curves smoothed, or on a logarithmic axis."""
        self._how = view
        self.menu.show_view(view)
        if self._shown:
            self._draw()

    @property
    def curves(self) -> Curves:
        """Return the values of all curves, for a table."""
        made = Curves()
        for run in self._shown:
            for name, values in ((self._metric, run.training), (self._val, run.validation)):
                for epoch, value in enumerate(values):
                    made.add_epoch(epoch, {f"{run.name}: {name}": value})
        return made

    @property
    def _val(self) -> str:
        return VALIDATION + self._metric

    def large_copy(self) -> OverlayChart:
        """Return a chart with the same curves, large enough for a report; delete it afterwards."""
        copy = OverlayChart(self._theme)
        copy.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)
        copy.resize(_LARGE)
        copy.show()
        copy.menu.hide()
        copy.show_runs(self._metric, self._shown)
        copy.show_view(self._how)
        return copy

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of another theme; the curves come again with `show_runs`."""
        self._theme = theme
        if self._view is not None:
            self._dress()

    def sizeHint(self) -> QSize:
        """Return a size at which curves can be read."""
        return QSize(360, 160)

    def minimumSizeHint(self) -> QSize:
        """Return the least size: a curve without much detail."""
        return QSize(160, 100)

    def drawn(self) -> list[tuple[list[float], bool]]:
        """Return what is drawn: the values of each curve, and whether it is dashed."""
        if self._view is None or not self._shown:
            return []
        items = self._view.getPlotItem().listDataItems()
        return [
            (list(item.getData()[1]), item.opts["pen"].style() != Qt.PenStyle.SolidLine)
            for item in items
        ]

    # --- the plot -----------------------------------------------------------------------------

    def _make_view(self) -> Any:  # noqa: ANN401 - pyqtgraph has no types
        pg: Any = importlib.import_module("pyqtgraph")
        view = pg.PlotWidget()
        view.setObjectName("runs.chart.plot")
        view.setFrameShape(view.Shape.NoFrame)
        plot = view.getPlotItem()
        plot.setMouseEnabled(x=False, y=False)
        plot.hideButtons()
        plot.setMenuEnabled(False)
        plot.setContentsMargins(0, 0, MEDIUM, 0)
        self._cursor = pg.InfiniteLine(angle=90)
        self._cursor.hide()
        plot.addItem(self._cursor, ignoreBounds=True)
        view.scene().sigMouseMoved.connect(self._on_mouse_moved)
        return view

    def _dress(self) -> None:
        dress_axes(self._view, self._theme)
        self._view.getPlotItem().getAxis("left").setGrid(255)
        self._cursor.setPen(QPen(QColor(self._theme.edge), 0))

    def _draw(self) -> None:
        plot = self._view.getPlotItem()
        for item in list(plot.listDataItems()):
            plot.removeItem(item)
        for run in self._shown:
            self._add(run.training, run.colour, dashed=False)
            self._add(run.validation, run.colour, dashed=True)
        plot.setXRange(1, max(2, self._length()), padding=0.03)
        found = [v for values, _ in self.drawn() for v in values if math.isfinite(v)]
        if found:
            low, high = min(found), max(found)
            margin = 0.05 * (high - low) or 0.05
            plot.setYRange(low - margin, high + margin, padding=0)
            self._show_ticks(low - margin, high + margin)
        self._cursor.hide()

    def _show_ticks(self, low: float, high: float) -> None:
        room = max(2, min(6, self._view.height() // _TICK_HEIGHT))
        ticks = [log_ticks(low, high, room)] if self._how.logarithmic else None
        self._view.getPlotItem().getAxis("left").setTicks(ticks)

    def _scaled(self, values: Sequence[float]) -> np.ndarray[Any, np.dtype[np.float64]]:
        """Return what is drawn of values: smoothed, or their decimal logarithms."""
        made = np.asarray(smoothed(values, self._how.smoothing), float)
        if self._how.logarithmic:
            made[~(made > 0)] = np.nan
            made = np.log10(made)
        return made

    def _add(self, values: Sequence[float], colour: str, *, dashed: bool) -> None:
        if not values:
            return
        few = len(values) <= _DOTS
        self._view.plot(
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

    def _length(self) -> int:
        return max((len(one) for run in self._shown for one in run[2:]), default=0)

    # --- the legend ---------------------------------------------------------------------------

    def _write_legend(self) -> None:
        while len(self._keys) < len(self._shown):
            self._keys.append(key := Key())
            self._legend.addWidget(key)
        for index, key in enumerate(self._keys):
            key.setVisible(index < len(self._shown))
        for key, run in zip(self._keys, self._shown, strict=False):
            key.show_curve(run.name, self._value(run), run.colour, self._theme)
        for key, name in zip(self._lines, (self._metric, self._val), strict=True):
            key.show_curve(name, None, self._theme.muted, self._theme)
        has_validation = any(run.validation for run in self._shown)
        self._lines[1].setVisible(has_validation)
        words = self.tr("epoch {0:,}").format(self._epoch) if self._epoch else ""
        self._epoch_label.setText(words)
        self._legend.invalidate()

    def _value(self, run: Overlay) -> float | None:
        """Return a run's value under the pointer, or its last, on validation data if it can be."""
        values = run.validation or run.training
        at = (self._epoch or len(values)) - 1
        if not 0 <= at < len(values) or not math.isfinite(values[at]):
            return None
        return values[at]

    def _on_mouse_moved(self, point: QPointF) -> None:
        box = self._view.getPlotItem().vb
        epoch = None
        if self._shown and box.sceneBoundingRect().contains(point):
            epoch = min(self._length(), max(1, round(box.mapSceneToView(point).x())))
        self._point_at(epoch)

    def leaveEvent(self, event: Any) -> None:  # noqa: ANN401 - Qt's event
        """Go back to the last values."""
        super().leaveEvent(event)
        self._point_at(None)

    def _point_at(self, epoch: int | None) -> None:
        if epoch == self._epoch or self._view is None:
            return
        self._epoch = epoch
        self._cursor.setVisible(epoch is not None)
        if epoch is not None:
            self._cursor.setPos(epoch)
        self._write_legend()
