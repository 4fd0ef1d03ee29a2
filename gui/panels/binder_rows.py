"""One row of the data panel: an Input or output, its column, its steps, its loss and metrics."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import msgspec
from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QMenu,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from graph import objects
from graph.datasets import IMAGE, LABEL
from graph.params import show
from graph.problems import Severity
from graph.project import Goal
from graph.shapes import show_shape
from gui.panels.editors import Combo
from gui.panels.inspector_form import FormGrid
from gui.panels.parts import FlowLayout, label, link_button, set_property, unbroken
from gui.theme import TINY

if TYPE_CHECKING:
    from collections.abc import Iterable

    from graph.binding import Bound
    from graph.problems import Problem
    from graph.project import Binding

NAMES_WIDTH = 64  # of the names at the left of the data panel, in pixels
FORMS = {"auto": "as the loss asks", "integer": "integer", "one-hot": "one-hot"}
METRICS = (
    "accuracy",
    "binary_accuracy",
    "sparse_top_k_categorical_accuracy",
    "top_k_categorical_accuracy",
    "precision",
    "recall",
    "auc",
    "mean_absolute_error",
    "mean_squared_error",
    "root_mean_squared_error",
    "r2_score",
    "cosine_similarity",
)


def losses() -> tuple[str, ...]:
    """Return the names of Keras's losses, as `compile` takes them."""
    return tuple(entry.identifier for entry in objects.table("loss").values() if entry.identifier)


class RowText(NamedTuple):
    """What a row shows beside its binding: the node's name, the columns to choose from, trouble."""

    name: str
    columns: tuple[str, ...]
    problems: tuple[Problem, ...]


