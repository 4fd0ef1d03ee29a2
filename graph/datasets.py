"""Data sets: what their columns are, where their files lie, and what is missing if they don't.

A data set is an `.npz` file with the arrays `NAME_train` and `NAME_test`; each NAME is a column.
Known are the bundled sample and those that Keras downloads (https://keras.io/api/datasets/). From
images with labels further columns are derived, so that drawings with several inputs or outputs
have real data: the halves of an image, and pairs of images with what can be asked of a pair.
"""

from __future__ import annotations

import ast
import os
import struct
import zipfile
from functools import lru_cache
from pathlib import Path
from typing import IO, TYPE_CHECKING, NamedTuple

import numpy as np
import platformdirs

from graph.kerasdata import RESOURCES

if TYPE_CHECKING:
    from graph.project import Project

BUNDLED = RESOURCES / "data"
IMAGE, LABEL, NUMBER = "image", "label", "number"


class Column(NamedTuple):
    """One column: the shape of one sample (without batch axis), dtype, and what it is.

    `classes`: number of labels. `take` says how it comes from the arrays `base` of the file:
    "" as it is, "left" and "right" a half of the image, "second" that of the other sample of a
    pair, "same" whether the labels of a pair are equal (0 or 1), "sum" their sum. `lone_axis`:
    the file holds each label in an axis of its own, which is taken away.
    """

    name: str
    shape: tuple[int, ...]
    dtype: str
    kind: str
    classes: int | None = None
    base: str = ""
    take: str = ""
    lone_axis: bool = False


class DataSet(NamedTuple):
    """A data set: the name of its file without `.npz`, its columns, how many samples it has."""

    name: str
    title: str
    columns: tuple[Column, ...]
    train: int
    test: int
    keras: bool = False  # does keras.datasets have it?

    def column(self, name: str) -> Column | None:
        """Return the column of that name, or None."""
        return next((column for column in self.columns if column.name == name), None)


class BadData(Exception):  # noqa: N818 - it is the data that is bad, said to people
    """A data set that can't be used; the text is one sentence for people."""


def _images(  # noqa: PLR0913, PLR0917 - the facts of one data set
    name: str, title: str, shape: tuple[int, ...], classes: int, train: int, test: int
) -> DataSet:
    image = Column("image", shape, "uint8", IMAGE, base="x")
    lone = len(shape) > 2  # so it is with CIFAR
    label = Column("label", (), "uint8", LABEL, classes, base="y", lone_axis=lone)
    columns = (image, label, *derived(image, label))
    return DataSet(name, title, columns, train, test, keras=name in _FROM_KERAS)


