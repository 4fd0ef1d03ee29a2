"""From a column of the data set to a tensor: the steps between them, and the loss that fits.

Source of the losses: https://keras.io/api/losses/.
"""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, NamedTuple

from graph import transforms
from graph.datavalues import FILE, IMAGE, LABEL, MAPPED, TEXT
from graph.goals import BINARY, CATEGORICAL, LABEL_LOSSES, SPARSE, SQUARED
from graph.params import Named
from graph.project import Goal
from graph.shapes import TensorSpec, show_shape

if TYPE_CHECKING:
    from graph.datavalues import Column, DataSet, Mismatch
    from graph.project import Binding, Port
    from graph.shapes import Shape


_LARGEST = 256  # pixels of a side


class Step(NamedTuple):
    """One step from a column to a tensor.

    `kind`: read (an image file, at a size), pad (a text, to a length), the name of a transform,
    then `named`, or scale, cast, reshape, one-hot, integer, number. `shape`: that of a sample
    after it, where it changes.
    """

    kind: str
    text: str
    shape: tuple[int, ...] = ()
    classes: int = 0
    named: Named | None = None


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
            shape = step.shape or shape
        return shape

    @property
    def is_streamed(self) -> bool:
        """Say whether its images or rows are read from files while the model is trained."""
        return self.column is not None and self.column.stored in {FILE, MAPPED}


class Bindings(NamedTuple):
    """All Inputs and outputs with their columns; `trouble` says why there is no data set.

    `left_out` are the rows that aren't used, since a column that is bound lacks something there.
    """

    data: DataSet | None
    trouble: str
    inputs: tuple[Bound, ...]
    outputs: tuple[Bound, ...]
    left_out: tuple[Mismatch, ...] = ()

    @property
    def streams(self) -> bool:
        """Say whether images or rows are read from files while the model is trained."""
        return any(one.is_streamed for one in (*self.inputs, *self.outputs))


def fitting(have: tuple[int, ...], wants: Shape) -> tuple[int, ...] | None:
    """Return the shape that a sample of shape `have` is given to fit `wants`; None if none does."""
    for shape in (have, (*have, 1)):
        if len(shape) == len(wants) and all(
            want in {None, size} for want, size in zip(wants, shape, strict=True)
        ):
            return shape
    known = tuple(size for size in wants if size is not None)
    return known if len(known) == len(wants) and prod(known) == prod(have) else None


def natural_shape(column: Column) -> tuple[int, ...]:
    """Return the shape of an Input that takes a column as it is, images with their channels."""
    if column.kind == IMAGE and len(column.shape) == 2:
        return (*column.shape, 1)
    return column.shape or (1,)


def is_small(column: Column) -> bool:
    """Say whether images are of a size to train on; larger ones are better read smaller."""
    return 1 < max(column.shape[:2]) <= _LARGEST


def unforced_shape(one: Bound) -> tuple[int, ...]:
    """Return the shape by which an Input would take its images or numbers as they are.

    () if it does so already, if a chip says another size, or if it takes something else in kind.
    """
    column, spec = one.column, one.spec
    if column is None or spec is None or column.kind == TEXT:
        return ()
    if column.kind == IMAGE and not is_small(column):
        return ()
    shape = natural_shape(column)
    chosen = any(chip.name in _SHAPING for chip in one.binding.transforms)
    if chosen or len(spec.shape) != len(shape) + 1 or spec.shape[1:] == shape:
        return ()
    forced = one.steps is None or any(step.kind == "read" for step in one.steps)
    return shape if forced and None not in spec.shape[1:] else ()


def width(column: Column) -> int:
    """Return how many units an output for a column has by habit."""
    if column.kind == LABEL:
        return 1 if column.classes == 2 else column.classes or 1
    return prod(column.shape)


