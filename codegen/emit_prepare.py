"""The function `prepare`: from the arrays of one part of the data to what the model takes."""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING

from codegen import spelling
from codegen.emit_streamed import (
    emit_reader,
    emit_streamed,
    is_standardised,
    read_from_files,
)
from codegen.emit_transforms import MEASURES, transformed
from codegen.source import WIDTH, Group, flat, statement
from graph.datavalues import TEXT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from codegen.source import Expression, Writer
    from graph.columns import Bindings, Bound, Step
    from graph.datavalues import Column

_OF_PAIRS = {"second", "same", "sum"}
_COLOUR_ONLY = {".bmp", ".gif"}  # TensorFlow decodes them as they are


class Prepare:
    """Writes `prepare`, a statement for each Input and each output, and what it needs.

    Args:
        writer: takes the lines.
        bound: the Inputs and outputs with their columns.
        arrays: the variable of each array, by `Column.base`.
        names: the variable of each node.
    """

    def __init__(
        self,
        writer: Writer,
        bound: Bindings,
        arrays: Mapping[str, str],
        names: Mapping[str, str],
    ) -> None:
        self._writer = writer
        self._bound = bound
        self._arrays = arrays
        self._names = names
        self._own: dict[Bound, str] = {}  # the variable of each Input and output
        for one in (*bound.inputs, *bound.outputs):
            taken = [*self._own.values()]
            self._own[one] = (
                spelling.identifier(names[one.port.node], taken)
                if one in bound.outputs
                else names[one.port.node]
            )

    @property
    def bases(self) -> tuple[str, ...]:
        """Return the arrays that the function takes, by `Column.base`, in order."""
        return tuple(self._arrays)

    def emit_statistics(self, train: Mapping[str, str]) -> tuple[str, ...]:
        """Write what is measured in the training part, and return its variables.

        `train` are the expressions for the training part of each array, by its base.
        """
        found: list[str] = []
        for one, name in self._standardised():
            assert one.column is not None  # noqa: S101 - it has steps
            found += [f"{name}_mean", f"{name}_std"]
            if one.is_streamed:
                self._emit_measured(one, name, train[one.column.base])
                continue
            value = _taken(one.column, train[one.column.base])
            if one.column.dtype == "float16":  # in which squares soon are infinite
                value += '.astype("float32")'
            self._writer.add(f"{name} = {value}", indent=4)
            shape = one.column.shape
            for step in one.steps or ():
                if step.kind == "standardise":
                    break
                self._add_step(name, name, step, shape)
                shape = step.shape or shape
            axis = "axis=0" if len(shape) < 2 else ""
            self._writer.add(f"{name}_mean = {name}.mean({axis})", indent=4)
            self._writer.add(f"{name}_std = np.maximum({name}.std({axis}), 1e-7)", indent=4)
        return tuple(found)

    def _emit_measured(self, one: Bound, name: str, files: str) -> None:
        """Write what measures samples in files, which are read for it: those alike only once."""
        read = read_from_files(one, files, name, standardised=False)
        axis = () if len(_measured_shape(one)) > 1 else ("axis=0",)
        made: Expression = Group("mean_and_std", (read, *axis))
        alike = (
            known for other, known in self._standardised() if _measured(other) == _measured(one)
        )
        if (known := next(alike)) != name:
            made = f"{known}_mean, {known}_std"
        self._writer.add(statement(f"{name}_mean, {name}_std = ", made), indent=4)

    def _standardised(self) -> list[tuple[Bound, str]]:
        return [
            (one, name)
            for one, name in self._own.items()
            if is_standardised(one) and not self._twin(one)
        ]

    def _add_step(
        self, name: str, value: str, step: Step, before: tuple[int, ...], *nodes: str
    ) -> None:
        line = statement(f"{name} = ", *transformed(name, value, step, before))
        self._writer.add(line, *nodes, indent=4)

    def emit(self) -> None:
        """Write the function."""
        add = self._writer.add
        given = list(self._arrays.values())
        for _, name in self._standardised():
            given += [f"{name}_mean", f"{name}_std"]
        add(statement("def ", Group("prepare", tuple(given)), indent=0) + ":")
        add('"""Return one part of the data as the model takes it: (inputs, targets)."""', indent=4)
        columns = [one.column for one in (*self._bound.inputs, *self._bound.outputs)]
        for base in dict.fromkeys(c.base for c in columns if c is not None and c.lone_axis):
            add(f"{self._arrays[base]} = {self._arrays[base]}.reshape(-1)", indent=4)
        if any(column is not None and column.take in _OF_PAIRS for column in columns):
            first = next(iter(self._arrays.values()))
            add("# each sample makes a pair with another one", indent=4)
            add(f"second = np.random.default_rng(SEED).permutation(len({first}))", indent=4)
        inputs = [self._tensor(one, self._own[one]) for one in self._bound.inputs]
        targets = [self._tensor(one, self._own[one]) for one in self._bound.outputs]
        parts = (_one_or_all(inputs), _one_or_all(targets))
        line = ", ".join(map(flat, parts))
        if len(line) + len("    return ") <= WIDTH:
            add(f"return {line}", indent=4)
        else:
            add(statement("return ", Group("", parts)), indent=4)
        self._emit_needed()

    def _emit_needed(self) -> None:
        """Write the functions that `prepare` calls."""
        bounds = (*self._bound.inputs, *self._bound.outputs)
        if any(one.column is not None and one.column.take == "measures" for one in bounds):
            self._writer.add("\n\n" + MEASURES)
        for one, name in self._own.items():
            if one.is_streamed and one.steps is not None and self._twin(one) is None:
                self._writer.add("\n")
                endings = one.column.endings if one.column is not None else ()
                emit_reader(self._writer, one, name, mixed=bool(_COLOUR_ONLY & {*endings}))
        if self._bound.streams:
            self._writer.add("\n")
            emit_streamed(self._writer, bounds)

    def _tensor(self, one: Bound, name: str) -> str:
        """Write what makes one tensor, and return its variable."""
        node = one.port.node
        if one.column is None:
            self._writer.add(f"# no column of the data is chosen for {name} yet", node, indent=4)
            self._writer.add(f"{name} = None", node, indent=4)
            return name
        if one.steps is None:
            self._writer.add(f"# the data don't have the shape of {name}", node, indent=4)
        twin = self._twin(one)
        if twin is not None:
            self._writer.add(f"{name} = {self._own[twin]}", node, indent=4)
        elif one.is_streamed:
            files = self._arrays[one.column.base]
            made = read_from_files(one, files, name, standardised=is_standardised(one))
            self._writer.add(statement(f"{name} = ", made), node, indent=4)
        else:
            self._add_value(one, name)
        return name

    def _add_value(self, one: Bound, name: str) -> None:
        """Write the statement for an array, or one for each step where there are transforms."""
        column, node = one.column, one.port.node
        assert column is not None  # noqa: S101 - the caller has looked
        value = _taken(column, self._arrays[column.base])
        steps = list(one.steps or ())
        shape = column.shape
        if column.kind == TEXT and steps:
            shape = steps.pop(0).shape
            value = f"keras.utils.pad_sequences({value}, maxlen={shape[0]})"
        if any(step.named is not None for step in steps) and not value.isidentifier():
            self._writer.add(f"{name} = {value}", node, indent=4)
            value = name
        while steps and steps[0].named is not None:
            self._add_step(name, value, steps[0], shape, node)
            shape = steps.pop(0).shape or shape
            value = name
        if steps or value != name:
            self._writer.add(f"{name} = {_stepped(value, steps)}", node, indent=4)

    def _twin(self, one: Bound) -> Bound | None:
        """Return the Input that an output gives back, where it does."""
        if one in self._bound.inputs:
            return None
        return next(
            (
                given
                for given in self._bound.inputs
                if given.column == one.column and given.steps == one.steps
            ),
            None,
        )


