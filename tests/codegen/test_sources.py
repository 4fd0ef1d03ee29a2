"""Programs on every kind of source and with every transform: as black leaves them, and right."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image

from graph.binding import bind
from graph.datasets import find_data
from graph.inference import infer
from graph.params import Named
from graph.project import Binding, Data
from graph.statistics import split_counts
from graph.transforms import TRANSFORMS
from tests.codegen.own_data import (
    archive,
    arrays,
    gaps,
    network,
    on,
    pairs,
    photos,
    run,
    table,
    text_of,
    two_tables,
)

if TYPE_CHECKING:
    from pathlib import Path


COLOUR = (10, 8, 3)


def _joined(paths: tuple[Path, Path], inputs: dict[str, Binding]) -> Data:
    return Data(str(paths[0]), inputs, joined=(str(paths[1]),))


CASES: dict[str, Any] = {
    "folder": lambda at: on(
        network({"image": COLOUR}, 1, "sigmoid"), Data(str(photos(at))), limit=25
    ),
    "folder with parts": lambda at: on(
        network({"image": (10, 8, 1)}, 2, "softmax"),
        Data(str(photos(at, parts=True))),
        stratified=True,
    ),
    "table": lambda at: on(
        network({"numbers": (2,)}, 1, "linear"),
        Data(
            str(table(at)),
            {"numbers": Binding("area, price", transforms=(Named("standardise"),))},
            {"output:0": Binding("kind")},
        ),
        validation="test",
        sample_weight="price",
    ),
    "folder and table": lambda at: on(
        network({"image": COLOUR, "number": (1,)}, 1, "sigmoid"),
        Data(str(photos(at)), joined=(str(table(at)),), inputs={"number": Binding("price")}),
        stratified=True,
    ),
    "two folders": lambda at: on(
        network({"one": (5, 6, 1), "two": (5, 6, 1)}, 1, "sigmoid"),
        _joined(
            pairs(at), {"one": Binding("image"), "two": Binding("image of right", transforms=())}
        ),
    ),
    "tables by number": lambda at: on(
        network({"a": (1,), "b": (1,)}, 1, "sigmoid"),
        _joined(two_tables(at), {"a": Binding("a"), "b": Binding("b")}),
    ),
    "tables by a column": lambda at: on(
        network({"a": (1,), "b": (1,)}, 1, "sigmoid"),
        _joined(two_tables(at, "patient"), {"a": Binding("a"), "b": Binding("b")}),
    ),
    "archive without parts": lambda at: on(
        network({"x": (4,)}, 3, "softmax"), Data(str(archive(at))), stratified=True
    ),
    "table with gaps": lambda at: on(
        network({"size": (1,)}, 3, "softmax"),
        Data(str(gaps(at)), {"size": Binding("size")}, {"output:0": Binding("kind")}),
        stratified=True,
    ),
    "arrays": lambda at: on(
        network({"signal": (20,)}, 3, "softmax"),
        Data(
            str(arrays(at)),
            {"signal": Binding("x", transforms=(Named("window", {"start": 4, "length": 20}),))},
        ),
        validation="none",
    ),
    "chips on files": lambda at: on(
        network({"image": (6, 4, 1)}, 1, "sigmoid"),
        Data(
            str(photos(at)),
            {
                "image": Binding(
                    "image",
                    transforms=(
                        Named("resize", {"size": (12, 12)}),
                        Named("grey"),
                        Named("half", {"side": "left"}),
                        Named("crop", {"size": (10, 5)}),
                        Named("scale", {"minus": 127.5, "by": 127.5}),
                        Named("noise", {"stddev": 0.01}),
                    ),
                )
            },
        ),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_program_on_a_source_is_as_black_leaves_it(tmp_path: Path, name: str) -> None:
    project = CASES[name](tmp_path)
    text = text_of(project)
    assert str(tmp_path) not in text
    assert "layerloom" not in text.lower()


@pytest.mark.parametrize(
    ("source", "shape", "units", "activation"),
    [
        ("imdb", (100,), 1, "sigmoid"),
        ("reuters", (100,), 46, "softmax"),
        ("california_housing", (8,), 1, "linear"),
        ("boston_housing", (13,), 1, "linear"),
    ],
)
def test_data_sets_of_texts_and_numbers_come_from_keras(
    source: str, shape: tuple[int, ...], units: int, activation: str
) -> None:
    text = text_of(on(network({"x": shape}, units, activation), Data(source), stratified=True))
    assert f"keras.datasets.{source}.load_data(" in text
    assert ("pad_sequences(x_2, maxlen=100)" in text) is (source in {"imdb", "reuters"})


def test_each_transform_on_arrays_gives_the_shape_that_was_foretold(tmp_path: Path) -> None:
    """All in one program: an Input for each transform, on colour images."""
    path = tmp_path / "mine.npz"
    rng = np.random.default_rng(0)
    x = rng.integers(0, 256, (30, 8, 6, 3), dtype="uint8")
    y = np.arange(30) % 2
    np.savez(path, x_train=x, y_train=y, x_test=x[:4], y_test=y[:4])
    settings: dict[str, dict[str, Any]] = {
        "scale": {"minus": 100.0, "by": 50.0},
        "resize": {"size": (4, 5)},
        "crop": {"size": (4, 4)},
        "half": {"side": "bottom"},
        "window": {"start": 2, "length": 5},
        "noise": {"stddev": 2.0},
    }
    shapes = {"resize": (4, 5, 3), "grey": (8, 6, 1), "crop": (4, 4, 3)}
    shapes |= {"half": (4, 6, 3), "window": (5, 6, 3)}
    inputs = {name: shapes.get(name, (8, 6, 3)) for name in TRANSFORMS}
    bound = {
        name: Binding("x", transforms=(Named(name, settings.get(name, {})),)) for name in inputs
    }
    project = on(network(inputs, 1, "sigmoid"), Data(str(path), bound))
    assert [one.target for one in bind(project, infer(project)).inputs] == list(inputs.values())
    script = (
        text_of(project).partition("if __name__")[0]
        + f"""
