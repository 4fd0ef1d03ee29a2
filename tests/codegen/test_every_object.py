"""Every optimizer, schedule, loss, metric and callback trains a step in a program of ours."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from itertools import cycle
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from codegen import emit
from codegen.export import copy_own
from graph import edits, placing
from graph.binding import binding_problems, history_names
from graph.goals import target_fault
from graph.inference import infer
from graph.kerasdata import keras_data
from graph.objects import NOT_OFFERED, OWN, class_of, identifier_of, offered, plain, starter
from graph.params import Named
from graph.problems import Severity
from graph.project import Checkpoint, Data, Goal, Project, Training, port_key

ROOT = Path(__file__).parents[2]
RATES = {
    "initial_learning_rate": 0.01,
    "decay_steps": 3,
    "first_decay_steps": 3,
    "decay_rate": 0.5,
    "boundaries": (1, 2),
    "values": (0.1, 0.01, 0.001),
}
OWN_FILE = """
import keras


class Seen(keras.callbacks.Callback):
    def on_train_batch_end(self, batch, logs=None):
        print("seen", batch)
"""
CALLBACKS = [name for name in offered("callback") if name != OWN]

SCRIPT = """
import json, os, sys, types
import keras
for line in sys.stdin:
    name, text, folder = json.loads(line)
    os.chdir(folder)
    keras.utils.clear_session()
    keras.config.set_dtype_policy("float32")
    space = types.ModuleType("program").__dict__
    try:
        exec(compile(text, name, "exec"), space)
        model, history, scores = space["main"](folder="data")
        answer = {key: float(values[-1]) for key, values in history.history.items()}
    except Exception as error:
        answer = f"{type(error).__name__}: {error}"
    print("ANSWER " + json.dumps([name, answer]), flush=True)
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with 48 samples of 6 numbers and 4 labels in it."""
    place = tmp_path_factory.mktemp("objects")
    random = np.random.default_rng(0)
    arrays = {}
    for part, count in (("train", 40), ("test", 8)):
        arrays[f"x_{part}"] = random.random((count, 6), dtype=np.float32)
        arrays[f"y_{part}"] = np.arange(count, dtype=np.uint8) % 4
    (place / "data").mkdir()
    np.savez(place / "data" / "tiny.npz", **arrays)
    (place / "seen.py").write_text(OWN_FILE, encoding="utf-8")
    return place


def drawing(folder: Path, goal: Goal, **plan: Any) -> Project:
    """Return 6-4 on the tiny data with this goal and plan."""
    layers = (
        ("Input", {"shape": (6,)}),
        ("Dense", {"units": 4, "activation": Named("softmax")}),
    )
    project = Project(name="tiny", data=Data(str(folder / "data" / "tiny.npz")))
    before = None
    for kind, params in layers:
        added, key = placing.new_node(project, kind, 0, 0)
        project, _ = edits.apply(project, added)
        project, _ = edits.apply(project, edits.SetParams(project.graph.nodes[key].layer, params))
        if before is not None:
            project, _ = edits.apply(project, placing.connect(project, before, key))
        before = key
    (port,) = project.graph.outputs
    training = Training(goals={port_key(port): goal}, epochs=2, batch_size=16, **plan)
    project, _ = edits.apply(project, edits.SetTraining(training))
    return project


def plans() -> dict[str, dict[str, Any]]:
    """Return what differs from program to program, by a name: each object occurs in one."""
    found: dict[str, dict[str, Any]] = {}
    losses = [plain("loss", starter("loss", name)) for name in offered("loss")]
    optimizers = offered("optimizer")
    for at, (loss, optimizer) in enumerate(zip(losses, cycle(optimizers), strict=False)):
        callback = CALLBACKS[at % len(CALLBACKS)]
        settings = {"use_ema": True} if callback == "SwapEMAWeights" else {}
        found[f"{identifier_of('loss', loss)} {optimizer} {callback}"] = {
            "goal": Goal(loss, ()),
            "optimizer": Named(optimizer, settings),
            "callbacks": (starter("callback", callback),),
        }
    for name in offered("schedule"):
        needed = {key: RATES[key] for key in starter("schedule", name).settings}
        found[name] = {
            "goal": Goal(Named("Huber", {"delta": 0.5}), ()),
            "optimizer": Named("SGD", {"learning_rate": Named(name, needed), "clipnorm": 1.0}),
        }
    return found


def metrics(*, labels: bool) -> Goal:
    """Return every metric of a kind, with settings, on a target that it can take."""
    named = [starter("metric", name) for name in offered("metric")]
    named = [
        Named(one.name, {**one.settings, "num_classes": 4})
        if "num_classes" in one.settings
        else one
        for one in named
    ]
    fits = tuple(one for one in named if target_fault(one, "integer" if labels else "") is None)
    more = (Named("AUC", {"curve": "PR"}), Named("AUC"), "auc") if not labels else ("accuracy",)
    loss = "sparse_categorical_crossentropy" if labels else "mean_squared_error"
    return Goal(loss, (*fits, *more))


def all_plans(folder: Path) -> dict[str, Project]:
    found = {name: drawing(folder, **plan) for name, plan in plans().items()}
    own = Named(OWN, {"path": str(folder / "seen.py"), "name": "Seen"})
    squared = Goal("mean_squared_error")
    swaps, averaged = starter("callback", "SwapEMAWeights"), Named("Adam", {"use_ema": True})
    several = tuple(starter("callback", name) for name in CALLBACKS if name != "SwapEMAWeights")
    return {
        **found,
        "metrics of labels": drawing(folder, metrics(labels=True)),
        "metrics of vectors": drawing(folder, metrics(labels=False)),
        "own": drawing(folder, squared, callbacks=(own,), class_weight="balanced"),
        "averages": drawing(folder, squared, callbacks=(swaps,), optimizer=averaged),
        "many callbacks": drawing(
            folder,
            squared,
            callbacks=several,
            mixed_precision=True,
            class_weight="balanced",
            checkpoint=Checkpoint(monitor="val_loss"),
        ),
    }


def trained(folder: Path, projects: dict[str, Project]) -> dict[str, Any]:
    """Run the programs one after the other in one process; return their last epochs' values."""
    lines = []
    for name, project in projects.items():
        place = folder / f"run{len(lines)}"
        place.mkdir()
        (place / "data").symlink_to(folder / "data")
        copy_own(project, place)
        lines.append(json.dumps([name, emit(project, infer(project)).text, str(place)]))
    paths = filter(None, (str(folder), os.environ.get("PYTHONPATH")))
    env = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3", "PYTHONPATH": os.pathsep.join(paths)}
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        input="\n".join(lines),
        cwd=folder,
        env=env,
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    found = [line for line in done.stdout.splitlines() if line.startswith("ANSWER ")]
    assert "seen 2" in done.stdout  # a callback that works by batch is asked after each
    return dict(json.loads(line.removeprefix("ANSWER ")) for line in found)


