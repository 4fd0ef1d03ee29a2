"""The choice of what to look into: a run, a node of the drawing it trained, a sample."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QIcon, QTransform
from PySide6.QtWidgets import QHBoxLayout, QSpinBox, QToolButton, QWidget

from engine.evaluating import weights_of
from graph import projectfile, registry
from graph.datasets import BadData, describe
from graph.inference import infer
from graph.spec import Calls
from graph.topology import wiring
from gui.icons import action_icon
from gui.parts.combo import named_combo
from gui.theme import TINY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from engine.runs import Run
    from graph.inference import Report
    from graph.project import Project
    from gui.theme import Theme


class Opened(NamedTuple):
    """A run with the drawing that was trained in it."""

    run: Run
    project: Project
    report: Report

    def nodes(self) -> list[tuple[str, str]]:
        """Return the nodes that have maps, in the order of the program, with words for people."""
        graph = self.project.graph
        found = []
        for key in wiring(graph).order:
            if self.report.spec_of(key) is not None:
                layer = graph.layer_of(key)
                found.append((key, f"{graph.nodes[key].label} · {layer.kind}"))
        return found

    def first_choice(self) -> str | None:
        """Return the first node after the Inputs that makes feature maps, or else any."""
        graph = self.project.graph
        keys = [key for key, _ in self.nodes()]
        inner = [key for key in keys if not _is_input(self.project, key)]
        maps = [
            key
            for key in inner
            if (spec := self.report.spec_of(key)) is not None and len(spec.shape) >= 3
        ]
        return next(iter([*maps, *inner, *graph.nodes]), None)


def open_run(run: Run) -> Opened:
    """Read the drawing of a run; raises RunError and BadFile."""
    project = projectfile.loads(run.drawing_text)
    return Opened(run, project, infer(project))


def _is_input(project: Project, node: str) -> bool:
    spec = registry.find(project.graph.layer_of(node).kind)
    return spec is not None and spec.calls is Calls.SOURCE


def has_weights(run: Run) -> bool:
    """Say whether a run has left weights that can be loaded."""
    return run.weights is not None and run.weights.is_file()


def same_drawing(one: Project, other: Project) -> bool:
    """Say whether two projects make the same model; where their nodes lie doesn't matter."""
    a, b = one.graph, other.graph
    names = [{key: (n.layer, n.label) for key, n in graph.nodes.items()} for graph in (a, b)]
    return (a.layers, a.links, a.outputs) == (b.layers, b.links, b.outputs) and names[0] == names[1]


def run_words(run: Run, *, scored: bool = True) -> str:
    """Return how a run is offered: when it was made, its last weights' accuracy, then its name.

    What tells runs of one name apart stands first: a narrow field shows only the beginning.
    Where other weights than the last can be chosen beside it, `scored` is False.
    """
    try:
        made = datetime.fromisoformat(run.info.created).astimezone()
    except ValueError:
        time = run.info.created
    else:
        today = made.date() == datetime.now(UTC).astimezone().date()
        time = f"{made:%H:%M}" if today else f"{made:%Y-%m-%d}"
    score = accuracy_words(run.info.scores) if scored else ""
    return " · ".join(filter(None, (time, score, run.info.name)))


def accuracy_words(scores: Mapping[str, float | None]) -> str:
    """Return the accuracy among scores, "" if there is none."""
    accuracy = scores.get("accuracy")
    return f"{accuracy:.3f}" if accuracy is not None else ""


def _samples(project: Project) -> int:
    """Return the number of test samples of a drawing's data, as far as it can be told."""
    try:
        return max(1, describe(project.data).test)
    except BadData:
        return 1_000_000  # the program says so if there are less


