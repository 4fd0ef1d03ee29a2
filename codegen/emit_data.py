"""The section `load_data` with its `prepare`: from the arrays of a file to what the model takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen import spelling
from codegen.emit_prepare import Prepare
from codegen.emit_rows import Rows
from codegen.source import WIDTH, Group, fitted, statement
from graph.datasets import find_data
from graph.datavalues import LABEL, MAPPED, TEXT
from graph.known import WORDS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from codegen.source import Expression, Writer
    from graph.binding import Bindings
    from graph.datavalues import DataSet
    from graph.project import Project

_TEST = ("test", "test", "")
_NOT_THERE = 'raise FileNotFoundError(f"Put the file {path.name} into the folder {folder}.")'
# each part of the data by the kind of validation: the array's suffix, and which of its rows
_PARTS = {
    "split": (("train", "train", "[:kept]"), ("validation", "train", "[kept:]"), _TEST),
    "test": (("train", "train", ""), ("validation", "test", ""), _TEST),
    "none": (("train", "train", ""), _TEST),
}
_STRATIFIED = (("train", "train", "[train]"), ("validation", "train", "[validation]"), _TEST)
_NO_DOWNLOAD = """\
raise FileNotFoundError(
    f"{path.name} can't be downloaded. Put it into the folder {folder}, "
    "or run this with a network: "
    "python -c 'import keras; keras.datasets.NAME.load_data()'"
) from error"""


_SPLIT = '''\
def split(rows, share, labels):
    """Return rows in two parts, chosen by the seed; the second has this share of each label."""
    rows = np.random.default_rng(SEED).permutation(rows)
    rows = rows[np.argsort(labels[rows], kind="stable")]
    held_out = np.diff(np.floor(np.arange(len(rows) + 1) * share)) > 0
    return rows[~held_out], rows[held_out]'''


def emit_data_constants(writer: Writer, project: Project, bound: Bindings) -> None:
    """Write what of the data a reader may want to change, and the names of the classes."""
    if bound.data is None or not (bound.inputs or bound.outputs):
        return
    if not bound.data.own_test:
        writer.add(f"TEST_SPLIT = {spelling.literal(project.data.test_split)}")
    if bound.data.form == "rows":
        arrays, _ = _variables(project, bound)
        Rows(writer, bound.data, arrays, find_data(project)).constants()


def emit_data(writer: Writer, project: Project, bound: Bindings) -> None:
    """Write the functions that load and prepare the data."""
    if bound.data is None or not (bound.inputs or bound.outputs):
        _emit_nothing(writer)
        return
    arrays, weight = _variables(project, bound)
    names, _ = spelling.variables(project.graph)
    columns = (one.column for one in (*bound.inputs, *bound.outputs))
    used = {column.base for column in columns if column is not None}
    given = {base: name for base, name in arrays.items() if base != weight or base in used}
    prepare = Prepare(writer, bound, given, names)
    _Load(writer, project, bound, arrays, weight, prepare).emit()
    writer.add("\n")
    prepare.emit()


def _variables(project: Project, bound: Bindings) -> tuple[dict[str, str], str]:
    """Return the variable of each array by its base, and the base of the samples' weights or ""."""
    data = bound.data
    assert data is not None  # noqa: S101 - the caller has looked
    columns = [one.column for one in (*bound.inputs, *bound.outputs) if one.column is not None]
    bases = dict.fromkeys(column.base for column in columns)
    weight = data.column(project.training.sample_weight)
    if weight is not None:
        bases[weight.base] = None
    names, _ = spelling.variables(project.graph)
    taken = {*names.values(), *_TAKEN} if data.form == "rows" else set(names.values())
    arrays: dict[str, str] = {}
    for base in bases or {data.columns[0].base: None}:
        arrays[base] = spelling.identifier(base, taken)
        taken.add(arrays[base])
    return arrays, weight.base if weight is not None else ""


# the other variables of `load_data` where rows are chosen
_TAKEN = {"rows", "folder", "train", "test", "validation", "order", "tested", "kept", "shared"}


