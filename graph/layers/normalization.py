"""BatchNormalization, and Rescaling of raw values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graph.layers.entry import entry
from graph.layers.parts import check_start, same_shape
from graph.params import Float, Numbers
from graph.shapes import show_shape
from graph.spec import Inputs, Made, Refused, Settings, Weights, Why

if TYPE_CHECKING:
    from collections.abc import Iterator

_MOVING = ("moving_mean_initializer", "moving_variance_initializer")


def _batch_norm(settings: Settings, inputs: Inputs) -> Made:
    shape, axis = inputs[0].shape, settings["axis"]
    if not -len(shape) <= axis < len(shape):
        raise Refused(
            "parameter",
            f"{{node}} normalizes axis {axis}, but its input {show_shape(shape)} has "
            f"{len(shape)} axes with that of the batch: "
            f"{-len(shape)} to {len(shape) - 1} are possible.",
        )
    width = shape[axis]
    if width is None:
        raise Refused(
            "unknown size",
            f"{{node}} needs to know the size of axis {axis} of its input, but gets "
            f"{show_shape(shape)}.",
            0,
        )
    names = list(_MOVING)
    if settings["scale"]:
        names.append("gamma_initializer")
    if settings["center"]:
        names.append("beta_initializer")
    check_start(((name, settings[name], 1) for name in names), settings["dtype"])
    learnt = (len(names) - 2) * width
    fixed = (5 if settings["renorm"] else 2) * width
    made = same_shape(settings, inputs)
    size = 1
    for dim in shape[1:]:
        size *= dim or 1
    # the axis counts from whichever side it was given, and so does Keras's check of later calls
    return Made(made.outputs, Weights((len(shape), width), learnt, fixed), size)


def _why_batch_norm(settings: Settings, inputs: Inputs, made: Made) -> tuple[Why, ...]:
    width = inputs[0].shape[settings["axis"]]
    each = sum(map(bool, (settings["scale"], settings["center"])))
    kept = 5 if settings["renorm"] else 2
    total = made.weights.trainable + made.weights.fixed
    return (
        Why("params", f"{total:,} = {each}·{width:,} learnt + {kept}·{width:,} running statistics"),
    )


def _why_rescale(settings: Settings, _inputs: Inputs, _made: Made) -> tuple[Why, ...]:
    scale, offset = settings["scale"], settings["offset"]
    if isinstance(scale, tuple) or isinstance(offset, tuple):
        return ()
    return (Why("values", f"each x becomes x·{scale:g} + {offset:g}"),)


def _rescale_data(
    settings: Settings, inputs: Inputs, _made: Made, _feeds: tuple[str | None, ...]
) -> Iterator[tuple[str, str]]:
    width = inputs[0].shape[-1]
    for name in ("scale", "offset"):
        value = settings[name]
        if isinstance(value, tuple) and width is not None and len(value) not in {1, width}:
            yield (
                "data",
                (
                    f"{{node}}: {name} has {len(value)} numbers for {width:,} channels; Keras "
                    "stops "
                    "when data flows."
                ),
            )


entry(
    "BatchNormalization",
    "normalisation",
    "norm",
    _batch_norm,
    kinds={
        "momentum": Float(minimum=0, maximum=1),
        "epsilon": Float(minimum=0),
        "renorm_momentum": Float(minimum=0, maximum=1),
    },
    shown=(),
    explain=_why_batch_norm,
    words="batch norm bn standardize",
)
entry(
    "Rescaling",
    "normalisation",
    "scaled",
    same_shape,
    kinds={"scale": Numbers(), "offset": Numbers()},
    shown=("scale", "offset"),
    positional=("scale",),
    starter={"scale": 1 / 255},
    explain=_why_rescale,
    words="scale pixels preprocessing normalize 255",
    lints=(_rescale_data,),
)
