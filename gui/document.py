"""The open drawing: its project, what inference says of it, its program, its file, its undo.

Panels listen to the document and never to each other. The only way to change the drawing is
`push(edit)`; the only way to change what is selected is `select`. Views may not push while they
apply a change: `push` raises RuntimeError then, so that no loop can form.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoGroup, QUndoStack

from codegen import emit
from graph import edits, projectfile
from graph.change import Change, difference
from graph.checks import problems
from graph.inference import Report, Totals, infer, totals
from graph.project import Project
from gui.repair_search import RepairSearch
from gui.undo import Step

if TYPE_CHECKING:
    from pathlib import Path

    from codegen.source import Program
    from graph.edits import Edit
    from graph.problems import Problem
    from graph.repairs import Repair


class Sheet:
    """One open project: what a tab of the window stands for."""

    def __init__(self, project: Project, path: Path | None, parent: QObject) -> None:
        self.project = project
        self.path = path
        self.stack = QUndoStack(parent)

    @property
    def title(self) -> str:
        """Return the name on the tab: the file's, else the project's."""
        return self.path.name if self.path is not None else self.project.name


class Document(QObject):
    """The open project with its report, problems, program, selection, file and undo stack.

    Several projects may be open; one is shown. Views know only the one that is shown.

    Signals:
        changed(Change): the project is another one; report and problems are those of it.
        selection_changed(): other nodes or wires are selected.
        file_changed(): a file's path, whether it is saved, or the list of sheets is another.
        pushed(Project, Edit, str, str | None): an edit was made: the project before it, its label,
            and its merge key.
        revealed(str): somebody asked to see the node of this id.
        sheet_shown(): another of the open projects is shown.
    """

    changed = Signal(object)
    selection_changed = Signal()
    file_changed = Signal()
    pushed = Signal(object, object, str, object)
    revealed = Signal(str)
    sheet_shown = Signal()

    def __init__(self, project: Project | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.undo_group = QUndoGroup(self)
        self.undo_group.cleanChanged.connect(self._on_clean_changed)
        self.source: object = None  # who made the change that is being shown
        self._showing = False
        self.is_pushing = False  # or else it is undo and redo that move on the stack
        self.repair_search = RepairSearch(self)
        self.sheets: list[Sheet] = []
        self.sheet = self._new_sheet(project or Project(), None)
        self._set(self.sheet.project)
        self.undo_group.setActiveStack(self.sheet.stack)
        self.selected_nodes: frozenset[str] = frozenset()
        self.selected_links: frozenset[str] = frozenset()

    def _new_sheet(self, project: Project, path: Path | None) -> Sheet:
        sheet = Sheet(project, path, self)
        self.undo_group.addStack(sheet.stack)
        self.sheets.append(sheet)
        return sheet

    @property
    def undo_stack(self) -> QUndoStack:
        """Return the undo stack of the project that is shown."""
        return self.sheet.stack

    @property
    def path(self) -> Path | None:
        """Return the file of the project that is shown, or None if it has none yet."""
        return self.sheet.path

    def _set(self, project: Project, change: Change | None = None) -> None:
        before: Report | None = self.report if change is not None else None
        self.project = self.sheet.project = project
        self.report: Report = infer(project, before, change)
        self._problems: tuple[Problem, ...] | None = None
        self._program: Program | None = None
        self._totals: Totals | None = None
        self.repair_search.forget()

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Return all problems: errors in the order of the code, then warnings.

        A sheet that nobody has drawn on yet is no problem.
        """
        if self._problems is None:
            drawn = bool(self.project.graph.nodes)
            self._problems = problems(self.project, self.report) if drawn else ()
        return self._problems

    def repairs_of(self, problem: Problem) -> tuple[Repair, ...] | None:
        """Return the repairs of a problem, each tried.

        None while they are looked for: `repair_search.found` says when they are there.
        """
        return self.repair_search.of(self.project, self.report, problem)

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
        after, change = edits.apply(self.project, edit)
        if after == self.project and not change.order:
            return
        before, self.source, self.is_pushing = self.project, source, True
        self.undo_stack.push(Step(label, before, after, self._show, merge))
        self.source, self.is_pushing = None, False
        self.pushed.emit(before, edit, label, merge)

    def _show(self, project: Project) -> None:
        change = difference(self.project, project)
        self._set(project, change)
        if change.removed:
            self._forget(project)
        self._showing = True
        try:
            self.changed.emit(change)
        finally:
            self._showing = False

    def look_at_data_again(self) -> None:
        """Make anew what depends on the data: their files are others, or more is known of them."""
        self._problems = self._program = None
        self.repair_search.forget()
        self._showing = True
        try:
            self.changed.emit(Change(data=True))
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

    def show(self, sheet: Sheet) -> None:
        """Show another of the open projects."""
        before = self.project
        self.sheet = sheet
        self.selected_nodes = self.selected_links = frozenset()
        self._set(sheet.project)
        # only now: the group tells of the stack's index, which is to be that of `sheet`
        self.undo_group.setActiveStack(sheet.stack)
        self._showing = True
        try:
            self.changed.emit(difference(before, sheet.project))
        finally:
            self._showing = False
        self.selection_changed.emit()
        self.file_changed.emit()
        self.sheet_shown.emit()

    def add(self, project: Project, path: Path | None = None) -> None:
        """Open a project beside the others and show it; an untouched empty sheet makes way."""
        old = self.sheet
        sheet = self._new_sheet(project, path)
        self.show(sheet)
        if old.path is None and old.stack.count() == 0 and not old.project.graph.nodes:
            self.close(old)

    def close(self, sheet: Sheet) -> None:
        """Close an open project; what is not saved of it is gone. One is always open."""
        at = self.sheets.index(sheet)
        self.sheets.remove(sheet)
        if not self.sheets:
            self._new_sheet(Project(), None)
        if sheet is self.sheet:
            self.show(self.sheets[min(at, len(self.sheets) - 1)])
        self.undo_group.removeStack(sheet.stack)
        sheet.stack.deleteLater()
        self.file_changed.emit()

    @property
    def is_saved(self) -> bool:
        """Say whether the file holds the project as it is now."""
        return self.undo_stack.isClean()

    def save(self, path: Path) -> None:
        """Write the project to a file; raise BadFile with a sentence if that fails."""
        projectfile.write(path, self.project)
        self.sheet.path = path
        self.undo_stack.setClean()
        self.file_changed.emit()

    def open(self, path: Path) -> None:
        """Read a project from a file; raise BadFile with a sentence, the drawing as it was."""
        for sheet in self.sheets:
            if sheet.path == path:
                self.show(sheet)
                return
        self.add(projectfile.read(path), path)

    def _on_clean_changed(self, _clean: bool) -> None:  # noqa: FBT001 - Qt's signal
        self.file_changed.emit()
