"""Notes on trainings, by hand-made values and by those of runs that went well."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from engine.diagnosis import KINDS, diagnose
from engine.observed import Facts, Observed
from engine.protocol import EpochEnded, Gradients, Progress, Resumed, Started

if TYPE_CHECKING:
    from engine.diagnosis import Note

HEALTHY = json.loads((Path(__file__).parent / "healthy.json").read_text(encoding="utf-8"))
"""Values of the bundled templates, each trained as it is, with what was known of it before."""

TEN = Facts(epochs=10, classes={"accuracy": 10}, guessing={"loss": math.log(10)}, rate=0.01)


def observed(
    gradients: list[tuple[dict[str, float], dict[str, float]]] | None = None,
    **history: list[float],
) -> Observed:
    seen = Observed()
    for name, values in history.items():
        for epoch, value in enumerate(values):
            seen.add_epoch(epoch, {name: value})
    for epoch, (norms, dead) in enumerate(gradients or []):
        seen.take(Gradients(epoch=epoch, norms=norms, dead=dead))
    return seen


def kinds(notes: tuple[Note, ...]) -> list[str]:
    return [note.kind for note in notes]


def test_a_loss_that_is_not_finite_is_told_with_its_batch_and_alone() -> None:
    seen = observed(loss=[2.0, math.nan], val_loss=[2.0, math.nan], accuracy=[0.1, 0.1])
    seen.take(Progress(epoch=1, step=7, steps=9, samples=1, rate=1, eta=1, logs={"loss": math.inf}))
    (note,) = diagnose(seen, TEN)
    assert (note.kind, note.epoch) == ("not finite", 1)
    assert "since batch 7 of epoch 2" in note.sentence
    assert "0.01" in note.advice
    (note,) = diagnose(observed(loss=[2.0, math.nan]), TEN)
    assert "since epoch 2." in note.sentence


def test_a_loss_far_above_guessing_and_a_jump_blame_the_learning_rate() -> None:
    (note, *_) = diagnose(observed(loss=[40.0, 31.0]), TEN)
    assert note.kind == "rate too high"
    assert "31" in note.sentence
    assert "2.3" in note.sentence
    (note,) = diagnose(observed(loss=[1.0, 0.8, 1.9, 0.9]), Facts(rate=0.5))
    assert (note.kind, note.epoch) == ("rate too high", 2)
    assert "0.8 to 1.9" in note.sentence
    assert not diagnose(observed(loss=[8.05]), TEN)  # inputs that aren't scaled begin so
    assert not diagnose(observed(loss=[40.0, 9.0]), TEN)
    assert kinds(diagnose(observed(loss=[40.0, 15.0, 9.0]), TEN)) == ["rate too high"]
    eased = TEN._replace(eased=True)
    assert not diagnose(observed(loss=[9.0, 8.5, 8.2]), eased)  # a regularizer's share


def test_an_accuracy_at_chance_is_told_with_what_chance_is() -> None:
    (note,) = diagnose(observed(loss=[2.31, 2.3, 2.3], accuracy=[0.098, 0.11, 0.105]), TEN)
    assert note.kind == "at chance"
    assert "10.5%" in note.sentence
    assert "10.0%" in note.sentence
    slow = {"loss": [1.62, 1.24, 1.15], "accuracy": [0.3, 0.31, 0.32]}
    three = Facts(classes={"accuracy": 3})
    assert not diagnose(observed(**slow), three)  # few batches: measured before they are learnt
    still = {"loss": [1.1, 1.1, 1.1], "accuracy": [0.3, 0.31, 0.32]}
    assert kinds(diagnose(observed(**still), three)) == ["at chance"]
    assert not diagnose(observed(**still, val_accuracy=[0.3, 0.4, 0.5]), three)
    two = Facts(classes={"accuracy": 2})
    assert kinds(diagnose(observed(accuracy=[0.5, 0.49, 0.51]), two)) == ["at chance"]
    assert not diagnose(observed(accuracy=[0.5, 0.6, 0.68]), two)
    assert not diagnose(observed(accuracy=[0.01, 0.012, 0.02]), Facts(classes={"accuracy": 100}))
    rare = Facts(classes={"accuracy": 2}, shares={"accuracy": 0.9})
    (note,) = diagnose(observed(accuracy=[0.89, 0.9, 0.9]), rare)
    assert "always saying the most frequent of 2 classes gives 90.0%" in note.sentence
    assert not diagnose(observed(accuracy=[0.89, 0.91, 0.93]), rare)


def test_overfitting_is_told_with_the_epoch_where_it_begins() -> None:
    held = [0.9, 0.6, 0.5, 0.48, 0.47, 0.5, 0.55, 0.6]
    falling = [1.0, 0.7, 0.5, 0.4, 0.33, 0.27, 0.2, 0.15]
    (note,) = diagnose(observed(loss=falling, val_loss=held), Facts(epochs=8))
    assert (note.kind, note.epoch) == ("overfitting", 5)
    assert "begins at epoch 6" in note.sentence
    assert "0.47 to 0.6" in note.sentence
    assert "55%" in note.sentence  # by which the training loss fell: 0.33 to 0.15
    assert "val_loss, epochs 1 to 8" in note.evidence[1]
    flat = [1.0, 0.7, 0.5, 0.4, 0.33, 0.33, 0.33, 0.33]
    assert not diagnose(observed(loss=flat, val_loss=held), Facts(epochs=8))
    assert not diagnose(observed(loss=falling[:6], val_loss=held[:6]), Facts(epochs=8))


def test_a_loss_that_still_falls_at_the_end_wants_more_epochs() -> None:
    falling = [1.0, 0.8, 0.64, 0.5, 0.4]
    (note,) = diagnose(observed(loss=falling, val_loss=falling), Facts(epochs=5))
    assert note.kind == "still improving"
    assert "38%" in note.sentence or "37%" in note.sentence
    assert not diagnose(observed(loss=falling, val_loss=falling), Facts(epochs=9))


def test_gradients_that_vanish_explode_or_are_not_finite() -> None:
    norms = {"hidden1": 1e-9, "hidden2": 1e-5, "output": 2.0}
    (note,) = diagnose(observed([(norms, {}), (norms, {})]), TEN)
    assert note.kind == "vanishing gradients"
    assert "hidden1 (and 1 more)" in note.sentence
    assert "5e-10" in note.sentence
    assert note.evidence[0] == "hidden1: gradient norm 1e-09"
    once = {**norms, "hidden1": 1.0, "hidden2": 1.0}
    assert not diagnose(observed([(once, {}), (norms, {})]), TEN)
    assert not diagnose(observed([({"hidden1": 0.1, "output": 1.0}, {})]), TEN)
    grown = [({"hidden1": 0.5}, {}), ({"hidden1": 8000.0}, {})]
    (note,) = diagnose(observed(grown), TEN)
    assert note.kind == "exploding gradients"
    assert "from 0.5 to 8e+03" in note.sentence
    assert kinds(diagnose(observed([({"a": math.nan}, {})]), TEN)) == ["exploding gradients"]


def test_dead_units_are_told_with_their_share() -> None:
    (note,) = diagnose(observed([({}, {"hidden1": 0.3, "hidden2": 0.92})]), TEN)
    assert note.kind == "dead units"
    assert "92% of the units of hidden2" in note.sentence
    assert not diagnose(observed([({}, {"hidden1": 0.5})]), TEN)


def test_validation_that_is_much_better_is_explained() -> None:
    values = {"loss": [2.0, 1.6, 1.5], "val_loss": [1.5, 0.9, 0.8]}
    (note,) = diagnose(observed(None, **values), Facts(epochs=9, eased=True))
    assert note.kind == "validation better"
    assert "normal" in note.advice
    (note,) = diagnose(observed(None, **values), Facts(epochs=9))
    assert "normal" not in note.advice


def test_the_gravest_comes_first_and_what_is_trained_again_is_forgotten() -> None:
    seen = observed([({}, {"hidden1": 1.0})], loss=[2.3, 2.3, 2.3], accuracy=[0.1, 0.1, 0.1])
    found = kinds(diagnose(seen, TEN))
    assert found == sorted(found, key=KINDS.index)
    assert found[0] == "dead units"
    seen.take(Started(epochs=10, initial_epoch=0, steps=None))
    assert not diagnose(seen, TEN)
    seen.take(EpochEnded(epoch=0, seconds=1.0, logs={"loss": 1.0}))
    assert seen.history["loss"] == [1.0]


@pytest.mark.parametrize("name", sorted(HEALTHY))
def test_there_is_no_note_on_a_healthy_run(name: str) -> None:
    record = HEALTHY[name]
    seen = observed(
        [(entry["norms"], entry["dead"]) for entry in record["gradients"]], **record["history"]
    )
    assert seen.history
    assert seen.gradients
    whole = Facts(**record["facts"])
    assert not diagnose(seen, whole)
    for epochs in range(1, len(seen.history["loss"])):  # nor while it goes on
        part = {name: values[:epochs] for name, values in record["history"].items()}
        assert not diagnose(observed(None, **part), whole)


def test_a_resume_forgets_only_what_is_trained_again() -> None:
    seen = Observed()
    norms = {"hidden1": 1e-9, "output": 1.0}
    for epoch in range(4):
        seen.take(EpochEnded(epoch=epoch, seconds=1.0, logs={"loss": 2.0 - epoch}))
        seen.take(Gradients(epoch=epoch, norms=norms, dead={}))
    again = [EpochEnded(epoch=epoch, seconds=1.0, logs={"loss": 2.0 - epoch}) for epoch in range(2)]
    seen.take(Resumed(epoch=2, epochs=again))
    assert [one.epoch for one in seen.gradients] == [0, 1]
    assert seen.history == {"loss": [2.0, 1.0]}
    assert kinds(diagnose(seen, TEN)) == ["vanishing gradients"]
