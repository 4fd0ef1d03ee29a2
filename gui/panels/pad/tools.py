"""Beside the drawing pad: what the network sees, and the tools that change it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QSizePolicy, QSlider, QVBoxLayout, QWidget

from gui.icons import action_icon
from gui.panels.pad.sheet import image_of
from gui.parts.widgets import Line, icon_button
from gui.theme import TINY

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QPaintEvent

    from engine.protocol import Array
    from gui.theme import Theme

_WIDTH = 84
_STEPS = 10  # of the slider for each pixel of the brush
_ICONS = {"open": "open", "sample": "maps", "clear": "delete"}


class Seen(QWidget):
    """Shows a small picture, its pixels as squares."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("pad.seen")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMaximumHeight(_WIDTH)
        self._theme = theme
        self._image: QImage | None = None
        self.picture: Array | None = None

    def show_picture(self, picture: Array | None) -> None:
        """Show a picture, or none."""
        self.picture = picture
        self._image = None if picture is None else image_of(picture)
        self.update()

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of another theme."""
        self._theme = theme
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the picture as large as it fits."""
        painter = QPainter(self)
        room = QSize(self.width() - 2, self.height() - 2)
        size = self._image.size() if self._image is not None else QSize(1, 1)
        size = size.scaled(room, Qt.AspectRatioMode.KeepAspectRatio)
        place = QRectF(1, 1, size.width(), size.height())
        if self._image is not None:
            painter.drawImage(place, self._image)
        painter.setPen(QColor(self._theme.border))
        painter.drawRect(place.adjusted(-1, -1, 0, 0))

    def sizeHint(self) -> QSize:
        """Return a size in which single pixels can be told apart."""
        return QSize(_WIDTH, _WIDTH)

    def minimumSizeHint(self) -> QSize:
        """Return the least size."""
        return QSize(40, 40)


class Tools(QWidget):
    """What the network sees; buttons; the brush; what is done to the picture.

    Signals:
        open_wanted(): an image file is to be chosen.
        sample_wanted(): the test sample is to be put on the pad.
        clear_wanted(): the pad is to be wiped.
        changed(): another way of making the network's picture is chosen.
        brush_chosen(float): the brush's width, in pixels of the network.
    """

    open_wanted = Signal()
    sample_wanted = Signal()
    clear_wanted = Signal()
    changed = Signal()
    brush_chosen = Signal(float)

    def __init__(self, theme: Theme, brush: float) -> None:
        super().__init__()
        self.setFixedWidth(_WIDTH)
        self.seen = Seen(theme)
        tips = {
            "open": self.tr("Open an image file"),
            "sample": self.tr("Put the test sample on the pad"),
            "clear": self.tr("Wipe the pad (Delete)"),
        }
        self.buttons = {
            name: icon_button(_ICONS[name], theme, tip, f"pad.{name}") for name, tip in tips.items()
        }
        self.brush = QSlider(Qt.Orientation.Horizontal)
        self.brush.setObjectName("pad.brush")
        self.brush.setAccessibleName(self.tr("Width of the brush"))
        self.brush.setToolTip(self.tr("Width of the brush (plus and minus)"))
        self.brush.setRange(6, 80)
        self.brush.setValue(round(brush * _STEPS))
        self.invert = self._box(self.tr("Invert"), "pad.invert")
        self.invert.setToolTip(self.tr("Exchange dark and bright, as for ink on paper"))
        self.centre = self._box(self.tr("Centre"), "pad.centre")
        self.centre.setToolTip(
            self.tr("Size and place the ink as MNIST has its digits: 20 × 20, mass in the middle")
        )
        self._lay_out()
        self._connect()

    def _box(self, words: str, name: str) -> QCheckBox:
        made = QCheckBox(words)
        made.setObjectName(name)
        made.toggled.connect(lambda _on: self.changed.emit())
        return made

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(TINY)
        for button in self.buttons.values():
            row.addWidget(button)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(TINY)
        column.addWidget(self.seen, 100)
        column.addLayout(row)
        column.addWidget(self.brush)
        column.addWidget(self.invert)
        column.addWidget(self.centre)
        column.addStretch(1)

    def _connect(self) -> None:
        self.buttons["open"].clicked.connect(self.open_wanted)
        self.buttons["sample"].clicked.connect(self.sample_wanted)
        self.buttons["clear"].clicked.connect(self.clear_wanted)
        self.brush.valueChanged.connect(lambda value: self.brush_chosen.emit(value / _STEPS))

    def show_seen(self, picture: Array, words: Sequence[str]) -> None:
        """Show what the network sees, and say in a tool tip what was done for it."""
        self.seen.show_picture(picture)
        rows, columns = picture.shape[:2]
        size = self.tr("What the network sees: {0} × {1}").format(rows, columns)
        self.seen.setToolTip("\n".join((size, *words)))

    def show_brush(self, width: float) -> None:
        """Show the brush's width."""
        self.brush.setValue(round(width * _STEPS))

    def set_theme(self, theme: Theme) -> None:
        """Dress the buttons."""
        self.seen.set_theme(theme)
        for name, button in self.buttons.items():
            button.setIcon(action_icon(_ICONS[name], theme))


class Others(Line):
    """Says where the values of the Inputs that aren't drawn come from."""

    def __init__(self) -> None:
        super().__init__("pad.others", "muted")

    def show_others(self, names: Sequence[str], sample: int) -> None:
        """Name the Inputs and the test sample whose values they take."""
        told = self.tr(" and ").join(names)
        verb = self.tr("take") if len(names) > 1 else self.tr("takes")
        long = self.tr("{0} {1} the values of test sample {2:,}; the arrows choose another.")
        short = self.tr("{0}: test sample {1:,}")
        self.set_text(long.format(told, verb, sample), short.format(told, sample))
