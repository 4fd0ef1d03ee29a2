"""The confusion matrix: arranged and painted by one sheet, on the screen and in files."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from gui.parts.paper import on_paper
from gui.theme import MEDIUM, SMALL, TINY, code_font, text_font

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtCore import QEvent
    from PySide6.QtGui import QFocusEvent, QHelpEvent, QKeyEvent, QMouseEvent, QPaintEvent

    from engine.scores import Array
    from gui.theme import Theme

Cell = tuple[int, int]  # the true label and the predicted one

_WIDEST, _HIGHEST = 64.0, 40.0  # pixels of a cell
_HEAD = 16  # of the predicted labels
_LEAST_FONT = 8  # pixels of figures that can be read
_NAME_LINE = 12  # pixels that a name needs
_NAME_SHARE = 0.34  # of the width that the names take at most
_MOST_CELLS = 40  # classes up to which cells are painted one by one
_LEGEND, _LEGEND_WIDTH = 20, 96
_DEEP = 0.11  # luminance of a full cell at most
_STEPS = {Qt.Key.Key_Left: (0, -1), Qt.Key.Key_Right: (0, 1)} | {
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
}


def shade(theme: Theme, share: float, *, right: bool) -> QColor:
    """Return the colour of a cell: blue for what is right, red for mistakes.

    `share` is that of the row, 0 to 1; its root is taken, so that few mistakes are seen too.
    """
    base, full = QColor(theme.panel), _full(theme.accent if right else theme.error)
    part = 0.0 if share <= 0 else 0.1 + 0.9 * share**0.5
    made = [
        round(low + (high - low) * part)
        for low, high in zip(base.getRgb()[:3], full.getRgb()[:3], strict=True)  # type: ignore[index] # a tuple
    ]
    return QColor(*made)


def ink(colour: QColor) -> QColor:
    """Return black or white, whichever has more contrast with a colour (WCAG 2.2, luminance)."""
    return QColor("#000000") if _luminance(colour) > 0.179 else QColor("#FFFFFF")


def _luminance(colour: QColor) -> float:
    parts = (colour.redF(), colour.greenF(), colour.blueF())
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@cache
def _full(name: str) -> QColor:
    """Return a colour, so deep that the figures on strong cells are white.

    Black is hard to read on a strong blue, whatever its contrast is by the formula.
    """
    colour = QColor(name)
    while _luminance(colour) > _DEEP:
        colour = colour.darker(104)
    return colour


def _width(font: QFont, text: str) -> float:
    return QFontMetricsF(font).horizontalAdvance(text)


def _image(shares: Array, theme: Theme) -> QImage:
    """Return a matrix as a picture of a pixel a cell, in the colours of `shade`."""
    part = np.where(shares > 0, 0.1 + 0.9 * np.sqrt(shares), 0.0)[..., None]
    right = np.eye(len(shares), dtype=bool)[..., None]
    base, good, bad = (
        np.array(colour.getRgb()[:3])  # type: ignore[index] # a tuple
        for colour in (QColor(theme.panel), _full(theme.accent), _full(theme.error))
    )
    full = np.where(right, good, bad)
    bytes_ = np.ascontiguousarray(np.rint(base + (full - base) * part).astype(np.uint8))
    count = len(shares)
    return QImage(bytes_.data, count, count, 3 * count, QImage.Format.Format_RGB888).copy()


@dataclass(frozen=True)
class Sheet:
    """A matrix in a size in pixels; names stand at its left, labels above.

    Attributes:
        matrix: counts (classes, classes), a row for each true label.
        names: of the classes.
        size: that there is.
        shares: whether the cells show percent of their row in place of counts.
    """

    matrix: Array
    names: Sequence[str]
    size: QSize
    shares: bool = False

    @cached_property
    def cells(self) -> QRectF:
        """The place of all cells together."""
        count = max(1, len(self.matrix))
        left = self._name_width()
        legend = _LEGEND if self._has_legend() else 0
        wide = min(_WIDEST, (self.size.width() - left - 1) / count)
        high = min(_HIGHEST, (self.size.height() - _HEAD - legend - 1) / count)
        return QRectF(left, _HEAD, max(1.0, wide * count), max(1.0, high * count))

    def cell_at(self, point: QPointF) -> Cell | None:
        """Return the cell under a point."""
        place, count = self.cells, len(self.matrix)
        if not count or not place.contains(point):
            return None
        row = int((point.y() - place.top()) / place.height() * count)
        column = int((point.x() - place.left()) / place.width() * count)
        return min(row, count - 1), min(column, count - 1)

    def place_of(self, cell: Cell) -> QRectF:
        """Return the place of a cell."""
        place, count = self.cells, len(self.matrix)
        wide, high = place.width() / count, place.height() / count
        return QRectF(place.left() + cell[1] * wide, place.top() + cell[0] * high, wide, high)

    def words(self, cell: Cell) -> str:
        """Return what a cell says, as a sentence."""
        truth, predicted = cell
        count, total = int(self.matrix[cell]), int(self.matrix[truth].sum())
        share = f" ({count / total:.0%})" if total else ""
        samples = f"{count:,} of {total:,} samples{share}"
        if truth == predicted:
            return f"{self.names[truth]} recognised: {samples}"
        return f"{self.names[truth]} taken for {self.names[predicted]}: {samples}"

    def paint(self, painter: QPainter, theme: Theme, current: Cell | None = None) -> None:
        """Paint the matrix; the background is left as it is."""
        if not len(self.matrix):
            return
        totals = np.maximum(self.matrix.sum(axis=1, keepdims=True), 1)
        shares = self.matrix / totals
        self._paint_cells(painter, theme, shares)
        self._paint_names(painter, theme)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(theme.border), 1))
        painter.drawRect(self.cells)
        if current is not None:
            painter.setPen(QPen(QColor(theme.text), 2))
            painter.drawRect(self.place_of(current))
        if self._has_legend():
            self._paint_legend(painter, theme)

    def _paint_cells(self, painter: QPainter, theme: Theme, shares: Array) -> None:
        if len(shares) > _MOST_CELLS:
            painter.drawImage(self.cells, _image(shares, theme))
            return
        one = self.place_of((0, 0))
        most = "100 %" if self.shares else str(int(self.matrix.max()))
        size = min(12, int(one.height()) - 1)
        while size >= _LEAST_FONT and _width(code_font(size), most) + 1 > one.width():
            size -= 1
        fits = size >= _LEAST_FONT
        painter.setFont(code_font(max(size, _LEAST_FONT)))
        for (truth, predicted), count in np.ndenumerate(self.matrix):
            if not count:
                continue
            place = self.place_of((truth, predicted))
            colour = shade(theme, float(shares[truth, predicted]), right=truth == predicted)
            painter.fillRect(place, colour)
            if fits:
                text = f"{100 * shares[truth, predicted]:.0f} %" if self.shares else str(count)
                painter.setPen(ink(colour))
                painter.drawText(place, Qt.AlignmentFlag.AlignCenter, text)

    def _paint_names(self, painter: QPainter, theme: Theme) -> None:
        """Write names and labels, each second or third where there is no room for all."""
        one = self.place_of((0, 0))
        painter.setPen(QColor(theme.muted))
        font = text_font(11)
        painter.setFont(font)
        metrics = QFontMetricsF(font)
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        width = one.left() - TINY
        corner = QRectF(0, 0, width, _HEAD)
        painter.drawText(corner, right, metrics.elidedText("true ╲ pred.", _ELIDE, width))
        every = -(-_NAME_LINE // max(1.0, one.height()))
        for label in range(0, len(self.matrix), int(every)):
            place = self.place_of((label, 0))
            middle = QRectF(0, place.center().y() - 8, width, 16)
            painter.drawText(
                middle, right, metrics.elidedText(self._row_name(label), _ELIDE, width)
            )
        named = self._columns_are_named(one.width())
        if not named:
            painter.setFont(code_font(11))
        letters = 0 if named else len(str(len(self.matrix) - 1))
        every = -(-(7 * letters + 6) // max(1.0, one.width()))
        for label in range(0, len(self.matrix), int(every)):
            place = self.place_of((0, label))
            room = max(32.0, place.width())
            above = QRectF(place.center().x() - room / 2, 0, room, _HEAD)
            text = self.names[label] if named else str(label)
            painter.drawText(above, Qt.AlignmentFlag.AlignCenter, text)

    def _columns_are_named(self, width: float) -> bool:
        """Say whether a column has room for any class's name; its number stands there otherwise."""
        metrics = QFontMetricsF(text_font(11))
        return all(metrics.horizontalAdvance(name) + TINY <= width for name in self.names)

    def _paint_legend(self, painter: QPainter, theme: Theme) -> None:
        """Paint the two scales of colours below the matrix."""
        top = self.cells.bottom() + SMALL
        left = self.cells.left()
        painter.setFont(text_font(11))
        for right, words in ((True, "right"), (False, "mistaken")):
            painter.setPen(QColor(theme.muted))
            painter.drawText(QPointF(left, top + 9), words)
            left += QFontMetricsF(painter.font()).horizontalAdvance(words) + TINY
            for step in range(8):
                part = _LEGEND_WIDTH / 16
                colour = shade(theme, (step + 1) / 8, right=right)
                painter.fillRect(QRectF(left + step * part, top, part, 10), colour)
            left += _LEGEND_WIDTH / 2 + MEDIUM
        scale = "0–100 % of a row"
        if left + QFontMetricsF(painter.font()).horizontalAdvance(scale) <= self.size.width():
            painter.drawText(QPointF(left, top + 9), scale)

    def _has_legend(self) -> bool:
        return self.size.height() >= 220

    def _row_name(self, label: int) -> str:
        name = self.names[label]
        return name if name == str(label) else f"{name} {label}"

    def _name_width(self) -> float:
        metrics = QFontMetricsF(text_font(11))
        names = ["true ╲ pred.", *map(self._row_name, range(len(self.matrix)))]
        widest = max(metrics.horizontalAdvance(name) for name in names) + SMALL
        return float(min(widest, self.size.width() * _NAME_SHARE))


