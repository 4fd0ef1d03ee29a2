"""Where the data come from: a known set, an own file or folder, and what is joined to it by key."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QSignalBlocker, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QMenu,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from graph.datasets import KNOWN, is_file
from graph.rows import TABLES
from gui.icons import action_icon
from gui.parts.editors import Combo
from gui.parts.form import FormGrid
from gui.parts.widgets import FlowLayout, icon_button, label
from gui.theme import TINY

if TYPE_CHECKING:
    from PySide6.QtCore import QMimeData

    from graph.datavalues import DataSet
    from graph.project import Data
    from gui.settings import Settings
    from gui.theme import Theme

# the entries of the list that open a dialog
_OWN_FILE, _OWN_FOLDER = object(), object()
_FILES = ("*.npz", *(f"*{ending}" for ending in TABLES))


def dropped(mime: QMimeData) -> str | None:
    """Return the path of data that are dropped: a file of a known kind, or a folder."""
    paths = [Path(url.toLocalFile()) for url in mime.urls() if url.isLocalFile()]
    if len(paths) != 1:
        return None
    if paths[0].suffix == ".npy":
        return str(paths[0].parent)
    known = paths[0].is_dir() or paths[0].suffix in {".npz", *TABLES}
    return str(paths[0]) if known else None


class SourcePicker(QWidget):
    """A box of data sets, and the sources that are joined.

    Signals:
        chosen(str): a person chose a data set, by its name or path.
        joined(tuple): the sources whose rows are matched with the first one's shall be these.
        keyed(str): the rows shall be matched by this column, or "" by what is found.
    """

    chosen = Signal(str)
    joined = Signal(object)
    keyed = Signal(str)

    def __init__(self, width: int, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._source, self._joined = "", tuple[str, ...]()
        self._dialog: QFileDialog | None = None
        self.settings: Settings | None = None  # know the folder of the last dialog
        self.box = Combo()
        self.box.setObjectName("binder.source")
        self.box.setProperty("role", "")
        self.box.activated.connect(self._on_chosen)
        self.join = QPushButton(self.tr("Join…"))
        self.join.setObjectName("binder.join")
        self.join.setProperty("role", "chip")
        self.join.setIcon(action_icon("add", theme))
        self.join.setToolTip(
            self.tr("Match the rows of a further table or folder with these, by their keys.")
        )
        self._menu = QMenu(self)
        self._menu.setObjectName("binder.join.menu")
        for text, folder in ((self.tr("A table…"), False), (self.tr("A folder…"), True)):
            action = QAction(text, self._menu)
            action.triggered.connect(lambda _on=False, f=folder: self._ask(self._add, folder=f))
            self._menu.addAction(action)
        self.join.clicked.connect(self._on_join)
        self._chips = QWidget()
        self._flow = FlowLayout()
        self._chips.setLayout(self._flow)
        self._flow.addWidget(self.join)
        top = QWidget()
        form = FormGrid(top, width, buttons=False)
        form.add(self.tr("data set"), self.tr("What the model learns from."), self.box)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(TINY)
        column.addWidget(top)
        column.addWidget(self._chips)
        column.addWidget(self._make_key(width))

    def _make_key(self, width: int) -> QWidget:
        self.key = Combo()
        self.key.setObjectName("binder.key")
        self.key.setProperty("role", "")
        self.key.activated.connect(lambda at: self.keyed.emit(str(self.key.itemData(at))))
        self._key_row = QWidget()
        form = FormGrid(self._key_row, width, buttons=False)
        tip = self.tr("The column that says which rows belong together.")
        form.add(self.tr("key"), tip, self.key)
        return self._key_row

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of another theme."""
        self._theme = theme
        self.join.setIcon(action_icon("add", theme))

    def show_data(self, data: Data, found: DataSet | None) -> None:
        """Show which data a project has, and what is known of them."""
        can_join = found is not None and found.form == "rows"
        self._source, self._joined = data.source, data.joined
        self._show_source(data.source)
        self._show_key(data.key, found.keys if found is not None else ())
        self._chips.setVisible(can_join or bool(data.joined))
        while (item := self._flow.takeAt(0)) is not None:
            if (widget := item.widget()) is not None and widget is not self.join:
                widget.setParent(None)  # nobody shall find it any more
                widget.deleteLater()
        for at, path in enumerate(data.joined):
            self._flow.addWidget(self._chip(at, path))
        self._flow.addWidget(self.join)

    def _show_key(self, chosen: str, keys: tuple[str, ...]) -> None:
        self._key_row.setVisible(bool(keys or chosen))
        with QSignalBlocker(self.key):
            self.key.clear()
            self.key.addItem(self.tr("what fits: key, id, a file's name …"), "")
            for name in dict.fromkeys((*keys, *filter(None, [chosen]))):
                self.key.addItem(name, name)
            self.key.setCurrentIndex(self.key.findData(chosen))

    def _chip(self, at: int, path: str) -> QFrame:
        chip = QFrame()
        chip.setObjectName(f"binder.joined.{at}")
        chip.setProperty("chip", True)
        chip.setProperty("live", True)
        chip.setToolTip(path)
        gone = icon_button("clear", self._theme, self.tr("Take it out"), f"binder.joined.{at}.gone")
        gone.setFixedSize(16, 16)
        gone.clicked.connect(
            lambda: self.joined.emit(tuple(one for one in self._joined if one != path))
        )
        row = QHBoxLayout(chip)
        row.setContentsMargins(6, 2, 2, 2)
        row.setSpacing(2)
        row.addWidget(label(self.tr("joined with {0}").format(Path(path).name)))
        row.addWidget(gone)
        return chip

    def _show_source(self, source: str) -> None:
        with QSignalBlocker(self.box):
            self.box.clear()
            self.box.setPlaceholderText(self.tr("choose one"))
            for known in KNOWN.values():
                self.box.addItem(known.title, known.name)
            if is_file(source):
                self.box.addItem(Path(source).name, source)
            self.box.addItem(self.tr("Your own folder of images or arrays…"), _OWN_FOLDER)
            self.box.addItem(self.tr("Your own table or .npz file…"), _OWN_FILE)
            self.box.setCurrentIndex(self.box.findData(source) if source else -1)
        self.box.setToolTip(source)

    def _on_chosen(self, index: int) -> None:
        source = self.box.itemData(index)
        if source in {_OWN_FILE, _OWN_FOLDER}:
            self._show_source(self._source)
            self._ask(self.chosen.emit, folder=source is _OWN_FOLDER)
        else:
            self.chosen.emit(str(source))

    def _add(self, path: str) -> None:
        if path not in {self._source, *self._joined}:
            self.joined.emit((*self._joined, path))

    def _on_join(self) -> None:
        self._menu.popup(self.join.mapToGlobal(QPoint(0, self.join.height())))

    def _ask(self, call: object, *, folder: bool) -> None:
        near = Path(self._source).expanduser().parent  # "." of a set that Keras knows
        last = self.settings.folder if self.settings is not None else Path.home()
        begin = near if near.is_absolute() and near.is_dir() else last
        mode = QFileDialog.FileMode.Directory if folder else QFileDialog.FileMode.ExistingFile
        files = self.tr("Tables and NumPy archives ({0})").format(" ".join(_FILES))
        self._dialog = QFileDialog(self, self.tr("Choose a data set"), str(begin), files)
        self._dialog.setObjectName("binder.dialog")
        self._dialog.setFileMode(mode)
        self._dialog.fileSelected.connect(self._remember_folder)
        self._dialog.fileSelected.connect(call)
        self._dialog.finished.connect(self._dialog.deleteLater)
        self._dialog.open()

    def _remember_folder(self, path: str) -> None:
        if self.settings is not None:
            self.settings.folder = Path(path).parent
