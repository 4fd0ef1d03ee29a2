"""Candidates for repairs: edits that may mend a problem, each with a label.

Nothing is checked here: `graph.repairs` applies every candidate and offers those after which the
problem is gone. Layer types are found by their roles in the catalogue.
"""

from __future__ import annotations

from math import hypot, isqrt
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from graph import placing, registry
from graph.edits import (
    AddNode,
    Batch,
    Connect,
    Disconnect,
    Edit,
    RemoveNodes,
    SetOutputs,
    SetParams,
    apply,
)
from graph.params import show
from graph.placing import COLUMN, connect, free_place, fresh_label, insert_on_link, new_node
from graph.project import Link, Node, Port
from graph.shapes import product, show_shape
from graph.topology import downstream, upstream, wiring

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from graph.inference import Report
    from graph.problems import Problem
    from graph.project import Project
    from graph.shapes import Dim, Shape
    from graph.spec import LayerSpec


class Candidate(NamedTuple):
    """An edit that may mend a problem, as a button would call it."""

    label: str
    edit: Edit


class Case(NamedTuple):
    """A problem of a node in its surroundings."""

    project: Project
    report: Report
    problem: Problem
    node: str

    @property
    def links(self) -> tuple[str, ...]:
        """Return the wires into the node, by slot."""
        return wiring(self.project.graph).into[self.node]

    def shape_on(self, link: str) -> Shape | None:
        """Return the shape that a wire carries, or None while it is not known."""
        wire = self.project.graph.links[link]
        spec = self.report.spec_of(wire.source, wire.output)
        return spec.shape if spec is not None else None

    def label(self, node: str) -> str:
        """Return the name of a node."""
        return self.project.graph.nodes[node].label


