"""One plot of curves in pyqtgraph, with its legend: values under the pointer, zoom, scales."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtGui import QColor, QPen
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from gui.charts.axes import dress_axes, make_plain
from gui.charts.curves import VALIDATION, Curves, View, colour_of, log_ticks, smoothed, ticks
from gui.charts.legend import Key, faint, line_pen
from gui.theme import MEDIUM, SMALL, TINY, code_font

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from PySide6.QtCore import QPointF
    from PySide6.QtGui import QResizeEvent

    from gui.theme import Theme

_MOST_KEYS = 6  # of a legend
_TICK_WIDTH, _TICK_HEIGHT = 48, 22  # pixels of a plot for each tick


class Plot(QWidget):
    """One plot with its legend, which also shows the values under the pointer."""

    def __init__(self, theme: Theme, *, logarithmic: bool = False) -> None:
        super().__init__()
        self._pg: Any = importlib.import_module("pyqtgraph")
        self._theme = theme
        self._always_log = logarithmic
        self._view_of, self._zoomed = View(), False
        self._smooth: dict[str, Any] = {}  # by name: the smoothed line
        self._place: float | None = None  # under the pointer, in epochs
        self._shown: tuple[Curves, tuple[str, ...]] = (Curves(), ())
        self._length, self._bounds = 0, (0.0, 1.0)  # what the axes show
        self._ticked: object = None  # what the ticks were chosen for
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
        self._box = plot.vb
        make_plain(plot, SMALL)
        self._cursor = self._pg.InfiniteLine(angle=90)
        self._cursor.hide()
        plot.addItem(self._cursor, ignoreBounds=True)
        self._view.scene().sigMouseMoved.connect(self._on_mouse_moved)
        self._view.scene().sigMouseClicked.connect(self._on_mouse_clicked)
        self._box.sigRangeChangedManually.connect(self._on_zoomed)
        self._box.sigRangeChanged.connect(self._show_ticks)
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Dress background, axes and curves."""
        self._theme = theme
        dress_axes(self._view, theme)
        self._view.getPlotItem().getAxis("left").setGrid(255)
        self._view.getPlotItem().getAxis("bottom").setStyle(hideOverlappingLabels=False)
        self._cursor.setPen(QPen(QColor(theme.edge), 0))
        self._box.rbScaleBox.setPen(QPen(QColor(theme.accent), 0))
        self._box.rbScaleBox.setBrush(faint(theme.accent))
        for name in list(self._items):
            self._remove(name)

    def leaveEvent(self, event: Any) -> None:  # noqa: ANN401 - Qt's event
        """Go back to the newest values."""
        super().leaveEvent(event)
        self._point_at(None)

    def draw(self, curves: Curves, names: Sequence[str], view: View = View()) -> None:  # noqa: B008 - it can't be changed
        """Draw the curves of these names."""
        self._shown, self._view_of = (curves, tuple(names)), view
        for gone in self._items.keys() - set(names):
            self._remove(gone)
        for name in names:
            self._draw_curve(curves, name, names)
        self._set_ranges(curves, names)
        self._write_legend()

    def _draw_curve(self, curves: Curves, name: str, names: Sequence[str]) -> None:
        line, ends = self._items.get(name) or self._add(name, names)
        share = self._view_of.smoothing
        places, values = curves.batches.get(name, ((), ())) if self._view_of.batches else ((), ())
        line.setData(np.asarray(places, float), self._scaled(values), connect="finite")
        whole = np.asarray(curves.epochs.get(name, []), float)
        known = np.isfinite(whole)
        at, there = np.flatnonzero(known) + 1.0, whole[known]
        ends.setData(at, self._scaled(there), connect="finite")
        colour = self._colour(name, names)
        ends.setOpacity(0.35 if share else 1.0)
        smooth = self._smooth.get(name)
        if share and smooth is None:
            smooth = self._smooth[name] = self._view.plot(antialias=True)
            smooth.setPen(line_pen(colour, dashed=name.startswith(VALIDATION)))
        if smooth is not None:
            smooth.setVisible(bool(share))
            smooth.setData(at, self._scaled(smoothed(there, share)), connect="finite")

    def _colour(self, name: str, names: Sequence[str]) -> str:
        """Return a curve's colour; layers go from the accent to orange, as deep as they lie."""
        if not self._always_log:
            return colour_of(name, names, self._theme)
        first, last = QColor(self._theme.accent), QColor(self._theme.families.merge)
        part = list(names).index(name) / max(1, len(names) - 1)
        mixed = [
            round(a + (b - a) * part)
            for a, b in zip(first.getRgb()[:3], last.getRgb()[:3], strict=True)  # type: ignore[index]  # four numbers
        ]
        return QColor(*mixed).name()

    def _remove(self, name: str) -> None:
        for item in (*self._items.pop(name), self._smooth.pop(name, None)):
            if item is not None:
                self._view.removeItem(item)

    @property
    def _is_log(self) -> bool:
        return self._always_log or self._view_of.logarithmic

    def _scaled(self, values: Sequence[float] | NDArray[np.float64]) -> NDArray[np.float64]:
        """Return what is drawn of values: themselves, or their decimal logarithms."""
        made = np.asarray(values, float)
        if not self._is_log:
            return made
        positive = made > 0
        return np.where(positive, np.log10(made, where=positive, out=np.zeros_like(made)), np.nan)

    def _add(self, name: str, names: Sequence[str]) -> tuple[Any, Any]:
        colour = QColor(self._colour(name, names))
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
        if self._zoomed:
            return
        length = max(1, curves.length)
        found = curves.log_bounds(names) if self._is_log else curves.bounds(names)
        bounds = found or self._bounds
        if length != self._length:
            self._view.getPlotItem().setXRange(0, length, padding=0.03)
        if bounds != self._bounds:
            self._view.getPlotItem().setYRange(*bounds, padding=0)
        self._length, self._bounds = length, bounds
        self._show_ticks()

    def _show_ticks(self, *_: object) -> None:
        """Write round numbers on the axes, as many as there is room for."""
        room = (self._view.width() // _TICK_WIDTH, self._view.height() // _TICK_HEIGHT)
        sides = tuple(map(tuple, self._box.viewRange()))
        shown = (room, sides, self._is_log)
        if shown == self._ticked:
            return
        self._ticked = shown
        (left, right), (low, high) = sides
        across = ticks(max(0.0, left), right, min(10, room[0]), whole=right - left > 2)
        up = (log_ticks if self._is_log else ticks)(low, high, min(6, room[1]))
        self._view.getPlotItem().getAxis("bottom").setTicks([across])
        self._view.getPlotItem().getAxis("left").setTicks([up])

    def leave_corner(self, width: int) -> None:
        """Keep the legend off the upper right corner, where a button may lie."""
        self._legend.setContentsMargins(0, 0, width, 0)

    def show_whole(self) -> None:
        """Show all of the run after a look at a part."""
        self._zoomed, self._length, self._bounds = False, 0, (0.0, 0.0)
        curves, names = self._shown
        self._set_ranges(curves, names)

    def _on_zoomed(self, *_: object) -> None:
        self._zoomed = True

    def _on_mouse_clicked(self, event: Any) -> None:  # noqa: ANN401 - pyqtgraph's event
        if event.double():
            event.accept()
            self.show_whole()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Choose the ticks for the new size."""
        super().resizeEvent(event)
        self._show_ticks()

    def _write_legend(self) -> None:
        curves, names = self._shown
        shown = names
        if len(names) > _MOST_KEYS:  # the first, the last and some between
            shown = tuple(names[round(n)] for n in np.linspace(0, len(names) - 1, _MOST_KEYS))
        while len(self._keys) < len(shown):
            self._legend.insertWidget(len(self._keys), key := Key())
            self._keys.append(key)
        for key, name in zip(self._keys, shown, strict=False):
            value = curves.value_at(name, self._place)
            key.show_curve(name, value, self._colour(name, names), self._theme)
        for index, key in enumerate(self._keys):
            key.setVisible(index < len(shown))
        trained = next(filter(curves.has_between, names), None)
        if trained is not None and self._view_of.batches:
            thin = faint(self._colour(trained, names)).name(QColor.NameFormat.HexArgb)
            self._batches.show_curve("between epochs", None, thin, self._theme)
        self._batches.setVisible(trained is not None and self._view_of.batches)
        self._legend.invalidate()
        self._title.setText("" if self._place is None else f"epoch {round(self._place)}")
        self._title.setVisible(self._place is not None)
        self._view.setToolTip(self._all_values() if len(shown) < len(names) else "")

    def _all_values(self) -> str:
        """Return a line for each curve, with its value where the pointer is."""
        curves, names = self._shown
        if self._place is None:
            return ""
        values = {name: curves.value_at(name, self._place) for name in names}
        lines = [f"{name} {value:.4g}" for name, value in values.items() if value is not None]
        return "\n".join([f"epoch {round(self._place)}", *lines])

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