class Choices(QWidget):
    """Three fields in a row.

    Signals:
        run_chosen(Run): a person chose another run, or other weights of it.
        changed(): another node or sample of the same run is chosen.
    """

    run_chosen = Signal(object)
    changed = Signal()

    def __init__(
        self, theme: Theme, parent: QWidget | None = None, *, prefix: str = "activations"
    ) -> None:
        """Make the fields; `prefix` is what their object names begin with."""
        super().__init__(parent)
        self.run_box = named_combo(f"{prefix}.run", self.tr("Run"), 17)
        self.layer_box = named_combo(f"{prefix}.layer", self.tr("Layer"), 8, "code")
        self.sample_box = QSpinBox()
        self.sample_box.setObjectName(f"{prefix}.sample")
        self.sample_box.setProperty("role", "code")
        self.sample_box.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.sample_box.setAccessibleName(self.tr("Sample of the test data"))
        self.sample_box.setToolTip(self.tr("Sample of the test data, counted from 0"))
        self.sample_box.setWrapping(True)
        self.sample_box.setMaximum(0)
        self.sample_box.setMinimumWidth(72)
        self.previous = self._arrow(self.tr("Previous sample"), f"{prefix}.previous")
        self.next = self._arrow(self.tr("Next sample"), f"{prefix}.next")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(TINY)
        row.addWidget(self.run_box, 3)
        row.addWidget(self.layer_box, 2)
        row.addWidget(self.previous)
        row.addWidget(self.sample_box)
        row.addWidget(self.next)
        self.run_box.activated.connect(lambda _n: self.run_chosen.emit(self.run_box.currentData()))
        self.layer_box.activated.connect(lambda _n: self.changed.emit())
        self.sample_box.valueChanged.connect(lambda _n: self.changed.emit())
        self.previous.clicked.connect(self.sample_box.stepDown)
        self.next.clicked.connect(self.sample_box.stepUp)
        self.setEnabled(False)
        self.set_theme(theme)

    @property
    def node(self) -> str | None:
        """Return the chosen node's id, or None if there is none."""
        node: str | None = self.layer_box.currentData()
        return node

    @property
    def sample(self) -> int:
        """Return the index of the chosen sample in the test data, from 0."""
        return self.sample_box.value()

    def add_run(self, run: Run) -> None:
        """Offer a run above all others; once, also if it has gone on."""
        self._withdraw(lambda one: one.path == run.path)
        self._insert(run, 0)

    def _insert(self, run: Run, index: int) -> None:
        self.run_box.insertItem(index, run_words(run), run)
        self.run_box.setItemData(index, run_words(run), Qt.ItemDataRole.ToolTipRole)
        self.setEnabled(True)

    def runs(self) -> list[Run]:
        """Return the runs that are offered, each with its last weights."""
        return [one for one in self._offered() if one.chosen is None]

    def _offered(self) -> list[Run]:
        return [self.run_box.itemData(n) for n in range(self.run_box.count())]

    def _withdraw(self, is_it: Callable[[Run], bool]) -> None:
        for at in reversed(range(self.run_box.count())):
            if is_it(self.run_box.itemData(at)):
                self.run_box.removeItem(at)

    def _offer_weights(self, run: Run) -> int:
        """Offer the other weights that a run has left, below it; return where its own stand."""
        self._withdraw(lambda one: one.chosen is not None)
        at = [one.path for one in self._offered()].index(run.path)
        base: Run = self.run_box.itemData(at)
        others = [path for path in weights_of(base) if path != base.weights]
        for below, path in enumerate(others, at + 1):
            words = f"↳ {path.name.partition('.')[0]} · {run_words(run, scored=False)}"
            self.run_box.insertItem(below, words, base.with_weights(path))
            self.run_box.setItemData(below, str(path), Qt.ItemDataRole.ToolTipRole)
        return [(one.path, one.chosen) for one in self._offered()].index((run.path, run.chosen))

    def show_none(self) -> None:
        """Choose no run until somebody does."""
        self.run_box.setPlaceholderText(self.tr("Choose a run"))
        self.run_box.setCurrentIndex(-1)

    def show_opened(self, opened: Opened) -> None:
        """Offer a run's nodes and samples; keep the node if this run has it too."""
        before = self.node
        self.run_box.setCurrentIndex(self._offer_weights(opened.run))
        with QSignalBlocker(self.layer_box):
            self.layer_box.clear()
            for key, words in opened.nodes():
                self.layer_box.addItem(words.partition(" · ")[0], key)
                self.layer_box.setItemData(
                    self.layer_box.count() - 1, words, Qt.ItemDataRole.ToolTipRole
                )
        with QSignalBlocker(self.sample_box):
            self.sample_box.setMaximum(_samples(opened.project) - 1)
        if not self.choose_node(before):
            self.choose_node(opened.first_choice())

    def offer_older(self, runs: Iterable[Run]) -> None:
        """Offer runs that aren't offered yet, each below the one before it."""
        below = 0
        for run in runs:
            places = [n for n, one in enumerate(self._offered()) if one.path == run.path]
            if not places:
                self._insert(run, below)
            below = places[-1] + 1 if places else below + 1

    def follow(self, selected: frozenset[str]) -> bool:
        """Choose the one node that is selected on the canvas; say whether it is another."""
        before = self.node
        if len(selected) == 1:
            self.choose_node(next(iter(selected)))
        return self.node != before

    def choose_node(self, node: str | None) -> bool:
        """Choose a node without a signal, if it is offered; say whether it is."""
        index = self.layer_box.findData(node) if node is not None else -1
        if index >= 0:
            self.layer_box.setCurrentIndex(index)
        return index >= 0

    def _arrow(self, words: str, name: str) -> QToolButton:
        button = QToolButton()
        button.setObjectName(name)
        button.setFixedSize(24, 28)
        button.setIconSize(QSize(16, 16))
        button.setStyleSheet("padding: 0px;")
        button.setToolTip(words)
        button.setAccessibleName(words)
        button.setAutoRepeat(True)
        return button

    def set_theme(self, theme: Theme) -> None:
        """Dress the arrows."""
        right = action_icon("chevron-right", theme)
        self.next.setIcon(right)
        mirror = QTransform.fromScale(-1, 1)
        self.previous.setIcon(QIcon(right.pixmap(32, 32).transformed(mirror)))
