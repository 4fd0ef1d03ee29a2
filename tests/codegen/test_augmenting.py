"""What the emitted augmentation does to images, measured on the programs themselves."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import black
import msgspec
import pytest

from codegen import emit
from codegen.source import WIDTH
from graph.datasets import BUNDLED
from graph.inference import infer
from graph.project import Augmentation, Binding, Project
from graph.templates import load

if TYPE_CHECKING:
    from pathlib import Path

ALL = Augmentation(
    "online",
    flip="both",
    shift=0.1,
    rotation=15.0,
    zoom=0.1,
    contrast=0.2,
    brightness=0.1,
    noise=0.05,
    cutout=0.25,
    mixup=0.2,
)
ONE_BY_ONE = {
    "flip": "horizontal",
    "shift": 0.1,
    "rotation": 15.0,
    "zoom": 0.2,
    "contrast": 0.5,
    "brightness": 0.2,
    "noise": 0.05,
    "cutout": 0.5,
}


def augmented(name: str, augmentation: Augmentation, **plan: Any) -> Project:
    project = load(name)
    training = msgspec.structs.replace(
        project.training, **{"epochs": 1, "limit": 600, "augmentation": augmentation, **plan}
    )
    return msgspec.structs.replace(project, training=training)


def text_of(project: Project) -> str:
    return emit(project, infer(project)).text


def pairs() -> Project:
    """Two Inputs that get the two images of a pair."""
    project = augmented("several-inputs", Augmentation("online", shift=0.2))
    first, second = project.data.inputs
    inputs = {first: Binding("image"), second: Binding("second image")}
    layers = {
        key: msgspec.structs.replace(layer, params={"shape": (28, 28, 1)})
        if "shape" in layer.params
        else layer
        for key, layer in project.graph.layers.items()
    }
    return msgspec.structs.replace(
        project,
        graph=msgspec.structs.replace(project.graph, layers=layers),
        data=msgspec.structs.replace(project.data, inputs=inputs),
    )


PROGRAMS = {
    **{
        f"only_{field}": augmented("cnn", Augmentation("online", **{field: value}))
        for field, value in ONE_BY_ONE.items()
    },
    "everything": augmented("cnn", ALL, batch_size=50),
    "flat": augmented("autoencoder", Augmentation("online", rotation=20.0, noise=0.1)),
    "halves": augmented("several-inputs", Augmentation("online", shift=0.2)),
    "pairs": pairs(),
    "weighted": augmented(
        "several-outputs", Augmentation("online", shift=0.1, mixup=0.2), class_weight="balanced"
    ),
    "before": augmented("cnn", Augmentation("pre", copies=3, shift=0.1, mixup=0.2)),
    "unscaled": augmented("cnn", Augmentation("online", brightness=0.1)),
}
PROGRAMS["unscaled"] = msgspec.structs.replace(
    PROGRAMS["unscaled"],
    data=msgspec.structs.replace(
        PROGRAMS["unscaled"].data,
        inputs={k: Binding("image", scale=False) for k in PROGRAMS["unscaled"].data.inputs},
    ),
)


@pytest.mark.parametrize("name", PROGRAMS)
def test_text_is_as_black_and_ruff_leave_it(name: str, tmp_path: Path) -> None:
    text = text_of(PROGRAMS[name])
    assert black.format_str(text, mode=black.Mode(line_length=WIDTH)) == text
    (tmp_path / "program.py").write_text(text, encoding="utf-8")
    words = [sys.executable, "-m", "ruff", "check", "--isolated", "--no-cache", str(tmp_path)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_only_what_is_switched_on_is_written() -> None:
    plain = text_of(augmented("cnn", Augmentation("none", flip="horizontal", mixup=0.5)))
    assert plain == text_of(augmented("cnn", Augmentation()))
    flips = text_of(PROGRAMS["only_flip"])
    assert "images[:, :, ::-1]" in flips
    assert "ImageProjectiveTransform" not in flips
    assert "stateless_normal" not in text_of(PROGRAMS["only_shift"])
    assert "def mix_up" not in text_of(PROGRAMS["only_shift"])


SCRIPT = """
import importlib, json, os, sys, time, warnings
warnings.simplefilter("error", UserWarning)
sys.path.insert(0, ".")
import numpy as np, tensorflow as tf
found = {}
module = importlib.import_module

