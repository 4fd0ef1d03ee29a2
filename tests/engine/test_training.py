"""Training real programs in a real engine."""

import json
import os
import re
import subprocess
import sys
import threading
import time
from pathlib import Path

import h5py
import numpy as np
import pytest

from engine.client import Engine
from engine.protocol import (
    EpochEnded,
    Evaluated,
    Event,
    Failed,
    Finished,
    Log,
    Progress,
    Started,
    Train,
)
from graph.project import Data
from tests.codegen.own_data import network, on, photos, text_of

pytestmark = pytest.mark.engine

MAIN = 'if __name__ == "__main__":'


HOSTILE = r"""
import ctypes, os, subprocess, sys
os.write(1, b"LOOM\x00\x00\x00\x01 raw")
print("é" * 100_000, flush=True)
os.write(1, b"\xff\xfe not UTF-8")
libc = ctypes.CDLL(None)
libc.puts(b"from C")
libc.fflush(None)
subprocess.run([sys.executable, "-c", "print('from a child')"], check=True)
sys.stdin.read()
"""


def run(engine: Engine, run_dir: Path, program: str, folder: str) -> list[Event]:
    return list(engine.train(Train(run_dir=str(run_dir), program=program, folder=folder)))


def before_main(program: str, text: str) -> str:
    """Put statements at the end of the program's top level."""
    assert MAIN in program
    return program.replace(MAIN, text + "\n\n" + MAIN)


def in_main(program: str, text: str) -> str:
    """Put a statement into ``main``, after the seed has been set."""
    line = "    data = load_data(folder)\n"
    assert line in program
    return program.replace(line, f"    {text}\n{line}")


def printed(events: list[Event]) -> str:
    return "".join(event.text for event in events if isinstance(event, Log))


def epochs(events: list[Event]) -> list[dict[str, float]]:
    return [event.logs for event in events if isinstance(event, EpochEnded)]


def test_training_tells_its_history(
    warm: Engine, tmp_path: Path, program: str, folder: str
) -> None:
    events = run(warm, tmp_path, program, folder)
    plain = [event for event in events if not isinstance(event, Log)]
    assert plain[0] == Started(epochs=3, initial_epoch=0, steps=16)
    assert [set(logs) for logs in epochs(events)] == [
        {"loss", "accuracy", "val_loss", "val_accuracy"}
    ] * 3
    evaluated, finished = plain[-2:]
    assert isinstance(evaluated, Evaluated)
    # the validation set is the test set here, so Keras must find the same twice
    assert evaluated.scores["loss"] == pytest.approx(epochs(events)[-1]["val_loss"], rel=1e-5)
    assert finished == Finished(
        reason="completed", weights=str(tmp_path.resolve() / "last.weights.h5")
    )
    assert "scores ['accuracy', 'loss']" in printed(events)
    assert (tmp_path / "best.weights.h5").exists()
    assert {path.name for path in tmp_path.iterdir()} == {
        "backups",
        "best.weights.h5",
        "last.weights.h5",
    }


def test_progress_counts_steps_and_samples(
    warm: Engine, tmp_path: Path, program: str, folder: str
) -> None:
    program = program.replace("steps_per_execution=4", "steps_per_execution=1")
    program = program.replace("BATCH_SIZE = 32", "BATCH_SIZE = 3")
    events = run(warm, tmp_path, program, folder)
    progress = [event for event in events if isinstance(event, Progress)]
    assert len(progress) >= 3
    for event in progress:
        assert event.steps == 167
        assert event.samples == min(event.step * 3, 500)
        assert set(event.logs) == {"loss", "accuracy"}
    assert {event.samples for event in events if isinstance(event, EpochEnded)} == {500}
    places = [(event.epoch, event.step) for event in progress]
    assert places == sorted(places)
    assert progress[-1].rate is not None
    assert progress[-1].rate > 0
    assert progress[-1].eta is not None
    assert progress[-1].eta >= 0


