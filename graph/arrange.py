"""Automatic arrangement: columns from left to right, few crossings, straight branches.

The layers and the order within them come from the Sugiyama method (K. Sugiyama, S. Tagawa,
M. Toda: Methods for visual understanding of hierarchical system structures, 1981) as implemented
by fast-sugiyama; column widths and rows are ours.

What comes out follows from who feeds whom through which port, and from the names: neither from
ids nor from the order in which things were drawn, nor from where they stand. The method knows no
ports, so of a few of its answers, and their mirror images, the one is taken whose wires cross
least.
"""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

from graph.topology import wiring

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from graph.project import Graph

Size = tuple[float, float]
Place = tuple[float, float]
Columns = list[list[tuple[str, float]]]  # from left to right, each its nodes with their rows

USUAL_SIZE: Size = (180.0, 88.0)
COLUMN_GAP = 64.0
ROW_GAP = 40.0
GRID = 4.0
_NEARLY = 1e-6
_MOST_COUNTED = 150  # wires of which all pairs are looked at: 50 ms


class _Wire(NamedTuple):
    source: str
    target: str
    output: int
    slot: int


def arranged(
    graph: Graph, sizes: Mapping[str, Size] | None = None, only: Iterable[str] | None = None
) -> dict[str, Place]:
    """Return a place (left and top, pixels) for every node, or for those in `only`.

    `sizes` are the nodes' widths and heights as drawn. What is arranged starts where its upper
    left corner was, so that the drawing doesn't jump away.
    """
    chosen = set(graph.nodes) if only is None else set(only) & graph.nodes.keys()
    if not chosen:
        return {}
    sizes = {key: (sizes or {}).get(key, USUAL_SIZE) for key in chosen}
    top, places = 0.0, dict[str, Place]()
    for columns in _parts(graph, chosen, max(height for _, height in sizes.values())):
        top = _place(columns, sizes, top, places) + ROW_GAP * 2
    left = _on_grid(min(graph.nodes[key].x for key in chosen))
    above = _on_grid(min(graph.nodes[key].y for key in chosen))
    highest = min(y for _, y in places.values())
    return {key: (left + x, above + _on_grid(y - highest)) for key, (x, y) in places.items()}


def _order(graph: Graph, step: int) -> list[str]:
    """Return all nodes, each after what feeds it; `step` -1 looks at the last inputs first.

    Arrows that close a circle lead to an earlier one.
    """
    wires, nodes, links = wiring(graph), graph.nodes, graph.links
    named = sorted(nodes, key=lambda key: (nodes[key].label, key))
    ends = [port.node for port in graph.outputs][::step]
    sinks = [key for key in named if not wires.out_of[key]]
    order: dict[str, None] = {}
    seen: set[str] = set()
    for root in (*ends, *sinks, *named):
        waiting = [(root, False)]
        while waiting:
            key, is_fed = waiting.pop()
            if is_fed:
                order[key] = None
            elif key not in seen:
                seen.add(key)
                before = [links[link].source for link in wires.into[key]][::step]
                waiting.append((key, True))
                waiting.extend((source, False) for source in reversed(before))
    return list(order)


def _parts(graph: Graph, chosen: set[str], height: float) -> list[Columns]:
    """Return the connected parts; those of a single node come last."""
    order = _order(graph, 1)
    rank = {key: place for place, key in enumerate(order)}
    wires = [
        _Wire(link.source, link.target, link.output, link.slot)
        for link in graph.links.values()
        if {link.source, link.target} <= chosen and rank[link.source] < rank[link.target]
    ]
    several = len(wires) <= _MOST_COUNTED
    found: dict[int, tuple[int, Columns]] = {}
    for nodes in (order, _order(graph, -1)) if several else (order,):
        for columns in _layouts(nodes, wires, height + ROW_GAP):
            first = min(rank[key] for column in columns for key, _ in column)
            for seen in (columns, _mirrored(columns)):
                count = _crossings(seen, wires) if several else 0
                if first not in found or count < found[first][0]:
                    found[first] = count, seen
    wired = {key for wire in wires for key in wire[:2]}
    alone: list[Columns] = [[[(key, 0.0)]] for key in order if key in chosen - wired]
    return [columns for _, (_, columns) in sorted(found.items())] + alone


