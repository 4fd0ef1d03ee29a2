"""Train a program, reporting in every other epoch, and say how long each epoch took.

`reported_training.py PROGRAM FOLDER`: runs the program's `main` as the engine does, and encodes
and sends the same events to another process. The epochs take turns in both orders: reported,
silent, silent, reported, …; the first four are left out, since TensorFlow still compiles.

Prints one line of JSON with `reported` and `silent`: for each epoch the seconds, validation
included, and the seconds of processor time, of all threads together.
"""

from __future__ import annotations

import json
import runpy
import subprocess
import sys
import time
from typing import Any

from engine import protocol
from engine.channel import Job
from engine.protocol import Event, Quit
from engine.reporting import Reporter

_LEFT_OUT = 4
_DRAIN = "import sys\nwhile sys.stdin.buffer.read1(65536): pass"


class Alternating(Reporter):
    """A reporter that is silent in half of the epochs, and notes each one's time."""

    def __init__(self, pipe: Any) -> None:
        super().__init__(Job(Quit()), self._write)
        self._pipe = pipe
        self._is_on = True
        self._from = 0.0, 0.0
        self.seconds: dict[str, list[tuple[float, float]]] = {"reported": [], "silent": []}

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Begin to count."""
        self._from = time.perf_counter(), time.process_time()
        self._is_on = epoch % 4 in {0, 3}
        if self._is_on:
            super().on_epoch_begin(epoch, logs)

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        """Report, or don't."""
        if self._is_on:
            super().on_train_batch_begin(batch, logs)

    def on_test_begin(self, logs: Any = None) -> None:
        """Report, or don't; `main` evaluates after the last epoch, too."""
        if self._is_on:
            super().on_test_begin(logs)

    def on_test_batch_begin(self, batch: int, logs: Any = None) -> None:
        """Report, or don't."""
        if self._is_on:
            super().on_test_batch_begin(batch, logs)

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Note how long the epoch took."""
        if self._is_on:
            super().on_epoch_end(epoch, logs)
        if epoch >= _LEFT_OUT:
            began, before = self._from
            taken = time.perf_counter() - began, time.process_time() - before
            self.seconds["reported" if self._is_on else "silent"].append(taken)

    def _write(self, event: Event) -> None:
        self._pipe.write(protocol.encode(event))
        self._pipe.flush()


def main(source: str, folder: str) -> None:
    """Train, and print the times."""
    with subprocess.Popen([sys.executable, "-c", _DRAIN], stdin=subprocess.PIPE) as reader:
        reporter = Alternating(reader.stdin)
        runpy.run_path(source)["main"](folder=folder, callbacks=(reporter,))
    sys.stdout.write("\n" + json.dumps(reporter.seconds) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