def test_the_same_program_alone_gives_the_same_history(
    warm: Engine, tmp_path: Path, program: str, folder: str
) -> None:
    """Twice in an engine that has run other programs before, once as a script of its own."""
    here = [epochs(run(warm, tmp_path, program, folder)) for _ in range(2)]
    assert here[0] == here[1]
    script = program.replace(
        "    main()", f"    print('H', __import__('json').dumps(main({folder!r})[1].history))"
    )
    (tmp_path / "alone.py").write_text(script, encoding="utf-8")
    env = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "2"}
    out = subprocess.run(
        [sys.executable, "alone.py"], cwd=tmp_path, env=env, check=True, capture_output=True
    ).stdout.decode()
    history = json.loads(next(line for line in out.splitlines() if line.startswith("H "))[2:])
    for name, values in history.items():
        np.testing.assert_allclose([logs[name] for logs in here[0]], values, rtol=1e-6)


def test_no_print_harms_the_stream(warm: Engine, tmp_path: Path, program: str, folder: str) -> None:
    hostile = before_main(program, HOSTILE)
    events = run(warm, tmp_path, hostile, folder)
    assert isinstance(events[-1], Finished)
    text = printed(events)
    for part in ("LOOM", " raw", "é" * 100_000, "\\xff\\xfe not UTF-8", "from C", "from a child"):
        assert part in text
    assert len(epochs(events)) == 3


def test_a_program_may_close_its_output(
    warm: Engine, tmp_path: Path, program: str, folder: str
) -> None:
    rude = program.replace("verbose=2", "verbose=0").replace(
        "    print(",
        "    __import__('os').close(1)\n    __import__('sys').stdout.close()\n    print(",
    )
    events = run(warm, tmp_path, rude, folder)
    assert isinstance(events[-1], Failed)  # its own print fails
    assert len(epochs(events)) == 3
    assert isinstance(run(warm, tmp_path, program, folder)[-1], Finished)


_NEVER = 30.0  # seconds; how long Stop really takes is measured in tests/benchmarks/stop.py


def test_stop_answers_and_keeps_the_weights(
    warm: Engine, tmp_path: Path, endless: str, folder: str
) -> None:
    asked = 0.0
    for event in warm.train(Train(run_dir=str(tmp_path), program=endless, folder=folder)):
        if isinstance(event, EpochEnded) and event.epoch == 1:
            stopper = threading.Thread(target=warm.stop)
            asked = time.monotonic()
            stopper.start()
    took = time.monotonic() - asked
    stopper.join()
    assert took < _NEVER
    assert event == Finished(reason="stopped", weights=str(tmp_path.resolve() / "last.weights.h5"))
    with h5py.File(tmp_path / "last.weights.h5") as file:
        kernel = np.asarray(file["layers/conv2d/vars/0"])
    assert kernel.shape == (3, 3, 1, 4)
    assert np.isfinite(kernel).all()


DEFIANT = """import time
    try: time.sleep(600)
    except BaseException: pass
    time.sleep(600)
    """
SILENT_SERVER = """import socket, urllib.request
    with socket.create_server(("127.0.0.1", 0)) as server:
        urllib.request.urlopen(f"http://127.0.0.1:{server.getsockname()[1]}/data.npz")
    """


@pytest.mark.parametrize(
    ("place", "statement"),
    [
        ("data = load_data(folder)", SILENT_SERVER),
        ("data = load_data(folder)", DEFIANT),
        (
            "data = load_data(folder)",
            (
                "import time\n    try:\n        while True: time.sleep(0.01)\n"
                "    except BaseException: raise SystemError('of native code') from None\n    "
            ),
        ),
        ("scores = evaluate(model, data)", "while True: evaluate(model, data)\n    "),
    ],
    ids=[
        "while a server is silent",
        "though it is swallowed",
        "in native code",
        "while evaluating",
    ],
)
def test_stop_also_ends_what_is_not_training(
    warm: Engine, tmp_path: Path, program: str, folder: str, place: str, statement: str
) -> None:
    program = program.replace("    " + place, "    print('here')\n    " + statement + place)
    asked = 0.0
    for event in warm.train(Train(run_dir=str(tmp_path), program=program, folder=folder)):
        if isinstance(event, Log) and "here" in event.text:
            time.sleep(0.2)
            asked = time.monotonic()
            warm.stop()
    assert time.monotonic() - asked < _NEVER
    assert isinstance(event, Finished)
    assert event.reason == "stopped"
    assert (event.weights is not None) == ("evaluate" in place)


