"""A layer's maps for one sample, by the program and its section (server half)."""

from pathlib import Path
from typing import Any

import numpy as np

from engine.failures import failed
from engine.program import append, execute, forget_earlier
from engine.protocol import Array, Event, Failed, Maps, MapsReady


class WeightsError(Exception):
    """The weights can't be used; the message is a sentence for people."""


class Activations:
    """Answers `Maps`, and keeps program, data and model so that the next answer is fast."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """Let go of model and data."""
        self._program: tuple[str, str] | None = None
        self._weights: tuple[str | None, int] | None = None
        self._namespace: dict[str, Any] = {}
        self._model: Any = None
        self._data: Any = None

    def answer(self, request: Maps) -> Event:
        """Return `MapsReady` or `Failed`."""
        try:
            self._load(request)
            append(self._namespace, request.program, request.section)
            show = self._namespace["activation_maps"]
            inputs, maps = show(self._model, self._data, request.sample)
            return MapsReady(inputs=[_plain(value) for value in inputs], maps=_plain(maps))
        except WeightsError as error:
            return Failed(sentence=str(error), line=None, traceback="")
        except Exception as error:  # noqa: BLE001 - a program may raise anything
            return failed(error)

    def _load(self, request: Maps) -> None:
        """Build and load what differs from the request before."""
        program = (request.program, request.folder)
        weights = (request.weights, _modified(request.weights))
        known = self._weights
        if program != self._program or (request.weights is None and weights != known):
            self.forget()
            forget_earlier()
            self._namespace = execute(request.program)
            self._data = self._namespace["load_data"](request.folder)
            self._model = self._namespace["build_model"]()
            self._program, known = program, None
        if weights != known:
            self._weights = None
            _load_weights(self._model, request.weights)
            self._weights = weights


def _modified(weights: str | None) -> int:
    if weights is None:
        return 0
    try:
        return Path(weights).stat().st_mtime_ns
    except OSError as error:
        raise WeightsError(
            f"There are no weights at {weights}. Train the model first, or choose another run."
        ) from error


def _load_weights(model: Any, weights: str | None) -> None:  # noqa: ANN401 - a keras.Model, which has no types
    if weights is None:
        return
    try:
        model.load_weights(weights)
    except Exception as error:
        raise WeightsError(
            f"The weights in {weights} don't fit this model: "
            "they were saved from another drawing, or the file is damaged."
        ) from error


def _plain(value: Any) -> Array:  # noqa: ANN401 - an array or a tensor
    """Return a NumPy array of a dtype that NumPy itself knows; bfloat16 becomes float32."""
    array = np.asarray(value)
    return array if array.dtype.kind in "biufc" else array.astype(np.float32)
