"""Programs whose arrays are so large that they stay in their files: the same as with small ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from graph import arrayfiles, datasets
from graph.datavalues import ARRAY, MAPPED
from graph.params import Named
from graph.project import Binding, Data
from graph.statistics import IMAGES, facts
from tests.codegen.own_data import network, on, run, text_of

if TYPE_CHECKING:
    from pathlib import Path

    from graph.project import Project

CHIPS = {
    "image": Binding("x", transforms=(Named("grey"), Named("resize", {"size": (5, 4)}))),
    "flat": Binding("g", transforms=(Named("resize", {"size": (3, 3)}), Named("standardise"))),
    "vector": Binding("v", transforms=(Named("standardise"),)),
    "sequence": Binding("s", transforms=(Named("window", {"start": 1, "length": 3}),)),
}
SHAPES = {"image": (5, 4, 1), "flat": (9,), "vector": (5,), "sequence": (3, 2)}


@pytest.fixture(autouse=True)
def _read_anew() -> Any:
    arrayfiles.read_arrays.cache_clear()
    yield
    arrayfiles.read_arrays.cache_clear()


def folder_of(place: Path, *parts: str) -> Path:
    """Images, vectors, sequences and labels as `.npy` files; `parts`: endings of their names."""
    made = place / "-".join(("large", *parts))
    made.mkdir()
    rng = np.random.default_rng(1)
    for part, count in zip(parts or ("",), (60, 20), strict=False):
        np.save(made / f"x{part}.npy", rng.integers(0, 256, (count, 10, 8, 3), dtype="uint8"))
        np.save(made / f"g{part}.npy", rng.integers(0, 256, (count, 6, 6), dtype="uint8"))
        np.save(made / f"v{part}.npy", rng.normal(3, 2, (count, 5)))
        np.save(made / f"s{part}.npy", rng.normal(0, 1, (count, 5, 2)).astype("float32"))
        np.save(made / f"y{part}.npy", rng.integers(0, 2, count))
    return made


def project_on(folder: Path, **plan: Any) -> Project:
    data = Data(str(folder), CHIPS, {"output:0": Binding("y")})
    return on(network(SHAPES, 1, "sigmoid"), data, batch_size=16, **plan)


def as_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arrayfiles, "MOST_LOADED", 100)
    monkeypatch.setattr(arrayfiles, "_LEAST_OF_A_ROW", 1)
    arrayfiles.read_arrays.cache_clear()


def stored_in(data: Data) -> dict[str, str]:
    arrayfiles.read_arrays.cache_clear()
    return {one.name: one.stored for one in datasets.describe(data).columns}


def test_only_arrays_beyond_a_size_stay_in_their_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = Data(str(folder_of(tmp_path)))
    assert set(stored_in(data).values()) == {ARRAY}
    monkeypatch.setattr(arrayfiles, "MOST_LOADED", 100)  # and rows of 64 numbers or more
    assert stored_in(data) == {"x": MAPPED, "g": ARRAY, "v": ARRAY, "s": ARRAY, "y": ARRAY}
    monkeypatch.setattr(arrayfiles, "MOST_LOADED", 60 * 240)
    assert set(stored_in(data).values()) == {ARRAY}


def test_arrays_whose_rows_are_scattered_or_unlike_are_loaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = folder_of(tmp_path, "_train", "_test")
    as_large(monkeypatch)
    assert stored_in(Data(str(folder)))["x"] == MAPPED
    x = np.load(folder / "x_train.npy")
    np.save(folder / "x_train.npy", np.asfortranarray(x))
    assert stored_in(Data(str(folder)))["x"] == ARRAY
    np.save(folder / "x_train.npy", x.astype("float32"))  # the test part holds whole numbers
    found = {one.name: one for one in datasets.describe(Data(str(folder))).columns}
    assert (found["x"].stored, found["x"].dtype) == (ARRAY, "float32")
    np.save(folder / "x_train.npy", x[:, :5])
    with pytest.raises(datasets.BadData, match=r"differ: \(5, 8, 3\) in the training part"):
        datasets.describe(Data(str(folder)))


def test_an_array_that_is_written_anew_in_its_place_is_another_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = folder_of(tmp_path)
    project = project_on(folder)
    before = datasets.fingerprint(project)
    vectors = np.load(folder / "v.npy")
    np.save(folder / "v.npy", np.hstack([vectors, vectors]))  # the folder's own time stays
    assert next(
        one.shape for one in datasets.describe(project.data).columns if one.name == "v"
    ) == (10,)
    after = datasets.fingerprint(project)
    assert after != before
    monkeypatch.setattr(datasets, "_LARGE", 100)
    monkeypatch.setattr(datasets, "_BLOCK", 50)
    datasets._digest.cache_clear()
    large = datasets.fingerprint(project)
    assert large not in {before, after}
    datasets._digest.cache_clear()
    assert datasets.fingerprint(project) == large
    np.save(folder / "v.npy", np.hstack([vectors, vectors + 1]))
    assert datasets.fingerprint(project) != large


def test_facts_of_large_arrays_are_those_of_some_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = tmp_path / "long"
    made.mkdir()
    np.save(made / "v.npy", np.arange(2.0 * IMAGES * 7).reshape(-1, 7))
    as_large(monkeypatch)
    (found,) = facts(Data(str(made)))
    assert found.least == 0
    assert found.greatest == 2 * IMAGES * 7 - 1 - 7  # every other row: the last isn't looked at
    assert found.mean == pytest.approx(IMAGES * 7, rel=0.01)


@pytest.mark.engine
@pytest.mark.parametrize(
    ("parts", "plan"),
    [
        ((), {"stratified": True}),
        (("_train", "_test"), {"stratified": True, "limit": 50}),
        (("_train", "_test"), {"validation": "test"}),
    ],
    ids=["rows that are split", "own parts, stratified", "own parts"],
)
def test_large_arrays_train_as_small_ones_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, parts: tuple[str, ...], plan: dict[str, Any]
) -> None:
    project = project_on(folder_of(tmp_path, *parts), **plan)
    small = text_of(project)
    as_large(monkeypatch)
    large = text_of(project)
    assert "Rows(path" not in small
    assert large.count(' = Rows(path / "') == 4 * max(1, len(parts))
    run(
        f"""
