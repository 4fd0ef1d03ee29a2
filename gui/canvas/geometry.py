"""Where everything stands on the canvas: rectangles, ports, wires.

A function of a project, its report and its problems, kept up to date by change records. All
lengths are pixels at a zoom of 100 %; rows of arrays are in the order of the project's tables.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np
from PySide6.QtCore import QCoreApplication, QPointF, QRectF

from graph import registry
from graph.problems import Severity
from graph.project import Graph
from graph.spec import Calls
from graph.topology import wiring
from gui.canvas import arrays
from gui.canvas.faces import (
    Face,
    Measure,
    Place,
    make_face,
    output_caption,
    port_offset,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from graph.change import Change
    from graph.inference import Report
    from graph.problems import Problem
    from graph.project import Project
    from gui.canvas.arrays import Flags, Floats, Indexes

Side = Literal["in", "out"]
FAMILY_ROW = {family: row for row, family in enumerate(registry.FAMILIES)}
BADGE = 8.0  # radius of the sign at a node with a problem
SLACK = 24.0  # captions, badges and ports reach over a node's rectangle by less than this
_COARSE = np.linspace(0.0, 1.0, 7)


class Area(NamedTuple):
    """A part of the canvas."""

    left: float
    top: float
    right: float
    bottom: float


class Geometry:
    """Arrays of all nodes and wires of a drawing; `show` brings them up to date."""

    def __init__(self, measure: Measure | None = None) -> None:
        self.measure = measure or Measure()
        self.graph = Graph()
        self.keys: tuple[str, ...] = ()
        self.row: dict[str, int] = {}
        self.faces: list[Face] = []
        self.rect: Floats = np.empty((0, 4))
        self.family: Indexes = np.empty(0, np.intp)
        self.severity: Indexes = np.empty(0, np.intp)  # 0 fine, 1 warning, 2 error
        self.links: tuple[str, ...] = ()
        self.link_row: dict[str, int] = {}
        self.ends: Indexes = np.empty((0, 2), np.intp)  # rows of source and target
        self.offset: Floats = np.empty((0, 2))  # of the ports below the tops of those
        self.line: Floats = np.empty((0, 4))
        self.box: Floats = np.empty((0, 4))
        self.broken: Flags = np.empty(0, np.bool_)
        self.sentences: dict[str, list[str]] = {}
        self._known: dict[str, tuple[tuple[object, ...], Face]] = {}

    def show(
        self,
        project: Project,
        report: Report,
        problems: Iterable[Problem],
        change: Change | None = None,
    ) -> None:
        """Take over a project; with the change that led to it, only what it touched."""
        self.graph = project.graph
        if change is None or change.structure:
            self._build(report)
        elif change.moved:
            self.place(
                {key: (self.graph.nodes[key].x, self.graph.nodes[key].y) for key in change.moved}
            )
        self._mark(problems)

    def _build(self, report: Report) -> None:
        graph = self.graph
        places = _places(graph)
        known: dict[str, tuple[tuple[object, ...], Face]] = {}
        for key, node in graph.nodes.items():
            found = report.nodes.get(key)
            layer, place = graph.layers[node.layer], places[key]
            stamp = (layer, place, found.made if found is not None else None)
            was = self._known.get(key)
            # comparing looks at identity first: only what an edit made anew is laid out again
            face = was[1] if was is not None and was[0] == stamp else None
            known[key] = (stamp, face or make_face(layer, found, place, self.measure))
        self._known = known
        self.keys = tuple(known)
        self.row = {key: row for row, key in enumerate(known)}
        self.faces = [face for _, face in known.values()]
        self.rect = np.array(
            [
                (node.x, node.y, face.width, face.height)
                for node, face in zip(graph.nodes.values(), self.faces, strict=True)
            ]
        ).reshape(-1, 4)
        self.family = np.array([FAMILY_ROW[face.family] for face in self.faces], np.intp)
        self._wire()

    def _wire(self) -> None:
        graph, row = self.graph, self.row
        self.links = tuple(graph.links)
        self.link_row = {key: place for place, key in enumerate(self.links)}
        count = len(self.links)
        self.ends = np.empty((count, 2), np.intp)
        self.offset = np.empty((count, 2))
        for key, into in wiring(graph).into.items():
            face = self.faces[row[key]]
            by_order = _takes_list(graph, key)
            for order, name in enumerate(into):
                link, place = graph.links[name], self.link_row[name]
                source = row[link.source]
                self.ends[place] = source, row[key]
                self.offset[place] = (
                    port_offset(self.faces[source].outputs, link.output),
                    port_offset(face.inputs, order if by_order else link.slot),
                )
        self.line = np.empty((count, 4))
        self.box = np.empty((count, 4), order="F")  # it is asked by columns
        self._string(np.arange(count))

    def _string(self, rows: Indexes) -> None:
        """Lay wires between the places where their ports are now."""
        source, target = self.rect[self.ends[rows, 0]], self.rect[self.ends[rows, 1]]
        self.line[rows] = np.column_stack(
            [
                source[:, 0] + source[:, 2],
                source[:, 1] + self.offset[rows, 0],
                target[:, 0],
                target[:, 1] + self.offset[rows, 1],
            ]
        )
        self.box[rows] = arrays.boxes(self.line[rows])

    def _mark(self, problems: Iterable[Problem]) -> None:
        self.severity = np.zeros(len(self.keys), np.intp)
        self.broken = np.zeros(len(self.links), np.bool_)
        self.sentences = {}
        for problem in problems:
            row = self.row.get(problem.node or "")
            if row is None:
                continue
            grave = problem.severity is Severity.ERROR
            self.severity[row] = max(self.severity[row], 2 if grave else 1)
            self.sentences.setdefault(self.keys[row], []).append(problem.sentence)
            if problem.link in self.link_row:
                self.broken[self.link_row[problem.link]] = grave
            if problem.kind == "cycle":
                ring = np.array([row, *(self.row[key] for key in problem.others)])
                self.severity[ring] = 2
                self.broken |= np.isin(self.ends, ring).all(axis=1)

    def place(self, places: Mapping[str, tuple[float, float]]) -> None:
        """Put nodes to other places, and their wires with them; no edit, only the picture."""
        rows = np.array([self.row[key] for key in places], np.intp)
        self.rect[rows, :2] = list(places.values())
        self._string(self.wires_of(rows))

    # what is where

    def wires_of(self, rows: Indexes) -> Indexes:
        """Return the rows of the wires that begin or end at nodes."""
        if len(rows) == 1:
            row = rows[0]
            return np.flatnonzero((self.ends[:, 0] == row) | (self.ends[:, 1] == row))
        return np.flatnonzero(np.isin(self.ends, rows).any(axis=1))

    def rows_of(self, keys: Iterable[str]) -> Indexes:
        """Return the rows of nodes, without those that aren't there any more."""
        return np.array([self.row[key] for key in keys if key in self.row], np.intp)

    def link_rows_of(self, keys: Iterable[str]) -> Indexes:
        """Return the rows of wires, without those that aren't there any more."""
        return np.array([self.link_row[key] for key in keys if key in self.link_row], np.intp)

    def nodes_in(self, area: Area, slack: float = 0.0) -> Indexes:
        """Return the rows of the nodes that touch an area, from back to front."""
        x, y, width, height = self.rect.T
        return np.flatnonzero(
            (x < area.right + slack)
            & (x + width > area.left - slack)
            & (y < area.bottom + slack)
            & (y + height > area.top - slack)
        )

    def wires_in(self, area: Area, slack: float = 2.0) -> Indexes:
        """Return the rows of the wires that may touch an area."""
        left, top, right, bottom = self.box.T
        return np.flatnonzero(
            (left < area.right + slack)
            & (right > area.left - slack)
            & (top < area.bottom + slack)
            & (bottom > area.top - slack)
        )

    def wires_through(self, rows: Indexes, area: Area) -> Indexes:
        """Return those of some wires that pass through an area, not only around it."""
        points = arrays.points_on(self.line[rows], _COARSE)
        low = np.minimum(points[:, :-1], points[:, 1:])
        high = np.maximum(points[:, :-1], points[:, 1:])
        touches = (
            (low[..., 0] < area.right + 2.0)
            & (high[..., 0] > area.left - 2.0)
            & (low[..., 1] < area.bottom + 2.0)
            & (high[..., 1] > area.top - 2.0)
        )
        return np.asarray(rows[touches.any(axis=1)], np.intp)

    def bounds(self) -> QRectF:
        """Return what all nodes and wires cover; empty without nodes."""
        if not len(self.rect):
            return QRectF()
        x, y, width, height = self.rect.T
        left, top, right, bottom = x.min(), y.min(), (x + width).max(), (y + height).max()
        if len(self.box):
            ends = self.box
            left, top = min(left, ends[:, 0].min()), min(top, ends[:, 1].min())
            right, bottom = max(right, ends[:, 2].max()), max(bottom, ends[:, 3].max())
        return QRectF(float(left), float(top), float(right - left), float(bottom - top))

    def cover(self, rows: Indexes) -> QRectF:
        """Return what nodes and their wires cover, with all that reaches over their edges."""
        rect, box = self.rect[rows], self.box[self.wires_of(rows)]
        low = np.vstack([rect[:, :2], box[:, :2]]).min(axis=0) - SLACK
        high = np.vstack([rect[:, :2] + rect[:, 2:], box[:, 2:]]).max(axis=0) + SLACK
        return QRectF(QPointF(*low.tolist()), QPointF(*high.tolist()))

    def node_rect(self, key: str) -> QRectF:
        """Return a node's rectangle."""
        return QRectF(*self.rect[self.row[key]].tolist())

    def port_point(self, key: str, side: Side, index: int) -> QPointF:
        """Return the middle of a port: the `index`-th from the top on its side."""
        x, y, width, _ = self.rect[self.row[key]].tolist()
        below = self.faces[self.row[key]].port_y(side, index)
        return QPointF(x if side == "in" else x + width, y + below)

    def takes_list(self, key: str) -> bool:
        """Say whether a node takes any number of inputs."""
        return _takes_list(self.graph, key)

    def port_of_slot(self, key: str, slot: int) -> int:
        """Return which port from the top an input slot is; a free slot of a list is the last."""
        if not _takes_list(self.graph, key):
            return slot
        taken = [self.graph.links[link].slot for link in wiring(self.graph).into[key]]
        return taken.index(slot) if slot in taken else len(taken)

    def input_at(self, key: str, index: int) -> tuple[int, str | None]:
        """Return the slot of the `index`-th input port and the wire that ends in it, if any."""
        into, links = wiring(self.graph).into[key], self.graph.links
        if not _takes_list(self.graph, key):
            ends = (link for link in into if links[link].slot == index)
            return index, next(ends, None)
        if index < len(into):
            return links[into[index]].slot, into[index]
        return max((links[link].slot for link in into), default=-1) + 1, None

    def free_place(
        self, corner: QPointF, width: float, height: float, slack: float = SLACK
    ) -> QPointF:
        """Return the corner, or the next one below it where a node of that size covers none."""
        place = QPointF(corner)
        for _ in range(len(self.keys) + 1):
            right, low = place.x() + width, place.y() + height
            there = self.nodes_in(Area(place.x(), place.y(), right, low), slack)
            if not len(there):
                break
            place.setY(float((self.rect[there, 1] + self.rect[there, 3]).max()) + 2 * SLACK)
        return place


