"""Losses and metrics: under which names they are recorded, and what targets they take.

Keras compares integer labels in a few classes alone; all others want a target of the output's
shape. What it really takes was tried with each of them (`tests/codegen/test_every_object.py`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from graph import objects
from graph.objects import class_of, identifier_of, settings_of
from graph.params import Named

if TYPE_CHECKING:
    from collections.abc import Iterable

SPARSE, CATEGORICAL, BINARY, SQUARED = (
    "sparse_categorical_crossentropy",
    "categorical_crossentropy",
    "binary_crossentropy",
    "mean_squared_error",
)
GENERALIZED = "categorical_generalized_cross_entropy"

LABEL_LOSSES = frozenset({SPARSE, GENERALIZED, "circle"})
"""Losses, by identifier, whose targets are integer labels."""

PROBABILITY_LOSSES = frozenset({SPARSE, CATEGORICAL, GENERALIZED, "categorical_focal_crossentropy"})
"""Losses that need probabilities that sum to 1 (unless they are told that they get logits)."""

_LABEL_METRICS = frozenset(
    {
        "IoU",
        "MeanIoU",
        "SparseCategoricalAccuracy",
        "SparseCategoricalCrossentropy",
        "SparseTopKCategoricalAccuracy",
    }
)
# metrics that want an axis of classes in the target, even if it has one entry
_VECTOR_METRICS = frozenset(
    {
        "BinaryCrossentropy",
        "CategoricalCrossentropy",
        "F1Score",
        "FBetaScore",
        "TopKCategoricalAccuracy",
    }
)


def metric_names(metrics: Iterable[str | Named]) -> tuple[str, ...]:
    """Return the names under which the program has metrics recorded: `auc`, `auc_2`.

    Keras calls a text by itself; one with settings gets a name that no other metric has.
    """
    found = tuple(metrics)
    taken = {metric for metric in found if isinstance(metric, str)}
    names = []
    for metric in found:
        base = name = identifier_of("metric", metric)
        number = 2
        while name in taken and not isinstance(metric, str):
            name, number = f"{base}_{number}", number + 1
        names.append(name)
        taken.add(name)
    return tuple(names)


def fault(role: str, value: str | Named) -> str | None:
    """Return why Keras can't train with a loss or metric (a sentence's end), or None.

    `role`: "loss" or "metric".
    """
    if value == "accuracy" and role == "metric":
        return None
    name = class_of(role, value)
    if name is None:
        shown = value.name if isinstance(value, Named) else value
        return f"Keras has no {role} called “{shown}”"
    return objects.fault(role, value if isinstance(value, Named) else Named(name))


def target_fault(metric: str | Named, form: str) -> str | None:
    """Return why a metric can't compare an output with its target (a sentence's end), or None.

    `form` is the target's: "integer" labels, "number" for one number without an axis of its own,
    "one-hot", or "" for values of the output's shape.
    """
    name = class_of("metric", metric)
    if name is None:  # “accuracy” goes by the target itself
        return None
    labels = name in _LABEL_METRICS
    if isinstance(metric, Named) and metric.settings.get("sparse_y_true") is False:
        labels = False
    if labels and form not in {"integer", "number"}:
        return "compares integer labels, and its target has a number for each unit"
    if not labels and form == "integer":
        return (
            "compares a target for each unit, and its target is one integer label. Take one-hot "
            f"labels{_sparse_twin(name)}"
        )
    if form == "number" and name in _VECTOR_METRICS:
        return "needs a target with an axis of classes, and its target is one number"
    return None


def _sparse_twin(name: str) -> str:
    twin = f"Sparse{name}"
    return f", or {identifier_of('metric', Named(twin))}" if twin in _LABEL_METRICS else ""


_RISING = (
    *("accuracy", "auc", "precision", "recall", "f1_", "f_beta", "io_u", "r2_", "similarity"),
    *("correlation", "sensitivity", "specificity", "true_"),
)


def best_is(name: str) -> str:
    """Return "max" if a recorded value gets better by growing, else "min"."""
    if name.endswith("loss"):
        return "min"
    return "max" if any(word in name for word in _RISING) else "min"


def takes_logits(loss: str | Named) -> bool:
    """Say whether a loss is told that the output has gone through no softmax or sigmoid."""
    return isinstance(loss, Named) and loss.settings.get("from_logits") is True


def has_settings(role: str, value: str | Named) -> bool:
    """Say whether there is anything to set of a loss or metric."""
    name = class_of(role, value)
    return name is not None and bool(settings_of(role, name))
