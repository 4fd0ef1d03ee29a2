"""From Train to the first batch, when the engine has imported Keras already."""

from __future__ import annotations

from graph.datasets import SAMPLE
from tests.benchmarks.harness import Goal, Result, median, rounds
from tests.benchmarks.training import Plan, trainer

_RUNS = 7
_GOAL = Goal(2)


def run(*, quick: bool) -> Result:
    """Measure the first training in fresh windows."""
    rows = []
    for name in ("mlp",) if quick else ("mlp", "cnn"):
        plan = Plan(name, 1, 1024 if quick else 6400, SAMPLE) if quick else Plan(name, 1, 6400)
        with trainer(plan) as trained:
            (found,) = rounds(1 if quick else _RUNS, lambda: trained.in_window()["first_batch"])
        rows.append(median(f"Train to the first batch, {name.upper()}", found, "s", _GOAL))
    return Result(
        "Train to first batch with a warm engine",
        rows,
        [
            (
                "Ends when the window hears of the first progress: the run directory is made, the "
                "data loaded, the model built and compiled, and some batches done (one execution "
                "of `steps_per_execution`). A fresh window and its first training each time."
            ),
        ],
    )
