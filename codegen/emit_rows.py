"""The section `load_data` of data that come as rows: folders of images, tables, both joined.

What is left out is left out by rules that stand in the program: `usable` says which rows have all
that the model takes. Images that look well and can't be decoded are named in `LEFT_OUT`.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from codegen import spelling
from codegen.source import WIDTH, Group, statement
from graph.datavalues import FILE, LABEL, NUMBER
from graph.rows import images_folder
from graph.verdicts import NO_IMAGE, load

if TYPE_CHECKING:
    from collections.abc import Mapping

    from codegen.source import Expression, Writer
    from graph.datavalues import Column, DataSet, Origin

_READ_FOLDER = '''\
def read_folder(path):
    """Return a row for each file of a folder that has a folder for each class."""
    if not path.is_dir():
        raise FileNotFoundError(f"Put the folder {path.name} into {path.parent}.")
    return [
        {"image": file.relative_to(path).as_posix(), "label": file.parent.name}
        for file in sorted(path.glob("*/*"))
    ]'''

_READ_PARTS = '''\
def read_parts(path):
    """Return a row for each file of folders such as train and test, which have classes below."""
    if not path.is_dir():
        raise FileNotFoundError(f"Put the folder {path.name} into {path.parent}.")
    return [
        {
            "image": file.relative_to(path).as_posix(),
            "label": file.parent.name,
            "part": file.parent.parent.name,
        }
        for file in sorted(path.glob("*/*/*"))
    ]'''

_READ_TABLE = '''\
def read_table(pathDELIMITER):
    """Return the rows of a table that are as long as its heading, each a dict of texts."""
    if not path.exists():
        raise FileNotFoundError(f"Put the file {path.name} into {path.parent}.")
    with path.open(encoding="utf-8-sig", newline="") as file:
        heading, *rows = csv.reader(fileGIVEN)
    names = [name.strip() for name in heading]
    return [
        dict(zip(names, map(str.strip, row))) for row in rows if len(row) == len(names)
    ]'''

_PLAIN_ROWS = """\
        dict(zip(names, map(str.strip, row))) for row in rows if len(row) == len(names)
"""
_NUMBERED_ROWS = """\
        {"": str(number)} | dict(zip(names, map(str.strip, row)))
        for number, row in enumerate(rows)
        if len(row) == len(names)
