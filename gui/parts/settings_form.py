"""The settings of an object that Keras builds by name, each with a field: a form for all roles."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QSignalBlocker, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from graph import objects
from graph.params import Named, Unset
from gui.parts.combo import Combo
from gui.parts.editors import PLAN_WIDTH, ComboEditor, Editor, editor_for, plain_doc
from gui.parts.form import FormGrid
from gui.parts.widgets import link_button
from gui.theme import TINY

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from graph.params import Value
    from graph.spec import Param

    Maker = Callable[[Param, str], Editor | None]


def withhold_others(box: QWidget, role: str) -> None:
    """List what Keras has of a role and a drawing can't have, with the reasons as tool tips."""
    text = QCoreApplication.translate("SettingsForm", "{0} (not offered)")
    for name, why in objects.NOT_OFFERED.get(role, {}).items():
        if isinstance(box, Combo):
            box.withhold(text.format(name), name, f"{name} {why}.")


class MonitorEditor(ComboEditor):
    """The value that a callback watches: one of those that the training records."""

    def set_options(self, names: Sequence[str]) -> None:
        """Offer these values; another one that is set stays, and is shown."""
        shown = [self._combo.itemText(at) for at in range(self._combo.count())]
        if shown == list(names):
            return
        with QSignalBlocker(self._combo):
            self._combo.clear()
            for name in names:
                self._combo.addItem(name, name)
        self._show(str(self.value or ""), several=False)


class SettingsForm(QWidget):
    """A field for each setting of an object: the main ones in sight, the rest folded away.

    `title`, if it is set before an object is shown, stands at the left of the link that unfolds.

    Args:
        role: the object's role in `graph.objects`.
        name: what the fields' objectNames begin with.
        shown: the settings in sight.
        maker: makes the editor of a setting where the usual one doesn't do (it returns None for
            all others).

    Signals:
        edited(str, Named): a person set this setting, and the object is this now.
    """

    edited = Signal(str, object)

    def __init__(
        self, role: str, name: str, shown: Sequence[str] = (), maker: Maker | None = None
    ) -> None:
        super().__init__()
        self._role, self._name, self._shown, self._maker = role, name, tuple(shown), maker
        self._named = Named("")
        self._body: QWidget | None = None
        self._folded: list[Param] = []
        self._is_unfolded = False
        self.title = ""
        self.parts: dict[str, Editor] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self.hide()

    def show_object(self, named: Named | None) -> None:
        """Show an object's settings, or none; leave the field that a person is typing in."""
        named = named or Named("")
        if named.name != self._named.name:
            self._make(named.name)
        self._named = named
        self._show_values()

    def _show_values(self) -> None:
        for param in self._settings():
            part = self.parts.get(param.name)
            if part is not None and not part.is_being_edited:
                value = self._named.settings.get(param.name, param.default)
                part.show_value(value, default=param.name not in self._named.settings)

    def _settings(self) -> list[Param]:
        name = self._named.name
        if name not in objects.table(self._role):
            return []
        found = objects.settings_of(self._role, name)
        return [param for param in found if not isinstance(param.kind, Unset)]

    def _make(self, name: str) -> None:
        if self._body is not None:
            self._body.setParent(None)  # nobody shall find its fields any more
            self._body.deleteLater()
            self._body = None
        self.parts = {}
        self._named = Named(name)
        settings = self._settings()
        self.setVisible(bool(settings))
        if not settings:
            return
        needed = {*self._shown, *(param.name for param in settings if param.required)}
        main = [param for param in settings if param.name in needed]
        rest = [param for param in settings if param.name not in needed]
        self._body, self._rest, self._folded = QWidget(), QWidget(), rest
        self._more = link_button("", f"{self._name}.more")
        self._more.clicked.connect(lambda: self.unfold(opened=not self._is_unfolded))
        top = FormGrid(width=PLAN_WIDTH, buttons=False)
        self._fill(top, main)
        if self.title:
            top.add(self.title, "", self._more)
        else:
            top.addWidget(self._more, top.rowCount(), 1)
        column = QVBoxLayout(self._body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(TINY)
        column.addLayout(top)
        column.addWidget(self._rest)
        self._column.addWidget(self._body)
        self._more.setVisible(bool(rest))  # not before: without a parent it would be a window
        self.unfold(opened=self._is_unfolded)

    def _fill(self, grid: FormGrid, settings: Sequence[Param]) -> None:
        for param in settings:
            name = f"{self._name}.{param.name}"
            part = self._maker(param, name) if self._maker is not None else None
            part = part or editor_for(param, name)
            part.field.setObjectName(name)
            part.committed.connect(lambda value, key=param.name: self._set(key, value))
            self.parts[param.name] = part
            grid.add(param.name, plain_doc(param.doc), part)

    def unfold(self, *, opened: bool) -> None:
        """Show or hide the settings that are seldom set."""
        self._is_unfolded = opened
        if self._body is None:
            return
        if opened and self._rest.layout() is None:  # fields cost time: made when they are wanted
            self._fill(FormGrid(self._rest, PLAN_WIDTH, buttons=False), self._folded)
            self._show_values()
        self._rest.setVisible(opened)
        text = self.tr("Fewer settings") if opened else self.tr("More settings ({0})")
        self._more.setText(text.format(len(self._folded)))

    def _set(self, key: str, value: Value) -> None:
        known = {param.name: param for param in self._settings()}
        settings = {**self._named.settings, key: value}
        kept = {
            name: part
            for name, part in settings.items()
            if name not in known or known[name].required or part != known[name].default
        }
        self.edited.emit(key, Named(self._named.name, kept))
