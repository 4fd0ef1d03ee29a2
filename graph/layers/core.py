"""Core layers: Input and Dense."""

from __future__ import annotations

from graph.layers.entry import entry
from graph.params import Choice, Ints
from graph.shapes import TensorSpec, product, show_shape
from graph.spec import Calls, Inputs, Made, Refused, Settings, Weights, Why


def _input(settings: Settings, _inputs: Inputs) -> Made:
    shape = settings["shape"]
    return Made((TensorSpec((settings["batch_size"], *shape), settings["dtype"] or "float32"),))


def _dense(settings: Settings, inputs: Inputs) -> Made:
    (spec,) = inputs
    if len(spec.shape) < 2:
        raise Refused("rank", f"{{node}} needs a vector, but gets {show_shape(spec.shape)}.", 0)
    width, units = spec.shape[-1], settings["units"]
    if width is None:
        raise Refused("unknown size", "{node} needs to know the size of its input's last axis.", 0)
    shape = (*spec.shape[:-1], units)
    bias = units if settings["use_bias"] else 0
    count = width * units
    work = count * (product(spec.shape[1:-1]) or 1)
    dtype = settings["dtype"] or "float32"
    return Made((TensorSpec(shape, dtype),), Weights((width,), count + bias), work)


def _why_dense(settings: Settings, inputs: Inputs, made: Made) -> tuple[Why, ...]:
    width, units = inputs[0].shape[-1], settings["units"]
    bias = f" + {units:,}" if settings["use_bias"] else ""
    return (Why("params", f"{made.weights.trainable:,} = {width:,}·{units:,}{bias}"),)


entry(
    "Input",
    "input",
    "visible",
    _input,
    kinds={
        "shape": Ints(minimum=1, unknowns=True),
        "dtype": Choice(("float32", "float16", "uint8", "int32", "int64", "bool"), optional=True),
    },
    calls=Calls.SOURCE,
    inputs=(),
    shown=("shape",),
    positional=("shape",),
)
entry(
    "Dense",
    "core",
    "hidden",
    _dense,
    shown=("units", "activation"),
    positional=("units",),
    explain=_why_dense,
    words="fully connected linear",
)
