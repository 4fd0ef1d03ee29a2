"""The list of layers that opens on the canvas, and a model drawn with it."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from graph.inference import totals

if TYPE_CHECKING:
    from tests.gui.canvas.conftest import Hand

SHIFT, CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
GROUND = QPoint(20, 20)


def test_a_model_is_drawn_by_gestures_alone(blank: Hand) -> None:
    """Drops, the list of layers, dragged and clicked wires; then the counts of Keras's model."""
    blank.drop("Input", QPoint(120, 300))
    blank.drop("Conv2D", QPoint(380, 300))
    blank.drop("Flatten", QPoint(640, 300))
    blank.drag(blank.out("visible"), blank.into("conv1"))  # port to port
    blank.click(blank.out("conv1"))  # click-click, onto the node
    blank.move(blank.middle("flat1"))
    blank.click(blank.middle("flat1"))
    blank.drag(blank.out("flat1"), QPoint(860, 344))  # onto empty ground: the list opens
    search, _ = blank.popup()
    QTest.keyClicks(search, "dense")
    QTest.keyClick(search, Qt.Key.Key_Return)
    assert blank.wires() == {
        ("visible", "conv1", 0), ("conv1", "flat1", 0), ("flat1", "hidden1", 0)
    }  # fmt: skip
    document = blank.document
    assert not [one for one in document.problems if one.severity == "error"]
    found = totals(document.project, document.report)
    conv = document.report.nodes[blank.id("conv1")].made
    dense = document.report.nodes[blank.id("hidden1")].made
    assert conv is not None
    assert dense is not None
    assert found.params == conv.weights.trainable + dense.weights.trainable > 0
    steps = document.undo_stack.count()
    for _ in range(steps):
        blank.undo()
    assert steps == 6
    assert not document.project.graph.nodes


@pytest.mark.parametrize("way", ["space", "double click", "letter"])
def test_the_list_of_layers_opens_and_adds(blank: Hand, way: str) -> None:
    at = QPoint(500, 300)
    blank.move(at)
    if way == "space":
        blank.key(Qt.Key.Key_Space)
    elif way == "letter":
        blank.key(Qt.Key.Key_D)
    else:
        QTest.mouseDClick(blank.view, Qt.MouseButton.LeftButton, pos=at)
    search, rows = blank.popup()
    assert search.text() == ("d" if way == "letter" else "")
    QTest.keyClicks(search, "ense" if way == "letter" else "flatten")
    assert rows.count() == 1
    QTest.keyClick(search, Qt.Key.Key_Return)
    assert not blank.has_popup()
    (key,) = blank.document.project.graph.nodes
    assert blank.view.node_rect(key).contains(at)
    assert blank.document.selected_nodes == {key}


def test_the_list_of_layers_closes_by_escape_and_by_a_click(blank: Hand) -> None:
    blank.key(Qt.Key.Key_Space)
    search, rows = blank.popup()
    first = rows.currentItem().text()
    QTest.keyClick(search, Qt.Key.Key_Down)
    assert rows.currentItem().text() != first
    QTest.keyClick(search, Qt.Key.Key_Escape)
    assert not blank.has_popup()
    blank.key(Qt.Key.Key_Space)
    blank.click(GROUND)
    assert not blank.has_popup()
    assert not blank.document.project.graph.nodes


def test_layers_added_from_elsewhere_stand_side_by_side(blank: Hand) -> None:
    keys = [blank.view.add_layer("Dense") for _ in range(3)]
    boxes = [blank.view.node_rect(key) for key in keys]
    assert not any(a.intersects(b) for a, b in pairwise(boxes))
    assert blank.view.rect().contains(boxes[0])
    assert blank.document.selected_nodes == {keys[-1]}