"""

_READ_PARQUET = '''\
def read_parquet(path):
    """Return the rows of a table, each a dict of texts."""
    import pyarrow.parquet

    if not path.exists():
        raise FileNotFoundError(f"Put the file {path.name} into {path.parent}.")
    return [
        {name: "" if cell is None else str(cell).strip() for name, cell in row.items()}
        for row in pyarrow.parquet.read_table(path).to_pylist()
    ]'''

_BY_KEY = '''\
def by_key(rows, key):
    """Return the rows by their keys: of several with the same key, the first one."""
    found = {}
    for row in rows:
        if key(row):
            found.setdefault(key(row), row)
    return found'''

_IS_IMAGE = '''\
def is_image(path):
    """Say whether a file is there and begins as a PNG, JPEG, GIF or BMP image does."""
    endings = (".png", ".jpg", ".jpeg", ".bmp", ".gif")
    if not (path.is_file() and path.name.lower().endswith(endings)):
        return False
    with path.open("rb") as file:
        return file.read(4).startswith((b"\\x89PNG", b"\\xff\\xd8", b"GIF8", b"BM"))'''

_IS_NUMBER = '''\
def is_number(text):
    """Say whether a text is a finite number."""
    try:
        return bool(np.isfinite(float(text)))
    except ValueError:
        return False'''


class Rows:
    """Writes what reads the rows of a data set into one array for each column.

    Args:
        writer: takes the lines.
        data: the data set; its `form` is "rows".
        arrays: the variable of each column that is used, by `Column.base`.
        folder: the folder from which the program reads, as `find_data` has it.
    """

    def __init__(
        self,
        writer: Writer,
        data: DataSet,
        arrays: Mapping[str, str],
        folder: Path,
    ) -> None:
        self._writer = writer
        self._data = data
        self._folder = folder
        found = {base: data.column(base) for base in arrays}
        columns = {base: one for base, one in found.items() if one is not None}
        self._columns: dict[str, Column] = {arrays[base]: columns[base] for base in columns}
        labels = [one for one in columns.values() if one.kind == LABEL]
        self._members = {
            one.name: f"{arrays[one.base]}_columns".upper()
            for one in columns.values()
            if one.members
        }
        self._classes = {
            one.name: "CLASSES" if len(labels) == 1 else f"{arrays[one.base]}_classes".upper()
            for one in labels
        }

    def constants(self) -> None:
        """Write the labels, and the images that can't be decoded."""
        for column in self._columns.values():
            if column.kind == LABEL:
                names = tuple(map(spelling.text, column.labels))
                line = f"{self._classes[column.name]} = "
                self._writer.add(statement(line, Group("", names, "[]"), indent=0))
            elif column.members:
                names = tuple(map(spelling.text, column.members))
                line = f"{self._members[column.name]} = "
                self._writer.add(statement(line, Group("", names), indent=0))
        bad = self._undecodable()
        if bad:
            names = tuple(map(spelling.text, bad))
            self._writer.add("# images that look well and can't be decoded")
            self._writer.add(statement("LEFT_OUT = ", Group("", names, "{}"), indent=0))

    def _has_files(self) -> bool:
        return any(column.stored == FILE for column in self._columns.values())

    def _undecodable(self) -> tuple[str, ...]:
        found: dict[str, None] = {}
        for column in self._columns.values():
            if column.stored == FILE:
                told = load(self._data.origins[column.origin].path)
                found |= dict.fromkeys(name for name, why in told.items() if NO_IMAGE not in why)
        return tuple(sorted(found))

    def load(self) -> None:
        """Write the lines of `load_data` that read the rows, and an array for each column."""
        add = self._writer.add
        add("folder = Path(folder)", indent=4)
        origins = self._data.origins
        if len(origins) == 1:
            add(statement("rows = ", self._read(origins[0])), indent=4)
        else:
            for number, origin in enumerate(origins, 1):
                add(statement(f"rows{number} = ", *self._keyed(origin)), indent=4)
                self._rename(number, origin)
            merged = " | ".join(f"rows{number}[key]" for number in range(len(origins), 0, -1))
            shared = " & ".join(f"rows{number}.keys()" for number in range(1, len(origins) + 1))
            add(f"shared = {shared}", indent=4)
            add(f"rows = [{merged} for key in rows1 if key in shared]", indent=4)
        add("rows = [row for row in rows if usable(row, folder)]", indent=4)
        for name, column in self._columns.items():
            self._array(name, column)
        told = self._with_parts()
        if told is not None:
            cell = f"row[{spelling.text(told.parts)}]"
            tests = ", ".join(map(spelling.text, told.tests))
            is_test = f"{cell} == {tests}" if len(told.tests) == 1 else f"{cell} in {{{tests}}}"
            add(f"tested = np.array([{is_test} for row in rows])", indent=4)

    def _with_parts(self) -> Origin | None:
        """Return the source that tells which rows are for testing."""
        return next((origin for origin in self._data.origins if origin.tests), None)

    def _rename(self, number: int, origin: Origin) -> None:
        """Write the second names of columns that an earlier source has too, if they are used."""
        used = {column.name for column in self._columns.values()}
        used |= {name for column in self._columns.values() for name in column.members}
        pairs = [(own, given) for own, given in origin.renamed if given in used]
        if pairs:
            self._writer.add(f"for row in rows{number}.values():", indent=4)
        for own, given in pairs:
            line = f"row[{spelling.text(given)}] = row[{spelling.text(own)}]"
            self._writer.add(line, indent=8)

    def _place(self, path: Path) -> str:
        """Return the expression for a path below the folder of the data."""
        below = path.relative_to(self._folder).as_posix() if path != self._folder else ""
        return f"folder / {spelling.text(below)}" if below and below != "." else "folder"

    def _read(self, origin: Origin) -> Group:
        place = self._place(Path(origin.path))
        if origin.form == "table" and self._delimiters() != {origin.delimiter}:
            return Group("read_table", (place, spelling.text(origin.delimiter)))
        names = {"folder": "read_folder", "table": "read_table", "parquet": "read_parquet"}
        name = "read_parts" if origin.form == "folder" and origin.parts else names[origin.form]
        return Group(name, (place,))

    def _delimiters(self) -> set[str]:
        return {one.delimiter for one in self._data.origins if one.form == "table"}

    def _keyed(self, origin: Origin) -> tuple[Expression, ...]:
        rows = self._read(origin)
        if not origin.key and origin.form == "parquet":
            return (f"{{str(number): row for number, row in enumerate({rows.flat()})}}",)
        cell = f"row[{spelling.text(origin.key)}]"
        key = f"Path({cell}).stem" if origin.stem else cell
        return (Group("by_key", (rows, f"lambda row: {key}")),)

    def _array(self, name: str, column: Column) -> None:
        cell = f"row[{spelling.text(column.name)}]"
        if column.members:
            value = f"[float(row[name]) for name in {self._members[column.name]}]"
        elif column.stored == FILE:
            value = f"str({self._image(column)})"
        elif column.kind == LABEL:
            value = f"{self._classes[column.name]}.index({cell})"
        else:
            value = f"float({cell})"
        parts: tuple[Expression, ...] = (_comprehension(value),)
        if column.stored != FILE and column.kind != LABEL:
            parts = (*parts, 'dtype="float32"')
        line = f"{name} = {Group('np.array', parts).flat()}"
        if len(parts) == 1 and len(line) + 4 > WIDTH:
            self._writer.add(f"{name} = np.array(\n    {parts[0]}\n)", indent=4)
        else:
            self._writer.add(statement(f"{name} = ", Group("np.array", parts)), indent=4)

    def _image(self, column: Column) -> str:
        place = self._place(images_folder(self._data.origins[column.origin]))
        return f"{place} / row[{spelling.text(column.name)}]"

    def functions(self) -> None:
        """Write the functions that read the rows and say which of them can be used."""
        origins = self._data.origins
        forms = {origin.form for origin in origins}
        texts = []
        if any(one.form == "folder" and not one.parts for one in origins):
            texts.append(_READ_FOLDER)
        if any(one.form == "folder" and one.parts for one in origins):
            texts.append(_READ_PARTS)
        if "table" in forms:
            texts.append(self._read_table())
        if "parquet" in forms:
            texts.append(_READ_PARQUET)
        if any(one.key or one.form == "table" for one in origins) and len(origins) > 1:
            texts.append(_BY_KEY)
        texts.append(self._usable())
        if self._has_files():
            texts.append(_IS_IMAGE)
        if any(column.kind == NUMBER for column in self._columns.values()):
            texts.append(_IS_NUMBER)
        self._writer.add("\n\n\n".join(texts))

    def _read_table(self) -> str:
        delimiters = self._delimiters()
        one = next(iter(delimiters)) if len(delimiters) == 1 else None
        given = "" if one == "," else f", delimiter={spelling.text(one)}" if one else ""
        param = "" if one else ", delimiter"
        given = given if one else ", delimiter=delimiter"
        text = _READ_TABLE.replace("DELIMITER", param).replace("GIVEN", given)
        tables = [origin for origin in self._data.origins if origin.form == "table"]
        if len(self._data.origins) == 1 or all(origin.key for origin in tables):
            return text
        text = text.replace("each a dict of texts.", 'each a dict of texts, with its number in "".')
        return text.replace(_PLAIN_ROWS, _NUMBERED_ROWS)

    def _usable(self) -> str:
        """Return the function that says whether a row has all that the model takes."""
        tests = []
        origin = self._with_parts()
        if origin is not None and origin.form != "folder":
            tests.append(f'row[{spelling.text(origin.parts)}] != ""')
        bad = self._undecodable()
        for column in self._columns.values():
            cell = f"row[{spelling.text(column.name)}]"
            if column.members:
                names = self._members[column.name]
                tests.append(f"all(is_number(row[name]) for name in {names})")
            elif column.kind == NUMBER:
                tests.append(f"is_number({cell})")
            elif column.kind == LABEL:
                tests.append(f"{cell} in {self._classes[column.name]}")
            elif column.stored == FILE:
                tests += [f"{cell} not in LEFT_OUT"] if bad else []
                tests.append(f"is_image({self._image(column)})")
        lines = [
            "def usable(row, folder):",
            '    """Say whether a row has all that the model takes; the others are left out."""',
        ]
        line = f"    return {' and '.join(tests) or 'True'}"
        if len(line) <= WIDTH:
            return "\n".join([*lines, line])
        inner = "\n        and ".join(tests)
        return "\n".join([*lines, "    return (", f"        {inner}", "    )"])


def _comprehension(value: str) -> str:
    """Return the list of a value for each row, on three lines where one is too long."""
    line = f"[{value} for row in rows]"
    return line if len(line) + 8 <= WIDTH else f"[\n        {value}\n        for row in rows\n    ]"
