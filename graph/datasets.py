"""Data sets: which there are, where their files lie, and what is missing if they don't.

A data set is a known one (`graph.known`), an `.npz` file or a folder of `.npy` files
(`graph.arrayfiles`), or a folder of images for each class, a table, or several such sources that
are matched by key (`graph.sources`).
"""

from __future__ import annotations

import hashlib
import os
import threading
from collections import OrderedDict
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING
from weakref import WeakMethod

import platformdirs

from graph import rows, sources, verdicts
from graph.arrayfiles import read_archive, read_arrays
from graph.datavalues import FILE, IMAGE, LABEL, NUMBER, BadData, Column, DataSet, Mismatch
from graph.kerasdata import RESOURCES
from graph.known import KERAS_FILES, KNOWN, SAMPLE

if TYPE_CHECKING:
    from collections.abc import Callable

    from graph.project import Data, Project

    Wanted = tuple[tuple[Path, ...], str]  # paths of sources, and the key that is chosen
    Ask = Callable[[Wanted], bool]
    Stamps = tuple[tuple[str, int, int], ...]  # name, time (ns) and size of files

__all__ = [
    "BUNDLED",
    "IMAGE",
    "KNOWN",
    "LABEL",
    "NUMBER",
    "SAMPLE",
    "BadData",
    "Column",
    "DataSet",
    "Mismatch",
    "data_folder",
    "describe",
    "file_of",
    "files_of",
    "find_data",
    "fingerprint",
    "is_file",
    "is_here",
    "leave_reading_to",
    "look_up",
    "missing_sentence",
    "own_paths",
    "path_of",
    "stem_of",
    "title_of",
]

BUNDLED = RESOURCES / "data"


def data_folder() -> Path:
    """Return the folder in which data sets are looked for: `$LAYERLOOM_DATA`, or a cache folder."""
    chosen = os.environ.get("LAYERLOOM_DATA")
    return Path(chosen) if chosen else Path(platformdirs.user_cache_dir("layerloom")) / "data"


def find_data(project: Project) -> Path:
    """Return the folder from which the project's program reads its data set.

    The bundled sample lies with the program, own files where they are: the folder that holds all
    of them; the others in the data folder, or Keras downloads them.
    """
    source = project.data.source
    if is_file(source):
        parents = [str(path.parent) for path in own_paths(project.data)]
        try:
            return Path(os.path.commonpath(parents))
        except ValueError:  # on Windows: they lie on several drives
            return Path(parents[0])
    return BUNDLED if source == SAMPLE else data_folder()


def is_file(source: str) -> bool:
    """Say whether a data source is a person's own file or folder and no known data set."""
    return source not in KNOWN and bool(source)


def own_paths(data: Data) -> tuple[Path, ...]:
    """Return the absolute paths of the sources of own data, whether they are there or not."""
    return tuple(
        Path(os.path.abspath(Path(one).expanduser()))  # noqa: PTH100 - links stay as they are named
        for one in (data.source, *data.joined)
    )


def file_of(project: Project) -> Path:
    """Return the file or folder that a project's program reads, whether it is there or not."""
    return path_of(project.data)


def path_of(data: Data) -> Path:
    """Return the file or folder of a data set, whether it is there or not."""
    if is_file(data.source):
        return own_paths(data)[0]
    return (BUNDLED if data.source == SAMPLE else data_folder()) / f"{data.source}.npz"


def files_of(project: Project) -> tuple[Path, ...]:
    """Return all files and folders that go with a project's own data: sources and their images."""
    if not is_file(project.data.source):
        return (file_of(project),)
    found = dict.fromkeys(own_paths(project.data))
    try:
        data = describe(project.data)
    except BadData:
        return tuple(found)
    for column in data.columns:
        if column.stored == FILE:
            origin = data.origins[column.origin]
            found |= dict.fromkeys(sources.image_files(origin, column.name))
    return tuple(found)


def stem_of(source: str) -> str:
    """Return the name of a data set's file, without folder and `.npz`."""
    return source if source in KNOWN else Path(source).name.removesuffix(".npz")


def title_of(source: str) -> str:
    """Return a data set's name for people: its title, or the name of an own file."""
    return KNOWN[source].title if source in KNOWN else Path(source).name


def is_here(project: Project) -> bool:
    """Say whether a project's data set lies on this computer: in its folder or in Keras's cache."""
    pattern = KERAS_FILES.get(project.data.source)
    if file_of(project).exists() or pattern is None:
        return file_of(project).exists()
    return any(keras_folder().glob(pattern))


