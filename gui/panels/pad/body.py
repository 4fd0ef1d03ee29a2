"""The pad and what stands beside it: the network's picture, the outputs' bars, a layer's maps."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from engine.pictures import Ground, fitted, has_other_ground, is_digits, read
from engine.trying import Look
from gui import aside
from gui.panels.pad.bars import Bars
from gui.panels.pad.sheet import PadSheet
from gui.panels.pad.tools import Tools
from gui.parts.mapgrid import MapGrid
from gui.parts.widgets import scrolling
from gui.theme import SMALL

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from PySide6.QtGui import QResizeEvent

    from engine.answers import Said
    from engine.protocol import Array
    from engine.trying import Pictured, Trial
    from gui.theme import Theme

_PACE_MS = 30  # between two questions while a stroke is drawn
_TILES = (28, 40)  # pixels of a map where there is little room, and where there is more
_WIDE = 640
_NARROW = 400  # pixels, below which names of classes would be cut off beside maps


class PadBody(QWidget):
    """Holds a picture for one Input, and shows what comes of it.

    Signals:
        wanted(): what is on the pad has changed; while a stroke is drawn, some 30 times a second.
        file_wanted(): an image file is to be chosen.
        sample_wanted(): the test sample is to be put on the pad.
        file_dropped(Path): a file was dropped on the pad.
    """

    wanted = Signal()
    file_wanted = Signal()
    sample_wanted = Signal()
    file_dropped = Signal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.sheet = PadSheet(theme)
        self.tools = Tools(theme, self.sheet.brush)
        self.bars = Bars(theme)
        self.grid = MapGrid(theme)
        self.grid.setObjectName("pad.grid")
        self._one: Pictured | None = None
        self._ground: Ground | None = None  # of the data set's pictures, if it is known
        self._sample: Array | None = None  # its values, until it is drawn on
        self._words: tuple[str, ...] = ()  # how a file came onto the pad
        self._soon = QTimer(self, interval=_PACE_MS, singleShot=True)
        self._soon.timeout.connect(self.wanted)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SMALL)
        row.addWidget(self.sheet, 4)
        row.addWidget(self.tools)
        row.addWidget(scrolling(self.bars), 4)
        self._maps = scrolling(self.grid)
        row.addWidget(self._maps, 4)
        self._connect()

    def _connect(self) -> None:
        self.sheet.changed.connect(self._on_ink)
        self.sheet.stroke_ended.connect(self._on_stroke_ended)
        self.sheet.file_dropped.connect(self.file_dropped)
        self.sheet.brush_changed.connect(self.tools.show_brush)
        self.tools.brush_chosen.connect(self.sheet.set_brush)
        self.tools.open_wanted.connect(self.file_wanted)
        self.tools.sample_wanted.connect(self.sample_wanted)
        self.tools.clear_wanted.connect(self.sheet.clear)
        self.tools.changed.connect(self._on_look_changed)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Let the maps be small where there is little room, and go where the names need it."""
        self.grid.tile = _TILES[self.width() >= _WIDE]
        self._maps.setVisible(self.width() >= _NARROW)
        super().resizeEvent(event)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of another theme."""
        for part in (self.sheet, self.tools, self.bars, self.grid):
            part.set_theme(theme)

    def set_input(self, trial: Trial, one: Pictured) -> None:
        """Draw for another Input; what is on the pad stays if the Input takes pictures alike."""
        before, self._one = self._one, one
        source = trial.project.data.source
        self._ground = self._sample = None
        self.set_look(Look(self.look.invert, is_digits(source)))
        if before is None or before.frame != one.frame or self.sheet.is_empty:
            self.sheet.set_size(one.frame.height, one.frame.width)
        # own data are read for that
        aside.ask(self, "ground", partial(trial.ground, one), partial(self._on_ground_found, one))

    def _on_ground_found(self, one: Pictured, ground: Ground | None) -> None:
        if self._one is one:
            self._ground = ground
            if self.sheet.is_empty:
                self._make_ready_to_draw()

    def _make_ready_to_draw(self) -> None:
        """Let the sheet's bright ink on black come out as in the data set."""
        self.set_look(self.look._replace(invert=self._ground is Ground.BRIGHT))

    @property
    def is_drawn(self) -> bool:
        """Whether a person has drawn what is on the pad, or opened it."""
        return self._sample is None and not self.sheet.is_empty

    @property
    def shows_sample(self) -> bool:
        """Whether a test sample is on the pad, as it is."""
        return self._sample is not None

    @property
    def look(self) -> Look:
        """Return how the picture on the pad is made ready."""
        return Look(self.tools.invert.isChecked(), self.tools.centre.isChecked())

    def set_look(self, look: Look) -> None:
        """Choose how the picture is made ready, without a signal."""
        with QSignalBlocker(self.tools):
            self.tools.invert.setChecked(look.invert)
            self.tools.centre.setChecked(look.centre)

    def values(self) -> Array | None:
        """Return what the model takes for the pad, and show the picture that it sees."""
        if self._one is None:
            return None
        if self._sample is not None:
            self.tools.show_seen(self._one.picture(self._sample), self._words)
            return self._sample
        seen, done = self._one.seen(self.sheet.picture(), self.look)
        self.tools.show_seen(seen, (*self._words, *done))
        return self._one.values(seen)

    def put_sample(self, values: Array, words: str) -> None:
        """Put what the model takes for a sample on the pad; it is asked for as it is."""
        if self._one is not None:
            self.set_look(self.look._replace(invert=False))
            self.sheet.show_picture(self._one.picture(values))
            self._sample, self._words = values, (words,)
            self._on_stroke_ended()

    def put_file(self, path: Path) -> None:
        """Put an image file on the pad in its own proportions; raises BadPicture."""
        picture = read(path)
        if self._one is None:
            return
        rows, columns = self.sheet.size_in_pixels
        frame = self._one.frame._replace(height=rows, width=columns, channels=3)
        self.set_look(self.look._replace(invert=has_other_ground(picture, self._ground)))
        picture, done = fitted(picture, frame)
        self.sheet.show_picture(picture)
        self._words = (path.name, *done)
        self._on_stroke_ended()

    def show_answer(self, said: Sequence[Said], maps: Array | None) -> None:
        """Show what the outputs say, and a layer's maps; nothing while the pad is empty."""
        empty = self.sheet.is_empty
        self.bars.show_said(() if empty else said)
        self.grid.show_maps([], None if empty else maps)

    def _on_ink(self) -> None:
        if self._sample is not None:
            self._words = ()
        self._sample = None
        if self.sheet.is_empty:
            self._words = ()
            self._make_ready_to_draw()
        if not self._soon.isActive():
            self._soon.start()

    def _on_stroke_ended(self) -> None:
        self._soon.stop()
        self.wanted.emit()

    def _on_look_changed(self) -> None:
        self._sample = None
        self.wanted.emit()
