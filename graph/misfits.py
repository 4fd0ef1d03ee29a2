"""What doesn't fit between drawing, data and training plan, each in a sentence with its numbers.

One small function a rule; `graph.binding.binding_problems` calls them. An error is what Keras
refuses, a warning what it accepts and is most likely a mistake.
"""

from __future__ import annotations

from functools import partial
from math import prod
from typing import TYPE_CHECKING

from graph import goals, registry
from graph.datasets import LABEL, file_of, missing_sentence
from graph.goals import (
    BINARY,
    CATEGORICAL,
    GENERALIZED,
    LABEL_LOSSES,
    PROBABILITY_LOSSES,
    SPARSE,
    SQUARED,
)
from graph.problems import Problem, Severity
from graph.project import port_key
from graph.shapes import show_dim, show_shape

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from graph.columns import Bindings, Bound
    from graph.project import Project

_error = partial(Problem, severity=Severity.ERROR)
_warning = partial(Problem, severity=Severity.WARNING)


def data_misfits(project: Project, bound: Bindings) -> Iterator[Problem]:
    """Yield what is wrong with the data set as a whole."""
    if bound.data is None:
        yield _warning(kind="no data", sentence=bound.trouble)
        return
    if not bound.data.keras and not file_of(project).exists():
        sentence = missing_sentence(bound.data.name, str(file_of(project).parent))
        yield _warning(kind="no data", sentence=sentence)
    limit = project.training.limit
    if limit is not None and limit > bound.data.train:
        yield _warning(
            kind="limit",
            sentence=f"The training plan asks for {limit:,} samples; the data set has "
            f"{bound.data.train:,}, and all of them are used.",
        )


def input_misfits(project: Project, one: Bound) -> Iterator[Problem]:
    """Yield what is wrong between an Input and its column."""
    name = project.graph.nodes[one.port.node].label
    if one.column is None:
        yield _no_column(name, one)
    elif one.steps is None and one.spec is not None:
        yield _error(
            kind="data shape",
            sentence=f"{name} takes {_sized(one.spec.shape)}, but a sample of “{one.column.name}” "
            f"is {_sized((None, *one.column.shape))}.",
            node=one.port.node,
        )


def output_misfits(project: Project, one: Bound) -> Iterator[Problem]:
    """Yield what is wrong between an output, its loss, its metrics and its column."""
    name = project.graph.nodes[one.port.node].label
    wrong = goals.fault("loss", one.goal.loss)
    if wrong is not None:
        yield _error(kind="loss", sentence=f"{name}: {wrong}.", node=one.port.node)
        return
    goal = project.training.goals.get(port_key(one.port))
    for metric in goal.metrics if goal is not None else ():
        wrong = goals.fault("metric", metric)
        if wrong is not None:
            yield _error(kind="metric", sentence=f"{name}: {wrong}.", node=one.port.node)
    if one.column is None:
        yield _no_column(name, one)
    elif one.spec is not None:
        rules = _label_misfit if one.column.kind == LABEL else _value_misfit
        found = rules(name, one)
        if found is None:
            found = _activation_misfit(name, one)
        if found is not None:
            yield found
        yield from _metric_misfits(name, one)


def dead_end(project: Project, one: Bound, others: Sequence[Bound]) -> Problem | None:
    """Return the error that an output is merely a node whose wire is missing, or None.

    So it is if nobody chose its target, no column has its shape, it decides on no number of units,
    and there is another output.
    """
    key, spec = port_key(one.port), one.spec
    chosen = key in project.data.outputs or key in project.training.goals
    if chosen or spec is None or len(others) < 2 or one.column is None:
        return None
    kind = registry.find(project.graph.layer_of(one.port.node).kind)
    if len(spec.shape) < 3 and kind is not None and kind.param("units") is not None:
        return None
    if one.column.kind == LABEL:
        fits = spec.shape[1:] in {(one.column.classes,), (1,)}
    else:
        fits = one.steps is not None
    if fits:
        return None
    name, returned = (project.graph.nodes[each.port.node].label for each in (one, others[0]))
    if one.port == others[0].port:
        returned = project.graph.nodes[others[1].port.node].label
    return _error(
        kind="dead end",
        sentence=f"{name} leads nowhere: nothing takes its {show_shape(spec.shape)}, so the model "
        f"returns it beside {returned}, and no column of the data is its target. Connect it, or "
        "take it out of the outputs.",
        node=one.port.node,
    )


def _metric_misfits(name: str, one: Bound) -> Iterator[Problem]:
    """Yield the metrics that can't be taken of this output and its target."""
    form = one.steps[0].kind if one.steps and one.column and one.column.kind == LABEL else ""
    for metric, shown in zip(one.goal.metrics, one.metrics, strict=True):
        wrong = goals.target_fault(metric, form)
        if wrong is not None and goals.fault("metric", metric) is None:
            yield _error(kind="metric", sentence=f"{name}: {shown} {wrong}.", node=one.port.node)


def _no_column(name: str, one: Bound) -> Problem:
    wanted = f"has no column “{one.binding.column}”" if one.binding.column else "has no column"
    return _error(
        kind="no column",
        sentence=f"{name}: the data set {wanted} for it. Choose another column.",
        node=one.port.node,
    )


