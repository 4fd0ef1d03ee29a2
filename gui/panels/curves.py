"""The values behind the curves of a run: of each epoch, and of the batches between. No Qt."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gui.theme import Theme

_MOST_POINTS = 1200  # of a line of batches; beyond, every other point is left out
VALIDATION = "val_"
"""How Keras begins the names of values on validation data."""


class Curves:
    """The values of a run: by name, of each epoch and of the batches between.

    Attributes:
        epochs: values at the end of each epoch, by Keras's name; NaN where there is none.
        batches: running means within the epochs, by name: places (in epochs) and values.
        length: the number of epochs that the run is meant to have.
    """

    def __init__(self, length: int = 0) -> None:
        self.length = length
        self.epochs: dict[str, list[float]] = {}
        self.batches: dict[str, tuple[list[float], list[float]]] = {}

    def add_batch(self, place: float, logs: Mapping[str, float]) -> None:
        """Take the running means at a place, in epochs: 1.5 is the middle of the second."""
        for name, value in logs.items():
            places, values = self.batches.setdefault(name, ([], []))
            places.append(place)
            values.append(value)
            if len(places) > _MOST_POINTS:
                del places[-2:0:-2], values[-2:0:-2]  # the first and the newest stay

    def add_epoch(self, epoch: int, logs: Mapping[str, float | None]) -> None:
        """Take the values of an epoch, which counts from 0."""
        self.length = max(self.length, epoch + 1)
        for name, value in logs.items():
            values = self.epochs.setdefault(name, [])
            values.extend([math.nan] * (epoch + 1 - len(values)))
            values[epoch] = math.nan if value is None else value

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of all curves, training before validation, in the order they came."""
        found = dict.fromkeys([*self.batches, *self.epochs])
        return tuple(sorted(found, key=lambda name: name.startswith(VALIDATION)))

    def value_at(self, name: str, place: float | None) -> float | None:
        """Return the value of the epoch that ends nearest to a place; None asks for the newest."""
        values = self.epochs.get(name, [])
        if place is not None:
            index = max(0, round(place) - 1)
            return _number(values[index]) if index < len(values) else None
        places, running = self.batches.get(name, ([], []))
        if places and places[-1] > len(values):
            return _number(running[-1])
        return _number(values[-1]) if values else None

    def bounds(self, names: Sequence[str]) -> tuple[float, float] | None:
        """Return round bounds of the values to be shown; the first batches may lie outside."""
        ends = [v for name in names for v in self.epochs.get(name, []) if math.isfinite(v)]
        running = [v for name in names for v in self.batches.get(name, ([], []))[1]]
        between = [v for v in running if math.isfinite(v)]
        if between:
            low, high = np.percentile(between, (2, 98))
            ends += [float(low), float(high)]
        if not ends:
            return None
        return _round_bounds(min(ends), max(ends))


def _round_bounds(low: float, high: float) -> tuple[float, float]:
    """Return round numbers around a range, so that an axis doesn't move with each new value."""
    span = (high - low) or abs(high) * 0.2 or 0.1
    step = 10.0 ** math.floor(math.log10(span))
    step = next(part for part in (step / 5, step / 2, step) if span / part <= 12)
    margin = span * 0.04
    return math.floor((low - margin) / step) * step, math.ceil((high + margin) / step) * step


def _number(value: float) -> float | None:
    return value if math.isfinite(value) else None


def colour_of(name: str, names: Sequence[str], theme: Theme) -> str:
    """Return a curve's colour: the first pair in the accent and orange, further ones in pairs."""
    family = theme.families
    pairs = (
        (theme.accent, family.merge),
        (family.core, family.reshape),
        (family.pooling, family.activation),
        (family.input, family.recurrent),
    )
    stems = list(dict.fromkeys(other.removeprefix(VALIDATION) for other in names))
    pair = pairs[stems.index(name.removeprefix(VALIDATION)) % len(pairs)]
    return pair[name.startswith(VALIDATION)]
