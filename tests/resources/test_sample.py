"""The bundled sample has the counts, shapes and balance that the documentation states."""

from pathlib import Path

import numpy as np
import pytest

from resources import make_sample


@pytest.fixture(scope="module")
def sample() -> dict[str, np.ndarray]:
    with np.load(make_sample.SAMPLE, allow_pickle=False) as archive:
        return {name: archive[name] for name in archive.files}


def test_shapes_and_types(sample: dict[str, np.ndarray]) -> None:
    assert {name: (array.shape, array.dtype.name) for name, array in sample.items()} == {
        "x_train": ((6000, 28, 28), "uint8"),
        "y_train": ((6000,), "uint8"),
        "x_test": ((1000, 28, 28), "uint8"),
        "y_test": ((1000,), "uint8"),
    }


def test_each_class_has_its_share(sample: dict[str, np.ndarray]) -> None:
    assert np.bincount(sample["y_train"]).tolist() == [600] * 10
    assert np.bincount(sample["y_test"]).tolist() == [100] * 10


def test_images_are_real_and_their_order_tells_nothing(sample: dict[str, np.ndarray]) -> None:
    assert sample["x_train"].min() == 0
    assert sample["x_train"].max() == 255
    assert 70 < sample["x_train"].mean() < 76  # the full set's mean is 72.9
    assert np.unique(sample["y_train"][:50]).size == 10


def test_training_and_test_images_are_disjoint(sample: dict[str, np.ndarray]) -> None:
    train = {image.tobytes() for image in sample["x_train"]}
    assert sum(image.tobytes() in train for image in sample["x_test"]) == 0


def test_sample_is_small() -> None:
    assert make_sample.SAMPLE.stat().st_size < 5_000_000


def test_drawing_is_stratified_and_repeats(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    labels = rng.permutation(np.repeat(np.arange(10, dtype=np.uint8), 700))
    full = {
        f"{kind}_{part}": values
        for part in ("train", "test")
        for kind, values in (("x", np.zeros((7000, 2, 2), np.uint8)), ("y", labels))
    }
    first, second = make_sample.sample(full), make_sample.sample(full)
    assert np.bincount(first["y_train"]).tolist() == [600] * 10
    make_sample.write(first, tmp_path / "one.npz")
    make_sample.write(second, tmp_path / "two.npz")
    assert (tmp_path / "one.npz").read_bytes() == (tmp_path / "two.npz").read_bytes()


def test_a_class_that_is_too_small_is_refused() -> None:
    labels = np.repeat(np.arange(10, dtype=np.uint8), 5)
    with pytest.raises(ValueError, match="larger sample"):
        make_sample.stratified(labels, 6, np.random.default_rng(0))


def test_wrong_use_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert make_sample.main([]) == 2
    assert "Name the full data set" in capsys.readouterr().err
