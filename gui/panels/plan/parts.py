"""Two short forms of the plan: how many samples make a step, and what samples weigh."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from graph.classweights import BALANCED, NONE, first_text, label_column
from graph.datavalues import LABEL
from graph.params import Bool
from graph.spec import Param
from gui.parts.combo import Combo
from gui.parts.editors import PLAN_WIDTH, LineEditor, editor_for
from gui.parts.form import FormGrid
from gui.parts.names import Name
from gui.parts.widgets import link_button
from gui.theme import TINY

if TYPE_CHECKING:
    from graph.columns import Bindings
    from graph.project import Project

MINI_BATCH = 128


def word_box(name: str, tip: str) -> Combo:
    """Return a box of words, not of code."""
    box = Combo()
    box.setObjectName(name)
    box.setAccessibleName(tip)
    box.setProperty("role", "")
    return box


class DescentForm(QWidget):
    """Batch, mini-batch or stochastic descent: names of batch sizes, and their comparison.

    Signals:
        chosen(int): a person chose this batch size.
        comparison_wanted(): all three shall be trained.
    """

    chosen = Signal(int)
    comparison_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.sizes: dict[str, int] = {}
        self.box = word_box("plan.descent", self.tr("Kind of descent"))
        self.box.setPlaceholderText(self.tr("own batch size"))
        self.box.activated.connect(lambda _n: self.chosen.emit(self.box.currentData()))
        self.compare = link_button(self.tr("Compare the three"), "plan.descent.compare")
        self.compare.setToolTip(self.tr("Train the drawing once with each, one after the other"))
        self.compare.clicked.connect(self.comparison_wanted)
        grid = FormGrid(self, PLAN_WIDTH, buttons=False)
        tip = self.tr("After how many samples of the training part the weights are changed.")
        grid.add("descent", tip, self.box)
        grid.addWidget(self.compare, grid.rowCount(), 1, Qt.AlignmentFlag.AlignLeft)

    def show_size(self, batch_size: int, samples: int) -> None:
        """Show a batch size; `samples`: those of the training part, 0 if there is no data."""
        self.sizes = {self.tr("mini-batch"): MINI_BATCH, self.tr("stochastic"): 1}
        if samples > 1:
            self.sizes = {self.tr("batch"): samples, **self.sizes}
        texts = {
            size: self.tr("{0}: {1:,}").format(word, size) for word, size in self.sizes.items()
        }
        with QSignalBlocker(self.box):
            self.box.clear()
            for size, text in texts.items():
                self.box.addItem(text, size)
            self.box.setCurrentIndex(self.box.findData(batch_size))
        self.compare.setVisible(samples > 1)


class WeightsForm(QWidget):
    """What samples weigh in the loss, and with how many bits layers compute.

    Signals:
        edited(str, object): a person gave this field of the plan this value.
    """

    edited = Signal(str, object)

    def __init__(self) -> None:
        super().__init__()
        self.balance = word_box("plan.class_weight", self.tr("Class weights"))
        self.balance.addItem(self.tr("all labels alike"), "none")
        self.balance.addItem(self.tr("rare ones more"), BALANCED)
        self.balance.addItem(self.tr("as I say"), "")
        self.balance.activated.connect(self._on_balance_chosen)
        self.by_label = LineEditor("plan.class_weight.by_label", Name(lambda _text: None))
        self.by_label.field.setObjectName("plan.class_weight.by_label")
        self.by_label.committed.connect(lambda text: self.edited.emit("class_weight", text))
        self._first = ""  # what is changed first where each label is to have a weight
        self.column = word_box("plan.sample_weight", self.tr("Column of sample weights"))
        self.column.activated.connect(
            lambda _n: self.edited.emit("sample_weight", self.column.currentData())
        )
        tip = self.tr("Layers compute with 16 bits: faster on a graphics card, slower without.")
        mixed = Param("mixed_precision", Bool(), False, required=False, doc=tip)
        self.mixed = editor_for(mixed, "plan.mixed_precision")
        self.mixed.field.setObjectName("plan.mixed_precision")
        self.mixed.committed.connect(lambda value: self.edited.emit("mixed_precision", value))
        grid = FormGrid(width=PLAN_WIDTH, buttons=False)
        grid.add("class_weight", self.tr("What a sample counts by its label."), self.balance)
        grid.addWidget(self.by_label, grid.rowCount(), 0, 1, 2)
        tip_of_labels = self.tr("Labels and their weights, such as “Dress: 2”; others weigh 1.")
        self.by_label.field.setToolTip(tip_of_labels)
        self._row = QWidget()
        columns = FormGrid(self._row, PLAN_WIDTH, buttons=False)
        columns.add("sample_weight", self.tr("A column that says what each counts."), self.column)
        last = FormGrid(width=PLAN_WIDTH, buttons=False)
        last.add("mixed_precision", tip, self.mixed)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(TINY)
        column.addLayout(grid)
        column.addWidget(self._row)
        column.addLayout(last)

    def _on_balance_chosen(self, _index: int) -> None:
        self.edited.emit("class_weight", self.balance.currentData() or self._first or NONE)

    def show_plan(self, project: Project, bound: Bindings) -> None:
        """Show a plan; the data say which columns can be weights."""
        training, data = project.training, bound.data
        column = label_column(bound)
        self._first = first_text(project, column) if column is not None else ""
        is_chosen = training.class_weight not in {NONE, BALANCED}
        self.by_label.setVisible(is_chosen)
        if is_chosen and not self.by_label.is_being_edited:
            self.by_label.show_value(training.class_weight)
        names = [
            one.name
            for one in (data.columns if data is not None else ())
            if one.shape == () and one.kind != LABEL
        ]
        if training.sample_weight and training.sample_weight not in names:
            names.append(training.sample_weight)
        with QSignalBlocker(self.balance), QSignalBlocker(self.column):
            word = "" if is_chosen else training.class_weight
            self.balance.setCurrentIndex(self.balance.findData(word))
            self.column.clear()
            self.column.addItem(self.tr("all samples alike"), "")
            for name in names:
                self.column.addItem(name, name)
            self.column.setCurrentIndex(self.column.findData(training.sample_weight))
        self._row.setVisible(bool(names))
        self.mixed.show_value(training.mixed_precision)
