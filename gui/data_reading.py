"""Reading own data sets in the background before a drawing uses them, and decoding their images."""

from __future__ import annotations

import threading
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal
from shiboken6 import isValid

from graph import datasets
from graph.project import Data
from gui import aside

if TYPE_CHECKING:
    from collections.abc import Callable

    from graph.change import Change
    from graph.datasets import Wanted
    from gui.document import Document

_PAINTED_MS = 400  # until a drawing is there, which decoding would hold up
_PATIENCE_MS = 150  # of people, until they are told what they wait for
_DECODING = threading.Lock()  # who comes second finds what the first has found out


def is_read_slowly(data: Data) -> bool:
    """Say whether looking up a data set may take long: a folder, or a table."""
    return datasets.is_file(data.source) and not data.source.endswith(".npz")


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

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._number = 0  # of what was asked for last: of earlier things nothing is told any more

    def start(self, data: Data, *, check: bool = True) -> None:
        """Read a data set, and `check` its images; an earlier reading is given up."""
        self._number += 1
        aside.begin("data", partial(self._read, self._number, data, check))

    def stop(self) -> None:
        """Give up what is being read."""
        self._number += 1

    def _is_wanted(self, number: int) -> bool:
        return number == self._number and isValid(self)

    def _on_told(self, number: int, what: str, value: object) -> None:
        if not self._is_wanted(number):
            return
        if isinstance(value, tuple):
            self.progressed.emit(*value)
        else:
            getattr(self, what).emit(value)

    def _tell(self, number: int, what: str, value: object) -> None:
        aside.tell(self, partial(self._on_told, number, what, value))

    def _read(self, number: int, data: Data, check: bool) -> None:  # noqa: FBT001 - from `start`
        """Read and check (in a thread)."""
        from graph import sources  # noqa: PLC0415 - in the thread, since it takes its time

        def watch(done: int, count: int) -> bool:
            self._tell(number, "progressed", (done, count))
            return self._is_wanted(number)

        try:
            found = datasets.describe(data)
            self._tell(number, "read", data)
            if not check:
                return
            with _DECODING:
                bad = sources.check_images(found, watch)
            datasets.describe(data)  # so that the window finds it done
        except datasets.BadData as refusal:
            self._tell(number, "refused", str(refusal))
        except OSError as error:
            self._tell(number, "refused", f"The data can't be read: {error}.")
        except Exception as error:  # noqa: BLE001 - whoever waits must hear of it
            words = f"{type(error).__name__}: {error}"
            self._tell(number, "refused", f"The data can't be read: {words}.")
        else:
            self._tell(number, "checked", bad)


class OwnData(QObject):
    """What is known of the own data of the drawings in a window: read before they are shown.

    Looking up 60,000 files takes a second, decoding them a minute: both are done in the background.
    The window's thread itself reads no rows: it sees what is known, until more is.

    Signals:
        reading(str): a drawing will be shown once the data of this name are read.
        progressed(int, int): so many images of the drawing that is shown, of so many, are decoded.
        settled(): a drawing that waited is shown, or its images are looked at: see which.
    """

    reading = Signal(str)
    progressed = Signal(int, int)
    settled = Signal()

    def __init__(self, document: Document, parent: QObject) -> None:
        super().__init__(parent)
        self._document = document
        self._seen: tuple[str, ...] = ()  # the sources of the drawing that is shown
        self._opening = 0
        self._is_over = False
        self._asked: Wanted | None = None  # the sources that the window's thread has asked for
        self._unread = DataReading(self)
        self._unread.read.connect(lambda _data: self._on_read())
        self._unread.refused.connect(lambda _why: self._on_read())
        self._looked_at: Wanted | None = None  # sources that will be known anew once checked
        self.is_checking = False
        self._check = DataReading(self)
        self._painted = QTimer(self, singleShot=True, interval=_PAINTED_MS)
        self._painted.timeout.connect(lambda: self._check.start(document.project.data))
        self._check.read.connect(self._on_check_began)
        self._check.progressed.connect(self.progressed)
        self._check.checked.connect(self._on_checked)
        self._check.refused.connect(lambda _why: self._end_check())
        document.changed.connect(self._on_document_changed)
        datasets.leave_reading_to(self._on_unread)

    @property
    def is_opening(self) -> bool:
        """Say whether a drawing waits for its data to be read."""
        return self._opening > 0 or bool(self._asked)

    def stop(self) -> None:
        """Read nothing any more: the window is closed, and nobody waits."""
        self._is_over = True

    def _on_unread(self, wanted: Wanted) -> bool:
        """Have sources read that are new to the window, or have changed on the disk."""
        if self._is_over or not isValid(self):  # the window has gone
            return False
        if wanted not in {self._asked, self._looked_at}:
            self._asked = wanted
            source, *joined = map(str, wanted[0])
            self._unread.start(Data(source, joined=tuple(joined), key=wanted[1]), check=False)
        return True

    def _on_read(self) -> None:
        self._asked = None
        self._document.look_at_data_again()
        self._settle()

    def when_read(self, data: Data, call: Callable[[], None]) -> None:
        """Make a call once looking up these data is quick, or known to fail: at once if it is."""
        if not is_read_slowly(data):
            call()
            return
        self._opening += 1
        reading = DataReading(self)
        patience = QTimer(reading, singleShot=True, interval=_PATIENCE_MS)
        patience.timeout.connect(lambda: self.reading.emit(datasets.title_of(data.source)))

        def go_on(_read: object) -> None:
            patience.stop()  # or else it may tell while the drawing is being shown
            reading.stop()  # its thread may not have come to its end
            reading.deleteLater()
            self._opening -= 1
            call()
            self._settle()

        reading.read.connect(go_on)
        reading.refused.connect(go_on)
        patience.start()
        reading.start(data, check=False)

    def _on_document_changed(self, change: Change) -> None:
        data = self._document.project.data
        seen = (data.source, *data.joined, data.key)
        if not change.data or seen == self._seen:
            return
        self._seen = seen
        self.is_checking = is_read_slowly(data)
        self._looked_at = None
        if self.is_checking:
            self._check.stop()
            self._painted.start()
        else:
            self._painted.stop()
            self._check.stop()
            self._settle()

    def _on_check_began(self, data: Data) -> None:
        self._looked_at = datasets.wanted_of(data)

    def _on_checked(self, _bad: int) -> None:
        self._looked_at = None
        self._document.look_at_data_again()
        self._end_check()

    def _end_check(self) -> None:
        self.is_checking, self._looked_at = False, None
        self._settle()

    def _settle(self) -> None:
        if not self.is_opening:
            self.settled.emit()