with np.load({str(path)!r}) as file:
    x = file["x_train"][:27]
names = {list(inputs)!r}
parts = dict(zip(names, load_data({str(tmp_path)!r})["train"][0]))
assert [part.shape[1:] for part in parts.values()] == {list(inputs.values())!r}
assert all(part.dtype == "float32" for part in parts.values())
assert np.allclose(parts["scale"], (x - 100.0) / 50)
assert abs(parts["standardise"].mean()) < 1e-4 and abs(parts["standardise"].std() - 1) < 1e-3
assert np.allclose(parts["crop"], x[:, 2:6, 1:5] / 255)
assert np.allclose(parts["half"], x[:, 4:] / 255)
assert np.allclose(parts["window"], x[:, 2:7] / 255)
assert 1.8 < (parts["noise"] * 255 - x).std() < 2.2
"""
    )
    run(script, tmp_path)


@pytest.mark.engine
def test_programs_on_all_sources_train(tmp_path: Path) -> None:
    """One process, one epoch each; what load_data gives has the shapes that were foretold."""
    scripts = []
    for number, (name, make) in enumerate(CASES.items()):
        place = tmp_path / f"case{number}"
        place.mkdir()
        project = make(place)
        (place / f"program{number}.py").write_text(text_of(project), encoding="utf-8")
        bound = bind(project, infer(project))
        shapes = [one.target for one in bound.inputs]
        sizes = split_counts(project, bound) if project.training.limit is None else None
        scripts.append((name, number, str(find_data(project)), str(place), shapes, sizes))
    run(
        f"""
import importlib, os, sys
import numpy as np
for name, number, folder, place, shapes, sizes in {scripts!r}:
    os.chdir(place)
    sys.path.insert(0, place)
    program = importlib.import_module(f"program{{number}}")
    model, history, scores = program.main(folder)
    data = program.load_data(folder)
    inputs, targets = data["test"]
    inputs = inputs if isinstance(inputs, tuple) else (inputs,)
    assert [tuple(one[[0]].shape[1:]) for one in inputs] == shapes, name
    assert all(np.isfinite(score) for score in scores.values()), name
    counts = {{part: len(rest[1]) for part, rest in data.items() if part != "weights"}}
    if sizes:
        whole = counts["train"] + (counts.get("validation", 0) if name != "table" else 0)
        assert (whole, counts["test"]) == sizes, (name, counts, sizes)
    else:
        assert counts["train"] + counts["validation"] == 25, (name, counts)
    if "tables by" in name:
        for values, _ in (data["train"], data["validation"], data["test"]):
            assert np.array_equal(values[1], values[0] + 1000), name
    if name == "two folders":
        for values, _ in (data["train"], data["validation"], data["test"]):
            one, two = (np.asarray(part[np.arange(len(part))]) for part in values)
            assert np.allclose(two[:, 0, 0] - one[:, 0, 0], 100 / 255), name
        assert counts["test"] == 1, counts
    if "chips" in name:
        one = inputs[0][[0, 1]]
        assert -1.1 < one.min() and one.max() < 1.1, (one.min(), one.max())
