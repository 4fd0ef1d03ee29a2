"""Pausing and resuming, in a real engine, with all in the program that has a state."""

from __future__ import annotations

import shutil
import threading
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from codegen import emit
from codegen.export import copy_own
from engine import backup
from engine.protocol import (
    Continued,
    EpochEnded,
    Event,
    Failed,
    Finished,
    Log,
    Noted,
    Paused,
    Progress,
    Resumed,
    Started,
    Train,
)
from graph.datasets import find_data
from graph.inference import infer
from graph.params import Named
from tests.crashes.killing import arrays_of, drawing

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from engine.client import Engine

pytestmark = pytest.mark.engine

EPOCHS = 4
PROJECT = drawing(epochs=EPOCHS, units=32)
DATA = str(find_data(PROJECT))
PROGRAM = emit(PROJECT, infer(PROJECT)).text
FIT = "callbacks=[follow, checkpoint,"
COUNTER = '''
class Counter(keras.callbacks.Callback):
    """Has attributes of many kinds."""

    def __init__(self):
        super().__init__()
        self.seen, self.places, self.other = [], {(1, 2): float("nan")}, {3, 4}

    def on_epoch_end(self, epoch, logs=None):
        """Count."""
        self.seen.append((epoch, np.float32(0.5), np.arange(epoch), True, None))

    def on_train_end(self, logs=None):
        """Tell."""
        print("SEEN", len(self.seen), self.seen[1], self.places, self.other)


def build_model('''


OWN = """
import types

import keras


class Counts(keras.callbacks.Callback):
    def __init__(self):
        super().__init__()
        self.epochs, self.own = 0, types.SimpleNamespace(epochs=0)

    def on_epoch_end(self, epoch, logs=None):
        self.epochs += 1
        self.own.epochs += 1

    def on_train_end(self, logs=None):
        print("COUNTED", self.epochs, "in all,", self.own.epochs, "as an object")
"""


def request(run: Path, program: str = PROGRAM, **more: Any) -> Train:
    run.mkdir(exist_ok=True)
    return Train(run_dir=str(run), program=program, folder=DATA, **more)


def events_of(
    engine: Engine, wanted: Train, act: Callable[[Event], None] | None = None
) -> list[Event]:
    found: list[Event] = []
    for event in engine.train(wanted):
        if act is not None:
            act(event)
        if not isinstance(event, Progress):
            found.append(event)
    return found


def of(kind: type, events: list[Event]) -> list[Any]:
    return [event for event in events if isinstance(event, kind)]


@pytest.fixture(scope="module")
def whole(warm: Engine, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Event]]:
    """The run that nothing disturbs, and its events."""
    run = tmp_path_factory.mktemp("whole")
    return run, events_of(warm, request(run))


@pytest.fixture
def stopped(warm: Engine, tmp_path: Path) -> Path:
    """A run that was stopped in its third epoch, with the backup of an earlier one."""
    run = tmp_path / "stopped"

    def stop(event: Event) -> None:
        if isinstance(event, EpochEnded) and event.epoch == 1:
            warm.stop()

    last = events_of(warm, request(run), stop)[-1]
    assert isinstance(last, Finished)
    assert last.reason == "stopped"
    return run


def same(run: Path, other: Path) -> bool:
    name = "last.weights.h5"
    return arrays_of(run / name) == arrays_of(other / name)


def test_a_pause_changes_nothing(
    warm: Engine, tmp_path: Path, whole: tuple[Path, list[Event]]
) -> None:
    timers = []

    def pause(event: Event) -> None:
        if isinstance(event, Started) or (isinstance(event, EpochEnded) and event.epoch == 1):
            warm.pause()
        if isinstance(event, Paused):
            timers.append(threading.Timer(0.1, warm.proceed))
            timers[-1].start()

    events = events_of(warm, request(tmp_path / "run"), pause)
    for timer in timers:
        timer.join()
    assert len(of(Paused, events)) == len(of(Continued, events)) == 2
    first, second = of(Paused, events)
    assert (first.epoch, first.steps) == (0, 43)
    assert second.epoch == 2
    assert [one.logs for one in of(EpochEnded, events)] == [
        one.logs for one in of(EpochEnded, whole[1])
    ]
    assert same(tmp_path / "run", whole[0])


def test_stop_works_in_a_pause(warm: Engine, tmp_path: Path) -> None:
    def act(event: Event) -> None:
        if isinstance(event, Started):
            warm.pause()
        if isinstance(event, Paused):
            warm.stop()

    assert events_of(warm, request(tmp_path / "run"), act)[-1] == Finished(
        reason="stopped", weights=str(tmp_path.resolve() / "run" / "last.weights.h5")
    )


def test_a_stopped_run_goes_on_as_if_it_had_not_been(
    warm: Engine, stopped: Path, whole: tuple[Path, list[Event]]
) -> None:
    saved = backup.epochs_saved(stopped)
    (stopped / "model-009.weights.h5").write_text("of an epoch that was killed")
    (stopped / ".part-model-010.weights.h5").write_text("half a file")
    events = events_of(warm, request(stopped, resume=True))
    (resumed,) = of(Resumed, events)
    assert resumed.epoch == saved == len(resumed.epochs) >= 1
    ended = [*resumed.epochs, *of(EpochEnded, events)]
    assert [one.epoch for one in ended] == list(range(EPOCHS))
    assert [one.logs for one in ended] == [one.logs for one in of(EpochEnded, whole[1])]
    assert same(stopped, whole[0])
    assert (stopped / "log.csv").read_bytes() == (whole[0] / "log.csv").read_bytes()
    names = [
        sorted(path.name for path in run.iterdir() if path.name != "backups")
        for run in (stopped, whole[0])
    ]
    assert names[0] == names[1]


