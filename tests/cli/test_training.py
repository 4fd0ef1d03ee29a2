"""`train` and `maps`, on a real engine; each training is short."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from cli.verdict import print_warnings
from engine.runs import open_run
from graph import edits, projectfile, templates
from graph.inference import infer
from graph.project import Data

if TYPE_CHECKING:
    from collections.abc import Callable

    Run = Callable[..., Any]
    Start = Callable[..., subprocess.Popen[str]]


pytestmark = pytest.mark.engine

SHORT = ("--limit", "512", "--epochs", "1", "--out", "runs")


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """Return the folder and the JSON of one short training, made by a child process."""
    folder = tmp_path_factory.mktemp("trained")
    launcher = Path(__file__).resolve().parents[2] / "layerloom.py"
    words = ("train", "cnn", *SHORT, "--seed", "5", "--json")
    done = subprocess.run(
        [sys.executable, str(launcher), *words],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return folder, json.loads(done.stdout)


def test_train_prints_one_object(trained: tuple[Path, dict[str, Any]]) -> None:
    folder, record = trained
    assert set(record) == {"run", "status", "history", "scores", "seconds", "notes"}
    assert record["notes"] == []
    assert record["status"] == "completed"
    assert all(len(values) == 1 for values in record["history"].values())
    assert 0 <= record["scores"]["accuracy"] <= 1
    run = open_run(folder / record["run"])
    assert run.history == record["history"]
    assert run.info.seed == 5


def test_the_options_are_in_the_program_of_the_run(trained: tuple[Path, dict[str, Any]]) -> None:
    folder, record = trained
    program = open_run(folder / record["run"]).program_text
    assert "512" in program
    assert "EPOCHS = 1\n" in program


def test_what_the_window_warns_of_is_told_before(capsys: pytest.CaptureFixture[str]) -> None:
    project = templates.load("mlp")
    print_warnings(project, infer(project))
    assert capsys.readouterr().out == ""
    plan = msgspec.structs.replace(project.training, class_weight="Hat: 2")
    project, _ = edits.apply(project, edits.SetTraining(plan))
    print_warnings(project, infer(project))
    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith("Warning: ")
    assert "Hat" in line


def test_maps_are_painted(trained: tuple[Path, dict[str, Any]], here: Run) -> None:
    folder, record = trained
    said = here("maps", str(folder / record["run"]), "--layer", "conv1", "--sample", "3")
    assert (said.status, said.err) == (0, "")
    assert Path("maps.png").read_bytes().startswith(b"\x89PNG")


def test_a_folder_of_runs_stands_for_its_newest(
    trained: tuple[Path, dict[str, Any]], here: Run
) -> None:
    folder, _ = trained
    said = here("maps", str(folder / "runs"), "--layer", "nonsense")
    assert said.status == 2
    assert "conv1" in said.err


def test_a_sample_that_is_not_there_is_a_sentence(
    trained: tuple[Path, dict[str, Any]], here: Run
) -> None:
    folder, _ = trained
    said = here("maps", str(folder / "runs"), "--layer", "conv1", "--sample", "100000")
    assert said.status == 2
    assert "1,000" in said.err
    assert said.err.count("\n") == 1
    assert not Path("maps.png").exists()


def test_a_folder_that_is_no_run_is_a_sentence(here: Run, tmp_path: Path) -> None:
    said = here("maps", str(tmp_path), "--layer", "conv1")
    assert said.status == 2
    assert "is not a run" in said.err


def test_in_a_pipe_there_is_a_line_an_epoch(child: Run) -> None:
    said = child("train", "mlp", *SHORT)
    assert (said.status, said.err) == (0, "")
    lines = said.out.splitlines()
    assert lines[0].startswith("Epoch 1 of 1 · ")
    assert "\x1b" not in said.out
    assert "━" not in said.out
    assert any(line.startswith("Test set: ") and "accuracy" in line for line in lines)
    assert "Run: runs" in lines[-1]


def _first_epoch(process: subprocess.Popen[str]) -> None:
    assert process.stdout.readline().startswith("Epoch 1 of ")


@pytest.mark.may_skip
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT for one process")
def test_ctrl_c_stops_and_keeps_the_weights(start: Start, tmp_path: Path) -> None:
    process = start("train", "mlp", "--limit", "512", "--epochs", "5000", "--out", "runs")
    _first_epoch(process)
    began = time.monotonic()
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert time.monotonic() - began < 10
    assert (process.returncode, err) == (130, "")
    assert "weights so far are kept" in out
    (run,) = (open_run(path) for path in (tmp_path / "runs").iterdir())
    assert run.info.status == "stopped"
    assert run.weights.is_file()


@pytest.mark.may_skip
@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="finds the engine in /proc")
def test_a_killed_engine_is_a_sentence_and_status_3(start: Start, tmp_path: Path) -> None:
    import os  # noqa: PLC0415 - here alone

    process = start("train", "mlp", "--limit", "512", "--epochs", "5000", "--out", "runs")
    _first_epoch(process)
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text(encoding="ascii")
    os.kill(int(children.split()[0]), signal.SIGKILL)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 3
    assert err.count("\n") == 1
    assert "was killed" in err
    (run,) = (open_run(path) for path in (tmp_path / "runs").iterdir())
    assert run.info.status == "failed"


def test_a_missing_tensorflow_is_a_sentence_and_status_3(child: Run, tmp_path: Path) -> None:
    fake = tmp_path / "stubs"
    fake.mkdir()
    reason = "raise ModuleNotFoundError(\"No module named 'tensorflow'\", name='tensorflow')"
    (fake / "tensorflow.py").write_text(reason, encoding="utf-8")
    said = child("train", "mlp", *SHORT, PYTHONPATH=str(fake))
    assert said.status == 3
    assert said.err.count("\n") == 1
    assert "tensorflow" in said.err


def test_a_data_set_that_is_not_there_names_the_folder(child: Run, tmp_path: Path) -> None:
    empty = tmp_path / "nothing"
    empty.mkdir()
    nowhere = {"https_proxy": "http://127.0.0.1:9", "http_proxy": "http://127.0.0.1:9"}
    said = child(
        "train", "mlp", "--data", "mnist", *SHORT,
        LAYERLOOM_DATA=str(empty), KERAS_HOME=str(empty), HOME=str(empty), **nowhere,
    )  # fmt: skip
    assert said.status == 3
    assert str(empty) in said.err
    assert said.err.count("\n") == 1


def test_without_a_data_set_nothing_is_trained(child: Run, tmp_path: Path) -> None:
    project = templates.load("mlp")
    bare, _ = edits.apply(project, edits.SetData(Data("")))
    projectfile.write(tmp_path / "bare.loom", bare)
    said = child("train", "bare.loom", *SHORT)
    assert said.status == 2
    assert said.err == "No data set is chosen yet. Choose one for the project.\n"
    assert not (tmp_path / "runs").exists()


def test_a_run_folder_that_cannot_be_made_is_a_sentence(child: Run, tmp_path: Path) -> None:
    (tmp_path / "runs").write_text("a file in its place", encoding="utf-8")
    said = child("train", "mlp", *SHORT)
    assert said.status == 3
    assert "runs" in said.err
    assert said.err.count("\n") == 1


def test_rates_are_tried_and_none_is_trained_with(here: Run) -> None:
    said = here("train", "mlp", "--limit", "2000", "--out", "runs", "--find-rate", "--json")
    assert (said.status, said.err) == (0, "")
    record = json.loads(said.out)
    assert set(record) == {"rates", "losses", "smooth", "rate", "least"}
    assert 1e-5 < record["rate"] < 0.1
    assert not Path("runs").exists()
