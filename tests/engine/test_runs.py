"""Run directories: written whole, read tolerantly, and full disks told in a sentence."""

import itertools
import json
from pathlib import Path

import numpy as np
import pytest

from engine import hardware
from engine.expected import notes_of_run
from engine.protocol import (
    EpochEnded,
    Evaluated,
    Failed,
    Finished,
    Gradients,
    MapsReady,
    Progress,
    Resumed,
    Started,
)
from engine.runs import Run, RunError, RunInfo, default_parent, list_runs, new_run, open_run

INFO = RunInfo(seed=3, versions={"keras": "3.15.1"}, data="sha256:00")


def make(parent: Path, name: str = "Two kernels, shared") -> Run:
    return new_run(parent, name, '{"drawing": 1}', "print('é')\r\n", INFO)


def epoch(number: int, **logs: float) -> EpochEnded:
    return EpochEnded(epoch=number, seconds=1.0, logs=logs)


def test_a_run_comes_back(tmp_path: Path) -> None:
    run = make(tmp_path / "runs")
    for event in (
        Started(epochs=2, initial_epoch=0, steps=4),
        Progress(epoch=0, step=1, steps=4, samples=32, rate=1.0, eta=1.0, logs={"loss": 9.0}),
        epoch(0, loss=2.0, val_loss=3.0),
        epoch(1, loss=float("nan"), val_loss=2.5),
        Evaluated(scores={"accuracy": 0.75}),
        Finished(reason="completed", weights=str(run.path.resolve() / "last.weights.h5")),
    ):
        run.record(event)
    again = open_run(run.path)
    assert again.history == {"loss": [2.0, None], "val_loss": [3.0, 2.5]}
    assert again.info.status == "completed"
    assert again.info.scores == {"accuracy": 0.75}
    assert again.info.seed == 3
    assert again.info.name == "Two kernels, shared"
    assert again.drawing_text == '{"drawing": 1}'
    assert again.program_text == "print('é')\r\n"
    assert again.weights == run.path / "last.weights.h5"
    lines = (run.path / "events.jsonl").read_text().splitlines()
    assert [json.loads(line)["event"]["type"] for line in lines] == [
        "Started",
        "EpochEnded",
        "EpochEnded",
        "Evaluated",
        "Finished",
    ]
    assert not list(run.path.glob("*.part"))


def test_a_moved_run_finds_its_weights(tmp_path: Path) -> None:
    run = make(tmp_path)
    run.record(Finished(reason="stopped", weights=str(run.path.resolve() / "last.weights.h5")))
    moved = run.path.rename(tmp_path / "elsewhere")
    assert open_run(moved).weights == moved / "last.weights.h5"


def test_a_failure_keeps_its_sentence(tmp_path: Path) -> None:
    run = make(tmp_path)
    run.record(Failed(sentence="Line 3 failed.", line=3, traceback="…"))
    assert open_run(run.path).info.status == "failed"
    assert open_run(run.path).info.sentence == "Line 3 failed."


def test_maps_are_not_recorded(tmp_path: Path) -> None:
    run = make(tmp_path)
    run.record(MapsReady(inputs=[], maps=np.zeros(3)))
    assert not (run.path / "events.jsonl").exists()


def test_an_epoch_run_again_takes_its_old_place(tmp_path: Path) -> None:
    run = make(tmp_path)
    for event in (epoch(0, loss=3.0), epoch(1, loss=2.0), epoch(2, loss=1.0)):
        run.record(event)
    run.record(epoch(1, loss=2.5, f1=0.5))
    assert open_run(run.path).history == {"loss": [3.0, 2.5], "f1": [None, 0.5]}


def test_folder_names_are_unique_and_sort_by_time(tmp_path: Path) -> None:
    made = [make(tmp_path, "same name").path.name for _ in range(20)]
    stamps = [name[:19] for name in made]
    assert len(set(made)) == 20
    assert stamps == sorted(stamps)
    assert [run.path.name for run in list_runs(tmp_path)] == sorted(made, reverse=True)


@pytest.mark.parametrize("name", ["../../etc/passwd", "a\\b:c*?", "", "x" * 300, "Netz für Übung"])
def test_a_name_never_leaves_the_parent(tmp_path: Path, name: str) -> None:
    run = make(tmp_path, name)
    assert run.path.parent == tmp_path
    assert len(run.path.name) < 70
    assert open_run(run.path).info.name == name


def test_foreign_and_half_written_folders_are_passed_over(tmp_path: Path) -> None:
    run = make(tmp_path)
    (tmp_path / "photos").mkdir()
    (tmp_path / "file.txt").write_text("x")
    for folder, text in (("cut", '{"name": "a'), ("list", "[]"), ("wrong", '{"status": "cooked"}')):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "run.json").write_text(text)
    assert [found.path for found in list_runs(tmp_path)] == [run.path]
    assert list_runs(tmp_path / "nowhere") == []
    with pytest.raises(RunError, match=r"cut is not a run"):
        open_run(tmp_path / "cut")


def test_a_damaged_history_does_not_hide_the_run(tmp_path: Path) -> None:
    run = make(tmp_path)
    (run.path / "history.json").write_text('{"loss": [1.0, ')
    assert open_run(run.path).history == {}
    assert len(list_runs(tmp_path)) == 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has /dev/full")
def test_a_disk_that_fills_up_leaves_the_old_file(tmp_path: Path) -> None:
    run = make(tmp_path)
    run.record(epoch(0, loss=1.0))
    (run.path / ".history.json.part").symlink_to("/dev/full")
    with pytest.raises(RunError, match="No space left"):
        run.record(epoch(1, loss=0.5))
    assert open_run(run.path).history == {"loss": [1.0]}
    assert not list(run.path.glob(".*.part"))


