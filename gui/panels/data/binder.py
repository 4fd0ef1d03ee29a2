"""The data panel: the data set, and which column each Input and output gets, in which form."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from PySide6.QtWidgets import QVBoxLayout, QWidget

from graph.binding import bind, binding_problems, rebound
from graph.columns import unforced_shape
from graph.datasets import is_file, is_here
from graph.edits import Edit, SetData, SetParams, SetTraining
from graph.project import Binding, Data, Goal, port_key
from graph.shapes import show_shape
from graph.sources import matched_by
from graph.statistics import split_counts
from gui.data_reading import DataReading
from gui.panels.data.rows import NAMES_WIDTH, BoundRow, RowText
from gui.panels.data.source import SourcePicker, dropped
from gui.parts.widgets import label, rule, scrolling, set_property, unbroken
from gui.theme import CODE_FAMILY, MEDIUM, SMALL, TINY

if TYPE_CHECKING:
    from PySide6.QtGui import QDragEnterEvent, QDropEvent, QShowEvent

    from graph.binding import Bindings, Bound
    from graph.change import Change
    from graph.datavalues import Column
    from graph.problems import Problem
    from gui.document import Document
    from gui.theme import Theme

_MOST_LISTED = 30  # rows that are left out, in the tip


def binder_style(theme: Theme) -> str:
    """Return the style sheet of the data panel's own widgets."""
    return f"""
        QFrame[chip="true"] {{
          background: {theme.panel}; border: 1px solid {theme.border}; border-radius: 4px;
        }}
        QFrame[chip="true"][live="true"] {{ background: {theme.raised}; }}
        QFrame[chip="true"][live="true"]:hover {{ background: {theme.hover}; }}
        QFrame[chip="true"][invalid="true"] {{ border-color: {theme.error}; }}
        QFrame[chip="true"]:focus {{ border-color: {theme.accent}; }}
        QPushButton[role="chip"] {{
          background: transparent; border: 1px dashed {theme.border}; border-radius: 4px;
          padding: 1px 6px; min-height: 18px; font-weight: 400;
        }}
        QPushButton[role="chip"]:hover {{ background: {theme.hover}; }}
        QPushButton[role="chip"]:focus {{ border-color: {theme.accent}; }}
        QPushButton[field="true"] {{
          background: {theme.raised}; border: 1px solid {theme.border}; color: {theme.text};
          font-family: "{CODE_FAMILY}"; font-size: 12px;
          font-weight: 400; text-align: left; padding: 4px 8px;
        }}
    """


_TOLD = frozenset({"rows", "unused source"})  # problems of no row in particular


