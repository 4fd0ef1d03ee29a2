"""Dragging nodes onto wires, and anything to the edge of the canvas."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, Qt

from graph.project import Port
from gui.canvas import acts
from gui.canvas.tools.select import SelectTool

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from tests.gui.canvas.conftest import Hand


def lone_dropout(hand: Hand) -> QPoint:
    """Add a Dropout without wires below the drawing, and return where to take hold of it."""
    acts.add(hand.document, "Dropout", 450, 420)
    hand.view.fit()
    return hand.middle("drop1")


def test_a_node_without_wires_dropped_on_a_wire_goes_into_it(hand: Hand) -> None:
    start = lone_dropout(hand)
    before = hand.document.project
    assert Port(hand.id("drop1")) in before.graph.outputs
    at = (hand.out("conv1") + hand.into("pool1")) / 2
    hand.press(start)
    hand.move(start + (at - start) / 2)
    plain = hand.view.grab().toImage()
    hand.move(at)
    tool = hand.view.tool
    assert isinstance(tool, SelectTool)
    assert tool._wire is not None
    assert hand.view.grab().toImage() != plain
    hand.release(at)
    assert {("conv1", "drop1", 0), ("drop1", "pool1", 0)} <= hand.wires()
    assert ("conv1", "pool1", 0) not in hand.wires()
    assert Port(hand.id("drop1")) not in hand.document.project.graph.outputs
    drawing = hand.view.drawing
    boxes = [drawing.node_rect(hand.id(label)) for label in ("conv1", "drop1", "pool1", "flat1")]
    for left, right in pairwise(boxes):
        assert left.right() < right.left(), "room is made for it"
    hand.undo()
    assert hand.document.project == before


def test_a_node_with_wires_dropped_on_a_wire_is_moved_only(hand: Hand) -> None:
    before = hand.wires()
    hand.drag(hand.middle("flat2"), (hand.out("conv1") + hand.into("pool1")) / 2)
    assert hand.wires() == before


def test_escape_lets_the_node_stay_beside_the_wire(hand: Hand) -> None:
    start = lone_dropout(hand)
    before = hand.document.project
    hand.press(start)
    hand.move(start + QPoint(20, 20))
    hand.move((hand.out("conv1") + hand.into("pool1")) / 2)
    hand.key(Qt.Key.Key_Escape)
    hand.release(start)
    assert hand.document.project is before


@pytest.mark.parametrize("what", ["node", "wire", "marquee"])
def test_a_drag_to_the_edge_moves_the_view(qtbot: QtBot, hand: Hand, what: str) -> None:
    view, edge = hand.view, QPoint(hand.view.width() - 3, 300)
    start = {
        "node": hand.middle("output"),
        "wire": hand.out("output"),
        "marquee": QPoint(60, 60),
    }[what]
    shift = view.camera.shift.x()
    hand.press(start)
    hand.move(start + QPoint(30, 0))
    hand.move(edge)
    qtbot.waitUntil(lambda: view.camera.shift.x() < shift - 100)
    hand.release(edge)
    if what == "node":
        corner = view.node_rect(hand.id("output")).center()
        assert abs(corner.x() - edge.x()) < 60, "the node came along"
    if what == "marquee":
        assert hand.document.selected_nodes
    still = view.camera.shift.x()
    qtbot.wait(60)
    assert view.camera.shift.x() == still


def test_a_press_at_the_edge_moves_nothing(qtbot: QtBot, hand: Hand) -> None:
    shift = hand.view.camera.shift
    hand.press(QPoint(4, 4))
    hand.move(QPoint(5, 5))
    qtbot.wait(60)
    assert hand.view.camera.shift == shift
    hand.release(QPoint(5, 5))
