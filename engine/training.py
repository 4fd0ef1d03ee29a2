"""Training: the program's own ``main``, with our callback appended (server half)."""

import inspect
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from engine.channel import Job
from engine.failures import failed
from engine.gradients import GradientWatch
from engine.keeping import WEIGHTS, Keeper, as_a_whole
from engine.loaded import WeightsError
from engine.program import execute, forget_earlier, running_in
from engine.protocol import Evaluated, Event, Failed, Finished, Measured, Train
from engine.reporting import Reporter
from engine.resuming import StateError


def train(request: Train, job: Job, send: Callable[[Event], None]) -> Event:
    """Run a program's ``main`` in its run directory and return the request's last event."""
    try:
        with running_in(request.run_dir):
            return _train(request, job, send)
    except (StateError, WeightsError) as error:
        return Failed(sentence=str(error), line=None, traceback="")
    except BaseException as error:
        if job.is_ended_by(error):
            raise
        job.interruptible = False
        return failed(error, request.run_dir)


def _train(request: Train, job: Job, send: Callable[[Event], None]) -> Event:
    forget_earlier()
    keeper = Keeper(request, send)
    namespace = execute(request.program)
    _watch_moments(namespace, send)
    keeper.join(namespace)
    gradients = GradientWatch()
    gradients.join(namespace)
    reporter = Reporter(job, keeper.tell, gradients)
    try:
        model, _, scores = namespace["main"](folder=request.folder, callbacks=(reporter,))
        job.interruptible = False
    except BaseException as error:
        if not job.is_ended_by(error):
            raise
        job.interruptible = False
        # no model: it was stopped before training began
        weights = _save(reporter.model, request.run_dir) if reporter.model is not None else None
        return Finished(reason="stopped", weights=weights)
    send(Evaluated(scores={name: float(value) for name, value in scores.items()}))
    return Finished(reason="completed", weights=_save(model, request.run_dir))


def _watch_moments(namespace: dict[str, Any], send: Callable[[Event], None]) -> None:
    """Tell by which mean and deviation the program standardises pixels, once it knows them."""
    prepare = namespace.get("prepare")
    if not inspect.isfunction(prepare):
        return
    taken = inspect.signature(prepare)
    names = [name.removesuffix("_mean") for name in taken.parameters if name.endswith("_mean")]
    if not names:
        return

    def noted(*given: Any) -> Any:  # noqa: ANN401 - the program's own
        values = taken.bind(*given).arguments
        found = {name: (values[f"{name}_mean"], values.get(f"{name}_std")) for name in names}
        # what vectors are standardised by is an array, and so is a column of such a name
        pixels = {
            name: (float(mean), float(std))
            for name, (mean, std) in found.items()
            if isinstance(mean, np.floating) and np.isfinite(mean)
            if isinstance(std, np.floating) and np.isfinite(std)
        }
        send(Measured(moments=pixels))
        namespace["prepare"] = prepare  # the other parts are treated alike
        return prepare(*given)

    namespace["prepare"] = noted


def _save(model: Any, run_dir: str) -> str:  # noqa: ANN401 - a keras.Model, which has no types
    """Write the weights so that the file is either there and whole, or not there."""
    target = Path(run_dir).resolve() / WEIGHTS
    as_a_whole(partial(type(model).save_weights, model))(target)
    return str(target)
