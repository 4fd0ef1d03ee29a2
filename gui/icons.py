"""Icons as paths: a shape for each family of layers, line drawings for actions.

They are drawn here because an icon font costs 170 ms at the start of the window (measured: import
and first icon), and these take a few. A family is told by its shape as much as by its colour.
"""

import re
from collections.abc import Callable, Iterator
from functools import cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QIcon,
    QPainter,
    QPainterPath,
    QPen,
    QPixmap,
    QPolygonF,
    QTransform,
)

from gui.theme import RESOURCES, Theme

_SIZES = (16, 20, 32, 40)  # each size in use, at one and at two device pixels a pixel
_BOX = 24.0  # action drawings are in a square of 24 units, with lines of 2
_LINE = 2.0
_FINE = QTransform.fromScale(100, 100)  # Qt joins curves to the nearest hundredth of a unit or so

# M x y: go, L x y: line, C six numbers: cubic, Z: close, O x y r: circle
_ACTIONS = {
    "add": "M12 5 L12 19 M5 12 L19 12",
    "arrange": "M4 5 L10 5 L10 10 L4 10 Z M14 14 L20 14 L20 19 L14 19 Z "
    "M14 4 L20 4 L20 9 L14 9 Z M10 7 L14 7 M7 10 L7 17 L14 17",
    "check": "M5 12.5 L10 17.5 L19.5 7",
    "chevron-down": "M6 9.5 L12 15.5 L18 9.5",
    "chevron-right": "M9.5 6 L15.5 12 L9.5 18",
    "clear": "M6 6 L18 18 M18 6 L6 18",
    "code": "M8.5 6.5 L3 12 L8.5 17.5 M15.5 6.5 L21 12 L15.5 17.5",
    "copy": "M9 9 L20 9 L20 20 L9 20 Z M15 5 L15 4 L4 4 L4 15 L5 15",
    "delete": "M4 7 L20 7 M9 7 L9 4 L15 4 L15 7 M6.5 7 L7.5 20 L16.5 20 L17.5 7",
    "error": "O12 12 9 M12 7 L12 13 M12 16.4 L12 16.6",
    "export": "M12 15 L12 4 M8 8 L12 4 L16 8 M5 14 L5 20 L19 20 L19 14",
    "fit": "M9 4 L4 4 L4 9 M15 4 L20 4 L20 9 M20 15 L20 20 L15 20 M9 20 L4 20 L4 15",
    "group": "M5 8 L5 5 L8 5 M16 5 L19 5 L19 8 M19 16 L19 19 L16 19 M8 19 L5 19 L5 16 "
    "M9 9 L15 9 L15 15 L9 15 Z",
    "info": "O12 12 9 M12 11 L12 17 M12 7.4 L12 7.6",
    "maps": "M4 4 L10 4 L10 10 L4 10 Z M14 4 L20 4 L20 10 L14 10 Z "
    "M4 14 L10 14 L10 20 L4 20 Z M14 14 L20 14 L20 20 L14 20 Z",
    "new": "M6 3 L14 3 L19 8 L19 21 L6 21 Z M14 3 L14 8 L19 8",
    "open": "M3 19 L3 5 L9 5 L11 8 L20 8 L20 11 M3 19 L6.5 11 L22 11 L18.5 19 Z",
    "paste": "M9 5 L6 5 L6 21 L18 21 L18 5 L15 5 M9 3 L15 3 L15 7 L9 7 Z",
    "redo": "M15 4 L20 9 L15 14 M20 9 L9 9 C5.5 9 4 11.5 4 14 C4 17 6 19 9 19 L13 19",
    "repair": "M12 3 L14 9.5 L20.5 12 L14 14.5 L12 21 L10 14.5 L3.5 12 L10 9.5 Z",
    "save": "M4 4 L16 4 L20 8 L20 20 L4 20 Z M8 4 L8 9 L15 9 L15 4 M8 20 L8 14 L16 14 L16 20",
    "search": "O10.5 10.5 6.5 M15.5 15.5 L20.5 20.5",
    "star": "M12 3.5 L14.7 9 L20.8 9.9 L16.4 14.2 L17.4 20.3 L12 17.4 L6.6 20.3 L7.6 14.2 "
    "L3.2 9.9 L9.3 9 Z",
    "stop": "M6 6 L18 6 L18 18 L6 18 Z",
    "theme": "M20 14 C15 16 9 11 11 4 C6.5 4.8 4 8.5 4 12.3 C4 17 7.8 20.5 12.2 20.5 "
    "C16 20.5 19 18 20 14 Z",
    "train": "M7 4.5 L19 12 L7 19.5 Z",
    "undo": "M9 4 L4 9 L9 14 M4 9 L15 9 C18.5 9 20 11.5 20 14 C20 17 18 19 15 19 L11 19",
    "warning": "M12 4 L21.5 20 L2.5 20 Z M12 10 L12 14.5 M12 17.2 L12 17.4",
    "zoom-in": "O10.5 10.5 6.5 M15.5 15.5 L20.5 20.5 M10.5 8 L10.5 13 M8 10.5 L13 10.5",
    "zoom-out": "O10.5 10.5 6.5 M15.5 15.5 L20.5 20.5 M8 10.5 L13 10.5",
}
ACTION_ICONS = tuple(_ACTIONS)


