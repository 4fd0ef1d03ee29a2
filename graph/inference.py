"""Shapes, dtypes, parameter counts and verdicts of every node, in pure Python, incrementally.

`infer(project)` looks at every node once, in topological order. `infer(project, before, change)`
looks only at the nodes the change touched and at those downstream of a spec that came out
different; everything else is taken from `before`. A node is judged by its layer's rule, given the
specs of its inputs; the first thing that is wrong with it is its problem. A node behind a broken
one has no verdict of its own: it waits.

The layer of a shared node is built by its first call in the order of the code; another call has to
agree with what it was built for, and its variables count once.
"""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING, NamedTuple

from graph import registry
from graph.problems import Problem, Severity
from graph.project import Layer
from graph.shapes import show_shape
from graph.spec import Calls, LayerSpec, Made, Refused
from graph.topology import upstream, wiring

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graph.change import Change
    from graph.project import Graph, Project
    from graph.shapes import TensorSpec
    from graph.topology import Wiring


class NodeReport(NamedTuple):
    """What is known of one node. `made` is None while it is broken or waits for a broken one."""

    layer: Layer
    inputs: tuple[TensorSpec, ...] = ()
    made: Made | None = None
    problem: Problem | None = None
    warnings: tuple[Problem, ...] = ()

    @property
    def outputs(self) -> tuple[TensorSpec, ...]:
        """Return the specs of the node's outputs; empty while they are not known."""
        return self.made.outputs if self.made is not None else ()


class Totals(NamedTuple):
    """Counts for the whole model: variables by kind (numbers of values), multiply-adds a sample."""

    trainable: int
    fixed: int
    multiply_adds: int

    @property
    def params(self) -> int:
        """Return the number of all values in the model's variables."""
        return self.trainable + self.fixed


class Report(NamedTuple):
    """What inference found, by node. `judged`: how many nodes it had to look at for it."""

    nodes: Mapping[str, NodeReport]
    judged: int = 0

    def spec_of(self, node: str, index: int = 0) -> TensorSpec | None:
        """Return the spec of an output of a node, or None while it is not known."""
        report = self.nodes.get(node)
        if report is None or report.made is None or index >= len(report.made.outputs):
            return None
        return report.made.outputs[index]


def infer(project: Project, before: Report | None = None, change: Change | None = None) -> Report:
    """Return the report of a project; with the report and change of an edit, only what is new."""
    graph = project.graph
    wires = wiring(graph)
    if before is None or change is None:
        nodes: dict[str, NodeReport] = {}
        dirty = set(graph.nodes)
    else:
        if not change.structure:
            return before._replace(judged=0)
        nodes = dict(before.nodes)
        for key in change.removed:
            nodes.pop(key, None)
        dirty = set(change.added | change.altered | change.rewired)
        dirty |= _calls_that_moved(graph, wires, nodes, change)
    return _sweep(graph, wires, nodes, dirty)


def _calls_that_moved(
    graph: Graph, wires: Wiring, nodes: Mapping[str, NodeReport], change: Change
) -> set[str]:
    """Return calls whose verdict hangs on others: of shared layers, and on a cycle or behind it."""
    dirty: set[str] = set()
    if change.added or change.removed or change.rewired:
        dirty = {key for calls in wires.calls.values() if len(calls) > 1 for key in calls}
        dirty |= wires.on_cycle
    for key, report in nodes.items():  # their sentences name other nodes
        if report.problem is not None and report.problem.kind in {"cycle", "shared"}:
            dirty.add(key)
    return dirty & graph.nodes.keys()


def _sweep(graph: Graph, wires: Wiring, nodes: dict[str, NodeReport], dirty: set[str]) -> Report:
    """Judge the dirty nodes in order, and whatever hangs on one that came out different."""
    rank, links = wires.rank, graph.links
    heap = [(rank[key], key) for key in dirty]
    heapq.heapify(heap)
    judged = 0
    while heap:
        _, key = heapq.heappop(heap)
        if key not in dirty:
            continue
        dirty.discard(key)
        judged += 1
        was = nodes.get(key)
        now = nodes[key] = _judge(graph, wires, nodes, key, was)
        behind: list[str] = []
        if was is None or was.outputs != now.outputs or _lint_sees(was, now):
            behind.extend(links[link].target for link in wires.out_of[key])
        calls = wires.calls[graph.nodes[key].layer]
        if len(calls) > 1 and key == calls[0] and _built(was) != _built(now):
            behind.extend(calls[1:])
        for other in behind:
            if other not in dirty:
                dirty.add(other)
                heapq.heappush(heap, (rank[other], other))
    return Report(nodes, judged)


