"""The summary table in plain text."""

from __future__ import annotations

from graph import edits, placing
from graph.inference import infer
from graph.project import Project
from graph.summary import HEADINGS, rows, text


def shared() -> Project:
    project = Project(name="twice")
    keys = []
    for kind in ("Input", "Dense"):
        edit, key = placing.new_node(project, kind, 0, 0)
        project, _ = edits.apply(project, edit)
        keys.append(key)
    layer = project.graph.nodes[keys[0]].layer
    project, _ = edits.apply(project, edits.SetParams(layer, {"shape": (8,)}))
    layer = project.graph.nodes[keys[1]].layer
    project, _ = edits.apply(project, edits.SetParams(layer, {"units": 8}))
    project, _ = edits.apply(project, edits.RenameLayer(layer, "features"))
    edit, again = placing.share(project, keys[1], 0, 0)
    project, _ = edits.apply(project, edit)
    for source, target in ((keys[0], keys[1]), (keys[1], again)):
        project, _ = edits.apply(project, placing.connect(project, source, target))
    return project


def test_a_shared_layers_parameters_stand_at_its_first_call() -> None:
    project = shared()
    found = rows(project, infer(project))
    assert [row.params for row in found] == [0, 72, 0]
    assert [row.multiply_adds for row in found] == [0, 64, 64]
    assert found[1].texts()[1] == "Dense “features”"
    assert found[2].sources == (found[1].label,)


def test_the_text_is_a_table_with_totals() -> None:
    project = shared()
    lines = text(project, infer(project)).splitlines()
    assert lines[0] == "Model: twice"
    assert lines[2].split() == " ".join(HEADINGS).split()
    assert lines[-1] == "72 parameters · 128 multiply-adds a sample"
    places = {line.index("8 ") for line in lines[4:7]}
    assert len(places) == 1


def test_what_is_not_known_is_a_question_mark() -> None:
    edit, _ = placing.new_node(Project(), "Flatten", 0, 0)
    project, _ = edits.apply(Project(), edit)
    (row,) = rows(project, infer(project))
    assert (row.shape, row.params, row.multiply_adds) == ("?", None, None)
    assert row.texts()[2:5] == ("?", "?", "?")
