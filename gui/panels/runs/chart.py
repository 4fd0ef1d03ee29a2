"""Curves of several runs laid over each other: a colour a run, dashed on validation data."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from gui.charts import export as chart_export
from gui.charts.curves import VALIDATION, Curves, View
from gui.charts.legend import Key
from gui.charts.menu import ChartMenu
from gui.panels.runs.overlay import Overlay, OverlayPlot
from gui.parts.widgets import FlowLayout, label
from gui.theme import TINY, code_font

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gui.theme import Theme

_LARGE = QSize(900, 560)  # of a picture for a report


class OverlayChart(QWidget):
    """One plot with a legend that shows the values of the epoch under the pointer.

    Signals:
        run_clicked(int): a person clicked the name of this run, counted from 0.
    """

    run_clicked = Signal(int)

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
        self.plot: OverlayPlot | None = None  # made with the first curve
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
        if self.plot is None:
            self.plot = OverlayPlot(self._theme)
            self.plot.pointed.connect(self._point_at)
            self._column.addWidget(self.plot, 1)
        self.plot.draw(metric, self._shown, self._how)
        self._write_legend()

    def show_view(self, view: View) -> None:
        """Show the curves smoothed, or on a logarithmic axis."""
        self._how = view
        self.menu.show_view(view)
        if self._shown and self.plot is not None:
            self.plot.draw(self._metric, self._shown, view)

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
        if self.plot is not None:
            self.plot.set_theme(theme)

    def sizeHint(self) -> QSize:
        """Return a size at which curves can be read."""
        return QSize(360, 160)

    def minimumSizeHint(self) -> QSize:
        """Return the least size: a curve without much detail."""
        return QSize(160, 100)

    def drawn(self) -> list[tuple[list[float], bool]]:
        """Return what is drawn: the values of each curve, and whether it is dashed."""
        return self.plot.drawn() if self.plot is not None and self._shown else []

    # --- the legend ---------------------------------------------------------------------------

    def _write_legend(self) -> None:
        while len(self._keys) < len(self._shown):
            self._keys.append(key := Key())
            self._legend.addWidget(key)
            key.setCursor(Qt.CursorShape.PointingHandCursor)
            key.clicked.connect(partial(self.run_clicked.emit, len(self._keys) - 1))
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
        if self.plot is not None:
            self.plot.view.setToolTip(self._all_values(words) if self._epoch else "")
        self._legend.invalidate()

    def _value(self, run: Overlay) -> float | None:
        """Return a run's value under the pointer, or its last, on validation data if it can be."""
        values = run.validation or run.training
        at = (self._epoch or len(values)) - 1
        if not 0 <= at < len(values) or not math.isfinite(values[at]):
            return None
        return values[at]

    def _all_values(self, heading: str) -> str:
        """Return a line for each run with its values under the pointer, on both parts."""
        at = (self._epoch or 1) - 1
        lines = []
        for run in self._shown:
            values = ((self._metric, run.training), (self._val, run.validation))
            told = [
                f"{name} {part[at]:.4g}"
                for name, part in values
                if at < len(part) and math.isfinite(part[at])
            ]
            lines.append(f"{run.name}: {', '.join(told) or '–'}")
        return "\n".join([heading, *lines])

    def leaveEvent(self, event: Any) -> None:  # noqa: ANN401 - Qt's event
        """Go back to the last values."""
        super().leaveEvent(event)
        self._point_at(None)

    def _point_at(self, epoch: int | None) -> None:
        if epoch == self._epoch or self.plot is None:
            return
        self._epoch = epoch
        self.plot.point_at(epoch)
        self._write_legend()
