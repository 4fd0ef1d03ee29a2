"""The client with other programs in the engine's place: real processes, no TensorFlow."""

import os
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest

import engine.command
from engine.client import Engine, EngineDied
from engine.command import Command, local_command
from engine.protocol import Failed, Judge, Train

posix = pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX's")


def python(code: str) -> Command:
    return Command(argv=(sys.executable, "-c", code), env=dict(os.environ))


def death_of(code: str) -> EngineDied:
    with Engine.start(python(code)) as engine, pytest.raises(EngineDied) as caught:
        engine.receive(timeout=30)
    return caught.value


def test_a_command_that_is_not_there() -> None:
    with pytest.raises(EngineDied, match=r"can't be started: /no/such/python: .*\.$"):
        Engine.start(Command(argv=("/no/such/python",), env={}))


def test_the_last_words_are_told() -> None:
    died = death_of("import sys; print('a', file=sys.stderr); raise SystemExit('no licence')")
    assert str(died) == "The engine ended with exit code 1: no licence"
    assert died.stderr == "a\nno licence"
    assert died.exit_code == 1


def test_silence_and_a_calm_end() -> None:
    assert str(death_of("raise SystemExit(4)")).endswith("exit code 4: it said nothing")
    assert str(death_of("")) == "The engine ended by itself (exit code 0)."


@posix
def test_signals_are_named() -> None:
    killed = death_of("import os; os.kill(os.getpid(), 9)")
    assert "ran out of memory" in str(killed)
    assert killed.exit_code == -9
    crashed = death_of("import os; os.kill(os.getpid(), 11)")
    assert str(crashed) == "The engine crashed (signal 11, SIGSEGV)."


def test_foreign_text_ends_the_engine() -> None:
    died = death_of("print('Welcome to node 17', flush=True); import time; time.sleep(600)")
    assert "Welcome to node" in str(died)


def test_a_dead_engine_says_so_each_time() -> None:
    with Engine.start(python("raise SystemExit(5)")) as engine:
        for _ in range(3):
            with pytest.raises(EngineDied, match="exit code 5"):
                engine.receive(timeout=30)
        engine.stop()  # is not an error
        with pytest.raises(EngineDied, match="exit code 5"):
            engine.send(Judge(program=""))


def test_an_engine_that_is_deaf_is_ended_all_the_same() -> None:
    engine = Engine.start(python("import time; time.sleep(600)"))
    begin = time.monotonic()
    engine.close()
    engine.close()
    assert time.monotonic() - begin < 60.0  # the engine would sleep for 600
    with pytest.raises(EngineDied, match="was closed"):
        engine.receive(timeout=1)


def test_an_engine_that_does_not_obey_stop_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine.client, "_PATIENCE", 0.5)
    with Engine.start(python("import time; time.sleep(600)")) as deaf:
        deaf.stop()  # nothing is running: nothing to obey
        with pytest.raises(TimeoutError):
            deaf.receive(timeout=1.5)
        deaf.send(Judge(program=""))
        with pytest.raises(TimeoutError):
            deaf.receive(timeout=1.5)
        deaf.stop()
        with pytest.raises(EngineDied, match=r"did not stop within .* seconds, so it was ended"):
            deaf.receive()


def test_a_full_pipe_does_not_hold_up_closing() -> None:
    engine = Engine.start(python("import time; time.sleep(600)"))
    refused = []

    def send() -> None:
        try:
            engine.send(Judge(program="#" * 10_000_000))
        except EngineDied as died:
            refused.append(died)

    sender = threading.Thread(target=send)
    sender.start()
    time.sleep(0.2)
    engine.close()
    sender.join(timeout=5)
    assert len(refused) == 1


def test_a_reader_is_woken_by_closing() -> None:
    engine = Engine.start(python("import sys; sys.stdin.buffer.read(1)"))
    heard = []

    def listen() -> None:
        try:
            engine.receive()
        except EngineDied as died:
            heard.append(str(died))

    reader = threading.Thread(target=listen)
    reader.start()
    engine.close()
    reader.join(timeout=5)
    assert heard == ["The engine was closed."]


def test_nothing_in_time() -> None:
    with (
        Engine.start(python("import time; time.sleep(600)")) as engine,
        pytest.raises(TimeoutError),
    ):
        engine.receive(timeout=0.05)


def test_the_command_leaves_our_own_folder_out_of_the_path(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    home = Path(engine.command.__file__).resolve().parent.parent
    entries = [str(home), "", "relative", str(tmp_path), str(home / "engine")]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(entries))
    command = local_command()
    assert command.env["PYTHONPATH"] == str(tmp_path)
    assert command.env["KERAS_BACKEND"] == "tensorflow"
    assert command.argv == (sys.executable, str(home / "engine" / "server.py"))
    monkeypatch.setenv("PYTHONPATH", str(home))
    assert "PYTHONPATH" not in local_command().env


def test_tensorflow_missing_is_one_sentence(tmp_path: Path) -> None:
    """A Python that has NumPy and msgspec, and nothing else."""
    for module in (np, sys.modules["msgspec"]):
        package = Path(str(module.__file__)).parent
        for path in (package, package.parent / f"{package.name}.libs"):
            if path.exists():
                (tmp_path / path.name).symlink_to(path)
    command = local_command()
    bare = Command(
        argv=(command.argv[0], "-S", *command.argv[1:]),
        env={**command.env, "PYTHONPATH": str(tmp_path)},
    )
    request = Train(run_dir="", program="", folder="")
    with Engine.start(bare) as process:
        with pytest.raises(EngineDied, match=r"The engine can't start: the module “keras” is not"):
            process.wait_ready(timeout=60)
        with pytest.raises(EngineDied, match="“keras”"):
            list(process.train(request))
    with Engine.start(bare) as process:
        assert isinstance(process.receive(timeout=60), Failed)
