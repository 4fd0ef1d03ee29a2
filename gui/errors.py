"""Telling a person that something went wrong: one sentence above the canvas, and nothing lost."""

from __future__ import annotations

import sys
import traceback
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from gui.theme import MEDIUM, SMALL

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType


class MessageBar(QFrame):
    """A quiet bar with one sentence, at most one button, and a way to dismiss it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("messages")
        self.setProperty("role", "message")
        self._text = QLabel(self)
        self._text.setObjectName("messages.text")
        self._text.setWordWrap(True)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._act = QPushButton(self)
        self._act.setObjectName("messages.act")
        self._act.clicked.connect(self._on_act_clicked)
        self._dismiss = QPushButton(self)
        self._dismiss.setObjectName("messages.dismiss")
        self._dismiss.setProperty("role", "link")
        self._dismiss.clicked.connect(self._on_dismiss_clicked)
        row = QHBoxLayout(self)
        row.setContentsMargins(MEDIUM, SMALL, SMALL, SMALL)
        row.setSpacing(SMALL)
        row.addWidget(self._text, 1)
        row.addWidget(self._act)
        row.addWidget(self._dismiss)
        self._call: Callable[[], None] | None = None
        self._otherwise: Callable[[], None] | None = None
        self._of_drawing = False
        self.hide()

    @property
    def text(self) -> str:
        """Return the sentence that is shown."""
        return self._text.text()

    def tell(
        self,
        sentence: str,
        label: str = "",
        call: Callable[[], None] | None = None,
        otherwise: tuple[str, Callable[[], None]] | None = None,
        *,
        of_drawing: bool = False,
    ) -> None:
        """Show a sentence, with a button that does something about it if there is such.

        `otherwise`: what dismissing it is called and does, where that is more than hiding it.
        A sentence that is `of_drawing` goes away with the next change of the drawing.
        """
        self._of_drawing = of_drawing
        self._text.setText(sentence)
        self._act.setText(label)
        self._act.setVisible(call is not None)
        self._call = call
        words, self._otherwise = otherwise or (self.tr("Dismiss"), None)
        self._dismiss.setText(words)
        self.show()

    def drawing_changed(self) -> None:
        """Take away what was said of the drawing as it was before."""
        if self._of_drawing:
            self.hide()

    def _on_act_clicked(self) -> None:
        self.hide()
        if self._call is not None:
            self._call()

    def _on_dismiss_clicked(self) -> None:
        self.hide()
        if self._otherwise is not None:
            self._otherwise()


class Surprises(QObject):
    """Errors nobody foresaw: kept from ending the program, and told in one sentence.

    Signals:
        happened(str, str): a sentence for people, and the traceback.
    """

    happened = Signal(str, str)

    def catch(self) -> None:
        """See every exception that no slot has handled from now on."""
        sys.excepthook = self._on_exception

    def _on_exception(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        details = "".join(traceback.format_exception(kind, error, trace))
        sys.stderr.write(details)
        self.happened.emit(
            self.tr(
                "Something went wrong inside Layerloom ({error}). Your drawing is as it was; "
                "save it, and please report this."
            ).format(error=kind.__name__),
            details,
        )
