"""From a column of the data set to a tensor: the steps between them, and the loss that fits.

Source of the losses: https://keras.io/api/losses/.
"""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, NamedTuple

from graph.datasets import IMAGE, LABEL
from graph.goals import BINARY, CATEGORICAL, LABEL_LOSSES, SPARSE, SQUARED
from graph.project import Goal
from graph.shapes import TensorSpec, show_shape

if TYPE_CHECKING:
    from graph.datasets import Column, DataSet
    from graph.project import Binding, Port
    from graph.shapes import Shape


class Step(NamedTuple):
    """One step from a column to a tensor: scale, cast, reshape, one-hot, integer or number."""

    kind: str
    text: str
    shape: tuple[int, ...] = ()
    classes: int = 0


class Bound(NamedTuple):
    """One Input or output with its column. `steps` is None if no steps make the column fit.

    Of an output, `loss` is Keras's identifier, `metrics` are the names under which they are
    recorded, and `goal` has both with their settings, "auto" filled in. Of an Input, all are empty.
    """

    port: Port
    spec: TensorSpec | None
    column: Column | None
    binding: Binding
    steps: tuple[Step, ...] | None
    loss: str = ""
    metrics: tuple[str, ...] = ()
    activation: str | None = None
    goal: Goal = Goal()

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


def fitting(have: tuple[int, ...], wants: Shape) -> tuple[int, ...] | None:
    """Return the shape that a sample of shape `have` is given to fit `wants`; None if none does."""
    for shape in (have, (*have, 1)):
        if len(shape) == len(wants) and all(
            want in {None, size} for want, size in zip(wants, shape, strict=True)
        ):
            return shape
    known = tuple(size for size in wants if size is not None)
    return known if len(known) == len(wants) and prod(known) == prod(have) else None


def width(column: Column) -> int:
    """Return how many units an output for a column has by habit."""
    if column.kind == LABEL:
        return 1 if column.classes == 2 else column.classes or 1
    return prod(column.shape)


def data_steps(
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


def loss(column: Column | None, binding: Binding, activation: str | None, units: int | None) -> str:
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


def label_step(column: Column, binding: Binding, loss: str, units: int | None) -> Step:
    """Return what is done to labels: the form set by hand, or the one that the loss asks for."""
    classes = column.classes or 2
    form = binding.form
    if form == "auto":
        form = "integer" if loss in LABEL_LOSSES else "number" if units == 1 else "one-hot"
    if form == "one-hot":
        return Step("one-hot", f"one-hot ({classes})", (classes,), classes)
    if form == "number":
        return Step("number", "as a number", (), classes)
    return Step("integer", "integer labels", (), classes)
