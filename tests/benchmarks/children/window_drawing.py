"""Train in the window, then draw on its pad, and say how long each stroke's answer took.

`window_drawing.py FILE STROKES`: opens FILE, trains it, brings the pad to the front, draws so many
strokes, each on an empty pad, with a point every 8 ms as a mouse gives them, and prints one line
of JSON:

- `painted`: seconds from the last point of each stroke until prediction and maps of what is then
  on the pad were painted;
- `predicted`: seconds that the model itself took, in the engine;
- `during`: how many answers were shown while each stroke was still being drawn;
- `maps`: the shape of the maps.
"""

from __future__ import annotations

import json
import math
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QEvent, QObject, QPointF, Qt, QTimer
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication

from gui.app import application, build_window
from gui.runner import State

if TYPE_CHECKING:
    from engine.protocol import Predict, Predicted

_POINTS = 30  # of a stroke
_STEP = 8  # ms between two points
_REST = 120  # ms between two strokes


class Hand(QObject):
    """Trains, draws stroke after stroke, and takes the times down."""

    def __init__(self, file: Path, strokes: int) -> None:
        super().__init__()
        self.window = build_window(application())
        self.found: dict[str, list[float]] = {"painted": [], "predicted": [], "during": []}
        self.error = ""
        self._strokes, self._waiting = strokes, True
        self._stroke, self._point = 0, 0
        self._answer: Predicted | None = None
        self._ends = 0.0  # when the last point was drawn; 0 while the stroke goes on
        self._during = 0
        self._mouse = QTimer(self, interval=_STEP, timerType=Qt.TimerType.PreciseTimer)
        self._mouse.timeout.connect(self._move)
        runner = self.window.runner
        runner.state_changed.connect(self._on_state_changed)
        runner.finished.connect(lambda *_: QTimer.singleShot(500, self._open_pad))
        runner.failed.connect(lambda failure: self._end(failure.sentence))
        self.window.show()
        self.window.document.open(file)
        self.window.show_canvas()

    def _on_state_changed(self, state: State, sentence: str) -> None:
        if state is State.FAILED:
            self._end(sentence)
        elif state is State.READY and self._waiting:
            self._waiting = False
            self.window.actions_by_id["model.train"].trigger()

    def _open_pad(self) -> None:
        self.window.show_panel("pad")
        self.panel = self.window.panels["pad"].made()
        self.sheet = self.panel.body.sheet
        self.panel.shown.connect(self._on_shown)
        self.panel.body.grid.installEventFilter(self)
        QTimer.singleShot(1500, self._begin)  # the run is opened and its model loaded

    def _begin(self) -> None:
        self.sheet.clear()
        self._point, self._ends, self._during = 0, 0.0, 0
        QTimer.singleShot(_REST, self._mouse.start)

    def _move(self) -> None:
        """Draw the next point of an arc that is another one in each stroke."""
        turn = 2 * math.pi * (self._point / _POINTS + 0.37 * self._stroke)
        wide = 0.2 + 0.15 * (self._stroke % 3)
        size = min(self.sheet.width(), self.sheet.height())
        at = QPointF(0.5 + wide * math.cos(turn), 0.5 + 0.35 * math.sin(turn)) * size
        kinds = QEvent.Type
        if self._point == _POINTS - 1:
            self._mouse.stop()
            self._ends = time.perf_counter()
        self._send(kinds.MouseMove if self._point else kinds.MouseButtonPress, at)
        self._point += 1
        if self._ends:
            self._send(kinds.MouseButtonRelease, at)

    def _send(self, kind: QEvent.Type, at: QPointF) -> None:
        left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
        button = none if kind is QEvent.Type.MouseMove else left
        held = none if kind is QEvent.Type.MouseButtonRelease else left
        place = QPointF(self.sheet.mapToGlobal(at))
        event = QMouseEvent(kind, at, place, button, held, Qt.KeyboardModifier.NoModifier)
        QApplication.sendEvent(self.sheet, event)

    def _on_shown(self, question: Predict, answer: Predicted) -> None:
        if not self._ends:
            self._during += 1
        elif np.array_equal(question.inputs[0], self.panel.body.values()):
            self._answer = answer  # to what is on the pad now; it is painted next

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Wait for the paint that follows the answer; the timer comes when it is over."""
        if self._answer is not None and event.type() is QEvent.Type.Paint:
            answer, self._answer = self._answer, None
            QTimer.singleShot(0, lambda: self._take(answer))
        return False

    def _take(self, answer: Predicted) -> None:
        self.found["painted"].append(time.perf_counter() - self._ends)
        self.found["predicted"].append(answer.seconds)
        self.found["during"].append(self._during)
        self.found["maps"] = list(answer.maps.shape)
        self._stroke += 1
        if self._stroke < self._strokes:
            self._begin()
        else:
            self._end("")

    def _end(self, error: str) -> None:
        self.error = error
        self.window.close()
        application().quit()


def main(file: str, strokes: str) -> int:
    """Draw and print what was found."""
    hand = Hand(Path(file), int(strokes))
    application().exec()
    if hand.error:
        sys.stderr.write(hand.error + "\n")
        return 1
    sys.stdout.write(json.dumps(hand.found) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))
