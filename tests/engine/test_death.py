"""Engines that are killed, orphaned or closed in the middle of their work."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

import engine.command
from engine.client import Engine, EngineDied
from engine.command import Command, local_command
from engine.protocol import EpochEnded, Finished, Log, Train

pytestmark = [
    pytest.mark.engine,
    pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX's"),
]

HOME = Path(engine.command.__file__).resolve().parent.parent

PARENT = """
import sys
sys.path.insert(0, sys.argv[1])
from engine.client import Engine
from engine.protocol import EpochEnded, Train
with Engine.start() as engine:
    program = open(sys.argv[2]).read()
    for event in engine.train(Train(run_dir=sys.argv[3], program=program, folder=sys.argv[4])):
        if isinstance(event, EpochEnded):
            print(engine._process.pid, flush=True)
"""


def alive(pid: int) -> bool:
    """Whether a process runs; one that is dead and not yet collected doesn't."""
    try:
        os.kill(pid, 0)
        state = Path(f"/proc/{pid}/stat")
        return not state.exists() or state.read_text().rpartition(")")[2].split()[0] != "Z"
    except ProcessLookupError:
        return False


def soon(true: Callable[[], bool], seconds: float = 5.0) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if true():
            return True
        time.sleep(0.05)
    return true()


def installed(target: Path) -> Command:
    """Lay the engine out as the wheel does, and return the command that starts it there."""
    shutil.copytree(HOME / "engine", target / "layerloom" / "engine")
    command = local_command()
    server = target / "layerloom" / "engine" / "server.py"
    return Command(argv=(command.argv[0], str(server)), env=command.env)


def test_an_engine_killed_in_training_and_its_successor(
    tmp_path: Path, endless: str, program: str, folder: str
) -> None:
    with Engine.start() as first:
        with pytest.raises(EngineDied, match=r"killed \(signal 9\).*out of memory") as caught:
            kill_at_first_epoch(first, Train(run_dir=str(tmp_path), program=endless, folder=folder))
        assert caught.value.exit_code == -signal.SIGKILL
    child = "import subprocess, sys\nprint('child', subprocess.Popen(['sleep', '600']).pid)\n"
    with Engine.start(installed(tmp_path / "site-packages")) as second:
        request = Train(run_dir=str(tmp_path), program=program + child, folder=folder)
        events = list(second.train(request))
        assert isinstance(events[-1], Finished)
        assert (tmp_path / "last.weights.h5").exists()
        text = "".join(event.text for event in events if isinstance(event, Log))
        pid = int(text.partition("child ")[2].split()[0])
        assert alive(pid)
    assert soon(lambda: not alive(pid))


def kill_at_first_epoch(victim: Engine, request: Train) -> None:
    for event in victim.train(request):
        if isinstance(event, EpochEnded):
            os.kill(victim._process.pid, signal.SIGKILL)


def test_an_engine_does_not_outlive_its_window(tmp_path: Path, endless: str, folder: str) -> None:
    (tmp_path / "endless.py").write_text(endless, encoding="utf-8")
    arguments = [str(HOME), str(tmp_path / "endless.py"), str(tmp_path), folder]
    with subprocess.Popen(
        [sys.executable, "-c", PARENT, *arguments], stdout=subprocess.PIPE
    ) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        assert alive(pid)
        parent.kill()
    assert soon(lambda: not alive(pid))
