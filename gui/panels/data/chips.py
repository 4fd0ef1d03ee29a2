"""The chips of a row of the data panel: what is done to a column, in order.

A transform is a chip that can be set, moved and taken away; so are "scale to 0–1" and the form of
labels, as far as they can be chosen. What follows from the drawing, such as a flattening, is a
chip of the same look that can only be read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import msgspec
from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QMenu, QPushButton, QWidget

from graph import transforms
from graph.columns import start
from graph.datavalues import LABEL
from graph.params import Named
from graph.project import Binding
from graph.shapes import show_shape
from gui.icons import action_icon
from gui.panels.data.settings import ChipSettings
from gui.parts.widgets import FlowLayout, icon_button, label, set_property, unbroken

if TYPE_CHECKING:
    from graph.columns import Bound
    from graph.transforms import Sample
    from gui.theme import Theme

FORMS = {"auto": "as the loss asks", "integer": "integer", "one-hot": "one-hot"}
_SCALE = "scale"  # of `Binding.scale`, the step that has no settings


class Piece(NamedTuple):
    """One chip: its text, and the place of its transform; `what` it is if it can be changed."""

    text: str
    what: str = ""  # "transform", "scale", "form", or "" if it can only be read
    at: int = -1
    trouble: str = ""


def pieces(bound: Bound, *, is_output: bool) -> tuple[Piece, ...]:
    """Return the chips of an Input or output, in order."""
    column = bound.column
    if column is None:
        return ()
    found = [Piece(f"{column.dtype} {show_shape((None, *column.shape))}")]
    chosen = bound.binding.transforms
    if is_output and column.kind == LABEL:
        return (*found, *(Piece(step.text, "form") for step in bound.steps or ()))
    steps = list(bound.steps or ())
    reads = [step for step in steps[:1] if step.kind in {"read", "pad"}]
    eaten = bool(reads) and bool(chosen) and chosen[0].name == "resize" and reads[0].kind == "read"
    found += [] if eaten else [Piece(step.text) for step in reads]
    found += _transforms(bound)
    for step in steps[len(reads) + len(chosen) - eaten :]:
        found.append(Piece(step.text, _SCALE if step.kind == _SCALE else ""))
    return tuple(found)


def _transforms(bound: Bound) -> list[Piece]:
    assert bound.column is not None  # noqa: S101 - the caller has looked
    found, sample, trouble = [], start(bound.column), ""
    for at, chip in enumerate(bound.binding.transforms):
        if not trouble:
            trouble = transforms.trouble(chip, sample) or ""
            sample = sample if trouble else transforms.apply(chip, sample)
            found.append(Piece(transforms.text(chip), "transform", at, trouble))
        else:
            found.append(Piece(transforms.text(chip), "transform", at))
    return found


def last_sample(bound: Bound) -> Sample | None:
    """Return a sample after all transforms; None where one of them doesn't fit."""
    if bound.column is None:
        return None
    sample = start(bound.column)
    for chip in bound.binding.transforms:
        if transforms.trouble(chip, sample) is not None:
            return None
        sample = transforms.apply(chip, sample)
    return sample


def starter(name: str, sample: Sample, bound: Bound) -> Named:
    """Return a transform with settings that fit the sample it is added to."""
    if name in {"resize", "crop"} and len(sample.shape) > 1:
        wants = bound.spec.shape[1:3] if bound.spec is not None else ()
        asked = wants if len(wants) == 2 and len(bound.spec.shape) == 4 else sample.shape[:2]  # type: ignore[union-attr] # without a spec, `wants` is empty
        size = tuple(want or have for want, have in zip(asked, sample.shape[:2], strict=True))
        if name == "crop":
            size = tuple(min(pair) for pair in zip(size, sample.shape[:2], strict=True))
        return Named(name, {"size": size})
    if name == "window" and sample.shape:
        return Named(name, {"start": 0, "length": min(100, sample.shape[0])})
    if name == "scale" and not sample.pixels:
        return Named(name, {"by": 1.0})
    return Named(name)


