"""Asking an engine how samples get from their columns to the model, for whoever shows that."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import msgspec
from PySide6.QtCore import QObject, Signal
from shiboken6 import isValid

from codegen import emit, emit_stages
from engine import protocol
from graph.binding import bind
from graph.classnames import label_names
from graph.datasets import find_data, is_here
from graph.project import Training
from gui.runner import Failure

if TYPE_CHECKING:
    from codegen.emit_stages import Staging
    from engine.client import Engine
    from engine.protocol import Array
    from graph.columns import Bindings
    from graph.inference import Report
    from graph.project import Data, Project
    from gui.document import Document
    from gui.runner import Runner

_OF_SAMPLES = ("batch_size", "seed", "validation", "validation_split", "limit", "stratified")


class Answer(NamedTuple):
    """A sample with the words for its stages."""

    staging: Staging
    staged: protocol.Staged


@dataclass(frozen=True)
class Wish:
    """Which sample is wanted, of what; two are the same if their answers are.

    `labels` are those of the Inputs and outputs, as they are drawn, and `plan` is what of the
    training plan says which samples there are.
    """

    part: str
    index: int
    data: Data
    bound: Bindings
    labels: tuple[str, ...]
    plan: Training
    project: Project = field(compare=False)
    report: Report = field(compare=False)

    @staticmethod
    def of(project: Project, report: Report, part: str, index: int) -> Wish:
        """Return the wish for a sample of a part, from 0."""
        bound = bind(project, report)
        nodes = [one.port.node for one in (*bound.inputs, *bound.outputs)]
        labels = tuple(project.graph.nodes[key].label for key in nodes)
        plan = Training(**{name: getattr(project.training, name) for name in _OF_SAMPLES})
        return Wish(part, index, project.data, bound, labels, plan, project, report)

    def ask(self, engine: Engine) -> Answer:
        """Let an engine follow the sample; raises what the client raises, and OSError.

        It keeps the data as long as it is given the same text: the model and all else in the plan
        are left away.
        """
        staging = emit_stages(self.project, self.report)
        program = emit(msgspec.structs.replace(self.project, training=self.plan), self.report)
        head = program.text.splitlines(keepends=True)[: program.sections["imports"].last]
        request = protocol.Stages(
            program="".join(head),
            section=staging.section,
            folder=str(find_data(self.project)),
            part=self.part,
            index=self.index,
            labels=True,
        )
        return Answer(staging, engine.stage(request))


@dataclass
class Parts:
    """How many samples each part of the data has, and the labels of all of them."""

    counts: dict[str, int] = field(default_factory=dict)
    labels: dict[str, Array] = field(default_factory=dict)
    names: tuple[str, ...] = ()
    column: str = ""


class SampleAsking(QObject):
    """Asks for one sample at a time; what was wanted last wins.

    Signals:
        answered(Answer): it is there, and `parts` are what they are now.
        refused(str, str): there is none; a sentence says why, with Python's words for a tip.
        waiting(str): a sentence says what for.
    """

    answered = Signal(object)
    refused = Signal(str, str)
    waiting = Signal(str)

    def __init__(self, document: Document, runner: Runner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document, self._runner = document, runner
        self._part, self._index = "train", 0
        self._asked: Wish | None = None
        self._shown: Wish | None = None
        self.parts = Parts()

    def want(self, part: str | None = None, index: int | None = None) -> None:
        """Ask for a sample, or for the same one of what the drawing is now."""
        self._part = self._part if part is None else part
        self._index = self._index if index is None else index
        obstacle = self._obstacle()
        if obstacle:
            self._shown = None
            self.refused.emit(obstacle, "")
            return
        project, report = self._document.project, self._document.report
        wish = Wish.of(project, report, self._part, self._index)
        if self._asked is not None or wish == self._shown:
            return  # asked again when the answer is there
        self._asked = wish
        if self._runner.is_training:
            self.waiting.emit(self.tr("The samples come when the training is over."))
        elif self._shown is None:
            self.waiting.emit(self.tr("The data are being loaded."))
        self._runner.ask(wish.ask, lambda answer: self._on_answer(wish, answer))

    def _obstacle(self) -> str:
        """Return why there is nothing to see, and what to do about it; "" if there is."""
        project, report = self._document.project, self._document.report
        bound = bind(project, report)
        if not bound.inputs and not bound.outputs:
            return self.tr("Draw an Input first: here you will see what it is given.")
        if bound.data is None:
            return bound.trouble
        if not is_here(project):
            return self.tr("The data set isn't on this computer yet: train once, and it comes.")
        return ""

    def _on_answer(self, wish: Wish, answer: object) -> None:
        if not isValid(self):  # the panel has gone while the engine was busy
            return
        self._asked = None
        if isinstance(answer, Failure):
            self._shown = wish  # asked again only when something has changed
            self.refused.emit(answer.sentence, answer.traceback[-2000:])
        elif isinstance(answer, Answer):
            self._shown = wish
            self._take(answer)
            self.answered.emit(answer)
        self.want()

    def _take(self, answer: Answer) -> None:
        labels = answer.staging.labels
        column = labels.column if labels is not None else None
        self.parts = Parts(
            answer.staged.counts,
            answer.staged.labels,
            label_names(self._document.project.data.source, column) if column is not None else (),
            column.name if column is not None else "",
        )
