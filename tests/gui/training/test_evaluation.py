"""The evaluation panel: a run is evaluated, its matrix, classes, curves and samples are shown."""

from __future__ import annotations

import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import msgspec
import numpy as np
import pytest
from PySide6.QtCore import QPointF, QRect, QSize, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QPushButton, QTabBar, QWidget

from engine.command import local_command
from engine.evaluating import Output, judge
from engine.protocol import Answers
from engine.runs import open_run
from graph import templates
from graph.inference import infer
from graph.project import Checkpoint
from gui.panels.evaluation.classes import ClassView
from gui.panels.evaluation.figures import class_rows, describe, fit_clouds, roc_curves
from gui.panels.evaluation.gallery import SIDE, Gallery
from gui.panels.evaluation.matrix import MatrixView, Sheet, ink, matrix_picture, shade
from gui.panels.evaluation.panel import EvaluationPanel
from gui.parts.listing import ListingDialog
from gui.theme import DARK, LIGHT, TINY, apply_theme
from tests.gui.training.conftest import Waiter, mlp

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from engine.runs import Run
    from gui.runner import Runner
    from gui.theme import Theme


@pytest.fixture(scope="module")
def several(warm_runner: Runner) -> Run:
    """Return a short run of a drawing with two outputs: a label and an image."""
    project = templates.load("several-outputs")
    plan = msgspec.structs.replace(project.training, epochs=1, limit=512)
    return trained(warm_runner, msgspec.structs.replace(project, training=plan))


@pytest.fixture(scope="module")
def plain(warm_runner: Runner) -> Run:
    """Return a short run of a drawing with one output."""
    return trained(warm_runner, mlp(limit=512))


def trained(runner: Runner, project: object) -> Run:
    runner.train(project, infer(project))
    _, run = Waiter().first(runner.finished, runner.failed)
    return run


@pytest.fixture
def panel(
    qapp: QApplication, qtbot: QtBot, runner: Runner, plain: Run, several: Run
) -> Iterator[EvaluationPanel]:
    apply_theme(qapp, DARK)
    made = EvaluationPanel(DARK, runner)
    qtbot.addWidget(made)
    made.resize(480, 230)
    made.show()
    return made


def press(panel: QWidget, name: str) -> None:
    QTest.mouseClick(panel.findChild(QPushButton, name), Qt.MouseButton.LeftButton)


def go_to(panel: EvaluationPanel, page: str) -> None:
    tabs = panel.findChild(QTabBar, "evaluation.pages")
    tabs.setCurrentIndex([tabs.tabData(n) for n in range(tabs.count())].index(page))


