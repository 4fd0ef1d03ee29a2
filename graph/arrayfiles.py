"""Arrays in files: `.npz` archives and folders of `.npy` files, known by their headers alone.

Both hold `NAME_train` and `NAME_test`, or `NAME`, whose rows are then split; each NAME is a column.
"""

from __future__ import annotations

import ast
import struct
import zipfile
from functools import lru_cache
from math import prod
from typing import IO, TYPE_CHECKING, Any

import numpy as np

from graph.datavalues import IMAGE, LABEL, MAPPED, NUMBER, BadData, Column, DataSet, Mismatch
from graph.known import derived

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_MOST_COUNTED = 1000  # labels
MOST_LOADED = 2**28
"""Arrays of more numbers (1 GiB as float32) stay in their `.npy` file until they are trained on."""
_LEAST_OF_A_ROW = 64  # numbers

Header = tuple[tuple[int, ...], np.dtype[np.generic]]
Array = np.ndarray[Any, Any]


@lru_cache(maxsize=8)
def read_archive(path: Path, _modified: int, _size: int) -> DataSet:
    """Return what an `.npz` file holds, all of it for training if no part is for testing.

    Raises BadData.
    """
    headers = _headers(path)
    if not headers:
        raise BadData(f"{path.name} holds no arrays.")
    names = [name.removesuffix("_train") for name in headers if name.endswith("_train")]
    own_test = bool(names)
    names = names or [name for name in headers if not name.endswith("_test")]
    parts = ("_train", "_test") if own_test else ("",)
    counts: dict[str, int] = {}
    columns = []
    for name in names:
        if own_test and f"{name}_test" not in headers:
            raise BadData(f"{path.name} has {name}_train and no {name}_test.")
        columns.append(_column(path, name, headers, counts, parts))
    if not columns:
        raise BadData(f"{path.name} has {next(iter(headers))} and no training data.")
    name = path.name.removesuffix(".npz")
    if own_test:
        return DataSet(name, name, _with_derived(columns), counts["_train"], counts["_test"])
    lengths = [headers[name][0][0] for name in names]
    return DataSet(
        name,
        name,
        _with_derived(columns),
        min(lengths),
        0,
        own_test=False,
        mismatches=tuple(_beyond(names, lengths, "")),
    )


def _with_derived(columns: list[Column]) -> tuple[Column, ...]:
    images = [column for column in columns if column.kind == IMAGE and len(column.shape) > 1]
    labels = [column for column in columns if column.kind == LABEL]
    both = len(images) == 1 and len(labels) == 1 and images[0].stored != MAPPED
    extra = derived(images[0], labels[0]) if both else ()
    taken = {column.name for column in columns}
    return (*columns, *(column for column in extra if column.name not in taken))


def _headers(path: Path) -> dict[str, Header]:
    """Return shape and dtype of each array in a file, without reading the arrays."""
    try:
        with zipfile.ZipFile(path) as archive:
            found = {}
            for member in archive.namelist():
                with archive.open(member) as file:
                    found[member.removesuffix(".npy")] = _header(file)
            return found
    except (OSError, zipfile.BadZipFile, ValueError, SyntaxError, struct.error, TypeError) as error:
        raise BadData(f"{path.name} can't be read as an .npz file: {error}.") from error


def _header(file: IO[bytes]) -> Header:
    major, _ = np.lib.format.read_magic(file)
    size = struct.unpack("<H", file.read(2)) if major == 1 else struct.unpack("<I", file.read(4))
    told = ast.literal_eval(file.read(min(size[0], 65536)).decode("latin1"))
    return tuple(told["shape"]), np.dtype(told["descr"])


def _column(
    path: Path,
    name: str,
    headers: dict[str, Header],
    counts: dict[str, int],
    parts: tuple[str, ...],
) -> Column:
    shapes = []
    for part in parts:
        shape, dtype = headers[f"{name}{part}"]
        if dtype.kind not in "biuf":
            raise BadData(_no_numbers(path, f"{name}{part}", shape, dtype))
        if not shape or not shape[0]:
            raise BadData(f"{name}{part} in {path.name} holds no samples.")
        if counts.setdefault(part, shape[0]) != shape[0] and part:
            raise BadData(
                f"The arrays of the {part[1:]} part of {path.name} differ in length: {name}{part} "
                f"has {shape[0]:,} samples, another {counts[part]:,}."
            )
        shapes.append(shape[1:])
    if shapes[0] != shapes[-1]:
        raise BadData(
            f"The samples of {name} in {path.name} differ: {shapes[0]} in the training part, "
            f"{shapes[1]} in the test part."
        )
    shape, dtype = shapes[0], headers[f"{name}{parts[0]}"][1]
    labels: list[Array] = []
    if _kind(name, () if shape == (1,) else shape, dtype) == LABEL:
        with np.load(path, allow_pickle=False) as file:
            labels = [file[f"{name}{part}"] for part in parts]
    return _described(name, shape, dtype, labels)


def _described(
    name: str, shape: tuple[int, ...], dtype: np.dtype[np.generic], labels: list[Array]
) -> Column:
    """Return the column of samples of this shape; `labels`: all of them, where they may be some."""
    lone = shape == (1,) and dtype.kind in "iub"
    kind = _kind(name, () if lone else shape, dtype)
    classes = _classes(labels) if kind == LABEL else None
    if kind == LABEL and classes is None:
        kind = NUMBER
    shape = () if lone and kind == LABEL else shape
    made = Column(name, shape, str(dtype), kind, classes, base=name, lone_axis=lone and not shape)
    if kind != LABEL or classes is None or classes > _MOST_COUNTED:
        return made
    learnt = labels[0].reshape(-1).astype("int64")
    counts = np.bincount(learnt, minlength=classes)
    in_order = bool(np.count_nonzero(counts) > 1 and (np.diff(learnt) >= 0).all())
    return made._replace(counts=tuple(counts.tolist()), in_order=in_order)


