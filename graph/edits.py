"""Edits: frozen records of what a person does to a drawing.

`apply(project, edit)` returns the new project and a `Change` that says what was added, removed,
altered and moved; every view takes from it what it needs. There are no inverses: undo puts the
value before back. An edit that can't be made raises `CantApply` with a sentence.
"""

from __future__ import annotations

from functools import singledispatch
from typing import Any

import msgspec

from graph import registry, topology
from graph.change import Change, difference
from graph.project import Data, Graph, Layer, Link, Node, Port, Project, Training
from graph.spec import Calls


class CantApply(Exception):  # noqa: N818 - it refuses, the program is not at fault
    """An edit names something that the drawing doesn't have."""


class AddNode(msgspec.Struct, frozen=True, tag=True):
    """Put a new call into the drawing; with `layer`, a new layer comes along with it."""

    key: str
    node: Node
    layer: Layer | None = None


class RemoveNodes(msgspec.Struct, frozen=True, tag=True):
    """Take calls out, with their links; the last call takes its layer along."""

    keys: tuple[str, ...]


class SetParams(msgspec.Struct, frozen=True, tag=True):
    """Set parameters of a layer; those in `reset` go back to Keras's default."""

    layer: str
    params: dict[str, Any] = {}
    reset: tuple[str, ...] = ()


class Rename(msgspec.Struct, frozen=True, tag=True):
    """Rename a call's variable; the name of a layer that has no other call follows it."""

    key: str
    label: str


class RenameLayer(msgspec.Struct, frozen=True, tag=True):
    """Rename a layer: the name it has in the Keras model."""

    layer: str
    name: str


class MoveNodes(msgspec.Struct, frozen=True, tag=True):
    """Put calls to other places on the canvas (pixels)."""

    places: dict[str, tuple[float, float]]


class Connect(msgspec.Struct, frozen=True, tag=True):
    """Draw a wire. One that ends in an occupied single slot replaces the wire there."""

    key: str
    link: Link


class Disconnect(msgspec.Struct, frozen=True, tag=True):
    """Take wires out."""

    keys: tuple[str, ...]


class OrderInputs(msgspec.Struct, frozen=True, tag=True):
    """Give the wires into a call a new order: the first goes to slot 0, and so on."""

    node: str
    links: tuple[str, ...]


class SetOutputs(msgspec.Struct, frozen=True, tag=True):
    """Say which tensors the model returns, in order."""

    outputs: tuple[Port, ...]


class OrderSources(msgspec.Struct, frozen=True, tag=True):
    """Say in which order the model takes its inputs: all Inputs, the first one first."""

    keys: tuple[str, ...]


class SetData(msgspec.Struct, frozen=True, tag=True):
    """Choose the data set and the columns for inputs and outputs."""

    data: Data


class SetTraining(msgspec.Struct, frozen=True, tag=True):
    """Set how the model is trained."""

    training: Training


class RenameProject(msgspec.Struct, frozen=True, tag=True):
    """Give the project another name."""

    name: str


class Batch(msgspec.Struct, frozen=True, tag=True):
    """Several edits that are one step for the person who made them."""

    edits: tuple[Edit, ...]
    label: str = ""


Edit = (
    AddNode
    | RemoveNodes
    | SetParams
    | Rename
    | RenameLayer
    | MoveNodes
    | Connect
    | Disconnect
    | OrderInputs
    | OrderSources
    | SetOutputs
    | SetData
    | SetTraining
    | RenameProject
    | Batch
)


def apply(project: Project, edit: Edit) -> tuple[Project, Change]:
    """Return the project after an edit, and what changed; raise CantApply with a sentence."""
    after = _apply(edit, project)
    return after, difference(project, after)


@singledispatch
def _apply(edit: object, project: Project) -> Project:
    raise CantApply(f"{project.name} can't take such an edit: {edit!r}.")


@_apply.register
def _(edit: Batch, project: Project) -> Project:
    for part in edit.edits:
        project = _apply(part, project)
    return project