""",
        tmp_path,
    )


@pytest.mark.engine
def test_images_in_files_are_standardised_by_the_training_part(tmp_path: Path) -> None:
    """What is measured is what the same pixels in memory give; nothing but a batch is kept."""
    place = photos(tmp_path)
    rng = np.random.default_rng(0)
    for path in place.glob("*/*.png"):
        Image.fromarray(rng.integers(0, 256, (12, 9, 3), dtype="uint8")).save(path)
    chips = (Named("grey"), Named("standardise"), Named("crop", {"size": (6, 6)}))
    both = {name: Binding("image", transforms=chips) for name in ("one", "two")}
    shapes = {"one": (6, 6, 1), "two": (6, 6, 1)}
    project = on(network(shapes, 1, "sigmoid"), Data(str(place), both), batch_size=7)
    text = text_of(project)
    assert text.count("mean_and_std(") == 2  # it is defined, and called for both at once
    run(
        text.partition("if __name__")[0]
        + f"""
data = load_data({str(find_data(project))!r})
(one, two), _ = data["train"]
kept = Images(one.files, read_one)[:]
assert kept.shape[1:] == (12, 9, 1), kept.shape
known = (kept - kept.mean()) / kept.std()
np.testing.assert_allclose(one[:], known[:, 3:9, 1:7], atol=1e-4)
np.testing.assert_allclose(two[[3]], one[[3]])
tested = data["test"][0][0]
raw = Images(tested.files, read_one)[:]
np.testing.assert_allclose(tested[:], ((raw - kept.mean()) / kept.std())[:, 3:9, 1:7], atol=1e-4)
main({str(find_data(project))!r})
""",
        tmp_path,
    )


@pytest.mark.engine
def test_noise_on_images_in_files_is_each_image_s_own(tmp_path: Path) -> None:
    """It follows from seed and content: not from the batch, its order, or where the folder lies."""
    place = photos(tmp_path)
    rng = np.random.default_rng(0)
    for path in place.glob("*/*.png"):
        Image.fromarray(rng.integers(0, 256, (12, 9, 3), dtype="uint8")).save(path)
    chips = (Named("scale"), Named("noise", {"stddev": 0.5}))
    project = on(
        network({"image": (12, 9, 3)}, 1, "sigmoid"),
        Data(str(place), {"image": Binding("image", transforms=chips)}),
        batch_size=8,
    )
    folder = str(find_data(project))
    moved = tmp_path / "elsewhere"
    shutil.copytree(place, moved / place.name)
    run(
        text_of(project).partition("if __name__")[0]
        + f"""
def noises(part):
    clean = [tf.io.decode_image(tf.io.read_file(file)) for file in part.files]
    return part[:] - np.stack(clean) / 255

images, labels = load_data({folder!r})["train"]
own = noises(images)
assert 0.49 < own.std() < 0.51 and abs(own.mean()) < 0.01
assert abs(own[:, None] - own).reshape(len(own), len(own), -1).max(axis=2)[
    ~np.eye(len(own), dtype=bool)
].min() > 0.5, "no two images have the same"
np.testing.assert_array_equal(images[[5, 2]], images[:][[5, 2]])
other, _ = load_data({str(moved)!r})["train"]
np.testing.assert_array_equal(other[:], images[:])
known = {{one.tobytes() for one in images[:]}}
for epoch in (0, 1):
    batches = shuffled_batches(images, labels, tf.constant(epoch, tf.int64))
    assert {{one.tobytes() for batch, _ in batches for one in batch.numpy()}} == known
""",
        tmp_path,
    )
