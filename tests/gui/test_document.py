"""The document: edits in, changes out; undo brings the very value back; sheets keep apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from graph import edits, projectfile, registry
from graph.inference import infer
from graph.placing import connect, new_node
from graph.project import Port, Project
from gui.document import Document

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

KINDS = [spec.name for spec in registry.all_specs()]


def add(document: Document, kind: str) -> str:
    edit, key = new_node(document.project, kind, 0, 0)
    document.push(edit, "Add")
    return key


def test_undo_brings_the_value_back_and_redo_the_one_after(qtbot: QtBot) -> None:
    document = Document()
    empty = document.project
    key = add(document, "Dense")
    drawn = document.project
    document.undo_stack.undo()
    assert document.project is empty
    document.undo_stack.redo()
    assert document.project is drawn
    assert key in document.report.nodes


def test_steps_with_one_merge_key_are_one_step(qtbot: QtBot) -> None:
    document = Document()
    key = add(document, "Dense")
    layer = document.project.graph.nodes[key].layer
    for units in (1, 12, 128):
        document.push(edits.SetParams(layer, {"units": units}), "Units", merge=f"{layer}.units")
    assert document.undo_stack.count() == 2
    document.undo_stack.undo()
    assert document.project.graph.layers[layer].params["units"] == 100


def test_an_edit_that_changes_nothing_is_no_step(qtbot: QtBot) -> None:
    document = Document()
    key = add(document, "Dense")
    document.push(edits.Rename(key, "hidden1"), "Rename")
    assert document.undo_stack.count() == 1


def test_a_view_may_not_push_while_it_shows_a_change(qtbot: QtBot) -> None:
    document = Document()
    refused = []

    def meddle(_change: object) -> None:
        edit, _ = new_node(document.project, "Dense", 0, 0)
        with pytest.raises(RuntimeError, match="while it shows a change"):
            document.push(edit, "Meddle")
        refused.append(True)

    document.changed.connect(meddle)
    add(document, "Dense")
    assert refused == [True]
    assert len(document.project.graph.nodes) == 1


def test_what_is_gone_is_no_longer_selected(qtbot: QtBot) -> None:
    document = Document()
    keep, go = add(document, "Dense"), add(document, "Dense")
    document.select(frozenset({keep, go}))
    document.push(edits.RemoveNodes((go,)), "Delete")
    assert document.selected_nodes == {keep}


def test_sheets_have_their_own_project_file_and_undo(qtbot: QtBot, tmp_path: Path) -> None:
    document = Document()
    add(document, "Dense")
    first = document.sheet
    document.save(tmp_path / "one.loom")
    document.add(Project(name="two"))
    assert len(document.sheets) == 2
    assert not document.undo_stack.canUndo()
    add(document, "Flatten")
    document.show(first)
    assert [layer.kind for layer in document.project.graph.layers.values()] == ["Dense"]
    assert document.is_saved
    document.close(first)
    assert [layer.kind for layer in document.project.graph.layers.values()] == ["Flatten"]


def test_a_file_that_cannot_be_read_leaves_the_drawing(qtbot: QtBot, tmp_path: Path) -> None:
    document = Document()
    add(document, "Dense")
    before = document.project
    bad = tmp_path / "bad.loom"
    bad.write_text("{", encoding="utf-8")
    with pytest.raises(projectfile.BadFile):
        document.open(bad)
    assert document.project is before


class Editing(RuleBasedStateMachine):
    """Draws at random, undoes and redoes: report and history must stay those of the project."""

    def __init__(self) -> None:
        super().__init__()
        self.document = Document()
        self.past = [self.document.project]

    def push(self, edit: edits.Edit) -> None:
        before = self.document.undo_stack.index()
        self.document.push(edit, "Edit")
        if self.document.undo_stack.index() != before:
            del self.past[before + 1 :]
            self.past.append(self.document.project)

    def some(self, number: int) -> str | None:
        nodes = list(self.document.project.graph.nodes)
        return nodes[number % len(nodes)] if nodes else None

    @rule(kind=st.sampled_from(KINDS))
    def place(self, kind: str) -> None:
        self.push(new_node(self.document.project, kind, 0, 0)[0])

    @rule(one=st.integers(0, 99), other=st.integers(0, 99))
    def wire(self, one: int, other: int) -> None:
        source, target = self.some(one), self.some(other)
        if source is not None and target is not None:
            self.push(connect(self.document.project, source, target))

    @rule(which=st.integers(0, 99))
    def take_out(self, which: int) -> None:
        if (node := self.some(which)) is not None:
            self.push(edits.RemoveNodes((node,)))

    @rule(which=st.integers(0, 99))
    def unwire(self, which: int) -> None:
        links = list(self.document.project.graph.links)
        if links:
            self.push(edits.Disconnect((links[which % len(links)],)))

    @rule(which=st.integers(0, 99), x=st.integers(-500, 500))
    def move(self, which: int, x: int) -> None:
        if (node := self.some(which)) is not None:
            self.push(edits.MoveNodes({node: (x, 0)}))

    @rule(which=st.integers(0, 99))
    def put_out(self, which: int) -> None:
        if (node := self.some(which)) is not None:
            self.push(edits.SetOutputs((Port(node),)))

    @rule()
    def undo(self) -> None:
        self.document.undo_stack.undo()

    @rule()
    def redo(self) -> None:
        self.document.undo_stack.redo()

    @invariant()
    def history_holds(self) -> None:
        assert self.document.project == self.past[self.document.undo_stack.index()]

    @invariant()
    def report_is_that_of_a_fresh_look(self) -> None:
        assert dict(self.document.report.nodes) == dict(infer(self.document.project).nodes)

    @invariant()
    def file_round_trip(self) -> None:
        text = projectfile.dumps(self.document.project)
        assert projectfile.loads(text) == self.document.project


TestEditing = Editing.TestCase
TestEditing.settings = settings(max_examples=25, stateful_step_count=20, deadline=None)
