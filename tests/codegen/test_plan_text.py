"""What a plan adds to the program: as black leaves it, and nothing where nothing is asked for."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

import black
import msgspec
import numpy as np
import pytest

from codegen import emit
from codegen.export import export
from codegen.source import WIDTH
from graph.inference import infer
from graph.params import Named
from graph.project import Goal, Project, port_key
from graph.projectfile import BadFile
from graph.templates import load

if TYPE_CHECKING:
    from pathlib import Path

CALLBACKS = (
    Named("EarlyStopping", {"monitor": "val_loss", "patience": 3, "restore_best_weights": True}),
    Named("SwapEMAWeights", {"swap_on_epoch": True}),
    Named("LearningRateScheduler", {"shape": "warm-up", "epochs": 3}),
    Named("CSVLogger", {"filename": "history.csv"}),
    Named("File", {"path": "/somewhere/mine.py", "name": "Mine"}),
)


def planned(name: str, **plan: Any) -> Project:
    project = load(name)
    training = msgspec.structs.replace(project.training, **plan)
    return msgspec.structs.replace(project, training=training)


def text_of(project: Project) -> str:
    text = emit(project, infer(project)).text
    assert black.format_str(text, mode=black.Mode(line_length=WIDTH)) == text
    return text


def function(text: str, name: str, **known: Any) -> Any:
    """Return a function of a program, run without the rest of it."""
    (found,) = [
        part
        for part in ast.parse(text).body
        if isinstance(part, ast.FunctionDef) and part.name == name
    ]
    space = dict(known)
    exec(compile(ast.Module([found], []), name, "exec"), space)  # noqa: S102 - a program of ours
    return space[name]


def test_callbacks_stand_in_order_after_the_checkpoint() -> None:
    adam = Named("Adam", {"learning_rate": 0.002, "use_ema": True})
    text = text_of(planned("mlp", callbacks=CALLBACKS, optimizer=adam))
    train = text[text.index("def train(") : text.index("def evaluate(")]
    assert "callbacks=[follow, averages, checkpoint, *planned, *callbacks]" in train
    places = [train.index(word) for word in ("EarlyStopping(", "learning_rate_of)", "Mine()")]
    assert places == sorted(places)
    assert "from mine import Mine  # lies beside this program" in train
    assert "append=initial_epoch > 0" in train
    assert "/somewhere" not in text
    assert "steps_per_execution" not in text  # nobody knows what Mine does after a batch
    rate = function(text, "learning_rate_of")
    assert [rate(epoch) for epoch in range(4)] == pytest.approx(
        [0.002 / 3, 0.004 / 3, 0.002, 0.002]
    )


def test_what_is_wrong_is_left_out_of_the_program() -> None:
    wrong = (
        Named("EarlyStopping", {"patience": -1}),
        Named("BackupAndRestore", {"backup_dir": "x"}),
        Named("File", {"path": "/x/y.py", "name": "Mine(); import os"}),
        Named("CSVLogger", {"filename": "/etc/history.csv"}),
    )
    assert text_of(planned("mlp", callbacks=wrong)) == text_of(planned("mlp"))


def test_weights_make_rare_labels_count_as_much_as_others() -> None:
    text = text_of(planned("mlp", class_weight="balanced"))
    weights = function(text, "balanced_weights", np=np)
    labels = np.array([0, 0, 0, 0, 0, 0, 5, 5])
    made = weights(labels)
    assert made.dtype == np.float32
    assert made.sum() == pytest.approx(len(labels))
    assert made[labels == 0].sum() == pytest.approx(made[labels == 5].sum())
    assert "(targets, weights)" in text
    one_hot = planned("mlp", class_weight="balanced")
    (port,) = one_hot.graph.outputs
    goals = {port_key(port): Goal("categorical_crossentropy")}
    assert "balanced_weights(np.argmax(targets, axis=1))" in text_of(
        planned("mlp", class_weight="balanced", goals=goals)
    )


def test_weights_are_chosen_for_labels_by_name_or_number() -> None:
    text = text_of(planned("mlp", class_weight="Dress: 2.5, 5: 0, Ankle boot: 3"))
    assert "CLASS_WEIGHTS = {3: 2.5, 5: 0.0, 9: 3.0}" in text
    weights = function(text, "class_weights", np=np, CLASS_WEIGHTS={3: 2.5, 5: 0.0, 9: 3.0})
    made = weights(np.array([0, 3, 5, 9, 3], "int32"))
    assert made.dtype == np.float32
    assert made.tolist() == [1.0, 2.5, 0.0, 3.0, 2.5]
    assert "weights = class_weights(targets)" in text
    every = ", ".join(f"{label}: {label + 0.125}" for label in range(10))
    assert "    9: 9.125,\n}" in text_of(planned("mlp", class_weight=every)), "as black leaves it"
    for wrong in ("Dress", "Dress: much", "Dress: -1", "Hat: 2", "12: 2", "x: __import__('os')"):
        assert text_of(planned("mlp", class_weight=wrong)) == text_of(planned("mlp"))


def test_several_outputs_have_weights_and_goals_of_their_own() -> None:
    project = planned("several-outputs", class_weight="balanced")
    first, second = map(port_key, project.graph.outputs)
    huber = Goal(Named("Huber", {"delta": 2.0}), (Named("MeanAbsoluteError"),), 0.1)
    goals = {first: Goal(metrics=("accuracy",), weight=2.0), second: huber}
    stop = (Named("EarlyStopping", {"monitor": "val_output_label_accuracy", "patience": 2}),)
    text = text_of(planned("several-outputs", goals=goals, callbacks=stop, class_weight="balanced"))
    assert "loss_weights=[2.0, 0.1]" in text
    assert "keras.losses.Huber(delta=2.0)" in text
    assert 'keras.metrics.MeanAbsoluteError(name="mean_absolute_error")' in text
    assert 'mode="max"' in text[text.index("EarlyStopping(") :].partition(")")[0]
    assert 'np.ones(len(targets[1]), "float32")' in text


def test_a_file_of_ones_own_comes_along_unread(tmp_path: Path) -> None:
    own = tmp_path / "mine.py"
    own.write_text("raise SystemExit", encoding="utf-8")
    callbacks = (Named("File", {"path": str(own), "name": "Mine"}),)
    project = planned("mlp", callbacks=callbacks)
    place = tmp_path / "out"
    place.mkdir()
    written = export(project, infer(project), place / "program.py")
    assert place / "mine.py" in written
    assert (place / "mine.py").read_text(encoding="utf-8") == "raise SystemExit"
    with pytest.raises(BadFile, match=r"called mine\.py too"):
        export(project, infer(project), place / "mine.py")
