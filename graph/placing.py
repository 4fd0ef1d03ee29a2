"""New nodes: their names, their starting parameters and their place, as edits.

Names follow the field's habit: `visible`, `conv1`, `pool1`, `flat1`, `merge`, `hidden1`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from graph import registry
from graph.columns import is_small, natural_shape
from graph.datasets import describe
from graph.datavalues import IMAGE, LABEL, NUMBER, BadData
from graph.edits import (
    AddNode,
    Batch,
    Connect,
    Disconnect,
    Edit,
    MoveNodes,
    RemoveNodes,
    SetOutputs,
)
from graph.project import Layer, Link, Node, Port
from graph.spec import Calls
from graph.topology import downstream, wiring

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from graph.datavalues import Column, DataSet
    from graph.project import Graph, Project

WIDTH, HEIGHT = 180.0, 96.0  # of a usual node, pixels
COLUMN, ROW = 200.0, 120.0  # from node to node, pixels: a usual node and the gap behind it
_FIRST_WITHOUT_NUMBER = {"visible", "merge", "output"}


def fresh_label(graph: Graph, stem: str) -> str:
    """Return a variable name for a stem that the drawing doesn't use yet."""
    taken = {node.label for node in graph.nodes.values()}
    taken |= {layer.name for layer in graph.layers.values()}
    if stem in _FIRST_WITHOUT_NUMBER and stem not in taken:
        return stem
    number = 2 if stem in _FIRST_WITHOUT_NUMBER else 1
    while f"{stem}{number}" in taken:
        number += 1
    return f"{stem}{number}"


def new_node(project: Project, kind: str, x: float, y: float) -> tuple[AddNode, str]:
    """Return the edit that puts a new layer of a kind at a place, and the new node's id.

    An Input takes the shape of the next column of the data, if they are chosen.
    """
    graph = project.graph
    spec = registry.find(kind)
    stem = spec.stem if spec is not None else kind.lower()
    label = fresh_label(graph, stem)
    key, layer = graph.fresh_ids(2)
    starter = dict(spec.starter) if spec is not None else {}
    if spec is not None and spec.calls is Calls.SOURCE:
        shape = _shape_of_data(project)
        starter |= {"shape": shape} if shape else {}
    return AddNode(key, Node(layer, label, float(x), float(y)), Layer(kind, label, starter)), key


def _shape_of_data(project: Project) -> tuple[int, ...]:
    """Return the shape of the first column that no Input takes; () if there is none."""
    try:
        data = describe(project.data)
    except BadData:
        return ()
    graph, given = project.graph, project.data.inputs
    chosen = {binding.column for key, binding in given.items() if key in graph.nodes}
    shapes = [
        tuple(params["shape"])
        for key in graph.nodes
        if key not in given
        and isinstance((params := graph.layer_of(key).params).get("shape"), tuple)
    ]
    for column in _worth_an_input(data):
        shape = natural_shape(column)
        if shape in shapes:
            shapes.remove(shape)  # that Input has it
        elif column.name not in chosen:
            return shape
    return ()


def _worth_an_input(data: DataSet) -> list[Column]:
    """Return images of a size to train on, then numbers: all in one where labels are to be told."""
    columns = [column for column in data.columns if not column.take]
    images = [one for one in columns if one.kind == IMAGE and is_small(one)]
    numbers = [one for one in columns if one.kind == NUMBER]
    vectors = [one for one in numbers if one.members]
    if vectors and any(one.kind == LABEL for one in columns):
        return [*images, *vectors]
    return [*images, *(one for one in numbers if not one.members)]


def free_place(
    graph: Graph, x: float, y: float, width: float = WIDTH, height: float = HEIGHT
) -> tuple[float, float]:
    """Return a corner, or the next one below it, where a box covers no node (pixels).

    How large a node is painted only the canvas knows: here each has the usual size.
    """
    return _free_place(((node.x, node.y) for node in graph.nodes.values()), x, y, width, height)


def _free_place(
    places: Iterable[tuple[float, float]], x: float, y: float, width: float, height: float
) -> tuple[float, float]:
    right = x + width + COLUMN - WIDTH
    column = sorted(top for left, top in places if x - COLUMN < left < right)
    for top in column:  # from the top down: what was passed once is never met again
        if y - ROW < top < y + height + ROW - HEIGHT:
            y = top + ROW
    return x, y


