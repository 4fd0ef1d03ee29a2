"""How strong each layer's gradient is, looked at now and then between epochs (server half).

The program isn't changed for it, and its numbers stay the same: what a layer or metric would
write down is kept apart by Keras's `StatelessScope`, and no iterator of the program is touched.
Source: https://keras.io/api/utils/backend_utils/ and X. Glorot, Y. Bengio, 2010,
https://proceedings.mlr.press/v9/glorot10a.html, who watch gradients by layer.
"""

import time
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from engine.protocol import Gradients

SHARE = 0.002
"""The largest share of the time that this may take, apart from the first two epochs and the last:
the very first time is no measure, since TensorFlow prepares itself then."""

_MOST = 128  # samples that are looked at


class GradientWatch:
    """Measures the gradients of one training, on the same samples each time."""

    def __init__(self) -> None:
        self._data: Any = None  # what the program trains on
        self._batch_size = _MOST
        self._batch: Any = None
        self._watched: Any = None  # the model, with the outputs of its ReLUs besides its own
        self._relus: list[str] = []
        self._due = 0.0  # by the monotonic clock
        self._is_known = False  # whether it has worked once
        self._is_off = False

    def join(self, namespace: dict[str, Any]) -> None:
        """See the data that a program's ``train`` is called with."""
        train = namespace.get("train")
        if train is None:
            return

        def train_on(model: Any, data: Any, *values: Any, **options: Any) -> Any:  # noqa: ANN401 - the program's own
            self._data = data
            self._batch_size = namespace.get("BATCH_SIZE", _MOST)
            return train(model, data, *values, **options)

        namespace["train"] = train_on

    def measure(self, model: Any, epoch: int, *, is_last: bool) -> Gradients | None:  # noqa: ANN401 - a keras.Model, which has no types
        """Return what there is to see after an epoch; None if it can't be, or isn't due."""
        began = time.monotonic()
        if self._data is None or self._is_off or (began < self._due and not is_last):
            return None
        try:
            found = self._measured(model, epoch)
        except Exception:  # noqa: BLE001 - a model may do what this can't follow: training goes on
            self._is_off = True
            return None
        now = time.monotonic()
        if self._is_known:
            self._due = now + (now - began) / SHARE
        self._is_known = True
        return found

    def _measured(self, model: Any, epoch: int) -> Gradients:  # noqa: ANN401 - as above
        if self._batch is None:
            self._batch = _samples(model, self._data, self._batch_size)
        if self._watched is None:
            self._watch(model)
        inputs, targets = self._batch
        layers = {one.name: one.trainable_variables for one in model.layers}
        values = {name: [tf.identity(one.value) for one in own] for name, own in layers.items()}
        pairs = zip(keras.tree.flatten(layers), keras.tree.flatten(values), strict=True)
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(values)
            with keras.StatelessScope(list(pairs), collect_losses=True):
                outputs = self._watched(inputs, training=True)
                loss = model.compute_loss(inputs, targets, outputs["model"], training=True)
        found = tape.gradient(loss, values)
        norms = {
            name: tf.linalg.global_norm(known)
            for name, own in found.items()
            if (known := [gradient for gradient in own if gradient is not None])
        }
        dead = {
            name: _dead(value) for name, value in zip(self._relus, outputs["relus"], strict=True)
        }
        return Gradients(
            epoch=epoch,
            norms={name: float(norm) for name, norm in norms.items()},
            dead={name: float(share) for name, share in dead.items()},
        )

    def _watch(self, model: Any) -> None:  # noqa: ANN401 - as above
        relus = [one for one in model.layers if _is_relu(one)]
        self._relus = [one.name for one in relus]
        self._watched = keras.Model(
            model._inputs_struct,  # noqa: SLF001 - the public names lose how they are nested
            {"model": model._outputs_struct, "relus": [one.output for one in relus]},  # noqa: SLF001 - as above
            name="watched",  # a name of Keras's own would be missing in the program's count
        )


def _samples(model: Any, data: Any, batch: int) -> Any:  # noqa: ANN401 - the program's own
    """Return some samples as (inputs, targets); raises what it likes if the data are no such rows.

    They are taken evenly from all of the training data, which may be sorted by class. Images that
    are read from files, maybe large ones, are as many as a batch at most.
    """
    part = data["train"][:2]
    inputs = keras.tree.flatten(part[0])
    in_files = any(not hasattr(one, "shape") for one in inputs)
    count, most = len(inputs[0]), min(batch, _MOST) if in_files else _MOST
    rows = np.unique(np.linspace(0, count - 1, min(count, most)).astype(int))
    found = keras.tree.map_structure(lambda one: tf.convert_to_tensor(one[rows]), part)
    for one, wanted in zip(keras.tree.flatten(found[0]), model.inputs, strict=True):
        if not _fits(one.shape[1:], wanted.shape[1:]):
            raise ValueError(f"samples of {one.shape[1:]} for an Input of {wanted.shape[1:]}")
    return found


def _fits(shape: Any, wanted: Any) -> bool:  # noqa: ANN401 - shapes of any sort
    return len(shape) == len(wanted) and all(
        there in {one, None} for one, there in zip(shape, wanted, strict=True)
    )


def _is_relu(layer: Any) -> bool:  # noqa: ANN401 - a keras.Layer, which has no types
    if isinstance(layer, keras.layers.ReLU):
        return not layer.negative_slope and not layer.threshold
    return getattr(layer, "activation", None) is keras.activations.relu


def _dead(value: Any) -> Any:  # noqa: ANN401 - a tensor
    """Return the share of the units, along the last axis, that are 0 for all samples."""
    axes = list(range(len(value.shape) - 1))
    return tf.reduce_mean(tf.cast(tf.reduce_all(tf.equal(value, 0), axis=axes), tf.float32))
