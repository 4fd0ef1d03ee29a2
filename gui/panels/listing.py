"""The runnable listing behind a picture, in a dialog: to read, copy, or save."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QFileDialog, QHBoxLayout, QPushButton, QVBoxLayout

from graph.projectfile import BadFile, write_text
from gui.panels.code_view import CodeView
from gui.panels.parts import label
from gui.theme import LARGE, SMALL

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from gui.theme import Theme


class ListingDialog(QDialog):
    """Shows a program; Copy and Save leave it open."""

    def __init__(
        self, text: str, title: str, file_name: str, theme: Theme, parent: QWidget | None = None
    ) -> None:
        """Make the dialog; open it with `open`.

        Args:
            text: the program.
            title: of the dialog.
            file_name: what Save proposes.
            theme: colours of the code.
            parent: Qt's parent.
        """
        super().__init__(parent)
        self.setObjectName("listing")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self.resize(760, 560)
        self._file_name = file_name
        self.text = text
        self.view = CodeView(theme)
        self.view.setObjectName("listing.text")
        self.view.show_text(text)
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

    def _button(self, text: str, name: str) -> QPushButton:
        button = QPushButton(text)
        button.setObjectName(name)
        button.setAutoDefault(False)
        return button

    def _on_copy_clicked(self) -> None:
        QGuiApplication.clipboard().setText(self.text)
        self.message.setText(self.tr("Copied."))

    def _on_save_clicked(self) -> None:
        path, _ = QFileDialog.getSaveFileName(
            self, self.tr("Save listing"), self._file_name, "Python (*.py)"
        )
        if not path:
            return
        try:
            write_text(Path(path), self.text)
        except BadFile as bad:
            self.message.setText(str(bad))
        else:
            self.message.setText(self.tr("Saved as {0}.").format(path))
