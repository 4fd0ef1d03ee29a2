"""How the data are split: shares of validation and test, by label or not, and the seed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QVBoxLayout, QWidget

from graph.binding import bind
from graph.datasets import table
from graph.edits import SetData, SetTraining
from graph.params import Bool, Float, Int
from graph.sources import validation_rows
from graph.spec import Param
from gui.parts.combo import Combo
from gui.parts.editors import editor_for
from gui.parts.form import FormGrid
from gui.parts.widgets import label, scrolling
from gui.theme import MEDIUM, SMALL, TINY

if TYPE_CHECKING:
    from PySide6.QtGui import QShowEvent

    from graph.columns import Bindings
    from graph.params import Kind, Value
    from gui.document import Document
    from gui.panels.data.asking import SampleAsking
    from gui.parts.editors import Editor
    from gui.theme import Theme

_NAMES = 120
_HOW = {
    "split": "a share of the training samples",
    "test": "the test samples",
    "none": "none",
}


def _param(name: str, kind: Kind, default: Value, doc: str) -> Param:
    return Param(name, kind, default, required=False, doc=doc)


_SHARE = Float(above=0.0, below=1.0)
_PARAMS = (
    _param("test_split", _SHARE, 0.2, "The share of all rows that is kept for testing."),
    _param("validation_split", _SHARE, 0.1, "The share of the training samples held out."),
    _param("stratified", Bool(), False, "Each label has the same share in what is held out."),
    _param("seed", Int(minimum=0), 1, "The same seed splits in the same way again."),
)


class SplitPage(QWidget):
    """A form, and how many samples each part then has."""

    def __init__(self, document: Document, theme: Theme, asking: SampleAsking) -> None:
        super().__init__()
        self.setObjectName("split")
        self._document, self._asking = document, asking
        self.editors: dict[str, Editor] = {}
        self.how = Combo()
        self.how.setObjectName("split.validation")
        self.how.setAccessibleName(self.tr("Validation"))
        self.how.setProperty("role", "")  # words, not code
        for key, text in _HOW.items():
            self.how.addItem(self.tr(text), key)
        self.how.activated.connect(lambda _n: self._plan("validation", self.how.currentData()))
        self.counts = label("", "", wrap=True)
        self.counts.setObjectName("split.counts")
        self.own = label(self.tr("The data have a test part of their own."), "muted", wrap=True)
        self.own.setObjectName("split.own")
        self._lay_out()
        asking.answered.connect(lambda _answer: self._show_counts())
        asking.refused.connect(lambda sentence, _tip: self.counts.setText(sentence))
        asking.waiting.connect(self.counts.setText)
        self.set_theme(theme)

    def _lay_out(self) -> None:
        page = QWidget()
        grid = FormGrid(width=_NAMES, buttons=False)
        for param in _PARAMS:
            editor = editor_for(param, f"split.{param.name}")
            editor.committed.connect(lambda value, key=param.name: self._on_set(key, value))
            self.editors[param.name] = editor
            if param.name == "validation_split":
                tip = self.tr("On what the model is measured after each epoch.")
                grid.add("validation", tip, self.how)
            grid.add(param.name, param.doc, editor)
        column = QVBoxLayout(page)
        column.setContentsMargins(MEDIUM, SMALL, MEDIUM, MEDIUM)
        column.setSpacing(TINY)
        column.addWidget(self.counts)
        column.addWidget(self.own)
        column.addLayout(grid)
        column.addStretch(1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scrolling(page))

    def set_theme(self, _theme: Theme) -> None:
        """Take the colours of another theme: the window's style sheet has them all."""

    def showEvent(self, event: QShowEvent) -> None:
        """Show what the project says, and count."""
        super().showEvent(event)
        self.refresh()

    def refresh(self) -> None:
        """Show what the project says now, and count."""
        project = self._document.project
        bound = bind(project, self._document.report)
        own = bound.data is not None and bound.data.own_test
        self.own.setVisible(own)
        if own:
            self.own.setText(self._own_words(bound))
        for param in _PARAMS:
            holder = project.data if param.name == "test_split" else project.training
            editor = self.editors[param.name]
            if not editor.is_being_edited:
                value = getattr(holder, param.name)
                editor.show_value(value, default=value == param.default)
        self.editors["test_split"].setEnabled(not own)
        splits = project.training.validation == "split"
        self.editors["validation_split"].setEnabled(splits)
        self.editors["stratified"].setEnabled(splits or not own)
        with QSignalBlocker(self.how):
            self.how.setCurrentIndex(self.how.findData(project.training.validation))
        self._asking.want()
        self._show_counts()

    def _own_words(self, bound: Bindings) -> str:
        words = self.tr("The data have a test part of their own.")
        rows = bound.data is not None and bound.data.form == "rows"
        count = validation_rows(table(self._document.project.data)) if rows else 0
        more = self.tr(
            "Their {0} validation samples count as training samples, of which a part is held out."
        )
        return f"{words} {more.format(f'{count:,}')}" if count else words

    def _show_counts(self) -> None:
        counts = self._asking.parts.counts
        if counts:
            words = {"train": "training", "validation": "validation", "test": "test"}
            parts = [f"{count:,} {self.tr(words[part])}" for part, count in counts.items()]
            self.counts.setText(self.tr("{0} samples.").format(", ".join(parts)))

    def _on_set(self, name: str, value: Value) -> None:
        if name == "test_split":
            data = msgspec.structs.replace(self._document.project.data, test_split=value)
            self._document.push(SetData(data), self.tr("Set {0}").format(name), source=self)
        else:
            self._plan(name, value)

    def _plan(self, name: str, value: Value) -> None:
        training = msgspec.structs.replace(self._document.project.training, **{name: value})
        self._document.push(SetTraining(training), self.tr("Set {0}").format(name), source=self)
