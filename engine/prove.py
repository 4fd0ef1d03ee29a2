"""Proving a run: its program is run by itself, and gives the numbers that the run has recorded.

The program runs in a process of its own, by this Python, without Layerloom (`engine.alone`), in a
folder that is thrown away. No Keras, no Qt in this half.
"""

import contextlib
import json
import math
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from engine.command import local_command
from engine.runs import Run, RunError, open_run
from graph import projectfile
from graph.datasets import BadData, find_data, fingerprint

_ALONE = Path(__file__).resolve().with_name("alone.py")
_CLOSE = 0.01  # the share by which numbers may differ that are told to be close
_GRACE = 5.0  # seconds that a process has to end

Tell = Callable[[float | None, str], None]
"""Takes the part that is done (None: not known) and words for where it is."""


class CantProve(Exception):  # noqa: N818 - it reads as what happened
    """A run can't be proved; the message is one sentence for people."""


class Cancelled(CantProve):
    """`Prover.cancel` was called."""


class Compared(NamedTuple):
    """One number of the run beside that of the program alone; None is no number."""

    name: str
    recorded: float | None
    found: float | None

    @property
    def difference(self) -> float | None:
        """Return by how much they differ; None if only one of them is a number."""
        if self.recorded is None or self.found is None:
            return 0.0 if self.recorded is self.found else None
        return abs(self.found - self.recorded)

    @property
    def share(self) -> float:
        """Return the difference as a share of what was recorded."""
        if self.difference is None or self.recorded is None:
            return 0.0 if self.difference == 0 else math.inf
        return self.difference / max(abs(self.recorded), 1e-12) if self.difference else 0.0

    @property
    def words(self) -> str:
        """Return a clause with both numbers and their difference."""
        both = f"{self.name} {_shown(self.found)} by the program alone, {_shown(self.recorded)} "
        if self.share == 0:
            return both + "in the run: no difference"
        if self.difference is None:
            return both + "in the run"
        return both + f"in the run: a difference of {self.difference:.2g} ({self.share:.2%})"


class Proof(NamedTuple):
    """What a program alone gave, beside what the run has recorded.

    Attributes:
        figures: the first epoch's loss, then its other values; if the whole was run, the values
            of the last epoch and the test scores too.
        epochs: how many were run.
        seconds: how long it took, with Keras's import.
        notes: what is no longer as it was when the run was made, in sentences.
    """

    figures: tuple[Compared, ...]
    epochs: int
    seconds: float
    notes: tuple[str, ...]

    @property
    def agrees(self) -> bool:
        """Say whether no number differs by more than a hundredth."""
        return all(one.share <= _CLOSE for one in self.figures)

    @property
    def sentence(self) -> str:
        """Return what came out, with the numbers."""
        shown = [self.figures[0], *(one for one in self.figures if one.name.startswith("test "))]
        if all(one.share == 0 for one in self.figures):
            same = ", ".join(f"{one.name} {_shown(one.found)}" for one in shown)
            told = f"Proved, number by number: {same}, in the run and by the program alone."
            return " ".join((told, *self.notes))
        verdict = "Proved, but for rounding" if self.agrees else "Not proved"
        worst = max(self.figures, key=lambda one: one.share)
        if worst.share > _CLOSE and worst not in shown:
            shown.append(worst)
        told = "; ".join(one.words for one in shown)
        return " ".join((f"{verdict}: {told}.", *self.notes))


