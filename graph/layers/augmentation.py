"""Layers that vary images at random while training, and pass them on as they are otherwise.

Keras draws them on tensors of any rank and stops at what is no image when data flows, which is a
lint here. Left out: MixUp and CutMix, which also take labels (the training plan's augmentation
mixes those), and RandAugment, AugMix and the changes of colour, which are not yet described.
Source: https://keras.io/api/layers/preprocessing_layers/image_augmentation/
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from graph.layers.entry import entry
from graph.layers.parts import computed, resized, same_shape
from graph.params import Choice, Float, Int, Numbers, show
from graph.shapes import TensorSpec, show_shape
from graph.spec import Inputs, Made, Refused, Settings, Why

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graph.params import Kind
    from graph.shapes import Dim

_ROLES = frozenset({"passes through"})
_AROUND = Numbers(minimum=-1, maximum=1, counts=(1, 2))
_ZOOM = -0.99  # Keras refuses −1, at which nothing would be left
_ABOVE = Numbers(minimum=0, maximum=1, counts=(1, 2))
_FILLED: dict[str, Kind] = {
    "fill_mode": Choice(("reflect", "wrap", "constant", "nearest")),
    "interpolation": Choice(("nearest", "bilinear")),
    "fill_value": Float(),
}
_RANGE: dict[str, Kind] = {"value_range": Numbers(counts=(2,))}
_UNIT = (0.0, 1.0)  # pixels as drawings have them, unless their scaling is switched off


def _images_only(
    _settings: Settings, inputs: Inputs, _made: Made, _feeds: tuple[str | None, ...]
) -> Iterator[tuple[str, str]]:
    shape = inputs[0].shape
    if len(shape) != 4:
        yield (
            "data",
            (
                "{node} varies images (height × width × channels), but its input is "
                f"{show_shape(shape)}; Keras draws it and stops when data flows."
            ),
        )


def _crop_fits(
    settings: Settings, inputs: Inputs, made: Made, feeds: tuple[str | None, ...]
) -> Iterator[tuple[str, str]]:
    yield from _images_only(settings, inputs, made, feeds)
    shape = inputs[0].shape
    if len(shape) != 4:
        return
    first = settings["data_format"] == "channels_first"
    for name, size in zip(("height", "width"), shape[2:] if first else shape[1:3], strict=True):
        if size is not None and settings[name] > size:
            yield (
                "crop",
                (
                    f"{{node}} cuts a {name} of {settings[name]:,} out of {size:,}: the image is "
                    "enlarged for it first, and loses sharpness."
                ),
            )


def _random_crop(settings: Settings, inputs: Inputs) -> Made:
    """Set height and width on the axes where Keras sets them, also for what is no image."""
    shape = inputs[0].shape
    height = -2 if settings["data_format"] == "channels_first" else -3
    if len(shape) < -height:
        raise Refused(
            "rank",
            f"{{node}} needs images (height × width × channels), but gets {show_shape(shape)}.",
            0,
        )
    at = len(shape) + height
    sizes: dict[int, Dim] = {at: settings["height"], at + 1: settings["width"]}
    return Made((TensorSpec(resized(shape, sizes), computed(settings)),))


def _center_crop(settings: Settings, inputs: Inputs) -> Made:
    if len(inputs[0].shape) not in {3, 4}:
        raise Refused(
            "rank",
            "{node} needs images (height × width × channels), but gets "
            f"{show_shape(inputs[0].shape)}.",
            0,
        )
    return _random_crop(settings, inputs)


def _share(value: object) -> str:
    """Return a factor in words: a range, or to either side."""
    if isinstance(value, tuple):
        return f"by {value[0]:+.0%} to {value[1]:+.0%}"
    return f"by up to {value:.0%}" if isinstance(value, int | float) else "as the height is"


def _why_flip(settings: Settings, inputs: Inputs, _made: Made) -> tuple[Why, ...]:
    how = settings["mode"].replace("_and_", " and ")
    return (Why("shape", f"{show_shape(inputs[0].shape)}: mirrored at random, {how}"),)


def _why_moved(settings: Settings, inputs: Inputs, _made: Made) -> tuple[Why, ...]:
    words = [f"{axis} {_share(settings[f'{axis}_factor'])}" for axis in ("height", "width")]
    return (Why("shape", f"{show_shape(inputs[0].shape)}: {', '.join(words)}"),)


def _why_turned(settings: Settings, inputs: Inputs, _made: Made) -> tuple[Why, ...]:
    factor = settings["factor"]
    ends = factor if isinstance(factor, tuple) else (-abs(factor), abs(factor))
    low, high = (360 * end for end in ends)
    words = f"turned by {low:g}° to {high:g}° ({show(factor)} of 360°)"
    return (Why("shape", f"{show_shape(inputs[0].shape)}: {words}"),)


def _why_cropped(settings: Settings, inputs: Inputs, made: Made) -> tuple[Why, ...]:
    words = f"{settings['height']} × {settings['width']} pixels are cut out"
    shapes = f"{show_shape(inputs[0].shape)} → {show_shape(made.outputs[0].shape)}"
    return (Why("shape", f"{shapes}: {words}"),)


def _why_changed(settings: Settings, inputs: Inputs, _made: Made) -> tuple[Why, ...]:
    return (Why("shape", f"{show_shape(inputs[0].shape)}: {_share(settings['factor'])}"),)


entry(
    "RandomFlip",
    "augmentation",
    "flip",
    same_shape,
    kinds={"mode": Choice(("horizontal", "vertical", "horizontal_and_vertical"))},
    shown=("mode",),
    positional=("mode",),
    starter={"mode": "horizontal"},
    explain=_why_flip,
    words="mirror augmentation",
    lints=(_images_only,),
    roles=_ROLES,
)
entry(
    "RandomTranslation",
    "augmentation",
    "shift",
    same_shape,
    kinds={"height_factor": _AROUND, "width_factor": _AROUND, **_FILLED},
    shown=("height_factor", "width_factor"),
    positional=("height_factor", "width_factor"),
    starter={"height_factor": 0.1, "width_factor": 0.1},
    explain=_why_moved,
    words="shift move augmentation",
    lints=(_images_only,),
    roles=_ROLES,
)
entry(
    "RandomRotation",
    "augmentation",
    "turn",
    same_shape,
    kinds={"factor": _AROUND, **_FILLED},
    shown=("factor",),
    positional=("factor",),
    starter={"factor": 0.05},
    explain=_why_turned,
    words="rotate turn angle augmentation",
    lints=(_images_only,),
    roles=_ROLES,
)
entry(
    "RandomZoom",
    "augmentation",
    "zoom",
    same_shape,
    kinds={
        "height_factor": Numbers(minimum=_ZOOM, maximum=1, counts=(1, 2)),
        "width_factor": Numbers(optional=True, minimum=_ZOOM, maximum=1, counts=(1, 2)),
        **_FILLED,
    },
    shown=("height_factor",),
    positional=("height_factor",),
    starter={"height_factor": 0.1},
    explain=_why_moved,
    words="scale enlarge augmentation",
    lints=(_images_only,),
    roles=_ROLES,
)
entry(
    "RandomShear",
    "augmentation",
    "shear",
    same_shape,
    kinds={"x_factor": _ABOVE, "y_factor": _ABOVE, **_FILLED},
    shown=("x_factor", "y_factor"),
    starter={"x_factor": 0.1, "y_factor": 0.1},
    words="slant augmentation",
    lints=(_images_only,),
    roles=_ROLES,
)
for _name, _rule in (("RandomCrop", _random_crop), ("CenterCrop", _center_crop)):
    entry(
        _name,
        "augmentation",
        "crop",
        _rule,
        kinds={"height": Int(minimum=1), "width": Int(minimum=1)},
        shown=("height", "width"),
        positional=("height", "width"),
        starter={"height": 24, "width": 24},
        explain=_why_cropped,
        words="cut window augmentation",
        lints=(_crop_fits,),
    )
entry(
    "RandomContrast",
    "augmentation",
    "contrast",
    same_shape,
    kinds={"factor": _ABOVE, **_RANGE},
    shown=("factor",),
    positional=("factor",),
    starter={"factor": 0.2, "value_range": _UNIT},
    explain=_why_changed,
    words="light augmentation",
    lints=(_images_only,),
    roles=_ROLES,
)
entry(
    "RandomBrightness",
    "augmentation",
    "bright",
    same_shape,
    kinds={"factor": _AROUND, **_RANGE},
    shown=("factor",),
    positional=("factor",),
    starter={"factor": 0.1, "value_range": _UNIT},
    explain=_why_changed,
    words="light dark augmentation",
    lints=(_images_only,),
    roles=_ROLES,
)
entry(
    "RandomErasing",
    "augmentation",
    "erase",
    same_shape,
    kinds={"factor": _ABOVE, "scale": _ABOVE, "fill_value": Float(optional=True), **_RANGE},
    shown=("factor", "scale"),
    starter={"value_range": _UNIT},
    words="cutout blank hole augmentation",
    lints=(_images_only,),
    roles=_ROLES,
)
