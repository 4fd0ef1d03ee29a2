"""Pictures: from any file to an Input, centred as MNIST has its digits, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from engine.pictures import (
    BadPicture,
    Frame,
    Ground,
    as_input,
    as_picture,
    fitted,
    frame_of,
    ground_of,
    has_other_ground,
    is_bright,
    is_standardised_picture,
    measured,
    read,
    scale_of,
)
from graph import templates
from graph.binding import bind
from graph.columns import Step
from graph.inference import infer
from graph.params import Named

if TYPE_CHECKING:
    from pathlib import Path

    from graph.columns import Bound

SMALL = Frame(28, 28)


def input_of(template: str) -> Bound:
    project = templates.load(template)
    return bind(project, infer(project)).inputs[0]


def digit(top: int, left: int, height: int = 80, width: int = 30) -> np.ndarray:
    """Return a sheet of 280 × 280 with a bar of ink on it."""
    sheet = np.zeros((280, 280), np.uint8)
    sheet[top : top + height, left : left + width] = 255
    return sheet


@pytest.mark.parametrize("place", [(0, 0), (150, 240), (190, 20)])
def test_ink_is_centred_wherever_it_was_drawn(place: tuple[int, int]) -> None:
    seen, done = fitted(digit(*place), SMALL, centre=True)
    rows, columns = np.nonzero(seen > 127)
    assert rows.max() - rows.min() + 1 == 20  # the longer side fills a box of 20
    assert columns.max() - columns.min() + 1 in {7, 8}
    mass = np.indices(seen.shape) * seen / seen.sum()
    assert abs(mass[0].sum() - 13.5) <= 0.5
    assert abs(mass[1].sum() - 13.5) <= 0.5
    assert "ink centred" in done


def test_an_empty_sheet_stays_empty() -> None:
    seen, _ = fitted(np.zeros((280, 280), np.uint8), SMALL, centre=True)
    assert seen.shape == (28, 28)
    assert not seen.any()


def test_whole_cells_become_pixels() -> None:
    small = np.random.default_rng(1).integers(0, 256, (28, 28)).astype(np.uint8)
    sheet = np.kron(small, np.ones((10, 10), np.uint8))
    seen, done = fitted(sheet, SMALL)
    np.testing.assert_array_equal(seen, small)
    assert done == ("280 × 280 → 28 × 28",)


def test_a_photo_keeps_its_proportions_and_is_inverted() -> None:
    photo = np.full((100, 200, 3), 240, np.uint8)
    photo[40:60, 90:110] = (10, 40, 10)
    assert is_bright(photo)
    seen, done = fitted(photo, SMALL, invert=True)
    assert seen.shape == (28, 28)
    assert seen[0, 0] == 15  # what is left above has the ground's colour
    rows, columns = np.nonzero(seen > 127)
    assert rows.max() - rows.min() == columns.max() - columns.min()  # a square is a square
    assert done == ("200 × 100 → 28 × 28", "in grey", "inverted", "edges filled")


def test_colour_stays_where_it_is_wanted() -> None:
    grey = np.full((64, 64), 77, np.uint8)
    seen, _ = fitted(grey, Frame(32, 32, 3))
    assert seen.shape == (32, 32, 3)
    assert (seen == 77).all()


def test_files_are_read_upright_on_white(tmp_path: Path) -> None:
    ink = Image.new("RGBA", (20, 10))
    ink.paste((0, 0, 0, 255), (0, 0, 5, 10))
    ink.save(tmp_path / "ink.png")
    picture = read(tmp_path / "ink.png")
    assert picture.shape == (10, 20, 3)
    assert picture[5, 2].tolist() == [0, 0, 0]
    assert picture[5, 15].tolist() == [255, 255, 255]
    turned = Image.fromarray(np.arange(200, dtype=np.uint8).reshape(10, 20))
    exif = Image.Exif()
    exif[274] = 6  # the camera was held upright
    turned.save(tmp_path / "turned.png", exif=exif)
    assert read(tmp_path / "turned.png").shape == (20, 10, 3)


@pytest.mark.parametrize(
    ("name", "text"), [("a.png", b"no image"), ("b.png", b"\x89PNG\r\n\x1a\n")]
)
def test_what_is_no_picture_is_a_sentence(tmp_path: Path, name: str, text: bytes) -> None:
    (tmp_path / name).write_bytes(text)
    with pytest.raises(BadPicture, match=name):
        read(tmp_path / name)
    with pytest.raises(BadPicture, match="No such file"):
        read(tmp_path / "gone.png")


@pytest.mark.parametrize(
    ("template", "frame", "shape"),
    [
        ("cnn", SMALL, (28, 28, 1)),
        ("mlp", SMALL, (784,)),
        ("several-inputs", Frame(28, 14), (28, 14, 1)),
    ],
)
def test_an_input_takes_what_its_column_has(
    template: str, frame: Frame, shape: tuple[int, ...]
) -> None:
    one = input_of(template)
    assert frame_of(one) == frame
    picture = np.random.default_rng(2).integers(0, 256, frame.shape).astype(np.uint8)
    values = as_input(picture, one)
    assert values.shape == shape
    assert values.dtype == np.float32
    assert scale_of(one) == (0, 255)
    np.testing.assert_array_equal(values.reshape(frame.shape), picture.astype("float32") / 255)
    np.testing.assert_array_equal(as_picture(values, one, frame), picture)


@pytest.mark.parametrize(
    ("dtype", "pair", "shown"),
    [
        ("uint8", (80.0, 50.0), (80.0, 50.0)),
        ("float32", (0.3, 0.2), (76.5, 51.0)),  # from 0 to 1
        ("float32", (80.0, 50.0), (80.0, 50.0)),  # from 0 to 255
    ],
)
def test_standardised_pixels_are_scaled_by_what_a_training_has_measured(
    dtype: str, pair: tuple[float, float], shown: tuple[float, float]
) -> None:
    project = templates.load("cnn")
    bound = bind(project, infer(project))
    (one,) = bound.inputs
    assert one.column is not None
    step = Step("standardise", "standardised", named=Named("standardise"))
    own = one._replace(column=one.column._replace(dtype=dtype), steps=(step, *one.steps[1:]))
    assert frame_of(own) is None
    assert is_standardised_picture(own)
    found = measured(bound._replace(inputs=(own,), outputs=(own,)), {own.port.node: pair})
    for given in (*found.inputs, *found.outputs):  # an autoencoder gives them back
        assert frame_of(given) == SMALL
        assert scale_of(given) == pytest.approx(shown)
    vector = own._replace(column=one.column._replace(shape=(784,)))
    assert frame_of(vector) is None
    assert not is_standardised_picture(vector)
    assert measured(bound._replace(inputs=(vector,)), {}).inputs == (vector,)


def on_ground(grey: float, ink: float, count: int = 20) -> list[np.ndarray]:
    """Return pictures of a spot of ink in the middle."""
    pictures = [np.full((28, 28), grey) for _ in range(count)]
    for one in pictures:
        one[10:18, 10:18] = ink
    return pictures


@pytest.mark.parametrize(
    ("ground", "ink", "expected"),
    [
        (0, 255, Ground.DARK),
        (255, 0, Ground.BRIGHT),
        (1.0, 0.2, Ground.BRIGHT),
        (-1, 1, Ground.DARK),
    ],
)
def test_a_ground_is_told_in_any_range_of_values(
    ground: float, ink: float, expected: Ground
) -> None:
    assert ground_of(on_ground(ground, ink)) is expected
    coloured = [np.stack([one] * 3, axis=-1) for one in on_ground(ground, ink)]
    assert ground_of(coloured) is expected


def test_photographs_and_nothing_have_no_ground() -> None:
    drawn = np.random.default_rng(1)
    assert ground_of([drawn.integers(0, 256, (32, 32, 3)) for _ in range(20)]) is None
    assert ground_of(on_ground(0, 255, 10) + on_ground(255, 0, 10)) is None
    assert ground_of([np.zeros((4, 4))] * 20) is None
    assert ground_of([]) is None


def test_a_picture_is_inverted_only_to_the_known_ground() -> None:
    bright, dark = on_ground(255, 0)[0], on_ground(0, 255)[0]
    assert has_other_ground(bright, Ground.DARK)
    assert has_other_ground(dark, Ground.BRIGHT)
    assert not has_other_ground(dark, Ground.DARK)
    assert not has_other_ground(bright, Ground.BRIGHT)
    assert not has_other_ground(bright, None)
