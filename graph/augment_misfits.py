"""What is wrong with a training plan's augmentation, each in a sentence with its numbers."""

from __future__ import annotations

from functools import partial
from math import prod
from typing import TYPE_CHECKING

from graph.datasets import LABEL
from graph.goals import SPARSE
from graph.problems import Problem, Severity
from graph.views import SHADES, switched_on, views

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graph.columns import Bindings
    from graph.project import Augmentation, Project

_error = partial(Problem, severity=Severity.ERROR, kind="augmentation")
_warning = partial(Problem, severity=Severity.WARNING, kind="augmentation")

LARGEST = {
    "shift": 1.0,
    "rotation": 180.0,
    "zoom": 0.9,
    "contrast": 1.0,
    "brightness": 1.0,
    "noise": 1.0,
    "cutout": 0.9,
    "mixup": 10.0,
}
"""The largest value of each field; the least is 0."""
MOST_COPIES = 20
_GIGABYTES = 4.0  # from here on an enlarged training set is worth a warning


def augmentation_misfits(project: Project, bound: Bindings) -> Iterator[Problem]:
    """Yield what is wrong between augmentation, drawing and data."""
    augmentation = project.training.augmentation
    if augmentation.how == "none":
        return
    yield from _out_of_range(augmentation)
    on = switched_on(augmentation)
    images = [view for view in views(bound) if view.is_input]
    if not on and not augmentation.mixup:
        yield _warning(
            sentence="Augmentation is on, and nothing is varied: set a flip, a shift or another "
            "of its values, or switch it off."
        )
    if on and not images and all(one.spec is not None for one in bound.inputs):
        yield _warning(
            sentence=f"Augmentation varies images ({', '.join(on)}), and no Input takes images: "
            "it does nothing here. Bind an Input to a column of images."
        )
    if augmentation.how == "pre" and on and images:
        yield from _too_large(project, bound)
    if augmentation.mixup:
        yield from _labels(project, bound)
    if images:
        yield from _of_these_images(augmentation, bound)


def _out_of_range(augmentation: Augmentation) -> Iterator[Problem]:
    for name, most in LARGEST.items():
        value = getattr(augmentation, name)
        if not 0 <= value <= most:
            yield _error(
                sentence=f"Augmentation: {name} is {value:g}, and has to lie between 0 and "
                f"{most:g}."
            )
    if not 2 <= augmentation.copies <= MOST_COPIES and augmentation.how == "pre":
        yield _error(
            sentence=f"Augmentation makes the training set {augmentation.copies} times as large; "
            f"it has to be a whole number from 2 to {MOST_COPIES}."
        )


def _too_large(project: Project, bound: Bindings) -> Iterator[Problem]:
    """Say how much memory an enlarged training set takes."""
    if bound.data is None:
        return
    count = min(project.training.limit or bound.data.train, bound.data.train)
    if project.training.validation == "split":
        count = int(count * (1 - project.training.validation_split))
    values = sum(prod(one.target) for one in (*bound.inputs, *bound.outputs))
    copies = project.training.augmentation.copies
    # float32, once as the array that is kept and once as the tensor that batches are taken from
    size = 2 * 4 * values * count * copies / 2**30
    if size > _GIGABYTES:
        yield _warning(
            sentence=f"{copies} times {count:,} training samples take about {size:.1f} GB of "
            "memory. Augment online, which takes none, or make fewer copies."
        )


def _labels(project: Project, bound: Bindings) -> Iterator[Problem]:
    """Say which labels can't be mixed."""
    for one in bound.outputs:
        if one.column is None or one.column.kind != LABEL:
            continue
        form = one.steps[0].kind if one.steps else ""
        if form == "integer":
            name = project.graph.nodes[one.port.node].label
            yield _error(
                node=one.port.node,
                sentence=f"{name}: MixUp mixes two labels, such as 0.7 of one and 0.3 of another, "
                f"which one whole number can't say. Take one-hot labels and another loss than "
                f"{SPARSE}, or set mixup to 0.",
            )


def _of_these_images(augmentation: Augmentation, bound: Bindings) -> Iterator[Problem]:
    on = switched_on(augmentation)
    shaded = [name for name in (*SHADES, "cutout") if name in on]
    for view in views(bound):
        column = view.bound.column
        if column is None or not view.is_input:
            continue
        if column.take in {"left", "right"} and augmentation.flip in {"horizontal", "both"}:
            yield _warning(
                node=view.bound.port.node,
                sentence=f"A horizontal flip mirrors the {column.name} within itself: its outer "
                "edge comes to the middle of the image. Take no flip, or a vertical one.",
            )
        kinds = {step.kind for step in view.bound.steps or ()}
        if shaded and "standardise" in kinds:
            yield _warning(
                node=view.bound.port.node,
                sentence=f"{' and '.join(shaded)} count on pixels from 0 to 1, and “{column.name}” "
                "is standardised before: values outside are cut off. Take scale instead.",
            )
