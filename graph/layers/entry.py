"""How a catalogue entry is written: what Keras says comes from its data, the rest stands here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graph.kerasdata import Parameter, keras_data
from graph.kinds import guessed
from graph.objects import default_value, find_named
from graph.params import Bool, Choice, Float, Int, Ints, Kind, Margins, Object, Unset, Value
from graph.registry import register
from graph.spec import LayerSpec, Param

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graph.spec import Rule

DTYPES = ("float32", "float16", "bfloat16", "float64")
POLICIES = (*DTYPES, "mixed_float16", "mixed_bfloat16")

# What a parameter of that name takes in every layer, unless the entry says otherwise.
_USUAL: dict[str, Kind] = {
    "filters": Int(minimum=1),
    "units": Int(minimum=1),
    "groups": Int(minimum=1),
    "padding": Choice(("valid", "same")),
    "data_format": Choice(("channels_last", "channels_first"), optional=True),
    "activation": Object("activation"),
    "axis": Int(),
    "rate": Float(minimum=0, maximum=1),
    "seed": Int(minimum=0, optional=True),
    "use_bias": Bool(),
    "trainable": Bool(),
    "autocast": Bool(),
    "dtype": Choice(POLICIES, optional=True),
    "noise_shape": Ints(minimum=1, optional=True, unknowns=True),
    "kernel_size": Ints(length=2, minimum=1),
    "pool_size": Ints(length=2, minimum=1),
    "strides": Ints(length=2, minimum=1),
    "dilation_rate": Ints(length=2, minimum=1),
    "quantization_config": Unset("quantization needs a Keras object with settings of its own"),
    "renorm_clipping": Unset("the limits of batch renormalization are a dictionary"),
    "tensor": Unset("it wraps a tensor that exists already"),
}
_ROLES = ("initializer", "regularizer", "constraint")


def entry(
    name: str,
    family: str,
    stem: str,
    rule: Rule,
    kinds: Mapping[str, Kind] | None = None,
    **more: Any,  # noqa: ANN401 - the fields of LayerSpec, checked there
) -> LayerSpec:
    """Register the layer type `name`: parameters and documentation are those of Keras.

    `kinds` says what the parameters take whose name alone doesn't tell; `more` are further fields
    of LayerSpec. Raises KeyError if Keras has no such layer.
    """
    known = keras_data().layers[name]
    base = {param.name: param for param in keras_data().layer_arguments}
    given = [*known.parameters]
    given += [base[extra] for extra in known.layer_arguments if extra in base]
    params = tuple(_param(one, (kinds or {}).get(one.name)) for one in given if one.name != "name")
    return register(
        LayerSpec(
            name=name,
            family=family,
            stem=stem,
            rule=rule,
            params=params,
            summary=known.summary,
            was=known.aliases,
            **more,
        )
    )


def _param(given: Parameter, kind: Kind | None) -> Param:
    kind = kind or _USUAL.get(given.name) or _by_role(given) or _by_default(given.default)
    default: Value = default_value(given.default)
    if isinstance(kind, Object) and isinstance(default, str):
        default = find_named(kind.role, default)
    if isinstance(kind, Margins) and isinstance(default, tuple):
        default = tuple(side if isinstance(side, tuple) else (side, side) for side in default)
    return Param(given.name, kind, default, given.required, given.doc)


def _by_role(given: Parameter) -> Kind | None:
    for role in _ROLES:
        if given.name.endswith(role):
            return Object(role, optional=given.default is None)
    return None


def _by_default(default: object) -> Kind:
    if isinstance(default, list):
        return Ints(length=len(default), minimum=1)
    return guessed(default, required=False)
