"""The sections of the inspector that are not fields: inputs, outputs, problems, explanations.

`refresh()` of each returns whether it has anything to show.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from graph import registry
from graph.binding import inputs_of
from graph.edits import Edit, OrderInputs, OrderSources, SetOutputs
from graph.inference import spec_text
from graph.problems import Problem, Severity
from graph.project import Port
from graph.spec import Calls
from graph.topology import wiring
from gui.parts.widgets import (
    ElidedLabel,
    RepairButton,
    breakable,
    hand_focus_on,
    icon_button,
    label,
    link_button,
    turned,
    unbroken,
)
from gui.theme import MEDIUM, SMALL, TINY

if TYPE_CHECKING:
    from graph.repairs import Repair
    from gui.document import Document
    from gui.theme import Theme

_NAME_WIDTH = 112  # pixels of a node's name in a row
Push = Callable[[Edit, str], None]
_Item = TypeVar("_Item")


class Entry(NamedTuple):
    """A row of an ordered list: the node it stands for, its name, and its shape."""

    node: str
    name: str
    shape: str


class Section(QWidget):
    """A section that knows its document; what it shows is made anew when it is another."""

    def __init__(self, document: Document, theme: Theme) -> None:
        super().__init__()
        self.document = document
        self.theme = theme
        self._shown: object = None
        self._body: QWidget | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)

    def refresh(self) -> bool:
        """Show what the document says now; return whether there is anything to show."""
        raise NotImplementedError

    def _heir(self) -> QWidget:
        """Return who gets the focus of a row that goes away: the area that scrolls the page."""
        found: QWidget | None = self.parentWidget()
        while found is not None and not isinstance(found, QScrollArea):
            found = found.parentWidget()
        return found or self

    def _replace(self, shown: object) -> QWidget | None:
        """Return an empty body to fill, or None if the same thing is shown already."""
        if shown == self._shown:
            return None
        self._shown = shown
        if self._body is not None:
            hand_focus_on(self._body, self._heir())
            self._body.hide()
            self._body.deleteLater()
        self._body = QWidget()
        self._column.addWidget(self._body)
        return self._body


class OrderedList(Section):
    """Rows of nodes in an order that counts; with `move`, a person can change it."""

    def _list(self, entries: tuple[Entry, ...], name: str, *, movable: bool) -> bool:
        body = self._replace(entries)
        if body is None:
            return bool(entries)
        grid = QGridLayout(body)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(TINY)
        grid.setColumnStretch(2, 1)
        for row, entry in enumerate(entries):
            grid.addWidget(label(f"{row + 1}", "code"), row, 0)
            button = link_button(entry.name, f"{name}.{row}")
            middle = Qt.TextElideMode.ElideMiddle
            button.setText(button.fontMetrics().elidedText(entry.name, middle, _NAME_WIDTH))
            button.setToolTip(entry.name)
            button.setAccessibleName(entry.name)
            button.clicked.connect(lambda _=False, node=entry.node: self.document.reveal(node))
            grid.addWidget(button, row, 1)
            shape = ElidedLabel(entry.shape, "code")
            shape.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            grid.addWidget(shape, row, 2)
            if movable:
                self._add_movers(grid, row, len(entries), name)
        return bool(entries)

    def _add_movers(self, grid: QGridLayout, row: int, count: int, name: str) -> None:
        up = icon_button("chevron-down", self.theme, self.tr("Move up"), f"{name}.{row}.up")
        up.setIcon(turned(up.icon()))
        up.setEnabled(row > 0)
        up.clicked.connect(lambda: self._move(row, row - 1))
        down = icon_button("chevron-down", self.theme, self.tr("Move down"), f"{name}.{row}.down")
        down.setEnabled(row < count - 1)
        down.clicked.connect(lambda: self._move(row, row + 1))
        grid.addWidget(up, row, 3)
        grid.addWidget(down, row, 4)

    def _move(self, row: int, to: int) -> None:
        raise NotImplementedError

    def _shape(self, node: str, output: int = 0) -> str:
        spec = self.document.report.spec_of(node, output)
        return spec_text(spec) if spec is not None else "?"


def _moved(items: tuple[_Item, ...], row: int, to: int) -> tuple[_Item, ...]:
    left = list(items)
    left.insert(to, left.pop(row))
    return tuple(left)


class InputOrder(OrderedList):
    """The inputs of a merge, in the order in which Keras gets them."""

    def __init__(self, document: Document, theme: Theme, key: str, push: Push) -> None:
        super().__init__(document, theme)
        self._key = key
        self._push = push

    def _links(self) -> tuple[str, ...]:
        return wiring(self.document.project.graph).into[self._key]

    def refresh(self) -> bool:
        """Show the inputs of a layer that takes a list of them."""
        graph = self.document.project.graph
        spec = registry.find(graph.layer_of(self._key).kind)
        if spec is None or spec.calls is not Calls.LIST:
            return False
        links = [graph.links[link] for link in self._links()]
        entries = tuple(
            Entry(
                link.source, graph.nodes[link.source].label, self._shape(link.source, link.output)
            )
            for link in links
        )
        return self._list(entries, "inspector.input", movable=True)

    def _move(self, row: int, to: int) -> None:
        label_ = self.document.project.graph.nodes[self._key].label
        words = self.tr("Order the inputs of {0}").format(label_)
        self._push(OrderInputs(self._key, _moved(self._links(), row, to)), words)


class SourceOrder(OrderedList):
    """The model's inputs, in the order in which it takes them."""

    def __init__(self, document: Document, theme: Theme, push: Push) -> None:
        super().__init__(document, theme)
        self._push = push

    def _keys(self) -> tuple[str, ...]:
        return inputs_of(self.document.project.graph)

    def refresh(self) -> bool:
        """Show the model's inputs; a single one has no order."""
        nodes = self.document.project.graph.nodes
        entries = tuple(Entry(key, nodes[key].label, self._shape(key)) for key in self._keys())
        return self._list(entries, "inspector.source", movable=True) and len(entries) > 1

    def _move(self, row: int, to: int) -> None:
        self._push(OrderSources(_moved(self._keys(), row, to)), self.tr("Order the inputs"))