class Chip(QFrame):
    """One chip. Enter opens it, the arrow keys move it, Delete takes it away; so does the mouse.

    Signals:
        opened(): somebody wants to set it.
        moved(int): it shall stand so many places further right.
        dragged(QPoint): it was let go at this place of the screen.
        removed(): it shall go.
    """

    opened = Signal()
    moved = Signal(int)
    dragged = Signal(QPoint)
    removed = Signal()

    def __init__(self, piece: Piece, name: str, theme: Theme, *, is_first: bool) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setProperty("chip", True)
        self.piece = piece
        self._pressed: QPoint | None = None
        self._dragging = False
        text = unbroken(piece.text if is_first else f"→ {piece.text}")
        self.words = label(text, "code")
        self.words.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        row = QHBoxLayout(self)
        row.setContentsMargins(6, 2, 6, 2)
        row.setSpacing(2)
        row.addWidget(self.words)
        set_property(self, "invalid", bool(piece.trouble))
        if not piece.what:
            return
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setProperty("live", True)
        self.setAccessibleName(piece.text)
        self.setToolTip(piece.trouble or self._tip())
        if piece.what != "form":
            gone = icon_button("clear", theme, self.tr("Take it out"), f"{name}.remove")
            gone.setFixedSize(16, 16)
            gone.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # Delete does the same
            gone.clicked.connect(self.removed)
            row.setContentsMargins(6, 2, 2, 2)
            row.addWidget(gone)

    def _tip(self) -> str:
        if self.piece.what == "transform":
            return self.tr("Click to set it, drag it or press ← → to move it, Delete to remove it.")
        if self.piece.what == "form":
            return self.tr("Click to choose the form in which labels go in.")
        return self.tr("Divides pixels by 255. Press Delete to leave it out.")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open, move or remove it."""
        key = event.key()
        if key in {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space}:
            self.opened.emit()
        elif key in {Qt.Key.Key_Delete, Qt.Key.Key_Backspace} and self.piece.what != "form":
            self.removed.emit()
        elif key in {Qt.Key.Key_Left, Qt.Key.Key_Right} and self.piece.what == "transform":
            self.moved.emit(-1 if key == Qt.Key.Key_Left else 1)
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a click or a drag."""
        if self.piece.what and event.button() is Qt.MouseButton.LeftButton:
            self._pressed, self._dragging = event.globalPosition().toPoint(), False

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Show that it is dragged."""
        if self._pressed is None or self.piece.what != "transform" or self._dragging:
            return
        way = (event.globalPosition().toPoint() - self._pressed).manhattanLength()
        if way >= QApplication.startDragDistance():
            self._dragging = True
            self.setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Open it, or drop it where it was dragged to."""
        if self._pressed is None:
            return
        self._pressed = None
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        if self._dragging:
            self.dragged.emit(event.globalPosition().toPoint())
        elif self.rect().contains(event.position().toPoint()):
            self.opened.emit()


