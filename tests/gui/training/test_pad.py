"""Try it: ink, files and samples on the pad, and what the model makes of them."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QColor, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton, QSpinBox

from engine.answers import Said
from engine.command import local_command
from engine.pictures import fitted, read
from engine.runs import Run, RunInfo, new_run, open_run
from engine.trying import Look, trial_of
from graph import projectfile, templates
from graph.inference import infer
from graph.params import Named
from graph.project import Binding, Data
from gui.data_reading import OwnData
from gui.panels.pad.bars import INK, Bars
from gui.panels.pad.panel import PadPanel
from gui.panels.pad.sheet import PadSheet
from gui.parts.listing import ListingDialog
from gui.theme import DARK, LIGHT
from tests.gui.test_theme import contrast
from tests.gui.training.conftest import Waiter, chain, cnn, mlp

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from engine.protocol import Predict, Predicted
    from graph.project import Project
    from gui.document import Document
    from gui.runner import Runner
    from gui.theme import Theme

LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
NONE = Qt.KeyboardModifier.NoModifier


def at(sheet: PadSheet, x: float, y: float) -> QPoint:
    place = sheet._place()
    return QPointF(place.x() + x * place.width(), place.y() + y * place.height()).toPoint()


def draw(sheet: PadSheet, *points: tuple[float, float], button: Qt.MouseButton = LEFT) -> None:
    """Draw from point to point (shares of the sheet), as a hand with a mouse does."""
    QTest.mousePress(sheet, button, NONE, at(sheet, *points[0]))
    for point in points[1:]:
        QTest.mouseMove(sheet, at(sheet, *point))
        # QTest's move has no button pressed
        sheet.stroke(QPointF(at(sheet, *point)), erase=button == RIGHT)
    QTest.mouseRelease(sheet, button, NONE, at(sheet, *points[-1]))


def shown(panel: PadPanel, wait: Waiter) -> tuple[Predict, Predicted]:
    """Return question and answer on what is on the pad now, once it is shown and all is quiet."""
    came = wait.first(panel.shown)
    while not is_quiet(panel):
        came = wait.first(panel.shown)
    return came


def is_quiet(panel: PadPanel) -> bool:
    return not panel._predicting.is_asking and not panel.body._soon.isActive()


@pytest.fixture
def panel(qtbot: QtBot, document: Document, runner: Runner) -> PadPanel:
    made = PadPanel(document, DARK, runner)
    qtbot.addWidget(made)
    made.resize(480, 230)
    made.show()
    return made


def trained(runner: Runner, wait: Waiter, panel: PadPanel, project: Any) -> None:
    runner.train(project, infer(project))
    wait.first(runner.finished, runner.failed)
    shown(panel, wait)


@pytest.mark.engine
def test_a_digit_is_drawn_and_predicted(
    panel: PadPanel, document: Document, runner: Runner, wait: Waiter, tmp_path: Path
) -> None:
    document.add(cnn())
    notice = panel.findChild(QLabel, "pad.notice")
    assert "Train the model once" in notice.text()
    trained(runner, wait, panel, document.project)
    sheet, bars = panel.body.sheet, panel.body.bars
    assert sheet.isVisible()
    assert not notice.isVisible()
    assert bars.said == ()  # nothing is said of an empty pad

    draw(sheet, (0.3, 0.2), (0.7, 0.2), (0.4, 0.8))
    question, answer = shown(panel, wait)
    seen = panel.body.tools.seen.picture
    assert seen.shape == (28, 28)
    assert seen.max() == 255
    np.testing.assert_array_equal(answer.inputs[0][..., 0], seen.astype("float32") / 255)
    assert question.inputs[0].shape == (28, 28, 1)
    (said,) = bars.said
    assert said.names[0] == "T-shirt/top"
    assert said.are_shares
    np.testing.assert_allclose(said.values.sum(), 1, atol=1e-5)
    assert answer.maps.shape == (24, 24, 8)
    np.testing.assert_array_equal(panel.body.grid.maps, answer.maps)
    caption = panel.caption.text()
    assert caption == f"{said.names[said.winner]} · {100 * said.values.max():.1f} %"

    first_run = panel.choices.run_box.currentData()
    copy = shutil.copytree(first_run.path, tmp_path / "another")
    runner.finished.emit("completed", open_run(copy))
    assert panel.choices.run_box.count() == 2
    assert panel.choices.run_box.currentData() == first_run  # what is drawn keeps its model
    assert panel.caption.text() == caption

    QTest.mouseClick(panel.findChild(QPushButton, "pad.code"), LEFT)
    dialog = panel.findChild(ListingDialog)
    dialog.save(tmp_path / "predict.py")
    dialog.accept()
    env = {**local_command().env, "TF_CPP_MIN_LOG_LEVEL": "3"}
    words = [sys.executable, "predict.py"]
    done = subprocess.run(words, cwd=tmp_path, check=True, env=env, capture_output=True, text=True)
    first = done.stdout.splitlines()[0]
    assert first == f"{said.names[said.winner]} {said.values.max():.4f}"

    QTest.keyClick(sheet, Qt.Key.Key_Delete)
    shown(panel, wait)
    assert sheet.is_empty
    assert bars.said == ()
    assert panel.body.grid.maps is None


@pytest.mark.engine
def test_a_sample_and_a_file_come_onto_the_pad(
    panel: PadPanel, document: Document, runner: Runner, wait: Waiter, tmp_path: Path
) -> None:
    document.add(mlp())
    trained(runner, wait, panel, document.project)
    with np.load("resources/data/fashion_mnist_sample.npz") as data:
        images, label = data["x_test"], int(data["y_test"][7])
    panel.findChild(QSpinBox, "pad.sample").setValue(7)
    shown(panel, wait)
    (said,) = panel.body.bars.said
    assert said.truth == label
    right = said.winner == label
    told = "as labelled" if right else f"labelled {said.names[label]}"
    assert panel.caption.text().endswith(f" %, {told}")
    np.testing.assert_array_equal(panel.body.tools.seen.picture, images[7])
    assert "sample 7" in panel.body.tools.seen.toolTip()
    draw(panel.body.sheet, (0.1, 0.1), (0.9, 0.9))
    shown(panel, wait)
    assert panel.body.bars.said[0].truth is None  # it is no sample any more
    changed = panel.body.tools.seen.picture != images[7]
    assert 20 < changed.sum() < 200  # the ink lies on the sample

    path = tmp_path / "photo.png"
    Image.fromarray(255 - images[3]).resize((140, 70)).save(path)
    drop(panel.body.sheet, path)
    shown(panel, wait)
    assert panel.body.look.invert  # dark ink on a bright ground, and the data set's is dark
    expected, _ = fitted(read(path), panel._one.frame, invert=True)
    difference = abs(panel.body.tools.seen.picture.astype(int) - expected).max()
    assert difference <= 1  # it came by way of the larger sheet
    tip = panel.body.tools.seen.toolTip()
    assert "photo.png" in tip
    assert "inverted" in tip

    (tmp_path / "words.txt").write_text("no picture")
    drop(panel.body.sheet, tmp_path / "words.txt")
    assert "words.txt is no image" in panel.findChild(QLabel, "pad.notice").text()


def drop(sheet: PadSheet, path: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    copy = Qt.DropAction.CopyAction
    sheet.dropEvent(QDropEvent(QPointF(5, 5), copy, data, LEFT, NONE))


@pytest.mark.engine
def test_one_of_several_inputs_is_drawn(panel: PadPanel, runner: Runner, wait: Waiter) -> None:
    project = templates.load("several-inputs")
    plan = msgspec.structs.replace(project.training, epochs=1, limit=256)
    trained(runner, wait, panel, msgspec.structs.replace(project, training=plan))
    assert panel.input_box.count() == 2
    panel.input_box.setCurrentIndex(1)
    panel.input_box.activated.emit(1)
    draw(panel.body.sheet, (0.2, 0.2), (0.8, 0.8))
    question, answer = shown(panel, wait)
    assert question.inputs[0] is None
    assert question.inputs[1].shape == (28, 14, 1)
    with np.load("resources/data/fashion_mnist_sample.npz") as data:
        half = data["x_test"][0][:, :14]
    np.testing.assert_allclose(answer.inputs[0][..., 0], half / 255, atol=1e-6)
    other = panel.input_box.itemText(0)
    said = panel.findChild(QLabel, "pad.others")
    assert said.isVisible()
    assert said.accessibleName().startswith(f"{other} takes the values of test sample 0;")

    drawn = panel.body.sheet.picture()
    panel.choices.sample_box.setValue(3)  # for the other Input alone: the drawing stays
    question, answer = shown(panel, wait)
    np.testing.assert_array_equal(panel.body.sheet.picture(), drawn)
    assert (question.sample, question.inputs[0]) == (3, None)
    with np.load("resources/data/fashion_mnist_sample.npz") as data:
        half = data["x_test"][3][:, :14]
    np.testing.assert_allclose(answer.inputs[0][..., 0], half / 255, atol=1e-6)
    assert "test sample 3" in said.accessibleName()


@pytest.mark.engine
def test_strokes_never_queue_up(
    panel: PadPanel, document: Document, runner: Runner, wait: Waiter
) -> None:
    document.add(cnn())
    trained(runner, wait, panel, document.project)
    wait.until(lambda: is_quiet(panel))
    release = []
    runner.ask(lambda _engine: wait_for(release), lambda _answer: None)  # the engine is busy
    answers: list[Predicted] = []
    panel.shown.connect(lambda _question, answer: answers.append(answer))
    for step in range(8):
        draw(panel.body.sheet, (0.1 * step, 0.1), (0.1 * step + 0.1, 0.9))
    last = panel.body.tools.seen.picture
    release.append(True)
    wait.until(lambda: bool(answers))
    np.testing.assert_array_equal(answers[-1].inputs[0][..., 0], last.astype("float32") / 255)
    assert len(answers) == 1


def wait_for(release: list[bool]) -> None:
    while not release:
        time.sleep(0.01)


@pytest.mark.engine
def test_numbers_can_not_be_drawn(panel: PadPanel, runner: Runner, wait: Waiter) -> None:
    project = chain(
        "sum",
        ("Input", {"shape": (1,)}),
        ("Dense", {"units": 1}),
    )
    node = next(iter(project.graph.nodes))
    data = msgspec.structs.replace(project.data, inputs={node: Binding("label")})
    project = msgspec.structs.replace(project, data=data)
    runner.train(project, infer(project))
    wait.first(runner.finished, runner.failed)
    assert "Nothing can be drawn" in panel.findChild(QLabel, "pad.notice").text()
    assert not panel.body.isVisible()


def standardised() -> Project:
    project = mlp(limit=256)
    node = next(iter(project.graph.nodes))
    pixels = Binding("image", transforms=(Named("standardise"),))
    data = msgspec.structs.replace(project.data, inputs={node: pixels})
    return msgspec.structs.replace(project, data=data)


@pytest.mark.engine
def test_standardised_pixels_are_drawn_by_what_the_training_has_measured(
    panel: PadPanel, runner: Runner, wait: Waiter
) -> None:
    project = standardised()
    runner.train(project, infer(project))
    *_, run = wait.first(runner.finished, runner.failed)
    assert isinstance(run, Run), run
    shown(panel, wait)
    trial = trial_of(run, project, infer(project))
    (one,) = trial.pictured
    mean, deviation = run.info.moments["visible"]
    with np.load("resources/data/fashion_mnist_sample.npz") as data:
        sample, learnt = data["x_test"][7], data["x_train"][:256]
    assert mean == pytest.approx(learnt.mean(), rel=0.05)
    assert deviation == pytest.approx(learnt.std(), rel=0.05)
    panel.findChild(QSpinBox, "pad.sample").setValue(7)
    wait.until(lambda: bool(panel.body.bars.said))
    np.testing.assert_array_equal(panel.body.tools.seen.picture, sample)  # from what it takes
    answers: list[Predicted] = []
    panel.shown.connect(lambda _question, answer: answers.append(answer))
    draw(panel.body.sheet, (0.1, 0.1), (0.9, 0.9))
    drawn = panel.body.tools.seen.picture.ravel()
    assert 20 < (drawn != sample.ravel()).sum() < 200
    expected = (drawn - mean) / deviation
    wait.until(lambda: bool(answers) and np.allclose(answers[-1].inputs[0], expected, atol=1e-5))
    text = trial.listing(one, Look(), 0).text
    assert f"(pixels - {mean:.9g}) / {deviation:.9g}" in text


def test_why_standardised_pixels_of_an_old_run_can_not_be_drawn_is_said(
    panel: PadPanel, wait: Waiter, tmp_path: Path
) -> None:
    text = projectfile.dumps(standardised())
    run = new_run(tmp_path / "runs", "old", text, "", RunInfo(weights="w.h5"))
    (run.path / "w.h5").touch()
    panel.choices.add_run(run)
    panel.open_run(run)
    wait.until(lambda: "drawn" in panel.findChild(QLabel, "pad.notice").text())
    said = panel.findChild(QLabel, "pad.notice").text()
    assert said.startswith("visible can't be drawn: its pixels are standardised")
    assert not panel.body.isVisible()


def test_ink_is_soft_and_can_be_erased(qtbot: QtBot) -> None:
    sheet = PadSheet(DARK)
    qtbot.addWidget(sheet)
    sheet.resize(140, 140)
    sheet.show()
    draw(sheet, (0.5, 0.1), (0.5, 0.9))
    ink = sheet.picture()[140, :, 0]
    assert ink.max() == 255
    assert 40 < ink[ink > 0].min() < 200  # its edge is soft
    width = (ink > 60).sum() / 10
    assert 1.5 < width < 3.5  # pixels of the network
    draw(sheet, (0.5, 0.1), (0.5, 0.9), button=RIGHT)
    assert sheet.picture()[140].max() == 0
    sheet.set_brush(5)
    draw(sheet, (0.5, 0.1), (0.5, 0.9))
    assert (sheet.picture()[140, :, 0] > 60).sum() / 10 > 3.5


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=lambda theme: theme.name)
def test_words_on_bars_can_be_read(theme: Theme) -> None:
    ground, share = QColor(theme.raised), INK / 255
    for bar in (QColor(theme.accent), QColor(theme.edge)):
        mixed = QColor.fromRgbF(
            *(a + (b - a) * share for a, b in zip(ground.getRgbF(), bar.getRgbF(), strict=True))
        )
        assert contrast(theme.text, mixed.name()) >= 4.5


def test_the_winner_is_marked_and_may_come_first(qtbot: QtBot) -> None:
    bars = Bars(LIGHT)
    qtbot.addWidget(bars)
    bars.resize(160, 150)
    values = np.array([0.1, 0.7, 0.2], "float32")
    bars.show_said([Said("output", values, ("a", "b", "c"), are_shares=True)])
    bars.show()
    assert bars.accessibleName() == "b: 70.0 %"
    picture = bars.grab().toImage()
    row = round(bars._row)
    accent, grey = picture.pixelColor(60, row + 3), picture.pixelColor(60, 3)
    assert accent.blue() > accent.red() + 20  # the winner's bar reaches there
    assert abs(grey.blue() - grey.red()) < 12
    bars.set_sorted(is_sorted=True)
    assert bars.order(bars.said[0]) == [1, 2, 0]


def test_classes_keep_their_names_when_runs_on_other_own_data_are_tried(
    panel: PadPanel, document: Document, wait: Waiter, tmp_path: Path
) -> None:
    own_data = OwnData(document, panel)  # from now on this thread reads no rows itself
    runs = []
    for classes in (("cat", "dog"), ("bag", "boot"), ("left", "right")):
        folder = tmp_path / "_".join(classes)
        for number in range(12):
            place = folder / classes[number % 2]
            place.mkdir(parents=True, exist_ok=True)
            Image.new("L", (28, 28), number).save(place / f"{number}.png")
        project = msgspec.structs.replace(cnn(), data=Data(str(folder)))
        run = new_run(
            tmp_path / "runs", folder.name, projectfile.dumps(project), "", RunInfo(weights="w.h5")
        )
        (run.path / "w.h5").touch()
        panel.choices.add_run(run)
        runs.append((run, classes))
    for run, classes in (*runs, *runs):
        panel.open_run(run)
        wait.until(lambda run=run: panel._trial is not None and panel._trial.run.path == run.path)
        assert panel._trial is not None
        (said,) = panel._trial.said([np.array([0.4, 0.6])])
        assert said.names == classes
    own_data.stop()