_ELIDE = Qt.TextElideMode.ElideLeft


def matrix_picture(matrix: Array, names: Sequence[str], theme: Theme, scale: float = 2.0) -> QImage:
    """Return a picture of a confusion matrix on the theme's panel colour."""
    count = len(matrix)
    side = 40 if count <= 12 else max(4, 480 // count)
    size = QSize(round(count * side / (1 - _NAME_SHARE)), count * min(side, 36) + _HEAD + _LEGEND)
    size = size.expandedTo(QSize(420, 220))
    sheet = Sheet(matrix, names, size)
    full = QSize(max(420, round(sheet.cells.right()) + 1), round(sheet.cells.bottom()) + _LEGEND)
    return on_paper(full, theme, scale, sheet.paint)


class MatrixView(QWidget):
    """Shows a confusion matrix; a click or the arrow keys choose a cell.

    Signals:
        cell_chosen(int, int): the true label and the predicted one.
    """

    cell_chosen = Signal(int, int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("evaluation.matrix")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(self.tr("Confusion matrix"))
        self.current: Cell | None = None
        self._theme = theme
        self._matrix: Array = np.zeros((0, 0), np.int64)
        self._names: tuple[str, ...] = ()
        self._shares = False

    @property
    def sheet(self) -> Sheet:
        """The matrix as it is painted now."""
        return Sheet(self._matrix, self._names, self.size(), self._shares)

    def show_matrix(self, matrix: Array, names: Sequence[str]) -> None:
        """Show another matrix; no cell is chosen."""
        self._matrix, self._names, self.current = matrix, tuple(names), None
        self.update()

    def show_shares(self, *, shares: bool) -> None:
        """Show percent of each row, or counts."""
        self._shares = shares
        self.update()

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of another theme."""
        self._theme = theme
        self.update()

    def choose(self, cell: Cell) -> None:
        """Choose a cell."""
        self.current = cell
        self.setAccessibleDescription(self.sheet.words(cell))
        self.update()
        self.cell_chosen.emit(*cell)

    def sizeHint(self) -> QSize:
        """Return a size in which ten classes can be read."""
        return QSize(320, 220)

    def minimumSizeHint(self) -> QSize:
        """Return the least size: colours without figures."""
        return QSize(140, 110)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the matrix."""
        painter = QPainter(self)
        self.sheet.paint(painter, self._theme, self.current)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the cell under the pointer."""
        cell = self.sheet.cell_at(event.position())
        if cell is not None and event.button() is Qt.MouseButton.LeftButton:
            self.choose(cell)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go to the next cell."""
        key = Qt.Key(event.key())
        if key not in _STEPS or not len(self._matrix):
            super().keyPressEvent(event)
            return
        last = len(self._matrix) - 1
        here = self.current or (0, 0)
        row, column = (
            min(last, max(0, at + step)) for at, step in zip(here, _STEPS[key], strict=True)
        )
        self.choose((row, column) if self.current is not None else here)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show where the keys begin."""
        super().focusInEvent(event)
        self.update()

    def event(self, event: QEvent) -> bool:
        """Say what the cell under the pointer holds."""
        if event.type() == event.Type.ToolTip:
            return self._tell(event)  # type: ignore[arg-type] # Qt's type says what it is
        return super().event(event)

    def _tell(self, event: QHelpEvent) -> bool:
        point: QPoint = event.pos()
        cell = self.sheet.cell_at(QPointF(point))
        if cell is None:
            QToolTip.hideText()
        else:
            QToolTip.showText(event.globalPos(), self.sheet.words(cell), self)
        return True
