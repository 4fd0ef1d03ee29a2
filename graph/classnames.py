"""The names of the classes of well-known data sets, by label from 0.

Sources: https://github.com/zalandoresearch/fashion-mnist (labels),
https://www.cs.toronto.edu/~kriz/cifar.html, http://yann.lecun.com/exdb/mnist/.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from graph.datavalues import Column

_FASHION = (
    "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat",
    "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot",
)  # fmt: skip
_CIFAR10 = (
    "airplane", "automobile", "bird", "cat", "deer",
    "dog", "frog", "horse", "ship", "truck",
)  # fmt: skip
_NAMES = {
    "mnist": tuple("0123456789"),
    "fashion_mnist": _FASHION,
    "fashion_mnist_sample": _FASHION,
    "cifar10": _CIFAR10,
}


def names_of(source: str) -> tuple[str, ...] | None:
    """Return the names of a data set's labels, or None if they aren't known.

    `source` is as in `Data.source`: a known name, or a path, of whose file the name counts, so
    that an own `fashion_mnist.npz` has its names too.
    """
    stem = source.replace("\\", "/").rpartition("/")[2].removesuffix(".npz")
    return _NAMES.get(stem)


def label_names(source: str, column: Column) -> tuple[str, ...]:
    """Return what the labels of a column are called: names that are known, else their numbers."""
    if column.labels:
        return column.labels
    known = (names_of(source) or ()) if column.take in {"", "second"} else ()
    return known if len(known) == column.classes else tuple(map(str, range(column.classes or 0)))
