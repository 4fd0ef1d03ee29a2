"""Find a learning rate in the window, with a real engine, and put it into the plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest
from PySide6.QtCore import Qt

from graph.edits import SetTraining
from graph.params import Named
from gui.document import Document
from gui.panels.plan.panel import PlanPanel
from gui.panels.plan.rate_finder import RateFinder
from gui.runner import Failure, State
from gui.theme import DARK
from tests.gui.training.conftest import chain, mlp

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from gui.runner import Runner
    from tests.gui.training.conftest import Waiter

pytestmark = pytest.mark.engine


def test_a_rate_is_found_and_put_into_the_plan(qtbot: QtBot, runner: Runner, wait: Waiter) -> None:
    document = Document(mlp())
    panel = PlanPanel(document, DARK)
    qtbot.addWidget(panel)
    finder = RateFinder(document, DARK, runner, panel)
    panel.rate_wanted.connect(finder.search)
    told: list[tuple[int, int]] = []
    finder.advanced.connect(lambda done, total: told.append((done, total)))
    panel.optimizer.rate_wanted.emit()
    assert not finder.use.isEnabled()
    assert finder.isVisible()
    wait.until(lambda: finder.found is not None)
    assert finder.found is not None
    rate = finder.found.rate
    assert rate is not None
    assert f"{rate:g}" in finder.sentence.text()
    assert all(total == 150 for _, total in told)
    assert finder.curve.grab().toImage().size() == finder.curve.size()
    qtbot.mouseClick(finder.use, Qt.MouseButton.LeftButton)
    assert document.project.training.optimizer.settings["learning_rate"] == rate
    assert not finder.isVisible()
    document.undo_group.activeStack().undo()
    assert "learning_rate" not in document.project.training.optimizer.settings
    plan = document.project.training
    falling = Named("CosineDecay", {"initial_learning_rate": 1.0, "decay_steps": 50})
    optimizer = Named(plan.optimizer.name, {"learning_rate": falling})
    document.push(SetTraining(msgspec.structs.replace(plan, optimizer=optimizer)), "Schedule")
    finder.use.click()
    kept = {"initial_learning_rate": rate, "decay_steps": 50}
    assert document.project.training.optimizer.settings["learning_rate"] == Named(
        "CosineDecay", kept
    )


def test_closing_the_window_ends_the_search(qtbot: QtBot, runner: Runner, wait: Waiter) -> None:
    dense = ("Dense", {"units": 3000})
    project = chain("wide", ("Input", {"shape": (784,)}), dense, dense, ("Dense", {"units": 10}))
    document = Document(project)
    panel = PlanPanel(document, DARK)
    qtbot.addWidget(panel)
    finder = RateFinder(document, DARK, runner, panel)
    told: list[int] = []
    finder.advanced.connect(lambda done, _total: told.append(done))
    finder.search()
    wait.until(lambda: bool(told))
    finder.close()
    answers: list[object] = []
    runner.ask(lambda engine: engine.ready, answers.append)
    wait.until(lambda: bool(answers), 10)
    assert not isinstance(answers[0], Failure)
    assert told[-1] < 75, "it went on to its end"
    assert finder.found is None
    finder.search()
    finder.close()  # before the engine has the question
    wait.until(lambda: runner.state is State.READY)
    runner.ask(lambda engine: engine.ready, answers.append)
    wait.until(lambda: len(answers) == 2, 10)
    assert told[-1] < 75


def test_a_drawing_that_cant_be_trained_says_so(qtbot: QtBot, runner: Runner, wait: Waiter) -> None:
    document = Document()
    panel = PlanPanel(document, DARK)
    qtbot.addWidget(panel)
    finder = RateFinder(document, DARK, runner, panel)
    finder.search()
    wait.until(lambda: not finder.progress.isVisible())
    assert finder.found is None
    assert finder.sentence.text().endswith(".")
    assert not finder.use.isEnabled()
