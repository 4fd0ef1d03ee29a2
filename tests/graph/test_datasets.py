"""Data sets: what is known of them, where they lie, and every way a file can be wrong."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np
import pytest

from graph.datasets import (
    BUNDLED,
    IMAGE,
    KNOWN,
    LABEL,
    NUMBER,
    SAMPLE,
    BadData,
    data_folder,
    file_of,
    find_data,
    look_up,
    missing_sentence,
)
from graph.project import Data, Project

if TYPE_CHECKING:
    from pathlib import Path


def test_bundled_sample_is_as_it_is_described() -> None:
    sample = KNOWN[SAMPLE]
    with np.load(BUNDLED / f"{SAMPLE}.npz") as file:
        for part, count in (("train", sample.train), ("test", sample.test)):
            x, y = file[f"x_{part}"], file[f"y_{part}"]
            assert x.shape == (count, *sample.columns[0].shape)
            assert str(x.dtype) == sample.columns[0].dtype
            assert y.max() + 1 == sample.columns[1].classes


def test_pairs_and_halves_are_derived() -> None:
    columns = {column.name: column for column in KNOWN["mnist"].columns}
    assert columns["left half"].shape == (28, 14)
    assert columns["sum"].classes == 19
    assert columns["same"].classes == 2
    assert columns["second image"].shape == (28, 28)


def save(path: Path, **arrays: object) -> str:
    np.savez(path, **arrays)  # type: ignore[arg-type]
    return str(path)


def test_own_file_is_read_by_its_headers(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    source = save(
        tmp_path / "mine.npz",
        x_train=np.zeros((5, 8, 8, 3), "uint8"),
        x_test=np.zeros((2, 8, 8, 3), "uint8"),
        y_train=np.array([[0], [3], [1], [1], [2]]),
        y_test=np.array([[0], [1]]),
        age_train=rng.random(5),
        age_test=rng.random(2),
    )
    data = look_up(source)
    assert (data.name, data.train, data.test) == ("mine", 5, 2)
    x, y, age = (data.column(name) for name in ("x", "y", "age"))
    assert x is not None
    assert (x.kind, x.shape) == (IMAGE, (8, 8, 3))
    assert y is not None
    assert (y.kind, y.shape, y.classes, y.lone_axis) == (LABEL, (), 4, True)
    assert age is not None
    assert (age.kind, age.shape) == (NUMBER, ())
    assert data.column("sum") is not None


@pytest.mark.parametrize(
    ("arrays", "said"),
    [
        ({}, "holds no arrays"),
        ({"images_test": np.zeros(3)}, "no training data"),
        ({"x_train": np.zeros((3, 2))}, "no x_test"),
        ({"x_train": np.zeros((3, 2)), "x_test": np.zeros((3, 4))}, "(2,) in the training part"),
        (
            {
                "x_train": np.zeros((3, 2)),
                "x_test": np.zeros((3, 2)),
                "y_train": np.zeros(4, int),
                "y_test": np.zeros(3, int),
            },
            "y_train has 4 samples, another 3",
        ),
        ({"x_train": np.array(["a"]), "x_test": np.array(["a"])}, "number the classes"),
        ({"x_train": np.zeros((0, 2)), "x_test": np.zeros((3, 2))}, "no samples"),
    ],
)
def test_wrong_file_gets_a_sentence(tmp_path: Path, arrays: dict[str, object], said: str) -> None:
    with pytest.raises(BadData, match=r"\.$") as caught:
        look_up(save(tmp_path / "bad.npz", **arrays))
    assert said in str(caught.value)


def test_foreign_broken_and_missing_files_get_a_sentence(tmp_path: Path) -> None:
    foreign = tmp_path / "foreign.npz"
    foreign.write_bytes(b"no zip at all")
    whole = io.BytesIO()
    np.savez(whole, x_train=np.zeros((9, 9)), x_test=np.zeros((9, 9)))
    cut = tmp_path / "cut.npz"
    cut.write_bytes(whole.getvalue()[:150])
    for path in (foreign, cut):
        with pytest.raises(BadData, match=r"can't be read as an \.npz file"):
            look_up(str(path))
    with pytest.raises(BadData, match="is not in the folder"):
        look_up(str(tmp_path / "none.npz"))
    with pytest.raises(BadData, match="no data set called imagenet"):
        look_up("imagenet")
    with pytest.raises(BadData, match="No data set is chosen"):
        look_up("")


def test_where_the_program_finds_its_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAYERLOOM_DATA", str(tmp_path))
    assert data_folder() == tmp_path
    assert find_data(Project(data=Data("mnist"))) == tmp_path
    assert find_data(Project(data=Data(SAMPLE))) == BUNDLED
    assert file_of(Project(data=Data("/some/where/own.npz"))).name == "own.npz"
    monkeypatch.delenv("LAYERLOOM_DATA")
    assert data_folder().parts[-1] == "data"


def test_sentence_on_missing_data_names_folder_and_command() -> None:
    said = missing_sentence("mnist", "/data")
    assert "/data" in said
    assert "keras.datasets.mnist.load_data()" in said