def _polygon(*points: tuple[float, float]) -> QPainterPath:
    path = QPainterPath()
    path.addPolygon(QPolygonF([QPointF(x, y) for x, y in points]))
    path.closeSubpath()
    return _FINE.map(path)


def _box(x: float, y: float, width: float, height: float, radius: float = 0.06) -> QPainterPath:
    path = QPainterPath()
    path.addRoundedRect(QRectF(x, y, width, height), radius, radius)
    return _FINE.map(path)


def _disc(x: float, y: float, radius: float) -> QPainterPath:
    path = QPainterPath()
    path.addEllipse(QPointF(x, y), radius, radius)
    return _FINE.map(path)


def _union(*parts: QPainterPath) -> QPainterPath:
    path = QPainterPath()
    for part in parts:
        path = path.united(part)
    return path


def _convolution() -> QPainterPath:
    """Return a picture frame with the small window that slides over it."""
    frame = _box(0.02, 0.02, 0.96, 0.96, 0.14) - _box(0.16, 0.16, 0.68, 0.68, 0.04)
    return _union(frame, _box(0.28, 0.28, 0.32, 0.32, 0.04))


def _merge() -> QPainterPath:
    """Return two ways that become one."""
    upper = _polygon((0.0, 0.02), (0.24, 0.02), (0.6, 0.4), (1.0, 0.4), (1.0, 0.5), (0.48, 0.5))
    lower = _polygon((0.0, 0.98), (0.24, 0.98), (0.6, 0.6), (1.0, 0.6), (1.0, 0.5), (0.48, 0.5))
    return _union(upper, lower)


def _regularisation() -> QPainterPath:
    """Return a grid of units of which some are missing."""
    kept = ((0.18, 0.18), (0.82, 0.18), (0.5, 0.5), (0.18, 0.82), (0.82, 0.82))
    return _union(*(_disc(x, y, 0.17) for x, y in kept))


def _normalisation() -> QPainterPath:
    """Return a bell curve on its axis."""
    path = QPainterPath(QPointF(0.0, 0.86))
    path.cubicTo(0.32, 0.86, 0.28, 0.06, 0.5, 0.06)
    path.cubicTo(0.72, 0.06, 0.68, 0.86, 1.0, 0.86)
    path.lineTo(1.0, 1.0)
    path.lineTo(0.0, 1.0)
    path.closeSubpath()
    return _FINE.map(path)


def _activation() -> QPainterPath:
    """Return the ramp: nothing, then rising."""
    return _polygon((0.0, 0.74), (0.42, 0.74), (0.84, 0.06), (1.0, 0.16), (0.52, 0.94), (0.0, 0.94))


def _recurrent() -> QPainterPath:
    """Return a ring that is open at one corner and ends in an arrow head."""
    ring = _disc(0.48, 0.54, 0.44) - _disc(0.48, 0.54, 0.25) - _box(0.48, 0.0, 0.52, 0.5, 0.0)
    return _union(ring, _polygon((0.46, 0.0), (0.84, 0.2), (0.46, 0.44)))


def _attention() -> QPainterPath:
    """Return an eye."""
    path = QPainterPath(QPointF(0.0, 0.5))
    path.cubicTo(0.25, 0.04, 0.75, 0.04, 1.0, 0.5)
    path.cubicTo(0.75, 0.96, 0.25, 0.96, 0.0, 0.5)
    return _union(_FINE.map(path) - _disc(0.5, 0.5, 0.25), _disc(0.5, 0.5, 0.13))


def _augmentation() -> QPainterPath:
    """Return a star of four points."""
    path = QPainterPath(QPointF(0.5, 0.0))
    for x, y in ((1.0, 0.5), (0.5, 1.0), (0.0, 0.5), (0.5, 0.0)):
        path.quadTo(0.5, 0.5, x, y)
    return _union(_FINE.map(path), _disc(0.5, 0.5, 0.16))


