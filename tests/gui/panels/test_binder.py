"""The data panel: choosing data, columns, forms, losses and metrics edits the project."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QDir, QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QLabel,
    QLineEdit,
    QMenu,
    QPushButton,
    QToolButton,
    QWidget,
)

from graph.datasets import KNOWN, SAMPLE
from graph.edits import SetData, SetParams
from graph.objects import table
from graph.params import Named
from graph.project import Binding, Data, port_key
from gui.panels.data.binder import BinderPanel
from gui.panels.data.chips import Chip
from gui.panels.data.rows import METRICS, losses
from gui.theme import LIGHT
from tests.gui.panels.conftest import Drawn, draw

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from gui.theme import Theme

# what the offscreen platform says at each menu
menus = pytest.mark.qt_log_ignore("raise", "grabbing the keyboard", extend=True)


@pytest.fixture
def panel(binder: BinderPanel) -> BinderPanel:
    return binder


def choose(panel: BinderPanel, name: str, text: str) -> None:
    """Choose an entry as a person does by keyboard."""
    combo = panel.findChild(QComboBox, name)
    combo.setFocus()
    at = combo.findText(text)
    assert at >= 0, [combo.itemText(row) for row in range(combo.count())]
    key = Qt.Key.Key_Down if at > combo.currentIndex() else Qt.Key.Key_Up
    while combo.currentText() != text:
        QTest.keyClick(combo, key)


def press(panel: BinderPanel, name: str, key: Qt.Key) -> None:
    chip = panel.findChild(QWidget, name)
    chip.setFocus()
    QTest.keyClick(chip, key)


def choose_form(panel: BinderPanel, text: str) -> None:
    """Open the menu of the labels' chip, and choose from it."""
    press(panel, "binder.output.0.chip.1", Qt.Key.Key_Return)
    menu = panel.findChild(QMenu, "binder.output.0.menu")
    menu.close()
    next(one for one in menu.actions() if one.text() == text).trigger()


def add(panel: BinderPanel, name: str) -> None:
    """Add a transform from the menu of the first Input."""
    panel.findChild(QPushButton, "binder.input.0.add").click()
    menu = panel.findChild(QMenu, "binder.input.0.menu")
    menu.close()
    next(one for one in menu.actions() if one.text() == name).trigger()
    QTest.qWait(1)


def chips(panel: BinderPanel, name: str) -> list[str]:
    QTest.qWait(0)  # Qt shows what was added to a layout at the next turn
    box = panel.findChild(QWidget, name)
    found = [one for one in box.findChildren(Chip) if not one.isHidden()]
    return [one.words.text().replace("\u00a0", " ") for one in found]


def test_without_data_the_panel_asks_for_some(panel: BinderPanel) -> None:
    assert "data set" in panel.findChild(QLabel, "binder.about").text()
    assert panel.findChild(QComboBox, "binder.source").currentIndex() == -1


def test_a_known_set_binds_inputs_and_outputs_and_shows_the_steps(
    panel: BinderPanel, mlp: Drawn
) -> None:
    choose(panel, "binder.source", KNOWN[SAMPLE].title)
    assert mlp.document.project.data.source == SAMPLE
    about = panel.findChild(QLabel, "binder.about").text()
    assert "6,000 training and 1,000 test samples" in about
    assert chips(panel, "binder.input.0.steps") == [
        "uint8 28 × 28",
        "→ scale to 0–1",
        "→ flatten to 784",
    ]
    assert chips(panel, "binder.output.0.steps")[1:] == ["→ integer labels"]


@menus
def test_scaling_form_loss_and_metrics_are_edits(panel: BinderPanel, mlp: Drawn) -> None:
    choose(panel, "binder.source", KNOWN[SAMPLE].title)
    project = mlp.document.project
    key, port = mlp.keys["visible"], port_key(project.graph.outputs[0])
    press(panel, "binder.input.0.chip.1", Qt.Key.Key_Delete)
    assert mlp.document.project.data.inputs[key].scale is False
    assert "→ scale to 0–1" not in chips(panel, "binder.input.0.steps")
    choose_form(panel, "one-hot")
    assert mlp.document.project.data.outputs[port].form == "one-hot"
    assert chips(panel, "binder.output.0.steps")[-1] == "→ one-hot (10)"
    choose(panel, "binder.output.0.loss", "categorical_crossentropy")
    assert mlp.document.project.training.goals[port].loss == "categorical_crossentropy"
    menu = panel.findChild(QPushButton, "binder.output.0.metrics").menu()
    next(one for one in menu.actions() if one.text() == "precision").trigger()
    assert mlp.document.project.training.goals[port].metrics == ("accuracy", "precision")
    for _ in range(20):
        mlp.document.undo_stack.undo()
    assert mlp.document.project.data.source == ""


