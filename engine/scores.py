"""Figures of an evaluation, from predictions and targets. No Keras, no Qt, only NumPy.

Sources: https://scikit-learn.org/stable/modules/model_evaluation.html (confusion matrix, precision,
recall, F1, support), Fawcett 2006, https://doi.org/10.1016/j.patrec.2005.10.010 (ROC and the area
under it), https://en.wikipedia.org/wiki/Coefficient_of_determination (R²).
"""

from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Which = Literal["wrong", "right", "all"]


class Classified(NamedTuple):
    """Predictions of classes.

    Attributes:
        probabilities: (samples, classes), float64.
        truth: the true label of each sample, from 0, int64.
    """

    probabilities: Array
    truth: Array

    @property
    def predicted(self) -> Array:
        """The likeliest label of each sample, int64."""
        return np.asarray(self.probabilities.argmax(axis=1))

    @property
    def of_truth(self) -> Array:
        """The probability that each sample's true class was given."""
        return self.probabilities[np.arange(len(self.truth)), self.truth]


class Labelled(NamedTuple):
    """Predictions of labels of which a sample has any number: each unit says yes or no for itself.

    Attributes:
        probabilities: (samples, labels), float64.
        truth: whether each sample has each label, bool (samples, labels).
    """

    probabilities: Array
    truth: Array

    @property
    def predicted(self) -> Array:
        """The labels that are more likely than not, bool (samples, labels), as Keras counts."""
        return np.asarray(self.probabilities > 0.5)

    @property
    def is_right(self) -> Array:
        """Whether all labels of a sample are right, bool (samples,)."""
        return np.asarray((self.predicted == self.truth).all(axis=1))

    @property
    def distance(self) -> Array:
        """How far off the worst of a sample's probabilities is, 0 to 1, (samples,)."""
        return np.asarray(np.abs(self.probabilities - self.truth).max(axis=1))


class ClassScores(NamedTuple):
    """Figures for each class, (classes,); a figure that has no meaning is NaN.

    Precision is NaN for a class that was never predicted, recall for one that has no samples.
    """

    precision: Array
    recall: Array
    f1: Array
    support: Array


class Roc(NamedTuple):
    """A receiver operating characteristic, both rates rising from 0 to 1, and the area below."""

    false_positive: Array
    true_positive: Array
    area: float


class Fit(NamedTuple):
    """How well numbers were predicted: mean absolute error, root mean squared error, R²."""

    mae: float
    rmse: float
    r2: float


def classified(predictions: Array, targets: Array, *, logits: bool = False) -> Classified | None:
    """Return predictions as probabilities of classes, or None if they are no such thing.

    Args:
        predictions: (samples, classes), or (samples, 1) for two classes.
        targets: labels (samples,) or (samples, 1), or one-hot (samples, classes).
        logits: the predictions are the logarithms that softmax or sigmoid takes.
    """
    if predictions.ndim != 2 or not len(predictions):
        return None
    units = predictions.shape[1]
    truth = _labels(targets, units)
    if truth is None:
        return None
    made = np.nan_to_num(predictions.astype(np.float64), nan=0.0)
    if units == 1:
        positive = 1 / (1 + np.exp(-np.clip(made, -500, 500))) if logits else np.clip(made, 0, 1)
        made = np.concatenate([1 - positive, positive], axis=1)
    elif logits:
        raised = np.exp(made - made.max(axis=1, keepdims=True))
        made = raised / raised.sum(axis=1, keepdims=True)
    return Classified(made, truth)


def labelled(predictions: Array, targets: Array, *, logits: bool = False) -> Labelled | None:
    """Return predictions as those of several labels, or None if the targets aren't 0 and 1.

    Args:
        predictions: (samples, labels).
        targets: 1 for each label that a sample has, else 0, (samples, labels).
        logits: the predictions are what sigmoid takes.
    """
    if predictions.ndim != 2 or predictions.shape != targets.shape or not len(predictions):
        return None
    if not np.all((targets == 0) | (targets == 1)):
        return None
    made = np.nan_to_num(predictions.astype(np.float64), nan=0.0)
    made = 1 / (1 + np.exp(-np.clip(made, -500, 500))) if logits else np.clip(made, 0, 1)
    return Labelled(made, targets == 1)


def _labels(targets: Array, units: int) -> Array | None:
    """Return targets as labels below the number of classes, or None if they are none."""
    if targets.ndim == 2 and targets.shape[1] == units > 1:
        ones = np.all((targets == 0) | (targets == 1)) and np.all(targets.sum(axis=1) == 1)
        return targets.argmax(axis=1) if ones else None
    if targets.ndim == 2 and targets.shape[1] == 1:
        targets = targets[:, 0]
    if targets.ndim != 1:
        return None
    labels = np.nan_to_num(targets, nan=-1.0).astype(np.int64)
    whole = bool(np.all(labels == targets))
    return labels if whole and labels.min() >= 0 and labels.max() < max(units, 2) else None


