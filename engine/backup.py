"""Backups of a running training: what a resumed run needs, in folders that are whole or not there.

A run directory holds them below ``backups``: a folder for each backup, whose name is the number of
epochs that were over, with

- ``state.json``: plain values;
- ``arrays.npz``: arrays by name;
- files of the program, such as its checkpoints, under the names ``0``, ``1``, …; they are hard
  links where the disk knows them, and cost nothing then.

A backup is written in a hidden folder beside the others, which is renamed when all of it lies on
the disk. The last two are kept: if the newer one is damaged, the older one serves. No Keras.
"""

import contextlib
import json
import os
import shutil
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

FOLDER = "backups"
"""The folder in a run directory that holds the backups."""

PART = ".part-"
"""How the name of a file begins that is being written; it is renamed when it is whole."""

_STATE = "state.json"
_ARRAYS = "arrays.npz"
_KEPT = 2


@dataclass
class Backup:
    """What one backup holds.

    Attributes:
        epoch: epochs that are over; the next one has this number, from 0.
        state: values that JSON knows, and NaN and infinities.
        arrays: arrays of plain dtypes, by name.
        files: files of the run directory, by their path in it; where their contents lie.
    """

    epoch: int
    state: dict[str, Any] = field(default_factory=dict)
    arrays: dict[str, NDArray[Any]] = field(default_factory=dict)
    files: dict[str, Path] = field(default_factory=dict)


def write(run: Path, backup: Backup) -> None:
    """Write a backup into a run directory, and let the oldest one go; raises OSError."""
    parent = run / FOLDER
    parent.mkdir(exist_ok=True)
    part = parent / f".{backup.epoch:06}.part"
    _remove(part)
    try:
        part.mkdir()
        _fill(part, backup)
        target = parent / f"{backup.epoch:06}"
        _remove(target)
        part.rename(target)
    except OSError:
        _remove(part)
        raise
    _sync_folder(parent)
    for old in _folders(run)[_KEPT:]:
        _remove(old)


def newest(run: Path) -> Backup | None:
    """Return the newest backup that can be read, or None."""
    for folder in _folders(run):
        with contextlib.suppress(OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
            return _read(folder)
    return None


def epochs_saved(run: Path) -> int:
    """Return how many epochs the newest backup has behind it, without reading it; 0: none."""
    folders = _folders(run)
    return int(folders[0].name) if folders else 0


def restore_file(source: Path, target: Path) -> None:
    """Give a file the contents, and the time, that it had when the backup was made."""
    if target.exists() and target.samefile(source):
        return  # and renaming one name of a file to another would leave both
    part = target.with_name(f"{PART}{target.name}")
    part.unlink(missing_ok=True)
    _link(source, part)
    part.replace(target)


def clear_parts(run: Path) -> None:
    """Delete what was being written in a run directory when its process died."""
    for part in [*run.rglob(f"{PART}*"), *(run / FOLDER).glob(".*")]:
        if part.is_dir():
            shutil.rmtree(part, ignore_errors=True)
        else:
            part.unlink(missing_ok=True)


def _fill(folder: Path, backup: Backup) -> None:
    names = list(backup.files)
    for number, name in enumerate(names):
        _link(backup.files[name], folder / str(number))
    with (folder / _ARRAYS).open("wb") as file:
        np.savez(file, **backup.arrays)  # type: ignore[arg-type]  # the stubs take it for allow_pickle
        _sync(file.fileno(), file.flush)
    values = {"epoch": backup.epoch, "state": backup.state, "files": names}
    with (folder / _STATE).open("w", encoding="utf-8") as text:
        json.dump(values, text)
        _sync(text.fileno(), text.flush)
    _sync_folder(folder)


def _read(folder: Path) -> Backup:
    values = json.loads((folder / _STATE).read_text(encoding="utf-8"))
    with np.load(folder / _ARRAYS, allow_pickle=False) as arrays:
        loaded = {name: arrays[name] for name in arrays.files}  # checks each one's sum
    files = {name: folder / str(number) for number, name in enumerate(values["files"])}
    missing = [path for path in files.values() if not path.is_file()]
    if missing:
        raise FileNotFoundError(str(missing[0]))
    return Backup(int(values["epoch"]), values["state"], loaded, files)


def _folders(run: Path) -> list[Path]:
    """Return the folders of whole backups, the newest first."""
    try:
        found = [path for path in (run / FOLDER).iterdir() if path.name.isdigit()]
    except OSError:
        return []
    return sorted(found, key=lambda path: int(path.name), reverse=True)


def _link(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError:  # not every disk knows hard links
        shutil.copy2(source, target)


def _remove(folder: Path) -> None:
    """Remove a folder so that what is left of it, if it is cut off, is no backup."""
    if not folder.exists():
        return
    gone = folder
    if not folder.name.startswith("."):
        gone = folder.with_name(f".{folder.name}.old")
        shutil.rmtree(gone, ignore_errors=True)
        folder.rename(gone)
    shutil.rmtree(gone, ignore_errors=True)


def _sync(descriptor: int, flush: Any) -> None:  # noqa: ANN401 - a method of any file
    flush()
    os.fsync(descriptor)


def _sync_folder(folder: Path) -> None:
    """Let the names in a folder last, where the system can be asked for it."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