def _lint_sees(was: NodeReport, now: NodeReport) -> bool:
    """Say whether a neighbour's warning may change: it looks at a source's activation."""
    if was.layer is now.layer:
        return False
    spec = registry.find(now.layer.kind)
    return spec is not None and spec.activation(was.layer.params) != spec.activation(
        now.layer.params
    )


def _built(report: NodeReport | None) -> object:
    return report.made.weights.built if report is not None and report.made is not None else None


def _judge(
    graph: Graph,
    wires: Wiring,
    nodes: Mapping[str, NodeReport],
    key: str,
    was: NodeReport | None,
) -> NodeReport:
    layer = graph.layer_of(key)
    spec = registry.find(layer.kind)
    if spec is None:
        sentence = (
            f"{graph.nodes[key].label} is a {layer.kind}, a layer this version of Layerloom "
            "doesn't know. It is kept as it is in the file."
        )
        return NodeReport(layer, problem=_error("unknown layer", sentence, key))
    if (problem := _wiring_problem(graph, wires, spec, key)) is not None:
        return NodeReport(layer, problem=problem)
    checked = was is not None and was.layer is layer and was.made is not None
    if not checked and (problem := _param_problem(graph, spec, layer, key)) is not None:
        return NodeReport(layer, problem=problem)
    inputs: list[TensorSpec] = []
    for link in wires.into[key]:
        source = graph.links[link]
        made = nodes[source.source].made if source.source in nodes else None
        if made is None or source.output >= len(made.outputs):
            return NodeReport(layer)
        inputs.append(made.outputs[source.output])
    return _call(graph, wires, nodes, key, spec, layer, tuple(inputs))


def _call(  # noqa: PLR0913, PLR0917 - one step of the sweep, with all it has found so far
    graph: Graph,
    wires: Wiring,
    nodes: Mapping[str, NodeReport],
    key: str,
    spec: LayerSpec,
    layer: Layer,
    inputs: tuple[TensorSpec, ...],
) -> NodeReport:
    settings = spec.settings(layer.params)
    first = wires.calls[graph.nodes[key].layer][0]
    try:
        made = spec.rule(settings, inputs)
        if first != key:
            _agree(graph, nodes, key, first, made)
    except Refused as refused:
        link = _link_at(wires, key, refused.slot)
        label = graph.nodes[key].label
        problem = Problem(
            refused.kind,
            Severity.ERROR,
            refused.sentence.replace("{node}", label),
            key,
            refused.slot,
            link,
        )
        return NodeReport(layer, inputs, problem=problem)
    report = NodeReport(layer, inputs, made)
    if not spec.lints:
        return report
    feeds = tuple(_source_activation(graph, link) for link in wires.into[key])
    warnings = tuple(
        Problem(kind, Severity.WARNING, text.replace("{node}", graph.nodes[key].label), key)
        for lint in spec.lints
        for kind, text in lint(settings, inputs, made, feeds)
    )
    return report._replace(warnings=warnings)


def _source_activation(graph: Graph, link: str) -> str | None:
    layer = graph.layer_of(graph.links[link].source)
    spec = registry.find(layer.kind)
    return spec.activation(layer.params) if spec is not None else None


def _agree(graph: Graph, nodes: Mapping[str, NodeReport], key: str, first: str, made: Made) -> None:
    """Raise Refused if a shared layer was built for something else by its first call."""
    built_by = nodes.get(first)
    if built_by is None or built_by.made is None:
        return
    if built_by.made.weights.built != made.weights.built:
        layer = graph.layer_of(key)
        was = ", ".join(spec_text(spec) for spec in built_by.inputs)
        now = ", ".join(spec_text(spec) for spec in nodes_inputs(graph, nodes, key))
        raise Refused(
            "shared",
            f"{{node}} calls the shared layer {layer.name}, whose weights were made for {was} at "
            f"{graph.nodes[first].label}; here it gets {now}.",
        )


def nodes_inputs(graph: Graph, nodes: Mapping[str, NodeReport], key: str) -> tuple[TensorSpec, ...]:
    """Return the specs that arrive at a node, as far as they are known."""
    found = []
    for link in wiring(graph).into[key]:
        wire = graph.links[link]
        source = nodes.get(wire.source)
        if source is not None and wire.output < len(source.outputs):
            found.append(source.outputs[wire.output])
    return tuple(found)


def spec_text(spec: TensorSpec) -> str:
    """Return a spec for a sentence: `28 × 28 × 1`, with the dtype where it isn't float32."""
    text = show_shape(spec.shape)
    return text if spec.dtype == "float32" else f"{text} {spec.dtype}"


