"""Train without Layerloom, and say when the epochs ended.

`train_alone.py program PROGRAM FOLDER` runs an emitted program as it is.
`train_alone.py lecture PROGRAM DATA LIMIT EPOCHS` trains the program's model as the lecture does:
the first LIMIT images of an `.npz` in memory, one-hot labels, `model.fit` with batches of 128,
`verbose=1`, and a checkpoint of the whole model when the validation accuracy has become better.

`train_alone.py plain PROGRAM DATA LIMIT EPOCHS` does so as fast as plain Keras can: without
progress bar, and only the weights are saved.

`train_alone.py layers PROGRAM DATA LIMIT EPOCHS` is the plain way with Keras's augmentation
layers before the model: flip, shift by 10 %, zoom by 10 %. `train_alone.py generator …`
varies as much by the lecture's ImageDataGenerator, image by image; it needs SciPy, which may lie
in $BENCHMARK_PATH.

All print a line of JSON with `epoch_ends` (seconds, any origin).
"""

from __future__ import annotations

import json
import os
import runpy
import sys
import time
from collections.abc import Callable
from typing import Any

import keras
import numpy as np

Flow = Callable[[Any, Any], dict[str, Any]]


class Clock(keras.callbacks.Callback):  # type: ignore[misc]  # Keras carries no types
    """Notes when an epoch ends, its validation included; nothing by batch, which would cost."""

    def __init__(self) -> None:
        super().__init__()
        self.ends: list[float] = []

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:  # noqa: ARG002 - Keras's signature
        """Note the time."""
        self.ends.append(time.perf_counter())


def program(clock: Clock, source: str, folder: str) -> None:
    """Run the program's `main` as its own guard does."""
    runpy.run_path(source)["main"](folder=folder, callbacks=(clock,))


def lecture(clock: Clock, *words: str) -> None:
    """Train as on the slide: a progress bar, and the whole model in each checkpoint."""
    plain(clock, *words, as_on_the_slide=True)


def layers(clock: Clock, *words: str) -> None:
    """Train plainly, the images varied by layers of the model."""
    plain(clock, *words, varied=True)


def generator(clock: Clock, *words: str) -> None:
    """Train plainly, the images varied one by one by an ImageDataGenerator."""
    from keras.src.legacy.preprocessing.image import (  # noqa: PLC0415 - only for this way
        ImageDataGenerator,
    )

    sys.path += os.environ.get("BENCHMARK_PATH", "").split(os.pathsep)
    images = ImageDataGenerator(
        horizontal_flip=True, width_shift_range=0.1, height_shift_range=0.1, zoom_range=0.1
    )
    plain(clock, *words, flow=lambda x, y: {"x": images.flow(x, y, batch_size=128)})


def _layers() -> list[Any]:
    return [
        keras.layers.RandomFlip("horizontal"),
        keras.layers.RandomTranslation(0.1, 0.1, fill_mode="nearest"),
        keras.layers.RandomZoom(0.1, fill_mode="nearest"),
    ]


def plain(
    clock: Clock,
    source: str,
    data: str,
    limit: str,
    epochs: str,
    *,
    as_on_the_slide: bool = False,
    varied: bool = False,
    flow: Flow = lambda x, y: {"x": x, "y": y, "batch_size": 128},
) -> None:
    """Train, the test set being the validation set, the checkpoint chosen on it."""
    with np.load(data) as file:
        x, y = file["x_train"][: int(limit)], file["y_train"][: int(limit)]
        x_test, y_test = file["x_test"], file["y_test"]
    keras.utils.set_random_seed(1)
    model = runpy.run_path(source)["build_model"]()
    if varied:
        model = keras.Sequential([keras.Input(model.input_shape[1:]), *_layers(), model])
    shape = (-1, *model.input_shape[1:])
    x, x_test = (part.reshape(shape).astype("float32") / 255 for part in (x, x_test))
    y, y_test = (keras.utils.to_categorical(part) for part in (y, y_test))
    checkpoint = keras.callbacks.ModelCheckpoint(
        "model-{epoch:03d}" + (".keras" if as_on_the_slide else ".weights.h5"),
        monitor="val_accuracy",
        save_best_only=True,
        save_weights_only=not as_on_the_slide,
        verbose=int(as_on_the_slide),
    )
    model.compile(loss="categorical_crossentropy", optimizer="rmsprop", metrics=["accuracy"])
    model.fit(
        **flow(x, y),
        epochs=int(epochs),
        verbose=int(as_on_the_slide),
        validation_data=(x_test, y_test),
        callbacks=[checkpoint, clock],
    )


if __name__ == "__main__":
    watch = Clock()
    ways = {
        "program": program,
        "plain": plain,
        "lecture": lecture,
        "layers": layers,
        "generator": generator,
    }
    ways[sys.argv[1]](watch, *sys.argv[2:])
    sys.stdout.write("\n" + json.dumps({"epoch_ends": watch.ends}) + "\n")
