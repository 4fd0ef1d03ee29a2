"""What doesn't fit within the training plan, each in a sentence with its numbers.

One small function a rule, as in `graph.misfits`. The forms ask the same functions, so that the
plan and the list of problems say the same.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from graph import callbacks, classweights, schedules
from graph.amounts import steps_per_epoch
from graph.datasets import LABEL
from graph.objects import OWN, fault
from graph.params import Named
from graph.problems import Problem, Severity
from graph.project import Checkpoint

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from graph.columns import Bindings
    from graph.project import Project, Training

_error = partial(Problem, severity=Severity.ERROR)
_warning = partial(Problem, severity=Severity.WARNING)

_EARLY, _LATE = 0.8, 1.25  # shares of a training after which a schedule may end
_NOW = {"acc": "accuracy", "val_acc": "val_accuracy"}  # what Keras 3 calls them


class Trouble(NamedTuple):
    """What is wrong with a field, and the text that would be right, if there is one."""

    sentence: str
    repair: str | None = None


def plan_misfits(project: Project, bound: Bindings, names: tuple[str, ...]) -> Iterator[Problem]:
    """Yield what is wrong with the training plan. `names`: what Keras records, of validation last.

    Errors are what Keras refuses or what stops the program.
    """
    yield from _checkpoint_misfits(project.training.checkpoint, names)
    yield from _rate_misfits(project.training)
    yield from _schedule_misfits(project.training, steps_per_epoch(project.training, bound))
    for callback in project.training.callbacks:
        yield from callback_misfits(callback, project.training, names)
    yield from _weight_misfits(project, bound)
    yield from _precision_misfits(project, bound)


# --- what callbacks watch -----------------------------------------------------------------------


def monitor_trouble(
    monitor: str, recorded: Sequence[str], who: str = "the checkpoint"
) -> Trouble | None:
    """Return why a callback (`who`) would wait for a value in vain, or None."""
    if monitor in recorded or not recorded:
        return None
    watched = f"{who[0].upper()}{who[1:]} watches “{monitor}”"
    now = _NOW.get(monitor)
    if now is not None and now in recorded:
        return Trouble(f"{watched}, its name in older Keras: try {now}.", now)
    without = monitor.removeprefix("val_")
    likely = without if without in recorded else _near(monitor, recorded)
    if without != monitor and not any(name.startswith("val_") for name in recorded):
        why = "and without validation there are no values of it"
    else:
        why = f"which this training doesn't record. It records {', '.join(recorded)}"
    return Trouble(f"{watched}, {why}: try {likely}.", likely)


def _near(monitor: str, recorded: Sequence[str]) -> str:
    """Return the recorded value that a person most likely means."""
    word = "acc" if "acc" in monitor else "loss"
    found = [name for name in recorded if word in name]
    kind = [name for name in found if name.startswith("val_") == monitor.startswith("val_")]
    return (kind or found or list(recorded))[0]


def file_trouble(filepath: str) -> Trouble | None:
    """Return what Keras 3 refuses of a checkpoint's file name, or None.

    Source: https://keras.io/api/callbacks/model_checkpoint/
    """
    if filepath.endswith((".weights.h5", ".keras")):
        return None
    if not filepath.strip():
        return Trouble("The checkpoint's file needs a name.", Checkpoint().filepath)
    stem = filepath.removesuffix(".h5").removesuffix(".hdf5").removesuffix(".weights")
    repair = f"{stem}.weights.h5"
    if filepath.endswith(".h5"):
        why = (
            f"“{filepath}” would be a whole model in Keras's old format; "
            "with save_weights_only, Keras 3 wants a name that ends in .weights.h5."
        )
    else:
        why = (
            f"Keras 3 goes by the end of the name, and “{filepath}” says neither .weights.h5 for "
            "the weights alone nor .keras for the whole model."
        )
    return Trouble(f"{why} Try {repair}.", repair)


def _checkpoint_misfits(checkpoint: Checkpoint | None, names: tuple[str, ...]) -> Iterator[Problem]:
    if checkpoint is None:
        return
    found = (file_trouble(checkpoint.filepath), monitor_trouble(checkpoint.monitor, names))
    for trouble in found:
        if trouble is not None:
            yield _error(kind="checkpoint", sentence=trouble.sentence)


# --- callbacks ----------------------------------------------------------------------------------


def callback_misfits(
    callback: Named, training: Training, names: tuple[str, ...]
) -> Iterator[Problem]:
    """Yield what is wrong with one callback of a plan."""
    kinds = (_error, _warning)
    fail, warn = (partial(kind, kind="callback", param=callback.name) for kind in kinds)
    wrong = callbacks.fault(callback)
    if wrong is not None:
        yield fail(sentence=f"{wrong[0].upper()}{wrong[1:]}.")
        return
    values = callbacks.settings("callback", callback)
    if "monitor" in values:
        trouble = monitor_trouble(str(values["monitor"]), names, callback.name)
        if trouble is not None:
            yield fail(sentence=trouble.sentence)
    yield from (warn(sentence=one) for one in _waits(callback, training))
    yield from (fail(sentence=one) for one in _refused(callback, training))


def _waits(callback: Named, training: Training) -> Iterator[str]:
    """Yield why a callback has no time to do anything."""
    values, epochs = callbacks.settings("callback", callback), training.epochs
    patience, start = values.get("patience"), values.get("start_from_epoch")
    if isinstance(patience, int) and patience >= epochs:
        yield (
            f"{callback.name} waits for {patience} epochs without progress, and the training has "
            f"{epochs}: it will never do anything."
        )
    elif isinstance(start, int) and start >= epochs:
        yield f"{callback.name} starts after {start} epochs, and the training has {epochs}."
    lowest, rate = values.get("min_lr"), schedules.base_rate(training.optimizer)
    if isinstance(lowest, float) and isinstance(rate, float) and lowest >= rate:
        yield (
            f"{callback.name} doesn't go below a learning rate of {lowest:g}, and the optimizer "
            f"starts with {rate:g}: it will never lower it."
        )
    span = values.get("epochs")
    if isinstance(span, int) and span >= epochs > 1:
        yield f"{callback.name} takes {span} epochs, and the training has {epochs}."


def _refused(callback: Named, training: Training) -> Iterator[str]:
    """Yield why a training with this callback would stop with an error."""
    rate = schedules.base_rate(training.optimizer)
    if callback.name in callbacks.SETS_RATE and isinstance(rate, Named):
        yield (
            f"{callback.name} sets the learning rate, and Keras refuses that while {rate.name} "
            "does: keep one of the two."
        )
    if (
        callback.name == callbacks.AVERAGES
        and training.optimizer.settings.get("use_ema") is not True
    ):
        yield (
            f"{callback.name} swaps in the weights' moving averages, and the optimizer keeps none: "
            "set its use_ema."
        )
    if (package := callbacks.missing(callback.name)) is not None:
        yield (
            f"{callback.name} needs the package {package}, which isn't installed here: "
            f"pip install {package}."
        )
    if callback.name == OWN and not Path(str(callback.settings["path"])).expanduser().is_file():
        yield f"There is no file {callback.settings['path']} for the callback."


# --- optimizer, weights, precision --------------------------------------------------------------


def _rate_misfits(training: Training) -> Iterator[Problem]:
    wrong = fault("optimizer", training.optimizer)
    rate = training.optimizer.settings.get("learning_rate")
    if wrong is None and isinstance(rate, Named):
        wrong = schedules.fault(rate)
    if wrong is not None:
        yield _error(kind="optimizer", sentence=f"{wrong[0].upper()}{wrong[1:]}.")
    if sum(one.name in callbacks.SETS_RATE for one in training.callbacks) > 1:
        yield _warning(
            kind="callback",
            sentence="Several callbacks set the learning rate: LearningRateScheduler sets it anew "
            "in each epoch, whatever another one has made of it.",
        )


def _schedule_misfits(training: Training, steps: int) -> Iterator[Problem]:
    """Yield that a learning rate has fallen long before the training ends, or would long after."""
    rate, total = schedules.base_rate(training.optimizer), steps * training.epochs
    length = schedules.length(rate) if isinstance(rate, Named) else None
    if not isinstance(rate, Named) or length is None or not total:
        return
    if not (length < _EARLY * total or length > _LATE * total):
        return
    last = schedules.rates(rate, np.array([total - 1.0]))[0]
    if length < total:
        what = f"the last {total - length:,} steps have a rate of {last:.3g}"
    else:
        what = f"it ends in the middle, with a rate of {last:.3g}"
    yield _warning(
        kind="schedule",
        sentence=f"{rate.name} falls for {length:,} steps, and the training has {total:,} "
        f"({training.epochs} epochs of {steps:,}): {what}.",
        param="learning_rate",
    )


def _weight_misfits(project: Project, bound: Bindings) -> Iterator[Problem]:
    training = project.training
    for one in bound.outputs if len(bound.outputs) > 1 else ():
        name = project.graph.nodes[one.port.node].label
        if one.goal.weight <= 0:
            zero = one.goal.weight == 0
            why = "it isn't trained" if zero else "its loss is made as large as can be"
            yield _warning(
                kind="loss weight",
                sentence=f"{name} has the loss weight {one.goal.weight:g}: {why}.",
                node=one.port.node,
            )
    wrong = classweights.fault(project, bound) if bound.outputs else None
    if wrong is not None:
        yield _warning(kind="class weight", sentence=wrong)
    if training.sample_weight and bound.data is not None:
        column = bound.data.column(training.sample_weight)
        if column is None or column.shape != () or column.kind == LABEL:
            has = "is not one number a sample" if column is not None else "is not in the data set"
            yield _error(
                kind="sample weight",
                sentence=f"The column of sample weights “{training.sample_weight}” {has}.",
            )


def _precision_misfits(project: Project, bound: Bindings) -> Iterator[Problem]:
    if not project.training.mixed_precision:
        return
    for one in bound.outputs:
        layer = project.graph.layer_of(one.port.node)
        if layer.params.get("dtype") != "float32":
            yield _warning(
                kind="precision",
                sentence=f"{project.graph.nodes[one.port.node].label} computes with 16 bits by "
                "mixed precision, too few for small probabilities: give it the dtype float32.",
                node=one.port.node,
            )
