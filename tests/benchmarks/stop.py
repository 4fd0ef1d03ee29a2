"""From Stop to the engine's answer, with the weights written, in the middle of a training."""

from __future__ import annotations

from graph.datasets import SAMPLE
from tests.benchmarks.harness import Goal, Result, median
from tests.benchmarks.training import Plan, trainer

_TIMES = 9
_GOAL = Goal(1)
_ENDLESS = 5000  # epochs


def run(*, quick: bool) -> Result:
    """Stop trainings in one warm engine for each model."""
    rows = []
    for name in ("mlp",) if quick else ("mlp", "cnn"):
        with trainer(Plan(name, _ENDLESS, source=SAMPLE)) as trained:
            found = trained.stopped(2 if quick else _TIMES)
        rows.append(median(f"Stop to its answer, {name.upper()}", found, "s", _GOAL))
    return Result(
        "From Stop to its answer",
        rows,
        [
            (
                "Asked 0.5 s after the first progress of a training on the bundled sample; ends "
                "when the engine has answered, with the weights written."
            ),
        ],
    )