@pytest.mark.engine
def test_a_run_is_evaluated(panel: EvaluationPanel, plain: Run, wait: Waiter) -> None:
    wait.until(lambda: panel.choices.run_box.count() == 2)
    panel.open_run(plain)
    notice = panel.findChild(QLabel, "evaluation.notice")
    assert notice.text() == "Press Evaluate to see how mlp does on its test set."
    press(panel, "evaluation.evaluate")
    wait.first(panel.asking.evaluated, panel.asking.refused)
    shown = panel.findChild(QLabel, "evaluation.scores")
    assert f"accuracy {plain.info.scores['accuracy']:.3f}" in shown.toolTip() + shown.text()
    assert not notice.isVisible()

    matrix = panel.findChild(MatrixView, "evaluation.matrix")
    counts = matrix.sheet.matrix
    assert counts.sum() == 1000
    assert np.trace(counts) / 1000 == pytest.approx(plain.info.scores["accuracy"])
    truth, predicted = np.unravel_index(np.argmax(counts - np.diag(np.diagonal(counts))), (10, 10))
    place = matrix.sheet.place_of((int(truth), int(predicted))).center().toPoint()
    QTest.mouseClick(matrix, Qt.MouseButton.LeftButton, pos=place)
    cell = panel.findChild(Gallery, "evaluation.cell.samples")
    wanted = min(48, int(counts[truth, predicted]))
    wait.until(lambda: cell.tiles.rowCount() == wanted)
    assert cell.tiles.tiles[0].pictures[0].width() == 28
    assert str(counts[truth, predicted]) in panel.findChild(QLabel, "evaluation.cell").toolTip()

    go_to(panel, "classes")
    table = panel.findChild(ClassView, "evaluation.classes")
    assert table.model().index(9, 0).data() == "9  Ankle boot"
    table.sortByColumn(1, Qt.SortOrder.DescendingOrder)
    texts = [table.model().index(row, 1).data() for row in range(10)]
    values = [float(text) for text in texts if text != "–"]
    assert values == sorted(values, reverse=True)

    go_to(panel, "roc")
    areas = [float(panel.roc.list.topLevelItem(n).text(1)) for n in range(10)]
    assert areas == sorted(areas)

    go_to(panel, "samples")
    gallery = panel.findChild(Gallery, "evaluation.samples")
    wait.until(lambda: gallery.tiles.rowCount() == 48)
    assert gallery.tiles.total == 1000 - np.trace(counts)
    assert all(tile.lines[1].text.startswith("→") for tile in gallery.tiles.tiles)
    gallery.scrollToBottom()
    wait.until(lambda: gallery.tiles.rowCount() > 48)
    which = panel.findChild(QComboBox, "evaluation.which")
    which.setCurrentIndex(1)
    which.activated.emit(1)
    wait.until(lambda: gallery.tiles.rowCount() > 0)
    assert all(tile.lines[1].text.startswith("✓") for tile in gallery.tiles.tiles)


@pytest.mark.engine
def test_other_weights_and_other_outputs(
    panel: EvaluationPanel, several: Run, wait: Waiter
) -> None:
    panel.open_run(several)
    weights = panel.findChild(QComboBox, "evaluation.weights")
    names = [weights.itemText(n) for n in range(weights.count())]
    assert names == ["last", "model-001", "Other file…"]
    weights.setCurrentIndex(1)
    weights.activated.emit(1)
    press(panel, "evaluation.evaluate")
    (made,) = wait.first(panel.asking.evaluated)
    assert made.request.weights.endswith("model-001.weights.h5")
    outputs = panel.findChild(QComboBox, "evaluation.output")
    assert [outputs.itemText(n) for n in range(2)] == ["output_label", "output_image"]
    outputs.setCurrentIndex(1)
    outputs.activated.emit(1)
    gallery = panel.findChild(Gallery, "evaluation.samples")
    wait.until(lambda: gallery.tiles.rowCount() == 48)
    assert len(gallery.tiles.tiles[0].pictures) == 2  # what goes in and what comes out
    errors = made.outputs[1].errors
    assert gallery.tiles.tiles[0].sample == int(np.argmax(errors))

    weights.setCurrentIndex(0)
    weights.activated.emit(0)
    assert not panel.findChild(QTabBar, "evaluation.pages").isVisible()
    weights.setCurrentIndex(1)
    weights.activated.emit(1)  # it is not evaluated a second time
    assert panel.findChild(QTabBar, "evaluation.pages").isVisible()


