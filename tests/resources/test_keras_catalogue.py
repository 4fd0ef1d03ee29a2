"""The generated catalogue says what the installed Keras says, in plain words."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "resources" / "keras_catalogue.json").read_text(encoding="utf-8")
CATALOGUE: dict[str, Any] = json.loads(TEXT)
FAMILIES = (
    "initializers",
    "regularizers",
    "constraints",
    "optimizers",
    "losses",
    "metrics",
    "callbacks",
    "schedules",
)


@pytest.mark.engine
def test_catalogue_equals_the_installed_keras() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "engine.introspect", "--check"],
        cwd=ROOT,
        env=os.environ | {"TF_CPP_MIN_LOG_LEVEL": "2", "CUDA_VISIBLE_DEVICES": "-1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-500:]


def test_file_is_stable_text() -> None:
    again = json.dumps(CATALOGUE, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    assert again == TEXT


def test_convolution_is_described_as_keras_does() -> None:
    entry = CATALOGUE["layers"]["Conv2D"]
    by_name = {p["name"]: p for p in entry["parameters"]}
    assert [p["name"] for p in entry["parameters"]][:4] == [
        "filters",
        "kernel_size",
        "strides",
        "padding",
    ]
    assert by_name["filters"]["required"]
    assert "default" not in by_name["filters"]
    assert by_name["strides"]["default"] == [1, 1]
    assert by_name["kernel_initializer"]["default"] == "glorot_uniform"
    assert entry["layer_arguments"] == ["activity_regularizer", "trainable", "dtype", "autocast"]
    assert entry["aliases"] == ["Convolution2D"]


def test_layer_arguments_stand_once() -> None:
    names = [entry["name"] for entry in CATALOGUE["layer_arguments"]]
    assert names == ["activity_regularizer", "trainable", "dtype", "autocast"]
    assert all(entry["doc"] for entry in CATALOGUE["layer_arguments"])
    for layer in CATALOGUE["layers"]:
        if layer != "Input":
            own = {p["name"] for p in CATALOGUE["layers"][layer]["parameters"]}
            assert not own & {*names, "name"}, layer


def test_texts_are_plain() -> None:
    entries = [e for family in FAMILIES for e in CATALOGUE[family].values()]
    for entry in [*CATALOGUE["layers"].values(), *entries]:
        assert entry["summary"]
        for text in (entry["summary"], *(p["doc"] for p in entry["parameters"])):
            assert "`" not in text
            assert "  " not in text
            assert text == text.strip()


@pytest.mark.parametrize(
    ("family", "name", "identifier"),
    [
        ("optimizers", "RMSprop", "rmsprop"),
        ("losses", "SparseCategoricalCrossentropy", "sparse_categorical_crossentropy"),
        ("metrics", "CategoricalAccuracy", "categorical_accuracy"),
        ("initializers", "HeNormal", "he_normal"),
        ("initializers", "Constant", None),
        ("regularizers", "L1L2", "l1l2"),
        ("constraints", "MaxNorm", "max_norm"),
        ("callbacks", "ModelCheckpoint", None),
    ],
)
def test_identifiers(family: str, name: str, identifier: str | None) -> None:
    assert CATALOGUE[family][name]["identifier"] == identifier


def test_activations_and_datasets() -> None:
    assert {"relu", "softmax", "sigmoid", "linear", "tanh"} <= CATALOGUE["activations"].keys()
    assert {"mnist", "fashion_mnist", "cifar10", "cifar100"} <= set(CATALOGUE["datasets"])
