"""Run a program by itself and tell how it goes: a script for a process of its own.

    python alone.py DATA_FOLDER EPOCHS

It uses nothing of ours, and takes care that the program can't either: it only imports
``program.py`` from the working directory, as anybody could, and calls its ``main``. EPOCHS 0 lets
the program end by itself; otherwise it is cut off after so many.

Standard output carries a JSON object a line: ``{"epochs": 10}``, ``{"epoch": 0, "step": 8,
"steps": 32}``, ``{"epoch": 0, "logs": {…}}``, ``{"scores": {…}}``, ``{"error": "…"}``. What the
program prints goes to standard error. The end of standard input ends the process.
"""

import importlib
import json
import os
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

_INTERVAL = 0.2  # seconds between two messages of where an epoch is


class _Enough(BaseException):
    """As many epochs as were asked for; not an Exception, so that programs let it pass."""


def _forget_ours() -> None:
    """Take our own folders off the path, and let nobody import what we are installed as."""
    here = Path(__file__).resolve().parent
    ours = {here, here.parent}
    sys.path[:] = [entry for entry in sys.path if Path(entry or ".").resolve() not in ours]
    sys.path.insert(0, str(Path.cwd()))  # as for a script that lies there
    sys.modules["layerloom"] = None  # type: ignore[assignment]  # how Python is told to refuse it


def _end_with_parent() -> None:
    while os.read(0, 1024):  # not sys.stdin: its lock would be held when Python ends
        pass
    os._exit(1)


def _reporter(send: Callable[[dict[str, object]], None], most: int) -> Any:  # noqa: ANN401 - Keras carries no types
    import keras  # noqa: PLC0415 - it takes seconds, and only after the path is clean

    class Reporter(keras.callbacks.Callback):  # type: ignore[misc]  # as above
        """Tells of each epoch, and of where it is; draws no random number."""

        epoch, sent = 0, 0.0

        def on_train_begin(self, logs: Any = None) -> None:  # noqa: ANN401, ARG002 - Keras's signature
            epochs = int(self.params["epochs"])
            send({"epochs": min(epochs, most) if most else epochs})

        def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:  # noqa: ANN401, ARG002 - as above
            self.epoch = epoch

        def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:  # noqa: ANN401, ARG002 - as above
            now = time.monotonic()
            if now - self.sent >= _INTERVAL:
                self.sent = now
                send({"epoch": self.epoch, "step": batch, "steps": self.params.get("steps")})

        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:  # noqa: ANN401 - as above
            values = {name: float(value) for name, value in (logs or {}).items()}
            send({"epoch": epoch, "logs": values})
            if most and epoch + 1 >= most:
                raise _Enough

    return Reporter()


def main(folder: str, most: int) -> None:
    """Run the program's ``main`` for at most so many epochs; 0 sets no limit."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)

    def send(message: dict[str, object]) -> None:
        answers.write(json.dumps(message) + "\n")
        answers.flush()

    try:
        program = importlib.import_module("program")
        _, _, scores = program.main(folder=folder, callbacks=(_reporter(send, most),))
        send({"scores": {name: float(value) for name, value in scores.items()}})
    except _Enough:
        pass
    except BaseException as error:
        send({"error": f"{type(error).__name__}: {error}"})
        raise


if __name__ == "__main__":
    _forget_ours()
    threading.Thread(target=_end_with_parent, daemon=True).start()
    main(sys.argv[1], int(sys.argv[2]))
