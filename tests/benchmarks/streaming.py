"""Peak memory of training on 20 GB that lie on no disk, a process of its own each time.

A folder of images has 220,000 names in ten class folders, and only 50 files of 100 KB behind them
(hard links), so that 20 GB are read and decoded and 5 MB lie on the disk. An array of 20 GB is a
file of holes, which read as zeros.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import msgspec
import numpy as np
from PIL import Image

from codegen import emit
from graph.inference import infer
from graph.params import Named
from graph.project import Data, Graph, Layer, Link, Node, Port, Project, Training
from tests.benchmarks.harness import Goal, Result, Row, median
from tests.benchmarks.processes import run as run_child

_NAMES, _FILES, _CLASSES = 220_000, 50, 10
_QUICK_NAMES = 400
_ROWS = 1_700_000
_SIZE = (375, 500)  # height and width, as photos in collections often have
_BYTES = 100_000


def run(*, quick: bool) -> Result:
    """Measure one training of one epoch on each."""
    names = _QUICK_NAMES if quick else _NAMES
    images = 4 * _QUICK_NAMES if quick else _ROWS
    with tempfile.TemporaryDirectory(prefix="streaming-") as made:
        home = Path(made)
        whole = folder_of_images(home / "photos", names)
        found = _trained(home, "photos")
        size = array_of(home / "arrays", images)
        of_array = _trained(home, "arrays")
    rows: list[Row] = [
        median("peak memory", [found["peak"] / 1e6], "MB", Goal(1500)),
        median("of it TensorFlow and Keras", [found["before"] / 1e6], "MB"),
        median("listing the images", [found["listing"]], "s"),
        median("images read, decoded, sized and trained on", [found["rate"]], "images/s"),
        median("one array: peak memory", [of_array["peak"] / 1e6], "MB", Goal(1500)),
        median("one array: images read and trained on", [of_array["rate"]], "images/s"),
    ]
    return Result(
        f"Training on {whole / 1e9:.1f} GB of images that stay in their files",
        rows,
        [
            (
                f"{names:,} JPEG images of 500 × 375 pixels in ten classes (hard links to "
                f"{_FILES} files), sized to 64 × 64, batches of 128, one epoch of a small network."
            ),
            (
                f"One array: {images:,} images of 64 × 64 pixels, {size / 1e9:.1f} GB, in a file "
                "of holes; the same network and batches."
            ),
        ],
    )


def _trained(home: Path, data: str) -> dict[str, float]:
    """Train in a process of its own on data in a folder, and return what was measured."""
    program = home / f"{data}.py"
    project = _project(home / data)
    program.write_text(emit(project, infer(project)).text, encoding="utf-8")
    return run_child("stream_folder", str(program), str(home), folder=home)


def array_of(folder: Path, rows: int) -> int:
    """Make a folder with an array of so many images, and labels; return the array's bytes."""
    folder.mkdir()
    made = np.lib.format.open_memmap(folder / "x.npy", "w+", "uint8", (rows, 64, 64, 3))
    np.save(folder / "y.npy", np.arange(rows) % _CLASSES)
    return int(made.nbytes)


def folder_of_images(folder: Path, names: int) -> int:
    """Make a folder of class folders with so many names; return the bytes that reading takes."""
    files = [_photo(folder.parent / f"photo{number}.jpg", number) for number in range(_FILES)]
    for number in range(_CLASSES):
        (folder / f"class{number}").mkdir(parents=True, exist_ok=True)
    whole = 0
    for number in range(names):
        source = files[number % _FILES]
        os.link(source, folder / f"class{number % _CLASSES}" / f"{number:06}.jpg")
        whole += source.stat().st_size
    return whole


def _photo(path: Path, seed: int) -> Path:
    """Write a JPEG image of about 100 KB: soft noise, as natural images are soft."""
    rng = np.random.default_rng(seed)
    height, width = _SIZE
    coarse = rng.integers(0, 256, (height // 3, width // 3, 3), dtype="uint8")
    image = Image.fromarray(coarse).resize((width, height), Image.Resampling.BICUBIC)
    for quality in range(95, 20, -5):
        image.save(path, quality=quality)
        if path.stat().st_size <= 1.1 * _BYTES:
            break
    return path


def _project(folder: Path) -> Project:
    relu = Named("relu")
    conv = {"filters": 8, "kernel_size": (3, 3), "strides": (4, 4), "activation": relu}
    layers = {
        "visible": Layer("Input", "visible", {"shape": (64, 64, 3)}),
        "conv": Layer("Conv2D", "conv1", conv),
        "flat": Layer("Flatten", "flat1"),
        "output": Layer("Dense", "output", {"units": _CLASSES, "activation": Named("softmax")}),
    }
    nodes = {key: Node(key, layer.name) for key, layer in layers.items()}
    order = list(layers)
    links = {f"w{at}": Link(order[at], order[at + 1]) for at in range(len(order) - 1)}
    graph = Graph(layers, nodes, links, (Port("output"),))
    plan = Training(epochs=1, validation="none")
    data = msgspec.structs.replace(Data(str(folder)), test_split=0.01)
    return Project(graph, data, plan, "streaming")
