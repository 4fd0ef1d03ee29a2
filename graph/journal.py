"""The journal of a drawing: a line of JSON for each step since it was last saved.

The first line holds the drawing as it was then; the others are edits, and moves in the list of
steps by undo and redo. A journal whose last line is cut off, as a crash may leave it, gives all
that stands before. Nothing in it is executed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from graph import projectfile
from graph.edits import Batch, Edit

if TYPE_CHECKING:
    from collections.abc import Iterable

    from graph.project import Project


class Start(NamedTuple):
    """What a journal begins with: `path` of the drawing's file or "", `saved`: is it in there?"""

    project: Project
    path: str
    saved: bool


class Step(NamedTuple):
    """An edit: its label for undo, and the key by which steps in a row become one."""

    edit: Edit
    label: str
    merge: str | None


class At(NamedTuple):
    """Undo or redo: so many steps are done now, counted from the start of the journal."""

    done: int


class Journal(NamedTuple):
    """A journal that was read."""

    start: Start
    steps: tuple[Step | At, ...]


def line(entry: Start | Step | At) -> bytes:
    """Return an entry as one line."""
    if isinstance(entry, Start):
        text = projectfile.dumps(entry.project)
        content: dict[str, Any] = {"project": text, "path": entry.path, "saved": entry.saved}
    elif isinstance(entry, Step):
        content = {"edit": _edit_out(entry.edit), "label": entry.label, "merge": entry.merge}
    else:
        content = {"at": entry.done}
    return msgspec.json.encode(content) + b"\n"


def _edit_out(edit: Edit) -> dict[str, Any]:
    name = {"type": type(edit).__name__}
    if isinstance(edit, Batch):
        return {**name, "edits": [_edit_out(part) for part in edit.edits], "label": edit.label}
    fields = msgspec.structs.asdict(edit)
    return {**name, **{key: projectfile.value_out(value) for key, value in fields.items()}}


def read(lines: Iterable[bytes]) -> Journal | None:
    """Return a journal, as far as it can be read; None if it has no beginning."""
    start: Start | None = None
    steps: list[Step | At] = []
    try:
        for one in lines:
            if not one.endswith(b"\n"):
                break  # the crash came while it was being written
            raw = msgspec.json.decode(one)
            if start is None:
                project = projectfile.loads(raw["project"])
                start = Start(project, str(raw["path"]), bool(raw["saved"]))
            else:
                steps.append(_step(raw))
    except (msgspec.MsgspecError, projectfile.BadFile, KeyError, TypeError, ValueError):
        pass  # what comes after a bad line would be built on sand
    return Journal(start, tuple(steps)) if start is not None else None


def _step(raw: dict[str, Any]) -> Step | At:
    if "at" in raw:
        return At(int(raw["at"]))
    edit: Edit = msgspec.convert(projectfile.value_in(raw["edit"]), type=Edit)
    return Step(edit, str(raw["label"]), raw["merge"])
