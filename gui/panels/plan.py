"""The training plan: optimizer, losses and metrics, how long, on what, and what is kept.

Each entry is an edit of the project, and entries in one field are one step of undo.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QVBoxLayout, QWidget

from graph import objects
from graph.binding import bind, history_names
from graph.edits import SetTraining
from graph.params import Choice, Float, Int, show
from graph.project import Goal, port_key
from graph.spec import Param
from gui.panels.checkpoint_form import CheckpointForm
from gui.panels.editors import PLAN_WIDTH, Combo, Editor, LineEditor, editor_for
from gui.panels.inspector_form import FormGrid
from gui.panels.names import Name
from gui.panels.optimizer_form import OptimizerForm
from gui.panels.parts import label, scrolling
from gui.theme import MEDIUM, SMALL, TINY

if TYPE_CHECKING:
    from graph.binding import Bound
    from graph.change import Change
    from graph.params import Value
    from graph.project import Training
    from gui.document import Document
    from gui.theme import Theme

_FIELDS = (
    Param("epochs", Int(minimum=1), 10, False, "How often the training set is gone through."),
    Param("batch_size", Int(minimum=1), 128, False, "Samples for one change of the weights."),
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
    doc="The last part of the training set that is held out, as a fraction.",
)
_AUTO = "auto"


def words_of(role: str) -> tuple[str, ...]:
    """Return what Keras calls its losses or metrics in a text, such as mean_squared_error."""
    return tuple(entry.identifier or name for name, entry in objects.table(role).items())


def _names_in(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _wrong_metrics(text: str) -> str | None:
    """Return what is wrong with names of metrics, with commas between them, or None."""
    known = {"accuracy", *words_of("metric")}
    unknown = next((name for name in _names_in(text) if name not in known), None)
    return f"must be names Keras knows, not “{unknown}”" if unknown is not None else None


class PlanPanel(QWidget):
    """A form of everything that belongs to the training and not to the drawing."""

    def __init__(self, document: Document, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("plan")
        self._document, self._sheet = document, document.sheet
        self.set_theme(theme)
        self.editors: dict[str, Editor] = {}
        self.goals: dict[str, _GoalForm] = {}
        content = QWidget()
        self._column = QVBoxLayout(content)
        self._column.setContentsMargins(MEDIUM, SMALL, MEDIUM, MEDIUM)
        self._column.setSpacing(SMALL)
        grid = FormGrid(width=PLAN_WIDTH, buttons=False)
        for param in _FIELDS:
            grid.add(param.name, param.doc, self._editor(param))
        self.validation = self._validation_box()
        grid.add(
            "validation", self.tr("What val_loss and val_accuracy are taken on."), self.validation
        )
        grid.add(_SPLIT.name, _SPLIT.doc, self._editor(_SPLIT))
        self._column.addLayout(grid)
        self.optimizer = OptimizerForm()
        self.optimizer.edited.connect(self._on_optimizer_edited)
        self._column.addWidget(self.optimizer)
        self._goals = QVBoxLayout()
        self._goals.setSpacing(SMALL)
        self._column.addLayout(self._goals)
        self.checkpoint = CheckpointForm()
        self.checkpoint.edited.connect(self._on_checkpoint_edited)
        self._column.addWidget(self.checkpoint)
        self._column.addStretch(1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scrolling(content))
        document.changed.connect(self._on_document_changed)
        self._refresh()

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of another theme: the style sheet dresses all there is."""
        self._theme = theme

    def _editor(self, param: Param) -> Editor:
        editor = editor_for(param, f"plan.{param.name}")
        editor.field.setObjectName(f"plan.{param.name}")
        editor.committed.connect(lambda value: self._set(param.name, value))
        self.editors[param.name] = editor
        return editor

    def _validation_box(self) -> Combo:
        box = Combo()
        box.setObjectName("plan.validation")
        box.setAccessibleName(self.tr("Validation"))
        box.setProperty("role", "")  # words, not code
        box.addItem(self.tr("part of the training set"), "split")
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

    def _push(self, field: str, training: Training) -> None:
        words = field.rpartition(".")[2].replace("_", " ")
        self._document.push(
            SetTraining(training),
            self.tr("Set {0}").format(words),
            source=self,
            merge=f"training.{field}",
        )

    def _on_optimizer_edited(self, setting: str, optimizer: object) -> None:
        changed = msgspec.structs.replace(self._training, optimizer=optimizer)
        self._push(f"optimizer.{setting}" if setting else "optimizer", changed)

    def _on_checkpoint_edited(self, field: str, checkpoint: object) -> None:
        self._push(field, msgspec.structs.replace(self._training, checkpoint=checkpoint))

    def _on_goal_edited(self, key: str, field: str, goal: Goal) -> None:
        goals = {**self._training.goals, key: goal}
        self._push(f"{key}.{field}", msgspec.structs.replace(self._training, goals=goals))

    def _on_document_changed(self, change: Change) -> None:
        if self._sheet is not self._document.sheet:  # what was typed was meant for another drawing
            self._sheet = self._document.sheet
            for editor in self.findChildren(Editor):
                editor.forget()
            self._refresh()
        elif change.training or change.data or change.structure:
            self._refresh()

    def _refresh(self) -> None:
        training = self._training
        for name, editor in self.editors.items():
            if not editor.is_being_edited:
                editor.show_value(getattr(training, name))
        with QSignalBlocker(self.validation):
            self.validation.setCurrentIndex(self.validation.findData(training.validation))
        self.editors[_SPLIT.name].setEnabled(training.validation == "split")
        self.optimizer.show_optimizer(training.optimizer)
        project, report = self._document.project, self._document.report
        self._show_goals(bind(project, report).outputs)
        self.checkpoint.show_checkpoint(training.checkpoint, history_names(project, report))

    def _show_goals(self, outputs: tuple[Bound, ...]) -> None:
        keys = [port_key(one.port) for one in outputs]
        if list(self.goals) != keys:
            for gone in self.goals.values():
                gone.setParent(None)  # nobody shall find its fields any more
                gone.deleteLater()
            self.goals = {key: _GoalForm(key, self) for key in keys}
            for form in self.goals.values():
                self._goals.addWidget(form)
        for key, one in zip(keys, outputs, strict=True):
            name = self._document.project.graph.nodes[one.port.node].label
            self.goals[key].show_goal(name, self._training.goals.get(key, Goal()), one.loss)

    def goal_edited(self, key: str, field: str, goal: Goal) -> None:
        """Take an entry over; called by the forms of the outputs."""
        self._on_goal_edited(key, field, goal)


