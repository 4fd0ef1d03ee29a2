"""What each Input and output gets from the data set, and what is said when it doesn't fit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np
import pytest

from graph.binding import bind, binding_problems, fitting, history_names, steps
from graph.inference import infer
from graph.params import Named
from graph.problems import Severity
from graph.project import (
    Binding,
    Checkpoint,
    Data,
    Goal,
    Graph,
    Layer,
    Link,
    Node,
    Port,
    Project,
    Training,
)
from graph.templates import load, templates

if TYPE_CHECKING:
    from pathlib import Path


def dense(  # a small drawing: Input, Dense
    shape: tuple[int, ...] = (784,),
    units: int = 10,
    activation: str | None = "softmax",
    source: str = "mnist",
    **plan: Any,
) -> Project:
    params: dict[str, Any] = {"units": units}
    if activation is not None:
        params["activation"] = Named(activation)
    layers = {"a": Layer("Input", "visible", {"shape": shape}), "b": Layer("Dense", "out", params)}
    nodes = {"i1": Node("a", "visible"), "i2": Node("b", "out")}
    graph = Graph(layers, nodes, {"w1": Link("i1", "i2")}, (Port("i2"),))
    output = {"i2:0": plan["output"]} if "output" in plan else {}
    given = {"i1": plan["given"]} if "given" in plan else {}
    goals = {"i2:0": plan["goal"]} if "goal" in plan else {}
    return Project(graph, Data(source, given, output), Training(goals=goals))


def loss_of(project: Project) -> str:
    return bind(project, infer(project)).outputs[0].loss


def kinds_of(project: Project) -> list[tuple[str, Severity]]:
    return [
        (problem.kind, problem.severity)
        for problem in binding_problems(project, infer(project))
        if problem.kind != "no data"
    ]


@pytest.mark.parametrize("name", [template.name for template in templates()])
def test_templates_fit_their_data(name: str) -> None:
    project = load(name)
    assert binding_problems(project, infer(project)) == ()
    # left to itself, the binding comes out as the template has it
    bare = msgspec.structs.replace(project, data=Data(project.data.source))
    chosen, automatic = (bind(one, infer(one)) for one in (project, bare))
    assert [one.steps for one in chosen.inputs] == [one.steps for one in automatic.inputs]
    assert [one.column for one in chosen.outputs] == [one.column for one in automatic.outputs]


def test_fitting_shapes() -> None:
    assert fitting((28, 28), (28, 28)) == (28, 28)
    assert fitting((28, 28), (28, 28, 1)) == (28, 28, 1)
    assert fitting((28, 28), (None, None, 1)) == (28, 28, 1)
    assert fitting((28, 28), (784,)) == (784,)
    assert fitting((28, 28), (32, 32, 3)) is None
    assert fitting((), (1,)) == (1,)


def test_steps_are_told() -> None:
    project = dense()
    told = steps(project, infer(project))
    assert told == {
        "i1": ("uint8 28 × 28", "scale to 0–1", "flatten to 784"),
        "i2:0": ("uint8", "integer labels"),
    }
    one_hot = dense(output=Binding("label", form="one-hot"))
    assert steps(one_hot, infer(one_hot))["i2:0"] == ("uint8", "one-hot (10)")
    assert loss_of(one_hot) == "categorical_crossentropy"


@pytest.mark.parametrize(
    ("project", "loss"),
    [
        (dense(), "sparse_categorical_crossentropy"),
        (dense(units=1, activation="sigmoid", output=Binding("same")), "binary_crossentropy"),
        (dense(units=784, activation="sigmoid"), "binary_crossentropy"),
        (dense(units=784, activation=None), "mean_squared_error"),
        (dense(units=1, activation=None), "mean_squared_error"),
        (
            dense(units=784, activation="sigmoid", output=Binding("image", scale=False)),
            "mean_squared_error",
        ),
    ],
)
def test_loss_follows_from_activation_and_column(project: Project, loss: str) -> None:
    assert loss_of(project) == loss


@pytest.mark.parametrize(
    ("project", "kind", "severity"),
    [
        (dense((100,)), "data shape", Severity.ERROR),
        (dense(units=7), "units", Severity.ERROR),
        (dense(units=12), "units", Severity.WARNING),
        (dense(activation=None), "loss and activation", Severity.WARNING),
        (dense(activation="sigmoid", goal=Goal("sparse_categorical_crossentropy")),
         "loss and activation", Severity.WARNING),
        (dense(goal=Goal("mean_squared_error")), "loss and activation", Severity.WARNING),
        (dense(goal=Goal("sparse_categorical_crossentropy"),
               output=Binding("label", form="one-hot")), "label form", Severity.ERROR),
        (dense(goal=Goal("categorical_crossentropy"),
               output=Binding("label", form="integer")), "label form", Severity.ERROR),
        (dense(goal=Goal("nonsense")), "loss", Severity.ERROR),
        (dense(goal=Goal(metrics=("nonsense",))), "metric", Severity.ERROR),
        (dense(units=100, output=Binding("image")), "target shape", Severity.ERROR),
        (dense(output=Binding("colour")), "no column", Severity.ERROR),
        (dense(given=Binding("colour")), "no column", Severity.ERROR),
    ],
)  # fmt: skip
def test_misfits_are_told(project: Project, kind: str, severity: Severity) -> None:
    assert (kind, severity) in kinds_of(project)
    for problem in binding_problems(project, infer(project)):
        assert problem.sentence.endswith(".")


def test_numbers_stand_in_the_sentences() -> None:
    project = dense((100,))
    said = binding_problems(project, infer(project))[0].sentence
    assert said == "visible takes 100, but a sample of “image” is 28 × 28 (784 numbers)."


def test_the_lectures_checkpoint_is_explained() -> None:
    old = Checkpoint("model-{epoch:03d}.h5", "val_acc")
    project = dense()
    plan = msgspec.structs.replace(project.training, checkpoint=old)
    project = msgspec.structs.replace(project, training=plan)
    said = [
        problem.sentence
        for problem in binding_problems(project, infer(project))
        if problem.kind == "checkpoint"
    ]
    assert len(said) == 2
    assert ".weights.h5" in said[0]
    assert "try val_accuracy" in said[1]


def test_no_data_set_and_no_drawing() -> None:
    project = dense(source="")
    (problem,) = binding_problems(project, infer(project))
    assert (problem.kind, problem.severity) == ("no data", Severity.WARNING)
    assert binding_problems(Project(), infer(Project())) == ()


def test_accuracy_is_asked_where_there_are_labels() -> None:
    project = load("several-outputs")
    assert history_names(project, infer(project)) == (
        "loss",
        "output_label_loss",
        "output_label_accuracy",
        "output_image_loss",
        "val_loss",
        "val_output_label_loss",
        "val_output_label_accuracy",
        "val_output_image_loss",
    )


def several(data: Data, *shapes: tuple[int | None, ...]) -> Project:
    """Inputs of these shapes, each with a Dense layer of its own."""
    layers, nodes, links, outputs = {}, {}, {}, []
    for number, shape in enumerate(shapes):
        layers |= {f"a{number}": Layer("Input", f"in{number}", {"shape": shape})}
        layers |= {f"b{number}": Layer("Dense", f"out{number}", {"units": 1})}
        nodes |= {f"i{number}": Node(f"a{number}", f"in{number}")}
        nodes |= {f"o{number}": Node(f"b{number}", f"out{number}")}
        links[f"w{number}"] = Link(f"i{number}", f"o{number}")
        outputs.append(Port(f"o{number}"))
    return Project(Graph(layers, nodes, links, tuple(outputs)), data, Training())


def test_each_input_gets_a_column_of_its_own_where_one_fits(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    wide, flat = rng.normal(size=(9, 4, 5)), rng.normal(size=(9, 20))
    parts = {
        f"{name}_{part}": rows
        for part in ("train", "test")
        for name, rows in (("a", flat), ("b", wide), ("y", flat[:, 0]))
    }
    np.savez(tmp_path / "mine.npz", **parts)
    data = Data(str(tmp_path / "mine.npz"))

    def columns(project: Project) -> list[str]:
        return [one.binding.column for one in bind(project, infer(project)).inputs]

    def told(project: Project) -> list[str]:
        found = binding_problems(project, infer(project))
        return [one.sentence for one in found if one.kind == "shared column"]

    first = several(data, (4, 5), (4, 5, 1))
    assert columns(first) == ["b", "a"]
    assert not told(first)
    makes_room = several(data, (20,), (None, 5))  # the second one takes “b” alone
    assert columns(makes_room) == ["a", "b"]
    assert not told(makes_room)
    third = several(data, (20,), (20,), (20,))
    assert columns(third) == ["b", "a", "b"]
    (sentence,) = told(third)
    assert sentence.startswith("in0 and in2 are given the same column, “b”: no other one")
    meant = Data(data.source, {key: Binding("a") for key in ("i0", "i1", "i2")})
    assert not told(several(meant, (20,), (20,), (20,)))
