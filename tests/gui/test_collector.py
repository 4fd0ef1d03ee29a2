"""Garbage is collected on the window's thread, and nowhere else while there is a window."""

from __future__ import annotations

import gc
import threading
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QEvent, QObject

from gui.collector import Collector

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot


class Ring:
    """Garbage that only the collector finds; it notes in which thread it went."""

    gone: set[str] = set()  # noqa: RUF012 - of all rings

    def __init__(self) -> None:
        self.me = self

    def __del__(self) -> None:
        Ring.gone.add(threading.current_thread().name)


def make_garbage() -> None:
    for _ in range(20_000):
        Ring()


def test_garbage_of_a_thread_goes_on_the_window_s_own(qtbot: QtBot) -> None:
    window = QObject()
    Collector(window)
    gc.collect()
    Ring.gone.clear()
    thread = threading.Thread(target=make_garbage, name="background")
    thread.start()
    thread.join()
    assert Ring.gone == set()
    qtbot.waitUntil(lambda: bool(Ring.gone), timeout=5000)
    assert Ring.gone == {"MainThread"}
    window.deleteLater()
    QCoreApplication.sendPostedEvents(window, QEvent.Type.DeferredDelete)
    assert gc.isenabled(), "without a window Python does as it likes"
