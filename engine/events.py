"""What an engine tells of a training; `engine.protocol` says in which order."""

from typing import Literal

import msgspec


class Started(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Training begins. ``steps`` is the number of batches an epoch, if Keras knows it already."""

    epochs: int
    initial_epoch: int
    steps: int | None


class Paused(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Training holds: in this epoch (from 0), ``step`` batches of ``steps`` are done."""

    epoch: int
    step: int
    steps: int | None


class Continued(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Training goes on after a pause."""


class Noted(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Something is not as it should be, and training goes on; ``sentence`` says what."""

    sentence: str


class Measured(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """By what the program standardises pixels: (mean, deviation) by the variable of the Input."""

    moments: dict[str, tuple[float, float]]


class Progress(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Where training is, at most 8 times a second.

    Attributes:
        epoch: the running epoch, from 0.
        step: batches done in this epoch.
        steps: batches an epoch, None if not known yet.
        samples: samples seen in this epoch, None if the model's loss doesn't count them.
        rate: samples a second over about the last second, None at first.
        eta: seconds left until the last epoch's end, None if not known yet.
        logs: running means of loss and metrics in this epoch.
    """

    epoch: int
    step: int
    steps: int | None
    samples: int | None
    rate: float | None
    eta: float | None
    logs: dict[str, float]


class EpochEnded(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """An epoch is over. ``logs`` also holds the ``val_`` values; ``seconds`` includes those.

    ``learning_rate`` is that of the epoch's last step, None if the optimizer has none; ``samples``
    are counted as in `Progress`.
    """

    epoch: int
    seconds: float
    logs: dict[str, float]
    learning_rate: float | None = None
    samples: int | None = None


class Gradients(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """How a model's layers learn after an epoch, seen on some samples of the training data.

    Attributes:
        epoch: from 0. Not every epoch is looked at: it takes time.
        norms: by layer, the Euclidean norm of the loss's gradient by all of its weights.
        dead: by layer that ends in a ReLU, the share of its units that are 0 for all samples.
    """

    epoch: int
    norms: dict[str, float]
    dead: dict[str, float]


class Resumed(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """A run goes on with this epoch (from 0); ``epochs`` are those that it has behind it.

    What was told of this epoch and later ones doesn't count: they are trained again.
    """

    epoch: int
    epochs: list[EpochEnded]


class Evaluated(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """What the program's ``evaluate`` returned."""

    scores: dict[str, float]


class Finished(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """The run is over; ``weights`` is the file that holds the model's last weights, if any."""

    reason: Literal["completed", "stopped"]
    weights: str | None
