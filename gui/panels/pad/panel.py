"""Try it: draw or open a picture, and watch what a trained model makes of it."""

from __future__ import annotations

import contextlib
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image
from PySide6.QtCore import QCoreApplication, QSignalBlocker, QTemporaryDir, Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from engine.pictures import BadPicture
from engine.runs import RunError
from engine.trying import trial_of
from graph.datasets import file_of
from graph.projectfile import BadFile
from gui import aside
from gui.data_reading import is_read_slowly
from gui.panels.pad.body import PadBody
from gui.panels.pad.tools import Others
from gui.parts.editors import Combo
from gui.parts.listing import Listing, ListingDialog
from gui.parts.mapchoices import Choices, Opened, has_weights, open_run, same_drawing
from gui.parts.notice import Notice
from gui.parts.older_runs import OlderRuns
from gui.parts.widgets import Line, link_button
from gui.predicting import Predicting
from gui.theme import MEDIUM, SMALL

if TYPE_CHECKING:
    from PySide6.QtGui import QShowEvent

    from engine.answers import Said
    from engine.protocol import Array, Predict, Predicted
    from engine.runs import Run
    from engine.trying import Look, Pictured, Trial
    from gui.document import Document
    from gui.runner import Failure, Runner
    from gui.theme import Theme


_tr = partial(QCoreApplication.translate, "PadPanel")


