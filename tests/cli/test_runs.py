"""`layerloom runs` on real run directories."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from engine.protocol import EpochEnded, Evaluated, Finished, Started
from engine.runs import RunInfo, new_run

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Run


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder of runs with two that are over."""
    parent = tmp_path / "runs"
    monkeypatch.setenv("LAYERLOOM_RUNS", str(parent))
    for name, good, size in (("mlp", 0.80, 238_510), ("cnn", 0.90, 90_678)):
        info = RunInfo(seed=1, parameters=size, hardware={"cores": "2"}, data="mnist")
        run = new_run(parent, name, "{}", "", info)
        run.record(Started(epochs=2, initial_epoch=0, steps=4))
        for epoch in range(2):
            logs = {"loss": 1 - good, "accuracy": good + 0.05, "val_accuracy": good + epoch / 100}
            run.record(EpochEnded(epoch=epoch, seconds=1.0, logs=logs))
        run.record(Evaluated(scores={"accuracy": good, "loss": 1 - good}))
        run.record(Finished(reason="completed", weights=None))
    return parent


def test_list_is_sorted_by_any_column(here: Run, folder: Path) -> None:
    said = here("runs")
    assert said.status == 0
    head, first, second = said.out.splitlines()
    assert head.split()[:3] == ["name", "when", "status"]
    assert first.startswith("cnn")
    assert second.startswith("mlp")
    assert "238,510" in second

    def names(*words: str) -> list[str]:
        return [one["name"] for one in json.loads(here("runs", *words, "--json").out)]

    assert names("list", "--sort", "accuracy") == ["cnn", "mlp"]
    assert names("--sort", "accuracy", "--reverse") == ["mlp", "cnn"]
    assert names("--sort", "parameters") == ["cnn", "mlp"]
    assert names("--sort", "best val_accuracy") == ["cnn", "mlp"]
    wrong = here("runs", "--sort", "beauty")
    assert wrong.status == 2
    assert "can't be sorted by beauty" in wrong.err


def test_show_tells_all_that_a_run_keeps(here: Run, folder: Path) -> None:
    said = here("runs", "show", "ml")
    assert said.status == 0
    for words in ("parameters 238,510", "seed       1", "cores      2", "0.8100"):
        assert words in said.out
    record = json.loads(here("runs", "show", "mlp", "--json").out)
    assert record["history"]["val_accuracy"] == [0.8, 0.81]
    assert record["metrics"]["accuracy"]["best_epoch"] == 2
    assert record["figures"]["test accuracy"] == 0.8
    path = record["run"]
    assert json.loads(here("runs", "show", path, "--json").out)["name"] == "mlp"


def test_compare_says_whether_the_gap_closes(here: Run, folder: Path) -> None:
    said = here("runs", "compare", "mlp", "cnn")
    assert said.status == 0
    assert "The gap between training and validation accuracy is 0.0400 in mlp" in said.out
    record = json.loads(here("runs", "compare", "mlp", "cnn", "--json").out)
    assert [pair["test"] for pair in record["metrics"]["accuracy"]] == [0.8, 0.9]
    assert record["names"] == ["mlp", "cnn"]


def test_runs_on_other_data_are_not_compared_by_a_sentence(here: Run, folder: Path) -> None:
    new_run(folder, "other", "{}", "", RunInfo(data="fashion_mnist"))
    said = here("runs", "compare", "mlp", "cnn", "other")
    assert said.out.endswith("can't be compared: mlp and cnn on mnist; other on fashion_mnist.\n")
    assert "Gap between" not in said.out


def test_an_exact_name_wins_over_a_newer_one_that_is_longer(here: Run, folder: Path) -> None:
    new_run(folder, "mlp-wide", "{}", "", RunInfo())

    def name(word: str) -> str:
        return json.loads(here("runs", "show", word, "--json").out)["name"]

    assert name("mlp") == "mlp"
    assert name("mlp-") == "mlp-wide"


@pytest.mark.usefixtures("folder")
def test_a_folder_that_is_no_run_hides_no_run_of_its_name(
    here: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "work" / "mlp").mkdir(parents=True)  # such as a folder of images
    (tmp_path / "work" / "images").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    assert json.loads(here("runs", "show", "mlp", "--json").out)["name"] == "mlp"
    assert "images is not a run" in here("runs", "show", "images").err


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("show",), "needs one run"),
        (("compare", "mlp"), "needs two runs"),
        (("show", "nothing"), "There is no run nothing"),
        (("frob",), "can't frob"),
        (("prove", "mlp", "cnn"), "needs one run"),
    ],
)
def test_wrong_use_is_a_sentence(
    here: Run, folder: Path, words: tuple[str, ...], sentence: str
) -> None:
    said = here("runs", *words)
    assert said.status == 2
    assert sentence in said.err
    assert said.err.count("\n") == 1


def test_an_empty_folder_says_how_to_fill_it(here: Run, tmp_path: Path) -> None:
    said = here("runs", "--folder", str(tmp_path / "none"))
    assert said.status == 0
    assert "layerloom train" in said.out
    assert json.loads(here("runs", "--folder", str(tmp_path / "none"), "--json").out) == []


@pytest.mark.engine
def test_prove_gives_both_numbers(child: Run, tmp_path: Path) -> None:
    said = child("train", "mlp", "--epochs", "1", "--limit", "256", LAYERLOOM_RUNS="runs")
    assert said.status == 0, said.err
    record = json.loads(child("runs", "prove", "mlp", "--json", LAYERLOOM_RUNS="runs").out)
    assert record["agrees"]
    assert record["figures"][0]["name"] == "first-epoch loss"
    assert record["figures"][0]["difference"] == pytest.approx(0, abs=1e-4)
    assert "by the program alone" in record["sentence"]