def modules(bound: Bindings) -> set[str]:
    """Return the modules of the standard library that the section needs."""
    origins = bound.data.origins if bound.data is not None else ()
    used = bound.inputs or bound.outputs
    return {"csv"} if used and any(one.form == "table" for one in origins) else set()


def _emit_nothing(writer: Writer) -> None:
    writer.add('def load_data(folder="data"):')
    writer.add('"""Return the data: none is chosen yet."""', indent=4)
    writer.add(
        'raise FileNotFoundError("No data set is chosen yet: choose one for the project.")',
        indent=4,
    )


class _Load:
    """Writes `load_data` and the functions that it calls."""

    def __init__(  # noqa: PLR0913, PLR0917 - what a section is made of
        self,
        writer: Writer,
        project: Project,
        bound: Bindings,
        arrays: Mapping[str, str],
        weight: str,
        prepare: Prepare,
    ) -> None:
        assert bound.data is not None  # noqa: S101 - the caller has looked
        self._writer = writer
        self._project = project
        self._data: DataSet = bound.data
        self._arrays = arrays
        self._prepare = prepare
        self._weight = weight
        self._labels = self._labels_of(bound)
        self._rows: Rows | None = None
        if self._data.form == "rows":
            self._rows = Rows(writer, self._data, arrays, find_data(project))

    def _labels_of(self, bound: Bindings) -> str:
        """Return the variable of the labels by which parts are stratified, or ""."""
        if not self._project.training.stratified:
            return ""
        columns = (one.column for one in bound.outputs)
        found = (one for one in columns if one is not None and one.kind == LABEL and not one.take)
        return next((self._arrays[column.base] for column in found), "")

    def emit(self) -> None:
        """Write the function, and those that it calls below it."""
        add = self._writer.add
        add('def load_data(folder="data"):')
        add('"""Return the parts of the data, each as (inputs, targets)."""', indent=4)
        self._emit_arrays()
        if self._data.own_test and self._rows is None:
            self._emit_parts()
        else:
            self._emit_chosen()
        if self._rows is not None:
            add("\n")
            self._rows.functions()
        if self._labels and (not self._data.own_test or self._splits()):
            add("\n")
            add(_SPLIT)

    def _splits(self) -> bool:
        return self._project.training.validation == "split"

    def _emit_arrays(self) -> None:
        data, arrays, add = self._data, self._arrays, self._writer.add
        if self._rows is not None:
            self._rows.load()
            return
        ending = "" if data.form == "arrays" else ".npz"
        add(statement("path = Path(folder) / ", spelling.text(f"{data.name}{ending}")), indent=4)
        if data.form == "arrays":
            self._emit_folder()
        elif data.keras:
            _emit_file_or_keras(self._writer, data, arrays)
        else:
            add("if not path.exists():", indent=4)
            add(_NOT_THERE, indent=8)
            _emit_file(self._writer, arrays, self._suffixes, indent=4)

    @property
    def _suffixes(self) -> tuple[str, ...]:
        """What the names of the arrays end in."""
        return ("_train", "_test") if self._data.own_test else ("",)

    def _emit_folder(self) -> None:
        """Write what loads a folder of arrays, or opens those that are large."""
        add = self._writer.add
        mapped = {one.base for one in self._data.columns if one.stored == MAPPED}
        add("if not path.is_dir():", indent=4)
        add(_NOT_THERE.replace("the file", "the folder"), indent=8)
        for suffix in self._suffixes:
            for base, name in self._arrays.items():
                file = spelling.text(f"{base}{suffix}.npy")
                read = "Rows" if base in mapped else "np.load"
                add(f"{name}{suffix} = {read}(path / {file})", indent=4)

    def _emit_parts(self) -> None:
        """Write what becomes of arrays that have a test part of their own."""
        add, training = self._writer.add, self._project.training
        if training.limit is not None:
            for name in self._arrays.values():
                add(f"{name}_train = {name}_train[:LIMIT]", indent=4)
        parts = _PARTS[training.validation]
        if self._splits() and self._labels:
            first = f"np.arange(len({self._labels}_train))"
            given = (first, "VALIDATION_SPLIT", f"{self._labels}_train.reshape(-1)")
            add(statement("train, validation = ", Group("split", given)), indent=4)
            parts = _STRATIFIED
        elif self._splits():
            first = f"{next(iter(self._arrays.values()))}_train"
            add(f"kept = int(len({first}) * (1 - VALIDATION_SPLIT))", indent=4)
        self._emit_return(
            {
                part: {base: f"{name}_{array_of}{rows}" for base, name in self._arrays.items()}
                for part, array_of, rows in parts
            }
        )

    def _emit_chosen(self) -> None:
        """Write which rows are for training, validation and testing, and what becomes of them."""
        add, training = self._writer.add, self._project.training
        lengths = tuple(f"len({name})" for name in self._arrays.values())
        count: Expression = lengths[0] if len(lengths) == 1 else Group("min", lengths)
        count = "len(rows)" if self._rows is not None else count
        permuted = Group("np.random.default_rng(SEED).permutation", (count,))
        add(statement("order = ", permuted), indent=4)
        if self._data.own_test:
            add("train, test = order[~tested[order]], order[tested[order]]", indent=4)
        else:
            self._emit_split("order", "test", "TEST_SPLIT")
        if training.limit is not None:
            add("train = train[:LIMIT]", indent=4)
        if self._splits():
            self._emit_split("train", "validation", "VALIDATION_SPLIT")
        rows = {"train": "train", "validation": "validation", "test": "test"}
        if training.validation == "test":
            rows["validation"] = "test"
        elif training.validation == "none":
            del rows["validation"]
        self._emit_return(
            {
                part: {base: f"{name}[{which}]" for base, name in self._arrays.items()}
                for part, which in rows.items()
            }
        )

    def _emit_split(self, rows: str, part: str, share: str) -> None:
        add = self._writer.add
        if self._labels:
            add(f"train, {part} = split({rows}, {share}, {self._labels})", indent=4)
        else:
            add(f"kept = int(len({rows}) * (1 - {share}))", indent=4)
            add(f"train, {part} = {rows}[:kept], {rows}[kept:]", indent=4)

    def _emit_return(self, parts: Mapping[str, Mapping[str, str]]) -> None:
        """Write what is returned: for each part, the expression of each array by its base."""
        add = self._writer.add
        statistics = self._prepare.emit_statistics(parts["train"])
        add("return {", indent=4)
        for part, values in parts.items():
            given = tuple(values[base] for base in self._prepare.bases)
            call = Group("prepare", (*given, *statistics))
            line = fitted(f'"{part}": ', (call,), ",", indent=8)
            add(line.replace("\n" + " " * 8, "\n"), indent=8)
        if self._weight:
            add(f'"weights": {parts["train"][self._weight]}.astype("float32"),', indent=8)
        add("}", indent=4)


