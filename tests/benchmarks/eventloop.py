"""How late the window's event loop is while the MLP trains at full speed and its curves are drawn.

A timer of 5 ms in the window's thread takes down how late each tick comes. While the thread is
busy for 50 ms only one tick is late, though whatever a person did in those 50 ms had to wait; so
each tick that should have come in between counts, with the time that it would have waited.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graph.datasets import SAMPLE
from tests.benchmarks.harness import Goal, Result, Row, quantile, say
from tests.benchmarks.training import Plan, trainer

if TYPE_CHECKING:
    from collections.abc import Sequence

_RUNS, _IDLE = 5, 5.0
_STEP = 5.0  # ms between two ticks, as in children/window_training.py
_GOALS = {0.99: Goal(25), 1.0: Goal(100)}
_GOALS_OF_TWO = {0.99: Goal(25)}
_NAMES = {0.5: "median", 0.99: "99th percentile", 1.0: "longest"}


class _Delays:
    """What the ticks of several trainings waited; the value of a row is that of all of them."""

    def __init__(self) -> None:
        self.idle: list[list[float]] = []
        self.training: list[list[float]] = []
        self.seconds = 0.0
        self.began: list[str] = []

    def add(self, found: dict[str, Any]) -> None:
        """Take what one window found."""
        self.idle.append(waits(found["idle"]))
        self.training.append(waits(found["training"]))
        self.seconds += found["seconds"]
        self.began.append(f"{found['longest_at']:.1f}")
        say(f"longest delay {max(self.training[-1]):.1f} ms")


def run(*, quick: bool) -> Result:
    """Measure an idle window, one that trains, and one that trains while another run does."""
    plan = Plan("mlp", 2, 1024, SAMPLE) if quick else Plan("mlp", 6)
    other = plan._replace(epochs=10_000)
    one, two = _Delays(), _Delays()
    with trainer(plan) as trained, trainer(other) as beside:
        for _ in range(1 if quick else _RUNS):
            one.add(trained.in_window(idle=0.5 if quick else _IDLE, tick=True))
            with beside.in_background():
                two.add(trained.in_window(idle=0.5, tick=True))
    return Result(
        "Delay of the window's event loop while training",
        [
            *_rows("training", one.training, _GOALS),
            *_rows("two runs train", two.training, _GOALS_OF_TWO),
            *_rows("idle", one.idle, {}),
        ],
        [
            (
                f"{len(one.training)} trainings of the MLP from Train to the end of the run, "
                f"{one.seconds:.0f} s altogether; the value is that of all delays, the spread "
                "that of the runs."
            ),
            f"The longest delay of each run began {', '.join(one.began)} s after Train.",
            (
                "Two runs: the same, while another process trains the same drawing's program; "
                f"{two.seconds:.0f} s altogether."
            ),
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


def _rows(when: str, runs: list[list[float]], goals: dict[float, Goal]) -> list[Row]:
    pooled = sorted(delay for run in runs for delay in run)
    rows = []
    for share, name in _NAMES.items():
        each = [quantile(sorted(run), share) for run in runs]
        value = quantile(pooled, share)
        rows.append(
            Row(
                f"{when}, {name}",
                value,
                min(each),
                max(each),
                "ms",
                len(pooled),
                "ticks",
                goals.get(share),
            )
        )
    return rows
