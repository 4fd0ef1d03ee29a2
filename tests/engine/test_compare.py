"""What runs have come to: orders, gaps, names."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from engine import compare
from engine.runs import History, Run, RunInfo

if TYPE_CHECKING:
    from engine.compare import Facts


def run(name: str, history: History, number: int = 0, **info: object) -> Run:
    made = f"2026-01-01T12:00:{number:02}+00:00"
    record = RunInfo(name=name, created=made, status="completed", **info)  # type: ignore[arg-type]
    return Run(Path(f"/runs/{number}-{name}"), record, history)


WITHOUT = run(
    "without",
    {
        "accuracy": [0.8, 0.95], "loss": [0.6, 0.1], "val_accuracy": [0.9, 0.85],
        "val_loss": [0.5, 0.6],
    },
    scores={"loss": 0.61, "accuracy": 0.84},
    parameters=100,
    seconds=3.0,
)  # fmt: skip
WITH = run(
    "with",
    {
        "accuracy": [0.7, 0.9], "loss": [0.7, 0.3], "val_accuracy": [0.8, 0.88],
        "val_loss": [0.6, None], "learning_rate": [0.1, 0.01],
    },
    number=1,
    scores={"loss": None, "accuracy": 0.87},
    parameters=50,
)  # fmt: skip


LONG = run("long", {"accuracy": [0.9] * 3, "val_accuracy": [0.8] * 3})


def test_figures_are_test_scores_best_and_last_values() -> None:
    figures = compare.facts(WITHOUT).figures
    assert figures["test accuracy"] == 0.84
    assert figures["best val_accuracy"] == 0.9
    assert figures["last val_accuracy"] == 0.85
    assert figures["best loss"] == 0.1
    other = compare.facts(WITH)
    assert "test loss" not in other.figures  # it was no number
    assert other.figures["best val_loss"] == 0.6
    assert not any("learning_rate" in name for name in other.figures)
    assert other.epochs == 2
    columns = compare.columns([compare.facts(WITHOUT), other])
    assert columns[:2] == ("test accuracy", "test loss")
    assert compare.metrics([WITHOUT, WITH]) == ("accuracy", "loss")


def test_a_gap_is_how_much_worse_validation_is() -> None:
    accuracy = compare.pair(WITHOUT, "accuracy")
    assert accuracy.gap == pytest.approx(0.10)
    assert (accuracy.best, accuracy.best_epoch, accuracy.test) == (0.9, 1, 0.84)
    assert compare.pair(WITHOUT, "loss").gap == pytest.approx(0.5)
    assert compare.pair(WITH, "loss").gap is None
    alone = compare.pair(run("alone", {"mae": [3.0, 2.0]}), "mae")
    assert (alone.best, alone.best_epoch, alone.gap) == (2.0, 2, None)


def test_a_trend_takes_three_epochs_and_a_tenth() -> None:
    few = run("few", {"accuracy": [0.8, 0.9], "val_accuracy": [0.7, 0.7]})
    pairs = [(one.info.name, compare.pair(one, "accuracy")) for one in (LONG, few)]
    assert compare.gap_sentence("accuracy", pairs).endswith(
        "2 epochs say nothing about a trend yet."
    )
    near = run("near", {"accuracy": [0.9] * 3, "val_accuracy": [0.805] * 3})
    pairs = [(one.info.name, compare.pair(one, "accuracy")) for one in (LONG, near)]
    assert "differ by less than 10%" in compare.gap_sentence("accuracy", pairs)


def test_runs_on_other_data_are_told_apart() -> None:
    one = run("one", {}, data="sample sha256:1")
    assert compare.data_sentence([("one", one), ("again", one), ("old", LONG)]) == ""
    other = run("other", {}, data="mnist sha256:2")
    said = compare.data_sentence([("one", one), ("again", one), ("other", other)])
    assert said.endswith("can't be compared: one and again on sample; other on mnist.")
    changed = run("changed", {}, data="sample sha256:3")
    assert "of other contents" in compare.data_sentence([("one", one), ("changed", changed)])


def test_runs_on_other_rows_of_the_same_data_are_told_apart() -> None:
    one = run("one", {}, data="clothes sha256:1", samples=(1918, 479))
    assert compare.rows_sentence([("one", one), ("again", one), ("old", LONG)]) == ""
    other = run("other", {}, data="clothes sha256:1", samples=(1919, 480))
    said = compare.rows_sentence([("one", one), ("other", other)])
    assert said.startswith("These runs used other rows of the data")
    assert "one 1,918 training and 479 test samples; other 1,919 training and 480" in said


def test_the_sentence_says_whether_the_gap_closes() -> None:
    closer = run("with", {"accuracy": [0.9] * 3, "val_accuracy": [0.88] * 3})
    named = {"without": LONG, "with": closer}
    pairs = [(name, compare.pair(one, "accuracy")) for name, one in named.items()]
    said = compare.gap_sentence("accuracy", pairs)
    assert said == (
        "The gap between training and validation accuracy is 0.1000 in without and 0.0200 in "
        "with: it closes by 80%."
    )
    assert compare.gap_sentence("accuracy", pairs[::-1]).endswith("it opens.")
    assert compare.gap_sentence("accuracy", pairs[:1]) == ""
    several = compare.gap_sentence("accuracy", [*pairs, ("same", pairs[0][1])])
    assert "smallest in with (0.0200)" in several


@pytest.mark.parametrize(
    ("key", "first"),
    [("when", "with"), ("name", "with"), ("parameters", "with"), ("time", "without"),
     ("test accuracy", "with"), ("best val_loss", "without"), ("last loss", "without")],
)  # fmt: skip
def test_the_best_or_newest_comes_first_and_what_is_missing_last(key: str, first: str) -> None:
    listed = [compare.facts(one) for one in (WITHOUT, WITH)]
    assert _names(compare.in_order(listed, key))[0] == first
    lacking = compare.facts(run("lacking", {}, number=2))
    if key not in {"when", "name", "time"}:
        for descending in (False, True):
            found = compare.in_order([lacking, *listed], key, descending=descending)
            assert found[-1] is lacking


def test_runs_of_one_name_are_told_apart_by_their_time() -> None:
    twins = [compare.facts(run("mlp", {}, number)) for number in (1, 2)]
    told = compare.distinct([*twins, compare.facts(WITH)])
    assert len(set(told)) == 3
    assert told[2] == "with"


def test_a_run_that_nobody_trains_any_more_is_interrupted(tmp_path: Path) -> None:
    left = Run(tmp_path, RunInfo(name="left", status="running"))
    assert compare.facts(left).status == "interrupted"
    with left.held():
        assert compare.facts(left).status == "running"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(None, ""), (0.84, "0.8 s"), (61.2, "61 s"), (200, "3 min 20 s"), (7260, "2 h 1 min")],
)
def test_durations(seconds: float | None, words: str) -> None:
    assert compare.duration(seconds) == words


def _names(listed: list[Facts]) -> list[str]:
    return [one.run.info.name for one in listed]
