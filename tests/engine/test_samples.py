"""A sample followed from its columns to the model, by the program's own functions."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import msgspec
import numpy as np
import pytest
from PIL import Image

from codegen import emit, emit_stages
from engine.protocol import Staged, Stages
from graph.binding import bind, inputs_of
from graph.datasets import BUNDLED, find_data
from graph.inference import infer
from graph.params import Named
from graph.project import Binding, Data, Project
from graph.templates import load

if TYPE_CHECKING:
    from pathlib import Path

    from codegen.emit_stages import Staging
    from engine.client import Engine

pytestmark = pytest.mark.engine


def follow(
    engine: Engine, project: Project, part: str = "train", index: int = 0
) -> tuple[Staging, Staged]:
    report = infer(project)
    staging = emit_stages(project, report)
    request = Stages(
        program=emit(project, report).text,
        section=staging.section,
        folder=str(find_data(project)),
        part=part,
        index=index,
        labels=True,
    )
    found = engine.stage(request)
    assert len(found.values) == len(staging.stages)
    return staging, found


def with_transforms(name: str, *chips: Named) -> Project:
    project = load(name)
    (key,) = inputs_of(project.graph)
    data = Data(project.data.source, {key: Binding("image", transforms=chips)})
    return msgspec.structs.replace(project, data=data)


def test_each_step_of_an_image_is_what_the_program_makes(warm: Engine) -> None:
    project = with_transforms("cnn", Named("crop", {"size": (28, 28)}), Named("standardise"))
    staging, found = follow(warm, project, index=5)
    texts = [stage.text for stage in staging.stages if not stage.is_output]
    assert texts == ["image", "middle 28 × 28", "standardised", "add the channel axis"]
    values = dict(zip(texts, found.values[-4:], strict=True))
    with np.load(BUNDLED / "fashion_mnist_sample.npz") as file:
        images, labels = file["x_train"], file["y_train"]
    assert np.array_equal(values["image"], images[5])
    kept = images[: found.counts["train"]]
    expected = (images[5] - kept.mean()) / kept.std()
    np.testing.assert_allclose(values["standardised"], expected, rtol=1e-4)
    assert values["add the channel axis"].shape == (28, 28, 1)
    assert found.values[0] == labels[5]
    assert np.array_equal(found.labels["train"], labels[: found.counts["train"]])
    assert sum(found.counts.values()) == 7000


def test_a_pair_comes_with_its_partner(warm: Engine) -> None:
    project = load("cnn")
    (key,) = inputs_of(project.graph)
    data = Data(project.data.source, {key: Binding("second image")})
    project = msgspec.structs.replace(project, data=data)
    _, found = follow(warm, project, part="test", index=3)
    with np.load(BUNDLED / "fashion_mnist_sample.npz") as file:
        images = file["x_test"]
    partner = np.random.default_rng(project.training.seed).permutation(len(images))[3]
    assert np.array_equal(found.values[-3], images[partner])


def test_images_in_files_and_numbers_of_a_table(
    warm: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LAYERLOOM_CACHE", str(tmp_path / "cache"))
    with (tmp_path / "t.csv").open("w", newline="") as file:
        table = csv.writer(file)
        table.writerow(["file", "kind"])
        for number in range(20):
            Image.new("L", (28, 28), 10 * number).save(tmp_path / f"{number}.png")
            table.writerow([f"{number}.png", ("cat", "dog")[number % 2]])
    project = load("cnn")
    project = msgspec.structs.replace(project, data=Data(str(tmp_path / "t.csv")))
    assert bind(project, infer(project)).trouble == ""
    staging, found = follow(warm, project)
    (label, *_), images = found.values[:1], found.values[-2:]
    shade = images[0].max() / 10
    assert label == round(shade) % 2
    assert staging.labels is not None
    np.testing.assert_allclose(images[1], images[0] / 255, rtol=1e-6)
    assert sum(found.counts.values()) == 20
