"""What a model predicts for one sample, and a layer's maps for it (server half).

The functional model, with the layer's output beside its own, is compiled once by `tf.function`:
a batch of one then takes about as long as its arithmetic, where an eager call takes some
milliseconds for each ten layers (https://www.tensorflow.org/guide/function).
"""

import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import tensorflow as tf

from engine.failures import failed
from engine.loaded import Loaded, WeightsError, plain
from engine.protocol import Array, Event, Failed, Predict, Predicted

Compiled = Callable[..., Sequence[Any]]


class InputError(Exception):
    """An input doesn't fit the model; the message is a sentence for people."""


class Predictions:
    """Answers `Predict`; the compiled model stays until another model or layer is asked for."""

    def __init__(self, loaded: Loaded) -> None:
        self._loaded = loaded
        self.forget()

    def forget(self) -> None:
        """Let go of the compiled model."""
        self._of: tuple[Any, str | None] = (None, None)
        self._run: Compiled | None = None

    def answer(self, request: Predict) -> Event:
        """Return `Predicted` or `Failed`."""
        loaded = self._loaded
        try:
            loaded.load(request.program, request.folder, request.weights)
            run = self._compiled(request.section)
            inputs, targets = _batch(loaded, request), _targets(loaded, request)
            began = time.perf_counter()
            found = [plain(values)[0] for values in run(*inputs)]
            seconds = time.perf_counter() - began
        except (WeightsError, InputError) as error:
            return Failed(sentence=str(error), line=None, traceback="")
        except Exception as error:  # noqa: BLE001 - a program may raise anything
            return failed(error)
        maps = None if request.section is None else found.pop()
        return Predicted(
            inputs=[values[0] for values in inputs],
            outputs=found,
            maps=maps,
            seconds=seconds,
            targets=targets,
        )

    def _compiled(self, section: str | None) -> Compiled:
        model = self._loaded.model
        if self._run is None or self._of[0] is not model or self._of[1] != section:
            self.forget()
            viewed = model
            if section is not None:
                viewed = self._loaded.defined(section, "with_layer")(model)

            def run(*inputs: Any) -> Any:  # noqa: ANN401 - tensors
                given = list(inputs) if len(inputs) > 1 else inputs[0]
                return tf.nest.flatten(viewed(given, training=False))

            self._of, self._run = (model, section), tf.function(run)
        return self._run


def _batch(loaded: Loaded, request: Predict) -> list[Array]:
    """Return the inputs as batches of one, those of the test sample where none is given."""
    given: list[Array | None] = list(request.inputs)
    given += [None] * (len(loaded.model.inputs) - len(given))
    if any(values is None for values in given):
        inputs, _ = loaded.data["test"]
        of_sample = [plain(values[[request.sample]])[0] for values in tf.nest.flatten(inputs)]
        given = [
            sample if values is None else values
            for values, sample in zip(given, of_sample, strict=True)
        ]
    pairs = zip(given, loaded.model.inputs, strict=True)
    return [_fitted(values, tensor) for values, tensor in pairs]


def _targets(loaded: Loaded, request: Predict) -> list[Array] | None:
    """Return what the sample should give, unless another input stands in its place."""
    if any(values is not None for values in request.inputs):
        return None
    _, targets = loaded.data["test"]
    return [np.asarray(plain(values[[request.sample]])[0]) for values in tf.nest.flatten(targets)]


def _fitted(values: Array | None, tensor: Any) -> Array:  # noqa: ANN401 - a KerasTensor
    """Return an input as a batch of one with the tensor's dtype; raises `InputError`."""
    array = np.asarray(values, dtype=tensor.dtype)[np.newaxis]
    wants = tensor.shape[1:]
    if array.ndim != len(tensor.shape) or any(
        want not in {None, size} for want, size in zip(wants, array.shape[1:], strict=True)
    ):
        words = [" × ".join(map(str, shape)) or "one number" for shape in (wants, array.shape[1:])]
        raise InputError(f"The input {tensor.name} takes {words[0]} and was given {words[1]}.")
    return array
