"""Pictures of training samples at the left, and what augmentation makes of them beside."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QColor, QImage, QPainter, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.theme import MEDIUM, SMALL, TINY, text_font

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QPaintEvent

    from gui.parts.mapsheet import Array
    from gui.theme import Theme

SAMPLES, VARIANTS = 6, 10
"""How many are fetched; as many of them are shown as there is room for."""
_LEAST, _MOST = 44, 96  # of a picture's side, in pixels
_HEAD = 18  # room for the words above


def picture(values: Array) -> QImage:
    """Return an image of (height, width, channels): black is 0, white 1, or 255 where they go."""
    array = np.array(values, dtype=np.float32)
    if array.max(initial=0.0) > 2:  # pixels that the drawing takes unscaled
        array /= np.float32(255)
    shades = np.clip(np.nan_to_num(array) * 255, 0, 255).astype(np.uint8)
    if shades.shape[-1] >= 3:
        shades = np.ascontiguousarray(shades[..., :3])
        rows, columns, _ = shades.shape
        image = QImage(shades.data, columns, rows, columns * 3, QImage.Format.Format_RGB888)
    else:
        shades = np.ascontiguousarray(shades[..., 0])
        rows, columns = shades.shape
        image = QImage(shades.data, columns, rows, columns, QImage.Format.Format_Grayscale8)
    return image.convertToFormat(QImage.Format.Format_RGB32)  # its own memory, and fast to paint


class AugmentationGrid(QWidget):
    """A row for each sample: the original, a gap, variants of it; several Inputs side by side."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("augmentation.grid")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._theme = theme
        self.originals: list[QImage] = []
        self.variants: list[list[QImage]] = []

    def show_pictures(self, originals: Sequence[Array], variants: Sequence[Array]) -> None:
        """Show pictures; arrays as in `protocol.Previewed`, none clear the grid."""
        self.originals, self.variants = [], []
        count = len(originals[0]) if originals else 0
        for sample in range(count):
            self.originals.append(picture(_beside([one[sample] for one in originals])))
            rows = [
                picture(_beside([one[sample, at] for one in variants]))
                for at in range(variants[0].shape[1])
            ]
            self.variants.append(rows)
        self.update()

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of another theme."""
        self._theme = theme
        self.update()

    def minimumSizeHint(self) -> QSize:
        """Return room for a sample and a variant."""
        return QSize(2 * (_LEAST + TINY) + MEDIUM, _LEAST + _HEAD)

    def places(self) -> list[tuple[QRectF, QImage]]:
        """Return where each picture is painted."""
        if not self.originals:
            return []
        first = self.originals[0]
        ratio = first.width() / max(1, first.height())
        # about three rows, and the width filled
        high = max(_LEAST, min(_MOST, (self.height() - _HEAD) / 3 - TINY))
        room = self.width() - MEDIUM
        least = 4 if room >= 4 * (_LEAST + TINY) else 2
        columns = max(least, math.ceil((room - 1) / (high * ratio + TINY)))
        wide = room / columns - TINY
        high = wide / ratio
        found = []
        for row, (original, variants) in enumerate(zip(self.originals, self.variants, strict=True)):
            top = _HEAD + row * (high + TINY)
            if row and top + high > self.height():
                break
            found.append((QRectF(0, top, wide, high), original))
            for column, image in enumerate(variants):
                left = wide + MEDIUM + column * (wide + TINY)
                if column and left + wide > self.width():
                    break
                found.append((QRectF(left, top, wide, high), image))
        return found

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the pictures and the words above them."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, on=False)
        places = self.places()
        painter.setFont(text_font(11))
        painter.setPen(QColor(self._theme.muted))
        if places:
            first, second = self.tr("original"), self.tr("variants")
            words = painter.fontMetrics().horizontalAdvance(first)
            left = max(places[0][0].width() + MEDIUM, words + SMALL)
            painter.drawText(QRectF(0, 0, left, _HEAD - TINY), 0, first)
            rest = QRectF(left, 0, self.width() - left, _HEAD - TINY)
            painter.drawText(rest, 0, second)
        painter.setPen(QPen(QColor(self._theme.border), 0))  # white on white needs an edge
        for place, image in places:
            painter.drawImage(place, image)
            painter.drawRect(place)


def _beside(images: Sequence[Array]) -> Array:
    """Return the images of a sample's Inputs side by side, in one picture."""
    if len(images) == 1:
        return images[0]
    high = max(image.shape[0] for image in images)
    deep = max(3 if image.shape[-1] >= 3 else 1 for image in images)
    filled = []
    for image in images:
        part = image[..., :3] if image.shape[-1] >= 3 else np.repeat(image[..., :1], deep, axis=-1)
        filled.append(np.pad(part, ((0, high - part.shape[0]), (0, 0), (0, 0))))
    return np.concatenate(filled, axis=1)
