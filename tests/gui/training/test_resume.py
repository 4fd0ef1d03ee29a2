"""Pause, Continue, Resume and More epochs, by mouse, with a real engine."""

from __future__ import annotations

import os
import signal
import sys
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QInputDialog, QLabel, QPushButton

from engine.runs import RunInfo, new_run, open_run
from graph.params import Named
from gui.panels.training.panel import TrainingPanel
from gui.parts.widgets import CalmButton
from gui.runner import State
from gui.theme import DARK
from tests.gui.training.conftest import Waiter, mlp

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from gui.document import Document
    from gui.runner import Runner

pytestmark = pytest.mark.engine
FULL = """
import pathlib

import keras


class Full(keras.callbacks.Callback):
    def on_train_begin(self, logs=None):
        pathlib.Path("backups").symlink_to("/dev/full")
"""


@pytest.fixture
def panel(qtbot: QtBot, document: Document, runner: Runner) -> TrainingPanel:
    panel = TrainingPanel(document, DARK, runner)
    panel.train_wanted.connect(lambda: runner.train(document.project, document.report))
    qtbot.addWidget(panel)
    panel.resize(480, 230)
    panel.show()
    return panel


def button(panel: TrainingPanel, name: str) -> QPushButton:
    found = panel.findChild(QPushButton, name)
    assert found is not None
    return found


def click(panel: TrainingPanel, name: str) -> None:
    found = button(panel, name)
    assert found.isVisible()
    while isinstance(found, CalmButton) and found.is_resting:
        QTest.qWait(20)
    QTest.mouseClick(button(panel, name), Qt.MouseButton.LeftButton)


def test_pause_says_where_and_continue_goes_on(
    panel: TrainingPanel, document: Document, runner: Runner, wait: Waiter
) -> None:
    document.add(mlp(epochs=5000, limit=None))
    click(panel, "training.train")
    wait.first(runner.progressed)
    click(panel, "training.pause")
    wait.until(lambda: runner.state is State.PAUSED, 5)
    assert panel.status.accessibleName().startswith("mlp: paused at epoch ")
    assert " of 43" in panel.status.accessibleName()
    assert button(panel, "training.pause").text() == "Continue"
    assert button(panel, "training.stop").isEnabled()
    assert panel.focusWidget() is button(panel, "training.pause"), "the focus stays with it"
    QTest.keyClick(panel.focusWidget(), Qt.Key.Key_Space)
    wait.first(runner.progressed)
    assert runner.state is State.TRAINING
    assert button(panel, "training.pause").text() == "Pause"
    click(panel, "training.pause")
    wait.until(lambda: runner.state is State.PAUSED, 5)
    click(panel, "training.stop")
    reason, _ = wait.first(runner.finished, seconds=2)
    assert reason == "stopped"
    assert not button(panel, "training.pause").isVisible()
    assert button(panel, "training.resume").isVisible()


def test_a_stopped_run_is_resumed_and_trained_for_more_epochs(
    panel: TrainingPanel, document: Document, runner: Runner, wait: Waiter
) -> None:
    document.add(mlp(epochs=40, limit=None))
    assert not button(panel, "training.resume").isVisible()
    click(panel, "training.train")
    wait.first(runner.epoch_ended)
    click(panel, "training.stop")
    _, run = wait.first(runner.finished)
    saved = run.epochs_saved
    assert saved >= 1
    click(panel, "training.resume")
    _, resumed = wait.first(runner.resumed)
    assert resumed.epoch == saved
    assert len(panel.chart.curves.epochs["loss"]) == saved
    reason, again = wait.first(runner.finished)
    assert (reason, again.path) == ("completed", run.path)
    assert panel.status.accessibleName() == "Trained for 40 epochs"
    assert panel.chart.curves.epochs["loss"] == pytest.approx(again.history["loss"])
    assert not button(panel, "training.resume").isVisible()
    click(panel, "training.longer")
    dialog = panel.findChild(QInputDialog, "training.longer.dialog")
    assert dialog is not None
    assert dialog.intMinimum() == 41
    dialog.setIntValue(42)
    dialog.accept()
    assert wait.first(runner.finished)[0] == "completed"
    assert panel.status.accessibleName() == "Trained for 42 epochs"
    assert len(open_run(run.path).history["loss"]) == 42


def test_a_backup_that_cannot_be_written_is_a_note_in_the_panel(
    panel: TrainingPanel, document: Document, runner: Runner, wait: Waiter, tmp_path: Path
) -> None:
    file = tmp_path / "full.py"
    file.write_text(FULL, encoding="utf-8")
    document.add(mlp(epochs=2, callbacks=(Named("File", {"path": str(file), "name": "Full"}),)))
    click(panel, "training.train")
    assert wait.first(runner.finished)[0] == "completed"
    sentence = panel.findChild(QLabel, "training.note.sentence")
    assert sentence.isVisible()
    assert "There is no backup of epoch 2: " in (sentence.toolTip() or sentence.text())
    (note,) = panel.notes.notes
    assert len(note.evidence) == 2


@pytest.mark.may_skip
@pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX's")
def test_after_a_crash_the_run_can_go_on(
    panel: TrainingPanel, document: Document, runner: Runner, wait: Waiter
) -> None:
    document.add(mlp(epochs=30, limit=None))
    click(panel, "training.train")
    wait.first(runner.epoch_ended)
    engine = runner._work._engine
    assert engine is not None
    os.kill(engine._process.pid, signal.SIGKILL)
    wait.first(runner.failed, seconds=5)
    wait.until(lambda: runner.state is State.READY)
    click(panel, "training.resume")
    reason, run = wait.first(runner.finished)
    assert reason == "completed"
    assert len(run.history["loss"]) == 30


def test_a_run_that_cannot_go_on_is_one_sentence(
    panel: TrainingPanel, runner: Runner, wait: Waiter
) -> None:
    run = new_run(runner.runs_folder, "broken", "no drawing", "no program", RunInfo())
    runner.resume(run)
    (failure,) = wait.first(runner.failed)
    assert "\n" not in failure.sentence
    assert failure.sentence.endswith(".")
    assert panel.status.accessibleName() == "broken: the training failed"
