"""Programs run by themselves: in a process that has Keras and nothing of ours."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from codegen import emit, emit_activations, listing
from codegen.export import export
from graph.binding import history_names
from graph.datasets import BUNDLED
from graph.inference import infer, totals
from graph.project import Binding, Data, Graph, Layer, Link, Node, Port, Project, Training
from graph.templates import load, templates

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.engine

# The programs must run without a warning of their own; what Keras and TensorFlow deprecate among
# themselves is no matter of theirs.
_HEAD = """
import importlib, json, sys, warnings
warnings.simplefilter("error", UserWarning)
sys.path.insert(0, ".")
"""


def python(folder: Path, *arguments: str) -> str:
    env = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    env |= {"TF_CPP_MIN_LOG_LEVEL": "3", "KERAS_BACKEND": "tensorflow"}
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env=env,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
    return done.stdout


def answer(folder: Path, script: str) -> Any:
    """Run a script and return what it printed last, as JSON."""
    return json.loads(python(folder, "-c", _HEAD + script).splitlines()[-1])


def small(project: Project, **plan: Any) -> Project:
    training = msgspec.structs.replace(project.training, **{"epochs": 1, **plan})
    return msgspec.structs.replace(project, training=training)


def save(folder: Path, project: Project, name: str = "program") -> None:
    export(project, infer(project), folder / f"{name}.py")


def test_exported_program_runs_alone_and_repeats_itself(tmp_path: Path) -> None:
    save(tmp_path, small(load("mlp"), epochs=2))
    shown = python(tmp_path, "program.py")
    assert "test accuracy: " in shown
    assert "test loss: " in shown
    script = """
import program
model, history, scores = program.main()
ours = {"graph", "codegen", "engine", "gui", "cli", "layerloom", "msgspec"} & set(sys.modules)
print(json.dumps([history.history["loss"], scores, sorted(ours), model.count_params()]))
"""
    (first, scores, ours, count), (second, *_) = (answer(tmp_path, script) for _ in range(2))
    assert ours == []
    assert count == 238_510
    assert first[0] == pytest.approx(second[0], rel=1e-6)
    assert f"test loss: {scores['loss']:.4f}" in shown
    assert scores["accuracy"] > 0.5
    assert len(list(tmp_path.glob("model-00*.weights.h5"))) in {1, 2}


def test_all_templates_train_without_a_warning(tmp_path: Path) -> None:
    wanted = {}
    for template in templates():
        if not template.offline:
            continue
        name = template.name.replace("-", "_")
        project = small(load(template.name), limit=300)
        save(tmp_path, project, name)
        report = infer(project)
        wanted[name] = [
            sorted(history_names(project, report)),
            sorted(
                one
                for one in history_names(project, report)
                if not one.startswith("val_") and one != "learning_rate"
            ),
            totals(project, report).params,
        ]
    script = f"""
found = {{}}
for name in {list(wanted)!r}:
    program = importlib.import_module(name)
    program.keras.utils.clear_session()
    model, history, scores = program.main()
    found[name] = [sorted(history.history), sorted(scores), model.count_params()]
print(json.dumps(found))
"""
    assert answer(tmp_path, script) == wanted


def test_order_is_new_in_each_epoch_and_the_same_after_a_restart(tmp_path: Path) -> None:
    save(tmp_path, small(load("mlp"), batch_size=7))
    script = """
import program
tf, np = program.tf, program.np
rows = np.arange(50)
def orders(epochs):
    epoch = tf.Variable(epochs[0], dtype="int64")
    batches = program.shuffled_batches(rows, rows, epoch)
    assert len(batches) == 8
    found = []
    for number in epochs:
        epoch.assign(number)
        parts = [x.numpy() for x, y in batches if np.array_equal(x, y)]
        assert [len(part) for part in parts] == [7] * 7 + [1]
        found.append(np.concatenate(parts).tolist())
    return found
print(json.dumps([orders([0, 1, 2]), orders([2])]))
"""
    whole, (again,) = answer(tmp_path, script)
    assert whole[2] == again
    assert len({tuple(order) for order in whole}) == 3
    assert all(sorted(order) == list(range(50)) for order in whole)
    assert whole[0] != list(range(50))


def test_maps_are_those_of_the_call_that_was_asked_for(tmp_path: Path) -> None:
    project = small(load("several-inputs"), limit=200)
    report = infer(project)
    nodes = {node.label: key for key, node in project.graph.nodes.items()}
    sections = [
        emit_activations(project, report, nodes[label]).text for label in ("conv2", "hidden1")
    ]
    export(project, report, tmp_path / "program.py")
    text = listing(project, report, nodes["conv1"], 5, "some.weights.h5").text
    (tmp_path / "listing.py").write_text(text, encoding="utf-8")
    script = f"""
