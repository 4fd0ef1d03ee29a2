"""Selecting and moving nodes: a press selects, a drag moves all that is selected.

While dragging, only the picture moves; the release makes one edit. A moved node catches the edges
of others near by, and a line shows which. A node that has no wires yet goes into the wire that it
is dropped on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QLineF, QRectF
from PySide6.QtGui import QColor, QPen

from gui.canvas import acts
from gui.canvas.geometry import SLACK, Area
from gui.canvas.hits import wire_at
from gui.canvas.tools.base import Pointer, Tool, far, paint_wire, tell_wire

if TYPE_CHECKING:
    from PySide6.QtGui import QPainter

    from gui.canvas.arrays import Floats, Indexes
    from gui.canvas.view import CanvasView

_WIRE = 12.0  # pixels of the screen within which the pointer is over a wire
_CATCH = 6.0  # pixels of the screen within which an edge is caught


class SelectTool(Tool):
    """Selects the node under the pointer and moves the selection."""

    def __init__(self, view: CanvasView, key: str) -> None:
        super().__init__(view)
        self._key = key
        self._dragging = False
        self._guides: list[QLineF] = []
        self._fits = False  # could it go into a wire?
        self._wire: str | None = None

    @property
    def scrolls(self) -> bool:
        """Follow the nodes that are being dragged."""
        return self._dragging

    def pressed(self, pointer: Pointer) -> None:
        """Select the node; Shift or Ctrl adds it to the selection or takes it out."""
        document, key = self.view.document, self._key
        self._at, self._start = pointer.at, pointer.place
        self._adding = pointer.shift or pointer.ctrl
        self._was = document.selected_nodes, document.selected_links
        if self._adding:
            document.select(document.selected_nodes ^ {key}, document.selected_links)
        elif key not in document.selected_nodes:
            document.select(frozenset({key}))

    def moved(self, pointer: Pointer) -> None:
        """Let the selected nodes follow the pointer."""
        if not self._dragging:
            if not far(pointer.at, self._at):
                return
            self._begin()
        view, geometry = self.view, self.view.drawing
        shift = pointer.place - self._start
        x, y = (self._places[self._anchor] + (shift.x(), shift.y())).tolist()
        caught = (x, y) if pointer.alt else self._catch(x, y)
        by = np.array([acts.snap(x), acts.snap(y)]) if pointer.alt else np.array(caught)
        places = self._places + (by - self._places[self._anchor])
        dirty = geometry.cover(self._rows).united(self._guide_rect())
        geometry.place(dict(zip(self._keys, map(tuple, places.tolist()), strict=True)))
        if pointer.alt:
            self._guides = []
        view.update_scene(dirty.united(geometry.cover(self._rows)).united(self._guide_rect()))
        self._look_for_wire(pointer)

    def _look_for_wire(self, pointer: Pointer) -> None:
        """Find the wire into which the node would go: the one that no other node hides."""
        if not self._fits:
            return
        view, geometry, place = self.view, self.view.drawing, pointer.place
        at = Area(place.x(), place.y(), place.x(), place.y())
        free = geometry.nodes_in(at).tolist() == self._rows.tolist()
        reach = min(_WIRE / view.zoom, 24.0)
        wire = wire_at(geometry, place.x(), place.y(), reach) if free else None
        if wire != self._wire:
            self._wire = wire
            view.update()
        tell_wire(view, wire, pointer.at)

    def _begin(self) -> None:
        self._dragging = True
        document, geometry = self.view.document, self.view.drawing
        if self._key not in document.selected_nodes:  # it was just taken out of the selection
            document.select(document.selected_nodes | {self._key})
        self._rows: Indexes = geometry.rows_of(document.selected_nodes)
        self._keys = [geometry.keys[row] for row in self._rows.tolist()]
        self._places: Floats = geometry.rect[self._rows, :2].copy()
        self._anchor = self._keys.index(self._key)
        near = geometry.nodes_in(self.view.visible_area())
        self._others = geometry.rect[np.setdiff1d(near, self._rows)]
        self._fits = len(self._keys) == 1 and acts.fits_into_wires(document, self._keys[0])

    def _catch(self, x: float, y: float) -> tuple[float, float]:
        """Return the place on the grid, or on an edge of another node that is near."""
        reach = _CATCH / self.view.zoom
        _, _, width, height = self.view.drawing.rect[self._rows[self._anchor]].tolist()
        others = self._others
        self._guides = []
        lefts = np.concatenate([others[:, 0], others[:, 0] + others[:, 2] - width])
        new_x = _nearest(lefts, x, reach)
        new_y = _nearest(others[:, 1], y, reach)
        at_x = acts.snap(x) if new_x is None else new_x
        at_y = acts.snap(y) if new_y is None else new_y
        box = QRectF(at_x, at_y, width, height)
        if new_x is not None:
            left = np.abs(others[:, 0] - at_x) < 0.5
            line = box.left() if left.any() else box.right()
            match = others[left | (np.abs(others[:, 0] + others[:, 2] - line) < 0.5)]
            low, high = match[:, 1].min(), (match[:, 1] + match[:, 3]).max()
            ends = min(low, box.top()), max(high, box.bottom())
            self._guides.append(QLineF(line, ends[0], line, ends[1]))
        if new_y is not None:
            match = others[np.abs(others[:, 1] - at_y) < 0.5]
            low, high = match[:, 0].min(), (match[:, 0] + match[:, 2]).max()
            ends = min(low, box.left()), max(high, box.right())
            self._guides.append(QLineF(ends[0], at_y, ends[1], at_y))
        return at_x, at_y

    def _guide_rect(self) -> QRectF:
        result = QRectF()
        for line in self._guides:
            result = result.united(
                QRectF(line.p1(), line.p2()).normalized().adjusted(-SLACK, -SLACK, SLACK, SLACK)
            )
        return result

    def released(self, _pointer: Pointer) -> None:
        """Make the move an edit; a click without a drag selects this node alone."""
        document, geometry = self.view.document, self.view.drawing
        if self._dragging:
            rect = geometry.rect[self._rows, :2]
            places = dict(zip(self._keys, map(tuple, rect.tolist()), strict=True))
            wire = self._wire
            self.view.end_tool()
            if wire is None:
                acts.move(document, places, self.view)
            else:
                box = acts.box_in(geometry, wire, geometry.node_rect(self._key))
                acts.insert_node(document, wire, self._key, box)
            return
        if not self._adding:
            document.select(frozenset({self._key}))
        self.view.end_tool()

    def cancelled(self) -> None:
        """Put everything back, the selection too."""
        if self._dragging:
            back = dict(zip(self._keys, map(tuple, self._places.tolist()), strict=True))
            self.view.drawing.place(back)
        self.view.document.select(*self._was)

    def paint(self, painter: QPainter) -> None:
        """Paint the wire it would go into, and the lines along which it stands with others."""
        if self._wire is not None:
            self._paint_into(painter, self._wire)
        pen = QPen(QColor(self.view.theme.accent), 1.0)
        pen.setCosmetic(True)
        pen.setDashPattern([3.0, 3.0])
        painter.setPen(pen)
        painter.drawLines(self._guides)

    def _paint_into(self, painter: QPainter, wire: str) -> None:
        """Paint the wire that takes the node in, and over it the node, which is in the hand."""
        geometry, (row,) = self.view.drawing, self._rows.tolist()
        paint_wire(self.view, painter, wire)
        box, severity = geometry.node_rect(self._key), int(geometry.severity[row])
        nodes = self.view.painter.nodes
        nodes.paint(painter, geometry.faces[row], box, severity, selected=True)


def _nearest(edges: Floats, at: float, reach: float) -> float | None:
    if not len(edges):
        return None
    best = float(edges[np.abs(edges - at).argmin()])
    return best if abs(best - at) <= reach else None
