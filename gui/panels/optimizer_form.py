"""The optimizer and its settings: the learning rate in sight, the rest folded away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from graph import objects
from graph.params import Named
from gui.panels.editors import PLAN_WIDTH, Combo, Editor, editor_for, plain_doc
from gui.panels.inspector_form import FormGrid
from gui.panels.parts import link_button
from gui.theme import TINY

if TYPE_CHECKING:
    from graph.params import Value
    from graph.spec import Param

_ROLE = "optimizer"
_SHOWN = ("learning_rate", "momentum", "beta_1", "beta_2")


def _can_be_chosen(name: str) -> bool:
    """Say whether an optimizer can be made from plain settings, not from other optimizers."""
    return not any(param.required for param in objects.settings_of(_ROLE, name))


class OptimizerForm(QWidget):
    """Name and settings of an optimizer.

    Signals:
        edited(str, Named): a person set this setting (empty: the name), and it is this now.
    """

    edited = Signal(str, object)

    def __init__(self) -> None:
        super().__init__()
        self._named = Named("")
        self._parts: dict[str, Editor] = {}
        self._form: QWidget | None = None
        self._is_unfolded = False
        self.box = Combo()
        self.box.setObjectName("plan.optimizer")
        self.box.setAccessibleName(self.tr("Optimizer"))
        for name in filter(_can_be_chosen, objects.table(_ROLE)):
            self.box.addItem(name, name)
        self.box.activated.connect(lambda _n: self.edited.emit("", Named(self.box.currentText())))
        head = FormGrid(width=PLAN_WIDTH, buttons=False)
        head.add("optimizer", self.tr("How the weights are changed after each batch."), self.box)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(TINY)
        self._column.addLayout(head)

    def show_optimizer(self, named: Named) -> None:
        """Show an optimizer with its settings; leave the field that a person is typing in."""
        if named.name != self._named.name:
            self._make_form(named.name)
        self._named = named
        with QSignalBlocker(self.box):
            self.box.setCurrentIndex(self.box.findText(named.name))
        for param in self._settings(named.name):
            part = self._parts[param.name]
            if not part.is_being_edited:
                value = named.settings.get(param.name, param.default)
                part.show_value(value, default=param.name not in named.settings)

    def _settings(self, name: str) -> tuple[Param, ...]:
        return objects.settings_of(_ROLE, name) if name in objects.table(_ROLE) else ()

    def _make_form(self, name: str) -> None:
        if self._form is not None:
            self._form.setParent(None)  # nobody shall find its fields any more
            self._form.deleteLater()
        self._parts = {}
        settings = self._settings(name)
        main = [param for param in settings if param.name in _SHOWN]
        rest = [param for param in settings if param.name not in _SHOWN]
        self._form = QWidget()
        self._rest = QWidget()
        self._fill(FormGrid(self._rest, PLAN_WIDTH, buttons=False), rest)
        self._more = link_button("", "plan.optimizer.more")
        self._more.clicked.connect(lambda: self._unfold(opened=not self._is_unfolded))
        self._more.setVisible(bool(rest))
        top = FormGrid(width=PLAN_WIDTH, buttons=False)
        self._fill(top, main)
        top.addWidget(self._more, top.rowCount(), 1)
        column = QVBoxLayout(self._form)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(TINY)
        column.addLayout(top)
        column.addWidget(self._rest)
        self._column.addWidget(self._form)
        self._unfold(opened=self._is_unfolded)

    def _fill(self, grid: FormGrid, settings: list[Param]) -> None:
        for param in settings:
            part = editor_for(param, f"plan.optimizer.{param.name}")
            part.field.setObjectName(f"plan.optimizer.{param.name}")
            part.committed.connect(lambda value, key=param.name: self._set(key, value))
            self._parts[param.name] = part
            grid.add(param.name, plain_doc(param.doc), part)

    def _unfold(self, *, opened: bool) -> None:
        self._is_unfolded = opened
        self._rest.setVisible(opened)
        count = sum(name not in _SHOWN for name in self._parts)
        text = self.tr("Fewer settings") if opened else self.tr("More settings ({0})")
        self._more.setText(text.format(count))

    def _set(self, key: str, value: Value) -> None:
        defaults = {param.name: param.default for param in self._settings(self._named.name)}
        settings = {**self._named.settings, key: value}
        kept = {name: part for name, part in settings.items() if part != defaults.get(name)}
        self.edited.emit(key, Named(self._named.name, kept))
