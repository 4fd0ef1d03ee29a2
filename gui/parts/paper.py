"""Pictures for files: what a panel paints, on the theme's panel colour with a margin."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QImage, QPainter

from gui.theme import LARGE

if TYPE_CHECKING:
    from collections.abc import Callable

    from gui.theme import Theme


def on_paper(
    size: QSize, theme: Theme, scale: float, paint: Callable[[QPainter, Theme], None]
) -> QImage:
    """Return a picture of what is painted in a size in pixels, each of `scale` picture pixels."""
    image = QImage((size + QSize(2 * LARGE, 2 * LARGE)) * scale, QImage.Format.Format_RGB32)
    image.fill(QColor(theme.panel))
    painter = QPainter(image)
    painter.scale(scale, scale)
    painter.translate(LARGE, LARGE)
    paint(painter, theme)
    painter.end()
    return image
