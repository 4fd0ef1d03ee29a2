"""Candidates for repairs of what doesn't fit between the drawing, its data and its training plan.

As in `graph.remedies`, nothing is checked here: `graph.repairs` tries every candidate.
"""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

import msgspec

from graph import registry
from graph.binding import bind
from graph.columns import data_steps
from graph.datasets import IMAGE, LABEL
from graph.edits import Connect, SetData, SetOutputs, SetParams, SetTraining
from graph.goals import PROBABILITY_LOSSES, takes_logits
from graph.params import Named, show
from graph.placing import COLUMN, connect, free_place, new_node
from graph.project import Link, Port, port_key
from graph.remedies import Candidate, Case, Steps, through_vector, with_role
from graph.spec import Calls
from graph.topology import upstream, wiring

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graph.columns import Bound

_ACTIVATIONS = ("softmax", "sigmoid", "linear")  # those that a loss may ask for


def fit_input(case: Case) -> Iterator[Candidate]:
    """Give an Input the shape of a sample, images with their channel axis first."""
    found = (one for one in bind(case.project, case.report).inputs if one.port.node == case.node)
    bound = next(found, None)
    if bound is None or bound.column is None:
        return
    layer = case.project.graph.nodes[case.node].layer
    have = bound.column.shape or (1,)
    made = data_steps(bound.column, bound.binding, None) or ()
    changed = [step.shape for step in made if step.shape]  # by transforms
    shapes = [*changed[-1:], have, (prod(have),)]
    if bound.column.kind == IMAGE and len(have) == 2:
        shapes.insert(0, (*have, 1))
    for shape in shapes:
        edit = SetParams(layer, {"shape": shape})
        yield Candidate(f"Set the shape of {case.label(case.node)} to {show(shape)}", edit)


def choose_column(case: Case) -> Iterator[Candidate]:
    """Let the column of an Input or output follow from what fits it."""
    data, label = case.project.data, case.label(case.node)
    inputs = {key: one for key, one in data.inputs.items() if key != case.node}
    ports = {port_key(port) for port in case.project.graph.outputs if port.node == case.node}
    outputs = {key: one for key, one in data.outputs.items() if key not in ports}
    chosen = msgspec.structs.replace(data, inputs=inputs, outputs=outputs)
    yield Candidate(f"Choose the column of {label} automatically", SetData(chosen))


def _output(case: Case) -> Bound | None:
    found = bind(case.project, case.report).outputs
    return next((one for one in found if one.port.node == case.node), None)


def _classes(case: Case) -> int | None:
    """Return how many labels the target of an output has, or None if it has none."""
    bound = _output(case)
    if bound is None or bound.column is None or bound.column.kind != LABEL:
        return None
    return bound.column.classes


def fit_units(case: Case) -> Iterator[Candidate]:
    """Give an output as many units as there are labels, in the layer that decides on them."""
    graph, wires, classes = case.project.graph, wiring(case.project.graph), _classes(case)
    if classes is None:
        return
    key = case.node
    while not _takes(case, key, "units") and len(wires.into[key]) == 1:
        key = graph.links[wires.into[key][0]].source
    if _takes(case, key, "units"):
        edit = SetParams(graph.nodes[key].layer, {"units": classes})
        yield Candidate(f"Set units of {case.label(key)} to {classes:,}", edit)


def _takes(case: Case, key: str, param: str) -> bool:
    spec = registry.find(case.project.graph.layer_of(key).kind)
    return spec is not None and spec.param(param) is not None


def fit_activation(case: Case) -> Iterator[Candidate]:
    """Take the last activation that the loss asks for."""
    if not _takes(case, case.node, "activation"):
        return
    layer = case.project.graph.nodes[case.node].layer
    for name in _asked_for(case):
        edit = SetParams(layer, {"activation": Named(name)})
        yield Candidate(f"Set activation of {case.label(case.node)} to {name}", edit)