@_apply.register
def _(edit: AddNode, project: Project) -> Project:
    graph = project.graph
    if edit.key in graph.nodes:
        raise CantApply(f"There is a node with the id {edit.key} already.")
    layers = graph.layers
    if edit.layer is not None:
        layers = {**layers, edit.node.layer: edit.layer}
    if edit.node.layer not in layers:
        raise CantApply(f"There is no layer with the id {edit.node.layer}.")
    made = msgspec.structs.replace(
        graph,
        layers=layers,
        nodes={**graph.nodes, edit.key: edit.node},
        serial=_serial(graph, edit.key, edit.node.layer),
    )
    return _with(project, _with_new_sinks(graph, made))


@_apply.register
def _(edit: RemoveNodes, project: Project) -> Project:
    graph = project.graph
    gone = set(edit.keys)
    if missing := gone - graph.nodes.keys():
        raise CantApply(f"There is no node with the id {min(missing)}.")
    nodes = {key: node for key, node in graph.nodes.items() if key not in gone}
    called = {node.layer for node in nodes.values()}
    links = {
        key: link
        for key, link in graph.links.items()
        if link.source not in gone and link.target not in gone
    }
    made = msgspec.structs.replace(
        graph,
        layers={key: layer for key, layer in graph.layers.items() if key in called},
        nodes=nodes,
        links=links if len(links) != len(graph.links) else graph.links,
        outputs=tuple(port for port in graph.outputs if port.node not in gone),
    )
    return _with(project, _with_new_sinks(graph, made))


@_apply.register
def _(edit: SetParams, project: Project) -> Project:
    graph = project.graph
    layer = graph.layers.get(edit.layer)
    if layer is None:
        raise CantApply(f"There is no layer with the id {edit.layer}.")
    params = {key: value for key, value in layer.params.items() if key not in edit.reset}
    params.update(edit.params)
    if (spec := registry.find(layer.kind)) is not None:
        params = {
            key: value
            for key, value in params.items()
            if spec.param(key) is None or not _is_default(spec.defaults[key], value)
        }
    changed = msgspec.structs.replace(layer, params=params)
    layers = {**graph.layers, edit.layer: changed}
    return _with(project, msgspec.structs.replace(graph, layers=layers))


def _is_default(default: object, value: object) -> bool:
    return type(default) is type(value) and default == value


@_apply.register
def _(edit: Rename, project: Project) -> Project:
    graph = project.graph
    node = graph.nodes.get(edit.key)
    if node is None:
        raise CantApply(f"There is no node with the id {edit.key}.")
    layers = graph.layers
    if len(graph.calls_of(node.layer)) == 1:
        layer = msgspec.structs.replace(layers[node.layer], name=edit.label)
        layers = {**layers, node.layer: layer}
    nodes = {**graph.nodes, edit.key: msgspec.structs.replace(node, label=edit.label)}
    made = msgspec.structs.replace(graph, nodes=nodes, layers=layers)
    return _with(project, topology.same_wires(graph, made))


@_apply.register
def _(edit: RenameLayer, project: Project) -> Project:
    graph = project.graph
    layer = graph.layers.get(edit.layer)
    if layer is None:
        raise CantApply(f"There is no layer with the id {edit.layer}.")
    layers = {**graph.layers, edit.layer: msgspec.structs.replace(layer, name=edit.name)}
    return _with(project, msgspec.structs.replace(graph, layers=layers))


@_apply.register
def _(edit: MoveNodes, project: Project) -> Project:
    graph = project.graph
    if missing := edit.places.keys() - graph.nodes.keys():
        raise CantApply(f"There is no node with the id {min(missing)}.")
    nodes = dict(graph.nodes)
    for key, (x, y) in edit.places.items():
        nodes[key] = msgspec.structs.replace(nodes[key], x=float(x), y=float(y))
    made = msgspec.structs.replace(graph, nodes=nodes)
    return _with(project, topology.same_wires(graph, made))


@_apply.register
def _(edit: Connect, project: Project) -> Project:
    graph, link = project.graph, edit.link
    for key in (link.source, link.target):
        if key not in graph.nodes:
            raise CantApply(f"There is no node with the id {key}.")
    links = dict(graph.links)
    if not _takes_list(graph, link.target):
        for key, other in graph.links.items():
            if (other.target, other.slot) == (link.target, link.slot):
                del links[key]
    links[edit.key] = link
    made = msgspec.structs.replace(
        graph, links=links, serial=_serial(graph, edit.key, link.source, link.target)
    )
    return _with(project, _with_new_sinks(graph, made))


