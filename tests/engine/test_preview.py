"""Training images and their variations, as the window asks for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np
import pytest

from codegen import emit, emit_variations
from engine.client import ProgramFailed
from engine.protocol import Preview
from graph import edits, placing
from graph.datasets import BUNDLED
from graph.inference import infer
from graph.project import Augmentation
from graph.templates import load
from graph.unvaried import last_varying

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


def test_layers_behind_an_input_vary_its_images_after_the_plan(warm: Engine) -> None:
    project = load("cnn")
    graph = project.graph
    (first,) = (
        key for key, link in graph.links.items() if "Input" in graph.layer_of(link.source).kind
    )
    for kind, wire in (("RandomFlip", first), ("RandomRotation", "b")):
        added, node = placing.new_node(project, kind, 0, 0)
        project, _ = edits.apply(project, added)
        edit = placing.wire_into(
            project.graph, wire, node, ("a", "b") if kind == "RandomFlip" else ("c", "d")
        )
        project, _ = edits.apply(project, edit)
    assert last_varying(project, infer(project), "i2") == node
    report = infer(project)
    plain = Preview(
        program=emit(project, report).text,
        section=emit_variations(project, report).text,
        folder=str(BUNDLED),
        samples=2,
        variants=6,
        draw=1,
    )
    first_draw = warm.preview(plain)
    (originals,), (variants,) = first_draw.originals, first_draw.variants
    assert variants.shape == (2, 6, 28, 28, 1)
    differences = abs(variants - originals[:, None]).max((2, 3, 4))
    assert (differences > 0.1).sum() >= 10  # nearly each is turned
    assert np.array_equal(warm.preview(plain).variants[0], variants)
    other = warm.preview(msgspec.structs.replace(plain, draw=2))
    assert not np.array_equal(other.variants[0], variants)
    shaded = Augmentation("online", brightness=1.0)
    training = msgspec.structs.replace(project.training, augmentation=shaded)
    both = msgspec.structs.replace(project, training=training)
    section = emit_variations(both, infer(both)).text
    lightened = warm.preview(msgspec.structs.replace(plain, section=section)).variants[0]
    means = lightened.mean((2, 3, 4))
    assert means.std() > 2 * variants.mean((2, 3, 4)).std()


def test_data_that_are_not_there_are_a_sentence(warm: Engine) -> None:
    wanted = msgspec.structs.replace(request("cnn", shift=0.1), folder="nowhere")
    with pytest.raises(ProgramFailed, match="Put the file"):
        warm.preview(wanted)