@pytest.mark.engine
def test_each_file_of_weights_has_its_own_accuracy(
    panel: EvaluationPanel, runner: Runner, wait: Waiter
) -> None:
    every_epoch = Checkpoint(save_best_only=False)
    run = trained(runner, mlp(limit=512, epochs=3, checkpoint=every_epoch))
    wait.until(lambda: panel.choices.opened.run.path == run.path)
    runs = panel.findChild(QComboBox, "evaluation.run")
    last = f"{run.info.scores['accuracy']:.3f}"
    assert last not in runs.currentText()  # it isn't the accuracy of the weights beside it
    weights = panel.findChild(QComboBox, "evaluation.weights")
    assert weights.currentText() == f"last · {last}"
    first = weights.findText("model-001")
    weights.setCurrentIndex(first)
    weights.activated.emit(first)
    press(panel, "evaluation.evaluate")
    (made,) = wait.first(panel.asking.evaluated)
    own = np.trace(made.outputs[0].classes.matrix) / 1000
    assert f"{own:.3f}" != last
    assert weights.currentText() == f"model-001 · {own:.3f}"
    assert f"accuracy {own:.3f}" in panel.findChild(QLabel, "evaluation.scores").accessibleName()
    scores = panel.findChild(QLabel, "evaluation.scores")
    tabs = panel.findChild(QTabBar, "evaluation.pages")
    for width, below in ((900, False), (240, True)):  # on a small screen they go below the tabs
        panel.resize(width, 250)
        wait.until(lambda: (scores.y() >= tabs.geometry().bottom()) is below, 5)  # noqa: B023 - at once
        assert scores.text().startswith(f"accuracy {own:.3f}")
    panel.open_run(run)
    assert [weights.itemText(n) for n in (0, first)] == [f"last · {last}", f"model-001 · {own:.3f}"]


@pytest.mark.engine
def test_figures_on_data_that_has_changed_are_doubted(
    panel: EvaluationPanel, plain: Run, tmp_path: Path, wait: Waiter
) -> None:
    copy = shutil.copytree(plain.path, tmp_path / plain.path.name)
    run = open_run(copy)
    run.update(data=f"{run.info.data[:-1]}!")  # as if it had been trained on other data
    panel.open_run(open_run(copy))
    press(panel, "evaluation.evaluate")
    wait.first(panel.asking.evaluated, panel.asking.refused)
    notice = panel.findChild(QLabel, "evaluation.notice")
    assert notice.isVisible()
    assert "may flatter" in notice.text()
    assert panel.findChild(MatrixView).isVisible()


@pytest.mark.engine
def test_the_code_of_the_matrix_gives_the_same(
    panel: EvaluationPanel, several: Run, wait: Waiter, tmp_path: Path
) -> None:
    panel.open_run(several)
    press(panel, "evaluation.evaluate")
    wait.first(panel.asking.evaluated, panel.asking.refused)
    press(panel, "evaluation.code")
    dialog = panel.findChild(ListingDialog)
    dialog.save(tmp_path / "matrix.py")
    env = {**local_command().env, "TF_CPP_MIN_LOG_LEVEL": "3"}
    command = [sys.executable, "matrix.py"]
    said = subprocess.run(
        command, cwd=tmp_path, check=True, env=env, capture_output=True, text=True
    )
    rows = [line.strip(" []").split() for line in said.stdout.splitlines()[:10]]
    counts = panel.findChild(MatrixView, "evaluation.matrix").sheet.matrix
    assert np.array(rows, int).tolist() == counts.tolist()
    dialog.close()


@pytest.mark.engine
def test_an_evaluation_can_be_stopped(panel: EvaluationPanel, plain: Run, wait: Waiter) -> None:
    panel.open_run(plain)
    press(panel, "evaluation.evaluate")
    press(panel, "evaluation.evaluate")
    wait.first(panel.asking.refused, panel.asking.evaluated)
    button = panel.findChild(QPushButton, "evaluation.evaluate")
    assert (button.text(), button.isEnabled()) == ("Evaluate", True)
    assert panel.findChild(QLabel, "evaluation.notice").text() == "The evaluation was stopped."


@pytest.mark.engine
def test_weights_that_do_not_fit_are_a_sentence(
    panel: EvaluationPanel, plain: Run, several: Run, wait: Waiter
) -> None:
    panel.open_run(plain)
    weights = panel.findChild(QComboBox, "evaluation.weights")
    weights.setItemData(0, several.weights)
    press(panel, "evaluation.evaluate")
    wait.first(panel.asking.refused)
    notice = panel.findChild(QLabel, "evaluation.notice")
    assert "don't fit this model" in notice.text()
    assert notice.property("role") == "error"


