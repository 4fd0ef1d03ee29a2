"""Repairs of what doesn't fit between the drawing and its data, and of wires."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from graph.checks import problems
from graph.edits import MoveNodes, apply
from graph.inference import infer
from graph.params import Named
from graph.project import Data, Goal, Project, Training
from graph.repairs import Repair, repairs
from tests.graph.drawn import Row, drawn

SOFTMAX = Named("softmax")
IMAGE: Row = ("visible", "Input", {"shape": (28, 28, 1)}, ())
CONV: Row = ("conv1", "Conv2D", {"filters": 4, "kernel_size": (3, 3)}, ("visible",))
FLAT: Row = ("flat1", "Flatten", {}, ("conv1",))


def dense(units: int, activation: Named | None = SOFTMAX, source: str = "flat1") -> Row:
    return ("output", "Dense", {"units": units, "activation": activation}, (source,))


def on_digits(*rows: Row, **goal: Any) -> Project:
    project = msgspec.structs.replace(drawn(*rows), data=Data("mnist"))
    if goal:
        goals = {f"{rows[-1][0]}:0": Goal(**goal)}
        project = msgspec.structs.replace(project, training=Training(goals=goals))
    return project


def offered(project: Project, kind: str) -> dict[str, Repair]:
    report = infer(project)
    (problem,) = [one for one in problems(project, report) if one.kind == kind]
    return {repair.label: repair for repair in repairs(project, report, problem)}


@pytest.mark.parametrize(
    ("project", "kind", "label", "preview"),
    [
        (
            on_digits(("visible", "Input", {"shape": (32, 32, 1)}, ()), CONV, FLAT, dense(10)),
            "data shape",
            "Set the shape of visible to 28 × 28 × 1",
            "visible → 28 × 28 × 1",
        ),
        (
            on_digits(IMAGE, CONV, FLAT, dense(7)),
            "units",
            "Set units of output to 10",
            "output → 10",
        ),
        (
            on_digits(IMAGE, CONV, FLAT, dense(1)),
            "one-unit softmax",
            "Set units of output to 10",
            "output → 10",
        ),
        (
            on_digits(IMAGE, CONV, FLAT, dense(10, None)),
            "loss and activation",
            "Set activation of output to softmax",
            "output → 10",
        ),
        (
            on_digits(IMAGE, CONV),
            "output rank",
            "Add Flatten and Dense (10, softmax) behind conv1",
            "hidden1 → 10",
        ),
        (
            on_digits(IMAGE, CONV, FLAT, dense(10), loss="categorical_crossentropie"),
            "loss",
            "Choose the loss of output automatically",
            "output → 10",
        ),
    ],
)
def test_what_does_not_fit_the_data_has_a_repair(
    project: Project, kind: str, label: str, preview: str
) -> None:
    found = offered(project, kind)
    assert label in found
    assert found[label].preview == preview
    after, _ = apply(project, found[label].edit)
    assert problems(after, infer(after)) == ()


def test_the_wire_that_closed_a_circle_is_offered_first() -> None:
    project = drawn(
        IMAGE,
        ("a", "Add", {}, ("visible", "c")),
        ("b", "Activation", {"activation": Named("relu")}, ("a",)),
        ("c", "Activation", {"activation": Named("relu")}, ("b",)),
    )
    graph = project.graph  # the wire from c was drawn last
    last = next(key for key, link in graph.links.items() if link.source == "c")
    links = {
        **{key: link for key, link in graph.links.items() if key != last},
        "i9": graph.links[last],
    }
    project = msgspec.structs.replace(project, graph=msgspec.structs.replace(graph, links=links))
    assert next(iter(offered(project, "cycle"))) == "Take the wire from c to a out"


def test_a_circle_that_took_the_place_of_the_only_wire_can_be_opened() -> None:
    relu = {"activation": Named("relu")}
    project = drawn(IMAGE, ("a", "Activation", relu, ("b",)), ("b", "Activation", relu, ("a",)))
    found = offered(project, "cycle")
    assert next(iter(found)) == "Take the wire from a to b out"
    for repair in found.values():
        after, _ = apply(project, repair.edit)
        assert "cycle" not in {one.kind for one in problems(after, infer(after))}


def test_a_node_without_a_wire_is_offered_the_nearest_before_it() -> None:
    project = drawn(IMAGE, CONV, FLAT, dense(10), ("pool1", "MaxPooling2D", {}, ()))
    places = {"visible": (0.0, 0.0), "conv1": (200.0, 0.0), "flat1": (400.0, 0.0)}
    project, _ = apply(project, MoveNodes({**places, "pool1": (420.0, 90.0)}))
    labels = list(offered(project, "missing input"))
    # a vector can't be pooled: the convolution is the nearest that can
    assert labels[:2] == ["Draw a wire from conv1", "Draw a wire from visible"]
    assert "Draw a wire from flat1" not in labels
