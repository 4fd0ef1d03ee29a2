"""`evaluate`, on a real run and a real engine."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from engine.evaluating import weights_of
from engine.runs import open_run

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from engine.runs import Run as Record

    Run = Callable[..., Any]

pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Record:
    """Return a short run of a drawing with two outputs: classes and an image."""
    from cli.app import main  # noqa: PLC0415 - keeps collection from loading typer

    out = tmp_path_factory.mktemp("runs")
    short = ("--limit", "512", "--epochs", "2", "--out", str(out))
    assert main(("train", "several-outputs", *short)) == 0
    (folder,) = out.iterdir()
    return open_run(folder)


def test_it_prints_what_the_training_said(record: Record, here: Run) -> None:
    said = here("evaluate", str(record.path))
    assert (said.status, said.err) == (0, "")
    lines = said.out.splitlines()
    for name, value in record.info.scores.items():
        assert f"{name} {value:.4f}" in lines[0]
    assert "last.weights.h5" in lines[1]
    assert any(line.startswith("9 Ankle boot") for line in lines)
    assert any(line.startswith("output_image: mean squared error") for line in lines)


def test_json_has_all_figures(record: Record, here: Run) -> None:
    first = next(path for path in weights_of(record) if path.name == "model-001.weights.h5")
    said = here("evaluate", str(record.path), "--weights", first.name, "--json")
    assert (said.status, said.err) == (0, "")
    made = json.loads(said.out)
    assert made["weights"] == str(first.resolve())
    label, image = made["outputs"]
    matrix = np.array(label["confusion"])
    assert matrix.shape == (10, 10)
    assert matrix.sum(axis=1).tolist() == label["support"] == [100] * 10
    accuracy = np.trace(matrix) / matrix.sum()
    assert made["scores"]["output_label_accuracy"] == pytest.approx(accuracy)
    assert label["classes"][9] == "Ankle boot"
    assert len(image["worst"]) == 20


def test_weights_that_are_not_there_are_a_sentence(record: Record, here: Run) -> None:
    said = here("evaluate", str(record.path), "--weights", "model-777.weights.h5")
    assert said.status == 2
    assert said.err.count("\n") == 1
    assert "last.weights.h5" in said.err


def test_weights_of_another_drawing_are_a_sentence(
    record: Record, here: Run, tmp_path: Path
) -> None:
    (tmp_path / "other.weights.h5").write_bytes(b"nothing")
    said = here("evaluate", str(record.path), "--weights", "other.weights.h5")
    assert said.status == 3
    assert "don't fit this model" in said.err


def test_data_that_has_changed_since_is_said(here: Run, tmp_path: Path) -> None:
    sample = files("resources") / "data" / "fashion_mnist_sample.npz"
    with np.load(str(sample)) as file:
        arrays = {name: file[name] for name in file.files}
    np.savez(tmp_path / "mine.npz", **arrays)
    short = ("--limit", "512", "--epochs", "1", "--out", str(tmp_path / "runs"))
    assert here("train", "mlp", "--data", str(tmp_path / "mine.npz"), *short).status == 0
    (folder,) = (tmp_path / "runs").iterdir()
    assert "Careful" not in here("evaluate", str(folder)).out
    arrays["x_test"] = arrays["x_train"][:1000]
    arrays["y_test"] = arrays["y_train"][:1000]
    np.savez(tmp_path / "mine.npz", **arrays)
    said = here("evaluate", str(folder))
    assert said.status == 0
    assert "Careful: The data has changed since this run was trained" in said.out
    assert "flatter" in json.loads(here("evaluate", str(folder), "--json").out)["doubt"]
