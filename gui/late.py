"""A place in a dock for a panel that is made when it is first seen: so the window opens fast."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QVBoxLayout, QWidget

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QShowEvent

    from gui.theme import Theme


class LatePanel(QWidget):
    """Shows the panel that a function makes in a theme's colours.

    Attributes:
        panel: what was made, None until it has been seen.
    """

    def __init__(self, make: Callable[[Theme], QWidget], theme: Theme) -> None:
        super().__init__()
        self.panel: QWidget | None = None
        self._make, self._theme = make, theme
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)

    def made(self) -> QWidget:
        """Return the panel, made now if need be."""
        if self.panel is None:
            self.panel = self._make(self._theme)
            self._column.addWidget(self.panel)
        return self.panel

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of another theme, now or when the panel is made."""
        self._theme = theme
        if self.panel is not None:
            self.panel.set_theme(theme)  # type: ignore[attr-defined] # every panel has it

    def showEvent(self, event: QShowEvent) -> None:
        """Make the panel."""
        self.made()
        super().showEvent(event)
