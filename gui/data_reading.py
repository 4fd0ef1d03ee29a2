"""Reading an own data set in the background before a drawing uses it, and decoding its images."""

from __future__ import annotations

import contextlib
import threading
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal

from graph import datasets

if TYPE_CHECKING:
    from graph.project import Data


class DataReading(QObject):
    """Reads one data set at a time; what was asked for last wins.

    Signals:
        read(Data): its columns are known, and looking it up is quick from now on.
        refused(str): it can't be used; a sentence says why.
        progressed(int, int): so many images of so many are decoded.
        checked(int): all are, and so many can't be.
    """

    read = Signal(object)
    refused = Signal(str)
    progressed = Signal(int, int)
    checked = Signal(int)
    _told = Signal(int, str, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._current = 0
        self._told.connect(self._on_told, Qt.ConnectionType.QueuedConnection)

    def start(self, data: Data) -> None:
        """Read a data set; an earlier reading is given up."""
        self._current += 1
        number = self._current
        threading.Thread(target=self._read, args=(number, data), name="data", daemon=True).start()

    def stop(self) -> None:
        """Give up what is being read."""
        self._current += 1

    def _on_told(self, number: int, what: str, value: object) -> None:
        if number != self._current:
            return
        if isinstance(value, tuple):
            self.progressed.emit(*value)
        else:
            getattr(self, what).emit(value)

    def _tell(self, number: int, what: str, value: object) -> None:
        with contextlib.suppress(RuntimeError):  # the window has gone
            self._told.emit(number, what, value)

    def _read(self, number: int, data: Data) -> None:
        """Read and check (in a thread)."""
        from graph import sources  # noqa: PLC0415 - in the thread, since it takes its time

        def watch(done: int, count: int) -> bool:
            self._tell(number, "progressed", (done, count))
            return number == self._current

        try:
            found = datasets.describe(data)
            self._tell(number, "read", data)
            bad = sources.check_images(found, watch)
            datasets.describe(data)  # so that the window finds it done
        except datasets.BadData as refusal:
            self._tell(number, "refused", str(refusal))
        except OSError as error:
            self._tell(number, "refused", f"The data can't be read: {error}.")
        else:
            self._tell(number, "checked", bad)
