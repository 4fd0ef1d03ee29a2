"""What a resumed run needs besides its weights, taken and given back (server half).

Keras's own BackupAndRestore forgets the state of Dropout and of all other seed generators, and
what callbacks have counted (https://keras.io/api/callbacks/backup_and_restore/). Here a backup
holds

- every variable of the model (its weights, and the states of its layers' seed generators) and of
  the optimizer (its moments, its step, its learning rate, averages, the scale of the loss);
- the seed generators outside the model, Keras's global one among them, and the random states of
  Python and NumPy;
- of each callback the attributes that are plain values or arrays, such as ``best``, ``wait`` or
  ``best_weights``; functions and open files are left out, and come anew with the callback;
- the checkpoints that lie in the run directory, and how long its CSV logs are;
- the values of all epochs.

Not held, since TensorFlow doesn't give it away: the state of random operations outside Keras, such
as ``tf.random.normal`` without a seed generator or ``Dataset.shuffle``.
"""

import contextlib
import gc
import glob
import os
import random
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np

from engine.backup import Backup, restore_file
from engine.protocol import EpochEnded

_NOT_STATE = {"_model", "params", "append", "append_header"}  # what fit and CSVLogger set anew
_OPERATIONS = {"less": keras.ops.less, "greater": keras.ops.greater}


class StateError(Exception):
    """A backup doesn't belong to this model; the message is a sentence for people."""


class State:
    """The parts of a training whose state is taken and given back.

    Attributes:
        model: a compiled keras.Model whose optimizer is built.
        callbacks: those of the program, in the order in which it gives them to ``fit``.
    """

    def __init__(self, model: Any, callbacks: Iterable[Any]) -> None:  # noqa: ANN401 - a keras.Model, which has no types
        self.model = model
        self.callbacks = list(callbacks)
        self._generators: list[tuple[str, Any]] | None = None

    def take(self, epochs: Sequence[EpochEnded]) -> Backup:
        """Return the state at the end of the last of these epochs."""
        backup = Backup(epoch=epochs[-1].epoch + 1)
        for name, variables in self._variables().items():
            for number, variable in enumerate(variables):
                backup.arrays[f"{name}/{number}"] = _plain(variable)
        generators = self.find_generators()
        for number, (_, generator) in enumerate(generators):
            backup.arrays[f"generator/{number}"] = _plain(generator.state)
        backup.state = {
            "stopping": bool(self.model.stop_training),
            "generators": [name for name, _ in generators],
            "random": _packed(random.getstate(), backup.arrays, "random/python"),
            "numpy": _packed(np.random.get_state(), backup.arrays, "random/numpy"),  # noqa: NPY002 - the state that programs use
            "callbacks": [
                {"class": type(one).__name__, "values": _attributes(one, backup.arrays, number)}
                for number, one in enumerate(self.callbacks)
            ],
            "logs": _log_sizes(self.callbacks),
            "epochs": [
                {
                    "epoch": one.epoch,
                    "seconds": one.seconds,
                    "logs": one.logs,
                    "learning_rate": one.learning_rate,
                }
                for one in epochs
            ],
        }
        backup.files = {name: Path(name) for name in checkpoint_files(self.callbacks)}
        return backup

    def give_back(self, backup: Backup) -> None:
        """Bring everything into the state of a backup; raises `StateError`."""
        for name, variables in self._variables().items():
            _assign(variables, backup, name)
        wanted = backup.state["generators"]
        if set(wanted) - {name for name, _ in self.find_generators()}:
            keras.random.uniform(())  # makes the global one, which is made when it is first used
            self._generators = None
        own = dict(self.find_generators())
        for number, name in enumerate(wanted):
            if name in own:
                own[name].state.assign(backup.arrays[f"generator/{number}"])
        random.setstate(_unpacked(backup.state["random"], backup.arrays))
        np.random.set_state(_unpacked(backup.state["numpy"], backup.arrays))  # noqa: NPY002 - as above
        for one, saved in zip(self.callbacks, backup.state["callbacks"], strict=False):
            if type(one).__name__ == saved["class"]:
                values = _unpacked(saved["values"], backup.arrays)
                vars(one).update(values)

    def _variables(self) -> dict[str, list[Any]]:
        optimizer = self.model.optimizer
        if not optimizer.built:
            optimizer.build(self.model.trainable_variables)
        return {"model": self.model.variables, "optimizer": optimizer.variables}

    def find_generators(self) -> list[tuple[str, Any]]:
        """Return the seed generators that no layer of the model owns, by name, once they exist."""
        if self._generators is None:
            owned = {id(variable) for variable in self.model.variables}
            found = [
                (thing.name, thing)
                for thing in gc.get_objects()
                if type(thing) is keras.random.SeedGenerator and id(thing.state) not in owned
            ]
            self._generators = sorted(found, key=lambda pair: pair[0])
        return self._generators


def earlier_epochs(backup: Backup) -> list[EpochEnded]:
    """Return the epochs that a backup has behind it."""
    return [EpochEnded(**epoch) for epoch in backup.state["epochs"]]


