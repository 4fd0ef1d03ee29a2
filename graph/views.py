"""The images among a model's inputs and targets: what a training varies at random.

Two images of one sample, such as the halves of a picture, or a picture that is input and target,
are views of the same thing and are varied alike; the other sample of a pair is varied by itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from graph.datasets import IMAGE

if TYPE_CHECKING:
    from graph.columns import Bindings, Bound
    from graph.project import Augmentation

PLACES = ("flip", "shift", "rotation", "zoom")
"""What moves pixels to other places."""

SHADES = ("contrast", "brightness", "noise")
"""What changes pixels where they are; for pixels from 0 to 1, beyond which nothing goes."""


class View(NamedTuple):
    """An image that is an input or a target.

    Attributes:
        bound: the Input or output.
        shape: height, width and channels of one image.
        is_input: no target.
        is_second: of the other sample of a pair.
        largest: the value of a white pixel, as the model gets it: 1, or 255 if it isn't scaled.
    """

    bound: Bound
    shape: tuple[int, int, int]
    is_input: bool
    is_second: bool
    largest: int

    @property
    def is_plain(self) -> bool:
        """Say whether the model takes it as height × width × channels, from 0 to 1."""
        return self.bound.target == self.shape and self.largest == 1

    def is_same(self, other: View) -> bool:
        """Say whether another view shows the very same pixels, whatever its shape."""
        mine, its = self.bound.column, other.bound.column
        return mine == its and self[1:2] == other[1:2] and self[3:] == other[3:]


def views(bound: Bindings) -> tuple[View, ...]:
    """Return the images among inputs and targets, in the order in which the program has them."""
    pairs = [(one, True) for one in bound.inputs] + [(one, False) for one in bound.outputs]
    found = []
    for one, is_input in pairs:
        shape = _image_shape(one)
        if shape is not None and one.column is not None:
            scaled = any(step.kind in {"scale", "standardise"} for step in one.steps or ())
            largest = 255 if one.column.dtype == "uint8" and not scaled else 1
            found.append(View(one, shape, is_input, one.column.take == "second", largest))
    return tuple(found)


def _image_shape(one: Bound) -> tuple[int, int, int] | None:
    """Return height, width and channels of the images in a column as they reach the model."""
    if one.column is None or one.column.kind != IMAGE or one.steps is None:
        return None
    shape = one.column.shape
    for step in one.steps:
        if step.kind != "reshape" and len(step.shape) in {2, 3}:
            shape = step.shape
    if len(shape) == 2:
        return (*shape, 1)
    return (shape[0], shape[1], shape[2]) if len(shape) == 3 else None


def switched_on(augmentation: Augmentation) -> tuple[str, ...]:
    """Return the operations on images that are switched on, in the order in which they are done."""
    names = (*PLACES, *SHADES, "cutout")
    return tuple(name for name in names if getattr(augmentation, name) not in {"none", 0})


def varies(augmentation: Augmentation, bound: Bindings) -> bool:
    """Say whether the program varies images at all."""
    images = any(view.is_input for view in views(bound))
    return augmentation.how != "none" and bool(switched_on(augmentation)) and images


def mixes(augmentation: Augmentation) -> bool:
    """Say whether the program mixes samples and their targets (MixUp)."""
    return augmentation.how != "none" and augmentation.mixup > 0
