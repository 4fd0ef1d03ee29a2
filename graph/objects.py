"""Objects that Keras builds by name, from activations and initializers to losses and callbacks.

Names and settings come from the generated catalogue data; what a setting may be is said in
`graph.kinds`, and which objects a drawing doesn't offer, with the reason, is said here.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from graph.kerasdata import Class, Parameter, Table, keras_data
from graph.kinds import KINDS, guessed
from graph.params import Int, Kind, Named, Text, Value
from graph.spec import Param

if TYPE_CHECKING:
    from collections.abc import Mapping

OWN = "File"
"""The callback that stands for a class in a Python file of one's own."""

_BY_KERAS = "is made by Keras itself in each training"
_ANY_VALUES = "takes values that a callback hands it, not targets and predictions"

NOT_OFFERED: Mapping[str, Mapping[str, str]] = {
    "initializer": {"STFT": "only makes the kernels of Fourier transforms (and needs SciPy)"},
    "optimizer": {
        "LossScaleOptimizer": "is put around the optimizer by Keras itself with mixed precision",
        "MultiOptimizer": "needs a table that gives each layer an optimizer of its own",
    },
    "loss": {"CTC": "needs sequences of labels as targets, which no data set here has"},
    "metric": {
        "Accuracy": "counts only predictions that are labels; “accuracy” takes the kind that fits",
        "Mean": _ANY_VALUES,
        "Sum": _ANY_VALUES,
        "MeanMetricWrapper": "needs a Python function",
    },
    "callback": {
        "BackupAndRestore": "forgets Dropout's random numbers and the callbacks' counters; every "
        "training here is kept so that it resumes exactly",
        "CallbackList": _BY_KERAS,
        "History": _BY_KERAS,
        "ProgbarLogger": _BY_KERAS,
        "LambdaCallback": "needs Python functions; write them as a callback in a file (File)",
        "ModelCheckpoint": "has a place of its own in the plan",
        "OrbaxCheckpoint": "needs the package orbax-checkpoint; ModelCheckpoint keeps weights too",
        "RemoteMonitor": "sends the training's values to another computer, and a drawing from "
        "somebody else shall not",
    },
}

# settings that Keras has as a function, or not at all
_OURS: Mapping[str, tuple[tuple[str, Value, str], ...]] = {
    "LearningRateScheduler": (
        ("shape", "step", "How the rate changes over the epochs."),
        ("factor", 0.5, "What the rate is multiplied by (step, exponential)."),
        ("epochs", 5, "After how many epochs each time, or how long the warm-up lasts."),
        ("verbose", 0, "1 prints the rate of each epoch."),
    ),
    OWN: (
        ("path", "", "A Python file. It is run by the training alone, never by the window."),
        ("name", "", "The class in it: a keras.callbacks.Callback that takes no arguments."),
    ),
}
# settings that Keras lets be empty, and that a training can't do without
_NEEDED: Mapping[tuple[str, str], Value] = {
    ("F1Score", "average"): "macro",
    ("FBetaScore", "average"): "macro",
}
# what a required setting is when an object is newly chosen
_FIRST: Mapping[str, Value] = {
    "num_classes": 10,
    "target_class_ids": (0, 1),
    "sparse_y_pred": False,
    "recall": 0.5,
    "precision": 0.5,
    "specificity": 0.5,
    "sensitivity": 0.5,
    "filename": "history.csv",
    "path": "",
    "name": "",
}


@cache
def table(role: str) -> Table:
    """Return the Keras objects of a role ("activation", "initializer", …), by class name."""
    own = Class(summary="A callback of your own, from a Python file.")
    tables: Mapping[str, Table] = {
        "activation": keras_data().activations,
        "initializer": keras_data().initializers,
        "regularizer": keras_data().regularizers,
        "constraint": keras_data().constraints,
        "optimizer": keras_data().optimizers,
        "schedule": keras_data().schedules,
        "loss": keras_data().losses,
        "metric": keras_data().metrics,
        "callback": {**keras_data().callbacks, OWN: own},
    }
    return tables[role]


@cache
def offered(role: str) -> tuple[str, ...]:
    """Return the classes of a role that a drawing can have, in Keras's order."""
    return tuple(name for name in table(role) if name not in NOT_OFFERED.get(role, {}))


