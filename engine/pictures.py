"""From a picture to what an Input takes, and back: reading files, fitting, centring. No Keras.

A *picture* is a uint8 array of shape (height, width) in grey or (height, width, 3) in colour. The
same steps stand in the listing that predicts an image file (`codegen.emit_predict`), so that it
gives the very numbers that are shown here.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from graph.datasets import IMAGE, stem_of
from graph.params import Named

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from engine.protocol import Array
    from graph.columns import Bindings, Bound

_LARGEST = 100_000_000  # pixels of a file that is read
_CHANNELS = {1, 3}
_LARGEST_SHARE = 2.0  # mean and deviation of pixels from 0 to 1 are less
_MIDDLE, _NEAR, _NEARLY_ALL = 127, 64, 0.9  # grey; from black or white; share of the pictures
_DARK = {"mnist", "fashion_mnist", "fashion_mnist_sample"}
BOX = (
    20 / 28
)  # share of the sheet that the ink of an MNIST digit fills (http://yann.lecun.com/exdb/mnist/)


class BadPicture(Exception):  # noqa: N818 - it is the file that is bad, said to people
    """A file that is no picture; the text is one sentence for people."""


class Ground(Enum):
    """What lies behind the things that a data set's pictures show."""

    DARK = "dark"
    BRIGHT = "bright"


class Frame(NamedTuple):
    """The size of the pictures that an Input takes, in pixels; `channels` is 1 or 3."""

    height: int
    width: int
    channels: int = 1

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of a picture of this size."""
        return (self.height, self.width, 3) if self.channels == 3 else (self.height, self.width)


def frame_of(bound: Bound) -> Frame | None:
    """Return the size of the pictures that an Input takes, None if it doesn't take any.

    What the data set calls an image counts, so that a flattened Input takes pictures too.
    """
    column, spec = bound.column, bound.spec
    if column is not None and column.kind != IMAGE:
        return None
    if any(step.kind == "standardise" for step in bound.steps or ()):
        return None  # mean and deviation of the training part aren't known: see `measured`
    wants = tuple(size or 0 for size in spec.shape[1:]) if spec is not None else ()
    for shape in (wants, column.shape if column is not None else ()):
        height, width, *channels = (*shape, 0, 0)[: max(2, len(shape))]
        if height > 1 and width > 1 and (len(shape) == 2 or channels[:1] in ([1], [3])):
            return Frame(height, width, *channels[:1])
    return None


def is_standardised_picture(bound: Bound) -> bool:
    """Say whether an Input takes images whose pixels are standardised by the training part."""
    if bound.column is None or bound.column.kind != IMAGE:
        return False
    shape = bound.column.shape
    for step in bound.steps or ():
        if step.kind == "standardise":
            return len(shape) > 1  # of a vector each number is standardised by itself
        shape = step.shape or shape
    return False


def measured(bound: Bindings, moments: Mapping[str, tuple[float, float]]) -> Bindings:
    """Return bindings in which pixels are scaled by what a training has standardised them by.

    `moments`: mean and deviation of the pixels by the key of the Input's node. An output that gives
    an Input's images back is standardised as they are.
    """
    known = {one: moments[one.port.node] for one in bound.inputs if one.port.node in moments}

    def scaled(one: Bound) -> Bound:
        same = (other for other in known if _is_twin(one, other))
        pair = known.get(next(same, one))
        if pair is None:
            return one
        unit = _unit(one, pair)
        by = Named("scale", {"minus": pair[0] * unit, "by": pair[1] * unit})
        steps = (
            step._replace(kind="scale", named=by) if step.kind == "standardise" else step
            for step in one.steps or ()
        )
        return one._replace(steps=tuple(steps))

    return bound._replace(
        inputs=tuple(map(scaled, bound.inputs)), outputs=tuple(map(scaled, bound.outputs))
    )


def _unit(one: Bound, pair: tuple[float, float]) -> float:
    """Return how many steps of a pixel (0 to 255) are 1 where an Input's images are measured."""
    dtype = one.column.dtype if one.column is not None else "uint8"
    is_scaled = any(step.kind == "scale" for step in one.steps or ())
    is_whole = dtype.startswith("uint") or is_scaled
    return 1.0 if is_whole or abs(pair[0]) + pair[1] > _LARGEST_SHARE else 255.0


def _is_twin(one: Bound, other: Bound) -> bool:
    return one.column == other.column and one.steps == other.steps


def known_ground(source: str) -> Ground | None:
    """Return the ground of a data set's pictures by its name; None if that doesn't tell."""
    return Ground.DARK if stem_of(source) in _DARK else None


def ground_of(pictures: Iterable[Array]) -> Ground | None:
    """Return the ground that nearly all of these pictures have; None of photographs and of nothing.

    Args:
        pictures: values of any range, of shape (height, width) or (height, width, channels).
    """
    found = list(pictures)
    least = min((float(one.min()) for one in found), default=0.0)
    greatest = max((float(one.max()) for one in found), default=0.0)
    if greatest == least:
        return None
    edges = [255 * (_edge(one) - least) / (greatest - least) for one in found]
    dark, bright = (sum(edge < _NEAR for edge in edges), sum(255 - edge < _NEAR for edge in edges))
    if max(dark, bright) < _NEARLY_ALL * len(edges):
        return None
    return Ground.DARK if dark > bright else Ground.BRIGHT


def has_other_ground(picture: Array, ground: Ground | None) -> bool:
    """Say whether a picture must be inverted to be like those on a ground; not if it is unknown."""
    return ground is not None and is_bright(picture) != (ground is Ground.BRIGHT)


