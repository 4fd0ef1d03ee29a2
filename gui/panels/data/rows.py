"""One row of the data panel: an Input or output, its column, its steps, its loss and metrics."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import msgspec
from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QHBoxLayout,
    QMenu,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from graph import objects
from graph.params import show
from graph.problems import Severity
from graph.project import Goal
from graph.shapes import show_shape
from gui.panels.data.chips import ChipRow
from gui.parts.combo import Combo, MenuField
from gui.parts.form import FormGrid
from gui.parts.widgets import ElidedLabel, label, link_button, set_property, unbroken
from gui.theme import SMALL, TINY

if TYPE_CHECKING:
    from collections.abc import Iterable

    from graph.binding import Bound
    from graph.problems import Problem
    from graph.project import Binding
    from gui.theme import Theme

NAMES_WIDTH = 64  # of the names at the left of the data panel, in pixels
_GOAL_NAMES = 48
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


def _own_name(bound: Bound) -> tuple[str, ...]:
    """Return the name of a vector that a person has put together, such as `area, rooms`."""
    return (bound.binding.column,) if bound.column is not None else ()


class RowText(NamedTuple):
    """What a row shows beside its binding: the node's name, the columns to choose from, trouble.

    `natural`: the shape by which an Input would take its column as it is, where it doesn't.
    """

    name: str
    columns: tuple[str, ...]
    problems: tuple[Problem, ...]
    natural: tuple[int, ...] = ()


class BoundRow(QWidget):
    """A row of the data panel.

    Signals:
        revealed(): somebody wants to see the node.
        bound(Binding): somebody chose a column, or what is done to it.
        aimed(Goal): somebody chose a loss or metrics.
        reshaped(tuple): somebody wants the Input to have this shape.
    """

    reshaped = Signal(object)
    revealed = Signal()
    bound = Signal(object)
    aimed = Signal(object)

    def __init__(self, name: str, theme: Theme, *, is_output: bool) -> None:
        super().__init__()
        self.setObjectName(name)
        self._is_output = is_output
        self._binding: Binding | None = None
        self._goal = Goal()
        self._name = link_button("", f"{name}.name")
        self._name.clicked.connect(self.revealed)
        self._takes = ElidedLabel("", "muted")
        self._takes.setObjectName(f"{name}.shape")
        self._columns = self._combo(f"{name}.column", self._on_column)
        self._columns.setToolTip(self.tr("The column of the data that it gets."))
        self._columns.setAccessibleName(self.tr("column"))
        self._columns.setMinimumWidth(150)
        self.chips = ChipRow(name, theme)
        self.chips.bound.connect(self.bound)
        self._trouble = label("", "error", wrap=True)
        self._trouble.setObjectName(f"{name}.problem")
        self._natural: tuple[int, ...] = ()
        self._reshape = link_button("", f"{name}.reshape")
        self._reshape.setToolTip(self.tr("The size that they have: then nothing is resized."))
        self._reshape.clicked.connect(lambda: self.reshaped.emit(self._natural))
        self._loss = self._combo(f"{name}.loss", self._on_loss)
        self._metrics = MenuField()
        self._metrics.setObjectName(f"{name}.metrics")
        self._metrics.setProperty("field", True)
        self._metrics.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._metrics.setMenu(self._metrics_menu())
        self._lay_out()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, TINY)
        column.setSpacing(TINY)
        head = QHBoxLayout()
        head.setSpacing(SMALL)
        head.addWidget(self._name)
        head.addWidget(self._takes, 1)
        head.addWidget(self._columns)
        column.addLayout(head)
        column.addWidget(self.chips)
        column.addWidget(self._reshape, 0, Qt.AlignmentFlag.AlignLeft)
        if self._is_output:
            goal = QHBoxLayout()
            goal.setSpacing(SMALL)
            fields = (
                (self.tr("loss"), self.tr("What training makes small."), self._loss),
                (self.tr("metrics"), self.tr("What is watched besides."), self._metrics),
            )
            for words, tip, field in fields:
                grid = FormGrid(width=_GOAL_NAMES, buttons=False)
                grid.add(words, tip, field)
                goal.addLayout(grid, 1)
            column.addLayout(goal)
        column.addWidget(self._trouble)
        for unused in () if self._is_output else (self._loss, self._metrics):
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
        with QSignalBlocker(self._columns):
            names = list(dict.fromkeys((*text.columns, *_own_name(bound))))
            if [self._columns.itemText(at) for at in range(self._columns.count())] != names:
                self._columns.clear()
                self._columns.addItems(names)
            self._columns.setCurrentIndex(self._columns.findText(bound.binding.column))
        self._takes.show_text(self._shape_text(bound))
        self.chips.show_bound(bound, is_output=self._is_output)
        self._natural = text.natural
        size = unbroken(show_shape((None, *text.natural)))
        self._reshape.setText(self.tr("Take {0}").format(size))
        self._reshape.setVisible(bool(text.natural))
        self._show_trouble(text.problems)
        if goal is not None:
            self._show_goal(goal, bound)

    def _shape_text(self, bound: Bound) -> str:
        if bound.spec is None:
            return ""
        shape = unbroken(show_shape(bound.spec.shape) or "?")
        return (self.tr("gives {0}") if self._is_output else self.tr("takes {0}")).format(shape)

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

    def _on_column(self, index: int) -> None:
        if self._binding is not None:
            column = self._columns.itemText(index)
            kept = self._binding.transforms
            if any(step.name == "half" for step in kept):  # of another image
                kept = ()
            changed = msgspec.structs.replace(self._binding, column=column, transforms=kept)
            self.bound.emit(changed)

    def _on_loss(self, index: int) -> None:
        self.aimed.emit(msgspec.structs.replace(self._goal, loss=self._loss.itemData(index)))

    def _on_metrics(self, _checked: bool) -> None:  # noqa: FBT001 - Qt's signal
        chosen = tuple(
            action.text() for action in self._metrics.menu().actions() if action.isChecked()
        )
        others = tuple(name for name in self._goal.metrics if name not in METRICS)
        self.aimed.emit(msgspec.structs.replace(self._goal, metrics=(*chosen, *others)))
