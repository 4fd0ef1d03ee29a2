"""Live curves of every loss and metric, in pyqtgraph.

pyqtgraph is imported when the first point comes, or earlier by `preload` in a background thread:
it costs some 200 ms, which the start of the window doesn't have.
"""

from __future__ import annotations

import importlib
import math
import sys
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QPointF, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QPen
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QStackedLayout,
    QTabBar,
    QVBoxLayout,
    QWidget,
)

from gui.panels.curves import VALIDATION, Curves, colour_of
from gui.panels.legend import Key, faint, line_pen
from gui.panels.parts import label
from gui.theme import LARGE, MEDIUM, SMALL, TINY, code_font

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from PySide6.QtGui import QResizeEvent

    from gui.theme import Theme

_FRAME_MS = 600  # each picture takes 10 ms, in which the training has one core less
_PLOTS = ("loss", "metrics")
_WIDE = 600  # pixels from which two plots stand side by side
_TICK_WIDTH, _TICK_HEIGHT = 48, 22  # pixels of a plot for each tick


def preload() -> None:
    """Import pyqtgraph; may be called from a background thread."""
    importlib.import_module("pyqtgraph")


def is_loaded() -> bool:
    """Say whether `preload` has been called, so that a chart costs little."""
    return "pyqtgraph" in sys.modules