def data_steps(
    column: Column, binding: Binding, spec: TensorSpec | None
) -> tuple[Step, ...] | None:
    """Return the steps for numbers, pixels and texts; None if none make the column fit."""
    wants = spec.shape[1:] if spec is not None else None
    found: list[Step] = []
    sample = start(column)
    chips = list(binding.transforms)
    if column.stored == FILE:
        size = _read_size(column, chips, wants)
        found.append(Step("read", f"read as {show_shape((None, *size))}", size))
        sample = sample._replace(shape=size)
    elif column.kind == TEXT:
        length = _length(column, chips, wants)
        found.append(Step("pad", f"pad to {length:,} words", (length,)))
        sample = sample._replace(shape=(length,))
    for chip in chips:
        try:
            after = transforms.apply(chip, sample)
        except transforms.Unfit:
            return None
        shape = after.shape if after.shape != sample.shape else ()
        found.append(Step(chip.name, transforms.text(chip), shape, 0, chip))
        sample = after
    _fit_size(found, sample, wants)
    if sample.pixels and binding.scale:
        found.append(Step("scale", "scale to 0–1"))
    elif sample.dtype != "float32" and (spec is None or "int" not in spec.dtype):
        found.append(Step("cast", "as float32"))
    have = next((step.shape for step in reversed(found) if step.shape), sample.shape)
    given = fitting(have, wants) if wants is not None else have
    if given is None:
        return None
    if given != have:
        found.append(Step("reshape", _reshape_text(have, given, column), given))
    return tuple(found)


def start(column: Column) -> transforms.Sample:
    """Return a sample of a column as it is before all transforms."""
    dtype = "float32" if column.stored == FILE else column.dtype
    pixels = column.kind == IMAGE and column.dtype == "uint8"
    return transforms.Sample(column.shape, dtype, pixels, column.kind, column.stored)


def unfit(column: Column, binding: Binding) -> str | None:
    """Return which transform of a column can't be applied and why, as a sentence; None if all."""
    sample = start(column)
    for chip in binding.transforms:
        try:
            sample = transforms.apply(chip, sample)
        except transforms.Unfit as reason:
            return f"“{transforms.text(chip)}” doesn't fit “{column.name}”: {reason}"
    return None


_SHAPING = {"resize", "grey", "crop", "half", "window"}


def _read_size(column: Column, chips: list[Named], wants: Shape | None) -> tuple[int, ...]:
    """Return (height, width, channels) at which files are read; takes the chip that says so."""
    if chips and chips[0].name == "resize":
        sized = transforms.apply(chips[0], start(column)).shape
        del chips[0]
        if any(chip.name in _SHAPING for chip in chips) or wants is None or len(wants) != 3:
            return sized
        return (*sized[:2], _channels(column, wants))
    if any(chip.name in _SHAPING for chip in chips) or wants is None or len(wants) != 3:
        return column.shape
    height, width = (want or have for want, have in zip(wants[:2], column.shape[:2], strict=True))
    return (height, width, _channels(column, wants))


def _channels(column: Column, wants: Shape) -> int:
    return wants[2] if wants[2] in {1, 3} else column.shape[2]


def _length(column: Column, chips: list[Named], wants: Shape | None) -> int:
    whole = any(chip.name in _SHAPING for chip in chips) or wants is None or len(wants) != 1
    return column.shape[0] if whole or not wants or wants[0] is None else wants[0]


def _fit_size(found: list[Step], sample: transforms.Sample, wants: Shape | None) -> None:
    """Add what sizes images from files to an Input, where transforms have left another size."""
    if sample.stored != FILE or wants is None or len(wants) != 3 or len(sample.shape) != 3:
        return
    height, width, channels = sample.shape
    size = (wants[0] or height, wants[1] or width)
    if size != (height, width):
        chip = Named("resize", {"size": size})
        found.append(Step("resize", transforms.text(chip), (*size, channels), 0, chip))


def _reshape_text(have: tuple[int, ...], shape: tuple[int, ...], column: Column) -> str:
    if shape == (*have, 1):
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
    scaled = scaled and not any(one.name == "standardise" for one in binding.transforms)
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