class Steps:
    """Edits made one after the other, each on what the one before has left."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.edits: list[Edit] = []

    def do(self, edit: Edit) -> None:
        """Make an edit."""
        self.project, _ = apply(self.project, edit)
        self.edits.append(edit)

    def insert(self, link: str, spec: LayerSpec, params: dict[str, Any] | None = None) -> None:
        """Put a layer into a wire, and make room for it."""
        edit, key = insert_on_link(self.project, link, spec.name)
        self.do(edit)
        if params:
            self.do(SetParams(self.project.graph.nodes[key].layer, params))

    def as_candidate(self, label: str) -> Candidate:
        """Return all of it as one step for the person who takes it."""
        return Candidate(label, Batch(tuple(self.edits), label))


def with_role(role: str) -> LayerSpec:
    """Return the layer type that repairs use for a purpose; raise LookupError if there is none."""
    for spec in registry.all_specs():
        if role in spec.roles:
            return spec
    raise LookupError(f"no layer type has the role {role}")


def insert_vector(case: Case) -> Iterator[Candidate]:
    """Make vectors of the feature maps that arrive: by Flatten, or by pooling whole maps."""
    maps = [link for link in case.links if len(case.shape_on(link) or ()) > 2]
    if not maps:
        return
    for role in ("flatten", "pool to vector"):
        spec, steps = with_role(role), Steps(case.project)
        for link in maps:
            steps.insert(link, spec)
        where = f"on {len(maps)} wires into" if len(maps) > 1 else "before"
        yield steps.as_candidate(f"Insert {spec.name} {where} {case.label(case.node)}")


def vector_first(case: Case) -> Iterator[Candidate]:
    """Make vectors where maps first meet a layer for vectors, or else before this node."""
    graph = case.project.graph
    before = upstream(graph, [case.node])
    for key in wiring(graph).order:
        warned = {problem.kind for problem in case.report.nodes[key].warnings}
        if key in before and "map into dense" in warned:
            yield from insert_vector(case._replace(node=key))
            return
    yield from insert_vector(case)


def insert_map(case: Case) -> Iterator[Candidate]:
    """Give a layer that needs maps a map: take a Flatten before it out, or reshape the vector."""
    graph = case.project.graph
    for link in case.links:
        source = graph.links[link].source
        spec = registry.find(graph.layer_of(source).kind)
        if spec is not None and "flatten" in spec.roles:
            yield from take_out(case, source)
        shape = case.shape_on(link)
        if (target := _as_map(shape)) is not None:
            steps, reshape = Steps(case.project), with_role("reshape")
            steps.insert(link, reshape, {reshape.positional[0]: target})
            yield steps.as_candidate(f"Insert {reshape.name} to {show(target)}")


def _as_map(shape: Shape | None) -> tuple[int, int, int] | None:
    """Return the map that the values of a vector or a plain image make, if there is one."""
    if shape is None:
        return None
    match shape[1:]:
        case (int(size),) if (side := isqrt(size)) ** 2 == size and side > 1:
            return (side, side, 1)
        case (int(height), int(width)):
            return (height, width, 1)
    return None


def keep_size(case: Case) -> Iterator[Candidate]:
    """Set padding="same" on this layer, or make its window as small as its input."""
    graph = case.project.graph
    node = graph.nodes[case.node]
    spec = registry.find(graph.layers[node.layer].kind)
    if spec is None or "window" not in spec.roles:
        return
    label = case.label(case.node)
    edit = SetParams(node.layer, {"padding": "same"})
    yield Candidate(f"Set padding “same” on {label}", edit)
    shape = case.shape_on(case.links[0]) if case.links else None
    size_name = next((name for name in spec.shown if name.endswith("_size")), None)
    if shape is None or size_name is None or len(shape) != 4:
        return
    settings = spec.settings(graph.layers[node.layer].params)
    first = 2 if settings["data_format"] == "channels_first" else 1
    room = shape[first : first + 2]
    window = tuple(
        size if length is None else min(size, length)
        for size, length in zip(settings[size_name], room, strict=True)
    )
    edit = SetParams(node.layer, {size_name: window})
    yield Candidate(f"Set {size_name} of {label} to {show(window)}", edit)


def take_out(case: Case, node: str | None = None) -> Iterator[Candidate]:
    """Take a node with one input out, and wire what it fed to what fed it."""
    key = case.node if node is None else node
    edit = placing.take_out(case.project, key)
    if edit is not None:
        yield Candidate(f"Take {case.label(key)} out", edit)


def same_on_branches(case: Case) -> Iterator[Candidate]:
    """Set padding="same" on the windows of the branches of a merge, that they keep their sizes."""
    graph = case.project.graph
    reached = [upstream(graph, [graph.links[link].source]) for link in case.links]
    common = set.intersection(*reached) if reached else set()
    steps = Steps(case.project)
    labels = []
    for key in wiring(graph).order:
        if key in common or not any(key in branch for branch in reached):
            continue
        layer = graph.layer_of(key)
        spec = registry.find(layer.kind)
        if spec is None or "window" not in spec.roles or layer.params.get("padding") == "same":
            continue
        steps.do(SetParams(graph.nodes[key].layer, {"padding": "same"}))
        labels.append(case.label(key))
    if labels:
        yield steps.as_candidate(f"Set padding “same” on {names(labels)}")


def names(labels: Sequence[str]) -> str:
    """Return a list of names for a button: the first three, and how many more."""
    return ", ".join(labels[:3]) + (f" and {len(labels) - 3} more" if len(labels) > 3 else "")


def equal_maps(case: Case) -> Iterator[Candidate]:
    """Crop, pad or resize the branches of a merge to one height and width."""
    shapes = {link: case.shape_on(link) for link in case.links}
    known = [shape for shape in shapes.values() if shape is not None and len(shape) == 4]
    sizes = [(shape[1], shape[2]) for shape in known]
    if len(known) != len(shapes) or any(None in size for size in sizes):
        return
    for role, choose in (("crop", min), ("pad", max)):
        goal = tuple(choose(axis) for axis in zip(*sizes, strict=True))
        yield from _fit(case, shapes, goal, role)
    yield from _fit(case, shapes, sizes[0], "resize")


def _fit(
    case: Case, shapes: dict[str, Shape | None], goal: tuple[Dim, ...], role: str
) -> Iterator[Candidate]:
    """Put a layer that changes height and width into every wire that doesn't have the goal's."""
    spec, steps, labels = with_role(role), Steps(case.project), []
    for link, shape in shapes.items():
        if shape is None or shape[1:3] == goal:
            continue
        if role == "resize":
            params: dict[str, Any] = dict(zip(spec.positional, goal, strict=True))
        else:
            gaps = [
                abs((have or 0) - (want or 0)) for have, want in zip(shape[1:], goal, strict=False)
            ]
            params = {spec.positional[0]: tuple((gap // 2, gap - gap // 2) for gap in gaps)}
        steps.insert(link, spec, params)
        labels.append(case.label(case.project.graph.links[link].source))
    if labels:
        size = show_shape((None, *goal))
        yield steps.as_candidate(f"{spec.name}: bring {names(labels)} to {size}")


def equal_channels(case: Case) -> Iterator[Candidate]:
    """Bring the branches of a merge to as many channels or units as the first one has."""
    shapes = [case.shape_on(link) for link in case.links]
    first = shapes[0] if shapes else None
    if first is None or first[-1] is None or len(first) not in {2, 4}:
        return
    spec = with_role("dense" if len(first) == 2 else "convolution")
    steps = Steps(case.project)
    for link, shape in zip(case.links, shapes, strict=True):
        if shape is not None and shape[-1] != first[-1]:
            size = {} if len(first) == 2 else {spec.positional[1]: (1, 1)}
            steps.insert(link, spec, {spec.positional[0]: first[-1], "activation": None, **size})
    what = "units" if len(first) == 2 else "channels by a window of 1 × 1"
    if steps.edits:
        yield steps.as_candidate(f"Insert {spec.name} to get {first[-1]:,} {what}")


def cut_wire(case: Case) -> Iterator[Candidate]:
    """Take the wire out that the problem is about."""
    if case.problem.link is None:
        return
    wire = case.project.graph.links[case.problem.link]
    label = f"Take the wire from {case.label(wire.source)} to {case.label(wire.target)} out"
    yield Candidate(label, Disconnect((case.problem.link,)))


def reset_params(case: Case) -> Iterator[Candidate]:
    """Set single parameters back to Keras's default, or to what a fresh layer has."""
    graph = case.project.graph
    node = graph.nodes[case.node]
    layer = graph.layers[node.layer]
    spec = registry.find(layer.kind)
    if spec is None:
        return
    names = [case.problem.param] if case.problem.param else list(layer.params)
    for name in names:
        param = spec.param(name)
        label = case.label(case.node)
        if param is None:
            yield Candidate(f"Remove {name} from {label}", SetParams(node.layer, {}, (name,)))
        elif name in spec.starter:
            value = spec.starter[name]
            edit = SetParams(node.layer, {name: value})
            yield Candidate(f"Set {name} of {label} to {show(value)}", edit)
        elif not param.required:
            edit = SetParams(node.layer, {}, (name,))
            yield Candidate(f"Set {name} of {label} back to {show(param.default)}", edit)


