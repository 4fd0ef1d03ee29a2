"""The code panel: the drawing's Keras program, beside the drawing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from graph.problems import Severity
from gui.icons import action_icon
from gui.later import Later
from gui.parts.code_view import CodeView
from gui.theme import SMALL, TINY

if TYPE_CHECKING:
    from PySide6.QtGui import QShowEvent

    from graph.change import Change
    from gui.document import Document
    from gui.theme import Theme


class CodePanel(QWidget):
    """The program with the lines of the selected nodes lit; a click on a line selects its node.

    The program is emitted only while the panel can be seen.

    Signals:
        save_requested(): somebody wants the program in a file.
    """

    save_requested = Signal()

    def __init__(self, document: Document, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("code")
        self.document, self._sheet = document, document.sheet
        self._stale, self._choice_is_stale = True, False
        self._later = Later(self._catch_up, self)
        self.view = CodeView(theme)
        self.view.setObjectName("code.view")
        self.view.line_clicked.connect(self._on_line_clicked)
        self._copy = self._button(self.tr("Copy"), "code.copy")
        self._copy.clicked.connect(self._on_copy_clicked)
        self._save = self._button(self.tr("Save as .py…"), "code.save")
        self._save.clicked.connect(self.save_requested)
        row = QHBoxLayout()
        row.setContentsMargins(SMALL, TINY, SMALL, TINY)
        row.setSpacing(TINY)
        row.addStretch(1)
        row.addWidget(self._copy)
        row.addWidget(self._save)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row)
        column.addWidget(self.view, 1)
        document.changed.connect(self._on_document_changed)
        document.selection_changed.connect(self._on_selection_changed)
        document.revealed.connect(self._on_selection_changed)
        self.set_theme(theme)

    def _button(self, text: str, name: str) -> QPushButton:
        made = QPushButton(text)
        made.setObjectName(name)
        made.setProperty("role", "flat")
        made.setIconSize(QSize(16, 16))
        made.setCursor(Qt.CursorShape.PointingHandCursor)
        return made

    def set_theme(self, theme: Theme) -> None:
        """Show everything in a theme's colours."""
        self.view.set_theme(theme)
        self._copy.setIcon(action_icon("copy", theme))
        self._save.setIcon(action_icon("export", theme))

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with what changed while the panel was hidden."""
        super().showEvent(event)
        if self._stale:
            self._refresh()
            self._show_selection()

    def _on_document_changed(self, change: Change) -> None:
        if change.structure or change.data or change.training or change.name:
            self._stale = True
        if self._stale and self.isVisible():
            self._later.wish(self.document.project)

    def _catch_up(self) -> None:
        if self._stale and self.isVisible():
            self._refresh()
            if self._choice_is_stale:
                self._show_selection()

    def _refresh(self) -> None:
        self._stale = False
        self._copy.setText(self.tr("Copy"))
        self.view.show_text(self.document.program.text)
        if self._sheet is not self.document.sheet:  # another drawing is read from its beginning
            self._sheet = self.document.sheet
            self.view.show_top()
        self._mark()

    def _mark(self) -> None:
        program, document = self.document.program, self.document
        chosen = {line for node in document.selected_nodes for line in program.lines_of(node)}
        wrong = {
            line
            for problem in document.problems
            if problem.severity is Severity.ERROR and problem.node is not None
            for line in self._model_lines(problem.node)
        }
        self.view.mark(frozenset(chosen), frozenset(wrong))

    def _on_selection_changed(self) -> None:
        if self._later.waits:
            self._choice_is_stale = True  # which lines are chosen is known once they are written
        elif self.isVisible():
            self._show_selection()

    def _show_selection(self) -> None:
        self._choice_is_stale = False
        self._mark()
        chosen = [line for node in self.document.selected_nodes for line in self._model_lines(node)]
        if chosen:
            self.view.show_line(min(chosen))

    def _model_lines(self, node: str) -> list[int]:
        """Return the lines that make a node in `build_model`; its data has lines of its own."""
        program = self.document.program
        first, last = program.sections["model"]
        return [line for line in program.lines_of(node) if first <= line <= last]

    def _on_line_clicked(self, line: int) -> None:
        self._later.catch_up()
        node = self.document.program.node_at(line)
        if node is not None:
            self.document.select(frozenset({node}))

    def _on_copy_clicked(self) -> None:
        QGuiApplication.clipboard().setText(self.document.program.text)
        self._copy.setText(self.tr("Copied"))
