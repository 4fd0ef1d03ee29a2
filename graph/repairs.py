"""One-click repairs: edits that make a problem vanish, each tried before it is offered.

A candidate is applied and inferred. It is offered if the problem is gone, the nodes it was about
have no other error, and no node that was sound has one now; its preview tells what came out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from graph import data_remedies, plan_remedies, remedies
from graph.checks import (
    LONGEST_NAME,
    drawing_problems,
    layer_name_fault,
    problems,
    variable_fault,
)
from graph.edits import (
    Batch,
    CantApply,
    Disconnect,
    Edit,
    RemoveNodes,
    Rename,
    RenameLayer,
    SetOutputs,
    SetParams,
    apply,
)
from graph.inference import infer, spec_text, totals
from graph.params import Named
from graph.placing import COLUMN, connect, free_place, fresh_label, new_node
from graph.problems import Severity
from graph.project import Port
from graph.remedies import Candidate, Case, Steps, with_role
from graph.topology import upstream, wiring
from graph.unvaried import varied_apart

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from graph.inference import Report
    from graph.problems import Problem
    from graph.project import Project

    Place = tuple[str, str | None, str | None]

_MOST = 5  # repairs of a problem; more would be a list to read, not a choice to make
_ROOM = 16  # letters of a name in a preview


class Repair(NamedTuple):
    """An edit that makes a problem vanish: its label, and what it will give ("merge → 10,016")."""

    label: str
    edit: Edit
    preview: str


def repairs(project: Project, report: Report, problem: Problem) -> tuple[Repair, ...]:
    """Return the repairs of a problem, the likeliest first; empty if none is known."""
    return tuple(one for one in search(project, report, problem) if one is not None)


def search(project: Project, report: Report, problem: Problem) -> Iterator[Repair | None]:
    """Yield the repairs of a problem as they are found, and None for each that does not help.

    Whoever has other things to do in a large drawing may do them between two candidates.
    """
    of_data = problem.kind in _OF_DATA or problem.kind in _OF_PLANS
    find = problems if of_data else drawing_problems
    known = {_place(one) for one in find(project, report)}
    offered: set[str] = set()
    for label, edit in _candidates(project, report, problem):
        repair: Repair | None = None
        if label not in offered and (made := _tried(project, report, edit)) is not None:
            after, found = made
            if _mends(report, problem, known, find(after, found)):
                preview = _preview(project, after, found, problem)
                repair = Repair(label, edit, preview)
                offered.add(label)
        yield repair
        if len(offered) == _MOST:
            break


def _place(problem: Problem) -> Place:
    """Return what tells a problem from others: of a plan's, which part of it is concerned."""
    if problem.node is not None:
        return problem.kind, problem.node, None
    return problem.kind, problem.severity, problem.param


def _candidates(project: Project, report: Report, problem: Problem) -> Iterator[Candidate]:
    if problem.node is None:
        for whole in _OF_DRAWINGS.get(problem.kind, ()):
            yield from whole(project)
        for of_plan in _OF_PLANS.get(problem.kind, ()):
            yield from of_plan(project, report, problem)
        return
    if problem.node not in project.graph.nodes:
        return
    case = Case(project, report, problem, problem.node)
    for remedy in (*_OF_NODES.get(problem.kind, ()), *_OF_DATA.get(problem.kind, ())):
        yield from remedy(case)


def _tried(project: Project, report: Report, edit: Edit) -> tuple[Project, Report] | None:
    try:
        after, change = apply(project, edit)
    except CantApply:
        return None
    return after, infer(after, report, change)


def _mends(
    report: Report,
    problem: Problem,
    known: set[Place],
    left: tuple[Problem, ...],
) -> bool:
    """Say whether a problem is gone, and no other error stands where nothing merely waited."""
    for one in left:
        if _place(one) == _place(problem):
            return False
        if one.severity is Severity.WARNING or _place(one) in known:
            continue
        if problem.kind == "cycle" and one.kind == "missing input":
            continue  # without a circle at last, and the next thing to do is plain
        before = report.nodes.get(one.node or "")
        if before is None or before.made is not None or before.problem is not None:
            return False
    return True


def _preview(before: Project, after: Project, report: Report, problem: Problem) -> str:
    """Return what came out of a repair, in a few words."""
    node = problem.node
    if node is not None and problem.kind in _OF_NAMES and node in after.graph.nodes:
        if problem.kind.endswith("layer name") or problem.kind == "doubled layer":
            names = (before.graph.layer_of(node).name, after.graph.layer_of(node).name)
            return " → ".join(map(_shortened, names))
        names = (before.graph.nodes[node].label, after.graph.nodes[node].label)
        return " → ".join(map(_shortened, names))
    if problem.kind in _OF_PLANS:
        return "in the training plan"
    counts = totals(after, report)
    if node is None or node not in after.graph.nodes:
        return f"the model → {counts.params:,} parameters"
    was, outputs = before.graph.outputs, after.graph.outputs
    if Port(node) in was and Port(node) not in outputs and len(was) == len(outputs):
        node = outputs[was.index(Port(node))].node  # what the model returns in its place
    made = report.spec_of(node)
    label = _shortened(after.graph.nodes[node].label)
    return f"{label} → {spec_text(made) if made is not None else '?'}"


