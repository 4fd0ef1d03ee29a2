"""Saving a drawing's program as a file that runs by itself."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from codegen.program import emit
from graph import datasets
from graph.projectfile import BadFile, write_text

if TYPE_CHECKING:
    from pathlib import Path

    from graph.inference import Report
    from graph.project import Project


def export(project: Project, report: Report, path: Path) -> tuple[Path, ...]:
    """Write the program to `path` and, where Keras can't fetch the data, these to `data` beside it.

    Returns the files written. Raises BadFile with a sentence if one can't be written.
    """
    write_text(path, emit(project, report).text)
    source = datasets.file_of(project)
    if project.data.source in datasets.KNOWN and datasets.KNOWN[project.data.source].keras:
        return (path,)
    if not project.data.source or not source.exists():
        return (path,)
    target = path.parent / "data" / source.name
    if target.exists() and target.samefile(source):
        return path, target
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
    except OSError as error:
        raise BadFile(f"{target} can't be written: {error.strerror or error}.") from error
    return path, target