class BoundRow(QWidget):
    """A row of the data panel.

    Signals:
        revealed(): somebody wants to see the node.
        bound(Binding): somebody chose a column, or what is done to it.
        aimed(Goal): somebody chose a loss or metrics.
    """

    revealed = Signal()
    bound = Signal(object)
    aimed = Signal(object)

    def __init__(self, name: str, *, is_output: bool) -> None:
        super().__init__()
        self.setObjectName(name)
        self._binding: Binding | None = None
        self._goal = Goal()
        self._chips_shown: tuple[str, ...] = ()
        self._name = link_button("", f"{name}.name")
        self._name.clicked.connect(self.revealed)
        self._columns = self._combo(f"{name}.column", self._on_column)
        self._scale = QCheckBox(self.tr("scale to 0–1"))
        self._scale.setObjectName(f"{name}.scale")
        self._scale.clicked.connect(self._on_scale)
        self._form = self._combo(f"{name}.form", self._on_form)
        for form, text in FORMS.items():
            self._form.addItem(self.tr(text), form)
        self._chips = QWidget()
        self._chips.setObjectName(f"{name}.steps")
        self._flow = FlowLayout()
        self._chips.setLayout(self._flow)
        self._trouble = label("", "error", wrap=True)
        self._trouble.setObjectName(f"{name}.problem")
        self._loss = self._combo(f"{name}.loss", self._on_loss)
        self._metrics = QPushButton()
        self._metrics.setObjectName(f"{name}.metrics")
        self._metrics.setProperty("field", True)
        self._metrics.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._metrics.setMenu(self._metrics_menu())
        self._lay_out(is_output=is_output)

    def _lay_out(self, *, is_output: bool) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, TINY)
        column.setSpacing(TINY)
        head = QHBoxLayout()
        head.addWidget(self._name)
        head.addStretch(1)
        column.addLayout(head)
        fields = QWidget()
        grid = FormGrid(fields, NAMES_WIDTH, buttons=False)
        grid.add(self.tr("column"), self.tr("Which column of the data set it gets."), self._columns)
        self._form_row = QWidget()
        form = FormGrid(self._form_row, NAMES_WIDTH, buttons=False)
        form.add(self.tr("labels"), self.tr("The form in which labels go in."), self._form)
        column.addWidget(fields)
        column.addWidget(self._form_row)
        column.addWidget(self._scale)
        column.addWidget(self._chips)
        if is_output:
            goal = QWidget()
            grid = FormGrid(goal, NAMES_WIDTH, buttons=False)
            grid.add(self.tr("loss"), self.tr("What training makes small."), self._loss)
            grid.add(self.tr("metrics"), self.tr("What is watched besides."), self._metrics)
            column.addWidget(goal)
        column.addWidget(self._trouble)
        for unused in () if is_output else (self._loss, self._metrics):
            unused.setParent(self)
            unused.hide()

    def _combo(self, name: str, chosen: object) -> Combo:
        made = Combo()
        made.setObjectName(name)
        made.activated.connect(chosen)
        return made

    def _metrics_menu(self) -> QMenu:
        menu = QMenu(self)
        for name in METRICS:
            action = QAction(name, menu)
            action.setCheckable(True)
            action.triggered.connect(self._on_metrics)
            menu.addAction(action)
        return menu

    def show_bound(self, text: RowText, bound: Bound, goal: Goal | None) -> None:
        """Show an Input or output as it is bound now."""
        self._binding = bound.binding
        self._goal = goal or Goal()
        self._name.setText(text.name)
        kind = bound.column.kind if bound.column is not None else ""
        with QSignalBlocker(self._columns), QSignalBlocker(self._scale), QSignalBlocker(self._form):
            if [self._columns.itemText(at) for at in range(self._columns.count())] != [
                *text.columns
            ]:
                self._columns.clear()
                self._columns.addItems(text.columns)
            self._columns.setCurrentIndex(self._columns.findText(bound.binding.column))
            self._scale.setChecked(bound.binding.scale)
            self._form.setCurrentIndex(self._form.findData(bound.binding.form))
        is_pixels = bound.column is not None and bound.column.dtype == "uint8"
        self._scale.setVisible(kind == IMAGE and is_pixels)
        self._form_row.setVisible(kind == LABEL and goal is not None)
        self._show_chips(bound)
        self._show_trouble(text.problems)
        if goal is not None:
            self._show_goal(goal, bound)

    def _show_chips(self, bound: Bound) -> None:
        texts: tuple[str, ...] = ()
        if bound.column is not None:
            start = f"{bound.column.dtype} {show_shape((None, *bound.column.shape))}"
            texts = (unbroken(start), *(unbroken(step.text) for step in bound.steps or ()))
        self._chips.setVisible(bool(texts))
        if texts == self._chips_shown:
            return
        self._chips_shown = texts
        while (item := self._flow.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        for at, text in enumerate(texts):
            chip = label(text if at == 0 else f"→ {text}", "code")
            chip.setProperty("chip", True)
            self._flow.addWidget(chip)
        self._chips.updateGeometry()

    def _show_trouble(self, problems: Iterable[Problem]) -> None:
        found = tuple(problems)
        is_error = any(problem.severity is Severity.ERROR for problem in found)
        set_property(self._trouble, "role", "error" if is_error else "warning")
        self._trouble.setText("\n".join(unbroken(problem.sentence) for problem in found))
        self._trouble.setVisible(bool(found))

    def _show_goal(self, goal: Goal, bound: Bound) -> None:
        with QSignalBlocker(self._loss):
            self._loss.clear()
            fits = bound.loss if goal.loss == "auto" else self.tr("what fits")
            self._loss.addItem(self.tr("{0} · automatic").format(fits), "auto")
            for name in losses():
                self._loss.addItem(name, name)
            if not isinstance(goal.loss, str):  # set in the plan, with settings of its own
                self._loss.addItem(show(goal.loss), goal.loss)
            at = 0 if goal.loss == "auto" else self._loss.findText(show(goal.loss))
            self._loss.setCurrentIndex(at)
        self._metrics.setText(", ".join(map(show, goal.metrics)) or self.tr("none"))
        for action in self._metrics.menu().actions():
            action.setChecked(action.text() in goal.metrics)

    def _bind(self, **parts: object) -> None:
        if self._binding is not None:
            self.bound.emit(msgspec.structs.replace(self._binding, **parts))

    def _on_column(self, index: int) -> None:
        self._bind(column=self._columns.itemText(index))

    def _on_scale(self, checked: bool) -> None:  # noqa: FBT001 - Qt's signal
        self._bind(scale=checked)

    def _on_form(self, index: int) -> None:
        self._bind(form=self._form.itemData(index))

    def _on_loss(self, index: int) -> None:
        self.aimed.emit(msgspec.structs.replace(self._goal, loss=self._loss.itemData(index)))

    def _on_metrics(self, _checked: bool) -> None:  # noqa: FBT001 - Qt's signal
        chosen = tuple(
            action.text() for action in self._metrics.menu().actions() if action.isChecked()
        )
        others = tuple(name for name in self._goal.metrics if name not in METRICS)
        self.aimed.emit(msgspec.structs.replace(self._goal, metrics=(*chosen, *others)))