def _layouts(order: Sequence[str], wires: Sequence[_Wire], spacing: float) -> Iterator[Columns]:
    """Lay out the connected parts; how, depends on the order of the nodes.

    Each goes to the library alone: of several at once it gives a bend point of one and a node of
    another the same number.
    """
    for members in _connected(wires):
        nodes = [key for key in order if key in members]
        yield _layout(nodes, [wire for wire in wires if wire.source in members], spacing)


def _connected(wires: Iterable[_Wire]) -> Iterator[set[str]]:
    """Yield the nodes of each connected part."""
    part_of: dict[str, set[str]] = {}
    for wire in wires:
        one, other = (part_of.setdefault(key, {key}) for key in wire[:2])
        if one is not other:
            smaller, larger = sorted((one, other), key=len)
            larger |= smaller
            part_of.update(dict.fromkeys(smaller, larger))
    yield from {id(part): part for part in part_of.values()}.values()


def _layout(nodes: Sequence[str], wires: Iterable[_Wire], spacing: float) -> Columns:
    """Lay out one connected part."""
    from fast_sugiyama import from_edges  # noqa: PLC0415 - a compiled library, needed rarely

    # numbers, since the library puts names in an order that is another one with each start
    number = {key: place for place, key in enumerate(nodes)}
    [(found, *_)] = from_edges(
        sorted({(number[wire.source], number[wire.target]) for wire in wires}),
        vertex_spacing=spacing,
        dummy_vertices=True,
        dummy_size=0.5,
        check_layout=False,
    )
    columns: dict[float, list[tuple[str, float]]] = {}
    for place, (across, depth) in found:
        if place < len(nodes):  # the others are the library's own bend points
            columns.setdefault(-depth, []).append((nodes[place], across))
    return [columns[depth] for depth in sorted(columns)]


def _mirrored(columns: Columns) -> Columns:
    return [[(key, -across) for key, across in column] for column in columns]


def _crossings(columns: Columns, wires: Iterable[_Wire]) -> int:
    """Count the pairs of wires that cross where both run, port by port, as straight lines."""
    at = {key: (x, row) for x, column in enumerate(columns) for key, row in column}
    lines = [
        (at[wire.source][0], at[wire.source][1] + wire.output, *at[wire.target], wire.slot)
        for wire in wires
        if wire.source in at
    ]
    found = 0
    for (x1, y1, x2, y2, slot), (u1, v1, u2, v2, other) in combinations(lines, 2):
        left, right = max(x1, u1), min(x2, u2)
        if left < right:
            rise, climb = (y2 + slot - y1) / (x2 - x1), (v2 + other - v1) / (u2 - u1)
            before = y1 + rise * (left - x1) - v1 - climb * (left - u1)
            behind = y1 + rise * (right - x1) - v1 - climb * (right - u1)
            found += before * behind < -_NEARLY
    return found


def _place(
    columns: Columns, sizes: Mapping[str, Size], top: float, places: dict[str, Place]
) -> float:
    """Give the nodes of one part their places, from 0 to the right; return the lowest edge."""
    first = min(across for column in columns for _, across in column)
    tallest = max(sizes[key][1] for column in columns for key, _ in column)
    x, bottom = 0.0, top
    for column in columns:
        for key, across in column:
            y = top + across - first + (tallest - sizes[key][1]) / 2
            places[key] = (_on_grid(x), y)
            bottom = max(bottom, y + sizes[key][1])
        x += max(sizes[key][0] for key, _ in column) + COLUMN_GAP
    return bottom


def _on_grid(value: float) -> float:
    return round(value / GRID) * GRID
