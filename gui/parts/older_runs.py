"""The runs of earlier sessions, and of commands, that a panel offers; read in the background."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from gui.parts.mapchoices import has_weights
from gui.run_records import RunRecords

if TYPE_CHECKING:
    from pathlib import Path

_MOST = 30  # that are offered


class OlderRuns(QObject):
    """Looks for runs whenever a panel comes into sight.

    Signals:
        found(list[Run]): those with weights, the newest first; when the panel is first seen.
        more(list[Run]): the same, each later time.
    """

    found = Signal(object)
    more = Signal(object)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._records: RunRecords | None = None
        self._has_told = False

    def look(self, folder: Path) -> bool:
        """Read a folder; say whether it is the first time."""
        is_first = self._records is None
        if self._records is None:
            self._records = RunRecords(folder, self)
            self._records.listed.connect(self._on_listed)
        self._records.reload()
        return is_first

    def _on_listed(self) -> None:
        if self._records is not None:
            there = (one.run for one in self._records.runs if has_weights(one.run))
            tell = self.more if self._has_told else self.found
            self._has_told = True
            tell.emit(list(islice(there, _MOST)))
