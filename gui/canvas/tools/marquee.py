"""The marquee: a rectangle drawn over the canvas selects the nodes it touches."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QPen

from gui.canvas.geometry import Area
from gui.canvas.tools.base import Pointer, Tool, far

if TYPE_CHECKING:
    from PySide6.QtGui import QPainter


class MarqueeTool(Tool):
    """Selects what the rectangle touches; with Shift, in addition to what was selected."""

    @property
    def scrolls(self) -> bool:
        """Follow the corner that is being dragged."""
        return self._box is not None

    def pressed(self, pointer: Pointer) -> None:
        """Fix the first corner."""
        document = self.view.document
        self._first, self._at = pointer.place, pointer.at
        self._box: QRectF | None = None
        self._before = document.selected_nodes, document.selected_links
        self._kept = document.selected_nodes if pointer.shift or pointer.ctrl else frozenset()

    def moved(self, pointer: Pointer) -> None:
        """Draw the rectangle to the pointer and select what it touches."""
        if self._box is None and not far(pointer.at, self._at):
            return
        self._box = QRectF(self._first, pointer.place).normalized()
        geometry = self.view.drawing
        area = Area(self._box.left(), self._box.top(), self._box.right(), self._box.bottom())
        touched = frozenset(geometry.keys[row] for row in geometry.nodes_in(area).tolist())
        self.view.document.select(self._kept | touched)
        self.view.update()

    def released(self, _pointer: Pointer) -> None:
        """Keep the selection; a click on empty ground selects nothing."""
        if self._box is None and not self._kept:
            self.view.document.select()
        self.view.end_tool()

    def cancelled(self) -> None:
        """Select again what was selected before."""
        self.view.document.select(*self._before)

    def paint(self, painter: QPainter) -> None:
        """Paint the rectangle."""
        if self._box is None:
            return
        accent = QColor(self.view.theme.accent)
        pen = QPen(accent, 1.0)
        pen.setCosmetic(True)
        painter.setPen(pen)
        accent.setAlpha(28)
        painter.setBrush(accent)
        painter.drawRect(self._box)
