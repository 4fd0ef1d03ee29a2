"""One sample on its way: a row for each Input and output, a tile for each step."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QHelpEvent, QImage, QPainter, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from graph.shapes import show_shape
from gui.theme import SMALL, TINY, code_font, text_font

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QPaintEvent, QResizeEvent

    from engine.protocol import Array
    from gui.theme import Theme

_NAME = 72  # room for the names at the left, in pixels
_SIDE = 64  # of a picture
_TEXT = 128  # of a tile with numbers
_HEAD, _LINE = 16, 16
_FEW = 10  # numbers that are written out


class Tile(NamedTuple):
    """One value: what was done last, the value as a picture or as text, a tool tip."""

    caption: str
    image: QImage | None
    text: str
    tip: str


class Branch(NamedTuple):
    """An Input or output with its tiles."""

    name: str
    tiles: tuple[Tile, ...]


def tile(caption: str, value: Array, names: Sequence[str] = ()) -> Tile:
    """Return the tile of a value, without batch axis; `names`: of labels, if it is one."""
    shape = show_shape((None, *value.shape)) if value.shape else "one number"
    numbers = value.astype(np.float64)
    spread = f"{numbers.min():.4g} to {numbers.max():.4g}, mean {numbers.mean():.4g}"
    tip = f"{caption}\n{value.dtype} {shape}" + (f"\n{spread}" if value.size > 1 else "")
    if value.ndim in {2, 3} and min(value.shape[:2]) > 1:
        colours = value.shape[2] if value.ndim == 3 else 1
        if colours in {1, 3}:
            return Tile(caption, picture(value), "", tip)
    return Tile(caption, None, _text(value, names), tip)


def _text(value: Array, names: Sequence[str]) -> str:
    if value.ndim == 0 or value.size == 1:
        number = float(value.reshape(-1)[0])
        named = names[int(number)] if names and 0 <= number < len(names) else ""
        return f"{number:g} {named}" if named and named != f"{number:g}" else f"{number:.5g}"
    if value.size <= _FEW:
        return " ".join(f"{number:.3g}" for number in value.reshape(-1))
    few = " ".join(f"{number:.3g}" for number in value.reshape(-1)[:3])
    return f"{few} …\n{show_shape((None, *value.shape))} numbers"


def picture(value: Array) -> QImage:
    """Return an image of (height, width) or (height, width, channels).

    Black is 0 and white 1, or 255 where values go beyond 1; negative values stretch the range.
    """
    array = np.nan_to_num(np.array(value, dtype=np.float32))
    least, greatest = float(array.min()), float(array.max())
    low = min(least, 0.0)
    high = greatest if low < 0 or greatest > 255 else 255.0 if greatest > 1 else 1.0
    shades = np.clip((array - low) / max(high - low, 1e-7) * 255, 0, 255).astype(np.uint8)
    if shades.ndim == 3 and shades.shape[-1] == 3:
        shades = np.ascontiguousarray(shades)
        rows, columns, _ = shades.shape
        image = QImage(shades.data, columns, rows, columns * 3, QImage.Format.Format_RGB888)
    else:
        shades = np.ascontiguousarray(shades.reshape(shades.shape[:2]))
        rows, columns = shades.shape
        image = QImage(shades.data, columns, rows, columns, QImage.Format.Format_Grayscale8)
    return image.convertToFormat(QImage.Format.Format_RGB32)  # its own memory, and fast to paint


class SampleStrip(QWidget):
    """Paints the branches below each other; tiles go on in the next line where there is no room."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("samples.strip")
        self._theme = theme
        self.branches: tuple[Branch, ...] = ()
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        self.setSizePolicy(policy)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of another theme."""
        self._theme = theme
        self.update()

    def show_branches(self, branches: Sequence[Branch]) -> None:
        """Show a sample."""
        self.branches = tuple(branches)
        self.setAccessibleDescription("; ".join(map(_spoken, self.branches)))
        self._fit()
        self.update()

    def _fit(self) -> None:
        self.setMinimumHeight(round(max((r.bottom() for r, _ in self.places()), default=0)) + SMALL)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Be as high as the tiles need."""
        super().resizeEvent(event)
        self._fit()

    def minimumSizeHint(self) -> QSize:
        """Return room for a name and a tile."""
        return QSize(_NAME + _TEXT, self.minimumHeight())

    def places(self) -> list[tuple[QRectF, Tile]]:
        """Return where each tile is painted, caption included."""
        found: list[tuple[QRectF, Tile]] = []
        y = 0.0
        for branch in self.branches:
            x, line = float(_NAME), 0.0
            for one in branch.tiles:
                size = self._size(one)
                if x > _NAME and x + size.width() > self.width():
                    x, y, line = float(_NAME), y + line + TINY, 0.0
                found.append((QRectF(x, y, size.width(), size.height()), one))
                x += size.width() + SMALL
                line = max(line, size.height())
            y += line + SMALL
        return found

    def _size(self, one: Tile) -> QSize:
        caption = round(QFontMetricsF(text_font(11)).horizontalAdvance(f"→ {one.caption}")) + 4
        if one.image is None:
            lines = one.text.split("\n")
            metrics = QFontMetricsF(code_font(12))
            wide = max(round(metrics.horizontalAdvance(line)) for line in lines) + 2 * TINY
            return QSize(max(wide, min(caption, _TEXT)), _HEAD + _LINE * len(lines) + TINY)
        wide = round(_SIDE * one.image.width() / max(1, one.image.height()))
        return QSize(max(wide, min(caption, _TEXT)), _HEAD + _SIDE)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint names, captions and tiles."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, on=False)
        firsts = {id(branch.tiles[0]): branch.name for branch in self.branches if branch.tiles}
        for place, one in self.places():
            name = firsts.get(id(one))
            if name is not None:
                painter.setFont(text_font(12))
                painter.setPen(QColor(self._theme.text))
                box = QRectF(0, place.y(), _NAME - TINY, 2 * _HEAD)
                elided = painter.fontMetrics().elidedText(
                    name, Qt.TextElideMode.ElideRight, int(box.width())
                )
                painter.drawText(box, Qt.AlignmentFlag.AlignTop, elided)
            self._paint_tile(painter, place, one, is_first=name is not None)

    def _paint_tile(self, painter: QPainter, place: QRectF, one: Tile, *, is_first: bool) -> None:
        painter.setFont(text_font(11))
        painter.setPen(QColor(self._theme.muted))
        words = one.caption if is_first else f"→ {one.caption}"
        words = painter.fontMetrics().elidedText(
            words, Qt.TextElideMode.ElideRight, int(place.width())
        )
        painter.drawText(place, Qt.AlignmentFlag.AlignTop, words)
        body = place.adjusted(0, _HEAD, 0, 0)
        if one.image is not None:
            wide = _SIDE * one.image.width() / max(1, one.image.height())
            body.setSize(QSize(round(wide), _SIDE).toSizeF())
            painter.drawImage(body, one.image)
            painter.setPen(QPen(QColor(self._theme.border)))
            painter.drawRect(body.adjusted(0, 0, -1, -1))
            return
        painter.setFont(code_font(12))
        painter.setPen(QColor(self._theme.text))
        painter.drawText(body, Qt.AlignmentFlag.AlignTop, one.text)

    def event(self, event: QEvent) -> bool:
        """Tell a tile's shape and range where the mouse rests."""
        if isinstance(event, QHelpEvent) and event.type() is QEvent.Type.ToolTip:
            for place, one in self.places():
                if place.contains(event.pos().toPointF()):
                    QToolTip.showText(event.globalPos(), one.tip, self)
                    return True
            QToolTip.hideText()
            return True
        return super().event(event)


def _spoken(branch: Branch) -> str:
    steps = ", ".join(one.text or one.caption for one in branch.tiles)
    return f"{branch.name}: {steps}"
