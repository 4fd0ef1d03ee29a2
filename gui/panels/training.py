"""Training: where it is, how it goes, what came out, and what went wrong."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices, QTextCursor
from PySide6.QtWidgets import (
    QHBoxLayout,
    QPlainTextEdit,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from graph.datasets import KNOWN
from graph.problems import Severity
from gui.icons import action_icon
from gui.panels.chart import Chart, is_loaded
from gui.panels.parts import ElidedLabel, label, link_button
from gui.runner import Failure, State
from gui.theme import MEDIUM, SMALL, TINY

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine import protocol
    from engine.runs import Run
    from gui.document import Document
    from gui.runner import Runner
    from gui.theme import Theme

_PARTS = 1000  # of the progress bar
_LOG_LINES = 2000
_FOLD_HEIGHT = 120


class TrainingPanel(QWidget):
    """Train and Stop, progress, live curves, the result, and the program's messages."""

    def __init__(
        self, document: Document, theme: Theme, runner: Runner, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("training")
        self._document, self._runner, self._theme = document, runner, theme
        self._run: Run | None = None
        self._epochs = 0
        self._began = 0.0
        self._place = ""  # the last "Epoch … · batch …"
        self._scores: dict[str, float] = {}
        self._make_widgets(theme)
        self._lay_out()
        self._connect()
        self.set_theme(theme)
        self._show_idle()
        self._on_state_changed(runner.state, "")

    def _make_widgets(self, theme: Theme) -> None:
        self.status = _Status("")
        self.status.setObjectName("training.status")
        self.rate = label("", "muted")
        self.rate.setObjectName("training.rate")
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
        self.result = label("", wrap=True)
        self.result.setObjectName("training.result")
        self.folder = link_button(self.tr("Run folder"), "training.folder")
        self.notice = _Notice(self._document)
        self.chart = Chart(theme)
        self.log = _Log()

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(SMALL)
        top.addWidget(self.status, 1)
        top.addWidget(self.rate)
        top.addWidget(self.stop_button)
        top.addWidget(self.train_button)
        outcome = QHBoxLayout()
        outcome.setSpacing(MEDIUM)
        outcome.addWidget(self.result, 1)
        outcome.addWidget(self.folder, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.setContentsMargins(MEDIUM, SMALL, MEDIUM, SMALL)
        column.setSpacing(SMALL)
        column.addLayout(top)
        column.addWidget(self.progress)
        column.addLayout(outcome)
        column.addWidget(self.notice)
        column.addWidget(self.chart, 1)
        column.addWidget(self.log)

    def _connect(self) -> None:
        runner = self._runner
        self.train_button.clicked.connect(self.train)
        self.stop_button.clicked.connect(runner.stop)
        self.folder.clicked.connect(self._on_folder_clicked)
        self._document.changed.connect(self._on_document_changed)
        runner.state_changed.connect(self._on_state_changed)
        runner.started.connect(self._on_started)
        runner.progressed.connect(self._on_progressed)
        runner.epoch_ended.connect(self._on_epoch_ended)
        runner.evaluated.connect(self._on_evaluated)
        runner.finished.connect(self._on_finished)
        runner.failed.connect(self._on_failed)
        runner.logged.connect(self.log.append)

    def train(self) -> None:
        """Train the drawing, or say which error has to be mended first."""
        errors = [p for p in self._document.problems if p.severity is Severity.ERROR]
        if errors:
            more = self.tr(" There are {0:,} errors in all.").format(len(errors))
            words = self.tr("The drawing can't be trained yet: {0}").format(errors[0].sentence)
            if len(errors) > 1:
                words += more
            self.notice.show_failure(Failure(words, errors[0].node))
        elif not self._runner.is_training:
            self._runner.train(self._document.project, self._document.report)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of another theme."""
        self._theme = theme
        self.chart.set_theme(theme)
        self.log.set_theme(theme)

    # --- what the runner tells ----------------------------------------------------------------

    def _on_state_changed(self, state: State, _sentence: str) -> None:
        busy = state in {State.TRAINING, State.STOPPING}
        if state is State.TRAINING:
            self._prepare()
        if state is State.STOPPING:
            self.status.set_text(self.tr("Stopping; the weights are kept …"))
        if state is State.READY and is_loaded():
            self.chart.prepare()
        self.train_button.setVisible(not busy)
        self.stop_button.setVisible(busy)
        self.stop_button.setEnabled(state is State.TRAINING)

    def _prepare(self) -> None:
        """Make room for a run that is about to begin."""
        self._run, self._place, self._scores = None, "", {}
        self._began = time.monotonic()
        self.notice.hide()
        self.result.hide()
        self.folder.hide()
        self.log.clear()
        self.progress.setValue(0)
        self.chart.begin(self._document.project.training.epochs)
        self.status.set_text(self.tr("Preparing the data and the model …"))
        self.rate.clear()

    def _on_started(self, run: Run, started: protocol.Started) -> None:
        self._run, self._epochs = run, started.epochs
        self.chart.begin(started.epochs)
        self.status.set_text(self.tr("Epoch 1 of {0:,}").format(started.epochs))

    def _on_progressed(self, event: protocol.Progress) -> None:
        fraction = event.step / event.steps if event.steps else 0.0
        self._place = self.tr("Epoch {0:,} of {1:,} · batch {2:,}").format(
            event.epoch + 1, self._epochs, event.step
        )
        if event.steps:
            self._place += self.tr(" of {0:,}").format(event.steps)
        if self._runner.state is State.TRAINING:
            self.status.set_text(self._place)
        parts = []
        if event.rate:
            known = self._document.project.data.source in KNOWN
            unit = self.tr("images/s") if known else self.tr("samples/s")
            parts.append(f"{event.rate:,.0f} {unit}")
        if event.eta is not None:
            parts.append(self.tr("{0} left").format(clock(event.eta)))
        self.rate.setText(" · ".join(parts))
        done = (event.epoch + fraction) / max(1, self._epochs)
        self.progress.setValue(round(_PARTS * done))
        if event.steps:
            self.chart.add_batch(event.epoch + fraction, event.logs)

    def _on_epoch_ended(self, event: protocol.EpochEnded) -> None:
        self.chart.add_epoch(event.epoch, event.logs)
        self.progress.setValue(round(_PARTS * (event.epoch + 1) / max(1, self._epochs)))
        if event.epoch + 1 == self._epochs and self._runner.state is State.TRAINING:
            self.status.set_text(self.tr("Evaluating on the test set …"))
            self.rate.clear()

    def _on_evaluated(self, scores: Mapping[str, float]) -> None:
        self._scores = dict(scores)

    def _on_finished(self, reason: str, run: Run | None) -> None:
        self._run = run or self._run
        seconds = duration(time.monotonic() - self._began)
        self.rate.clear()
        if reason == "stopped":
            if self._run is not None and self._run.weights is not None:
                where = self._place or self.tr("before the first batch")
                words = self.tr("Stopped at {0}; the weights are kept.").format(
                    where[:1].lower() + where[1:]
                )
            else:
                words = self.tr("Stopped before the training began.")
            self.status.set_text(words)
            self._show_result(self.tr("After {0}").format(seconds))
        else:
            self.progress.setValue(_PARTS)
            self.status.set_text(self.tr("Trained for {0:,} epochs").format(self._epochs))
            self._show_result(" · ".join([*score_texts(self._scores), seconds]))
        self.chart.draw()

    def _on_failed(self, failure: Failure) -> None:
        self.status.set_text(self.tr("The training failed"))
        self.rate.clear()
        self.folder.setVisible(self._run is not None)
        self.notice.show_failure(failure)

    # --- what the panel shows -----------------------------------------------------------------

    def _show_result(self, words: str) -> None:
        self.result.setText(words)
        self.result.show()
        self.folder.setVisible(self._run is not None)

    def _show_idle(self) -> None:
        plan = self._document.project.training
        self.status.set_text(
            self.tr("Ready for {0:,} epochs · batch size {1:,}").format(
                plan.epochs, plan.batch_size
            )
        )
        self.result.hide()
        self.folder.hide()

    def _on_document_changed(self, _change: object) -> None:
        if self._run is None and not self._runner.is_training and self.notice.isHidden():
            self._show_idle()

    def _on_folder_clicked(self) -> None:
        if self._run is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._run.path)))


class _Status(ElidedLabel):
    """A line of text that changes; it is shortened to the room it has."""

    def set_text(self, text: str) -> None:
        """Show another text."""
        if text != self._full:
            self._full = text
            self.setAccessibleName(text)
            self.setText(
                self.fontMetrics().elidedText(text, Qt.TextElideMode.ElideMiddle, self.width())
            )
            self.setToolTip("")


class _Notice(QWidget):
    """What went wrong: a sentence, a way to the node at fault, and the details on demand."""

    def __init__(self, document: Document) -> None:
        super().__init__()
        self._document = document
        self._node: str | None = None
        self.details = _plain_text("training.error.traceback")
        self.sentence = label("", "error", wrap=True)
        self.sentence.setObjectName("training.error")
        self.sentence.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.show_node = link_button("", "training.error.node")
        self.show_node.clicked.connect(self._on_node_clicked)
        self.show_details = link_button(self.tr("Show details"), "training.error.details")
        self.show_details.clicked.connect(lambda: self._fold(opened=self.details.isHidden()))
        links = QHBoxLayout()
        links.setSpacing(MEDIUM)
        links.addWidget(self.show_node)
        links.addWidget(self.show_details)
        links.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(TINY)
        column.addWidget(self.sentence)
        column.addLayout(links)
        column.addWidget(self.details)
        self.hide()

    def show_failure(self, failure: Failure) -> None:
        """Show a failure in place of an earlier one."""
        graph = self._document.project.graph
        self._node = failure.node if failure.node in graph.nodes else None
        self.sentence.setText(failure.sentence)
        self.show_node.setVisible(self._node is not None)
        if self._node is not None:
            self.show_node.setText(self.tr("Show {0}").format(graph.nodes[self._node].label))
        self.details.setPlainText(failure.traceback)
        self.show_details.setVisible(bool(failure.traceback.strip()))
        self._fold(opened=False)
        self.show()

    def _fold(self, *, opened: bool) -> None:
        self.details.setVisible(opened)
        text = self.tr("Hide details") if opened else self.tr("Show details")
        self.show_details.setText(text)

    def _on_node_clicked(self) -> None:
        if self._node in self._document.project.graph.nodes:
            self._document.reveal(self._node)


class _Log(QWidget):
    """What the program printed, folded away until somebody asks; hidden while there is nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.button = QPushButton(self.tr("Messages of the program"))
        self.button.setObjectName("training.log.fold")
        self.button.setProperty("role", "flat")
        self.button.setStyleSheet("padding: 2px 4px 2px 0px; text-align: left;")
        self.text = _plain_text("training.log")
        self.text.setMaximumBlockCount(_LOG_LINES)
        self.button.clicked.connect(lambda: self._fold(opened=self.text.isHidden()))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(TINY)
        column.addWidget(self.button, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.text)
        self.hide()

    def append(self, text: str) -> None:
        """Add text below what is there, and keep the end in sight if it was."""
        bar = self.text.verticalScrollBar()
        at_end = bar.value() == bar.maximum()
        cursor = QTextCursor(self.text.document())
        cursor.movePosition(QTextCursor.MoveOperation.End)
        cursor.insertText(text)
        if at_end:
            bar.setValue(bar.maximum())
        self.show()

    def clear(self) -> None:
        """Forget everything."""
        self.text.clear()
        self.hide()

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of another theme."""
        self._theme = theme
        self._fold(opened=not self.text.isHidden())

    def _fold(self, *, opened: bool) -> None:
        self.text.setVisible(opened)
        icon = "chevron-down" if opened else "chevron-right"
        self.button.setIcon(action_icon(icon, self._theme))


def _plain_text(name: str) -> QPlainTextEdit:
    made = QPlainTextEdit()
    made.setObjectName(name)
    made.setReadOnly(True)
    made.setProperty("role", "code")
    made.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
    made.setFixedHeight(_FOLD_HEIGHT)
    made.hide()
    return made


def clock(seconds: float) -> str:
    """Return a time to go, in seconds, as it stands on a clock: 0:21, 12:05, 1:02:03."""
    whole = round(max(0.0, seconds))
    hours, rest = divmod(whole, 3600)
    minutes, seconds_left = divmod(rest, 60)
    if hours:
        return f"{hours}:{minutes:02}:{seconds_left:02}"
    return f"{minutes}:{seconds_left:02}"


def duration(seconds: float) -> str:
    """Return a time that has passed, in seconds, for people: 0.8 s, 12 s, 3 min 20 s."""
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    return f"{whole} s" if whole < 120 else f"{whole // 60} min {whole % 60} s"


def score_texts(scores: Mapping[str, float]) -> list[str]:
    """Return scores for people, metrics before losses: "Test accuracy 0.9012", "loss 0.2841"."""
    names = sorted(scores, key=lambda name: name.endswith("loss"))
    texts = [f"{name} {scores[name]:.4f}" for name in names]
    return [f"Test {texts[0]}", *texts[1:]] if texts else []
