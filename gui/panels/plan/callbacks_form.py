"""The callbacks of the plan in their order, each with a form of its settings."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFileDialog, QFrame, QHBoxLayout, QVBoxLayout, QWidget

from graph import objects
from graph.callbacks import missing, settings
from graph.params import Named, show
from graph.plan_misfits import Trouble, callback_misfits, monitor_trouble
from gui.icons import action_icon
from gui.parts.combo import Combo
from gui.parts.editors import PLAN_WIDTH, Editor
from gui.parts.form import FormGrid
from gui.parts.settings_form import MonitorEditor, SettingsForm, withhold_others
from gui.parts.trouble import TroubleNote
from gui.parts.widgets import ElidedLabel, icon_button, link_button, set_property, turned
from gui.theme import SMALL, TINY

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graph.project import Training
    from graph.spec import Param
    from gui.theme import Theme

_ROLE = "callback"
_SHOWN = (
    *("monitor", "patience", "factor", "restore_best_weights", "shape", "epochs"),
    *("filename", "log_dir", "swap_on_epoch", "path", "name"),
)


def _maker(param: Param, name: str) -> Editor | None:
    return MonitorEditor(name, param.kind) if param.name == "monitor" else None


class CallbackRow(QFrame):
    """One callback: its name with what is set, buttons, and its settings when it is unfolded.

    Signals:
        edited(str, Named): a person set this setting, and the callback is this now.
        moved(int): it shall stand so many places further down.
        removed(): it shall go.
    """

    edited = Signal(str, object)
    moved = Signal(int)
    removed = Signal()

    def __init__(self, at: int, theme: Theme) -> None:
        super().__init__()
        self._name = name = f"plan.callback.{at}"
        self.setObjectName(name)
        self._theme, self._named = theme, Named("")
        self._names: tuple[str, ...] = ()
        self._body = QWidget()
        self._body.hide()
        self._fold = icon_button("chevron-right", theme, self.tr("Settings"), f"{name}.fold")
        self._fold.clicked.connect(lambda: self.unfold(opened=self._body.isHidden()))
        self._title = ElidedLabel("")
        self.up = icon_button("chevron-down", theme, self.tr("Earlier"), f"{name}.up")
        self.up.setIcon(turned(action_icon("chevron-down", theme)))
        self.up.clicked.connect(lambda: self.moved.emit(-1))
        self.down = icon_button("chevron-down", theme, self.tr("Later"), f"{name}.down")
        self.down.clicked.connect(lambda: self.moved.emit(1))
        self._gone = icon_button("delete", theme, self.tr("Take it out"), f"{name}.remove")
        self._gone.clicked.connect(self.removed)
        self.form = SettingsForm(_ROLE, name, _SHOWN, _maker)
        self.form.edited.connect(self.edited)
        self._choose = link_button(self.tr("Choose a file…"), f"{name}.choose")
        self._choose.clicked.connect(self._on_choose)
        self._note = TroubleNote(name)
        self._note.accepted.connect(self._on_monitor)
        self._lay_out()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(0)
        head.addWidget(self._fold)
        head.addWidget(self._title, 1)
        for button in (self.up, self.down, self._gone):
            head.addWidget(button)
        inner = QVBoxLayout(self._body)
        inner.setContentsMargins(0, 0, 0, SMALL)
        inner.setSpacing(TINY)
        inner.addWidget(self.form)
        inner.addWidget(self._choose, 0, Qt.AlignmentFlag.AlignRight)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self._body)
        column.addWidget(self._note)

    def show_callback(self, named: Named, training: Training, names: Sequence[str]) -> None:
        """Show a callback; `names`: the values that the training records."""
        self._named, self._names = named, tuple(names)
        self._title.show_text(_summary(named))
        self._choose.setVisible(named.name == objects.OWN)
        self._note.show_trouble(self._trouble(training, self._names))
        if not self._body.isHidden():
            self._show_settings()

    def _show_settings(self) -> None:
        self.form.show_object(self._named)
        monitor = self.form.parts.get("monitor")
        if isinstance(monitor, MonitorEditor):
            monitor.set_options(self._names)

    def _trouble(self, training: Training, names: tuple[str, ...]) -> Trouble | None:
        found = list(callback_misfits(self._named, training, names))
        if not found:
            return None
        error = any(problem.severity == "error" for problem in found)
        set_property(self._note.sentence, "role", "error" if error else "warning")
        repair = None
        if self._named.name in objects.offered(_ROLE):
            watched = settings(_ROLE, self._named).get("monitor")
            trouble = monitor_trouble(str(watched), names) if watched is not None else None
            repair = trouble.repair if trouble is not None else None
        return Trouble("\n".join(problem.sentence for problem in found), repair)

    def unfold(self, *, opened: bool) -> None:
        """Show or hide the settings."""
        if opened:  # fields cost time: made when they are wanted
            self._show_settings()
        self._body.setVisible(opened)
        icon = "chevron-down" if opened else "chevron-right"
        self._fold.setIcon(action_icon(icon, self._theme))

    def _on_monitor(self, name: str) -> None:
        self._set("monitor", name)

    def _on_choose(self) -> None:
        path, _ = QFileDialog.getOpenFileName(
            self, self.tr("A file with a callback"), "", self.tr("Python files (*.py)")
        )
        if path:
            self._set("path", path)

    def _set(self, key: str, value: str) -> None:
        self.edited.emit(key, Named(self._named.name, {**self._named.settings, key: value}))


def _summary(named: Named) -> str:
    """Return a callback's name with what is set, in few words."""
    if named.name == objects.OWN:
        file, name = Path(str(named.settings.get("path", ""))).name, named.settings.get("name")
        return f"{name or '?'} from {file}" if file else "from a file of your own"
    words = []
    for key, value in named.settings.items():
        if value is True or key in {"monitor", "filename", "log_dir", "shape"}:
            words.append(key if value is True else str(value))
        elif value is not False:
            words.append(f"{key} {show(value)}")
    return f"{named.name} · {', '.join(words)}" if words else named.name


