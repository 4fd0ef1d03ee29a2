"""A large drawing: what takes long comes after the canvas, and comes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtWidgets import QPushButton

from graph import placing
from graph.edits import SetParams, apply
from graph.project import Project
from gui.document import Document
from gui.later import LARGE
from gui.panels.code import CodePanel
from gui.panels.problems import ProblemsPanel
from gui.panels.summary import SummaryPanel
from gui.theme import DARK, apply_theme

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot


@pytest.fixture
def document(qapp: object) -> Document:
    """A chain of Dense layers on an image, which want a Flatten."""
    apply_theme(qapp, DARK)  # type: ignore[arg-type] - pytest-qt's application
    project, before = Project(name="large"), ""
    for kind in ("Input", *["Dense"] * (LARGE + 20)):
        added, key = placing.new_node(project, kind, 0, 0)
        project, _ = apply(project, added)
        if before:
            project, _ = apply(project, placing.connect(project, before, key))
        else:
            layer = project.graph.nodes[key].layer
            project, _ = apply(project, SetParams(layer, {"shape": (28, 28, 1)}))
        before = key
    return Document(project)


def edit(document: Document, units: int) -> str:
    """Change the last layer, and return its variable."""
    node = list(document.project.graph.nodes.values())[-1]
    document.push(SetParams(node.layer, {"units": units}), "units")
    return node.label


def test_the_program_follows_once_the_edit_is_over(qtbot: QtBot, document: Document) -> None:
    panel = CodePanel(document, DARK)
    qtbot.addWidget(panel)
    with qtbot.waitExposed(panel):
        panel.show()
    edit(document, 33)
    edit(document, 34)
    document.select(frozenset({list(document.project.graph.nodes)[-1]}))
    assert "Dense(34" not in panel.view.toPlainText()
    qtbot.waitUntil(lambda: "Dense(34" in panel.view.toPlainText())
    assert "Dense(33" not in panel.view.toPlainText()
    assert panel.view.chosen_lines


def test_the_summary_follows_too(qtbot: QtBot, document: Document) -> None:
    panel = SummaryPanel(document, DARK)
    qtbot.addWidget(panel)
    with qtbot.waitExposed(panel):
        panel.show()
    narrow = panel.table.columnWidth(0)
    label = edit(document, 12_345)
    qtbot.waitUntil(lambda: "12,345" in panel.model.rows[-1].shape)
    assert panel.model.rows[-1].label == label
    assert panel.table.columnWidth(0) == narrow  # nothing is measured anew without a need


def test_repairs_come_a_candidate_at_a_time(qtbot: QtBot, document: Document) -> None:
    panel = ProblemsPanel(document, DARK)
    qtbot.addWidget(panel)
    with qtbot.waitExposed(panel):
        panel.show()
    (problem,) = [one for one in document.problems if one.kind == "map into dense"][:1]
    with qtbot.waitSignal(
        document.repair_search.found, check_params_cb=lambda one: one.node == problem.node
    ):
        document.select(frozenset({problem.node or ""}))
    offered = document.repairs_of(problem)
    assert offered
    qtbot.waitUntil(lambda: bool(panel.findChildren(QPushButton)))
    document.push(offered[0].edit, offered[0].label)
    assert problem.node not in {
        one.node for one in document.problems if one.kind == "map into dense"
    }