import keras, numpy as np
texts = {[small.partition("if __name__")[0], large.partition("if __name__")[0]]!r}
spaces = [{{}}, {{}}]
found = []
for text, space in zip(texts, spaces):
    exec(text, space)
    data = space["load_data"]({str(tmp_path)!r})
    model, history, scores = space["main"]({str(tmp_path)!r})
    found.append((data, history.history, scores))
(loaded, *ours), (read, *theirs) = found
assert list(loaded) == list(read)
for part in loaded:
    for one, other in zip(keras.tree.flatten(loaded[part]), keras.tree.flatten(read[part])):
        assert len(one) == len(other) > 2
        np.testing.assert_allclose(one, other[:], atol=1e-5)
        np.testing.assert_allclose(one[[2, 0]], other[[2, 0]], atol=1e-5)
        assert type(other).__name__ == "Prepared" or one.ndim == 1
for one, other in zip(ours, theirs):
    assert list(one) == list(other)
    np.testing.assert_allclose(list(one.values()), list(other.values()), rtol=1e-4)
""",
        tmp_path,
    )


@pytest.mark.engine
def test_noise_of_rows_is_each_row_s_own_and_whole_numbers_stay_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = folder_of(tmp_path)
    np.save(folder / "w.npy", np.random.default_rng(2).integers(0, 50, (60, 7)).astype("int64"))
    as_large(monkeypatch)
    noisy = (Named("noise", {"stddev": 0.5}),)
    project = on(
        network({"vector": (5,), "words": (7,)}, 1, "sigmoid"),
        Data(
            str(folder),
            {"vector": Binding("v", transforms=noisy), "words": Binding("w")},
            {"output:0": Binding("y")},
        ),
        batch_size=16,
    )
    project.graph.layers["words"].params["dtype"] = "int32"
    run(
        text_of(project).partition("if __name__")[0]
        + f"""
(vector, words), labels = load_data({str(tmp_path)!r})["train"]
clean = np.load({str(folder / "v.npy")!r})[vector.rows.chosen]
noise = vector[:] - clean
assert 0.4 < noise.std() < 0.6 and abs(noise.mean()) < 0.1
np.testing.assert_array_equal(vector[[5, 2]], vector[:][[5, 2]])
assert words[:].dtype == "int64", words[:].dtype
known = {{one.tobytes() for one in vector[:]}}
assert len(known) == len(vector)
for epoch in (0, 1):
    batches = shuffled_batches((vector, words), labels, tf.constant(epoch, tf.int64))
    assert {{one.tobytes() for (batch, _), _ in batches for one in batch.numpy()}} == known
""",
        tmp_path,
    )
