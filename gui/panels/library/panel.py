"""The library: every layer type by family, with a search; drag one out or press Enter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QAction, QColor, QFont, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from graph import registry
from gui.icons import action_icon, family_icon
from gui.panels.library.drag import LayerDrag
from gui.parts.editors import plain_doc
from gui.parts.widgets import label
from gui.theme import SMALL, SMALL_SIZE, TINY, text_font

if TYPE_CHECKING:
    from graph.spec import LayerSpec
    from gui.document import Document
    from gui.theme import Theme

_KIND = Qt.ItemDataRole.UserRole
_SEARCHED = Qt.ItemDataRole.UserRole + 1
_FAMILY = Qt.ItemDataRole.UserRole + 2


def searched_text(spec: LayerSpec) -> str:
    """Return the text in which a search looks for a layer type, in small letters."""
    names = " ".join((spec.name, *spec.was))
    return f"{names} {spec.words} {registry.FAMILIES[spec.family]} {spec.stem}".lower()


class LayerList(QListWidget):
    """The list of layer types: headings that can't be chosen, and types that can be dragged."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        self._pressed: QPoint | None = None
        self._drag: LayerDrag | None = None
        self.setDragDropMode(QAbstractItemView.DragDropMode.NoDragDrop)
        self.setIconSize(QSize(14, 14))  # leaves the longest names room in a dock of 200 pixels
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)  # names differ at both ends

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the layer under the pointer, and remember where a drag may begin."""
        super().mousePressEvent(event)
        left = event.button() is Qt.MouseButton.LeftButton
        on_item = self.itemAt(event.position().toPoint()) is not None
        self._pressed = event.position().toPoint() if left and on_item else None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag the chosen layer along, once the pointer has gone far enough."""
        if self._drag is None and self._pressed is not None:
            way = event.position().toPoint() - self._pressed
            item = self.currentItem()
            spec = registry.find(item.data(_KIND) or "") if item is not None else None
            if way.manhattanLength() >= QApplication.startDragDistance() and spec is not None:
                self._drag = LayerDrag(spec, self.theme, self)
                self.setFocus(Qt.FocusReason.MouseFocusReason)
        if self._drag is not None:
            self._drag.move(event.globalPosition().toPoint())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Drop what is dragged."""
        self._pressed = None
        drag, self._drag = self._drag, None
        if drag is not None:
            drag.drop(event.globalPosition().toPoint())
        super().mouseReleaseEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Give a drag up by Esc."""
        if self._drag is not None and event.key() == Qt.Key.Key_Escape:
            self._drag.cancel()
            self._drag = self._pressed = None
            return
        super().keyPressEvent(event)


class LibraryPanel(QWidget):
    """Search field and list of layer types.

    Signals:
        chosen(str): somebody asked for a layer of this kind by Enter or a double click.
    """

    chosen = Signal(str)

    def __init__(self, document: Document, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("library")
        self.document = document
        self._theme = theme
        self.search = QLineEdit(placeholderText=self.tr("Search layers"))
        self.search.setObjectName("library.search")
        self.search.setClearButtonEnabled(True)
        self.search.installEventFilter(self)
        self.search.textChanged.connect(self._on_search_changed)
        self._sign = QAction(self.search)
        self.search.addAction(self._sign, QLineEdit.ActionPosition.LeadingPosition)
        self.list = LayerList(theme)
        self.list.setObjectName("library.list")
        self.list.itemDoubleClicked.connect(self._on_item_chosen)
        self.list.installEventFilter(self)
        self._nothing: QLabel = label("", "muted", wrap=True)
        self._nothing.setObjectName("library.nothing")
        self._nothing.setContentsMargins(SMALL, SMALL, SMALL, SMALL)
        self._nothing.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(TINY, SMALL, 0, 0)
        column.setSpacing(TINY)
        above = QHBoxLayout()
        above.setContentsMargins(0, 0, TINY, 0)
        above.addWidget(self.search)
        column.addLayout(above)
        column.addWidget(self._nothing)
        column.addWidget(self.list, 1)
        self._fill()
        self.set_theme(theme)

    def _fill(self) -> None:
        family = ""
        for spec in registry.all_specs():
            if spec.family != family:
                family = spec.family
                heading = QListWidgetItem(registry.FAMILIES[family], self.list)
                heading.setFlags(Qt.ItemFlag.NoItemFlags)
                heading.setFont(text_font(SMALL_SIZE, QFont.Weight.DemiBold))
                heading.setSizeHint(QSize(0, 28))
                heading.setData(_FAMILY, family)
            item = QListWidgetItem(spec.name, self.list)
            item.setData(_KIND, spec.name)
            item.setData(_SEARCHED, searched_text(spec))
            item.setData(_FAMILY, family)
            item.setSizeHint(QSize(0, 28))
            item.setToolTip(f"{spec.name}\n{plain_doc(spec.summary)}")

    def set_theme(self, theme: Theme) -> None:
        """Show everything in a theme's colours."""
        self._theme = self.list.theme = theme
        self._sign.setIcon(action_icon("search", theme))
        for item in self._items():
            if item.data(_KIND) is None:
                item.setForeground(QColor(theme.muted))
            else:
                item.setIcon(family_icon(item.data(_FAMILY), theme))

    def _items(self) -> list[QListWidgetItem]:
        return [self.list.item(row) for row in range(self.list.count())]

    def _shown(self) -> list[QListWidgetItem]:
        return [item for item in self._items() if item.data(_KIND) and not item.isHidden()]

    def _on_search_changed(self, text: str) -> None:
        words = text.lower().split()
        families = set()
        for item in self._items():
            if item.data(_KIND) is None:
                continue
            found = all(word in item.data(_SEARCHED) for word in words)
            item.setHidden(not found)
            if found:
                families.add(item.data(_FAMILY))
        for item in self._items():
            if item.data(_KIND) is None:
                item.setHidden(item.data(_FAMILY) not in families)
        self._nothing.setVisible(not families)
        self._nothing.setText(self.tr("No layer is called “{0}”.").format(text.strip()))
        self.list.setVisible(bool(families))
        self._select_best(text.strip().lower())

    def _select_best(self, text: str) -> None:
        """Choose the layer that Enter will add: one whose name begins with the text, if any."""
        shown = self._shown()
        if not text or not shown:
            self.list.setCurrentRow(-1)
            return
        exact = [item for item in shown if item.text().lower() == text]
        begins = [item for item in shown if item.text().lower().startswith(text)]
        self.list.setCurrentItem((exact or begins or shown)[0])

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let arrow keys and Enter work from the search field, and Enter in the list."""
        if event.type() is not QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return super().eventFilter(watched, event)
        key = event.key()
        if key in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self._on_item_chosen(self.list.currentItem())
            return True
        if watched is self.search:
            if key in {Qt.Key.Key_Down, Qt.Key.Key_Up}:
                self._walk(1 if key == Qt.Key.Key_Down else -1)
                return True
            if key == Qt.Key.Key_Escape and self.search.text():
                self.search.clear()
                return True
        return super().eventFilter(watched, event)

    def _walk(self, step: int) -> None:
        shown = self._shown()
        if not shown:
            return
        current = self.list.currentItem()
        at = shown.index(current) + step if current in shown else 0
        self.list.setCurrentItem(shown[max(0, min(at, len(shown) - 1))])

    def _on_item_chosen(self, item: QListWidgetItem | None) -> None:
        if item is not None and item.data(_KIND) is not None and not item.isHidden():
            self.chosen.emit(item.data(_KIND))