# a ramp from 0.3 to 0.7 to the right, and how it lies in each varied image
side, count = 28, 200
ramp = np.broadcast_to(np.linspace(0.3, 0.7, side, dtype="float32")[None, None, :, None],
                       (count, side, side, 1))
step = 0.4 / (side - 1)
def middle(images):
    part = images.numpy()[:, 10:18, 10:18, 0].astype("float64")
    across = np.diff(part, axis=2).mean((1, 2)) / step
    down = np.diff(part, axis=1).mean((1, 2)) / step
    return part.mean((1, 2)), across, down
flipped = module("only_flip").augment(ramp, [1, 2])
same = np.isclose(flipped, ramp).all((1, 2, 3))
mirrored = np.isclose(flipped, ramp[:, :, ::-1]).all((1, 2, 3))
found["flip"] = [int(same.sum()), int(mirrored.sum())]
mean, _, _ = middle(module("only_shift").augment(ramp, [1, 2]))
found["shift"] = [float(v) for v in np.percentile(np.abs(mean - 0.5) / step / side, [50, 100])]
_, across, down = middle(module("only_rotation").augment(ramp, [1, 2]))
angle = np.degrees(np.abs(np.arctan2(down, across)))
found["rotation"] = [float(v) for v in np.percentile(angle, [50, 100])]
_, across, _ = middle(module("only_zoom").augment(ramp, [1, 2]))
found["zoom"] = [float(across.min()), float(across.max())]
spread = module("only_contrast").augment(ramp, [1, 2]).numpy().std((1, 2, 3)) / ramp.std()
found["contrast"] = [float(spread.min()), float(spread.max())]
light = module("only_brightness").augment(ramp, [1, 2]).numpy().mean((1, 2, 3)) - ramp.mean()
found["brightness"] = [float(light.min()), float(light.max())]
noise = module("only_noise").augment(ramp, [1, 2]).numpy() - ramp
found["noise"] = [float(noise.mean()), float(noise.std())]
blank = (module("only_cutout").augment(ramp, [1, 2]).numpy() == 0).mean((1, 2, 3))
found["cutout"] = [float(blank.min()), float(blank.max())]
unscaled = module("unscaled")
varied, _ = unscaled.vary(255 * ramp, None, [1, 2])
found["unscaled"] = [float(varied.numpy().mean()), float(varied.numpy().max())]

# the batches of an epoch, whether training began there or earlier
program = module("everything")
inputs, targets = program.load_data(FOLDER)["train"]
def epochs(numbers):
    epoch = tf.Variable(numbers[0], dtype="int64")
    batches = program.shuffled_batches(inputs, targets, epoch)
    for number in numbers:
        epoch.assign(number)
        last = [(x.numpy(), y.numpy()) for x, y in batches]
    return last
first, second, again = epochs([1]), epochs([0, 1, 2]), epochs([2])
found["restart"] = [
    all((a == c).all() and (b == d).all() for (a, b), (c, d) in zip(second, again)),
    any(np.array_equal(a, c) for (a, _), (c, _) in zip(first, again)),
    len(again), [float(again[0][0].min()), float(again[0][0].max())],
]
found["mixup"] = [
    [float(v) for v in np.percentile(np.concatenate([y.sum(1) for _, y in again]), [0, 100])],
    float(np.mean([(y.max(1) < 0.99).mean() for _, y in again])),
]

flat = module("flat")
inputs, targets = flat.load_data(FOLDER)["train"]
varied, wanted = flat.vary(inputs[:50], targets[:50], [3, 4])
found["flat"] = [list(varied.shape), bool((varied.numpy() == wanted.numpy()).all()),
                 float(np.abs(varied.numpy() - inputs[:50]).mean())]
image = np.random.default_rng(0).random((9, 28, 14, 1)).astype("float32")
(left, right), _ = module("halves").vary((image, image), None, [5, 6])
found["halves"] = bool((left.numpy() == right.numpy()).all())
image = np.random.default_rng(0).random((9, 28, 28, 1)).astype("float32")
(one, two), _ = module("pairs").vary((image, image), None, [5, 6])
found["pairs"] = bool((one.numpy() == two.numpy()).any((1, 2, 3)).all())

for name in ("everything", "weighted"):
    model, history, scores = module(name).main(FOLDER)
    found[f"{name} loss"] = history.history["loss"]
    found[f"{name} is"] = str(model.loss)

