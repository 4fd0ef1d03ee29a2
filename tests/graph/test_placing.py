"""Places of new nodes: never on a node that is there."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

from msgspec.structs import replace
from PIL import Image

from graph import fragment, placing
from graph.checks import drawing_problems
from graph.datasets import SAMPLE
from graph.edits import MoveNodes, apply
from graph.inference import infer
from graph.project import Data
from graph.repairs import repairs
from tests.graph.drawn import drawn

if TYPE_CHECKING:
    from pathlib import Path

    from graph.project import Project


def row() -> Project:
    """Three layers in a row, and one below the last."""
    project = drawn(
        ("visible", "Input", {"shape": (28, 28, 1)}, ()),
        ("conv1", "Conv2D", {"filters": 8, "kernel_size": (3, 3)}, ("visible",)),
        ("pool1", "MaxPooling2D", {}, ("conv1",)),
        ("pool2", "MaxPooling2D", {}, ("visible",)),
        ("merge", "Concatenate", {}, ("pool1", "pool2")),
    )
    places = {
        "visible": (0.0, 0.0), "conv1": (200.0, 0.0), "pool1": (400.0, 0.0),
        "pool2": (400.0, 120.0), "merge": (600.0, 60.0),
    }  # fmt: skip
    return apply(project, MoveNodes(places))[0]


def covered(project: Project) -> list[tuple[str, str]]:
    """Return the pairs of nodes of the usual size that cover each other."""
    width, height = placing.WIDTH, placing.HEIGHT
    return [
        (one.label, other.label)
        for one, other in combinations(project.graph.nodes.values(), 2)
        if abs(one.x - other.x) < width and abs(one.y - other.y) < height
    ]


def test_a_free_place_stays_and_a_taken_one_goes_down() -> None:
    graph = row().graph
    assert placing.free_place(graph, 0.0, 400.0) == (0.0, 400.0)
    assert placing.free_place(graph, 200.0, 10.0) == (200.0, 120.0)
    assert placing.free_place(graph, 410.0, 20.0) == (410.0, 240.0)


def test_calls_and_pastes_cover_nothing() -> None:
    project = row()
    for _ in range(4):
        edit, _key = placing.share(project, "pool1", 400.0, 128.0)
        project, _ = apply(project, edit)
    text = fragment.cut_out(project, ["conv1", "pool1", "pool2"])
    for _ in range(3):
        pasted, _keys = fragment.paste(project, text)
        project, _ = apply(project, pasted)
    assert covered(project) == []


def test_repairs_that_insert_layers_cover_nothing() -> None:
    project = row()
    report = infer(project)
    (problem,) = drawing_problems(project, report)
    offered = repairs(project, report, problem)
    assert len(offered) >= 3
    for repair in offered:
        after, _ = apply(project, repair.edit)
        assert covered(after) == [], repair.label


def test_a_new_input_takes_the_shape_of_the_next_column(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / "images").mkdir(exist_ok=True)
        Image.new("L", (32, 24)).save(tmp_path / "images" / f"{name}.png")
    table = tmp_path / "t.csv"
    lines = [f"{'ab'[n % 2]}.png,{n / 7},{n / 3},{'xy'[n % 2]}" for n in range(30)]
    table.write_text("\n".join(("file,area,price,kind", *lines)), encoding="utf-8")
    project = replace(drawn(), data=Data(str(table)))
    shapes = []
    for _ in range(3):
        added, key = placing.new_node(project, "Input", 0.0, 0.0)
        project, _ = apply(project, added)
        shapes.append(project.graph.layer_of(key).params["shape"])
    assert shapes == [(24, 32, 1), (2,), (28, 28, 1)]  # the last one finds none left
    for source, shape in (("cifar10", (32, 32, 3)), ("", (28, 28, 1)), (SAMPLE, (28, 28, 1))):
        added, _ = placing.new_node(replace(drawn(), data=Data(source)), "Input", 0.0, 0.0)
        assert added.layer is not None
        assert added.layer.params["shape"] == shape
