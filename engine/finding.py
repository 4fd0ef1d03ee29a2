"""Trying learning rates on a new model, one after the other (server half).

Source: L. N. Smith, Cyclical Learning Rates for Training Neural Networks, 2015,
https://arxiv.org/abs/1506.01186, section 3.3 (the "LR range test").
"""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING, Any

import keras
import tensorflow as tf

from engine.failures import failed
from engine.program import execute, forget_earlier, running_in
from engine.protocol import Advanced, Event, FindRate, RatesTried

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from engine.channel import Job

_INTERVAL = 0.25  # seconds between two Advanced
_FAR = 5.0  # times the least loss: beyond, there is nothing to learn


class _Compiled(BaseException):
    """The program's ``train`` has compiled its model and is about to fit it on these batches."""

    def __init__(self, batches: Any) -> None:  # noqa: ANN401 - what `fit` is given
        super().__init__()
        self.batches = batches


def find_rate(request: FindRate, job: Job, send: Callable[[Event], None]) -> Event:
    """Return `RatesTried` or `Failed`: the loss of each step, with a rate that grows evenly."""
    try:
        with running_in(request.run_dir):
            forget_earlier()
            model, batches = _compiled(request)
            return _tried(request, model, batches, job, send)
    except BaseException as error:
        if job.is_ended_by(error):
            raise
        job.interruptible = False
        return failed(error, request.run_dir)


def _compiled(request: FindRate) -> tuple[Any, Any]:
    """Let the program make its data and its model, up to the moment where it would train."""
    namespace = execute(request.program)
    if "SEED" in namespace:
        keras.utils.set_random_seed(namespace["SEED"])
    data = namespace["load_data"](request.folder)
    model = namespace["build_model"]()

    def fit(batches: Any = None, *_: Any, **_options: Any) -> None:  # noqa: ANN401 - as Keras has it
        raise _Compiled(batches)

    vars(model)["fit"] = fit
    try:
        namespace["train"](model, data)
    except _Compiled as found:
        if isinstance(found.batches, tf.data.Dataset):
            return model, found.batches
    raise TypeError("The program's train doesn't fit its model on batches.")


def _tried(
    request: FindRate,
    model: Any,  # noqa: ANN401 - a keras.Model, which has no types
    batches: Any,  # noqa: ANN401 - a Dataset
    job: Job,
    send: Callable[[Event], None],
) -> RatesTried:
    steps, growth = request.steps, request.last / request.first
    rate = keras.optimizers.schedules.ExponentialDecay(request.first, max(1, steps - 1), growth)
    model.optimizer = _with_rate(model.optimizer, rate)
    rates: list[float] = []
    losses: list[float] = []
    told = time.monotonic()
    for step, batch in zip(range(steps), _endless(batches), strict=False):
        job.check()
        inputs, targets, weights = keras.utils.unpack_x_y_sample_weight(batch)
        model.reset_metrics()
        logs = model.train_on_batch(inputs, targets, weights, return_dict=True)
        rates.append(request.first * growth ** (step / max(1, steps - 1)))
        losses.append(float(logs["loss"]))
        if not math.isfinite(losses[-1]) or losses[-1] > _FAR * max(min(losses), losses[0]):
            break
        if (now := time.monotonic()) - told >= _INTERVAL:
            told = now
            send(Advanced(done=step + 1, total=steps))
    return RatesTried(rates=rates, losses=losses)


def _with_rate(optimizer: Any, rate: Any) -> Any:  # noqa: ANN401 - Keras has no types
    """Return a new optimizer of the same settings with another learning rate."""
    if isinstance(optimizer, keras.optimizers.LossScaleOptimizer):  # of mixed precision
        return keras.optimizers.LossScaleOptimizer(
            _with_rate(optimizer.inner_optimizer, rate),
            initial_scale=optimizer.initial_scale,
            dynamic_growth_steps=optimizer.dynamic_growth_steps,
        )
    return type(optimizer).from_config(optimizer.get_config() | {"learning_rate": rate})


def _endless(batches: Any) -> Iterator[Any]:  # noqa: ANN401 - a Dataset
    """Yield the batches again and again."""
    while True:
        yield from batches
