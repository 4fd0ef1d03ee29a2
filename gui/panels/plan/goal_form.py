"""Loss and metrics of one output, with their settings, and its share in the total loss."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QToolButton, QVBoxLayout, QWidget

from graph import objects
from graph.datavalues import LABEL
from graph.goals import has_settings, target_fault
from graph.params import Choice, Float, Named
from graph.project import Goal
from graph.spec import Param
from gui.parts.editors import PLAN_WIDTH, LineEditor, editor_for
from gui.parts.form import FormGrid
from gui.parts.names import Name
from gui.parts.settings_form import SettingsForm, withhold_others
from gui.parts.widgets import ElidedLabel, breakable, icon_button, label
from gui.theme import TINY

if TYPE_CHECKING:
    from graph.columns import Bound
    from graph.params import Value
    from gui.theme import Theme

_AUTO = "auto"
_ANY = "accuracy"


def words_of(role: str) -> tuple[str, ...]:
    """Return what losses or metrics are called in a text, such as mean_squared_error."""
    return tuple(objects.identifier_of(role, Named(name)) for name in objects.offered(role))


def chosen(role: str, word: str) -> str | Named:
    """Return the loss or metric of a name: with what it needs, where its name alone won't do."""
    for name in objects.offered(role):
        if objects.identifier_of(role, Named(name)) == word:
            return objects.plain(role, objects.starter(role, name))
    return word


def _names_in(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))


def _wrong_metrics(text: str) -> str | None:
    """Return what is wrong with names of metrics, with commas between them, or None."""
    known = {_ANY, *words_of("metric")}
    unknown = next((name for name in _names_in(text) if name not in known), None)
    return f"must be names Keras knows, not “{unknown}”" if unknown is not None else None


