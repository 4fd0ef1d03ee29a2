"""One sample on its way from the columns of the data to the model (server half)."""

from typing import Any

import numpy as np

from engine.failures import failed
from engine.loaded import plain
from engine.program import append, execute
from engine.protocol import Array, Event, Staged, Stages


class Stagings:
    """Answers `Stages`, and keeps the arrays of the data so that the next answer is fast."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """Let go of the data."""
        self._known: tuple[str, str, str] | None = None
        self._namespace: dict[str, Any] = {}
        self._parts: dict[str, tuple[Any, ...]] = {}

    def answer(self, request: Stages) -> Event:
        """Return `Staged` or `Failed`."""
        try:
            self._load(request)
            count = len(self._parts[request.part][0]) if request.part in self._parts else 0
            return Staged(
                values=self._values(request.part, request.index % count) if count else [],
                counts={part: len(given[0]) for part, given in self._parts.items()},
                labels=self._labels() if request.labels else {},
            )
        except Exception as error:  # noqa: BLE001 - a program may raise anything
            return failed(error)

    def _load(self, request: Stages) -> None:
        """Let the section load the data, and keep what it would prepare."""
        wanted = (request.program, request.section, request.folder)
        if self._known == wanted:
            return
        self.forget()
        space = self._namespace = execute(request.program)
        append(space, request.program, request.section)
        prepare = space["prepare"]
        space["prepare"] = lambda *given: given
        try:
            found = space["load_data"](request.folder)
        finally:
            space["prepare"] = prepare
        self._parts = {part: given for part, given in found.items() if isinstance(given, tuple)}
        self._known = wanted

    def _values(self, part: str, index: int) -> list[Array]:
        given, arrays = self._parts[part], self._namespace["ARRAYS"]
        rows = self._namespace["sample_rows"](len(given[0]), index)
        picked = [values[rows] for values in given[:arrays]]
        _, values = self._namespace["prepare"](*picked, *given[arrays:])
        found = values if isinstance(values, tuple) else (values,)
        return [np.asarray(plain(value[:1])[0]) for value in found]

    def _labels(self) -> dict[str, Array]:
        place = self._namespace["LABELS"]
        if place is None:
            return {}
        return {part: np.reshape(given[place], -1) for part, given in self._parts.items()}
