"""Train in the window as a person does, and say when what happened and how late the window was.

`window_training.py FILE IDLE TICK`: opens FILE, waits until the engine is warm, stays idle for
IDLE seconds, presses Train, and prints one line of JSON when the run is over:

- `first_batch`: seconds from Train to the first report that batches are done;
- `epoch_ends`: when the window heard that an epoch was over (seconds, any origin);
- `idle`, `training`: with TICK, how late a timer of 5 ms came each time (ms);
- `longest_at`: when in the training the latest of these ticks was due (seconds from Train).
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QTimer

from gui.app import application, build_window
from gui.runner import State

STEP = 5  # ms between two ticks


class Ticks(QObject):
    """A timer that takes down by how much each of its ticks is late."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.late: list[float] = []
        self.longest_at = 0.0
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(STEP)
        self._timer.timeout.connect(self._on_timeout)

    def start(self) -> None:
        """Begin a new list."""
        self.late = []
        self._last = self._began = time.perf_counter()
        self._timer.start()

    def stop(self) -> list[float]:
        """End, and return the list."""
        self._timer.stop()
        return self.late

    def _on_timeout(self) -> None:
        now = time.perf_counter()
        late = max(0.0, (now - self._last) * 1e3 - STEP)
        if late >= max(self.late, default=0.0):
            self.longest_at = self._last - self._began
        self.late.append(late)
        self._last = now


class Session(QObject):
    """One training in one window."""

    def __init__(self, file: Path, idle: float, *, tick: bool) -> None:
        super().__init__()
        self.window = build_window(application())
        self.found: dict[str, object] = {"epoch_ends": []}
        self.error = ""
        self._idle, self._tick = idle, tick
        self._ticks = Ticks(self)
        self._waiting = True
        runner = self.window.runner
        runner.state_changed.connect(self._on_state_changed)
        runner.progressed.connect(self._on_progressed)
        runner.epoch_ended.connect(self._on_epoch_ended)
        runner.finished.connect(self._on_finished)
        runner.failed.connect(lambda failure: self._end(failure.sentence + failure.traceback))
        self.window.show()
        self.window.document.open(file)
        self.window.show_canvas()

    def _on_state_changed(self, state: State, sentence: str) -> None:
        if state is State.FAILED:
            self._end(sentence)
        elif state is State.READY and self._waiting:
            self._waiting = False
            QTimer.singleShot(300, self._begin_idle)  # what comes with being ready is over

    def _begin_idle(self) -> None:
        if self._tick:
            self._ticks.start()
        QTimer.singleShot(round(self._idle * 1e3), self._train)

    def _train(self) -> None:
        if self._tick:
            self.found["idle"] = self._ticks.stop()
            self._ticks.start()
        self._began = time.perf_counter()
        self.window.actions_by_id["model.train"].trigger()
        if not self.window.runner.is_training:
            self._end("Train was refused: the drawing has errors.")

    def _on_progressed(self, _progress: object) -> None:
        self.found.setdefault("first_batch", time.perf_counter() - self._began)

    def _on_epoch_ended(self, _epoch: object) -> None:
        ends = self.found["epoch_ends"]
        assert isinstance(ends, list)
        ends.append(time.perf_counter())

    def _on_finished(self, reason: str, _run: object) -> None:
        if self._tick:
            self.found["training"] = self._ticks.stop()
            self.found["longest_at"] = self._ticks.longest_at
        self.found["seconds"] = time.perf_counter() - self._began
        self._end("" if reason == "completed" else reason)

    def _end(self, error: str) -> None:
        self.error = error
        self.window.close()
        application().quit()


def main(file: str, idle: str, tick: str) -> int:
    """Run the session and print what it found."""
    session = Session(Path(file), float(idle), tick=tick == "tick")
    application().exec()
    if session.error:
        sys.stderr.write(session.error + "\n")
        return 1
    sys.stdout.write(json.dumps(session.found) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))
