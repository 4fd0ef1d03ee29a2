"""The settings of ModelCheckpoint, and what Keras 3 refuses of what lectures used to write.

Source: https://keras.io/api/callbacks/model_checkpoint/
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from graph.params import Bool, Choice, Text
from graph.plan_misfits import file_trouble, monitor_trouble
from graph.project import Checkpoint
from graph.spec import Param
from gui.parts.editors import PLAN_WIDTH, Editor, editor_for
from gui.parts.form import FormGrid
from gui.parts.trouble import TroubleNote
from gui.theme import TINY

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graph.params import Value


_FIELDS = (
    Param("filepath", Text(), "", required=True, doc="Name of the files, in the run's folder."),
    Param("monitor", Text(), "", required=True, doc="The value by which models are compared."),
    Param("save_best_only", Bool(), True, False, "Write a file only when the value is better."),
    Param("mode", Choice(("auto", "min", "max")), "auto", False, "Is less better, or more?"),
    Param("restore_best", Bool(), True, False, "Evaluate on the best weights, not on the last."),
)


class CheckpointForm(QWidget):
    """A switch, and below it the settings.

    Signals:
        edited(str, Checkpoint | None): a person set this field, and the settings are these now.
    """

    edited = Signal(str, object)

    def __init__(self) -> None:
        super().__init__()
        self._checkpoint: Checkpoint | None = None
        switch = Param("checkpoint", Bool(), False, False, "Keep the best weights of the training.")
        self.switch = editor_for(switch, "plan.checkpoint")
        self.switch.field.setObjectName("plan.checkpoint")
        self.switch.committed.connect(self._on_switched)
        self._body = QWidget()
        self.editors: dict[str, Editor] = {}
        self.repairs = {name: TroubleNote(f"plan.{name}") for name in ("filepath", "monitor")}
        head = FormGrid(width=PLAN_WIDTH, buttons=False)
        grid = FormGrid(self._body, PLAN_WIDTH, buttons=False)
        head.add("ModelCheckpoint", switch.doc, self.switch)
        for param in _FIELDS:
            editor = editor_for(param, f"plan.{param.name}")
            editor.field.setObjectName(f"plan.{param.name}")
            editor.committed.connect(lambda value, name=param.name: self._set(name, value))
            self.editors[param.name] = editor
            grid.add(param.name, param.doc, editor)
            repair = self.repairs.get(param.name)
            if repair is not None:
                grid.addWidget(repair, grid.rowCount(), 0, 1, 2)
                repair.accepted.connect(lambda text, name=param.name: self._set(name, text))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(TINY)
        column.addLayout(head)
        column.addWidget(self._body)

    def show_checkpoint(self, checkpoint: Checkpoint | None, recorded: Sequence[str]) -> None:
        """Show settings, or that there are none; `recorded`: the values a training records."""
        self._checkpoint = checkpoint
        self.switch.show_value(checkpoint is not None)
        self._body.setVisible(checkpoint is not None)
        if checkpoint is None:
            return
        for name, editor in self.editors.items():
            if not editor.is_being_edited:
                editor.show_value(getattr(checkpoint, name))
        restored = self.editors["restore_best"]
        restored.setEnabled(checkpoint.save_best_only)
        restored.show_value(checkpoint.restore_best and checkpoint.save_best_only)
        why = self.tr("Only with save_best_only: the file written last is the best one then.")
        restored.setToolTip("" if checkpoint.save_best_only else why)
        self.repairs["filepath"].show_trouble(file_trouble(checkpoint.filepath))
        self.repairs["monitor"].show_trouble(monitor_trouble(checkpoint.monitor, recorded))

    def _on_switched(self, value: Value) -> None:
        self.edited.emit("checkpoint", Checkpoint() if value else None)

    def _set(self, name: str, value: Value) -> None:
        if self._checkpoint is not None:
            changed = msgspec.structs.replace(self._checkpoint, **{name: value})
            self.edited.emit(f"checkpoint.{name}", changed)
