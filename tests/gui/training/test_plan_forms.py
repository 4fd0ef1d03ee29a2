"""The plan's forms: schedules, losses and metrics with settings, callbacks, weights, descents."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import msgspec
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QFileDialog,
    QLabel,
    QLineEdit,
    QPushButton,
    QToolButton,
    QWidget,
)

from graph import objects
from graph.edits import SetTraining
from graph.objects import NOT_OFFERED
from graph.params import Named
from gui.document import Document
from gui.panels.plan.panel import PlanPanel
from gui.theme import DARK, LIGHT
from tests.gui.training.conftest import mlp

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from graph.project import Training


@pytest.fixture
def document(qapp: QApplication) -> Document:
    del qapp
    return Document(mlp(limit=1000))


@pytest.fixture
def panel(qtbot: QtBot, document: Document) -> PlanPanel:
    panel = PlanPanel(document, DARK)
    qtbot.addWidget(panel)
    panel.resize(460, 1200)
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


def click(panel: QWidget, name: str) -> None:
    button = panel.findChild(QPushButton, name) or panel.findChild(QToolButton, name)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def plan(document: Document) -> Training:
    return document.project.training


def push(document: Document, **parts: object) -> None:
    document.push(SetTraining(msgspec.structs.replace(plan(document), **parts)), "Set")


def test_a_learning_rate_follows_a_schedule_and_goes_back(
    panel: PlanPanel, document: Document
) -> None:
    push(document, epochs=20)
    curve = panel.findChild(QWidget, "plan.rate")
    assert not curve.isVisible()
    enter(panel, "plan.optimizer.learning_rate", "0.02")
    choose(panel, "plan.optimizer.learning_rate.schedule", "CosineDecay")
    steps = 20 * 8  # 900 samples in batches of 128
    given = {"initial_learning_rate": 0.02, "decay_steps": steps}
    assert plan(document).optimizer.settings["learning_rate"] == Named("CosineDecay", given)
    assert curve.isVisible()
    assert curve.toolTip().startswith("0.02 in the first step")
    assert not panel.findChild(QLineEdit, "plan.optimizer.learning_rate").isVisible()
    enter(panel, "plan.optimizer.learning_rate.schedule.decay_steps", "50")
    rate = plan(document).optimizer.settings["learning_rate"]
    assert rate.settings["decay_steps"] == 50
    assert not [one for one in document.problems if one.severity == "error"]
    choose(panel, "plan.optimizer.learning_rate.schedule", "constant")
    assert plan(document).optimizer.settings == {"learning_rate": 0.02}
    assert not curve.isVisible()


def test_every_schedule_begins_without_a_problem(panel: PlanPanel, document: Document) -> None:
    for name in objects.offered("schedule"):
        choose(panel, "plan.optimizer.learning_rate.schedule", name)
        assert plan(document).optimizer.settings["learning_rate"].name == name
        assert not [one for one in document.problems if one.severity == "error"], name
        assert panel.optimizer.rate.curve.isVisible(), name


def test_a_loss_and_a_metric_have_settings(panel: PlanPanel, document: Document) -> None:
    (key,) = panel.goals
    choose(panel, f"plan.loss.{key}", "sparse_categorical_crossentropy")
    click(panel, f"plan.loss.{key}.settings.more")
    enter(panel, f"plan.loss.{key}.settings.ignore_class", "3")
    loss = Named("SparseCategoricalCrossentropy", {"ignore_class": 3})
    assert plan(document).goals[key].loss == loss
    enter(panel, f"plan.metrics.{key}", "accuracy, sparse_top_k_categorical_accuracy")
    name = "sparse_top_k_categorical_accuracy"
    click(panel, f"plan.metrics.{key}.{name}.more")
    enter(panel, f"plan.metrics.{key}.{name}.k", "2")
    top = Named("SparseTopKCategoricalAccuracy", {"k": 2})
    assert plan(document).goals[key].metrics == ("accuracy", top)
    enter(panel, f"plan.metrics.{key}", f"{name}, accuracy")  # its settings stay
    assert plan(document).goals[key].metrics == (top, "accuracy")
    enter(panel, f"plan.metrics.{key}.{name}.k", "5")  # Keras's default
    assert plan(document).goals[key].metrics == (name, "accuracy")


def test_only_metrics_that_fit_are_offered(panel: PlanPanel, document: Document) -> None:
    (key,) = panel.goals
    button = panel.findChild(QToolButton, f"plan.metrics.{key}.add")
    button.menu().aboutToShow.emit()
    actions = {action.text(): action for action in button.menu().actions()}
    assert "SparseCategoricalAccuracy" in actions
    assert not {"accuracy", "Precision"} & {*actions}  # there already; takes no integer labels
    actions["MeanIoU"].trigger()
    added = plan(document).goals[key].metrics[-1]
    assert added == Named("MeanIoU", {"num_classes": 10, "sparse_y_pred": False})
    assert not [one for one in document.problems if one.severity == "error"]


def test_an_added_callback_is_scrolled_into_view(
    panel: PlanPanel, document: Document, qtbot: QtBot
) -> None:
    panel.resize(300, 260)
    choose(panel, "plan.callbacks.add", "ReduceLROnPlateau")

    def can_be_seen() -> None:
        row = panel.findChild(QWidget, "plan.callback.0")
        assert not row.visibleRegion().isEmpty()
        assert row.visibleRegion().boundingRect().bottom() == row.rect().bottom()

    qtbot.waitUntil(can_be_seen)
    assert plan(document).callbacks[0].name == "ReduceLROnPlateau"


def test_callbacks_are_added_set_moved_and_taken_out(panel: PlanPanel, document: Document) -> None:
    push(document, epochs=10)
    choose(panel, "plan.callbacks.add", "EarlyStopping")
    assert plan(document).callbacks == (Named("EarlyStopping"),)
    enter(panel, "plan.callback.0.patience", "3")
    choose(panel, "plan.callbacks.add", "CSVLogger")
    assert [one.name for one in plan(document).callbacks] == ["EarlyStopping", "CSVLogger"]
    click(panel, "plan.callback.1.up")
    assert [one.name for one in plan(document).callbacks] == ["CSVLogger", "EarlyStopping"]
    assert plan(document).callbacks[1].settings == {"patience": 3}
    click(panel, "plan.callback.0.remove")
    assert plan(document).callbacks == (Named("EarlyStopping", {"patience": 3}),)
    document.undo_stack.undo()
    assert len(plan(document).callbacks) == 2
    panel.set_theme(LIGHT)
    assert len(panel.callbacks.rows) == 2


def test_what_a_callback_lacks_is_said_below_it_and_mended(
    panel: PlanPanel, document: Document
) -> None:
    watching = Named("EarlyStopping", {"monitor": "val_acc", "patience": 1})
    push(document, epochs=10, callbacks=(watching,))
    note = panel.findChild(QLabel, "plan.callback.0.trouble")
    (problem,) = [one for one in document.problems if one.kind == "callback"]
    assert note.text() == problem.sentence
    click(panel, "plan.callback.0.repair")
    assert plan(document).callbacks[0].settings["monitor"] == "val_accuracy"
    assert not note.isVisible()
    click(panel, "plan.callback.0.fold")
    choose(panel, "plan.callback.0.monitor", "val_loss")
    assert plan(document).callbacks[0].settings == {"patience": 1}  # val_loss is Keras's default


def test_a_callback_of_ones_own_is_chosen_and_not_run(
    panel: PlanPanel, document: Document, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "mine.py"
    file.write_text(f"open({str(tmp_path / 'ran')!r}, 'w')", encoding="utf-8")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(file), ""))
    choose(panel, "plan.callbacks.add", "from a file of your own")
    click(panel, "plan.callback.0.choose")
    enter(panel, "plan.callback.0.name", "Mine")
    assert plan(document).callbacks == (Named("File", {"path": str(file), "name": "Mine"}),)
    assert not [one for one in document.problems if one.severity == "error"]
    assert "from mine import Mine" in document.program.text
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("installed", [False, True])
def test_a_callback_whose_package_is_missing_is_listed_with_the_reason(
    qtbot: QtBot,
    document: Document,
    monkeypatch: pytest.MonkeyPatch,
    *,
    installed: bool,
) -> None:
    if not installed:
        monkeypatch.setitem(sys.modules, "tensorboard", None)  # as if it weren't there
    panel = PlanPanel(document, DARK)
    qtbot.addWidget(panel)
    box = panel.findChild(QComboBox, "plan.callbacks.add")
    at = box.findData("TensorBoard")
    assert bool(box.model().flags(box.model().index(at, 0)) & Qt.ItemFlag.ItemIsEnabled) == (
        installed
    )
    words = "" if installed else " (needs the package tensorboard)"
    assert box.itemText(at) == f"TensorBoard{words}"
    push(document, callbacks=(Named("TensorBoard"),))
    errors = [one.sentence for one in document.problems if one.severity == "error"]
    said = (
        "TensorBoard needs the package tensorboard, which isn't installed here: "
        "pip install tensorboard."
    )
    assert errors == ([] if installed else [said])


def test_weights_and_precision_are_edits(panel: PlanPanel, document: Document) -> None:
    choose(panel, "plan.class_weight", "rare ones more")
    box = panel.findChild(QCheckBox, "plan.mixed_precision")
    at = QPoint(8, box.height() // 2)
    QTest.mouseClick(box, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, at)
    assert (plan(document).class_weight, plan(document).mixed_precision) == ("balanced", True)
    assert "balanced_weights(targets)" in document.program.text
    field = panel.findChild(QLineEdit, "plan.class_weight.by_label")
    assert not field.isVisible()
    choose(panel, "plan.class_weight", "as I say")
    assert plan(document).class_weight.startswith("T-shirt/top: 1, Trouser: 1, ")
    assert field.isVisible()
    field.selectAll()
    QTest.keyClicks(field, "Coat: 4")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert plan(document).class_weight == "Coat: 4"
    assert "CLASS_WEIGHTS = {4: 4.0}" in document.program.text
    assert 'set_dtype_policy("mixed_float16")' in document.program.text


def test_descents_are_batch_sizes_that_can_be_compared(
    qtbot: QtBot, panel: PlanPanel, document: Document
) -> None:
    choose(panel, "plan.descent", "batch: 900")
    assert plan(document).batch_size == 900
    enter(panel, "plan.batch_size", "64")
    assert panel.findChild(QComboBox, "plan.descent").currentIndex() == -1
    with qtbot.waitSignal(panel.experiment_wanted) as caught:
        click(panel, "plan.descent.compare")
    _title, runs = caught.args
    assert [project.training.batch_size for _, project, _ in runs] == [900, 128, 1]
    assert plan(document).batch_size == 64


def test_nothing_of_the_plan_is_a_window_of_its_own(panel: PlanPanel, document: Document) -> None:
    push(document, callbacks=(Named("EarlyStopping"),))
    choose(panel, "plan.optimizer", "Adam")
    choose(panel, "plan.optimizer.learning_rate.schedule", "ExponentialDecay")
    windows = [one for one in QApplication.topLevelWidgets() if one.isVisible()]
    assert windows == [panel]


def test_what_a_drawing_cannot_have_is_listed_with_the_reason(panel: PlanPanel) -> None:
    for box, role in (("plan.callbacks.add", "callback"), ("plan.optimizer", "optimizer")):
        found = panel.findChild(QComboBox, box)
        for name, why in NOT_OFFERED[role].items():
            at = found.findData(name)
            assert found.itemText(at) == f"{name} (not offered)"
            assert not found.model().flags(found.model().index(at, 0)) & Qt.ItemFlag.ItemIsEnabled
            assert found.itemData(at, Qt.ItemDataRole.ToolTipRole) == f"{name} {why}."
    (loss,) = (
        one for one in panel.findChildren(QComboBox) if one.objectName().startswith("plan.loss.")
    )
    assert loss.itemText(loss.findData("CTC")) == "CTC (not offered)"
