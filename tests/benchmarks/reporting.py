"""What reporting costs: epochs that tell the window how far they are, beside silent ones.

Reported and silent epochs of one training take turns in one process, so that nothing else differs.
"""

from __future__ import annotations

from graph.datasets import SAMPLE
from tests.benchmarks.harness import Goal, Result, Row, median, ratio
from tests.benchmarks.training import Plan, trainer

# epochs in fours, after four that are left out
_PLANS = (Plan("mlp", 64, validation="test"), Plan("cnn", 16, validation="test"))
_QUICK = (Plan("mlp", 8, 1024, SAMPLE, "test"),)


def run(*, quick: bool) -> Result:
    """Measure each model in a process of its own."""
    rows: list[Row] = []
    for plan in _QUICK if quick else _PLANS:
        with trainer(plan) as trained:
            found = trained.reported()
        name = plan.template.upper()
        reported, reported_work = zip(*found["reported"], strict=True)
        silent, silent_work = zip(*found["silent"], strict=True)
        rows += [
            median(f"{name}, an epoch that is reported", reported, "s", of="epochs"),
            median(f"{name}, a silent epoch", silent, "s", of="epochs"),
            ratio(f"{name}: reported ÷ silent", reported, silent, Goal(1.02)),
            ratio(f"{name}: the same in processor time", reported_work, silent_work, Goal(1.02)),
        ]
    return Result(
        "Cost of reporting",
        rows,
        [
            (
                "Progress about eight times a second and each epoch's values are encoded and sent "
                "to another process, as the engine does; backups and gradients are not in it: they "
                "are in “window ÷ program alone” above."
            )
        ],
    )
