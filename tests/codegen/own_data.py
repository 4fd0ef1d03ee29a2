"""Own data of each source, small networks on them, and a process that runs their programs."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import black
import msgspec
import numpy as np
from PIL import Image

from codegen import emit
from codegen.source import WIDTH
from graph.binding import binding_problems
from graph.inference import infer
from graph.params import Named
from graph.problems import Severity
from graph.project import Data, Graph, Layer, Link, Node, Port, Project, Training

if TYPE_CHECKING:
    from pathlib import Path


def network(shapes: dict[str, tuple[int, ...]], units: int, activation: str) -> Project:
    """Inputs that are flattened, put side by side and go through one Dense layer."""
    layers = {name: Layer("Input", name, {"shape": shape}) for name, shape in shapes.items()}
    layers |= {f"flat_{name}": Layer("Flatten", f"flat_{name}") for name in shapes}
    links = {f"w_{name}": Link(name, f"flat_{name}") for name in shapes}
    last = f"flat_{next(iter(shapes))}"
    if len(shapes) > 1:
        layers["merge"] = Layer("Concatenate", "merge")
        links |= {f"m_{name}": Link(f"flat_{name}", "merge", at) for at, name in enumerate(shapes)}
        last = "merge"
    settings = {"units": units, "activation": Named(activation)}
    layers["output"] = Layer("Dense", "output", settings)
    links["out"] = Link(last, "output")
    nodes = {key: Node(key, key) for key in layers}
    return Project(Graph(layers, nodes, links, (Port("output"),)), Data(), Training(epochs=1))


def on(project: Project, data: Data, **plan: Any) -> Project:
    training = msgspec.structs.replace(project.training, **plan)
    return msgspec.structs.replace(project, data=data, training=training)


def text_of(project: Project) -> str:
    """Return the program, once it is known to be as black leaves it and without problems."""
    report = infer(project)
    problems = binding_problems(project, report)
    assert [one.sentence for one in problems if one.severity is Severity.ERROR] == []
    text = emit(project, report).text
    assert black.format_str(text, mode=black.Mode(line_length=WIDTH)) == text
    return text


def photos(folder: Path, *, parts: bool = False) -> Path:
    """A folder of colour images of two sizes in two classes; `parts`: below train and test."""
    made = folder / "photos"
    for number in range(40):
        name = ("boot", "bag")[number % 2]
        part = (("train", "test")[number > 29],) if parts else ()
        place = made.joinpath(*part, name)
        place.mkdir(parents=True, exist_ok=True)
        size = (12, 9) if number % 5 else (24, 18)
        colour = (200, 10, 10) if number % 2 else (10, 10, 200)
        Image.new("RGB", size, colour).save(place / f"p{number:02}.png")
    return made


def pairs(folder: Path) -> tuple[Path, Path]:
    """Two folders of images with the same names, in folders of parts and classes."""
    for name, shade in (("left", 50), ("right", 150)):
        for number in range(40):
            part = ("Train", "Val", "Test")[max(0, number - 27) // 6]
            place = folder / name / part / ("cat", "dog")[number % 2]
            place.mkdir(parents=True, exist_ok=True)
            Image.new("L", (6, 5), shade + number).save(place / f"p{number:02}.png")
    return folder / "left", folder / "right"


def archive(folder: Path) -> Path:
    """An archive without a test part, whose labels lie in their order and are one too few."""
    made = folder / "mine.npz"
    rng = np.random.default_rng(0)
    np.savez(made, x=rng.normal(size=(61, 4)), y=np.arange(60) // 20)
    return made


def two_tables(folder: Path, key: str = "") -> tuple[Path, Path]:
    """Two tables whose numbers say which rows belong together: b is a + 1000.

    Without a `key` a row of the first has a cell too few; with one the second is turned round.
    """
    rows = [(at + 0.5, at + 1000.5, ("x", "y")[at % 2]) for at in range(40)]
    first = [f"{at},{a},{kind}" if key else f"{a},{kind}" for at, (a, _, kind) in enumerate(rows)]
    second = [f"{at},{b}" if key else str(b) for at, (_, b, _) in enumerate(rows)]
    if key:
        second.reverse()
    else:
        first[5] = "5.5"
    comma = f"{key}," if key else ""
    made = folder / "first.csv", folder / "second.csv"
    made[0].write_text("\n".join([f"{comma}a,kind", *first]), encoding="utf-8")
    made[1].write_text("\n".join([f"{comma}b", *second]), encoding="utf-8")
    return made


def table(folder: Path) -> Path:
    rng = np.random.default_rng(0)
    made = folder / "houses.csv"
    lines = ["id,area,rooms,price,kind,split"]
    for number in range(40):
        area = rng.uniform(20, 200)
        kind = ("flat", "house")[area > 100]
        part = "test" if number % 4 == 0 else "train"
        lines.append(f"p{number:02},{area:.2f},{number % 3},{area * 3:.1f},{kind},{part}")
    made.write_text("\n".join(lines), encoding="utf-8")
    return made


def arrays(folder: Path) -> Path:
    made = folder / "signals"
    made.mkdir()
    rng = np.random.default_rng(0)
    np.save(made / "x.npy", rng.normal(size=(50, 30)).astype("float32"))
    np.save(made / "y.npy", np.arange(48) % 3)
    return made


def gaps(folder: Path) -> Path:
    """A table that lacks a number in two rows, and in others what no Input takes."""
    made = folder / "gaps.csv"
    rng = np.random.default_rng(0)
    lines = ["size,note,kind"]
    for number in range(60):
        size = "" if number in {3, 8} else f"{rng.uniform():.3f}"
        note = "none" if number in {5, 9, 11} else f"{number / 7:.3f}"
        lines.append(f"{size},{note},{'abc'[number % 7 % 3]}")
    made.write_text("\n".join(lines), encoding="utf-8")
    return made


def run(script: str, folder: Path) -> None:
    env = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3", "KERAS_BACKEND": "tensorflow"}
    done = subprocess.run(
        [sys.executable, "-"],
        input=script,
        cwd=folder,
        env=env,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
