"""Run directories: what was trained, how it went, and what came out. No Keras, no Qt.

A run directory holds

- ``drawing.loom`` and ``program.py``, the text of the drawing and of the program that trained;
- ``run.json``, a `RunInfo`;
- ``events.jsonl``, a line for each event with the time it came, without the many `Progress`;
- ``history.json``, the values of each epoch: ``{"loss": [...], "val_loss": [...]}``, where null
  stands for a value that is missing or no number;
- ``backups``, from which the training can go on: see `engine.backup`;
- what the program and the engine save there, such as ``last.weights.h5``.

Files are replaced as a whole, so a run that is cut off at any moment can be opened again.
``run.json`` is written last: a folder without it is not a run.
"""

import contextlib
import math
import os
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import msgspec
import platformdirs

from engine import backup, lock
from engine.protocol import (
    EpochEnded,
    Evaluated,
    Event,
    Failed,
    Finished,
    MapsReady,
    Measured,
    Progress,
    Resumed,
)
from engine.protocol import Started as TrainingStarted

Status = Literal["new", "running", "completed", "stopped", "failed"]
History = dict[str, list[float | None]]

_INFO = "run.json"
_HISTORY = "history.json"
_EVENTS = "events.jsonl"
_DRAWING = "drawing.loom"
_PROGRAM = "program.py"
_NAME_LENGTH = 40


class RunError(Exception):
    """A run directory can't be written or read; the message is a sentence for people."""


class RunInfo(msgspec.Struct, frozen=True, kw_only=True):
    """What ``run.json`` says.

    Attributes:
        name: for people; set by `new_run`.
        created: when, in UTC, ISO 8601; set by `new_run`.
        status: "running" also stands there after a crash of the window.
        seed: of the training.
        versions: of Keras, TensorFlow, Python and whatever matters, by name.
        hardware: the computer's devices, processor, cores, memory and system, in words.
        parameters: how many the model has; None if that isn't known.
        data: fingerprint of the data.
        samples: how many are for training (with validation) and for testing; None if that isn't
            known.
        scores: what the program's ``evaluate`` gave.
        weights: path of the last weights, relative to the run directory if they lie in it.
        sentence: why the run failed.
        seconds: that were spent in training, from its first batch to the end of evaluation; a
            run that is resumed adds to them.
        moments: mean and deviation by which pixels are standardised, by the Input's variable.
        parent: name of the run directory that `start` comes from.
        start: path of the weights that the training began with; None: with those of a new model.
        proof: what came of running the program by itself, in a sentence; "" if nobody did.
        proof_agrees: whether it gave the same numbers.
    """

    name: str = ""
    created: str = ""
    status: Status = "new"
    seed: int | None = None
    versions: dict[str, str] = {}
    hardware: dict[str, str] = {}
    parameters: int | None = None
    data: str = ""
    samples: tuple[int, int] | None = None
    scores: dict[str, float | None] = {}
    weights: str | None = None
    sentence: str | None = None
    seconds: float | None = None
    moments: dict[str, tuple[float, float]] = {}
    parent: str = ""
    start: str | None = None
    proof: str = ""
    proof_agrees: bool = True