@cache
def settings_of(role: str, name: str) -> tuple[Param, ...]:
    """Return the settings of an object of that name: its arguments, without `name`."""
    if role == "activation":
        return ()
    if role == "callback" and name in _OURS:
        return tuple(
            Param(key, _our_kind(name, key, value), value, required=name == OWN, doc=doc)
            for key, value, doc in _OURS[name]
        )
    entry: Class = table(role)[name]
    return tuple(
        Param(
            given.name,
            _kind(name, given),
            default_value(given.default),
            given.required or (name, given.name) in _NEEDED,
            given.doc,
        )
        for given in entry.parameters
        if given.name not in {"name", "dtype"}
    )


def _kind(owner: str, given: Parameter) -> Kind:
    found = KINDS.get((owner, given.name)) or KINDS.get(given.name)
    return found or guessed(given.default, required=given.required)


def _our_kind(owner: str, key: str, value: Value) -> Kind:
    found = KINDS.get((owner, key)) or (KINDS.get(key) if owner != OWN else None)
    return found or (Int() if isinstance(value, int) else Text())


def default_value(raw: object) -> Value:
    """Return a default of the catalogue data as a value: lists become tuples."""
    if isinstance(raw, list):
        return tuple(default_value(part) for part in raw)
    return raw if isinstance(raw, bool | int | float | str) else None


def find_named(role: str, text: str) -> Named:
    """Return the object a person names, by class or snake-case name; raise ValueError if none."""
    word = text.strip().strip("\"'")
    for name, entry in table(role).items():
        if word.lower() in {name.lower(), (entry.identifier or name).lower()}:
            return Named(name)
    raise ValueError(f"must be one of the {role}s Keras knows, not “{word}”")


def identifier_of(role: str, value: str | Named) -> str:
    """Return the snake-case name of a loss or metric, by which rules and records know it."""
    if isinstance(value, str):
        return value
    entry = table(role).get(value.name)
    if entry is not None and entry.identifier:
        return entry.identifier
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", value.name).lower()


def class_of(role: str, value: str | Named) -> str | None:
    """Return the class of a loss or metric, given by class or identifier; None if Keras has none.

    “accuracy” has none: Keras takes the accuracy that fits the output.
    """
    if isinstance(value, Named):
        return value.name if value.name in table(role) else None
    if (role, value) == ("metric", "accuracy"):
        return None
    return _by_identifier(role).get(value)


@cache
def _by_identifier(role: str) -> Mapping[str, str]:
    return {entry.identifier: name for name, entry in table(role).items() if entry.identifier}


def plain(role: str, value: Named) -> str | Named:
    """Return a loss or metric without settings as its identifier, where it has one."""
    entry = table(role).get(value.name)
    return entry.identifier if entry and entry.identifier and not value.settings else value


def starter(role: str, name: str) -> Named:
    """Return an object as it is when it is newly chosen: its required settings have a value."""
    settings: dict[str, Value] = {}
    for param in settings_of(role, name):
        needed = _NEEDED.get((name, param.name))
        if needed is not None:
            settings[param.name] = needed
        elif param.required or (param.name == "sparse_y_pred" and param.default is True):
            settings[param.name] = _FIRST.get(param.name)
    return Named(name, settings)


def check_named(role: str, value: Named) -> str | None:
    """Return what is wrong with an object of a role (the end of a sentence), or None."""
    if value.name not in table(role):
        return f"must be one of the {role}s Keras knows, not {value.name}"
    reason = NOT_OFFERED.get(role, {}).get(value.name)
    if reason is not None:
        return f"can't be {value.name}, which {reason}"
    known = {param.name: param for param in settings_of(role, value.name)}
    for key, part in value.settings.items():
        if key not in known:
            return f"can't be set so: {value.name} has no setting called {key}"
        if (wrong := known[key].kind.check(part)) is not None:
            return f"can't be set so: {key} of {value.name} {wrong}"
    for key, param in known.items():
        if param.required and key not in value.settings:
            return f"can't be set so: {value.name} needs its {key}"
    return None


def fault(role: str, value: Named) -> str | None:
    """Return what is wrong with an object of a role as a sentence without its stop, or None."""
    wrong = check_named(role, value)
    if wrong is None:
        return None
    so = "can't be set so: "
    if not wrong.startswith(so):
        return f"the {role} {wrong}"
    said = wrong.removeprefix(so)
    return f"the {said}" if said[0].islower() else said