def test_a_file_in_place_of_the_folder_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "runs").write_text("not a folder")
    with pytest.raises(RunError) as caught:
        make(tmp_path / "runs")
    assert str(tmp_path / "runs") in str(caught.value)
    assert str(caught.value).endswith(".")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has /dev/full")
def test_a_full_disk_is_one_sentence(tmp_path: Path) -> None:
    run = make(tmp_path)
    (run.path / "events.jsonl").symlink_to("/dev/full")
    with pytest.raises(RunError, match="No space left") as caught:
        run.record(epoch(0, loss=1.0))
    assert str(run.path) in str(caught.value)


def test_read_only_parents_are_one_sentence(tmp_path: Path) -> None:
    parents = [Path("/proc/sys"), tmp_path / "locked"]  # root may write to the second
    parents[1].mkdir(mode=0o500)
    refused = 0
    for parent in parents:
        try:
            make(parent)
        except RunError as error:
            assert str(parent) in str(error)  # noqa: PT017 - root and others see different folders
            refused += 1
    parents[1].chmod(0o700)
    assert refused >= 1


def test_the_default_parent_is_the_users(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    parent = default_parent()
    assert parent.name == "runs"
    assert "layerloom" in parent.parts


def test_no_two_events_share_a_line(tmp_path: Path) -> None:
    run = make(tmp_path)
    for number in itertools.islice(itertools.count(), 5):
        run.record(Failed(sentence="a\nb", line=number, traceback="c\nd"))
    assert len((run.path / "events.jsonl").read_text().splitlines()) == 5


def test_a_run_adds_up_the_seconds_of_its_trainings(tmp_path: Path) -> None:
    run = make(tmp_path)
    run.update(seconds=100.0)  # spent before it was resumed
    run.record(Started(epochs=2, initial_epoch=1, steps=4))
    run.record(Finished(reason="completed", weights=None))
    seconds = open_run(run.path).info.seconds
    assert seconds is not None
    assert 100.0 < seconds < 110.0


def test_the_computer_is_told_in_words() -> None:
    told = hardware.facts(["CPU"])
    assert told["devices"] == "CPU"
    assert int(told["cores"]) >= 1
    assert told["system"]
    assert all(told.values())


def numbers(run: Run) -> list[int]:
    """Return the epochs in a run's events, as they come."""
    lines = (run.path / "events.jsonl").read_text().splitlines()
    events = [json.loads(line)["event"] for line in lines]
    return [event["epoch"] for event in events if event["type"] == "EpochEnded"]


def test_a_resumed_run_has_each_epoch_once(tmp_path: Path) -> None:
    run = make(tmp_path)
    ended = [epoch(number, loss=10.0 - number) for number in range(6)]
    for event in (*ended[:2], *ended[3:]):  # the window had not heard of one yet
        run.record(event)
    with (run.path / "events.jsonl").open("ab") as file:
        file.write(b'{"time": "cut of')
    again = open_run(run.path)
    again.record(Resumed(epoch=4, epochs=ended[:4]))
    assert numbers(again) == [0, 1, 2, 3]
    again.record(ended[4])
    assert numbers(again) == [0, 1, 2, 3, 4]
    assert open_run(run.path).history == {"loss": [10.0, 9.0, 8.0, 7.0, 6.0]}


def test_what_a_run_has_told_comes_back_with_each_epoch_once_and_its_notes(tmp_path: Path) -> None:
    run = make(tmp_path)
    run.record(Started(epochs=4, initial_epoch=0, steps=4))
    for number in range(3):
        run.record(epoch(number, loss=2.0, accuracy=0.1))
        norms = {"hidden": 1e-9, "output": 1.0}
        run.record(Gradients(epoch=number, norms=norms, dead={"hidden": 0.1}))
    run.record(Resumed(epoch=2, epochs=[epoch(0, loss=2.0), epoch(1, loss=2.0)]))
    run.record(Started(epochs=4, initial_epoch=2, steps=4))
    run.record(epoch(2, loss=float("nan")))
    told = list(open_run(run.path).told())
    assert [one.epoch for one in told if isinstance(one, EpochEnded)] == [0, 1, 2]
    assert [one.epoch for one in told if isinstance(one, Gradients)] == [0, 1]
    assert [note.kind for note in notes_of_run(open_run(run.path))] == ["not finite"]
    other = make(tmp_path)
    other.record(Started(epochs=9, initial_epoch=0, steps=4))
    for number in range(3):
        other.record(epoch(number, loss=2.0))
        other.record(Gradients(epoch=number, norms=norms, dead={}))
    assert [note.kind for note in notes_of_run(open_run(other.path))] == ["vanishing gradients"]


def test_a_run_that_begins_anew_has_no_old_epochs(tmp_path: Path) -> None:
    run = make(tmp_path)
    run.record(epoch(0, loss=1.0))
    run.record(Failed(sentence="The disk is full.", line=None, traceback=""))
    assert open_run(run.path).can_resume
    run.record(Resumed(epoch=0, epochs=[]))
    again = open_run(run.path)
    assert numbers(again) == []
    assert again.history == {}
    assert again.info.status == "running"
    assert again.info.sentence is None


def test_a_run_that_somebody_trains_is_not_offered(tmp_path: Path) -> None:
    run = make(tmp_path)
    with run.held():
        assert not open_run(run.path).can_resume
        with pytest.raises(RunError, match="is being trained by another"), run.held():
            pass
    assert open_run(run.path).can_resume
    run.update(status="completed")
    assert not open_run(run.path).can_resume
