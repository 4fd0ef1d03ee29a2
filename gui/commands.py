"""What the actions do: files, clipboard, arrangement, training. No widgets of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMessageBox

from graph import fragment, projectfile
from graph.arrange import arranged
from graph.edits import MoveNodes
from graph.problems import NO_DATA, Severity
from gui.canvas import acts
from gui.data_reading import OwnData
from gui.files import Files

if TYPE_CHECKING:
    from pathlib import Path

    from gui.canvas.view import CanvasView
    from gui.document import Document
    from gui.main_window import MainWindow
    from gui.panels.training.controls import Controls


class Commands(QObject):
    """The actions' work, on one window: its document, canvas, runner and settings."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.window: MainWindow = window
        self.document: Document = window.document
        self.canvas: CanvasView = window.canvas
        self.own_data = OwnData(window.document, self)
        self.own_data.reading.connect(self._on_reading)
        self.own_data.progressed.connect(self._on_images_seen)
        self.own_data.settled.connect(self._on_data_settled)
        window.queue.looked.connect(self._on_queue_looked)
        self._trains_later = False  # once own data are read and looked at
        self._weights: Path | None = None  # that the training begins with
        self.files: Files = Files(window, self.own_data)

    @property
    def is_training(self) -> bool:
        """Say whether a model is being trained."""
        return self.window.is_training

    @property
    def _busy_words(self) -> str:
        return self.tr("Another training is running. This drawing can be trained after it.")

    def take_back_busy_words(self) -> None:
        """Say no more that another training is running, once none is."""
        if not self.is_training:
            self.window.messages.take_back(self._busy_words)

    def tell(self, sentence: str) -> None:
        """Show a sentence above the canvas."""
        self.window.messages.tell(sentence)

    def show_templates(self) -> None:
        """Show the page with the templates."""
        self.window.show_start()

    def quit(self) -> None:
        """Close the window."""
        self.window.close()

    # drawing ---------------------------------------------------------------------------------

    def copy(self) -> None:
        """Copy the selected nodes."""
        acts.copy(self.document)

    def cut(self) -> None:
        """Copy the selected nodes and take them out."""
        self.copy()
        self.delete()

    def paste(self) -> None:
        """Add the nodes on the clipboard."""
        self._paste(QGuiApplication.clipboard().text())

    def duplicate(self) -> None:
        """Add the selected nodes once more."""
        self._paste(fragment.cut_out(self.document.project, self.document.selected_nodes))

    def _paste(self, text: str) -> None:
        try:
            acts.paste(self.document, text)
        except projectfile.BadFile:
            self.tell(self.tr("What is on the clipboard is no part of a drawing."))
        self.canvas.setFocus()

    def delete(self) -> None:
        """Take out the selected nodes and wires."""
        acts.delete_selected(self.document)

    def select_all(self) -> None:
        """Select every node."""
        self.document.select(frozenset(self.document.project.graph.nodes))

    def close_gap(self) -> None:
        """Take the selected nodes out, and wire what each one fed to what fed it."""
        acts.close_gap(self.document)

    def share(self) -> None:
        """Call the selected node's layer once more."""
        (node,) = self.document.selected_nodes
        at = self.document.project.graph.nodes[node]
        acts.share(self.document, node, at.x, at.y + 128)
        self.canvas.setFocus()

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

    def train(self, weights: Path | None = None) -> None:
        """Train the model; show what is in the way if the drawing has errors or no data.

        Own images are looked at first, so that those that can't be read are left out. `weights`
        is a file of weights to begin with.
        """
        self._weights = weights
        self._trains_later = self.own_data.is_opening
        if self._trains_later:
            return
        found = self.document.problems
        errors = [one for one in found if one.severity is Severity.ERROR]
        if errors:
            count = len(errors)
            what = self.tr("one error") if count == 1 else self.tr("{n} errors").format(n=count)
            sentence = self.tr("The drawing has {what} to mend before it can train: {first}")
            self._refuse(sentence.format(what=what, first=errors[0].sentence), "problems")
            if errors[0].node is not None:
                self.document.reveal(errors[0].node)
        elif without := [one for one in found if one.kind == NO_DATA]:
            self._refuse(without[0].sentence, "data")
        elif self.own_data.is_checking:
            self._trains_later = True
            self._tell_of_images(self.tr("The training begins once all images are looked at."))
        elif self.is_training and weights is not None:
            self.tell(self.tr("Another training is running. Start from these weights after it."))
        elif self.is_training:
            self.window.messages.tell(self._busy_words, self.tr("Let it wait"), self.queue)
        else:
            self.window.show_panel("training")
            self.window.runner.train(self.document.project, self.document.report, weights)

    def _tell_of_images(self, sentence: str) -> None:
        """Say what the training waits for, and offer not to train."""
        otherwise = (self.tr("Don't train"), self._forget_training)
        self.window.messages.tell(sentence, otherwise=otherwise, of_drawing=True)

    def _forget_training(self) -> None:
        self._trains_later = False

    def _on_reading(self, name: str) -> None:
        self.window.messages.tell(self.tr("Reading {0} …").format(name), of_drawing=True)

    def _on_images_seen(self, done: int, count: int) -> None:
        if self._trains_later and done < count:
            words = self.tr(
                "The training begins once all images are looked at: {0:,} of {1:,} are."
            )
            self._tell_of_images(words.format(done, count))

    def _on_queue_looked(self, label: str, done: int, count: int) -> None:
        words = self.tr("{0} is trained once its images are looked at: {1:,} of {2:,} are.")
        if done < count:
            self.window.messages.tell(words.format(label, done, count), of_drawing=True)
        else:
            self.window.messages.drawing_changed()

    def _on_data_settled(self) -> None:
        if self._trains_later:
            self.window.messages.drawing_changed()
            self.train(self._weights)

    def queue(self) -> None:
        """Let the drawing wait until the trainings before it are over."""
        self.window.show_panel("runs")
        self.window.queue.add(self.document.project, self.document.report)

    def _refuse(self, sentence: str, panel: str) -> None:
        self.window.messages.tell(sentence, of_drawing=True)
        self.window.show_panel(panel)

    def stop(self) -> None:
        """Stop training; the weights are kept."""
        self.window.runner.stop()

    def may_close(self) -> bool:
        """Ask about unsaved work, then about trainings; say whether the window may be closed."""
        if not all(self.files.may_lose(sheet) for sheet in list(self.document.sheets)):
            return False
        lost = []
        if self.is_training:
            lost.append(self.tr("The training ends, and can be resumed in the tab Runs."))
        if count := len(self.window.queue.waiting):
            one = self.tr("One drawing that waits for its training is not trained.")
            several = self.tr("{0:,} drawings that wait for their training are not trained.")
            lost.append(one if count == 1 else several.format(count))
        if not lost:
            return True
        ask, button = QMessageBox.question, QMessageBox.StandardButton
        words = " ".join([self.tr("Close the window?"), *lost])
        title = self.tr("Close while training")
        return ask(self.window, title, words, button.Close | button.Cancel) == button.Close

    def pause_or_go_on(self) -> None:
        """Hold the training, or let it go on if it is held."""
        self.controls.pause_or_go_on()

    @property
    def controls(self) -> Controls:
        """Return the buttons of the training panel: they know which run is shown."""
        found: Controls = self.window.panels["training"].controls  # type: ignore[attr-defined]
        return found

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
