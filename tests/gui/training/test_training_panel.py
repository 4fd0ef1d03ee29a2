"""The training panel by mouse, with a real engine: progress, curves, Stop, errors, messages."""

from __future__ import annotations

import os
import re
import signal
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPlainTextEdit, QProgressBar, QPushButton

from graph.edits import Disconnect, RenameProject
from gui.document import Document
from gui.panels.training.panel import TrainingPanel
from gui.panels.training.parts import clock, duration, score_texts
from gui.parts.widgets import CalmButton
from gui.runner import Failure, State
from gui.theme import DARK, LIGHT
from tests.gui.training.conftest import Waiter, mlp

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from gui.runner import Runner

pytestmark = pytest.mark.engine


@pytest.fixture
def panel(qtbot: QtBot, document: Document, runner: Runner) -> TrainingPanel:
    panel = TrainingPanel(document, DARK, runner)
    panel.train_wanted.connect(lambda: runner.train(document.project, document.report))
    qtbot.addWidget(panel)
    panel.resize(900, 320)
    panel.show()
    return panel


def click(panel: TrainingPanel, name: str) -> None:
    button = panel.findChild(QPushButton, name)
    assert button.isVisible()
    while isinstance(button, CalmButton) and button.is_resting:
        QTest.qWait(20)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def text(panel: TrainingPanel, name: str) -> str:
    return panel.findChild(QLabel, name).text()


def test_a_click_trains_and_curves_get_points(
    panel: TrainingPanel, document: Document, runner: Runner, wait: Waiter
) -> None:
    document.add(mlp(epochs=3))
    assert panel.status.accessibleName() == "Ready for 3 epochs · batch size 128"
    click(panel, "training.train")
    assert not panel.findChild(QPushButton, "training.train").isVisible()
    _, run = wait.first(runner.finished)

    bar = panel.findChild(QProgressBar, "training.progress")
    assert bar.value() == bar.maximum()
    curves = panel.chart.curves
    assert set(curves.epochs) == {"loss", "accuracy", "val_loss", "val_accuracy"}
    assert curves.epochs["loss"] == pytest.approx(run.history["loss"])
    drawn = {
        name: list(ends.getData()[1])
        for plot in panel.chart._plots
        for name, (_, ends) in plot._items.items()
    }
    assert drawn["val_accuracy"] == pytest.approx(run.history["val_accuracy"])
    assert len(drawn["loss"]) == 3
    accuracy = f"{run.info.scores['accuracy']:.4f}"
    assert text(panel, "training.result").startswith(f"Test accuracy {accuracy} · loss ")
    assert panel.findChild(QPushButton, "training.folder").isVisible()
    panel.resize(312, 250)  # on a small screen the links go below, so that it can be read
    wait.until(lambda: panel.outcome.width() > 260)
    assert text(panel, "training.result").startswith(f"Test accuracy {accuracy}")
    assert "…" not in text(panel, "training.result")

    assert panel.status.accessibleName() == "Trained for 3 epochs"
    click(panel, "training.messages")
    log = panel.findChild(QPlainTextEdit, "training.log")
    assert log.isVisible()
    assert "Epoch 3/3" in log.toPlainText()


def test_stop_is_one_click_and_says_where(
    panel: TrainingPanel, document: Document, runner: Runner, wait: Waiter
) -> None:
    document.add(mlp(epochs=5000, limit=None))
    click(panel, "training.train")
    later = re.compile(r"mlp: epoch ([2-9]|\d\d+)/5,000 · b")
    wait.until(lambda: later.match(panel.status.accessibleName()) is not None)
    document.push(RenameProject("mine"), "Name the project")
    wait.first(runner.progressed)
    assert later.match(panel.status.accessibleName()), "the run keeps its name"
    assert "images/s" in text(panel, "training.result")
    assert " left" in text(panel, "training.result")
    click(panel, "training.stop")
    reason, run = wait.first(runner.finished, seconds=1.0)
    assert reason == "stopped"
    assert run.weights.is_file()
    assert panel.status.accessibleName().startswith("Stopped at epoch ")
    train = panel.findChild(QPushButton, "training.train")
    assert train.isVisible()
    QTest.mouseClick(train, Qt.MouseButton.LeftButton)  # it was meant for Stop
    assert not runner.is_training
    panel.resize(480, 320)
    assert re.fullmatch(r"Stopped at epoch \d+/5,000", text(panel, "training.status"))


def test_errors_are_said_before_anybody_presses_train(
    panel: TrainingPanel, document: Document
) -> None:
    document.add(mlp(epochs=3))
    train = panel.findChild(QPushButton, "training.train")
    assert train.property("role") == "primary"
    link = next(iter(document.project.graph.links))
    document.push(Disconnect((link,)), "Remove")
    assert panel.status.accessibleName().endswith(" the model from being trained")
    assert train.property("role") == ""
    document.undo_stack.undo()
    assert panel.status.accessibleName() == "Ready for 3 epochs · batch size 128"
    assert train.property("role") == "primary"


