"""Small drawings for tests, written as rows."""

from __future__ import annotations

from typing import Any

from graph.project import Graph, Layer, Link, Node, Port, Project

Row = tuple[str, str, dict[str, Any], tuple[str, ...]]


def drawn(*rows: Row, outputs: tuple[str, ...] | None = None) -> Project:
    """Return a drawing of rows (label, layer type, parameters, sources); all ends are outputs."""
    layers, nodes, links = {}, {}, {}
    serial = 0
    for label, kind, params, sources in rows:
        layers[f"layer {label}"] = Layer(kind, label, params)
        nodes[label] = Node(f"layer {label}", label)
        for slot, source in enumerate(sources):
            serial += 1
            links[f"i{serial}"] = Link(source, label, slot)
    used = {link.source for link in links.values()}
    ends = [label for label, kind, _, _ in rows if label not in used and kind != "Input"]
    ports = tuple(map(Port, ends if outputs is None else outputs))
    return Project(Graph(layers, nodes, links, ports, serial + 1))
