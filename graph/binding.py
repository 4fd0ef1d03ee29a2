"""Which column each Input and output gets, and what is done to it on the way.

`bind(project, report)` takes what a person chose and fills the rest in sensibly: Inputs take the
columns that fit their shapes, a softmax takes labels, an output as large as an Input's column is
an autoencoder's and takes that column. Losses follow from the last activation and the column.
Source of the losses: https://keras.io/api/losses/ and the model guides beside it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from graph import registry
from graph.augment_misfits import augmentation_misfits
from graph.callbacks import SETS_RATE, planned
from graph.columns import (
    Bindings,
    Bound,
    data_steps,
    fitting,
    label_step,
    loss,
    unfit,
    width,
)
from graph.data_misfits import source_misfits, transform_misfit
from graph.datasets import describe, look_up
from graph.datavalues import FILE, IMAGE, LABEL, NUMBER, TEXT, BadData
from graph.goals import BINARY, metric_names
from graph.misfits import data_misfits, dead_end, input_misfits, output_misfits
from graph.objects import identifier_of
from graph.params import Named
from graph.plan_misfits import plan_misfits
from graph.project import Binding, Data, Goal, Port, port_key
from graph.shapes import show_shape
from graph.sources import left_out
from graph.spec import Calls
from graph.views import mixes

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from graph.datavalues import Column, DataSet
    from graph.inference import Report
    from graph.problems import Problem
    from graph.project import Graph, Project
    from graph.shapes import TensorSpec

__all__ = [
    "Bindings",
    "Bound",
    "bind",
    "binding_problems",
    "history_names",
    "inputs_of",
    "rebound",
    "recorded",
    "steps",
]


def bind(project: Project, report: Report) -> Bindings:
    """Return the columns of all Inputs and outputs, chosen by hand or automatically."""
    data, trouble = None, ""
    try:
        data = describe(project.data)
    except BadData as error:
        trouble = str(error)
    inputs = [
        _bound_input(project, report, key, column)
        for key, column in _input_columns(project, report, data).items()
    ]
    outputs: list[Bound] = []
    chosen_too = map(project.data.outputs.get, map(port_key, project.graph.outputs))
    taken = {binding.column for binding in chosen_too if binding is not None}
    for port in project.graph.outputs:
        column = _output_column(project, report, data, port, inputs, taken)
        bound = _bound_output(project, report, port, column)
        outputs.append(bound)
        taken.add(bound.binding.column)
    names = tuple(one.column.name for one in (*inputs, *outputs) if one.column is not None)
    lost = left_out(data, names) if data is not None else ()
    return Bindings(data, trouble, tuple(inputs), tuple(outputs), lost)


def rebound(data: Data, source: str) -> Data:
    """Return the choice of another data set, without the columns that it doesn't have.

    Halves of an image become halves of its own images. Where several Inputs lose their columns,
    the choices stay, to be told of: left to themselves they might all be given the same one.
    """
    try:
        found = look_up(source)
    except BadData:
        return Data(source)
    try:
        before: DataSet | None = describe(data)
    except BadData:
        before = None
    inputs = {key: _as_half(one, before, found) for key, one in data.inputs.items()}
    lost = {one.column for one in inputs.values() if found.column(one.column) is None}
    return Data(
        source,
        {key: one for key, one in inputs.items() if len(lost) > 1 or one.column not in lost},
        {key: one for key, one in data.outputs.items() if found.column(one.column) is not None},
    )


def _as_half(binding: Binding, before: DataSet | None, found: DataSet) -> Binding:
    """Return the binding of half an image as a half of another data set's images, as large."""
    images = _columns(found, (IMAGE,))
    column = before.column(binding.column) if before is not None else None
    if found.column(binding.column) is not None or column is None or not images:
        return binding
    if column.take not in {"left", "right"}:
        return binding
    image, chips = images[0], [Named("half", {"side": column.take})]
    if len(column.shape) == 2 and image.shape[2:] == (3,):
        chips.insert(0, Named("grey"))
    size = (column.shape[0], 2 * column.shape[1])
    if image.shape[:2] != size:
        chips.insert(0, Named("resize", {"size": size}))
    made = msgspec.structs.replace(binding, column=image.name, transforms=tuple(chips))
    return made if unfit(image, made) is None else binding


