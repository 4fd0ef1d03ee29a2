"""A program with its model, weights and data, kept from question to question (server half)."""

from pathlib import Path
from typing import Any

import numpy as np

from engine.program import append, execute, forget_earlier
from engine.protocol import Array


class WeightsError(Exception):
    """The weights can't be used; the message is a sentence for people."""


class Loaded:
    """What the last question was about, so that the next one loads only what differs.

    Attributes:
        model: the program's model, None before the first `load`. It is another object whenever
            the model was built anew, and the same one where only its weights have changed.
    """

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """Let go of model and data."""
        self.model: Any = None
        self._program: tuple[str, str] | None = None
        self._weights: tuple[str | None, int] | None = None
        self._namespace: dict[str, Any] = {}
        self._data: Any = None

    def load(self, program: str, folder: str, weights: str | None) -> None:
        """Build the model and load its weights, as far as they differ from what is there.

        Raises `WeightsError`, and whatever the program raises.
        """
        wanted = (weights, _modified(weights))
        known = self._weights
        if (program, folder) != self._program or (weights is None and wanted != known):
            self.forget()
            forget_earlier()
            self._namespace = execute(program)
            self.model = self._namespace["build_model"]()
            self._program, known = (program, folder), None
        if wanted != known:
            self._weights = None
            _load_weights(self.model, weights)
            self._weights = wanted

    @property
    def data(self) -> Any:  # noqa: ANN401 - what the program's load_data returns
        """What the program's ``load_data`` returns; loaded when it is first asked for."""
        if self._data is None and self._program is not None:
            self._data = self._namespace["load_data"](self._program[1])
        return self._data

    @property
    def namespace(self) -> dict[str, Any]:
        """The program's names, empty before the first `load`."""
        return self._namespace

    def defined(self, section: str, name: str) -> Any:  # noqa: ANN401 - a function of the section
        """Run a section as if it stood below the program, and return what it defines."""
        if self._program is not None:
            append(self._namespace, self._program[0], section)
        return self._namespace[name]


def plain(value: Any) -> Array:  # noqa: ANN401 - an array or a tensor
    """Return a NumPy array of a dtype that NumPy itself knows; bfloat16 becomes float32."""
    array = np.asarray(value)
    return array if array.dtype.kind in "biufc" else array.astype(np.float32)


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
