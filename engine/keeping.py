"""Writes backups while a program trains, and gives the last one back (server half).

The program isn't changed for it. Its ``train`` is handed the epoch to begin with, and the ``fit``
of the model that it is called with gets one callback more, which comes after all others.
"""

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras

from engine import backup
from engine.failures import failed
from engine.loaded import WeightsError
from engine.protocol import EpochEnded, Event, Noted, Resumed, Train
from engine.reporting import Reporter
from engine.resuming import State, earlier_epochs, give_files_back

WEIGHTS = "last.weights.h5"
"""The file in the run directory that holds the weights at the run's end, however it ended."""

SHARE = 0.004
"""The largest share of the time that backups may take; epochs without one are trained again."""


class Keeper(keras.callbacks.Callback):  # type: ignore[misc]  # Keras carries no types
    """Keeps one training's state in its run directory, which is the working directory."""

    def __init__(self, request: Train, send: Callable[[Event], None]) -> None:
        """Look for a backup if the request is to resume, and tell what is found."""
        super().__init__()
        self._request = request
        self._send = send
        self._backup = backup.newest(Path.cwd()) if request.resume else None
        self._epochs = earlier_epochs(self._backup) if self._backup else []
        self._state: State | None = None
        self._due = 0.0  # when a backup may be written, by the monotonic clock
        if request.resume:
            send(Resumed(epoch=self.initial_epoch, epochs=list(self._epochs)))

    @property
    def initial_epoch(self) -> int:
        """The epoch to begin with, from 0."""
        return self._backup.epoch if self._backup else 0

    def tell(self, event: Event) -> None:
        """Send an event, and note the epochs' values."""
        if isinstance(event, EpochEnded):
            self._epochs.append(event)
        self._send(event)

    def join(self, namespace: dict[str, Any]) -> None:
        """Take part in a program's ``train``."""
        train = namespace.get("train")
        if train is None:
            return  # a program of another form: it trains, but can't be resumed

        def train_on(model: Any, data: Any, callbacks: Any = (), initial_epoch: int = 0) -> Any:  # noqa: ANN401 - the program's own
            self._load_weights(model)
            self._watch(model)
            return train(model, data, callbacks, initial_epoch or self.initial_epoch)

        namespace["train"] = train_on

    def on_train_begin(self, logs: Any = None) -> None:  # noqa: ANN401, ARG002 - Keras's signature
        """Give the state back, after the other callbacks have begun anew."""
        self._due = 0.0
        if self._backup is None or self._state is None:
            return
        self._state.give_back(self._backup)
        if self._model._initial_epoch is not None:  # noqa: SLF001 - Keras's BackupAndRestore sets it
            self._model._initial_epoch = self.initial_epoch  # noqa: SLF001 - as above
        for epoch in self._epochs:
            for name, value in epoch.logs.items():
                self._model.history.history.setdefault(name, []).append(value)
        self._backup = None  # its arrays may be large

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:  # noqa: ANN401, ARG002 - Keras's signature
        """Write a backup if it is due, and always after the last epoch."""
        is_last = self._model.stop_training or epoch + 1 == self.params["epochs"]
        if self._state is None or (time.monotonic() < self._due and not is_last):
            return
        self._state.find_generators()  # takes long, but once
        began = time.monotonic()
        try:
            backup.write(Path.cwd(), self._state.take(self._epochs))
        except OSError as error:
            reason = failed(error, str(Path.cwd())).sentence
            self._send(
                Noted(sentence=f"There is no backup of epoch {epoch + 1:,}: {reason} Training on.")
            )
        now = time.monotonic()
        self._due = now + (now - began) / SHARE

    def _load_weights(self, model: Any) -> None:  # noqa: ANN401 - a keras.Model, which has no types
        weights = self._request.weights
        if weights is None or self._backup is not None:
            return
        try:
            model.load_weights(weights)
        except Exception as error:
            raise WeightsError(
                f"The training can't start from {weights}: the file is missing or damaged, "
                "or its weights belong to another drawing."
            ) from error

    def _watch(self, model: Any) -> None:  # noqa: ANN401 - a keras.Model, which has no types
        """Take part in the model's next ``fit``, and let it save files as a whole."""
        fit = model.fit

        def watched(*values: Any, callbacks: Any = None, **options: Any) -> Any:  # noqa: ANN401 - as Keras has it
            vars(model).pop("fit")
            given = keras.tree.flatten(callbacks) if callbacks else []
            own = [one for one in given if not isinstance(one, Reporter)]
            if self._request.resume:
                backup.clear_parts(Path.cwd())
                Path(WEIGHTS).unlink(missing_ok=True)  # a checkpoint's pattern may find it
                give_files_back(self._backup, own)
            if self._is_over():
                options["initial_epoch"] = options.get("epochs", 1)
            self._state = State(model, own)
            return fit(*values, callbacks=[*given, self], **options)

        vars(model).update(
            fit=watched, save=as_a_whole(model.save), save_weights=as_a_whole(model.save_weights)
        )

    def _is_over(self) -> bool:
        """Say whether a callback has ended the training already, and nobody wants to go on."""
        stopping = self._backup is not None and bool(self._backup.state["stopping"])
        return stopping and not self._request.longer


def as_a_whole(save: Callable[..., None]) -> Callable[..., None]:
    """Let a method write its file so that it is there and whole, or as it was before."""

    def saved(filepath: Any, *values: Any, **options: Any) -> None:  # noqa: ANN401 - as Keras has it
        if not isinstance(filepath, str | os.PathLike):
            save(filepath, *values, **options)
            return
        target = Path(filepath)
        part = target.with_name(f"{backup.PART}{target.name}")
        try:
            save(part, *values, **options)
            part.replace(target)
        finally:
            part.unlink(missing_ok=True)

    return saved
