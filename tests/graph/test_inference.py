"""Inference: what an edit leaves untouched is not looked at again, and nothing is missed."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph.checks import drawing_problems
from graph.edits import CantApply, MoveNodes, SetParams, apply
from graph.inference import Report, infer, totals
from graph.project import Graph, Layer, Link, Node, Port, Project
from graph.shapes import TensorSpec
from tests.drawings import FAULTS, drawings
from tests.strategies import edits


def told(report: Report) -> dict[str, Any]:
    """Return what a report says, without how much work it was."""
    return dict(report.nodes)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.sampled_from([None, *FAULTS]).flatmap(drawings), st.data())
def test_step_by_step_is_as_all_at_once(drawing: Any, data: st.DataObject) -> None:
    project = drawing.project
    report = infer(project)
    for _ in range(8):
        edit = data.draw(edits(project))
        try:
            project, change = apply(project, edit)
        except CantApply:
            continue
        report = infer(project, report, change)
        whole = infer(project)
        assert told(report) == told(whole), edit
        assert drawing_problems(project, report) == drawing_problems(project, whole)


def chain(length: int) -> Project:
    """Return an Input with a row of Dense behind it."""
    layers = {"l0": Layer("Input", "visible", {"shape": (4,)})}
    nodes = {"n0": Node("l0", "visible")}
    links = {}
    for at in range(1, length):
        layers[f"l{at}"] = Layer("Dense", f"hidden{at}", {"units": 4})
        nodes[f"n{at}"] = Node(f"l{at}", f"hidden{at}")
        links[f"e{at}"] = Link(f"n{at - 1}", f"n{at}")
    return Project(Graph(layers, nodes, links, (Port(f"n{length - 1}"),)))


def judged(project: Project, report: Report, edit: Any) -> int:
    after, change = apply(project, edit)
    return infer(after, report, change).judged


def test_only_what_an_edit_can_change_is_judged() -> None:
    project = chain(100)
    report = infer(project)
    assert report.judged == 100
    assert judged(project, report, MoveNodes({"n5": (3.0, 4.0)})) == 0
    # another activation gives the same specs: one node, and the neighbour whose lints see it
    assert judged(project, report, SetParams("l50", {"use_bias": False})) == 1
    # another width stops at the next layer, which makes the old width of it again
    assert judged(project, report, SetParams("l50", {"units": 5})) == 2
    assert judged(project, report, SetParams("l0", {"dtype": "float16"})) == 2


def test_a_shared_layer_counts_once_and_is_judged_with_its_first_call() -> None:
    graph = Graph(
        {
            "in": Layer("Input", "visible", {"shape": (4,)}),
            "d": Layer("Dense", "hidden", {"units": 4}),
        },
        {"a": Node("in", "visible"), "b": Node("d", "b"), "c": Node("d", "c")},
        {"1": Link("a", "b"), "2": Link("b", "c")},
        (Port("c"),),
    )
    project = Project(graph)
    report = infer(project)
    assert totals(project, report).params == 20
    after, change = apply(project, SetParams("d", {"units": 5}))
    report = infer(after, report, change)
    (problem,) = [node.problem for node in report.nodes.values() if node.problem is not None]
    assert (problem.node, problem.kind) == ("c", "shared")
    assert "5" in problem.sentence
    assert "4" in problem.sentence


def test_a_node_behind_a_broken_one_waits() -> None:
    project, change = apply(chain(3), SetParams("l1", {"units": 0}))
    report = infer(project, None, change)
    assert report.nodes["n1"].problem is not None
    assert report.nodes["n2"] == report.nodes["n2"]._replace(made=None, problem=None)
    assert report.spec_of("n0") == TensorSpec((None, 4))


def test_two_circles_are_two_problems() -> None:
    layers = {key: Layer("Add", key) for key in "abcd"}
    nodes = {key: Node(key, key) for key in "abcd"}
    links = {"1": ("a", "b"), "2": ("b", "a"), "3": ("c", "d"), "4": ("d", "c"), "5": ("a", "c")}
    wires = {key: Link(*ends, slot=int(key)) for key, ends in links.items()}
    project = Project(Graph(layers, nodes, wires, (Port("d"),)))
    circles = [
        problem for problem in drawing_problems(project, infer(project)) if problem.kind == "cycle"
    ]
    assert [{problem.node, *problem.others} for problem in circles] == [{"a", "b"}, {"c", "d"}]
    assert "a → b" in circles[0].sentence
