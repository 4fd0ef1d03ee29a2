"""Training: where it is, how it goes, what came out, and what went wrong."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import (
    QHBoxLayout,
    QProgressBar,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from graph.problems import Severity
from gui.charts.chart import Chart, is_loaded
from gui.charts.curves import Curves
from gui.panels.training.controls import Controls
from gui.panels.training.notes import NoteLine
from gui.panels.training.parts import Notice, TextWindow
from gui.panels.training.record import Record, begun, past, plan_texts
from gui.parts.beside import Beside
from gui.parts.widgets import Line, link_button
from gui.runner import State
from gui.theme import MEDIUM, SMALL, TINY

if TYPE_CHECKING:
    from engine import protocol
    from engine.runs import Run
    from gui.document import Document, Sheet
    from gui.runner import Failure, Runner
    from gui.theme import Theme

_PARTS = 1000  # of the progress bar


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
        self._records: dict[Sheet, Record] = {}
        self._shown: Record | None = None  # None: nothing was trained yet
        self._coming: Run | None = None  # the run that is about to go on
        self._busy = False
        self._make_widgets(theme)
        self._pages = _lay_out(self)
        self._connect()
        self._show_record()
        self._on_state_changed(runner.state, "")
        self._train_can_be_pressed()

    def _make_widgets(self, theme: Theme) -> None:
        self.status = Line("training.status")
        self.outcome = Line("training.result", "muted")
        self.controls = Controls(self._runner)
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
        self.notes = NoteLine()
        self.chart = Chart(theme)

    def _connect(self) -> None:
        runner = self._runner
        self.controls.train_wanted.connect(self.train_wanted)
        self.folder.clicked.connect(self._on_folder_clicked)
        self.messages.clicked.connect(self.log.open_at_end)
        self._document.changed.connect(self._on_document_changed)
        self._document.file_changed.connect(self._on_document_changed)
        runner.state_changed.connect(self._on_state_changed)
        runner.resuming.connect(self._on_resuming)
        runner.resumed.connect(self._on_resumed)
        runner.paused.connect(self._on_paused)
        runner.continued.connect(self._on_continued)
        runner.noted.connect(self._on_noted)
        runner.started.connect(self._on_started)
        runner.progressed.connect(self._on_progressed)
        runner.epoch_ended.connect(self._on_epoch_ended)
        runner.gradients_seen.connect(self._on_gradients_seen)
        runner.facts_known.connect(partial(self._keep, "facts"))
        runner.evaluated.connect(partial(self._keep, "scores"))
        runner.finished.connect(self._on_finished)
        runner.failed.connect(self._on_failed)
        runner.logged.connect(self._on_logged)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of another theme."""
        self.chart.set_theme(theme)

    # --- what the runner tells ----------------------------------------------------------------

    def _on_state_changed(self, state: State, _sentence: str) -> None:
        was_busy, self._busy = self._busy, self._runner.is_training
        if self._busy and not was_busy:
            self._begin()
        if state is State.STOPPING and self._shown is not None:
            self._say(self._shown, self.tr("Stopping; the weights are kept …"))
        if state is State.READY and is_loaded():
            self.chart.prepare()
        self._show_controls()
        self.progress.setVisible(self._busy)

    def _begin(self) -> None:
        """Make room for the run that is about to begin, or to go on."""
        run, self._coming = self._coming, None
        for record in self._records.values():
            if run is not None and record.run is not None and record.run.path == run.path:
                record.go_on()
                break
        else:
            record = begun(self._document.sheet, run)
            self._records[record.sheet] = record
        self._shown = record
        self._show_record()

    def _on_resuming(self, run: Run) -> None:
        self._coming = run

    def _on_resumed(self, run: Run, resumed: protocol.Resumed) -> None:
        if self._shown is not None:
            self._shown.take_resumed(run, resumed)
            self._show_record()

    def _on_started(self, run: Run, started: protocol.Started) -> None:
        if self._shown is not None:
            self._shown.take_started(run, started)
            self._show_words()

    def _on_paused(self, paused: protocol.Paused) -> None:
        if self._shown is not None:
            self._shown.take_pause(paused)
            self._show_words()

    def _on_continued(self, _continued: object) -> None:
        if self._shown is not None:
            self._shown.end_pause()
            self._show_words()

    def _on_progressed(self, event: protocol.Progress) -> None:
        record = self._shown
        if record is None:
            return
        fraction = event.step / event.steps if event.steps else 0.0
        record.take_progress(event)
        if self._runner.state is State.TRAINING:
            self._say(record, record.place)
        self._show_done(record, event.epoch + fraction)
        if event.steps:
            self.chart.add_batch(event.epoch + fraction, event.logs, event.samples)

    def _on_epoch_ended(self, event: protocol.EpochEnded) -> None:
        record = self._shown
        if record is None:
            return
        record.seen.take(event)
        self.notes.show_notes(record.notes)
        self.chart.add_rate(event.epoch, event.learning_rate)
        self.chart.add_epoch(event.epoch, event.logs, event.samples)
        self._show_done(record, event.epoch + 1)
        if event.epoch + 1 == record.epochs and self._runner.state is State.TRAINING:
            record.outcome = ()
            self._say(record, self.tr("Evaluating on the test set …"))

    def _on_gradients_seen(self, event: protocol.Gradients) -> None:
        if self._shown is not None:
            self._shown.seen.take(event)
            self.chart.add_norms(event.epoch, event.norms)
            self.notes.show_notes(self._shown.notes)

    def _on_noted(self, sentence: str) -> None:
        if self._shown is not None:
            self._shown.seen.noted.append(sentence)
            self.notes.show_notes(self._shown.notes)

    def _keep(self, name: str, value: object) -> None:
        if self._shown is not None:
            setattr(self._shown, name, value)

    def _on_finished(self, reason: str, run: Run | None) -> None:
        if self._shown is not None:
            self._shown.take_end(reason, run)
            self._show_record()

    def _on_failed(self, failure: Failure) -> None:
        if self._shown is not None:
            self._shown.take_failure(failure)
            self._show_record()

    def _on_logged(self, text: str) -> None:
        if self._shown is not None:
            self._shown.log.append(text)
            self.log.append(text)
            self.messages.show()

    def show_run(self, run: Run) -> None:
        """Show how a run of the past went, until another drawing is shown or one is trained."""
        if not self._runner.is_training:
            self._shown = past(self._document.sheet, run)
            self._show_record()

    # --- what the panel shows -----------------------------------------------------------------

    def _say(self, record: Record, words: str) -> None:
        record.words = words
        self._show_words()

    def _show_done(self, record: Record, epochs: float) -> None:
        record.done = epochs / max(1, record.epochs)
        self.progress.setValue(round(_PARTS * record.done))

    def _show_words(self) -> None:
        """Show how it goes, with the drawing's name while it trains or if another one is open."""
        record = self._shown
        if record is None:
            plan = self._document.project.training
            self.status.set_text(*plan_texts(plan, _errors(self._document)))
            self.outcome.set_text()
            return
        words = record.words
        if self._runner.is_training or record.name or record.sheet is not self._document.sheet:
            title, brief = record.title, record.brief or words
            self.status.set_text(_named(title, words), _named(title, brief), words, brief)
        else:
            self.status.set_text(words, record.brief or words)
        self.outcome.set_text(*record.outcome)

    def _show_record(self) -> None:
        """Show a run with its curves, its messages and what went wrong, or that there is none."""
        record = self._shown
        self._show_words()
        self._show_controls()
        self.progress.setValue(round(_PARTS * record.done) if record is not None else 0)
        self.log.text.setPlainText("".join(record.log) if record is not None else "")
        self.messages.setVisible(record is not None and bool(record.log))
        self.notes.show_notes(record.notes if record is not None else ())
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

    def _show_controls(self) -> None:
        run = self._shown.run if self._shown is not None else None
        self.controls.show_state(self._runner.state, run)

    def _train_can_be_pressed(self) -> None:
        self.controls.show_errors(_errors(self._document))
        self.controls.train.setEnabled(bool(self._document.project.graph.nodes))

    def _on_folder_clicked(self) -> None:
        if self._shown is not None and self._shown.run is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._shown.run.path)))


def _errors(document: Document) -> int:
    return sum(one.severity is Severity.ERROR for one in document.problems)


def _lay_out(panel: TrainingPanel) -> QStackedLayout:
    """Give the panel's widgets their places; return the pages of chart and notice."""
    top = QHBoxLayout()
    top.setSpacing(SMALL)
    top.addWidget(panel.status, 1)
    top.addWidget(panel.controls)
    links = QWidget()
    row = QHBoxLayout(links)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(MEDIUM)
    for link in (panel.controls.longer, panel.messages, panel.folder):
        row.addWidget(link)
    row.addStretch(1)
    below = Beside(panel.outcome, links, panel.outcome)
    pages = QStackedLayout()
    pages.addWidget(panel.chart)
    pages.addWidget(panel.notice)
    column = QVBoxLayout(panel)
    column.setContentsMargins(MEDIUM, TINY, MEDIUM, TINY)
    column.setSpacing(TINY)
    column.addLayout(top)
    column.addWidget(panel.progress)
    column.addWidget(below)
    column.addWidget(panel.notes)
    column.addLayout(pages, 1)
    return pages


def _named(title: str, words: str) -> str:
    return f"{title}: {words[:1].lower()}{words[1:]}"