def share(project: Project, node: str, x: float, y: float) -> tuple[AddNode, str]:
    """Return the edit that calls a node's layer once more, and the new node's id.

    It stands at a place, or the next free one below.
    """
    graph = project.graph
    (key,) = graph.fresh_ids(1)
    layer = graph.nodes[node].layer
    label = fresh_label(graph, f"{graph.nodes[node].label}_")
    return AddNode(key, Node(layer, label, *free_place(graph, float(x), float(y)))), key


def free_slot(project: Project, node: str) -> int:
    """Return the input slot at which a new wire to a node arrives."""
    graph = project.graph
    slots = {graph.links[link].slot for link in wiring(graph).into[node]}
    spec = registry.find(graph.layer_of(node).kind)
    if spec is None or spec.calls is Calls.LIST:
        return max(slots, default=-1) + 1
    return next((slot for slot in range(len(spec.inputs)) if slot not in slots), 0)


def connect(project: Project, source: str, target: str, slot: int | None = None) -> Connect:
    """Return the edit that wires a node to another, at a slot or the next free one."""
    (key,) = project.graph.fresh_ids(1)
    place = free_slot(project, target) if slot is None else slot
    return Connect(key, Link(source, target, place))


def insert_on_link(
    project: Project, link: str, kind: str, x: float | None = None, y: float | None = None
) -> tuple[Edit, str]:
    """Return the edit that puts a new layer of a kind into a wire, and the new node's id.

    Without a place it stands between the two ends, and what lies behind makes room for it.
    """
    graph = project.graph
    room: tuple[Edit, ...] = ()
    if x is None or y is None:
        x, y, room = _room(graph, link)
    added, key = new_node(project, kind, x, y)
    wired = wire_into(graph, link, key, graph.fresh_ids(4)[2:])
    return Batch((*room, added, *wired.edits), f"Insert {kind}"), key


def wire_into(graph: Graph, link: str, node: str, fresh: Sequence[str]) -> Batch:
    """Return the edit that leads a wire through a node, with two fresh ids for the new wires."""
    wire, (first, second) = graph.links[link], fresh
    edits = (
        Disconnect((link,)),
        Connect(first, Link(wire.source, node, 0, wire.output)),
        Connect(second, Link(node, wire.target, wire.slot)),
    )
    return Batch(edits)


def take_out(project: Project, node: str) -> Batch | None:
    """Return the edit that takes a node out and wires what it fed to what fed it.

    None unless exactly one wire feeds the node.
    """
    graph = project.graph
    wires = wiring(graph)
    if len(wires.into[node]) != 1:
        return None
    before = graph.links[wires.into[node][0]]
    after = [graph.links[link] for link in wires.out_of[node]]
    outputs = [
        Port(before.source, before.output) if port.node == node else port for port in graph.outputs
    ]
    edits: list[Edit] = [RemoveNodes((node,))]
    for key, wire in zip(graph.fresh_ids(len(after)), after, strict=True):
        ends = Link(before.source, wire.target, wire.slot, before.output)
        edits.append(Connect(key, ends))
    edits.append(SetOutputs(tuple(dict.fromkeys(outputs))))
    return Batch(tuple(edits), f"Take {graph.nodes[node].label} out")


def _room(graph: Graph, link: str) -> tuple[float, float, tuple[Edit, ...]]:
    """Return a place on a wire, and the edit that moves what lies behind out of its way."""
    wire = graph.links[link]
    source, target = graph.nodes[wire.source], graph.nodes[wire.target]
    if target.x <= source.x:  # a wire that runs back: there is no room to make
        back = (source.x + target.x) / 2, (source.y + target.y) / 2 + ROW
        return *free_place(graph, *back), ()
    x = max(source.x + COLUMN, (source.x + target.x) / 2)
    shift = x + COLUMN - target.x
    if shift <= 0:
        return *free_place(graph, x, source.y), ()
    behind = downstream(graph, [wire.target]) - {wire.source}
    places = {
        key: (graph.nodes[key].x + shift, graph.nodes[key].y)
        for key in behind
        if graph.nodes[key].x >= target.x
    }
    after = {key: (node.x, node.y) for key, node in graph.nodes.items()} | places
    return *_free_place(after.values(), x, source.y, WIDTH, HEIGHT), (MoveNodes(places),)