def _wiring_problem(graph: Graph, wires: Wiring, spec: LayerSpec, key: str) -> Problem | None:
    """Return the problem of a node whose wires alone rule a call out."""
    label = graph.nodes[key].label
    if key in wires.on_cycle:
        ring = _ring(graph, wires, key)
        labels = [graph.nodes[other].label for other in ring]
        names = " → ".join(labels[:6]) + (" → …" if len(ring) > 6 else "")
        what = (
            f"{names} feed each other in a circle, so none can be computed first."
            if len(ring) > 1
            else f"{names} feeds itself, so it can't be computed."
        )
        others = tuple(other for other in ring if other != key)
        return _error("cycle", f"{what} Take one of the wires out.", key, others=others)
    slots = [graph.links[link].slot for link in wires.into[key]]
    if spec.calls is Calls.LIST:
        if len(slots) < spec.fewest:
            some = "an input" if spec.fewest == 1 else f"at least {spec.fewest} inputs"
            sentence = f"{label} needs {some}, and has {len(slots)}. Draw a wire to it."
            return _error("missing input", sentence, key, slot=len(slots))
        return None
    for slot, port in enumerate(spec.inputs):
        if not port.optional and slot not in slots:
            which = f"its input “{port.name}”" if len(spec.inputs) > 1 else "its input"
            sentence = f"Nothing is wired to {label}: draw a wire to {which}."
            return _error("missing input", sentence, key, slot=slot)
    if len(slots) > len(spec.inputs) or len(set(slots)) < len(slots):
        count = len(spec.inputs)
        takes = "no input" if count == 0 else "one input" if count == 1 else f"{count} inputs"
        sentence = f"{label} takes {takes}, and {len(slots)} wires end in it. Merge them first."
        return _error("surplus input", sentence, key, slot=slots[-1], link=wires.into[key][-1])
    return None


def _ring(graph: Graph, wires: Wiring, start: str) -> tuple[str, ...]:
    """Return a circle of calls through one on a cycle, in the direction of the wires.

    Walks the shortest way back to `start`, and begins it at the call that stands first in the
    drawing's order, so that every call of a plain circle tells the same one.
    """
    came_from: dict[str, str] = {}
    todo = [start]
    while start not in came_from:
        ahead: list[str] = []
        for key in todo:
            for link in wires.out_of[key]:
                target = graph.links[link].target
                if target in wires.on_cycle and target not in came_from:
                    came_from[target] = key
                    ahead.append(target)
        todo = ahead
    ring = [start]
    while (before := came_from[ring[-1]]) != start:
        ring.append(before)
    ring.reverse()
    first = min(range(len(ring)), key=lambda place: wires.rank[ring[place]])
    return (*ring[first:], *ring[:first])


def _param_problem(graph: Graph, spec: LayerSpec, layer: Layer, key: str) -> Problem | None:
    """Return the problem of a node with a parameter that Keras would not take."""
    label = graph.nodes[key].label
    for name, value in layer.params.items():
        param = spec.param(name)
        if param is None:
            sentence = f"{label}: a {spec.name} has no parameter called {name}."
            return _error("parameter", sentence, key, param=name)
        if (wrong := param.kind.check(value)) is not None:
            return _error("parameter", f"{label}: {name} {wrong}.", key, param=name)
    for param in spec.params:
        if param.required and param.name not in layer.params:
            wrong = param.kind.check(param.default)
            if wrong is not None:
                sentence = f"{label}: {param.name} {wrong}."
                return _error("parameter", sentence, key, param=param.name)
    return None


def _link_at(wires: Wiring, key: str, slot: int | None) -> str | None:
    into = wires.into[key]
    return into[slot] if slot is not None and slot < len(into) else None


def _error(  # noqa: PLR0913 - the parts of a problem
    kind: str,
    sentence: str,
    node: str,
    *,
    slot: int | None = None,
    link: str | None = None,
    param: str | None = None,
    others: tuple[str, ...] = (),
) -> Problem:
    return Problem(kind, Severity.ERROR, sentence, node, slot, link, param, others)


def totals(project: Project, report: Report) -> Totals:
    """Return the model's counts: every layer an output depends on, once; work at every call."""
    graph = project.graph
    used = upstream(graph, (port.node for port in graph.outputs if port.node in graph.nodes))
    trainable = fixed = work = 0
    counted: set[str] = set()
    for key in wiring(graph).order:
        made = report.nodes[key].made if key in used else None
        if made is None:
            continue
        work += made.multiply_adds
        layer = graph.nodes[key].layer
        if layer in counted:
            continue
        counted.add(layer)
        if graph.layers[layer].params.get("trainable", True):
            trainable += made.weights.trainable
            fixed += made.weights.fixed
        else:
            fixed += made.weights.trainable + made.weights.fixed
    return Totals(trainable, fixed, work)
