"""Layers that move values without weighing them: flatten, reshape, pad, crop, enlarge, resize."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graph.layers.convolution import AXES
from graph.layers.entry import entry
from graph.layers.parts import computed, image_axes, kept, resized
from graph.params import Bool, Choice, Float, Int, Ints, Margins
from graph.shapes import TensorSpec, product, show_dim, show_shape
from graph.spec import Inputs, Made, Refused, Settings, Why

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graph.shapes import Dim, Shape


def _flatten(settings: Settings, inputs: Inputs) -> Made:
    spec = inputs[0]
    shape = (spec.shape[0], product(spec.shape[1:]))
    return Made((TensorSpec(shape, kept(settings, spec)),))


def _why_flatten(_settings: Settings, inputs: Inputs, made: Made) -> tuple[Why, ...]:
    terms = "·".join(show_dim(dim) for dim in inputs[0].shape[1:]) or "1"
    return (Why("values", f"{show_dim(made.outputs[0].shape[1])} = {terms}"),)


def _reshape(settings: Settings, inputs: Inputs) -> Made:
    spec, target = inputs[0], settings["target_shape"]
    if target.count(-1) > 1:
        raise Refused("reshape", "{node}: only one size of target_shape can be −1 (the rest).")
    shape = _target(target, spec.shape)
    return Made((TensorSpec((spec.shape[0], *shape), kept(settings, spec)),))


def _target(target: tuple[Dim, ...], shape: Shape) -> Shape:
    """Return the target with its −1 worked out; raise Refused if the values don't fit."""
    size = product(shape[1:])
    known = product(dim for dim in target if dim != -1)
    if size is None or known is None:
        return tuple(None if dim == -1 else dim for dim in target)
    gets = f"{show_shape(shape)} = {size:,} values"
    if -1 not in target:
        if size != known:
            wants = " × ".join(map(show_dim, target)) or "scalar"
            raise Refused(
                "reshape",
                f"{{node}} gets {gets}, but its target_shape {wants} holds {known:,}.",
                0,
            )
        return target
    if known == 0 or size % known:
        raise Refused(
            "reshape",
            f"{{node}} gets {gets}, which can't be divided by {known:,}.",
            0,
        )
    return tuple(size // known if dim == -1 else dim for dim in target)


def _why_reshape(_settings: Settings, inputs: Inputs, made: Made) -> tuple[Why, ...]:
    before, after = (
        "·".join(show_dim(dim) for dim in shape[1:]) or "1"
        for shape in (inputs[0].shape, made.outputs[0].shape)
    )
    return (Why("values", f"{before} = {after}"),)


def _pad(settings: Settings, inputs: Inputs) -> Made:
    spec = inputs[0]
    height, width, _ = image_axes(settings, spec, "pads")
    sizes: dict[int, Dim] = {}
    for axis, margins in zip((height, width), settings["padding"], strict=True):
        length = spec.shape[axis]
        sizes[axis] = None if length is None else length + sum(margins)
    return Made((TensorSpec(resized(spec.shape, sizes), computed(settings)),))


def _crop(settings: Settings, inputs: Inputs) -> Made:
    spec = inputs[0]
    height, width, _ = image_axes(settings, spec, "crops")
    sizes: dict[int, Dim] = {}
    pairs = zip((height, width), settings["cropping"], AXES, strict=True)
    for axis, margins, name in pairs:
        length = spec.shape[axis]
        if length is not None and sum(margins) >= length:
            raise Refused(
                "window",
                f"{{node}} takes {margins[0]} + {margins[1]} from the {name} and would leave "
                f"nothing: its input is {show_shape(spec.shape)}, {name} {length:,}.",
                0,
            )
        sizes[axis] = None if length is None else length - sum(margins)
    return Made((TensorSpec(resized(spec.shape, sizes), computed(settings)),))


def _enlarge(settings: Settings, inputs: Inputs) -> Made:
    spec = inputs[0]
    height, width, _ = image_axes(settings, spec, "enlarges")
    sizes: dict[int, Dim] = {}
    for axis, factor in zip((height, width), settings["size"], strict=True):
        length = spec.shape[axis]
        sizes[axis] = None if length is None else length * factor
    return Made((TensorSpec(resized(spec.shape, sizes), computed(settings)),))


def _resize(settings: Settings, inputs: Inputs) -> Made:
    """Set height and width, on the axes where Keras sets them, also for what is no image."""
    shape = inputs[0].shape
    first = settings["data_format"] == "channels_first"
    height = 1 if first else 0
    if len(shape) == 4:
        height += 1
    if height + 1 >= len(shape):
        raise Refused(
            "rank",
            f"{{node}} needs images (height × width × channels), but gets {show_shape(shape)}.",
            0,
        )
    sizes: dict[int, Dim] = {height: settings["height"], height + 1: settings["width"]}
    return Made((TensorSpec(resized(shape, sizes), computed(settings)),))


def _resize_data(
    settings: Settings, inputs: Inputs, _made: Made, _feeds: tuple[str | None, ...]
) -> Iterator[tuple[str, str]]:
    shape = inputs[0].shape
    if len(shape) != 4:
        yield (
            "data",
            (
                "{node} resizes images (height × width × channels), but its input is "
                f"{show_shape(shape)}; Keras draws it and stops when data flows."
            ),
        )
    if settings["crop_to_aspect_ratio"] and settings["pad_to_aspect_ratio"]:
        yield (
            "data",
            (
                "{node} can crop or pad to keep the proportions, not both; Keras stops when data "
                "flows."
            ),
        )


def _why_margins(settings: Settings, inputs: Inputs, made: Made) -> tuple[Why, ...]:
    crop = "cropping" in settings
    sign, margins = ("−", settings["cropping"]) if crop else ("+", settings["padding"])
    height, width, _ = image_axes(settings, inputs[0], "changes")
    return tuple(
        Why(
            name,
            f"{show_dim(made.outputs[0].shape[axis])} = {show_dim(inputs[0].shape[axis])} "
            f"{sign} {side[0]} {sign} {side[1]}",
        )
        for name, axis, side in zip(AXES, (height, width), margins, strict=True)
    )


def _why_enlarge(settings: Settings, inputs: Inputs, made: Made) -> tuple[Why, ...]:
    height, width, _ = image_axes(settings, inputs[0], "enlarges")
    return tuple(
        Why(
            name,
            f"{show_dim(made.outputs[0].shape[axis])} = {show_dim(inputs[0].shape[axis])}·{factor}",
        )
        for name, axis, factor in zip(AXES, (height, width), settings["size"], strict=True)
    )


_INTERPOLATIONS = ("nearest", "bilinear", "bicubic", "lanczos3", "lanczos5")
entry(
    "Flatten",
    "reshape",
    "flat",
    _flatten,
    explain=_why_flatten,
    words="vector unroll ravel",
    roles=frozenset({"flatten"}),
)
entry(
    "Reshape",
    "reshape",
    "reshape",
    _reshape,
    kinds={"target_shape": Ints(minimum=-1, unknowns=True)},
    shown=("target_shape",),
    positional=("target_shape",),
    starter={"target_shape": (-1,)},
    explain=_why_reshape,
    words="shape view fold",
    roles=frozenset({"reshape"}),
)
entry(
    "ZeroPadding2D",
    "reshape",
    "pad",
    _pad,
    kinds={"padding": Margins()},
    shown=("padding",),
    positional=("padding",),
    explain=_why_margins,
    words="border margin zeros pad",
    roles=frozenset({"pad"}),
)
entry(
    "Cropping2D",
    "reshape",
    "crop",
    _crop,
    kinds={"cropping": Margins()},
    shown=("cropping",),
    positional=("cropping",),
    starter={"cropping": ((1, 1), (1, 1))},
    explain=_why_margins,
    words="cut trim border",
    roles=frozenset({"crop"}),
)
entry(
    "UpSampling2D",
    "reshape",
    "up",
    _enlarge,
    kinds={"size": Ints(length=2, minimum=1), "interpolation": Choice(_INTERPOLATIONS)},
    shown=("size",),
    positional=("size",),
    explain=_why_enlarge,
    words="enlarge upsample decoder zoom",
)
entry(
    "Resizing",
    "reshape",
    "resize",
    _resize,
    kinds={
        "height": Int(minimum=1),
        "width": Int(minimum=1),
        "interpolation": Choice((*_INTERPOLATIONS, "area")),
        "crop_to_aspect_ratio": Bool(),
        "pad_to_aspect_ratio": Bool(),
        "fill_mode": Choice(("constant",)),
        "fill_value": Float(),
    },
    shown=("height", "width"),
    positional=("height", "width"),
    starter={"height": 28, "width": 28},
    words="scale size image preprocessing",
    lints=(_resize_data,),
    roles=frozenset({"resize"}),
)