def test_a_damaged_backup_is_passed_over(
    warm: Engine, tmp_path: Path, whole: tuple[Path, list[Event]]
) -> None:
    run = tmp_path / "run"
    shutil.copytree(whole[0], run)
    newest, older = sorted((run / "backups").iterdir(), reverse=True)
    damaged = bytearray((newest / "arrays.npz").read_bytes())
    damaged[len(damaged) // 2] ^= 255
    (newest / "arrays.npz").write_bytes(damaged)
    events = events_of(warm, request(run, resume=True))
    assert of(Resumed, events)[0].epoch == int(older.name) < EPOCHS
    assert same(run, whole[0])


def test_a_complete_run_trains_no_more_and_longer_does(
    warm: Engine, tmp_path: Path, whole: tuple[Path, list[Event]]
) -> None:
    run = tmp_path / "run"
    shutil.copytree(whole[0], run)
    events = events_of(warm, request(run, resume=True))
    assert not of(EpochEnded, events)
    assert same(run, whole[0])
    longer = PROGRAM.replace(f"EPOCHS = {EPOCHS}", f"EPOCHS = {EPOCHS + 1}")
    events = events_of(warm, request(run, longer, resume=True, longer=True))
    assert [one.epoch for one in of(EpochEnded, events)] == [EPOCHS]


def test_a_run_that_a_callback_has_ended_trains_no_more(warm: Engine, tmp_path: Path) -> None:
    ends = PROGRAM.replace(FIT, f"{FIT} keras.callbacks.TerminateOnNaN(), Ends(),").replace(
        "def build_model(",
        "class Ends(keras.callbacks.Callback):\n"
        "    def on_epoch_end(self, epoch, logs=None):\n"
        "        self.model.stop_training = True\n\n\n"
        "def build_model(",
        1,
    )
    events = events_of(warm, request(tmp_path / "run", ends))
    assert len(of(EpochEnded, events)) == 1
    assert not of(EpochEnded, events_of(warm, request(tmp_path / "run", ends, resume=True)))


def test_what_a_callback_has_counted_comes_back(warm: Engine, tmp_path: Path) -> None:
    counts = PROGRAM.replace(FIT, f"{FIT} Counter(),").replace("def build_model(", COUNTER, 1)
    texts = []
    for resume in (False, True):
        events = events_of(warm, request(tmp_path / "run", counts, resume=resume))
        text = "".join(event.text for event in of(Log, events))
        texts.append(text.partition("SEEN ")[2].partition("\n")[0])
    assert texts[0].startswith(f"{EPOCHS} (1, ")
    assert "{(1, 2): nan} {3, 4}" in texts[0]
    assert texts[1] == texts[0]


def test_a_callback_from_a_file_is_resumed_with_what_it_has_counted(
    warm: Engine, tmp_path: Path
) -> None:
    file = tmp_path / "mine.py"
    file.write_text(OWN, encoding="utf-8")
    own = Named("File", {"path": str(file), "name": "Counts"})
    plan = msgspec.structs.replace(PROJECT.training, callbacks=(own,), checkpoint=None)
    project = msgspec.structs.replace(PROJECT, training=plan)
    run = tmp_path / "run"
    run.mkdir()
    copy_own(project, run)
    program = emit(project, infer(project)).text

    def stop(event: Event) -> None:
        if isinstance(event, EpochEnded) and event.epoch == 1:
            warm.stop()

    events_of(warm, request(run, program), stop)
    events = events_of(warm, request(run, program, resume=True))
    (resumed,) = of(Resumed, events)
    assert 0 < resumed.epoch < EPOCHS
    text = "".join(event.text for event in of(Log, events))
    assert f"COUNTED {EPOCHS} in all, {EPOCHS - resumed.epoch} as an object" in text


def test_another_drawing_is_a_sentence(
    warm: Engine, tmp_path: Path, whole: tuple[Path, list[Event]]
) -> None:
    run = tmp_path / "run"
    shutil.copytree(whole[0], run)
    other = PROGRAM.replace("layers.Dense(32", "layers.Dense(33")
    assert other != PROGRAM
    failed = events_of(warm, request(run, other, resume=True))[-1]
    assert isinstance(failed, Failed)
    assert "The program has been changed since" in failed.sentence


def test_training_begins_with_the_weights_of_a_checkpoint(
    warm: Engine, tmp_path: Path, whole: tuple[Path, list[Event]]
) -> None:
    weights = str(whole[0] / "model-002.weights.h5")
    events = events_of(warm, request(tmp_path / "run", weights=weights))
    losses = [one.logs["val_loss"] for one in of(EpochEnded, events)]
    fresh = [one.logs["val_loss"] for one in of(EpochEnded, whole[1])]
    assert len(losses) == EPOCHS
    assert losses[0] < fresh[0]
    failed = events_of(warm, request(tmp_path / "other", weights=str(tmp_path / "none.h5")))[-1]
    assert isinstance(failed, Failed)
    assert "none.h5: the file is missing" in failed.sentence


def test_a_backup_that_cannot_be_written_is_noted(warm: Engine, tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "backups").symlink_to("/dev/full")
    events = events_of(warm, request(tmp_path / "run"))
    assert isinstance(events[-1], Finished)
    noted = of(Noted, events)
    assert noted
    assert noted[0].sentence.startswith("There is no backup of epoch 1: ")
