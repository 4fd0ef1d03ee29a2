"""The kind of parameter that is a place for files: inside the folder of the run, nowhere else."""

from __future__ import annotations

from pathlib import PurePosixPath, PureWindowsPath
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from graph.params import Value


class RunPath(msgspec.Struct, frozen=True):
    """The name of a file or folder that a training writes, inside the folder it runs in."""

    optional: bool = False

    def check(self, value: Value) -> str | None:
        """Return what is wrong with a value, or None."""
        if value is None and self.optional:
            return None
        if not isinstance(value, str) or not value.strip():
            return "needs the name of a file"
        paths = (PurePosixPath(value), PureWindowsPath(value))
        if any(path.anchor or ".." in path.parts for path in paths):
            return f"must lie in the run's own folder, and “{value}” leads out of it"
        return None

    def parse(self, text: str) -> Value:
        """Return the name a person typed."""
        return text.strip()
