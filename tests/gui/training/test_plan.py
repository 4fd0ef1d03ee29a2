"""The training plan: each field is an edit, and what Keras 3 refuses is mended by a click."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QComboBox, QLabel, QLineEdit, QPushButton, QScrollArea

from graph.edits import SetTraining
from graph.params import Named
from graph.plan_misfits import file_trouble, monitor_trouble
from graph.project import Checkpoint, Training
from graph.templates import load
from gui.panels.plan.panel import PlanPanel
from gui.theme import DARK
from tests.gui.training.conftest import mlp

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget
    from pytestqt.qtbot import QtBot

    from gui.document import Document


@pytest.fixture
def panel(qtbot: QtBot, document: Document) -> PlanPanel:
    panel = PlanPanel(document, DARK)
    qtbot.addWidget(panel)
    panel.resize(420, 900)
    panel.show()
    return panel


def enter(panel: QWidget, name: str, text: str) -> None:
    field = panel.findChild(QLineEdit, name)
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, text)
    QTest.keyClick(field, Qt.Key.Key_Return)


def choose(panel: QWidget, name: str, text: str) -> None:
    box = panel.findChild(QComboBox, name)
    index = box.findText(text)
    assert index >= 0, [box.itemText(n) for n in range(box.count())]
    box.setCurrentIndex(index)
    box.activated.emit(index)


def plan(document: Document) -> Training:
    return document.project.training


def test_numbers_are_edits_that_can_be_undone(panel: PlanPanel, document: Document) -> None:
    enter(panel, "plan.epochs", "25")
    enter(panel, "plan.batch_size", "64")
    enter(panel, "plan.seed", "9")
    enter(panel, "plan.limit", "none")
    now = plan(document)
    assert (now.epochs, now.batch_size, now.seed, now.limit) == (25, 64, 9, None)
    assert document.undo_stack.count() == 4
    enter(panel, "plan.epochs", "0")
    assert plan(document).epochs == 25
    document.undo_stack.undo()
    assert plan(document).limit == 1024
    assert panel.findChild(QLineEdit, "plan.limit").text() in {"1024", "1,024"}


def test_an_optimizer_has_its_settings(qtbot: QtBot, panel: PlanPanel, document: Document) -> None:
    choose(panel, "plan.optimizer", "Adam")
    qtbot.waitUntil(panel.findChild(QLineEdit, "plan.optimizer.learning_rate").isVisible)
    enter(panel, "plan.optimizer.learning_rate", "0.01")
    enter(panel, "plan.optimizer.beta_1", "0.8")
    assert plan(document).optimizer == Named("Adam", {"learning_rate": 0.01, "beta_1": 0.8})
    enter(panel, "plan.optimizer.learning_rate", "0.001")  # Keras's default is not kept
    assert plan(document).optimizer == Named("Adam", {"beta_1": 0.8})
    assert panel.findChild(QLineEdit, "plan.optimizer.clipnorm") is None
    QTest.mouseClick(panel.findChild(QPushButton, "plan.optimizer.more"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(panel.findChild(QLineEdit, "plan.optimizer.clipnorm").isVisible)


def test_validation_on_the_test_set_needs_no_fraction(panel: PlanPanel, document: Document) -> None:
    choose(panel, "plan.validation", "the test set")
    assert plan(document).validation == "test"
    assert not panel.findChild(QLineEdit, "plan.validation_split").isEnabled()


def test_loss_and_metrics_of_an_output(panel: PlanPanel, document: Document) -> None:
    (key,) = panel.goals
    choose(panel, f"plan.loss.{key}", "categorical_crossentropy")
    enter(panel, f"plan.metrics.{key}", "accuracy, auc")
    goal = plan(document).goals[key]
    assert goal.loss == "categorical_crossentropy"
    assert goal.metrics == ("accuracy", "auc")
    enter(panel, f"plan.metrics.{key}", "accuracy, acuracy")
    assert plan(document).goals[key] == goal


def test_what_the_lecture_wrote_is_mended_by_two_clicks(
    panel: PlanPanel, document: Document
) -> None:
    box = panel.findChild(QCheckBox, "plan.checkpoint")
    at = QPoint(8, box.height() // 2)  # on the box: the rest of the row is empty
    QTest.mouseClick(box, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, at)
    assert plan(document).checkpoint == Checkpoint()
    enter(panel, "plan.filepath", "best.h5")
    enter(panel, "plan.monitor", "val_acc")
    assert ".weights.h5" in panel.findChild(QLabel, "plan.filepath.trouble").text()
    assert "val_accuracy" in panel.findChild(QLabel, "plan.monitor.trouble").text()
    assert [p.kind for p in document.problems if p.severity == "error"] == ["checkpoint"] * 2
    for field in ("filepath", "monitor"):
        button = panel.findChild(QPushButton, f"plan.{field}.repair")
        assert button.isVisible()
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
        assert not button.isVisible()
    checkpoint = plan(document).checkpoint
    assert checkpoint is not None
    assert (checkpoint.filepath, checkpoint.monitor) == ("best.weights.h5", "val_accuracy")
    assert not [p for p in document.problems if p.severity == "error"]


def test_troubles_of_a_checkpoint() -> None:
    assert file_trouble("model-{epoch:03d}.weights.h5") is None
    assert file_trouble("whole.keras") is None
    trouble = file_trouble("m.h5")
    assert trouble is not None
    assert trouble.repair == "m.weights.h5"
    names = ("loss", "accuracy", "val_loss", "val_accuracy")
    assert monitor_trouble("val_loss", names) is None
    trouble = monitor_trouble("val_loss", ("loss", "accuracy"))
    assert trouble is not None
    assert trouble.repair == "loss"


def test_undo_from_elsewhere_reaches_the_fields(panel: PlanPanel, document: Document) -> None:
    document.push(SetTraining(msgspec.structs.replace(plan(document), epochs=7)), "Set epochs")
    assert panel.findChild(QLineEdit, "plan.epochs").text() == "7"


def test_what_is_wrong_stays_with_its_sentence_until_it_is_mended(
    panel: PlanPanel, document: Document
) -> None:
    (key,) = panel.goals
    enter(panel, "plan.epochs", "0")
    enter(panel, f"plan.metrics.{key}", "acuracy")
    enter(panel, "plan.seed", "9")  # the plan is shown anew
    epochs = panel.findChild(QLineEdit, "plan.epochs")
    assert epochs.text() == "0"
    assert panel.findChild(QLabel, "param.plan.epochs.error").isVisible()
    assert panel.findChild(QLineEdit, f"plan.metrics.{key}").text() == "acuracy"
    assert plan(document).epochs == 1
    document.add(mlp(epochs=3))  # another drawing has its own plan
    assert epochs.text() == "3"


def test_names_of_settings_are_shown_whole(panel: PlanPanel) -> None:
    QTest.mouseClick(panel.findChild(QPushButton, "plan.optimizer.more"), Qt.MouseButton.LeftButton)
    texts = {one.text() for one in panel.findChildren(QLabel) if one.isVisible()}
    assert "ema_overwrite_frequency" in texts


def test_nothing_is_cut_in_the_narrow_dock_of_a_small_screen(
    panel: PlanPanel, document: Document
) -> None:
    document.add(load("several-outputs"))
    checked = msgspec.structs.replace(plan(document), checkpoint=Checkpoint(monitor="val_nothing"))
    document.push(SetTraining(checked), "keep the best")
    panel.resize(312, 260)
    area = panel.findChild(QScrollArea)
    assert len(panel.goals) == 2
    assert area.widget().minimumSizeHint().width() <= area.viewport().width()


def test_plan_and_problems_say_the_same_of_a_file_name(
    panel: PlanPanel, document: Document
) -> None:
    changed = msgspec.structs.replace(plan(document), checkpoint=Checkpoint("model.h5"))
    document.push(SetTraining(changed), "Set checkpoint")
    (problem,) = [one for one in document.problems if one.kind == "checkpoint"]
    assert panel.findChild(QLabel, "plan.filepath.trouble").text() == problem.sentence
    assert "Try model.weights.h5." in problem.sentence
    button = panel.findChild(QPushButton, "plan.filepath.repair")
    assert button.text() == "Use model.weights.h5"
