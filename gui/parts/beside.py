"""A line of text beside other things, and on a line of its own where there is no room."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QBoxLayout, QWidget

from gui.theme import MEDIUM, TINY

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

    from gui.parts.widgets import Line

_WAY = QBoxLayout.Direction


class Beside(QWidget):
    """Two widgets, of which one is the line, beside each other or else one above the other.

    What matters is whether the shortest wording of the line fits.
    """

    def __init__(self, first: QWidget, second: QWidget, line: Line) -> None:
        super().__init__()
        self._line, self._other = line, second if line is first else first
        self._side = Qt.AlignmentFlag.AlignRight if line is second else Qt.AlignmentFlag.AlignLeft
        self._is_above: bool | None = None
        self._row = QBoxLayout(_WAY.LeftToRight, self)
        self._row.setContentsMargins(0, 0, 0, 0)
        for part in (first, second):
            self._row.addWidget(part, 1 if part is line else 0)

    def event(self, event: QEvent) -> bool:
        """Look again when a text has changed, or a part was shown or hidden."""
        if event.type() == QEvent.Type.LayoutRequest:
            self._fit()
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Look again whether both fit."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        other = 0 if self._other.isHidden() else self._other.sizeHint().width() + MEDIUM
        above = self.width() - other < self._line.least
        if above is self._is_above:  # what follows would ask for a layout again
            return
        self._is_above = above
        self._row.setDirection(_WAY.TopToBottom if above else _WAY.LeftToRight)
        self._row.setSpacing(TINY if above else MEDIUM)
        side = Qt.AlignmentFlag.AlignLeft if above else self._side
        self._line.setAlignment(side | Qt.AlignmentFlag.AlignVCenter)