def inputs_of(graph: Graph) -> tuple[str, ...]:
    """Return the model's inputs: the nodes that make a tensor, in the order of the drawing."""
    found = []
    for key in graph.nodes:
        spec = registry.find(graph.layer_of(key).kind)
        if spec is not None and spec.calls is Calls.SOURCE:
            found.append(key)
    return tuple(found)


def steps(project: Project, report: Report) -> dict[str, tuple[str, ...]]:
    """Return what happens to the column of each Input (by node) and output (by `node:output`).

    The first entry is the column as the data set holds it: `uint8 28 × 28`.
    """
    bound = bind(project, report)
    found = {}
    pairs = [(one.port.node, one) for one in bound.inputs]
    pairs += [(port_key(one.port), one) for one in bound.outputs]
    for key, one in pairs:
        if one.column is not None:
            size = f" {show_shape((None, *one.column.shape))}" if one.column.shape else ""
            start = one.column.dtype + size
            found[key] = (start, *(step.text for step in one.steps or ()))
    return found


def history_names(project: Project, report: Report) -> tuple[str, ...]:
    """Return the names under which Keras records losses and metrics, those of validation last."""
    return recorded(project, bind(project, report))


def recorded(project: Project, bound: Bindings) -> tuple[str, ...]:
    """Return the names under which Keras records losses and metrics of these bindings."""
    names = ["loss"]
    several = len(bound.outputs) > 1
    for one in bound.outputs:
        prefix = f"{project.graph.layer_of(one.port.node).name}_" if several else ""
        names += [f"{prefix}loss"] if several else []
        names += [prefix + metric for metric in one.metrics]
    found = [f"val_{name}" for name in names]
    if any(one.name in SETS_RATE for one in planned(project.training)):
        names.append("learning_rate")
    if project.training.validation != "none":
        names += found
    return tuple(names)


def _columns(data: DataSet | None, kinds: Iterable[str]) -> list[Column]:
    wanted = tuple(kinds)
    columns = data.columns if data is not None else ()
    return [column for kind in wanted for column in columns if column.kind == kind]


def _input_columns(
    project: Project, report: Report, data: DataSet | None
) -> dict[str, Column | None]:
    """Return the column of each Input: the one chosen by hand, else if possible one of its own."""
    keys = inputs_of(project.graph)
    if data is None:
        return dict.fromkeys(keys)
    columns = _columns(data, (IMAGE, NUMBER, TEXT, LABEL))
    given = project.data.inputs
    fits: dict[str, list[str]] = {}
    for key in keys:
        spec = report.spec_of(key)
        if key not in given and spec is not None:
            fits[key] = [column.name for column in columns if _fits(column, spec)]
    own = _shared_out(fits, {binding.column for binding in given.values()})
    names = {
        key: next(iter((*fits.get(key, ()), _likeliest(columns, report.spec_of(key)).name)))
        for key in keys
    }
    names |= own | {key: binding.column for key, binding in given.items() if key in names}
    return {key: data.column(name) for key, name in names.items()}


def _likeliest(columns: list[Column], spec: TensorSpec | None) -> Column:
    """Return what an Input is shown that no column fits: for a vector numbers, not image files."""
    if spec is not None and len(spec.shape) == 2 and columns[0].stored == FILE:
        return next((one for one in columns if one.kind == NUMBER), columns[0])
    return columns[0]


def _shared_out(fits: Mapping[str, list[str]], taken: set[str]) -> dict[str, str]:
    """Return a column of its own for as many Inputs as can have one.

    Each gets the first that is free among those that fit it, and those before it make room if
    they can (augmenting paths: H. W. Kuhn, 1955, https://doi.org/10.1002/nav.3800020109).
    """
    owners: dict[str, str] = {}

    def give(key: str, tried: set[str]) -> bool:
        mine = [name for name in fits[key] if name not in taken]
        for name in sorted(mine, key=lambda name: name in owners):
            if name not in tried:
                tried.add(name)
                if name not in owners or give(owners[name], tried):
                    owners[name] = key
                    return True
        return False

    for key in fits:
        give(key, set())
    return {key: name for name, key in owners.items()}


def _fits(column: Column, spec: TensorSpec) -> bool:
    """Say whether a column fits an Input as it is; images in files are read at its size."""
    if column.stored == FILE or column.kind == TEXT:
        return len(spec.shape) == (4 if column.stored == FILE else 2)
    return fitting(column.shape, spec.shape[1:]) is not None


