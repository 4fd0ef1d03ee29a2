"""What the pages of an evaluation show of an output: rows, curves, and words about a sample."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from codegen import confusion_listing
from graph.datasets import file_of
from gui.panels.evaluation.classes import ClassRow
from gui.panels.evaluation.gallery import Line
from gui.panels.evaluation.plots import Curve
from gui.parts.listing import Listing

if TYPE_CHECKING:
    from pathlib import Path

    from engine.evaluating import Evaluation, Judgement, Labels, Output
    from gui.parts.mapchoices import Opened

_LIKELIEST = 3  # classes that a tool tip names


def scores_words(made: Evaluation, one: Judgement) -> tuple[list[str], str]:
    """Return the scores of an output in lines of falling length, and all in lines of their own.

    The longest has metrics before losses, the shortest the first metric alone.
    """
    prefix = f"{one.output.name}_" if len(made.outputs) > 1 else ""
    own = [name for name in made.scores if name.startswith(prefix)]
    own.sort(key=lambda name: name.endswith("loss"))
    texts = [f"{name.removeprefix(prefix)} {made.scores[name]:.3f}" for name in own]
    wordings = [" · ".join(texts[:count]) for count in range(len(texts), 0, -1)]
    return wordings, "\n".join(f"{name} {value:.6g}" for name, value in made.scores.items())


def class_rows(one: Judgement) -> list[ClassRow]:
    """Return the rows of the table of classes or labels."""
    of = one.classes or one.labels
    if of is None:
        return []
    made = of.scores
    return [
        ClassRow(
            label,
            one.output.name_of(label),
            float(made.precision[label]),
            float(made.recall[label]),
            float(made.f1[label]),
            float("nan") if curve is None else curve.area,
            int(made.support[label]),
        )
        for label, curve in enumerate(of.curves)
    ]


def roc_curves(one: Judgement) -> list[Curve]:
    """Return the ROC curves, the class or label that is told apart worst first."""
    of = one.classes or one.labels
    if of is None:
        return []
    rest = "the rest" if one.labels is None else "samples without it"
    found = [(curve.area, n, curve) for n, curve in enumerate(of.curves) if curve]
    return [
        Curve(
            one.output.name_of(n),
            f"{area:.3f}",
            curve.false_positive,
            curve.true_positive,
            f"{one.output.name_of(n)} against {rest}: the area is {area:.4f}.",
        )
        for area, n, curve in sorted(found, key=lambda entry: entry[:2])
    ]


def fit_clouds(one: Judgement) -> list[Curve]:
    """Return targets and predictions of each number that an output gives."""
    if one.numbers is None:
        return []
    several = len(one.numbers.fits) > 1
    return [
        Curve(
            f"{one.output.name}[{n}]" if several else one.output.name,
            f"{fit.r2:.3f}",
            np.asarray(one.numbers.targets[:, n]),
            np.asarray(one.numbers.predictions[:, n]),
            f"Mean absolute error {fit.mae:.4g}, root mean squared error {fit.rmse:.4g}.",
        )
        for n, fit in enumerate(one.numbers.fits)
    ]


def describe(one: Judgement, sample: int) -> tuple[tuple[Line, ...], str]:
    """Return the lines beside a sample, and its tool tip."""
    if one.classes is not None:
        of = one.classes.of
        truth, predicted = int(of.truth[sample]), int(of.predicted[sample])
        sure = f"{float(of.probabilities[sample, predicted]):.2f}"
        lines = [Line(one.output.name_of(truth))]
        if truth == predicted:
            lines.append(Line(f"✓ {sure}", "good", code=True))
        else:
            lines.append(Line(f"→ {one.output.name_of(predicted)}", "error"))
            lines.append(Line(f"{sure} ({float(of.of_truth[sample]):.2f})", "muted", code=True))
        return tuple(lines), class_tip(one, sample)
    if one.labels is not None:
        return _describe_labels(one.output, one.labels, sample)
    if one.numbers is not None:
        made, target = one.numbers.predictions[sample, 0], one.numbers.targets[sample, 0]
        lines = [
            Line(f"{target:.4g}", "text", code=True),
            Line(f"→ {made:.4g}", "error", code=True),
            Line(f"#{sample}", "muted", code=True),
        ]
        return tuple(lines), f"Sample {sample:,}: {made:.4g} is predicted, {target:.4g} is true."
    error = float(one.errors[sample]) if one.errors is not None else float("nan")
    lines = [Line(f"{error:.3g}", "text", code=True), Line(f"#{sample}", "muted", code=True)]
    return tuple(lines), f"Sample {sample:,}: its mean squared error is {error:.4g}."


def _describe_labels(output: Output, made: Labels, sample: int) -> tuple[tuple[Line, ...], str]:
    of = made.of
    has, said = (
        ", ".join(output.name_of(int(n)) for n in np.flatnonzero(row[sample])) or "none"
        for row in (of.truth, of.predicted)
    )
    far = f"{float(of.distance[sample]):.2f}"
    right = bool(of.is_right[sample])
    second = Line(f"✓ {said}", "good") if right else Line(f"→ {said}", "error")
    lines = (Line(has), second, Line(f"off by {far}", "muted", code=True))
    likeliest = np.argsort(-of.probabilities[sample], kind="stable")[:_LIKELIEST]
    found = ", ".join(
        f"{output.name_of(int(n))} {float(of.probabilities[sample, n]):.3f}" for n in likeliest
    )
    return lines, f"Sample {sample:,} has the labels: {has}. The likeliest are: {found}."


def class_tip(one: Judgement, sample: int) -> str:
    """Return what is true of a sample and which classes are the likeliest."""
    if one.classes is None:
        return ""
    of, output = one.classes.of, one.output
    likeliest = np.argsort(-of.probabilities[sample], kind="stable")[:_LIKELIEST]
    found = ", ".join(
        f"{output.name_of(int(n))} {float(of.probabilities[sample, n]):.3f}" for n in likeliest
    )
    return f"Sample {sample:,} is {output.name_of(int(of.truth[sample]))}. Predicted: {found}."


def listing_of(opened: Opened, number: int, weights: Path) -> Listing:
    """Return the program that prints the confusion matrix of an output by itself."""
    run, project, report = opened
    program = confusion_listing(project, report, number, weights.name)
    reads = {weights: weights.name}
    data = file_of(project)
    if data.is_file():
        reads[data] = f"data/{data.name}"
    first = program.sections["confusion"].first
    return Listing(program.text, first, run.path / "confusion_matrix.py", reads)
