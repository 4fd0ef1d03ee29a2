"""The small form that opens at a chip of the data panel: the settings of one transform."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QMenu, QVBoxLayout, QWidget, QWidgetAction

from graph.params import Named
from graph.transforms import TRANSFORMS
from gui.parts.editors import editor_for
from gui.parts.form import FormGrid
from gui.parts.widgets import label
from gui.theme import MEDIUM, SMALL

if TYPE_CHECKING:
    from graph.params import Value
    from gui.parts.editors import Editor

_NAMES, _WIDTH = 64, 260


class ChipSettings(QMenu):
    """Goes away when a person clicks beside it or presses Esc; what is entered holds at once.

    Signals:
        edited(int, Named): the transform at this place is this now.
    """

    edited = Signal(int, object)

    def __init__(self, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.at, self._named = -1, Named("")
        self.editors: dict[str, Editor] = {}
        self._body: QWidget | None = None
        self._about = label("", "muted", wrap=True)
        self._page = QWidget()
        self._page.setFixedWidth(_WIDTH)
        self._column = QVBoxLayout(self._page)
        self._column.setContentsMargins(MEDIUM, SMALL, MEDIUM, MEDIUM)
        self._column.setSpacing(SMALL)
        self._column.addWidget(self._about)
        action = QWidgetAction(self)
        action.setDefaultWidget(self._page)
        self.addAction(action)

    def open_at(self, at: int, named: Named, chip: QWidget) -> None:
        """Open it below a chip, for the transform at a place."""
        self.at = at
        self._make(named)
        self._show(named)
        self._page.setFixedHeight(self._column.heightForWidth(_WIDTH))
        self.popup(chip.mapToGlobal(QPoint(0, chip.height() + 2)))
        first = next(iter(self.editors.values()), None)
        if first is not None:
            first.setFocus(Qt.FocusReason.PopupFocusReason)

    def follow(self, chosen: tuple[Named, ...]) -> None:
        """Show what the transforms are now; close where the one that was set has gone."""
        if not self.isVisible():
            return
        if self.at >= len(chosen) or chosen[self.at].name != self._named.name:
            self.close()
        else:
            self._show(chosen[self.at])

    def _make(self, named: Named) -> None:
        if self._body is not None:
            self._body.setParent(None)
            self._body.deleteLater()
        entry = TRANSFORMS[named.name]
        self._about.setText(entry.about)
        self._body, self.editors = QWidget(), {}
        grid = FormGrid(self._body, _NAMES, buttons=False)
        for param in entry.params:
            editor = editor_for(param, f"{self.objectName()}.{param.name}")
            editor.committed.connect(lambda value, key=param.name: self._on_part(key, value))
            self.editors[param.name] = editor
            grid.add(param.name, param.doc, editor)
        self._column.addWidget(self._body)
        self._body.setVisible(bool(entry.params))

    def _show(self, named: Named) -> None:
        self._named = named
        entry = TRANSFORMS.get(named.name)
        settings = entry.settings(named.settings) if entry is not None else {}
        for name, editor in self.editors.items():
            if not editor.is_being_edited:
                editor.show_value(settings[name])

    def _on_part(self, key: str, value: Value) -> None:
        self._named = Named(self._named.name, {**self._named.settings, key: value})
        self.edited.emit(self.at, self._named)
