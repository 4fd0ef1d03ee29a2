"""The runs of earlier sessions that a panel offers, read in the background."""

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
    """Looks for runs once, when a panel is first seen.

    Signals:
        found(list[Run]): those with weights, the newest first.
    """

    found = Signal(object)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._records: RunRecords | None = None

    def look(self, folder: Path) -> bool:
        """Read a folder; say whether that was begun, since only the first call does it."""
        if self._records is not None:
            return False
        self._records = records = RunRecords(folder, self)
        records.listed.connect(self._on_listed)
        records.reload()
        return True

    def _on_listed(self) -> None:
        if self._records is not None:
            there = (one.run for one in self._records.runs if has_weights(one.run))
            self.found.emit(list(islice(there, _MOST)))