def _unknown() -> QPainterPath:
    """Return the four corners of a box that isn't there."""
    box = _box(0.04, 0.04, 0.92, 0.92, 0.1) - _box(0.2, 0.2, 0.6, 0.6, 0.02)
    return box - _box(0.36, -0.1, 0.28, 1.2, 0.0) - _box(-0.1, 0.36, 1.2, 0.28, 0.0)


_FAMILIES: dict[str, Callable[[], QPainterPath]] = {
    "input": lambda: _polygon((0.04, 0.1), (0.56, 0.1), (1.0, 0.5), (0.56, 0.9), (0.04, 0.9)),
    "convolution": _convolution,
    "pooling": lambda: _polygon((0.0, 0.1), (1.0, 0.1), (0.66, 0.9), (0.34, 0.9)),
    "core": lambda: _disc(0.5, 0.5, 0.48),
    "merge": _merge,
    "regularisation": _regularisation,
    "normalisation": _normalisation,
    "activation": _activation,
    "reshape": lambda: _polygon((0.3, 0.14), (1.0, 0.14), (0.7, 0.86), (0.0, 0.86)),
    "recurrent": _recurrent,
    "attention": _attention,
    "augmentation": _augmentation,
    "backbone": lambda: _union(
        _box(0.14, 0.02, 0.72, 0.25), _box(0.02, 0.375, 0.96, 0.25), _box(0.14, 0.73, 0.72, 0.25)
    ),
    "unknown": _unknown,
}
FAMILY_SHAPES = tuple(_FAMILIES)


@cache
def family_path(family: str) -> QPainterPath:
    """Return the shape of a family in the unit square, to be filled.

    The path is shared: transform a copy, don't change it. An unknown family has the shape of
    unknown.
    """
    shrink, _ = _FINE.inverted()
    return shrink.map(_FAMILIES.get(family, _unknown)())


@cache
def action_path(name: str) -> QPainterPath:
    """Return the line drawing of an action in a square of 24 units, to be stroked 2 wide.

    Raises:
        KeyError: there is no such icon; `ACTION_ICONS` lists them.
    """
    path = QPainterPath()
    for letter, numbers in _commands(_ACTIONS[name]):
        match letter, numbers:
            case "M", (x, y):
                path.moveTo(x, y)
            case "L", (x, y):
                path.lineTo(x, y)
            case "C", (ax, ay, bx, by, x, y):
                path.cubicTo(ax, ay, bx, by, x, y)
            case "O", (x, y, radius):
                path.addEllipse(QPointF(x, y), radius, radius)
            case _:
                path.closeSubpath()
    return path


def family_icon(family: str, theme: Theme) -> QIcon:
    """Return a family's shape in its colour."""
    path, colour = family_path(family), QColor(theme.family(family))

    def paint(painter: QPainter, size: float) -> None:
        side = size * 0.7  # room around it, so that it weighs as much as the text beside it
        margin = (size - side) / 2
        place = QTransform.fromTranslate(margin, margin).scale(side, side)
        painter.fillPath(place.map(path), colour)

    icon = QIcon()
    for mode in (QIcon.Mode.Normal, QIcon.Mode.Selected):  # else Qt tints it in a chosen row
        _add_pixmaps(icon, mode, paint)
    return icon


def action_icon(name: str, theme: Theme, colour: str = "") -> QIcon:
    """Return an action's line drawing in the muted colour, or in the one given.

    Raises:
        KeyError: there is no such icon; `ACTION_ICONS` lists them.
    """
    path = action_path(name)
    icon = QIcon()
    modes = (
        (QIcon.Mode.Normal, colour or theme.muted),
        (QIcon.Mode.Active, colour or theme.text),
        (QIcon.Mode.Disabled, theme.disabled),
    )
    for mode, ink in modes:
        pen = QPen(QColor(ink), _LINE)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)

        def paint(painter: QPainter, size: float, pen: QPen = pen) -> None:
            painter.scale(size / _BOX, size / _BOX)
            painter.strokePath(path, pen)

        _add_pixmaps(icon, mode, paint)
    return icon


def app_icon() -> QIcon:
    """Return the program's own icon, sharp at each size."""
    return QIcon(str(RESOURCES / "icons" / "layerloom.svg"))


def _commands(text: str) -> Iterator[tuple[str, tuple[float, ...]]]:
    for letter, body in re.findall(r"([A-Z])([^A-Z]*)", text):
        yield letter, tuple(float(word) for word in body.split())


def _add_pixmaps(icon: QIcon, mode: QIcon.Mode, paint: Callable[[QPainter, float], None]) -> None:
    for size in _SIZES:
        pixmap = QPixmap(size, size)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint(painter, size)
        painter.end()
        icon.addPixmap(pixmap, mode)
