"""The Keras callback that tells the window where training is (server half).

It overrides no ``on_..._batch_end``: with such a method in the list, Keras 3 turns the logs of
every execution into floats on the training thread (``keras/src/callbacks/callback_list.py``).
The start of the next execution serves as well, and the metrics are read when there is something
to send.
"""

import time
from collections import deque
from collections.abc import Callable
from typing import Any

import keras

from engine.channel import Job
from engine.gradients import GradientWatch
from engine.protocol import Continued, EpochEnded, Event, Paused, Progress, Started

_INTERVAL = 0.125  # seconds between two Progress events: what the window does then slows training
_WINDOW = 1.0  # seconds over which the rate is measured


class Speed:
    """Steps and samples a second over about the last second of training steps."""

    def __init__(self) -> None:
        self._points: deque[tuple[float, int, int | None]] = deque()
        self.steps: float | None = None
        self.samples: float | None = None

    def begin(self) -> None:
        """Forget the points, not the speed: an epoch begins, and counts start from 0."""
        self._points.clear()

    def add(self, now: float, steps: int, samples: int | None) -> None:
        """Take the counts of this epoch at a time in seconds."""
        points = self._points
        points.append((now, steps, samples))
        while len(points) > 2 and now - points[1][0] >= _WINDOW:
            points.popleft()
        then, steps_then, samples_then = points[0]
        if now > then and steps > steps_then:
            self.steps = (steps - steps_then) / (now - then)
            if samples is not None and samples_then is not None:
                self.samples = (samples - samples_then) / (now - then)


class Reporter(keras.callbacks.Callback):  # type: ignore[misc]  # Keras carries no types
    """Sends `Started`, `Progress`, `EpochEnded` and `Gradients`; raises `Stopped` when asked to.

    Append it last, so that the callbacks before it have done their work when an epoch is reported.
    """

    def __init__(
        self, job: Job, send: Callable[[Event], None], gradients: GradientWatch | None = None
    ) -> None:
        super().__init__()
        self._job = job
        self._send = send
        self._gradients = gradients
        self._speed = Speed()
        self._epoch = 0
        self._sent = 0.0  # when the last Progress was sent
        self._step = 0
        self._seen: int | None = None  # samples of this epoch, once its training steps are done
        self._began = 0.0  # when the epoch began
        self._last_seconds: float | None = None  # the last epoch's length
        self._first = True  # no epoch has begun yet

    def on_train_begin(self, logs: Any = None) -> None:  # noqa: ANN401, ARG002 - Keras's signature
        """Take over the watch for `Stop`: a callback that writes a file must not be cut short."""
        self._job.interruptible = False
        self._job.check()

    def on_train_end(self, logs: Any = None) -> None:  # noqa: ANN401, ARG002 - Keras's signature
        """Give the watch back."""
        self._job.interruptible = True

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:  # noqa: ANN401, ARG002 - Keras's signature
        """Note the time."""
        self._epoch, self._step, self._seen = epoch, 0, None
        self._heed()
        steps = self._steps()
        if self._first:
            epochs = int(self.params["epochs"])
            self._send(Started(epochs=epochs, initial_epoch=epoch, steps=steps))
        self._began = time.monotonic()
        self._speed.begin()

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:  # noqa: ANN401, ARG002 - Keras's signature
        """Report what the executions before this one have done; ``batch`` is their steps."""
        self._step = batch
        self._heed()
        if batch == 0:
            # the first execution compiles, which takes seconds for a large model, and no
            # callback is at work then, unless the execution is the epoch's only one
            steps = self._steps()
            if self._first and steps is not None and steps > self._model.steps_per_execution:
                self._job.interruptible = True
            self._first = False
            return
        self._job.interruptible = False
        now = time.monotonic()
        if now - self._sent >= _INTERVAL:
            self._report(now)

    def on_test_begin(self, logs: Any = None) -> None:  # noqa: ANN401, ARG002 - Keras's signature
        """Say that the epoch's training steps are done, before validation."""
        self._job.interruptible = False
        self._step = self._steps() or self._step
        self._seen = self._samples()  # before validation counts its own
        self._heed()
        self._report(time.monotonic())

    def on_test_batch_begin(self, batch: int, logs: Any = None) -> None:  # noqa: ANN401, ARG002 - Keras's signature
        """Stop and pause during validation too."""
        self._heed()

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Send the epoch's values, and now and then what the gradients are like."""
        self._job.interruptible = False
        seconds = self._last_seconds = time.monotonic() - self._began
        told = _floats(logs or {})
        rate, seen = _rate(self._model), self._samples() if self._seen is None else self._seen
        self._send(
            EpochEnded(epoch=epoch, seconds=seconds, logs=told, learning_rate=rate, samples=seen)
        )
        if self._gradients is not None:
            is_last = self._model.stop_training or epoch + 1 == self.params["epochs"]
            found = self._gradients.measure(self._model, epoch, is_last=is_last)
            if found is not None:
                self._send(found)

    def _heed(self) -> None:
        """End or hold the training if somebody has asked for it."""
        self._job.check()
        if not self._job.is_paused:
            return
        self._job.interruptible = False
        began = time.monotonic()
        self._send(Paused(epoch=self._epoch, step=self._step, steps=self._steps()))
        self._job.hold()
        self._send(Continued())
        self._began += time.monotonic() - began
        self._speed.begin()

    def _report(self, now: float) -> None:
        samples = self._samples()
        self._speed.add(now, self._step, samples)
        if now - self._sent < _INTERVAL:
            return
        self._send(
            Progress(
                epoch=self._epoch,
                step=self._step,
                steps=self._steps(),
                samples=samples,
                rate=self._speed.samples,
                eta=self._eta(now),
                logs=_floats(self._model.get_metrics_result()),
            )
        )
        self._sent = now

    def _steps(self) -> int | None:
        steps = self.params.get("steps")
        return None if steps is None else int(steps)

    def _samples(self) -> int | None:
        """Return the samples of this epoch: Keras weighs the mean loss by them."""
        metrics = self._model.metrics
        count = getattr(metrics[0], "count", None) if metrics else None
        return None if count is None else int(count)

    def _eta(self, now: float) -> float | None:
        steps = self._steps()
        if steps is None or not self._speed.steps:
            return None
        here = max(0.0, (steps - self._step) / self._speed.steps)
        whole = self._last_seconds
        if whole is None:
            whole = now - self._began + here
        return float(here + whole * (int(self.params["epochs"]) - self._epoch - 1))


def _floats(logs: dict[str, Any]) -> dict[str, float]:
    return {name: float(value) for name, value in logs.items()}


def _rate(model: Any) -> float | None:  # noqa: ANN401 - a keras.Model, which has no types
    """Return the learning rate of now, also where a schedule sets it."""
    rate = getattr(getattr(model, "optimizer", None), "learning_rate", None)
    return None if rate is None else float(rate)