def keras_folder() -> Path:
    """Return the folder in which Keras keeps the data sets that it has downloaded."""
    home = Path(os.environ.get("KERAS_HOME") or Path.home() / ".keras")
    return home / "datasets"


def missing_sentence(name: str, folder: str) -> str:
    """Return what to say when a data set neither lies in a folder nor can be downloaded."""
    if name in KNOWN and KNOWN[name].keras:
        return (
            f"The data set {name} is not on this computer and could not be downloaded. Put "
            f"{name}.npz, with the arrays x_train, y_train, x_test and y_test, into the folder "
            f"{folder} (or set $LAYERLOOM_DATA to its folder), or run this with a network: "
            f'python -c "import keras; keras.datasets.{name}.load_data()".'
        )
    ending = "" if Path(name).suffix in rows.TABLES else ".npz"
    return f"The data set is not there: put the file {name}{ending} into the folder {folder}."


def describe(data: Data) -> DataSet:
    """Return what a project's data are. Raises BadData with a sentence."""
    return look_up(data.source, data.joined, data.test_split, data.key)


def wanted_of(data: Data) -> Wanted:
    """Return what tells which rows own data have: the paths of their sources, and the key."""
    return own_paths(data), data.key


def look_up(
    source: str, joined: tuple[str, ...] = (), test_split: float = 0.2, key: str = ""
) -> DataSet:
    """Return the data set of that name, or what own files hold.

    Only headers of arrays, names of files and cells of tables are read. `joined` are further
    sources whose rows are matched by key, the column `key` if it is chosen; `test_split` is the
    share of the rows held out as the test part where there is none. Raises BadData with a sentence.
    """
    if not source:
        raise BadData("No data set is chosen yet. Choose one for the project.")
    if source in KNOWN:
        if joined:
            raise BadData(f"{source} can't be joined: only tables and folders of images can.")
        return KNOWN[source]
    paths = tuple(Path(one).expanduser() for one in (source, *joined))
    for path in paths:
        _check_there(path, source if path is paths[0] else str(path))
    if len(paths) == 1 and not _is_rows(paths[0]):
        if paths[0].is_dir():
            return read_arrays(paths[0], _stamps_of_files(paths[0])).with_test(test_split)
        stat = paths[0].stat()
        return read_archive(paths[0], stat.st_mtime_ns, stat.st_size).with_test(test_split)
    odd = [path.name for path in paths if not _is_rows(path)]
    if odd:
        raise BadData(f"{odd[0]} can't be joined: only tables and folders of images can.")
    found = _look_at((tuple(map(_absolute, paths)), key)).data
    return found.with_test(test_split)


def table(data: Data) -> sources.Table:
    """Return the rows of own tables and folders of images with their columns. Raises BadData."""
    describe(data)  # raises what there is to raise
    found = _look_at(wanted_of(data))
    return found._replace(data=found.data.with_test(data.test_split))


def _absolute(path: Path) -> Path:
    return Path(os.path.abspath(path))  # noqa: PTH100 - links stay as they are named


def _check_there(path: Path, source: str) -> None:
    known_form = path.is_dir() or path.suffix in {".npz", *rows.TABLES}
    if not known_form and len(path.parts) == 1:
        raise BadData(
            f"There is no data set called {source}. Known are {', '.join(KNOWN)}; your own is the "
            "path of an .npz file, of a table (.csv), or of a folder with a folder of images for "
            "each class."
        )
    if not path.exists():
        what = "file" if path.suffix else "folder"
        raise BadData(
            f"The {what} {path.name} is not in the folder {path.parent}. "
            "Put it there, or choose another data set."
        )
    if not known_form:
        if path.suffix == ".npy":
            raise BadData(
                f"{path.name} is one array: choose its folder, {path.parent.name}, as the data "
                "set. The arrays in it, such as x.npy and y.npy, are its columns."
            )
        raise BadData(f"{path.name} is no data set: it ends in none of {', '.join(_ENDINGS)}.")


_ENDINGS = (".npz", *rows.TABLES)


def _is_rows(path: Path) -> bool:
    if path.is_dir():
        return not any(path.glob("*.npy"))
    return path.suffix in rows.TABLES


def stamps(paths: tuple[Path, ...]) -> tuple[int, ...]:
    """Return when sources were last changed (ns): tables, folders, those below, and verdicts."""
    found = []
    for path in paths:
        folders = [folder for _, folder in rows.folders_of(path)] if path.is_dir() else []
        for one in (path, *folders, *([] if path.is_dir() else [path.parent / "images"])):
            try:
                found.append(one.stat().st_mtime_ns)
            except OSError:
                found.append(0)
        found.append(verdicts.stamp(str(_absolute(path))))
    return tuple(found)


