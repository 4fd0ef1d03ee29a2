"""Predictions for the window: one question after the other, and of those that wait the newest.

A pad asks faster than an engine may answer. One question is under way at a time; while it is, a
newer one takes the place of the one that waits, so that strokes never queue up. The engine takes
about a millisecond for a small network, and is busy for minutes while it trains.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from gui.runner import Failure

if TYPE_CHECKING:
    from engine.client import Engine
    from engine.protocol import Predict, Predicted
    from gui.runner import Runner


class Predicting(QObject):
    """Asks a trained model by way of the runner.

    Signals, both emitted in the window's thread:
        answered(protocol.Predict, protocol.Predicted): a question and its answer.
        refused(protocol.Predict, Failure): there is no answer, and why.
    """

    answered = Signal(object, object)
    refused = Signal(object, object)

    def __init__(self, runner: Runner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._runner = runner
        self._newest: deque[Predict] = deque(maxlen=1)
        self._asked: Predict | None = None
        self._under_way = False

    @property
    def is_asking(self) -> bool:
        """Say whether an answer is still to come."""
        return self._under_way

    def ask(self, question: Predict) -> None:
        """Ask, as soon as the question before is answered; it replaces one that still waits."""
        self._newest.append(question)
        if not self._under_way:
            self._send()

    def _send(self) -> None:
        self._under_way, self._asked = True, None
        self._runner.ask(self._call, self._take)

    def _call(self, engine: Engine) -> Predicted:
        """Runs in the background, maybe long after it was asked for: the newest is wanted."""
        self._asked = self._newest.pop()
        return engine.predict(self._asked)

    def _take(self, answer: object) -> None:
        self._under_way = False
        question = self._asked
        if question is None:  # there is no engine to ask, nor for the next question
            question = self._newest.pop()
        elif self._newest:
            self._send()
        tells = self.refused if isinstance(answer, Failure) else self.answered
        tells.emit(question, answer)
