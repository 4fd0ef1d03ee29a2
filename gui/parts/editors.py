"""One table pairs each kind of parameter with the editor that sets it.

An editor shows a value, checks what a person enters, and emits `committed` with a legal value that
is another than the one shown. What is not legal stays in the field with the sentence under it, and
is never committed. Enter and leaving the field commit, Esc reverts, the wheel does nothing to a
field that doesn't have the focus.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCheckBox, QGridLayout, QLineEdit, QVBoxLayout, QWidget

from graph import objects, params
from graph.params import Named, show
from graph.paths import RunPath
from gui.parts.combo import Combo
from gui.parts.widgets import ElidedLabel, label, set_property
from gui.theme import SMALL, TINY

if TYPE_CHECKING:
    from graph.params import Kind, Value
    from graph.spec import Param

__all__ = [  # Combo belongs to the editors, for whoever builds a form
    "LABEL_WIDTH",
    "PLAN_WIDTH",
    "BoolEditor",
    "Combo",
    "ComboEditor",
    "Editor",
    "FixedEditor",
    "LineEditor",
    "ObjectEditor",
    "editor_for",
    "plain_doc",
    "spell",
]

LABEL_WIDTH = 120  # of the names at the left of a form, in pixels
PLAN_WIDTH = 176  # the same for the training plan: gradient_accumulation_steps fits


def spell(value: Value) -> str:
    """Return a value as it stands in a field: like `show`, but with every digit of a number."""
    if isinstance(value, float) and float(f"{value:g}") != value:
        return repr(value)
    if isinstance(value, tuple) and not any(isinstance(part, tuple) for part in value):
        return " × ".join(map(spell, value))
    return show(value)


def plain_doc(text: str) -> str:
    """Return a piece of Keras's documentation for a tool tip: wrapped, without its markup signs."""
    words = text.replace("`", "").split()
    lines = [""]
    for word in words:
        if len(lines[-1]) + len(word) > 72:
            lines.append("")
        lines[-1] += f" {word}" if lines[-1] else word
    return "\n".join(lines)


class Editor(QWidget):
    """What all editors share: the value, whether it is the default, the sentence below the field.

    Signals:
        committed(object): a person entered this legal value.
    """

    committed = Signal(object)

    def __init__(self, name: str, kind: Kind) -> None:
        super().__init__()
        self.name = name
        self.kind = kind
        self.value: Value = None
        self._error = label("", "error", wrap=True)
        self._error.setObjectName(f"param.{name}.error")
        self._error.hide()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(TINY)

    def _take(self, field: QWidget) -> None:
        """Put the widget that a person uses above the sentence."""
        field.setObjectName(f"param.{self.name}")
        field.setAccessibleName(self.name)
        field.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.field = field
        self.setFocusProxy(field)
        self._column.addWidget(field)
        self._column.addWidget(self._error)

    def show_value(self, value: Value, *, default: bool = False, several: bool = False) -> None:
        """Show a value of the drawing; `several`: the layers being edited have different ones."""
        self.value = value
        self.show_error(None)
        set_property(self.field, "default", default)
        self._show("" if several else spell(value), several=several)

    def _show(self, text: str, *, several: bool) -> None:
        raise NotImplementedError

    def show_error(self, wrong: str | None) -> None:
        """Show the sentence that says what is wrong with the entry, or none."""
        set_property(self.field, "invalid", wrong is not None)
        self._error.setVisible(wrong is not None)
        self._error.setText(f"{self.name.rpartition('.')[2]} {wrong}." if wrong else "")

    @property
    def is_being_edited(self) -> bool:
        """Say whether a person is in the middle of an entry that must not be overwritten."""
        return False

    def forget(self) -> None:
        """Let go of an entry that was not committed: another drawing is shown now."""

    def _commit(self, value: Value, *, again: bool = False) -> None:
        wrong = self.kind.check(value)
        self.show_error(wrong)
        if wrong is None and (again or type(value) is not type(self.value) or value != self.value):
            self.value = value
            self.committed.emit(value)