class BinderPanel(QWidget):
    """Data set, and a row for each Input and each output."""

    def __init__(self, document: Document, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("binder")
        self.setAcceptDrops(True)
        self.document = document
        self._rows: dict[str, BoundRow] = {}
        self._rows_body: QWidget | None = None
        self.picker = SourcePicker(NAMES_WIDTH, theme)
        self.picker.chosen.connect(self.use)
        self.picker.joined.connect(self._on_joined)
        self.picker.keyed.connect(self._on_keyed)
        self._about = label("", "muted", wrap=True)
        self._about.setObjectName("binder.about")
        page = QWidget()
        self._column = QVBoxLayout(page)
        self._column.setContentsMargins(MEDIUM, SMALL, MEDIUM, MEDIUM)
        self._column.setSpacing(SMALL)
        self._column.addWidget(self.picker)
        self._column.addWidget(self._about)
        self._column.addStretch(1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scrolling(page))
        document.changed.connect(self._on_document_changed)
        self._reading = DataReading(self)
        self._reading.read.connect(self._take)
        self._reading.refused.connect(self._on_refused)
        self._reading.progressed.connect(self._on_progress)
        self._reading.checked.connect(self.refresh)
        self._stale = True
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Show everything in a theme's colours."""
        self._theme = theme
        self.setStyleSheet(binder_style(theme))
        self.picker.set_theme(theme)
        if self._rows:  # their chips are made anew
            self._rows = {}
            self.refresh()

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with what changed while the panel was hidden."""
        super().showEvent(event)
        if self._stale:
            self.refresh()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take a file or folder of data."""
        if dropped(event.mimeData()) is not None:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Use the file or folder that is dropped."""
        path = dropped(event.mimeData())
        if path is not None:
            event.acceptProposedAction()
            self.use(path)

    def _on_document_changed(self, change: Change) -> None:
        self._stale = self._stale or change.structure or change.data or change.training
        if self._stale and self.isVisible():
            self.refresh()

    def refresh(self) -> None:
        """Show what the document says now."""
        self._stale = False
        project, report = self.document.project, self.document.report
        bound = bind(project, report)
        found = binding_problems(project, report)
        self.picker.show_data(project.data, bound.data)
        self._show_about(bound, found)
        inputs = {one.port.node: one for one in bound.inputs}
        outputs = {port_key(one.port): one for one in bound.outputs}
        keys = [f"input {key}" for key in inputs] + [f"output {key}" for key in outputs]
        if keys != list(self._rows):
            self._make_rows(inputs, outputs)
        columns = tuple(column.name for column in bound.data.columns) if bound.data else ()
        for key, one in inputs.items():
            self._rows[f"input {key}"].show_bound(self._text(one, columns, found), one, None)
        for key, one in outputs.items():
            goal = project.training.goals.get(key, Goal())
            self._rows[f"output {key}"].show_bound(self._text(one, columns, found), one, goal)

    def _text(self, one: Bound, columns: tuple[str, ...], found: tuple[Problem, ...]) -> RowText:
        node = self.document.project.graph.nodes[one.port.node]
        mine = tuple(problem for problem in found if problem.node == one.port.node)
        return RowText(node.label, columns, mine, () if one.loss else unforced_shape(one))

    def _show_about(self, bound: Bindings, found: tuple[Problem, ...]) -> None:
        general = [problem.sentence for problem in found if problem.kind == "no data"]
        if bound.data is not None:
            parts = [f"{count:,}" for count in split_counts(self.document.project, bound)]
            general.insert(0, self.tr("{0} training and {1} test samples.").format(*parts))
            general += filter(None, [matched_by(bound.data)])
            if bound.data.keras and not is_here(self.document.project):
                general.append(self.tr("Not on this computer yet: Keras will download it."))
            general += [problem.sentence for problem in found if problem.kind in _TOLD]
            if not bound.inputs and not bound.outputs:
                general += self._column_lines(bound.data.columns)
        elif not general:
            general = [bound.trouble]
        set_property(self._about, "role", "muted" if bound.data is not None else "warning")
        self._about.setText("\n".join(general))
        listed = [one.sentence for one in bound.left_out[:_MOST_LISTED]]
        more = len(bound.left_out) - len(listed)
        listed += [self.tr("… and {0} more").format(f"{more:,}")] if more else []
        self._about.setToolTip("\n".join(listed))

    def _column_lines(self, columns: tuple[Column, ...]) -> list[str]:
        """Return what there is to draw an Input for, a line for each column."""
        shown = [column for column in columns if not column.take][:_MOST_LISTED]
        lines = [self.tr("Draw an Input to use them.")]
        for column in shown:
            words = (
                self.tr("{0:,} labels").format(column.classes)
                if column.classes is not None
                else f"{column.kind} {show_shape((None, *column.shape)) if column.shape else ''}"
            )
            lines.append(f"· {column.name}: {unbroken(words.strip())}")
        return lines

    def _make_rows(self, inputs: dict[str, Bound], outputs: dict[str, Bound]) -> None:
        if self._rows_body is not None:
            self._rows_body.hide()
            self._rows_body.deleteLater()
        self._rows = {}
        self._rows_body = QWidget()
        column = QVBoxLayout(self._rows_body)
        column.setContentsMargins(0, TINY, 0, 0)
        column.setSpacing(SMALL)
        for word, group in (("input", inputs), ("output", outputs)):
            for at, key in enumerate(group):
                column.addWidget(rule())
                row = BoundRow(f"binder.{word}.{at}", self._theme, is_output=word == "output")
                node = group[key].port.node
                row.revealed.connect(lambda node=node: self.document.reveal(node))
                row.reshaped.connect(lambda shape, node=node: self._on_reshaped(node, shape))
                row.bound.connect(lambda binding, k=key, w=word: self._on_bound(w, k, binding))
                row.aimed.connect(lambda goal, k=key: self._on_aimed(k, goal))
                self._rows[f"{word} {key}"] = row
                column.addWidget(row)
        self._column.insertWidget(2, self._rows_body)

    def _push(self, edit: Edit, text: str) -> None:
        self.document.push(edit, text, source=self)

    def use(self, source: str) -> None:
        """Take a data set, by its name or path; columns that it has are kept.

        Folders and tables are read in the background first.
        """
        if is_file(source) and not source.endswith(".npz"):
            self._read(Data(source))
            return
        self._reading.stop()
        self._take(Data(source))

    def _read(self, data: Data) -> None:
        self._about.setText(self.tr("Reading {0} …").format(Path(data.source).name))
        self._reading.start(data)

    def _take(self, read: Data) -> None:
        now = self.document.project.data
        if read.source == now.source and (read.joined, read.key) != (now.joined, now.key):
            data = msgspec.structs.replace(now, joined=read.joined, key=read.key)
            self._push(SetData(data), self.tr("Join sources"))
        else:
            self._push(SetData(rebound(now, read.source)), self.tr("Choose the data set"))

    def _on_joined(self, joined: tuple[str, ...]) -> None:
        now = self.document.project.data
        self._read(Data(now.source, joined=joined, key=now.key if joined else ""))

    def _on_keyed(self, key: str) -> None:
        now = self.document.project.data
        if key != now.key:
            self._read(Data(now.source, joined=now.joined, key=key))

    def _on_refused(self, sentence: str) -> None:
        self.refresh()  # the boxes show again what is used
        set_property(self._about, "role", "warning")
        self._about.setText(sentence)

    def _on_progress(self, done: int, count: int) -> None:
        if done < count:
            words = self.tr("Looking at the images: {0} of {1} …")
            self._about.setText(words.format(f"{done:,}", f"{count:,}"))

    def _on_bound(self, word: str, key: str, binding: Binding) -> None:
        data = self.document.project.data
        if word == "input":
            data = msgspec.structs.replace(data, inputs={**data.inputs, key: binding})
        else:
            data = msgspec.structs.replace(data, outputs={**data.outputs, key: binding})
        self._push(SetData(data), self.tr("Bind a column"))

    def _on_reshaped(self, node: str, shape: tuple[int, ...]) -> None:
        layer = self.document.project.graph.nodes[node].layer
        self._push(SetParams(layer, {"shape": shape}), self.tr("Set shape"))

    def _on_aimed(self, key: str, goal: Goal) -> None:
        training = self.document.project.training
        goals = {**training.goals, key: goal}
        self._push(
            SetTraining(msgspec.structs.replace(training, goals=goals)),
            self.tr("Choose loss and metrics"),
        )
