"""Running the command line: as a child process, or in this one."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Run = Callable[..., "Said"]
    Start = Callable[..., subprocess.Popen[str]]


LAUNCHER = Path(__file__).resolve().parents[2] / "layerloom.py"


class Said(NamedTuple):
    """How a command ended and what it said."""

    status: int
    out: str
    err: str


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start `layerloom WORDS` as a process of its own, in an empty folder, without a display.

    `largest_file`: the system lets it write no larger file (bytes), as on a full disk.
    """
    started = []

    def run(
        *words: str, largest_file: int | None = None, **variables: str
    ) -> subprocess.Popen[str]:
        def limit() -> None:
            import resource  # noqa: PLC0415 - not on Windows

            resource.setrlimit(resource.RLIMIT_FSIZE, (largest_file, largest_file))

        process = subprocess.Popen(
            [sys.executable, str(LAUNCHER), *words],
            cwd=tmp_path,
            env=without_display() | variables,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            preexec_fn=limit if largest_file is not None else None,  # noqa: PLW1509 - no thread
        )
        started.append(process)
        return process

    yield run
    for process in started:
        if process.poll() is None:
            process.kill()
        process.communicate()


@pytest.fixture
def child(start: Start) -> Run:
    """Run `layerloom WORDS` as a process of its own to its end."""

    def run(*words: str, timeout: float = 120, **settings: object) -> Said:
        process = start(*words, **settings)
        out, err = process.communicate(timeout=timeout)
        return Said(process.returncode, out, err)

    return run


def without_display() -> dict[str, str]:
    """Return this process's environment without a display and without a path of modules."""
    gone = {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM", "PYTHONPATH"}
    kept = {name: value for name, value in os.environ.items() if name not in gone}
    return kept | {"PYTHONUTF8": "1", "COLUMNS": "100"}


@pytest.fixture
def here(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Run:
    """Run `layerloom WORDS` in this process, in an empty folder."""
    from cli.app import main  # noqa: PLC0415 - keeps collection from loading typer

    monkeypatch.chdir(tmp_path)

    def run(*words: str) -> Said:
        status = main(words)
        said = capsys.readouterr()
        return Said(int(status), said.out, said.err)

    return run
