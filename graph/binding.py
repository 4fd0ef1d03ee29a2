"""Which column each Input and output gets, and what is done to it on the way.

`bind(project, report)` takes what a person chose and fills the rest in sensibly: Inputs take the
columns that fit their shapes, a softmax takes labels, an output as large as an Input's column is
an autoencoder's and takes that column. Losses follow from the last activation and the column.
Source of the losses: https://keras.io/api/losses/ and the model guides beside it.
"""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, NamedTuple

from graph import registry
from graph.datasets import IMAGE, LABEL, NUMBER, BadData, look_up
from graph.project import Binding, Goal, Port, port_key
from graph.shapes import show_shape
from graph.spec import Calls

if TYPE_CHECKING:
    from collections.abc import Iterable

    from graph.datasets import Column, DataSet
    from graph.inference import Report
    from graph.project import Project
    from graph.shapes import Shape, TensorSpec

SPARSE, CATEGORICAL, BINARY, SQUARED = (
    "sparse_categorical_crossentropy",
    "categorical_crossentropy",
    "binary_crossentropy",
    "mean_squared_error",
)


class Step(NamedTuple):
    """One step from a column to a tensor: scale, cast, reshape, one-hot, integer or number."""

    kind: str
    text: str
    shape: tuple[int, ...] = ()
    classes: int = 0


class Bound(NamedTuple):
    """One Input or output with its column. `steps` is None if no steps make the column fit.

    `loss` and `metrics` are Keras's names, and empty for an Input.
    """

    port: Port
    spec: TensorSpec | None
    column: Column | None
    binding: Binding
    steps: tuple[Step, ...] | None
    loss: str = ""
    metrics: tuple[str, ...] = ()
    activation: str | None = None

    @property
    def target(self) -> tuple[int, ...]:
        """Return the shape of one prepared sample."""
        shape = self.column.shape if self.column is not None else ()
        for step in self.steps or ():
            shape = step.shape if step.kind in {"reshape", "one-hot"} else shape
        return shape


class Bindings(NamedTuple):
    """All Inputs and outputs with their columns; `trouble` says why there is no data set."""

    data: DataSet | None
    trouble: str
    inputs: tuple[Bound, ...]
    outputs: tuple[Bound, ...]


def bind(project: Project, report: Report) -> Bindings:
    """Return the columns of all Inputs and outputs, chosen by hand or automatically."""
    data, trouble = None, ""
    try:
        data = look_up(project.data.source)
    except BadData as error:
        trouble = str(error)
    inputs: list[Bound] = []
    chosen = {binding.column for binding in project.data.inputs.values()}
    for key in inputs_of(project):
        column = _input_column(project, report, data, key, chosen)
        bound = _bound_input(project, report, key, column)
        inputs.append(bound)
        chosen.add(bound.binding.column)
    outputs: list[Bound] = []
    taken = {binding.column for binding in project.data.outputs.values()}
    for port in project.graph.outputs:
        column = _output_column(project, report, data, port, inputs, taken)
        bound = _bound_output(project, report, port, column)
        outputs.append(bound)
        taken.add(bound.binding.column)
    return Bindings(data, trouble, tuple(inputs), tuple(outputs))


def inputs_of(project: Project) -> tuple[str, ...]:
    """Return the model's inputs: the nodes that make a tensor, in the order of the drawing."""
    graph = project.graph
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
            start = f"{one.column.dtype} {show_shape((None, *one.column.shape))}"
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
    if project.training.validation != "none":
        names += [f"val_{name}" for name in names]
    return tuple(names)


def fitting(have: tuple[int, ...], wants: Shape) -> tuple[int, ...] | None:
    """Return the shape that a sample of shape `have` is given to fit `wants`; None if none does."""
    for shape in (have, (*have, 1)):
        if len(shape) == len(wants) and all(
            want in {None, size} for want, size in zip(wants, shape, strict=True)
        ):
            return shape
    known = tuple(size for size in wants if size is not None)
    return known if len(known) == len(wants) and prod(known) == prod(have) else None


def _columns(data: DataSet | None, kinds: Iterable[str]) -> list[Column]:
    wanted = tuple(kinds)
    columns = data.columns if data is not None else ()
    return [column for kind in wanted for column in columns if column.kind == kind]


