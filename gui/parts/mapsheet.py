"""Pictures of activation maps: arranged and painted by one sheet, on the screen and in files.

`arrange` puts one sample's inputs and a layer's maps on a sheet; a sheet paints itself on any
painter. `gui.parts.mapgrid` is the widget that shows one, `maps_picture` makes a picture of one.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen

from gui.parts.paper import on_paper
from gui.theme import MEDIUM, TINY, code_font

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gui.theme import Theme

Array = NDArray[Any]
Colours = Literal["grey", "viridis"]

TILE = 56  # the usual size of a map, in pixels
INPUT = 112  # an input is shown larger, since the maps are parts of it
HEAD = 20  # room for the words above
_BARS = 128  # a vector of more values is a field of cells
_CELLS = 64  # in a row of such a field

# every 32nd colour of viridis (matplotlib, CC0); between them it is nearly linear
_VIRIDIS = (
    (68, 1, 84),
    (71, 45, 123),
    (59, 82, 139),
    (44, 114, 142),
    (33, 145, 140),
    (40, 174, 128),
    (94, 201, 98),
    (173, 220, 48),
    (253, 231, 37),
)


def colour_table(colours: Colours) -> list[int]:
    """Return 256 colours for Qt, from the least value to the greatest."""
    if colours == "grey":
        return [0xFF000000 | n << 16 | n << 8 | n for n in range(256)]
    at = np.linspace(0, len(_VIRIDIS) - 1, 256)
    stops = range(len(_VIRIDIS))
    parts = [np.interp(at, stops, [stop[n] for stop in _VIRIDIS]) for n in range(3)]
    return [
        0xFF000000 | int(r) << 16 | int(g) << 8 | int(b) for r, g, b in zip(*parts, strict=True)
    ]


@dataclass(frozen=True)
class Tile:
    """One picture: its place on the sheet, its pixels, and its values' range."""

    place: QRectF
    image: QImage
    low: float
    high: float
    index: int | None = None  # of the map; None for an input


@dataclass(frozen=True)
class Sheet:
    """Tiles and the words above them, in pixels."""

    size: QSize
    tiles: list[Tile] = field(default_factory=list)
    words: list[tuple[QPointF, str]] = field(default_factory=list)

    def paint(self, painter: QPainter, theme: Theme, area: QRectF | None = None) -> None:
        """Paint what lies in an area (None: everything); the background is left as it is."""
        painter.setFont(code_font(11))
        painter.setPen(QColor(theme.muted))
        for place, text in self.words:
            painter.drawText(place, text)
        painter.setPen(QPen(QColor(theme.border), 0))  # white on white needs an edge
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for tile in self.tiles:
            if area is None or area.intersects(tile.place):
                painter.drawImage(tile.place, tile.image)
                painter.drawRect(tile.place)

    def tile_at(self, point: QPointF) -> Tile | None:
        """Return the tile under a point."""
        return next((tile for tile in self.tiles if tile.place.contains(point)), None)


def pictures_of(values: Array) -> list[Array]:
    """Return an output as flat pictures: arrays of (rows, columns), without the batch axis.

    Feature maps (height, width, channels) are a picture for each channel; further leading axes
    are more pictures; a vector or a table of (steps, features) is one picture.
    """
    array = np.asarray(values, dtype=np.float32)
    array = np.where(np.isfinite(array), array, 0.0)
    if array.ndim >= 3:
        last = np.moveaxis(array, -1, -3)
        return list(last.reshape(-1, *last.shape[-2:]))
    return [array.reshape(1, -1) if array.ndim < 2 else array]


def shape_words(values: Array) -> str:
    """Return how many maps of which size there are: "32 maps · 26 × 26", "100 values"."""
    pictures = pictures_of(values)
    if values.ndim < 2:
        return f"{values.size:,} values" if values.size != 1 else "1 value"
    rows, columns = pictures[0].shape
    count = f"{len(pictures):,} maps" if len(pictures) != 1 else "1 map"
    return f"{count} · {rows} × {columns}"


def arrange(  # noqa: PLR0913 - each is a choice of the person who looks
    inputs: Sequence[Array],
    maps: Array,
    *,
    width: int,
    tile: int = TILE,
    one_scale: bool = True,
    colours: Colours = "grey",
) -> Sheet:
    """Arrange inputs at the left and maps in rows beside them, in a width in pixels."""
    table = colour_table(colours)
    tiles: list[Tile] = []
    words: list[tuple[QPointF, str]] = []
    below = 0.0
    for number, values in enumerate(inputs, 1):
        name = "input" if len(inputs) == 1 else f"input {number}"
        words.append((QPointF(0, below + 13), name))
        image, low, high = input_image(values)
        height = INPUT * image.height() / max(1, image.width())
        tiles.append(Tile(QRectF(0, below + HEAD, INPUT, height), image, low, high))
        below += HEAD + height + MEDIUM
    left = float(INPUT + 2 * MEDIUM) if inputs else 0.0
    told = shape_words(maps).replace(" maps", " maps" if width - left > HEAD * 7 else "")
    words.append((QPointF(left, 13), told))
    made = _map_tiles(maps, table, QRectF(left, HEAD, max(width - left, tile), 0), tile, one_scale)
    tiles += made
    right = max((one.place.right() for one in tiles), default=0.0)
    bottom = max((one.place.bottom() for one in tiles), default=0.0)
    return Sheet(QSize(math.ceil(right), math.ceil(bottom)), tiles, words)