@_apply.register
def _(edit: Disconnect, project: Project) -> Project:
    graph = project.graph
    gone = set(edit.keys)
    if missing := gone - graph.links.keys():
        raise CantApply(f"There is no wire with the id {min(missing)}.")
    links = {key: link for key, link in graph.links.items() if key not in gone}
    made = msgspec.structs.replace(graph, links=links)
    return _with(project, _with_new_sinks(graph, made))


@_apply.register
def _(edit: OrderInputs, project: Project) -> Project:
    graph = project.graph
    if set(edit.links) != set(topology.wiring(graph).into.get(edit.node, ())):
        raise CantApply("An order names every wire into the node, each once.")
    links = dict(graph.links)
    for slot, key in enumerate(edit.links):
        links[key] = msgspec.structs.replace(links[key], slot=slot)
    return _with(project, msgspec.structs.replace(graph, links=links))


@_apply.register
def _(edit: SetOutputs, project: Project) -> Project:
    if missing := {port.node for port in edit.outputs} - project.graph.nodes.keys():
        raise CantApply(f"There is no node with the id {min(missing)}.")
    outputs = tuple(dict.fromkeys(Port(*port) for port in edit.outputs))
    return _with(project, msgspec.structs.replace(project.graph, outputs=outputs))


@_apply.register
def _(edit: OrderSources, project: Project) -> Project:
    graph = project.graph
    if sorted(edit.keys) != sorted(key for key in graph.nodes if _is_source(graph, key)):
        raise CantApply("An order names every Input of the model, each once.")
    ordered, chosen = iter(edit.keys), set(edit.keys)
    keys = (next(ordered) if key in chosen else key for key in graph.nodes)
    nodes = {key: graph.nodes[key] for key in keys}
    return _with(project, msgspec.structs.replace(graph, nodes=nodes))


@_apply.register
def _(edit: SetData, project: Project) -> Project:
    return msgspec.structs.replace(project, data=edit.data)


@_apply.register
def _(edit: SetTraining, project: Project) -> Project:
    return msgspec.structs.replace(project, training=edit.training)


@_apply.register
def _(edit: RenameProject, project: Project) -> Project:
    return msgspec.structs.replace(project, name=edit.name)


def _with(project: Project, graph: Graph) -> Project:
    return msgspec.structs.replace(project, graph=graph)


def _takes_list(graph: Graph, node: str) -> bool:
    spec = registry.find(graph.layer_of(node).kind)
    return spec is None or spec.calls is Calls.LIST


def _serial(graph: Graph, *keys: str) -> int:
    """Return the highest number in an id, so that ids are never given twice."""
    numbers = [int(key[1:]) for key in keys if key[:1] == "i" and key[1:].isdecimal()]
    return max([graph.serial, *numbers])


def _is_source(graph: Graph, node: str) -> bool:
    spec = registry.find(graph.layer_of(node).kind)
    return spec is not None and spec.calls is Calls.SOURCE


def _with_new_sinks(before: Graph, after: Graph) -> Graph:
    """Let a call that has become a sink join the outputs, and a sink that got a consumer leave.

    A sink that a person took out of the outputs stays out (a dead branch), and a consumed call
    that a person put in stays in (an autoencoder's code): only what changed is looked at.
    """
    old = before.nodes.keys() & after.nodes.keys()
    used_before = {(link.source, link.output) for link in before.links.values()}
    used_after = {(link.source, link.output) for link in after.links.values()}
    outputs = [
        port
        for port in after.outputs
        if port not in used_after or port in used_before or port.node not in old
    ]
    feeding_before, feeding = ({key for key, _ in used} for used in (used_before, used_after))
    returned = {port.node for port in outputs}
    for key in after.nodes:
        sink_before = key in old and key not in feeding_before
        if key in feeding or sink_before or key in returned or _is_source(after, key):
            continue
        outputs.append(Port(key))
    if tuple(outputs) == after.outputs:
        return after
    return msgspec.structs.replace(after, outputs=tuple(outputs))
