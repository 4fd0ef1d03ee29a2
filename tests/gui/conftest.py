"""A whole window without an engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QCoreApplication, QEvent

from gui.app import build_window
from gui.settings import Settings
from gui.theme import DARK

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from gui.main_window import MainWindow


@pytest.fixture
def window(qtbot: QtBot, qapp: object, tmp_path: Path) -> Iterator[MainWindow]:
    made = build_window(qapp, Settings.in_file(tmp_path / "settings.ini"), DARK)  # type: ignore[arg-type] - pytest-qt's
    made.painted.disconnect()  # no engine is started
    made.runner.runs_folder = tmp_path / "runs"
    made.show()
    qtbot.waitExposed(made)
    yield made
    for sheet in made.document.sheets:
        sheet.stack.setClean()  # nobody is asked whether to save
    made.close()
    made.deleteLater()  # windows that stay are dressed anew with each further one
    QCoreApplication.sendPostedEvents(made, QEvent.Type.DeferredDelete)
