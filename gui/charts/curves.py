"""The values behind the curves of a run: of each epoch, and of the batches between. No Qt."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gui.theme import Theme

_MOST_POINTS = 1200  # of a line of batches; beyond, every other point is left out
_NO_MEANS = (  # parts of the names of metrics that aren't means over samples
    "auc", "precision", "recall", "f1", "fbeta", "iou", "root", "r2", "true_", "false_", "_at_",
    "concordance", "pearson", "sum",
)  # fmt: skip
_CRUMB = 0.02  # of an epoch's samples
_RATE = "learning_rate"
VALIDATION = "val_"
"""How Keras begins the names of values on validation data."""


@dataclass(frozen=True)
class View:
    """How curves are shown.

    `logarithmic`: on a logarithmic axis. `smoothing`: the share that each value keeps of those
    before it, below 1. `batches`: also the values between the epochs. `rate`, `gradients`: also
    the learning rate, and the norms of each layer's gradient.
    """

    logarithmic: bool = False
    smoothing: float = 0.0
    batches: bool = True
    rate: bool = False
    gradients: bool = False


class Curves:
    """The values of a run: by name, of each epoch and of the batches between.

    Attributes:
        epochs: values at the end of each epoch, by Keras's name; NaN where there is none.
        batches: means of what came since the value before, by name: places (in epochs) and values.
        length: the number of epochs that the run is meant to have.
        rates, norms: by epoch, the learning rate, and each layer's norm of the gradient.
    """

    def __init__(self, length: int = 0) -> None:
        self.length = length
        self.epochs: dict[str, list[float]] = {}
        self.batches: dict[str, tuple[list[float], list[float]]] = {}
        self.rates: dict[str, list[float]] = {}
        self.norms: dict[str, list[float]] = {}
        # the last place, its running mean, and what that is weighed by
        self._means: dict[str, tuple[float, float, float]] = {}

    def add_batch(
        self, place: float, logs: Mapping[str, float], samples: int | None = None
    ) -> None:
        """Take the running means at a place, in epochs: 1.5 is the middle of the second.

        What is kept is the mean of the executions since the last place. A value that is no mean,
        such as a recall, is kept as it is. The means are over so many `samples` of the epoch; what
        is left for an epoch's end may be one small batch, which says nothing by itself.
        """
        for name, value in logs.items():
            if self._is_crumb(name, place, samples):
                continue
            places, values = self.batches.setdefault(name, ([], []))
            places.append(place)
            values.append(self._since(name, place, value, samples))
            if len(places) > _MOST_POINTS:
                del places[-2:0:-2], values[-2:0:-2]  # the first and the newest stay

    def _is_crumb(self, name: str, place: float, samples: int | None) -> bool:
        """Say whether an epoch's end stands for next to no samples since the last place."""
        before, _, seen = self._means.get(name, (0.0, 0.0, 0.0))
        is_end = place == math.floor(place) and place - 1 < before < place
        return is_end and samples is not None and samples - seen < _CRUMB * samples

    def _since(self, name: str, place: float, mean: float, samples: int | None) -> float:
        """Return the mean over what came since the last running mean in this epoch."""
        epoch = math.ceil(place) - 1  # place 1.0 is the end of the first epoch
        weight = place - epoch if samples is None else samples
        before, earlier, lighter = self._means.get(name, (0.0, 0.0, 0.0))
        self._means[name] = (place, mean, weight)
        if before <= epoch or weight <= lighter or _is_no_mean(name):
            return mean
        return earlier + (mean - earlier) * weight / (weight - lighter)

    def add_epoch(
        self, epoch: int, logs: Mapping[str, float | None], samples: int | None = None
    ) -> None:
        """Take the values of an epoch, which counts from 0 and has had so many samples."""
        self.length = max(self.length, epoch + 1)
        for name, value in logs.items():
            if name == _RATE:  # some callbacks put it beside the metrics
                continue
            _put(self.epochs, name, epoch, value)
            if value is not None and epoch < self._means.get(name, (0.0,))[0] < epoch + 1:
                self.add_batch(epoch + 1, {name: value}, samples)

    def add_rate(self, epoch: int, rate: float | None) -> None:
        """Take the learning rate of an epoch, if there is one."""
        if rate is not None:
            _put(self.rates, "learning rate", epoch, rate)

    def add_norms(self, epoch: int, norms: Mapping[str, float]) -> None:
        """Take the norms of the layers' gradients after an epoch."""
        for layer, norm in norms.items():
            _put(self.norms, layer, epoch, norm)

    def rewind(self, epoch: int) -> None:
        """Forget this epoch and later ones, from 0: they are trained again."""
        for series in (self.epochs, self.rates, self.norms):
            for values in series.values():
                del values[epoch:]
        for places, values in self.batches.values():
            kept = sum(place <= epoch for place in places)
            del places[kept:], values[kept:]
        self._means.clear()

    def of_series(self, series: Mapping[str, list[float]]) -> Curves:
        """Return curves of other values by epoch, as long as these."""
        made = Curves(self.length)
        made.epochs = dict(series)
        return made

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of all curves, training before validation, in the order they came."""
        found = dict.fromkeys([*self.batches, *self.epochs])
        return tuple(sorted(found, key=lambda name: name.startswith(VALIDATION)))

    def has_between(self, name: str) -> bool:
        """Say whether there are values amid an epoch: none where one execution is an epoch."""
        return any(place % 1 for place in self.batches.get(name, ((), ()))[0])

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

    def log_bounds(self, names: Sequence[str]) -> tuple[float, float] | None:
        """Return bounds of the decimal logarithms of the positive values."""
        ends = [v for name in names for v in self.epochs.get(name, []) if 0 < v < math.inf]
        running = [v for name in names for v in self.batches.get(name, ([], []))[1]]
        ends += [v for v in running if 0 < v < math.inf]
        if not ends:
            return None
        low, high = math.log10(min(ends)), math.log10(max(ends))
        margin = max(0.02, 0.04 * (high - low))
        return low - margin, high + margin


def _round_bounds(low: float, high: float) -> tuple[float, float]:
    """Return round numbers around a range, so that an axis doesn't move with each new value."""
    span = (high - low) or abs(high) * 0.2 or 0.1
    step = 10.0 ** math.floor(math.log10(span))
    step = next(part for part in (step / 5, step / 2, step) if span / part <= 12)
    margin = span * 0.04
    return math.floor((low - margin) / step) * step, math.ceil((high + margin) / step) * step


