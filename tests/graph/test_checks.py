"""The list of problems: what is told, once each, in order, and in words."""

from __future__ import annotations

import builtins
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph.checks import drawing_problems, problems, variable_fault
from graph.edits import Rename, RenameLayer, SetOutputs, apply
from graph.inference import infer
from graph.params import Named
from graph.problems import Problem, Severity
from graph.project import Port, Project
from tests.drawings import FAULTS, Drawing, drawings
from tests.graph.drawn import drawn

SOFTMAX = {"activation": Named("softmax")}
IMAGE = ("visible", "Input", {"shape": (28, 28, 1)}, ())
VECTOR = ("visible", "Input", {"shape": (20,)}, ())
OUTPUT = ("output", "Dense", {"units": 10, **SOFTMAX}, ("visible",))


def told(project: Project) -> tuple[Problem, ...]:
    return drawing_problems(project, infer(project))


def kinds(project: Project) -> list[str]:
    return [problem.kind for problem in told(project)]


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_told(fault: str) -> None:
    @settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))
    @given(drawings(fault))
    def each(drawing: Drawing) -> None:
        errors = [one for one in told(drawing.project) if one.severity is Severity.ERROR]
        assert fault in {error.kind for error in errors}
        for error in errors:
            assert error.sentence.endswith(".")
            assert "{" not in error.sentence
            assert "None" not in error.sentence

    each()


def test_a_sound_drawing_has_no_problem() -> None:
    assert told(drawn(VECTOR, OUTPUT)) == ()


def test_an_empty_drawing_says_how_to_begin() -> None:
    (problem,) = told(Project())
    assert problem.kind == "no input"
    assert "empty" in problem.sentence


def test_errors_come_first_and_in_the_order_of_the_code() -> None:
    project = drawn(
        IMAGE,
        ("wide", "Dense", {"units": 5}, ("visible",)),
        ("pool2", "MaxPooling2D", {"pool_size": (40, 2)}, ("visible",)),
        ("conv1", "Conv2D", {"filters": 4, "kernel_size": (30, 3)}, ("visible",)),
        outputs=("pool2", "conv1"),
    )
    found = told(project)
    assert [problem.kind for problem in found] == [
        *("window", "window"),
        *("map into dense", "dead branch"),
    ]
    assert [problem.node for problem in found[:2]] == ["pool2", "conv1"]
    assert "40" in found[0].sentence
    assert "28 × 28 × 1" in found[0].sentence


def test_names() -> None:
    project = drawn(VECTOR, ("hidden", "Dense", {"units": 3}, ("visible",)), OUTPUT)
    twice, _ = apply(project, Rename("hidden", "output"))
    (problem,) = [one for one in told(twice) if one.severity is Severity.ERROR]
    assert problem.kind == "doubled name"
    assert {problem.node, *problem.others} == {"hidden", "output"}
    layer, _ = apply(project, RenameLayer("layer hidden", "output"))
    assert kinds(layer) == ["doubled layer"]
    slash, _ = apply(project, RenameLayer("layer hidden", "a/b"))
    assert kinds(slash) == ["illegal layer name"]
    for name in ("for", "2nd", "my layer", "", "keras", "np", "print", "_x"):
        renamed, _ = apply(project, Rename("hidden", name))
        (problem,) = told(renamed)
        assert problem.kind == "illegal name"
        assert f"“{name}”" in problem.sentence


@given(st.text(max_size=50) | st.from_regex(r"[a-z_][a-z0-9_]*", fullmatch=True))
def test_a_name_without_fault_is_a_variable_that_hides_nothing(name: str) -> None:
    if variable_fault(name) is None:
        scope: dict[str, Any] = {}
        exec(f"{name} = 1", scope)  # noqa: S102 - what the program will do with it
        assert scope[name] == 1
        assert not hasattr(builtins, name)


def test_unused_inputs_and_dead_branches() -> None:
    project = drawn(
        VECTOR,
        ("spare", "Input", {"shape": (3,)}, ()),
        OUTPUT,
        ("a", "Dense", {"units": 3}, ("visible",)),
        ("b", "Dense", {"units": 3}, ("a",)),
        outputs=("output",),
    )
    found = {problem.kind: problem for problem in told(project)}
    assert found.keys() == {"unused input", "dead branch"}
    assert found["unused input"].node == "spare"
    assert found["dead branch"].node == "b"
    assert "2 nodes" in found["dead branch"].sentence
    returned, _ = apply(project, SetOutputs((Port("output"), Port("b"), Port("spare"))))
    assert told(returned) == ()


WARNED: dict[str, tuple[Any, ...]] = {
    "map into dense": (IMAGE, ("hidden", "Dense", {"units": 3}, ("visible",))),
    "one-unit softmax": (VECTOR, ("out", "Dense", {"units": 1, **SOFTMAX}, ("visible",))),
    "double softmax": (VECTOR, OUTPUT, ("again", "Softmax", {}, ("output",))),
    "data": (VECTOR, ("act", "Softmax", {"axis": 3}, ("visible",))),
    "varied apart": (
        IMAGE,
        ("other", "Input", {"shape": (28, 28, 1)}, ()),
        ("flip1", "RandomFlip", {}, ("visible",)),
        ("flip2", "RandomFlip", {"seed": 5}, ("other",)),
        ("merge", "Add", {}, ("flip1", "flip2")),
    ),
}


@pytest.mark.parametrize("kind", WARNED)
def test_what_keras_accepts_and_is_most_likely_wrong_is_a_warning(kind: str) -> None:
    (problem,) = told(drawn(*WARNED[kind]))
    assert (problem.kind, problem.severity) == (kind, Severity.WARNING)


def test_images_that_are_varied_alike_or_belong_together_are_fine() -> None:
    two = WARNED["varied apart"][:2]
    seeds = [{"seed": 5}, {"seed": 5}]
    flips = [
        (f"flip{n}", "RandomFlip", seed, (name,))
        for n, seed, name in zip((1, 2), seeds, ("visible", "other"), strict=True)
    ]
    merge = ("merge", "Add", {}, ("flip1", "flip2"))
    assert told(drawn(*two, *flips, merge)) == ()
    again = ("flip2", "RandomFlip", {}, ("visible",))
    assert told(drawn(IMAGE, ("flip1", "RandomFlip", {}, ("visible",)), again, merge)) == ()
    zoom = ("flip2", "RandomZoom", {"height_factor": 0.1}, ("other",))
    assert told(drawn(*two, flips[0], zoom, merge)) == ()


def test_softmax_of_several_units_and_sigmoid_of_one_are_fine() -> None:
    sigmoid = {"units": 1, "activation": Named("sigmoid")}
    assert told(drawn(VECTOR, ("out", "Dense", sigmoid, ("visible",)))) == ()
    twice = ("again", "Dense", {"units": 4, **SOFTMAX}, ("output",))
    assert told(drawn(VECTOR, OUTPUT, twice)) == ()


def test_the_whole_list_has_the_drawings_part_in_it() -> None:
    project = drawn(IMAGE, ("hidden", "Dense", {"units": 0}, ("visible",)))
    report = infer(project)
    whole = problems(project, report)
    assert set(drawing_problems(project, report)) <= set(whole)
    severities = [problem.severity for problem in whole]
    assert severities == sorted(severities, key=lambda one: one is Severity.WARNING)
