"""The buttons of the training panel: train, pause, stop, resume, and train for more epochs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QInputDialog, QWidget

from gui.parts.widgets import CalmButton, link_button, set_property
from gui.runner import State
from gui.theme import SMALL

if TYPE_CHECKING:
    from engine.runs import Run
    from gui.runner import Runner

_MOST_EPOCHS = 1_000_000
_BUSY = {State.TRAINING, State.PAUSED, State.STOPPING}


class Controls(QWidget):
    """Train and Resume while nothing is trained, Pause and Stop while something is.

    Signals:
        train_wanted(): somebody wants to train the open drawing.
    """

    train_wanted = Signal()

    def __init__(self, runner: Runner) -> None:
        super().__init__()
        self._runner = runner
        self._run: Run | None = None
        self._is_busy = False
        self._is_asked = False  # to hold or go on, and the engine hasn't done it yet
        self.train = _button(
            self.tr("Train"), "training.train", self.tr("Run the program of this drawing")
        )
        self.train.setProperty("role", "primary")
        self.pause = _button(self.tr("Pause"), "training.pause", "")
        self.stop = _button(
            self.tr("Stop"), "training.stop", self.tr("End the training now and keep its weights")
        )
        self.resume = _button(
            self.tr("Resume"), "training.resume", self.tr("Go on from the last epoch that is saved")
        )
        self.longer = link_button(self.tr("More epochs…"), "training.longer")
        self.longer.setToolTip(self.tr("Let this run go on up to more epochs"))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SMALL)
        for button in (self.pause, self.stop, self.resume, self.train):
            row.addWidget(button)
        self.train.clicked.connect(self.train_wanted)
        self.pause.clicked.connect(self.pause_or_go_on)
        self.stop.clicked.connect(runner.stop)
        self.resume.clicked.connect(self.resume_run)
        self.longer.clicked.connect(self._on_longer_clicked)

    def show_state(self, state: State, run: Run | None) -> None:
        """Offer what can be done now.

        Args:
            state: of the runner.
            run: the run that is shown, None if there is none.
        """
        busy = state in _BUSY
        if self._is_busy and not busy:  # a press that was meant for Stop or Pause
            self.train.rest()
            self.resume.rest()
        self._run, self._is_busy, self._is_asked = run, busy, False
        paused = state is State.PAUSED
        self.train.setVisible(not busy)
        self.resume.setVisible(not busy and run is not None and run.can_resume)
        self.longer.setVisible(not busy and run is not None and run.info.status == "completed")
        self.stop.setVisible(busy)
        self.stop.setEnabled(state is not State.STOPPING)
        self.pause.setVisible(busy)
        self.pause.setEnabled(state is not State.STOPPING)
        self.pause.setText(self.tr("Continue") if paused else self.tr("Pause"))
        tip = self.tr("Go on where the training holds")
        self.pause.setToolTip(tip if paused else self.tr("Hold the training until you go on"))

    def show_errors(self, count: int) -> None:
        """Say that so many errors keep the drawing from being trained."""
        set_property(self.train, "role", "" if count else "primary")
        tip = self.tr("Run the program of this drawing")
        self.train.setToolTip(self.tr("Show the first error") if count else tip)

    @property
    def can_resume(self) -> bool:
        """Say whether the run that is shown can go on."""
        return not self._is_busy and self._run is not None and self._run.can_resume

    def pause_or_go_on(self) -> None:
        """Hold the training, or let it go on if it is held; once until the engine has done it.

        The button stays enabled meanwhile: else the keyboard focus would go on to Stop.
        """
        if self._is_asked:
            return
        self._is_asked = True
        if self._runner.state is State.PAUSED:
            self._runner.proceed()
        else:
            self.pause.setText(self.tr("Pausing …"))
            self._runner.pause()

    def resume_run(self) -> None:
        """Let the run that is shown go on from its last backup."""
        if self._run is not None:
            self._runner.resume(self._run)

    def _on_longer_clicked(self) -> None:
        """Ask up to how many epochs, without holding the window up."""
        run = self._run
        if run is None:
            return
        done = max(run.epochs_saved, 1)
        dialog = QInputDialog(self)
        dialog.setObjectName("training.longer.dialog")
        dialog.setWindowTitle(self.tr("More epochs"))
        dialog.setLabelText(
            self.tr("{0:,} epochs are trained. Train up to this many in all:").format(done)
        )
        dialog.setInputMode(QInputDialog.InputMode.IntInput)
        dialog.setIntRange(done + 1, _MOST_EPOCHS)
        dialog.setIntValue(2 * done)
        dialog.setOkButtonText(self.tr("Train on"))
        dialog.intValueSelected.connect(lambda epochs: self._runner.resume(run, epochs))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()


def _button(text: str, name: str, tip: str) -> CalmButton:
    button = CalmButton(text)
    button.setObjectName(name)
    button.setToolTip(tip)
    return button
