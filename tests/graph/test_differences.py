"""What differs between projects, as short phrases."""

from __future__ import annotations

from msgspec.structs import replace

from graph.differences import differences
from graph.edits import SetParams, apply
from graph.params import Named
from graph.project import Augmentation
from graph.templates import load


def test_only_what_differs_is_told_and_the_seed_last() -> None:
    one = load("mlp")
    plan = replace(
        one.training,
        seed=7,
        optimizer=Named("RMSprop", {"momentum": 0.9}),
        batch_size=64,
        augmentation=Augmentation("online", shift=0.1),
    )
    found = differences([one, replace(one, training=plan, name="another")])
    told = {each.what: each.values for each in found}
    assert told == {
        "momentum": ("0", "0.9"),
        "batch size": ("128", "64"),
        "augmentation": ("none", "online, shift 0.1"),
        "seed": ("1", "7"),
    }
    assert [each.what for each in found][-1] == "seed"
    weights = ", ".join(f"{number}: 1.5" for number in range(10))
    weighted = replace(one, training=replace(one.training, class_weight=weights))
    (found_weights,) = differences([one, weighted])
    assert found_weights.phrase(1) == "own class weight"
    assert found_weights.values[1] == weights
    assert differences([one, one, one]) == ()


def test_layers_are_compared_by_their_names_and_places_make_no_difference() -> None:
    one = load("mlp")
    graph = one.graph
    moved = {key: replace(node, x=node.x + 9) for key, node in graph.nodes.items()}
    assert differences([one, replace(one, graph=replace(graph, nodes=moved))]) == ()
    key = next(key for key, layer in graph.layers.items() if layer.name == "hidden1")
    wider, _ = apply(one, SetParams(key, {"units": 7}))
    (found,) = differences([one, wider])
    assert found.phrase(1) == "hidden1 units 7"
    less = replace(graph, links={})
    (found,) = differences([one, replace(one, graph=less)])
    assert found.values[0].startswith("drawing 1 (")
