"""The maps of a layer on the screen: a grid to look at, step through and zoom."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from gui.parts.mapsheet import HEAD, INPUT, TILE, Sheet, arrange, pictures_of
from gui.theme import MEDIUM, SMALL

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtCore import QEvent
    from PySide6.QtGui import QHelpEvent, QKeyEvent, QMouseEvent, QPaintEvent, QWheelEvent

    from gui.parts.mapsheet import Array, Colours
    from gui.theme import Theme

_LEAST, _MOST = 24, 320  # pixels of a map


class MapGrid(QWidget):
    """Shows one sample's inputs and maps; a click enlarges a map, Ctrl and the wheel zoom."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("activations.grid")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        self._theme = theme
        self.inputs: list[Array] = []
        self.maps: Array | None = None
        self.one_scale, self.tile = True, TILE
        self.colours: Colours = "grey"
        self._large: int | None = None
        self.sheet = Sheet(QSize())

    def show_maps(self, inputs: Sequence[Array], maps: Array | None) -> None:
        """Show other maps, or none."""
        self.inputs, self.maps = list(inputs), maps
        if maps is None or (self._large or 0) >= len(pictures_of(maps)):
            self._large = None
        self.arrange()

    def set_look(self, *, one_scale: bool | None = None, colours: Colours | None = None) -> None:
        """Change the scale of brightness or the colours."""
        self.one_scale = self.one_scale if one_scale is None else one_scale
        self.colours = colours or self.colours
        self.arrange()

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of another theme."""
        self._theme = theme
        self.update()

    def arrange(self) -> None:
        """Arrange the sheet anew for the present width."""
        if self.maps is None:
            self.sheet = Sheet(QSize())
        else:
            self.sheet = self._arranged(self.maps)
        self.setMinimumHeight(self.sheet.size.height() + SMALL)
        self.update()

    def _arranged(self, maps: Array) -> Sheet:
        if self._large is None or maps.ndim < 2:
            return arrange(
                self.inputs,
                maps,
                width=self.width(),
                tile=self.tile,
                one_scale=self.one_scale,
                colours=self.colours,
            )
        one = pictures_of(maps)[self._large][..., np.newaxis]
        room = self.width() - (INPUT + 2 * MEDIUM if self.inputs else 0)
        parent = self.parentWidget()
        height = (parent.height() if parent is not None else _MOST) - HEAD - SMALL
        side = max(TILE, min(room, int(height * one.shape[1] / max(1, one.shape[0]))))
        sheet = arrange(self.inputs, one, width=self.width(), tile=side, colours=self.colours)
        total = len(pictures_of(maps))
        low, high = sheet.tiles[-1].low, sheet.tiles[-1].high
        text = self.tr("map {0} of {1} · {2:.3g} … {3:.3g}").format(self._large, total, low, high)
        return Sheet(sheet.size, sheet.tiles, [*sheet.words[:-1], (sheet.words[-1][0], text)])

    def enlarge(self, index: int | None) -> None:
        """Show one map alone, or all of them again."""
        self._large = index
        self.arrange()

    def resizeEvent(self, event: Any) -> None:  # noqa: ANN401 - Qt's event
        """Fill the new width."""
        super().resizeEvent(event)
        self.arrange()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the sheet."""
        self.sheet.paint(QPainter(self), self._theme, QRectF(event.rect()))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Enlarge the map under the pointer, or go back to all of them."""
        tile = self.sheet.tile_at(event.position())
        if self._large is not None:
            self.enlarge(None)
        elif tile is not None and tile.index is not None:
            self.enlarge(tile.index)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Step from map to map, go back, zoom."""
        count = len(pictures_of(self.maps)) if self.maps is not None else 0
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        key = Qt.Key(event.key())
        if key in steps and count:
            here = self._large if self._large is not None else -steps[key]
            self.enlarge((here + steps[key]) % count)
        elif key is Qt.Key.Key_Escape and self._large is not None:
            self.enlarge(None)
        elif key in {Qt.Key.Key_Plus, Qt.Key.Key_Minus}:
            self._zoom(1.25 if key is Qt.Key.Key_Plus else 0.8)
        else:
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom with Ctrl; else let the panel scroll."""
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._zoom(1.25 if event.angleDelta().y() > 0 else 0.8)
        else:
            event.ignore()

    def event(self, event: QEvent) -> bool:
        """Say which map lies under the pointer."""
        if event.type() == event.Type.ToolTip:
            return self._tell(event)  # type: ignore[arg-type] # Qt's type says what it is
        return super().event(event)

    def _tell(self, event: QHelpEvent) -> bool:
        tile = self.sheet.tile_at(QPointF(event.pos()))
        if tile is None:
            QToolTip.hideText()
            return True
        name = self.tr("input") if tile.index is None else self.tr("map {0}").format(tile.index)
        words = self.tr("{0}: from {1:.3g} to {2:.3g}").format(name, tile.low, tile.high)
        QToolTip.showText(event.globalPos(), words, self)
        return True

    def _zoom(self, factor: float) -> None:
        self.tile = round(min(_MOST, max(_LEAST, self.tile * factor)))
        self._large = None
        self.arrange()