class LineEditor(Editor):
    """A field for everything that is written as text: numbers, sizes, margins, words."""

    def __init__(self, name: str, kind: Kind) -> None:
        super().__init__(name, kind)
        self._several = False
        self._line = QLineEdit()
        self._line.setProperty("role", "code")
        self._line.setMinimumWidth(40)
        self._take(self._line)
        self._line.textEdited.connect(self._on_text_edited)
        self._line.editingFinished.connect(self._on_editing_finished)
        self._line.installEventFilter(self)

    def _show(self, text: str, *, several: bool) -> None:
        self._several = several
        self._line.setPlaceholderText(self.tr("several values") if several else "")
        self._line.setText(text)
        self._line.setCursorPosition(0)
        self._line.setModified(False)

    @property
    def is_being_edited(self) -> bool:
        """Say whether the field holds a text that was not committed: unfinished, or not legal."""
        is_wrong = self.field.property("invalid") is True
        return self._line.isModified() and (self._line.hasFocus() or is_wrong)

    def forget(self) -> None:
        """Let go of a text that was not committed, so that another value can be shown."""
        self._line.setModified(False)

    def _on_text_edited(self, text: str) -> None:
        """Say at once that an entry is wrong, but leave the drawing alone until it is finished."""
        try:
            self.show_error(self.kind.check(self.kind.parse(text)))
        except ValueError as wrong:
            self.show_error(str(wrong))

    def _on_editing_finished(self) -> None:
        if not self._line.isModified():
            return
        try:
            value = self.kind.parse(self._line.text())
        except ValueError as wrong:
            self.show_error(str(wrong))
            return
        if self.kind.check(value) is None:
            self._line.setModified(False)
        several, self._several = self._several, False
        self._commit(value, again=several)
        if self.kind.check(value) is None:
            self._line.setText(spell(value))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Revert by Esc; step a whole number by the arrow keys."""
        if event.type() is QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() == Qt.Key.Key_Escape and self._line.isModified():
                self.show_value(self.value, default=bool(self._line.property("default")))
                return True
            steps = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1}
            if isinstance(self.kind, params.Int) and event.key() in steps:
                self._step(steps[Qt.Key(event.key())])
                return True
        return super().eventFilter(watched, event)

    def _step(self, by: int) -> None:
        if isinstance(self.value, int) and self.kind.check(self.value + by) is None:
            self._commit(self.value + by)
            self._line.setText(spell(self.value))


class ComboEditor(Editor):
    """A list of words to choose from: a choice, an optional yes or no, an object by its name."""

    def __init__(self, name: str, kind: Kind) -> None:
        super().__init__(name, kind)
        self._combo = Combo()
        self._take(self._combo)
        self._fill()
        self._combo.activated.connect(self._on_activated)

    def _fill(self) -> None:
        options: tuple[Value, ...] = ()
        if isinstance(self.kind, params.Choice):
            options = self.kind.options
        elif isinstance(self.kind, params.Bool):
            options = (True, False)
        if self.kind.optional:
            self._combo.addItem("none", None)
        for option in options:
            self._combo.addItem(show(option), option)

    def _show(self, text: str, *, several: bool) -> None:
        with QSignalBlocker(self._combo):
            self._combo.setPlaceholderText(self.tr("several values") if several else text)
            self._combo.setCurrentIndex(-1 if several else self._combo.findText(text))

    def _on_activated(self, index: int) -> None:
        self._commit(self._combo.itemData(index))


class BoolEditor(Editor):
    """A box to tick."""

    def __init__(self, name: str, kind: Kind) -> None:
        super().__init__(name, kind)
        self._box = QCheckBox()
        self._take(self._box)
        self._box.clicked.connect(self._on_clicked)

    def _show(self, _text: str, *, several: bool) -> None:
        with QSignalBlocker(self._box):
            self._box.setTristate(several)
            state = Qt.CheckState.Checked if self.value else Qt.CheckState.Unchecked
            self._box.setCheckState(Qt.CheckState.PartiallyChecked if several else state)
        self._box.setText(self.tr("several values") if several else show(self.value))

    def _on_clicked(self, _checked: bool) -> None:  # noqa: FBT001 - Qt's signal
        state = self._box.checkState() is not Qt.CheckState.Unchecked
        self._commit(state, again=self._box.isTristate())
        self._box.setTristate(False)
        self._box.setText(show(state))


class ObjectEditor(ComboEditor):
    """An object by its name, with a form of its settings below, where it has any."""

    def _fill(self) -> None:
        self._form: QWidget | None = None
        self._parts: dict[str, Editor] = {}
        self._form_of: str | None = None
        if self.kind.optional:
            self._combo.addItem("none", None)
        for name in objects.table(self._role):
            self._combo.addItem(name, name)

    @property
    def _role(self) -> str:
        return self.kind.role if isinstance(self.kind, params.Object) else ""

    def _show(self, _text: str, *, several: bool) -> None:
        named = self.value if isinstance(self.value, Named) and not several else None
        super()._show(named.name if named is not None else "none", several=several)
        is_set = self._combo.property("default") is not True
        self._set_form(named if is_set or self._form_of is not None else None)

    @property
    def is_being_edited(self) -> bool:
        """Say whether one of the settings is in the middle of an entry."""
        return any(part.is_being_edited for part in self._parts.values())

    def _on_activated(self, index: int) -> None:
        name = self._combo.itemData(index)
        self._commit(None if name is None else Named(name))
        self._set_form(self.value if isinstance(self.value, Named) else None)

    def _set_form(self, named: Named | None) -> None:
        """Show a field for each setting of an object; keep the fields where it is the same one."""
        name = named.name if named is not None else None
        if name != self._form_of:
            self._make_form(name)
        for param in objects.settings_of(self._role, name) if name is not None else ():
            part = self._parts[param.name]
            if named is not None and not part.is_being_edited:
                value = named.settings.get(param.name, param.default)
                part.show_value(value, default=param.name not in named.settings)

    def _make_form(self, name: str | None) -> None:
        if self._form is not None:
            self._form.hide()
            self._form.deleteLater()
        self._form, self._form_of, self._parts = None, name, {}
        settings = objects.settings_of(self._role, name) if name is not None else ()
        if not settings:
            return
        self._form = QWidget()
        grid = QGridLayout(self._form)
        grid.setContentsMargins(SMALL, 0, 0, TINY)
        grid.setSpacing(TINY)
        grid.setColumnStretch(1, 1)
        for row, param in enumerate(settings):
            part = editor_for(param, f"{self.name}.{param.name}")
            part.committed.connect(lambda value, key=param.name: self._on_part(key, value))
            self._parts[param.name] = part
            words = ElidedLabel(param.name, "muted", plain_doc(param.doc))
            grid.addWidget(words, row, 0, Qt.AlignmentFlag.AlignTop)
            words.setFixedHeight(28)
            grid.addWidget(part, row, 1)
        self._column.addWidget(self._form)

    def _on_part(self, key: str, value: Value) -> None:
        if not isinstance(self.value, Named):
            return
        defaults = {p.name: p.default for p in objects.settings_of(self._role, self.value.name)}
        settings = {**self.value.settings, key: value}
        kept = {name: part for name, part in settings.items() if part != defaults.get(name)}
        self._commit(Named(self.value.name, kept))


class FixedEditor(LineEditor):
    """A parameter that a drawing can't set: it is shown, and can't be changed."""

    def __init__(self, name: str, kind: Kind) -> None:
        super().__init__(name, kind)
        self._line.setReadOnly(True)
        self.setEnabled(False)


EDITORS: dict[type, type[Editor]] = {
    params.Int: LineEditor,
    params.Float: LineEditor,
    params.Bool: BoolEditor,
    params.Choice: ComboEditor,
    params.Text: LineEditor,
    params.Rate: LineEditor,
    RunPath: LineEditor,
    params.Ints: LineEditor,
    params.Margins: LineEditor,
    params.Numbers: LineEditor,
    params.Object: ObjectEditor,
    params.Unset: FixedEditor,
}


def editor_for(param: Param, name: str = "") -> Editor:
    """Return an editor for a parameter; `name` is what its objectName says, after `param.`.

    Raises:
        KeyError: no editor is known for the parameter's kind.
    """
    made = EDITORS[type(param.kind)]
    if isinstance(param.kind, params.Bool) and param.kind.optional:
        made = ComboEditor
    return made(name or param.name, param.kind)
