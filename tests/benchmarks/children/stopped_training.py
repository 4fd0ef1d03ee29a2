"""Train a file's drawing and stop it, again and again, and say how long each answer took.

`stopped_training.py FILE TIMES` prints a line of JSON with `seconds`, a list.
"""

from __future__ import annotations

import json
import sys
import tempfile
import threading
import time
from pathlib import Path

from codegen import emit
from engine.client import Engine
from engine.launch import prepare
from engine.protocol import Progress
from graph import datasets, projectfile
from graph.inference import infer

_LATER = 0.5  # seconds after the first progress


def main(file: Path, times: int) -> None:
    """Stop so many trainings."""
    project = projectfile.read(file)
    program = emit(project, infer(project))
    seconds = []
    with Engine.start() as engine, tempfile.TemporaryDirectory() as runs:
        ready = engine.wait_ready()
        for _ in range(times):
            _, request = prepare(Path(runs), project, program, ready, datasets.find_data(project))
            seconds.append(_stopped(engine, request))
    sys.stdout.write(json.dumps({"seconds": seconds}) + "\n")


def _stopped(engine: Engine, request: object) -> float:
    asked: list[float] = []

    def stop() -> None:
        asked.append(time.perf_counter())
        engine.stop()

    timer = threading.Timer(_LATER, stop)
    for event in engine.train(request):  # type: ignore[arg-type]  # what `prepare` made
        if isinstance(event, Progress) and not asked and not timer.is_alive():
            timer.start()
    return time.perf_counter() - asked[0]


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
