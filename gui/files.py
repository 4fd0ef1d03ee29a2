"""What the actions on files do: open, save, close, and save a program or a picture."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog, QMessageBox

from graph import projectfile, templates
from graph.edits import RenameProject
from graph.project import Project
from gui import aside

if TYPE_CHECKING:
    from gui.data_reading import OwnData
    from gui.document import Document, Sheet
    from gui.main_window import MainWindow

LOOM_FILES = "Layerloom drawings (*.loom)"
PICTURES = "Scalable picture (*.svg);;PNG picture (*.png);;PDF (*.pdf)"


class Files(QObject):
    """The files of one window's drawings: what can't be done is told in a sentence."""

    def __init__(self, window: MainWindow, own_data: OwnData) -> None:
        super().__init__(window)
        self._own_data = own_data
        self.window = window
        self.document: Document = window.document

    def tell(self, sentence: str) -> None:
        """Show a sentence above the canvas."""
        self.window.messages.tell(sentence)

    def new(self) -> None:
        """Open an empty drawing."""
        self.document.add(templates.blank())
        self.window.show_canvas()

    def open(self, path: Path | None = None) -> None:
        """Open a project file: the one given, or one a person chooses.

        One on own data is shown once they are read, in the background.
        """
        if path is None:
            chosen, _ = QFileDialog.getOpenFileName(
                self.window, self.tr("Open a drawing"), self._folder(), LOOM_FILES
            )
            if not chosen:
                return
            path = Path(chosen)
        self.window.settings.folder = path.parent
        try:
            data = projectfile.read(path).data
        except projectfile.BadFile as bad:
            self.tell(str(bad))
            return
        self._own_data.when_read(data, lambda: self._show(path))

    def _show(self, path: Path) -> None:
        try:
            self.document.open(path)
        except projectfile.BadFile as bad:
            self.tell(str(bad))
            return
        self.window.settings.add_recent_file(path)
        self.window.show_canvas()

    def open_project(self, project: Project) -> None:
        """Open a drawing that has no file in a tab of its own, once its own data are read."""

        def show() -> None:
            self.document.add(project)
            self.window.show_canvas()

        self._own_data.when_read(project.data, show)

    def save(self) -> bool:
        """Save to the drawing's file, asking for one if there is none; say whether it is saved."""
        if self.document.path is None:
            return self.save_as()
        return self._save_to(self.document.path)

    def save_as(self) -> bool:
        """Save to a file a person chooses; say whether it is saved."""
        suggested = str(Path(self._folder()) / f"{self.document.project.name}.loom")
        chosen, _ = QFileDialog.getSaveFileName(
            self.window, self.tr("Save the drawing"), suggested, LOOM_FILES
        )
        if not chosen:
            return False
        path = Path(chosen)
        self.window.settings.folder = path.parent
        return self._save_to(path if path.suffix else path.with_suffix(".loom"))

    def _save_to(self, path: Path) -> bool:
        name = self.document.project.name
        unnamed = {Project().name, *(one.name for one in templates.templates())}
        if name in unnamed - {path.stem}:  # nobody has named it: the file does
            self.document.push(RenameProject(path.stem), self.tr("Name the project"))
        try:
            self.document.save(path)
        except projectfile.BadFile as bad:
            self.tell(str(bad))
            return False
        self.window.settings.add_recent_file(path)
        return True

    def export_program(self) -> None:
        """Save the Keras program to a .py file a person chooses, its data beside it.

        It is told when it is done: up to 1 GB of data are copied meanwhile.
        """
        from codegen.export import export, named  # noqa: PLC0415 - rarely needed

        suggested = str(Path(self._folder()) / f"{_stem(self.document.project.name)}.py")
        chosen, _ = QFileDialog.getSaveFileName(
            self.window, self.tr("Save the program"), suggested, "Python (*.py)"
        )
        if not chosen:
            return
        path = Path(chosen)
        self.window.settings.folder = path.parent
        project, report = self.document.project, self.document.report

        def write() -> tuple[Path, ...] | str:
            try:
                return export(project, report, path)
            except projectfile.BadFile as bad:
                return str(bad)
            except OSError as error:
                words = self.tr("{path} can't be written: {error}.")
                return words.format(path=path, error=error.strerror or error)

        def done(written: tuple[Path, ...] | str) -> None:
            if isinstance(written, str):
                self.tell(written)
            else:
                self.window.messages.tell_in_passing(self.tr("Saved {0}.").format(named(written)))

        self.tell(self.tr("Saving {0} …").format(path.name))
        aside.ask(self, "export", write, done, must_end=True)

    def export_picture(self) -> None:
        """Save the drawing as a picture."""
        from gui.figures import render  # noqa: PLC0415 - rarely needed

        suggested = str(Path(self._folder()) / f"{_stem(self.document.project.name)}.svg")
        chosen, _ = QFileDialog.getSaveFileName(
            self.window, self.tr("Save a picture"), suggested, PICTURES
        )
        if not chosen:
            return
        self.window.settings.folder = Path(chosen).parent
        try:
            render(self.document.project, Path(chosen), self.window.theme)
        except OSError as error:
            self.tell(self.tr("{path} can't be written: {error}.").format(path=chosen, error=error))

    def close_sheet(self, sheet: Sheet | None = None) -> bool:
        """Close a drawing, asking what to do with unsaved work; say whether it was closed."""
        sheet = sheet or self.document.sheet
        if not self.may_lose(sheet):
            return False
        self.document.close(sheet)
        return True

    def may_lose(self, sheet: Sheet) -> bool:
        """Ask what to do with unsaved work of a drawing; say whether it may be closed."""
        if sheet.stack.isClean():
            return True
        self.document.show(sheet)
        answer = QMessageBox.question(
            self.window,
            self.tr("Unsaved changes"),
            self.tr("Save the changes to {name} before closing?").format(name=sheet.title),
            QMessageBox.StandardButton.Save
            | QMessageBox.StandardButton.Discard
            | QMessageBox.StandardButton.Cancel,
            QMessageBox.StandardButton.Save,
        )
        if answer == QMessageBox.StandardButton.Save:
            return self.save()
        return answer == QMessageBox.StandardButton.Discard

    def _folder(self) -> str:
        path = self.document.path
        return str(path.parent if path is not None else self.window.settings.folder)


def _stem(name: str) -> str:
    kept = "".join(sign if sign.isalnum() else "_" for sign in name).strip("_")
    return kept.lower() or "model"
