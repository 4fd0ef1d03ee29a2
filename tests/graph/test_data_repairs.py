"""Repairs of what doesn't fit between the drawing and its data, and of wires."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np
import pytest
from PIL import Image

from graph.binding import bind, rebound
from graph.checks import problems
from graph.edits import MoveNodes, RemoveNodes, apply
from graph.inference import infer
from graph.params import Named
from graph.placing import take_out
from graph.project import Checkpoint, Data, Goal, Project, Training
from graph.repairs import Repair, repairs
from graph.templates import load
from tests.graph.drawn import Row, drawn

if TYPE_CHECKING:
    from pathlib import Path

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


def without(name: str, label: str, *, closing: bool = False) -> Project:
    """Return a template from which a node is deleted, the gap closed or not."""
    project = load(name)
    (key,) = [key for key, node in project.graph.nodes.items() if node.label == label]
    edit = take_out(project, key) if closing else RemoveNodes((key,))
    assert edit is not None
    return apply(project, edit)[0]


def test_a_branch_that_lost_its_end_leads_nowhere_and_can_be_connected() -> None:
    project = without("shared-input", "flat1")
    (problem,) = problems(project, infer(project))
    assert problem.sentence.startswith("pool1 leads nowhere: nothing takes its 13 × 13 × 32")
    found = offered(project, "dead end")
    assert list(found) == [
        "Connect pool1 to merge through Flatten",
        "Take pool1 out of the outputs",
    ]
    after, _ = apply(project, found["Connect pool1 to merge through Flatten"].edit)
    assert problems(after, infer(after)) == ()
    after, _ = apply(project, found["Take pool1 out of the outputs"].edit)
    assert [one.kind for one in problems(after, infer(after))] == ["dead branch"]


def test_a_node_that_lost_its_wire_gets_it_through_a_flatten() -> None:
    project = without("cnn", "flat1")
    for kind in ("missing input", "dead end"):
        first = next(iter(offered(project, kind).values()))
        after, _ = apply(project, first.edit)
        assert problems(after, infer(after)) == (), first.label


def test_flatten_belongs_where_maps_first_meet_a_dense_layer() -> None:
    project = without("cnn", "flat1", closing=True)
    report = infer(project)
    for problem in problems(project, report):
        first = repairs(project, report, problem)[0]
        assert first.label == "Insert Flatten before hidden1"
        after, _ = apply(project, first.edit)
        assert problems(after, infer(after)) == ()


def test_a_deleted_output_leaves_a_hidden_layer_that_wants_one() -> None:
    found = offered(without("cnn", "output"), "units")
    assert list(found) == ["Set units of hidden1 to 10", "Add Dense (10, softmax) behind hidden1"]


def test_a_repair_does_what_the_sentence_says() -> None:
    found = offered(on_digits(IMAGE, CONV, FLAT, dense(10, Named("relu"))), "loss and activation")
    assert list(found) == [
        "Set activation of output to softmax",
        "Add Dense (10, softmax) behind output",
    ]


def planned(**plan: Any) -> Project:
    project = load("mlp")
    training = msgspec.structs.replace(project.training, **plan)
    return msgspec.structs.replace(project, training=training)


COSINE = Named("CosineDecay", {"initial_learning_rate": 0.1, "decay_steps": 43})
PLATEAU = Named("ReduceLROnPlateau", {"patience": 2})


@pytest.mark.parametrize(
    ("plan", "kind", "labels"),
    [
        (
            {"callbacks": (Named("EarlyStopping", {"patience": 30}),)},
            "callback",
            ["Set patience of EarlyStopping to 2", "Remove EarlyStopping"],
        ),
        (
            {"callbacks": (Named("EarlyStopping", {"monitor": "val_acc"}),)},
            "callback",
            ["Set monitor of EarlyStopping to val_accuracy", "Remove EarlyStopping"],
        ),
        (
            {"callbacks": (PLATEAU,), "optimizer": Named("SGD", {"learning_rate": COSINE})},
            "callback",
            ["Keep the learning rate at 0.1", "Remove ReduceLROnPlateau"],
        ),
        (
            {"callbacks": (Named("ReduceLROnPlateau", {"patience": 2, "min_lr": 0.1}),)},
            "callback",
            ["Set min_lr of ReduceLROnPlateau to 1e-06", "Remove ReduceLROnPlateau"],
        ),
        (
            {"optimizer": Named("SGD", {"learning_rate": COSINE})},
            "schedule",
            ["Set decay_steps of CosineDecay to 430", "Keep the learning rate at 0.1"],
        ),
        (
            {"checkpoint": Checkpoint("a.weights.h5", "val_acc")},
            "checkpoint",
            ["Set monitor to val_accuracy"],
        ),
    ],
)
def test_a_plan_that_cannot_work_has_repairs(
    plan: dict[str, Any], kind: str, labels: list[str]
) -> None:
    project = planned(**plan)
    found = offered(project, kind)
    assert list(found) == labels
    for label, repair in found.items():
        after, _ = apply(project, repair.edit)
        assert kind not in {one.kind for one in problems(after, infer(after))}, label


@pytest.mark.parametrize(
    ("steps", "words"),
    [
        (43, "falls for 43 steps, and the training has 430 (10 epochs of 43): the last 387"),
        (4300, "it ends in the middle, with a rate of 0.0976"),
        (430, None),
        (400, None),
    ],
)
def test_a_schedule_of_another_length_than_the_training_is_said(
    steps: int, words: str | None
) -> None:
    rate = Named("CosineDecay", {"initial_learning_rate": 0.1, "decay_steps": steps})
    project = planned(optimizer=Named("SGD", {"learning_rate": rate}))
    said = [one.sentence for one in problems(project, infer(project))]
    assert len(said) == (words is not None)
    assert words is None or words in said[0]


@pytest.mark.parametrize(("mode", "colour"), [("RGB", (9, 9, 9)), ("L", 9)])
def test_halves_of_images_become_halves_of_own_images(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: str, colour: int | tuple[int, int, int]
) -> None:
    monkeypatch.setenv("LAYERLOOM_CACHE", str(tmp_path / "cache"))
    for name in ("a/0", "a/1", "b/0", "b/1"):
        (tmp_path / "pets" / name).parent.mkdir(parents=True, exist_ok=True)
        Image.new(mode, (40, 30), colour).save(tmp_path / "pets" / f"{name}.png")
    project = load("several-inputs")
    kept = msgspec.structs.replace(project.data, source=str(tmp_path / "pets"))
    own = msgspec.structs.replace(project, data=rebound(project.data, kept.source))
    found = bind(own, infer(own))
    texts = [[step.text for step in one.steps or ()] for one in found.inputs]
    halves = [[text for text in one if text.endswith(" half")] for one in texts]
    assert halves == [["left half"], ["right half"]]
    assert [one.target for one in found.inputs] == [(28, 14, 1), (28, 14, 1)]
    # left as they were, as on the command line, they are a problem each
    report = infer(other := msgspec.structs.replace(project, data=kept))
    wrong = [one for one in problems(other, report) if one.kind == "no column"]
    assert len(wrong) == 2


@pytest.mark.parametrize("in_order", [True, False])
def test_held_out_samples_in_the_order_of_their_labels_are_told(
    tmp_path: Path, *, in_order: bool
) -> None:
    labels = np.repeat(np.arange(5), 20)
    labels = labels if in_order else np.random.default_rng(0).permutation(labels)
    arrays = {"x": np.zeros((100, 28, 28, 1), "uint8"), "y": labels}
    parts = {f"{name}_{part}": one for name, one in arrays.items() for part in ("train", "test")}
    np.savez(tmp_path / "mine.npz", **parts)
    data = Data(str(tmp_path / "mine.npz"))
    project = msgspec.structs.replace(drawn(IMAGE, CONV, FLAT, dense(5)), data=data)
    found = {one.kind: one for one in problems(project, infer(project))}
    assert ("held out end" in found) is in_order
    if in_order:
        assert "it has 1 of 5 labels" in found["held out end"].sentence
        ((label, repair),) = offered(project, "held out end").items()
        assert (label, repair.preview) == (
            "Hold out each label in the same share",
            "in the training plan",
        )
        mended, _ = apply(project, repair.edit)
        assert mended.training.stratified
