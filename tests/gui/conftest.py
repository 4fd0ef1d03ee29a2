"""A whole window without an engine; no question without an answer; garbage on this thread."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

import pytest
from PySide6.QtWidgets import QMessageBox

from tests import windows

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from gui.main_window import MainWindow


@pytest.fixture(autouse=True)
def nobody_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail at a question for which a test has no answer: it would wait for ever."""
    for name in ("question", "warning", "critical", "about"):

        def refuse(*words: object, _name: str = name) -> None:
            raise AssertionError(f"QMessageBox.{_name}: {words}")

        monkeypatch.setattr(QMessageBox, name, refuse)


@pytest.fixture(autouse=True)
def garbage_goes_on_this_thread() -> Iterator[None]:
    """Let no background thread take parts of windows down, as the window itself takes care of."""
    gc.disable()
    yield
    gc.enable()
    gc.collect(1)


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path) -> Iterator[MainWindow]:
    with windows.shown(qtbot, tmp_path) as made:
        made.runner.runs_folder = tmp_path / "runs"
        yield made