def confusion(of: Classified) -> Array:
    """Return the confusion matrix (classes, classes): a row for each true label, int64."""
    classes = of.probabilities.shape[1]
    pairs = of.truth * classes + of.predicted
    return np.bincount(pairs, minlength=classes * classes).reshape(classes, classes)


def class_scores(matrix: Array) -> ClassScores:
    """Return precision, recall, F1 and support of each class of a confusion matrix."""
    return _scores(np.diagonal(matrix), matrix.sum(axis=1), matrix.sum(axis=0))


def label_scores(of: Labelled) -> ClassScores:
    """Return precision, recall, F1 and support of each label by itself."""
    hits = (of.truth & of.predicted).sum(axis=0)
    return _scores(hits, of.truth.sum(axis=0), of.predicted.sum(axis=0))


def _scores(hits: Array, support: Array, chosen: Array) -> ClassScores:
    hits = hits.astype(np.float64)
    precision = _quotient(hits, chosen)
    recall = _quotient(hits, support)
    return ClassScores(precision, recall, _quotient(2 * hits, support + chosen), support)


def _quotient(above: Array, below: Array) -> Array:
    made = np.full(above.shape, np.nan)
    np.divide(above, below, out=made, where=below > 0)
    return made


def roc(positive: Array, score: Array) -> Roc | None:
    """Return the ROC curve of a score; None if all samples are positive or none is.

    Args:
        positive: whether each sample is of the class, bool (samples,).
        score: the larger, the more it looks like one, (samples,).
    """
    order = np.argsort(-score, kind="stable")
    hits = np.cumsum(positive[order])
    total = len(hits)
    if not total or hits[-1] in {0, total}:
        return None
    last = np.append(np.flatnonzero(np.diff(score[order])), total - 1)  # of each run of equal ones
    rate = np.append(0.0, hits[last] / hits[-1])
    false = np.append(0.0, (last + 1 - hits[last]) / (total - hits[-1]))
    area = float(np.sum(np.diff(false) * (rate[1:] + rate[:-1]) / 2))
    # a point in the middle of a straight piece shows nothing
    bends = (np.diff(false[:-1]) * np.diff(rate[1:])) != (np.diff(false[1:]) * np.diff(rate[:-1]))
    kept = np.concatenate([[True], bends, [True]])
    return Roc(false[kept], rate[kept], area)


def one_against_rest(of: Classified) -> list[Roc | None]:
    """Return the ROC curve of each class against all others together."""
    classes = of.probabilities.shape[1]
    return [roc(of.truth == label, of.probabilities[:, label]) for label in range(classes)]


def label_curves(of: Labelled) -> list[Roc | None]:
    """Return the ROC curve of each label."""
    pairs = zip(of.truth.T, of.probabilities.T, strict=True)
    return [roc(has, score) for has, score in pairs]


def ranked(of: Classified, which: Which = "wrong", *, worst_first: bool = True) -> Array:
    """Return indices of samples, those first whose true class got the lowest probability."""
    right = of.predicted == of.truth
    mask = {"wrong": ~right, "right": right, "all": np.ones_like(right)}[which]
    found = np.flatnonzero(mask)
    order = np.argsort(of.of_truth[found], kind="stable")
    return found[order if worst_first else order[::-1]]


def ranked_by_labels(of: Labelled, which: Which = "wrong", *, worst_first: bool = True) -> Array:
    """Return indices of samples, those first with the worst probability of a label."""
    right = of.is_right
    mask = {"wrong": ~right, "right": right, "all": np.ones_like(right)}[which]
    found = np.flatnonzero(mask)
    order = np.argsort(-of.distance[found], kind="stable")
    return found[order if worst_first else order[::-1]]


def in_cell(of: Classified, truth: int, predicted: int) -> Array:
    """Return the indices of the samples of a cell, the surest predictions first."""
    found = np.flatnonzero((of.truth == truth) & (of.predicted == predicted))
    return found[np.argsort(-of.probabilities[found, predicted], kind="stable")]


def numbers(predictions: Array, targets: Array) -> tuple[Array, Array] | None:
    """Return predictions and targets as (samples, numbers) float64; None if they don't match."""
    if not len(predictions) or predictions.size != targets.size:
        return None
    count = len(predictions)
    return (
        predictions.reshape(count, -1).astype(np.float64),
        targets.reshape(count, -1).astype(np.float64),
    )


def fit(predictions: Array, targets: Array) -> Fit:
    """Return how well numbers of one sort were predicted; R² is NaN if all targets are equal."""
    residuals = predictions - targets
    spread = float(np.square(targets - targets.mean()).sum())
    lost = float(np.square(residuals).sum())
    return Fit(
        mae=float(np.abs(residuals).mean()),
        rmse=float(np.sqrt(np.square(residuals).mean())),
        r2=1 - lost / spread if spread else float("nan"),
    )