# made once, kept, found again; and without a place for it
program = module("before")
data = program.load_data(FOLDER)["train"]
os.environ["KERAS_HOME"] = "home"
whole, labels = program.enlarged(*data)
files = sorted(os.listdir("home/augmented"))
again, _ = program.enlarged(*data)
open("nofolder", "w").close()
os.environ["KERAS_HOME"] = "nofolder"
without, _ = program.enlarged(*data)
count = len(data[0])
found["pre"] = [
    len(whole) / count, bool((whole[:count] == data[0]).all()),
    bool((whole == again).all()), bool((whole == without).all()),
    bool((labels[count : 2 * count] == data[1]).all()),
    [file.rpartition(".")[2] for file in files], open("home/augmented/" + files[1]).read(),
]
print(json.dumps(found))
"""


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Return what one process measured on all programs; the last lines of what it printed too."""
    folder = tmp_path_factory.mktemp("augmented")
    for name, project in PROGRAMS.items():
        (folder / f"{name}.py").write_text(text_of(project), encoding="utf-8")
    env = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT.replace("FOLDER", repr(str(BUNDLED)))],
        cwd=folder,
        env=env | {"TF_CPP_MIN_LOG_LEVEL": "3", "KERAS_BACKEND": "tensorflow"},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-1500:] + done.stderr[-4000:]
    lines = done.stdout.splitlines()
    answer: dict[str, Any] = json.loads(lines[-1])
    return {**answer, "said": [line for line in lines if line.startswith("The enlarged")]}


@pytest.mark.engine
def test_each_operation_varies_as_far_as_it_says(found: dict[str, Any]) -> None:
    same, mirrored = found["flip"]
    assert same + mirrored == 200
    assert 70 < mirrored < 130
    assert 0.03 < found["shift"][0] < 0.07  # half of what is possible, in the middle
    assert 0.08 < found["shift"][1] <= 0.1001
    assert 5 < found["rotation"][0] < 10
    assert 13 < found["rotation"][1] <= 15.01
    assert 0.8 - 1e-3 <= found["zoom"][0] < 0.83
    assert 1.17 < found["zoom"][1] <= 1.2 + 1e-3
    assert 0.5 - 1e-3 <= found["contrast"][0] < 0.55
    assert 1.4 < found["contrast"][1] <= 1.5 + 1e-3
    assert found["brightness"] == [pytest.approx(-0.2, abs=0.02), pytest.approx(0.2, abs=0.02)]
    assert found["noise"] == [pytest.approx(0, abs=1e-3), pytest.approx(0.05, rel=0.02)]
    low, high = found["cutout"]
    assert 0.0625 - 0.02 < low < 0.1  # a quarter of it at a corner
    assert 0.2 < high <= 0.26
    assert found["unscaled"] == [pytest.approx(127.5, abs=5), pytest.approx(200, abs=6)]


@pytest.mark.engine
def test_an_epoch_is_the_same_after_a_restart(found: dict[str, Any]) -> None:
    is_same, is_repeated, batches, (low, high) = found["restart"]
    assert is_same
    assert not is_repeated  # another epoch has other images
    assert batches == 11
    assert 0 <= low < high <= 1


@pytest.mark.engine
def test_views_of_one_sample_are_varied_alike(found: dict[str, Any]) -> None:
    assert found["flat"][:2] == [[50, 784], True]
    assert found["flat"][2] > 0.02
    assert found["halves"] is True
    assert found["pairs"] is False


@pytest.mark.engine
def test_mixup_mixes_one_hot_targets(found: dict[str, Any]) -> None:
    (low, high), mixed = found["mixup"]
    assert (low, high) == (pytest.approx(1, abs=1e-5), pytest.approx(1, abs=1e-5))
    assert 0.3 < mixed < 0.9
    assert found["everything is"] == "categorical_crossentropy"
    assert 0 < found["everything loss"][0] < 3
    assert 0 < found["weighted loss"][0] < 4


@pytest.mark.engine
def test_an_enlarged_training_set_is_made_once_and_kept(found: dict[str, Any]) -> None:
    times, begins_with_originals, is_found_again, is_same_without, labels, kinds, recipe = found[
        "pre"
    ]
    assert times == 3
    assert begins_with_originals
    assert is_found_again
    assert is_same_without
    assert labels
    assert kinds == ["npz", "txt"]
    assert recipe == "3 copies, seed 1, batches of 128, shift 0.1\n"
    kept, taken, not_kept = found["said"]
    assert "is kept as" in kept
    assert "is taken from" in taken
    assert "can't be kept" in not_kept
