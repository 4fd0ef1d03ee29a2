"""Paints a geometry with any QPainter: the canvas's frames and the figures alike.

Three levels of detail by zoom: *full* (all texts), *title* (stripe, name and shape), *block*
(family colours only). Far away nodes and wires go to Qt in a few calls, straight from numpy memory.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen

from graph.registry import FAMILIES
from graph.shapes import show_shape
from gui.canvas import arrays
from gui.canvas.faces import Measure, Style
from gui.canvas.geometry import SLACK, Area, Geometry
from gui.canvas.nodepainter import NodePainter, NodePictures
from gui.canvas.texts import Texts
from gui.theme import WIRE_WIDTH

if TYPE_CHECKING:
    from graph.inference import Report
    from gui.canvas.arrays import Flags, Floats, Indexes
    from gui.theme import Theme

FULL_FROM, TITLE_FROM = 0.62, 0.34
_SMOOTH_WIRES = 1200  # more are drawn as plain lines: smooth curves would take 7 ms at 7,000
_SMOOTH_BLOCKS = 2000
_SHORT_LINES = np.linspace(0.0, 1.0, 13)
_LONG = 30_000.0  # the length of wires that may be drawn one by one
_HAIR = 1.5  # pixels; thinner wires are drawn one pixel wide
_STRIPE = 5.0
_TWO_LINES = 23.0  # pixels of a node's height from which on its shape stands below its name
_DOTS = 24.0  # between the dots of the ground
_LABEL_EDGE, _LABEL_HEIGHT, _LABEL_GAP = 5.0, 16.0, 8.0
_LABEL_PLACES = np.array([0.4, 0.7, 1.0])  # on both halves of a wire
_LABEL_ORDER = [2, 1, 3, 0, 4]  # of those places: the middle, then away from it


class Level(Enum):
    """How much of a node is painted."""

    FULL = "full"
    TITLE = "title"
    BLOCK = "block"

    @classmethod
    def at(cls, zoom: float) -> Level:
        """Return the level of a zoom."""
        if zoom >= FULL_FROM:
            return cls.FULL
        return cls.TITLE if zoom >= TITLE_FROM else cls.BLOCK


class Scene(NamedTuple):
    """What is painted: a geometry, the report for the shapes on wires, what is selected."""

    geometry: Geometry
    report: Report
    nodes: frozenset[str] = frozenset()
    links: frozenset[str] = frozenset()


class CanvasPainter:
    """Paints scenes in a theme's colours; the QPainter works in the units of the geometry.

    `exact`: every node as shapes, as figures need it; else pictures of nodes are kept between
    frames. `outlines`: letters as shapes too.
    """

    def __init__(
        self, theme: Theme, measure: Measure, *, exact: bool = False, outlines: bool = False
    ) -> None:
        self.theme = theme
        self.texts = Texts(measure, outlines=outlines)
        self.nodes = NodePainter(theme, self.texts, spares=not exact)
        self._pictures = NodePictures(self.nodes)
        self._exact = exact
        self._measure = measure
        self._text, self._muted = QColor(theme.text), QColor(theme.muted)
        self._error = QColor(theme.error)
        self._canvas = QBrush(QColor(theme.canvas))
        self._panel, self._dots = QBrush(QColor(theme.panel)), QBrush(QColor(theme.grid))
        self._families = [QBrush(QColor(theme.family(name))) for name in FAMILIES]
        self._signs = (QColor(theme.border), QColor(theme.warning), self._error)
        self._wire, self._accent = QColor(theme.wire), QColor(theme.accent)
        self._halo = QColor(theme.accent)
        self._halo.setAlpha(90)

    def ground(self, painter: QPainter, rect: QRectF, zoom: float, shift: QPointF) -> None:
        """Fill the background with its dots; in pixels of the screen, before any zoom."""
        painter.fillRect(rect, self._canvas)
        step = _DOTS * zoom
        while step < 16.0:
            step *= 2.0
        x = np.arange(shift.x() % step - step, rect.right(), step)
        y = np.arange(shift.y() % step - step, rect.bottom(), step)
        x, y = x[x >= rect.left() - 2], y[y >= rect.top() - 2]
        dots = np.empty((len(y), len(x), 4))
        dots[..., 0], dots[..., 1], dots[..., 2:] = np.round(x), np.round(y)[:, None], 2.0
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._dots)
        arrays.draw_rects(painter, dots.reshape(-1, 4))

    def paint(self, painter: QPainter, scene: Scene, area: Area, zoom: float) -> None:
        """Paint what lies in an area, at the level of detail that the zoom allows."""
        level = Level.at(zoom)
        geometry = scene.geometry
        wires, nodes = geometry.wires_in(area), geometry.nodes_in(area, SLACK)
        if level is not Level.BLOCK:
            wires = geometry.wires_through(wires, area)
        chosen = np.isin(nodes, geometry.rows_of(scene.nodes))
        nodes = np.concatenate([nodes[~chosen], nodes[chosen]])  # the selected ones in front
        chosen.sort()
        smooth = level is not Level.BLOCK or len(wires) <= _SMOOTH_WIRES
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, smooth)
        self._paint_wires(painter, scene, wires, zoom, smooth=smooth)
        if level is Level.FULL:
            self._paint_nodes(painter, geometry, nodes, chosen, zoom)
            self._paint_labels(painter, scene, wires, geometry.rect[nodes])
            return
        self._paint_blocks(painter, geometry, nodes, titles=level is Level.TITLE)
        self._paint_rims(painter, geometry, nodes, chosen, zoom)
        if level is Level.TITLE:
            self._paint_titles(painter, geometry, nodes, zoom)

    def _paint_nodes(
        self, painter: QPainter, geometry: Geometry, rows: Indexes, chosen: Flags, zoom: float
    ) -> None:
        for row, selected in zip(rows.tolist(), chosen.tolist(), strict=True):
            face, box = geometry.faces[row], QRectF(*geometry.rect[row].tolist())
            grade = int(geometry.severity[row])
            if self._exact:
                self.nodes.paint(painter, face, box, grade, selected=selected)
            else:
                self._pictures.paint(painter, face, box, grade, selected=selected, zoom=zoom)

    # wires

    def _paint_wires(
        self, painter: QPainter, scene: Scene, rows: Indexes, zoom: float, *, smooth: bool
    ) -> None:
        geometry = scene.geometry
        if not len(rows):
            return
        chosen = np.isin(geometry.ends[rows], geometry.rows_of(scene.nodes)).any(axis=1)
        chosen |= np.isin(rows, geometry.link_rows_of(scene.links))
        broken = geometry.broken[rows]
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for which, pen in (
            (~chosen & ~broken, _wire_pen(self._wire, zoom)),
            (chosen & ~broken, _wire_pen(self._accent, zoom)),
            (chosen & broken, QPen(self._halo, 3 * WIRE_WIDTH)),  # it stays seen as an error
            (broken, _wire_pen(self._error, zoom, dashed=smooth)),
        ):
            lines = geometry.line[rows[which]]
            if len(lines):
                painter.setPen(pen)
                _draw_wires(painter, lines, smooth=smooth, exact=self._exact)

    def _paint_labels(self, painter: QPainter, scene: Scene, rows: Indexes, nodes: Floats) -> None:
        """Write shapes on wires: at broken ones always, elsewhere where there is room."""
        geometry = scene.geometry
        line = geometry.line[rows]
        wide = line[:, 2] - line[:, 0]
        for row in rows[geometry.broken[rows] | (wide > 120.0)].tolist():
            link = geometry.graph.links[geometry.links[row]]
            spec = scene.report.spec_of(link.source, link.output)
            if spec is None:
                continue
            text, broken = show_shape(spec.shape), bool(geometry.broken[row])
            width = self._measure.width(Style.FIGURE, text) + 2 * _LABEL_EDGE
            box = _label_box(geometry.line[[row]], nodes, width, always=broken)
            if box is None:
                continue
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._canvas)
            painter.drawRoundedRect(box, 4.0, 4.0)
            ink = self._error if broken else self._muted
            x, base = box.left() + _LABEL_EDGE, box.center().y() + 4.0
            self.texts.write(painter, Style.FIGURE, text, x, base, ink)

    # nodes from afar

    def _paint_blocks(
        self, painter: QPainter, geometry: Geometry, rows: Indexes, *, titles: bool
    ) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, len(rows) <= _SMOOTH_BLOCKS)
        painter.setPen(Qt.PenStyle.NoPen)
        rect = geometry.rect[rows]
        if titles:
            painter.setBrush(self._panel)
            arrays.draw_rects(painter, rect)
            rect = rect.copy()
            rect[:, 2] = _STRIPE
        self.paint_families(painter, geometry.family[rows], rect)

    def paint_families(self, painter: QPainter, families: Indexes, rect: Floats) -> None:
        """Fill rectangles (n, 4) with the colours of their families."""
        painter.setPen(Qt.PenStyle.NoPen)
        for family in np.unique(families).tolist():
            painter.setBrush(self._families[family])
            arrays.draw_rects(painter, rect[families == family])

    def _paint_rims(
        self, painter: QPainter, geometry: Geometry, rows: Indexes, chosen: Flags, zoom: float
    ) -> None:
        """Draw the borders that say something: problems, and what is selected."""
        painter.setBrush(Qt.BrushStyle.NoBrush)
        severity = geometry.severity[rows]
        first = 0 if zoom >= TITLE_FROM else 1
        for grade in range(first, 3):
            painter.setPen(QPen(self._signs[grade], (2.0 if grade else 1.0) / zoom))
            arrays.draw_rects(painter, geometry.rect[rows[severity == grade]])
        painter.setPen(QPen(self._accent, 2.0 / zoom))
        arrays.draw_rects(painter, geometry.rect[rows[chosen]])

    def _paint_titles(
        self, painter: QPainter, geometry: Geometry, rows: Indexes, zoom: float
    ) -> None:
        """Write names and shapes in a size that is the same at every zoom, where they fit."""
        painter.scale(1.0 / zoom, 1.0 / zoom)
        boxes = (geometry.rect[rows] * zoom).tolist()
        for row, (x, y, width, height) in zip(rows.tolist(), boxes, strict=True):
            face, room = geometry.faces[row], width - _STRIPE * zoom - 8.0
            name = self._measure.fitted(Style.FAR, face.name, room)
            if len(name) < 2 or height < 12.0:
                continue
            at, middle = x + _STRIPE * zoom + 5.0, y + height / 2
            shape = face.shape.replace(" ", "")
            two = height >= _TWO_LINES and self._measure.width(Style.FIGURE, shape) <= room
            base = middle - 2.0 if two else middle + 4.0
            self.texts.write(painter, Style.FAR, name, at, base, self._text)
            if two:
                self.texts.write(painter, Style.FIGURE, shape, at, middle + 11.0, self._muted)
        painter.scale(zoom, zoom)


def _wire_pen(ink: QColor, zoom: float, *, dashed: bool = False) -> QPen:
    pen = QPen(ink, WIRE_WIDTH)
    if WIRE_WIDTH * zoom < _HAIR:  # Qt draws lines of one pixel many times faster than others
        pen = QPen(ink, 1.0)
        pen.setCosmetic(True)
    if dashed:
        pen.setDashPattern([4.0, 3.0])
    return pen


def _label_box(line: Floats, nodes: Floats, width: float, *, always: bool) -> QRectF | None:
    """Return where on a wire (1, 4) a label covers none of the nodes (n, 4), the middle first.

    None where there is no such place; with `always` it is the middle then.
    """
    if not always and line[0, 2] - line[0, 0] < width + 64.0:
        return None
    places = arrays.points_on(line, _LABEL_PLACES)[0][_LABEL_ORDER]
    low = nodes[:, :2] - (width / 2 + _LABEL_GAP, _LABEL_HEIGHT / 2 + _LABEL_GAP)
    high = nodes[:, :2] + nodes[:, 2:] + (nodes[:, :2] - low)
    covered = ((places[:, None] > low) & (places[:, None] < high)).all(axis=2).any(axis=1)
    if covered.all() and not always:
        return None
    box = QRectF(0.0, 0.0, width, _LABEL_HEIGHT)
    box.moveCenter(QPointF(*places[int(covered.argmin())].tolist()))
    return box


def _length(lines: Floats) -> float:
    return float(np.abs(lines[:, 2:] - lines[:, :2]).sum())


def _draw_wires(painter: QPainter, lines: Floats, *, smooth: bool, exact: bool) -> None:
    """Draw wires with the painter's pen, in the way that is fast for their number and width.

    One thick path of many is the slow way: measured 230 ms for 230 long wires, 27 ms one by one,
    4 ms as short lines, which look the same.
    """
    pen = painter.pen()
    if not smooth:
        arrays.draw_lines(painter, lines)
    elif pen.isCosmetic() and not exact:
        painter.drawPath(arrays.curves(lines))
    elif exact or pen.style() is not Qt.PenStyle.SolidLine or _length(lines) < _LONG:
        for row in range(len(lines)):
            painter.drawPath(arrays.curves(lines[row : row + 1]))
    else:
        pen.setCapStyle(Qt.PenCapStyle.SquareCap)  # no gaps where they meet; round is slow
        painter.setPen(pen)
        arrays.draw_lines(painter, arrays.segments(lines, _SHORT_LINES))
