"""Live curves of every loss and metric, in pyqtgraph.

pyqtgraph is imported when the first point comes, or earlier by `preload` in a background thread:
it costs some 200 ms, which the start of the window doesn't have.
"""

from __future__ import annotations

import importlib
import sys
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtWidgets import (
    QHBoxLayout,
    QStackedLayout,
    QTabBar,
    QVBoxLayout,
    QWidget,
)

from gui.charts import export as chart_export
from gui.charts.curves import VALIDATION, Curves, View
from gui.charts.menu import ChartMenu
from gui.charts.plot import Plot
from gui.parts.widgets import label
from gui.theme import LARGE, TINY

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from PySide6.QtGui import QResizeEvent

    from gui.theme import Theme

_FRAME_MS = 600  # each picture takes 10 ms, in which the training has one core less
_LARGE = QSize(1240, 420)  # of a picture to keep
_USUAL = 2  # plots that there always are
_PLOTS = ("loss", "metrics", "learning rate", "gradients")
_WIDE = 300  # pixels that a plot needs to stand beside another


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
        self.view = View()
        self._theme = theme
        self._plots: list[Plot] = []
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
        self.menu = ChartMenu(self)
        self.menu.changed.connect(self.show_view)
        self.menu.whole_wanted.connect(self._show_whole)
        self.menu.save_wanted.connect(self._on_save_wanted)
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
        self.menu.hide()
        self._frame = QTimer(self, interval=_FRAME_MS, singleShot=True)
        self._frame.timeout.connect(self.draw)

    def prepare(self) -> None:
        """Make the plots ahead of the first point, bit by bit, so that training begins smoothly.

        Needs `preload` to have been called.
        """
        if len(self._plots) < _USUAL:
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

    def add_batch(
        self, place: float, logs: Mapping[str, float], samples: int | None = None
    ) -> None:
        """Add running means at a place in epochs; drawn with the next picture."""
        self.curves.add_batch(place, logs, samples)
        self._draw_soon()

    def add_epoch(
        self, epoch: int, logs: Mapping[str, float | None], samples: int | None = None
    ) -> None:
        """Add the values of an epoch, which counts from 0."""
        self.curves.add_epoch(epoch, logs, samples)
        self._draw_soon()

    def add_rate(self, epoch: int, rate: float | None) -> None:
        """Add the learning rate of an epoch, which counts from 0."""
        self.curves.add_rate(epoch, rate)

    def add_norms(self, epoch: int, norms: Mapping[str, float]) -> None:
        """Add the norms of the layers' gradients after an epoch."""
        self.curves.add_norms(epoch, norms)
        self._draw_soon()

    def show_view(self, view: View) -> None:
        """Show the curves in another way."""
        self.view = view
        self.menu.show_view(view)
        self.draw()
        self._arrange()
        self._show_whole()

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
        while len(self._plots) < self._wanted:
            self._make_plot()
        metrics = tuple(name for name in names if not name.endswith("loss"))
        losses = tuple(name for name in names if name.endswith("loss"))
        rates, norms = (
            self.curves.of_series(one) for one in (self.curves.rates, self.curves.norms)
        )
        contents = ((self.curves, losses), (self.curves, metrics), (rates, rates.names))
        for plot, (curves, chosen) in zip(
            self._plots, (*contents, (norms, norms.names)), strict=False
        ):
            if plot.isVisibleTo(self):
                plot.draw(curves, chosen, self.view)
        self._name_tabs(metrics)
        self.menu.setVisible(bool(names))

    @property
    def _wanted(self) -> int:
        """How many plots have to be there; those before the last may be hidden."""
        if self.view.gradients:
            return 4
        return 3 if self.view.rate else _USUAL

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show the plots side by side, or one of them behind tabs."""
        super().resizeEvent(event)
        self.menu.move(self.width() - self.menu.width(), 0)
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
        plot = Plot(self._theme, logarithmic=name == "gradients")
        plot.setObjectName(f"training.chart.{name.replace(' ', '_')}")
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
        if len(self._plots) < _USUAL:
            return
        there = (True, self._tabs.isTabEnabled(1), self.view.rate, self.view.gradients)
        shown = [n for n, is_there in enumerate(there) if is_there and n < len(self._plots)]
        for n in range(len(self._plots)):
            self._tabs.setTabVisible(n, n in shown)
        wide = self.width() >= _WIDE * len(shown)
        self._tabs.setVisible(len(shown) > 1 and not wide)
        if self._tabs.currentIndex() not in shown:
            self._tabs.setCurrentIndex(shown[0])
        chosen = self._tabs.currentIndex()
        for n, plot in enumerate(self._plots):
            plot.setVisible(n in shown and (wide or len(shown) == 1 or n == chosen))
            plot.leave_corner(self.menu.width() if wide or len(shown) == 1 else 0)
        self.menu.raise_()
        self._draw_soon()

    def large_copy(self) -> Chart:
        """Return a chart with the same curves, large enough for a report; delete it afterwards."""
        copy = Chart(self._theme)
        copy.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)
        copy.resize(_LARGE)
        copy.show()
        copy.show_curves(self.curves)
        copy.show_view(self.view)
        copy.draw()
        copy.menu.hide()
        return copy

    def _show_whole(self) -> None:
        for plot in self._plots:
            plot.show_whole()

    def _on_save_wanted(self) -> None:
        chart_export.ask_and_save(self)
