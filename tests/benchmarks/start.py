"""From the start of the process to a window that can be used."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from graph import projectfile
from tests.benchmarks import drawings, processes
from tests.benchmarks.harness import Goal, Result, median, ratio, rounds

_RUNS = 11


def run(*, quick: bool) -> Result:
    """Measure `layerloom FILE` beside an empty Qt window."""
    with tempfile.TemporaryDirectory(prefix="benchmark-") as made:
        folder = Path(made)
        file = folder / "cnn.loom"
        projectfile.write(file, drawings.template("cnn"))
        if not quick:  # both once unmeasured: the disk's cache is warm in each run
            seconds("", folder)
            seconds(str(file), folder)
        ours, bare = rounds(
            1 if quick else _RUNS,
            lambda: seconds(str(file), folder),
            lambda: seconds("", folder),
        )
    return Result(
        "Start to usable window",
        [
            median("`layerloom FILE` to the painted drawing", ours, "s", Goal(1.2)),
            median("an empty Qt window, for comparison", bare, "s"),
            ratio("the one ÷ the other", ours, bare),
        ],
        [
            (
                "Ends when the drawing has been painted and the event loop is free again. In none "
                "of the runs was Keras or TensorFlow imported in the window's process by then."
            ),
        ],
    )


def seconds(file: str, folder: Path) -> float:
    """Return how long it takes from before the process is made until its window can be used.

    Raises RuntimeError if Keras or TensorFlow is in that process.
    """
    began = time.time()  # the clock that both processes share
    found = processes.run("window_start", *([file] if file else []), ours=True, folder=folder)
    if found["keras"]:
        raise RuntimeError(f"The window's process has imported {', '.join(found['keras'])}.")
    return float(found["usable"]) - began
