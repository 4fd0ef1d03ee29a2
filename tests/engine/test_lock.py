"""One process at a time writes a run directory; a dead one has nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

import engine.lock
from engine.lock import Locked, Owner, locked, owner

HOME = str(Path(engine.lock.__file__).resolve().parents[1])
HOLDER = """
import pathlib, sys, time
sys.path.insert(0, sys.argv[1])
from engine.lock import locked
with locked(pathlib.Path(sys.argv[2])):
    print("held", flush=True)
    time.sleep(600)
"""


def start_holder(run: Path) -> subprocess.Popen[str]:
    words = [sys.executable, "-c", HOLDER, HOME, str(run)]
    holder = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    return holder


def test_another_process_is_refused_until_it_dies(tmp_path: Path) -> None:
    with start_holder(tmp_path) as holder:
        assert owner(tmp_path) is not None
        said = rf"{tmp_path.name} is being trained by another .*process {holder.pid}\)\.$"
        with pytest.raises(Locked, match=said), locked(tmp_path):
            pass
        holder.send_signal(signal.SIGKILL if sys.platform != "win32" else signal.SIGTERM)
        holder.wait()
    assert (tmp_path / "lock.json").exists()
    assert owner(tmp_path) is None
    with locked(tmp_path):
        assert owner(tmp_path) is not None
    assert not list(tmp_path.iterdir())


def test_a_number_that_was_given_again_is_no_owner(tmp_path: Path) -> None:
    with locked(tmp_path):
        mine = owner(tmp_path)
    assert mine is not None
    assert mine.process == os.getpid()
    stale = msgspec.structs.replace(mine, began=f"{mine.began}0")
    (tmp_path / "lock.json").write_bytes(msgspec.json.encode(stale))
    assert owner(tmp_path) is None
    with locked(tmp_path):
        assert owner(tmp_path) == mine


def test_one_process_has_it_once(tmp_path: Path) -> None:
    with locked(tmp_path), pytest.raises(Locked), locked(tmp_path):
        pass


def test_another_computer_is_believed_and_the_file_named(tmp_path: Path) -> None:
    there = Owner(1, "long ago", "another-computer")
    (tmp_path / "lock.json").write_bytes(msgspec.json.encode(there))
    said = r"process 1 on another-computer\)\. If it has ended, delete .*lock\.json\.$"
    with pytest.raises(Locked, match=said), locked(tmp_path):
        pass


def test_half_a_lock_is_none(tmp_path: Path) -> None:
    (tmp_path / "lock.json").write_text('{"process": 1')
    with locked(tmp_path):
        assert owner(tmp_path) is not None
