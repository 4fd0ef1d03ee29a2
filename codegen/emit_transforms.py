"""The code of each transform of `graph.transforms`: for arrays, and for tensors of a batch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen import spelling
from codegen.source import Group
from graph.transforms import TRANSFORMS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from codegen.source import Expression
    from graph.columns import Step
    from graph.params import Value

MEASURES = '''\
def measures(images):
    """Return five numbers from 0 to 1 for each image, as an array.

    They are brightness, contrast, the share of its columns and of its rows that aren't
    dark, and how far its left half is like its right one.
    """
    images = images.reshape(len(images), *images.shape[1:3], -1).mean(axis=3) / 255
    numbers = [
        images.mean(axis=(1, 2)),
        images.std(axis=(1, 2)),
        (images.max(axis=1) > 0.1).mean(axis=1),
        (images.max(axis=2) > 0.1).mean(axis=1),
        1 - abs(images - images[:, :, ::-1]).mean(axis=(1, 2)),
    ]
    return np.stack(numbers, axis=1).astype("float32")'''


def transformed(
    name: str, value: str, step: Step, before: tuple[int, ...], *, apart_by: str = ""
) -> tuple[Expression, ...]:
    """Return the expression for a variable after a transform.

    Args:
        name: the variable that gets it.
        value: the variable before it, an array or a tensor with a batch axis.
        step: the transform.
        before: the shape of a sample before it.
        apart_by: where it is a TensorFlow tensor, the variable whose entries tell its samples
            apart; "" for an array.
    """
    tensors = bool(apart_by)
    assert step.named is not None  # noqa: S101 - the caller has looked
    settings = TRANSFORMS[step.named.name].settings(step.named.settings)
    if step.kind in {"crop", "half", "window"}:
        return (f"{value}[:, {_slices(step.kind, settings, before)}]",)
    if step.kind == "scale":
        minus, by = settings["minus"], settings["by"]
        value = value if tensors else f'{value}.astype("float32")'
        value = f"({value} - {_number(minus)})" if minus else value
        return (f"{value} / {_number(by)}",)
    if step.kind == "standardise":
        if tensors:
            return (f"({value} - mean) / std",)
        return (f'(({value} - {name}_mean) / {name}_std).astype("float32")',)
    if step.kind == "noise":
        return _noisy(value, _number(settings["stddev"]), apart_by)
    if step.kind == "grey":
        call: tuple[Expression, ...] = (Group("tf.image.rgb_to_grayscale", (value,)),)
    else:
        call = _resized(value, step, before)
    flat = "[..., 0]" if step.kind == "resize" and len(before) == 2 else ""
    return (*call, flat if tensors else f".numpy(){flat}")


def _number(value: Value) -> str:
    whole = isinstance(value, float) and value.is_integer()
    return spelling.literal(int(value) if whole and isinstance(value, float) else value)


def _slices(kind: str, settings: Mapping[str, Value], before: tuple[int, ...]) -> str:
    if kind == "window":
        start, length = settings["start"], settings["length"]
        assert isinstance(start, int)  # noqa: S101 - the rule has checked it
        assert isinstance(length, int)  # noqa: S101 - as above
        return f"{start or ''}:{start + length}"
    height, width = before[:2]
    if kind == "half":
        return {
            "left": f":, :{width // 2}",
            "right": f":, -{width // 2}:",
            "top": f":{height // 2}",
            "bottom": f"-{height // 2}:",
        }[str(settings["side"])]
    size = settings["size"]
    high, wide = size if isinstance(size, tuple) else (size, size)
    assert isinstance(high, int)  # noqa: S101 - the rule has checked it
    assert isinstance(wide, int)  # noqa: S101 - as above
    top, left = (height - high) // 2, (width - wide) // 2
    return f"{top}:{top + high}, {left}:{left + wide}"


def _noisy(name: str, stddev: str, apart_by: str) -> tuple[Expression, ...]:
    if apart_by:  # a batch has another place in each epoch, and so have the samples in it
        return (f"{name} + {stddev} * noise_of({apart_by}, tf.shape({name})[1:])",)
    parts = ("0", stddev, f"{name}.shape")
    noise = Group("np.random.default_rng(SEED).normal", parts)
    return (f"{name} + ", noise, '.astype("float32")')


def _resized(name: str, step: Step, before: tuple[int, ...]) -> tuple[Expression, ...]:
    value = f"{name}[..., None]" if len(before) == 2 else name
    size = f"({step.shape[0]}, {step.shape[1]})"
    return (Group("tf.image.resize", (value, size, "antialias=True")),)
