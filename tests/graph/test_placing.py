"""Places of new nodes: never on a node that is there."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

from graph import fragment, placing
from graph.checks import drawing_problems
from graph.edits import MoveNodes, apply
from graph.inference import infer
from graph.repairs import repairs
from tests.graph.drawn import drawn

if TYPE_CHECKING:
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
