"""Automatic arrangement: columns from left to right, few crossings, straight branches.

The layers and the order within them come from the Sugiyama method (K. Sugiyama, S. Tagawa,
M. Toda: Methods for visual understanding of hierarchical system structures, 1981) as implemented
by fast-sugiyama; column widths and rows are ours.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from graph.topology import wiring

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from graph.project import Graph

Size = tuple[float, float]
Place = tuple[float, float]

USUAL_SIZE: Size = (180.0, 88.0)
COLUMN_GAP = 64.0
ROW_GAP = 40.0
GRID = 4.0


def arranged(
    graph: Graph, sizes: Mapping[str, Size] | None = None, only: Iterable[str] | None = None
) -> dict[str, Place]:
    """Return a place (left and top, pixels) for every node, or for those in `only`.

    `sizes` are the nodes' widths and heights as drawn. What is arranged starts where its upper
    left corner was, so that the drawing doesn't jump away.
    """
    keys = [key for key in graph.nodes if only is None or key in set(only)]
    if not keys:
        return {}
    sizes = {key: (sizes or {}).get(key, USUAL_SIZE) for key in keys}
    rank = wiring(graph).rank
    edges = {
        (link.source, link.target)
        for link in graph.links.values()
        if link.source in sizes and link.target in sizes and rank[link.source] < rank[link.target]
    }
    left = min(graph.nodes[key].x for key in keys)
    top = min(graph.nodes[key].y for key in keys)
    places: dict[str, Place] = {}
    for columns in _parts(keys, edges, rank, max(height for _, height in sizes.values())):
        bottom = _place(columns, sizes, (left, top), places)
        top = bottom + ROW_GAP * 2
    return places


def _parts(
    keys: list[str], edges: set[tuple[str, str]], rank: Mapping[str, int], height: float
) -> list[list[list[tuple[str, float]]]]:
    """Return the connected parts: for each its columns, for each column its nodes with rows."""
    parts = []
    seen: set[str] = set()
    if edges:
        from fast_sugiyama import from_edges  # noqa: PLC0415 - a compiled library, needed rarely

        ordered = sorted(edges, key=lambda edge: (rank[edge[0]], rank[edge[1]]))
        layouts = from_edges(
            ordered,
            vertex_spacing=height + ROW_GAP,
            dummy_vertices=True,
            dummy_size=0.5,
            check_layout=False,
        )
        for found, *_ in layouts:
            columns: dict[float, list[tuple[str, float]]] = {}
            for key, (across, depth) in found:
                if isinstance(key, str):  # the library's own bend points are numbers
                    columns.setdefault(-depth, []).append((key, across))
                    seen.add(key)
            parts.append([columns[depth] for depth in sorted(columns)])
    parts.sort(key=lambda columns: rank[columns[0][0][0]])
    parts += [[[(key, 0.0)]] for key in keys if key not in seen]
    return parts


def _place(
    columns: list[list[tuple[str, float]]],
    sizes: Mapping[str, Size],
    origin: Place,
    places: dict[str, Place],
) -> float:
    """Give the nodes of one part their places; return the lowest edge."""
    first = min(across for column in columns for _, across in column)
    tallest = max(sizes[key][1] for column in columns for key, _ in column)
    x, bottom = origin[0], origin[1]
    for column in columns:
        for key, across in column:
            y = origin[1] + across - first + (tallest - sizes[key][1]) / 2
            places[key] = (_on_grid(x), _on_grid(y))
            bottom = max(bottom, y + sizes[key][1])
        x += max(sizes[key][0] for key, _ in column) + COLUMN_GAP
    return bottom


def _on_grid(value: float) -> float:
    return round(value / GRID) * GRID
