"""The section `load_data` with its `prepare`: from the arrays of a file to what the model takes."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from codegen import spelling
from codegen.source import WIDTH, Group, flat, statement

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from codegen.source import Expression, Writer
    from graph.binding import Bindings, Bound
    from graph.datasets import Column, DataSet
    from graph.project import Project

_OF_PAIRS = {"second", "same", "sum"}
_TEST = ("test", "test", "")
_NOT_THERE = 'raise FileNotFoundError(f"Put the file {path.name} into the folder {folder}.")'
# each part of the data by the kind of validation: the array's suffix, and which of its rows
_PARTS = {
    "split": (("train", "train", "[:kept]"), ("validation", "train", "[kept:]"), _TEST),
    "test": (("train", "train", ""), ("validation", "test", ""), _TEST),
    "none": (("train", "train", ""), _TEST),
}
_NO_DOWNLOAD = """\
raise FileNotFoundError(
    f"{path.name} can't be downloaded. Put it into the folder {folder} "
    "(or set $LAYERLOOM_DATA to its folder), or run this with a network: "
    "python -c 'import keras; keras.datasets.NAME.load_data()'"
) from error"""


class _Array(NamedTuple):
    """One array of the file: its name there without `_train`, and its variable."""

    base: str
    name: str


def emit_data(writer: Writer, project: Project, bound: Bindings) -> None:
    """Write the functions that load and prepare the data."""
    if bound.data is None or not (bound.inputs or bound.outputs):
        _emit_nothing(writer)
        return
    names, _ = spelling.variables(project.graph)
    columns = [one.column for one in (*bound.inputs, *bound.outputs) if one.column is not None]
    bases = dict.fromkeys(column.base for column in columns)
    taken = set(names.values())
    arrays = []
    for base in bases or {bound.data.columns[0].base: None}:
        arrays.append(_Array(base, spelling.identifier(base, taken)))
        taken.add(arrays[-1].name)
    _emit_load(writer, project, bound.data, arrays)
    writer.add("\n")
    _Prepare(writer, bound, arrays, names).emit()


def _emit_nothing(writer: Writer) -> None:
    writer.add('def load_data(folder="data"):')
    writer.add('"""Return the data: none is chosen yet."""', indent=4)
    writer.add(
        'raise FileNotFoundError("No data set is chosen yet: choose one for the project.")',
        indent=4,
    )


def _emit_load(writer: Writer, project: Project, data: DataSet, arrays: Sequence[_Array]) -> None:
    """Write `load_data`."""
    training = project.training
    writer.add('def load_data(folder="data"):')
    writer.add('"""Return the parts of the data, each as (inputs, targets)."""', indent=4)
    writer.add(statement("path = Path(folder) / ", spelling.text(f"{data.name}.npz")), indent=4)
    if data.keras:
        _emit_file_or_keras(writer, data, arrays)
    else:
        writer.add("if not path.exists():", indent=4)
        writer.add(_NOT_THERE, indent=8)
        _emit_file(writer, arrays, indent=4)
    if training.limit is not None:
        for array in arrays:
            writer.add(f"{array.name}_train = {array.name}_train[:LIMIT]", indent=4)
    if training.validation == "split":
        first = f"{arrays[0].name}_train"
        writer.add(f"kept = int(len({first}) * (1 - VALIDATION_SPLIT))", indent=4)
    writer.add("return {", indent=4)
    for part, array_of, rows in _PARTS[training.validation]:
        values = tuple(f"{array.name}_{array_of}{rows}" for array in arrays)
        call = statement(f'"{part}": ', Group("prepare", values), indent=8)
        writer.add(f"{call},", indent=8)
    writer.add("}", indent=4)


def _emit_file(writer: Writer, arrays: Sequence[_Array], indent: int) -> None:
    writer.add("with np.load(path) as file:", indent=indent)
    for part in ("train", "test"):
        for array in arrays:
            key = spelling.text(f"{array.base}_{part}")
            writer.add(f"{array.name}_{part} = file[{key}]", indent=indent + 4)


def _emit_file_or_keras(writer: Writer, data: DataSet, arrays: Sequence[_Array]) -> None:
    """Write the choice between a file in the folder and a download by Keras."""
    names = {array.base: array.name for array in arrays}
    pairs = [
        tuple(f"{names[base]}_{part}" if base in names else "_" for base in "xy")
        for part in ("train", "test")
    ]
    both = ", ".join(f"({x}, {y})" for x, y in pairs)
    writer.add("if path.exists():", indent=4)
    _emit_file(writer, arrays, indent=8)
    writer.add("else:", indent=4)
    writer.add("try:", indent=8)
    writer.add(f"{both} = keras.datasets.{data.name}.load_data()", indent=12)
    writer.add("except Exception as error:", indent=8)
    writer.add(_NO_DOWNLOAD.replace("NAME", data.name), indent=12)


class _Prepare:
    """Writes `prepare`: one statement for each Input and each output."""

    def __init__(
        self,
        writer: Writer,
        bound: Bindings,
        arrays: Sequence[_Array],
        names: Mapping[str, str],
    ) -> None:
        self._writer = writer
        self._bound = bound
        self._arrays = {array.base: array.name for array in arrays}
        self._names = names

    def emit(self) -> None:
        """Write the function."""
        add = self._writer.add
        add(statement("def ", Group("prepare", tuple(self._arrays.values())), indent=0) + ":")
        add('"""Return one part of the data as the model takes it: (inputs, targets)."""', indent=4)
        columns = [one.column for one in (*self._bound.inputs, *self._bound.outputs)]
        for base in dict.fromkeys(c.base for c in columns if c is not None and c.lone_axis):
            add(f"{self._arrays[base]} = {self._arrays[base]}.reshape(-1)", indent=4)
        if any(column is not None and column.take in _OF_PAIRS for column in columns):
            first = next(iter(self._arrays.values()))
            add("# each sample makes a pair with another one", indent=4)
            add(f"second = np.random.default_rng(SEED).permutation(len({first}))", indent=4)
        inputs = [self._tensor(one, self._names[one.port.node]) for one in self._bound.inputs]
        targets: list[str] = []
        for one in self._bound.outputs:
            name = spelling.identifier(self._names[one.port.node], (*inputs, *targets))
            targets.append(self._tensor(one, name))
        parts = (_one_or_all(inputs), _one_or_all(targets))
        line = ", ".join(map(flat, parts))
        if len(line) + len("    return ") <= WIDTH:
            add(f"return {line}", indent=4)
        else:
            add(statement("return ", Group("", parts)), indent=4)

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
        value = self._names[twin.port.node] if twin is not None else self._value(one)
        self._writer.add(f"{name} = {value}", node, indent=4)
        return name

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

    def _value(self, one: Bound) -> str:
        column = one.column
        assert column is not None  # noqa: S101 - the caller has looked
        value = _taken(column, self._arrays[column.base])
        for step in sorted(one.steps or (), key=lambda step: _ORDER.index(step.kind)):
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


def _taken(column: Column, array: str) -> str:
    """Return the expression that takes a column from an array of the file."""
    half = column.shape[1] if len(column.shape) > 1 else 0
    forms = {
        "left": f"{array}[:, :, :{half}]",
        "right": f"{array}[:, :, -{half}:]",
        "second": f"{array}[second]",
        "same": f"({array} == {array}[second])",
        "sum": f'({array}.astype("int32") + {array}[second])',
    }
    return forms.get(column.take, array)


def _one_or_all(names: list[str]) -> Expression:
    return names[0] if len(names) == 1 else Group("", tuple(names))