def checkpoint_files(callbacks: Iterable[Any]) -> list[str]:
    """Return the checkpoints in the working directory, by their path in it."""
    found = []
    for one in callbacks:
        if isinstance(one, keras.callbacks.ModelCheckpoint):
            pattern = re.sub(r"\{[^{}]*\}", "*", re.sub(r"([*?\[])", r"[\1]", one.filepath))
            found += [name for name in glob.glob(pattern) if _is_inside(name)]  # noqa: PTH207 - as programs do it
    return sorted(set(found))


def give_files_back(backup: Backup | None, callbacks: Sequence[Any]) -> None:
    """Bring checkpoints and CSV logs into the state of a backup, before ``fit`` begins.

    What was written after the backup, perhaps by half, is deleted: it will be written again.
    None stands for the time before the first epoch.
    """
    kept = backup.files if backup is not None else {}
    for name in checkpoint_files(callbacks):
        if name not in kept:
            Path(name).unlink()
    for name, source in kept.items():
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        restore_file(source, Path(name))
    sizes = backup.state["logs"] if backup is not None else {}
    for one in callbacks:
        if isinstance(one, keras.callbacks.CSVLogger) and one.filename in sizes:
            with contextlib.suppress(OSError):
                os.truncate(one.filename, sizes[one.filename])
            one.append = True


def _is_inside(name: str) -> bool:
    path = Path(name)
    return path.is_file() and not path.is_absolute() and ".." not in path.parts


def _log_sizes(callbacks: Iterable[Any]) -> dict[str, int]:
    """Return the sizes of the CSV logs in the working directory, in bytes."""
    return {
        one.filename: Path(one.filename).stat().st_size
        for one in callbacks
        if isinstance(one, keras.callbacks.CSVLogger) and _is_inside(one.filename)
    }


def _plain(variable: Any) -> Any:  # noqa: ANN401 - a variable of Keras; an array
    """Return a variable's value; NumPy saves no bfloat16, so that comes as whole numbers."""
    value = np.asarray(variable)
    return value if value.dtype.kind in "biufc" else value.view(f"u{value.dtype.itemsize}")


def _assign(variables: Sequence[Any], backup: Backup, name: str) -> None:
    count = sum(key.startswith(f"{name}/") for key in backup.arrays)
    fits = count == len(variables) and all(
        tuple(variable.shape) == backup.arrays[f"{name}/{number}"].shape
        for number, variable in enumerate(variables)
    )
    if not fits:
        raise StateError(
            f"The backup of this run doesn't fit the {name}: "
            f"it has {count:,} variables of it, the program makes {len(variables):,}, "
            "or their shapes differ. The program has been changed since."
        )
    for number, variable in enumerate(variables):
        variable.assign(backup.arrays[f"{name}/{number}"].view(np.asarray(variable).dtype))


def _attributes(callback: Any, arrays: dict[str, Any], number: int) -> dict[str, Any]:  # noqa: ANN401 - a callback of Keras
    values = {}
    for name, value in vars(callback).items():
        if name not in _NOT_STATE:
            with contextlib.suppress(TypeError):  # no plain value: it comes anew with the callback
                values[name] = _packed(value, arrays, f"callback/{number}/{name}")
    return {"dict": [[_packed(key, arrays, ""), value] for key, value in values.items()]}


def _packed(value: Any, arrays: dict[str, Any], place: str) -> Any:  # noqa: ANN401 - any plain value
    """Return a value as JSON has it, and put its arrays among the others; raises TypeError."""
    if value is None or type(value) in {bool, int, float, str}:
        return value
    if isinstance(value, np.ndarray | np.generic):
        if value.dtype.kind not in "biufc":
            raise TypeError(place)
        arrays[place] = np.asarray(value)
        return {"array": place}
    if isinstance(value, list | tuple):
        parts = [_packed(part, arrays, f"{place}/{at}") for at, part in enumerate(value)]
        return {"list" if isinstance(value, list) else "tuple": parts}
    if type(value) is dict:
        pairs = enumerate(value.items())
        return {
            "dict": [
                [_packed(key, arrays, f"{place}/{at}k"), _packed(part, arrays, f"{place}/{at}")]
                for at, (key, part) in pairs
            ]
        }
    for name, operation in _OPERATIONS.items():
        if value is operation:
            return {"operation": name}
    raise TypeError(place)


def _unpacked(value: Any, arrays: dict[str, Any]) -> Any:  # noqa: ANN401 - any plain value
    """Return what `_packed` was given."""
    if not isinstance(value, dict):
        return value
    ((kind, parts),) = value.items()
    match kind:
        case "array":
            array = arrays[parts]
            return array.copy() if array.ndim else array[()]
        case "list":
            return [_unpacked(part, arrays) for part in parts]
        case "tuple":
            return tuple(_unpacked(part, arrays) for part in parts)
        case "dict":
            return {_unpacked(key, arrays): _unpacked(part, arrays) for key, part in parts}
        case _:
            return _OPERATIONS[parts]
