"""The training plan: optimizer, losses and metrics, how long, on what, and what is kept.

Each entry is an edit of the project, and entries in one field are one step of undo.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import QSignalBlocker, QTimer, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget
from shiboken6 import isValid

from graph import schedules
from graph.amounts import steps_per_epoch, training_samples
from graph.binding import bind, recorded
from graph.edits import SetTraining
from graph.params import Bool, Float, Int
from graph.project import Goal, port_key
from graph.spec import Param
from gui.panels.plan.callbacks_form import CallbacksForm
from gui.panels.plan.checkpoint_form import CheckpointForm
from gui.panels.plan.goal_form import GoalForm
from gui.panels.plan.optimizer_form import OptimizerForm
from gui.panels.plan.parts import DescentForm, WeightsForm, word_box
from gui.parts.editors import PLAN_WIDTH, Editor, editor_for
from gui.parts.form import FormGrid
from gui.parts.widgets import label, scrolling
from gui.theme import MEDIUM, SMALL, TINY

if TYPE_CHECKING:
    from graph.binding import Bindings
    from graph.change import Change
    from graph.project import Training
    from gui.document import Document
    from gui.parts.combo import Combo
    from gui.theme import Theme

_EPOCHS = Param("epochs", Int(minimum=1), 10, False, "How often the training set is gone through.")
_BATCH = Param("batch_size", Int(minimum=1), 128, False, "Samples for one change of the weights.")
_FIELDS = (
    Param("seed", Int(minimum=0), 1, False, "The same seed gives the same numbers again."),
    Param(
        "limit",
        Int(minimum=1, optional=True),
        None,
        required=False,
        doc="Train on this many samples only; none takes all.",
    ),
)
_SPLIT = Param(
    "validation_split",
    Float(above=0, below=1),
    0.1,
    required=False,
    doc="The part of the training set that is held out, as a fraction.",
)
_STRATIFIED = Param(
    "stratified",
    Bool(),
    False,
    required=False,
    doc="What is held out has each label in the same share, chosen by the seed.",
)


class PlanPanel(QWidget):
    """A form of everything that belongs to the training and not to the drawing.

    Signals:
        experiment_wanted(str, list): train these, one after the other, and compare them: a title,
            and (label, project, report) of each.
        rate_wanted(): find a learning rate for the open drawing.
    """

    experiment_wanted = Signal(str, object)
    rate_wanted = Signal()

    def __init__(self, document: Document, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("plan")
        self._document, self._sheet = document, document.sheet
        self._theme = theme
        self.editors: dict[str, Editor] = {}
        self.goals: dict[str, GoalForm] = {}
        self.validation = self._validation_box()
        self.descent = DescentForm()
        self.optimizer = OptimizerForm()
        self.weights = WeightsForm()
        self.checkpoint = CheckpointForm()
        self.callbacks = CallbacksForm(theme)
        self._new_row: QWidget | None = None
        self._soon = QTimer(self, interval=0, singleShot=True)
        self._soon.timeout.connect(self._show_new_row)
        self._goals = QVBoxLayout()
        self._goals.setSpacing(SMALL)
        self._connect()
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        self._content = self._make_content()
        self._area = scrolling(self._content)
        outer.addWidget(self._area)
        self.set_theme(theme)

    def _connect(self) -> None:
        self.descent.chosen.connect(lambda size: self._set("batch_size", size))
        self.descent.comparison_wanted.connect(self._on_comparison_wanted)
        self.optimizer.edited.connect(self._on_optimizer_edited)
        self.optimizer.rate_wanted.connect(self.rate_wanted)
        self.weights.edited.connect(self._set)
        self.checkpoint.edited.connect(self._on_checkpoint_edited)
        self.callbacks.edited.connect(self._on_callbacks_edited)
        self.callbacks.added.connect(self._on_callback_added)
        self._document.changed.connect(self._on_document_changed)

    def _make_content(self) -> QWidget:
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(MEDIUM, SMALL, MEDIUM, MEDIUM)
        column.setSpacing(SMALL)
        first, rest = (FormGrid(width=PLAN_WIDTH, buttons=False) for _ in range(2))
        for grid, params in ((first, (_EPOCHS, _BATCH)), (rest, _FIELDS)):
            for param in params:
                grid.add(param.name, param.doc, self._editor(param))
        tip = self.tr(
            "What val_loss and val_accuracy are taken on: a part of the training set that "
            "is held out, the test set, or nothing."
        )
        rest.add("validation", tip, self.validation)
        for param in (_SPLIT, _STRATIFIED):
            rest.add(param.name, param.doc, self._editor(param))
        top = QVBoxLayout()
        top.setSpacing(TINY)
        top.addLayout(first)
        top.addWidget(self.descent)
        top.addLayout(rest)
        column.addLayout(top)
        column.addWidget(self.optimizer)
        column.addLayout(self._goals)
        column.addWidget(label(self.tr("Weights and precision"), "heading"))
        column.addWidget(self.weights)
        column.addWidget(label(self.tr("Callbacks"), "heading"))
        column.addWidget(self.checkpoint)
        column.addWidget(self.callbacks)
        column.addStretch(1)
        return content

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of another theme: the style sheet dresses all but icons and a curve."""
        self._theme = theme
        self.optimizer.set_theme(theme)
        self.callbacks.set_theme(theme)
        self._forget_goals()
        self._refresh()

    def _editor(self, param: Param) -> Editor:
        editor = editor_for(param, f"plan.{param.name}")
        editor.field.setObjectName(f"plan.{param.name}")
        editor.committed.connect(lambda value: self._set(param.name, value))
        self.editors[param.name] = editor
        return editor

    def _validation_box(self) -> Combo:
        box = word_box("plan.validation", self.tr("Validation"))
        box.addItem(self.tr("a held-out part"), "split")
        box.addItem(self.tr("the test set"), "test")
        box.addItem(self.tr("none"), "none")
        box.activated.connect(lambda _index: self._set("validation", box.currentData()))
        return box

    # --- the document -------------------------------------------------------------------------

    @property
    def _training(self) -> Training:
        return self._document.project.training

    def _set(self, field: str, value: object) -> None:
        self._push(field, msgspec.structs.replace(self._training, **{field: value}))

    def _push(self, field: str, training: Training, *, once: bool = False) -> None:
        """Make an edit; those of one field are one step of undo, unless it is done at once."""
        words = field.rpartition(".")[2].replace("_", " ")
        self._document.push(
            SetTraining(training),
            self.tr("Set {0}").format(words),
            source=self,
            merge=None if once else f"training.{field}",
        )

    def _on_optimizer_edited(self, setting: str, optimizer: object) -> None:
        changed = msgspec.structs.replace(self._training, optimizer=optimizer)
        self._push(f"optimizer.{setting}" if setting else "optimizer", changed)

    def _on_checkpoint_edited(self, field: str, checkpoint: object) -> None:
        self._push(field, msgspec.structs.replace(self._training, checkpoint=checkpoint))

    def _on_callbacks_edited(self, field: str, callbacks: object) -> None:
        changed = msgspec.structs.replace(self._training, callbacks=callbacks)
        self._push(field or "callbacks", changed, once=not field)

    def _on_callback_added(self, row: QWidget) -> None:
        self._new_row = row
        self._soon.start()  # it has no place yet

    def _show_new_row(self) -> None:
        if self._new_row is not None and isValid(self._new_row):
            self._content.adjustSize()
            self._area.ensureWidgetVisible(self._new_row, 0, MEDIUM)
        self._new_row = None

    def _on_goal_edited(self, key: str, field: str, goal: Goal) -> None:
        goals = {**self._training.goals, key: goal}
        self._push(f"{key}.{field}", msgspec.structs.replace(self._training, goals=goals))

    def _on_comparison_wanted(self) -> None:
        project, runs = self._document.project, []
        for word, size in self.descent.sizes.items():
            training = msgspec.structs.replace(self._training, batch_size=size)
            changed = msgspec.structs.replace(project, training=training)
            runs.append((f"{project.name}, {word}", changed, self._document.report))
        title = self.tr("{0}: batch, mini-batch and stochastic descent").format(project.name)
        self.experiment_wanted.emit(title, runs)

    def _on_document_changed(self, change: Change) -> None:
        if self._sheet is not self._document.sheet:  # what was typed was meant for another drawing
            self._sheet = self._document.sheet
            for editor in self.findChildren(Editor):
                editor.forget()
            self._refresh()
        elif change.training or change.data or change.structure:
            self._refresh()

    def _refresh(self) -> None:
        training, project = self._training, self._document.project
        for name, editor in self.editors.items():
            if not editor.is_being_edited:
                editor.show_value(getattr(training, name))
        with QSignalBlocker(self.validation):
            self.validation.setCurrentIndex(self.validation.findData(training.validation))
        for param in (_SPLIT, _STRATIFIED):
            self.editors[param.name].setEnabled(training.validation == "split")
        bound = bind(project, self._document.report)
        names = recorded(project, bound)
        self.descent.show_size(training.batch_size, training_samples(training, bound))
        steps = steps_per_epoch(training, bound)
        rates = schedules.of_plan(training, steps) if steps else None
        self.optimizer.show_optimizer(training.optimizer, rates, steps * training.epochs)
        self._show_goals(bound)
        self.weights.show_plan(project, bound)
        self.checkpoint.show_checkpoint(training.checkpoint, names)
        self.callbacks.show_callbacks(training, names)

    def _show_goals(self, bound: Bindings) -> None:
        keys = [port_key(one.port) for one in bound.outputs]
        if list(self.goals) != keys:
            self._forget_goals()
            self.goals = {key: GoalForm(key, self._theme) for key in keys}
            for key, form in self.goals.items():
                form.edited.connect(
                    lambda field, goal, key=key: self._on_goal_edited(key, field, goal)
                )
                self._goals.addWidget(form)
        for key, one in zip(keys, bound.outputs, strict=True):
            name = self._document.project.graph.nodes[one.port.node].label
            goal = self._training.goals.get(key, Goal())
            self.goals[key].show_goal(name, goal, one, alone=len(keys) == 1)

    def _forget_goals(self) -> None:
        for gone in self.goals.values():
            gone.setParent(None)  # nobody shall find its fields any more
            gone.deleteLater()
        self.goals = {}
