"""Evaluations and samples for the window, by way of the runner: one at a time, never waited for."""

from __future__ import annotations

import threading
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from shiboken6 import isValid

from engine import protocol
from engine.client import ProgramFailed
from engine.evaluating import Evaluation, doubt_of, judged, outputs_of, request_for
from gui.runner import Failure

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from engine.client import Engine
    from gui.parts.mapchoices import Opened
    from gui.runner import Runner

STOPPED = "The evaluation was stopped."


class Asking(QObject):
    """Asks for evaluations and for samples.

    Signals, all emitted in the window's thread:
        advanced(int, int): so much is done, of so much in all.
        evaluated(Evaluation): the answer to the newest `evaluate`.
        samples_came(object, protocol.SamplesReady): the answer to `fetch`, with its key.
        refused(Failure): an evaluation has failed or was stopped.
        samples_refused(object, Failure): samples can't be had, with their key.
    """

    advanced = Signal(int, int)
    evaluated = Signal(object)
    samples_came = Signal(object, object)
    refused = Signal(object)
    samples_refused = Signal(object, object)

    def __init__(self, runner: Runner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._runner = runner
        self._lock = threading.Lock()
        self._engine: Engine | None = None  # that evaluates now
        self._stopped = False
        self._waiting: dict[str, tuple[object, protocol.Samples]] = {}  # by who asks
        self._fetches = False
        self.is_evaluating = False

    def evaluate(self, opened: Opened, weights: Path) -> None:
        """Evaluate a run with these weights on the test set; one evaluation at a time."""
        if self.is_evaluating:
            return
        self.is_evaluating, self._stopped = True, False
        self._runner.ask(partial(self._evaluate, opened, weights), self._take)

    def stop(self) -> None:
        """End the evaluation."""
        with self._lock:
            self._stopped = True
            if self._engine is not None:
                self._engine.stop()

    def fetch(self, who: str, key: object, of: protocol.Evaluate, indices: Sequence[int]) -> None:
        """Fetch samples with the model's outputs; replaces a wish of the same that still waits."""
        request = protocol.Samples(
            program=of.program,
            folder=of.folder,
            weights=of.weights,
            part=of.part,
            indices=[int(index) for index in indices],
            outputs=True,
        )
        self._waiting[who] = (key, request)
        if not self._fetches:
            self._send()

    def _evaluate(self, opened: Opened, weights: Path, engine: Engine) -> Evaluation:
        """Runs in the background, and computes the figures there too."""
        request = request_for(opened.run, opened.project, weights)
        with self._lock:
            if self._stopped:
                raise ProgramFailed(protocol.Failed(sentence=STOPPED, line=None, traceback=""))
            self._engine = engine
        try:
            answer = engine.evaluate(request, self._advance)
        except ProgramFailed:
            if not self._stopped:
                raise
            stopped = protocol.Failed(sentence=STOPPED, line=None, traceback="")
            raise ProgramFailed(stopped) from None
        finally:
            with self._lock:
                self._engine = None
        outputs = outputs_of(opened.project, opened.report)
        return judged(request, answer, outputs, doubt_of(opened.run, opened.project))

    def _advance(self, done: int, total: int) -> None:
        self.advanced.emit(done, total)
        if self._stopped:  # it was pressed before the engine had the request
            self.stop()

    def _take(self, answer: object) -> None:
        self.is_evaluating = False
        if not isValid(self):  # the panel has gone
            return
        if isinstance(answer, Failure):
            self.refused.emit(answer)
        else:
            self.evaluated.emit(answer)

    def _send(self) -> None:
        if not self._waiting:
            return
        key, request = self._waiting.pop(next(iter(self._waiting)))
        self._fetches = True
        self._runner.ask(lambda engine: engine.samples(request), partial(self._take_samples, key))

    def _take_samples(self, key: object, answer: object) -> None:
        self._fetches = False
        if not isValid(self):  # the panel has gone
            return
        if isinstance(answer, Failure):
            self.samples_refused.emit(key, answer)
        else:
            self.samples_came.emit(key, answer)
        self._send()
