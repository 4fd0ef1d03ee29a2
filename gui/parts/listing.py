"""The runnable listing behind a picture, in a dialog: to read, copy, or save."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QTextCursor
from PySide6.QtWidgets import QDialog, QFileDialog, QHBoxLayout, QPushButton, QVBoxLayout

from graph.projectfile import BadFile, write_text
from gui.parts.code_view import CodeView
from gui.parts.widgets import label
from gui.theme import LARGE, SMALL

if TYPE_CHECKING:
    from PySide6.QtGui import QShowEvent
    from PySide6.QtWidgets import QWidget

    from gui.theme import Theme


class Listing(NamedTuple):
    """A program that runs by itself.

    `line` is where what it is about begins, from 1; `proposal` where Save would put it; `reads`
    the files that it reads, and the names under which it looks for them beside itself.
    """

    text: str
    line: int
    proposal: Path
    reads: dict[Path, str]


class ListingDialog(QDialog):
    """Shows a program; Copy and Save leave it open."""

    def __init__(
        self, listing: Listing, title: str, theme: Theme, parent: QWidget | None = None
    ) -> None:
        """Make the dialog; open it with `open`."""
        super().__init__(parent)
        self.setObjectName("listing")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self.resize(760, 560)
        self.listing = listing
        self.view = CodeView(theme)
        self.view.setObjectName("listing.text")
        self.view.show_text(listing.text)
        self.message = label("", "muted", wrap=True)
        self.message.setObjectName("listing.message")
        copy = self._button(self.tr("Copy"), "listing.copy")
        copy.clicked.connect(self._on_copy_clicked)
        save = self._button(self.tr("Save as .py…"), "listing.save")
        save.clicked.connect(self._on_save_clicked)
        close = self._button(self.tr("Close"), "listing.close")
        close.clicked.connect(self.accept)
        row = QHBoxLayout()
        row.setSpacing(SMALL)
        row.addWidget(self.message, 1)
        for button in (copy, save, close):
            row.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(LARGE, LARGE, LARGE, LARGE)
        column.setSpacing(SMALL)
        column.addWidget(self.view, 1)
        column.addLayout(row)

    def showEvent(self, event: QShowEvent) -> None:
        """Begin where the program comes to its point."""
        super().showEvent(event)
        block = self.view.document().findBlockByNumber(self.listing.line - 1)
        cursor = QTextCursor(block)
        self.view.moveCursor(QTextCursor.MoveOperation.End)
        self.view.setTextCursor(cursor)
        bar = self.view.verticalScrollBar()
        bar.setValue(bar.value() + self.view.cursorRect(cursor).top() - SMALL)

    def _button(self, text: str, name: str) -> QPushButton:
        button = QPushButton(text)
        button.setObjectName(name)
        button.setAutoDefault(False)
        return button

    def _on_copy_clicked(self) -> None:
        QGuiApplication.clipboard().setText(self.listing.text)
        self.message.setText(self.tr("Copied."))

    def _on_save_clicked(self) -> None:
        path, _ = QFileDialog.getSaveFileName(
            self, self.tr("Save listing"), str(self.listing.proposal), "Python (*.py)"
        )
        if path:
            self.save(Path(path))

    def save(self, path: Path) -> None:
        """Write the program, and beside it what it reads."""
        try:
            write_text(path, self.listing.text)
            written = [str(path)]
            for source, name in self.listing.reads.items():
                target = path.parent / name
                if not target.exists():
                    target.parent.mkdir(exist_ok=True)
                    shutil.copyfile(source, target)
                    written.append(name)
        except BadFile as bad:
            self.message.setText(str(bad))
        except OSError as error:
            words = self.tr("What the program reads can't be put beside it: {0}.")
            self.message.setText(words.format(error.strerror))
        else:
            self.message.setText(self.tr("Saved as {0}.").format(", ".join(written)))
