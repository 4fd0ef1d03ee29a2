"""Training images and their variations, as the window asks for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np
import pytest

from codegen import emit, emit_variations
from engine.client import ProgramFailed
from engine.protocol import Preview
from graph.datasets import BUNDLED
from graph.inference import infer
from graph.project import Augmentation
from graph.templates import load

if TYPE_CHECKING:
    from engine.client import Engine

pytestmark = pytest.mark.engine


def request(name: str, draw: int = 1, **augmentation: Any) -> Preview:
    plain = load(name)
    training = msgspec.structs.replace(
        plain.training, augmentation=Augmentation("online", **augmentation)
    )
    project = msgspec.structs.replace(plain, training=training)
    off = msgspec.structs.replace(plain.training, augmentation=Augmentation())
    plain = msgspec.structs.replace(plain, training=off)
    return Preview(
        program=emit(plain, infer(plain)).text,
        section=emit_variations(project, infer(project)).text,
        folder=str(BUNDLED),
        samples=2,
        variants=4,
        draw=draw,
    )


def test_originals_and_variants_of_each(warm: Engine) -> None:
    found = warm.preview(request("cnn", shift=0.2))
    (originals,), (variants,) = found.originals, found.variants
    assert originals.shape == (2, 28, 28, 1)
    assert variants.shape == (2, 4, 28, 28, 1)
    with np.load(BUNDLED / "fashion_mnist_sample.npz") as file:
        kept = int(len(file["x_train"]) * (1 - load("cnn").training.validation_split))
        images = file["x_train"][[0, kept - 1]]
    np.testing.assert_allclose(originals[..., 0], images / 255, rtol=1e-6)
    assert all(not np.array_equal(variants[0, at], variants[0, at + 1]) for at in range(3))


def test_a_draw_repeats_itself_and_another_one_differs(warm: Engine) -> None:
    first, again, other = (
        warm.preview(request("cnn", draw, rotation=20.0)).variants[0] for draw in (1, 1, 2)
    )
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_flat_images_come_as_pictures_and_halves_alike(warm: Engine) -> None:
    found = warm.preview(request("mlp", flip="horizontal"))
    assert found.variants[0].shape == (2, 4, 28, 28, 1)
    mirrored = found.originals[0][:, None, :, ::-1]
    is_mirrored = (found.variants[0] == mirrored).all((2, 3, 4))
    is_same = (found.variants[0] == found.originals[0][:, None]).all((2, 3, 4))
    assert (is_mirrored | is_same).all()
    halves = warm.preview(request("several-inputs", brightness=0.2))
    assert [one.shape for one in halves.originals] == [(2, 28, 14, 1)] * 2
    left, right = (
        (v - o[:, None]).max((2, 3, 4))
        for o, v in zip(halves.originals, halves.variants, strict=True)
    )
    np.testing.assert_allclose(left, right, atol=1e-5)  # black pixels are lightened alike


def test_mixup_is_shown_too(warm: Engine) -> None:
    found = warm.preview(request("cnn", mixup=1.0))
    assert not np.array_equal(found.variants[0][:, 0], found.originals[0])


def test_data_that_are_not_there_are_a_sentence(warm: Engine) -> None:
    wanted = msgspec.structs.replace(request("cnn", shift=0.1), folder="nowhere")
    with pytest.raises(ProgramFailed, match="Put the file"):
        warm.preview(wanted)
