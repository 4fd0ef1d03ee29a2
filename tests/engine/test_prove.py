"""Proving a run: real programs in processes of their own."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import msgspec
import pytest

from codegen import emit
from engine.prove import Cancelled, CantProve, Compared, Proof, Prover
from engine.runs import Run, RunInfo, new_run, open_run
from graph import projectfile
from graph.datasets import fingerprint
from graph.inference import infer
from graph.templates import load

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.engine


def quiet(_part: float | None, _words: str) -> None:
    pass


def made(folder: Path, program: str = "", **info: object) -> Run:
    """Return a run of one epoch whose loss was written down wrongly."""
    project = load("mlp")
    plan = msgspec.structs.replace(project.training, epochs=2, limit=256)
    project = msgspec.structs.replace(project, training=plan)
    record = RunInfo(**{"status": "completed", "data": fingerprint(project), **info})  # type: ignore[arg-type]
    text = program or emit(project, infer(project)).text
    run = new_run(folder, "mlp", projectfile.dumps(project), text, record)
    remember(run, {"loss": [9.0, 9.0]})
    return open_run(run.path)


def remember(run: Run, history: dict[str, list[float]]) -> None:
    (run.path / "history.json").write_text(json.dumps(history), encoding="utf-8")


def test_numbers_of_the_program_alone_are_held_against_the_record(tmp_path: Path) -> None:
    run = made(tmp_path, scores={"accuracy": 2.0})
    seen: list[tuple[float | None, str]] = []
    wrong = Prover(run, whole=True).prove(lambda part, words: seen.append((part, words)))
    assert not wrong.agrees
    assert wrong.epochs == 2
    assert seen[0] == (None, "Starting Keras")
    assert seen[-1] == (1.0, "Epoch 2 of 2")
    loss = wrong.figures[0]
    assert loss.name == "first-epoch loss"
    assert loss.found is not None
    assert f"{loss.found:.6f} by the program alone, 9.000000 in the run" in wrong.sentence
    assert "test accuracy" in wrong.sentence
    kept = open_run(run.path).info
    assert (kept.proof, kept.proof_agrees) == (wrong.sentence, False)

    assert {path.name for path in run.path.iterdir()} == {
        "drawing.loom", "program.py", "run.json", "history.json",
    }  # fmt: skip


def test_a_program_cannot_use_what_we_are_made_of(tmp_path: Path) -> None:
    for name in ("layerloom", "engine.runs", "graph.project"):
        with pytest.raises(CantProve, match=name.partition(".")[0]):
            Prover(made(tmp_path, f"import {name}\n")).prove(quiet)


def test_what_cannot_be_proved_is_a_sentence(tmp_path: Path) -> None:
    failing = made(tmp_path, "def main(folder, callbacks):\n    raise ValueError('no luck')\n")
    with pytest.raises(CantProve, match="failed by itself: ValueError: no luck"):
        Prover(failing).prove(quiet)
    with pytest.raises(CantProve, match="exit code 7"):
        Prover(made(tmp_path, "import os\nos._exit(7)\n")).prove(quiet)
    remember(failing, {})
    with pytest.raises(CantProve, match="no epoch behind it"):
        Prover(open_run(failing.path)).prove(quiet)
    with pytest.raises(CantProve, match=r"began with the weights best\.weights\.h5"):
        Prover(made(tmp_path, start="/x/best.weights.h5")).prove(quiet)


def test_cancel_ends_the_program(tmp_path: Path) -> None:
    prover = Prover(made(tmp_path, "import time\ntime.sleep(600)\n"))
    with pytest.raises(Cancelled):
        prover.prove(lambda _part, _words: prover.cancel())
    later = Prover(made(tmp_path, "import time\ntime.sleep(600)\n"))
    later.cancel()
    with pytest.raises(Cancelled):
        later.prove(quiet)


def test_differences_are_told_with_their_size() -> None:
    far, close = Compared("first-epoch loss", 0.5, 0.6), Compared("test accuracy", 0.9, 0.9001)
    same, none = Compared("first-epoch loss", 0.5, 0.5), Compared("val_loss", None, None)
    assert far.words.endswith("a difference of 0.1 (20.00%)")
    assert Proof((far, close), 1, 1.0, ()).sentence.startswith("Not proved: ")
    assert Proof((same, close), 1, 1.0, ()).sentence.startswith("Proved, but for rounding: ")
    exact = Proof((same, none), 1, 1.0, ("The data has changed since this run was made.",))
    assert exact.sentence.startswith("Proved, number by number: ")
    assert exact.sentence.endswith("since this run was made.")
    assert not Proof((Compared("loss", 0.5, None),), 1, 1.0, ()).agrees
