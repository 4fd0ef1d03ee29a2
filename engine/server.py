"""The engine's process. Started by file: see `engine.command`.

It finds its own modules by putting Layerloom's folder on the path, and takes that folder off
again before it runs a program, so that a user's module named ``graph`` or ``codegen`` wins.
"""

import gc
import os
import platform
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

_HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(_HERE.parent))

from engine.channel import Channel, Job  # noqa: E402 - needs the path above
from engine.failures import failed  # noqa: E402 - needs the path above
from engine.protocol import (  # noqa: E402 - needs the path above
    Evaluate,
    Event,
    Failed,
    FindRate,
    Finished,
    Judge,
    Judged,
    Maps,
    Predict,
    Preview,
    Ready,
    Samples,
    Stages,
    Train,
)

UNREADY = 3
"""Exit status of an engine that could not import Keras and has said so."""


def main() -> None:
    """Serve until `Quit` or until the window has gone."""
    channel = Channel()
    try:
        ready = _ready()
        handle = _handler(channel)
    except Exception as error:  # noqa: BLE001 - a broken installation may raise anything
        channel.send(_unready(error))
        os._exit(UNREADY)
    _leave_path()
    # TensorFlow's hundreds of thousands of objects stay; collecting them takes 0.2 s each time
    gc.collect()
    gc.freeze()
    channel.send(ready)
    for job in channel.jobs():
        with channel.prints_carried():
            last = _perform(job, handle)
        channel.send(last)
    os._exit(0)  # TensorFlow's own farewell takes seconds and may hang


def _ready() -> Ready:
    """Import Keras, which takes seconds, and let graphics cards share their memory."""
    import keras  # noqa: PLC0415 - requests are read, and failures told, before and during this
    import numpy as np  # noqa: PLC0415 - as above
    import tensorflow as tf  # noqa: PLC0415 - as above

    devices = ["CPU"]
    for card in tf.config.list_physical_devices("GPU"):
        tf.config.experimental.set_memory_growth(card, True)
        details = tf.config.experimental.get_device_details(card)
        devices.append(details.get("device_name", card.name))
    return Ready(
        keras=keras.__version__,
        tensorflow=tf.__version__,
        python=platform.python_version(),
        numpy=np.__version__,
        devices=devices,
    )


def _handler(channel: Channel) -> Callable[[Job], Event]:
    """Return what answers a job; all of the engine's modules are imported when it returns."""
    from engine.activations import Activations  # noqa: PLC0415 - imports Keras
    from engine.evaluation import Evaluations  # noqa: PLC0415 - imports Keras
    from engine.finding import find_rate  # noqa: PLC0415 - imports Keras
    from engine.loaded import Loaded  # noqa: PLC0415 - imports Keras
    from engine.prediction import Predictions  # noqa: PLC0415 - imports Keras
    from engine.preview import Previews  # noqa: PLC0415 - imports Keras
    from engine.referee import judge  # noqa: PLC0415 - imports Keras
    from engine.samples import Stagings  # noqa: PLC0415 - imports Keras
    from engine.training import train  # noqa: PLC0415 - imports Keras

    loaded = Loaded()
    activations, predictions = Activations(loaded), Predictions(loaded)
    evaluations = Evaluations(loaded, channel.send)
    previews, stagings = Previews(), Stagings()

    learning: dict[type, Any] = {Train: train, FindRate: find_rate}
    answering: dict[type, Any] = {
        Maps: activations.answer,
        Predict: predictions.answer,
        Evaluate: evaluations.evaluate,
        Samples: evaluations.samples,
        Preview: previews.answer,
        Stages: stagings.answer,
        Judge: lambda request: Judged(verdict=judge(request.program)),
    }

    def handle(job: Job) -> Event:
        kind = type(job.request)
        if kind in learning:
            for one in (loaded, predictions, previews, stagings):
                one.forget()
            last = learning[kind](job.request, job, channel.send)
        else:
            last = answering[kind](job.request)
        return cast("Event", last)

    return handle


def _perform(job: Job, handle: Callable[[Job], Event]) -> Event:
    try:
        job.interruptible = True
        job.check()
        return handle(job)
    except BaseException as error:  # noqa: BLE001 - a program may raise anything
        if job.is_ended_by(error):
            return Finished(reason="stopped", weights=None)
        job.interruptible = False
        return failed(error)
    finally:
        job.interruptible = False


def _unready(error: Exception) -> Failed:
    described = failed(error)
    reason = f"{type(error).__name__}: {error}"
    if isinstance(error, ModuleNotFoundError):
        reason = f"the module “{error.name}” is not installed in {sys.executable}."
    return Failed(
        sentence=f"The engine can't start: {reason}", line=None, traceback=described.traceback
    )


def _leave_path() -> None:
    """Take Layerloom's folders off the path, also where an editable install has put them."""
    own = {_HERE, _HERE.parent}
    sys.path[:] = [entry for entry in sys.path if Path(entry).resolve() not in own]
    for name in [name for name in sys.modules if name.partition(".")[0] == "engine"]:
        del sys.modules[name]  # a user's module may have this name too


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    main()
