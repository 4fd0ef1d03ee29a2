"""The inspector: the form edits the drawing, and the drawing shows in the form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QLabel,
    QLineEdit,
    QPushButton,
    QToolButton,
    QWidget,
)

from graph import edits, placing
from graph.binding import inputs_of
from graph.edits import SetParams
from graph.topology import sources_of
from gui.panels.inspector.panel import InspectorPanel
from gui.theme import LIGHT

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from gui.theme import Theme
    from tests.gui.panels.conftest import Drawn


@pytest.fixture
def panel(qtbot: QtBot, drawn: Drawn, theme: Theme) -> InspectorPanel:
    made = InspectorPanel(drawn.document, theme)
    qtbot.addWidget(made)
    made.resize(430, 700)
    with qtbot.waitActive(made):
        made.show()
    return made


def one(panel: InspectorPanel, kind: type[Any], name: str) -> Any:
    """Return the newest child of that name: older pages are still on their way out."""
    return panel.findChildren(kind, name)[-1]


def typed(panel: InspectorPanel, name: str, text: str) -> QLineEdit:
    field: QLineEdit = one(panel, QLineEdit, name)
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, text)
    QTest.keyClick(field, Qt.Key.Key_Return)
    return field


def texts(panel: InspectorPanel, parent: str = "inspector.why") -> str:
    card = one(panel, QWidget, parent)
    return "\n".join(part.text() for part in card.findChildren(QLabel))


def test_a_page_that_goes_away_hands_the_focus_to_no_field(
    panel: InspectorPanel, drawn: Drawn
) -> None:
    drawn.select("conv2")
    one(panel, QLineEdit, "param.filters").setFocus()
    drawn.select("conv1")
    assert not isinstance(QApplication.focusWidget(), QLineEdit)
    drawn.select("merge")
    button = next(
        each
        for each in panel.findChildren(QPushButton)
        if each.objectName().startswith("inspector.repair") and each.isVisible()
    )
    button.setFocus()
    QTest.keyClick(button, Qt.Key.Key_Space)
    assert drawn.document.report.nodes[drawn.keys["merge"]].problem is None
    assert QApplication.focusWidget() is not None
    assert not isinstance(QApplication.focusWidget(), QLineEdit)


def test_a_node_shows_its_name_its_parameters_and_why(panel: InspectorPanel, drawn: Drawn) -> None:
    drawn.select("conv2")
    assert one(panel, QLabel, "inspector.heading").text() == "conv2 · Conv2D"
    assert one(panel, QLineEdit, "param.filters").text() == "32"
    assert one(panel, QLineEdit, "param.kernel_size").text() == "5 × 5"
    why = texts(panel)
    assert "24 = (28 - 5) / 1 + 1" in why.replace("−", "-")
    assert "832 = 5·5·1·32 + 32" in why
    assert "28 × 28 × 1" in why
    assert one(panel, QLabel, "inspector.help").text().startswith("2D convolution layer")


def test_typing_a_parameter_edits_the_drawing_and_its_explanation(
    panel: InspectorPanel, drawn: Drawn
) -> None:
    drawn.select("conv2")
    typed(panel, "param.filters", "64")
    assert drawn.params("conv2")["filters"] == 64
    assert "1,664 = 5·5·1·64 + 64" in texts(panel)
    typed(panel, "param.filters", "16")
    drawn.document.undo_stack.undo()  # typing in one field is one step
    assert drawn.params("conv2")["filters"] == 32
    assert one(panel, QLineEdit, "param.filters").text() == "32"


def test_an_illegal_entry_leaves_the_drawing_alone(panel: InspectorPanel, drawn: Drawn) -> None:
    drawn.select("conv2")
    before = drawn.document.project
    typed(panel, "param.kernel_size", "0 x 3")
    assert drawn.document.project is before
    assert one(panel, QLabel, "param.kernel_size.error").isVisible()


def test_an_edit_from_elsewhere_does_not_disturb_the_field_being_typed_in(
    panel: InspectorPanel, drawn: Drawn
) -> None:
    drawn.select("conv2")
    field = one(panel, QLineEdit, "param.filters")
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, "12")
    layer = drawn.document.project.graph.nodes[drawn.keys["conv2"]].layer
    drawn.document.push(SetParams(layer, {"strides": (2, 2)}), "from elsewhere")
    assert one(panel, QLineEdit, "param.filters") is field
    assert field.text() == "12"
    QTest.keyClicks(field, "8")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert drawn.params("conv2")["filters"] == 128


def test_an_unfinished_entry_is_dropped_when_its_node_goes(
    panel: InspectorPanel, drawn: Drawn
) -> None:
    drawn.select("conv2")
    field = one(panel, QLineEdit, "param.filters")
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, "77")
    drawn.document.push(edits.RemoveNodes((drawn.keys["conv2"],)), "remove")
    assert drawn.keys["conv2"] not in drawn.document.project.graph.nodes
    drawn.document.undo_stack.undo()
    assert drawn.params("conv2")["filters"] == 32


def test_the_rest_of_the_parameters_folds_out_and_a_changed_one_resets(
    panel: InspectorPanel, drawn: Drawn
) -> None:
    drawn.select("conv2")
    strides = one(panel, QLineEdit, "param.strides")
    assert not strides.isVisible()
    more = one(panel, QPushButton, "inspector.more")
    assert "(" in more.text()
    more.click()
    assert strides.isVisible()
    assert strides.property("default") is True
    typed(panel, "param.strides", "2")
    assert drawn.params("conv2")["strides"] == (2, 2)
    assert strides.property("default") is False
    reset = one(panel, QToolButton, "reset.strides")
    assert reset.isVisible()
    reset.click()
    assert "strides" not in drawn.params("conv2")
    assert not reset.isVisible()
    assert strides.text() == "1 × 1"


def test_a_rename_keeps_to_what_python_takes(panel: InspectorPanel, drawn: Drawn) -> None:
    drawn.select("conv2")
    typed(panel, "param.name", "2nd conv")
    assert one(panel, QLabel, "param.name.error").isVisible()
    typed(panel, "param.name", "second")
    graph = drawn.document.project.graph
    assert graph.nodes[drawn.keys["conv2"]].label == "second"
    assert graph.layer_of(drawn.keys["conv2"]).name == "second"
    assert one(panel, QLabel, "inspector.heading").text() == "second · Conv2D"


def test_a_shared_layer_has_a_name_of_its_own(panel: InspectorPanel, drawn: Drawn) -> None:
    edit, key = placing.share(drawn.document.project, drawn.keys["conv1"], 0, 0)
    drawn.document.push(edit, "share")
    drawn.document.select(frozenset({key}))
    typed(panel, "param.layer_name", "features")
    graph = drawn.document.project.graph
    assert graph.layer_of(drawn.keys["conv1"]).name == "features"
    assert graph.nodes[key].label != "features"


def test_a_merge_shows_its_inputs_in_order_and_lets_them_move(
    panel: InspectorPanel, drawn: Drawn
) -> None:
    drawn.select("merge")
    assert one(panel, QPushButton, "inspector.input.0").text() == "flat1"
    assert not one(panel, QToolButton, "inspector.input.0.up").isEnabled()
    one(panel, QToolButton, "inspector.input.1.up").click()
    keys = drawn.keys
    sources = sources_of(drawn.document.project.graph, keys["merge"])
    assert sources == (keys["pool2"], keys["flat1"])
    assert one(panel, QPushButton, "inspector.input.0").text() == "pool2"


def test_a_nodes_problem_can_be_repaired_from_its_page(panel: InspectorPanel, drawn: Drawn) -> None:
    drawn.select("merge")
    offered = [
        button
        for button in panel.findChildren(QPushButton)
        if button.objectName().startswith("inspector.repair.")
    ]
    assert offered
    before = drawn.document.project
    offered[0].click()
    assert not any(problem.node == drawn.keys["merge"] for problem in drawn.document.problems)
    drawn.document.undo_stack.undo()
    assert drawn.document.project == before


def test_any_node_can_be_made_an_output(panel: InspectorPanel, drawn: Drawn) -> None:
    drawn.select("flat1")
    box = one(panel, QCheckBox, "inspector.output")
    assert not box.isChecked()
    box.click()
    assert drawn.document.project.graph.outputs[-1].node == drawn.keys["flat1"]
    drawn.document.select()
    assert one(panel, QPushButton, "inspector.returned.1").text() == "flat1"
    one(panel, QToolButton, "inspector.returned.1.up").click()
    assert drawn.document.project.graph.outputs[0].node == drawn.keys["flat1"]


def test_the_inputs_can_be_put_in_another_order(panel: InspectorPanel, drawn: Drawn) -> None:
    added, second = placing.new_node(drawn.document.project, "Input", 0, 400)
    drawn.document.push(added, "add")
    drawn.document.select()
    assert one(panel, QPushButton, "inspector.source.1").text() == "visible2"
    one(panel, QToolButton, "inspector.source.1.up").click()
    assert inputs_of(drawn.document.project.graph) == (second, drawn.keys["visible"])
    assert one(panel, QPushButton, "inspector.source.0").text() == "visible2"
    drawn.document.undo_stack.undo()
    assert one(panel, QPushButton, "inspector.source.0").text() == "visible"


def test_layers_of_one_kind_are_edited_together(panel: InspectorPanel, drawn: Drawn) -> None:
    drawn.select("conv1", "conv2")
    field = one(panel, QLineEdit, "param.kernel_size")
    assert field.text() == ""
    assert field.placeholderText() == "several values"
    typed(panel, "param.kernel_size", "7")
    assert drawn.params("conv1")["kernel_size"] == (7, 7)
    assert drawn.params("conv2")["kernel_size"] == (7, 7)
    drawn.document.undo_stack.undo()
    assert drawn.params("conv1")["kernel_size"] == (3, 3)
    assert field.placeholderText() == "several values"


def test_several_kinds_are_counted(panel: InspectorPanel, drawn: Drawn) -> None:
    drawn.select("conv1", "conv2", "flat1")
    assert one(panel, QLabel, "inspector.heading").text() == "3 × nodes"
    assert one(panel, QLabel, "inspector.counts").text() == "1,152 parameters together"


def test_nothing_selected_shows_the_project(panel: InspectorPanel, drawn: Drawn) -> None:
    assert one(panel, QLabel, "inspector.heading").text() == "Project"
    assert "8 layers" in one(panel, QLabel, "inspector.counts").text()
    assert one(panel, QPushButton, "inspector.source.0").text() == "visible"
    typed(panel, "param.project", "lecture 4")
    assert drawn.document.project.name == "lecture 4"
    one(panel, QPushButton, "inspector.source.0").click()
    assert drawn.document.selected_nodes == {drawn.keys["visible"]}
    panel.set_theme(LIGHT)
    assert one(panel, QLabel, "inspector.heading").text() == "visible · Input"


def test_the_order_of_several_outputs_is_seen_on_a_small_screen(
    panel: InspectorPanel, drawn: Drawn
) -> None:
    drawn.select("flat1")
    one(panel, QCheckBox, "inspector.output").click()
    drawn.document.select()
    panel.resize(440, 150)  # the dock in a window of 1024 × 700
    QApplication.sendPostedEvents()
    last = one(panel, QPushButton, "inspector.returned.1")
    assert last.mapTo(panel, last.rect().bottomLeft()).y() < panel.height()
    assert not one(panel, QPushButton, "inspector.source.0").isVisible()  # one has no order
