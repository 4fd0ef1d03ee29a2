"""The list of layers that opens at the pointer: type a few letters, Enter adds.

For a wire in hand, layers that would refuse its tensor stand last and muted; they can be added all
the same.
"""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QBrush, QColor, QKeyEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from graph import registry
from graph.spec import Calls
from gui.canvas.verdicts import refusal
from gui.icons import family_icon
from gui.theme import SMALL, TINY

if TYPE_CHECKING:
    from graph.shapes import TensorSpec
    from graph.spec import LayerSpec
    from gui.theme import Theme

_WIDTH, _MOST_ROWS = 240, 9
_TIP = 72  # letters in a line of a tool tip
_ROW = 26
_KIND = Qt.ItemDataRole.UserRole


class AddPopup(QFrame):
    """A search field over a list of layer types; it closes when the keyboard goes elsewhere.

    A child of the canvas, not a window: a window manager has no say in where it stands.

    Signals:
        chosen(str): the layer type that was taken.
    """

    chosen = Signal(str)

    def __init__(
        self, parent: QWidget, theme: Theme, carried: TensorSpec | None = None, *, fed: bool = False
    ) -> None:
        super().__init__(parent)
        self._canvas = parent
        self.setObjectName("add_popup")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._theme = theme
        self._carried = carried
        self._specs = [
            spec for spec in registry.all_specs() if not (fed and spec.calls is Calls.SOURCE)
        ]
        self.search = QLineEdit(self)
        self.search.setObjectName("add_popup.search")
        self.search.setPlaceholderText(self.tr("Add a layer"))
        self.search.setAccessibleName(self.tr("Search layers"))
        self.search.installEventFilter(self)
        self.search.textChanged.connect(self._fill)
        self.list = QListWidget(self)
        self.list.setObjectName("add_popup.list")
        self.list.setAccessibleName(self.tr("Layers"))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setUniformItemSizes(True)
        self.list.setIconSize(QSize(16, 16))
        self.list.itemClicked.connect(self._take)
        self.setFixedWidth(_WIDTH)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SMALL, SMALL, SMALL, SMALL)
        layout.setSpacing(TINY)
        layout.addWidget(self.search)
        layout.addWidget(self.list)
        self.setStyleSheet(
            f"AddPopup {{ background: {theme.panel}; border: 1px solid {theme.border};"
            " border-radius: 8px; }"
            f"AddPopup QListWidget {{ background: {theme.panel}; border: none; outline: none; }}"
        )
        self._fill("")

    def open_at(self, place: QPoint, text: str = "") -> None:
        """Show the list at a pixel of the parent, the search field beginning with a text."""
        room = self._canvas.rect().adjusted(TINY, TINY, -TINY, -TINY)
        self.search.setText("")
        self.adjustSize()  # it stays where all layers have room, however few a search leaves
        corner = room.bottomRight() - self.rect().bottomRight()
        self.move(
            max(min(place.x(), corner.x()), room.left()),
            max(min(place.y(), corner.y()), room.top()),
        )
        self.search.setText(text)
        self.show()
        self.raise_()
        self.search.setFocus(Qt.FocusReason.PopupFocusReason)

    def _fill(self, text: str) -> None:
        self.list.clear()
        word = text.strip().lower()
        found = [(rank, spec) for spec in self._specs if (rank := _rank(spec, word)) is not None]
        found = [(rank + (100 if self._refuses(spec) else 0), spec) for rank, spec in found]
        for rank, spec in sorted(found, key=lambda one: one[0]):
            item = QListWidgetItem(family_icon(spec.family, self._theme), spec.name)
            item.setData(_KIND, spec.name)
            item.setToolTip("\n".join(textwrap.wrap(spec.summary, _TIP)))
            item.setSizeHint(QSize(0, _ROW))
            if rank >= 100:
                item.setForeground(QBrush(QColor(self._theme.muted)))
            self.list.addItem(item)
        self.list.setCurrentRow(0)
        rows = min(max(self.list.count(), 1), _MOST_ROWS)
        self.list.setFixedHeight(rows * _ROW + SMALL)
        self.adjustSize()

    def _refuses(self, spec: LayerSpec) -> bool:
        if self._carried is None or spec.calls is not Calls.ONE:
            return False
        return refusal(spec, dict(spec.starter), (self._carried,), spec.name) is not None

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Let the arrow keys and Enter in the search field drive the list; Esc closes it."""
        if event.type() is QEvent.Type.FocusOut:
            self.close()
            return False
        if not isinstance(event, QKeyEvent) or event.type() is not QEvent.Type.KeyPress:
            return False
        steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}
        key = Qt.Key(event.key())
        if key in steps:
            row = self.list.currentRow() + steps[key]
            self.list.setCurrentRow(min(max(row, 0), self.list.count() - 1))
            return True
        if key in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            if (item := self.list.currentItem()) is not None:
                self._take(item)
            return True
        if key is Qt.Key.Key_Escape:
            self._canvas.setFocus(Qt.FocusReason.PopupFocusReason)
            return True
        return False

    def _take(self, item: QListWidgetItem) -> None:
        kind = str(item.data(_KIND))
        self.close()
        self.chosen.emit(kind)


def _rank(spec: LayerSpec, word: str) -> int | None:
    """Return how well a layer fits a search, 0 best; None if not at all."""
    name = spec.name.lower()
    if not word or name.startswith(word):
        return 0
    if word in name or any(word in old.lower() for old in spec.was):
        return 1
    return 2 if word in f"{spec.words} {spec.family} {spec.stem}".lower() else None
