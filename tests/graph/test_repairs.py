"""Repairs: each is tried before it is offered, and does what its preview says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings

from graph.checks import drawing_problems
from graph.edits import apply
from graph.inference import infer
from graph.params import Named
from graph.problems import Severity
from graph.repairs import Repair, repairs
from tests.drawings import FAULTS, Drawing, drawings
from tests.graph.drawn import drawn
from tests.graph.test_checks import WARNED

if TYPE_CHECKING:
    from graph.project import Project

IMAGE = ("visible", "Input", {"shape": (64, 64, 1)}, ())


def offered(project: Project, kind: str) -> dict[str, Repair]:
    """Return the repairs of the only problem of a kind, by label."""
    report = infer(project)
    (problem,) = [one for one in drawing_problems(project, report) if one.kind == kind]
    return {repair.label: repair for repair in repairs(project, report, problem)}


def left(project: Project) -> list[str]:
    return [problem.kind for problem in drawing_problems(project, infer(project))]


@pytest.mark.parametrize("fault", FAULTS)
def test_every_kind_of_fault_has_a_repair_and_each_makes_it_vanish(fault: str) -> None:
    offers: list[bool] = []

    @settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))
    @given(drawings(fault))
    def each(drawing: Drawing) -> None:
        project = drawing.project
        report = infer(project)
        before = drawing_problems(project, report)
        for problem in before:
            found = repairs(project, report, problem)
            offers.append(bool(found) and problem.kind == fault)
            for repair in found:
                after, change = apply(project, repair.edit)
                again = drawing_problems(after, infer(after))
                assert again == drawing_problems(after, infer(after, report, change))
                assert (problem.kind, problem.node) not in {(one.kind, one.node) for one in again}
                assert repair.label
                assert repair.preview

    each()
    # a drawing in which mending one fault would show the next one may have none
    assert any(offers)


def test_a_missing_flatten_before_a_merge() -> None:
    conv = {"filters": 32, "activation": Named("relu")}
    project = drawn(
        IMAGE,
        ("conv1", "Conv2D", {**conv, "kernel_size": (4, 4)}, ("visible",)),
        ("pool1", "MaxPooling2D", {}, ("conv1",)),
        ("flat1", "Flatten", {}, ("pool1",)),
        ("conv2", "Conv2D", {**conv, "kernel_size": (8, 8), "filters": 16}, ("visible",)),
        ("pool2", "MaxPooling2D", {}, ("conv2",)),
        ("merge", "Concatenate", {}, ("flat1", "pool2")),
    )
    repair = offered(project, "rank")["Insert Flatten before merge"]
    assert repair.preview == "merge → 41,344"
    after, _ = apply(project, repair.edit)
    assert left(after) == []
    assert "Insert GlobalAveragePooling2D before merge" in offered(project, "rank")


def test_a_window_larger_than_its_input() -> None:
    project = drawn(
        ("visible", "Input", {"shape": (2, 7, 3)}, ()),
        ("pool", "MaxPooling2D", {"pool_size": (3, 3)}, ("visible",)),
    )
    found = offered(project, "window")
    assert found["Set padding “same” on pool"].preview == "pool → 1 × 3 × 3"
    assert found["Set pool_size of pool to 2 × 3"].preview == "pool → 1 × 2 × 3"


def test_branches_of_unequal_size() -> None:
    project = drawn(
        IMAGE,
        ("conv1", "Conv2D", {"filters": 8, "kernel_size": (3, 3)}, ("visible",)),
        ("conv2", "Conv2D", {"filters": 8, "kernel_size": (6, 5)}, ("visible",)),
        ("merge", "Add", {}, ("conv1", "conv2")),
    )
    found = offered(project, "sizes")
    assert found["Set padding “same” on conv1, conv2"].preview == "merge → 64 × 64 × 8"
    assert found["Cropping2D: bring conv1 to 59 × 60"].preview == "merge → 59 × 60 × 8"
    assert found["ZeroPadding2D: bring conv2 to 62 × 62"].preview == "merge → 62 × 62 × 8"
    assert found["Resizing: bring conv2 to 62 × 62"].preview == "merge → 62 × 62 × 8"


def test_a_residual_connection_with_other_channels() -> None:
    project = drawn(
        ("visible", "Input", {"shape": (8, 8, 4)}, ()),
        ("conv", "Conv2D", {"filters": 6, "kernel_size": (3, 3), "padding": "same"}, ("visible",)),
        ("merge", "Add", {}, ("conv", "visible")),
    )
    label = "Insert Conv2D to get 6 channels by a window of 1 × 1"
    assert offered(project, "sizes")[label].preview == "merge → 8 × 8 × 6"


def test_a_reshape_that_does_not_divide() -> None:
    project = drawn(
        ("visible", "Input", {"shape": (12,)}, ()),
        ("map", "Reshape", {"target_shape": (5, 4, 1)}, ("visible",)),
    )
    found = offered(project, "reshape")
    assert found["Set target_shape of map to 3 × 4 × 1"].preview == "map → 3 × 4 × 1"


def test_a_vector_where_a_map_is_needed() -> None:
    project = drawn(
        ("visible", "Input", {"shape": (784,)}, ()),
        ("conv", "Conv2D", {"filters": 8, "kernel_size": (3, 3)}, ("visible",)),
    )
    assert offered(project, "rank")["Insert Reshape to 28 × 28 × 1"].preview == "conv → 26 × 26 × 8"


@pytest.mark.parametrize("kind", WARNED)
def test_warnings_have_repairs_too(kind: str) -> None:
    project = drawn(*WARNED[kind])
    found = offered(project, kind)
    assert found
    for repair in found.values():
        after, _ = apply(project, repair.edit)
        assert kind not in left(after)


def test_a_repair_that_would_break_another_node_is_not_offered() -> None:
    project = drawn(
        ("visible", "Input", {"shape": (8, 8, 3)}, ()),
        ("hidden", "Dense", {"units": 4}, ("visible",)),
        ("conv", "Conv2D", {"filters": 2, "kernel_size": (3, 3)}, ("hidden",)),
    )
    assert offered(project, "map into dense") == {}


def test_a_name_is_mended_for_the_variable_and_its_layer() -> None:
    project = drawn(
        ("visible", "Input", {"shape": (8,)}, ()),
        ("my layer", "Dense", {"units": 4}, ("visible",)),
    )
    (repair,) = offered(project, "illegal name").values()
    assert repair.preview == "my layer → my_layer"
    after, _ = apply(project, repair.edit)
    assert after.graph.layer_of("my layer").name == "my_layer"
    errors = drawing_problems(after, infer(after))
    assert not [one for one in errors if one.severity is Severity.ERROR]
