"""Where a new node has room in what is seen of the canvas."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, QRectF

from gui.canvas.geometry import SLACK
from gui.theme import MEDIUM

if TYPE_CHECKING:
    from gui.canvas.geometry import Geometry
    from gui.canvas.stage import Stage

_TRIED = 100  # places beside and below each other at which a node is tried, at most


def free_in_view(stage: Stage, corner: QPointF, width: float, height: float) -> QPointF:
    """Return the free place nearest to a corner at which all of a node is seen."""
    room = stage.rect().toRectF().adjusted(MEDIUM, MEDIUM, -MEDIUM, -MEDIUM)
    low, high = stage.camera.to_scene(room.topLeft()), stage.camera.to_scene(room.bottomRight())
    return free_place_in(stage.drawing, QRectF(low, high), corner, width, height)


def free_place_in(
    drawing: Geometry, area: QRectF, corner: QPointF, width: float, height: float
) -> QPointF:
    """Return the place in an area, nearest to a corner, where a node covers none.

    Where the area is full, it is the next free one below the corner.
    """
    right, bottom = area.right() - width, area.bottom() - height
    if right < area.left() or bottom < area.top():
        return drawing.free_place(corner, width, height)
    x = min(max(corner.x(), area.left()), right)
    y = min(max(corner.y(), area.top()), bottom)
    step = max(2 * SLACK, area.width() / _TRIED, area.height() / _TRIED)
    columns = np.unique(np.append(np.arange(area.left(), right, step), x))
    rows = np.unique(np.append(np.arange(area.top(), bottom, step), y))
    free = np.ones((len(columns), len(rows)), dtype=bool)
    for left, top, wide, high in drawing.rect:
        across = (columns < left + wide + SLACK) & (columns + width > left - SLACK)
        down = (rows < top + high + SLACK) & (rows + height > top - SLACK)
        free &= ~np.outer(across, down)
    if not free.any():
        return drawing.free_place(corner, width, height)
    far = np.hypot(columns[:, None] - corner.x(), rows[None, :] - corner.y())
    column, row = np.unravel_index(np.where(free, far, np.inf).argmin(), far.shape)
    return QPointF(float(columns[column]), float(rows[row]))
