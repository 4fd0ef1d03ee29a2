"""Training images and their variations, by the program's own functions (server half)."""

from typing import Any

import keras
import numpy as np

from engine.failures import failed
from engine.loaded import plain
from engine.program import append, execute
from engine.protocol import Array, Event, Preview, Previewed


class Previews:
    """Answers `Preview`, and keeps the training data so that the next answer is fast."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """Let go of the data."""
        self._known: tuple[str, str] | None = None
        self._namespace: dict[str, Any] = {}
        self._data: dict[str, Any] = {}

    def answer(self, request: Preview) -> Event:
        """Return `Previewed` or `Failed`."""
        try:
            self._load(request)
            append(self._namespace, request.program, request.section)
            variations = self._namespace["variations"]
            repeated = np.repeat(self._spread(request.samples), request.variants)
            pairs = variations(self._data, repeated, [request.draw, 0])
        except Exception as error:  # noqa: BLE001 - a program may raise anything
            return failed(error)
        shape = (request.samples, request.variants)
        before = [_in_rows(originals, shape)[:, 0] for originals, _ in pairs]
        after = [_in_rows(varied, shape) for _, varied in pairs]
        return Previewed(originals=before, variants=after)

    def _load(self, request: Preview) -> None:
        """Load the training data, unless it is there already."""
        if self._known == (request.program, request.folder):
            return
        self.forget()
        self._namespace = execute(request.program)
        data = self._namespace["load_data"](request.folder)
        self._data = {"train": data["train"]}
        self._known = (request.program, request.folder)

    def _spread(self, samples: int) -> Array:
        """Return the indices of so many training samples, from the first to the last."""
        count = len(keras.tree.flatten(self._data["train"])[0])
        return np.linspace(0, count - 1, samples).astype(int)


def _in_rows(images: Any, shape: tuple[int, int]) -> Array:  # noqa: ANN401 - an array or a tensor
    """Return images as (samples, variants, height, width, channels)."""
    values = plain(images)
    return values.reshape(*shape, *values.shape[1:])
