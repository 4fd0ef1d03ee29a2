"""Fixtures that all tests share, and the guards that hold a test to leaving nothing behind."""

from __future__ import annotations

import contextlib
import faulthandler
import os
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from _pytest.faulthandler import fault_handler_stderr_fd_key

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")


if TYPE_CHECKING:
    from collections.abc import Iterator

_MOST_SECONDS_DOWN = 180


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run what is fast and low first: a broken core is then the first thing to be seen.

    Of what starts engines the longest files come first, so that no worker is left alone with one.
    """
    order = ("graph", "codegen", "resources", "engine", "cli", "gui", "conformance", "e2e")

    long = ("test_docs", "test_benchmarks", "test_demo", "test_resume", "test_every_object")

    def place(item: pytest.Item) -> tuple[bool, int]:
        parts = item.path.parts
        rank = next((at for at, name in enumerate(order) if name in parts), len(order))
        is_long = item.path.stem in long
        is_engine = item.get_closest_marker("engine") is not None
        return is_engine, -len(long) + long.index(item.path.stem) if is_long else rank

    items.sort(key=place)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Turn a skip that nobody announced (marker `may_skip`) into a failure."""
    outcome = yield
    report = outcome.get_result()  # type: ignore[attr-defined]
    if (
        report.skipped
        and not hasattr(report, "wasxfail")
        and not item.get_closest_marker("may_skip")
    ):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped, and nobody announced it: {report.longrepr}"


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item) -> Iterator[None]:
    """End a process that hangs in taking down: once a test has failed, pytest watches no more."""
    file = item.config.stash[fault_handler_stderr_fd_key]
    faulthandler.dump_traceback_later(_MOST_SECONDS_DOWN, file=file, exit=True)
    try:
        return (yield)
    finally:
        faulthandler.cancel_dump_traceback_later()


@pytest.fixture(autouse=True)
def nothing_left_behind() -> Iterator[None]:
    """Fail a test that leaves a thread or a window behind; its timers go with those."""
    threads = set(threading.enumerate())
    yield
    left = [one for one in threading.enumerate() if one not in threads and not one.daemon]
    assert not left, f"threads left running: {left}"
    if "PySide6.QtWidgets" in sys.modules:
        _no_windows_left()


@pytest.fixture(autouse=True, scope="module")
def no_process_left_behind() -> Iterator[None]:
    """Fail a module that leaves a process behind: the tests of one may share an engine."""
    processes = children()
    yield
    orphans = children() - processes
    for _ in range(50):
        if not orphans:
            break
        time.sleep(0.1)  # a process that was told to end needs a moment
        orphans &= children()
    assert not orphans, f"processes left running: {orphans}"


def children() -> set[int]:
    """Return the ids of this process's living children, where the system can say so (Linux)."""
    found: set[int] = set()
    for task in Path("/proc/self/task").glob("*/children"):
        with contextlib.suppress(OSError):
            found.update(int(pid) for pid in task.read_text(encoding="ascii").split())
    return {pid for pid in found if not _is_zombie(pid)}


def _is_zombie(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0]
    except OSError:
        return True
    return state == "Z"


def _no_windows_left() -> None:
    from PySide6.QtCore import QCoreApplication, QEvent  # noqa: PLC0415 - only where Qt is used
    from PySide6.QtWidgets import QApplication  # noqa: PLC0415 - as above

    if not isinstance(QApplication.instance(), QApplication):
        return
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    left = [one for one in QApplication.topLevelWidgets() if one.isVisible()]
    for one in left:  # not closed: it might ask something, and nobody would answer
        one.hide()
        one.deleteLater()
    assert not left, f"windows left open: {left}"
