"""Save a drawing's program so that it runs where it lies: its data comes along where it must."""

from __future__ import annotations

import contextlib
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from codegen.program import emit
from graph.callbacks import own_files
from graph.datasets import SAMPLE, file_of, files_of, find_data, is_file, own_paths
from graph.projectfile import BadFile, write_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graph.inference import Report
    from graph.project import Project

DATA = "data"
"""The folder beside a program in which it looks for its data."""

MOST_BYTES = 1 << 30
"""A folder of images that is larger isn't copied."""

_WORTH_SAYING = 20  # megabytes of data


def export(project: Project, report: Report, path: Path) -> tuple[Path, ...]:
    """Write a drawing's program to a file, and return all files that were written.

    The bundled sample and own data are copied into the folder `data` beside it, unless they are
    a folder of more than 1 GB; files of one's own callbacks beside it. What Keras can download is
    not copied.

    Raises:
        BadFile: one of the files can't be written, or the data file isn't there.
    """
    if not path.parent.is_dir():
        raise BadFile(f"There is no folder {path.parent}. Make it first, or choose another.")
    program = emit(project, report)
    written = [path]
    if project.data.source == SAMPLE or is_file(project.data.source):
        written += _copy_data(project, path.parent / DATA)
    if any(Path(own).name == path.name for own in own_files(project.training)):
        raise BadFile(f"The file of a callback is called {path.name} too: choose another name.")
    written += copy_own(project, path.parent)
    write_text(path, program.text)
    return tuple(written)


def named(written: tuple[Path, ...]) -> str:
    """Return what an export wrote in few words: the program, then a name or how many files."""
    program, *others = written
    home = program.parent
    if len(others) == 1:
        return f"{program.name} and {others[0].relative_to(home)}"
    data = [one for one in others if one.parent != home]
    beside = [one.name for one in others if one.parent == home]
    size = sum(one.stat().st_size for one in data) / 1e6
    megabytes = f" ({size:,.0f} MB)" if size >= _WORTH_SAYING else ""
    found = [program.name, *beside]
    if data:
        files = "1 file" if len(data) == 1 else f"{len(data):,} files"
        found.append(f"{files} of data{megabytes} in {DATA}/")
    *first, last = found
    return f"{', '.join(first)} and {last}" if first else last


def copy_own(project: Project, folder: Path) -> tuple[Path, ...]:
    """Copy the files of one's own callbacks into a program's folder, unread; return the copies.

    Raises:
        BadFile: one of them isn't there, or can't be written.
    """
    sources = [Path(path).expanduser() for path in own_files(project.training)]
    return tuple(_copy(source, folder / source.name) for source in sources)


def _copy_data(project: Project, folder: Path) -> Iterator[Path]:
    """Copy the files and folders of the data to where the program looks for them.

    A folder of more than `MOST_BYTES` stays where it is: the program says where it is to be put.
    """
    home = find_data(project)
    for source in files_of(project):
        below = source.relative_to(home)
        if not source.is_dir():
            if source.exists() or source in {*own_paths(project.data)[:1], file_of(project)}:
                yield _copy(source, folder / below)
            continue
        inner = [file for file in source.rglob("*") if file.is_file()]
        if sum(file.stat().st_size for file in inner) > MOST_BYTES:
            continue
        for file in inner:
            yield _copy(file, folder / file.relative_to(home))


def _copy(source: Path, target: Path) -> Path:
    """Copy a file so that it is there as a whole or not at all; one that is there stays."""
    part = target.with_name(f".{target.name}.part")
    try:
        if target.exists() and target.samefile(source):
            return target
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, part)
        part.replace(target)
    except OSError as error:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        place = error.filename or target
        raise BadFile(f"{place}: {error.strerror or error}; nothing was saved.") from None
    return target