class Prover:
    """Proves one run, once; `cancel` may be called from any thread."""

    def __init__(self, run: Run, *, whole: bool = False) -> None:
        """Take a run; ``whole``: all its epochs and its scores, not the first epoch alone."""
        self.run, self.whole = run, whole
        self._process: subprocess.Popen[str] | None = None
        self._lock = threading.Lock()
        self._cancelled = False

    def prove(self, tell: Tell) -> Proof:
        """Run the program and compare; what comes out is kept in the run's record too.

        Raises:
            CantProve: there is nothing to compare with, the data is gone, the program failed.
            Cancelled: somebody called `cancel`.
        """
        if not self.run.history.get("loss"):
            raise CantProve("This run has no epoch behind it: there is no number to compare with.")
        if self.run.info.start is not None:
            raise CantProve(
                f"This run began with the weights {Path(self.run.info.start).name}; its program "
                "alone begins with new ones, so the numbers can't be the same."
            )
        began = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="proof-", ignore_cleanup_errors=True) as place:
            folder, notes = self._bring(Path(place))
            history, scores = self._watch(Path(place), folder, tell)
        if not history:
            raise CantProve("The program ended before its first epoch was over.")
        figures = _compare(self.run, history, scores, whole=self.whole)
        seconds = time.monotonic() - began
        proof = Proof(figures, len(history), seconds, (*notes, *_versions(self.run)))
        with contextlib.suppress(RunError):  # a folder that can't be written to can be proved
            run = open_run(self.run.path)  # it may have got another name in the meantime
            run.update(proof=proof.sentence, proof_agrees=proof.agrees)
        return proof

    def cancel(self) -> None:
        """End the program; `prove` raises `Cancelled` soon after."""
        with self._lock:
            self._cancelled = True
            if self._process is not None:
                self._process.kill()

    def _bring(self, place: Path) -> tuple[Path, list[str]]:
        """Put the program where it will run; return its data's folder, and what has changed."""
        try:
            (place / "program.py").write_bytes(self.run.program_text.encode())
            for file in self.run.path.glob("*.py"):  # own callbacks lie beside the program
                if file.name != "program.py":
                    shutil.copy(file, place)
            project = projectfile.loads(self.run.drawing_text)
            folder = Path(find_data(project)).resolve()
            changed = self.run.info.data not in {"", fingerprint(project)}
        except (RunError, projectfile.BadFile, BadData) as error:
            raise CantProve(str(error)) from None
        except OSError as error:
            raise CantProve(f"The program can't be run: {error}") from None
        return folder, ["The data has changed since this run was made."] if changed else []

    def _watch(
        self, place: Path, folder: Path, tell: Tell
    ) -> tuple[list[dict[str, float]], dict[str, float]]:
        """Run the program to its end; return the values of each epoch, and the scores."""
        tell(None, "Starting Keras")
        history: list[dict[str, float]] = []
        scores: dict[str, float] = {}
        epochs = 1
        with self._running(place, folder) as lines:
            for message in map(json.loads, lines):
                epochs = message.get("epochs", epochs)
                if "error" in message:
                    raise CantProve(f"The program failed by itself: {message['error']}.")
                if "logs" in message:
                    history.append(message["logs"])
                scores = message.get("scores", scores)
                done = _done(message)
                if done is not None:
                    at = min(int(done) + 1, epochs)
                    tell(min(1.0, done / epochs), f"Epoch {at} of {epochs}")
        return history, scores

    @contextlib.contextmanager
    def _running(self, place: Path, folder: Path) -> Iterator[Iterator[str]]:
        """Start the program; yield the lines that come, and see to its end."""
        finished = self.run.info.status == "completed"
        most = 1 if not self.whole else 0 if finished else len(self.run.history["loss"])
        command = (sys.executable, str(_ALONE), str(folder), str(most))
        with (place / "messages.txt").open("w+b") as said:
            with self._lock:
                if self._cancelled:
                    raise Cancelled("Cancelled.")
                process = self._process = subprocess.Popen(  # noqa: S603 - our own command
                    command,
                    cwd=place,
                    env=local_command().env,
                    stdin=subprocess.PIPE,  # its end, should this process die, ends the program
                    stdout=subprocess.PIPE,
                    stderr=said,
                    encoding="utf-8",
                    creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
                )
            with process:
                try:
                    yield iter(process.stdout or ())
                    process.wait(_GRACE)
                finally:
                    process.kill()
            if self._cancelled:
                raise Cancelled("Cancelled.")
            if process.returncode != 0:
                raise CantProve(f"The program ended by itself: {_last_words(process, said)}.")


def _done(message: dict[str, Any]) -> float | None:
    """Return how many epochs a message says are done; None if it doesn't."""
    if "epoch" not in message:
        return None
    if "logs" in message:
        return float(message["epoch"] + 1)
    steps = message.get("steps")
    return float(message["epoch"] + (message["step"] / steps if steps else 0.0))


def _last_words(process: subprocess.Popen[str], said: Any) -> str:  # noqa: ANN401 - a binary file
    said.seek(0)
    lines = said.read().decode("utf-8", "replace").strip().splitlines()
    return lines[-1].rstrip(".") if lines else f"exit code {process.returncode}"


def _compare(
    run: Run, history: list[dict[str, float]], scores: dict[str, float], *, whole: bool
) -> tuple[Compared, ...]:
    """Return the numbers of both, the first epoch's loss first."""
    names = sorted(run.history, key="loss".__ne__)
    figures = [_epoch(run, history, 0, name) for name in names]
    if whole:
        last = len(run.history["loss"]) - 1
        if last:
            figures += [_epoch(run, history, last, name) for name in names]
        figures += [
            Compared(f"test {name}", recorded, _number(scores.get(name)))
            for name, recorded in run.info.scores.items()
        ]
    return tuple(figures)


def _epoch(run: Run, history: list[dict[str, float]], epoch: int, name: str) -> Compared:
    recorded = run.history.get(name, [])
    found = history[epoch].get(name) if epoch < len(history) else None
    words = "first-epoch" if epoch == 0 else f"epoch {epoch + 1}"
    was = recorded[epoch] if epoch < len(recorded) else None
    return Compared(f"{words} {name}", was, _number(found))


def _versions(run: Run) -> list[str]:
    """Say whether Keras or TensorFlow is another one than that of the run."""
    from importlib.metadata import PackageNotFoundError, version  # noqa: PLC0415 - rarely needed

    notes = []
    for name in ("keras", "tensorflow"):
        with contextlib.suppress(PackageNotFoundError):
            was, now = run.info.versions.get(name), version(name)
            if was not in {None, now}:
                notes.append(f"The run was made with {name} {was}; this is {name} {now}.")
    return notes


def _number(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None


def _shown(value: float | None) -> str:
    return "no number" if value is None else f"{value:.6f}"
