"""The pages of the Data panel that show samples, what is left out, balance, and the split."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton, QSpinBox, QToolButton

from graph.binding import inputs_of
from graph.edits import SetData
from graph.params import Named
from graph.project import Binding
from gui.panels.data import DataPanel
from gui.theme import DARK, LIGHT

if TYPE_CHECKING:
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