def _no_numbers(path: Path, name: str, shape: tuple[int, ...], dtype: np.dtype[np.generic]) -> str:
    """Return what to say of an array that holds something else than numbers."""
    if dtype.kind not in "US":
        return f"{name} in {path.name} holds no numbers: save it as an array of numbers."
    if len(shape) == 1:
        return f"The labels in {path.name} are texts; number the classes 0, 1, 2 … first."
    return f"{name} in {path.name} holds texts, and a network takes numbers."


def _kind(name: str, shape: tuple[int, ...], dtype: np.dtype[np.generic]) -> str:
    if not shape:
        return LABEL if dtype.kind in "iub" else NUMBER
    return IMAGE if len(shape) in {2, 3} or name == "x" else NUMBER


def _classes(parts: list[Array]) -> int | None:
    """Return how many labels there are; None if the numbers are no labels from 0."""
    low = min(int(part.min()) for part in parts)
    high = max(int(part.max()) for part in parts)
    return None if low < 0 or high > 100_000 else max(high + 1, 2)


@lru_cache(maxsize=8)
def read_arrays(path: Path, _stamps: tuple[tuple[str, int, int], ...]) -> DataSet:
    """Return what a folder of `.npy` files holds, all of it for training if no part is for testing.

    Rows of `NAME.npy` are matched by their number; those beyond the shortest array are listed.
    Raises BadData.
    """
    headers = dict(_folder_headers(path))
    own_test = any(name.endswith("_train") for name in headers)
    names = [name.removesuffix("_train") for name in headers if not name.endswith("_test")]
    if own_test:
        names = [name for name in names if f"{name}_train" in headers]
    suffixes = ("_train", "_test") if own_test else ("",)
    columns = []
    counts: dict[str, list[int]] = {suffix: [] for suffix in suffixes}
    for name in names:
        found = [_header_of(path, headers, name, suffix) for suffix in suffixes]
        for suffix, (shape, _) in zip(suffixes, found, strict=True):
            counts[suffix].append(shape[0])
        columns.append(_array_column(path, name, suffixes, found))
    train, test = (min(counts.get(part, ()), default=0) for part in (suffixes[0], "_test"))
    lost = () if own_test else tuple(_beyond(names, counts[""], ".npy"))
    return DataSet(
        path.name,
        f"{path.name}, a folder of arrays",
        _with_derived(columns),
        train,
        test,
        form="arrays",
        own_test=own_test,
        mismatches=lost,
    )


def _folder_headers(path: Path) -> Iterator[tuple[str, Header]]:
    for file in sorted(path.glob("*.npy")):
        try:
            with file.open("rb") as stream:
                yield file.stem, _header(stream)
        except (OSError, ValueError, SyntaxError, struct.error, TypeError) as error:
            raise BadData(f"{file.name} can't be read as an .npy file: {error}.") from error


def _header_of(path: Path, headers: dict[str, Header], name: str, suffix: str) -> Header:
    """Return shape and dtype of a part of a column. Raises BadData if it holds no numbers."""
    if f"{name}{suffix}" not in headers:
        raise BadData(f"{path.name} has {name}_train.npy and no {name}_test.npy.")
    shape, dtype = headers[f"{name}{suffix}"]
    if dtype.kind not in "biuf" or not shape or not shape[0]:
        raise BadData(_no_numbers(path, f"{name}{suffix}.npy", shape, dtype))
    return shape, dtype


def _array_column(
    path: Path, name: str, suffixes: tuple[str, ...], headers: list[Header]
) -> Column:
    (_, *shape), dtype = headers[0]
    (_, *other), _ = headers[-1]
    if shape != other:
        raise BadData(
            f"The samples of {name} in {path.name} differ: {tuple(shape)} in the training part, "
            f"{tuple(other)} in the test part."
        )
    labels: list[Array] = []
    if _kind(name, () if shape == [1] else tuple(shape), dtype) == LABEL:
        labels = [np.load(path / f"{name}{suffix}.npy") for suffix in suffixes]
    made = _described(name, tuple(shape), dtype, labels)
    rows = sum(known[0] for known, _ in headers)
    if rows * prod(made.shape) > MOST_LOADED and _can_be_read_by_rows(path, made, suffixes):
        return made._replace(stored=MAPPED)
    return made


def _can_be_read_by_rows(path: Path, column: Column, suffixes: tuple[str, ...]) -> bool:
    """Say whether reading a few rows of an array is quick, and alike in all of its parts.

    Of small rows as many numbers would be needed to say which ones.
    """
    parts = [np.load(path / f"{column.name}{one}.npy", mmap_mode="r") for one in suffixes]
    small = prod(column.shape) < _LEAST_OF_A_ROW
    return not small and all(
        one.flags.c_contiguous and one.dtype == parts[0].dtype for one in parts
    )


def _beyond(names: list[str], counts: list[int], ending: str) -> Iterator[Mismatch]:
    """Yield the rows that one array has and a shorter one hasn't."""
    fewest = min(counts)
    shortest = names[counts.index(fewest)]
    for name, count in zip(names, counts, strict=True):
        for row in range(fewest, count):
            why = f"{shortest}{ending} has no row {row:,}: it has {fewest:,} rows."
            yield Mismatch(row, f"{name}{ending}", why)
