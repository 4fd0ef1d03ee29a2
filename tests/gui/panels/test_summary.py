"""The summary table: rows of the drawing, kept up with it, and the same selection."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QTableView

from graph.edits import RemoveNodes, SetParams
from graph.summary import HEADINGS
from gui.panels.summary import SummaryPanel
from gui.theme import LIGHT

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from gui.theme import Theme
    from tests.gui.panels.conftest import Drawn


@pytest.fixture
def panel(qtbot: QtBot, drawn: Drawn, theme: Theme) -> SummaryPanel:
    made = SummaryPanel(drawn.document, theme)
    qtbot.addWidget(made)
    made.resize(700, 360)
    with qtbot.waitExposed(made):
        made.show()
    return made


def cells(panel: SummaryPanel, row: int) -> list[str]:
    model = panel.findChild(QTableView, "summary.table").model()
    return [model.index(row, column).data() for column in range(len(HEADINGS))]


def test_a_row_says_all_of_a_call(panel: SummaryPanel, drawn: Drawn) -> None:
    assert cells(panel, 0) == ["visible", "Input", "28 × 28 × 1", "0", "0", ""]
    assert cells(panel, 1) == ["conv1", "Conv2D", "26 × 26 × 32", "320", "194,688", "visible"]
    layer = drawn.document.project.graph.nodes[drawn.keys["conv1"]].layer
    drawn.document.push(SetParams(layer, {"filters": 8}), "filters")
    assert cells(panel, 1)[2:4] == ["26 × 26 × 8", "80"]
    assert panel.findChild(QLabel, "summary.totals").text().startswith("912 parameters")


def test_a_click_selects_the_node_and_a_selection_shows(panel: SummaryPanel, drawn: Drawn) -> None:
    table = panel.table
    place = table.visualRect(panel.model.index(2, 1)).center()
    QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert drawn.document.selected_nodes == {panel.model.rows[2].node}
    drawn.select("conv2", "merge")
    chosen = {panel.model.rows[one.row()].label for one in table.selectionModel().selectedRows()}
    assert chosen == {"conv2", "merge"}
    assert drawn.document.selected_nodes == {drawn.keys["conv2"], drawn.keys["merge"]}


def test_rows_go_with_their_nodes(panel: SummaryPanel, drawn: Drawn) -> None:
    drawn.document.push(RemoveNodes((drawn.keys["conv2"],)), "remove")
    assert panel.model.rowCount() == 7
    drawn.document.undo_stack.undo()
    assert panel.model.rowCount() == 8
    panel.set_theme(LIGHT)
    assert panel.model.headerData(0, Qt.Orientation.Horizontal) == "Variable"
