"""Fixtures that all tests share, and the guards that hold a test to leaving nothing behind."""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")


if TYPE_CHECKING:
    from collections.abc import Iterator


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run what is fast and low first: a broken core is then the first thing to be seen."""
    order = ("graph", "codegen", "resources", "engine", "cli", "gui", "conformance", "e2e")

    def place(item: pytest.Item) -> tuple[bool, int]:
        parts = item.path.parts
        rank = next((at for at, name in enumerate(order) if name in parts), len(order))
        return item.get_closest_marker("engine") is not None, rank

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


@pytest.fixture(autouse=True)
def nothing_left_behind() -> Iterator[None]:
    """Fail a test that leaves a thread, a window or a running timer behind."""
    threads = set(threading.enumerate())
    yield
    left = [one for one in threading.enumerate() if one not in threads and not one.daemon]
    assert not left, f"threads left running: {left}"
    if "PySide6.QtWidgets" in __import__("sys").modules:
        _no_windows_left()


def _no_windows_left() -> None:
    from PySide6.QtCore import QCoreApplication, QEvent  # noqa: PLC0415 - only where Qt is used
    from PySide6.QtWidgets import QApplication  # noqa: PLC0415 - as above

    if not isinstance(QApplication.instance(), QApplication):
        return
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    left = [one for one in QApplication.topLevelWidgets() if one.isVisible()]
    for one in left:
        one.close()
    assert not left, f"windows left open: {left}"