class ChipRow(QWidget):
    """The chips of one Input or output, and the button that adds one.

    Signals:
        bound(Binding): somebody changed what is done to the column.
    """

    bound = Signal(object)

    def __init__(self, name: str, theme: Theme) -> None:
        super().__init__()
        self.setObjectName(f"{name}.steps")
        self._prefix, self._theme = name, theme
        self._bound: Bound | None = None
        self._shown: tuple[Piece, ...] = ()
        self._focus: tuple[str, int] | None = None  # of the chip that a person just moved
        self.chips: list[Chip] = []
        self._flow = FlowLayout()
        self.setLayout(self._flow)
        self.add = QPushButton(self.tr("Add…"))
        self.add.setObjectName(f"{name}.add")
        self.add.setProperty("role", "chip")
        self.add.setIcon(action_icon("add", theme))
        self.add.setToolTip(self.tr("Add a transform of this column."))
        self.add.clicked.connect(self._on_add)
        self._flow.addWidget(self.add)
        self._menu = QMenu(self)
        self._menu.setObjectName(f"{name}.menu")
        self._menu.setToolTipsVisible(True)
        self._settings = ChipSettings(f"{name}.settings", self)
        self._settings.edited.connect(self._on_set)

    def show_bound(self, bound: Bound, *, is_output: bool) -> None:
        """Show what is done to a column now."""
        self._bound = bound
        found = pieces(bound, is_output=is_output)
        is_label = bound.column is not None and bound.column.kind == LABEL and is_output
        self.setVisible(bool(found))
        self.add.setVisible(bool(found) and not is_label)
        if found != self._shown:
            self._shown = found
            self._make_chips()
        self._settings.follow(bound.binding.transforms)

    def _make_chips(self) -> None:
        focused = next((one.piece for one in self.chips if one.hasFocus()), None)
        if self._focus is None and focused is not None:
            self._focus = (focused.what, focused.at)
        while (item := self._flow.takeAt(0)) is not None:
            if (widget := item.widget()) is not None and widget is not self.add:
                widget.hide()
                widget.setParent(None)  # nobody shall find it any more
                widget.deleteLater()
        self.chips = []
        for number, piece in enumerate(self._shown):
            chip = Chip(piece, f"{self._prefix}.chip.{number}", self._theme, is_first=number == 0)
            chip.opened.connect(lambda one=chip: self._on_opened(one))
            chip.moved.connect(lambda by, at=piece.at: self._move(at, at + by))
            chip.dragged.connect(lambda place, at=piece.at: self._move(at, self._place(place)))
            chip.removed.connect(lambda one=piece: self._remove(one))
            self.chips.append(chip)
            self._flow.addWidget(chip)
        self._flow.addWidget(self.add)
        if self._focus is not None:
            wanted, self._focus = self._focus, None
            for chip in self.chips:
                if (chip.piece.what, chip.piece.at) == wanted:
                    QTimer.singleShot(0, chip, chip.setFocus)  # Qt shows it at the next turn
        self.updateGeometry()

    def _bind(self, **parts: object) -> None:
        if self._bound is not None:
            self.bound.emit(msgspec.structs.replace(self._bound.binding, **parts))

    @property
    def _chosen(self) -> tuple[Named, ...]:
        binding = self._bound.binding if self._bound is not None else Binding("")
        return binding.transforms

    # --- adding -------------------------------------------------------------------------------

    def _on_add(self) -> None:
        self._fill_menu()
        self._menu.popup(self.add.mapToGlobal(QPoint(0, self.add.height())))

    def _fill_menu(self) -> None:
        self._menu.clear()
        bound = self._bound
        if bound is None or bound.column is None:
            return
        sample = last_sample(bound)
        for entry in transforms.TRANSFORMS.values():
            if bound.column.kind not in entry.kinds:
                continue
            made = starter(entry.name, sample, bound) if sample is not None else Named(entry.name)
            trouble = transforms.trouble(made, sample) if sample is not None else None
            action = QAction(entry.name, self._menu)
            action.setToolTip(f"{entry.about}\n{trouble}" if trouble else entry.about)
            action.setEnabled(trouble is None)
            action.triggered.connect(lambda _on=False, one=made: self._append(one))
            self._menu.addAction(action)
        if start(bound.column).pixels and not bound.binding.scale:
            action = QAction(self.tr("scale to 0–1"), self._menu)
            action.triggered.connect(lambda: self._bind(scale=True))
            self._menu.addAction(action)

    def _append(self, named: Named) -> None:
        at = len(self._chosen)
        self._bind(transforms=(*self._chosen, named))
        entry = transforms.TRANSFORMS[named.name]
        if entry.params:
            QTimer.singleShot(0, self, lambda: self._open(at))

    # --- a chip -------------------------------------------------------------------------------

    def _on_opened(self, chip: Chip) -> None:
        if chip.piece.what == "form":
            self._choose_form(chip)
        elif chip.piece.what == "transform":
            self._open(chip.piece.at)

    def _open(self, at: int) -> None:
        chip = next((one for one in self.chips if one.piece.at == at), None)
        if chip is not None and at < len(self._chosen):
            self._settings.open_at(at, self._chosen[at], chip)

    def _choose_form(self, chip: Chip) -> None:
        self._menu.clear()
        form = self._bound.binding.form if self._bound is not None else "auto"
        for key, text in FORMS.items():
            action = QAction(self.tr(text), self._menu)
            action.setCheckable(True)
            action.setChecked(key == form)
            action.triggered.connect(lambda _on=False, one=key: self._bind(form=one))
            self._menu.addAction(action)
        self._menu.popup(chip.mapToGlobal(QPoint(0, chip.height())))

    def _on_set(self, at: int, named: Named) -> None:
        if at < len(self._chosen):
            self._bind(transforms=(*self._chosen[:at], named, *self._chosen[at + 1 :]))

    def _remove(self, piece: Piece) -> None:
        if piece.what == _SCALE:
            self._bind(scale=False)
            return
        self._bind(transforms=self._chosen[: piece.at] + self._chosen[piece.at + 1 :])

    def _move(self, at: int, to: int) -> None:
        to = max(0, min(to, len(self._chosen) - 1))
        if to == at:
            return
        found = list(self._chosen)
        found.insert(to, found.pop(at))
        self._focus = ("transform", to)
        self._bind(transforms=tuple(found))

    def _place(self, where: QPoint) -> int:
        """Return the place of the transform that is nearest to a point of the screen."""
        movable = [one for one in self.chips if one.piece.what == "transform"]

        def distance(one: Chip) -> int:
            return (one.mapToGlobal(one.rect().center()) - where).manhattanLength()

        return min(movable, key=distance).piece.at
