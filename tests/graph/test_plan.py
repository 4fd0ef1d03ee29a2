"""The training plan: what callbacks, weights and schedules say when they can't work."""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np
import pytest

from graph import schedules
from graph.binding import bind, binding_problems, history_names
from graph.callbacks import fault, planned
from graph.goals import best_is, metric_names, target_fault
from graph.inference import infer
from graph.objects import NOT_OFFERED, check_named, starter
from graph.params import Named
from graph.project import Goal, Project, Training, port_key
from graph.projectfile import dumps, loads
from graph.templates import load

STEPS = np.arange(0, 40, dtype=float)
SCHEDULES = (
    Named("CosineDecay", {"initial_learning_rate": 0.1, "decay_steps": 20, "alpha": 0.1}),
    Named(
        "CosineDecay",
        {
            "initial_learning_rate": 0.0,
            "decay_steps": 20,
            "warmup_target": 0.2,
            "warmup_steps": 7,
        },
    ),
    Named("CosineDecayRestarts", {"initial_learning_rate": 0.1, "first_decay_steps": 7}),
    Named(
        "CosineDecayRestarts",
        {"initial_learning_rate": 0.1, "first_decay_steps": 9, "t_mul": 1.0, "m_mul": 0.5},
    ),
    Named("ExponentialDecay", {"initial_learning_rate": 0.1, "decay_steps": 6, "decay_rate": 0.5}),
    Named(
        "InverseTimeDecay",
        {"initial_learning_rate": 0.1, "decay_steps": 6, "decay_rate": 0.5, "staircase": True},
    ),
    Named("PiecewiseConstantDecay", {"boundaries": (5, 20), "values": (0.1, 0.05, 0.01)}),
    Named("PolynomialDecay", {"initial_learning_rate": 0.1, "decay_steps": 15, "power": 2.0}),
    Named("PolynomialDecay", {"initial_learning_rate": 0.1, "decay_steps": 15, "cycle": True}),
)


@pytest.mark.parametrize("schedule", SCHEDULES, ids=lambda one: one.name)
def test_a_schedules_rates_are_keras(schedule: Named) -> None:
    import keras  # noqa: PLC0415 - takes seconds

    theirs = getattr(keras.optimizers.schedules, schedule.name)(**schedule.settings)
    expected = [float(theirs(step)) for step in STEPS]
    assert schedules.rates(schedule, STEPS) == pytest.approx(expected, rel=1e-5, abs=1e-8)


def with_plan(project: Project, **plan: Any) -> Project:
    training = msgspec.structs.replace(project.training, **plan)
    return msgspec.structs.replace(project, training=training)


def said(project: Project, kind: str = "callback") -> list[str]:
    return [one.sentence for one in binding_problems(project, infer(project)) if one.kind == kind]


@pytest.mark.parametrize(
    ("callback", "plan", "words"),
    [
        (Named("EarlyStopping", {"patience": 12}), {}, "waits for 12 epochs"),
        (Named("EarlyStopping", {"monitor": "val_acc"}), {}, "try val_accuracy"),
        (Named("EarlyStopping"), {"validation": "none"}, "without validation"),
        (Named("EarlyStopping", {"patience": -1}), {}, "The patience of EarlyStopping must be"),
        (
            Named("ReduceLROnPlateau", {"patience": 2}),
            {"optimizer": Named("SGD", {"learning_rate": SCHEDULES[0]})},
            "refuses that while CosineDecay does",
        ),
        (Named("ReduceLROnPlateau", {"patience": 2, "min_lr": 0.1}), {}, "starts with 0.001"),
        (Named("SwapEMAWeights"), {}, "set its use_ema"),
        (Named("BackupAndRestore"), {}, "resumes exactly"),
        (Named("CSVLogger", {"filename": "../../x.csv"}), {}, "leads out of it"),
        (Named("CSVLogger"), {}, "needs its filename"),
        (Named("File", {"path": "", "name": ""}), {}, "needs the path of a Python file"),
        (Named("File", {"path": "/a/json.py", "name": "A"}), {}, "take it for its own json"),
        (Named("File", {"path": "/a/b.py", "name": "x()"}), {}, "no name of a class"),
        (Named("File", {"path": "/no/such.py", "name": "A"}), {}, "There is no file /no/such.py"),
        (Named("LearningRateScheduler", {"epochs": 10}), {}, "takes 10 epochs"),
    ],
)
def test_a_callback_that_cannot_work_is_said(
    callback: Named, plan: dict[str, Any], words: str
) -> None:
    (sentence,) = said(with_plan(load("mlp"), callbacks=(callback,), **plan))
    assert words in sentence
    assert sentence[0].isupper()
    assert sentence.endswith(".")


def test_good_callbacks_say_nothing_and_record_their_rate() -> None:
    good = tuple(
        Named(name, settings)
        for name, settings in (
            ("EarlyStopping", {"patience": 3}),
            ("ReduceLROnPlateau", {"patience": 2}),
            ("CSVLogger", {"filename": "history.csv"}),
            ("TerminateOnNaN", {}),
        )
    )
    project = with_plan(load("mlp"), callbacks=good)
    assert said(project) == []
    assert planned(project.training) == good
    assert "learning_rate" in history_names(project, infer(project))