import program, numpy as np
data, model = program.load_data(), program.build_model()
model.save_weights("some.weights.h5")
found = []
for section in {sections!r}:
    exec(section, program.__dict__)
    inputs, maps = program.activation_maps(model, data, 5)
    found.append([[list(one.shape) for one in inputs], list(maps.shape)])
    if len(found) == 1:
        right = model.get_layer("conv")(inputs[1][None])[0]
        assert np.allclose(right, maps, atol=1e-6)
        assert not np.allclose(model.get_layer("conv")(inputs[0][None])[0], maps, atol=1e-3)
print(json.dumps(found))
"""
    halves = [[28, 14, 1], [28, 14, 1]]
    assert answer(tmp_path, script) == [[halves, [26, 12, 32]], [halves, [100]]]
    python(tmp_path, "listing.py")
    picture = (tmp_path / "maps.png").read_bytes()
    # six columns of maps of 26 × 12 and a line before each
    assert int.from_bytes(picture[16:20], "big") == 6 * 13
    assert int.from_bytes(picture[20:24], "big") == 6 * 27


def pairs() -> Project:
    """Two images through one layer; outputs: both labels, whether they are equal, their sum."""
    dense = {"same": 1, "sum": 19, "label": 10, "second label": 10}
    layers = {f"in{at}": Layer("Input", f"visible{at}", {"shape": (784,)}) for at in (1, 2)}
    layers["merge"] = Layer("Concatenate", "merge")
    nodes = {f"in{at}": Node(f"in{at}", f"visible{at}") for at in (1, 2)}
    nodes["merge"] = Node("merge", "merge")
    links = {f"w{at}": Link(f"in{at}", "merge", at) for at in (1, 2)}
    for name, units in dense.items():
        key = name.replace(" ", "_")
        layers[key] = Layer("Dense", f"{key}_output", {"units": units})
        nodes[key] = Node(key, f"{key}_output")
        links[f"w_{key}"] = Link("merge", key)
    outputs = tuple(Port(name.replace(" ", "_")) for name in dense)
    bound = {f"{port.node}:0": Binding(port.node.replace("_", " ")) for port in outputs}
    data = Data("fashion_mnist_sample", {}, bound)
    return Project(Graph(layers, nodes, links, outputs), data, Training(epochs=1))


def test_pairs_are_made_within_each_part(tmp_path: Path) -> None:
    project = pairs()
    save(tmp_path, project)
    script = """
import program, numpy as np
x = np.arange(40, dtype="uint8").reshape(40, 1, 1) * np.ones((1, 28, 28), "uint8")
y = np.arange(40, dtype="uint8") % 10
(first, second), (same, total, label, other) = program.prepare(x, y)
order = np.rint(second[:, 0] * 255).astype(int)
assert sorted(order) == list(range(40))
assert np.array_equal(np.rint(first[:, 0] * 255), np.arange(40))
assert np.array_equal(other, y[order])
assert np.array_equal(label, y)
assert np.array_equal(total, y + y[order])
assert np.array_equal(same, y == y[order])
again, _ = program.prepare(x, y)
assert np.array_equal(again[1], second)
data = program.load_data()
sizes = [data["train"][0][0], data["validation"][0][1], data["test"][1][3]]
print(json.dumps([len(part) for part in sizes]))
"""
    assert answer(tmp_path, script) == [5400, 600, 1000]


def test_missing_data_is_said_in_a_sentence(tmp_path: Path) -> None:
    project = load("mlp")
    text = emit(project, infer(project)).text
    (tmp_path / "program.py").write_text(text, encoding="utf-8")
    script = """
import program
try:
    program.load_data("nowhere")
except FileNotFoundError as error:
    print(json.dumps(str(error)))
"""
    said = answer(tmp_path, script)
    assert said == "Put the file fashion_mnist_sample.npz into the folder nowhere."
    assert "layerloom" not in text.lower()
    assert str(BUNDLED) not in text