@menus
def test_transforms_are_added_set_moved_and_removed(
    panel: BinderPanel, mlp: Drawn, qtbot: QtBot
) -> None:
    choose(panel, "binder.source", KNOWN[SAMPLE].title)
    key = mlp.keys["visible"]
    add(panel, "noise")
    settings = panel.findChild(QWidget, "binder.input.0.settings")
    field = settings.findChild(QLineEdit)
    assert settings.isVisible()
    field.selectAll()
    QTest.keyClicks(field, "4.5")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert mlp.document.project.data.inputs[key].transforms == (Named("noise", {"stddev": 4.5}),)
    assert chips(panel, "binder.input.0.steps")[1] == "→ noise 4.5"
    settings.close()
    add(panel, "half")
    settings.close()
    names = [one.name for one in mlp.document.project.data.inputs[key].transforms]
    assert names == ["noise", "half"]
    press(panel, "binder.input.0.chip.2", Qt.Key.Key_Left)
    moved = mlp.document.project.data.inputs[key].transforms
    assert [one.name for one in moved] == ["half", "noise"]
    qtbot.waitUntil(panel.findChild(QWidget, "binder.input.0.chip.1").hasFocus)
    assert "visible" in panel.findChild(QLabel, "binder.input.0.problem").text()
    drag(panel, "binder.input.0.chip.2", "binder.input.0.chip.1")
    moved = mlp.document.project.data.inputs[key].transforms
    assert [one.name for one in moved] == ["noise", "half"]
    panel.findChild(QToolButton, "binder.input.0.chip.2.remove").click()
    assert chips(panel, "binder.input.0.steps")[1:] == [
        "→ noise 4.5",
        "→ scale to 0–1",
        "→ flatten to 784",
    ]


def drag(panel: BinderPanel, name: str, target: str) -> None:
    one, other = (panel.findChild(QWidget, each) for each in (name, target))
    end = one.mapFromGlobal(other.mapToGlobal(QPoint(4, 4)))
    QTest.mousePress(one, Qt.MouseButton.LeftButton)
    QTest.mouseMove(one, end)
    QTest.mouseRelease(one, Qt.MouseButton.LeftButton, pos=end)


@menus
def test_a_transform_that_does_not_fit_is_marked_and_not_offered(
    panel: BinderPanel, mlp: Drawn
) -> None:
    choose(panel, "binder.source", KNOWN[SAMPLE].title)
    panel.findChild(QPushButton, "binder.input.0.add").click()
    menu = panel.findChild(QMenu, "binder.input.0.menu")
    menu.close()
    grey = next(one for one in menu.actions() if one.text() == "grey")
    assert not grey.isEnabled()
    assert "colour" in grey.toolTip()
    crop = Binding("image", transforms=(Named("crop", {"size": (40, 40)}),))
    data = msgspec.structs.replace(mlp.document.project.data, inputs={mlp.keys["visible"]: crop})
    mlp.document.push(SetData(data), "Bind")
    QTest.qWait(1)
    chip = panel.findChild(QWidget, "binder.input.0.chip.1")
    assert chip.property("invalid") is True
    assert "can't be cut out of 28 × 28" in chip.toolTip()


@menus
def test_a_loss_that_does_not_fit_is_said_beside_it(panel: BinderPanel) -> None:
    choose(panel, "binder.source", KNOWN[SAMPLE].title)
    trouble = panel.findChild(QLabel, "binder.output.0.problem")
    assert not trouble.isVisible()
    choose_form(panel, "one-hot")
    choose(panel, "binder.output.0.loss", "sparse_categorical_crossentropy")
    assert trouble.isVisible()
    assert "output" in trouble.text()


def test_an_own_file_is_chosen_in_a_dialog(
    panel: BinderPanel, mlp: Drawn, tmp_path: Path, qtbot: QtBot
) -> None:
    generator = np.random.default_rng(1)
    path = tmp_path / "mine.npz"
    x = generator.integers(0, 255, (20, 28, 28), dtype=np.uint8)
    y = np.arange(20, dtype=np.uint8) % 10
    np.savez(path, x_train=x, y_train=y, x_test=x[:5], y_test=y[:5])
    combo = panel.findChild(QComboBox, "binder.source")
    combo.setFocus()
    QTest.keyClick(combo, Qt.Key.Key_End)
    dialog = panel.findChild(QFileDialog, "binder.dialog")
    assert dialog.isVisible()
    assert dialog.directory().absolutePath() == QDir.homePath()
    assert not dialog.findChild(QLineEdit, "fileNameEdit").text(), "no file is suggested"
    dialog.fileSelected.emit(str(path))
    dialog.reject()
    assert mlp.document.project.data.source == str(path)
    assert "20 training and 5 test samples" in panel.findChild(QLabel, "binder.about").text()
    assert combo.currentText() == "mine.npz"
    columns = panel.findChild(QComboBox, "binder.input.0.column")
    assert "x" in [columns.itemText(at) for at in range(columns.count())]
    panel.set_theme(LIGHT)


