"""`demo`, all of it, as somebody without a display meets it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image

from graph import projectfile, templates

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Run = Callable[..., Any]

pytestmark = pytest.mark.engine


def _colours(path: Path) -> int:
    with Image.open(path) as picture:
        return len(picture.convert("RGB").getcolors(1 << 24) or ())


def test_the_demo_leaves_everything_and_its_program_gives_the_same(
    child: Run, tmp_path: Path
) -> None:
    said = child("demo", "--headless", "--out", "left", timeout=200)
    assert (said.status, said.err) == (0, "")
    left = tmp_path / "left"
    accuracy = re.search(r"Test set: accuracy (0\.\d{4})", said.out)
    assert accuracy is not None
    assert float(accuracy[1]) >= 0.80
    assert projectfile.read(left / "demo.loom") == templates.load("shared-input")
    history = json.loads((left / "history.json").read_text(encoding="utf-8"))
    assert len(history["val_accuracy"]) == templates.load("shared-input").training.epochs >= 3
    for name in ("curves.png", "maps.png", "window.png"):
        assert _colours(left / name) > 50, f"{name} is empty"
        assert name in said.out
    alone = subprocess.run(
        [sys.executable, "demo.py"],
        cwd=left,
        env={key: value for key, value in os.environ.items() if key != "PYTHONPATH"},
        capture_output=True,
        text=True,
        timeout=200,
        check=True,
    )
    assert accuracy[1] in alone.stdout


def test_a_folder_that_cannot_be_made_is_a_sentence(here: Run, tmp_path: Path) -> None:
    (tmp_path / "left").write_text("a file in its place", encoding="utf-8")
    said = here("demo", "--headless", "--out", "left")
    assert said.status == 2
    assert "left" in said.err
    assert said.err.count("\n") == 1
