"""Progress bars: on a terminal, for every long command, and nowhere else."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from tests.cli.conftest import LAUNCHER, without_display

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [
    pytest.mark.engine,
    pytest.mark.may_skip,
    pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such terminals"),
]
BAR = "━"


class Terminal:
    """A terminal of which is read whatever comes."""

    def __init__(self) -> None:
        self._own, self.end = os.openpty()
        self._came: list[bytes] = []
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        try:
            while piece := os.read(self._own, 65536):
                self._came.append(piece)
        except OSError:  # how Linux says that nobody has it open any more
            pass

    def text(self) -> str:
        """Return what was shown, once all who write there have ended."""
        os.close(self.end)
        self._thread.join(10)
        os.close(self._own)
        return b"".join(self._came).decode("utf-8")


def on_a_terminal(folder: Path, *words: str, both: bool = False) -> tuple[str, str]:
    """Run a command whose standard error is a terminal; return its output and what was shown.

    `both`: so is its standard output.
    """
    terminal = Terminal()
    done = subprocess.run(
        [sys.executable, str(LAUNCHER), *words],
        cwd=folder,
        env=without_display() | {"TERM": "xterm", "LAYERLOOM_RUNS": str(folder / "runs")},
        stdout=terminal.end if both else subprocess.PIPE,
        stderr=terminal.end,
        check=False,
        timeout=120,
    )
    shown = terminal.text()
    assert done.returncode == 0, shown
    return (done.stdout or b"").decode("utf-8"), shown


def test_every_long_command_shows_a_bar_beside_its_json(tmp_path: Path) -> None:
    (tmp_path / "images" / "a").mkdir(parents=True)
    picture = Image.fromarray(np.zeros((28, 28), np.uint8))
    for number in range(12):
        picture.save(tmp_path / "images" / "a" / f"{number}.png")
    image = str(tmp_path / "images" / "a" / "0.png")
    commands = {
        ("data", "images"): ("Reading the data", "Looking at the images", "Counting"),
        ("train", "mlp", "--epochs", "1", "--limit", "600"): ("Starting Keras", "Epoch 1 of 1"),
        ("resume", "mlp", "--epochs", "2"): ("Starting Keras", "Epoch 2 of 2"),
        ("evaluate", "mlp"): ("Starting Keras", "Evaluating"),
        ("predict", "mlp", image): ("Predicting",),
        ("maps", "mlp", "--layer", "hidden1"): ("Making the maps",),
        ("runs", "prove", "mlp"): ("Starting Keras", "Epoch 1 of 1"),
        ("train", "mlp", "--limit", "600", "--find-rate"): ("Starting Keras", "Trying rates"),
    }
    for words, told in commands.items():
        out, shown = on_a_terminal(tmp_path, *words, "--json")
        json.loads(out)
        assert BAR in shown, words
        assert [one for one in told if one not in shown] == [], words


def test_lines_stand_above_the_bar_and_results_remain(tmp_path: Path) -> None:
    _, shown = on_a_terminal(tmp_path, "train", "mlp", "--epochs", "1", "--limit", "600", both=True)
    line = next(line for line in shown.splitlines() if "val_loss" in line)
    assert BAR not in line
    assert "Epoch 1 of 1 · " in line
    assert "Test set: " in shown.rpartition(BAR)[2]
