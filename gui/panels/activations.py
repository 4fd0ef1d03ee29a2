"""Looking inside: the maps of a layer for one sample, in the run that made them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from codegen import listing
from engine.runs import RunError
from graph.datasets import file_of
from graph.projectfile import BadFile
from gui.parts.editors import Combo
from gui.parts.listing import Listing, ListingDialog
from gui.parts.mapchoices import Choices, Opened, has_weights, open_run, same_drawing
from gui.parts.mapgrid import MapGrid
from gui.parts.mapsheet import maps_picture, shape_words
from gui.parts.notice import Notice
from gui.parts.older_runs import OlderRuns
from gui.parts.widgets import Line, link_button
from gui.theme import MEDIUM, SMALL, TINY

if TYPE_CHECKING:
    from PySide6.QtGui import QShowEvent

    from engine import protocol
    from engine.runs import Run
    from gui.document import Document
    from gui.runner import Failure, Look, Runner
    from gui.theme import Theme

__all__ = ["ActivationsPanel", "maps_picture"]

_PICTURE_SCALE = 2.0


def listing_of(look: Look) -> Listing:
    """Return the program that makes the same maps by itself, with the weights of the run."""
    project, weights = look.drawing.project, look.run.weights
    name = weights.name if weights is not None else ""
    program = listing(project, look.drawing.report, look.node, look.sample, name)
    reads = {weights: name} if weights is not None else {}
    data = file_of(project)
    if data.is_file():
        reads[data] = f"data/{data.name}"
    label_ = project.graph.nodes[look.node].label
    proposal = look.run.path / f"maps_of_{label_}.py"
    return Listing(program.text, program.sections["maps"].first, proposal, reads)


class ActivationsPanel(QWidget):
    """Choose a run, a layer and a sample; see all maps of that layer and the input beside them."""

    def __init__(
        self, document: Document, theme: Theme, runner: Runner, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("activations")
        self._document, self._runner, self._theme = document, runner, theme
        self._older = OlderRuns(self)
        self._opened: Opened | None = None
        self._shown: tuple[Look, protocol.MapsReady] | None = None
        self._make_widgets(theme)
        self._lay_out()
        self._connect()
        self._soon = QTimer(self, interval=60, singleShot=True)  # while a spin box is held down
        self._soon.timeout.connect(self._ask)
        self._say(self.tr("Train the model once: the maps of its layers can then be seen here."))

    def _make_widgets(self, theme: Theme) -> None:
        self.choices = Choices(theme)
        self.caption = Line("activations.caption", "muted")
        self.code = link_button(self.tr("Show the code"), "activations.code")
        self.save = link_button(self.tr("Save picture…"), "activations.save")
        self.notice = Notice("activations.notice")
        self.grid = MapGrid(theme)
        self.area = QScrollArea()
        self.area.setObjectName("activations.area")
        self.area.setWidgetResizable(True)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setWidget(self.grid)
        self.scale_box = Combo()
        self.scale_box.setObjectName("activations.scale")
        self.scale_box.setAccessibleName(self.tr("Scale of brightness"))
        self.scale_box.addItem(self.tr("one scale for all"), True)
        self.scale_box.addItem(self.tr("a scale for each"), False)
        self.scale_box.setMinimumContentsLength(17)
        self.colour_box = Combo()
        self.colour_box.setObjectName("activations.colours")
        self.colour_box.setAccessibleName(self.tr("Colours"))
        self.colour_box.addItem(self.tr("grey"), "grey")
        self.colour_box.addItem(self.tr("viridis"), "viridis")
        self.colour_box.setMinimumContentsLength(8)
        for box in (self.scale_box, self.colour_box):
            box.setProperty("role", "")  # words, not code

    def _lay_out(self) -> None:
        links = QHBoxLayout()
        links.setSpacing(MEDIUM)
        links.addWidget(self.caption, 1)
        links.addWidget(self.save)
        links.addWidget(self.code)
        looks = QHBoxLayout()
        looks.setSpacing(TINY)
        looks.addWidget(self.scale_box)
        looks.addWidget(self.colour_box)
        looks.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(MEDIUM, SMALL, MEDIUM, SMALL)
        column.setSpacing(SMALL)
        column.addWidget(self.choices)
        column.addLayout(links)
        column.addWidget(self.notice)
        column.addWidget(self.area, 1)
        column.addLayout(looks)

    def _connect(self) -> None:
        runner = self._runner
        self._older.found.connect(self._offer_older)
        self._older.more.connect(self.choices.offer_older)
        runner.finished.connect(self._on_finished)
        runner.maps_ready.connect(self._on_maps_ready)
        runner.maps_failed.connect(self._on_maps_failed)
        self._document.changed.connect(lambda _change: self._compare())
        self._document.selection_changed.connect(self._on_selection_changed)
        self.choices.run_chosen.connect(self.open_run)
        self.choices.changed.connect(self._ask_soon)
        self.scale_box.activated.connect(
            lambda _index: self.grid.set_look(one_scale=self.scale_box.currentData())
        )
        self.colour_box.activated.connect(
            lambda _index: self.grid.set_look(colours=self.colour_box.currentData())
        )
        self.code.clicked.connect(self._on_code_clicked)
        self.save.clicked.connect(self._on_save_clicked)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of another theme."""
        self._theme = theme
        self.grid.set_theme(theme)
        self.choices.set_theme(theme)

    def showEvent(self, event: QShowEvent) -> None:
        """Look for runs that others have made, such as a command, and ask for maps."""
        super().showEvent(event)
        begun = self._older.look(self._runner.runs_folder)
        if not begun and self._opened is not None and self._shown is None:
            self._ask_soon()

    # --- runs ---------------------------------------------------------------------------------

    def _offer_older(self, older: list[Run]) -> None:
        self.choices.offer_older(older)
        if self._opened is None:  # nobody has asked for maps of an old run
            self.choices.show_none()
            if self.choices.runs():
                self._say(self.tr("Choose a run above: the maps of its layers then stand here."))

    def _on_finished(self, _reason: str, run: Run | None) -> None:
        if run is not None and has_weights(run):
            self.choices.add_run(run)
            self.open_run(run)

    def offer_run(self, run: Run) -> None:
        """Look into any run, and offer it from now on."""
        known = {one.path: one for one in self.choices.runs()}
        if run.path not in known:
            self.choices.add_run(run)
        self.open_run(known.get(run.path, run))

    def open_run(self, run: Run) -> None:
        """Look into a run that is offered."""
        try:
            self._opened = open_run(run)
        except (RunError, BadFile) as bad:
            self._opened = None
            self._say(str(bad), error=True)
            return
        self.choices.show_opened(self._opened)
        self._compare()
        self._ask_soon()

    def _compare(self) -> None:
        """Say so if the run has trained another drawing than the one that is open."""
        if self._opened is None:
            return
        is_same = same_drawing(self._opened.project, self._document.project)
        words = self.tr(
            "The open drawing differs from the one this run trained. "
            "These are the maps of the drawing as it was trained."
        )
        self._say("" if is_same else words)

    def _on_selection_changed(self) -> None:
        """Follow a node that is selected on the canvas, if this run has it."""
        if self._opened is not None and self.choices.follow(self._document.selected_nodes):
            self._ask_soon()

    # --- maps ---------------------------------------------------------------------------------

    def _ask_soon(self) -> None:
        if self.isVisible():
            self._soon.start()
        else:
            self._shown = None  # asked for when the panel is seen

    def _ask(self) -> None:
        node = self.choices.node
        if self._opened is None or node is None:
            return
        run, project, report = self._opened
        if self._runner.is_training:
            self._say(self.tr("The maps come when the training is over."))
        self._runner.maps(run, project, report, node, self.choices.sample)

    def _is_wanted(self, look: Look) -> bool:
        return (
            self._opened is not None
            and look.run is self._opened.run
            and look.node == self.choices.node
            and look.sample == self.choices.sample
        )

    def _on_maps_ready(self, look: Look, maps: protocol.MapsReady) -> None:
        if not self._is_wanted(look):
            return
        self._shown = (look, maps)
        self._compare()
        self.grid.show_maps(maps.inputs, maps.maps)
        name = look.drawing.project.graph.nodes[look.node].label
        long, short = self.tr("{0} · {1} · sample {2:,}"), self.tr("{0} · sample {1:,}")
        words = long.format(name, shape_words(maps.maps), look.sample)
        self.caption.set_text(words, short.format(name, look.sample), name)
        self._enable_links()

    def _on_maps_failed(self, look: Look, failure: Failure) -> None:
        if self._is_wanted(look):
            self._shown = None
            self.caption.set_text()
            self.grid.show_maps([], None)
            self._say(failure.sentence, error=True, tip=failure.traceback[-2000:])

    def _say(self, sentence: str, *, error: bool = False, tip: str = "") -> None:
        self.notice.say(sentence, error=error, tip=tip)
        self._enable_links()

    def _enable_links(self) -> None:
        for link in (self.code, self.save):
            link.setVisible(self._shown is not None)
        for box in (self.scale_box, self.colour_box):
            box.setVisible(self._shown is not None)

    def _on_code_clicked(self) -> None:
        if self._shown is None:
            return
        look = self._shown[0]
        name = look.drawing.project.graph.nodes[look.node].label
        title = self.tr("The maps of {0}").format(name)
        ListingDialog(listing_of(look), title, self._theme, self).open()

    def _on_save_clicked(self) -> None:
        if self._shown is None:
            return
        look, maps = self._shown
        name = look.drawing.project.graph.nodes[look.node].label
        path, _ = QFileDialog.getSaveFileName(
            self, self.tr("Save picture"), f"{name}-{look.sample}.png", "PNG (*.png)"
        )
        image = maps_picture(
            maps.inputs,
            maps.maps,
            self._theme,
            _PICTURE_SCALE,
            one_scale=self.grid.one_scale,
            colours=self.grid.colours,
        )
        if path and image.save(path):
            self._say(self.tr("Saved as {0}.").format(path))
        elif path:
            self._say(self.tr("{0} can't be written: check its folder.").format(path), error=True)