def test_stop_also_ends_compiling(warm: Engine, tmp_path: Path, program: str, folder: str) -> None:
    deep = program.replace(
        "    flat1 =",
        "    for _ in range(150):\n"
        "        conv1 = keras.layers.Conv2D(4, 3, padding='same')(conv1)\n"
        "    flat1 =",
    )
    asked = 0.0
    for event in warm.train(Train(run_dir=str(tmp_path), program=deep, folder=folder)):
        assert not isinstance(event, Progress | EpochEnded)
        if isinstance(event, Started):
            time.sleep(0.3)
            asked = time.monotonic()
            warm.stop()
    assert time.monotonic() - asked < _NEVER
    assert isinstance(event, Finished)
    assert event.reason == "stopped"


def test_a_late_stop_does_nothing(warm: Engine, tmp_path: Path, program: str, folder: str) -> None:
    warm.stop()
    assert run(warm, tmp_path, program, folder)[-1] == Finished(
        reason="completed", weights=str(tmp_path.resolve() / "last.weights.h5")
    )


def test_a_reader_that_loses_interest_stops_the_training(
    warm: Engine, tmp_path: Path, endless: str, program: str, folder: str
) -> None:
    events = warm.train(Train(run_dir=str(tmp_path), program=endless, folder=folder))
    assert any(isinstance(event, EpochEnded) for event in events)  # leaves at the first
    del events
    assert len(epochs(run(warm, tmp_path, program, folder))) == 3


def failure(engine: Engine, run_dir: Path, program: str, folder: str) -> Failed:
    event = run(engine, run_dir, program, folder)[-1]
    assert isinstance(event, Failed)
    assert event.sentence.endswith((".", ")", "…", "]")) or ": " in event.sentence
    assert "\n" not in event.sentence
    return event


def test_a_failing_line_is_named(warm: Engine, tmp_path: Path, program: str, folder: str) -> None:
    broken = program.replace("Dense(16,", "Dense(-16,")
    failed = failure(warm, tmp_path, broken, folder)
    line = next(number for number, text in enumerate(broken.splitlines(), 1) if "Dense(-16" in text)
    assert failed.line == line
    assert failed.sentence.startswith(f"Line {line} of the program failed with ValueError: ")
    assert "Dense(-16," in failed.traceback  # the source line is quoted


def test_labels_that_do_not_fit_fail_at_fit(
    warm: Engine, tmp_path: Path, program: str, folder: str
) -> None:
    broken = program.replace(
        'batches(data["x_train"], data["y_train"])', 'batches(data["x_train"], data["y_train"] + 9)'
    )
    assert broken != program
    failed = failure(warm, tmp_path, broken, folder)
    assert failed.line is not None
    assert "valid range" in failed.sentence


@pytest.mark.parametrize(
    ("statement", "part"),
    [
        ("import numpyy", "needs the module “numpyy”, which is not installed."),
        ("np.zeros(10**15)", "a batch of 32. Try a batch size of 16"),
        (
            "raise tf.errors.ResourceExhaustedError(None, None, 'OOM')",
            "a batch of 32. Try a batch size of 16",
        ),
        ("raise SystemExit(1)", "ended the program by itself."),
        ("input()", "EOFError"),
        ("{}['key']", "KeyError: 'key'"),
        ("open('/dev/full', 'w').write('x' * 100_000)", "There is no space left"),
        ("raise OSError(30, 'Read-only file system', '/share/x')", "/share/x may not be used: it"),
    ],
)
def test_an_exception_becomes_a_sentence(
    warm: Engine, tmp_path: Path, program: str, folder: str, statement: str, part: str
) -> None:
    broken = in_main(program, statement)
    failed = failure(warm, tmp_path, broken, folder)
    assert part in failed.sentence
    assert failed.line == broken.splitlines().index("    " + statement) + 1


