"""Kill an engine while it trains, let the run go on, compare with the undisturbed run."""

from __future__ import annotations

import json
import os
import signal
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import h5py  # type: ignore[import-untyped]  # it carries no types
import numpy as np

from codegen import emit
from engine import launch
from engine.backup import PART
from engine.client import Engine, EngineDied
from engine.protocol import EpochEnded, Failed, Finished, Started, Train
from engine.runs import Run, open_run
from graph.datasets import find_data
from graph.inference import infer
from graph.params import Named
from graph.project import Augmentation, Checkpoint, Project
from tests.gui.training.conftest import RELU, SOFTMAX, chain

if TYPE_CHECKING:
    import random
    from pathlib import Path

MOMENTS = ("any moment", "checkpoint", "backup")
_LOOK = 0.0002  # seconds between two looks for a file that is being written


def drawing(epochs: int = 12, units: int = 512) -> Project:
    """Return a network with all that has a state: Dropout, augmentation, callbacks that count."""
    return chain(
        "crashes",
        ("Input", {"shape": (28, 28, 1)}),
        ("Flatten", {}),
        ("Dense", {"units": units, "activation": RELU}),
        ("Dropout", {"rate": 0.4}),
        ("Dense", {"units": 10, "activation": SOFTMAX}),
        epochs=epochs,
        limit=None,
        checkpoint=Checkpoint(monitor="val_loss", save_best_only=False),
        callbacks=(
            Named("EarlyStopping", {"patience": 3, "restore_best_weights": True}),
            Named("ReduceLROnPlateau", {"patience": 1, "factor": 0.5, "min_delta": 0.05}),
            Named("CSVLogger", {"filename": "log.csv"}),
        ),
        augmentation=Augmentation(how="online", flip="horizontal", shift=0.1, noise=0.05),
    )


@dataclass
class Trial:
    """One kill: what was asked for, what was hit, how many epochs were saved, what differs."""

    wanted: str
    hit: str
    epoch: int
    saved: int
    differences: list[str]


class Ground:
    """A drawing, the folder of its runs, and an engine that is always there."""

    def __init__(self, parent: Path, project: Project) -> None:
        self.parent, self.project = parent, project
        self._program = emit(project, infer(project))
        self._folder = find_data(project)
        self._engine = Engine.start()
        self._engine.wait_ready(120)
        began = time.monotonic()
        self.undisturbed, request = self.new_run()
        self.follow(self.undisturbed, request)
        self.seconds = time.monotonic() - began

    def close(self) -> None:
        """End the engine."""
        self._engine.close()

    def new_run(self) -> tuple[Run, Train]:
        """Make a run directory and its request."""
        ready = self._engine.wait_ready(120)
        return launch.prepare(self.parent, self.project, self._program, ready, self._folder)

    def follow(self, run: Run, request: Train, killer: Killer | None = None) -> None:
        """Train to the end, or until the engine dies."""
        for event in self._engine.train(request):
            run.record(event)
            if killer is not None:
                killer.see(event)
            if isinstance(event, Failed):
                raise AssertionError(event.sentence + event.traceback)  # noqa: TRY004 - a failed test
        assert isinstance(event, Finished)
        assert event.reason == "completed"

    def kill_and_resume(self, wanted: str, chance: random.Random) -> Trial | None:
        """Kill a training and let it go on; None if it was over before it could be killed."""
        run, request = self.new_run()
        length = max(map(len, self.undisturbed.history.values()))
        killer = Killer(self._engine, run.path, wanted, chance.uniform(0, self.seconds))
        killer.first = chance.randrange(length)
        try:
            self.follow(run, request, killer)
        except EngineDied:
            self._engine.close()
        else:
            return None
        finally:
            killer.end()
        hit = _hit(run.path)
        self._engine = Engine.start()
        self._engine.wait_ready(120)
        again = open_run(run.path)
        saved = again.epochs_saved
        with again.held():
            self.follow(again, launch.resume(again))
        return Trial(
            wanted, hit, killer.epochs, saved, differences(self.undisturbed.path, run.path)
        )


class Killer:
    """Ends an engine's process: after a time, or when it is writing a certain file."""

    def __init__(self, engine: Engine, run: Path, wanted: str, delay: float) -> None:
        self.epochs = 0
        self.first = 0  # epochs to let pass
        self._engine, self._run, self._wanted, self._delay = engine, run, wanted, delay
        self._over = threading.Event()
        self._began = threading.Event()
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()

    def see(self, event: object) -> None:
        """Count epochs."""
        if isinstance(event, Started):
            self._began.set()
        if isinstance(event, EpochEnded):
            self.epochs += 1

    def end(self) -> None:
        """Let the thread end."""
        self._over.set()
        self._began.set()
        self._thread.join()

    def _work(self) -> None:
        self._began.wait()
        if self._wanted == MOMENTS[0]:
            self._over.wait(self._delay)
        else:
            while not self._over.is_set() and not self._is_writing():
                time.sleep(_LOOK)
        if not self._over.is_set():
            os.kill(self._engine._process.pid, signal.SIGKILL)

    def _is_writing(self) -> bool:
        return self.epochs >= self.first and _hit(self._run) == self._wanted


def _hit(run: Path) -> str:
    """Say what was being written in a run directory."""
    if any(path.name.startswith(PART) for path in run.iterdir()):
        return "checkpoint"
    backups = run / "backups"
    if backups.is_dir() and any(path.suffix == ".part" for path in backups.iterdir()):
        return "backup"
    return "nothing"


def differences(one: Path, other: Path) -> list[str]:
    """Return what differs between two runs that should be the same."""
    found = []
    epochs = _epochs(other)
    if epochs != list(range(len(epochs))) or len(epochs) != len(_epochs(one)):
        found.append(f"epochs {epochs}")
    if open_run(one).history != open_run(other).history:
        found.append("history")
    if open_run(one).info.scores != open_run(other).info.scores:
        found.append("scores")
    if (one / "log.csv").read_bytes() != (other / "log.csv").read_bytes():
        found.append("log.csv")
    names = [sorted(path.name for path in run.glob("*.weights.h5")) for run in (one, other)]
    if names[0] != names[1]:
        found.append(f"files {names[1]}")
    return found + [name for name in names[0] if not _same_weights(one / name, other / name)]


def _epochs(run: Path) -> list[int]:
    """Return the numbers of the epochs in a run's events, as they come."""
    lines = (run / "events.jsonl").read_text(encoding="utf-8").splitlines()
    events = [json.loads(line)["event"] for line in lines]
    return [event["epoch"] for event in events if event["type"] == "EpochEnded"]


def _same_weights(one: Path, other: Path) -> bool:
    return other.exists() and arrays_of(one) == arrays_of(other)


def arrays_of(path: Path) -> dict[str, bytes]:
    found: dict[str, bytes] = {}

    def take(name: str, thing: object) -> None:
        if isinstance(thing, h5py.Dataset):
            found[name] = np.asarray(thing).tobytes()

    with h5py.File(path) as file:
        file.visititems(take)
    return found
