"""Panning: the drawing follows the pointer."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt

from gui.canvas.tools.base import Pointer, Tool


class PanTool(Tool):
    """Moves the view while a button is held."""

    cursor = Qt.CursorShape.ClosedHandCursor

    def pressed(self, pointer: Pointer) -> None:
        """Take hold of the drawing."""
        self._last: QPointF = pointer.at

    def moved(self, pointer: Pointer) -> None:
        """Follow the pointer."""
        self.view.pan_by(pointer.at - self._last)
        self._last = pointer.at

    def released(self, _pointer: Pointer) -> None:
        """Let go."""
        self.view.end_tool()
