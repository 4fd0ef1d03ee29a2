"""What can be done with one run: open its drawing, prove it, rename it, throw it away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QFile, QObject, QUrl, Signal
from PySide6.QtGui import QAction, QDesktopServices
from PySide6.QtWidgets import QInputDialog, QMenu, QMessageBox, QWidget

from engine.evaluating import weights_of
from engine.runs import RunError, open_run
from graph import projectfile
from gui import aside
from gui.panels.runs.proof import Proving
from gui.parts.listing import Listing, ListingDialog

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from engine.runs import Run
    from gui.runner import Runner
    from gui.theme import Theme


_MOST_EPOCHS = 1_000_000


class RunActs(QObject):
    """The work behind the buttons and the menu of a run.

    Signals:
        said(str, bool): a sentence for people, and whether something went wrong.
        drawing_wanted(Project): the drawing of a run is to be opened.
        record_wanted(Run): what was told of a training is to be shown.
        maps_wanted(Run): a run is to be looked into.
        evaluation_wanted(Run): a run is to be evaluated on its test set.
        training_wanted(Path): the open drawing is to be trained from the weights in a file.
        changed(): the runs on the disk have changed.
    """

    said = Signal(str, bool)
    drawing_wanted = Signal(object)
    record_wanted = Signal(object)
    maps_wanted = Signal(object)
    evaluation_wanted = Signal(object)
    training_wanted = Signal(object)
    changed = Signal()

    def __init__(self, runner: Runner, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.proving = Proving(self)
        self._runner, self._theme, self._window = runner, theme, parent
        self._busy: Path | None = None  # the folder of the run that is trained
        runner.started.connect(lambda run, _event: self._set_busy(run.path))
        runner.resuming.connect(lambda run: self._set_busy(run.path))
        runner.finished.connect(lambda _reason, _run: self._set_busy(None))
        runner.failed.connect(lambda _failure: self._set_busy(None))

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of another theme."""
        self._theme = theme

    def _set_busy(self, folder: Path | None) -> None:
        self._busy = folder

    def menu(self, run: Run) -> QMenu:
        """Return a menu of all that can be done with a run."""
        made = QMenu(self._window)
        made.setObjectName("runs.menu")
        is_still = run.path != self._busy
        is_free = not self._runner.is_training
        has_weights = run.weights is not None and run.weights.is_file()
        weights = weights_of(run)
        evaluate = self.evaluation_wanted.emit
        rows: tuple[tuple[str, str, Callable[[Run], None], bool], ...] = (
            ("drawing", self.tr("Open its drawing"), self.open_drawing, True),
            ("program", self.tr("Show its program"), self.show_program, True),
            ("folder", self.tr("Show its folder"), self.show_folder, True),
            ("training", self.tr("Show its training"), self.record_wanted.emit, is_free),
            ("maps", self.tr("Look into its layers"), self.maps_wanted.emit, has_weights),
            ("evaluate", self.tr("Evaluate it on its test set"), evaluate, bool(weights)),
            ("prove_whole", self.tr("Prove it"), self.prove_whole, is_still),
            ("prove", self.tr("Prove its first epoch alone"), self.prove, is_still),
            ("resume", self.tr("Resume its training"), self.resume, run.can_resume and is_free),
            ("longer", self.tr("Train it for longer…"), self.train_longer, is_still and is_free),
            ("rename", self.tr("Rename…"), self.rename, is_still),
            ("delete", self.tr("Delete…"), self.delete, is_still),
        )
        for name, text, call, enabled in rows:
            action = QAction(text, made)
            action.setObjectName(f"runs.menu.{name}")
            action.setEnabled(enabled)
            action.triggered.connect(lambda _on=False, call=call: call(run))
            made.addAction(action)
            if name == "longer":
                made.addMenu(self._weights_menu(made, run, weights)).setEnabled(is_free)
            if name in {"evaluate", "longer"}:
                made.addSeparator()
        return made

    def _weights_menu(self, parent: QMenu, run: Run, files: Sequence[Path]) -> QMenu:
        """Return an entry for each file of weights that a run has left."""
        made = QMenu(self.tr("Train the open drawing from its weights"), parent)
        made.setObjectName("runs.menu.weights")
        for path in files:
            last = self.tr("{0} (the last)").format(path.name)
            action = made.addAction(last if path == run.weights else path.name)
            action.triggered.connect(lambda _on=False, path=path: self.training_wanted.emit(path))
        if not files:
            made.addAction(self.tr("It has left none")).setEnabled(False)
        return made

    # --- looking ------------------------------------------------------------------------------

    def open_drawing(self, run: Run) -> None:
        """Open the drawing that was trained, as a new one."""
        try:
            project = projectfile.loads(run.drawing_text)
        except (RunError, projectfile.BadFile) as error:
            self.said.emit(str(error), True)
        else:
            self.drawing_wanted.emit(project)

    def show_program(self, run: Run) -> None:
        """Show the program that was trained."""
        try:
            listing = Listing(run.program_text, 1, run.path / "program_copy.py", {})
        except RunError as error:
            self.said.emit(str(error), True)
            return
        title = self.tr("The program of {0}").format(run.info.name)
        ListingDialog(listing, title, self._theme, self._window).open()

    def show_folder(self, run: Run) -> None:
        """Show the folder in the system's own window."""
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(run.path)))

    def prove_whole(self, run: Run) -> None:
        """Run all of the program by itself and compare."""
        self.prove(run, whole=True)

    def prove(self, run: Run, *, whole: bool = False) -> None:
        """Run the program by itself, its first epoch or the `whole`, and compare."""
        if self.proving.is_running:
            self.said.emit(self.tr("One proof at a time: cancel the one that is running."), True)
        else:
            self.proving.start(run, whole=whole)

    # --- changing -----------------------------------------------------------------------------

    def resume(self, run: Run) -> None:
        """Let the training go on from its last epoch."""
        if not self._runner.is_training:
            self._runner.resume(run)

    def train_longer(self, run: Run) -> None:
        """Ask for a number of epochs, and let the training go on to it."""
        done = max((len(values) for values in run.history.values()), default=0)
        number, ok = QInputDialog.getInt(
            self._window,
            self.tr("Train for longer"),
            self.tr("Epochs in all ({0} are done):").format(done),
            done + max(1, done // 2),
            done + 1,
            _MOST_EPOCHS,
        )
        if ok and not self._runner.is_training:
            self._runner.resume(run, number)

    def rename(self, run: Run) -> None:
        """Ask for another name."""
        title, words = self.tr("Rename the run"), self.tr("Name:")
        name, ok = QInputDialog.getText(self._window, title, words, text=run.info.name)
        if not ok or not name.strip():
            return
        try:
            open_run(run.path).update(name=name.strip())
        except RunError as error:
            self.said.emit(str(error), True)
        self.changed.emit()

    def delete(self, run: Run) -> None:
        """Ask, and move the run's folder into the trash."""
        words = self.tr(
            "Move the run {0} with its curves, weights and program into the system's trash?"
        )
        answer = QMessageBox.question(
            self._window,
            self.tr("Delete the run"),
            words.format(run.info.name),
            QMessageBox.StandardButton.Yes | QMessageBox.StandardButton.Cancel,
            QMessageBox.StandardButton.Cancel,
        )
        if answer == QMessageBox.StandardButton.Yes:
            path = str(run.path)  # maybe to another disk
            aside.ask(
                self,
                "trash",
                lambda: QFile(path).moveToTrash(),
                lambda moved: self._on_trashed(path, moved),
            )

    def _on_trashed(self, path: str, moved: bool) -> None:  # noqa: FBT001 - what Qt says
        if not moved:
            words = self.tr("{0} can't be moved into the trash; delete the folder yourself.")
            self.said.emit(words.format(path), True)
        self.changed.emit()
