"""What the actions do: files, clipboard, arrangement, training. No widgets of its own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, QObject
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QMessageBox

from graph import fragment, projectfile
from graph.arrange import arranged
from graph.edits import Batch, Disconnect, Edit, MoveNodes, RemoveNodes
from graph.placing import share
from graph.problems import Severity
from graph.templates import blank

if TYPE_CHECKING:
    from gui.canvas.view import CanvasView
    from gui.document import Document, Sheet
    from gui.main_window import MainWindow

LOOM_FILES = "Layerloom drawings (*.loom)"
PICTURES = "Scalable picture (*.svg);;PNG picture (*.png);;PDF (*.pdf)"


class Commands(QObject):
    """The actions' work, on one window: its document, canvas, runner and settings."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.window = window
        self.document: Document = window.document
        self.canvas: CanvasView = window.canvas

    @property
    def is_training(self) -> bool:
        """Say whether a model is being trained."""
        return self.window.is_training

    def tell(self, sentence: str) -> None:
        """Show a sentence above the canvas."""
        self.window.messages.tell(sentence)

    # files -----------------------------------------------------------------------------------

    def new(self) -> None:
        """Open an empty drawing."""
        self.document.add(blank())
        self.window.show_canvas()

    def show_templates(self) -> None:
        """Show the page with the templates."""
        self.window.show_start()

    def open(self, path: Path | None = None) -> None:
        """Open a project file: the one given, or one a person chooses."""
        if path is None:
            chosen, _ = QFileDialog.getOpenFileName(
                self.window, self.tr("Open a drawing"), self._folder(), LOOM_FILES
            )
            if not chosen:
                return
            path = Path(chosen)
        try:
            self.document.open(path)
        except projectfile.BadFile as bad:
            self.tell(str(bad))
            return
        self.window.settings.add_recent_file(path)
        self.window.show_canvas()

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
        return self._save_to(path if path.suffix else path.with_suffix(".loom"))

    def _save_to(self, path: Path) -> bool:
        try:
            self.document.save(path)
        except projectfile.BadFile as bad:
            self.tell(str(bad))
            return False
        self.window.settings.add_recent_file(path)
        return True

    def export_program(self) -> None:
        """Save the Keras program to a .py file a person chooses, its data beside it."""
        from codegen.export import export  # noqa: PLC0415 - rarely needed

        suggested = str(Path(self._folder()) / f"{_stem(self.document.project.name)}.py")
        chosen, _ = QFileDialog.getSaveFileName(
            self.window, self.tr("Save the program"), suggested, "Python (*.py)"
        )
        if not chosen:
            return
        path = Path(chosen)
        try:
            written = export(self.document.project, self.document.report, path)
        except (OSError, projectfile.BadFile) as error:
            self.tell(self.tr("{path} can't be written: {error}.").format(path=path, error=error))
            return
        names = ", ".join(str(part.relative_to(path.parent)) for part in written)
        self.tell(self.tr("Saved {names} in {folder}.").format(names=names, folder=path.parent))

    def export_picture(self) -> None:
        """Save the drawing as a picture."""
        from gui.figures import render  # noqa: PLC0415 - rarely needed

        suggested = str(Path(self._folder()) / f"{_stem(self.document.project.name)}.svg")
        chosen, _ = QFileDialog.getSaveFileName(
            self.window, self.tr("Save a picture"), suggested, PICTURES
        )
        if not chosen:
            return
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

    def quit(self) -> None:
        """Close the window."""
        self.window.close()

    def _folder(self) -> str:
        path = self.document.path
        return str(path.parent if path is not None else Path.home())

    # drawing ---------------------------------------------------------------------------------

    def copy(self) -> None:
        """Copy the selected nodes."""
        text = fragment.cut_out(self.document.project, self.document.selected_nodes)
        data = QMimeData()
        data.setData(fragment.MIME, text.encode())
        data.setText(text)
        QGuiApplication.clipboard().setMimeData(data)

    def cut(self) -> None:
        """Copy the selected nodes and take them out."""
        self.copy()
        self.delete()

    def paste(self) -> None:
        """Add the nodes on the clipboard."""
        text = QGuiApplication.clipboard().text()
        if text:
            self._paste(text)

    def duplicate(self) -> None:
        """Add the selected nodes once more."""
        self._paste(fragment.cut_out(self.document.project, self.document.selected_nodes))

    def _paste(self, text: str) -> None:
        try:
            edit, keys = fragment.paste(self.document.project, text)
        except projectfile.BadFile:
            self.tell(self.tr("What is on the clipboard is no part of a drawing."))
            return
        self.document.push(edit, self.tr("Paste"))
        self.document.select(frozenset(keys))

    def delete(self) -> None:
        """Take out the selected nodes and wires."""
        nodes, links = self.document.selected_nodes, self.document.selected_links
        graph = self.document.project.graph
        loose = tuple(
            key
            for key in links
            if graph.links[key].source not in nodes and graph.links[key].target not in nodes
        )
        edits: list[Edit] = []
        if loose:
            edits.append(Disconnect(loose))
        if nodes:
            edits.append(RemoveNodes(tuple(nodes)))
        if edits:
            self.document.push(Batch(tuple(edits)), self.tr("Delete"))

    def select_all(self) -> None:
        """Select every node."""
        self.document.select(frozenset(self.document.project.graph.nodes))

    def share(self) -> None:
        """Call the selected node's layer once more."""
        (node,) = self.document.selected_nodes
        at = self.document.project.graph.nodes[node]
        edit, key = share(self.document.project, node, at.x, at.y + 128)
        self.document.push(edit, self.tr("Share layer"))
        self.document.select(frozenset({key}))

    def arrange(self) -> None:
        """Put the nodes in columns, or the selected ones if several are."""
        chosen = self.document.selected_nodes
        only = chosen if len(chosen) > 1 else None
        graph = self.document.project.graph
        drawn = self.canvas.drawing
        sizes = {
            key: (face.width, face.height)
            for key, face in zip(drawn.keys, drawn.faces, strict=True)
        }
        places = arranged(graph, sizes, only)
        self.document.push(MoveNodes(places), self.tr("Arrange"))
        self.canvas.fit()

    # model -----------------------------------------------------------------------------------

    def train(self) -> None:
        """Train the model, unless the drawing has errors: then show the first one."""
        errors = [one for one in self.document.problems if one.severity is Severity.ERROR]
        if errors:
            count = len(errors)
            what = self.tr("one error") if count == 1 else self.tr("{n} errors").format(n=count)
            self.tell(
                self.tr("The drawing has {what} to mend before it can train: {first}").format(
                    what=what, first=errors[0].sentence
                )
            )
            self.window.show_panel("problems")
            if errors[0].node is not None:
                self.document.reveal(errors[0].node)
            return
        self.window.show_panel("training")
        self.window.runner.train(self.document.project, self.document.report)

    def stop(self) -> None:
        """Stop training; the weights are kept."""
        self.window.runner.stop()

    # window ----------------------------------------------------------------------------------

    def switch_theme(self) -> None:
        """Go from dark to light or back."""
        self.window.switch_theme()

    def show_shortcuts(self) -> None:
        """List the keyboard shortcuts."""
        self.window.show_shortcuts()

    def show_about(self) -> None:
        """Say what this program is."""
        QMessageBox.about(
            self.window,
            self.tr("About Layerloom"),
            self.tr(
                "<b>Layerloom</b><p>Draw a neural network, read its Keras code, train it, look "
                "inside it.</p><p>MIT licence. Offline, no account.</p>"
            ),
        )


def _stem(name: str) -> str:
    kept = "".join(sign if sign.isalnum() else "_" for sign in name).strip("_")
    return kept.lower() or "model"
