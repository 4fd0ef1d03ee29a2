"""The list of runs, read in the background: a folder may hold thousands of them."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from engine import compare
from engine.runs import RunError, open_run
from gui import aside

if TYPE_CHECKING:
    from pathlib import Path

    from engine.compare import Facts

_FILES = ("run.json", "history.json")
_MOVING = {"new", "running"}  # it may have ended without a word
_Signature = tuple[tuple[int, int], ...]


class RunRecords(QObject):
    """Reads a folder of runs whenever it is asked to; what hasn't changed is read once.

    Signals:
        listed(): `runs` is new.
    """

    listed = Signal()

    def __init__(self, folder: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.folder = folder
        self.runs: tuple[Facts, ...] = ()
        """The runs, the newest first; empty before `listed`."""
        self.is_listed = False
        self._known: dict[Path, tuple[_Signature, Facts]] = {}  # the thread's alone
        self._is_reading = False
        self._again = False

    def reload(self) -> None:
        """Read the folder; `listed` comes when that is done."""
        if self._is_reading:
            self._again = True
            return
        self._is_reading = True
        aside.ask(self, "runs", self._read, self._on_read)

    def _on_read(self, found: tuple[Facts, ...]) -> None:
        self.runs = found
        self.is_listed, self._is_reading = True, False
        self.listed.emit()
        if self._again:
            self._again = False
            self.reload()

    def _read(self) -> tuple[Facts, ...]:
        """Read what is new (in a thread)."""
        known, self._known = self._known, {}
        try:
            folders = sorted((one for one in self.folder.iterdir() if one.is_dir()), reverse=True)
        except OSError:
            folders = []
        for folder in folders:
            signature = tuple(_facts_of_file(folder / name) for name in _FILES)
            before = known.get(folder)
            if before is not None and before[0] == signature and before[1].status not in _MOVING:
                self._known[folder] = before
            elif signature[0] != (0, 0):
                with contextlib.suppress(RunError):
                    self._known[folder] = (signature, compare.facts(open_run(folder)))
        return tuple(one for _, one in self._known.values())


def _facts_of_file(path: Path) -> tuple[int, int]:
    """Return a file's time of change (nanoseconds) and its size, zeros if there is none."""
    try:
        found = path.stat()
    except OSError:
        return 0, 0
    return found.st_mtime_ns, found.st_size