def _emit_file(
    writer: Writer, arrays: Mapping[str, str], suffixes: tuple[str, ...], indent: int
) -> None:
    writer.add("with np.load(path) as file:", indent=indent)
    for suffix in suffixes:
        for base, name in arrays.items():
            writer.add(f"{name}{suffix} = file[{spelling.text(base + suffix)}]", indent=indent + 4)


def _emit_file_or_keras(writer: Writer, data: DataSet, arrays: Mapping[str, str]) -> None:
    """Write the choice between a file in the folder and a download by Keras."""
    pairs = [
        tuple(f"{arrays[base]}_{part}" if base in arrays else "_" for base in "xy")
        for part in ("train", "test")
    ]
    both = ", ".join(f"({x}, {y})" for x, y in pairs)
    words = (f"num_words={WORDS}",) if data.columns[0].kind == TEXT else ()
    writer.add("if path.exists():", indent=4)
    _emit_file(writer, arrays, ("_train", "_test"), indent=8)
    writer.add("else:", indent=4)
    writer.add("try:", indent=8)
    call = Group(f"keras.datasets.{data.name}.load_data", words)
    line = statement(f"{both} = ", call, indent=12)
    if not words and len(line) + 12 > WIDTH:
        line = f"{both} = (\n    {call.flat()}\n)"
    writer.add(line, indent=12)
    writer.add("except Exception as error:", indent=8)
    writer.add(_NO_DOWNLOAD.replace("NAME", data.name), indent=12)
