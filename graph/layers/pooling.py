"""Pooling: windows that keep the largest or the mean, and pooling of whole maps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graph.layers.convolution import AXES, window_formula
from graph.layers.entry import entry
from graph.layers.parts import computed, image_axes, resized
from graph.params import Ints
from graph.shapes import TensorSpec, show_dim, show_shape, windows_that_fit
from graph.spec import Inputs, Made, Refused, Settings, Why

if TYPE_CHECKING:
    from graph.shapes import Dim


def _pool(settings: Settings, inputs: Inputs) -> Made:
    spec = inputs[0]
    height, width, _ = image_axes(settings, spec, "pools")
    size, padding = settings["pool_size"], settings["padding"]
    strides = settings["strides"] or size
    sizes: dict[int, Dim] = {}
    for index, axis in enumerate((height, width)):
        length = spec.shape[axis]
        if padding == "valid" and length is not None and size[index] > length:
            raise Refused(
                "window",
                f"{{node}} needs a {AXES[index]} of at least {size[index]:,} for its window, but "
                f"its input is {show_shape(spec.shape)}: {AXES[index]} {length:,}. "
                "A smaller window or padding “same” would fit.",
                0,
            )
        sizes[axis] = windows_that_fit(length, size[index], strides[index], padding)
    return Made((TensorSpec(resized(spec.shape, sizes), computed(settings)),))


def _pool_all(settings: Settings, inputs: Inputs) -> Made:
    spec = inputs[0]
    height, width, channel = image_axes(settings, spec, "pools")
    if settings["keepdims"]:
        shape = resized(spec.shape, {height: 1, width: 1})
    else:
        shape = (spec.shape[0], spec.shape[channel])
    return Made((TensorSpec(shape, computed(settings)),))


def _why_pool(settings: Settings, inputs: Inputs, made: Made) -> tuple[Why, ...]:
    height, width, channel = image_axes(settings, inputs[0], "pools")
    shape, out = inputs[0].shape, made.outputs[0].shape
    size = settings["pool_size"]
    strides = settings["strides"] or size
    lines = [
        Why(
            AXES[index],
            window_formula(
                out[axis], shape[axis], size[index], strides[index], settings["padding"]
            ),
        )
        for index, axis in enumerate((height, width))
    ]
    return (*lines, Why("channels", f"{show_dim(out[channel])}: each is pooled by itself"))


def _why_pool_all(settings: Settings, inputs: Inputs, _made: Made) -> tuple[Why, ...]:
    height, width, channel = image_axes(settings, inputs[0], "pools")
    shape = inputs[0].shape
    whole = f"{show_dim(shape[height])} × {show_dim(shape[width])}"
    return (Why("channels", f"{show_dim(shape[channel])}: one number for each map of {whole}"),)


_OPTIONAL_STRIDES = {"strides": Ints(length=2, minimum=1, optional=True)}
for _name, _words in (
    ("MaxPooling2D", "max pooling subsample downsample"),
    ("AveragePooling2D", "mean pooling subsample downsample"),
):
    entry(
        _name,
        "pooling",
        "pool",
        _pool,
        kinds=_OPTIONAL_STRIDES,
        shown=("pool_size",),
        positional=("pool_size",),
        starter={"pool_size": (2, 2)},
        explain=_why_pool,
        words=_words,
        roles=frozenset({"window"}),
    )
for _name, _words, _roles in (
    ("GlobalAveragePooling2D", "mean gap vector", frozenset({"pool to vector"})),
    ("GlobalMaxPooling2D", "max vector", frozenset()),
):
    entry(
        _name,
        "pooling",
        "gap" if _roles else "gmp",
        _pool_all,
        explain=_why_pool_all,
        words=_words,
        roles=_roles,
    )