def _takes_list(graph: Graph, key: str) -> bool:
    spec = registry.find(graph.layer_of(key).kind)
    return spec is None or spec.calls is Calls.LIST


def _places(graph: Graph) -> dict[str, Place]:
    """Return for each node what its face depends on beside its layer."""
    wires = wiring(graph)
    after: dict[str, list[int]] = {}
    for place, port in enumerate(graph.outputs):
        after.setdefault(port.node, []).append(place)
    kinds = {key: registry.find(layer.kind) for key, layer in graph.layers.items()}
    sources = [
        key
        for key, node in graph.nodes.items()
        if (spec := kinds[node.layer]) is not None and spec.calls is Calls.SOURCE
    ]
    order = {key: place for place, key in enumerate(sources, 1)} if len(sources) > 1 else {}
    links, result = graph.links, {}
    for key, node in graph.nodes.items():
        into, shared = wires.into[key], len(wires.calls[node.layer]) > 1
        before = graph.layers[node.layer].name if shared else ""
        if key in order:
            before = QCoreApplication.translate("canvas", "input {0}").format(order[key])
        result[key] = Place(
            node.label,
            len(into),
            max((links[link].slot for link in into), default=-1),
            max((links[link].output for link in wires.out_of[key]), default=-1),
            before,
            output_caption(after[key], len(graph.outputs)) if key in after else "",
            shared,
        )
    return result
