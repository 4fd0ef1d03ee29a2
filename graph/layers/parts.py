"""What the rules of several layers share: dtypes, axes of images, and weights that can't be made.

The verdicts are those of Keras 3.15 calling a layer on a symbolic tensor (tests/conformance holds
them equal); what Keras lets pass there and stops at when data flows is a lint of kind "data".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from graph.shapes import show_shape
from graph.spec import Made, Refused

if TYPE_CHECKING:
    from collections.abc import Iterable

    from graph.params import Named
    from graph.shapes import Dim, Shape, TensorSpec
    from graph.spec import Inputs, Settings

# The dtype in which a layer of a dtype policy computes, and so that of its output.
# Source: https://keras.io/api/mixed_precision/policy/
COMPUTE = {
    None: "float32",
    "float16": "float16",
    "bfloat16": "bfloat16",
    "float32": "float32",
    "float64": "float64",
    "mixed_float16": "float16",
    "mixed_bfloat16": "bfloat16",
}

# Initializers that can't make every shape.
_PICKY = frozenset({"Identity", "Orthogonal"})


def computed(settings: Settings) -> str:
    """Return the dtype of a layer's output by its dtype policy."""
    return COMPUTE[settings["dtype"]]


def kept(settings: Settings, spec: TensorSpec) -> str:
    """Return the dtype of a layer that only moves values: floats are cast, all else is kept."""
    if settings["autocast"] and spec.dtype in {"float16", "bfloat16", "float32", "float64"}:
        return COMPUTE[settings["dtype"]]
    return spec.dtype


def same_shape(settings: Settings, inputs: Inputs) -> Made:
    """Give back the shape that came in, in the layer's compute dtype."""
    return Made((inputs[0]._replace(dtype=COMPUTE[settings["dtype"]]),))


def image_axes(settings: Settings, spec: TensorSpec, what: str) -> tuple[int, int, int]:
    """Return the axes of height, width and channels; raise Refused if it is no feature map."""
    if len(spec.shape) != 4:
        raise Refused(
            "rank",
            f"{{node}} {what} feature maps (height × width × channels), but its input is "
            f"{show_shape(spec.shape)}: {axes_text(spec.shape)} instead of 3.",
            0,
        )
    return (2, 3, 1) if settings["data_format"] == "channels_first" else (1, 2, 3)


def axes_text(shape: Shape) -> str:
    """Return how many axes a shape has beside the batch axis, for a sentence."""
    count = len(shape) - 1
    return f"{count} {'axis' if count == 1 else 'axes'}"


def resized(shape: Shape, sizes: dict[int, Dim]) -> Shape:
    """Return a shape with other sizes on some axes."""
    return tuple(sizes.get(axis, dim) for axis, dim in enumerate(shape))


def check_start(made: Iterable[tuple[str, Named, int]], policy: str | None) -> None:
    """Raise Refused if an initializer can't make a weight: (parameter, initializer, axes) each."""
    for param, initializer, rank in made:
        if initializer.settings:
            _check_fans(param, initializer, rank)
        if initializer.name not in _PICKY:
            continue
        start = f"{{node}}: {param} {initializer.name}"
        if initializer.name == "Identity" and rank != 2:
            raise Refused(
                "parameter",
                f"{start} makes a matrix (2 axes), but this weight has {rank}.",
            )
        if rank < 2:
            raise Refused(
                "parameter",
                f"{start} needs a weight with at least 2 axes, but this one has {rank}.",
            )
        if initializer.name == "Orthogonal" and policy == "bfloat16":
            raise Refused("parameter", f"{start} can't make weights in bfloat16.")


def _check_fans(param: str, initializer: Named, rank: int) -> None:
    """Raise Refused if an initializer counts its fans over axes the weight doesn't have."""
    fan_in = initializer.settings.get("input_axes")
    fan_out = initializer.settings.get("output_axes")
    if fan_in is None or fan_out is None:
        return
    for axis in (*fan_in, *fan_out):
        if not -rank <= axis < rank:
            raise Refused(
                "parameter",
                f"{{node}}: {param} counts over axis {axis}, but the weight has {rank} axes.",
            )
