"""What keeps a run from going on, in a sentence each, before any engine is asked."""

from __future__ import annotations

import shutil
from pathlib import Path

import msgspec
import pytest

from codegen import emit
from engine import launch
from engine.protocol import Ready
from engine.runs import Run, RunError, open_run
from graph.datasets import BUNDLED, SAMPLE
from graph.inference import infer
from graph.project import Data
from tests.gui.training.conftest import mlp

READY = Ready(keras="3", tensorflow="2", python="3", devices=["CPU"])


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return Path(shutil.copy(BUNDLED / f"{SAMPLE}.npz", tmp_path / "own.npz"))


@pytest.fixture
def run(tmp_path: Path, data: Path) -> Run:
    project = msgspec.structs.replace(mlp(epochs=3), data=Data(str(data)))
    program = emit(project, infer(project))
    return launch.prepare(tmp_path / "runs", project, program, READY, tmp_path)[0]


def test_a_run_goes_on_as_it_is(run: Run) -> None:
    request = launch.resume(open_run(run.path))
    assert (request.resume, request.longer) == (True, False)
    assert request.program == run.program_text


def test_more_epochs_are_in_the_program_and_the_drawing(run: Run) -> None:
    run.update(status="completed")
    with pytest.raises(RunError, match="is complete after 0 epochs"):
        launch.resume(run)
    request = launch.resume(run, 7)
    assert request.longer
    assert "EPOCHS = 7\n" in request.program == run.program_text
    assert '"epochs": 7' in run.drawing_text


def test_epochs_that_are_trained_already(run: Run) -> None:
    (run.path / "backups" / "000003").mkdir(parents=True)
    before = run.drawing_text, run.program_text
    with pytest.raises(RunError, match=r"has been trained for 3 epochs already.*not to 3"):
        launch.resume(run, 3)
    assert (run.drawing_text, run.program_text) == before


def test_data_that_is_missing(run: Run, data: Path) -> None:
    data.unlink()
    with pytest.raises(RunError, match=r"own\.npz is missing .* Put it back, then resume\.$"):
        launch.resume(run)


def test_data_that_has_changed(run: Run, data: Path) -> None:
    with data.open("ab") as file:
        file.write(b"\0")
    with pytest.raises(RunError, match=r"own\.npz has changed since the run"):
        launch.resume(run)


def test_a_drawing_that_cannot_be_read(run: Run) -> None:
    run.replace_texts("no drawing", run.program_text)
    with pytest.raises(RunError, match=r"The drawing of the run .* can't be read"):
        launch.resume(run)


def test_a_run_notes_where_its_weights_come_from(run: Run, tmp_path: Path) -> None:
    weights = run.path / "model-001.weights.h5"
    weights.touch()
    project = mlp()
    program = emit(project, infer(project))
    second, request = launch.prepare(
        tmp_path / "runs", project, program, READY, tmp_path, weights=weights
    )
    assert request.weights == second.info.start == str(weights.resolve())
    assert second.info.parent == run.path.name
    assert launch.resume(second).weights == request.weights
