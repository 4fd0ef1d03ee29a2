"""The settings of augmentation: a slider, a number with its unit and a reset for each operation."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import msgspec
from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QSlider, QWidget

from graph.augment_misfits import LARGEST, MOST_COPIES
from graph.params import Float, Int
from graph.project import Augmentation
from gui.parts.editors import Combo, LineEditor
from gui.parts.widgets import ElidedLabel, icon_button, label
from gui.theme import TINY

if TYPE_CHECKING:
    from PySide6.QtGui import QWheelEvent

    from graph.params import Value
    from gui.theme import Theme

_NAMES_WIDTH, _FIELD_WIDTH, _UNIT_WIDTH = 68, 42, 12


class Operation(NamedTuple):
    """One operation: its field in `Augmentation`, where the slider ends, and how it is shown.

    A value is shown as `per` times itself, in a unit: shift 0.1 as 10 %. `step`: of the slider.
    """

    field: str
    slider: float
    step: float
    per: float
    unit: str
    tip: str

    @property
    def steps(self) -> int:
        """Return the number of steps of the slider."""
        return round(self.slider / self.step)


OPERATIONS = (
    Operation("shift", 0.5, 0.01, 100, "%", "Moved by up to this share of width and height."),
    Operation("rotation", 90, 1, 1, "°", "Turned by up to this angle, to either side."),
    Operation("zoom", 0.5, 0.01, 100, "%", "Made smaller or larger by up to this share."),
    Operation(
        "contrast", 1, 0.01, 100, "%", "Contrast weakened or strengthened by up to this share."
    ),
    Operation(
        "brightness", 0.5, 0.01, 100, "%", "Made darker or lighter by up to this share of white."
    ),
    Operation(
        "noise", 0.5, 0.01, 1, "σ", "Normal noise of this standard deviation on pixels of 0 to 1."
    ),
    Operation("cutout", 0.6, 0.01, 100, "%", "A rectangle of this share of both sides is blanked."),
    Operation(
        "mixup", 1, 0.05, 1, "α", "Two samples and their labels are mixed; 0.2 is usual (MixUp)."
    ),
)
_HOWS = (
    ("none", "No augmentation"),
    ("online", "Online: each batch anew"),
    ("pre", "Enlarged once, and kept"),
)
_FLIPS = ("none", "horizontal", "vertical", "both")


class _Slider(QSlider):
    """A slider that leaves the wheel to the panel unless it has the focus."""

    def __init__(self) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(36)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll the panel instead of changing the value."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class AugmentationForm(QWidget):
    """How the training images are varied.

    Signals:
        edited(str, Augmentation): a person set this field, and the settings are these now.
    """

    edited = Signal(str, object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._shown = Augmentation()
        self._grid = grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, TINY, 0)
        grid.setHorizontalSpacing(TINY)
        grid.setVerticalSpacing(TINY)
        grid.setColumnMinimumWidth(0, _NAMES_WIDTH)
        grid.setColumnStretch(1, 1)
        self.how = self._combo("how", _HOWS)
        grid.addWidget(self.how, 0, 0, 1, 5)
        self.copies = LineEditor("augmentation.copies", Int(minimum=2, maximum=MOST_COPIES))
        self.copies.field.setObjectName("augmentation.copies")
        self.copies.committed.connect(lambda value: self._set("copies", value))
        self._copies_row = self._name_row(1, "copies", self.tr("How many times as large."))
        grid.addWidget(self.copies, 1, 1, 1, 4)
        self.flip = self._combo("flip", tuple((name, name) for name in _FLIPS))
        self._rows: list[QWidget] = self._name_row(2, "flip", self.tr("Mirrored, or not: by lot."))
        grid.addWidget(self.flip, 2, 1, 1, 4)
        self.sliders: dict[str, QSlider] = {}
        self.numbers: dict[str, LineEditor] = {}
        self.resets: dict[str, QWidget] = {}
        for row, one in enumerate(OPERATIONS, 3):
            self._add(row, one, theme)
        grid.setRowStretch(grid.rowCount(), 1)

    def _combo(self, name: str, options: tuple[tuple[str, str], ...]) -> Combo:
        box = Combo()
        box.setObjectName(f"augmentation.{name}")
        box.setAccessibleName(name)
        box.setProperty("role", "")  # words, not code
        for data, text in options:
            box.addItem(self.tr(text), data)
        box.activated.connect(lambda _index: self._set(name, box.currentData()))
        return box

    def _name_row(self, row: int, name: str, tip: str) -> list[QWidget]:
        words = ElidedLabel(name, "muted", tip)
        words.setFixedHeight(28)
        self._grid.addWidget(words, row, 0)
        return [words]

    def _add(self, row: int, one: Operation, theme: Theme) -> None:
        tip = self.tr(one.tip)
        self._rows += self._name_row(row, one.field, tip)
        slider = _Slider()
        slider.setObjectName(f"augmentation.{one.field}.slider")
        slider.setAccessibleName(one.field)
        slider.setToolTip(tip)
        slider.setRange(0, one.steps)
        slider.valueChanged.connect(lambda value: self._on_slider(one, value))
        number = LineEditor(one.field, Float(minimum=0, maximum=LARGEST[one.field] * one.per))
        number.field.setObjectName(f"augmentation.{one.field}")
        number.setFixedWidth(_FIELD_WIDTH)
        number.committed.connect(lambda value: self._on_number(one, value))
        unit = label(one.unit, "muted")
        unit.setFixedWidth(_UNIT_WIDTH)
        reset = icon_button(
            "clear",
            theme,
            self.tr("Leave {0} out").format(one.field),
            f"augmentation.{one.field}.reset",
        )
        keeps = reset.sizePolicy()
        keeps.setRetainSizeWhenHidden(True)
        reset.setSizePolicy(keeps)
        reset.clicked.connect(lambda: self._set(one.field, 0.0))
        for column, widget in enumerate((slider, number, unit, reset), 1):
            self._grid.addWidget(widget, row, column)
        self.sliders[one.field], self.numbers[one.field] = slider, number
        self.resets[one.field] = reset
        self._rows += [slider, number, unit]

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of another theme."""
        from gui.icons import action_icon  # noqa: PLC0415 - only when the theme is switched

        for reset in self.resets.values():
            reset.setIcon(action_icon("clear", theme))  # type: ignore[attr-defined] # a tool button

    def show_settings(self, shown: Augmentation) -> None:
        """Show settings; leave the field that a person is typing in."""
        self._shown = shown
        for box, name in ((self.how, "how"), (self.flip, "flip")):
            with QSignalBlocker(box):
                box.setCurrentIndex(box.findData(getattr(shown, name)))
        if not self.copies.is_being_edited:
            self.copies.show_value(shown.copies)
        for widget in (*self._copies_row, self.copies):
            widget.setVisible(shown.how == "pre")
        for one in OPERATIONS:
            value = getattr(shown, one.field)
            slider, number = self.sliders[one.field], self.numbers[one.field]
            with QSignalBlocker(slider):
                slider.setValue(round(value / one.step))
            if not number.is_being_edited:
                number.show_value(_tidy(value * one.per), default=not value)
            self.resets[one.field].setVisible(bool(value) and shown.how != "none")
        for widget in (*self._rows, self.flip):
            widget.setEnabled(shown.how != "none")

    def forget(self) -> None:
        """Let go of what was typed and not finished: another drawing is shown."""
        for editor in (self.copies, *self.numbers.values()):
            editor.forget()

    def _on_slider(self, one: Operation, at: int) -> None:
        self._set(one.field, _tidy(at * one.step))

    def _on_number(self, one: Operation, value: Value) -> None:
        if isinstance(value, int | float):
            self._set(one.field, _tidy(value / one.per))

    def _set(self, name: str, value: object) -> None:
        changed = msgspec.structs.replace(self._shown, **{name: value})
        if changed != self._shown:
            self.edited.emit(name, changed)


def _tidy(value: float) -> float:
    """Return a number without the dust of binary fractions: 0.07 and not 0.07000000000000001."""
    return float(f"{value:.6g}")
