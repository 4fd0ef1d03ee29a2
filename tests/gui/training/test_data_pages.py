"""The pages of the Data panel that show samples, what is left out, balance, and the split."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton, QSpinBox, QToolButton

from graph.binding import inputs_of
from graph.datasets import BUNDLED
from graph.edits import SetData, SetParams, SetTraining
from graph.params import Named
from graph.project import Binding, Data
from gui.panels.data.asking import Parts
from gui.panels.data.panel import DataPanel
from gui.theme import DARK, LIGHT

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from gui.document import Document
    from gui.runner import Runner
    from tests.gui.training.conftest import Waiter

pytestmark = pytest.mark.engine


@pytest.fixture
def panel(qtbot: QtBot, document: Document, runner: Runner) -> DataPanel:
    made = DataPanel(document, DARK, runner)
    qtbot.addWidget(made)
    made.resize(490, 230)
    with qtbot.waitExposed(made):
        made.show()
    return made


def turn_to(panel: DataPanel, name: str) -> None:
    names = [panel.tabs.tabData(at) for at in range(panel.tabs.count())]
    panel.tabs.setCurrentIndex(names.index(name))


def texts(panel: DataPanel) -> list[list[str]]:
    """Return the captions of the tiles of each branch."""
    return [
        [one.caption for one in branch.tiles] for branch in panel.page("samples").strip.branches
    ]


def test_a_sample_is_followed_and_follows_the_drawing(
    panel: DataPanel, document: Document, wait: Waiter
) -> None:
    turn_to(panel, "samples")
    page = panel.page("samples")
    wait.until(lambda: bool(page.strip.branches))
    assert texts(panel) == [
        ["image", "scale to 0–1", "flatten to 784"],
        ["label", "integer labels"],
    ]
    assert page.strip.branches[1].tiles[0].text == "3 Dress"  # the first of the bundled sample
    first = page.strip.branches
    panel.findChild(QToolButton, "samples.next").click()
    wait.until(lambda: page.strip.branches is not first)
    assert panel.findChild(QSpinBox, "samples.number").value() == 1
    (key,) = inputs_of(document.project.graph)
    binding = Binding("image", transforms=(Named("noise"),))
    data = msgspec.structs.replace(document.project.data, inputs={key: binding})
    document.push(SetData(data), "Bind")
    wait.until(lambda: texts(panel)[0][1] == "noise 0.1")
    panel.set_theme(LIGHT)


def test_samples_of_one_label_are_visited_in_turn(panel: DataPanel, wait: Waiter) -> None:
    turn_to(panel, "samples")
    page = panel.page("samples")
    wait.until(lambda: bool(page.strip.branches))
    page.label.setCurrentIndex(page.label.findText("Bag"))
    seen = []
    for name in ("samples.next", "samples.next", "samples.back", "samples.random"):
        before = page.strip.branches
        button = panel.findChild(QToolButton, name) or panel.findChild(QPushButton, name)
        button.click()
        wait.until(lambda before=before: page.strip.branches is not before)
        seen.append(page.number.value())
        assert page.strip.branches[1].tiles[0].text == "8 Bag"
    assert seen[0] == seen[2] < seen[1]


def test_without_data_it_says_what_to_do(panel: DataPanel, document: Document) -> None:
    data = msgspec.structs.replace(document.project.data, source="")
    document.push(SetData(data), "No data")
    turn_to(panel, "samples")
    QTest.qWait(1)
    assert "Choose one" in panel.findChild(QLabel, "samples.notice").text()


def own_table(folder: Path) -> Path:
    """Return a table of images with a missing file, a broken one and a label without fellows."""
    lines = ["file,kind"]
    for number in range(40):
        if number != 5:
            Image.new("L", (28, 28), number).save(folder / f"{number}.png")
        kind = "ape" if number == 7 else ("cat", "dog")[number % 2]
        lines.append(f"{number}.png,{kind}")
    (folder / "9.png").write_bytes(b"nothing")
    path = folder / "pets.csv"
    path.write_text("\n".join(lines))
    return path


def test_rows_that_are_left_out_are_listed_with_file_and_row(
    panel: DataPanel,
    document: Document,
    wait: Waiter,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("LAYERLOOM_CACHE", str(tmp_path / "cache"))
    (key,) = inputs_of(document.project.graph)
    path = own_table(tmp_path)
    document.push(SetData(Data(str(path), {key: Binding("file")})), "Own data")
    turn_to(panel, "left_out")
    page = panel.page("left_out")
    assert page.summary.text().startswith("38 of 40 rows can be used.")
    panel.findChild(QPushButton, "leftout.again").click()
    wait.until(page.bar.isHidden)
    assert page.summary.text().startswith("37 of 40 rows can be used.")
    assert [row[:2] for row in page.view.table.rows] == [
        ("pets.csv", "7"),
        ("pets.csv", "9"),
        ("pets.csv", "11"),
    ]
    assert "no file 5.png" in page.view.table.rows[0][2]
    panel.findChild(QPushButton, "leftout.again").click()
    panel.findChild(QPushButton, "leftout.cancel").click()
    assert page.bar.isHidden()


def test_balance_and_split_are_those_of_the_program(
    panel: DataPanel, document: Document, wait: Waiter
) -> None:
    turn_to(panel, "balance")
    page = panel.page("balance")
    wait.until(lambda: bool(page.bars.counts))
    assert {part: sum(counts) for part, counts in page.bars.counts.items()} == {
        "train": 921,
        "validation": 103,
        "test": 1000,
    }
    turn_to(panel, "split")
    field = panel.findChild(QLineEdit, "param.split.validation_split")
    field.selectAll()
    QTest.keyClicks(field, "0.25")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert document.project.training.validation_split == 0.25
    split = panel.page("split")
    wait.until(lambda: split.counts.text().startswith("768 training, 256 validation"))
    assert not panel.findChild(QLineEdit, "param.split.test_split").isEnabled()
    document.undo_stack.undo()
    assert document.project.training.validation_split == 0.1


def test_about_as_many_is_said_of_the_parts_of_which_it_is_true(panel: DataPanel) -> None:
    turn_to(panel, "balance")
    page = panel.page("balance")
    train = np.repeat([0, 1, 2], (70, 72, 74))
    parts = Parts({"train": 216, "validation": 24}, {"train": train}, ("a", "b", "c"), "shape")
    page._show(parts)
    assert page.notice.text() == "shape: 3 classes, about as many samples of each."
    parts.labels["validation"] = np.repeat([0, 1, 2], (3, 11, 10))
    page._show(parts)
    assert page.notice.text() == (
        "shape: in the training part 3 classes, about as many samples of each. "
        "In the validation part 3 classes, from 3 samples of “a” to 11 of “b”."
    )


def test_values_are_measured_in_the_background(panel: DataPanel, wait: Waiter) -> None:
    turn_to(panel, "values")
    page = panel.page("values")
    wait.until(lambda: bool(page.view.table.rows))
    rows = {row[0]: row[1:] for row in page.view.table.rows}
    with np.load(BUNDLED / "fashion_mnist_sample.npz") as file:
        mean = f"{file['x_train'].mean():.4g}"
    assert rows["image"][:3] == ("28 × 28", "0", mean)
    assert rows["label"][0] == "10 labels"


def test_what_does_not_concern_the_data_loads_none_again(
    panel: DataPanel, document: Document, wait: Waiter
) -> None:
    turn_to(panel, "samples")
    page, asking = panel.page("samples"), panel.asking
    wait.until(lambda: bool(page.strip.branches) and asking._asked is None)
    shown = page.strip.branches
    hidden = next(key for key, one in document.project.graph.layers.items() if one.kind == "Dense")
    document.push(SetParams(hidden, {"units": 33}), "Set units")
    more = msgspec.structs.replace(document.project.training, epochs=77)
    document.push(SetTraining(more), "Set epochs")
    assert asking._asked is None
    assert page.strip.branches is shown
    halved = msgspec.structs.replace(document.project.training, limit=100)
    document.push(SetTraining(halved), "Set limit")
    wait.until(lambda: asking.parts.counts.get("train") == 90)
