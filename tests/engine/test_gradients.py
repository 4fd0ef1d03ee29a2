"""Gradients and dead units of real trainings, whose numbers stay as they are without."""

from __future__ import annotations

from typing import TYPE_CHECKING

import h5py
import numpy as np
import pytest

from codegen import emit
from engine.protocol import EpochEnded, Finished, Gradients, Resumed, Train
from engine.runs import RunInfo, new_run
from graph.datasets import find_data
from graph.inference import infer
from graph.project import Data
from tests.codegen.test_sources import network, on, photos

if TYPE_CHECKING:
    from pathlib import Path

    from engine.client import Engine
    from engine.protocol import Event

pytestmark = pytest.mark.engine

# what has a state of its own: a random one, batch statistics, a loss besides the model's
_STATEFUL = """
    noisy = keras.layers.GaussianNoise(0.1)(visible)
    conv1 = keras.layers.Conv2D(4, 3, name="conv1", kernel_regularizer="l2")(noisy)
    norm1 = keras.layers.BatchNormalization(name="norm1")(conv1)
    relu1 = keras.layers.ReLU(name="relu1")(norm1)
    drop1 = keras.layers.Dropout(0.3, name="drop1")(relu1)
    loss1 = keras.layers.ActivityRegularization(l2=1e-4, name="loss1")(drop1)
    flat1 = keras.layers.Flatten(name="flat1")(loss1)
"""


@pytest.fixture
def stateful(program: str) -> str:
    """The program with layers that have a state, and the data as emitted programs have it."""
    lines = program.splitlines(keepends=True)
    begin = next(n for n, line in enumerate(lines) if "conv1 = " in line)
    program = "".join([*lines[:begin], _STATEFUL.lstrip("\n"), *lines[begin + 2 :]])
    for was, now in (
        ('batches(data["x_train"], data["y_train"])', 'batches(*data["train"])'),
        ('=(data["x_test"], data["y_test"])', '=data["test"]'),
        ('evaluate(data["x_test"], data["y_test"]', 'evaluate(*data["test"]'),
    ):
        assert was in program
        program = program.replace(was, now)
    return program.replace(
        "return {name: file[name] for name in file.files}",
        'return {p: (file[f"x_{p}"], file[f"y_{p}"]) for p in ("train", "test")}',
    )


def trained(engine: Engine, folder: Path, program: str, data: str) -> list[Event]:
    folder.mkdir()
    events = list(engine.train(Train(run_dir=str(folder), program=program, folder=data)))
    assert isinstance(events[-1], Finished), events[-1]
    return events


def logs(events: list[Event]) -> list[dict[str, float]]:
    return [event.logs for event in events if isinstance(event, EpochEnded)]


def weights(folder: Path) -> dict[str, np.ndarray]:
    found: dict[str, np.ndarray] = {}

    def take(name: str, entry: object) -> None:
        if isinstance(entry, h5py.Dataset):
            found[name] = entry[()]

    with h5py.File(folder / "last.weights.h5") as file:
        file.visititems(take)
    return found


def test_looking_at_gradients_changes_no_bit(
    warm: Engine, tmp_path: Path, stateful: str, folder: str
) -> None:
    alone = stateful.replace("def train(", "def learn(").replace("= train(", "= learn(")
    assert alone != stateful
    with_them = trained(warm, tmp_path / "with", stateful, folder)
    without = trained(warm, tmp_path / "without", alone, folder)
    seen = [event for event in with_them if isinstance(event, Gradients)]
    assert [event.epoch for event in seen][:2] == [0, 1]
    assert seen[-1].epoch == 2
    assert not [event for event in without if isinstance(event, Gradients)]
    assert logs(with_them) == logs(without)
    first, second = weights(tmp_path / "with"), weights(tmp_path / "without")
    assert first.keys() == second.keys()
    assert all(np.array_equal(first[name], second[name]) for name in first)
    for event in seen:
        assert list(event.norms) == ["conv1", "norm1", "hidden1", "output"]
        assert set(event.dead) == {"relu1", "hidden1"}
        assert all(norm > 0 for norm in event.norms.values())
        assert all(0 <= share <= 1 for share in event.dead.values())


def test_units_that_can_only_be_zero_are_dead(
    warm: Engine, tmp_path: Path, stateful: str, folder: str
) -> None:
    bias = 'bias_initializer=keras.initializers.Constant(-1e6), name="hidden1"'
    dead = stateful.replace('name="hidden1"', bias)
    seen = [e for e in trained(warm, tmp_path / "dead", dead, folder) if isinstance(e, Gradients)]
    assert seen[0].dead["hidden1"] == 1
    assert seen[0].norms["hidden1"] == 0
    assert seen[0].norms["output"] > 0


def test_the_learning_rate_is_told_beside_the_values(
    warm: Engine, tmp_path: Path, stateful: str, folder: str
) -> None:
    falling = stateful.replace(
        'optimizer="rmsprop"',
        "optimizer=keras.optimizers.SGD(keras.optimizers.schedules.ExponentialDecay(0.1, 16, 0.5))",
    )
    events = trained(warm, tmp_path / "falling", falling, folder)
    rates = [event.learning_rate for event in events if isinstance(event, EpochEnded)]
    assert rates == pytest.approx([0.05, 0.025, 0.0125])
    assert "learning_rate" not in logs(events)[0]


def test_a_run_keeps_them_and_forgets_those_that_are_undone(tmp_path: Path) -> None:

    run = new_run(tmp_path, "kept", "", "", RunInfo())
    for epoch in range(3):
        run.record(EpochEnded(epoch=epoch, seconds=1.0, logs={"loss": 1.0}))
        run.record(Gradients(epoch=epoch, norms={"a": 1.0}, dead={}))
    again = [EpochEnded(epoch=epoch, seconds=1.0, logs={"loss": 1.0}) for epoch in range(2)]
    run.record(Resumed(epoch=2, epochs=again))
    text = (run.path / "events.jsonl").read_text()
    assert text.count('"Gradients"') == 2


def test_gradients_are_measured_where_images_stay_in_their_files(
    warm: Engine, tmp_path: Path
) -> None:
    project = network({"image": (10, 8, 3)}, 1, "sigmoid")
    project = on(project, Data(str(photos(tmp_path))), epochs=3, batch_size=4)
    program, data = emit(project, infer(project)).text, str(find_data(project))
    assert "class Images" in program
    alone = program.replace("def train(", "def learn(").replace("= train(", "= learn(")
    with_them = trained(warm, tmp_path / "with", program, data)
    without = trained(warm, tmp_path / "without", alone, data)
    seen = [event for event in with_them if isinstance(event, Gradients)]
    assert [event.epoch for event in seen][:2] == [0, 1]
    assert all(event.norms["output"] > 0 for event in seen)
    assert logs(with_them) == logs(without)
