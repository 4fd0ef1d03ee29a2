"""The last run of a drawing: where it is and how it went, in the training panel's words."""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from engine import protocol
from engine.diagnosis import diagnose
from engine.expected import facts_of_run
from engine.observed import Facts, Observed
from graph.datasets import KNOWN
from gui.charts.curves import Curves
from gui.panels.training.parts import clock, duration, epochs_text, score_texts
from gui.parts.mapchoices import run_words
from gui.runner import paused_words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.diagnosis import Note
    from engine.runs import Run
    from graph.project import Training
    from gui.document import Sheet
    from gui.runner import Failure

_LOG_PIECES = 2000  # that are kept of what a program printed
_LONGEST = 24  # letters of a drawing's name

_tr = partial(QCoreApplication.translate, "TrainingPanel")


@dataclass(eq=False)
class Record:
    """A run of a drawing.

    Attributes:
        sheet: the drawing.
        epochs: how many the run is meant to have.
        unit: of the rate.
        curves: its values.
        words: how it goes or went.
        brief: the same in fewer letters, "" if it is short enough.
        outcome: rate or result, with shorter wordings.
        place: the last "Epoch … · batch …".
        done: the part that is done.
        name: of a run that isn't this drawing's.
        failure: why it failed.
        log: what the program printed.
        seen: what the notes on the training are made of.
        facts: what was known before it began.
    """

    sheet: Sheet
    epochs: int
    unit: str
    curves: Curves
    words: str = ""
    brief: str = ""
    outcome: tuple[str, ...] = ()
    place: str = ""
    done: float = 0.0
    scores: Mapping[str, float] = field(default_factory=dict)
    name: str = ""
    run: Run | None = None
    failure: Failure | None = None
    log: deque[str] = field(default_factory=lambda: deque(maxlen=_LOG_PIECES))
    seen: Observed = field(default_factory=Observed)
    facts: Facts = field(default_factory=Facts)
    _began: float = field(default_factory=time.monotonic)
    _paused: float = 0.0

    @property
    def title(self) -> str:
        """What is trained, in few letters: the run keeps its name when its drawing gets another."""
        own = self.run.info.name if self.run is not None else ""
        name = self.name or own or self.sheet.title.removesuffix(".loom")
        return name if len(name) <= _LONGEST else f"{name[: _LONGEST - 1]}…"

    @property
    def notes(self) -> tuple[Note, ...]:
        """What is worth knowing about the training so far, the gravest first."""
        return diagnose(self.seen, self.facts)

    def go_on(self) -> None:
        """Forget how the run ended: it is about to go on."""
        self.failure, self.outcome, self.place, self.brief = None, (), "", ""
        self.words = _tr("Resuming …")
        self._began = time.monotonic()

    def take_resumed(self, run: Run, resumed: protocol.Resumed) -> None:
        """The run goes on, and these epochs lie behind it."""
        self.run = run
        if not self.curves.epochs:  # this window hasn't seen them
            self.take_told(run)
        self.curves.length = max(self.epochs, resumed.epoch)
        self.curves.rewind(resumed.epoch)
        self.seen.take(resumed)
        for epoch in resumed.epochs:
            self.curves.add_rate(epoch.epoch, epoch.learning_rate)
            self.curves.add_epoch(epoch.epoch, epoch.logs)

    def take_told(self, run: Run) -> None:
        """Take what a run has told long ago."""
        events = tuple(run.told())
        self.seen.take_told(events)
        for event in events:
            match event:
                case protocol.Started():
                    self.epochs = self.curves.length = event.epochs
                case protocol.EpochEnded():
                    self.curves.add_rate(event.epoch, event.learning_rate)
                    self.curves.add_epoch(event.epoch, event.logs)
                case protocol.Gradients():
                    self.curves.add_norms(event.epoch, event.norms)

    def take_started(self, run: Run, started: protocol.Started) -> None:
        """Training begins."""
        self.run, self.epochs = run, started.epochs
        if run.info.name != self.sheet.project.name:  # it had waited while others were trained
            self.name = run.info.name
        self.curves.length = started.epochs
        self.seen.take(started)
        self.words = _tr("Epoch {0:,}/{1:,}").format(started.initial_epoch + 1, started.epochs)

    def take_progress(self, event: protocol.Progress) -> None:
        """Note where training is."""
        self.seen.take(event)
        self._take_place(event)
        rate = f"{event.rate:,.0f} {self.unit}" if event.rate else ""
        left = _tr("{0} left").format(clock(event.eta)) if event.eta is not None else ""
        self.outcome = (" · ".join(filter(None, (rate, left))), left or rate)

    def take_pause(self, paused: protocol.Paused) -> None:
        """Training holds; the time until it goes on doesn't count."""
        self._take_place(paused)
        self._paused, self.words = time.monotonic(), paused_words(paused)

    def end_pause(self) -> None:
        """Training goes on."""
        self._began += time.monotonic() - self._paused
        self.words = self.place

    def take_end(self, reason: str, run: Run | None) -> None:
        """Say how the run went."""
        self.run = run or self.run
        seconds = duration(time.monotonic() - self._began)
        if reason == "stopped":
            self.outcome = (_tr("After {0}").format(seconds),)
            self.words = self._stopped_words()
            self.brief = self.words.partition(" · ")[0]
            return
        scores = score_texts(self.scores)
        self.outcome = (" · ".join([*scores, seconds]), " · ".join(scores[:2]), *scores[:1])
        count = max(map(len, self.curves.epochs.values()), default=self.epochs)
        self.words = _tr("Trained for {0}").format(epochs_text(count))
        self.done = 1.0

    def take_failure(self, failure: Failure) -> None:
        """Keep why it failed."""
        self.words, self.outcome = _tr("The training failed"), ()
        self.failure = failure

    def _take_place(self, event: protocol.Progress | protocol.Paused) -> None:
        self.place = _tr("Epoch {0:,}/{1:,} · batch {2:,}").format(
            event.epoch + 1, self.epochs, event.step
        )
        self.place += f"/{event.steps:,}" if event.steps else ""

    def _stopped_words(self) -> str:
        if self.run is None or self.run.weights is None:
            return _tr("Stopped before the training began.")
        where = self.place or _tr("before the first batch")
        words = _tr("Stopped at {0}; the weights are kept.")
        return words.format(where[:1].lower() + where[1:])


