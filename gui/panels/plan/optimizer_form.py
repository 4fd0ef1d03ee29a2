"""The optimizer and its settings: the learning rate in sight, the rest folded away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from graph import objects
from graph.params import Named
from gui.panels.plan.rate_form import RateArea, RateEditor, rate_editor
from gui.parts.combo import Combo
from gui.parts.editors import PLAN_WIDTH
from gui.parts.form import FormGrid
from gui.parts.settings_form import SettingsForm, withhold_others
from gui.parts.widgets import link_button
from gui.theme import TINY

if TYPE_CHECKING:
    from graph.schedules import Floats
    from gui.theme import Theme

_ROLE = "optimizer"
_SHOWN = ("learning_rate", "momentum", "beta_1", "beta_2")


class OptimizerForm(QWidget):
    """Name and settings of an optimizer.

    Signals:
        edited(str, Named): a person set this setting (empty: the name), and it is this now.
        rate_wanted(): a person wants to find a learning rate.
    """

    edited = Signal(str, object)
    rate_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._named = Named("")
        self._steps = 0
        self.box = Combo()
        self.box.setObjectName("plan.optimizer")
        self.box.setAccessibleName(self.tr("Optimizer"))
        for name in objects.offered(_ROLE):
            self.box.addItem(name, name)
        withhold_others(self.box, _ROLE)
        self.box.activated.connect(lambda _n: self.edited.emit("", Named(self.box.currentText())))
        head = FormGrid(width=PLAN_WIDTH, buttons=False)
        head.add("optimizer", self.tr("How the weights are changed after each batch."), self.box)
        self.form = SettingsForm(_ROLE, "plan.optimizer", _SHOWN, rate_editor)
        self.form.edited.connect(self.edited)
        find = link_button(self.tr("Find a learning rate"), "plan.find_rate")
        find.setToolTip(self.tr("Tries rates on a new model, and shows where the loss falls"))
        find.clicked.connect(self.rate_wanted)
        head.addWidget(find, head.rowCount(), 1, Qt.AlignmentFlag.AlignLeft)
        self.rate = RateArea()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(TINY)
        column.addLayout(head)
        column.addWidget(self.form)
        column.addWidget(self.rate)

    def set_theme(self, theme: Theme) -> None:
        """Paint the learning rate in these colours."""
        self.rate.curve.set_theme(theme)

    def show_optimizer(self, named: Named, rates: tuple[Floats, Floats] | None, steps: int) -> None:
        """Show an optimizer with its settings; leave the field that a person is typing in.

        `rates`: the steps of the plan and their learning rates; `steps`: how many there are.
        """
        is_new = named.name != self._named.name
        self._named, self._steps = named, steps
        with QSignalBlocker(self.box):
            self.box.setCurrentIndex(self.box.findText(named.name))
        self.form.show_object(named)
        if is_new:
            self._take_rate()
        self.rate.show_rates(rates)

    def _take_rate(self) -> None:
        editor = self.form.parts.get("learning_rate")
        if not isinstance(editor, RateEditor):
            self.rate.take(None)
            return
        self.rate.take(editor)
        editor.schedule_wanted.connect(lambda name: editor.set_schedule(name, self._steps))
