"""Telling a person that something went wrong: one sentence above the canvas, and nothing lost."""

from __future__ import annotations

import sys
import traceback
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QRect, Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from gui.theme import MEDIUM, SMALL

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent

_MOST_LINES = 3  # of a sentence, until somebody wants to read all of it
_PASSING_MS = 8_000


class MessageBar(QFrame):
    """A quiet bar with one sentence, at most one button, and a way to dismiss it.

    It lies over the top of its parent, so that nothing below is pushed away.

    Signals:
        height_changed(int): the parent is covered by so many pixels from its top on.
    """

    height_changed = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("messages")
        self.setProperty("role", "message")
        self._text = QLabel(self)
        self._text.setObjectName("messages.text")
        self._text.setWordWrap(True)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._more = QPushButton(self.tr("Read all"), self)
        self._more.setObjectName("messages.more")
        self._more.setProperty("role", "link")
        self._more.clicked.connect(self._on_more_clicked)
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
        row.addWidget(self._more)
        row.addWidget(self._act)
        row.addWidget(self._dismiss)
        self._call: Callable[[], None] | None = None
        self._otherwise: Callable[[], None] | None = None
        self._of_drawing = self._is_whole = False
        self._sentence = ""
        self._passing = QTimer(self, singleShot=True, interval=_PASSING_MS)
        self._passing.timeout.connect(self.hide)
        self._more.hide()
        self.hide()
        if parent is not None:
            parent.installEventFilter(self)

    @property
    def text(self) -> str:
        """Return the sentence that is shown, all of it."""
        return self._sentence

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
        self._of_drawing, self._is_whole, self._sentence = of_drawing, False, sentence
        self._act.setText(label)
        self._act.setVisible(call is not None)
        self._call = call
        words, self._otherwise = otherwise or (self.tr("Dismiss"), None)
        self._dismiss.setText(words)
        self.show()
        self._settle()
        self._passing.stop()

    def tell_in_passing(self, sentence: str) -> None:
        """Show for some seconds that something went well."""
        self.tell(sentence)
        self._passing.start()

    def take_back(self, sentence: str) -> None:
        """Take a sentence away, if it is the one that is shown."""
        if sentence == self._sentence:
            self.hide()

    def drawing_changed(self) -> None:
        """Take away what was said of the drawing as it was before."""
        if self._of_drawing:
            self.hide()

    def _settle(self) -> None:
        """Lie over the top of the parent, at most so many lines high."""
        parent = self.parentWidget()
        self._text.setText(self._sentence)
        self._more.hide()
        if parent is None:
            return
        if not self._is_whole and self._lines(self._sentence, parent.width()) > _MOST_LINES:
            self._more.show()
            self._text.setText(self._shortened(parent.width()))
        self._text.setToolTip(self._sentence if self._more.isVisibleTo(self) else "")
        self.ensurePolished()
        height = min(self.heightForWidth(parent.width()), parent.height())
        self.setGeometry(0, 0, parent.width(), height)
        self.raise_()

    def _lines(self, text: str, width: int) -> float:
        """Return how many lines a text takes beside the buttons in a bar of so many pixels."""
        shown = [one for one in (self._more, self._act, self._dismiss) if one.isVisibleTo(self)]
        taken = sum(one.sizeHint().width() + SMALL for one in shown) + MEDIUM + SMALL
        metrics = self._text.fontMetrics()
        room = QRect(0, 0, max(width - taken, 1), 1 << 20)
        wrapped = metrics.boundingRect(room, Qt.TextFlag.TextWordWrap, text)
        return wrapped.height() / metrics.lineSpacing()

    def _shortened(self, width: int) -> str:
        """Return as much of the sentence's beginning as the lines have room for."""
        fits, too_long = 0, len(self._sentence)
        while too_long - fits > 1:
            middle = (fits + too_long) // 2
            if self._lines(f"{self._sentence[:middle]} …", width) <= _MOST_LINES:
                fits = middle
            else:
                too_long = middle
        return f"{self._sentence[:fits].rpartition(' ')[0]} …"

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep as wide as the parent."""
        if event.type() is QEvent.Type.Resize and not self.isHidden():
            self._settle()
        return super().eventFilter(watched, event)

    def showEvent(self, event: QShowEvent) -> None:
        """Say how much is covered."""
        super().showEvent(event)
        self.height_changed.emit(self.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Say how much is covered."""
        super().resizeEvent(event)
        self.height_changed.emit(self.height())

    def hideEvent(self, event: QHideEvent) -> None:
        """Say that nothing is covered."""
        super().hideEvent(event)
        self.height_changed.emit(0)

    def _on_more_clicked(self) -> None:
        self._passing.stop()
        self._is_whole = True
        self._settle()

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
