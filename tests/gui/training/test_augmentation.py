"""The panel that sets augmentation: edits, pictures that follow, an experiment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QToolButton

from graph import placing
from graph.edits import SetTraining
from graph.project import Augmentation
from gui.document import Document
from gui.panels.augmentation.form import OPERATIONS
from gui.panels.augmentation.panel import AugmentationPanel, with_augmentation
from gui.theme import DARK, LIGHT
from tests.gui.training.conftest import cnn

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication
    from pytestqt.qtbot import QtBot

    from graph.project import Project
    from gui.runner import Runner
    from tests.gui.training.conftest import Waiter

pytestmark = pytest.mark.engine


@pytest.fixture
def document(qapp: QApplication) -> Document:
    return Document(cnn())


@pytest.fixture
def panel(qtbot: QtBot, document: Document, runner: Runner) -> AugmentationPanel:
    panel = AugmentationPanel(document, DARK, runner)
    qtbot.addWidget(panel)
    panel.resize(480, 230)
    panel.show()
    return panel


def settings(document: Document) -> Augmentation:
    return document.project.training.augmentation


def choose(panel: AugmentationPanel, how: str) -> None:
    box = panel.form.how
    box.setCurrentIndex(box.findData(how))
    box.activated.emit(box.currentIndex())


def test_empty_it_says_what_to_do(panel: AugmentationPanel, wait: Waiter) -> None:
    wait.until(lambda: bool(panel.notice.text()))
    assert panel.notice.text().startswith("Choose at the left: online")
    assert not panel.compare.isVisible()
    assert not panel.form.sliders["shift"].isEnabled()


def test_pictures_follow_the_sliders(
    panel: AugmentationPanel, document: Document, wait: Waiter
) -> None:
    choose(panel, "online")
    panel.form.sliders["shift"].setValue(20)
    assert settings(document) == Augmentation("online", shift=0.2)
    wait.until(lambda: panel._shown is not None and panel._shown.project is document.project)
    before = [image.copy() for image in panel.grid.variants[0]]
    assert panel.grid.originals[0].width() == 28
    panel.form.sliders["shift"].setValue(40)
    wait.until(lambda: panel._shown is not None and panel._shown.project is document.project)
    assert before != panel.grid.variants[0]
    shown = panel._shown
    QTest.mouseClick(panel.again, Qt.MouseButton.LeftButton)
    wait.until(lambda: panel._shown is not shown)
    for place, _ in panel.grid.places():
        assert place.right() <= panel.grid.width()
        assert place.bottom() <= panel.grid.height()
    assert len(panel.grid.places()) >= 8


def test_dragging_is_one_step_of_undo(panel: AugmentationPanel, document: Document) -> None:
    choose(panel, "online")
    for at in (3, 9, 15):
        panel.form.sliders["rotation"].setValue(at)
    assert settings(document).rotation == 15
    assert panel.form.numbers["rotation"].field.text() == "15"
    document.undo_stack.undo()
    assert settings(document) == Augmentation("online")
    assert panel.form.sliders["rotation"].value() == 0


def test_numbers_have_units_and_a_reset(panel: AugmentationPanel, document: Document) -> None:
    choose(panel, "pre")
    assert panel.form.copies.isVisible()
    for name, text in (("zoom", "7"), ("noise", "0.03"), ("copies", "4")):
        field = panel.findChild(QLineEdit, f"augmentation.{name}")
        field.setFocus()
        field.selectAll()
        QTest.keyClicks(field, text)
        QTest.keyClick(field, Qt.Key.Key_Return)
    assert settings(document) == Augmentation("pre", copies=4, zoom=0.07, noise=0.03)
    reset = panel.findChild(QToolButton, "augmentation.zoom.reset")
    assert reset.isVisible()
    QTest.mouseClick(reset, Qt.MouseButton.LeftButton)
    assert settings(document).zoom == 0
    assert not reset.isVisible()
    field = panel.findChild(QLineEdit, "augmentation.shift")
    QTest.keyClicks(field, "900")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert settings(document).shift == 0
    assert field.property("invalid") is True


def test_an_experiment_is_the_drawing_with_and_without(
    panel: AugmentationPanel, document: Document
) -> None:
    given: list[tuple[str, list[tuple[str, Project, Any]]]] = []
    panel.experiment_wanted.connect(lambda title, runs: given.append((title, runs)))
    project = with_augmentation(document.project, Augmentation("online", flip="both", mixup=0.2))
    document.push(SetTraining(project.training), "Set")
    QTest.mouseClick(panel.compare, Qt.MouseButton.LeftButton)
    ((title, runs),) = given
    assert title == "cnn with and without augmentation"
    assert [label for label, _, _ in runs] == ["cnn, no augmentation", "cnn, flip, mixup"]
    assert [one.training.augmentation for _, one, _ in runs] == [
        Augmentation(),
        Augmentation("online", flip="both", mixup=0.2),
    ]


def test_layers_that_vary_images_are_taken_out_for_the_experiment(
    panel: AugmentationPanel, document: Document, qtbot: QtBot
) -> None:
    graph = document.project.graph
    (first,) = (
        key for key, link in graph.links.items() if "Input" in graph.layer_of(link.source).kind
    )
    wide = graph.links[first].target
    added, node = placing.new_node(document.project, "RandomFlip", 0, 0)
    document.push(added, "Add")
    document.push(placing.wire_into(document.project.graph, first, node, ("a", "b")), "Insert")
    given: list[list[tuple[str, Project, Any]]] = []
    panel.experiment_wanted.connect(lambda _title, runs: given.append(runs))
    panel.show()
    qtbot.waitUntil(lambda: "RandomFlip" in panel.notice.text(), timeout=60_000)
    assert len(panel.grid.variants[0]) > 1  # as the layer makes them
    QTest.mouseClick(panel.compare, Qt.MouseButton.LeftButton)
    (((_, plain, report), (label, varied, _)),) = given
    assert label == "cnn, RandomFlip"
    assert varied is document.project
    assert node not in plain.graph.nodes
    assert report.spec_of(wide) is not None
    assert [one.layer for one in plain.graph.nodes.values()] == [
        one.layer for key, one in varied.graph.nodes.items() if key != node
    ]


def test_it_fits_its_place_in_both_themes(panel: AugmentationPanel, document: Document) -> None:
    panel.set_theme(LIGHT)
    assert panel.minimumSizeHint().width() <= 480
    assert {one.field for one in OPERATIONS} == set(panel.form.sliders)
