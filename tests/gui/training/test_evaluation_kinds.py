"""Evaluations of outputs that aren't one class a sample: several labels, sequences of choices."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton, QTabBar

from engine.runs import Run
from graph.inference import infer
from graph.params import Named
from graph.project import Binding, Data, Goal, Project, port_key
from gui.panels.evaluation.gallery import Gallery
from gui.panels.evaluation.panel import EvaluationPanel
from gui.theme import DARK, apply_theme
from tests.gui.training.conftest import SOFTMAX, Waiter, chain

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from PySide6.QtWidgets import QApplication
    from pytestqt.qtbot import QtBot

    from engine.evaluating import Evaluation
    from gui.runner import Runner

pytestmark = pytest.mark.engine


@pytest.fixture
def panel(qapp: QApplication, qtbot: QtBot, runner: Runner) -> Iterator[EvaluationPanel]:
    apply_theme(qapp, DARK)
    made = EvaluationPanel(DARK, runner)
    qtbot.addWidget(made)
    made.resize(480, 230)
    made.show()
    return made


def evaluated(panel: EvaluationPanel, runner: Runner, project: Project) -> Evaluation:
    """Train a drawing and evaluate the run in the panel."""
    runner.train(project, infer(project))
    *_, run = Waiter().first(runner.finished, runner.failed)
    assert isinstance(run, Run), run
    panel.open_run(run)
    QTest.mouseClick(panel.findChild(QPushButton, "evaluation.evaluate"), Qt.MouseButton.LeftButton)
    (made,) = Waiter().first(panel.asking.evaluated, panel.asking.refused)
    return made


def on(project: Project, path: Path, loss: str = "auto") -> Project:
    (port,) = project.graph.outputs
    plan = msgspec.structs.replace(project.training, goals={port_key(port): Goal(loss=loss)})
    data = Data(str(path), outputs={port_key(port): Binding("y")})
    return msgspec.structs.replace(project, data=data, training=plan)


def test_several_labels_of_a_sample_have_their_figures(
    panel: EvaluationPanel, runner: Runner, wait: Waiter, tmp_path: Path
) -> None:
    random = np.random.default_rng(3)
    x = random.normal(size=(600, 8)).astype("float32")
    y = (x[:, :4] + random.normal(size=(600, 4)) > 0.5).astype("float32")
    parts = {"x_train": x[:400], "y_train": y[:400], "x_test": x[400:], "y_test": y[400:]}
    np.savez(tmp_path / "signs.npz", **parts)
    quick = Named("RMSprop", {"learning_rate": 0.02})
    sigmoid = {"units": 4, "activation": Named("sigmoid")}
    project = chain(
        "signs",
        ("Input", {"shape": (8,)}),
        ("Dense", sigmoid),
        epochs=5,
        batch_size=8,
        optimizer=quick,
    )
    made = evaluated(panel, runner, on(project, tmp_path / "signs.npz", "binary_crossentropy"))
    of = made.outputs[0].labels.of
    np.testing.assert_array_equal(of.truth, y[400:] == 1)
    tabs = panel.findChild(QTabBar, "evaluation.pages")
    assert [tabs.tabText(n) for n in range(tabs.count())] == ["Labels", "ROC", "Samples"]
    rows = panel.classes.table.rows
    assert [row.support for row in rows] == (y[400:] == 1).sum(axis=0).tolist()
    assert rows[0].area > 0.5
    assert panel.classes.model().headerData(0, Qt.Orientation.Horizontal) == "Label"
    tabs.setCurrentIndex(2)
    gallery = panel.findChild(Gallery, "evaluation.samples")
    wait.until(lambda: gallery.tiles.rowCount() > 0)
    assert gallery.tiles.total == (~of.is_right).sum()
    worst = gallery.tiles.tiles[0]
    assert worst.sample == np.argmax(of.distance)
    assert worst.lines[1].text.startswith("→ ")


def test_what_a_sequence_of_choices_lacks_is_said(
    panel: EvaluationPanel, runner: Runner, tmp_path: Path
) -> None:
    x = np.random.default_rng(3).normal(size=(200, 6, 4)).astype("float32")
    y = np.eye(3, dtype="float32")[x[..., :3].argmax(axis=2)]
    np.savez(tmp_path / "steps.npz", x_train=x, y_train=y, x_test=x[:50], y_test=y[:50])
    project = chain(
        "steps",
        ("Input", {"shape": (6, 4)}),
        ("Dense", {"units": 3, "activation": SOFTMAX}),
    )
    evaluated(panel, runner, on(project, tmp_path / "steps.npz", "categorical_crossentropy"))
    said = panel.findChild(QLabel, "evaluation.notice").text()
    assert said.startswith(
        "This output gives 6 × 3 numbers a sample, a choice for each of 6 steps."
    )
    assert panel.head.scores.isVisible()
    assert not panel.pages.isVisible()
