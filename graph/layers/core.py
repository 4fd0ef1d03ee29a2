"""Core layers: Input and Dense."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graph.layers.entry import entry
from graph.layers.parts import axes_text, check_start, computed
from graph.params import Bool, Choice, Float, Int, Ints, Named
from graph.shapes import TensorSpec, product, show_shape
from graph.spec import Calls, Inputs, Made, Refused, Settings, Weights, Why

if TYPE_CHECKING:
    from collections.abc import Iterator

INPUT_DTYPES = (
    *("float32", "float16", "bfloat16", "float64", "bool"),
    *("uint8", "int8", "uint16", "int16", "int32", "int64"),
)


def _input(settings: Settings, _inputs: Inputs) -> Made:
    shape, whole = settings["shape"], settings["batch_shape"]
    dtype = settings["dtype"] or "float32"
    if settings["sparse"] and settings["ragged"]:
        raise Refused("parameter", "{node} can't be both sparse and ragged.")
    if whole is None:
        if shape is None:
            raise Refused("parameter", "{node} needs a shape, such as 28 × 28 × 1.")
        return Made((TensorSpec((settings["batch_size"], *shape), dtype),))
    if shape is not None or settings["batch_size"] is not None:
        other = "shape" if shape is not None else "batch_size"
        raise Refused("parameter", f"{{node}} takes either batch_shape or {other}, not both.")
    return Made((TensorSpec(whole, dtype),))


def _dense(settings: Settings, inputs: Inputs) -> Made:
    shape = inputs[0].shape
    if len(shape) < 2:
        raise Refused(
            "rank",
            f"{{node}} needs at least a vector, but gets {show_shape(shape)}: {axes_text(shape)}.",
            0,
        )
    width, units = shape[-1], settings["units"]
    if width is None:
        raise Refused(
            "unknown size",
            f"{{node}} needs to know the size of its input's last axis to make its weights, but "
            f"gets {show_shape(shape)}.",
            0,
        )
    starts = [("kernel_initializer", settings["kernel_initializer"], 2)]
    bias = 0
    if settings["use_bias"]:
        bias = units
        starts.append(("bias_initializer", settings["bias_initializer"], 1))
    check_start(starts, settings["dtype"])
    count = width * units
    work = count * (product(shape[1:-1]) or 1)
    weights = Weights((width,), count + bias)
    if settings["lora_rank"]:
        weights = _low_rank(settings, width, bias)
    return Made((TensorSpec((*shape[:-1], units), computed(settings)),), weights, work)


def _low_rank(settings: Settings, width: int, bias: int) -> Weights:
    """Return the weights with low-rank adaptation: the kernel is frozen, two thin ones learn.

    Source: https://arxiv.org/abs/2106.09685 and https://keras.io/api/layers/core_layers/dense/
    """
    rank, units = settings["lora_rank"], settings["units"]
    if settings["kernel_constraint"] is not None:
        raise Refused("parameter", "{node}: lora_rank can't be used with a kernel_constraint.")
    return Weights((width,), rank * (width + units) + bias, width * units)


def _why_dense(settings: Settings, inputs: Inputs, made: Made) -> tuple[Why, ...]:
    width, units = inputs[0].shape[-1], settings["units"]
    bias = f" + {units:,}" if settings["use_bias"] else ""
    if rank := settings["lora_rank"]:
        total = made.weights.trainable + made.weights.fixed
        low = f" + {rank}·({width:,} + {units:,})"
        return (Why("params", f"{total:,} = {width:,}·{units:,}{low}{bias}"),)
    return (
        Why("params", f"{made.weights.trainable:,} = {width:,}·{units:,}{bias}"),
        Why("units", f"{units:,} = one number for each unit, from all {width:,} inputs"),
    )


def _on_map(
    _settings: Settings, inputs: Inputs, _made: Made, _feeds: tuple[str | None, ...]
) -> Iterator[tuple[str, str]]:
    shape = inputs[0].shape
    if len(shape) == 4:
        yield (
            "map into dense",
            (
                f"{{node}} sees only the {shape[-1]:,} values of one position at a time, since its "
                f"input is a feature map of {show_shape(shape)}. Most likely a Flatten is missing."
            ),
        )


def one_unit(
    settings: Settings, _inputs: Inputs, made: Made, _feeds: tuple[str | None, ...]
) -> Iterator[tuple[str, str]]:
    """Warn of a softmax over a single value: it is always 1."""
    activation = settings.get("activation")
    if (
        isinstance(activation, Named)
        and activation.name == "softmax"
        and made.outputs[0].shape[-1] == 1
    ):
        yield (
            "one-unit softmax",
            (
                "{node} takes the softmax over 1 value, which is always 1, so nothing can be "
                "learnt. "
                "Use sigmoid for one unit, or as many units as there are classes."
            ),
        )


def unworkable_activation(
    settings: Settings, _inputs: Inputs, _made: Made, _feeds: tuple[str | None, ...]
) -> Iterator[tuple[str, str]]:
    """Warn of activations that Keras takes by name and that don't fit once data flows."""
    activation = settings["activation"]
    if not isinstance(activation, Named):
        return
    if activation.name == "glu":
        yield (
            "data",
            (
                "{node}: the activation glu halves the last axis when data flows, which Keras "
                "doesn't "
                "foresee; the shapes after it will not be the ones shown."
            ),
        )
    if activation.name == "threshold":
        yield (
            "data",
            (
                "{node}: the activation threshold needs two numbers that can't be given by name; "
                "training will stop here."
            ),
        )


entry(
    "Input",
    "input",
    "visible",
    _input,
    kinds={
        "shape": Ints(minimum=1, unknowns=True, optional=True),
        "batch_size": Int(minimum=1, optional=True),
        "dtype": Choice(INPUT_DTYPES, optional=True),
        "sparse": Bool(optional=True),
        "ragged": Bool(optional=True),
        "batch_shape": Ints(minimum=1, unknowns=True, optional=True, at_least=1),
    },
    calls=Calls.SOURCE,
    inputs=(),
    shown=("shape",),
    positional=("shape",),
    starter={"shape": (28, 28, 1)},
    words="image picture data start visible",
    roles=frozenset({"source"}),
)
entry(
    "Dense",
    "core",
    "hidden",
    _dense,
    kinds={
        "lora_rank": Int(minimum=0, optional=True),
        "lora_alpha": Float(optional=True),
    },
    shown=("units", "activation"),
    positional=("units",),
    starter={"units": 100, "activation": Named("relu")},
    explain=_why_dense,
    words="fully connected linear hidden output neurons units",
    lints=(_on_map, one_unit, unworkable_activation),
    roles=frozenset({"dense"}),
)