_LARGE, _SAMPLES, _BLOCK = 2**30, 256, 2**20  # bytes, blocks that are read of it, their bytes
_MOST_KEPT = 2  # the rows of a large folder take some 50 MB
_kept: OrderedDict[Wanted, tuple[tuple[int, ...], sources.Table | BadData]] = OrderedDict()
_reads_now = threading.Lock()  # who comes second finds what the first has read
_thread = threading.local()


def leave_reading_to(ask: Ask) -> None:
    """Let this thread read no rows from now on, since that may take seconds.

    It is given what is known of its sources. Where they have changed since, and where nothing is
    known, which is BadData for now, `ask` is called with what is wanted: to read it elsewhere. It
    is a method that says whether it does so, and is forgotten with its object.
    """
    _thread.ask = WeakMethod(ask)


def _look_at(wanted: Wanted) -> sources.Table:
    """Return the rows of sources, read anew if they have changed. Raises BadData."""
    now, known = stamps(wanted[0]), _kept.get(wanted)
    if known is None or known[0] != now:
        asked: WeakMethod[Ask] | None = getattr(_thread, "ask", None)
        ask = asked() if asked is not None else None
        if ask is None or not ask(wanted):
            known = _read(wanted, now)
    if known is None:
        raise BadData(f"{' and '.join(path.name for path in wanted[0])} is being read …")
    if isinstance(known[1], BadData):
        raise BadData(str(known[1]))
    return known[1]


def _read(wanted: Wanted, now: tuple[int, ...]) -> tuple[tuple[int, ...], sources.Table | BadData]:
    """Return and keep what sources hold that were last changed then."""
    with _reads_now:
        known = _kept.get(wanted)  # other threads go on seeing it meanwhile
        if known is None or known[0] != now:
            try:
                known = now, sources.look_at(*wanted)
            except BadData as refusal:
                known = now, refusal
            except OSError as error:
                known = now, BadData(f"The data can't be read: {error}.")
        _kept[wanted] = known
        _kept.move_to_end(wanted)
        while len(_kept) > _MOST_KEPT:
            _kept.popitem(last=False)
        return known


def fingerprint(project: Project) -> str:
    """Return the data's name and a SHA-256: of a file's content, of a folder's names and sizes.

    Of a large file its size and a part of its content count: reading all of it takes minutes.
    It is the name alone if Keras fetches the data, or if they can't be read.
    """
    source = project.data.source
    try:
        if is_file(source) and (project.data.joined or _is_rows(file_of(project))):
            digest = _digest_rows(project.data)
        else:
            path = file_of(project)
            path.stat()  # raises what there is to raise
            digest = _digest(path, _stamps_of_files(path))
    except (OSError, BadData):
        return source
    return f"{source} sha256:{digest}"


def _digest_rows(data: Data) -> str:
    found = table(data)
    digest = hashlib.sha256()
    for column in found.data.columns:
        if column.stored != FILE:
            continue
        folder = rows.images_folder(found.data.origins[column.origin])
        for row in found.rows.rows:
            path = folder / row.cells[column.name]
            size = path.stat().st_size if path.is_file() else -1
            digest.update(f"{row.cells[column.name]} {size}\n".encode())
    for path in own_paths(data):
        if path.is_file():
            digest.update(path.read_bytes())
    return digest.hexdigest()


@lru_cache(maxsize=8)
def _digest(path: Path, _stamps: Stamps) -> str:
    digest = hashlib.sha256()
    for file in _files_in(path):
        size = file.stat().st_size
        with file.open("rb") as stream:
            if size > _LARGE:
                digest.update(f"{size}".encode())
                for place in range(_SAMPLES):
                    stream.seek(place * (size - _BLOCK) // (_SAMPLES - 1))
                    digest.update(stream.read(_BLOCK))
                continue
            while block := stream.read(_BLOCK):
                digest.update(block)
    return digest.hexdigest()


def _files_in(path: Path) -> list[Path]:
    """Return the files of a data set of arrays: itself, or what a folder holds."""
    return sorted(path.glob("*.npy")) if path.is_dir() else [path]


def _stamps_of_files(path: Path) -> Stamps:
    """Return what tells whether the files of a data set of arrays have changed."""
    stats = [(file.name, file.stat()) for file in _files_in(path)]
    return tuple((name, stat.st_mtime_ns, stat.st_size) for name, stat in stats)
