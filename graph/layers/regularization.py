"""Layers that only act while training, against overfitting: Dropout and GaussianNoise."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graph.layers.entry import entry
from graph.layers.parts import same_shape
from graph.params import Float
from graph.shapes import show_shape
from graph.spec import Inputs, Made, Settings, Why

if TYPE_CHECKING:
    from collections.abc import Iterator


def _why_dropout(settings: Settings, inputs: Inputs, _made: Made) -> tuple[Why, ...]:
    rate = settings["rate"]
    what = show_shape(inputs[0].shape)
    return (Why("shape", f"{what}: while training, {rate:.0%} of the values are set to 0"),)


def _noise_data(
    settings: Settings, inputs: Inputs, _made: Made, _feeds: tuple[str | None, ...]
) -> Iterator[tuple[str, str]]:
    noise, shape = settings["noise_shape"], inputs[0].shape
    if noise is None:
        return
    pairs = zip(noise, shape, strict=False)
    odd = [one for one, dim in pairs if one is not None and dim is not None and one not in {1, dim}]
    if len(noise) != len(shape) or odd:
        yield (
            "data",
            (
                f"{{node}}: noise_shape has {len(noise)} sizes for an input of {len(shape)} axes "
                "with "
                f"that of the batch ({show_shape(shape)}), and each has to be 1 or that of the "
                "input; "
                "Keras stops when training begins."
            ),
        )


entry(
    "Dropout",
    "regularisation",
    "drop",
    same_shape,
    shown=("rate",),
    positional=("rate",),
    starter={"rate": 0.2},
    explain=_why_dropout,
    words="overfitting regularize noise",
    lints=(_noise_data,),
    roles=frozenset({"passes through"}),
)
entry(
    "GaussianNoise",
    "regularisation",
    "noise",
    same_shape,
    kinds={"stddev": Float(minimum=0, maximum=1)},
    shown=("stddev",),
    positional=("stddev",),
    starter={"stddev": 0.1},
    words="normal noise overfitting denoising regularize",
    roles=frozenset({"passes through"}),
)