def _shortened(name: str) -> str:
    """Return a name that leaves room for what stands beside it."""
    return name if len(name) <= _ROOM else f"{name[: _ROOM // 2]}…{name[1 - _ROOM // 2 :]}"


def _rename(case: Case) -> Iterator[Candidate]:
    """Give a node the nearest legal name that is free."""
    graph = case.project.graph
    wish = _legal(case.label(case.node))
    label = fresh_label(graph, wish.rstrip("0123456789") or wish)
    taken = {node.label for key, node in graph.nodes.items() if key != case.node}
    if wish not in taken and variable_fault(wish) is None:
        label = wish
    yield Candidate(f"Rename it {label}", Rename(case.node, label))


def _legal(text: str) -> str:
    """Return a legal variable name near a text."""
    name = "".join(sign if f"a{sign}".isidentifier() else "_" for sign in text)
    name = name[: LONGEST_NAME - 4].strip("_") or "node"
    name = name if name[0].isidentifier() else f"node_{name}"
    return f"{name}_" if variable_fault(name) is not None else name


def _rename_layer(case: Case) -> Iterator[Candidate]:
    """Give a layer the name of its variable, or the nearest one that is free."""
    graph = case.project.graph
    key = graph.nodes[case.node].layer
    taken = {layer.name for other, layer in graph.layers.items() if other != key}
    wishes = (case.label(case.node), graph.layers[key].name.replace("/", "_"))
    for wish in wishes:
        if wish not in taken and layer_name_fault(wish) is None:
            yield Candidate(f"Rename the layer {wish}", RenameLayer(key, wish))
    fresh = fresh_label(graph, wishes[1].rstrip("0123456789") or "layer")
    yield Candidate(f"Rename the layer {fresh}", RenameLayer(key, fresh))


def _add_input(project: Project) -> Iterator[Candidate]:
    """Add an Input, wired to the first node that has no input if it suits that node."""
    graph, spec = project.graph, with_role("source")
    wires = wiring(graph)
    waiting = next((key for key in wires.order if not wires.into[key]), None)
    if waiting is not None:
        steps, place = Steps(project), graph.nodes[waiting]
        added, key = new_node(project, spec.name, *free_place(graph, place.x - COLUMN, place.y))
        steps.do(added)
        steps.do(connect(steps.project, key, waiting))
        yield steps.as_candidate(f"Add an {spec.name} for {place.label}")
    added, _ = new_node(project, spec.name, *free_place(graph, 0.0, 0.0))
    yield Candidate(f"Add an {spec.name}", added)


def _ends_as_outputs(project: Project) -> Iterator[Candidate]:
    graph = project.graph
    wires = wiring(graph)
    ends = [key for key in wires.order if not wires.out_of[key]]
    outputs = tuple(Port(key) for key in ends if wires.into[key]) or tuple(map(Port, ends))
    labels = ", ".join(graph.nodes[port.node].label for port in outputs[:3])
    yield Candidate(f"Return {labels}", SetOutputs(outputs))


def _cut_circle(case: Case) -> Iterator[Candidate]:
    """Take the wire out that closed a circle, or all that closed one, or else another."""
    graph = case.project.graph
    ring = {case.node, *case.problem.others}
    wires = [
        key for key, wire in graph.links.items() if wire.source in ring and wire.target in ring
    ]
    reached = {key: {key} for key in ring}  # by the wires so far, in the order they were drawn
    closing = []
    for key in wires:
        source, target = graph.links[key].source, graph.links[key].target
        if source in reached[target]:
            closing.append(key)
            continue
        for nodes in reached.values():
            if source in nodes:
                nodes.update(reached[target])
    if len(closing) > 1:
        yield Candidate(f"Take {len(closing)} wires out", Disconnect(tuple(closing)))
    for key in dict.fromkeys((*reversed(closing), *reversed(wires))):
        wire = graph.links[key]
        label = f"Take the wire from {case.label(wire.source)} to {case.label(wire.target)} out"
        yield Candidate(label, Disconnect((key,)))


def _another_activation(case: Case) -> Iterator[Candidate]:
    """Take sigmoid for one unit, or leave the activation out."""
    layer = case.project.graph.nodes[case.node].layer
    label = case.label(case.node)
    edit = SetParams(layer, {"activation": Named("sigmoid")})
    yield Candidate(f"Set activation of {label} to sigmoid", edit)


