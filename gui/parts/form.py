"""The form of a layer's parameters: the main ones first, the rest folded away."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from gui.parts.editors import LABEL_WIDTH, Editor, editor_for, plain_doc
from gui.parts.widgets import ElidedLabel, icon_button, link_button
from gui.theme import TINY

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from PySide6.QtWidgets import QToolButton

    from graph.params import Value
    from graph.spec import LayerSpec, Param
    from gui.theme import Theme

FIELD_HEIGHT = 28


class Shown(NamedTuple):
    """What a field shows: a value, whether it was set, whether the layers at hand differ."""

    value: Value
    is_set: bool = False
    several: bool = False


class FormGrid(QGridLayout):
    """Rows of a name, a field, and perhaps room for a small button.

    `width`: of the names, in pixels; wide ones give way where the panel is narrow.
    """

    def __init__(
        self, parent: QWidget | None = None, width: int = LABEL_WIDTH, *, buttons: bool = True
    ) -> None:
        super().__init__(parent)
        self._width = width
        self._buttons = buttons
        self.setContentsMargins(0, 0, 0, 0)
        self.setHorizontalSpacing(TINY)
        self.setVerticalSpacing(TINY)
        if width > LABEL_WIDTH:  # a share of the room; the names' own greatest width stops them
            self.setColumnStretch(0, 4)
            self.setColumnStretch(1, 5)
        else:
            self.setColumnMinimumWidth(0, width)
            self.setColumnStretch(1, 1)

    def add(self, text: str, tip: str, field: QWidget, button: QWidget | None = None) -> None:
        """Put a row below the last one."""
        row = self.rowCount()
        words = ElidedLabel(text, "muted", tip)
        words.setFixedHeight(FIELD_HEIGHT)
        field.setToolTip(tip)
        words.setMaximumWidth(self._width)
        self.addWidget(words, row, 0, Qt.AlignmentFlag.AlignTop)
        self.addWidget(field, row, 1)
        if self._buttons:
            place = button or QWidget()
            place.setFixedWidth(20)
            self.addWidget(place, row, 2, Qt.AlignmentFlag.AlignTop)


class ParamForm(QWidget):
    """A field for every parameter of a layer type.

    Signals:
        committed(str, object): a person gave this parameter a legal value.
        reset(str): this parameter shall be what Keras makes it.
    """

    committed = Signal(str, object)
    reset = Signal(str)

    def __init__(self, spec: LayerSpec, theme: Theme) -> None:
        super().__init__()
        self.editors: dict[str, Editor] = {}
        self._resets: dict[str, QToolButton] = {}
        self._theme = theme
        main = [param for name in spec.shown if (param := spec.param(name)) is not None]
        rest = [param for param in spec.params if param not in main]
        self._rest = QWidget(self)
        self._rest.hide()
        self._count = len(rest)
        self._more = link_button("", "inspector.more")
        self._more.clicked.connect(lambda: self.unfold(opened=self._rest.isHidden()))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(TINY)
        self._fill(FormGrid(self._rest), rest)
        if main:
            top = QWidget(self)
            self._fill(FormGrid(top), main)
            column.addWidget(top)
        if rest:
            column.addWidget(self._more, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self._rest)
        self.unfold(opened=False)

    def _fill(self, grid: FormGrid, params: Iterable[Param]) -> None:
        for param in params:
            editor = editor_for(param)
            editor.committed.connect(
                lambda value, name=param.name: self.committed.emit(name, value)
            )
            self.editors[param.name] = editor
            tip = self.tr("Back to Keras's default")
            back = icon_button("undo", self._theme, tip, f"reset.{param.name}")
            back.setIconSize(QSize(12, 12))
            back.setFixedHeight(FIELD_HEIGHT)
            back.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            back.clicked.connect(lambda _=False, name=param.name: self.reset.emit(name))
            policy = back.sizePolicy()
            policy.setRetainSizeWhenHidden(True)
            back.setSizePolicy(policy)
            back.hide()
            if not param.required:
                self._resets[param.name] = back
            grid.add(param.name, plain_doc(param.doc), editor, back)

    def unfold(self, *, opened: bool) -> None:
        """Show or hide the parameters that are seldom set."""
        self._rest.setVisible(opened)
        text = self.tr("Fewer parameters") if opened else self.tr("More parameters ({0})")
        self._more.setText(text.format(self._count))

    def edit(self, name: str) -> None:
        """Give the focus to the field of a parameter, its value selected."""
        editor = self.editors.get(name)
        if editor is None:
            return
        if self._rest.isAncestorOf(editor):
            self.unfold(opened=True)
        for field in (editor, *editor.findChildren(QWidget)):
            if field.isVisibleTo(self) and field.focusPolicy() & Qt.FocusPolicy.TabFocus:
                field.setFocus(Qt.FocusReason.TabFocusReason)  # which selects what stands in it
                return

    def show_values(self, values: Mapping[str, Shown]) -> None:
        """Show these values, but leave the field that a person is typing in."""
        for name, editor in self.editors.items():
            shown = values[name]
            if not editor.is_being_edited:
                editor.show_value(shown.value, default=not shown.is_set, several=shown.several)
            if name in self._resets:
                self._resets[name].setVisible(shown.is_set)
