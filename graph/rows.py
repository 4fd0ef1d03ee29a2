"""Rows from files: a folder of images for each class, and tables, each row a dict of texts.

Nothing is decoded here: an image stays the name of its file. What a row lacks is told by
`Mismatch` records, never by an exception. Rows of several sources are matched by key.
"""

from __future__ import annotations

import csv
import os
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from graph.datavalues import BadData, Mismatch, Origin

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

ENDINGS = (".png", ".jpg", ".jpeg", ".bmp", ".gif")
"""What the name of an image file ends in, in small letters: what TensorFlow decodes."""
TABLES = (".csv", ".tsv", ".txt", ".parquet")
_KEYS = ("key", "id")
_PARTS = ("split", "part", "set")
# what such a column holds, or the folders are called, in small letters; the plan chooses what is
# held out for validation, so a validation part of the data counts as training samples
_TRAIN, _TEST = {"train", "training"}, {"test", "testing"}
VALIDATION = {"val", "valid", "validation", "dev"}
"""What a part may be called that is neither for training nor for testing."""
_INDEX = "__index_level_"  # a column that pandas adds to a Parquet file: the number of each row

Cells = dict[str, str]


class Row(msgspec.Struct, frozen=True, gc=False):
    """One row: its number in its table (the heading is row 1), its place, and its cells.

    Python's garbage collector doesn't walk through them: there may be 100,000, and it holds all
    threads meanwhile.
    """

    number: int | None
    where: str
    cells: Cells


class Rows(NamedTuple):
    """The rows of one source or of several matched by key, and those that don't count.

    `columns` are their names, each with the number of its source among `origins`.
    """

    origins: tuple[Origin, ...]
    rows: tuple[Row, ...]
    columns: dict[str, int]
    mismatches: tuple[Mismatch, ...]


def images_folder(origin: Origin) -> Path:
    """Return the folder from which the names of images of a source are counted."""
    path = Path(origin.path)
    return path if origin.form == "folder" else path.parent / origin.images


def is_image(name: str) -> bool:
    """Say whether a file is an image by the end of its name."""
    return name.lower().endswith(ENDINGS)


def read(path: Path, key: str = "") -> Rows:
    """Return the rows of a folder of class folders or of a table. Raises BadData.

    `key` is the column of a table that names its rows; "": one called key or id, else the first
    that names files, else none.
    """
    return _read_folder(path) if path.is_dir() else _read_table(path, key)


def folders_of(path: Path) -> tuple[tuple[str, Path], ...]:
    """Return the class folders of a folder, each with its part ("" if there are no parts)."""
    below = _folders(path)
    if _are_parts(folder.name for folder in below):
        return tuple((part.name, folder) for part in below for folder in _folders(part))
    return tuple(("", folder) for folder in below)


def _are_parts(names: Iterable[str]) -> bool:
    """Say whether names are those of parts, one for training among them."""
    small = {name.lower() for name in names}
    return bool(small & _TRAIN) and small <= _TRAIN | _TEST | VALIDATION


def _for_testing(names: Iterable[str]) -> tuple[str, ...]:
    """Return the names of parts that are for testing, as they are written."""
    return tuple(sorted({name for name in names if name.lower() in _TEST}))


def _folders(path: Path) -> list[Path]:
    with os.scandir(path) as entries:
        names = [one.name for one in entries if one.is_dir() and not one.name.startswith(".")]
    return [path / name for name in sorted(names)]


def _read_folder(path: Path) -> Rows:
    rows: list[Row] = []
    strange: list[Mismatch] = []
    folders = folders_of(path)
    parts = {part for part, _ in folders} - {""}
    for part, folder in folders:
        for name in sorted(one.name for one in os.scandir(folder)):
            where = f"{part}/{folder.name}/{name}" if part else f"{folder.name}/{name}"
            if is_image(name):
                cells = {"image": where, "label": folder.name, "part": part}
                rows.append(Row(None, where, cells))
            elif not name.startswith("."):
                strange.append(Mismatch(None, where, f"{where} is not an image.", ""))
    if not rows and any(one.where.endswith(".npy") for one in strange):
        raise BadData(
            f"The folder {path.name} has an array a sample: put them into one file, x.npy, by "
            "np.stack, and the numbers of their classes, 0, 1, 2 …, into y.npy beside it. A folder "
            "with these two is a data set."
        )
    if not rows:
        raise BadData(
            f"The folder {path.name} holds no images: it needs a folder for each class, with "
            f"images in it that end in {', '.join(ENDINGS)}."
        )
    origin = Origin(
        str(path),
        "folder",
        key="image",
        stem=True,
        parts="part" if parts else "",
        tests=_for_testing(parts),
    )
    return Rows((origin,), tuple(rows), {"image": 0, "label": 0}, tuple(strange))


