"""What the values of a data set are like: class balance, and least, mean, deviation and greatest.

Of images in files and of large arrays a few hundred samples are looked at, spread over all; of
everything else, all values of the training part (of arrays) or of all rows that are used.
"""

from __future__ import annotations

import zipfile
from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from graph import datasets, sources
from graph.datavalues import CELL, FILE, LABEL, MAPPED
from graph.rows import images_folder

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from graph.columns import Bindings
    from graph.datavalues import Column, DataSet, Mismatch
    from graph.project import Data, Project

_EVEN = 1.5  # the most by which one class may have more samples than another
IMAGES = 300
"""So many images in files, or rows of large arrays, are looked at."""
_SOME = 20  # pictures that tell what all are like


class Facts(NamedTuple):
    """What the values of one column are like; pixels from 0 to 255.

    `counts`: how often each label occurs, by its name or number; otherwise `least`, `mean`, `std`
    and `greatest` of all values together.
    """

    column: str
    counts: tuple[tuple[str, int], ...] = ()
    least: float | None = None
    mean: float | None = None
    std: float | None = None
    greatest: float | None = None


def facts(data: Data) -> tuple[Facts, ...]:
    """Return what is known of each column that isn't derived from another; none without files.

    Raises BadData with a sentence.
    """
    found = datasets.describe(data)
    if found.form == "rows":
        table = datasets.table(data)
        return tuple(_row_facts(table, column) for column in found.columns if not column.members)
    columns = [column for column in found.columns if not column.take]
    arrays = _arrays(data, found, columns)
    return tuple(_described(column, arrays[column.base]) for column in columns if arrays)


def some_pictures(data: Data, column: Column) -> tuple[Any, ...]:
    """Return arrays of shape (height, width) or (height, width, channels) from all over a column.

    There are none if the data can't be read.
    """
    try:
        found = datasets.describe(data)
        if found.form == "rows":
            table = datasets.table(data)
            folder = images_folder(table.data.origins[column.origin])
            cells = [row.cells[column.name] for row in table.kept((column.name,))]
            return tuple(_images(folder, cells, _SOME))
        values = _arrays(data, found, [column]).get(column.base, ())
    except (datasets.BadData, OSError, KeyError):
        return ()
    return tuple(one for one in values[:: max(1, len(values) // _SOME)] if one.ndim > 1)


def _arrays(data: Data, found: DataSet, columns: list[Column]) -> dict[str, Any]:
    path = datasets.path_of(data)
    try:
        if found.form == "arrays":
            suffix = "_train" if found.own_test else ""
            files = {one.base: path / f"{one.base}{suffix}.npy" for one in columns}
            return {base: np.load(file, mmap_mode="r") for base, file in files.items()}
        cached = datasets.keras_folder() / path.name
        place = cached if found.keras and not path.exists() else path
        return _archived(place, columns, "_train" if found.own_test else "")
    except (OSError, KeyError, ValueError, zipfile.BadZipFile):
        return {}  # it lies with Keras, or nowhere yet


def _archived(path: Path, columns: list[Column], suffix: str) -> dict[str, Any]:
    with np.load(path, allow_pickle=False) as file:
        return {one.base: file[f"{one.base}{suffix}"] for one in columns}


def _row_facts(table: sources.Table, column: Column) -> Facts:
    files = (one.name for one in table.data.columns if one.stored == FILE)
    rows = table.kept((column.name, *files))
    cells = [row.cells[column.name] for row in rows]
    if column.stored == FILE:
        origin = table.data.origins[column.origin]
        return _described(column, _pixels(images_folder(origin), cells))
    if column.kind == LABEL:
        counts = Counter(cells)
        return Facts(column.name, tuple((name, counts[name]) for name in column.labels))
    return _described(column, np.array([float(cell) for cell in cells]))


def _pixels(folder: Path, cells: list[str]) -> Any:  # noqa: ANN401 - an array of any length
    found = [image.ravel() for image in _images(folder, cells, IMAGES)]
    return np.concatenate(found) if found else np.zeros(0)


def _images(folder: Path, cells: list[str], most: int) -> Iterator[Any]:
    """Yield some of the images in a folder; what is no image is left out."""
    from PIL import Image  # noqa: PLC0415 - it costs the window's start

    for cell in cells[:: max(1, len(cells) // most)]:
        try:
            with Image.open(folder / cell) as image:
                yield np.asarray(image.convert("RGB"))
        except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
            continue


def _described(column: Column, values: Any) -> Facts:  # noqa: ANN401 - an array
    if column.kind == LABEL and column.stored != CELL:
        labels, counts = np.unique(values, return_counts=True)
        return Facts(
            column.name,
            tuple((str(label), int(count)) for label, count in zip(labels, counts, strict=True)),
        )
    if not len(values):
        return Facts(column.name)
    if column.stored == MAPPED:
        values = values[:: -(-len(values) // IMAGES)]
    return Facts(
        column.name,
        least=float(np.min(values)),
        mean=float(np.mean(values, dtype="float64")),
        std=float(np.std(values, dtype="float64")),
        greatest=float(np.max(values)),
    )


def split_counts(project: Project, bound: Bindings) -> tuple[int, int]:
    """Return how many samples the program trains and validates on, and how many it tests on.

    Rows count that have all that the Inputs, the outputs and the samples' weights take, before a
    `limit`, split as the program's own `load_data` does it.
    """
    data = bound.data
    if data is None:
        return 0, 0
    if data.form != "rows":
        count = data.train + data.test
    else:
        columns = [one.column for one in (*bound.inputs, *bound.outputs)]
        names = {column.name for column in columns if column is not None}
        names |= {project.training.sample_weight} - {""}
        if data.own_test:
            return _own_parts(project.data, data, tuple(names))
        lost = sources.left_out(data, tuple(names))
        count = data.train + data.test + len(_places(data.mismatches)) - len(_places(lost))
    if data.own_test:
        return data.train, data.test
    share = project.data.test_split
    columns = [one.column for one in bound.outputs]
    labels = any(one is not None and one.kind == LABEL and not one.take for one in columns)
    test = int(count * share) if project.training.stratified and labels else None
    test = count - int(count * (1 - share)) if test is None else test
    return count - test, test


def _places(lost: Iterable[Mismatch]) -> set[tuple[int | None, str]]:
    return {(one.row, one.where) for one in lost}


def _own_parts(data: Data, found: DataSet, names: tuple[str, ...]) -> tuple[int, int]:
    """Return the samples of parts that a column or the folders tell."""
    rows = datasets.table(data).kept(names)
    test = sum(sources.is_for_testing(found.origins, row) for row in rows)
    return len(rows) - test, test


def is_even(counts: tuple[tuple[str, int], ...]) -> bool:
    """Say whether there are about as many samples of each class."""
    numbers = [count for _, count in counts]
    return bool(numbers) and max(numbers) <= _EVEN * min(numbers)


def balance(counts: tuple[tuple[str, int], ...]) -> str:
    """Return what is to be said of a class balance, as a sentence."""
    if not counts:
        return "No labels."
    most, fewest = max(counts, key=lambda one: one[1]), min(counts, key=lambda one: one[1])
    if is_even(counts):
        return f"{len(counts)} classes, about as many samples of each."
    samples = "sample" if fewest[1] == 1 else "samples"
    return (
        f"{len(counts)} classes, from {fewest[1]:,} {samples} of “{fewest[0]}” to {most[1]:,} of "
        f"“{most[0]}”."
    )
