"""The list of keyboard shortcuts: those of the menus, and those of the canvas."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QLabel,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from gui.theme import HUGE, LARGE, SMALL

if TYPE_CHECKING:
    from collections.abc import Iterable

ON_THE_CANVAS = (
    ("Add a layer under the pointer", "Space, or any letter"),
    ("Connect", "Drag from port to port, or click one and then the other"),
    ("Connect by keys", "C, Tab to the other node, Enter"),
    ("Rename", "F2, Enter or double click"),
    ("Remove and close the gap", "Ctrl+Del"),
    ("Insert into a wire", "Drop a layer on it"),
    ("Go from node to node", "Tab, Shift+Tab"),
    ("Move the selection", "Arrow keys"),
    ("Move the view", "Middle button, or Space and drag"),
    ("Zoom", "Wheel, + and -"),
    ("Break off", "Esc"),
)


class ShortcutsDialog(QDialog):
    """Shows pairs of what is done and the keys that do it."""

    def __init__(self, menus: Iterable[tuple[str, str]], parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("shortcuts")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Keyboard shortcuts"))
        table = QWidget()
        grid = QGridLayout(table)
        grid.setContentsMargins(0, 0, SMALL, 0)
        grid.setHorizontalSpacing(HUGE)
        grid.setVerticalSpacing(SMALL)
        self._add(grid, self.tr("On the canvas"), ON_THE_CANVAS)
        self._add(grid, self.tr("Menus"), menus)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setWidget(table)
        close = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        close.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(LARGE, LARGE, LARGE, LARGE)
        column.setSpacing(LARGE)
        column.addWidget(area, 1)
        column.addWidget(close)
        self.resize(560, 620)

    def _add(self, grid: QGridLayout, title: str, rows: Iterable[tuple[str, str]]) -> None:
        heading = QLabel(title)
        heading.setProperty("role", "heading")
        grid.addWidget(heading, grid.rowCount(), 0, 1, 2)
        for what, keys in rows:
            at = grid.rowCount()
            grid.addWidget(QLabel(self.tr(what)), at, 0)
            how = QLabel(self.tr(keys))
            how.setProperty("role", "code")
            how.setWordWrap(True)
            grid.addWidget(how, at, 1)
        grid.setColumnStretch(1, 1)
