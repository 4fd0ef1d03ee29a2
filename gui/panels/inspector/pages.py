"""The inspector's pages: one node, several nodes, the project."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from graph import registry
from graph.edits import Batch, CantApply, Edit, Rename, RenameLayer, RenameProject, SetParams
from graph.summary import totals_text
from gui.icons import family_icon
from gui.panels.inspector.sections import (
    InputOrder,
    NodeProblems,
    OutputOrder,
    OutputSwitch,
    Section,
    SourceOrder,
    WhyCard,
)
from gui.parts.editors import LABEL_WIDTH, Editor, LineEditor, plain_doc
from gui.parts.form import FormGrid, ParamForm, Shown
from gui.parts.names import LAYER_NAME, PROJECT_NAME, VARIABLE
from gui.parts.widgets import breakable, hand_focus_on, label, rule
from gui.theme import MEDIUM, SMALL, TEXT_SIZE, TINY, text_font

if TYPE_CHECKING:
    from graph.params import Value
    from graph.project import Layer
    from gui.document import Document
    from gui.theme import Theme


class Page(QWidget):
    """What all pages share: sections from top to bottom, and the way into the document."""

    subject: object = None

    def __init__(self, document: Document, theme: Theme) -> None:
        super().__init__()
        self.document = document
        self.theme = theme
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, SMALL, 0, MEDIUM)
        self._column.setSpacing(0)

    def section(self, *parts: QWidget, title: str = "", line: bool = True) -> QWidget:
        """Put widgets below each other into a section of their own, under a title."""
        box = QWidget()
        column = QVBoxLayout(box)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        if line:
            column.addWidget(rule())
        inner = QVBoxLayout()
        inner.setContentsMargins(MEDIUM, MEDIUM if line else TINY, SMALL, MEDIUM)
        inner.setSpacing(SMALL)
        if title:
            inner.addWidget(label(title, "heading"))
        for part in parts:
            inner.addWidget(part)
        column.addLayout(inner)
        self._column.addWidget(box)
        return box

    def heading(self, text: str, family: str = "", beside: QWidget | None = None) -> QLabel:
        """Put the page's heading at its top, with the family's icon, and return its label.

        `beside`: a field that stands at its right, where fields of forms begin.
        """
        row = QHBoxLayout()
        row.setContentsMargins(MEDIUM, TINY, SMALL, TINY)
        row.setSpacing(SMALL)
        if family:
            icon = QLabel()
            icon.setPixmap(
                family_icon(family, self.theme).pixmap(QSize(16, 16), self.devicePixelRatioF())
            )
            row.addWidget(icon)
        words = label(text, wrap=True)
        words.setObjectName("inspector.heading")
        words.setFont(text_font(TEXT_SIZE, QFont.Weight.DemiBold))
        words.setStyleSheet("font-weight: 600;")
        row.addWidget(words, 1)
        if beside is not None:
            words.setFixedWidth(LABEL_WIDTH)
            row.addWidget(beside, 1)
        self._column.addLayout(row)
        return words

    def push(self, edit: Edit, text: str, merge: str | None = None) -> None:
        """Make an edit as one step."""
        try:
            self.document.push(edit, text, source=self, merge=merge)
        except CantApply:
            self.refresh()  # the drawing has become another one meanwhile

    def dismiss(self, heir: QWidget) -> None:
        """Take the page out of use, and drop what was not finished: its node may be gone.

        `heir` gets the focus if a part of the page has it.
        """
        for editor in self.findChildren(Editor):
            editor.blockSignals(True)
        hand_focus_on(self, heir)
        self.hide()
        self.deleteLater()

    def refresh(self) -> None:
        """Show what the document says now."""
        raise NotImplementedError


class NodePage(Page):
    """One node."""

    def __init__(self, document: Document, theme: Theme, key: str) -> None:
        super().__init__(document, theme)
        self.key = key
        graph = document.project.graph
        self._layer_id = graph.nodes[key].layer
        spec = registry.find(graph.layer_of(key).kind)
        self._heading = self.heading("", spec.family if spec is not None else "unknown")
        names = QWidget()
        grid = FormGrid(names)
        self._name = LineEditor("name", VARIABLE)
        self._name.committed.connect(self._on_name_committed)
        grid.add(self.tr("name"), self.tr("The variable in the code."), self._name)
        self._layer_name = LineEditor("layer_name", LAYER_NAME)
        self._layer_name.committed.connect(self._on_layer_name_committed)
        self._shared = len(graph.calls_of(self._layer_id)) > 1
        if self._shared:
            tip = self.tr(
                "The layer's name in the Keras model. All nodes that call this layer share it, as "
                "they share its weights; each has a name of its own in the code."
            )
            grid.add(self.tr("layer name"), plain_doc(tip), self._layer_name)
        self._form = ParamForm(spec, theme) if spec is not None else None
        if self._form is not None:
            self._form.committed.connect(self._on_param_committed)
            self._form.reset.connect(self._on_param_reset)
        self.section(names, line=False)
        self._make_sections(spec.summary if spec is not None else "")

    def _make_sections(self, summary: str) -> None:
        document, key, theme = self.document, self.key, self.theme
        order = InputOrder(document, theme, key, self.push)
        problems = NodeProblems(document, theme, key, self.push)
        why = WhyCard(document, theme, key)
        switch = OutputSwitch(document, theme, key, self.push)
        help_text = label(summary, "muted", wrap=True)
        help_text.setObjectName("inspector.help")
        titles = {
            problems: self.tr("Problems"),
            order: self.tr("Inputs in order"),
            why: self.tr("Why these numbers?"),
        }
        self._parts: list[tuple[Section, QWidget]] = [
            (problems, self.section(problems, title=titles[problems]))
        ]
        if self._form is not None:  # what is changed most often
            self.section(self._form, line=False)
        self._parts += [
            (part, self.section(part, title=titles.get(part, ""))) for part in (order, why, switch)
        ]
        self.section(help_text)
        self._column.addStretch(1)

    def edit_parameter(self, name: str) -> None:
        """Give the focus to the field of a parameter, its value selected."""
        if self._form is not None:
            self._form.edit(name)

    def _layer(self) -> Layer:
        return self.document.project.graph.layers[self._layer_id]

    def refresh(self) -> None:
        """Show the node as it is now."""
        graph = self.document.project.graph
        node, layer = graph.nodes[self.key], self._layer()
        self._heading.setText(breakable(f"{node.label} · {layer.kind}"))
        if not self._name.is_being_edited:
            self._name.show_value(node.label)
        if not self._layer_name.is_being_edited:
            self._layer_name.show_value(layer.name)
        spec = registry.find(layer.kind)
        if self._form is not None and spec is not None:
            settings = spec.settings(layer.params)
            self._form.show_values(
                {
                    param.name: Shown(settings[param.name], param.name in layer.params)
                    for param in spec.params
                }
            )
        for part, box in self._parts:
            box.setVisible(part.refresh())

    def _merge_key(self, name: str) -> str:
        return f"{self._layer_id}.{name}"

    def _on_name_committed(self, text: str) -> None:
        words = self.tr("Rename {0}").format(self.document.project.graph.nodes[self.key].label)
        self.push(Rename(self.key, text), words, f"{self.key} name")

    def _on_layer_name_committed(self, text: str) -> None:
        words = self.tr("Rename the layer {0}").format(self._layer().name)
        self.push(RenameLayer(self._layer_id, text), words, f"{self._layer_id} name")

    def _on_param_committed(self, name: str, value: Value) -> None:
        words = self.tr("Set {0} of {1}").format(name, self._layer().name)
        self.push(SetParams(self._layer_id, {name: value}), words, self._merge_key(name))

    def _on_param_reset(self, name: str) -> None:
        words = self.tr("Reset {0} of {1}").format(name, self._layer().name)
        self.push(SetParams(self._layer_id, reset=(name,)), words)


class SeveralPage(Page):
    """Several nodes: those of one kind are edited together."""

    def __init__(self, document: Document, theme: Theme, keys: tuple[str, ...]) -> None:
        super().__init__(document, theme)
        graph = document.project.graph
        self.keys = keys
        self._layers = tuple(dict.fromkeys(graph.nodes[key].layer for key in keys))
        kinds = Counter(graph.layer_of(key).kind for key in keys)
        self._spec = registry.find(next(iter(kinds))) if len(kinds) == 1 else None
        what = next(iter(kinds)) if len(kinds) == 1 else self.tr("nodes")
        self.heading(f"{len(keys)} × {what}", self._spec.family if self._spec is not None else "")
        self._form = ParamForm(self._spec, theme) if self._spec is not None else None
        if self._form is not None:
            self._form.committed.connect(self._on_param_committed)
            self._form.reset.connect(self._on_param_reset)
            self.section(self._form, line=False)
        else:
            lines = [f"{count} × {kind}" for kind, count in kinds.most_common()]
            self.section(label("\n".join(lines), "code"), line=False)
        self._counts = label("", "muted", wrap=True)
        self._counts.setObjectName("inspector.counts")
        self.section(self._counts)
        self._column.addStretch(1)

    def refresh(self) -> None:
        """Show what the nodes have in common now."""
        graph, report = self.document.project.graph, self.document.report
        first = {graph.nodes[key].layer: report.nodes[key] for key in reversed(self.keys)}
        made = [known.made for known in first.values() if known.made is not None]
        count = sum(part.weights.trainable + part.weights.fixed for part in made)
        self._counts.setText(self.tr("{0} parameters together").format(f"{count:,}"))
        if self._form is None or self._spec is None:
            return
        layers = [graph.layers[layer] for layer in self._layers]
        shown = {}
        for param in self._spec.params:
            values = [self._spec.settings(layer.params)[param.name] for layer in layers]
            differ = any(value != values[0] for value in values)
            is_set = any(param.name in layer.params for layer in layers)
            shown[param.name] = Shown(values[0], is_set, differ)
        self._form.show_values(shown)

    def _on_param_committed(self, name: str, value: Value) -> None:
        words = self.tr("Set {0} of {1} layers").format(name, len(self._layers))
        parts = tuple(SetParams(layer, {name: value}) for layer in self._layers)
        self.push(Batch(parts, words), words, f"{'+'.join(self._layers)}.{name}")

    def _on_param_reset(self, name: str) -> None:
        words = self.tr("Reset {0} of {1} layers").format(name, len(self._layers))
        self.push(
            Batch(tuple(SetParams(layer, reset=(name,)) for layer in self._layers), words), words
        )


class ProjectPage(Page):
    """The project: its name, its size, its inputs and outputs, its data."""

    def __init__(self, document: Document, theme: Theme) -> None:
        super().__init__(document, theme)
        self._name = LineEditor("project", PROJECT_NAME)
        self._name.committed.connect(self._on_name_committed)
        self._name.setToolTip(self.tr("The name of the model."))
        self._heading = self.heading(self.tr("Project"), beside=self._name)
        sources = SourceOrder(document, theme, self.push)
        outputs = OutputOrder(document, theme, self.push)
        self._parts = [
            (sources, self.section(sources, title=self.tr("Inputs in order"))),
            (outputs, self.section(outputs, title=self.tr("Outputs in order"))),
        ]
        self._counts = label("", "muted", wrap=True)
        self._counts.setObjectName("inspector.counts")
        self._hint = label("", "muted", wrap=True)
        self._hint.setObjectName("inspector.hint")
        self.section(self._counts, self._hint)
        self._column.addStretch(1)

    def refresh(self) -> None:
        """Show the project as it is now."""
        project = self.document.project
        count = len(project.graph.layers)
        if not self._name.is_being_edited:
            self._name.show_value(project.name)
        layers = self.tr("1 layer") if count == 1 else self.tr("{0} layers").format(count)
        self._counts.setText(f"{layers} · {totals_text(project, self.document.report)}")
        for part, box in self._parts:
            box.setVisible(part.refresh())
        source = project.data.source
        text = self.tr("Data: {0}. The data panel says what each input gets.").format(source)
        none = self.tr("No data set is chosen yet. Choose one in the data panel.")
        self._hint.setText(text if source else none)

    def _on_name_committed(self, text: str) -> None:
        self.push(RenameProject(text), self.tr("Rename the project"), "project name")
