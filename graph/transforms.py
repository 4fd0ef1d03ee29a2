"""What can be done to a column before it is trained on: an entry for each transform.

An entry says what it takes, what shape comes out, and what to call it in a sentence. Its code is
in `codegen.emit_transforms`, under the same name.
"""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, NamedTuple

from graph.datavalues import IMAGE, NUMBER, TEXT
from graph.params import Choice, Float, Int, Ints, show
from graph.spec import Param

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from graph.params import Kind, Named, Value

SIDES = ("left", "right", "top", "bottom")


class Sample(NamedTuple):
    """One sample on its way: its shape, its dtype, and whether it is pixels from 0 to 255."""

    shape: tuple[int, ...]
    dtype: str
    pixels: bool
    kind: str
    stored: str = ""


class Unfit(Exception):  # noqa: N818 - it is a verdict, not a fault of the program
    """A transform can't be applied to a column; its text is a sentence for people."""


class Transform(NamedTuple):
    """One transform: its settings, what comes out of a sample, and words for it.

    `rule` takes the settings and a sample and raises Unfit with a sentence.
    """

    name: str
    about: str
    kinds: frozenset[str]
    params: tuple[Param, ...]
    rule: Callable[[Mapping[str, Value], Sample], Sample]
    text: str

    def settings(self, given: Mapping[str, Value]) -> dict[str, Value]:
        """Return every setting with its value."""
        return {param.name: given.get(param.name, param.default) for param in self.params}


def _float(sample: Sample) -> Sample:
    return sample._replace(dtype="float32")


def _scale(_settings: Mapping[str, Value], sample: Sample) -> Sample:
    return _float(sample)._replace(pixels=False)


def _standardise(_settings: Mapping[str, Value], sample: Sample) -> Sample:
    return _float(sample)._replace(pixels=False)


def _size(sample: Sample) -> tuple[int, int, tuple[int, ...]]:
    if len(sample.shape) not in {2, 3}:
        raise Unfit(f"It takes an image, and a sample is {show(sample.shape) or 'one number'}.")
    height, width, *channels = sample.shape
    return height, width, tuple(channels)


def _resize(settings: Mapping[str, Value], sample: Sample) -> Sample:
    _, _, channels = _size(sample)
    return _float(sample)._replace(shape=(*_pair(settings["size"]), *channels))


def _pair(value: Value) -> tuple[int, int]:
    height, width = value if isinstance(value, tuple) else (value, value)
    assert isinstance(height, int)  # noqa: S101 - the kind of the setting has checked it
    assert isinstance(width, int)  # noqa: S101 - as above
    return height, width


def _grey(_settings: Mapping[str, Value], sample: Sample) -> Sample:
    height, width, channels = _size(sample)
    if channels != (3,):
        raise Unfit(f"It takes a colour image, and a sample is {show(sample.shape)}.")
    return sample._replace(shape=(height, width, 1))


def _crop(settings: Mapping[str, Value], sample: Sample) -> Sample:
    height, width, channels = _size(sample)
    high, wide = _pair(settings["size"])
    if high > height or wide > width:
        raise Unfit(f"{high} × {wide} can't be cut out of {height} × {width}.")
    return sample._replace(shape=(high, wide, *channels))


def _half(settings: Mapping[str, Value], sample: Sample) -> Sample:
    height, width, channels = _size(sample)
    if settings["side"] in {"left", "right"}:
        return sample._replace(shape=(height, width // 2, *channels))
    return sample._replace(shape=(height // 2, width, *channels))


def _window(settings: Mapping[str, Value], sample: Sample) -> Sample:
    start, length = settings["start"], settings["length"]
    assert isinstance(start, int)  # noqa: S101 - the kind of the setting has checked it
    assert isinstance(length, int)  # noqa: S101 - as above
    if not sample.shape:
        raise Unfit("It takes a sequence, and a sample is one number.")
    if start + length > sample.shape[0]:
        raise Unfit(
            f"The window ends at {start + length:,}, and a sample has {sample.shape[0]:,} steps."
        )
    return sample._replace(shape=(length, *sample.shape[1:]))


def _noise(_settings: Mapping[str, Value], sample: Sample) -> Sample:
    return _float(sample)


def _set(name: str, kind: Kind, default: Value, doc: str) -> Param:
    return Param(name, kind, default, required=False, doc=doc)


_ANY = frozenset({IMAGE, NUMBER})
_IMAGES = frozenset({IMAGE})
_SIZE = Param(
    "size", Ints(length=2, minimum=1), (28, 28), required=False, doc="Height and width in pixels."
)
TRANSFORMS = {
    one.name: one
    for one in (
        Transform(
            "scale",
            "Subtract a number and divide by another: pixels by 255 come to lie from 0 to 1.",
            _ANY,
            (
                _set("minus", Float(), 0.0, "What is subtracted first."),
                _set("by", Float(above=0), 255.0, "What it is divided by."),
            ),
            _scale,
            "(x − {minus}) / {by}",
        ),
        Transform(
            "standardise",
            "Give the training part mean 0 and standard deviation 1, each number of a vector by "
            "itself, the pixels of images together; the other parts are treated alike.",
            _ANY,
            (),
            _standardise,
            "standardised",
        ),
        Transform(
            "resize",
            "Shrink or enlarge images to a size.",
            _IMAGES,
            (_SIZE,),
            _resize,
            "resized to {size}",
        ),
        Transform("grey", "Turn colours into grey.", _IMAGES, (), _grey, "grey"),
        Transform(
            "crop", "Cut out the middle of images.", _IMAGES, (_SIZE,), _crop, "middle {size}"
        ),
        Transform(
            "half",
            "Take one half of images.",
            _IMAGES,
            (_set("side", Choice(SIDES), "left", "Which half."),),
            _half,
            "{side} half",
        ),
        Transform(
            "window",
            "Take some steps of a longer sequence: the first axis of a sample.",
            frozenset({IMAGE, NUMBER, TEXT}),
            (
                _set("start", Int(minimum=0), 0, "The first step, from 0."),
                _set("length", Int(minimum=1), 100, "How many steps."),
            ),
            _window,
            "{length} steps from {start}",
        ),
        Transform(
            "noise",
            "Add Gaussian noise that is the same in each epoch, in the units that the values have "
            "at this place.",
            _ANY,
            (_set("stddev", Float(above=0), 0.1, "Its standard deviation."),),
            _noise,
            "noise {stddev}",
        ),
    )
}


def trouble(named: Named, sample: Sample) -> str | None:
    """Return why a transform can't be applied to a sample, as a sentence; None if it can."""
    try:
        apply(named, sample)
    except Unfit as unfit:
        return str(unfit)
    return None


def apply(named: Named, sample: Sample) -> Sample:
    """Return what a transform makes of a sample. Raises Unfit with a sentence."""
    entry = TRANSFORMS.get(named.name)
    if entry is None:
        raise Unfit(f"There is no transform called {named.name}.")
    settings = entry.settings(named.settings)
    for param in entry.params:
        wrong = param.kind.check(settings[param.name])
        if wrong is not None:
            raise Unfit(f"{param.name} of {entry.name} {wrong}.")
    if not prod(sample.shape):
        raise Unfit("Nothing is left of a sample.")
    return entry.rule(settings, sample)


def text(named: Named) -> str:
    """Return a transform for people: `resized to 32 × 32`."""
    entry = TRANSFORMS.get(named.name)
    if entry is None:
        return named.name
    settings = entry.settings(named.settings)
    return entry.text.format(**{key: show(value) for key, value in settings.items()})
