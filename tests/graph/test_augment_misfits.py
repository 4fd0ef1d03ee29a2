"""What is said of an augmentation that doesn't fit, with its numbers."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from graph.augment_misfits import augmentation_misfits
from graph.binding import bind, steps
from graph.checks import problems
from graph.inference import infer
from graph.params import Named
from graph.project import Augmentation, Binding, Data, Goal, Project
from graph.templates import load


def planned(name: str, augmentation: Augmentation, **plan: Any) -> Project:
    project = load(name)
    training = msgspec.structs.replace(project.training, augmentation=augmentation, **plan)
    return msgspec.structs.replace(project, training=training)


def sentences(project: Project) -> list[str]:
    bound = bind(project, infer(project))
    return [problem.sentence for problem in augmentation_misfits(project, bound)]


def test_a_sensible_augmentation_has_no_problem() -> None:
    augmentation = Augmentation("online", flip="horizontal", shift=0.1, mixup=0.2)
    for name in ("mlp", "cnn", "autoencoder", "several-outputs"):
        project = planned(name, augmentation)
        assert problems(project, infer(project)) == (), name


def test_nothing_is_said_while_it_is_off() -> None:
    assert sentences(planned("cnn", Augmentation(shift=9.0, copies=0))) == []


@pytest.mark.parametrize(
    ("augmentation", "words"),
    [
        (Augmentation("online"), "nothing is varied"),
        (Augmentation("online", shift=1.5), "shift is 1.5, and has to lie between 0 and 1."),
        (Augmentation("online", zoom=-0.1), "zoom is -0.1"),
        (Augmentation("pre", copies=1, shift=0.1), "1 times as large"),
    ],
)
def test_what_is_out_of_range_is_said(augmentation: Augmentation, words: str) -> None:
    (sentence,) = sentences(planned("cnn", augmentation))
    assert words in sentence


def test_a_large_enlarged_set_is_told_in_gigabytes() -> None:
    project = planned("cifar-cnn", Augmentation("pre", copies=5, shift=0.1))
    (sentence,) = sentences(project)
    # 45,000 images of 32 x 32 x 3 float32, five times, as array and as tensor
    assert "5 times 45,000 training samples take about 5.2 GB" in sentence
    assert sentences(planned("cifar-cnn", Augmentation("pre", copies=2, shift=0.1))) == []


def test_mixup_takes_one_hot_labels_by_itself() -> None:
    project = planned("cnn", Augmentation("online", mixup=0.2))
    report = infer(project)
    (output,) = bind(project, report).outputs
    assert output.loss == "categorical_crossentropy"
    assert steps(project, report)[f"{output.port.node}:0"][-1] == "one-hot (10)"
    by_hand = {key: Goal(loss="sparse_categorical_crossentropy") for key in project.data.outputs}
    training = msgspec.structs.replace(project.training, goals=by_hand)
    (sentence,) = sentences(msgspec.structs.replace(project, training=training))
    assert "MixUp" in sentence
    assert "sparse_categorical_crossentropy" in sentence


def test_halves_and_standardised_images_are_warned_of() -> None:
    flipped = sentences(planned("several-inputs", Augmentation("online", flip="both")))
    assert [sentence.split(":")[0] for sentence in flipped] == [
        "A horizontal flip mirrors the left half within itself",
        "A horizontal flip mirrors the right half within itself",
    ]
    project = planned("cnn", Augmentation("online", contrast=0.2, shift=0.1))
    (node,) = project.data.inputs
    binding = Binding("image", transforms=(Named("standardise"),))
    data = msgspec.structs.replace(project.data, inputs={node: binding})
    (sentence,) = sentences(msgspec.structs.replace(project, data=data))
    assert sentence.startswith("contrast count on pixels from 0 to 1")


def test_without_images_there_is_nothing_to_vary() -> None:
    project = planned("mlp", Augmentation("online", shift=0.1))
    (node,) = project.data.inputs
    data = Data("fashion_mnist_sample", {node: Binding("label")}, project.data.outputs)
    (sentence,) = sentences(msgspec.structs.replace(project, data=data))
    assert "no Input takes images" in sentence
