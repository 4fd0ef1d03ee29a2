"""The callbacks of a training plan: which of them the program gets, and what each means for it."""

from __future__ import annotations

import keyword
import sys
from importlib.util import find_spec
from pathlib import PurePath
from typing import TYPE_CHECKING

from graph import objects
from graph.objects import OWN, settings_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graph.params import Named, Value
    from graph.project import Training

SETS_RATE = frozenset({"ReduceLROnPlateau", "LearningRateScheduler"})
"""Callbacks that set the learning rate, and record it as `learning_rate`."""

AVERAGES = "SwapEMAWeights"
SCHEDULER = "LearningRateScheduler"
_NEEDS = {"TensorBoard": "tensorboard"}  # packages that TensorFlow doesn't bring along
_MODULES = frozenset({"keras", "tensorflow", "numpy", "program"})


def missing(name: str) -> str | None:
    """Return the package that a callback needs and that isn't installed here, or None."""
    package = _NEEDS.get(name)
    return package if package is not None and find_spec(package) is None else None


def planned(training: Training) -> tuple[Named, ...]:
    """Return the callbacks that the program gets: those with nothing wrong in their settings."""
    return tuple(one for one in training.callbacks if fault(one) is None)


def fault(callback: Named) -> str | None:
    """Return what is wrong with a callback's settings (a sentence without its stop), or None."""
    wrong = objects.fault("callback", callback)
    if wrong is None and callback.name == OWN:
        given = callback.settings
        wrong = _own_fault(str(given["path"]), str(given["name"]))
        return f"the callback from a file {wrong}" if wrong is not None else None
    return wrong


def _own_fault(path: str, name: str) -> str | None:
    """Return why a program can't import a class from a file, which is not looked into."""
    if not path.strip():
        return "needs the path of a Python file"
    file = PurePath(path)
    if file.suffix != ".py":
        return f"needs a Python file, whose name ends in .py, not “{file.name}”"
    if not _is_name(file.stem):
        return f"can't import “{file.name}”: rename it to letters, digits and _"
    if file.stem in _MODULES or file.stem in sys.stdlib_module_names:
        return f"can't be called “{file.name}”, since Python would take it for its own {file.stem}"
    if not name.strip():
        return f"needs the name of the class in {file.name}"
    if not _is_name(name):
        return f"can't take “{name}”, which is no name of a class"
    return None


def _is_name(text: str) -> bool:
    return text.isascii() and text.isidentifier() and not keyword.iskeyword(text)


def settings(role: str, named: Named) -> Mapping[str, Value]:
    """Return every setting of an object with its value: what was set, else Keras's default."""
    found = {param.name: param.default for param in settings_of(role, named.name)}
    return {**found, **named.settings}


def own_files(training: Training) -> tuple[str, ...]:
    """Return the paths of the files from which the program takes callbacks."""
    own = (str(one.settings["path"]) for one in planned(training) if one.name == OWN)
    return tuple(dict.fromkeys(own))


def works_by_batch(callback: Named) -> bool:
    """Say whether a callback has to be asked after each batch, not after several."""
    if callback.name == OWN:
        return True  # nobody has looked into it
    values = settings("callback", callback)
    return values.get("update_freq") == "batch" or bool(values.get("profile_batch"))