def _sized(shape: tuple[int | None, ...]) -> str:
    """Return a shape for a sentence with the number of its values: `28 × 28 (784 numbers)`."""
    known = [size for size in shape[1:] if size is not None]
    if len(shape) < 3 or len(known) < len(shape) - 1:
        return show_shape(shape)
    return f"{show_shape(shape)} ({prod(known):,} numbers)"


def _value_misfit(name: str, one: Bound) -> Problem | None:
    """Return what is wrong where the target is an image or a number."""
    assert one.column is not None  # noqa: S101 - the caller has looked
    assert one.spec is not None  # noqa: S101 - as above
    if one.steps is None:
        return _error(
            kind="target shape",
            sentence=f"{name} gives {_sized(one.spec.shape)}, but its target “{one.column.name}” "
            f"is {_sized((None, *one.column.shape))}.",
            node=one.port.node,
        )
    if one.loss in LABEL_LOSSES:
        return _error(
            kind="loss",
            sentence=f"{name}: {one.loss} needs labels, and “{one.column.name}” holds "
            f"{_sized((None, *one.column.shape))} of {one.column.kind}. Try {SQUARED}.",
            node=one.port.node,
        )
    return None


def _label_misfit(name: str, one: Bound) -> Problem | None:
    """Return what is wrong where the target is a label: its form, or how many units there are."""
    assert one.column is not None  # noqa: S101 - the caller has looked
    assert one.spec is not None  # noqa: S101 - as above
    fail = partial(_error, node=one.port.node)
    units, classes = one.spec.shape[-1], one.column.classes or 2
    form = one.steps[0].kind if one.steps else ""
    if len(one.spec.shape) != 2:
        return fail(
            kind="output rank",
            sentence=f"{name} gives {show_shape(one.spec.shape)} for each sample, but a label is "
            "one number: flatten it, and end with a Dense layer.",
        )
    if form == "one-hot" and one.loss in LABEL_LOSSES:
        return fail(
            kind="label form",
            sentence=f"{name}: {one.loss} takes integer labels, and these are one-hot vectors of "
            f"{classes:,}. Take integer labels, or {CATEGORICAL}.",
        )
    if form == "integer" and one.loss not in LABEL_LOSSES and units != 1:
        return fail(
            kind="label form",
            sentence=f"{name}: {one.loss} compares {show_dim(units)} numbers with a target of as "
            f"many, and an integer label is one. Take one-hot labels, or {SPARSE}.",
        )
    if form in {"integer", "number"} and one.loss == BINARY and classes > 2:
        return _warning(
            kind="labels",
            sentence=f"{name}: {BINARY} asks whether something is 0 or 1, but “{one.column.name}” "
            f"goes from 0 to {classes - 1:,}.",
            node=one.port.node,
        )
    if one.loss in {SPARSE, GENERALIZED} or form == "one-hot":
        return _units_misfit(name, one, units, classes)
    return None


def _units_misfit(name: str, one: Bound, units: int | None, classes: int) -> Problem | None:
    """Return what is wrong with the number of units, given the number of labels."""
    column = one.column.name if one.column is not None else ""
    if units is None or units == classes:
        return None
    if one.loss in LABEL_LOSSES and units > classes:
        return _warning(
            kind="units",
            sentence=f"{name} has {units:,} units, but “{column}” has only {classes:,} labels: "
            f"{units - classes:,} of them can never be right.",
            node=one.port.node,
        )
    return _error(
        kind="units",
        sentence=f"{name} has {units:,} {'unit' if units == 1 else 'units'}, but “{column}” has "
        f"{classes:,} labels. It needs {classes:,} units.",
        node=one.port.node,
    )


def _activation_misfit(name: str, one: Bound) -> Problem | None:
    """Return the warning that a loss and the last activation don't belong together."""
    last = one.activation or "linear"
    units = one.spec.shape[-1] if one.spec is not None else None
    warn = partial(_warning, kind="loss and activation", node=one.port.node)
    if goals.takes_logits(one.goal.loss):
        if last not in {"softmax", "sigmoid"}:
            return None
        return warn(
            sentence=f"{name}: {one.loss} is told by from_logits that it gets no probabilities, "
            f"but the last activation is {last}. Take one of the two back.",
        )
    if one.loss in PROBABILITY_LOSSES and last != "softmax":
        return warn(
            sentence=f"{name}: {one.loss} needs probabilities that sum to 1, and the last "
            f"activation is {last}. Take softmax over its {show_dim(units)} units.",
        )
    if one.loss == BINARY and last != "sigmoid":
        return warn(
            sentence=f"{name}: {BINARY} needs numbers between 0 and 1, each by itself, and the "
            f"last activation is {last}. Take sigmoid.",
        )
    if last == "softmax" and one.loss in {SQUARED, "mean_absolute_error"}:
        return warn(
            sentence=f"{name}: {one.loss} on a softmax over {show_dim(units)} units learns slowly, "
            f"since its slope vanishes where the network is sure. Take {CATEGORICAL} or {SPARSE}.",
        )
    if one.column is not None and one.column.kind != LABEL and last == "softmax":
        return warn(
            sentence=f"{name}: its {show_dim(units)} units sum to 1 by softmax, and the target "
            f"“{one.column.name}” doesn't. Take sigmoid or no activation.",
        )
    return None
