"""Save a drawing's program so that it runs where it lies: its data comes along where it must."""

from __future__ import annotations

import contextlib
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from codegen.program import emit
from graph.callbacks import own_files
from graph.datasets import SAMPLE, file_of, is_file
from graph.projectfile import BadFile, write_text

if TYPE_CHECKING:
    from graph.inference import Report
    from graph.project import Project

DATA = "data"
"""The folder beside a program in which it looks for its data."""


def export(project: Project, report: Report, path: Path) -> tuple[Path, ...]:
    """Write a drawing's program to a file, and return all files that were written.

    The bundled sample and an own data file are copied into the folder `data` beside it, files
    of one's own callbacks beside it; what Keras can download is not copied.

    Raises:
        BadFile: one of the files can't be written, or the data file isn't there.
    """
    if not path.parent.is_dir():
        raise BadFile(f"There is no folder {path.parent}. Make it first, or choose another.")
    program = emit(project, report)
    written = [path]
    if project.data.source == SAMPLE or is_file(project.data.source):
        source = file_of(project)
        written.append(_copy(source, path.parent / DATA / source.name))
    if any(Path(own).name == path.name for own in own_files(project.training)):
        raise BadFile(f"The file of a callback is called {path.name} too: choose another name.")
    written += copy_own(project, path.parent)
    write_text(path, program.text)
    return tuple(written)


def copy_own(project: Project, folder: Path) -> tuple[Path, ...]:
    """Copy the files of one's own callbacks into a program's folder, unread; return the copies.

    Raises:
        BadFile: one of them isn't there, or can't be written.
    """
    sources = [Path(path).expanduser() for path in own_files(project.training)]
    return tuple(_copy(source, folder / source.name) for source in sources)


def _copy(source: Path, target: Path) -> Path:
    """Copy a file so that it is there as a whole or not at all; one that is there stays."""
    part = target.with_name(f".{target.name}.part")
    try:
        if target.exists() and target.samefile(source):
            return target
        target.parent.mkdir(exist_ok=True)
        shutil.copyfile(source, part)
        part.replace(target)
    except OSError as error:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        place = error.filename or target
        raise BadFile(f"{place}: {error.strerror or error}; nothing was saved.") from None
    return target