def _put(into: dict[str, list[float]], name: str, epoch: int, value: float | None) -> None:
    values = into.setdefault(name, [])
    values.extend([math.nan] * (epoch + 1 - len(values)))
    values[epoch] = math.nan if value is None else value


def _is_no_mean(name: str) -> bool:
    return any(word in name for word in _NO_MEANS)


def smoothed(values: Sequence[float], share: float) -> list[float]:
    """Return the exponential moving average, in which each value keeps a share of those before.

    It has no bias towards 0 at the beginning; what is no number is left out and stays so.
    Source: D. P. Kingma, J. Ba, 2015, https://arxiv.org/abs/1412.6980, section 3.
    """
    found, kept, weight = [], 0.0, 0.0
    for value in values:
        if math.isfinite(value):
            kept, weight = share * kept + (1 - share) * value, share * weight + (1 - share)
        found.append(kept / weight if weight and math.isfinite(value) else math.nan)
    return found


def ticks(low: float, high: float, most: int, *, whole: bool = False) -> list[tuple[float, str]]:
    """Return at most so many ticks (three, if less is asked for) at distances that people like."""
    span = (high - low) or 1.0
    power = math.floor(math.log10(span)) - 2
    steps = (lead * 10.0 ** (power + up) for up in range(5) for lead in (1, 2, 5))
    step = next(
        step for step in steps if span / step <= max(3, most) - 0.999 and (step >= 1 or not whole)
    )
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [(n * step, f"{n * step:.6g}") for n in range(first, last + 1)]


def log_ticks(low: float, high: float, most: int) -> list[tuple[float, str]]:
    """Return ticks of an axis that shows decimal logarithms, labelled with the numbers."""
    if high - low < 1.5:
        near = ticks(10**low, 10**high, most)
        return [(math.log10(value), text) for value, text in near if value > 0]
    step = max(1, math.ceil((high - low) / max(2, most - 1)))
    return [(n, f"{10.0**n:g}") for n in range(math.ceil(low), math.floor(high) + 1, step)]


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
