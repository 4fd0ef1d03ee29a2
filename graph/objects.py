"""Objects that Keras builds by name, from activations and initializers to losses.

Names and settings come from the generated catalogue data; what a setting may be is said here.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from graph.kerasdata import Class, Parameter, Table, keras_data
from graph.params import Bool, Choice, Float, Int, Ints, Kind, Named, Text, Value
from graph.spec import Param

if TYPE_CHECKING:
    from collections.abc import Mapping

# Kinds by the name of the setting; where one name means two things, by (class, setting).
_KINDS: dict[str | tuple[str, str], Kind] = {
    "seed": Int(minimum=0, optional=True),
    "input_axes": Ints(optional=True),
    "output_axes": Ints(optional=True),
    "stddev": Float(minimum=0),
    "scale": Float(above=0),
    "l1": Float(minimum=0),
    "l2": Float(minimum=0),
    "factor": Float(minimum=0),
    "max_value": Float(minimum=0),
    "min_value": Float(minimum=0),
    "rate": Float(minimum=0, maximum=1),
    "axis": Int(),
    "window": Text(optional=True),
    ("VarianceScaling", "mode"): Choice(("fan_in", "fan_out", "fan_avg")),
    ("VarianceScaling", "distribution"): Choice(
        ("truncated_normal", "untruncated_normal", "uniform")
    ),
    ("OrthogonalRegularizer", "mode"): Choice(("rows", "columns")),
    ("STFT", "side"): Choice(("real", "imag")),
    ("STFT", "scaling"): Choice(("density", "spectrum")),
    "learning_rate": Float(above=0),
    "momentum": Float(minimum=0, maximum=1),
    "rho": Float(minimum=0, maximum=1),
    "beta_1": Float(minimum=0, below=1),
    "beta_2": Float(minimum=0, below=1),
    "epsilon": Float(minimum=0),
    "ema_momentum": Float(minimum=0, maximum=1),
    "weight_decay": Float(minimum=0, optional=True),
    "clipnorm": Float(above=0, optional=True),
    "clipvalue": Float(above=0, optional=True),
    "global_clipnorm": Float(above=0, optional=True),
    "ema_overwrite_frequency": Int(minimum=1, optional=True),
    "loss_scale_factor": Float(above=0, optional=True),
    "gradient_accumulation_steps": Int(minimum=2, optional=True),
}


# Objects that are in Keras for one layer of its own.
_SPECIAL = {"STFT": "only makes the kernels of Fourier transforms (and needs SciPy)"}


@cache
def table(role: str) -> Table:
    """Return the Keras objects of a role ("activation", "initializer", …), by class name."""
    tables: Mapping[str, Table] = {
        "activation": keras_data().activations,
        "initializer": keras_data().initializers,
        "regularizer": keras_data().regularizers,
        "constraint": keras_data().constraints,
        "optimizer": keras_data().optimizers,
        "loss": keras_data().losses,
        "metric": keras_data().metrics,
    }
    return tables[role]


@cache
def settings_of(role: str, name: str) -> tuple[Param, ...]:
    """Return the settings of an object of that name: its arguments, without `name`."""
    if role == "activation":
        return ()
    entry: Class = table(role)[name]
    return tuple(
        Param(
            given.name,
            _kind(name, given),
            default_value(given.default),
            given.required,
            given.doc,
        )
        for given in entry.parameters
        if given.name not in {"name", "dtype"}
    )


def _kind(owner: str, given: Parameter) -> Kind:
    found = _KINDS.get((owner, given.name)) or _KINDS.get(given.name)
    if found is not None:
        return found
    default = given.default
    if isinstance(default, bool):
        return Bool()
    if isinstance(default, int):
        return Int()
    if isinstance(default, float):
        return Float()
    if isinstance(default, list):
        return Ints()
    return Text(optional=not given.required)


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


def check_named(role: str, value: Named) -> str | None:
    """Return what is wrong with an object of a role (the end of a sentence), or None."""
    if value.name not in table(role):
        return f"must be one of the {role}s Keras knows, not {value.name}"
    if value.name in _SPECIAL:
        return f"can't be {value.name}, which {_SPECIAL[value.name]}"
    known = {param.name: param for param in settings_of(role, value.name)}
    for key, part in value.settings.items():
        if key not in known:
            return f"can't be set so: {value.name} has no setting called {key}"
        if (wrong := known[key].kind.check(part)) is not None:
            return f"can't be set so: {key} of {value.name} {wrong}"
    return None