def _input_column(
    project: Project, report: Report, data: DataSet | None, key: str, taken: set[str]
) -> Column | None:
    if data is None:
        return None
    chosen = project.data.inputs.get(key)
    if chosen is not None:
        return data.column(chosen.column)
    spec = report.spec_of(key)
    columns = _columns(data, (IMAGE, NUMBER, LABEL))
    if spec is None:
        return columns[0]
    fits = [column for column in columns if fitting(column.shape, spec.shape[1:]) is not None]
    free = [column for column in fits if column.name not in taken]
    return next(iter((*free, *fits, *columns)))


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
    for column in columns:
        if shape == (_width(column),):
            return column
    given = [one.column for one in inputs if one.column is not None]
    for column in given:
        if column.kind != LABEL and fitting(column.shape, shape) is not None:
            return column
    return next(iter((*columns, *given, *data.columns)))


def _width(column: Column) -> int:
    """Return how many units an output for a column has by habit."""
    if column.kind == LABEL:
        return 1 if column.classes == 2 else column.classes or 1
    return prod(column.shape)


def _bound_input(project: Project, report: Report, key: str, column: Column | None) -> Bound:
    name = column.name if column is not None else ""
    binding = project.data.inputs.get(key) or Binding(name)
    spec = report.spec_of(key)
    made = _data_steps(column, binding, spec) if column is not None else None
    return Bound(Port(key), spec, column, binding, made)


def _data_steps(
    column: Column, binding: Binding, spec: TensorSpec | None
) -> tuple[Step, ...] | None:
    """Return the steps for numbers and pixels: scale or cast, then the shape."""
    found = []
    if column.kind == IMAGE and column.dtype == "uint8" and binding.scale:
        found.append(Step("scale", "scale to 0–1"))
    elif column.dtype != "float32" and (spec is None or "int" not in spec.dtype):
        found.append(Step("cast", "as float32"))
    shape = fitting(column.shape, spec.shape[1:]) if spec is not None else column.shape
    if shape is None:
        return None
    if shape != column.shape:
        found.append(Step("reshape", _reshape_text(column, shape), shape))
    return tuple(found)


def _reshape_text(column: Column, shape: tuple[int, ...]) -> str:
    if shape == (*column.shape, 1):
        return "add the channel axis" if column.kind == IMAGE else "add an axis"
    if len(shape) == 1:
        return f"flatten to {shape[0]:,}"
    return f"reshape to {show_shape((None, *shape))}"


def _bound_output(project: Project, report: Report, port: Port, column: Column | None) -> Bound:
    key = port_key(port)
    binding = project.data.outputs.get(key) or Binding(column.name if column is not None else "")
    goal = project.training.goals.get(key, Goal())
    spec = report.spec_of(*port)
    layer = project.graph.layer_of(port.node)
    kind = registry.find(layer.kind)
    activation = kind.activation(layer.params) if kind is not None else None
    units = spec.shape[-1] if spec is not None and len(spec.shape) > 1 else None
    auto = _loss(column, binding, activation, units)
    loss = auto if goal.loss == "auto" else goal.loss
    if column is None:
        return Bound(port, spec, None, binding, None, loss, goal.metrics, activation)
    if column.kind == LABEL:
        made: tuple[Step, ...] | None = (_label_step(column, binding, loss, units),)
        number = loss != BINARY and made is not None and made[0].kind == "number"
    else:
        made = _data_steps(column, binding, spec)
        number = True
    metrics = tuple(name for name in goal.metrics if not (number and name == "accuracy"))
    return Bound(port, spec, column, binding, made, loss, metrics, activation)


def _loss(
    column: Column | None, binding: Binding, activation: str | None, units: int | None
) -> str:
    """Return the loss that fits a column and the last activation."""
    if column is None or column.kind == LABEL:
        if units == 1:
            two = column is not None and column.classes == 2
            return BINARY if activation == "sigmoid" and two else SQUARED
        if activation == "sigmoid":
            return BINARY
        return CATEGORICAL if binding.form == "one-hot" else SPARSE
    scaled = column.kind == IMAGE and column.dtype == "uint8" and binding.scale
    return BINARY if scaled and activation == "sigmoid" else SQUARED


def _label_step(column: Column, binding: Binding, loss: str, units: int | None) -> Step:
    """Return what is done to labels: the form set by hand, or the one that the loss asks for."""
    classes = column.classes or 2
    form = binding.form
    if form == "auto":
        form = "integer" if loss.startswith("sparse") else "number" if units == 1 else "one-hot"
    if form == "one-hot":
        return Step("one-hot", f"one-hot ({classes})", (classes,), classes)
    if form == "number":
        return Step("number", "as a number", (), classes)
    return Step("integer", "integer labels", (), classes)