def test_an_own_folder_is_read_in_the_background(
    panel: BinderPanel, mlp: Drawn, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LAYERLOOM_CACHE", str(tmp_path / "cache"))
    for number in range(10):
        place = tmp_path / "pets" / ("cat", "dog")[number % 2]
        place.mkdir(parents=True, exist_ok=True)
        Image.new("L", (28, 28), number).save(place / f"{number}.png")
    (tmp_path / "pets" / "cat" / "0.png").write_bytes(b"nothing")
    about = panel.findChild(QLabel, "binder.about")
    panel.use(str(tmp_path / "nowhere"))
    qtbot.waitUntil(lambda: "is not in the folder" in about.text())
    panel.use(str(tmp_path / "pets"))
    qtbot.waitUntil(lambda: "7 training and 2 test samples" in about.text())
    assert mlp.document.project.data.source == str(tmp_path / "pets")
    assert "1 row is left out. cat/0.png is no PNG" in about.text()
    assert "cat/0.png" in about.toolTip()


def test_columns_are_listed_while_no_input_is_drawn(
    qtbot: QtBot, theme: Theme, tmp_path: Path
) -> None:
    path = tmp_path / "shapes.csv"
    rows = "\n".join(f"{n / 7},{'ab'[n % 2]}" for n in range(30))
    path.write_text(f"area,shape\n{rows}", encoding="utf-8")
    drawn = draw(())
    drawn.document.push(SetData(Data(str(path))), "Choose")
    panel = BinderPanel(drawn.document, theme)
    qtbot.addWidget(panel)
    panel.refresh()
    assert panel.findChild(QLabel, "binder.about").text().split("\n") == [
        "24 training and 6 test samples.",
        "Draw an Input to use them.",
        "· area: number",
        "· shape: 2 labels",
    ]


def test_an_input_can_take_the_size_of_the_images(
    panel: BinderPanel, mlp: Drawn, qtbot: QtBot, tmp_path: Path
) -> None:
    for number in range(10):
        place = tmp_path / "pets" / ("cat", "dog")[number % 2]
        place.mkdir(parents=True, exist_ok=True)
        Image.new("L", (32, 24), number).save(place / f"{number}.png")
    document = mlp.document
    layer = document.project.graph.nodes[mlp.keys["visible"]].layer
    document.push(SetParams(layer, {"shape": (28, 28, 1)}), "Shape")
    panel.use(str(tmp_path / "pets"))
    take = panel.findChild(QPushButton, "binder.input.0.reshape")
    qtbot.waitUntil(lambda: not take.isHidden())
    assert take.text().replace("\N{NO-BREAK SPACE}", " ") == "Take 24 × 32 × 1"
    take.click()
    assert document.project.graph.layers[layer].params["shape"] == (24, 32, 1)
    assert take.isHidden()


def test_the_metrics_and_losses_offered_are_keras_names() -> None:
    known = {entry.identifier for entry in table("metric").values()}
    assert set(METRICS) <= known
    assert "sparse_categorical_crossentropy" in losses()


def test_a_name_leads_to_its_node(panel: BinderPanel, mlp: Drawn, qtbot: QtBot) -> None:
    with qtbot.waitSignal(mlp.document.revealed) as revealed:
        QTest.mouseClick(
            panel.findChild(QPushButton, "binder.output.0.name"), Qt.MouseButton.LeftButton
        )
    assert revealed.args == [mlp.keys["output"]]


def test_the_wheel_takes_no_focus_and_changes_nothing(panel: BinderPanel, mlp: Drawn) -> None:
    choose(panel, "binder.source", KNOWN[SAMPLE].title)
    combos = panel.findChildren(QComboBox)
    assert len(combos) >= 5
    assert all(combo.focusPolicy() is Qt.FocusPolicy.StrongFocus for combo in combos)


@menus
def test_columns_that_an_own_file_lacks_are_chosen_anew(
    panel: BinderPanel, mlp: Drawn, tmp_path: Path
) -> None:
    choose(panel, "binder.source", KNOWN[SAMPLE].title)
    choose_form(panel, "one-hot")  # binds the column "label" by hand
    path = tmp_path / "own.npz"
    x, y = np.zeros((20, 784), "float32"), np.arange(20) % 10
    np.savez(path, x_train=x, y_train=y, x_test=x[:5], y_test=y[:5])
    panel.use(str(path))
    assert mlp.document.project.data.outputs == {}
    assert panel.findChild(QComboBox, "binder.input.0.column").currentText() == "x"
    assert panel.findChild(QComboBox, "binder.output.0.column").currentText() == "y"
    assert not panel.findChild(QLabel, "binder.output.0.problem").isVisible()


def test_data_that_keras_has_to_download_is_said_so(
    panel: BinderPanel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LAYERLOOM_DATA", str(tmp_path))
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    panel.use("mnist")
    about = panel.findChild(QLabel, "binder.about")
    assert "Not on this computer yet" in about.text()
    (tmp_path / "mnist.npz").touch()
    panel.refresh()
    assert "Not on this computer yet" not in about.text()