def begun(sheet: Sheet, run: Run | None) -> Record:
    """Return the record of a drawing's run that is about to begin, or of this one to go on."""
    project = sheet.project
    unit = _tr("images/s") if project.data.source in KNOWN else _tr("samples/s")
    epochs = project.training.epochs
    record = Record(sheet, epochs, unit, Curves(epochs))
    record.words = _tr("Preparing the data and the model …")
    if run is not None:
        record.run, record.name = run, run.info.name
    return record


def past(sheet: Sheet, run: Run) -> Record:
    """Return the record of a run that is over, or that another process trains."""
    record = begun(sheet, run)
    record.name = run_words(run, scored=False)
    record.take_told(run)
    record.facts = facts_of_run(run)
    record.scores = {name: value for name, value in run.info.scores.items() if value is not None}
    count = max(map(len, record.curves.epochs.values()), default=0)
    record.done = count / max(1, record.epochs)
    seconds = (duration(run.info.seconds),) if run.info.seconds is not None else ()
    scores = score_texts(record.scores)
    record.outcome = (" · ".join([*scores, *seconds]), " · ".join(scores[:2]), *scores[:1])
    record.words = {
        "completed": _tr("Trained for {0}"),
        "stopped": _tr("Stopped after {0}; the weights are kept."),
        "failed": _tr("The training failed after {0}."),
    }.get(run.info.status, _tr("Cut off after {0}.")).format(epochs_text(count))
    if run.info.status == "failed" and run.info.sentence:
        record.words = f"{record.words} {run.info.sentence}"
    if run.is_held:
        record.words = _tr("Another process trains it; so far {0}.").format(epochs_text(count))
    return record


def plan_texts(plan: Training, errors: int = 0) -> tuple[str, ...]:
    """Say what a training would be, or what keeps it back, and the same in fewer words."""
    if errors:
        count = _tr("1 error keeps") if errors == 1 else _tr("{0:,} errors keep").format(errors)
        short = _tr("1 error") if errors == 1 else _tr("{0:,} errors").format(errors)
        return _tr("{0} the model from being trained").format(count), short
    words = _tr("Ready for {0}").format(epochs_text(plan.epochs))
    size = _tr("batch size {0:,}").format(plan.batch_size)
    return f"{words} · {size}", words