def test_a_program_that_does_not_parse(
    warm: Engine, tmp_path: Path, program: str, folder: str
) -> None:
    failed = failure(warm, tmp_path, program + "\ndef (:\n", folder)
    assert failed.line == len(program.splitlines()) + 2
    assert "SyntaxError" in failed.sentence


def test_a_run_directory_that_is_not_there(
    warm: Engine, tmp_path: Path, program: str, folder: str
) -> None:
    failed = failure(warm, tmp_path / "gone", program, folder)
    assert str(tmp_path / "gone") in failed.sentence


def test_an_image_that_is_deleted_while_a_model_trains_is_named(
    warm: Engine, tmp_path: Path
) -> None:
    images = photos(tmp_path)
    project = on(network({"image": (10, 8, 3)}, 1, "sigmoid"), Data(str(images)), epochs=10_000)
    events = []
    request = Train(run_dir=str(tmp_path), program=text_of(project), folder=str(tmp_path))
    for event in warm.train(request):
        events.append(event)
        if isinstance(event, EpochEnded) and event.epoch == 0:
            for image in images.glob("bag/*.png"):
                image.unlink()
    failed = events[-1]
    assert isinstance(failed, Failed)
    place = re.escape(str(images / "bag"))
    sentence = rf"The file {place}/p\d\d\.png is missing\. Put it back, then train or resume\."
    assert re.fullmatch(sentence, failed.sentence), failed.sentence


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has /dev/full")
def test_a_disk_that_is_full_when_weights_are_saved(
    warm: Engine, tmp_path: Path, program: str, folder: str
) -> None:
    (tmp_path / ".part-last.weights.h5").symlink_to("/dev/full")
    failed = failure(warm, tmp_path, program, folder)
    assert str(tmp_path) in failed.sentence
    assert "no space left" in failed.sentence
    assert not (tmp_path / "last.weights.h5").exists()


def test_weights_whose_place_is_taken(
    warm: Engine, tmp_path: Path, program: str, folder: str
) -> None:
    (tmp_path / "last.weights.h5").mkdir()
    (tmp_path / "last.weights.h5" / "x").touch()
    failed = failure(warm, tmp_path, program, folder)
    assert "last.weights.h5" in failed.sentence


def test_modules_of_the_user_win(warm: Engine, tmp_path: Path, program: str, folder: str) -> None:
    for name in ("graph", "codegen", "engine"):
        (tmp_path / f"{name}.py").write_text(f"OWNER = 'mine, {name}'\n")
    mine = before_main(
        program,
        "import graph, codegen, engine\nprint(graph.OWNER, codegen.OWNER, engine.OWNER)",
    )
    text = printed(run(warm, tmp_path, mine, folder))
    assert "mine, graph mine, codegen mine, engine" in text


@pytest.mark.parametrize("name", ["graph", "codegen", "engine"])
def test_our_modules_are_not_there_for_programs(
    warm: Engine, tmp_path: Path, program: str, folder: str, name: str
) -> None:
    failed = failure(warm, tmp_path, in_main(program, f"import {name}"), folder)
    assert f"“{name}”, which is not installed" in failed.sentence


def test_a_dtype_policy_does_not_outlive_its_program(
    warm: Engine, tmp_path: Path, program: str, folder: str
) -> None:
    before = epochs(run(warm, tmp_path, program, folder))
    mixed = in_main(program, "keras.config.set_dtype_policy('mixed_bfloat16')")
    assert epochs(run(warm, tmp_path, mixed, folder)) != before
    assert epochs(run(warm, tmp_path, program, folder)) == before
