"""Evaluation: how a trained model does on its test set, and on which samples it errs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import (
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from gui.panels.evaluation.asking import STOPPED, Asking
from gui.panels.evaluation.choices import Asked, EvaluationChoices
from gui.panels.evaluation.classes import ClassView
from gui.panels.evaluation.figures import (
    class_rows,
    fit_clouds,
    listing_of,
    roc_curves,
    scores_words,
)
from gui.panels.evaluation.head import Head
from gui.panels.evaluation.pages import MatrixPage, SamplesPage
from gui.panels.evaluation.plots import PlotPage
from gui.parts.combo import named_combo
from gui.parts.listing import ListingDialog
from gui.parts.mapchoices import has_weights
from gui.parts.notice import Notice
from gui.parts.older_runs import OlderRuns
from gui.parts.widgets import set_property
from gui.theme import MEDIUM, SMALL, TINY

if TYPE_CHECKING:
    from PySide6.QtGui import QShowEvent

    from engine.evaluating import Evaluation, Judgement
    from engine.runs import Run
    from gui.runner import Failure, Runner
    from gui.theme import Theme

_KEPT = 8  # evaluations that are shown again without being asked for anew
_PAGES = {
    "classes": ("matrix", "classes", "roc", "samples"),
    "labels": ("classes", "roc", "samples"),
    "numbers": ("fit", "samples"),
    "errors": ("samples",),
}
_TITLES = {
    "matrix": "Matrix",
    "classes": "Classes",
    "roc": "ROC",
    "fit": "Fit",
    "samples": "Samples",
}


class EvaluationPanel(QWidget):
    """Choose a run and its weights, press Evaluate; see matrix, classes, ROC and samples."""

    def __init__(self, theme: Theme, runner: Runner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("evaluation")
        self._runner, self._theme = runner, theme
        self._made: dict[Asked, Evaluation] = {}
        self._under_way: Asked | None = None
        self._older = OlderRuns(self)
        self.asking = Asking(runner, self)
        self._make_choices()
        self._make_pages(theme)
        self._lay_out()
        self._connect()
        self.notice.say(
            self.tr("Train the model once: it can then be evaluated on its test set here.")
        )

    # --- construction -------------------------------------------------------------------------

    def _make_choices(self) -> None:
        self.choices = EvaluationChoices()
        self.output_box = named_combo("evaluation.output", self.tr("Output"), 6)
        self.output_box.hide()
        self.button = QPushButton(self.tr("Evaluate"))
        self.button.setObjectName("evaluation.evaluate")
        self.button.setProperty("role", "primary")
        self.bar = QProgressBar()
        self.bar.setObjectName("evaluation.progress")
        self.bar.setTextVisible(False)
        self.notice = Notice("evaluation.notice")

    def _make_pages(self, theme: Theme) -> None:
        self.head = Head()
        self.matrix = MatrixPage(theme, self.asking)
        self.classes = ClassView()
        self.roc = PlotPage(theme, "evaluation.roc")
        self.fit = PlotPage(theme, "evaluation.fit")
        self.samples = SamplesPage(theme, self.asking)
        self.pages = QStackedWidget()
        for name in _TITLES:
            self.pages.addWidget(getattr(self, name))

    def _lay_out(self) -> None:
        choices = QHBoxLayout()
        choices.setSpacing(TINY)
        choices.addWidget(self.choices, 5)
        choices.addWidget(self.output_box, 3)
        choices.addWidget(self.button)
        column = QVBoxLayout(self)
        column.setContentsMargins(MEDIUM, SMALL, MEDIUM, SMALL)
        column.setSpacing(TINY)
        column.addLayout(choices)
        column.addWidget(self.bar)
        column.addWidget(self.notice)
        column.addWidget(self.head)
        column.addWidget(self.pages, 1)
        column.addStretch(0)
        self.bar.hide()
        self._show_none()

    def _connect(self) -> None:
        self._runner.finished.connect(self._on_finished)
        self._older.found.connect(self.choices.offer_older)
        self._older.more.connect(self.choices.offer_older)
        self.choices.changed.connect(self._on_choice_changed)
        self.output_box.activated.connect(lambda _n: self._show_output())
        self.button.clicked.connect(self._on_button_clicked)
        self.matrix.code.clicked.connect(self._on_code_clicked)
        self.head.chosen.connect(lambda name: self.pages.setCurrentWidget(getattr(self, name)))
        self.asking.advanced.connect(self._on_advanced)
        self.asking.evaluated.connect(self._on_evaluated)
        self.asking.refused.connect(self._on_refused)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of another theme."""
        self._theme = theme
        for page in (self.matrix, self.roc, self.fit, self.samples):
            page.set_theme(theme)

    def showEvent(self, event: QShowEvent) -> None:
        """Look for runs that others have made, such as a command."""
        super().showEvent(event)
        self._older.look(self._runner.runs_folder)

    # --- runs ---------------------------------------------------------------------------------

    def open_run(self, run: Run) -> None:
        """Choose a run; it is offered too if it was not."""
        self.choices.open_run(run)

    def _on_choice_changed(self, trouble: str) -> None:
        if trouble:
            self._show_none()
            self.notice.say(trouble, error=True)
            self._dress_button()
        else:
            self._show_known()

    def _on_finished(self, _reason: str, run: Run | None) -> None:
        if run is not None and has_weights(run):
            self.choices.take_finished(run, chosen=not self.asking.is_evaluating)

    # --- evaluation ---------------------------------------------------------------------------

    def _on_button_clicked(self) -> None:
        if self.asking.is_evaluating:
            self.button.setEnabled(False)
            self.asking.stop()
            return
        self._under_way = asked = self.choices.asked
        if self.choices.opened is None or asked is None:
            return
        waits = self._runner.is_training
        self.notice.say(self.tr("The evaluation comes when the training is over.") if waits else "")
        self._show_none()
        self.bar.setRange(0, 0)
        self.bar.show()
        self.asking.evaluate(self.choices.opened, Path(asked[0]))
        self._dress_button()

    def _on_advanced(self, done: int, total: int) -> None:
        self.notice.say("")
        self.bar.setRange(0, total if done else 0)
        self.bar.setValue(done)

    def _on_evaluated(self, made: Evaluation) -> None:
        self._end()
        if self._under_way is not None:
            self._made[self._under_way] = made
            self.choices.show_scores(self._under_way, made.scores)
            while len(self._made) > _KEPT:
                del self._made[next(iter(self._made))]
        self._show_known()

    def _on_refused(self, failure: Failure) -> None:
        self._end()
        self._show_none()
        tip = failure.traceback[-2000:]
        self.notice.say(failure.sentence, error=failure.sentence != STOPPED, tip=tip)

    def _end(self) -> None:
        self.bar.hide()
        self._dress_button()

    def _dress_button(self) -> None:
        busy = self.asking.is_evaluating
        self.button.setText(self.tr("Stop") if busy else self.tr("Evaluate"))
        set_property(self.button, "role", "" if busy else "primary")
        self.button.setEnabled(busy or self.choices.asked is not None)

    # --- what is shown ------------------------------------------------------------------------

    def _show_known(self) -> None:
        """Show the evaluation of what is chosen, if there is one already."""
        self._dress_button()
        if self.asking.is_evaluating:
            return
        made = self._made.get(self.choices.asked) if self.choices.asked is not None else None
        if made is None:
            self._show_none()
            name = self.choices.opened.run.info.name if self.choices.opened is not None else ""
            self.notice.say(
                self.tr("Press Evaluate to see how {0} does on its test set.").format(name)
            )
            return
        self.notice.say(made.doubt, error=True)
        with QSignalBlocker(self.output_box):
            self.output_box.clear()
            for one in made.outputs:
                self.output_box.addItem(one.output.name, (made, one))
        self.output_box.setVisible(len(made.outputs) > 1)
        self._show_output()

    def _show_none(self) -> None:
        self.head.hide()
        self.pages.hide()
        self.output_box.hide()

    def _show_output(self) -> None:
        if self.output_box.currentData() is None:
            return
        made, one = self.output_box.currentData()
        number = self.output_box.currentIndex()
        kind = _kind(one)
        wordings, tip = scores_words(made, one)
        self.head.scores.set_text(*wordings, tip=tip)
        self._fill_pages(made, one, number)
        titles = _TITLES | ({"classes": "Labels"} if one.labels is not None else {})
        self.head.show_pages({name: self.tr(titles[name]) for name in _PAGES.get(kind, ())})
        self.head.show()
        self.pages.setVisible(bool(kind))
        self.notice.say(" ".join(filter(None, (made.doubt, one.remark))), error=bool(made.doubt))

    def _fill_pages(self, made: Evaluation, one: Judgement, number: int) -> None:
        self.matrix.show_judgement(made.request, one)
        self.samples.show_judgement(made.request, one, number)
        word = self.tr("Class") if one.labels is None else self.tr("Label")
        self.classes.show_rows(class_rows(one), word)
        self.roc.show_curves(
            roc_curves(one),
            (word, "AUC"),
            (self.tr("false positive rate"), self.tr("true positive rate")),
        )
        self.fit.show_curves(
            fit_clouds(one),
            (self.tr("Output"), "R²"),
            (self.tr("target"), self.tr("prediction")),
            points=True,
        )

    def _on_code_clicked(self) -> None:
        opened, asked = self.choices.opened, self.choices.asked
        if opened is not None and asked is not None:
            made = listing_of(opened, self.output_box.currentIndex(), Path(asked[0]))
            ListingDialog(made, self.tr("The confusion matrix"), self._theme, self).open()


def _kind(one: Judgement) -> str:
    if one.classes is not None:
        return "classes"
    if one.labels is not None:
        return "labels"
    if one.numbers is not None:
        return "numbers"
    return "errors" if one.errors is not None else ""
