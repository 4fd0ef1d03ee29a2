"""Edits make new values, touch nothing else, and say what they changed."""

from __future__ import annotations

import pytest

from codegen import emit
from graph import edits, fragment, projectfile
from graph.arrange import arranged
from graph.binding import inputs_of
from graph.change import Change
from graph.inference import infer
from graph.placing import connect, fresh_label, insert_on_link, new_node, share
from graph.project import Port, Project
from graph.topology import wiring


def draw(*kinds: str) -> tuple[Project, list[str]]:
    """Return a chain of these layers, and its nodes."""
    project, keys = Project(), []
    for at, kind in enumerate(kinds):
        add, key = new_node(project, kind, at * 240, 0)
        project, _ = edits.apply(project, add)
        if keys:
            project, _ = edits.apply(project, connect(project, keys[-1], key))
        keys.append(key)
    return project, keys


def test_a_new_sink_joins_the_outputs_and_leaves_them_when_it_is_used() -> None:
    project, (_, first, second) = draw("Input", "Dense", "Dense")
    assert project.graph.outputs == (Port(second),)
    (wire,) = wiring(project.graph).into[second]
    project, change = edits.apply(project, edits.Disconnect((wire,)))
    assert set(project.graph.outputs) == {Port(first), Port(second)}
    assert change.outputs
    assert change.rewired == {second}


def test_a_sink_that_was_taken_out_stays_out() -> None:
    project, (_, first, second) = draw("Input", "Dense", "Dense")
    project, _ = edits.apply(project, edits.SetOutputs(()))
    add, _ = new_node(project, "Dense", 0, 200)
    project, _ = edits.apply(project, add)
    assert Port(second) not in project.graph.outputs
    assert first not in {port.node for port in project.graph.outputs}


def test_a_used_node_that_was_put_in_stays_in() -> None:
    project, (_, code, out) = draw("Input", "Dense", "Dense")
    project, _ = edits.apply(project, edits.SetOutputs((Port(out), Port(code))))
    add, other = new_node(project, "Dense", 0, 200)
    project, _ = edits.apply(project, add)
    project, _ = edits.apply(project, connect(project, code, other))
    assert project.graph.outputs == (Port(out), Port(code), Port(other))


def test_the_last_call_takes_its_layer_along() -> None:
    project, (_, first) = draw("Input", "Dense")
    layer = project.graph.nodes[first].layer
    again, twin = share(project, first, 0, 100)
    project, _ = edits.apply(project, again)
    project, _ = edits.apply(project, edits.RemoveNodes((first,)))
    assert layer in project.graph.layers
    project, _ = edits.apply(project, edits.RemoveNodes((twin,)))
    assert layer not in project.graph.layers


def test_a_wire_to_an_occupied_slot_replaces_the_one_there() -> None:
    project, (source, first, second) = draw("Input", "Dense", "Dense")
    project, _ = edits.apply(project, connect(project, source, second, 0))
    (wire,) = wiring(project.graph).into[second]
    assert project.graph.links[wire].source == source
    assert Port(first) in project.graph.outputs


def test_moving_says_moved_and_nothing_else() -> None:
    project, (_, first) = draw("Input", "Dense")
    after, change = edits.apply(project, edits.MoveNodes({first: (5, 6)}))
    assert change == Change(moved=frozenset({first}))
    assert not change.structure
    assert wiring(after.graph) is wiring(project.graph)


def test_renaming_a_shared_call_keeps_the_layers_name() -> None:
    project, (_, first) = draw("Input", "Dense")
    project, _ = edits.apply(project, edits.Rename(first, "a"))
    assert project.graph.layer_of(first).name == "a"
    again, twin = share(project, first, 0, 100)
    project, _ = edits.apply(project, again)
    project, _ = edits.apply(project, edits.Rename(twin, "b"))
    assert project.graph.layer_of(twin).name == "a"


def test_inputs_can_be_taken_in_another_order() -> None:
    project, (first, _) = draw("Input", "Dense")
    add, second = new_node(project, "Input", 0, 200)
    project, _ = edits.apply(project, add)
    after, change = edits.apply(project, edits.OrderSources((second, first)))
    assert inputs_of(after.graph) == (second, first)
    assert change == Change(order=True)
    assert change.structure
    again = projectfile.loads(projectfile.dumps(after))
    assert inputs_of(again.graph) == (second, first)
    text = emit(after, infer(after)).text
    assert "inputs=[visible2, visible]" in text
    with pytest.raises(edits.CantApply, match="each once"):
        edits.apply(project, edits.OrderSources((second,)))


def test_names_follow_the_habit() -> None:
    project, keys = draw("Input", "Dense", "Dense", "Input")
    labels = [project.graph.nodes[key].label for key in keys]
    assert labels == ["visible", "hidden1", "hidden2", "visible2"]
    assert fresh_label(project.graph, "conv") == "conv1"


def test_inserting_on_a_wire_keeps_both_ends() -> None:
    project, (source, first) = draw("Input", "Dense")
    (wire,) = project.graph.links
    edit, middle = insert_on_link(project, wire, "Dense", 0, 0)
    project, _ = edits.apply(project, edit)
    ends = {(link.source, link.target) for link in project.graph.links.values()}
    assert ends == {(source, middle), (middle, first)}
    assert project.graph.outputs == (Port(first),)


def test_pasted_calls_of_one_layer_still_share_it() -> None:
    project, (source, first) = draw("Input", "Dense")
    again, twin = share(project, first, 0, 100)
    project, _ = edits.apply(project, again)
    project, _ = edits.apply(project, connect(project, source, twin))
    text = fragment.cut_out(project, {source, first, twin})
    edit, keys = fragment.paste(project, text)
    project, _ = edits.apply(project, edit)
    graph = project.graph
    assert len(keys) == 3
    assert graph.nodes[keys[1]].layer == graph.nodes[keys[2]].layer != graph.nodes[first].layer
    labels = [node.label for node in graph.nodes.values()]
    assert len(set(labels)) == len(labels)
    names = [layer.name for layer in graph.layers.values()]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize(
    "edit",
    [
        edits.RemoveNodes(("i99",)),
        edits.SetParams("i99", {}),
        edits.Rename("i99", "x"),
        edits.MoveNodes({"i99": (0, 0)}),
        edits.Disconnect(("i99",)),
        edits.SetOutputs((Port("i99"),)),
    ],
)
def test_an_edit_of_what_is_not_there_is_refused_in_a_sentence(edit: edits.Edit) -> None:
    with pytest.raises(edits.CantApply, match="i99"):
        edits.apply(Project(), edit)


def test_arranging_gives_columns_from_left_to_right_without_overlap() -> None:
    project, keys = draw("Input", "Dense", "Dense", "Dense")
    add, extra = new_node(project, "Dense", 0, 0)
    project, _ = edits.apply(project, add)
    project, _ = edits.apply(project, connect(project, keys[1], extra))
    places = arranged(project.graph)
    assert places.keys() == project.graph.nodes.keys()
    for link in project.graph.links.values():
        assert places[link.source][0] + 180 < places[link.target][0]
    boxes = list(places.values())
    for at, (x, y) in enumerate(boxes):
        for other_x, other_y in boxes[at + 1 :]:
            assert abs(x - other_x) >= 180 or abs(y - other_y) >= 88
