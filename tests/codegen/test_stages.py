"""The section that keeps every step of a sample: it defines what it says, for each template."""

from __future__ import annotations

import ast

import pytest

from codegen import emit_stages
from graph.binding import bind
from graph.inference import infer
from graph.templates import load, templates


@pytest.mark.parametrize("name", [template.name for template in templates()])
def test_the_section_of_each_template_has_a_value_for_each_stage(name: str) -> None:
    project = load(name)
    report = infer(project)
    staging = emit_stages(project, report)
    tree = ast.parse(staging.section)
    functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    assert {"load_data", "prepare", "sample_rows"} <= functions.keys()
    last = functions["prepare"].body[-1]
    assert isinstance(last, ast.Return)
    assert isinstance(last.value, ast.Tuple)
    inputs, values = last.value.elts
    assert isinstance(inputs, ast.Tuple)
    assert not inputs.elts
    assert isinstance(values, ast.Tuple)
    assert len(values.elts) == len(staging.stages)
    bound = bind(project, report)
    steps = sum(len(one.steps or ()) + 1 for one in (*bound.inputs, *bound.outputs))
    assert len(staging.stages) == steps