class Chart(QWidget):
    """Two plots, loss and metrics: side by side where there is room, else behind small tabs."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("training.chart")
        self.curves = Curves()
        self._theme = theme
        self._plots: list[_Plot] = []
        self._empty = label(
            "Curves of the loss and of each metric appear here.", "muted", wrap=True
        )
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._tabs = QTabBar()
        self._tabs.setObjectName("training.chart.tabs")
        self._tabs.setExpanding(False)
        self._tabs.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._tabs.currentChanged.connect(self._arrange)
        self._tabs.hide()
        self._row = QHBoxLayout()
        self._row.setSpacing(LARGE)
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(TINY)
        self._tabs.setStyleSheet("QTabBar::tab { padding: 0px 8px 2px 8px; min-height: 16px; }")
        column.addWidget(self._tabs, 0, Qt.AlignmentFlag.AlignLeft)
        column.addLayout(self._row, 1)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self._empty)
        self._stack.addWidget(page)
        self._frame = QTimer(self, interval=_FRAME_MS, singleShot=True)
        self._frame.timeout.connect(self.draw)

    def prepare(self) -> None:
        """Make the plots ahead of the first point, bit by bit, so that training begins smoothly.

        Needs `preload` to have been called.
        """
        if len(self._plots) < len(_PLOTS):
            self._make_plot()
            QTimer.singleShot(0, self, self.prepare)
        elif not self.curves.names:
            blank = Curves(1)
            blank.add_epoch(0, {"loss": 1.0})
            for plot in self._plots:
                plot.draw(blank, ("loss",))
                plot.grab()  # the first painting loads fonts and symbols
                plot.draw(Curves(1), ())

    def show_curves(self, curves: Curves) -> None:
        """Show these curves from now on; what is added goes to them."""
        self.curves = curves
        self.draw()

    def add_batch(self, place: float, logs: Mapping[str, float]) -> None:
        """Add running means at a place in epochs; drawn with the next picture."""
        self.curves.add_batch(place, logs)
        self._draw_soon()

    def add_epoch(self, epoch: int, logs: Mapping[str, float | None]) -> None:
        """Add the values of an epoch, which counts from 0."""
        self.curves.add_epoch(epoch, logs)
        self._draw_soon()

    def show_history(self, history: Mapping[str, Sequence[float | None]]) -> None:
        """Show the values of each epoch of a run that is over."""
        curves = Curves()
        for name, values in history.items():
            for epoch, value in enumerate(values):
                curves.add_epoch(epoch, {name: value})
        self.show_curves(curves)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of another theme."""
        self._theme = theme
        for plot in self._plots:
            plot.set_theme(theme)
        self.draw()

    def draw(self) -> None:
        """Draw what has come so far, now."""
        self._frame.stop()
        names = self.curves.names
        self._stack.setCurrentIndex(1 if names else 0)
        if not names:
            return
        while len(self._plots) < len(_PLOTS):
            self._make_plot()
        losses = tuple(name for name in names if name.endswith("loss"))
        metrics = tuple(name for name in names if not name.endswith("loss"))
        for plot, chosen in zip(self._plots, (losses, metrics), strict=True):
            if plot.isVisibleTo(self):
                plot.draw(self.curves, chosen)
        self._name_tabs(metrics)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show both plots, or one of them behind tabs."""
        super().resizeEvent(event)
        self._arrange()

    def sizeHint(self) -> QSize:
        """Return a size at which curves can be read."""
        return QSize(360, 160)

    def minimumSizeHint(self) -> QSize:
        """Return the least size: a curve without much detail."""
        return QSize(160, 110)

    def _draw_soon(self) -> None:
        if not self._frame.isActive():
            self._frame.start()

    def _make_plot(self) -> None:
        name = _PLOTS[len(self._plots)]
        plot = _Plot(self._theme)
        plot.setObjectName(f"training.chart.{name}")
        self._plots.append(plot)
        self._tabs.addTab(name)
        self._row.addWidget(plot, 1)
        self._arrange()

    def _name_tabs(self, metrics: Sequence[str]) -> None:
        stems = {name.removeprefix(VALIDATION) for name in metrics}
        text = next(iter(stems)) if len(stems) == 1 else "metrics"
        if self._tabs.tabText(1) != text:
            self._tabs.setTabText(1, text)
        has_metrics = bool(metrics)
        if self._tabs.isTabEnabled(1) != has_metrics:
            self._tabs.setTabEnabled(1, has_metrics)
            self._arrange()

    def _arrange(self) -> None:
        if len(self._plots) < len(_PLOTS):
            return
        wide = self.width() >= _WIDE
        both = self._tabs.isTabEnabled(1)
        self._tabs.setVisible(both and not wide)
        chosen = self._tabs.currentIndex()
        self._plots[0].setVisible(not both or wide or chosen == 0)
        self._plots[1].setVisible(both and (wide or chosen == 1))
        self._draw_soon()


class _Plot(QWidget):
    """One plot with its legend, which also shows the values under the pointer."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._pg: Any = importlib.import_module("pyqtgraph")
        self._theme = theme
        self._place: float | None = None  # under the pointer, in epochs
        self._shown: tuple[Curves, tuple[str, ...]] = (Curves(), ())
        self._length, self._bounds = 0, (0.0, 1.0)  # what the axes show
        self._room = (0, 0)  # for so many ticks
        self._items: dict[str, tuple[Any, Any]] = {}  # by name: the batches' line, the epochs'
        self._keys: list[Key] = []
        self._title = QLabel()
        self._title.setFont(code_font(11))
        self._title.setProperty("role", "muted")
        self._legend = QHBoxLayout()
        self._legend.setSpacing(MEDIUM)
        self._batches = Key()
        self._legend.addWidget(self._batches)
        self._legend.addWidget(self._title)
        self._legend.addStretch(1)
        self._view = self._pg.PlotWidget()
        self._view.setFrameShape(self._view.Shape.NoFrame)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, TINY, 0, 0)
        column.setSpacing(TINY)
        column.addLayout(self._legend)
        column.addWidget(self._view, 1)
        plot = self._view.getPlotItem()
        plot.setMouseEnabled(x=False, y=False)
        plot.hideButtons()
        plot.setMenuEnabled(False)
        plot.setContentsMargins(0, 0, SMALL, 0)
        self._cursor = self._pg.InfiniteLine(angle=90)
        self._cursor.hide()
        plot.addItem(self._cursor, ignoreBounds=True)
        self._view.scene().sigMouseMoved.connect(self._on_mouse_moved)
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Dress background, axes and curves."""
        self._theme = theme
        self._view.setBackground(theme.panel)
        for side in ("left", "bottom"):
            axis = self._view.getPlotItem().getAxis(side)
            axis.setStyle(tickFont=code_font(11), tickLength=0, tickTextOffset=6)
            axis.setPen(QColor(theme.border))
            axis.setTextPen(QColor(theme.muted))
            axis.setZValue(-1)  # its grid lies under the curves
        self._view.getPlotItem().getAxis("left").setGrid(255)
        self._view.getPlotItem().getAxis("bottom").setStyle(hideOverlappingLabels=False)
        self._cursor.setPen(QPen(QColor(theme.edge), 0))
        for line, ends in self._items.values():
            self._view.removeItem(line)
            self._view.removeItem(ends)
        self._items.clear()

    def leaveEvent(self, event: Any) -> None:  # noqa: ANN401 - Qt's event
        """Go back to the newest values."""
        super().leaveEvent(event)
        self._point_at(None)

    def draw(self, curves: Curves, names: Sequence[str]) -> None:
        """Draw the curves of these names."""
        self._shown = (curves, tuple(names))
        for gone in self._items.keys() - set(names):
            for item in self._items.pop(gone):
                self._view.removeItem(item)
        for name in names:
            line, ends = self._items.get(name) or self._add(name, names)
            places, values = curves.batches.get(name, ((), ()))
            line.setData(np.asarray(places, float), np.asarray(values, float), connect="finite")
            whole = curves.epochs.get(name, [])
            ends.setData(np.arange(1, len(whole) + 1, dtype=float), np.asarray(whole, float))
        self._set_ranges(curves, names)
        self._write_legend()

    def _add(self, name: str, names: Sequence[str]) -> tuple[Any, Any]:
        colour = QColor(colour_of(name, names, self._theme))
        dashed = name.startswith(VALIDATION)
        thin = QPen(faint(colour.name()), 0)
        line = self._view.plot(pen=thin, antialias=False)  # it is many points
        ends = self._view.plot(
            pen=line_pen(colour.name(), dashed=dashed),
            symbol="o",
            symbolSize=5,
            symbolBrush=colour,
            symbolPen=None,
            antialias=True,
        )
        self._items[name] = (line, ends)
        return line, ends

    def _set_ranges(self, curves: Curves, names: Sequence[str]) -> None:
        plot = self._view.getPlotItem()
        room = (self._view.width() // _TICK_WIDTH, self._view.height() // _TICK_HEIGHT)
        length = max(1, curves.length)
        if (length, room) != (self._length, self._room):
            plot.getAxis("bottom").setTicks([_ticks(0, length, min(10, room[0]), whole=True)])
            plot.setXRange(0, length, padding=0.03)
        bounds = curves.bounds(names) or self._bounds
        if (bounds, room) != (self._bounds, self._room):
            plot.getAxis("left").setTicks([_ticks(*bounds, min(6, room[1]))])
            plot.setYRange(*bounds, padding=0)
        self._length, self._bounds, self._room = length, bounds, room

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Choose the ticks for the new size."""
        super().resizeEvent(event)
        curves, names = self._shown
        if names:
            self._set_ranges(curves, names)

    def _write_legend(self) -> None:
        curves, names = self._shown
        while len(self._keys) < len(names):
            self._legend.insertWidget(len(self._keys), key := Key())
            self._keys.append(key)
        for key, name in zip(self._keys, names, strict=False):
            colour = colour_of(name, names, self._theme)
            key.show_curve(name, curves.value_at(name, self._place), colour, self._theme)
        for index, key in enumerate(self._keys):
            key.setVisible(index < len(names))
        trained = next((name for name in names if name in curves.batches), None)
        if trained is not None:
            thin = faint(colour_of(trained, names, self._theme)).name(QColor.NameFormat.HexArgb)
            self._batches.show_curve("each batch", None, thin, self._theme)
        self._batches.setVisible(trained is not None)
        self._legend.invalidate()
        self._title.setText("" if self._place is None else f"epoch {round(self._place)}")
        self._title.setVisible(self._place is not None)

    def _on_mouse_moved(self, point: QPointF) -> None:
        curves, names = self._shown
        done = max((len(curves.epochs.get(name, [])) for name in names), default=0)
        box = self._view.getPlotItem().vb
        if not done or not box.sceneBoundingRect().contains(point):
            self._point_at(None)
            return
        self._point_at(float(min(done, max(1, round(box.mapSceneToView(point).x())))))

    def _point_at(self, place: float | None) -> None:
        if place == self._place:
            return
        self._place = place
        self._cursor.setVisible(place is not None)
        if place is not None:
            self._cursor.setPos(place)
        self._write_legend()


def _ticks(low: float, high: float, most: int, *, whole: bool = False) -> list[tuple[float, str]]:
    """Return at most so many ticks (three, if less is asked for) at distances that people like."""
    span = (high - low) or 1.0
    power = math.floor(math.log10(span)) - 2
    steps = (lead * 10.0 ** (power + up) for up in range(5) for lead in (1, 2, 5))
    step = next(
        step for step in steps if span / step <= max(3, most) - 0.999 and (step >= 1 or not whole)
    )
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [(n * step, f"{n * step:.6g}") for n in range(first, last + 1)]
