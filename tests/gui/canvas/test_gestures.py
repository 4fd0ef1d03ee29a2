"""Mouse and keys on a real canvas: what they do to the nodes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLineEdit, QWidget

from gui.canvas import menu, tips
from gui.theme import LIGHT

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot

    from tests.gui.canvas.conftest import Hand

SHIFT, CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
GROUND = QPoint(20, 20)


def test_a_click_selects_and_ground_deselects(hand: Hand) -> None:
    hand.click(hand.middle("conv1"))
    assert hand.labels() == {"conv1"}
    hand.click(hand.middle("pool1"), SHIFT)
    assert hand.labels() == {"conv1", "pool1"}
    hand.click(hand.middle("conv1"), CTRL)
    assert hand.labels() == {"pool1"}
    hand.click(GROUND)
    assert hand.labels() == set()


def test_a_drag_moves_the_selection_as_one_step(hand: Hand) -> None:
    before = hand.document.project
    hand.click(hand.middle("conv1"))
    hand.click(hand.middle("pool1"), SHIFT)
    start = hand.middle("pool1")
    hand.press(start)
    hand.move(start + QPoint(3, 0))  # a trembling hand moves nothing
    assert hand.view.drawing.node_rect(hand.id("pool1")).x() == 452
    hand.move(start + QPoint(40, 100))
    assert hand.document.project is before, "only the picture moves during the drag"
    assert hand.view.drawing.node_rect(hand.id("pool1")).y() > 60
    hand.release(start + QPoint(40, 100))
    nodes, old = hand.document.project.graph.nodes, before.graph.nodes
    shifts = {
        (nodes[key].x - old[key].x, nodes[key].y - old[key].y)
        for key in (hand.id("conv1"), hand.id("pool1"))
    }
    assert len(shifts) == 1
    ((right, down),) = shifts
    assert right > 0
    assert down > 0
    assert right % 4 == down % 4 == 0
    assert hand.document.undo_stack.count() == 1
    hand.undo()
    assert hand.document.project == before
    assert hand.view.drawing.node_rect(hand.id("pool1")).x() == 452


def test_a_moved_node_catches_the_edges_of_others(hand: Hand) -> None:
    down = round(118 * hand.view.zoom)  # 2 pixels short of the row of `visible` and `merge`
    start = hand.middle("flat1")
    hand.drag(start, start + QPoint(0, down))
    assert hand.document.project.graph.nodes[hand.id("flat1")].y == 120


def test_escape_breaks_a_move_off(hand: Hand) -> None:
    before = hand.document.project
    start = hand.middle("conv2")
    hand.press(start)
    hand.move(start + QPoint(50, 50))
    hand.key(Qt.Key.Key_Escape)
    hand.release(start + QPoint(50, 50))
    assert hand.document.project is before
    assert hand.view.drawing.node_rect(hand.id("conv2")).x() == 224
    assert hand.labels() == set()


def test_a_marquee_selects_what_it_touches(hand: Hand) -> None:
    low = hand.view.node_rect(hand.id("conv1")).topLeft() - QPoint(14, 14)
    high = hand.view.node_rect(hand.id("pool1")).center()
    hand.drag(low, high)
    assert hand.labels() == {"conv1", "pool1"}
    box = hand.view.node_rect(hand.id("output"))
    hand.drag(box.bottomRight() + QPoint(20, 20), box.center() + QPoint(0, 20), SHIFT)
    assert hand.labels() == {"conv1", "pool1", "output"}
    hand.press(GROUND)
    hand.move(high)
    hand.key(Qt.Key.Key_Escape)
    hand.release(high)
    assert hand.labels() == {"conv1", "pool1", "output"}


def test_a_drop_of_something_else_is_not_taken(hand: Hand) -> None:
    before = hand.document.project
    hand.view.start_placing("Dropout")
    hand.move(QPoint(700, 600))
    hand.key(Qt.Key.Key_Escape)
    hand.click(QPoint(700, 600))
    assert hand.document.project is before


def test_delete_takes_nodes_and_wires_out(hand: Hand) -> None:
    hand.click((hand.out("conv1") + hand.into("pool1")) / 2)
    assert len(hand.document.selected_links) == 1
    hand.key(Qt.Key.Key_Delete)
    assert ("conv1", "pool1", 0) not in hand.wires()
    hand.click(hand.middle("conv2"))
    hand.key(Qt.Key.Key_Backspace)
    assert "conv2" not in {one.label for one in hand.document.project.graph.nodes.values()}
    hand.key(Qt.Key.Key_A, CTRL)
    hand.key(Qt.Key.Key_Delete)
    assert not hand.document.project.graph.nodes
    assert not hand.view.drawing.keys


def test_arrows_move_and_make_one_step_of_many(hand: Hand) -> None:
    hand.click(hand.middle("conv1"))
    for _ in range(3):
        hand.key(Qt.Key.Key_Right)
    hand.key(Qt.Key.Key_Down, SHIFT)
    node = hand.document.project.graph.nodes[hand.id("conv1")]
    assert (node.x, node.y) == (224 + 12, 32)
    assert hand.document.undo_stack.count() == 1


def test_tab_goes_from_node_to_node_in_the_order_of_the_code(hand: Hand) -> None:
    seen = []
    for _ in range(3):
        hand.key(Qt.Key.Key_Tab)
        seen += hand.labels()
    assert seen == ["visible", "conv1", "pool1"]
    hand.key(Qt.Key.Key_Backtab, SHIFT)
    assert hand.labels() == {"conv1"}


def test_tab_leaves_the_canvas_behind_the_last_node(hand: Hand) -> None:
    both = QWidget()
    row = QHBoxLayout(both)
    row.addWidget(hand.view)
    after = QLineEdit()
    row.addWidget(after)
    both.show()
    hand.view.setFocus()
    for _ in hand.document.project.graph.nodes:
        hand.key(Qt.Key.Key_Tab)
    assert hand.labels() == {"output"}
    hand.key(Qt.Key.Key_Tab)
    assert both.focusWidget() is after
    hand.view.setParent(None)


def test_a_double_click_on_a_name_renames_in_place(hand: Hand) -> None:
    key = hand.id("conv1")
    QTest.mouseDClick(hand.view, Qt.MouseButton.LeftButton, pos=hand.middle("conv1"))
    field = hand.view.findChild(QLineEdit, "canvas.rename")
    assert field.selectedText() == "conv1"
    QTest.keyClicks(field, "2x")
    QTest.keyClick(field, Qt.Key.Key_Return)  # no variable can be called that
    assert hand.document.project.graph.nodes[key].label == "conv1"
    field.selectAll()
    QTest.keyClicks(field, "edges")
    QTest.keyClick(field, Qt.Key.Key_Up)  # which must not move the node
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert hand.document.project.graph.nodes[key].label == "edges"
    assert hand.document.undo_stack.count() == 1
    assert hand.document.undo_stack.undoText() == "Rename conv1"


def test_f2_renames_and_esc_gives_up(hand: Hand) -> None:
    hand.click(hand.middle("conv1"))
    hand.key(Qt.Key.Key_F2)
    field = hand.view.findChild(QLineEdit, "canvas.rename")
    QTest.keyClicks(field, "edges")
    QTest.keyClick(field, Qt.Key.Key_Escape)
    assert not field.isVisible()
    assert hand.document.undo_stack.count() == 0
    assert hand.labels() == {"conv1"}


def test_a_double_click_on_a_chip_asks_for_its_parameter(hand: Hand, qtbot: QtBot) -> None:
    drawing, key = hand.view.drawing, hand.id("conv1")
    chip = drawing.faces[drawing.row[key]].chips[1]
    box = drawing.node_rect(key)
    at = hand.view.camera.to_view(QPointF(box.left() + chip.x + 4, box.top() + 42)).toPoint()
    with qtbot.waitSignal(hand.view.parameter_wanted) as asked:
        QTest.mouseDClick(hand.view, Qt.MouseButton.LeftButton, pos=at)
    assert asked.args == [key, "kernel_size"]


def test_a_node_goes_and_the_gap_closes(hand: Hand) -> None:
    hand.click(hand.middle("pool1"))
    hand.key(Qt.Key.Key_Delete, CTRL)
    assert ("conv1", "flat1", 0) in hand.wires()
    assert hand.document.undo_stack.count() == 1
    hand.undo()
    hand.click(hand.middle("pool1"))
    hand.key(Qt.Key.Key_Delete)
    assert not any(target == "flat1" for _, target, _ in hand.wires())


def test_what_is_under_the_pointer_is_told(hand: Hand) -> None:
    def told(at: QPoint) -> list[str]:
        view, pixel = hand.view, QPointF(at)
        place = view.camera.to_scene(pixel)
        return tips.sentences(view.drawing, hand.document, view.hit(pixel), place)

    box = hand.view.node_rect(hand.id("conv1"))
    foot = box.bottom() - 8
    assert told(QPoint(box.right() - 16, foot)) == ["320 parameters"]
    assert told(QPoint(box.left() + 24, foot)) == ["output 26 × 26 × 32 float32"]
    assert told(hand.out("conv1")) == ["output 26 × 26 × 32 float32"]
    assert told(hand.into("conv1")) == ["input 28 × 28 × 1 float32 from visible"]


def test_the_wheel_zooms_where_the_pointer_is(hand: Hand, qtbot: QtBot) -> None:
    at = QPointF(hand.middle("pool2"))
    place = hand.view.camera.to_scene(at)
    none = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase
    turn = QWheelEvent(at, at, QPoint(), QPoint(0, 120), *none, False)
    before = hand.view.zoom
    with qtbot.waitSignal(hand.view.zoom_changed) as caught:
        QApplication.sendEvent(hand.view, turn)
    assert caught.args == [hand.view.zoom]
    assert hand.view.zoom > before
    still = hand.view.camera.to_view(place) - at
    assert still.manhattanLength() <= 1.0
    hand.key(Qt.Key.Key_1)
    assert hand.view.zoom == pytest.approx(1.0)
    hand.key(Qt.Key.Key_0)
    assert hand.view.zoom == pytest.approx(before)


@pytest.mark.parametrize("way", ["middle", "space", "alt"])
def test_panning_moves_the_drawing_under_the_pointer(hand: Hand, way: str) -> None:
    start, end = QPoint(700, 650), QPoint(760, 620)
    before = hand.middle("conv1")
    button, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    if way == "middle":
        button = Qt.MouseButton.MiddleButton
    elif way == "alt":
        keys = Qt.KeyboardModifier.AltModifier
    else:
        QTest.keyPress(hand.view, Qt.Key.Key_Space)
    QTest.mousePress(hand.view, button, keys, start)
    QTest.mouseMove(hand.view, end)
    QTest.mouseRelease(hand.view, button, keys, end)
    if way == "space":
        QTest.keyRelease(hand.view, Qt.Key.Key_Space)
        assert not hand.has_popup()
    assert hand.middle("conv1") - before == end - start


def test_reveal_brings_a_far_node_into_view(hand: Hand, qtbot: QtBot) -> None:
    hand.view.zoom_by(3.0)
    for label in ("output", "visible"):
        hand.document.reveal(hand.id(label))
        room = hand.view.rect()
        qtbot.waitUntil(
            lambda label=label, room=room: room.contains(hand.view.node_rect(hand.id(label)))
        )


def test_the_menu_shares_a_layer_and_sets_outputs(hand: Hand) -> None:
    def entries(label: str) -> dict[str, Callable[[], None]]:
        hit = hand.view.hit(QPointF(hand.middle(label)))
        made = menu.build(hand.view, hit, QPointF())
        return {one.text().split("\t")[0]: one.trigger for one in made.actions()}

    entries("hidden1")["Call this layer once more"]()
    graph = hand.document.project.graph
    (copy,) = hand.document.selected_nodes
    assert graph.nodes[copy].layer == graph.nodes[hand.id("hidden1")].layer
    drawing = hand.view.drawing
    assert drawing.faces[drawing.row[copy]].before == "hidden1"
    entries("conv1")["Output of the model"]()
    outputs = hand.document.project.graph.outputs
    assert hand.id("conv1") in {port.node for port in outputs}
    entries("conv1")["Not an output of the model"]()
    assert hand.id("conv1") not in {one.node for one in hand.document.project.graph.outputs}
    entries("merge")["Disconnect"]()
    assert not any("merge" in wire for wire in hand.wires())


def test_the_overview_moves_the_view(hand: Hand) -> None:
    hand.view.zoom_by(4.0)
    overview = hand.view.minimap
    assert overview.isVisible()
    QTest.mouseClick(overview, Qt.MouseButton.LeftButton, pos=QPoint(12, 50))
    assert hand.view.rect().contains(hand.view.node_rect(hand.id("visible")).center())
    hand.view.show_minimap(False)
    assert overview.isHidden()


def test_screen_readers_and_themes(hand: Hand) -> None:
    assert hand.view.objectName() == "canvas"
    assert hand.view.accessibleDescription() == "10 layers, 10 wires."
    dark = hand.view.grab().toImage()
    hand.view.set_theme(LIGHT)
    light = hand.view.grab().toImage()
    assert dark.pixelColor(3, 3).lightness() < 40
    assert light.pixelColor(3, 3).lightness() > 200