def is_digits(source: str) -> bool:
    """Say whether a data set is MNIST, whose digits are centred by their mass."""
    return stem_of(source) == "mnist"


def read(path: Path) -> Array:
    """Return an image file as a colour picture, upright, what is transparent in it white.

    Raises:
        BadPicture: it is no image, too large, or can't be read.
    """
    try:
        with Image.open(path) as image:
            if image.width * image.height > _LARGEST:
                raise BadPicture(f"{path.name} is too large: {image.width} × {image.height}.")
            upright = ImageOps.exif_transpose(image).convert("RGBA")
    except UnidentifiedImageError:
        raise BadPicture(f"{path.name} is no image that can be read.") from None
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise BadPicture(f"{path.name} can't be read: {reason}.") from error
    white = Image.new("RGBA", upright.size, "white")
    return np.asarray(Image.alpha_composite(white, upright).convert("RGB"))


def is_bright(picture: Array) -> bool:
    """Say whether a picture's edge, which is most likely its ground, is brighter than mid-grey."""
    return _edge(picture) > _MIDDLE


def _edge(picture: Array) -> float:
    """Return the median brightness of a picture's outermost pixels."""
    grey = picture.mean(axis=-1) if picture.ndim > 2 else picture
    return float(np.median(np.concatenate((grey[0], grey[-1], grey[:, 0], grey[:, -1]))))


def fitted(
    picture: Array, frame: Frame, *, invert: bool = False, centre: bool = False
) -> tuple[Array, tuple[str, ...]]:
    """Return a picture of the frame's size, and words for what was done.

    The picture keeps its proportions; the room that is left has the colour of its first pixel.

    Args:
        picture: of any size, in grey or colour.
        frame: the size that is wanted.
        invert: exchange dark and bright.
        centre: as MNIST's digits: the ink fits a box of 20 / 28 of the frame, its centre of mass
            lies in the middle. The ink has to be bright on black.
    """
    image, done = Image.fromarray(picture), []
    if frame.channels == 1 and image.mode != "L":
        image = image.convert("L")
        done += ["in grey"] if _is_colourful(picture) else []
    elif frame.channels == 3 and image.mode != "RGB":
        image = image.convert("RGB")
    if invert:
        image = ImageOps.invert(image)
        done.append("inverted")
    if centre and (box := image.getbbox()) is not None:
        image = _centred(image.crop(box), frame)
        done.append("ink centred")
    size = (frame.width, frame.height)
    if image.size != size:
        done.insert(0, f"{image.width} × {image.height} → {frame.width} × {frame.height}")
        if image.width * frame.height != image.height * frame.width:
            done.append("edges filled")
        ground = image.getpixel((0, 0))
        image = ImageOps.pad(image, size, Image.Resampling.BOX, ground)  # type: ignore[arg-type] # a pixel is a colour
    return np.asarray(image), tuple(done)


def _centred(ink: Image.Image, frame: Frame) -> Image.Image:
    """Return cut-out ink on a black sheet, sized and placed as MNIST's digits are."""
    scale = min(frame.width * BOX / ink.width, frame.height * BOX / ink.height)
    size = (max(1, round(ink.width * scale)), max(1, round(ink.height * scale)))
    ink = ink.resize(size, Image.Resampling.BILINEAR)
    mass = np.asarray(ink.convert("L"), dtype=np.float64)
    rows, columns = np.indices(mass.shape) * mass / max(1.0, mass.sum())
    left = round((frame.width - 1) / 2 - columns.sum())
    top = round((frame.height - 1) / 2 - rows.sum())
    sheet = Image.new(ink.mode, (frame.width, frame.height))
    sheet.paste(ink, (left, top))
    return sheet


def _is_colourful(picture: Array) -> bool:
    return picture.ndim == 3 and bool((picture != picture[..., :1]).any())


def as_input(picture: Array, bound: Bound) -> Array:
    """Return a picture of an Input's frame as the model takes it, without batch axis.

    The column's numbers are scaled as the program scales them.
    """
    minus, by = scale_of(bound)
    values: Array = (picture.astype(np.float32) - np.float32(minus)) / np.float32(by)
    wants = [size or 0 for size in bound.spec.shape[1:]] if bound.spec is not None else []
    if len(wants) == 3 and values.ndim == 2:
        values = values[..., np.newaxis]
    return values.reshape(wants) if 0 not in wants and values.size == np.prod(wants) else values


def as_picture(values: Array, bound: Bound, frame: Frame) -> Array:
    """Return what a model takes for an Input as a picture: what `as_input` does, undone."""
    minus, by = scale_of(bound)
    pixels: Array = np.asarray(values, dtype=np.float32).reshape(frame.shape)
    return np.clip(np.rint(pixels * by + minus), 0, 255).astype(np.uint8)


def scale_of(bound: Bound) -> tuple[float, float]:
    """Return what is subtracted from a pixel (0 to 255), and by what it is divided then.

    An own column of floating point numbers is taken to run from 0 to 1.
    """
    minus, by = 0.0, 1.0
    for step in bound.steps or ():
        if step.kind == "scale":
            settings = step.named.settings if step.named is not None else {}
            first, second = settings.get("minus", 0.0), settings.get("by", 255.0)
            if isinstance(first, int | float) and isinstance(second, int | float):
                minus, by = minus + first * by, by * second
    is_whole = bound.column is not None and bound.column.dtype.startswith("uint")
    return (minus, by) if by != 1.0 or minus or is_whole else (0.0, 255.0)