@dataclass
class Run:
    """A run directory; one thread writes it.

    Attributes:
        path: the folder.
        info: what ``run.json`` says.
        history: the values of each epoch, by name.
        chosen: weights that are looked at in place of the last: see `with_weights`.
    """

    path: Path
    info: RunInfo
    history: History = field(default_factory=dict)
    chosen: Path | None = None
    _began: float | None = None

    @property
    def drawing_text(self) -> str:
        """The drawing that was trained, as text; raises `RunError`."""
        return _read(self.path / _DRAWING)

    @property
    def program_text(self) -> str:
        """The program that was trained; raises `RunError`."""
        return _read(self.path / _PROGRAM)

    @property
    def epochs_saved(self) -> int:
        """How many epochs a resumed training would have behind it."""
        return backup.epochs_saved(self.path)

    @property
    def is_held(self) -> bool:
        """Whether a process trains this run now; one that has crashed doesn't."""
        return lock.owner(self.path) is not None

    @property
    def can_resume(self) -> bool:
        """Whether the run was stopped or cut off, so that it can go on as it is."""
        return self.info.status != "completed" and not self.is_held

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """Have the run for oneself; raises `RunError` if another process has it."""
        with contextlib.ExitStack() as held:
            try:
                with _writing(self.path):
                    held.enter_context(lock.locked(self.path))
            except lock.Locked as locked:
                raise RunError(str(locked)) from None
            yield

    @property
    def weights(self) -> Path | None:
        """The weights that are chosen, else the last ones, if the run has left any."""
        if self.chosen is not None:
            return self.chosen
        return self.path / self.info.weights if self.info.weights else None

    def with_weights(self, path: Path) -> "Run":
        """Return the run to be looked at with other weights, such as those of a checkpoint."""
        return Run(self.path, self.info, self.history, path)

    def record(self, event: Event) -> None:
        """Take an event of the training down; raises `RunError`."""
        if isinstance(event, Progress | MapsReady):
            return
        if isinstance(event, Resumed):
            self._rewind(event)
            return
        with _writing(self.path):
            self._append(event)
        match event:
            case TrainingStarted():
                self._began = time.monotonic()
                self.update(status="running", weights=None, sentence=None)
            case Measured():
                self.update(moments=event.moments)
            case EpochEnded():
                self._record_epoch(event)
            case Evaluated():
                self.update(scores=dict(event.scores))
            case Finished():
                weights = self._inside(event.weights)
                self.update(status=event.reason, weights=weights, seconds=self._seconds())
            case Failed():
                sentence, seconds = event.sentence, self._seconds()
                self.update(status="failed", sentence=sentence, seconds=seconds)

    def replace_texts(self, drawing_text: str, program_text: str) -> None:
        """Let the run go on with another drawing and program; raises `RunError`."""
        _write(self.path / _PROGRAM, program_text.encode())
        _write(self.path / _DRAWING, drawing_text.encode())

    def update(self, **changes: object) -> None:
        """Change fields of ``run.json``, such as ``status``; raises `RunError`."""
        self.info = msgspec.structs.replace(self.info, **changes)
        _write(self.path / _INFO, _json(self.info))

    def _seconds(self) -> float | None:
        """Return the seconds of training so far."""
        if self._began is None:
            return self.info.seconds
        return (self.info.seconds or 0.0) + time.monotonic() - self._began

    def _rewind(self, event: Resumed) -> None:
        """Let the record say what the backup says: its epochs, each of them once."""
        self.history = {}
        for epoch in event.epochs:
            self._take_epoch(epoch)
        _write(self.path / _HISTORY, _json(self.history))
        lines = self._lines()
        known = {line["event"].get("epoch") for line in lines if _is_epoch(line)}
        missing = [epoch.epoch for epoch in event.epochs if epoch.epoch not in known]
        first = min([event.epoch, *missing])  # from here on the record isn't what the backup says
        kept = [line for line in lines if not _is_undone(line, first)]
        now = _now().isoformat()
        again = [epoch for epoch in event.epochs if epoch.epoch >= first]
        told = msgspec.structs.replace(event, epochs=[])
        kept += [{"time": now, "event": msgspec.to_builtins(one)} for one in [*again, told]]
        _write(self.path / _EVENTS, b"".join(msgspec.json.encode(line) + b"\n" for line in kept))
        self.update(status="running", sentence=None, scores={})

    def told(self) -> Iterator[Event]:
        """Yield what was taken down of the training, in its order; what can't be read is left out.

        Where the training is between two epochs is not taken down.
        """
        kinds: Any = Event
        for line in self._lines():
            with contextlib.suppress(msgspec.ValidationError, KeyError, AttributeError):
                told = {name: _with_nan(value) for name, value in line["event"].items()}
                yield msgspec.convert(told, kinds)

    def _lines(self) -> list[dict[str, Any]]:
        """Return the recorded events; a line that was cut off when the power failed is left out."""
        lines = []
        with contextlib.suppress(OSError):  # none were recorded
            for text in (self.path / _EVENTS).read_bytes().splitlines():
                with contextlib.suppress(msgspec.DecodeError):
                    lines.append(msgspec.json.decode(text))
        return lines

    def _append(self, event: Event) -> None:
        line = msgspec.json.encode({"time": _now().isoformat(), "event": event}) + b"\n"
        with (self.path / _EVENTS).open("ab") as file:
            file.write(line)

    def _record_epoch(self, event: EpochEnded) -> None:
        self._take_epoch(event)
        _write(self.path / _HISTORY, _json(self.history))

    def _take_epoch(self, event: EpochEnded) -> None:
        """Put an epoch's values in their place; a resumed run overwrites what came after."""
        for name in {*self.history, *event.logs}:
            values = self.history.setdefault(name, [])
            del values[event.epoch :]
            values.extend([None] * (event.epoch - len(values)))
            values.append(event.logs.get(name))

    def _inside(self, weights: str | None) -> str | None:
        """Return a path that stays right when the run directory is moved."""
        if weights is None:
            return None
        path, home = Path(weights), self.path.resolve()
        return path.relative_to(home).as_posix() if path.is_relative_to(home) else weights


