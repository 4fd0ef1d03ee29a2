"""Notes on a training: one line that says the gravest, and a window with the evidence of all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from gui.parts.widgets import Line, label, link_button, scrolling
from gui.theme import LARGE, MEDIUM, SMALL, TINY, code_font

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.diagnosis import Note


class NoteLine(QWidget):
    """A line below the outcome; there is none while all goes well."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("training.note")
        self.notes: tuple[Note, ...] = ()
        self._line = Line("training.note.sentence", "warning")
        self._more = link_button(self.tr("Why?"), "training.note.why")
        self._more.clicked.connect(self.open_evidence)
        self._evidence: Evidence | None = None
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(MEDIUM)
        row.addWidget(self._line, 1)
        row.addWidget(self._more)
        self.hide()

    def show_notes(self, notes: Sequence[Note]) -> None:
        """Show the first of these notes, the gravest, and how many more there are."""
        if tuple(notes) == self.notes:
            return
        self.notes = tuple(notes)
        self.setVisible(bool(notes))
        if not notes:
            return
        sentence = notes[0].sentence
        self._line.set_text(sentence, sentence.partition(":")[0].rstrip("."))
        more = len(notes) - 1
        self._more.setText(self.tr("Why? (+{0})").format(more) if more else self.tr("Why?"))
        if self._evidence is not None and self._evidence.isVisible():
            self._evidence.show_notes(self.notes)

    def open_evidence(self) -> None:
        """Open the window with all notes."""
        if self._evidence is None:
            self._evidence = Evidence(self)
        self._evidence.show_notes(self.notes)
        self._evidence.show()
        self._evidence.activateWindow()


class Evidence(QDialog):
    """Each note: what is the matter, what to try, and the numbers behind it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("training.evidence")
        self.setWindowTitle(self.tr("Notes on the training"))
        self.resize(640, 380)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(LARGE, LARGE, LARGE, LARGE)
        self._page: QWidget | None = None

    def show_notes(self, notes: Sequence[Note]) -> None:
        """Show these notes in place of others."""
        if self._page is not None:
            self._column.removeWidget(self._page)
            self._page.deleteLater()
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, SMALL, 0)
        column.setSpacing(TINY)
        for note in notes:
            if column.count():
                column.addSpacing(LARGE)
            column.addWidget(_text(note.sentence, "heading"))
            column.addWidget(_text(note.advice))
            column.addSpacing(TINY)
            numbers = _text("\n".join(note.evidence), "muted")
            numbers.setFont(code_font(11))
            column.addWidget(numbers)
        column.addStretch(1)
        self._page = scrolling(content)
        self._column.addWidget(self._page)


def _text(words: str, role: str = "") -> QWidget:
    made = label(words, role, wrap=True)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return made