def _read_table(path: Path, wanted: str) -> Rows:
    parquet = path.suffix == ".parquet"
    names, found, delimiter = _parquet(path) if parquet else _csv(path)
    lower = {name.lower(): name for name in names}
    usual = next((lower[name] for name in _KEYS if name in lower), "")
    key = wanted if wanted in names else usual
    rows, wrong = [], []
    for number, cells in found:
        if len(cells) != len(names):
            wrong.append(_unequal(path, number, len(cells), len(names)))
        else:
            row = dict(zip(names, (cell.strip() for cell in cells), strict=True))
            rows.append(Row(number, path.name, row))
    files = [name for name in names if _names_files(rows, name)]
    parts = next((lower[name] for name in _PARTS if name in lower), "")
    tests = _for_testing(row.cells[parts] for row in rows) if parts else ()
    if not tests or not _are_parts({row.cells[parts] for row in rows} - {""}):
        parts, tests = "", ()
    wrong += [
        Mismatch(row.number, row.where, f"“{parts}” is empty.")
        for row in rows
        if parts and not row.cells[parts]
    ]
    key_column = key or next(iter(files), "")
    origin = Origin(
        str(path),
        "parquet" if parquet else "table",
        key_column,
        key_column in files,
        delimiter,
        _images_folder(path, rows, files),
        parts,
        tests,
    )
    unseen = {parts, *({key} - {*files})}
    columns = dict.fromkeys((name for name in names if name not in unseen), 0)
    return Rows((origin,), tuple(rows), columns, tuple(wrong))


def _unequal(path: Path, number: int, cells: int, columns: int) -> Mismatch:
    sentence = f"Row {number:,} of {path.name} has {cells} cells, and the heading {columns}."
    return Mismatch(number, path.name, sentence)


def _csv(path: Path) -> tuple[list[str], list[tuple[int, list[str]]], str]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            start = file.read(20_000)
            file.seek(0)
            heading = start.partition("\n")[0]
            delimiter = max(",;\t", key=heading.count)
            lines = list(csv.reader(file, delimiter=delimiter))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise BadData(f"{path.name} can't be read as a table: {error}.") from None
    if len(lines) < 2:
        raise BadData(f"The table {path.name} has no rows below its heading.")
    names = [name.strip() for name in lines[0]]
    _check_heading(path, names)
    # an empty line is no row, as for csv.DictReader
    numbered = [(number, cells) for number, cells in enumerate(lines[1:], 2) if cells]
    return names, numbered, delimiter


def _check_heading(path: Path, names: list[str]) -> None:
    twice = {name for name in names if names.count(name) > 1}
    if twice or "" in names:
        what = f"the column “{min(twice)}” twice" if twice - {""} else "a column without a name"
        raise BadData(f"The heading of {path.name} has {what}: give each column a name of its own.")


def _parquet(path: Path) -> tuple[list[str], list[tuple[int, list[str]]], str]:
    if find_spec("pyarrow") is None:
        raise BadData(
            f"{path.name} is a Parquet file, which needs the package pyarrow: "
            "pip install pyarrow, or save the table as a CSV file."
        )
    import pyarrow.parquet  # noqa: PLC0415 - an optional package

    try:
        with pyarrow.parquet.ParquetFile(path) as file:
            have = [str(name) for name in file.schema_arrow.names]
            _check_heading(path, have)
            names = [name for name in have if not name.startswith(_INDEX)]
            rows = file.read(names).to_pylist()
    except (OSError, ValueError, NotImplementedError) as error:
        said = str(error).rstrip(".")
        raise BadData(f"{path.name} can't be read as a Parquet file: {said}.") from None
    if not rows:
        raise BadData(f"The table {path.name} has no rows.")
    cells = [["" if cell is None else str(cell) for cell in row.values()] for row in rows]
    return names, list(enumerate(cells, 2)), ","


def _names_files(rows: list[Row], name: str) -> bool:
    """Say whether most cells of a column, of the first hundred with something in, name images."""
    cells = [row.cells[name] for row in rows[:500] if row.cells[name]][:100]
    return bool(cells) and sum(map(is_image, cells)) * 2 > len(cells)