def _stepped(value: str, steps: Sequence[Step]) -> str:
    """Return a value after the steps that every column may have: its form, scale and shape."""
    for step in sorted(steps, key=lambda step: _ORDER.index(step.kind)):
        if step.kind == "reshape":
            value += f".reshape({', '.join(map(str, (-1, *step.shape)))})"
        elif step.kind == "one-hot":
            value = f"keras.utils.to_categorical({value}, {step.classes})"
        else:
            value += _CASTS[step.kind]
    return value


_ORDER = ("reshape", "integer", "number", "one-hot", "cast", "scale")
_CASTS = {
    "scale": '.astype("float32") / 255',
    "cast": '.astype("float32")',
    "number": '.astype("float32")',
    "integer": '.astype("int32")',
}


def _measured(one: Bound) -> tuple[Column | None, tuple[Step, ...]]:
    """Return what is measured for an Input or output: a column after the steps until then."""
    before = takewhile(lambda step: step.kind != "standardise", one.steps or ())
    return one.column, tuple(before)


def _measured_shape(one: Bound) -> tuple[int, ...]:
    """Return the shape of a sample when it is measured."""
    column, steps = _measured(one)
    shape = column.shape if column is not None else ()
    return next((step.shape for step in reversed(steps) if step.shape), shape)


def _taken(column: Column, array: str) -> str:
    """Return the expression that takes a column from an array of the file."""
    half = column.shape[1] if len(column.shape) > 1 else 0
    forms = {
        "left": f"{array}[:, :, :{half}]",
        "right": f"{array}[:, :, -{half}:]",
        "second": f"{array}[second]",
        "same": f"({array} == {array}[second])",
        "measures": f"measures({array})",
        "sum": f'({array}.astype("int32") + {array}[second])',
    }
    return forms.get(column.take, array)


def _one_or_all(names: list[str]) -> Expression:
    return names[0] if len(names) == 1 else Group("", tuple(names))
