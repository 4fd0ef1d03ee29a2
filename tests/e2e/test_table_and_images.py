"""A table that names images, with all that goes wrong in practice: listed, and the rest trains."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np
import pytest
from PIL import Image

from codegen.export import export
from graph.binding import bind, binding_problems
from graph.datasets import BUNDLED, SAMPLE
from graph.inference import infer
from graph.params import Named
from graph.problems import Severity
from graph.project import (
    Binding,
    Checkpoint,
    Data,
    Graph,
    Layer,
    Link,
    Node,
    Port,
    Project,
    Training,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
ROWS = 900
COLUMNS = [f"row{number}" for number in range(14)]  # mean brightness of rows of the right half
TROUBLE = {  # rows as a spreadsheet counts them: the heading is row 1
    12: "There is no file 00010.png",
    31: "Row 31 of clothes.csv has 5 cells, and the heading 17.",
    57: "00055.png can't be read as an image (image file is truncated)",
    83: "“boat” stands in this row alone: a label of “label” has to stand in at least two rows.",
    104: "“dark” in “row3” is no number.",
    140: "00138.png is no PNG, JPEG, GIF or BMP image",
}
NAMES = (
    "shirt",
    "trouser",
    "pullover",
    "dress",
    "coat",
    "sandal",
    "polo",
    "sneaker",
    "bag",
    "boot",
)

pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A table `clothes.csv` with its folder `images`, made from the sample and then spoilt."""
    made = tmp_path_factory.mktemp("clothes")
    before = os.environ.get("LAYERLOOM_CACHE")
    os.environ["LAYERLOOM_CACHE"] = str(made / "cache")
    images = made / "images"
    images.mkdir()
    with np.load(BUNDLED / f"{SAMPLE}.npz") as file:
        x, y = file["x_train"][:ROWS], file["y_train"][:ROWS]
    rows = []
    for number, (image, label) in enumerate(zip(x, y, strict=True)):
        Image.fromarray(image).save(images / f"{number:05}.png")
        right = image[:, 14:].reshape(14, -1).mean(axis=1)
        cells = [f"{value:.2f}" for value in right]
        rows.append([f"{number:05}", f"{number:05}.png", NAMES[label], *cells])
    _spoil(rows, images)
    with (made / "clothes.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "file", "label", *COLUMNS])
        writer.writerows(rows)
    yield made
    if before is None:
        del os.environ["LAYERLOOM_CACHE"]
    else:
        os.environ["LAYERLOOM_CACHE"] = before


def _spoil(rows: list[list[str]], images: Path) -> None:
    (images / "00010.png").unlink()
    del rows[31 - 2][5:]
    whole = (images / "00055.png").read_bytes()
    (images / "00055.png").write_bytes(whole[: len(whole) // 2])
    rows[83 - 2][2] = "boat"
    rows[104 - 2][3 + 3] = "dark"
    (images / "00138.png").write_text("no image at all", encoding="utf-8")


def run(*words: str, cwd: Path) -> str:
    env = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3", "KERAS_BACKEND": "tensorflow"}
    done = subprocess.run(
        [sys.executable, *words],
        cwd=cwd,
        env=env,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
    return done.stdout


def listed(folder: Path) -> list[dict[str, Any]]:
    words = (str(ROOT / "layerloom.py"), "data", str(folder / "clothes.csv"), "--json")
    found: list[dict[str, Any]] = json.loads(run(*words, "--problems", cwd=folder))["left_out"]
    return found


def drawing(folder: Path) -> Project:
    """The left half of the image through a small network, the numbers of the right beside it."""
    layers = {
        "image": Layer("Input", "image", {"shape": (28, 14, 1)}),
        "numbers": Layer("Input", "numbers", {"shape": (14,)}),
        "flat": Layer("Flatten", "flat"),
        "features": Layer("Dense", "features", {"units": 8, "activation": Named("relu")}),
        "others": Layer("Dense", "others", {"units": 32, "activation": Named("relu")}),
        "merge": Layer("Concatenate", "merge"),
        "output": Layer("Dense", "output", {"units": 10, "activation": Named("softmax")}),
    }
    nodes = {key: Node(key, key) for key in layers}
    links = {
        "a": Link("image", "flat"),
        "b": Link("flat", "features"),
        "c": Link("numbers", "others"),
        "d": Link("features", "merge", 0),
        "e": Link("others", "merge", 1),
        "f": Link("merge", "output"),
    }
    half = Binding("file", transforms=(Named("half", {"side": "left"}),))
    vector = Binding("numbers", transforms=(Named("standardise"),))
    data = Data(
        str(folder / "clothes.csv"),
        {"image": half, "numbers": vector},
        {"output:0": Binding("label")},
    )
    plan = Training(
        Named("Adam", {"learning_rate": 0.01}),
        epochs=8,
        batch_size=32,
        stratified=True,
        checkpoint=Checkpoint(monitor="val_loss"),
    )
    return Project(Graph(layers, nodes, links, (Port("output"),)), data, plan)


def test_each_bad_row_is_listed_and_the_rest_trains(folder: Path, tmp_path: Path) -> None:
    found = {one["row"]: one["reason"] for one in listed(folder)}
    assert found.keys() == TROUBLE.keys()
    for row, reason in TROUBLE.items():
        assert found[row].startswith(reason), row
    project = drawing(folder)
    report = infer(project)
    bound = bind(project, report)
    assert {one.row for one in bound.left_out} == TROUBLE.keys()
    problems = binding_problems(project, report)
    assert [one for one in problems if one.severity is Severity.ERROR] == []
    assert any("6 rows are left out" in one.sentence for one in problems)
    export(project, report, tmp_path / "program.py")
    script = """
import json, sys
sys.path.insert(0, ".")
import numpy as np, program
model, history, scores = program.main()
data = program.load_data()
sizes = {part: len(targets) for part, (inputs, targets) in data.items()}
(images, numbers), labels = data["test"]
assert images[[0, 5]].shape == (2, 28, 14, 1) and images[:3].max() <= 1
means = data["train"][0][1].mean(axis=0), data["train"][0][1].std(axis=0)
assert np.allclose(means[0], 0, atol=1e-4) and np.allclose(means[1], 1, atol=1e-3)
shuffled = numbers[np.random.default_rng(0).permutation(len(numbers))]
worse = program.evaluate(model, {"test": ((images, shuffled), labels)})
shares = [np.bincount(data[part][1], minlength=10) / sizes[part] for part in ("train", "test")]
gap = float(abs(np.subtract(*shares)).max())
print(json.dumps([sizes, scores["accuracy"], worse["accuracy"], gap]))
"""
    sizes, accuracy, worse, gap = json.loads(run("-c", script, cwd=tmp_path).splitlines()[-1])
    assert sum(sizes.values()) == ROWS - len(TROUBLE)
    assert accuracy > 0.6
    assert worse < accuracy - 0.15
    assert gap < 0.01


def test_sources_are_matched_by_key(folder: Path, tmp_path: Path) -> None:
    """A folder of images and a table that is shorter: the rows without a partner are listed."""
    classes = tmp_path / "photos"
    for number, name in enumerate(("boot", "bag", "boot", "bag", "bag", "boot")):
        (classes / name).mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (6, 4), (number, 0, 0)).save(classes / name / f"p{number}.jpg")
    table = tmp_path / "weights.csv"
    lines = ["key;weight", "p0;0", "p1;10", "p2;20", "p4;40", "p4;41", ";5", "p9;90"]
    table.write_text("\n".join(lines), encoding="utf-8")
    project = drawing(folder)
    data = msgspec.structs.replace(project.data, source=str(classes), joined=(str(table),))
    words = (str(ROOT / "layerloom.py"), "data", data.source, "--join", str(table), "--json")
    record = json.loads(run(*words, cwd=tmp_path))
    reasons = [one["reason"] for one in record["left_out"]]
    assert reasons == [
        "bag/p3.jpg has the key p3, which weights.csv doesn't have.",
        "boot/p5.jpg has the key p5, which weights.csv doesn't have.",
        "Row 6 of weights.csv has the key p4, which row 5 of weights.csv has already.",
        "Row 7 of weights.csv has no key in “key”.",
        "Row 8 of weights.csv has the key p9, which photos doesn't have.",
    ]
    assert record["samples"]["train"] + record["samples"]["test"] == 4
