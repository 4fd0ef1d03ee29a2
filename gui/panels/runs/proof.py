"""Proving a run in the background: progress, Cancel, and what came out."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QWidget

from engine.prove import Cancelled, CantProve, Proof, Prover
from gui import aside
from gui.parts.widgets import label, link_button, set_property
from gui.theme import MEDIUM

if TYPE_CHECKING:
    from pathlib import Path

    from engine.runs import Run

_PARTS = 1000  # of the progress bar


class Proving(QObject):
    """One proof at a time, in a thread.

    Signals:
        begun(str): the run of this name is being proved.
        told(float | None, str): the part that is done, and where it is.
        proved(Run, Proof): it is done.
        failed(Run, str): it can't be done; the sentence is empty if it was cancelled.

    The last two come when nothing is being proved any more.
    """

    begun = Signal(str)
    told = Signal(object, str)
    proved = Signal(object, object)
    failed = Signal(object, str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._prover: Prover | None = None

    @property
    def is_running(self) -> bool:
        """Say whether a proof is being made."""
        return self._prover is not None

    def start(self, run: Run, *, whole: bool) -> None:
        """Begin to prove a run, if nothing else is being proved."""
        if self._prover is None:
            self._prover = prover = Prover(run, whole=whole)
            self.begun.emit(run.info.name)
            aside.ask(self, "proof", partial(self._prove, prover), partial(self._on_end, run))

    def cancel(self) -> None:
        """End the proof that is being made."""
        if self._prover is not None:
            self._prover.cancel()

    def _prove(self, prover: Prover) -> Proof | str:
        """Prove (in a thread); return what it came to, or why it can't be done."""
        try:
            return prover.prove(lambda *where: aside.tell(self, partial(self.told.emit, *where)))
        except Cancelled:
            return ""
        except CantProve as error:
            return str(error)
        except OSError as error:
            return f"The program can't be run: {error}."

    def _on_end(self, run: Run, came_of_it: Proof | str) -> None:
        self._prover = None
        if isinstance(came_of_it, str):
            self.failed.emit(run, came_of_it)
        else:
            self.proved.emit(run, came_of_it)


class ProofStrip(QWidget):
    """A line with progress and Cancel, then the sentence that says what came out."""

    def __init__(self, proving: Proving, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("runs.proof")
        self._name = ""
        self._proving = proving
        self._kept: Path | None = None  # the run whose proof is shown, or was
        self._words = label("", "muted", wrap=True)
        self._words.setObjectName("runs.proof.words")
        self._words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._bar = QProgressBar()
        self._bar.setObjectName("runs.proof.progress")
        self._bar.setTextVisible(False)
        self._cancel = link_button(self.tr("Cancel"), "runs.proof.cancel")
        self._cancel.clicked.connect(proving.cancel)
        self._dismiss = link_button(self.tr("Dismiss"), "runs.proof.dismiss")
        self._dismiss.clicked.connect(self.hide)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(MEDIUM)
        row.addWidget(self._words, 1)
        row.addWidget(self._bar, 1)
        row.addWidget(self._cancel)
        row.addWidget(self._dismiss, 0, Qt.AlignmentFlag.AlignTop)
        proving.begun.connect(self.begin)
        proving.told.connect(self._on_told)
        proving.proved.connect(self._on_proved)
        proving.failed.connect(self._on_failed)
        self.hide()

    def begin(self, name: str) -> None:
        """Show that a run is being proved."""
        self._name = name
        self._on_told(None, self.tr("Starting Keras"))

    def say(self, sentence: str, *, bad: bool = False) -> None:
        """Show a sentence in place of the progress."""
        self._words.setText(sentence)
        set_property(self._words, "role", "error" if bad else "")
        self._bar.hide()
        self._cancel.hide()
        self._dismiss.show()
        self.show()

    def show_kept(self, run: Run | None) -> None:
        """Show what came of an earlier proof of a run that is chosen, in place of another's."""
        if run is None or self._proving.is_running or run.path == self._kept:
            return
        if run.info.proof:
            self._kept = run.path
            self.say(f"{run.info.name}: {run.info.proof}", bad=not run.info.proof_agrees)
        elif self._kept is not None:
            self._kept = None
            self.hide()

    def _on_told(self, part: float | None, words: str) -> None:
        self._words.setText(self.tr("Proving {0}: {1}").format(self._name, words))
        set_property(self._words, "role", "muted")
        self._bar.setRange(0, 0 if part is None else _PARTS)
        self._bar.setValue(round(_PARTS * (part or 0.0)))
        self._bar.show()
        self._cancel.show()
        self._dismiss.hide()
        self.show()

    def _on_proved(self, run: Run, proof: Proof) -> None:
        self._kept = run.path
        self.say(f"{run.info.name}: {proof.sentence}", bad=not proof.agrees)

    def _on_failed(self, _run: Run, sentence: str) -> None:
        if sentence:
            self.say(sentence, bad=True)
        else:
            self.hide()
