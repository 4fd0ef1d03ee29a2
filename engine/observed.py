"""What a training has told, and what was known of it before: the grounds of its notes."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from engine.protocol import EpochEnded, Gradients, Noted, Progress, Resumed, Started

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from engine.protocol import Event


class Facts(NamedTuple):
    """What is known of a training before it begins.

    `classes`: by the name of an accuracy, how many classes there are; `shares`: what share of the
    samples are of the most frequent one, where that is known. `guessing`: by the name of
    a loss, what it is for a model that gives each class the same probability. `rate`: the learning
    rate, if it is a number. `eased`: something acts on training data alone, such as Dropout or
    augmentation, or is added to the loss.
    """

    epochs: int = 0
    classes: Mapping[str, int] = {}
    shares: Mapping[str, float] = {}
    guessing: Mapping[str, float] = {}
    rate: float | None = None
    eased: bool = False


class Observed:
    """What a training has told so far; takes its events in the order they come.

    Attributes:
        history: the values of each epoch by name; NaN where there is none.
        gradients: what was seen of the gradients, epoch by epoch.
        broken: epoch (from 0) and batches done when a running loss was first seen not to be
            finite; None if it never was.
        noted: what the engine has said of itself, in sentences.
    """

    def __init__(self) -> None:
        self.history: dict[str, list[float]] = {}
        self.gradients: list[Gradients] = []
        self.broken: tuple[int, int] | None = None
        self.noted: list[str] = []

    def take(self, event: Event) -> None:
        """Take an event of the training; those that tell nothing here are passed over."""
        match event:
            case Started():
                self._forget(event.initial_epoch)
            case Resumed():
                self._forget(event.epoch)
                self.noted.clear()
                for epoch in event.epochs:
                    self.add_epoch(epoch.epoch, epoch.logs)
            case Progress() if self.broken is None:
                if not math.isfinite(event.logs.get("loss", 0.0)):
                    self.broken = (event.epoch, event.step)
            case EpochEnded():
                self.add_epoch(event.epoch, event.logs)
            case Gradients():
                self.gradients.append(event)
            case Noted():
                self.noted.append(event.sentence)

    def take_told(self, events: Iterable[Event]) -> None:
        """Take what a run's record has, in which each epoch stands once, also where it resumed."""
        for event in events:
            if not isinstance(event, Resumed):
                self.take(event)

    def add_epoch(self, epoch: int, logs: Mapping[str, float | None]) -> None:
        """Take the values of an epoch, which counts from 0; None stands for no number."""
        for name, value in logs.items():
            values = self.history.setdefault(name, [])
            del values[epoch:]
            values.extend([math.nan] * (epoch - len(values)))
            values.append(math.nan if value is None else value)

    def _forget(self, epoch: int) -> None:
        """Forget this epoch and later ones: they are trained again."""
        for values in self.history.values():
            del values[epoch:]
        self.gradients = [seen for seen in self.gradients if seen.epoch < epoch]
        if self.broken is not None and self.broken[0] >= epoch:
            self.broken = None
