"""Every line knows its node, and every node its lines."""

from __future__ import annotations

import pytest

from codegen import emit
from graph.inference import infer
from graph.project import Graph, Layer, Link, Node, Port, Project
from graph.templates import load, templates


@pytest.mark.parametrize("name", [template.name for template in templates()])
def test_lines_and_nodes_agree(name: str) -> None:
    project = load(name)
    program = emit(project, infer(project))
    text = program.text.splitlines()
    model = program.sections["model"]
    for key, node in project.graph.nodes.items():
        lines = program.lines_of(key)
        called = [line for line in lines if text[line - 1].startswith(f"    {node.label} = ")]
        assert any(model.first <= line <= model.last for line in called)
        assert all(program.node_at(line) is not None for line in lines)
    for line in range(1, len(text) + 1):
        owner = program.node_at(line)
        assert owner is None or line in program.lines_of(owner)


def test_sections_follow_each_other_and_hold_their_functions() -> None:
    project = load("cnn")
    program = emit(project, infer(project))
    assert list(program.sections) == [
        "imports",
        "data",
        "model",
        "batches",
        "train",
        "evaluate",
        "main",
    ]
    text = program.text.splitlines()
    functions = {
        "data": "load_data",
        "model": "build_model",
        "evaluate": "evaluate",
        "main": "main",
    }
    last = 0
    for name, span in program.sections.items():
        assert last < span.first <= span.last
        last = span.last
        if name in functions:
            assert text[span.first - 1].startswith(f"def {functions[name]}(")
    assert text[program.sections["main"].last - 1].strip() == "return model, history, scores"


def test_made_once_called_twice() -> None:
    project = load("several-inputs")
    program = emit(project, infer(project))
    assert program.text.count("layers.Conv2D(") == 1
    labels = {node.label: key for key, node in project.graph.nodes.items()}
    first, second = (program.lines_of(labels[label]) for label in ("conv1", "conv2"))
    (made,) = set(first) & set(second) & set(_model_lines(program.sections["model"]))
    assert program.text.splitlines()[made - 1].startswith("    conv = layers.Conv2D(")


def test_nothing_wired_is_said_above_the_call_that_fails() -> None:
    layers = {"a": Layer("Input", "visible", {"shape": (4,)}), "b": Layer("Dense", "hidden1")}
    nodes = {"i1": Node("a", "visible"), "i2": Node("b", "hidden1")}
    project = Project(Graph(layers, nodes))
    program = emit(project, infer(project))
    remark, call = (program.text.splitlines()[line - 1] for line in program.lines_of("i2"))
    assert remark == "    # nothing is wired to hidden1 yet"
    assert call == '    hidden1 = layers.Dense(name="hidden1")()'


def test_a_circle_and_surplus_wires_are_said() -> None:
    layers = {
        "a": Layer("Input", "visible", {"shape": (4,)}),
        "b": Layer("Dense", "one", {"units": 4}),
        "c": Layer("Dense", "two", {"units": 4}),
    }
    nodes = {"i1": Node("a", "visible"), "i2": Node("b", "one"), "i3": Node("c", "two")}
    links = {"w1": Link("i2", "i3"), "w2": Link("i3", "i2"), "w3": Link("i1", "i3", 0)}
    project = Project(Graph(layers, nodes, links, (Port("i3"),)))
    text = emit(project, infer(project)).text
    assert "# one needs two: the wires form a circle" in text
    assert "# more is wired to two than it takes" in text


def _model_lines(span: tuple[int, int]) -> range:
    return range(span[0], span[1] + 1)
