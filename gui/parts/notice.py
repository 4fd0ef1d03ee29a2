"""The sentence of a panel: what to do, what comes, or what went wrong."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from gui.parts.widgets import set_property


class Notice(QLabel):
    """A sentence in as many lines as it needs; without one it takes no room."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)
        self.setProperty("role", "muted")

    def say(self, sentence: str, *, error: bool = False, tip: str = "") -> None:
        """Say a sentence, in the colour of an error if it is one; "" hides the label."""
        self.setText(sentence)
        self.setToolTip(tip)
        set_property(self, "role", "error" if error else "muted")
        self.setVisible(bool(sentence))
