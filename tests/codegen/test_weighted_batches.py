"""Weights of samples together with augmentation and with images in files: a step of each."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import black
import msgspec
import numpy as np
import pytest
from PIL import Image

from codegen import emit
from codegen.source import WIDTH
from graph.binding import binding_problems
from graph.datasets import find_data
from graph.inference import infer
from graph.params import Named
from graph.problems import Severity
from graph.project import (
    Augmentation,
    Binding,
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
    from pathlib import Path

SHAPE = (8, 6, 1)
SMALL_IMAGE = Binding("image", transforms=(Named("resize", {"size": SHAPE[:2]}),))
VARIED = Augmentation("online", flip="horizontal", shift=0.1, noise=0.01)


def network(*, classes: int = 0, image_again: bool = False) -> Project:
    """An image that goes to a Dense layer of classes, to one as large as itself, or to both."""
    layers = {"image": Layer("Input", "image", {"shape": SHAPE}), "flat": Layer("Flatten", "flat")}
    links = {"w1": Link("image", "flat")}
    heads = {"label": (classes, "softmax")} if classes else {}
    heads |= {"again": (int(np.prod(SHAPE)), "sigmoid")} if image_again else {}
    for name, (units, activation) in heads.items():
        layers[name] = Layer("Dense", name, {"units": units, "activation": Named(activation)})
        links[f"w_{name}"] = Link("flat", name)
    nodes = {key: Node(key, key) for key in layers}
    outputs = tuple(map(Port, heads))
    return Project(Graph(layers, nodes, links, outputs), Data(), Training(epochs=1, limit=24))


def on(project: Project, data: Data, **plan: Any) -> Project:
    plan = {"augmentation": VARIED, "batch_size": 8, **plan}
    training = msgspec.structs.replace(project.training, **plan)
    return msgspec.structs.replace(project, data=data, training=training)


def archive(folder: Path) -> str:
    """Images with a label and with a weight for each."""
    rng = np.random.default_rng(0)
    parts = {}
    for part, count in (("train", 30), ("test", 6)):
        parts[f"x_{part}"] = rng.integers(0, 256, (count, *SHAPE[:2]), dtype="uint8")
        parts[f"y_{part}"] = np.arange(count) % 3
        parts[f"w_{part}"] = np.linspace(0.1, 2, count).astype("float32")
    np.savez(folder / "mine.npz", **parts)
    return str(folder / "mine.npz")


def photos(folder: Path) -> Data:
    """Images in files, one class three times as large as the other, and a table of weights."""
    lines = ["id,weight"]
    for number in range(32):
        name = "bag" if number % 4 == 0 else "boot"
        (folder / "photos" / name).mkdir(parents=True, exist_ok=True)
        file = folder / "photos" / name / f"p{number:02}.png"
        Image.new("L", (12, 9), 40 + number).save(file)
        lines.append(f"p{number:02},{1 + number / 16:.3f}")
    (folder / "weights.csv").write_text("\n".join(lines), encoding="utf-8")
    return Data(str(folder / "photos"), joined=(str(folder / "weights.csv"),))


CASES: dict[str, Any] = {
    "autoencoder": lambda at: on(
        network(image_again=True),
        Data(archive(at), {"image": Binding("x")}, {"again:0": Binding("x")}),
        sample_weight="w",
    ),
    "autoencoder_made_before": lambda at: on(
        network(image_again=True),
        Data(archive(at), {"image": Binding("x")}, {"again:0": Binding("x")}),
        sample_weight="w",
        augmentation=msgspec.structs.replace(VARIED, how="pre", copies=2, mixup=0.2),
    ),
    "label_and_image": lambda at: on(
        network(classes=3, image_again=True),
        Data(
            archive(at), {"image": Binding("x")}, {"label:0": Binding("y"), "again:0": Binding("x")}
        ),
        sample_weight="w",
        class_weight="balanced",
        augmentation=msgspec.structs.replace(VARIED, mixup=0.2),
    ),
    "files_weighted": lambda at: on(
        network(classes=2), photos(at), class_weight="balanced", sample_weight="weight"
    ),
    "files_weighted_only": lambda at: on(
        network(classes=2), photos(at), sample_weight="weight", augmentation=Augmentation()
    ),
    "files_mixed": lambda at: on(
        network(classes=2),
        photos(at),
        class_weight="balanced",
        augmentation=msgspec.structs.replace(VARIED, mixup=0.2),
    ),
    "files_autoencoder": lambda at: on(
        network(image_again=True),
        msgspec.structs.replace(
            photos(at), inputs={"image": SMALL_IMAGE}, outputs={"again:0": SMALL_IMAGE}
        ),
        sample_weight="weight",
    ),
    "files_made_before": lambda at: on(
        network(classes=2),
        photos(at),
        sample_weight="weight",
        augmentation=msgspec.structs.replace(VARIED, how="pre", copies=2),
    ),
}

SCRIPT = """
import importlib, os, sys, traceback
import numpy as np
failed = []
os.environ["KERAS_HOME"] = os.path.abspath("home")
for name, folder in CASES:
    try:
        program = importlib.import_module(name)
        model, history, scores = program.main(folder)
        assert len(history.history["loss"]) == 1
        assert all(np.isfinite(score) for score in (*history.history["loss"], *scores.values()))
    except Exception:
        failed.append(name + "\\n" + traceback.format_exc())
sys.exit("\\n".join(failed) or 0)
"""


@pytest.mark.engine
def test_a_step_of_each(tmp_path: Path) -> None:
    cases = []
    for name, make in CASES.items():
        place = tmp_path / f"data_{name}"
        place.mkdir()
        project = make(place)
        report = infer(project)
        problems = binding_problems(project, report)
        assert [one.sentence for one in problems if one.severity is Severity.ERROR] == [], name
        text = emit(project, report).text
        assert black.format_str(text, mode=black.Mode(line_length=WIDTH)) == text, name
        (tmp_path / f"{name}.py").write_text(text, encoding="utf-8")
        cases.append((name, str(find_data(project))))
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT.replace("CASES", repr(cases))],
        cwd=tmp_path,
        env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3", "KERAS_BACKEND": "tensorflow"},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-6000:]