class OutputOrder(OrderedList):
    """What the model returns, in order."""

    def __init__(self, document: Document, theme: Theme, push: Push) -> None:
        super().__init__(document, theme)
        self._push = push

    def refresh(self) -> bool:
        """Show the model's outputs; a single one has no order."""
        graph = self.document.project.graph
        entries = tuple(
            Entry(port.node, graph.nodes[port.node].label, self._shape(*port))
            for port in graph.outputs
            if port.node in graph.nodes
        )
        return self._list(entries, "inspector.returned", movable=True) and len(entries) > 1

    def _move(self, row: int, to: int) -> None:
        outputs = self.document.project.graph.outputs
        self._push(SetOutputs(_moved(outputs, row, to)), self.tr("Order the outputs"))


class OutputSwitch(Section):
    """Whether the model returns what a node makes."""

    def __init__(self, document: Document, theme: Theme, key: str, push: Push) -> None:
        super().__init__(document, theme)
        self._port = Port(key)
        self._push = push
        self._box = QCheckBox(self.tr("The model returns this"))
        self._box.setObjectName("inspector.output")
        self._box.clicked.connect(self._on_clicked)
        self._column.addWidget(self._box)

    def refresh(self) -> bool:
        """Show whether the node is one of the model's outputs."""
        with QSignalBlocker(self._box):
            self._box.setChecked(self._port in self.document.project.graph.outputs)
        return True

    def _on_clicked(self, checked: bool) -> None:  # noqa: FBT001 - Qt's signal
        outputs = self.document.project.graph.outputs
        kept = tuple(port for port in outputs if port != self._port)
        self._push(
            SetOutputs((*kept, self._port) if checked else kept), self.tr("Choose the outputs")
        )


class NodeProblems(Section):
    """What is wrong with a node, and what would cure it."""

    def __init__(self, document: Document, theme: Theme, key: str, push: Push) -> None:
        super().__init__(document, theme)
        self._key = key
        self._push = push
        document.repair_search.found.connect(self._on_repairs_found)

    def _on_repairs_found(self, problem: Problem) -> None:
        if problem.node == self._key or self._key in problem.others:
            self.refresh()

    def refresh(self) -> bool:
        """Show the node's problems with their repairs."""
        found = tuple(
            problem
            for problem in self.document.problems
            if problem.node == self._key or self._key in problem.others
        )
        offers = [self.document.repairs_of(problem) or () for problem in found]
        body = self._replace((found, offers) if found else ())
        if body is None or not found:
            return bool(found)
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(TINY)
        for problem, offered in zip(found, offers, strict=True):
            self._add(column, problem, offered)
        return True

    def _add(self, column: QVBoxLayout, problem: Problem, offered: tuple[Repair, ...]) -> None:
        role = "error" if problem.severity is Severity.ERROR else "warning"
        sentence = label(breakable(unbroken(problem.sentence)), role, wrap=True)
        column.addWidget(sentence)
        for repair in offered:
            button = RepairButton(repair, f"inspector.repair.{column.count() - 1}")
            button.clicked.connect(lambda _=False, one=repair: self._push(one.edit, one.label))
            column.addWidget(button)


class WhyCard(Section):
    """The shapes that arrive and leave, and the formulas behind a node's numbers."""

    def __init__(self, document: Document, theme: Theme, key: str) -> None:
        super().__init__(document, theme)
        self._key = key

    def _lines(self) -> tuple[tuple[str, str], ...]:
        report = self.document.report.nodes[self._key]
        lines = [("in", spec_text(spec)) for spec in report.inputs]
        lines += [("out", spec_text(spec)) for spec in report.outputs]
        spec = registry.find(report.layer.kind)
        if spec is None or report.made is None:
            return tuple(lines)
        made = report.made
        why = spec.explain(spec.settings(report.layer.params), report.inputs, made)
        lines += [(line.about, line.formula) for line in why]
        if made.multiply_adds and all(line.about != "work" for line in why):
            lines.append(("work", f"{made.multiply_adds:,} multiply-adds"))
        return tuple(lines)

    def refresh(self) -> bool:
        """Show the shapes and formulas, as far as they are known."""
        lines = self._lines()
        body = self._replace(lines)
        if body is None:
            return bool(lines)
        row = QHBoxLayout(body)
        row.setContentsMargins(0, 0, 0, 0)
        card = QFrame()
        card.setObjectName("inspector.why")
        card.setProperty("role", "card")
        row.addWidget(card)
        grid = QGridLayout(card)
        grid.setContentsMargins(SMALL, SMALL, SMALL, SMALL)
        grid.setHorizontalSpacing(MEDIUM)
        grid.setVerticalSpacing(TINY)
        grid.setColumnStretch(1, 1)
        for index, (about, formula) in enumerate(lines):
            grid.addWidget(label(about, "code"), index, 0, Qt.AlignmentFlag.AlignTop)
            words = label(formula, "code", wrap=True)
            words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            grid.addWidget(words, index, 1)
        return bool(lines)