def test_keys_go_from_cell_to_cell(qtbot: QtBot) -> None:
    view = MatrixView(LIGHT)
    qtbot.addWidget(view)
    view.resize(300, 200)
    view.show_matrix(np.array([[3, 1], [0, 4]]), ["cat", "dog"])
    chosen: list[tuple[int, int]] = []
    view.cell_chosen.connect(lambda *cell: chosen.append(cell))
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Right, Qt.Key.Key_Right):
        QTest.keyClick(view, key)
    assert chosen == [(0, 0), (1, 0), (1, 1), (1, 1)]
    assert view.accessibleDescription() == "dog recognised: 4 of 4 samples (100%)"
    assert view.sheet.words((0, 1)) == "cat taken for dog: 1 of 4 samples (25%)"
    assert view.sheet.cell_at(QPointF(0, 0)) is None


def contrast(one: QColor, other: QColor) -> float:
    def light(colour: QColor) -> float:
        parts = [
            part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
            for part in (colour.redF(), colour.greenF(), colour.blueF())
        ]
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]

    low, high = sorted((light(one), light(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", [DARK, LIGHT])
@pytest.mark.parametrize("right", [True, False])
def test_figures_can_be_read_on_every_cell(theme: object, *, right: bool) -> None:
    for share in np.linspace(0.001, 1, 50):
        colour = shade(theme, float(share), right=right)
        assert contrast(colour, ink(colour)) >= 4.5


@pytest.mark.parametrize("theme", [DARK, LIGHT])
def test_figures_on_a_strong_cell_are_white(theme: Theme) -> None:
    for share in (0.7, 0.9, 1.0):
        assert ink(shade(theme, share, right=True)) == QColor("#FFFFFF")


def test_words_keep_their_room_beside_several_pictures(qtbot: QtBot) -> None:
    gallery = Gallery(DARK, "gallery")
    qtbot.addWidget(gallery)
    gallery.set_words(88)
    one = gallery.gridSize().width()
    gallery.show_pictures(2)
    assert gallery.gridSize().width() == one + SIDE + TINY


@pytest.mark.parametrize("classes", [2, 10, 100])
def test_a_matrix_of_any_size_has_a_picture(qtbot: QtBot, classes: int) -> None:
    matrix = np.random.default_rng(1).integers(0, 1200, (classes, classes))
    image = matrix_picture(matrix, [f"class {n}" for n in range(classes)], DARK)
    assert 400 < image.width() < 2000
    assert image.pixelColor(0, 0).name().upper() == DARK.panel


def test_numbers_are_shown_with_their_targets() -> None:
    predictions = np.array([[1.0], [2.5], [9.0]], "float32")
    one = judge(
        Output("price"), Answers(name="price", predictions=predictions, targets=np.array([1, 2, 3]))
    )
    assert one.numbers is not None
    assert np.argmax(one.numbers.errors) == 2
    lines, tip = describe(one, 2)
    assert lines[1].text == "→ 9"
    assert tip == "Sample 2: 9 is predicted, 3 is true."
    (cloud,) = fit_clouds(one)
    np.testing.assert_array_equal(cloud.x, [1, 2, 3])
    assert (class_rows(one), roc_curves(one)) == ([], [])


@pytest.mark.parametrize(("last", "alike"), [("square", False), ("a name without end" * 9, True)])
def test_columns_have_names_where_there_is_room(qtbot: QtBot, last: str, *, alike: bool) -> None:
    matrix = np.diag([3, 2, 1])
    one, other = (
        matrix_picture(matrix, [first, "cross", last], DARK) for first in ("circle", "ring")
    )
    left = round(Sheet(matrix, ["circle", "cross", last], QSize(420, 220)).cells.left()) * 2
    above = QRect(left + 40, 0, one.width(), 40)  # the first row's name stands left of it
    assert (one.copy(above) == other.copy(above)) is alike
