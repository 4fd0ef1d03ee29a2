"""Convolutions: Conv2D and Conv2DTranspose."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graph.layers.core import one_unit, unworkable_activation
from graph.layers.entry import entry
from graph.layers.parts import check_start, computed, image_axes, resized
from graph.params import Ints, Named
from graph.shapes import (
    TensorSpec,
    show_dim,
    show_shape,
    transposed_length,
    window_span,
    windows_that_fit,
)
from graph.spec import Inputs, Made, Refused, Settings, Weights, Why

if TYPE_CHECKING:
    from graph.shapes import Dim, Shape

AXES = ("height", "width")


def _conv(settings: Settings, inputs: Inputs) -> Made:
    spec = inputs[0]
    height, width, channel = image_axes(settings, spec, "needs")
    shape, filters, groups = spec.shape, settings["filters"], settings["groups"]
    _check_strides(settings)
    if filters % groups:
        raise Refused(
            "channels",
            f"{{node}} can't split its {filters:,} filters into {groups:,} equal groups.",
        )
    channels = _known_channels(shape, channel)
    if channels % groups:
        raise Refused(
            "channels",
            f"{{node}} can't split the {channels:,} channels of its input "
            f"({show_shape(shape)}) into {groups:,} equal groups.",
            0,
        )
    kernel = settings["kernel_size"]
    sizes: dict[int, Dim] = {channel: filters}
    for index, axis in enumerate((height, width)):
        sizes[axis] = _fit(settings, shape, axis, index, kernel[index])
    out = resized(shape, sizes)
    count = kernel[0] * kernel[1] * (channels // groups) * filters
    bias = _check_weights(settings, filters)
    work = count * (out[height] or 1) * (out[width] or 1)
    return Made((TensorSpec(out, computed(settings)),), Weights((channels,), count + bias), work)


def _fit(settings: Settings, shape: Shape, axis: int, index: int, size: int) -> Dim:
    """Return the output size on one axis; raise Refused if not one window fits."""
    span = window_span(size, settings["dilation_rate"][index])
    length, padding = shape[axis], settings["padding"]
    if padding == "valid" and length is not None and span > length:
        spread = f", spread to {span:,} by the dilation," if span != size else ""
        raise Refused(
            "window",
            f"{{node}} needs a {AXES[index]} of at least {span:,} for its window of {size:,}"
            f"{spread} but its input is {show_shape(shape)}: {AXES[index]} {length:,}. "
            "A smaller window or padding “same” would fit.",
            0,
        )
    return windows_that_fit(length, span, settings["strides"][index], padding)


def _check_strides(settings: Settings) -> None:
    strides, dilation = settings["strides"], settings["dilation_rate"]
    if max(strides) > 1 and max(dilation) > 1:
        raise Refused(
            "parameter",
            f"{{node}} can't have strides of {max(strides)} and a dilation of {max(dilation)} at "
            "once: one of the two has to be 1.",
        )


def _known_channels(shape: Shape, axis: int) -> int:
    channels = shape[axis]
    if channels is None:
        raise Refused(
            "unknown size",
            "{node} needs to know how many channels its input has to make its weights, but gets "
            f"{show_shape(shape)}.",
            0,
        )
    return channels


def _check_weights(settings: Settings, filters: int) -> int:
    """Return the size of the bias; raise Refused if a weight can't be made."""
    starts = [("kernel_initializer", settings["kernel_initializer"], 4)]
    if settings["use_bias"]:
        starts.append(("bias_initializer", settings["bias_initializer"], 1))
    check_start(starts, settings["dtype"])
    return filters if settings["use_bias"] else 0


def _transpose(settings: Settings, inputs: Inputs) -> Made:
    spec = inputs[0]
    height, width, channel = image_axes(settings, spec, "needs")
    shape, filters, kernel = spec.shape, settings["filters"], settings["kernel_size"]
    _check_strides(settings)
    extra = settings["output_padding"]
    strides = settings["strides"]
    for index, more in enumerate(extra or ()):
        if more >= strides[index]:
            raise Refused(
                "parameter",
                f"{{node}}: output_padding {more} must be less than the stride "
                f"({strides[index]}) on the {AXES[index]}.",
            )
    channels = _known_channels(shape, channel)
    sizes: dict[int, Dim] = {channel: filters}
    for index, axis in enumerate((height, width)):
        more = None if extra is None else extra[index]
        sizes[axis] = transposed_length(
            shape[axis],
            kernel[index],
            strides[index],
            settings["padding"],
            more,
            settings["dilation_rate"][index],
        )
        if sizes[axis] == 0:
            raise Refused(
                "window",
                f"{{node}} would leave a {AXES[index]} of 0 from {show_shape(shape)}.",
                0,
            )
    count = kernel[0] * kernel[1] * channels * filters
    bias = _check_weights(settings, filters)
    work = count * (shape[height] or 1) * (shape[width] or 1)
    out = TensorSpec(resized(shape, sizes), computed(settings))
    return Made((out,), Weights((channels,), count + bias), work)