class GoalForm(QWidget):
    """Loss and metrics of one output.

    Signals:
        edited(str, Goal): a person set this field, and the goal is this now.
    """

    edited = Signal(str, object)

    def __init__(self, key: str, theme: Theme) -> None:
        super().__init__()
        self._key, self._goal = key, Goal()
        self._form_of_target = ""
        self._settings: dict[str, SettingsForm] = {}
        self.title = ElidedLabel("", "heading")
        choice = Param("loss", Choice((_AUTO, *words_of("loss"))), _AUTO, False, "")
        self.loss = editor_for(choice, f"plan.loss.{key}")
        self.loss.field.setObjectName(f"plan.loss.{key}")
        withhold_others(self.loss.field, "loss")
        self.loss.committed.connect(self._on_loss)
        self.hint = label("", "muted", wrap=True)
        self.loss_form = SettingsForm("loss", f"plan.loss.{key}.settings")
        self.loss_form.title = self.tr("its settings")
        self.loss_form.edited.connect(self._on_loss_set)
        self.weight = editor_for(
            Param("loss_weight", Float(), 1.0, False, ""), f"plan.weight.{key}"
        )
        self.weight.field.setObjectName(f"plan.weight.{key}")
        self.weight.committed.connect(lambda value: self._edit("loss weight", weight=float(value)))
        self.metrics = LineEditor(f"plan.metrics.{key}.metrics", Name(_wrong_metrics))
        self.metrics.field.setObjectName(f"plan.metrics.{key}")
        self.metrics.committed.connect(self._on_metrics)
        self._lay_out(theme)

    def _lay_out(self, theme: Theme) -> None:
        self._add = icon_button(
            "add", theme, self.tr("Add a metric that fits"), f"plan.metrics.{self._key}.add"
        )
        self._add.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._add.setMenu(QMenu(self._add))
        self._add.menu().aboutToShow.connect(self._fill_menu)
        top, middle = (FormGrid(width=PLAN_WIDTH, buttons=False) for _ in range(2))
        self._weight_row = QWidget()
        weight = FormGrid(self._weight_row, PLAN_WIDTH, buttons=False)
        top.add("loss", self.tr("What the training makes small."), self.loss)
        top.addWidget(self.hint, top.rowCount(), 0, 1, 2)
        weight.add("loss_weight", self.tr("Its share in the total loss."), self.weight)
        tip = self.tr("Further values, with commas between them.")
        middle.add("metrics", tip, self._add)  # long names: the field below has the whole width
        middle.setAlignment(self._add, Qt.AlignmentFlag.AlignRight)
        middle.addWidget(self.metrics, middle.rowCount(), 0, 1, 2)
        self.metrics.setToolTip(tip)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, TINY, 0, 0)
        self._column.setSpacing(TINY)
        self._column.addWidget(self.title)
        self._column.addLayout(top)
        self._column.addWidget(self.loss_form)
        self._column.addWidget(self._weight_row)
        self._column.addLayout(middle)

    def show_goal(self, name: str, goal: Goal, one: Bound, *, alone: bool) -> None:
        """Show an output's goal; `one` says what "auto" stands for and what target there is."""
        self._goal = goal
        is_label = one.column is not None and one.column.kind == LABEL
        self._form_of_target = one.steps[-1].kind if one.steps and is_label else ""
        self.title.show_text(self.tr("Loss and metrics of {0}").format(name))
        self.loss.show_value(objects.identifier_of("loss", goal.loss))
        self.hint.setText(breakable(self.tr("auto is {0} here").format(one.loss)))
        self.hint.setVisible(goal.loss == _AUTO and bool(one.loss))
        self.loss_form.show_object(_named("loss", goal.loss))
        self._weight_row.setVisible(not alone)
        if not self.weight.is_being_edited:
            self.weight.show_value(goal.weight, default=goal.weight == 1)
        if not self.metrics.is_being_edited:
            self.metrics.show_value(", ".join(map(_word, goal.metrics)))
        self._show_settings(goal)

    def _show_settings(self, goal: Goal) -> None:
        """Show a form for each metric that has settings: folded, unless something is set."""
        found = {_word(one): _named("metric", one) for one in goal.metrics}
        wanted = {word: one for word, one in found.items() if one and has_settings("metric", one)}
        for word in [word for word in self._settings if word not in wanted]:
            gone = self._settings.pop(word)
            gone.setParent(None)  # nobody shall find its fields any more
            gone.deleteLater()
        for word, one in wanted.items():
            form = self._settings.get(word)
            if form is None:
                form = SettingsForm("metric", f"plan.metrics.{self._key}.{word}")
                form.title = word
                form.edited.connect(lambda _key, named, at=word: self._on_metric_set(at, named))
                self._settings[word] = form
                self._column.addWidget(form)
            form.show_object(one)

    def _edit(self, field: str, **parts: object) -> None:
        self.edited.emit(field, msgspec.structs.replace(self._goal, **parts))

    def _on_loss(self, value: Value) -> None:
        self._edit("loss", loss=_AUTO if value == _AUTO else chosen("loss", str(value)))

    def _on_loss_set(self, _key: str, named: Named) -> None:
        self._edit("loss", loss=objects.plain("loss", named))

    def _on_metrics(self, value: Value) -> None:
        known = {_word(one): one for one in self._goal.metrics}
        found = tuple(known.get(word) or chosen("metric", word) for word in _names_in(str(value)))
        self._edit("metrics", metrics=found)

    def _on_metric_set(self, word: str, named: Named) -> None:
        made = objects.plain("metric", named)
        metrics = tuple(made if _word(one) == word else one for one in self._goal.metrics)
        self._edit("metrics", metrics=metrics)

    def _fill_menu(self) -> None:
        """Offer the metrics that can be taken of this output and aren't yet."""
        menu = self._add.menu()
        menu.clear()
        there = {_word(one) for one in self._goal.metrics}
        for word in (_ANY, *words_of("metric")):
            metric = chosen("metric", word)
            if word in there or target_fault(metric, self._form_of_target) is not None:
                continue
            action = QAction(objects.class_of("metric", metric) or word, menu)
            action.triggered.connect(lambda _on=False, one=metric: self._append(one))
            menu.addAction(action)

    def _append(self, metric: str | Named) -> None:
        self._edit("metrics", metrics=(*self._goal.metrics, metric))


def _word(metric: str | Named) -> str:
    return objects.identifier_of("metric", metric)


def _named(role: str, value: str | Named) -> Named | None:
    """Return the object of a loss or metric that is given as a text, to show its settings."""
    if isinstance(value, Named):
        return value
    name = objects.class_of(role, value)
    return Named(name) if name is not None else None
