"""A gallery of samples: pictures or numbers, with what was true and what the model says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from gui.theme import SMALL, TINY, code_font, text_font

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QImage, QResizeEvent

    from gui.theme import Theme

Index = QModelIndex | QPersistentModelIndex
SIDE = 48  # pixels of a picture
_LINE = 16
_LEAST = 146  # pixels: a picture and some words
_NUMBERS_WIDTH = 112  # of a sample that is no picture
_TILE = Qt.ItemDataRole.UserRole


class Line(NamedTuple):
    """A line beside a sample's picture, in a colour of the theme; `code`: it is a figure."""

    text: str
    colour: str = "text"
    code: bool = False


class Tile(NamedTuple):
    """A sample: its number, its pictures or else its numbers, lines beside it, a tool tip."""

    sample: int
    pictures: tuple[QImage, ...] = ()
    numbers: str = ""
    lines: tuple[Line, ...] = ()
    tip: str = ""


class Tiles(QAbstractListModel):
    """The samples that are there so far.

    Signals:
        wanted_more(): a person has scrolled to the end of what is there.
    """

    wanted_more = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.tiles: list[Tile] = []
        self.total = 0

    def show_tiles(self, tiles: Sequence[Tile], total: int) -> None:
        """Show these and nothing else; there are `total` in all."""
        self.beginResetModel()
        self.tiles, self.total = list(tiles), total
        self.endResetModel()

    def add(self, tiles: Sequence[Tile]) -> None:
        """Add samples at the end."""
        if tiles:
            first = len(self.tiles)
            self.beginInsertRows(QModelIndex(), first, first + len(tiles) - 1)
            self.tiles += tiles
            self.endInsertRows()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        """Return the number of samples."""
        return 0 if parent.isValid() else len(self.tiles)

    def canFetchMore(self, parent: Index) -> bool:
        """Say whether there are more samples than are here."""
        return not parent.isValid() and 0 < len(self.tiles) < self.total

    def fetchMore(self, _parent: Index) -> None:
        """Ask for more of them."""
        self.wanted_more.emit()

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: ANN401 - Qt's own signature
        """Return the sample, its tool tip, or its words for a screen reader."""
        tile = self.tiles[index.row()]
        if role == _TILE:
            return tile
        if role == Qt.ItemDataRole.ToolTipRole:
            return tile.tip
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return tile.tip
        return None


class _Painter(QStyledItemDelegate):
    """Paints a sample: its pictures at the left, its lines beside them."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.theme = theme
        self._text, self._code = text_font(11), code_font(11)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint one."""
        tile: Tile = index.data(_TILE)
        state: QStyle.StateFlag = option.state
        place: QRect = option.rect
        painter.save()
        chosen = bool(state & QStyle.StateFlag.State_Selected)
        if chosen or state & QStyle.StateFlag.State_MouseOver:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(self.theme.selection if chosen else self.theme.raised))
            painter.drawRoundedRect(place.adjusted(0, 0, -2, -2), 4, 4)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        left = place.left() + 2
        for image in tile.pictures:
            self._paint_picture(painter, QRectF(left, place.top() + 2, SIDE, SIDE), image)
            left += SIDE + TINY
        if not tile.pictures:
            left = self._paint_numbers(painter, place, tile.numbers)
        top = place.top() + 2
        room = place.right() - left - TINY
        for line in tile.lines:
            font = self._code if line.code else self._text
            painter.setFont(font)
            painter.setPen(QColor(getattr(self.theme, line.colour)))
            text = QFontMetrics(font).elidedText(line.text, Qt.TextElideMode.ElideRight, room)
            at = QRect(left + 2, top, room, _LINE)
            painter.drawText(at, int(Qt.AlignmentFlag.AlignVCenter), text)
            top += _LINE
        painter.restore()

    def _paint_picture(self, painter: QPainter, place: QRectF, image: QImage) -> None:
        """Paint a picture as large as there is room, its sides as they are."""
        size = QSize(image.size())
        size.scale(SIDE, SIDE, Qt.AspectRatioMode.KeepAspectRatio)
        x = place.left() + (SIDE - size.width()) / 2
        y = place.top() + (SIDE - size.height()) / 2
        inner = QRectF(x, y, size.width(), size.height())
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, image.width() > SIDE)
        painter.drawImage(inner, image)
        painter.setPen(QPen(QColor(self.theme.border), 0))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(inner)

    def _paint_numbers(self, painter: QPainter, place: QRect, numbers: str) -> int:
        painter.setFont(self._code)
        painter.setPen(QColor(self.theme.text))
        at = QRect(place.left() + 4, place.top() + 2, _NUMBERS_WIDTH, SIDE)
        flags = Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignTop
        painter.drawText(at, int(flags), numbers)
        return place.left() + _NUMBERS_WIDTH + SMALL

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        """Return the size of the view's grid."""
        view = self.parent()
        return view.gridSize() if isinstance(view, QListView) else QSize(SIDE, SIDE)


class Gallery(QListView):
    """Shows samples in rows; arrow keys go from one to the next.

    Signals:
        chosen(Tile): a person has chosen this sample.
    """

    chosen = Signal(object)

    def __init__(self, theme: Theme, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.tiles = Tiles(self)
        self.setModel(self.tiles)
        self._painter = _Painter(theme, self)
        self.setItemDelegate(self._painter)
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setMovement(QListView.Movement.Static)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.set_words(120)
        self.selectionModel().currentChanged.connect(self._on_current_changed)

    def set_words(self, width: int, pictures: int = 1) -> None:
        """Leave so many pixels for the lines beside so many pictures; 0: beside numbers."""
        left = pictures * (SIDE + TINY) if pictures else _NUMBERS_WIDTH + SMALL
        self._words, self._wide = width, left + width + TINY
        self._fit_grid()

    def _fit_grid(self) -> None:
        """Let a sample be as wide as it wants, or as the view: its lines are shortened then."""
        room = self.viewport().width() if self.isVisible() else self._wide
        size = QSize(min(self._wide, room), SIDE + SMALL)
        if size != self.gridSize():
            self.setGridSize(size)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Shorten the lines where there is less room."""
        super().resizeEvent(event)
        self._fit_grid()

    def show_pictures(self, count: int) -> None:
        """Leave room for so many pictures of each sample, or for numbers in place of them."""
        self.set_words(self._words, count)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of another theme."""
        self._painter.theme = theme
        self.viewport().update()

    def minimumSizeHint(self) -> QSize:
        """Return the least size: one sample of one picture."""
        return QSize(_LEAST, SIDE + SMALL)

    def _on_current_changed(self, current: QModelIndex, _before: QModelIndex) -> None:
        if current.isValid():
            self.chosen.emit(self.tiles.tiles[current.row()])
