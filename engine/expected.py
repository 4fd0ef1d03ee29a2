"""What is known of a training before it begins, and the notes on one that is over."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from engine.diagnosis import diagnose
from engine.observed import Facts, Observed
from engine.runs import RunError
from graph import projectfile, registry, schedules
from graph.binding import bind
from graph.datavalues import LABEL
from graph.goals import BINARY, CATEGORICAL, SPARSE
from graph.inference import infer

if TYPE_CHECKING:
    from engine.diagnosis import Note
    from engine.runs import Run
    from graph.inference import Report
    from graph.project import Project

_ONLY_IN_TRAINING = frozenset({"augmentation", "regularisation"})  # families of layers


def facts_of(project: Project, report: Report) -> Facts:
    """Return what a project's plan and data say of its training."""
    classes: dict[str, int] = {}
    shares: dict[str, float] = {}
    guessing: dict[str, float] = {}
    bound = bind(project, report)
    several = len(bound.outputs) > 1
    for one in bound.outputs:
        if one.column is None or one.column.kind != LABEL or one.spec is None:
            continue
        prefix = f"{project.graph.layer_of(one.port.node).name}_" if several else ""
        units = one.spec.shape[-1] if len(one.spec.shape) > 1 else 1
        count = one.column.classes or (units if units and units > 1 else 2)
        accuracies = [name for name in one.metrics if "accuracy" in name and "top" not in name]
        classes.update({prefix + name: count for name in accuracies})
        if (counts := one.column.counts) and project.training.class_weight == "none":
            shares.update({prefix + name: max(counts) / sum(counts) for name in accuracies})
        if one.loss in {SPARSE, CATEGORICAL, BINARY}:
            guessing[f"{prefix}loss"] = math.log(2 if one.loss == BINARY else units or count)
    training = project.training
    rate = schedules.base_rate(training.optimizer)
    return Facts(
        epochs=training.epochs,
        classes=classes,
        shares=shares,
        guessing=guessing,
        rate=rate if isinstance(rate, float) else None,
        eased=training.augmentation.how != "none" or _eases(project),
    )


def facts_of_run(run: Run) -> Facts:
    """Return what the drawing of a run says; nothing if it can't be read."""
    try:
        project = projectfile.loads(run.drawing_text)
    except (RunError, projectfile.BadFile):
        return Facts()
    return facts_of(project, infer(project))


def notes_of_run(run: Run) -> tuple[Note, ...]:
    """Return what is worth knowing about a run's training, by its record."""
    seen = Observed()
    seen.take_told(run.told())
    return diagnose(seen, facts_of_run(run))


def _eases(project: Project) -> bool:
    """Say whether a layer makes training harder than validation, or adds to the loss."""
    for layer in project.graph.layers.values():
        spec = registry.find(layer.kind)
        if spec is not None and spec.family in _ONLY_IN_TRAINING:
            return True
        if any(name.endswith("_regularizer") and value for name, value in layer.params.items()):
            return True
    return False
