"""`resume`, after Ctrl+C, after crashes and on full disks; each training is short."""

from __future__ import annotations

import json
import os
import signal
import sys
from typing import TYPE_CHECKING, Any

import pytest

from engine.runs import Run, open_run

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

    Child = Callable[..., Any]
    Start = Callable[..., subprocess.Popen[str]]

pytestmark = [
    pytest.mark.engine,
    pytest.mark.may_skip,
    pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX's"),
]


def only_run(folder: Path) -> Run:
    (run,) = (open_run(path) for path in (folder / "runs").iterdir())
    return run


def test_a_command_that_was_killed_is_resumed(start: Start, child: Child, tmp_path: Path) -> None:
    process = start("train", "mlp", "--limit", "512", "--epochs", "60", "--out", "runs")
    assert process.stdout is not None
    assert process.stdout.readline().startswith("Epoch 1 of ")
    busy = child("resume", str(only_run(tmp_path).path))
    assert busy.status == 3
    assert f"(process {process.pid})." in busy.err
    process.send_signal(signal.SIGKILL)
    process.wait()
    run = only_run(tmp_path)
    assert run.info.status == "running"
    assert run.can_resume
    said = child("resume", "mlp", "--folder", "runs", "--json")
    assert (said.status, said.err) == (0, "")
    record = json.loads(said.out)
    assert record["status"] == "completed"
    assert len(record["history"]["loss"]) == 60
    again = child("resume", str(run.path))
    assert again.status == 3
    assert "is complete after 60 epochs" in again.err
    fewer = child("resume", str(run.path), "--epochs", "60")
    assert "it can go on to more of them, not to 60" in fewer.err
    more = child("resume", str(run.path), "--epochs", "61")
    assert more.out.startswith("Going on after epoch 60.\nEpoch 61 of 61 · ")
    assert len(only_run(tmp_path).history["loss"]) == 61
    assert "EPOCHS = 61\n" in only_run(tmp_path).program_text


def test_files_that_cannot_grow_are_a_sentence(child: Child, tmp_path: Path) -> None:
    """A test may limit the size of files; the checkpoint fails as it does on a full disk."""
    words = ("train", "mlp", "--limit", "512", "--epochs", "2", "--out", "runs")
    said = child(*words, largest_file=200_000)
    assert said.status == 3
    assert said.err.count("\n") == 1
    assert "can't hold so large a file" in said.err
    run = only_run(tmp_path)
    assert run.info.status == "failed"
    assert child("resume", str(run.path)).status == 0
    assert only_run(tmp_path).info.status == "completed"
    assert len(only_run(tmp_path).history["loss"]) == 2


def test_a_training_begins_with_a_checkpoint(child: Child, tmp_path: Path) -> None:
    words = ("train", "mlp", "--limit", "512", "--epochs", "1", "--out", "runs")
    assert child(*words).status == 0
    first = only_run(tmp_path)
    assert child(*words, "--weights", str(first.weights)).status == 0
    runs = [open_run(path) for path in (tmp_path / "runs").iterdir()]
    (second,) = (run for run in runs if run.path != first.path)
    assert second.info.parent == first.path.name
    losses = [run.history["loss"][0] or 0.0 for run in (first, second)]
    assert losses[1] < losses[0]
    assert child(*words, "--weights", "nowhere.weights.h5").status == 3


def test_a_process_number_is_in_the_lock(start: Start, tmp_path: Path) -> None:
    process = start("train", "mlp", "--limit", "512", "--epochs", "5000", "--out", "runs")
    assert process.stdout is not None
    assert process.stdout.readline().startswith("Epoch 1 of ")
    lock = json.loads((only_run(tmp_path).path / "lock.json").read_text(encoding="utf-8"))
    assert lock["process"] == process.pid != os.getpid()
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    assert not (only_run(tmp_path).path / "lock.json").exists()