def _map_tiles(
    maps: Array,
    table: list[int],
    area: QRectF,
    tile: int,
    one_scale: bool,  # noqa: FBT001 - handed on
) -> list[Tile]:
    pictures = pictures_of(maps)
    if maps.ndim < 2:
        return [_vector_tile(pictures[0][0], table, area)]
    lows = [float(p.min(initial=0.0 if not p.size else np.inf)) for p in pictures]
    highs = [float(p.max(initial=0.0 if not p.size else -np.inf)) for p in pictures]
    rows, columns = pictures[0].shape
    wide, high = float(tile), tile * rows / max(1, columns)
    if high > 4 * tile:  # a long sequence
        wide, high = wide * 4 * tile / high, 4.0 * tile
    in_row = max(1, int((area.width() + TINY) // (wide + TINY)))
    tiles = []
    for index, picture in enumerate(pictures):
        ends = (min(lows), max(highs)) if one_scale else (lows[index], highs[index])
        row, column = divmod(index, in_row)
        x = area.left() + column * (wide + TINY)
        y = area.top() + row * (high + TINY)
        image = _image(picture, *ends, table)
        tiles.append(Tile(QRectF(x, y, wide, high), image, lows[index], highs[index], index))
    return tiles


def _vector_tile(values: Array, table: list[int], area: QRectF) -> Tile:
    """Show a vector as bars, or as a field of cells if it is long."""
    low, high = float(values.min(initial=0.0)), float(values.max(initial=0.0))
    if values.size > _BARS:
        rows = math.ceil(values.size / _CELLS)
        field_ = np.full(rows * _CELLS, low, dtype=np.float32)
        field_[: values.size] = values
        image = _image(field_.reshape(rows, _CELLS), low, high, table)
        wide = min(area.width(), _CELLS * 8.0)
        place = QRectF(area.left(), area.top(), wide, wide / _CELLS * rows)
        return Tile(place, image, low, high, 0)
    height, bar = 96, 6
    picture = np.zeros((height, values.size * bar), dtype=np.uint8)
    span = (high - low) or 1.0
    zero = round((high / span) * (height - 1)) if high > low else height - 1
    for index, value in enumerate(values):
        end = round(((high - float(value)) / span) * (height - 1)) if high > low else height - 1
        top, bottom = min(zero, end), max(zero, end) + 1
        shade = round(255 * (0.35 + 0.65 * abs(float(value)) / (max(abs(low), abs(high)) or 1.0)))
        picture[top:bottom, index * bar : index * bar + bar - 1] = shade
    image = _indexed(picture, table)
    wide = min(area.width(), float(max(picture.shape[1], min(area.width(), 480))))
    return Tile(QRectF(area.left(), area.top(), wide, height), image, low, high, 0)


def input_image(values: Array) -> tuple[QImage, float, float]:
    """Return an input as a picture: colour if it has three channels, else grey."""
    array = np.asarray(values, dtype=np.float32)
    low, high = float(array.min(initial=0.0)), float(array.max(initial=0.0))
    if array.ndim == 3 and array.shape[-1] == 3:
        span = (high - low) or 1.0
        bytes_ = np.ascontiguousarray(((array - low) / span * 255).astype(np.uint8))
        rows, columns, _ = bytes_.shape
        image = QImage(bytes_.data, columns, rows, columns * 3, QImage.Format.Format_RGB888)
        return image.copy(), low, high
    if array.ndim == 1 and array.size >= 16 and math.isqrt(array.size) ** 2 == array.size:
        array = array.reshape(math.isqrt(array.size), -1)  # a flattened square picture
    return _image(pictures_of(array)[0], low, high, colour_table("grey")), low, high


def _image(picture: Array, low: float, high: float, table: list[int]) -> QImage:
    span = (high - low) or 1.0
    return _indexed(np.clip((picture - low) / span * 255, 0, 255).astype(np.uint8), table)


def _indexed(shades: NDArray[np.uint8], table: list[int]) -> QImage:
    shades = np.ascontiguousarray(shades)
    rows, columns = shades.shape
    image = QImage(shades.data, columns, rows, columns, QImage.Format.Format_Indexed8)
    image.setColorTable(table)
    return image.convertToFormat(QImage.Format.Format_RGB32)  # its own memory, and fast to paint


def maps_picture(  # noqa: PLR0913 - each is a choice of the person who looks
    inputs: Sequence[Array],
    maps: Array,
    theme: Theme,
    scale: float = 1.0,
    *,
    one_scale: bool = True,
    colours: Colours = "grey",
) -> QImage:
    """Return a picture of inputs and maps on the theme's panel colour.

    Args:
        inputs: one sample's inputs, without the batch axis.
        maps: the layer's output for it: (height, width, channels), or a vector.
        theme: colours of background and words.
        scale: picture pixels for each pixel of the sheet.
        one_scale: one scale of brightness for all maps, or one for each.
        colours: from the least value to the greatest.
    """
    count = len(pictures_of(maps))
    in_row = max(4, min(16, math.ceil(math.sqrt(count * 1.6))))
    width = INPUT + 2 * MEDIUM + in_row * (TILE + TINY)
    sheet = arrange(inputs, maps, width=width, one_scale=one_scale, colours=colours)
    return on_paper(sheet.size, theme, scale, sheet.paint)
