"""Runs that somebody else has made meanwhile are offered, each in its place."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from engine.runs import Run, RunInfo, new_run
from gui.parts.mapchoices import Choices
from gui.parts.older_runs import OlderRuns
from gui.theme import DARK

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot


def trained(parent: Path, name: str) -> Run:
    time.sleep(0.002)  # names tell milliseconds
    run = new_run(parent, name, "{}", "", RunInfo(weights="last.weights.h5"))
    (run.path / "last.weights.h5").touch()
    return run


def test_runs_of_a_command_are_offered_where_they_belong(qtbot: QtBot, tmp_path: Path) -> None:
    choices = Choices(DARK, prefix="here")
    qtbot.addWidget(choices)
    owner = QObject(choices)
    older = OlderRuns(owner)
    older.found.connect(choices.offer_older)
    older.more.connect(choices.offer_older)
    first, third = trained(tmp_path, "first"), trained(tmp_path, "third")
    with qtbot.waitSignal(older.found):
        assert older.look(tmp_path)
    choices.add_run(trained(tmp_path, "of-the-window"))
    second = trained(tmp_path, "second")
    new = trained(tmp_path, "new")
    with qtbot.waitSignal(older.more):
        assert not older.look(tmp_path)
    offered = [run.path for run in choices.runs()]
    assert set(offered) == set(tmp_path.iterdir())
    assert offered == sorted(offered, reverse=True), "the newest stand first"
    assert {first.path, second.path, third.path, new.path} < set(offered)
