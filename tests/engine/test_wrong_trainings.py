"""Notes on trainings that really go wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from codegen import emit
from engine.diagnosis import diagnose
from engine.expected import facts_of
from engine.observed import Observed
from engine.protocol import Finished, Train
from graph import edits, placing
from graph.datasets import find_data
from graph.inference import infer
from graph.params import Named
from graph.project import Data, Project, Training

if TYPE_CHECKING:
    from pathlib import Path

    from engine.client import Engine

pytestmark = pytest.mark.engine


def chain(*layers: dict[str, Any], **training: Any) -> Project:
    """Return Dense layers after one another, on the bundled sample."""
    plan = Training(**{"epochs": 3, "limit": 1000, **training})
    project = Project(name="wrong", data=Data("fashion_mnist_sample"), training=plan)
    before = None
    last = {"units": 10, "activation": Named("softmax")}
    rows = [
        ("Input", {"shape": (784,)}),
        *(("Dense", layer) for layer in (*layers, last)),
    ]
    for kind, params in rows:
        added, key = placing.new_node(project, kind, 0, 0)
        project, _ = edits.apply(project, added)
        layer = project.graph.nodes[key].layer
        project, _ = edits.apply(project, edits.SetParams(layer, params))
        if before is not None:
            project, _ = edits.apply(project, placing.connect(project, before, key))
        before = key
    return project


def rate(name: str, value: float) -> Named:
    return Named(name, {"learning_rate": value})


RELU = {"units": 32, "activation": Named("relu")}
WRONG = {
    "not finite": chain(RELU, optimizer=rate("SGD", 1e20)),
    "rate too high": chain(RELU, optimizer=rate("RMSprop", 10.0)),
    "vanishing gradients": chain(
        *[{"units": 32, "activation": Named("sigmoid")}] * 20, optimizer=rate("SGD", 0.01)
    ),
    "dead units": chain({**RELU, "kernel_initializer": Named("Zeros")}),
    "overfitting": chain(
        {"units": 512, "activation": Named("relu")},
        {"units": 512, "activation": Named("relu")},
        optimizer=rate("Adam", 0.003),
        limit=400,
        epochs=20,
        validation_split=0.5,
        batch_size=32,
    ),
}


@pytest.mark.parametrize("kind", sorted(WRONG))
def test_a_training_that_really_goes_wrong_is_noted(
    warm: Engine, tmp_path: Path, kind: str
) -> None:
    project = WRONG[kind]
    report = infer(project)
    seen = Observed()
    request = Train(
        run_dir=str(tmp_path),
        program=emit(project, report).text,
        folder=str(find_data(project)),
    )
    last = None
    for last in warm.train(request):
        seen.take(last)
    assert isinstance(last, Finished), last
    notes = diagnose(seen, facts_of(project, report))
    assert kind in [note.kind for note in notes], (notes, seen.history)
    assert all(note.sentence.endswith(".") and note.evidence for note in notes)
