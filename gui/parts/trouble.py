"""A sentence below a field that says what is wrong, and a button that mends it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gui.parts.widgets import label, link_button
from gui.theme import TINY

if TYPE_CHECKING:
    from graph.plan_misfits import Trouble


class TroubleNote(QWidget):
    """A sentence below a field, and a button that mends it.

    Signals:
        accepted(str): the text that shall stand in the field.
    """

    accepted = Signal(str)

    def __init__(self, name: str) -> None:
        super().__init__()
        self._text = ""
        self.sentence = label("", "warning", wrap=True)
        self.sentence.setObjectName(f"{name}.trouble")
        self.button = link_button("", f"{name}.repair")
        self.button.clicked.connect(lambda: self.accepted.emit(self._text))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, TINY)
        column.setSpacing(0)
        column.addWidget(self.sentence)
        column.addWidget(self.button, 0, Qt.AlignmentFlag.AlignLeft)
        self.hide()

    def show_trouble(self, trouble: Trouble | None) -> None:
        """Show what is wrong, or nothing."""
        self.setVisible(trouble is not None)
        if trouble is not None:
            self._text = trouble.repair or ""
            self.sentence.setText(trouble.sentence)
            self.button.setText(self.tr("Use {0}").format(self._text))
            self.button.setVisible(bool(self._text))
