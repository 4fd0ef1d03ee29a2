"""`layerloom data`: what it prints of each kind of source."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from cli.app import main

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAYERLOOM_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def pets(tmp_path: Path) -> Path:
    folder = tmp_path / "pets"
    for number in range(10):
        place = folder / ("cat", "dog")[number % 2]
        place.mkdir(parents=True, exist_ok=True)
        Image.new("L", (5, 4), number * 20).save(place / f"{number}.png")
    (folder / "cat" / "0.png").write_bytes(b"nothing")
    return folder


def test_a_known_set_is_described(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["data", "fashion_mnist_sample"]) == 0
    said = capsys.readouterr().out
    assert "6,000 training and 1,000 test samples." in said
    assert "uint8 from 0 to 255, mean 72.65, standard deviation 89.73" in said
    assert "10 classes, about as many samples of each." in said


def test_a_folder_is_described_and_its_problems_listed(
    pets: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["data", str(pets)]) == 0
    said = capsys.readouterr().out
    assert "7 training and 2 test samples (chosen from all)." in said
    assert "image   image  4 × 5 × 1" in said
    assert "1 left out:\n  cat/0.png: cat/0.png is no PNG, JPEG, GIF or BMP image." in said
    assert main(["data", str(pets), "--json"]) == 0
    record = json.loads(capsys.readouterr().out)
    assert record["samples"] == {"train": 7, "test": 2, "own_test": False}
    assert record["columns"][1]["counts"] == {"cat": 4, "dog": 5}
    assert main(["data", str(pets), "--problems"]) == 0
    assert capsys.readouterr().out.startswith("1 left out:")


def test_what_is_no_data_set_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["data", "nothing"]) == 2
    assert "There is no data set called nothing." in capsys.readouterr().err
    assert main(["data", str(tmp_path), "--json"]) == 2
    assert "holds no images" in json.loads(capsys.readouterr().out)["error"]
