"""Wires drawn, taken elsewhere and let go by mouse and keys on a real canvas."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from gui.canvas.tools.connect import ConnectTool
from gui.canvas.tools.keywire import KeyWireTool

if TYPE_CHECKING:
    from tests.gui.canvas.conftest import Hand

SHIFT, CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
GROUND = QPoint(20, 20)


def test_a_wire_is_drawn_backwards_from_an_input(hand: Hand) -> None:
    hand.click(hand.out("hidden1"))  # taken in hand and let go again
    hand.key(Qt.Key.Key_Escape)
    spare = hand.into("merge", 2)
    hand.drag(spare, hand.out("visible"))
    assert ("visible", "merge", 2) in hand.wires()


def test_the_end_of_a_wire_is_taken_elsewhere_and_out(hand: Hand) -> None:
    hand.drag(hand.into("flat2"), hand.into("merge", 2))
    assert ("pool2", "merge", 2) in hand.wires()
    assert ("pool2", "flat2", 0) not in hand.wires()
    hand.drag(hand.into("flat1"), hand.into("flat1") + QPoint(-20, 90))
    assert not any(target == "flat1" for _, target, _ in hand.wires())
    hand.undo()
    hand.undo()
    assert ("pool2", "flat2", 0) in hand.wires()


def test_a_wire_put_back_where_it_was_changes_nothing(hand: Hand) -> None:
    before = hand.document.project
    at = hand.into("flat1")
    hand.press(at)
    hand.move(at + QPoint(-30, 30))
    hand.move(at)
    hand.release(at)
    assert hand.document.project is before


def test_the_right_button_lets_a_wire_go(hand: Hand) -> None:
    before = hand.document.project
    hand.click(hand.out("conv1"))
    assert isinstance(hand.view.tool, ConnectTool)
    QTest.mousePress(hand.view, Qt.MouseButton.RightButton, pos=hand.into("pool2"))
    QTest.mouseRelease(hand.view, Qt.MouseButton.RightButton, pos=hand.into("pool2"))
    assert not isinstance(hand.view.tool, ConnectTool)
    assert hand.document.project is before


def test_an_occupied_port_gets_the_new_wire(hand: Hand) -> None:
    hand.drag(hand.out("visible"), hand.into("flat1"))
    assert ("visible", "flat1", 0) in hand.wires()
    assert ("pool1", "flat1", 0) not in hand.wires()
    hand.drag(hand.out("hidden1"), hand.into("conv1"))  # may be a circle
    assert ("hidden1", "conv1", 0) in hand.wires()
    assert hand.view.drawing.severity[hand.view.drawing.row[hand.id("conv1")]] == 2


def test_a_merge_gets_one_more_input_wherever_the_wire_is_put(hand: Hand) -> None:
    before = hand.wires()
    for at, target in enumerate((hand.into("merge", 0), hand.into("merge", 1)), 2):
        hand.drag(hand.out("pool1"), target)
        assert ("pool1", "merge", at) in hand.wires()
    hand.drag(hand.out("pool2"), hand.middle("merge") + QPoint(0, 20))
    assert hand.wires() - before == {
        ("pool1", "merge", 2), ("pool1", "merge", 3), ("pool2", "merge", 4)
    }  # fmt: skip
    assert hand.document.undo_stack.count() == 3
    hand.drag(hand.into("merge", 0), hand.into("merge", 1))  # let go on the same node
    assert hand.document.undo_stack.count() == 3
    for _ in range(3):
        hand.undo()
    assert hand.wires() == before


@pytest.mark.parametrize(
    ("source", "target", "words"),
    [
        ("pool1", "merge", "axes"),
        ("hidden1", "conv1", "circle"),
        ("conv1", "conv1", "own input"),
        ("pool1", "pool2", None),
    ],
)
def test_the_candidate_port_says_why_it_would_refuse(
    hand: Hand, source: str, target: str, words: str | None
) -> None:
    """A bad wire is explained while it is in hand, and may be drawn all the same."""
    at = hand.into(target, 2 if target == "merge" else 0)
    hand.press(hand.out(source))
    hand.move(at - QPoint(30, 30))
    hand.move(at)
    note = hand.view.findChild(QLabel, "canvas.bubble")
    assert note.isVisible()
    if words is None:
        assert note.text() == "13 × 13 × 32\nreplaces the wire from conv2"
    else:
        assert words in note.text()
    hand.release(at)
    assert note.isHidden()
    assert (source, target) in {(a, b) for a, b, _ in hand.wires()}


def test_ports_that_would_take_the_wire_light_up(hand: Hand) -> None:
    hand.press(hand.out("conv1"))
    tool = hand.view.tool
    assert isinstance(tool, ConnectTool)
    places = [hand.view.camera.to_view(at).toPoint() for at in tool._lit]
    assert hand.into("pool2") in places
    assert hand.into("hidden1") in places  # Dense takes any rank
    assert hand.into("merge", 2) not in places  # another rank than the other inputs
    assert hand.into("visible") not in places if places else True
    hand.key(Qt.Key.Key_Escape)


def test_a_layer_dropped_on_a_wire_goes_into_it(hand: Hand) -> None:
    at = (hand.out("conv1") + hand.into("pool1")) / 2
    hand.drop("Dropout", at)
    assert {("conv1", "drop1", 0), ("drop1", "pool1", 0)} <= hand.wires()
    assert ("conv1", "pool1", 0) not in hand.wires()
    drawing = hand.view.drawing
    boxes = [drawing.node_rect(hand.id(label)) for label in ("conv1", "drop1", "pool1", "flat1")]
    for left, right in pairwise(boxes):
        assert left.right() < right.left(), "room is made for it"
    hand.undo()
    assert ("conv1", "pool1", 0) in hand.wires()


def test_keys_draw_a_wire(hand: Hand) -> None:
    hand.click(hand.middle("pool1"))
    hand.key(Qt.Key.Key_C)
    tool = hand.view.tool
    assert isinstance(tool, KeyWireTool)
    targets = [hand.document.project.graph.nodes[key].label for key in tool.targets]
    for _ in range(targets.index("hidden1")):
        hand.key(Qt.Key.Key_Tab)
    hand.key(Qt.Key.Key_Return)
    assert ("pool1", "hidden1", 0) in hand.wires()
    assert hand.document.undo_stack.undoText() == "Connect pool1 to hidden1 instead of merge"
    hand.key(Qt.Key.Key_C)
    hand.key(Qt.Key.Key_Escape)
    assert not isinstance(hand.view.tool, KeyWireTool)
    assert hand.document.undo_stack.count() == 1
