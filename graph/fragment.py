"""Copy and paste: a part of a drawing as text, and the edit that puts it into a drawing.

A fragment holds whole nodes with the wires among them. Nodes that call one layer still share it
when they are pasted together; pasted alone, a call gets a layer of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from graph import projectfile, registry
from graph.edits import AddNode, Batch, Connect, Edit
from graph.placing import HEIGHT, WIDTH, free_place, fresh_label
from graph.project import Graph, Layer, Link, Node, Project

if TYPE_CHECKING:
    from collections.abc import Iterable

MIME = "application/x-layerloom-fragment"
LAYER_MIME = "application/x-layerloom-layer"  # one layer dragged from the library: its kind


def cut_out(project: Project, keys: Iterable[str]) -> str:
    """Return the text of a fragment: these nodes, their layers, the wires among them."""
    graph = project.graph
    chosen = [key for key in graph.nodes if key in set(keys)]
    nodes = {key: graph.nodes[key] for key in chosen}
    layers = {node.layer: graph.layers[node.layer] for node in nodes.values()}
    links = {
        key: link
        for key, link in graph.links.items()
        if link.source in nodes and link.target in nodes
    }
    return projectfile.dumps(Project(Graph(layers, nodes, links, (), graph.serial)))


def paste(
    project: Project, text: str, x: float | None = None, y: float | None = None
) -> tuple[Edit, tuple[str, ...]]:
    """Return the edit that adds a fragment, and the ids of its nodes.

    The upper left corner goes to (x, y), or to the next place below where it came from that has
    room for all of it. Names that are taken get another number. Raises BadFile if the text is no
    fragment.
    """
    piece = projectfile.loads(text).graph
    graph = project.graph
    dx, dy = _shift(graph, piece, x, y)
    wanted = len(piece.nodes) + len(piece.layers) + len(piece.links)
    ids = iter(graph.fresh_ids(wanted))
    layer_ids = {key: next(ids) for key in piece.layers}
    node_ids = {key: next(ids) for key in piece.nodes}
    edits: list[Edit] = []
    named = graph
    for key, node in piece.nodes.items():
        label = _free(named, piece.layers[node.layer].kind, node.label)
        layer_key = layer_ids[node.layer]
        layer: Layer | None = None
        if layer_key not in named.layers:
            was = piece.layers[node.layer]
            name = label if was.name == node.label else _free(named, was.kind, was.name)
            layer = msgspec.structs.replace(was, name=name)
        placed = Node(layer_key, label, node.x + dx, node.y + dy)
        edits.append(AddNode(node_ids[key], placed, layer))
        named = msgspec.structs.replace(
            named,
            nodes={**named.nodes, node_ids[key]: placed},
            layers={**named.layers, **({layer_key: layer} if layer else {})},
        )
    for link in piece.links.values():
        ends = Link(node_ids[link.source], node_ids[link.target], link.slot, link.output)
        edits.append(Connect(next(ids), ends))
    return Batch(tuple(edits), "Paste"), tuple(node_ids.values())


def _shift(graph: Graph, piece: Graph, x: float | None, y: float | None) -> tuple[float, float]:
    """Return how far a fragment moves: to a corner, or to where there is room for all of it."""
    xs = [node.x for node in piece.nodes.values()] or [0.0]
    ys = [node.y for node in piece.nodes.values()] or [0.0]
    left, top = min(xs), min(ys)
    if x is None or y is None:
        size = max(xs) - left + WIDTH, max(ys) - top + HEIGHT
        x, y = free_place(graph, left + 32.0, top + 32.0, *size)
    return x - left, y - top


def _free(graph: Graph, kind: str, label: str) -> str:
    taken = {node.label for node in graph.nodes.values()}
    taken |= {layer.name for layer in graph.layers.values()}
    if label not in taken:
        return label
    spec = registry.find(kind)
    stem = label.rstrip("0123456789") or (spec.stem if spec is not None else kind.lower())
    return fresh_label(graph, stem)
