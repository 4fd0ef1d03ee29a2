"""Activations as layers of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graph.layers.core import one_unit, unworkable_activation
from graph.layers.entry import entry
from graph.layers.parts import same_shape
from graph.params import Float, Ints, Named, Object
from graph.shapes import show_shape

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graph.spec import Inputs, Made, Settings

_AGAIN = (
    "double softmax",
    (
        "{node} takes the softmax of values that are a softmax already, which makes all classes "
        "nearly "
        "equally likely. One of the two is enough."
    ),
)


def _activation_again(
    settings: Settings, _inputs: Inputs, _made: Made, feeds: tuple[str | None, ...]
) -> Iterator[tuple[str, str]]:
    activation = settings["activation"]
    if isinstance(activation, Named) and activation.name == "softmax" and "softmax" in feeds:
        yield _AGAIN


def _softmax_again(
    settings: Settings, inputs: Inputs, _made: Made, feeds: tuple[str | None, ...]
) -> Iterator[tuple[str, str]]:
    if "softmax" in feeds:
        yield _AGAIN
    shape, axis = inputs[0].shape, settings["axis"]
    axes = axis if isinstance(axis, tuple) else (axis,)
    beyond = [one for one in axes if not -len(shape) <= one < len(shape)]
    if beyond or not axes:
        yield (
            "data",
            (
                f"{{node}} sums over axis {beyond[0] if beyond else 'none'}, but its input "
                f"{show_shape(shape)} has {len(shape)} axes with that of the batch; Keras stops "
                "when "
                "data flows."
            ),
        )
    elif all(shape[one] == 1 for one in axes):
        yield (
            "one-unit softmax",
            (
                "{node} takes the softmax over 1 value, which is always 1, so nothing can be "
                "learnt. "
                "Use sigmoid for one unit, or as many units as there are classes."
            ),
        )


entry(
    "Activation",
    "activation",
    "act",
    same_shape,
    kinds={"activation": Object("activation", optional=False)},
    shown=("activation",),
    positional=("activation",),
    starter={"activation": Named("relu")},
    words="nonlinearity relu sigmoid tanh softmax",
    lints=(_activation_again, one_unit, unworkable_activation),
)
entry(
    "ReLU",
    "activation",
    "act",
    same_shape,
    kinds={
        "max_value": Float(minimum=0, optional=True),
        "negative_slope": Float(minimum=0),
        "threshold": Float(minimum=0),
    },
    words="rectified linear unit nonlinearity",
    applies="relu",
)
entry(
    "LeakyReLU",
    "activation",
    "act",
    same_shape,
    kinds={"negative_slope": Float(minimum=0)},
    shown=("negative_slope",),
    words="leaky rectified linear unit nonlinearity",
    applies="leaky_relu",
)
entry(
    "Softmax",
    "activation",
    "act",
    same_shape,
    kinds={"axis": Ints(single=True)},
    shown=(),
    words="probabilities classes output",
    lints=(_softmax_again,),
    applies="softmax",
)