class CallbacksForm(QWidget):
    """The list of callbacks, and a box that adds one.

    Signals:
        edited(str, tuple): what a person did ("" for adding, moving, removing), and all callbacks.
        added(QWidget): this is the row of a callback that a person has just added.
    """

    edited = Signal(str, object)
    added = Signal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._callbacks: tuple[Named, ...] = ()
        self._shown: tuple[str, ...] = ()
        self.rows: list[CallbackRow] = []
        self._unfold_at: int | None = None
        self.box = Combo()
        self.box.setObjectName("plan.callbacks.add")
        self.box.setAccessibleName(self.tr("Add a callback"))
        self.box.setProperty("role", "")  # words, not code
        self.box.setPlaceholderText(self.tr("Add a callback"))
        for name in objects.offered(_ROLE):
            summary = objects.table(_ROLE)[name].summary
            text = self.tr("from a file of your own") if name == objects.OWN else name
            package = missing(name)
            if package is not None:
                text = self.tr("{0} (needs the package {1})").format(name, package)
                summary += "\n" + self.tr("It isn't installed: pip install {0}").format(package)
                self.box.withhold(text, name, summary)
                continue
            self.box.addItem(text, name)
            self.box.setItemData(self.box.count() - 1, summary, Qt.ItemDataRole.ToolTipRole)
        withhold_others(self.box, _ROLE)
        self.box.setCurrentIndex(-1)
        self.box.activated.connect(self._on_added)
        head = FormGrid(width=PLAN_WIDTH, buttons=False)
        head.add("callbacks", self.tr("What is done at the end of each epoch."), self.box)
        self._list = QVBoxLayout()
        self._list.setSpacing(0)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(TINY)
        column.addLayout(head)
        column.addLayout(self._list)

    def set_theme(self, theme: Theme) -> None:
        """Draw the buttons in another theme's colours: they are made anew."""
        self._theme, self._shown = theme, ("",)

    def show_callbacks(self, training: Training, names: Sequence[str]) -> None:
        """Show a plan's callbacks; `names`: the values that the training records."""
        self._callbacks = training.callbacks
        classes = tuple(one.name for one in training.callbacks)
        if classes != self._shown:
            self._make_rows(len(classes))
            self._shown = classes
        for row, one in zip(self.rows, training.callbacks, strict=True):
            row.show_callback(one, training, names)
        if self._unfold_at is not None and self._unfold_at < len(self.rows):
            self.rows[self._unfold_at].unfold(opened=True)
            self.added.emit(self.rows[self._unfold_at])
        self._unfold_at = None

    def _make_rows(self, count: int) -> None:
        for row in self.rows:
            row.setParent(None)  # nobody shall find its fields any more
            row.deleteLater()
        self.rows = [CallbackRow(at, self._theme) for at in range(count)]
        for at, row in enumerate(self.rows):
            row.edited.connect(lambda key, named, at=at: self._on_edited(at, key, named))
            row.moved.connect(lambda by, at=at: self._on_moved(at, by))
            row.removed.connect(lambda at=at: self._on_removed(at))
            row.up.setEnabled(at > 0)
            row.down.setEnabled(at < count - 1)
            self._list.addWidget(row)

    def _on_added(self, index: int) -> None:
        name = self.box.itemData(index)
        self.box.setCurrentIndex(-1)
        self._unfold_at = len(self._callbacks)
        self.edited.emit("", (*self._callbacks, objects.starter(_ROLE, name)))

    def _on_edited(self, at: int, key: str, named: Named) -> None:
        found = list(self._callbacks)
        found[at] = named
        self.edited.emit(f"callback {at}.{key}", tuple(found))

    def _on_moved(self, at: int, by: int) -> None:
        found = list(self._callbacks)
        found.insert(at + by, found.pop(at))
        self.edited.emit("", tuple(found))

    def _on_removed(self, at: int) -> None:
        self.edited.emit("", self._callbacks[:at] + self._callbacks[at + 1 :])
