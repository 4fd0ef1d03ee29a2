"""What the runner's background thread does: keep an engine, train, fetch maps. No Qt.

The thread takes jobs from an inbox, one at a time, and tells the window what happens through one
function. It never ends because of a failure: whatever goes wrong becomes a `Failure`.
"""

import contextlib
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from traceback import format_exception

from codegen import emit, emit_activations
from codegen.source import Program
from engine import launch, protocol
from engine.client import Engine, EngineDied, ProgramFailed
from engine.command import Command
from engine.expected import facts_of_run
from engine.launch import prepare
from engine.protocol import LAST_EVENTS
from engine.runs import Run, RunError, open_run
from graph import projectfile
from graph.datasets import BadData, find_data
from graph.inference import Report, infer
from graph.project import Project
from graph.projectfile import BadFile
from gui.engine_events import Inbox, State, Stream, Teller

_PATIENCE = 0.2  # seconds after which a wait for the engine looks whether it is still wanted


@dataclass(frozen=True)
class Drawing:
    """A snapshot of what is trained or looked into."""

    project: Project
    report: Report


@dataclass(frozen=True)
class Look:
    """A question for the maps of one node, for one sample of the test data, in one run."""

    run: Run
    drawing: Drawing
    node: str
    sample: int


@dataclass(frozen=True)
class Failure:
    """Why something failed: a sentence, the node at fault if it is known, Python's traceback."""

    sentence: str
    node: str | None = None
    traceback: str = ""


@dataclass
class _Attempt:
    """What is known of a training while it goes on, for when it fails."""

    run: Run | None = None
    program: Program | None = None


class _Unwanted(Exception):  # noqa: N818 - it reads as what happened
    """Stop was pressed before the training began."""


