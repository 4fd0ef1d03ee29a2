"""The problem list: sentences, repairs that work, and calm when there is nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPushButton, QSplitter

from graph.edits import Disconnect, RemoveNodes, SetData
from graph.problems import Problem, Severity
from graph.project import Data
from graph.topology import wiring
from gui.panels.inspector.panel import InspectorPanel
from gui.panels.problems import ProblemsPanel, _part_of
from gui.parts.widgets import RepairButton
from gui.theme import LIGHT
from tests.gui.panels.conftest import draw

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from gui.theme import Theme
    from tests.gui.panels.conftest import Drawn


@pytest.fixture
def panel(qtbot: QtBot, drawn: Drawn, theme: Theme) -> ProblemsPanel:
    made = ProblemsPanel(drawn.document, theme)
    qtbot.addWidget(made)
    made.resize(640, 260)
    made.show()
    return made


def repairs(panel: ProblemsPanel) -> list[QPushButton]:
    found = panel.findChildren(QPushButton)
    return [one for one in found if one.objectName().startswith("repair.") and one.isVisible()]


def test_a_problem_has_its_node_its_sentence_and_repairs_with_a_preview(
    panel: ProblemsPanel, drawn: Drawn
) -> None:
    item = panel.list.item(0)
    told = item.data(Qt.ItemDataRole.AccessibleTextRole)
    assert told.startswith("merge: ")
    assert "5,408" in told
    assert "12 × 12 × 32" in told
    words = [text.text() for text in repairs(panel)[0].findChildren(QLabel)]
    assert any("10,016" in word for word in words), words
    assert panel.counts()[0] == 1
    assert drawn.document.report.nodes[drawn.keys["merge"]].problem is not None


def test_problems_of_no_node_are_those_of_data_or_plan(panel: ProblemsPanel, drawn: Drawn) -> None:
    drawn.document.push(SetData(Data("/nowhere/at_all.npz")), "Data")
    told = tolds(panel)
    assert any(one.startswith("data: ") and "at_all.npz" in one for one in told), told
    wrong = Problem("optimizer", Severity.ERROR, "clipnorm and clipvalue exclude each other.")
    assert _part_of(wrong) == "plan"


def tolds(panel: ProblemsPanel) -> list[str]:
    rows = map(panel.list.item, range(panel.list.count()))
    return [one.data(Qt.ItemDataRole.AccessibleTextRole) or "" for one in rows]


def test_a_click_on_a_repair_is_one_step_and_calm_follows(
    panel: ProblemsPanel, drawn: Drawn, qtbot: QtBot
) -> None:
    before = drawn.document.project
    with qtbot.waitSignal(panel.count_changed) as counted:
        QTest.mouseClick(repairs(panel)[0], Qt.MouseButton.LeftButton)
    assert counted.args[0] == 0
    assert not [one for one in drawn.document.problems if one.severity is Severity.ERROR]
    drawn.document.undo_stack.undo()
    assert drawn.document.project == before
    assert panel.counts()[0] == 1
    qtbot.waitUntil(lambda: bool(repairs(panel)))


def test_a_repair_can_be_chosen_by_keyboard(panel: ProblemsPanel) -> None:
    panel.list.setFocus()
    button = repairs(panel)[0]
    QTest.keyClick(panel.list, Qt.Key.Key_Tab)
    button.setFocus()
    QTest.keyClick(button, Qt.Key.Key_Space)
    assert panel.counts()[0] == 0


def test_a_click_on_the_name_reveals_the_node(
    panel: ProblemsPanel, drawn: Drawn, qtbot: QtBot
) -> None:
    rect = panel.list.visualItemRect(panel.list.item(0))
    place = rect.topLeft()
    place.setX(rect.left() + 48)
    place.setY(rect.top() + 14)
    with qtbot.waitSignal(drawn.document.revealed) as revealed:
        QTest.mouseClick(panel.list.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert revealed.args == [drawn.keys["merge"]]


def test_an_arrow_key_shows_the_node_and_keeps_the_focus(
    panel: ProblemsPanel, drawn: Drawn, qtbot: QtBot
) -> None:
    panel.activateWindow()
    panel.list.setFocus()
    drawn.document.push(RemoveNodes((drawn.keys["visible"],)), "Delete")
    QTest.keyClick(panel.list, Qt.Key.Key_Home)
    with qtbot.waitSignal(drawn.document.revealed) as revealed:
        QTest.keyClick(panel.list, Qt.Key.Key_Down)
        QTest.keyClick(panel.list, Qt.Key.Key_Down)
    assert drawn.document.selected_nodes == frozenset(revealed.args)
    assert panel.list.hasFocus()


def test_a_repair_never_hands_the_focus_to_a_text_field(
    drawn: Drawn, theme: Theme, qtbot: QtBot
) -> None:
    both = QSplitter()
    qtbot.addWidget(both)
    panel = ProblemsPanel(drawn.document, theme)
    both.addWidget(panel)
    both.addWidget(InspectorPanel(drawn.document, theme))
    both.resize(1100, 600)
    with qtbot.waitActive(both):
        both.show()
    drawn.select("merge")
    for key in (False, True):
        button = repairs(panel)[0]
        if key:
            button.setFocus()
            QTest.keyClick(button, Qt.Key.Key_Space)
        else:
            QTest.mouseClick(button, Qt.MouseButton.LeftButton)
        assert panel.counts()[0] == 0
        assert not isinstance(QApplication.focusWidget(), QLineEdit)
        drawn.document.undo_stack.undo()
        qtbot.waitUntil(lambda: bool(repairs(panel)))


def test_enter_reveals_the_node(panel: ProblemsPanel, drawn: Drawn, qtbot: QtBot) -> None:
    with qtbot.waitSignal(drawn.document.revealed) as revealed:
        QTest.keyClick(panel.list, Qt.Key.Key_Return)
    assert revealed.args == [drawn.keys["merge"]]


def test_selecting_a_node_goes_to_its_problem(panel: ProblemsPanel, drawn: Drawn) -> None:
    links = wiring(drawn.document.project.graph).into[drawn.keys["conv2"]]
    drawn.document.push(Disconnect(links), "cut")
    assert panel.counts()[0] >= 1
    drawn.select("conv2")
    chosen = panel.list.currentItem().data(Qt.ItemDataRole.AccessibleTextRole)
    assert chosen.startswith("conv2: ")


def test_the_list_keeps_all_rows_readable_when_narrow(panel: ProblemsPanel) -> None:
    panel.resize(640, 400)
    wide = panel.list.visualItemRect(panel.list.item(0)).height()
    panel.resize(320, 400)
    QTest.qWait(20)
    assert panel.list.visualItemRect(panel.list.item(0)).height() > wide
    for button in repairs(panel):
        for text in button.findChildren(QLabel):
            assert text.height() >= text.heightForWidth(text.width())


def test_without_problems_the_panel_says_what_there_is(panel: ProblemsPanel, drawn: Drawn) -> None:
    calm = panel.findChild(QLabel, "problems.calm")
    assert not calm.isVisible()
    drawn.document.push(RemoveNodes(tuple(drawn.keys.values())), "clear")
    panel.set_theme(LIGHT)
    if not drawn.document.problems:
        assert calm.isVisible()
        assert "Nothing is drawn yet" in calm.text()


def test_a_repair_of_nodes_with_long_names_clips_nothing(theme: Theme, qtbot: QtBot) -> None:
    first, second = "a_convolution_with_a_really_long_name", "theotherconvolutionwithoutunderscores"
    small = {"filters": 8, "kernel_size": (3, 3)}
    drawn = draw(
        (
            ("Input", "visible", (), {"shape": (64, 64, 1)}),
            ("Conv2D", first, ("visible",), small),
            ("Conv2D", second, ("visible",), {**small, "kernel_size": (9, 9)}),
            ("Add", "the_sum_of_both_has_a_long_name_too", (first, second), {}),
        )
    )
    inspector = InspectorPanel(drawn.document, theme)
    qtbot.addWidget(inspector)
    inspector.resize(304, 900)
    drawn.select("the_sum_of_both_has_a_long_name_too")
    with qtbot.waitExposed(inspector):
        inspector.show()
    buttons = [one for one in inspector.findChildren(RepairButton) if one.isVisible()]
    assert len(buttons) >= 3
    for button in buttons:
        right = button.mapTo(inspector, button.rect().topRight()).x()
        assert right <= inspector.width()
        words, preview = button.findChildren(QLabel)
        assert preview.width() >= preview.fontMetrics().horizontalAdvance(preview.text())
        assert words.height() >= words.heightForWidth(words.width())
        assert button.rect().contains(words.geometry())
        assert button.rect().contains(preview.geometry())
