"""The choice of what to evaluate: a run, and one of the files of weights that it has left."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QWidget

from engine.evaluating import weights_of
from engine.runs import RunError
from graph.projectfile import BadFile
from gui.parts.combo import named_combo
from gui.parts.mapchoices import Opened, accuracy_words, open_run, run_words
from gui.theme import TINY

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from engine.runs import Run

Asked = tuple[str, int]  # a file of weights and when it was written (ns)


class EvaluationChoices(QWidget):
    """Two fields in a row.

    Signals:
        changed(str): another run or other weights are chosen; a sentence if they can't be.

    Attributes:
        opened: the chosen run with its drawing, None if there is none.
    """

    changed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.opened: Opened | None = None
        self._accuracies: dict[Asked, str] = {}  # of what has been evaluated
        self.run_box = named_combo("evaluation.run", self.tr("Run"), 12)
        self.weights_box = named_combo("evaluation.weights", self.tr("Weights"), 14)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(TINY)
        row.addWidget(self.run_box, 4)
        row.addWidget(self.weights_box, 5)
        self.run_box.activated.connect(lambda _n: self.open_run(self.run_box.currentData()))
        self.weights_box.activated.connect(self._on_weights_chosen)
        self.setEnabled(False)

    @property
    def asked(self) -> Asked | None:
        """What is chosen, as far as it can be evaluated."""
        path: Path | None = self.weights_box.currentData()
        return None if self.opened is None or path is None else _asked(path)

    def show_scores(self, asked: Asked, scores: Mapping[str, float]) -> None:
        """Say beside weights that have been evaluated what accuracy they have."""
        self._accuracies[asked] = accuracy_words(scores)
        for place in range(self.weights_box.count()):
            path: Path | None = self.weights_box.itemData(place)
            if path is not None and _asked(path) == asked:
                self.weights_box.setItemText(place, self._weights_words(path))

    def offer_older(self, older: Iterable[Run]) -> None:
        """Offer runs that aren't yet, the newest first, and choose it if none is chosen."""
        below = 0
        for run in older:
            paths = [one.path for one in self._runs()]
            if run.path not in paths:
                self._add_run(run, below)
            below = paths.index(run.path) + 1 if run.path in paths else below + 1
        if self.opened is None and self.run_box.count():
            self.open_run(self._runs()[0])

    def take_finished(self, run: Run, *, chosen: bool) -> None:
        """Offer a run that is over, above all others, and choose it if that is wanted."""
        place = next((n for n, one in enumerate(self._runs()) if one.path == run.path), None)
        if place is not None:  # it was resumed
            self.run_box.removeItem(place)
        self._add_run(run, 0)
        if chosen:
            self.open_run(run)

    def open_run(self, run: Run) -> None:
        """Choose a run; it is offered too if it was not."""
        paths = [one.path for one in self._runs()]
        if run.path in paths:
            self.run_box.setItemData(paths.index(run.path), run)  # it may have gone on
        else:
            self._add_run(run, 0)
        self.run_box.setCurrentIndex([one.path for one in self._runs()].index(run.path))
        self.weights_box.clear()
        trouble = ""
        try:
            self.opened = open_run(run)
        except (RunError, BadFile) as bad:
            self.opened, trouble = None, str(bad)
        else:
            self._fill_weights(run)
        self.changed.emit(trouble)

    def _runs(self) -> list[Run]:
        return [self.run_box.itemData(n) for n in range(self.run_box.count())]

    def _add_run(self, run: Run, place: int) -> None:
        words = run_words(run, scored=False)  # the accuracy is one of weights, and stands there
        self.run_box.insertItem(place, words, run)
        self.run_box.setItemData(place, words, Qt.ItemDataRole.ToolTipRole)
        self.setEnabled(True)

    def _fill_weights(self, run: Run) -> None:
        for path in weights_of(run):
            self._add_weights(path, self.weights_box.count())
        self.weights_box.addItem(self.tr("Other file…"), None)
        self.weights_box.setCurrentIndex(0)

    def _add_weights(self, path: Path, place: int) -> None:
        self.weights_box.insertItem(place, self._weights_words(path), path)
        self.weights_box.setItemData(place, str(path), Qt.ItemDataRole.ToolTipRole)

    def _weights_words(self, path: Path) -> str:
        """Return how weights are offered: the name of their file, and their own accuracy."""
        accuracy = self._accuracies.get(_asked(path), "")
        name = path.name.partition(".")[0]
        if self.opened is not None and path == self.opened.run.weights:
            name = self.tr("last")
            accuracy = accuracy or accuracy_words(self.opened.run.info.scores)
        return " · ".join(filter(None, (name, accuracy)))

    def _on_weights_chosen(self, _index: int) -> None:
        if self.opened is not None and self.weights_box.currentData() is None:
            folder = str(self.opened.run.path)
            kinds = self.tr("Weights (*.h5 *.keras)")
            name, _ = QFileDialog.getOpenFileName(self, self.tr("Load weights"), folder, kinds)
            if name:
                self._add_weights(Path(name), 0)
            self.weights_box.setCurrentIndex(0)
        self.changed.emit("")


def _asked(path: Path) -> Asked:
    try:
        return str(path), path.stat().st_mtime_ns
    except OSError:
        return str(path), 0