def _is_undone(line: dict[str, Any], epoch: int) -> bool:
    """Say whether an event belongs to what is trained again from an epoch on."""
    if _is_epoch(line) or line["event"]["type"] == "Gradients":
        return int(line["event"]["epoch"]) >= epoch
    return bool(line["event"]["type"] == "Evaluated")


def _is_epoch(line: dict[str, Any]) -> bool:
    return bool(line["event"]["type"] == "EpochEnded")


def default_parent() -> Path:
    """Return the folder of the user's runs, whether it exists or not.

    It is what ``$LAYERLOOM_RUNS`` names, else ``layerloom/runs`` in the user's data folder.
    """
    if chosen := os.environ.get("LAYERLOOM_RUNS"):
        return Path(chosen)
    return Path(platformdirs.user_data_dir("layerloom", appauthor=False)) / "runs"


def new_run(parent: Path, name: str, drawing_text: str, program_text: str, info: RunInfo) -> Run:
    """Make a run directory in ``parent``, whose name begins with the time.

    Raises:
        RunError: the disk is full, or the folder can't be written to.
    """
    now = _now()
    with _writing(parent):
        parent.mkdir(parents=True, exist_ok=True)
        path = _new_folder(parent, now, name)
    info = msgspec.structs.replace(info, name=name, created=now.isoformat(timespec="seconds"))
    run = Run(path=path, info=info)
    _write(path / _DRAWING, drawing_text.encode())
    _write(path / _PROGRAM, program_text.encode())
    _write(path / _INFO, _json(info))
    return run


def open_run(path: Path) -> Run:
    """Open a run directory; raises `RunError` if it is none."""
    try:
        info = msgspec.json.decode((path / _INFO).read_bytes(), type=RunInfo)
    except (OSError, msgspec.DecodeError) as error:
        raise RunError(f"{path} is not a run: its {_INFO} is missing or damaged.") from error
    history: History = {}
    with contextlib.suppress(OSError, msgspec.DecodeError):  # none before the first epoch
        history = msgspec.json.decode((path / _HISTORY).read_bytes(), type=History)
    return Run(path=path, info=info, history=history)


def list_runs(parent: Path) -> list[Run]:
    """Return the runs in a folder, the newest first; what is no run is passed over."""
    try:
        folders = sorted((path for path in parent.iterdir() if path.is_dir()), reverse=True)
    except OSError:
        return []
    runs = []
    for folder in folders:
        with contextlib.suppress(RunError):
            runs.append(open_run(folder))
    return runs


def _now() -> datetime:
    return datetime.now(UTC)


def _new_folder(parent: Path, now: datetime, name: str) -> Path:
    """Make a folder that sorts by time and that nobody else has."""
    slug = re.sub(r"[^\w-]+", "-", name).strip("-")[:_NAME_LENGTH] or "run"
    stem = f"{now:%Y%m%d-%H%M%S}-{now.microsecond // 1000:03}-{slug}"
    number = 1
    while True:
        path = parent / (stem if number == 1 else f"{stem}-{number}")
        try:
            path.mkdir()
        except FileExistsError:
            number += 1
        else:
            return path


def _with_nan(value: object) -> object:
    """Return a value of an event with NaN again where JSON has null for it."""
    if not isinstance(value, dict):
        return value
    return {name: math.nan if one is None else one for name, one in value.items()}


def _json(value: object) -> bytes:
    return msgspec.json.format(msgspec.json.encode(value), indent=2) + b"\n"


def _read(path: Path) -> str:
    try:
        return path.read_bytes().decode()
    except (OSError, UnicodeDecodeError) as error:
        raise RunError(f"{path} is missing or can't be read.") from error


def _write(path: Path, data: bytes) -> None:
    """Replace a file as a whole: after a crash it is the old one or the new one."""
    part = path.with_name(f".{path.name}.part")
    with _writing(path.parent):
        try:
            with part.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            part.replace(path)
        except OSError:
            with contextlib.suppress(OSError):
                part.unlink(missing_ok=True)
            raise


@contextlib.contextmanager
def _writing(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise RunError(f"The run can't be saved in {folder}: {error.strerror}.") from error
