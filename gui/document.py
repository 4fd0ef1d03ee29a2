"""The open drawing: its project, what inference says of it, its program, its file, its undo.

Panels listen to the document and never to each other. The only way to change the drawing is
`push(edit)`; the only way to change what is selected is `select`. Views may not push while they
apply a change: `push` raises RuntimeError then, so that no loop can form.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoStack

from codegen import emit
from graph import edits, projectfile
from graph.checks import problems
from graph.inference import Report, Totals, infer, totals
from graph.project import Project
from gui.undo import Step

if TYPE_CHECKING:
    from pathlib import Path

    from codegen.source import Program
    from graph.edits import Change, Edit
    from graph.problems import Problem


class Document(QObject):
    """A project with its report, problems, program, selection, file and undo stack.

    Signals:
        changed(Change): the project is another one; report and problems are those of it.
        selection_changed(): other nodes or wires are selected.
        file_changed(): the file's path, or whether it is saved, is another.
        revealed(str): somebody asked to see the node of this id.
    """

    changed = Signal(object)
    selection_changed = Signal()
    file_changed = Signal()
    revealed = Signal(str)

    def __init__(self, project: Project | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.undo_stack = QUndoStack(self)
        self.undo_stack.cleanChanged.connect(self._on_clean_changed)
        self.path: Path | None = None
        self.source: object = None  # who made the change that is being shown
        self._showing = False
        self._set(project or Project())
        self.selected_nodes: frozenset[str] = frozenset()
        self.selected_links: frozenset[str] = frozenset()

    def _set(self, project: Project, change: Change | None = None) -> None:
        before: Report | None = self.report if change is not None else None
        self.project = project
        self.report: Report = infer(project, before, change)
        self._problems: tuple[Problem, ...] | None = None
        self._program: Program | None = None
        self._totals: Totals | None = None

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Return all problems of the drawing: errors in the order of the code, then warnings."""
        if self._problems is None:
            self._problems = problems(self.project, self.report)
        return self._problems

    @property
    def program(self) -> Program:
        """Return the Keras program of the drawing; emitted when somebody asks."""
        if self._program is None:
            self._program = emit(self.project, self.report)
        return self._program

    @property
    def totals(self) -> Totals:
        """Return the parameter counts of the whole model."""
        if self._totals is None:
            self._totals = totals(self.project, self.report)
        return self._totals

    def push(
        self, edit: Edit, label: str, *, source: object = None, merge: str | None = None
    ) -> None:
        """Make an edit as one step that can be undone.

        `source` says who made it, so that a view can skip its own echo; steps in a row with the
        same `merge` key become one. Raises CantApply if the edit can't be made.
        """
        if self._showing:
            raise RuntimeError(f"{label}: a view may not edit while it shows a change")
        after, _ = edits.apply(self.project, edit)
        if after == self.project:
            return
        self.source = source
        self.undo_stack.push(Step(label, self.project, after, self._show, merge))
        self.source = None

    def _show(self, project: Project) -> None:
        change = edits.difference(self.project, project)
        self._set(project, change)
        if change.removed:
            self._forget(project)
        self._showing = True
        try:
            self.changed.emit(change)
        finally:
            self._showing = False

    def _forget(self, project: Project) -> None:
        graph = project.graph
        nodes = self.selected_nodes & graph.nodes.keys()
        links = self.selected_links & graph.links.keys()
        if (nodes, links) != (self.selected_nodes, self.selected_links):
            self.select(nodes, links)

    def select(
        self, nodes: frozenset[str] = frozenset(), links: frozenset[str] = frozenset()
    ) -> None:
        """Select these nodes and wires, and no others."""
        if (nodes, links) == (self.selected_nodes, self.selected_links):
            return
        self.selected_nodes, self.selected_links = nodes, links
        self.selection_changed.emit()

    def reveal(self, node: str) -> None:
        """Select a node and ask the views to show it."""
        self.select(frozenset({node}))
        self.revealed.emit(node)

    def replace(self, project: Project, path: Path | None = None) -> None:
        """Show another project from now on: its undo history starts anew."""
        change = edits.difference(self.project, project)
        self.undo_stack.clear()
        self.select()
        self._set(project, None)
        self.path = path
        self._showing = True
        try:
            self.changed.emit(change)
        finally:
            self._showing = False
        self.file_changed.emit()

    @property
    def is_saved(self) -> bool:
        """Say whether the file holds the project as it is now."""
        return self.undo_stack.isClean()

    def save(self, path: Path) -> None:
        """Write the project to a file; raise BadFile with a sentence if that fails."""
        projectfile.write(path, self.project)
        self.path = path
        self.undo_stack.setClean()
        self.file_changed.emit()

    def open(self, path: Path) -> None:
        """Read a project from a file; raise BadFile with a sentence, the drawing as it was."""
        self.replace(projectfile.read(path), path)

    def _on_clean_changed(self, _clean: bool) -> None:  # noqa: FBT001 - Qt's signal
        self.file_changed.emit()
