"""Evaluating a trained model on a part of its data (server half).

Loss and metrics come from the program's own ``evaluate``, on a model that the program's own
``train`` has compiled; only the training itself is left out.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from engine.failures import failed
from engine.loaded import Loaded, WeightsError, plain
from engine.protocol import (
    Advanced,
    Answers,
    Array,
    Evaluate,
    EvaluationReady,
    Event,
    Failed,
    Samples,
    SamplesReady,
)

MOST_VALUES = 64
"""Of an output with more values a sample than this, only each sample's error is sent."""

_INTERVAL = 0.1  # seconds between two Advanced events
_CHUNK = 512  # samples whose errors are computed at a time
_BATCH_SIZE = 128  # for programs that name none


class Evaluations:
    """Answers `Evaluate` and `Samples`."""

    def __init__(self, loaded: Loaded, send: Callable[[Event], None]) -> None:
        self._loaded = loaded
        self._send = send

    def evaluate(self, request: Evaluate) -> Event:
        """Return `EvaluationReady` or `Failed`."""
        try:
            return self._evaluated(request)
        except WeightsError as error:
            return Failed(sentence=str(error), line=None, traceback="")
        except Exception as error:  # noqa: BLE001 - a program may raise anything
            return failed(error)

    def samples(self, request: Samples) -> Event:
        """Return `SamplesReady` or `Failed`."""
        loaded = self._loaded
        try:
            loaded.load(request.program, request.folder, request.weights)
            inputs, targets = (
                [plain(values[np.array(request.indices, int)]) for values in tf.nest.flatten(part)]
                for part in loaded.data[request.part]
            )
            outputs: list[Array] = []
            if request.outputs and request.indices:
                made = loaded.model(inputs if len(inputs) > 1 else inputs[0], training=False)
                outputs = [plain(values) for values in tf.nest.flatten(made)]
            files = _files(loaded.data[request.part][0], request.indices)
            return SamplesReady(inputs=inputs, targets=targets, outputs=outputs, files=files)
        except WeightsError as error:
            return Failed(sentence=str(error), line=None, traceback="")
        except Exception as error:  # noqa: BLE001 - as above
            return failed(error)

    def _evaluated(self, request: Evaluate) -> EvaluationReady:
        loaded = self._loaded
        self._send(Advanced(done=0, total=1))
        loaded.load(request.program, request.folder, request.weights)
        model, data = loaded.model, loaded.data
        if not model.compiled:
            _compile(loaded.namespace, model, data)
        inputs, targets = data[request.part]
        batch_size = loaded.namespace.get("BATCH_SIZE", _BATCH_SIZE)
        count = len(tf.nest.flatten(inputs)[0])
        watch = _Watch(self._send, 2 * -(-count // batch_size))
        batches = loaded.namespace.get("ordered_batches")  # of a program that reads files
        if batches is None:
            made = model.predict(inputs, batch_size=batch_size, callbacks=[watch], verbose=0)
        else:
            made = model.predict(batches(inputs, targets), callbacks=[watch], verbose=0)
        with _called_with(model, "evaluate", callbacks=[watch]):
            # the program evaluates what stands under "test"
            scores = loaded.namespace["evaluate"](model, {**data, "test": data[request.part]})
        outputs = [
            _answers(name, plain(predicted), target)
            for name, predicted, target in zip(
                model.output_names, tf.nest.flatten(made), tf.nest.flatten(targets), strict=True
            )
        ]
        return EvaluationReady(
            scores={name: float(value) for name, value in scores.items()}, outputs=outputs
        )


def _files(inputs: Any, indices: list[int]) -> list[list[str]]:  # noqa: ANN401 - of a program
    """Return for each sample the files of its images, where they stay in files."""
    named = [values.files for values in tf.nest.flatten(inputs) if hasattr(values, "files")]
    if not named:
        return []
    return [
        ["/".join(Path(one[at].numpy().decode()).parts[-2:]) for one in named] for at in indices
    ]


class _Compiled(BaseException):
    """Raised to leave ``train`` when the model is compiled; programs let it pass."""


def _compile(namespace: dict[str, Any], model: Any, data: Any) -> None:  # noqa: ANN401 - Keras carries no types
    """Let the program's ``train`` compile the model, and go no further."""
    compile_ = model.compile

    def compiled(*args: Any, **settings: Any) -> None:  # noqa: ANN401 - as Keras has them
        compile_(*args, **settings)
        raise _Compiled

    vars(model)["compile"] = compiled
    try:
        namespace["train"](model, data)
    except _Compiled:
        pass
    finally:
        del vars(model)["compile"]


@contextmanager
def _called_with(model: Any, method: str, **settings: Any) -> Iterator[None]:  # noqa: ANN401 - as above
    """Let a method of this one model be called with these settings besides its own."""
    plain_method = getattr(model, method)
    vars(model)[method] = lambda *args, **own: plain_method(*args, **own, **settings)
    try:
        yield
    finally:
        del vars(model)[method]


class _Watch(keras.callbacks.Callback):  # type: ignore[misc]  # Keras carries no types
    """Counts the batches of a prediction and of the evaluation after it."""

    def __init__(self, send: Callable[[Event], None], total: int) -> None:
        super().__init__()
        self._send = send
        self._total = total
        self._sent = 0.0  # when something was sent last

    def on_predict_batch_begin(self, batch: int, logs: Any = None) -> None:  # noqa: ANN401, ARG002 - Keras's signature
        """Tell how many batches are done."""
        self._tell(batch)

    def on_test_batch_begin(self, batch: int, logs: Any = None) -> None:  # noqa: ANN401, ARG002 - Keras's signature
        """Tell how many batches are done, those of the prediction too."""
        self._tell(self._total // 2 + batch)

    def _tell(self, done: int) -> None:
        now = time.monotonic()
        if now - self._sent >= _INTERVAL:
            self._sent = now
            self._send(Advanced(done=done, total=self._total))


def _answers(name: str, predicted: Array, target: Any) -> Answers:  # noqa: ANN401 - an array, or images in their files
    predicted = predicted.astype(np.float32, copy=False)
    some = plain(target[np.arange(min(_CHUNK, len(target)))])
    many = predicted.shape[1:] == some.shape[1:] and predicted[:1].size > MOST_VALUES
    if predicted.ndim == 3 and _are_choices(predicted, some):
        return Answers(name=name, shape=list(predicted.shape[1:]))
    if many and not _is_one_hot(some):
        return Answers(name=name, errors=_errors(predicted, target))
    return Answers(name=name, predictions=predicted, targets=plain(target))


def _errors(predicted: Array, target: Any) -> Array:  # noqa: ANN401 - as above
    """Return the mean squared error of each sample, float32; few targets are read at a time."""
    axes = tuple(range(1, predicted.ndim))
    errors = np.empty(len(predicted), np.float32)
    for first in range(0, len(predicted), _CHUNK):
        rows = np.arange(first, min(first + _CHUNK, len(predicted)))
        errors[rows] = np.square(predicted[rows] - plain(target[rows])).mean(axis=axes)
    return errors


def _are_choices(predicted: Array, target: Array) -> bool:
    """Say whether the targets choose a class for each step of a sequence."""
    if predicted.shape[:2] != target.shape[:2]:
        return False
    classes = predicted.shape[2]
    if target.ndim == 3 and target.shape[2] == classes:
        return classes > 1 and _is_one_hot(target.reshape(-1, classes))
    return bool(classes > 1)


def _is_one_hot(target: Array) -> bool:
    """Say whether each row is 0 but for a single 1."""
    if target.ndim != 2:
        return False
    return bool(np.all((target == 0) | (target == 1)) and np.all(target.sum(axis=1) == 1))
