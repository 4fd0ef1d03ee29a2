"""Candidates for repairs of what doesn't fit between the drawing, its data and its training plan.

As in `graph.remedies`, nothing is checked here: `graph.repairs` tries every candidate.
"""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

import msgspec

from graph import registry
from graph.binding import bind
from graph.datasets import IMAGE, LABEL
from graph.edits import Connect, SetData, SetOutputs, SetParams, SetTraining
from graph.params import Named, show
from graph.placing import COLUMN, free_place, new_node
from graph.project import Link, Port, port_key
from graph.remedies import Candidate, Case, Steps, with_role
from graph.topology import wiring

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
    shapes = [have, (prod(have),)]
    if bound.column.kind == IMAGE and len(have) == 2:
        shapes.insert(0, (*have, 1))
    for shape in shapes:
        edit = SetParams(layer, {"shape": shape})
        yield Candidate(f"Set the shape of {case.label(case.node)} to {show(shape)}", edit)


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
    for name in _ACTIVATIONS:
        edit = SetParams(layer, {"activation": Named(name)})
        yield Candidate(f"Set activation of {case.label(case.node)} to {name}", edit)


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
    """Put Flatten and a Dense layer with a unit for each label behind an output."""
    classes = _classes(case)
    if classes is None:
        return
    steps, before = Steps(case.project), Port(case.node)
    x, y = (getattr(case.project.graph.nodes[case.node], axis) for axis in ("x", "y"))
    outputs = case.project.graph.outputs
    flatten, dense = with_role("flatten"), with_role("dense")
    key = case.node
    for spec in (flatten, dense):
        x += COLUMN
        added, new = new_node(steps.project, spec.name, *free_place(steps.project.graph, x, y))
        steps.do(added)
        (link,) = steps.project.graph.fresh_ids(1)
        steps.do(Connect(link, Link(key, new, 0)))
        key = new
    layer = steps.project.graph.nodes[key].layer
    steps.do(SetParams(layer, {"units": classes, "activation": Named("softmax")}))
    steps.do(SetOutputs(tuple(Port(key) if port == before else port for port in outputs)))
    yield steps.as_candidate(
        f"Add {flatten.name} and {dense.name} ({classes:,}, softmax) behind {case.label(case.node)}"
    )