def _once_softmax(case: Case) -> Iterator[Candidate]:
    """Take the first of two softmaxes away."""
    graph = case.project.graph
    for link in case.links:
        source = graph.links[link].source
        if "activation" in graph.layer_of(source).params:
            edit = SetParams(graph.nodes[source].layer, {}, ("activation",))
            yield Candidate(f"Set activation of {case.label(source)} to none", edit)


def _remove(case: Case) -> Iterator[Candidate]:
    """Remove the node, and what leads to it alone."""
    graph = case.project.graph
    used = upstream(graph, (port.node for port in graph.outputs))
    gone = {case.node} | (upstream(graph, [case.node]) - used)
    keys = tuple(key for key in wiring(graph).order if key in gone)
    yield Candidate(
        f"Remove {remedies.names([case.label(key) for key in keys])}", RemoveNodes(keys)
    )


def _same_seed(case: Case) -> Iterator[Candidate]:
    """Let the layers of two Inputs vary their images alike."""
    graph = case.project.graph
    for one, other in varied_apart(graph):
        if other == case.node:
            layers = {graph.nodes[key].layer for key in (one, other)}
            seeds = (graph.layers[layer].params.get("seed") for layer in layers)
            seed = next((seed for seed in seeds if seed is not None), 1)
            edits = tuple(SetParams(layer, {"seed": seed}) for layer in sorted(layers))
            names = remedies.names([case.label(one), case.label(other)])
            yield Candidate(f"Give {names} the same seed", Batch(edits))


def _make_output(case: Case) -> Iterator[Candidate]:
    """Put the end of a branch among the outputs."""
    outputs = (*case.project.graph.outputs, Port(case.node))
    yield Candidate(f"Make {case.label(case.node)} an output", SetOutputs(outputs))


_OF_NAMES = frozenset({"doubled name", "doubled layer", "illegal name", "illegal layer name"})
_OF_NODES: dict[str, tuple[Callable[[Case], Iterator[Candidate]], ...]] = {
    "rank": (
        remedies.insert_vector,
        remedies.insert_map,
        remedies.cut_wire,
        remedies.take_out,
    ),
    "window": (remedies.keep_size, remedies.reset_params, remedies.take_out),
    "sizes": (
        remedies.same_on_branches,
        remedies.equal_maps,
        remedies.equal_channels,
        remedies.insert_vector,
        remedies.cut_wire,
    ),
    "reshape": (remedies.fit_target, remedies.take_out),
    "parameter": (remedies.reset_params,),
    "channels": (remedies.reset_params,),
    "unknown size": (remedies.insert_vector, remedies.take_out),
    "shared": (remedies.own_layer,),
    "cycle": (_cut_circle,),
    "missing input": (remedies.feed, _remove),
    "surplus input": (remedies.cut_wire, remedies.merge_first),
    "doubled name": (_rename,),
    "illegal name": (_rename,),
    "doubled layer": (_rename_layer,),
    "illegal layer name": (_rename_layer,),
    "map into dense": (remedies.vector_first,),
    "one-unit softmax": (data_remedies.fit_units, _another_activation),
    "double softmax": (remedies.take_out, _once_softmax),
    "data": (remedies.reset_params,),
    "unused input": (_remove,),
    "varied apart": (_same_seed,),
    "dead branch": (_make_output, _remove),
}
_OF_DATA: dict[str, tuple[Callable[[Case], Iterator[Candidate]], ...]] = {
    "data shape": (data_remedies.fit_input,),
    "no column": (data_remedies.choose_column,),
    "dead end": (data_remedies.lead_on, data_remedies.no_output, _remove),
    "output rank": (remedies.vector_first, data_remedies.end_in_labels),
    "units": (data_remedies.fit_units, data_remedies.end_hidden, data_remedies.fit_loss),
    "labels": (data_remedies.fit_activation, data_remedies.fit_units, data_remedies.fit_loss),
    "label form": (data_remedies.fit_loss,),
    "loss": (data_remedies.fit_loss,),
    "loss and activation": (
        data_remedies.fit_activation,
        data_remedies.end_hidden,
        data_remedies.fit_loss,
    ),
}
_OF_DRAWINGS: dict[str, tuple[Callable[[Project], Iterator[Candidate]], ...]] = {
    "no input": (_add_input,),
    "no output": (_ends_as_outputs,),
}
_OF_PLANS: dict[str, tuple[Callable[[Project, Report, Problem], Iterator[Candidate]], ...]] = {
    "callback": (
        plan_remedies.other_monitor,
        plan_remedies.shorter_wait,
        plan_remedies.plain_rate,
        plan_remedies.without_callback,
    ),
    "checkpoint": (plan_remedies.mend_checkpoint,),
    "held out end": (plan_remedies.stratify,),
    "schedule": (plan_remedies.as_long_as_the_plan, plan_remedies.plain_rate),
}