class PadPanel(QWidget):
    """Choose a run and a layer, draw, and see prediction and maps.

    Signals:
        shown(protocol.Predict, protocol.Predicted): an answer is on the screen.
    """

    shown = Signal(object, object)

    def __init__(
        self, document: Document, theme: Theme, runner: Runner, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("pad")
        self._document, self._runner, self._theme = document, runner, theme
        self._trial: Trial | None = None
        self._one: Pictured | None = None
        self._wanted: Run | None = None  # the run that is to be tried
        self._others: tuple[str, ...] = ()  # the Inputs that aren't drawn
        self._targets: list[Array] | None = None  # what the sample on the pad should give
        self._older = OlderRuns(self)
        self._predicting = Predicting(runner, self)
        self._make_widgets(theme)
        self._lay_out()
        self._connect()
        self._say(self.tr("Train the model once: then draw here, and see what it predicts."))

    def _make_widgets(self, theme: Theme) -> None:
        self.choices = Choices(theme, prefix="pad")
        self.input_box = Combo()
        self.input_box.setObjectName("pad.input")
        self.input_box.setAccessibleName(self.tr("Input that is drawn"))
        self.input_box.setToolTip(self.tr("Input that is drawn; the others have the sample's"))
        self.caption = Line("pad.caption", "muted")
        self.others = Others()
        self.order = link_button("", "pad.order")
        self.code = link_button(self.tr("Show the code"), "pad.code")
        self.notice = Notice("pad.notice")
        self.body = PadBody(theme)

    def _lay_out(self) -> None:
        links = QHBoxLayout()
        links.setSpacing(MEDIUM)
        links.addWidget(self.input_box)
        links.addWidget(self.caption, 1)
        links.addWidget(self.order)
        links.addWidget(self.code)
        column = QVBoxLayout(self)
        column.setContentsMargins(MEDIUM, SMALL, MEDIUM, SMALL)
        column.setSpacing(SMALL)
        column.addWidget(self.choices)
        column.addLayout(links)
        column.addWidget(self.others)
        column.addWidget(self.notice)
        column.addWidget(self.body, 100)
        column.addStretch(1)

    def _connect(self) -> None:
        self._runner.finished.connect(self._on_finished)
        self._older.found.connect(self._offer_older)
        self._older.more.connect(self.choices.offer_older)
        self._document.selection_changed.connect(self._on_selection_changed)
        self._predicting.answered.connect(self._on_answered)
        self._predicting.refused.connect(self._on_refused)
        self.choices.run_chosen.connect(self.open_run)
        self.choices.layer_box.activated.connect(lambda _n: self._ask())
        self.choices.sample_box.valueChanged.connect(lambda _n: self._on_sample_chosen())
        self.input_box.activated.connect(lambda _n: self._draw(self.input_box.currentData()))
        self.body.wanted.connect(self._ask)
        self.body.sample_wanted.connect(self.take_sample)
        self.body.file_wanted.connect(self._on_file_wanted)
        self.body.file_dropped.connect(self.open_file)
        self.order.clicked.connect(self._on_order_clicked)
        self.code.clicked.connect(self._on_code_clicked)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of another theme."""
        self._theme = theme
        self.choices.set_theme(theme)
        self.body.set_theme(theme)

    def showEvent(self, event: QShowEvent) -> None:
        """Look for runs that others have made, such as a command; have the model loaded."""
        super().showEvent(event)
        self._older.look(self._runner.runs_folder)
        self._ask()

    def _say(self, sentence: str, *, error: bool = False, tip: str = "") -> None:
        self.notice.say(sentence, error=error, tip=tip)
        for part in (self.body, self.caption, self.order, self.code):
            part.setVisible(self._one is not None)
        self.others.setVisible(self._one is not None and bool(self._others))
        self.input_box.setVisible(self._one is not None and self.input_box.count() > 1)

    # --- the run ------------------------------------------------------------------------------

    def _offer_older(self, older: list[Run]) -> None:
        self.choices.offer_older(older)
        if self._trial is not None or not self.choices.runs():
            return
        self.choices.show_none()
        self._say(self.tr("Choose a run above, then draw and see what its model predicts."))
        newest = self.choices.runs()[0]
        with contextlib.suppress(RunError, BadFile):
            if same_drawing(open_run(newest).project, self._document.project):
                self.open_run(newest)

    def _on_finished(self, _reason: str, run: Run | None) -> None:
        if run is not None and has_weights(run):
            self.choices.add_run(run)
            again = self._trial is not None and self._trial.run.path == run.path
            if again or not self.body.is_drawn:  # a drawing keeps its model
                self.open_run(run)

    def open_run(self, run: Run) -> None:
        """Try the model of a run that is offered; its own data may have to be read before."""
        self._trial = self._one = None
        self._wanted = run
        try:
            opened = open_run(run)
        except (RunError, BadFile) as bad:
            self._say(str(bad), error=True)
            return
        if is_read_slowly(opened.project.data):
            self._say(self.tr("The data are being read …"))
            aside.ask(self, "trial", partial(_tried, opened), partial(self._on_tried, opened))
        else:
            self._on_tried(opened, _tried(opened))

    def _on_tried(self, opened: Opened, trial: Trial | str) -> None:
        if opened.run is not self._wanted:
            return  # another one was chosen meanwhile
        if isinstance(trial, str):
            self._say(trial, error=True)
            return
        self._trial = trial
        with QSignalBlocker(self.choices):
            self.choices.show_opened(opened)
        self.input_box.clear()
        for one in trial.pictured:
            self.input_box.addItem(one.name, one)
        if trial.pictured:
            self._draw(trial.pictured[0])
        else:
            self._say(trial.obstacle)

    def _draw(self, one: Pictured) -> None:
        """Let an Input be drawn."""
        if self._trial is not None:
            self._one, self._others = one, self._trial.others(one)
            had_sample = self.body.shows_sample
            self.others.show_others(self._others, self.choices.sample)
            self.body.set_input(self._trial, one)
            self.body.show_answer((), None)
            self._tell(())
            self._say("")
            (self.take_sample if had_sample else self._ask)()  # it was another run's sample

    def _on_selection_changed(self) -> None:
        """Follow a node that is selected on the canvas, if this run has it."""
        if self._trial is not None and self.choices.follow(self._document.selected_nodes):
            self._ask()

    # --- pictures -----------------------------------------------------------------------------

    def take_sample(self) -> None:
        """Put the chosen test sample on the pad, so that one can draw on it."""
        if self._trial is not None and self._one is not None:
            node, sample = self.choices.node, self.choices.sample
            self._predicting.ask(self._trial.question(node=node, sample=sample))

    def _on_sample_chosen(self) -> None:
        """Put the sample on the pad; a drawing stays where only the other Inputs take it."""
        self.others.show_others(self._others, self.choices.sample)
        if self._others and self.body.is_drawn:
            self._ask()
        else:
            self.take_sample()

    def open_file(self, path: Path) -> None:
        """Put an image file on the pad; it keeps its proportions."""
        try:
            self.body.put_file(path)
        except BadPicture as bad:
            self._say(str(bad), error=True)

    def _on_file_wanted(self) -> None:
        kinds = self.tr("Images (*.png *.jpg *.jpeg *.bmp *.gif *.webp *.tif *.tiff)")
        path, _ = QFileDialog.getOpenFileName(self, self.tr("Open an image"), "", kinds)
        if path:
            self.open_file(Path(path))

    def _ask(self) -> None:
        """Ask what the model makes of the pad; of an empty one too, so that it is loaded then."""
        if self._trial is None or self._one is None or not self.isVisible():
            return
        values = self.body.values()
        if self._runner.is_training:
            self._say(self.tr("The prediction comes when the training is over."))
        self._predicting.ask(
            self._trial.question(self._one.place, values, self.choices.node, self.choices.sample)
        )

    def _on_answered(self, question: Predict, answer: Predicted) -> None:
        """Show an answer, unless it is that of another run or Input."""
        trial, one = self._trial, self._one
        if trial is None or one is None or question.program != trial.program:
            return
        is_sample = all(values is None for values in question.inputs)
        if not is_sample and question.inputs[one.place] is None:
            return
        if is_sample:
            words = self.tr("sample {0:,} of the test data").format(question.sample)
            self.body.put_sample(answer.inputs[one.place], words)
            self._targets = answer.targets
        said = trial.said(answer.outputs, self._targets if self.body.shows_sample else None)
        self._say("")
        self.body.show_answer(said, answer.maps)
        self._tell(() if self.body.sheet.is_empty else said)
        self.shown.emit(question, answer)

    def _on_refused(self, question: Predict, failure: Failure) -> None:
        if self._trial is not None and question.program == self._trial.program:
            self.body.show_answer((), None)
            self._tell(())
            self._say(failure.sentence, error=True, tip=failure.traceback[-2000:])

    def _tell(self, said: tuple[Said, ...]) -> None:
        """Say the winner in words, and offer another order of the classes."""
        told = [_told(one) for one in said if one.names]
        self.caption.set_text("   ".join(told), told[0] if told else "")
        self.order.setVisible(bool(told))
        is_sorted = self.body.bars.is_sorted
        self.order.setText(self.tr("In order") if is_sorted else self.tr("Best first"))

    def _on_order_clicked(self) -> None:
        self.body.bars.set_sorted(is_sorted=not self.body.bars.is_sorted)
        self._tell(self.body.bars.said)

    def listing(self) -> Listing | None:
        """Return the program that predicts what is on the pad by itself; None without a run."""
        if self._trial is None or self._one is None:
            return None
        self._folder = QTemporaryDir()  # until the next listing: the dialog may still save it
        given = self.body.look, self.body.sheet.picture(), self.choices.sample
        return _listing(self._trial, self._one, given, self._folder)

    def _on_code_clicked(self) -> None:
        if (listing := self.listing()) is not None:
            ListingDialog(listing, self.tr("Predict an image file"), self._theme, self).open()


def _told(said: Said) -> str:
    """Say which class wins, and which one it should be, if that is known."""
    words = f"{said.names[said.winner]} · {said.words(said.winner)}"
    if said.truth is None:
        return words
    if said.truth == said.winner:
        return _tr("{0}, as labelled").format(words)
    return _tr("{0}, labelled {1}").format(words, said.names[said.truth])


def _tried(opened: Opened) -> Trial | str:
    """Return what is known of a run to be tried, or why it can't be; own data may be read."""
    try:
        return trial_of(*opened)
    except (RunError, BadFile) as bad:
        return str(bad)


def _listing(
    trial: Trial, one: Pictured, given: tuple[Look, Array, int], folder: QTemporaryDir
) -> Listing:
    """Return the program for a look, a picture and a sample; the picture is put into a folder."""
    look, picture, sample = given
    run, project = trial.run, trial.project
    program = trial.listing(one, look, sample)
    image = Path(folder.filePath("image.png"))
    Image.fromarray(picture).save(image)
    reads = {image: image.name}
    if run.weights is not None:
        reads[run.weights] = run.weights.name
    data = file_of(project)
    if data.is_file() and len(trial.bound.inputs) > 1:
        reads[data] = f"data/{data.name}"
    first = program.sections["predict"].first
    return Listing(program.text, first, run.path / "predict_image.py", reads)
