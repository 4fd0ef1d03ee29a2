"""A training without a window: an engine, a run directory, the events on their way into both."""

import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import msgspec

from cli.ends import Refusal, Status, print_json
from cli.progress import Display, values, waiting
from codegen import emit
from engine import launch, protocol, rates
from engine.client import Engine, EngineDied, ProgramFailed
from engine.diagnosis import Note, diagnose
from engine.expected import facts_of_run
from engine.launch import prepare
from engine.observed import Observed
from engine.rates import Found
from engine.runs import Run, RunError, open_run
from graph import datasets
from graph.inference import Report
from graph.project import Project

Show = Callable[[protocol.Event], None]


class Outcome(NamedTuple):
    """A run that is over: its record, whether it was stopped, and how long it took (seconds).

    `notes`: what is worth knowing about how it went, the gravest first.
    """

    run: Run
    stopped: bool
    seconds: float
    notes: tuple[Note, ...] = ()


def train(
    project: Project, report: Report, parent: Path, show: Show, weights: Path | None = None
) -> Outcome:
    """Train a drawing in a new run directory below `parent`.

    Ctrl+C stops the training and keeps its weights. `weights` is the file to begin with.

    Raises:
        Refusal: the run failed (status 3); the sentence says why, and names the run directory
            if there is one.
    """
    program = emit(project, report)
    folder = find_data(project)
    with _failures(), _engine() as (engine, ready):
        run, request = prepare(parent, project, program, ready, folder, weights=weights)
        with run.held(), _stopped_by_interrupt(engine):
            return _follow(engine, request, run, show)


def resume(folder: Path, epochs: int | None, show: Show) -> Outcome:
    """Let a run go on from its last backup, up to so many epochs in all if they are given.

    Ctrl+C stops the training and keeps its weights.

    Raises:
        Refusal: it can't go on, or it failed (status 3); the sentence says why.
    """
    with _failures():
        run = open_run(folder)
        with run.held():
            request = launch.resume(run, epochs)
            with _engine() as (engine, _), _stopped_by_interrupt(engine):
                return _follow(engine, request, run, show)


def present(outcome: Outcome, display: Display, *, as_json: bool) -> Status:
    """Say how a training went, as sentences or as JSON, and return the command's status.

    docs/command-line.md describes the JSON.
    """
    info = outcome.run.info
    if as_json:
        record = {
            "run": str(outcome.run.path),
            "status": info.status,
            "history": outcome.run.history,
            "scores": info.scores,
            "seconds": round(outcome.seconds, 3),
            "notes": [msgspec.to_builtins(note) for note in outcome.notes],
        }
        print_json(record)
        return Status.INTERRUPTED if outcome.stopped else Status.FINE
    if outcome.stopped:
        display.say("Stopped; the weights so far are kept. layerloom resume goes on.")
    elif info.scores:
        display.say(f"Test set: {values(info.scores)}")
    for note in (one for one in outcome.notes if one.kind != "no backup"):  # said when it came
        display.say(f"Note: {note.sentence} {note.advice}")
    display.say(f"{outcome.seconds:.1f} s. Run: {outcome.run.path}")
    return Status.INTERRUPTED if outcome.stopped else Status.FINE


def find_data(project: Project) -> Path:
    """Return the folder that a program finds its data in; raises Refusal (status 3)."""
    try:
        return Path(datasets.find_data(project))
    except OSError as error:
        raise Refusal(str(error), Status.RUN_FAILED) from None


def _follow(engine: Engine, request: protocol.Train, run: Run, show: Show) -> Outcome:
    began = time.perf_counter()
    last: protocol.Event | None = None
    seen = Observed()
    try:
        for event in engine.train(request):
            run.record(event)
            seen.take(event)
            show(event)
            last = event
    except EngineDied as died:
        run.update(status="failed", sentence=str(died))
        raise Refusal(f"{died} The run is in {run.path}.", Status.RUN_FAILED) from None
    if isinstance(last, protocol.Failed):
        raise Refusal(f"{last.sentence} The run is in {run.path}.", Status.RUN_FAILED)
    stopped = isinstance(last, protocol.Finished) and last.reason == "stopped"
    seconds = time.perf_counter() - began
    return Outcome(run, stopped, seconds, diagnose(seen, facts_of_run(run)))


def maps(request: protocol.Maps) -> protocol.MapsReady:
    """Return a layer's maps; raises Refusal (status 3) if the engine can't make them."""
    with waiting("Making the maps"), _failures(), _engine() as (engine, _):
        return engine.maps(request)


def evaluate(
    request: protocol.Evaluate, advance: Callable[[int, int], None]
) -> protocol.EvaluationReady:
    """Return an evaluation; raises Refusal (status 3). Ctrl+C ends it as any command."""
    with _failures(), _engine() as (engine, _):
        return engine.evaluate(request, advance)


def find_rate(project: Project, report: Report, advance: Callable[[int, int], None]) -> Found:
    """Return the learning rates that were tried; raises Refusal (status 3)."""
    find_data(project)
    with _failures(), _engine() as (engine, _):
        return rates.find_rate(engine, project, report, advance)


def predict(request: protocol.Predict) -> protocol.Predicted:
    """Return what a model predicts; raises Refusal (status 3) if the engine can't tell."""
    with waiting("Predicting"), _failures(), _engine() as (engine, _):
        return engine.predict(request)


@contextmanager
def _engine() -> Iterator[tuple[Engine, protocol.Ready]]:
    """Start an engine that has imported Keras, and end it."""
    with Engine.start() as engine:
        yield engine, engine.wait_ready()


@contextmanager
def _failures() -> Iterator[None]:
    """Turn what engine and run directory raise into a refusal."""
    try:
        yield
    except (EngineDied, ProgramFailed, RunError) as error:
        raise Refusal(str(error), Status.RUN_FAILED) from None


@contextmanager
def _stopped_by_interrupt(engine: Engine) -> Iterator[None]:
    """Let the first Ctrl+C stop the training; a second one ends the command at once."""
    if threading.current_thread() is not threading.main_thread():
        yield  # signals belong to the main thread
        return
    before = signal.getsignal(signal.SIGINT)

    def stop(_number: int, _frame: object) -> None:
        signal.signal(signal.SIGINT, before)
        # in a thread, since this thread may be the one that holds the engine's lock
        threading.Thread(target=engine.stop, name="stop", daemon=True).start()

    signal.signal(signal.SIGINT, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