def window_formula(made: Dim, length: Dim, span: int, stride: int, padding: str) -> str:
    """Return how an output size came about: `26 = (28 − 3) / 1 + 1`, `14 = ⌈28 / 2⌉`."""
    before, after = show_dim(length), show_dim(made)
    if padding == "same":
        return f"{after} = ⌈{before} / {stride}⌉"
    whole = length is None or (length - span) % stride == 0
    fraction = f"({before} − {span}) / {stride}"
    return f"{after} = {fraction} + 1" if whole else f"{after} = ⌊{fraction}⌋ + 1"


def _why_conv(settings: Settings, inputs: Inputs, made: Made) -> tuple[Why, ...]:
    height, width, channel = image_axes(settings, inputs[0], "needs")
    shape, out = inputs[0].shape, made.outputs[0].shape
    kernel, filters = settings["kernel_size"], settings["filters"]
    lines = [
        Why(
            AXES[index],
            window_formula(
                out[axis],
                shape[axis],
                window_span(kernel[index], settings["dilation_rate"][index]),
                settings["strides"][index],
                settings["padding"],
            ),
        )
        for index, axis in enumerate((height, width))
    ]
    lines.append(Why("channels", f"{filters:,} = one for each filter"))
    depth = f"{(shape[channel] or 0) // settings['groups']:,}"
    return (*lines, _why_weights(settings, depth, made))


def _why_weights(settings: Settings, depth: str, made: Made) -> Why:
    kernel, filters = settings["kernel_size"], settings["filters"]
    bias = f" + {filters:,}" if settings["use_bias"] else ""
    count = f"{made.weights.trainable:,}"
    return Why("params", f"{count} = {kernel[0]}·{kernel[1]}·{depth}·{filters:,}{bias}")


def _why_transpose(settings: Settings, inputs: Inputs, made: Made) -> tuple[Why, ...]:
    height, width, channel = image_axes(settings, inputs[0], "needs")
    shape, out = inputs[0].shape, made.outputs[0].shape
    lines = []
    for index, axis in enumerate((height, width)):
        stride, length = settings["strides"][index], show_dim(shape[axis])
        span = window_span(settings["kernel_size"][index], settings["dilation_rate"][index])
        extra = settings["output_padding"]
        same = settings["padding"] == "same"
        if extra is None:
            rest = "" if same else f" + {max(span - stride, 0)}"
            formula = f"{length}·{stride}{rest}"
        else:
            last = span % 2 if same else span
            formula = f"({length} − 1)·{stride} + {last} + {extra[index]}"
        lines.append(Why(AXES[index], f"{show_dim(out[axis])} = {formula}"))
    lines.append(Why("channels", f"{settings['filters']:,} = one for each filter"))
    return (*lines, _why_weights(settings, show_dim(shape[channel]), made))


entry(
    "Conv2D",
    "convolution",
    "conv",
    _conv,
    shown=("filters", "kernel_size", "activation"),
    positional=("filters", "kernel_size"),
    starter={"filters": 32, "kernel_size": (3, 3), "activation": Named("relu")},
    explain=_why_conv,
    words="convolution cnn filter kernel feature map",
    lints=(one_unit, unworkable_activation),
    roles=frozenset({"window", "convolution"}),
)
entry(
    "Conv2DTranspose",
    "convolution",
    "deconv",
    _transpose,
    kinds={"output_padding": Ints(length=2, minimum=0, optional=True)},
    shown=("filters", "kernel_size", "strides"),
    positional=("filters", "kernel_size"),
    starter={
        "filters": 32,
        "kernel_size": (3, 3),
        "strides": (2, 2),
        "padding": "same",
        "activation": Named("relu"),
    },
    explain=_why_transpose,
    words="transposed convolution deconvolution decoder upsample",
    lints=(one_unit, unworkable_activation),
)
