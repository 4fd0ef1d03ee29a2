"""Training: where it is, how it goes, what came out, and what went wrong."""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import (
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from graph.datasets import KNOWN
from gui.panels.chart import Chart, is_loaded
from gui.panels.curves import Curves
from gui.panels.parts import link_button
from gui.panels.training_parts import (
    Line,
    Notice,
    TextWindow,
    clock,
    duration,
    epochs_text,
    score_texts,
)
from gui.runner import State
from gui.theme import MEDIUM, SMALL, TINY

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine import protocol
    from engine.runs import Run
    from gui.document import Document, Sheet
    from gui.runner import Failure, Runner
    from gui.theme import Theme

_PARTS = 1000  # of the progress bar
_LOG_PIECES = 2000  # that are kept of what a program printed
_LONGEST = 24  # letters of a drawing's name


@dataclass(eq=False)
class _Record:
    """The last run of a drawing, as the panel shows it."""

    sheet: Sheet
    epochs: int
    unit: str  # of the rate
    curves: Curves
    began: float = field(default_factory=time.monotonic)
    words: str = ""  # how it goes or went
    outcome: tuple[str, ...] = ()  # rate or result, with shorter wordings
    place: str = ""  # the last "Epoch … · batch …"
    done: float = 0.0
    scores: dict[str, float] = field(default_factory=dict)
    run: Run | None = None
    failure: Failure | None = None
    log: deque[str] = field(default_factory=lambda: deque(maxlen=_LOG_PIECES))


class TrainingPanel(QWidget):
    """Train and Stop, progress, live curves, the result, and the program's messages.

    Each open drawing has its own last run; the one that is being trained is shown until it ends.

    Signals:
        train_wanted(): somebody wants to train the open drawing.
    """

    train_wanted = Signal()

    def __init__(
        self, document: Document, theme: Theme, runner: Runner, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("training")
        self._document, self._runner = document, runner
        self._sheet = document.sheet
        self._records: dict[Sheet, _Record] = {}
        self._shown: _Record | None = None  # None: nothing was trained yet
        self._make_widgets(theme)
        self._lay_out()
        self._connect()
        self._show_record()
        self._on_state_changed(runner.state, "")
        self._train_can_be_pressed()

    def _make_widgets(self, theme: Theme) -> None:
        self.status = Line("training.status")
        self.outcome = Line("training.result", "muted")
        self.train_button = QPushButton(self.tr("Train"))
        self.train_button.setObjectName("training.train")
        self.train_button.setProperty("role", "primary")
        self.train_button.setToolTip(self.tr("Run the program of this drawing"))
        self.stop_button = QPushButton(self.tr("Stop"))
        self.stop_button.setObjectName("training.stop")
        self.stop_button.setToolTip(self.tr("End the training now and keep its weights"))
        self.progress = QProgressBar()
        self.progress.setObjectName("training.progress")
        self.progress.setRange(0, _PARTS)
        self.progress.setTextVisible(False)
        self.progress.setAccessibleName(self.tr("Progress of the training"))
        self.folder = link_button(self.tr("Run folder"), "training.folder")
        self.messages = link_button(self.tr("Messages"), "training.messages")
        self.messages.setToolTip(self.tr("What the program printed"))
        self.log = TextWindow(self.tr("Messages of the program"), "training.log", self)
        self.notice = Notice(self._document)
        self.chart = Chart(theme)

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(SMALL)
        top.addWidget(self.status, 1)
        top.addWidget(self.stop_button)
        top.addWidget(self.train_button)
        below = QHBoxLayout()
        below.setSpacing(MEDIUM)
        below.addWidget(self.outcome, 1)
        below.addWidget(self.messages)
        below.addWidget(self.folder)
        self._pages = QStackedLayout()
        self._pages.addWidget(self.chart)
        self._pages.addWidget(self.notice)
        column = QVBoxLayout(self)
        column.setContentsMargins(MEDIUM, TINY, MEDIUM, TINY)
        column.setSpacing(TINY)
        column.addLayout(top)
        column.addWidget(self.progress)
        column.addLayout(below)
        column.addLayout(self._pages, 1)

    def _connect(self) -> None:
        runner = self._runner
        self.train_button.clicked.connect(self.train_wanted)
        self.stop_button.clicked.connect(runner.stop)
        self.folder.clicked.connect(self._on_folder_clicked)
        self.messages.clicked.connect(self.log.open_at_end)
        self._document.changed.connect(self._on_document_changed)
        self._document.file_changed.connect(self._on_document_changed)
        runner.state_changed.connect(self._on_state_changed)
        runner.started.connect(self._on_started)
        runner.progressed.connect(self._on_progressed)
        runner.epoch_ended.connect(self._on_epoch_ended)
        runner.evaluated.connect(self._on_evaluated)
        runner.finished.connect(self._on_finished)
        runner.failed.connect(self._on_failed)
        runner.logged.connect(self._on_logged)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of another theme."""
        self.chart.set_theme(theme)

    # --- what the runner tells ----------------------------------------------------------------

    def _on_state_changed(self, state: State, _sentence: str) -> None:
        busy = state in {State.TRAINING, State.STOPPING}
        if state is State.TRAINING:
            self._begin()
        if state is State.STOPPING and self._shown is not None:
            self._say(self._shown, self.tr("Stopping; the weights are kept …"))
        if state is State.READY and is_loaded():
            self.chart.prepare()
        self.train_button.setVisible(not busy)
        self.stop_button.setVisible(busy)
        self.stop_button.setEnabled(state is State.TRAINING)
        self.progress.setVisible(busy)

    def _begin(self) -> None:
        """Make room for the run of the open drawing that is about to begin."""
        project = self._document.project
        unit = self.tr("images/s") if project.data.source in KNOWN else self.tr("samples/s")
        epochs = project.training.epochs
        record = _Record(self._document.sheet, epochs, unit, Curves(epochs))
        record.words = self.tr("Preparing the data and the model …")
        self._records[record.sheet] = self._shown = record
        self._show_record()

    def _on_started(self, run: Run, started: protocol.Started) -> None:
        record = self._shown
        if record is not None:
            record.run, record.epochs = run, started.epochs
            record.curves.length = started.epochs
            self._say(record, self.tr("Epoch 1/{0:,}").format(started.epochs))

    def _on_progressed(self, event: protocol.Progress) -> None:
        record = self._shown
        if record is None:
            return
        fraction = event.step / event.steps if event.steps else 0.0
        record.place = self.tr("Epoch {0:,}/{1:,} · batch {2:,}").format(
            event.epoch + 1, record.epochs, event.step
        )
        record.place += f"/{event.steps:,}" if event.steps else ""
        rate = f"{event.rate:,.0f} {record.unit}" if event.rate else ""
        left = self.tr("{0} left").format(clock(event.eta)) if event.eta is not None else ""
        whole = " · ".join(filter(None, (rate, left)))
        record.outcome = (whole, left or rate)
        if self._runner.state is State.TRAINING:
            self._say(record, record.place)
        self._show_done(record, event.epoch + fraction)
        if event.steps:
            self.chart.add_batch(event.epoch + fraction, event.logs)

    def _on_epoch_ended(self, event: protocol.EpochEnded) -> None:
        record = self._shown
        if record is None:
            return
        self.chart.add_epoch(event.epoch, event.logs)
        self._show_done(record, event.epoch + 1)
        if event.epoch + 1 == record.epochs and self._runner.state is State.TRAINING:
            record.outcome = ()
            self._say(record, self.tr("Evaluating on the test set …"))

    def _on_evaluated(self, scores: Mapping[str, float]) -> None:
        if self._shown is not None:
            self._shown.scores = dict(scores)

    def _on_finished(self, reason: str, run: Run | None) -> None:
        record = self._shown
        if record is None:
            return
        record.run = run or record.run
        seconds = duration(time.monotonic() - record.began)
        if reason == "stopped":
            record.outcome = (self.tr("After {0}").format(seconds),)
            record.words = _stopped_words(record)
        else:
            scores = score_texts(record.scores)
            record.outcome = (" · ".join([*scores, seconds]), " · ".join(scores[:2]), *scores[:1])
            record.words = self.tr("Trained for {0}").format(epochs_text(record.epochs))
            self._show_done(record, record.epochs)
        self._show_record()

    def _on_failed(self, failure: Failure) -> None:
        record = self._shown
        if record is not None:
            record.words, record.outcome = self.tr("The training failed"), ()
            record.failure = failure
            self._show_record()

    def _on_logged(self, text: str) -> None:
        if self._shown is not None:
            self._shown.log.append(text)
            self.log.append(text)
            self.messages.show()

    # --- what the panel shows -----------------------------------------------------------------

    def _say(self, record: _Record, words: str) -> None:
        record.words = words
        self._show_words()

    def _show_done(self, record: _Record, epochs: float) -> None:
        record.done = epochs / max(1, record.epochs)
        self.progress.setValue(round(_PARTS * record.done))

    def _show_words(self) -> None:
        """Show how it goes, with the drawing's name while it trains or if another one is open."""
        record = self._shown
        if record is None:
            plan = self._document.project.training
            words = self.tr("Ready for {0}").format(epochs_text(plan.epochs))
            size = self.tr("batch size {0:,}").format(plan.batch_size)
            self.status.set_text(f"{words} · {size}", words)
            self.outcome.set_text()
            return
        words = record.words
        if self._runner.is_training or record.sheet is not self._document.sheet:
            name = record.sheet.title.removesuffix(".loom")
            name = name if len(name) <= _LONGEST else f"{name[: _LONGEST - 1]}…"
            self.status.set_text(f"{name}: {words[:1].lower()}{words[1:]}", words)
        else:
            self.status.set_text(words)
        self.outcome.set_text(*record.outcome)

    def _show_record(self) -> None:
        """Show a run with its curves, its messages and what went wrong, or that there is none."""
        record = self._shown
        self._show_words()
        self.progress.setValue(round(_PARTS * record.done) if record is not None else 0)
        self.log.text.setPlainText("".join(record.log) if record is not None else "")
        self.messages.setVisible(record is not None and bool(record.log))
        self.folder.setVisible(record is not None and record.run is not None)
        self.chart.show_curves(record.curves if record is not None else Curves())
        failure = record.failure if record is not None else None
        if failure is not None:
            self.notice.show_failure(failure)
        self._pages.setCurrentWidget(self.chart if failure is None else self.notice)

    def _on_document_changed(self, _change: object = None) -> None:
        self._train_can_be_pressed()
        is_other = self._document.sheet is not self._sheet
        self._sheet = self._document.sheet
        for gone in self._records.keys() - set(self._document.sheets):
            del self._records[gone]
        if self._runner.is_training or not is_other:
            self._show_words()
        else:
            self._shown = self._records.get(self._sheet)
            self._show_record()

    def _train_can_be_pressed(self) -> None:
        self.train_button.setEnabled(bool(self._document.project.graph.nodes))

    def _on_folder_clicked(self) -> None:
        if self._shown is not None and self._shown.run is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._shown.run.path)))


def _stopped_words(record: _Record) -> str:
    """Say where a run was stopped."""
    tr = partial(QCoreApplication.translate, "TrainingPanel")
    if record.run is None or record.run.weights is None:
        return tr("Stopped before the training began.")
    where = record.place or tr("before the first batch")
    words = tr("Stopped at {0}; the weights are kept.")
    return words.format(where[:1].lower() + where[1:])