def _asked_for(case: Case) -> tuple[str, ...]:
    """Return the activations that the sentence of a problem may mean."""
    bound = _output(case)
    if bound is None or case.problem.kind != "loss and activation":
        return _ACTIVATIONS
    if takes_logits(bound.goal.loss):
        return ("linear",)
    if bound.loss in PROBABILITY_LOSSES:
        return ("softmax",)
    return tuple(name for name in _ACTIVATIONS if name != "softmax")


def fit_loss(case: Case) -> Iterator[Candidate]:
    """Let the loss follow from data and activation, and the labels' form from the loss."""
    bound, project = _output(case), case.project
    if bound is None:
        return
    key, label = port_key(bound.port), case.label(case.node)
    goal = project.training.goals.get(key)
    if goal is not None and goal.loss != "auto":
        goals = {**project.training.goals, key: msgspec.structs.replace(goal, loss="auto")}
        training = msgspec.structs.replace(project.training, goals=goals)
        yield Candidate(f"Choose the loss of {label} automatically", SetTraining(training))
    binding = project.data.outputs.get(key)
    if binding is not None and binding.form != "auto":
        outputs = {**project.data.outputs, key: msgspec.structs.replace(binding, form="auto")}
        data = msgspec.structs.replace(project.data, outputs=outputs)
        yield Candidate(f"Choose the form of the labels of {label} automatically", SetData(data))


def end_in_labels(case: Case) -> Iterator[Candidate]:
    """Put Flatten, if there are maps, and a Dense layer with a unit a label behind an output."""
    classes, bound = _classes(case), _output(case)
    if classes is None or bound is None or bound.spec is None:
        return
    steps, before = Steps(case.project), Port(case.node)
    x, y = (getattr(case.project.graph.nodes[case.node], axis) for axis in ("x", "y"))
    outputs = case.project.graph.outputs
    specs = [with_role("flatten"), with_role("dense")][len(bound.spec.shape) == 2 :]
    key = case.node
    for spec in specs:
        x += COLUMN
        added, new = new_node(steps.project, spec.name, *free_place(steps.project.graph, x, y))
        steps.do(added)
        (link,) = steps.project.graph.fresh_ids(1)
        steps.do(Connect(link, Link(key, new, 0)))
        key = new
    layer = steps.project.graph.nodes[key].layer
    steps.do(SetParams(layer, {"units": classes, "activation": Named("softmax")}))
    steps.do(SetOutputs(tuple(Port(key) if port == before else port for port in outputs)))
    names = " and ".join(spec.name for spec in specs)
    yield steps.as_candidate(f"Add {names} ({classes:,}, softmax) behind {case.label(case.node)}")


def end_hidden(case: Case) -> Iterator[Candidate]:
    """Put a layer for the labels behind one that is no output layer by its activation or kind."""
    bound = _output(case)
    hidden = bound is not None and bound.activation not in {None, "linear", *_ACTIVATIONS}
    if hidden or not _takes(case, case.node, "units"):
        yield from end_in_labels(case)


def lead_on(case: Case) -> Iterator[Candidate]:
    """Wire a node that leads nowhere to a merge or to a node without a wire; through Flatten."""
    graph = case.project.graph
    wires, before = wiring(graph), upstream(graph, [case.node])
    for key in wires.order:
        spec = registry.find(graph.layer_of(key).kind)
        if key in before or spec is None or spec.calls is Calls.SOURCE:
            continue
        if wires.into[key] and spec.calls is not Calls.LIST:
            continue
        slots = {graph.links[link].slot for link in wires.into[key]}
        slot = min(set(range(len(slots) + 1)) - slots)
        label = f"Connect {case.label(case.node)} to {case.label(key)}"
        straight = Candidate(label, connect(case.project, case.node, key, slot))
        through = through_vector(case, case.node, key, label, slot)
        given = case.report.spec_of(case.node)
        if given is not None and len(given.shape) == 2:
            yield straight
        elif spec.calls is Calls.LIST:
            yield from (straight, through)
        else:
            yield from (through, straight)


def no_output(case: Case) -> Iterator[Candidate]:
    """Take a node out of the outputs."""
    left = tuple(port for port in case.project.graph.outputs if port.node != case.node)
    yield Candidate(f"Take {case.label(case.node)} out of the outputs", SetOutputs(left))