@pytest.mark.parametrize(
    ("optimizer", "words"),
    [
        (Named("Nonsense"), "must be one of the optimizers"),
        (Named("SGD", {"learning_rate": -1.0}), "The learning_rate of SGD must be more than 0"),
        (Named("SGD", {"learning_rate": Named("CosineDecay")}), "needs its initial_learning_rate"),
        (
            Named(
                "SGD",
                {
                    "learning_rate": Named(
                        "PiecewiseConstantDecay", {"boundaries": (1,), "values": (0.1,)}
                    )
                },
            ),
            "2 for 1, not 1",
        ),
    ],
)
def test_an_optimizer_that_keras_refuses_is_said(optimizer: Named, words: str) -> None:
    (sentence,) = said(with_plan(load("mlp"), optimizer=optimizer), "optimizer")
    assert words in sentence


def test_weights_that_cannot_be_are_said() -> None:
    mlp = load("mlp")
    assert said(with_plan(mlp, class_weight="balanced"), "class weight") == []
    assert "needs labels" not in str(said(with_plan(mlp, sample_weight="none"), "sample weight"))
    assert "is not in the data set" in str(said(with_plan(mlp, sample_weight="w"), "sample weight"))
    assert said(with_plan(mlp, class_weight="Dress: 2, 9: 0.5"), "class weight") == []
    hat = str(said(with_plan(mlp, class_weight="Hat: 2"), "class weight"))
    assert "“Hat” is no label of “label”; it has T-shirt/top, Trouser" in hat
    assert "such as T-shirt/top: 2" in str(said(with_plan(mlp, class_weight="Bag"), "class weight"))
    auto = with_plan(load("autoencoder"), class_weight="balanced")
    assert "no output has any" in str(said(auto, "class weight"))
    assert "dtype float32" in str(said(with_plan(mlp, mixed_precision=True), "precision"))


def test_metrics_with_settings_have_names_of_their_own() -> None:
    found = (Named("AUC"), "auc", Named("AUC", {"curve": "PR"}), Named("FBetaScore"))
    assert metric_names(found) == ("auc_2", "auc", "auc_3", "f_beta_score")
    assert [best_is(name) for name in ("auc_2", "loss", "false_negatives")] == ["max", "min", "min"]
    assert target_fault("accuracy", "integer") is None
    wrong = target_fault("top_k_categorical_accuracy", "integer")
    assert wrong is not None
    assert "sparse_top_k_categorical_accuracy" in wrong


def test_a_metric_that_does_not_fit_its_target_is_said() -> None:
    mlp = load("mlp")
    (port,) = mlp.graph.outputs
    goals = {port_key(port): Goal(metrics=("precision", "f1_score"))}
    sentences = said(with_plan(mlp, goals=goals), "metric")
    assert "F1Score needs its average" in sentences[0]
    assert "precision compares a target for each unit" in sentences[1]


def test_a_plan_is_kept_in_a_file_as_it_is() -> None:
    mlp = load("mlp")
    (port,) = mlp.graph.outputs
    goal = Goal(Named("Huber", {"delta": 2.0}), ("accuracy", Named("AUC", {"curve": "PR"})), 0.5)
    project = with_plan(
        mlp,
        goals={port_key(port): goal},
        callbacks=(Named("EarlyStopping", {"patience": 3}),),
        optimizer=Named("SGD", {"learning_rate": SCHEDULES[6]}),
    )
    assert loads(dumps(project)) == project
    assert bind(project, infer(project)).outputs[0].loss == "huber"


def test_a_plans_rates_over_its_steps() -> None:
    scheduler = starter("callback", "LearningRateScheduler")
    halved = Training(Named("SGD"), epochs=12, callbacks=(scheduler,))
    found = schedules.of_plan(halved, 10)
    assert found is not None
    steps, rates = found
    assert (steps[0], steps[-1]) == (0, 119)
    assert {round(rate, 6) for rate in rates} == {0.01, 0.005, 0.0025}
    assert schedules.of_plan(Training(Named("SGD", {"learning_rate": Named("No")})), 10) is None


def test_what_is_not_offered_is_refused_with_its_reason() -> None:
    for role, reasons in NOT_OFFERED.items():
        for name, reason in reasons.items():
            assert check_named(role, Named(name)) == f"can't be {name}, which {reason}"


def test_restarts_end_at_the_bottom() -> None:
    for steps in (430, 434, 7, 100):
        made = schedules.beginning("CosineDecayRestarts", 0.1, steps)
        end = 7 * made.settings["first_decay_steps"]  # 1 + 2 + 4
        assert steps <= end < steps + 7


def test_required_settings_are_asked_for_and_have_a_beginning() -> None:
    assert check_named("metric", Named("IoU")) is not None
    assert check_named("metric", starter("metric", "IoU")) is None
    assert fault(starter("callback", "CSVLogger")) is None
