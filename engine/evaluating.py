"""From a run to the figures of its evaluation: what to ask, and what the answer says.

Needs no Keras and no Qt: window and command line both use it.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from engine.protocol import Answers, Evaluate, EvaluationReady
from engine.runs import Run
from engine.scores import (
    Array,
    Classified,
    ClassScores,
    Fit,
    Labelled,
    Roc,
    class_scores,
    classified,
    confusion,
    fit,
    label_curves,
    label_scores,
    labelled,
    numbers,
    one_against_rest,
)
from graph.binding import bind
from graph.classnames import names_of
from graph.columns import Bound
from graph.datasets import LABEL, find_data, fingerprint
from graph.inference import Report
from graph.project import Project

_WEIGHTS = ("*.weights.h5", "*.keras")


class Output(NamedTuple):
    """What is known of an output before it is asked.

    Attributes:
        name: of its layer.
        names: of the classes, as far as they have some.
        logits: it has no activation, and its loss takes probabilities.
        echo: number of the Input that it is to give back, as an autoencoder does.
        yes_or_no: each unit says for itself whether a sample has its label, by its loss.
    """

    name: str
    names: tuple[str, ...] = ()
    logits: bool = False
    echo: int | None = None
    yes_or_no: bool = False

    def name_of(self, label: int) -> str:
        """Return the name of a class, or its number."""
        return self.names[label] if label < len(self.names) else str(label)


class Numbers(NamedTuple):
    """An output of numbers: predictions and targets (samples, numbers), how well each fits."""

    predictions: Array
    targets: Array
    fits: tuple[Fit, ...]

    @property
    def errors(self) -> Array:
        """The mean squared error of each sample."""
        return np.asarray(np.square(self.predictions - self.targets).mean(axis=1))


class Classes(NamedTuple):
    """An output of classes with its figures; a class has no curve where it has no samples."""

    of: Classified
    matrix: Array
    scores: ClassScores
    curves: tuple[Roc | None, ...]


class Labels(NamedTuple):
    """An output of labels, of which a sample may have several, with the figures of each."""

    of: Labelled
    scores: ClassScores
    curves: tuple[Roc | None, ...]


class Judgement(NamedTuple):
    """The figures of one output; at most one of the four is there.

    `errors` is the mean squared error of each sample, of an output such as an image. `remark`
    says why there are no figures, or "".
    """

    output: Output
    classes: Classes | None = None
    numbers: Numbers | None = None
    errors: Array | None = None
    labels: Labels | None = None
    remark: str = ""


class Evaluation(NamedTuple):
    """An answered request with its figures: loss and metrics by name, and each output's.

    `doubt` is a sentence if the data isn't what the run was trained on, or "".
    """

    request: Evaluate
    scores: dict[str, float]
    outputs: tuple[Judgement, ...]
    doubt: str = ""


def weights_of(run: Run) -> tuple[Path, ...]:
    """Return the files of weights that a run has left: its last, then the newest first."""
    last = run.weights
    found = {path for pattern in _WEIGHTS for path in run.path.glob(pattern)}
    others = sorted(found - {last}, key=lambda path: path.stat().st_mtime, reverse=True)
    return (*([last] if last is not None and last.is_file() else []), *others)


def request_for(run: Run, project: Project, weights: Path, part: str = "test") -> Evaluate:
    """Return the request that evaluates a run; raises RunError, BadData and OSError."""
    return Evaluate(
        program=run.program_text,
        folder=str(find_data(project).resolve()),
        weights=str(weights.resolve()),
        part=part,
    )


def doubt_of(run: Run, project: Project) -> str:
    """Return a sentence if the data has changed since a run was trained on it, or "".

    It reads the data's files; where Keras fetches them, or they can't be read, it knows nothing.
    """
    now = fingerprint(project)
    if run.info.data == now or not all("sha256:" in one for one in (run.info.data, now)):
        return ""
    return (
        "The data has changed since this run was trained, so its test part may hold samples that "
        "the run has learnt from: these figures may flatter. Put the old data back, or train anew."
    )


def outputs_of(project: Project, report: Report) -> tuple[Output, ...]:
    """Return the outputs of a drawing, in the order of its model."""
    bound = bind(project, report)
    found = []
    for one in bound.outputs:
        echo = next(
            (
                number
                for number, given in enumerate(bound.inputs)
                if one.column is not None and one.column == given.column
            ),
            None,
        )
        found.append(
            Output(
                name=project.graph.layer_of(one.port.node).name,
                names=_names(project, one),
                logits=one.activation in {None, "linear"} and "crossentropy" in one.loss,
                echo=echo,
                yes_or_no="binary" in one.loss,
            )
        )
    return tuple(found)


def _names(project: Project, one: Bound) -> tuple[str, ...]:
    column = one.column
    if column is None or column.kind != LABEL:
        return ()
    if column.take == "same":
        return ("different", "same")
    if column.labels or column.take not in {"", "second"}:
        return column.labels
    return names_of(project.data.source) or ()


def judged(
    request: Evaluate, answer: EvaluationReady, outputs: tuple[Output, ...], doubt: str = ""
) -> Evaluation:
    """Return an answer with its figures; takes some 50 ms for each ten classes."""
    found = [
        judge(output, answers) for output, answers in zip(outputs, answer.outputs, strict=True)
    ]
    return Evaluation(request, answer.scores, tuple(found), doubt)


def judge(output: Output, answers: Answers) -> Judgement:
    """Return the figures of one output."""
    predictions, targets = answers.predictions, answers.targets
    if answers.errors is not None:
        return Judgement(output, errors=answers.errors)
    if predictions is None or targets is None:
        return Judgement(output, remark=_remark(answers.shape))
    logits = output.logits and not _are_probabilities(predictions)
    of = classified(predictions, targets, logits=logits)
    if of is not None:
        matrix = confusion(of)
        curves = tuple(one_against_rest(of))
        return Judgement(output, classes=Classes(of, matrix, class_scores(matrix), curves))
    several = labelled(predictions, targets, logits=logits) if output.yes_or_no else None
    if several is not None:
        figures = Labels(several, label_scores(several), tuple(label_curves(several)))
        return Judgement(output, labels=figures)
    pair = numbers(predictions, targets)
    if pair is None:
        return Judgement(output, remark=_remark(predictions.shape[1:]))
    fits = tuple(fit(*columns) for columns in zip(pair[0].T, pair[1].T, strict=True))
    return Judgement(output, numbers=Numbers(*pair, fits))


def _remark(shape: Sequence[int]) -> str:
    """Say why an output has no figures of its own, with the numbers that it gives a sample."""
    given = " × ".join(f"{size:,}" for size in shape)
    if len(shape) < 2:
        return (
            f"This output gives {given or 1} numbers a sample, and its targets are of another "
            "shape: loss and metrics are all that can be shown."
        )
    return (
        f"This output gives {given} numbers a sample, a choice for each of {shape[0]:,} steps. "
        "Loss and metrics count all steps; tables are made of outputs with one answer a sample."
    )


def _are_probabilities(values: Array) -> bool:
    inside = bool(np.all((values >= 0) & (values <= 1)))
    return inside and (
        values.shape[-1] == 1 or bool(np.allclose(values.sum(axis=-1), 1, atol=1e-3))
    )
