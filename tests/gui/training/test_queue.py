"""Runs that wait for each other, and the panel that compares them, with a real engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QMenu, QMessageBox, QPushButton, QToolButton, QWidget

from engine.runs import list_runs, open_run
from graph import projectfile
from graph.edits import SetTraining
from graph.inference import infer
from graph.project import Checkpoint
from gui.panels.runs.panel import RunsPanel
from gui.run_queue import RunQueue
from gui.runner import State
from gui.theme import DARK, apply_theme
from tests import windows
from tests.gui.training.conftest import Waiter, cnn, mlp

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from PySide6.QtWidgets import QApplication
    from pytestqt.qtbot import QtBot

    from graph.project import Project
    from gui.main_window import MainWindow
    from gui.runner import Runner

pytestmark = pytest.mark.engine


@pytest.fixture
def queue(runner: Runner) -> RunQueue:
    return RunQueue(runner)


@pytest.fixture
def panel(qapp: QApplication, qtbot: QtBot, runner: Runner, queue: RunQueue) -> RunsPanel:
    apply_theme(qapp, DARK)
    panel = RunsPanel(DARK, runner, queue)
    queue.experiment_done.connect(panel.show_experiment)
    qtbot.addWidget(panel)
    panel.resize(460, 260)
    panel.show()
    return panel


def click(panel: RunsPanel, kind: type[QWidget], name: str) -> None:
    button = panel.findChild(kind, name)
    assert button.isVisible(), f"{name} can't be seen"
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def with_rate(project: Project, rate: float) -> Project:
    optimizer = msgspec.structs.replace(
        project.training.optimizer, settings={"learning_rate": rate}
    )
    plan = msgspec.structs.replace(project.training, optimizer=optimizer)
    return msgspec.structs.replace(project, training=plan)


def test_an_experiment_ends_in_overlaid_curves_and_a_comparison(
    panel: RunsPanel, queue: RunQueue, wait: Waiter
) -> None:
    slow, fast = (with_rate(mlp(epochs=2), rate) for rate in (0.0001, 0.001))
    queue.add_experiment(
        "Learning rate", [("slow", slow, infer(slow)), ("fast", fast, infer(fast))]
    )
    title, folders = wait.first(queue.experiment_done)
    assert title == "Learning rate"
    runs = [open_run(folder) for folder in folders]
    assert [run.info.name for run in runs] == ["slow", "fast"]
    assert all(run.info.parameters == 784 * 32 + 32 + 32 * 10 + 10 for run in runs)
    wait.until(lambda: len(panel.model.ticked()) == 2)
    assert [one.run.path for one, _ in panel.model.ticked()] == folders

    assert panel.tabs.tabText(panel.tabs.currentIndex()) == "Curves"
    panel.comparison.metric_box.setCurrentText("accuracy")
    drawn = panel.comparison.chart.drawn()
    assert [values for values, _ in drawn] == [
        pytest.approx(run.history[name]) for run in runs for name in ("accuracy", "val_accuracy")
    ]
    assert [dashed for _, dashed in drawn] == [False, True, False, True]
    panel.tabs.setCurrentIndex(2)
    pairs = [row.pair for row in panel.comparison.model.rows]
    assert [pair.validation for pair in pairs] == [run.history["val_accuracy"][-1] for run in runs]
    gap = panel.findChild(QLabel, "runs.gap").text()
    assert f"{pairs[0].gap:.4f} in slow" in gap
    assert f"{pairs[1].gap:.4f} in fast" in gap
    saved = projectfile.loads(runs[0].drawing_text)
    assert saved.training.optimizer.settings == {"learning_rate": 0.0001}


def test_what_waits_is_held_after_stop_and_can_be_taken_out(
    panel: RunsPanel, queue: RunQueue, runner: Runner, wait: Waiter
) -> None:
    long, short = mlp(epochs=5000), mlp()
    queue.add(long, infer(long), "long")
    for label in ("second", "third"):
        queue.add(short, infer(short), label)
    wait.first(runner.epoch_ended)
    assert [one.label for one in queue.waiting] == ["second", "third"]
    assert panel.findChild(QLabel, "runs.queue.words").text() == "Trained next:"
    runner.stop()
    ended = wait.first(runner.finished, runner.failed)
    assert ended[0] == "stopped", ended
    wait.until(lambda: runner.state is State.READY)
    QTest.qWait(50)
    assert queue.is_held
    assert queue.current is None
    click(panel, QToolButton, "runs.queue.remove.0")
    assert [one.label for one in queue.waiting] == ["third"]
    click(panel, QPushButton, "runs.queue.go_on")
    _, run = wait.first(runner.finished)
    assert run.info.name == "third"
    assert not panel.queue_strip.isVisible()


def test_prove_it_says_what_the_run_and_the_program_alone_have_given(
    panel: RunsPanel, runner: Runner, wait: Waiter, qtbot: QtBot
) -> None:
    project = mlp(epochs=1)
    if not list_runs(runner.runs_folder):
        runner.train(project, infer(project))
        wait.first(runner.finished)
    wait.until(lambda: bool(panel.model.rows))
    at = next(at for at, one in enumerate(panel.model.rows) if one.status == "completed")
    panel.table.selectRow(at)
    click(panel, QPushButton, "runs.prove")
    words = panel.findChild(QLabel, "runs.proof.words")
    assert words.isVisible()
    assert "Starting Keras" in words.text()
    click(panel, QPushButton, "runs.proof.cancel")
    wait.until(lambda: not panel.acts.proving.is_running)
    assert not panel.proof.isVisible()
    click(panel, QPushButton, "runs.prove")
    wait.until(lambda: not panel.acts.proving.is_running)
    assert panel.current is not None
    loss = panel.current.run.history["loss"][0]
    assert f"Proved, number by number: first-epoch loss {loss:.6f}, test accuracy" in words.text()
    assert words.text().endswith("in the run and by the program alone.")


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MainWindow]:
    monkeypatch.setenv("LAYERLOOM_RUNS", str(tmp_path))
    with windows.shown(qtbot, tmp_path) as made:
        yield made


def test_train_while_another_training_runs_offers_to_wait(window: MainWindow, wait: Waiter) -> None:
    window.document.add(mlp(epochs=5000))
    window.commands.train()
    window.document.push(SetTraining(mlp(epochs=1).training), "Plan")
    window.actions_by_id["model.train"].trigger()
    assert "Another training is running" in window.messages.text
    window.messages.findChild(QPushButton, "messages.act").click()
    (one,) = window.queue.waiting
    assert one.project.training.epochs == 1
    assert window.panels["runs"].made().queue_strip.isVisible()  # type: ignore[attr-defined]
    window.queue.remove(one)
    assert window.queue.waiting == ()
    window.commands.train()
    assert window.messages.isVisible()
    window.runner.stop()
    wait.until(lambda: not window.is_training)
    assert not window.messages.isVisible()  # it is true no more


def test_closing_says_what_of_the_trainings_is_lost(
    window: MainWindow, wait: Waiter, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    answers = [QMessageBox.StandardButton.Cancel, QMessageBox.StandardButton.Close]

    def question(_parent: object, _title: str, words: str, *_more: object) -> object:
        asked.append(words)
        return answers[len(asked) - 1]

    monkeypatch.setattr(QMessageBox, "question", question)
    project = mlp(epochs=5000)
    window.document.add(project)
    window.commands.train()
    wait.first(window.runner.epoch_ended)
    for _again in range(2):
        window.queue.add(project, infer(project))
    for sheet in window.document.sheets:
        sheet.stack.setClean()
    assert not window.close()
    assert window.runner.is_training
    assert window.close()
    assert asked[0] == asked[1]
    assert "The training ends, and can be resumed in the tab Runs." in asked[0]
    assert "2 drawings that wait for their training are not trained." in asked[0]
    assert window.runner.state is State.OFF
    (run,) = list_runs(window.runner.runs_folder)
    assert run.can_resume


def test_a_training_starts_from_any_weights_that_a_run_has_left(
    window: MainWindow, wait: Waiter
) -> None:
    window.document.add(mlp(epochs=2, checkpoint=Checkpoint(save_best_only=False)))
    window.commands.train()
    _, first = wait.first(window.runner.finished)
    window.show_panel("runs")
    acts = window.panels["runs"].made().acts  # type: ignore[attr-defined]
    menu = acts.menu(first)
    entries = menu.findChild(QMenu, "runs.menu.weights").actions()
    names = [entry.text() for entry in entries]
    assert names[0] == "last.weights.h5 (the last)"
    assert sorted(names[1:]) == ["model-001.weights.h5", "model-002.weights.h5"]
    entries[names.index("model-001.weights.h5")].trigger()
    again = acts.menu(first).findChild(QMenu, "runs.menu.weights")
    assert not again.menuAction().isEnabled()  # one training at a time
    reason, second = wait.first(window.runner.finished)
    assert reason == "completed"
    assert second.info.start == str(first.path.resolve() / "model-001.weights.h5")
    assert second.info.parent == first.path.name
    losses = first.history["loss"]
    assert second.history["loss"][0] < (losses[0] + losses[1]) / 2  # it goes on from epoch 1

    window.document.add(cnn())
    menu.findChild(QMenu, "runs.menu.weights").actions()[0].trigger()
    (failure,) = wait.first(window.runner.failed)
    assert "or its weights belong to another drawing." in failure.sentence
