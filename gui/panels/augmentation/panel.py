"""Augmentation: how training images are varied, seen on some of them while it is set."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget
from shiboken6 import isValid

from codegen import emit, emit_variations
from engine import protocol
from graph.augment_misfits import augmentation_misfits
from graph.binding import bind
from graph.datasets import find_data, is_here
from graph.edits import SetTraining
from graph.inference import infer
from graph.project import Augmentation, Project
from graph.unvaried import last_varying, unvaried, varying_layers
from graph.views import mixes, switched_on, views
from gui.panels.augmentation.form import AugmentationForm
from gui.panels.augmentation.grid import SAMPLES, VARIANTS, AugmentationGrid
from gui.parts.notice import Notice
from gui.parts.widgets import link_button, scrolling
from gui.runner import Failure
from gui.theme import MEDIUM, SMALL, TINY

if TYPE_CHECKING:
    from PySide6.QtGui import QShowEvent

    from engine.client import Engine
    from graph.change import Change
    from graph.inference import Report
    from gui.document import Document
    from gui.runner import Runner
    from gui.theme import Theme

_FORM_WIDTHS = 220, 360  # the least and the greatest


@dataclass(frozen=True)
class Wish:
    """What a preview is wanted of."""

    project: Project
    report: Report
    draw: int

    def ask(self, engine: Engine) -> protocol.Previewed:
        """Let an engine make the pictures; raises what the client raises, and OSError."""
        plain = with_augmentation(self.project, Augmentation())
        request = protocol.Preview(
            program=emit(plain, self.report).text,
            section=emit_variations(self.project, self.report).text,
            folder=str(find_data(self.project)),
            samples=SAMPLES,
            variants=VARIANTS,
            draw=self.draw,
        )
        return engine.preview(request)


def with_augmentation(project: Project, augmentation: Augmentation) -> Project:
    """Return a project with another augmentation."""
    training = msgspec.structs.replace(project.training, augmentation=augmentation)
    return msgspec.structs.replace(project, training=training)


class AugmentationPanel(QWidget):
    """A form, and a grid of original and augmented samples that follows it.

    Signals:
        experiment_wanted(str, list): train these, one after the other, and compare them: a title,
            and (label, project, report) of each.
    """

    experiment_wanted = Signal(str, object)

    def __init__(
        self, document: Document, theme: Theme, runner: Runner, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("augmentation")
        self._document, self._runner, self._sheet = document, runner, document.sheet
        self._draw = 1
        self._asked: Wish | None = None
        self._shown: Wish | None = None
        self.form = AugmentationForm(theme)
        self.grid = AugmentationGrid(theme)
        self.notice = Notice("augmentation.notice")
        self.again = link_button(self.tr("Draw again"), "augmentation.again")
        self.compare = link_button(self.tr("Train with and without"), "augmentation.compare")
        self.compare.setToolTip(
            self.tr("Train the drawing twice, with augmentation and without, and compare the runs.")
        )
        self._lay_out()
        self._soon = QTimer(self, interval=15, singleShot=True)  # while a slider is dragged
        self._soon.timeout.connect(self._ask)
        self.form.edited.connect(self._on_edited)
        self.again.clicked.connect(self._on_again)
        self.compare.clicked.connect(self._on_compare)
        document.changed.connect(self._on_document_changed)
        self._refresh()

    def _lay_out(self) -> None:
        area = scrolling(self.form)
        area.setObjectName("augmentation.area")
        area.setMinimumWidth(_FORM_WIDTHS[0])
        area.setMaximumWidth(_FORM_WIDTHS[1])
        links = QHBoxLayout()
        links.setSpacing(MEDIUM)
        links.addWidget(self.again)
        links.addStretch(1)
        links.addWidget(self.compare)
        right = QVBoxLayout()
        right.setSpacing(SMALL)
        right.addWidget(self.notice, 0, Qt.AlignmentFlag.AlignTop)
        right.addWidget(self.grid, 1)
        row = QHBoxLayout()
        row.setSpacing(SMALL)
        row.addWidget(area, 3)
        row.addLayout(right, 2)
        column = QVBoxLayout(self)  # the links need more than the pictures may get
        column.setContentsMargins(MEDIUM, SMALL, MEDIUM, SMALL)
        column.setSpacing(TINY)
        column.addLayout(row, 1)
        column.addLayout(links)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of another theme."""
        self.form.set_theme(theme)
        self.grid.set_theme(theme)

    def showEvent(self, event: QShowEvent) -> None:
        """Fetch pictures when the panel is seen."""
        super().showEvent(event)
        self._soon.start()

    # --- the document -------------------------------------------------------------------------

    @property
    def _augmentation(self) -> Augmentation:
        return self._document.project.training.augmentation

    def _on_edited(self, field: str, augmentation: Augmentation) -> None:
        project = with_augmentation(self._document.project, augmentation)
        self._document.push(
            SetTraining(project.training),
            self.tr("Set {0}").format(field),
            source=self,
            merge=f"training.augmentation.{field}",
        )

    def _on_document_changed(self, change: Change) -> None:
        if self._sheet is not self._document.sheet:
            self._sheet = self._document.sheet
            self.form.forget()
            self._refresh()
        elif change.training or change.data or change.structure:
            self._refresh()

    def _refresh(self) -> None:
        self.form.show_settings(self._augmentation)
        self.compare.setVisible(bool(self._effects()))
        if self.isVisible():
            self._soon.start()

    def _effects(self) -> tuple[str, ...]:
        """Return what is varied, as the plan says, and the layers that vary too."""
        augmentation, graph = self._augmentation, self._document.project.graph
        layers = varying_layers(self._document.project, self._document.report)
        kinds = tuple(dict.fromkeys(graph.layer_of(key).kind for key in layers))
        if augmentation.how == "none":
            return kinds
        mixed = ("mixup",) if mixes(augmentation) else ()
        return (*switched_on(augmentation), *mixed, *kinds)

    def _is_varied_by_layers(self) -> bool:
        """Say whether augmentation layers stand behind an Input that takes images."""
        project, report = self._document.project, self._document.report
        inputs = [view.bound.port.node for view in views(bind(project, report)) if view.is_input]
        return any(last_varying(project, report, node) is not None for node in inputs)

    # --- the preview --------------------------------------------------------------------------

    def _obstacle(self) -> str:
        """Return why there is nothing to see, and what to do about it; "" if there is."""
        project, report = self._document.project, self._document.report
        bound = bind(project, report)
        if bound.data is None:
            return bound.trouble
        if not any(view.is_input for view in views(bound)):
            return self.tr(
                "Only images can be varied, and no Input takes any. "
                "Give one a column of images in the Data panel."
            )
        if self._augmentation.how == "none" and not self._is_varied_by_layers():
            return self.tr(
                "Choose at the left: online varies the images of every batch anew, enlarged makes "
                "a larger training set once. What the network gets then stands here."
            )
        if not is_here(project):
            return self.tr("The data set isn't on this computer yet: train once, and it comes.")
        return ""

    def _ask(self) -> None:
        if not self.isVisible():
            return
        obstacle = self._obstacle()
        if obstacle:
            self._shown = None
            self.grid.show_pictures([], [])
            self._say(obstacle)
            return
        wish = self._wish()
        if self._asked is not None or wish == self._shown:
            return  # asked again when the answer is there
        self._asked = wish
        if self._runner.is_training:
            self._say(self.tr("The preview comes when the training is over."))
        elif self._shown is None:
            self._say(self.tr("The training data are being loaded."))
        self._runner.ask(wish.ask, lambda answer: self._on_answer(wish, answer))

    def _wish(self) -> Wish:
        return Wish(self._document.project, self._document.report, self._draw)

    def _on_answer(self, wish: Wish, answer: object) -> None:
        if not isValid(self):  # the panel has gone while the engine was busy
            return
        self._asked = None
        if isinstance(answer, Failure):
            self._shown = None
            self.grid.show_pictures([], [])
            self._say(answer.sentence, error=True, tip=answer.traceback[-2000:])
            return
        if isinstance(answer, protocol.Previewed):
            self._shown = wish
            self.grid.show_pictures(answer.originals, answer.variants)
            self._say(self._remark())
        self._ask()

    def _remark(self) -> str:
        """Return what else is to be said of these settings: what doesn't fit, or a consequence."""
        bound = bind(self._document.project, self._document.report)
        wrong = next(augmentation_misfits(self._document.project, bound), None)
        if wrong is not None:
            return wrong.sentence
        if self._augmentation.how == "none":
            layers = ", ".join(self._effects())
            return self.tr("This is what layers of the drawing do: {0}.").format(layers)
        if mixes(self._augmentation):
            return self.tr(
                "MixUp mixes two labels as it mixes two images, "
                "such as 0.7 of one class and 0.3 of another: they become one-hot."
            )
        return ""

    def _say(self, sentence: str, *, error: bool = False, tip: str = "") -> None:
        self.notice.say(sentence, error=error, tip=tip)
        self.again.setVisible(self._shown is not None)

    def _on_again(self) -> None:
        self._draw += 1
        self._ask()

    def _on_compare(self) -> None:
        project, report = self._document.project, self._document.report
        plain = unvaried(project, report)
        words = ", ".join(self._effects())
        runs = [
            (self.tr("{0}, no augmentation").format(project.name), plain, infer(plain)),
            (self.tr("{0}, {1}").format(project.name, words), project, report),
        ]
        title = self.tr("{0} with and without augmentation").format(project.name)
        self.experiment_wanted.emit(title, runs)
