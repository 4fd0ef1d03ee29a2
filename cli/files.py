"""Project files on the command line: a path, or the name of a template."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from cli.ends import Refusal
from graph import projectfile, templates

if TYPE_CHECKING:
    from graph.project import Project


def load(file: str) -> Project:
    """Return the project in a file, or, where no such file exists, the template of this name.

    Raises:
        Refusal: neither is there, or the file can't be read.
    """
    path = Path(file)
    if path.exists() or path.suffix:
        return read(path)
    if file in template_names():
        return templates.load(file)
    raise Refusal(
        f"There is no file {file}, and no template of this name: layerloom new --list prints them."
    )


def read(path: Path) -> Project:
    """Return the project in a file; raises Refusal."""
    try:
        return projectfile.read(path)
    except projectfile.BadFile as bad:
        raise Refusal(str(bad)) from None


def template_names() -> tuple[str, ...]:
    """Return the names of the templates."""
    return tuple(template.name for template in templates.templates())


def write(path: Path, text: str) -> None:
    """Write a text in one step, all of it or nothing.

    Raises:
        Refusal: the folder isn't there, is read-only, or its disk is full.
    """
    try:
        projectfile.write_text(path, text)
    except projectfile.BadFile as bad:
        raise Refusal(str(bad)) from None
