"""A whole window without an engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests import windows

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from gui.main_window import MainWindow


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path) -> Iterator[MainWindow]:
    with windows.shown(qtbot, tmp_path) as made:
        made.runner.runs_folder = tmp_path / "runs"
        yield made