def _output_column(  # noqa: PLR0913, PLR0917 - what an automatic choice looks at
    project: Project,
    report: Report,
    data: DataSet | None,
    port: Port,
    inputs: list[Bound],
    taken: set[str],
) -> Column | None:
    if data is None:
        return None
    chosen = project.data.outputs.get(port_key(port))
    if chosen is not None:
        return data.column(chosen.column)
    pairs = any(one.column is not None and one.column.take == "second" for one in inputs)
    columns = [
        column
        for column in _columns(data, (LABEL, NUMBER))
        if pairs or column.take not in {"second", "same", "sum"}
    ]
    columns.sort(key=lambda column: column.name in taken)
    spec = report.spec_of(*port)
    shape = spec.shape[1:] if spec is not None else ()
    if len(shape) > 1:  # feature maps are no numbers, but may become labels
        columns = [column for column in columns if column.kind == LABEL] or columns
    for column in columns:
        if shape == (width(column),):
            return column
    given = [one.column for one in inputs if one.column is not None]
    for column in given:
        if column.kind != LABEL and fitting(column.shape, shape) is not None:
            return column
    return next(iter((*columns, *given, *data.columns)))


def _bound_input(project: Project, report: Report, key: str, column: Column | None) -> Bound:
    name = column.name if column is not None else ""
    binding = project.data.inputs.get(key) or Binding(name)
    spec = report.spec_of(key)
    made = data_steps(column, binding, spec) if column is not None else None
    return Bound(Port(key), spec, column, binding, made)


def _bound_output(project: Project, report: Report, port: Port, column: Column | None) -> Bound:
    key = port_key(port)
    binding = project.data.outputs.get(key) or Binding(column.name if column is not None else "")
    goal = project.training.goals.get(key, Goal())
    spec = report.spec_of(*port)
    layer = project.graph.layer_of(port.node)
    kind = registry.find(layer.kind)
    activation = kind.activation(layer.params) if kind is not None else None
    units = spec.shape[-1] if spec is not None and len(spec.shape) > 1 else None
    if goal.loss == "auto":
        # what MixUp makes of two labels can only be said one-hot
        mixed = mixes(project.training.augmentation) and binding.form == "auto"
        asked = msgspec.structs.replace(binding, form="one-hot") if mixed else binding
        chosen = loss(column, asked, activation, units)
        goal = msgspec.structs.replace(goal, loss=chosen)
    name = identifier_of("loss", goal.loss)
    if column is None:
        names = metric_names(goal.metrics)
        return Bound(port, spec, None, binding, None, name, names, activation, goal)
    made = data_steps(column, binding, spec)
    number = True
    if column.kind == LABEL:
        step = label_step(column, binding, name, units)
        made, number = (step,), name != BINARY and step.kind == "number"
    metrics = tuple(one for one in goal.metrics if not (number and one == "accuracy"))
    goal = msgspec.structs.replace(goal, metrics=metrics)
    names = metric_names(metrics)
    return Bound(port, spec, column, binding, made, name, names, activation, goal)


def binding_problems(project: Project, report: Report) -> tuple[Problem, ...]:
    """Return what is wrong between the drawing, the data and the training plan.

    Errors are what Keras refuses or what stops the program; the rest are warnings.
    """
    bound = bind(project, report)
    if not bound.inputs and not bound.outputs:
        return ()
    found = list(data_misfits(project, bound))
    if bound.data is None:
        return tuple(found)
    found += source_misfits(project, bound)
    dead = {one.port: dead_end(project, one, bound.outputs) for one in bound.outputs}
    live = tuple(one for one in bound.outputs if dead[one.port] is None)
    if live:  # what follows from the others is told when these are mended
        found += (problem for problem in dead.values() if problem is not None)
        bound = bound._replace(outputs=live)
    for rules, group in ((input_misfits, bound.inputs), (output_misfits, bound.outputs)):
        for one in group:
            unfit = transform_misfit(project, one)
            found += rules(project, one) if unfit is None else (unfit,)
    if all(one.spec is not None for one in (*bound.inputs, *bound.outputs)):
        found += plan_misfits(project, bound, recorded(project, bound))
    found += augmentation_misfits(project, bound)
    return tuple(found)
