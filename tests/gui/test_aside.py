"""Work beside the window's thread is answered on it, and by nobody once the asker has gone."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QThread

from gui import aside

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot


ENDING = """
import sys
sys.path.insert(0, sys.argv[1])
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication
from gui import aside
app, asker = QApplication([]), QObject()
def work():
    while True:
        aside.tell(asker, int)
for number in range(4):
    aside.begin(f"work {number}", work)
app.processEvents()
"""


def test_a_process_ends_while_threads_tell() -> None:
    words = [sys.executable, "-c", ENDING, str(Path(aside.__file__).resolve().parents[1])]
    done = subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, "Error" in done.stderr) == (0, False), done.stderr


def test_an_answer_comes_on_the_window_s_thread(qtbot: QtBot) -> None:
    asker = QObject()
    came: list[tuple[str, bool, bool]] = []

    def then(worked_on: str) -> None:
        here = QThread.currentThread() is QCoreApplication.instance().thread()
        came.append((worked_on, here, threading.current_thread() is threading.main_thread()))

    aside.ask(asker, "adding", lambda: threading.current_thread().name, then)
    qtbot.waitUntil(lambda: bool(came))
    assert came == [("adding", True, True)]


def test_what_is_told_on_the_way_comes_in_order_and_before_the_answer(qtbot: QtBot) -> None:
    asker = QObject()
    came: list[int] = []

    def work() -> int:
        for step in range(100):
            aside.tell(asker, lambda step=step: came.append(step))
        return 100

    aside.ask(asker, "counting", work, came.append)
    qtbot.waitUntil(lambda: len(came) == 101)
    assert came == list(range(101))


def test_nobody_is_told_who_has_gone_meanwhile(qtbot: QtBot) -> None:
    asker, other = QObject(), QObject()
    may_end = threading.Event()
    came: list[str] = []
    aside.ask(asker, "waiting", may_end.wait, lambda _: came.append("gone"))
    asker.deleteLater()
    QCoreApplication.sendPostedEvents(asker, QEvent.Type.DeferredDelete)
    may_end.set()
    aside.ask(other, "after it", lambda: None, lambda _: came.append("here"))
    qtbot.waitUntil(lambda: "here" in came)
    assert came == ["here"]


def test_the_process_waits_only_for_a_file_that_a_person_wants() -> None:
    seen: list[bool] = []
    done = threading.Event()

    def work() -> None:
        seen.append(threading.current_thread().daemon)
        if len(seen) == 2:
            done.set()

    aside.begin("looking", work)
    aside.begin("saving", work, must_end=True)
    assert done.wait(5)
    assert sorted(seen) == [False, True]
