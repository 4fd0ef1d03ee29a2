"""Training rate: in the window, of the same program alone, and of the lecture's plain fit.

The three take turns, each in a fresh process, on the same images with the same model; the test
set is the validation set, as in the lecture, so that an epoch is the same work for all three.
"""

from __future__ import annotations

from graph.datasets import SAMPLE
from tests.benchmarks.harness import Goal, Result, Row, median, ratio, rounds
from tests.benchmarks.training import Plan, rate, trainer

_PAIRS = 7
# the epochs of the MLP are short, so it gets more of them
_PLANS = (
    (Plan("mlp", 24, validation="test"), Goal(1.5, at_least=True)),
    (Plan("cnn", 4, validation="test"), Goal(1.1, at_least=True)),
)
_QUICK = ((Plan("mlp", 2, 1024, SAMPLE, "test"), Goal(1.5, at_least=True)),)


def run(*, quick: bool) -> Result:
    """Measure each model."""
    rows: list[Row] = []
    for plan, goal in _QUICK if quick else _PLANS:
        rows += _rows(plan, goal, 1 if quick else _PAIRS)
    return Result(
        "Training rate",
        rows,
        [
            (
                "Images a second from the end of the first epoch to the end of the last (MLP 24 "
                "epochs, CNN 4), with validation and checkpoint, a fresh process each time."
            ),
            (
                "“Plain fit”: `model.fit` on float32 arrays with one-hot labels, batches of 128, "
                "rmsprop, validation on the test set, best weights saved; without progress bar, "
                "which makes it faster than on the slide."
            ),
        ],
    )


def _rows(plan: Plan, goal: Goal, pairs: int) -> list[Row]:
    name = plan.template.upper()
    with trainer(plan) as trained:
        images = trained.images
        window, alone, lecture = rounds(
            pairs,
            lambda: rate(trained.in_window(), images),
            lambda: rate(trained.alone(), images),
            lambda: rate(trained.by_the_lecture(), images),
        )
    return [
        median(f"{name} in the window", window, "images/s"),
        median(f"{name}, the same program alone", alone, "images/s"),
        median(f"{name}, plain fit", lecture, "images/s"),
        ratio(f"{name}: window ÷ program alone", window, alone, Goal(0.97, at_least=True)),
        ratio(f"{name}: window ÷ plain fit", window, lecture, goal),
    ]
