"""A drag to the canvas's edge moves the view along, the faster the nearer the pointer is to it."""

from __future__ import annotations

from math import ceil, copysign
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPointF, QTimer

if TYPE_CHECKING:
    from gui.canvas.tools.base import Pointer
    from gui.canvas.view import CanvasView

_EDGE = 20.0  # pixels from the edge within which the view moves
_FASTEST = 14.0  # pixels of a step
_STEP_MS = 16


class Autoscroll(QObject):
    """Moves a canvas while a gesture holds something at its edge."""

    def __init__(self, view: CanvasView) -> None:
        super().__init__(view)
        self._view = view
        self._timer = QTimer(self)
        self._timer.setInterval(_STEP_MS)
        self._timer.timeout.connect(self._step)

    def follow(self, pointer: Pointer) -> None:
        """Look where the pointer is now."""
        self._pointer = pointer
        wanted = pointer.held and self._view.tool.scrolls and not self._by().isNull()
        if wanted != self._timer.isActive():
            (self._timer.start if wanted else self._timer.stop)()

    def _by(self) -> QPointF:
        """Return how far the drawing moves in a step (pixels)."""
        at, size = self._pointer.at, self._view.size()
        return QPointF(_speed(at.x(), size.width()), _speed(at.y(), size.height()))

    def _step(self) -> None:
        view = self._view
        if not view.tool.scrolls:  # the gesture is over
            self._timer.stop()
            return
        view.pan_by(self._by())
        self._pointer = self._pointer._replace(place=view.camera.to_scene(self._pointer.at))
        view.tool.moved(self._pointer)


def _speed(at: float, length: float) -> float:
    before, behind = _EDGE - at, at - (length - _EDGE)
    depth = max(before, behind)
    if depth <= 0:
        return 0.0
    return copysign(ceil(_FASTEST * min(depth / _EDGE, 1.0)), before - behind)
