"""What a model's outputs say of one sample: shares of classes, a picture, or numbers. No Keras."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from engine.pictures import as_picture, frame_of
from graph.classnames import names_of
from graph.datasets import LABEL

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.protocol import Array
    from graph.columns import Bindings, Bound
    from graph.project import Project

_NUMBERS = 200  # values of an output that are shown


class Said(NamedTuple):
    """One output: its name, and values for classes, or a picture that it makes.

    `names` are those of the classes, in their order. `are_shares`: the values are probabilities.
    `truth` is the class that the sample has, if it is known.
    """

    title: str
    values: Array
    names: tuple[str, ...] = ()
    are_shares: bool = False
    picture: Array | None = None
    truth: int | None = None

    @property
    def has_classes(self) -> bool:
        """Say whether the values are those of classes, so that the largest one wins."""
        return bool(self.names)

    @property
    def winner(self) -> int:
        """Return the number of the class with the largest value."""
        return int(np.argmax(self.values)) if self.values.size else 0

    def words(self, at: int) -> str:
        """Return a value for people: per cent, or three digits."""
        value = float(self.values[at])
        return f"{100 * value:.1f} %" if self.are_shares else f"{value:.3g}"


def said_by(
    project: Project,
    bound: Bindings,
    outputs: Sequence[Array],
    targets: Sequence[Array] | None = None,
) -> tuple[Said, ...]:
    """Return what outputs say, without batch axis and in the order of the drawing's outputs.

    `targets` are what they should say, if that is known, in the same order.
    """
    names = names_of(project.data.source) or ()
    found = tuple(
        _said(project.graph.nodes[one.port.node].label, one, names, values)
        for one, values in zip(bound.outputs, outputs, strict=True)
    )
    if targets is None:
        return found
    return tuple(
        said._replace(truth=_class_of(target, said)) if said.has_classes else said
        for said, target in zip(found, targets, strict=True)
    )


def _class_of(target: Array, said: Said) -> int | None:
    """Return the class of a target: its number, or where its one stands."""
    if target.size == 1:
        number = int(target.reshape(-1)[0])
        return number if 0 <= number < len(said.names) else None
    is_one_hot = target.size == len(said.names) and np.count_nonzero(target) == 1
    return int(np.argmax(target)) if is_one_hot else None


def _said(title: str, one: Bound, names: tuple[str, ...], values: Array) -> Said:
    column = one.column
    if column is not None and column.kind == LABEL and values.ndim == 1:
        if values.size > 1:
            names = column.labels or names
            if len(names) != values.size:
                names = tuple(map(str, range(values.size)))
            return Said(title, values, names, one.activation in {"softmax", "sigmoid"})
        if column.classes == 2 and one.activation == "sigmoid":
            both = np.array([1 - values[0], values[0]])
            return Said(title, both, ("0", "1"), are_shares=True)
    frame = frame_of(one) if column is not None else None
    if frame is not None and values.size == np.prod(frame.shape):
        return Said(title, values, picture=as_picture(values, one, frame))
    return Said(title, values.reshape(-1)[:_NUMBERS])