def derived(image: Column, label: Column) -> tuple[Column, ...]:
    """Return the columns that can be made of images with labels."""
    height, width, *channels = image.shape
    half = (height, width // 2, *channels)
    x, classes = image.base, label.classes or 2
    dtype = image.dtype
    return (
        Column("left half", half, dtype, IMAGE, base=x, take="left"),
        Column("right half", half, dtype, IMAGE, base=x, take="right"),
        Column("second image", image.shape, dtype, IMAGE, base=x, take="second"),
        label._replace(name="second label", take="second"),
        label._replace(name="same", dtype="int32", classes=2, take="same"),
        label._replace(name="sum", dtype="int32", classes=2 * classes - 1, take="sum"),
    )


_FROM_KERAS = ("mnist", "fashion_mnist", "cifar10", "cifar100")
_GREY, _COLOUR = (28, 28), (32, 32, 3)
SAMPLE = "fashion_mnist_sample"
KNOWN = {
    known.name: known
    for known in (
        _images(SAMPLE, "Fashion-MNIST, a sample of 6,000 images", _GREY, 10, 6000, 1000),
        _images("mnist", "MNIST, 60,000 digits", _GREY, 10, 60000, 10000),
        _images("fashion_mnist", "Fashion-MNIST, 60,000 images", _GREY, 10, 60000, 10000),
        _images("cifar10", "CIFAR-10, 50,000 colour images", _COLOUR, 10, 50000, 10000),
        _images("cifar100", "CIFAR-100, 50,000 colour images", _COLOUR, 100, 50000, 10000),
    )
}


def data_folder() -> Path:
    """Return the folder in which data sets are looked for: `$LAYERLOOM_DATA`, or a cache folder."""
    chosen = os.environ.get("LAYERLOOM_DATA")
    return Path(chosen) if chosen else Path(platformdirs.user_cache_dir("layerloom")) / "data"


def find_data(project: Project) -> Path:
    """Return the folder from which the project's program reads its data set.

    The bundled sample lies with the program, an own file where it is; the others in the data
    folder, or Keras downloads them.
    """
    source = project.data.source
    if is_file(source):
        return Path(source).expanduser().absolute().parent
    return BUNDLED if source == SAMPLE else data_folder()


def is_file(source: str) -> bool:
    """Say whether a data source is a person's own file and not the name of a known data set."""
    return source not in KNOWN and bool(source)


def file_of(project: Project) -> Path:
    """Return the `.npz` file that a project's program reads, whether it is there or not."""
    return find_data(project) / f"{stem_of(project.data.source)}.npz"


def stem_of(source: str) -> str:
    """Return the name of a data set's file, without folder and `.npz`."""
    return source if source in KNOWN else Path(source).name.removesuffix(".npz")


def title_of(source: str) -> str:
    """Return a data set's name for people: its title, or the name of an own file."""
    return KNOWN[source].title if source in KNOWN else Path(source).name


_KERAS_FILES = {
    "mnist": "mnist*",
    "fashion_mnist": "fashion-mnist*",
    "cifar10": "cifar-10-batches*",
    "cifar100": "cifar-100-python*",
}


def is_here(project: Project) -> bool:
    """Say whether a project's data set lies on this computer: in its folder or in Keras's cache.

    Keras keeps what it downloads in `$KERAS_HOME/datasets`, or `~/.keras/datasets`.
    """
    pattern = _KERAS_FILES.get(project.data.source)
    if file_of(project).exists() or pattern is None:
        return file_of(project).exists()
    home = Path(os.environ.get("KERAS_HOME") or Path.home() / ".keras")
    return any((home / "datasets").glob(pattern))


def missing_sentence(name: str, folder: str) -> str:
    """Return what to say when a data set neither lies in a folder nor can be downloaded."""
    if name in _FROM_KERAS:
        return (
            f"The data set {name} is not on this computer and could not be downloaded. Put "
            f"{name}.npz, with the arrays x_train, y_train, x_test and y_test, into the folder "
            f"{folder} (or set $LAYERLOOM_DATA to its folder), or run this with a network: "
            f'python -c "import keras; keras.datasets.{name}.load_data()".'
        )
    return f"The data set is not there: put the file {name}.npz into the folder {folder}."


def look_up(source: str) -> DataSet:
    """Return the data set of that name, or what an own `.npz` file holds.

    Only the file's headers are read. Raises BadData with a sentence.
    """
    if not source:
        raise BadData("No data set is chosen yet. Choose one for the project.")
    if source in KNOWN:
        return KNOWN[source]
    path = Path(source).expanduser()
    if path.suffix != ".npz":
        raise BadData(
            f"There is no data set called {source}. Known are {', '.join(KNOWN)}; "
            "your own is the path of an .npz file."
        )
    try:
        stat = path.stat()
    except OSError:
        raise BadData(
            f"The file {path.name} is not in the folder {path.parent}. "
            "Put it there, or choose another data set."
        ) from None
    return _read(path, stat.st_mtime_ns, stat.st_size)


@lru_cache(maxsize=8)
def _read(path: Path, _modified: int, _size: int) -> DataSet:
    headers = _headers(path)
    names = [name.removesuffix("_train") for name in headers if name.endswith("_train")]
    if not names:
        have = ", ".join(headers) or "nothing"
        raise BadData(
            f"{path.name} has no training data: its arrays must be called NAME_train and "
            f"NAME_test, such as x_train and x_test, and it holds {have}."
        )
    counts: dict[str, int] = {}
    columns = []
    for name in names:
        if f"{name}_test" not in headers:
            raise BadData(f"{path.name} has {name}_train and no {name}_test.")
        columns.append(_column(path, name, headers, counts))
    images = [column for column in columns if column.kind == IMAGE and len(column.shape) > 1]
    labels = [column for column in columns if column.kind == LABEL]
    extra = derived(images[0], labels[0]) if len(images) == 1 and len(labels) == 1 else ()
    taken = {column.name for column in columns}
    columns += [column for column in extra if column.name not in taken]
    name = stem_of(str(path))
    return DataSet(name, name, tuple(columns), counts["train"], counts["test"])


Header = tuple[tuple[int, ...], np.dtype[np.generic]]


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


def _column(path: Path, name: str, headers: dict[str, Header], counts: dict[str, int]) -> Column:
    shapes = []
    for part in ("train", "test"):
        shape, dtype = headers[f"{name}_{part}"]
        if dtype.kind not in "biuf":
            raise BadData(_no_numbers(path, f"{name}_{part}", shape, dtype))
        if not shape or not shape[0]:
            raise BadData(f"{name}_{part} in {path.name} holds no samples.")
        if counts.setdefault(part, shape[0]) != shape[0]:
            raise BadData(
                f"The arrays of the {part} part of {path.name} differ in length: {name}_{part} "
                f"has {shape[0]:,} samples, another {counts[part]:,}."
            )
        shapes.append(shape[1:])
    if shapes[0] != shapes[1]:
        raise BadData(
            f"The samples of {name} in {path.name} differ: {shapes[0]} in the training part, "
            f"{shapes[1]} in the test part."
        )
    shape, dtype = shapes[0], headers[f"{name}_train"][1]
    lone = shape == (1,) and dtype.kind in "iub"
    kind = _kind(name, () if lone else shape, dtype)
    classes = _classes(path, name) if kind == LABEL else None
    if kind == LABEL and classes is None:
        kind = NUMBER
    shape = () if lone and kind == LABEL else shape
    return Column(name, shape, str(dtype), kind, classes, base=name, lone_axis=lone and not shape)


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


def _classes(path: Path, name: str) -> int | None:
    """Return how many labels a column has; None if its numbers are no labels from 0."""
    with np.load(path, allow_pickle=False) as file:
        parts = [file[f"{name}_{part}"] for part in ("train", "test")]
    low = min(int(part.min()) for part in parts)
    high = max(int(part.max()) for part in parts)
    return None if low < 0 or high > 100_000 else max(high + 1, 2)