@pytest.mark.engine
def test_every_object_trains_and_records_what_is_foretold(folder: Path) -> None:
    projects = all_plans(folder)
    for name, project in projects.items():
        problems = binding_problems(project, infer(project))
        errors = [one.sentence for one in problems if one.severity is Severity.ERROR]
        assert errors == [], name
    answers = trained(folder, projects)
    wrong = {name: answer for name, answer in answers.items() if isinstance(answer, str)}
    assert wrong == {}
    assert list(answers) == list(projects)
    for name, project in projects.items():
        assert sorted(answers[name]) == sorted(history_names(project, infer(project))), name
    called = {one.name for project in projects.values() for one in project.training.callbacks}
    assert called == {*CALLBACKS, OWN}
    assert [*folder.rglob("events.out.tfevents*")], "TensorBoard has written its files"


@pytest.mark.parametrize(
    ("role", "tables"),
    [
        ("optimizer", keras_data().optimizers),
        ("schedule", keras_data().schedules),
        ("loss", keras_data().losses),
        ("metric", keras_data().metrics),
        ("callback", keras_data().callbacks),
    ],
)
def test_everything_in_keras_is_offered_or_has_a_reason(role: str, tables: dict[str, Any]) -> None:
    refused = NOT_OFFERED.get(role, {})
    assert {*offered(role), *refused} - {OWN} == {*tables}
    assert not {*offered(role)} & {*refused}
    shown = (ROOT / "docs" / "keras.md").read_text(encoding="utf-8")
    for name, reason in refused.items():
        assert f"| {role} | `{name}` | {reason} |" in shown


def test_the_plans_hold_every_object_that_is_offered() -> None:
    found = list(plans().values())
    assert {plan["optimizer"].name for plan in found} == {*offered("optimizer")}
    losses = {class_of("loss", plan["goal"].loss) for plan in found}
    assert losses == {*offered("loss")}
    called = {one.name for plan in found for one in plan.get("callbacks", ())}
    assert called == {*CALLBACKS}
    taken = {
        one.name
        for kind in (True, False)
        for one in metrics(labels=kind).metrics
        if isinstance(one, Named)
    }
    assert taken == {*offered("metric")}