class EngineThread:
    """The thread's work. `stop` and `close` may be called from any thread, the rest are jobs."""

    def __init__(self, teller: Teller, runs_folder: Path, command: Command | None) -> None:
        self.inbox = Inbox()
        self._teller = teller
        self._runs_folder = runs_folder
        self._command = command
        self._engine: Engine | None = None
        self._sending = threading.Lock()  # Stop must not overtake the request it is meant for
        self._stopped = False
        self._closing = False

    def work(self) -> None:
        """Do one job after the other until the inbox is closed."""
        while (job := self.inbox.take()) is not None:
            job()
        self._drop_engine()

    def want_training(self) -> None:
        """Forget an earlier `stop`."""
        self._stopped = False

    def stop(self) -> None:
        """End the training; its weights are kept."""
        with self._sending:
            self._stopped = True
            if self._engine is not None:
                self._engine.stop()

    def pause(self) -> None:
        """Hold the training after the batches that are running."""
        if (engine := self._engine) is not None:
            engine.pause()

    def proceed(self) -> None:
        """Go on with the training that is paused."""
        if (engine := self._engine) is not None:
            engine.proceed()

    def close(self) -> None:
        """End the engine; the thread ends soon after."""
        self._closing = True
        self.inbox.close()
        engine = self._engine
        if engine is not None:
            engine.close()

    # --- jobs ---------------------------------------------------------------------------------

    def warm_up(self, also: Sequence[Callable[[], object]] = ()) -> None:
        """Have an engine, and make the other calls while it imports Keras."""
        try:
            engine = self._living_engine()
            for call in also:
                with contextlib.suppress(Exception):  # whoever needs it will say what is wrong
                    call()
            engine.wait_ready()
        except EngineDied as died:
            self._lose_engine(died)
        else:
            self._teller.take_state(State.READY)

    def train(self, drawing: Drawing, weights: Path | None = None) -> None:
        """Train in a new run directory and tell what happens."""

        def work(attempt: _Attempt) -> str:
            project = drawing.project
            program = attempt.program = emit(project, drawing.report)
            folder = find_data(project)
            engine = self._ready_engine()
            run, request = prepare(
                self._runs_folder, project, program, engine.wait_ready(), folder, weights=weights
            )
            attempt.run = run
            with run.held():
                return self._follow(engine, run, request)

        self._try(work)

    def resume(self, path: Path, epochs: int | None = None) -> None:
        """Let the run in a folder go on from its last backup and tell what happens."""

        def work(attempt: _Attempt) -> str:
            run = open_run(path)
            with run.held():
                attempt.run = run  # not before: another process may write it
                request = launch.resume(run, epochs)
                attempt.program = _program_of(run)
                return self._follow(self._ready_engine(), run, request)

        self._try(work)

    def _try(self, work: Callable[[_Attempt], str]) -> None:
        """Do what trains and returns how it ended; tell that, or why it failed."""
        attempt = _Attempt()
        try:
            reason = work(attempt)
        except _Unwanted:
            self._teller.take_state(State.STARTING, ends_training=True)
            self._teller.tell("finished", "stopped", attempt.run)
            self.warm_up()
        except EngineDied as died:
            self._teller.take_state(State.STARTING, ends_training=True)
            self._fail(attempt.run, Failure(str(died), traceback=died.stderr))
            self._replace_engine(died)
        except Exception as error:  # noqa: BLE001 - nothing may end the thread
            self._teller.take_state(State.READY, ends_training=True)
            self._fail(attempt.run, _failure(error, attempt.program))
        else:
            self._teller.take_state(State.READY, ends_training=True)
            self._teller.tell("finished", reason, attempt.run)

    def look(self, look: Look) -> None:
        """Fetch the maps that were asked for."""
        try:
            maps = self._ready_engine(stoppable=False).maps(_maps_request(look))
        except EngineDied as died:
            self._teller.tell("maps_failed", look, Failure(str(died), traceback=died.stderr))
            self._replace_engine(died)
        except Exception as error:  # noqa: BLE001 - as above
            self._teller.tell("maps_failed", look, _failure(error))
        else:
            self._teller.tell("maps_ready", look, maps)

    def ask(self, call: Callable[[Engine], object], tell: Callable[[object], None]) -> None:
        """Let a ready engine answer something; tell the answer, or a `Failure`."""
        try:
            tell(call(self._ready_engine(stoppable=False)))
        except EngineDied as died:
            tell(Failure(str(died), traceback=died.stderr))
            self._replace_engine(died)
        except Exception as error:  # noqa: BLE001 - as above
            tell(_failure(error))

    # --- one training -------------------------------------------------------------------------

    def _follow(self, engine: Engine, run: Run, request: protocol.Train) -> str:
        """Let the engine train, tell each event, and return how it ended.

        Raises `EngineDied`, `ProgramFailed` and `RunError`.
        """
        with self._sending:
            if self._stopped:
                raise _Unwanted
            engine.send(request)
        self._teller.tell("facts_known", facts_of_run(run))
        stream = Stream(self._teller)
        last: protocol.Event | None = None
        try:
            while not isinstance(last, LAST_EVENTS):
                last = stream.next(engine)
                run.record(last)
                stream.tell(last, run)
        except RunError:
            if not isinstance(last, LAST_EVENTS):
                _abandon(engine)
            raise
        if isinstance(last, protocol.Failed):
            raise ProgramFailed(last)
        return last.reason if isinstance(last, protocol.Finished) else "completed"

    # --- the engine ---------------------------------------------------------------------------

    def _living_engine(self) -> Engine:
        """Return the engine if it lives, else a new one that is starting; raises `EngineDied`."""
        if self._engine is not None:
            try:
                while True:  # nobody waits for what it has said in the meantime
                    self._engine.receive(timeout=0)
            except TimeoutError:
                return self._engine
            except EngineDied:
                self._drop_engine()
        self._teller.take_state(State.STARTING)
        self._engine = Engine.start(self._command)
        if self._closing:  # `close` came before there was an engine to end
            self._engine.close()
        return self._engine

    def _ready_engine(self, *, stoppable: bool = True) -> Engine:
        """Return an engine that has imported Keras; raises `EngineDied` and `_Unwanted`."""
        engine = self._living_engine()
        while engine.ready is None:
            if stoppable and self._stopped:
                raise _Unwanted
            with contextlib.suppress(TimeoutError):
                engine.receive(_PATIENCE)
        return engine

    def _replace_engine(self, died: EngineDied) -> None:
        """Start the next engine, unless the last one never got ready: then it is no accident."""
        if self._closing:
            return
        if self._engine is None or self._engine.ready is None:
            self._lose_engine(died)
        else:
            self.warm_up()

    def _lose_engine(self, died: EngineDied) -> None:
        self._drop_engine()
        if not self._closing:
            self._teller.take_state(State.FAILED, str(died))

    def _drop_engine(self) -> None:
        with self._sending:
            engine, self._engine = self._engine, None
        if engine is not None:
            engine.close()

    def _fail(self, run: Run | None, failure: Failure) -> None:
        if self._closing:
            return
        if run is not None:
            with contextlib.suppress(RunError):  # the disk may be what has failed
                run.update(status="failed", sentence=failure.sentence)
        self._teller.tell("failed", failure)


def _abandon(engine: Engine) -> None:
    """Stop the running request and let its remaining events pass."""
    engine.stop()
    while not isinstance(engine.receive(), LAST_EVENTS):
        pass


def _program_of(run: Run) -> Program | None:
    """Return a run's program with what its lines belong to, if today's is still the same."""
    project = projectfile.loads(run.drawing_text)
    program = emit(project, infer(project))
    return program if program.text == run.program_text else None


def _maps_request(look: Look) -> protocol.Maps:
    project, run = look.drawing.project, look.run
    section = emit_activations(project, look.drawing.report, look.node)
    return protocol.Maps(
        program=run.program_text,
        section=section.text,
        folder=str(find_data(project)),
        weights=None if run.weights is None else str(run.weights),
        sample=look.sample,
    )


def _failure(error: Exception, program: Program | None = None) -> Failure:
    """Say what has happened; Python's own words only where nobody has found better ones."""
    if isinstance(error, ProgramFailed):
        event = error.failed
        node = program.node_at(event.line) if program and event.line else None
        return Failure(event.sentence, node, event.traceback)
    if isinstance(error, RunError | BadFile | BadData):
        return Failure(str(error))
    if isinstance(error, OSError) and not error.errno:
        return Failure(str(error))  # a sentence of our own, such as that a data set isn't there
    words = f"{type(error).__name__}: {error}"
    return Failure(f"This can't be done: {words}", traceback="".join(format_exception(error)))
