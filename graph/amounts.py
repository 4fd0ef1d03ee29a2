"""How many samples and steps a training has, as the program will count them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from graph.columns import Bindings
    from graph.project import Training


def training_samples(training: Training, bound: Bindings) -> int:
    """Return the samples of the training part: without those held out, enlarged ones counted.

    0 if there is no data. A stratified split may have a few more or fewer.
    """
    if bound.data is None:
        return 0
    count = bound.data.train
    if training.limit is not None:
        count = min(count, training.limit)
    if training.validation == "split":
        count = int(count * (1 - training.validation_split))
    augmentation = training.augmentation
    return count * (augmentation.copies if augmentation.how == "pre" else 1)


def steps_per_epoch(training: Training, bound: Bindings) -> int:
    """Return the batches of an epoch, the last of which may be smaller; 0 without data."""
    return -(-training_samples(training, bound) // max(1, training.batch_size))
