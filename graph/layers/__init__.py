"""The catalogue: one declarative entry for each Keras layer, in the module of its Keras family.

Importing this package registers every entry with `graph.registry`.
"""

from graph.layers import (
    activation,
    augmentation,
    convolution,
    core,
    merging,
    normalization,
    pooling,
    regularization,
    reshaping,
)

__all__ = [
    "activation",
    "augmentation",
    "convolution",
    "core",
    "merging",
    "normalization",
    "pooling",
    "regularization",
    "reshaping",
]
