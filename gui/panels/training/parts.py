"""Parts of the training panel: lines that fit their room, what went wrong, texts in windows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from gui.parts.widgets import label, link_button, scrolling
from gui.theme import LARGE, MEDIUM, TINY

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gui.document import Document
    from gui.runner import Failure

_LOG_LINES = 2000


class TextWindow(QDialog):
    """A long text in a window of its own, so that it takes no room from the panel."""

    def __init__(self, title: str, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.resize(760, 420)
        self.text = QPlainTextEdit()
        self.text.setObjectName(name)
        self.text.setReadOnly(True)
        self.text.setProperty("role", "code")
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.text.setMaximumBlockCount(_LOG_LINES)
        column = QVBoxLayout(self)
        column.setContentsMargins(LARGE, LARGE, LARGE, LARGE)
        column.addWidget(self.text)

    def append(self, text: str) -> None:
        """Add text below what is there, and keep the end in sight if it was."""
        bar = self.text.verticalScrollBar()
        at_end = bar.value() == bar.maximum()
        cursor = QTextCursor(self.text.document())
        cursor.movePosition(QTextCursor.MoveOperation.End)
        cursor.insertText(text)
        if at_end:
            bar.setValue(bar.maximum())

    def open_at_end(self) -> None:
        """Show the window, with the newest lines in sight."""
        self.show()
        self.activateWindow()
        bar = self.text.verticalScrollBar()
        bar.setValue(bar.maximum())


class Notice(QWidget):
    """What went wrong: a sentence, whole, a way to the node at fault, and details in a window."""

    def __init__(self, document: Document) -> None:
        super().__init__()
        self._document = document
        self._node: str | None = None
        self.details = TextWindow(self.tr("Details"), "training.error.traceback", self)
        self.sentence = label("", "error", wrap=True)
        self.sentence.setObjectName("training.error")
        self.sentence.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.show_node = link_button("", "training.error.node")
        self.show_node.clicked.connect(self._on_node_clicked)
        self.show_details = link_button(self.tr("Show details"), "training.error.details")
        self.show_details.clicked.connect(self.details.open_at_end)
        links = QHBoxLayout()
        links.setSpacing(MEDIUM)
        links.addWidget(self.show_node)
        links.addWidget(self.show_details)
        links.addStretch(1)
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(TINY)
        column.addWidget(self.sentence)
        column.addLayout(links)
        column.addStretch(1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scrolling(page))

    def show_failure(self, failure: Failure) -> None:
        """Show a failure in place of an earlier one."""
        graph = self._document.project.graph
        self._node = failure.node if failure.node in graph.nodes else None
        self.sentence.setText(failure.sentence)
        self.show_node.setVisible(self._node is not None)
        if self._node is not None:
            self.show_node.setText(self.tr("Show {0}").format(graph.nodes[self._node].label))
        self.details.text.setPlainText(failure.traceback)
        self.show_details.setVisible(bool(failure.traceback.strip()))

    def _on_node_clicked(self) -> None:
        if self._node in self._document.project.graph.nodes:
            self._document.reveal(self._node)


def clock(seconds: float) -> str:
    """Return a time to go, in seconds, as it stands on a clock: 0:21, 12:05, 1:02:03."""
    whole = round(max(0.0, seconds))
    hours, rest = divmod(whole, 3600)
    minutes, seconds_left = divmod(rest, 60)
    if hours:
        return f"{hours}:{minutes:02}:{seconds_left:02}"
    return f"{minutes}:{seconds_left:02}"


def duration(seconds: float) -> str:
    """Return a time that has passed, in seconds, for people: 0.8 s, 12 s, 3 min 20 s."""
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    return f"{whole} s" if whole < 120 else f"{whole // 60} min {whole % 60} s"


def epochs_text(count: int) -> str:
    """Return a number of epochs for people: "1 epoch", "10 epochs"."""
    return "1 epoch" if count == 1 else f"{count:,} epochs"


def score_texts(scores: Mapping[str, float]) -> list[str]:
    """Return scores for people, metrics before losses: "Test accuracy 0.9012", "loss 0.2841"."""
    names = sorted(scores, key=lambda name: name.endswith("loss"))
    texts = [f"{name} {scores[name]:.4f}" for name in names]
    return [f"Test {texts[0]}", *texts[1:]] if texts else []
