"""Training rate: in the window, of the same program alone, of a plain fit, and of the lecture's.

The four take turns, each in a fresh process, on the same images with the same model; the test
set is the validation set, as in the lecture, so that an epoch is the same work for all.
"""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path

from graph.datasets import SAMPLE
from graph.project import Augmentation
from tests.benchmarks.harness import Goal, Result, Row, median, ratio, rounds
from tests.benchmarks.training import Plan, rate, trainer

_PAIRS = 5
# the epochs of the MLP are short, so it gets more of them
_PLANS = (
    (Plan("mlp", 16, validation="test"), Goal(1.5, at_least=True), Goal(2, at_least=True)),
    (Plan("cnn", 3, validation="test"), Goal(1.1, at_least=True), Goal(1.1, at_least=True)),
)
# the same variations as in `children/train_alone.py`
_VARIED = Augmentation("online", flip="horizontal", shift=0.1, zoom=0.1)
_AUGMENTED = Plan("cnn", 4, validation="test", augmentation=_VARIED)
_QUICK = ((Plan("mlp", 2, 1024, SAMPLE, "test"), *_PLANS[0][1:]),)


def run(*, quick: bool) -> Result:
    """Measure each model."""
    rows: list[Row] = []
    for plan, *goals in _QUICK if quick else _PLANS:
        rows += _rows(plan, goals, 1 if quick else _PAIRS)
    if not quick:
        rows += _augmented_rows(_AUGMENTED, _PAIRS)
    return Result(
        "Training rate",
        rows,
        [
            (
                "Images a second from the end of the first epoch to the end of the last (MLP 16 "
                "epochs, CNN 3, augmented 4), with validation and checkpoint, a fresh process each "
                "time."
            ),
            (
                "“Plain fit”: `model.fit` on float32 arrays with one-hot labels, batches of 128, "
                "rmsprop, validation on the test set, best weights saved, without progress bar. "
                "“The lecture's fit” is that with `verbose=1` and the whole model saved, as on "
                "the slide."
            ),
            (
                "The augmented CNN flips, shifts by up to 10 % and zooms by up to 10 %: online in "
                "the program's batches; beside it the same model in a plain fit, with RandomFlip, "
                "RandomTranslation and RandomZoom in front of it, or with the lecture's "
                "ImageDataGenerator, which needs SciPy (a folder with it in $BENCHMARK_PATH)."
            ),
        ],
    )


def _augmented_rows(plan: Plan, pairs: int) -> list[Row]:
    """Compare online augmentation with the lecture's ways, and with none at all."""
    ways = ["layers", *(["generator"] if _has_scipy() else [])]
    names = {"layers": "Keras's layers in the model", "generator": "ImageDataGenerator"}
    with trainer(plan) as varied, trainer(plan._replace(augmentation=Augmentation())) as plain:
        images = varied.images
        ours, without, *theirs = rounds(
            pairs,
            lambda: rate(varied.alone(), images),
            lambda: rate(plain.alone(), images),
            *(lambda way=way: rate(varied.by_the_lecture(way), images) for way in ways),
        )
    rows = [median("augmented CNN, the program", ours, "images/s")]
    for way, found in zip(ways, theirs, strict=True):
        goal = Goal(1.5, at_least=True) if way == "generator" else None
        rows.append(median(f"augmented CNN, {names[way]}", found, "images/s"))
        rows.append(ratio(f"augmented CNN: program ÷ {names[way]}", ours, found, goal))
    return [*rows, ratio("CNN: augmented ÷ plain program", ours, without)]


def _has_scipy() -> bool:
    """Say whether ImageDataGenerator finds what it turns and shifts images by."""
    places = os.environ.get("BENCHMARK_PATH", "").split(os.pathsep)
    return find_spec("scipy") is not None or any((Path(p) / "scipy").is_dir() for p in places if p)


def _rows(plan: Plan, goals: list[Goal], pairs: int) -> list[Row]:
    name = plan.template.upper()
    with trainer(plan) as trained:
        images = trained.images
        window, alone, plain, lecture = rounds(
            pairs,
            lambda: rate(trained.in_window(), images),
            lambda: rate(trained.alone(), images),
            lambda: rate(trained.by_the_lecture("plain"), images),
            lambda: rate(trained.by_the_lecture(), images),
        )
    return [
        median(f"{name} in the window", window, "images/s"),
        median(f"{name}, the same program alone", alone, "images/s"),
        median(f"{name}, plain fit", plain, "images/s"),
        median(f"{name}, the lecture's fit", lecture, "images/s"),
        ratio(f"{name}: window ÷ program alone", window, alone, Goal(0.97, at_least=True)),
        ratio(f"{name}: window ÷ plain fit", window, plain, goals[0]),
        ratio(f"{name}: window ÷ the lecture's fit", window, lecture, goals[1]),
    ]