def _images_folder(path: Path, rows: list[Row], files: list[str]) -> str:
    """Return the folder below the table's in which most of the first files lie: "" or `images`."""
    cells = [row.cells[name] for name in files for row in rows[:50] if row.cells[name]]
    beside = sum((path.parent / cell).is_file() for cell in cells)
    below = sum((path.parent / "images" / cell).is_file() for cell in cells)
    return "images" if below > beside else ""


def key_of(origin: Origin, row: Row) -> str:
    """Return a row's key: a cell, a file's name without folder and ending, or the row's number.

    That counts all lines below the heading, also those that are no good, as the program does.
    """
    if not origin.key:
        return str((row.number or 2) - 2)
    cell = row.cells[origin.key]
    return Path(cell).stem if origin.stem else cell


def join(first: Rows, second: Rows) -> Rows:
    """Return the rows of two sources whose keys are in both; the others are listed.

    A column whose name the first has already gets the second's name behind its own.
    """
    wrong: list[Mismatch] = [*first.mismatches, *second.mismatches]
    one, two = (dict(_by_key(rows, wrong)) for rows in (first, second))
    names = [Path(rows.origins[-1].path).name for rows in (first, second)]
    sides = ((first, one, two, names[1]), (second, two, one, names[0]))
    for side, have, others, other in sides:
        for key, row in have.items():
            if key not in others:
                sentence = f"{_said(row)} has the key {key}, which {other} doesn't have."
                if not side.origins[0].key:
                    sentence = f"{_said(row)} has no row of its number in {other}."
                wrong.append(Mismatch(row.number, row.where, sentence))
    shared = [(row, two[key]) for key, row in one.items() if key in two]
    second = _renamed(first, second, shared)
    pairs = second.origins[0].renamed
    rows = tuple(
        Row(
            row.number,
            row.where,
            other.cells | row.cells | {given: other.cells[own] for own, given in pairs},
        )
        for row, other in shared
    )
    columns = dict.fromkeys(second.columns, len(first.origins)) | first.columns
    ordered = dict.fromkeys((*first.columns, *second.columns))
    return Rows(
        (*first.origins, *second.origins),
        rows,
        {name: columns[name] for name in ordered},
        tuple(wrong),
    )


def _renamed(first: Rows, second: Rows, shared: list[tuple[Row, Row]]) -> Rows:
    """Return the second of two sources with other names for columns that the first has too.

    A column that says the same in all shared rows isn't wanted twice, and keeps its name.
    """
    (origin,) = second.origins
    taken, columns, pairs = {*first.columns, *second.columns}, dict[str, int](), []
    for own, at in second.columns.items():
        given, number = own, 2
        if own in first.columns and not _says_the_same(first, second, own, shared):
            whole = given = f"{own} of {Path(origin.path).stem}"
            while given in taken:
                given, number = f"{whole} {number}", number + 1
            pairs.append((own, given))
            taken.add(given)
        columns[given] = at
    named = origin._replace(renamed=tuple(pairs))
    return second._replace(origins=(named,), columns=columns)


def _says_the_same(first: Rows, second: Rows, column: str, shared: list[tuple[Row, Row]]) -> bool:
    """Say whether a column of two sources has the same cells, and they mean the same files."""
    if _names_files([other for _, other in shared], column):
        origin = first.origins[first.columns[column]]
        if images_folder(origin) != images_folder(second.origins[0]):
            return False
    return all(one.cells[column] == other.cells[column] for one, other in shared)


def _by_key(rows: Rows, wrong: list[Mismatch]) -> Iterator[tuple[str, Row]]:
    """Yield the rows with their keys; of rows with the same key the first stands."""
    seen: dict[str, Row] = {}
    for row in rows.rows:
        key = key_of(rows.origins[0], row)
        if not key:
            sentence = f"{_said(row)} has no key in “{rows.origins[0].key}”."
            wrong.append(Mismatch(row.number, row.where, sentence))
        elif key in seen:
            sentence = f"{_said(row)} has the key {key}, which {_named(seen[key])} has already."
            wrong.append(Mismatch(row.number, row.where, sentence))
        else:
            seen[key] = row
            yield key, row


def _said(row: Row) -> str:
    name = _named(row)
    return name[0].upper() + name[1:] if row.number is not None else name


def _named(row: Row) -> str:
    return f"row {row.number:,} of {row.where}" if row.number is not None else row.where
