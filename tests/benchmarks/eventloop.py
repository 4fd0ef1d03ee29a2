"""How late the window's event loop is while the MLP trains at full speed and its curves are drawn.

A timer of 5 ms in the window's thread takes down how late each tick comes. While the thread is
busy for 50 ms only one tick is late, though whatever a person did in those 50 ms had to wait; so
each tick that should have come in between counts, with the time that it would have waited.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from graph.datasets import SAMPLE
from tests.benchmarks.harness import Goal, Result, Row, quantile, say
from tests.benchmarks.training import Plan, trainer

if TYPE_CHECKING:
    from collections.abc import Sequence

_RUNS, _IDLE = 5, 5.0
_STEP = 5.0  # ms between two ticks, as in children/window_training.py
_GOALS = {0.5: None, 0.99: Goal(25), 1.0: Goal(100)}
_NAMES = {0.5: "median", 0.99: "99th percentile", 1.0: "longest"}


def run(*, quick: bool) -> Result:
    """Measure an idle window and one that trains, several times; all delays are pooled."""
    plan = Plan("mlp", 2, 1024, SAMPLE) if quick else Plan("mlp", 6)
    runs = 1 if quick else _RUNS
    idle: list[list[float]] = []
    training: list[list[float]] = []
    seconds = 0.0
    began: list[str] = []
    with trainer(plan) as trained:
        for number in range(1, runs + 1):
            found = trained.in_window(idle=0.5 if quick else _IDLE, tick=True)
            idle.append(waits(found["idle"]))
            training.append(waits(found["training"]))
            seconds += found["seconds"]
            began.append(f"{found['longest_at']:.1f}")
            say(f"run {number} of {runs}: longest delay {max(training[-1]):.1f} ms")
    return Result(
        "Delay of the window's event loop while training",
        [*_rows("training", training, goals=True), *_rows("idle", idle, goals=False)],
        [
            (
                f"{runs} trainings of the MLP from Train to the end of the run, {seconds:.0f} s "
                "altogether; the value is that of all delays, the spread that of the runs."
            ),
            f"The longest delay of each run began {', '.join(began)} s after Train.",
            (
                "Idle: the same window with a warm engine before Train, which shows what the "
                "machine itself is late by."
            ),
        ],
    )


def waits(late: Sequence[float]) -> list[float]:
    """Return what a tick every 5 ms would have waited, those that were left out included (ms)."""
    found: list[float] = []
    for delay in late:
        found.append(delay)
        found.extend(delay - _STEP * missed for missed in range(1, int(delay // _STEP) + 1))
    return found


def _rows(when: str, runs: list[list[float]], *, goals: bool) -> list[Row]:
    pooled = sorted(delay for run in runs for delay in run)
    rows = []
    for share, name in _NAMES.items():
        each = [quantile(sorted(run), share) for run in runs]
        goal = _GOALS[share] if goals else None
        value = quantile(pooled, share)
        rows.append(
            Row(f"{when}, {name}", value, min(each), max(each), "ms", len(pooled), "ticks", goal)
        )
    return rows
