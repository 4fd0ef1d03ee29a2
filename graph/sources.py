"""From rows to a data set: which columns there are, and which rows are left out and why.

A column of texts or of a few whole numbers holds labels, one of numbers numbers, one of names of
images images. `look_at` reads names and cells only; `check_images` decodes every image once, in
the background, and what it finds is kept in a small file and told from then on.
"""

from __future__ import annotations

import math
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from graph import rows as reading
from graph import verdicts
from graph.datavalues import (
    CELL,
    FILE,
    IMAGE,
    LABEL,
    NUMBER,
    BadData,
    Column,
    DataSet,
    Mismatch,
    vector,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from graph.datavalues import Origin
    from graph.rows import Row, Rows

MOST_NUMBERS = 20  # a column of at most so many different whole numbers holds labels
MOST_LABELS = 1000
NUMBERS = "numbers"
"""The name of the vector of all columns of numbers."""


class Table(NamedTuple):
    """Rows with what their columns are."""

    data: DataSet
    rows: Rows

    def kept(self, columns: tuple[str, ...]) -> tuple[Row, ...]:
        """Return the rows that are used where these columns are."""
        lost = left_out(self.data, columns)
        places = {(one.row, one.where) for one in lost}
        return tuple(row for row in self.rows.rows if (row.number, row.where) not in places)


def left_out(data: DataSet, columns: tuple[str, ...]) -> tuple[Mismatch, ...]:
    """Return what is left out where these columns of a data set are used."""
    used = {""}
    for name in columns:
        column = data.column(name)
        used |= {name, *(column.members if column is not None else ())}
    return tuple(one for one in data.mismatches if one.column in used)


def look_at(paths: tuple[Path, ...], key: str = "") -> Table:
    """Return the rows of sources that are matched by key, with their columns. Raises BadData.

    `key` is the column that names the rows of tables that have it; "": see `_each`. Where there is
    no test part, all rows count as training rows: `with_test` takes some away.
    """
    parts = _each(paths, key)
    keys = _shared_headings(parts)
    found = parts[0]
    for part in parts[1:]:
        found = reading.join(found, part)
    columns: list[Column] = []
    wrong = list(found.mismatches)
    for name in found.columns:
        column = _column(found, name)
        if column is not None:
            columns.append(column._replace(origin=found.columns[name]))
            wrong += _faults(found, column)
    if not columns:
        raise BadData(_nothing(paths, found))
    single = tuple(one.name for one in columns if one.kind == NUMBER)
    if len(single) > 1:
        columns.append(vector(NUMBERS, single))
    lost = {(one.row, one.where) for one in wrong}
    kept = [row for row in found.rows if (row.number, row.where) not in lost]
    test = sum(is_for_testing(found.origins, row) for row in kept)
    data = DataSet(
        paths[0].name,
        " + ".join(path.name for path in paths),
        tuple(sorted(columns, key=lambda one: one.kind != IMAGE)),
        len(kept) - test,
        test,
        form="rows",
        own_test=any(one.tests for one in found.origins),
        origins=found.origins,
        keys=keys,
        mismatches=tuple(sorted(wrong, key=lambda one: (one.where, one.row or 0))),
    )
    return Table(data, found)


def is_for_testing(origins: tuple[Origin, ...], row: Row) -> bool:
    """Say whether a row belongs to the test part, by the first source that tells parts."""
    origin = next((one for one in origins if one.tests), None)
    return origin is not None and row.cells[origin.parts] in origin.tests


def validation_rows(table: Table) -> int:
    """Return how many rows are called validation ones; they count as training rows."""
    parts = next((one.parts for one in table.data.origins if one.tests), "")
    return sum(row.cells[parts].lower() in reading.VALIDATION for row in table.rows.rows if parts)


def _each(paths: tuple[Path, ...], key: str) -> list[Rows]:
    """Return the rows of each source.

    Where no key is chosen and some would be matched by their number, a column that names the rows
    in all of them does it, if there is one: rows in another order would be mixed up without a word.
    """
    found = [reading.read(path, key) for path in paths]
    if len(paths) == 1 or key or all(part.origins[0].key for part in found):
        return found
    for name in _shared_headings(found):
        cells = [[row.cells[name] for row in part.rows] for part in found]
        fewest = min(map(len, cells))
        if all(len({*each}) == len(each) for each in cells) and (
            2 * len({*cells[0]}.intersection(*cells[1:])) >= fewest
        ):
            return [reading.read(path, name) for path in paths]
    return found


def _shared_headings(parts: list[Rows]) -> tuple[str, ...]:
    """Return the names of columns that all of several tables have, also those of keys."""
    if len(parts) == 1 or any(part.origins[0].form == "folder" for part in parts):
        return ()
    headings = [part.rows[0].cells for part in parts if part.rows]
    shared = {*headings[0]}.intersection(*headings[1:]) if len(headings) == len(parts) else set()
    told = {part.origins[0].parts for part in parts}
    return tuple(name for name in headings[0] if name in shared - told) if shared else ()


def matched_by(data: DataSet) -> str:
    """Return by what the rows of several sources are matched, as a sentence; "" of a single one."""
    if len(data.origins) < 2:
        return ""
    ways = [_way(origin) for origin in data.origins]
    if len(set(ways)) == 1:
        return f"Rows are matched by {ways[0]}."
    names = (Path(origin.path).name for origin in data.origins)
    told = ", ".join(f"of {name} {way}" for name, way in zip(names, ways, strict=True))
    return f"Rows are matched by key: {told}."


def _way(origin: Origin) -> str:
    if origin.form == "folder":
        return "the names of the files, without folder and ending"
    if origin.stem:
        return f"the names of the files in “{origin.key}”, without folder and ending"
    return f"“{origin.key}”" if origin.key else "their number"


def _nothing(paths: tuple[Path, ...], found: Rows) -> str:
    names = " and ".join(path.name for path in paths)
    if len(paths) > 1 and not found.rows:
        first = next((one.sentence for one in found.mismatches), "")
        return f"{names} have no row in common: rows are matched by key. {first}".rstrip()
    return f"{names} has no column with numbers, labels or names of images in its rows."


def _column(found: Rows, name: str) -> Column | None:
    cells = [row.cells[name] for row in found.rows if row.cells[name]]
    if not cells:
        return None
    if sum(map(reading.is_image, cells[:100])) * 2 > len(cells[:100]):
        shape = _size(found, name)
        endings = tuple(sorted({Path(cell).suffix.lower() for cell in cells} & {*reading.ENDINGS}))
        return Column(name, shape, "uint8", IMAGE, base=name, stored=FILE, endings=endings)
    counts = Counter(cells)
    numbers = [cell for cell in counts if _number(cell) is not None]
    usual = sum(counts[cell] for cell in numbers) * 10 >= len(cells) * 9
    whole = [cell for cell in numbers if _is_whole(cell)]
    if usual and (len(whole) * 10 < len(numbers) * 9 or len(whole) > MOST_NUMBERS):
        return Column(name, (), "float32", NUMBER, base=name, stored=CELL)
    return _labels(found, name, Counter({one: counts[one] for one in whole} if usual else counts))


def _labels(found: Rows, name: str, counts: Counter[str]) -> Column | None:
    """Return a column of labels; None if hardly any of them stands in two rows."""
    if any(one.tests for one in found.origins):
        rows = (row for row in found.rows if not is_for_testing(found.origins, row))
        learnt = Counter(row.cells[name] for row in rows)
        counts = Counter({one: count for one, count in counts.items() if learnt[one]})
    fewest = 1 if found.origins[0].form == "folder" and name == "label" else 2
    names = [one for one, count in counts.items() if count >= fewest]
    if len(names) < 2 or len(names) > MOST_LABELS or 2 * len(names) < len(counts):
        return None
    names.sort(key=lambda one: (_number(one) or 0, one))
    tally = tuple(counts[one] for one in names)
    return Column(
        name, (), "int32", LABEL, len(names), name, stored=CELL, labels=tuple(names), counts=tally
    )


def _number(cell: str) -> float | None:
    try:
        value = float(cell)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _is_whole(cell: str) -> bool:
    return cell.lstrip("-").isdecimal()


def _faults(found: Rows, column: Column) -> Iterator[Mismatch]:
    """Yield the rows in which a column has nothing that can be used."""
    if column.stored == FILE:
        yield from _file_faults(found, column.name)
        return
    known = set(column.labels)
    lone = _lone_labels(found, column) if column.kind == LABEL else set()
    for row in found.rows:
        cell = row.cells[column.name]
        if not cell:
            why = f"“{column.name}” is empty"
        elif column.kind == NUMBER and _number(cell) is None:
            why = f"“{cell}” in “{column.name}” is no number"
        elif cell in lone:
            why = (
                f"“{cell}” stands in this row alone: a label of “{column.name}” has to stand in at "
                "least two rows"
            )
        elif column.kind == LABEL and cell not in known:
            why = f"“{cell}” is no known label of “{column.name}”"
        else:
            continue
        yield Mismatch(row.number, row.where, f"{why}.", column.name)


def _lone_labels(found: Rows, column: Column) -> set[str]:
    """Return the labels that stand in one row only, in a column where a second one would do."""
    if found.origins[0].form == "folder" and column.name == "label":
        return set()  # there one is enough
    numbers = all(map(_is_whole, column.labels))
    counts = Counter(row.cells[column.name] for row in found.rows)
    alone = {cell for cell, count in counts.items() if count == 1} - {"", *column.labels}
    return {cell for cell in alone if _is_whole(cell) or not numbers}


def _file_faults(found: Rows, name: str) -> Iterator[Mismatch]:
    origin = found.origins[found.columns[name]]
    folder = reading.images_folder(origin)
    told = verdicts.load(origin.path)
    listed = origin.form == "folder"  # its files have just been seen
    for row in found.rows:
        cell = row.cells[name]
        if not cell:
            why = f"“{name}” is empty"
        elif cell in told:
            why = told[cell]
        elif listed or (folder / cell).is_file():
            continue
        else:
            why = f"There is no file {cell}"
        yield Mismatch(row.number, row.where, f"{why}.", name)


def image_files(origin: Origin, column: str) -> tuple[Path, ...]:
    """Return the folder of a source's images, or the files that a table names beside itself."""
    if origin.form == "folder":
        return (Path(origin.path),)
    if origin.images:
        return (reading.images_folder(origin),)
    own = origin.own_name(column)
    cells = (row.cells[own] for row in reading.read(Path(origin.path)).rows)
    return tuple(reading.images_folder(origin) / cell for cell in dict.fromkeys(cells) if cell)


def _size(found: Rows, name: str) -> tuple[int, ...]:
    """Return the usual (height, width, channels) of some images; (1, 1, 3) if none is readable."""
    folder = reading.images_folder(found.origins[found.columns[name]])
    cells = [row.cells[name] for row in found.rows if row.cells[name]]
    from PIL import Image  # noqa: PLC0415 - it costs the window's start, and few have images in files

    sizes: Counter[tuple[int, ...]] = Counter()
    for cell in cells[:: max(1, len(cells) // 20)]:
        try:
            with Image.open(folder / cell) as image:
                grey = image.mode in {"1", "L", "I", "I;16"}
                sizes[image.height, image.width, 1 if grey else 3] += 1
        except (OSError, ValueError, Image.DecompressionBombError):
            continue
    return sizes.most_common(1)[0][0] if sizes else (1, 1, 3)


def check_images(
    data: DataSet, watch: Callable[[int, int], bool] = lambda _done, _all: True
) -> int:
    """Decode every image of a data set once and keep what is wrong; return how many are bad.

    `watch(done, all)` is called after each hundred images, and stops the check by False.
    """
    bad = 0
    for column in data.columns:
        if column.stored == FILE:
            origin = data.origins[column.origin]
            rows = reading.read(Path(origin.path)).rows
            own = origin.own_name(column.name)
            names = dict.fromkeys(row.cells[own] for row in rows if row.cells[own])
            bad += verdicts.check(origin.path, reading.images_folder(origin), tuple(names), watch)
    return bad