def test_a_killed_engine_is_one_sentence_with_details(
    panel: TrainingPanel, document: Document, runner: Runner, wait: Waiter
) -> None:
    document.add(mlp(epochs=5000, limit=None))
    before = document.project
    click(panel, "training.train")
    wait.first(runner.progressed)
    engine = runner._work._engine
    assert engine is not None
    os.kill(engine._process.pid, signal.SIGKILL)
    wait.first(runner.failed, seconds=5)
    assert "was killed" in text(panel, "training.error")
    assert panel.status.accessibleName() == "The training failed"
    assert document.project is before
    assert document.undo_stack.count() == 0
    wait.until(lambda: runner.state is State.READY)
    document.add(mlp())
    click(panel, "training.train")
    assert not panel.findChild(QLabel, "training.error").isVisible()
    assert wait.first(runner.finished)[0] == "completed"


def test_train_is_only_asked_for_and_not_on_an_empty_drawing(qtbot: QtBot, runner: Runner) -> None:
    document = Document()
    panel = TrainingPanel(document, DARK, runner)
    qtbot.addWidget(panel)
    panel.show()
    button = panel.findChild(QPushButton, "training.train")
    assert not button.isEnabled()
    document.add(mlp())
    assert button.isEnabled()
    with qtbot.waitSignal(panel.train_wanted):
        click(panel, "training.train")
    assert not runner.is_training


def test_each_drawing_has_its_own_last_run(
    panel: TrainingPanel, document: Document, runner: Runner, wait: Waiter
) -> None:
    first, other = document.sheet, mlp(epochs=7)
    click(panel, "training.train")
    wait.first(runner.started)
    document.add(other)
    assert panel.status.accessibleName().startswith("mlp: ")
    assert wait.first(runner.finished)[0] == "completed"
    assert panel.status.accessibleName() == "mlp: trained for 1 epoch"
    accuracy = text(panel, "training.result")
    document.add(mlp(epochs=5))
    assert panel.status.accessibleName() == "Ready for 5 epochs · batch size 128"
    assert not panel.chart.curves.names
    assert not panel.findChild(QPushButton, "training.folder").isVisible()
    document.show(first)
    assert panel.status.accessibleName() == "Trained for 1 epoch"
    assert text(panel, "training.result") == accuracy
    assert "val_loss" in panel.chart.curves.names
    assert panel.findChild(QPushButton, "training.folder").isVisible()


def test_a_long_failure_can_be_read_whole(panel: TrainingPanel, runner: Runner) -> None:
    panel.resize(420, 220)
    panel._begin()
    runner.failed.emit(Failure("The file is not there. " * 30, None, "Traceback …"))
    sentence = panel.findChild(QLabel, "training.error")
    wanted = sentence.heightForWidth(sentence.width())
    assert sentence.isVisible()
    assert sentence.height() >= wanted
    click(panel, "training.error.details")
    details = panel.findChild(QPlainTextEdit, "training.error.traceback")
    assert details.isVisible()
    assert panel.height() == 220


def test_a_low_panel_leaves_room_for_the_curves(panel: TrainingPanel) -> None:
    panel.resize(440, 220)
    panel._begin()
    panel.chart.show_history({"loss": [0.9, 0.5], "accuracy": [0.1, 0.7]})
    assert panel.minimumSizeHint().height() <= 220
    assert panel.chart.height() >= 140


def test_the_other_theme_keeps_the_curves(panel: TrainingPanel) -> None:
    panel.chart.show_history({"loss": [0.9, 0.5], "val_loss": [1.0, 0.7]})
    dark = panel.chart.grab().toImage().pixelColor(4, panel.chart.height() - 4)
    panel.set_theme(LIGHT)
    light = panel.chart.grab().toImage().pixelColor(4, panel.chart.height() - 4)
    assert (dark.name().upper(), light.name().upper()) == (DARK.panel, LIGHT.panel)
    assert set(panel.chart._plots[0]._items) == {"loss", "val_loss"}


def test_words_for_times_and_scores() -> None:
    assert [clock(s) for s in (0, 21.4, 725, 3723)] == ["0:00", "0:21", "12:05", "1:02:03"]
    assert [duration(s) for s in (0.84, 12.2, 200)] == ["0.8 s", "12 s", "3 min 20 s"]
    assert score_texts({"loss": 0.28411, "accuracy": 0.90119}) == [
        "Test accuracy 0.9012",
        "loss 0.2841",
    ]