def fit_target(case: Case) -> Iterator[Candidate]:
    """Change one size of a Reshape's target so that it holds the values that arrive."""
    graph = case.project.graph
    node = graph.nodes[case.node]
    spec = registry.find(graph.layers[node.layer].kind)
    shape = case.shape_on(case.links[0]) if case.links else None
    if spec is None or shape is None or (size := product(shape[1:])) is None:
        return
    name = spec.positional[0]
    target = graph.layers[node.layer].params[name]
    targets = []
    for at in range(len(target)):
        rest = product(dim for place, dim in enumerate(target) if place != at)
        if rest is not None and rest > 0 and size % rest == 0:
            targets.append((*target[:at], size // rest, *target[at + 1 :]))
    for fitting in dict.fromkeys([*targets, (-1,)]):
        edit = SetParams(node.layer, {name: fitting})
        yield Candidate(f"Set {name} of {case.label(case.node)} to {show(fitting)}", edit)


def merge_first(case: Case) -> Iterator[Candidate]:
    """Join the wires that end in one input before they reach it."""
    graph = case.project.graph
    node, spec = graph.nodes[case.node], with_role("merge")
    steps = Steps(case.project)
    wires = [graph.links[link] for link in case.links]
    added, key = new_node(case.project, spec.name, *free_place(graph, node.x - COLUMN, node.y))
    steps.do(added)
    steps.do(Disconnect(case.links))
    for slot, wire in enumerate(wires):
        (link,) = steps.project.graph.fresh_ids(1)
        steps.do(Connect(link, Link(wire.source, key, slot, wire.output)))
    steps.do(connect(steps.project, key, case.node, 0))
    yield steps.as_candidate(f"Insert {spec.name} for the {len(wires)} wires")


def own_layer(case: Case) -> Iterator[Candidate]:
    """Give a call of a shared layer a layer of its own, with the same parameters."""
    graph = case.project.graph
    node = graph.nodes[case.node]
    wires = wiring(graph)
    steps = Steps(case.project)
    name = fresh_label(graph, node.label)
    key, layer = graph.fresh_ids(2)
    copy = msgspec.structs.replace(graph.layers[node.layer], name=name)
    steps.do(RemoveNodes((case.node,)))
    steps.do(AddNode(key, Node(layer, node.label, node.x, node.y), copy))
    for old in (*wires.into[case.node], *wires.out_of[case.node]):
        wire = graph.links[old]
        ends = {end: key if end == case.node else end for end in (wire.source, wire.target)}
        (link,) = steps.project.graph.fresh_ids(1)
        moved = Link(ends[wire.source], ends[wire.target], wire.slot, wire.output)
        steps.do(Connect(link, moved))
    steps.do(
        SetOutputs(
            tuple(
                Port(key, port.output) if port.node == case.node else port for port in graph.outputs
            )
        )
    )
    yield steps.as_candidate(f"Give {node.label} a layer of its own")


def through_vector(
    case: Case, source: str, target: str, label: str, slot: int | None = None
) -> Candidate:
    """Return the candidate that wires a node to another through a Flatten."""
    graph, spec, steps = case.project.graph, with_role("flatten"), Steps(case.project)
    place = graph.nodes[source]
    added, key = new_node(case.project, spec.name, *free_place(graph, place.x + COLUMN, place.y))
    steps.do(added)
    steps.do(connect(steps.project, source, key, 0))
    steps.do(connect(steps.project, key, target, slot))
    return steps.as_candidate(f"{label} through {spec.name}")


def feed(case: Case) -> Iterator[Candidate]:
    """Wire an input that has nothing: from the nearest nodes, open ends, or a new Input."""
    graph = case.project.graph
    wires = wiring(graph)
    nodes, here = graph.nodes, graph.nodes[case.node]
    fed = {graph.links[link].source for link in case.links} | downstream(graph, [case.node])
    known = [
        key for key in wires.order if key not in fed and case.report.nodes[key].made is not None
    ]
    left = sorted(
        (key for key in known if nodes[key].x < here.x),
        key=lambda key: hypot(here.x - nodes[key].x, here.y - nodes[key].y),
    )
    ends = [key for key in known if not wires.out_of[key]]
    for source in dict.fromkeys((*left[:3], *reversed(ends[-3:]))):
        given = case.report.spec_of(source)
        if given is not None and len(given.shape) > 2:
            yield through_vector(case, source, case.node, f"Draw a wire from {case.label(source)}")
        edit = connect(case.project, source, case.node)
        yield Candidate(f"Draw a wire from {case.label(source)}", edit)
    steps, node, spec = Steps(case.project), graph.nodes[case.node], with_role("source")
    added, key = new_node(case.project, spec.name, *free_place(graph, node.x - COLUMN, node.y))
    steps.do(added)
    steps.do(connect(steps.project, key, case.node))
    yield steps.as_candidate(f"Add an {spec.name} for {case.label(case.node)}")
