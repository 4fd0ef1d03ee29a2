"""The documentation: its examples run as they stand there, its links lead somewhere."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from cli.app import VERBS

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
PAGES = (ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted(DOCS.glob("*.md")))
NUMBER = r"(?:-?\d[\d.,]*|–)"


class Example(NamedTuple):
    """A command, and the lines that it is said to print."""

    command: str
    lines: tuple[str, ...]


def blocks(page: Path, kind: str) -> list[str]:
    text = page.read_text(encoding="utf-8")
    return re.findall(rf"^```{kind}\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)


def examples(page: Path) -> list[Example]:
    found = []
    for block in blocks(page, "console"):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, *lines = part.splitlines()
            found.append(Example(command, tuple(line for line in lines if line.strip())))
    return found


def pattern(line: str) -> str:
    """Return what a printed line has to match: numbers may differ, … stands for anything."""
    words = []
    for word in line.replace("…", " … ").split():
        escaped = re.split(NUMBER, word)
        words.append(".*" if word == "…" else NUMBER.join(map(re.escape, escaped)))
    return r"\s*".join(words)


def try_out(example: Example, folder: Path) -> None:
    """Run an example as a process, and look at its exit status and what it prints."""
    program, *words = shlex.split(example.command, comments=True)
    start = {"layerloom": [sys.executable, str(ROOT / "layerloom.py")], "python": [sys.executable]}
    env = {**os.environ, "PYTHONUTF8": "1", "COLUMNS": "120"}
    env |= {"LAYERLOOM_RUNS": str(folder / "runs"), "LAYERLOOM_CACHE": str(folder / "cache")}
    done = subprocess.run(
        [*start[program], *words],
        cwd=folder,
        env=env,
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, ""), example.command
    if "--json" in words:
        json.loads(done.stdout)
    printed = done.stdout.splitlines()
    for line in example.lines:
        wanted = re.compile(rf"\s*{pattern(line)}\s*")
        assert any(map(wanted.fullmatch, printed)), (example.command, line, done.stdout)


@pytest.mark.engine
def test_the_examples_of_the_command_line_run_as_they_stand_there(tmp_path: Path) -> None:
    own = DOCS / "own-images.md"
    (script,) = blocks(own, "python")
    (tmp_path / "make_clothes.py").write_text(script, encoding="utf-8")
    for example in examples(own):
        try_out(example, tmp_path)
    (tmp_path / "clothes" / "images" / "3.png").unlink()  # as the page says
    shown = examples(DOCS / "command-line.md")
    verbs = {shlex.split(example.command)[1] for example in shown}
    assert {"train", "resume", "evaluate", "predict", "runs", "data"} <= verbs
    for example in shown:
        try_out(example, tmp_path)


def test_a_wrong_line_would_be_seen(tmp_path: Path) -> None:
    try_out(Example("layerloom new --list", ("mlp", "…")), tmp_path)
    with pytest.raises(AssertionError, match="gru"):
        try_out(Example("layerloom new --list", ("gru",)), tmp_path)
    assert re.fullmatch(
        pattern("accuracy 0.24 · 3.7 s. Run: …-cnn"), "accuracy 1 · 12 s. Run: x-cnn"
    )


def test_each_verb_stands_in_the_table() -> None:
    table = (DOCS / "command-line.md").read_text(encoding="utf-8").partition("## ")[0]
    named = set(re.findall(r"^\| `layerloom (\w+)", table, re.MULTILINE))
    assert named == VERBS.keys() - {"open"}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    text = re.sub(
        r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE
    )
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if target.startswith(("http:", "https:")):
            continue
        path, _, anchor = target.partition("#")
        aim = page.parent / path if path else page
        assert aim.exists(), target
        if anchor:
            assert anchor in anchors(aim), target


def anchors(page: Path) -> set[str]:
    """Return the anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-") for text in headings}


def test_the_quick_start_is_two_commands() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    section = text.partition("## Quick start")[2].partition("\n## ")[0]
    assert re.findall(r"^    (\S.*)$", section, re.MULTILINE) == [
        "pip install uv && uv run layerloom demo",
        "pip install uv && uv run pytest",
    ]
