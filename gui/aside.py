"""Work beside the window's thread; what comes of it is told on that thread.

A thread never touches whoever asked, who may be taken down at any moment: it hands calls to an
object that lives as long as the process, and these are made if the asker is still there.
"""

from __future__ import annotations

import atexit
import threading
from functools import cache
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QCoreApplication, QObject, Qt, Signal, Slot
from shiboken6 import isValid

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


class _Post(QObject):
    """Makes calls on the window's thread, in the order in which they are handed in."""

    handed_in = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._handing = threading.Lock()
        self._is_open = True
        atexit.register(self._close)  # before Qt's own, which takes this object down
        application = QCoreApplication.instance()
        assert application is not None  # noqa: S101 - nobody waits where nothing is shown
        self.moveToThread(application.thread())
        self.handed_in.connect(self._on_handed_in, Qt.ConnectionType.QueuedConnection)

    def hand_in(self, call: Callable[[], object]) -> None:
        """Have a call made, unless the process ends; from any thread."""
        with self._handing:
            if self._is_open:
                self.handed_in.emit(call)

    def _close(self) -> None:
        with self._handing:
            self._is_open = False

    @Slot(object)
    def _on_handed_in(self, call: Callable[[], object]) -> None:
        call()


_post = cache(_Post)


def tell(asker: QObject, call: Callable[[], object]) -> None:
    """Have a call made on the window's thread, unless the asker has gone by then; from a thread."""

    def guarded() -> None:
        if isValid(asker):
            call()

    _post().hand_in(guarded)


def begin(name: str, work: Callable[[], object], *, must_end: bool = False) -> None:
    """Work on a thread of this name, which may `tell` something on its way.

    Where a file is written that a person has asked for, it `must_end` before the process does.
    """
    _post()
    threading.Thread(target=work, name=name, daemon=not must_end).start()


def ask(
    asker: QObject,
    name: str,
    work: Callable[[], T],
    then: Callable[[T], object],
    *,
    must_end: bool = False,
) -> None:
    """Work on a thread as `begin` does; `then` gets what it returned, on the window's thread."""

    def answer() -> None:
        result = work()
        tell(asker, lambda: then(result))

    begin(name, answer, must_end=must_end)
