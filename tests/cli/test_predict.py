"""`predict`, on a real engine: the model says of a test image's file what it says of the image."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image

from graph.classnames import names_of
from graph.datasets import BUNDLED, SAMPLE

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Run = Callable[..., Any]

pytestmark = pytest.mark.engine


def test_a_trained_model_predicts_an_image_file(here: Run, tmp_path: Path) -> None:
    words = ("--limit", "2048", "--epochs", "1", "--seed", "1", "--out", "runs", "--json")
    assert here("train", "mlp", *words).status == 0
    with np.load(BUNDLED / f"{SAMPLE}.npz") as data:
        images, labels = data["x_test"][:200], data["y_test"][:200]
    trousers = images[np.flatnonzero(labels == 1)[0]]
    Image.fromarray(trousers).resize((280, 280), Image.Resampling.NEAREST).save("large.png")
    Image.fromarray(255 - trousers).save("paper.png")

    said = here("predict", "runs", "large.png", "--json")
    assert (said.status, said.err) == (0, "")
    answer = json.loads(said.out)
    assert answer["input"] == "visible"
    assert answer["done"] == ["280 × 280 → 28 × 28"]
    (output,) = answer["outputs"]
    assert output["probabilities"]
    assert len(output["classes"]) == 5
    best = output["classes"][0]
    assert best["class"] == "Trouser"
    assert best["value"] > 0.5

    said = here("predict", "runs", "paper.png")  # dark on bright: inverted by itself
    assert (said.status, said.err) == (0, "")
    lines = said.out.splitlines()
    assert lines[0] == "Image: inverted."
    assert lines[1].split() == ["Trouser", f"{100 * best['value']:.1f}", "%"]
    names = names_of(SAMPLE) or ()
    assert all(line.rsplit(maxsplit=2)[0].strip() in names for line in lines[1:])

    named = here("predict", "runs", "large.png", "--weights", "last.weights.h5", "--json")
    assert json.loads(named.out)["outputs"] == answer["outputs"]
    refused = here("predict", "runs", "large.png", "--weights", "model-009.weights.h5")
    assert refused.status == 2
    assert "the run has left last.weights.h5, model-001" in refused.err
    refused = here("predict", "runs", "large.png", "--input", "other")
    assert refused.status == 2
    assert "visible" in refused.err
    (tmp_path / "words.png").write_text("no picture")
    refused = here("predict", "runs", "words.png")
    assert refused.status == 2
    assert "no image" in refused.err


def test_of_several_inputs_each_is_named(here: Run, tmp_path: Path) -> None:
    words = ("--limit", "256", "--epochs", "1", "--out", "runs", "--json")
    assert here("train", "several-inputs", *words).status == 0
    Image.fromarray(np.zeros((28, 14), "uint8")).save("half.png")
    answer = json.loads(here("predict", "runs", "half.png", "--sample", "3", "--json").out)
    (other,) = answer["others"]
    assert answer["input"] != other
    assert answer["sample"] == 3
    said = here("predict", "runs", "half.png", "--input", other)
    first = said.out.splitlines()[0]
    assert first == f"{other}: the image. {answer['input']}: sample 0 of the test data."


def test_an_image_gets_the_ground_that_own_images_have(here: Run, tmp_path: Path) -> None:
    with np.load(BUNDLED / f"{SAMPLE}.npz") as data:
        paper = {f"x_{part}": 255 - data[f"x_{part}"][:256] for part in ("train", "test")}
        np.savez(
            "paper.npz",
            **paper,
            **{f"y_{part}": data[f"y_{part}"][:256] for part in ("train", "test")},
        )
        Image.fromarray(data["x_test"][0]).save("black.png")
        Image.fromarray(paper["x_test"][0]).save("paper.png")
    words = ("--data", "paper.npz", "--epochs", "1", "--out", "runs", "--json")
    assert here("train", "mlp", *words).status == 0
    on_black = json.loads(here("predict", "runs", "black.png", "--json").out)
    as_it_is = json.loads(here("predict", "runs", "paper.png", "--json").out)
    assert on_black["done"] == ["inverted"]
    assert as_it_is["done"] == []
    assert on_black["outputs"] == as_it_is["outputs"]