class _GoalForm(QWidget):
    """Loss and metrics of one output."""

    def __init__(self, key: str, panel: PlanPanel) -> None:
        super().__init__()
        self._key, self._panel = key, panel
        self._goal = Goal()
        self._auto = ""
        self.title = label("", "heading")
        self.loss = editor_for(
            Param("loss", Choice((_AUTO, *words_of("loss"))), _AUTO, False, ""), f"plan.loss.{key}"
        )
        self.loss.field.setObjectName(f"plan.loss.{key}")
        self.loss.committed.connect(self._on_loss)
        self.metrics = LineEditor(f"plan.metrics.{key}.metrics", Name(_wrong_metrics))
        self.metrics.field.setObjectName(f"plan.metrics.{key}")
        self.metrics.committed.connect(self._on_metrics)
        self.hint = label("", "muted", wrap=True)
        grid = FormGrid(width=PLAN_WIDTH, buttons=False)
        grid.add("loss", self.tr("What the training makes small."), self.loss)
        grid.addWidget(self.hint, grid.rowCount(), 1)
        grid.add("metrics", self.tr("Further values, with commas between them."), self.metrics)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, TINY, 0, 0)
        column.setSpacing(TINY)
        column.addWidget(self.title)
        column.addLayout(grid)

    def show_goal(self, name: str, goal: Goal, loss: str) -> None:
        """Show an output's goal; `loss` is what "auto" stands for."""
        self._goal = goal
        self.title.setText(self.tr("Loss and metrics of {0}").format(name))
        self.loss.show_value(goal.loss)
        self.hint.setText(self.tr("auto is {0} here").format(loss))
        self.hint.setVisible(goal.loss == _AUTO and bool(loss))
        if not self.metrics.is_being_edited:
            self.metrics.show_value(", ".join(map(show, goal.metrics)))

    def _on_loss(self, value: Value) -> None:
        goal = msgspec.structs.replace(self._goal, loss=str(value))
        self._panel.goal_edited(self._key, "loss", goal)

    def _on_metrics(self, value: Value) -> None:
        goal = msgspec.structs.replace(self._goal, metrics=_names_in(str(value)))
        self._panel.goal_edited(self._key, "metrics", goal)
