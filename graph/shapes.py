"""Tensor specifications and the arithmetic that the layers' shape rules share.

A shape is a tuple of whole numbers, batch axis first; `None` stands for a size that is only known
when data flows (the batch axis always is).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

Dim = int | None
Shape = tuple[Dim, ...]

FLOATS = ("float16", "bfloat16", "float32", "float64")


class TensorSpec(NamedTuple):
    """What is known of a tensor before any data flows: its shape (with batch axis) and dtype."""

    shape: Shape
    dtype: str = "float32"


def show_dim(dim: Dim) -> str:
    """Return a size for people: thousands with commas, `?` where it is not known."""
    return "?" if dim is None else f"{dim:,}"


def show_shape(shape: Shape) -> str:
    """Return a shape for people, without the batch axis: `28 × 28 × 1`, `784`, `scalar`."""
    return " × ".join(map(show_dim, shape[1:])) if len(shape) > 1 else "scalar"


def product(dims: Iterable[Dim]) -> Dim:
    """Return the product of sizes; `None` as soon as one of them is not known."""
    total = 1
    for dim in dims:
        if dim is None:
            return None
        total *= dim
    return total


def window_span(size: int, dilation: int) -> int:
    """Return how many positions a window of `size` cells covers when spread by `dilation`."""
    return dilation * (size - 1) + 1


def windows_that_fit(length: Dim, span: int, stride: int, padding: str) -> Dim:
    """Return how many windows fit on one axis: the output size of a convolution or a pooling.

    Source: https://keras.io/api/layers/convolution_layers/convolution2d/ ("valid" and "same").
    """
    if length is None:
        return None
    if padding == "same":
        return math.ceil(length / stride)
    return (length - span) // stride + 1


def transposed_length(  # noqa: PLR0913, PLR0917 - the five numbers of one formula
    length: Dim, size: int, stride: int, padding: str, extra: int | None, dilation: int
) -> Dim:
    """Return the output size of one axis of a transposed convolution.

    Source: https://keras.io/api/layers/convolution_layers/convolution2d_transpose/
    """
    if length is None:
        return None
    span = window_span(size, dilation)
    if extra is None:
        return length * stride if padding == "same" else length * stride + max(span - stride, 0)
    pad = span // 2 if padding == "same" else 0
    return (length - 1) * stride + span - 2 * pad + extra
