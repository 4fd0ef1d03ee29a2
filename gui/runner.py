"""Training and looking inside, for the window: one background thread that talks to an engine.

Nothing here blocks the window's thread, and all signals are emitted in it: the background thread
hands each one over through one queued signal. The engine may die at any moment: whoever waits for
it gets one sentence, and the next engine is started at once.
"""

import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal, Slot
from shiboken6 import isValid

from engine import protocol, runs
from engine.client import Engine
from engine.command import Command
from engine.runs import Run
from graph.inference import Report
from graph.project import Project
from gui.engine_events import Asked, State
from gui.engine_thread import Drawing, EngineThread, Failure, Look

__all__ = ["Asked", "Drawing", "Failure", "Look", "Runner", "State"]

_SENTENCES = {
    State.OFF: "The engine is not running.",
    State.STARTING: "The engine is starting.",
    State.READY: "The engine is ready.",
    State.TRAINING: "The model is being trained.",
    State.PAUSED: "The training is paused.",
    State.STOPPING: "The training is being stopped; its weights are kept.",
    State.FAILED: "The engine can't be started.",
}


def paused_words(paused: protocol.Paused) -> str:
    """Say where a training holds, counting from 1."""
    of = f" of {paused.steps:,}" if paused.steps else ""
    return f"Paused at epoch {paused.epoch + 1:,}, batch {paused.step:,}{of}"


class Runner(QObject):
    """Trains drawings and fetches their maps.

    Signals, all emitted in the runner's own thread:
        state_changed(State, str): what the engine does now, and a sentence that says so.
        facts_known(observed.Facts): what is known of the training that is about to begin.
        started(Run, protocol.Started): training begins.
        resuming(Run): an earlier run is about to go on; the state changes next.
        resumed(Run, protocol.Resumed): it does, and these epochs lie behind it.
        paused(protocol.Paused): training holds.
        continued(protocol.Continued): training goes on after a pause.
        noted(str): something is not as it should be, and training goes on.
        progressed(protocol.Progress): at most 8 times a second.
        epoch_ended(protocol.EpochEnded): an epoch is over.
        gradients_seen(protocol.Gradients): how the layers learn; not after each epoch.
        evaluated(dict[str, float]): the scores on the test set, by name.
        finished(str, Run | None): the run is over, "completed" or "stopped"; there is no run if
            it was stopped before it could begin.
        failed(Failure): the training failed; `finished` doesn't come then.
        logged(str): text that the program printed, not cut into lines.
        maps_ready(Look, protocol.MapsReady): the answer to `maps`.
        maps_failed(Look, Failure): there are no such maps.
    """

    state_changed = Signal(object, str)
    facts_known = Signal(object)
    started = Signal(object, object)
    resuming = Signal(object)
    resumed = Signal(object, object)
    paused = Signal(object)
    continued = Signal(object)
    noted = Signal(str)
    progressed = Signal(object)
    epoch_ended = Signal(object)
    gradients_seen = Signal(object)
    evaluated = Signal(object)
    finished = Signal(str, object)
    failed = Signal(object)
    logged = Signal(str)
    maps_ready = Signal(object, object)
    maps_failed = Signal(object, object)
    _posted = Signal(object)

    def __init__(
        self,
        parent: QObject | None = None,
        *,
        runs_folder: Path | None = None,
        command: Command | None = None,
    ) -> None:
        """Make a runner that has not started anything yet.

        Args:
            parent: Qt's parent.
            runs_folder: where run directories are made; None is the user's folder of runs.
            command: how to start an engine; None starts one on this computer.
        """
        super().__init__(parent)
        self.runs_folder = runs_folder or runs.default_parent()
        self.state = State.OFF
        self._posted.connect(self._on_posted, Qt.ConnectionType.QueuedConnection)
        self.paused.connect(self._on_paused)
        self.continued.connect(self._on_continued)
        self._is_over = False
        self._work = EngineThread(self, self.runs_folder, command)
        self._thread: threading.Thread | None = None

    @property
    def is_training(self) -> bool:
        """Say whether a training is running, about to run, or being stopped."""
        return self.state in {State.TRAINING, State.PAUSED, State.STOPPING}

    def warm_up(self, *also: Callable[[], object]) -> None:
        """Start an engine, and make these calls in the background while it starts."""
        self._submit(partial(self._work.warm_up, also))

    def train(self, project: Project, report: Report, weights: Path | None = None) -> None:
        """Train a drawing in a new run directory, perhaps from the weights in a file on.

        Raises:
            RuntimeError: a training is running.
        """
        self._refuse_second()
        self._show_state(State.TRAINING)
        self._submit(partial(self._work.train, Drawing(project, report), weights))

    def resume(self, run: Run, epochs: int | None = None) -> None:
        """Let a run go on from its last backup, up to so many epochs in all if they are given.

        Raises:
            RuntimeError: a training is running.
        """
        self._refuse_second()
        self.resuming.emit(run)
        self._show_state(State.TRAINING)
        self._submit(partial(self._work.resume, run.path, epochs))

    def pause(self) -> None:
        """Hold the training after the batches that are running; `paused` tells when it does."""
        if self.state is State.TRAINING:
            self._work.pause()

    def proceed(self) -> None:
        """Go on with the training that is paused; `continued` tells when it does."""
        if self.state is State.PAUSED:
            self._work.proceed()

    def stop(self) -> None:
        """End the training within about a second; its weights are kept."""
        if self.state in {State.TRAINING, State.PAUSED}:
            self._show_state(State.STOPPING)
            self._work.stop()

    def _refuse_second(self) -> None:
        if self.is_training:
            raise RuntimeError("One training at a time: stop the running one first.")
        self._work.want_training()

    def maps(self, run: Run, project: Project, report: Report, node: str, sample: int) -> None:
        """Ask for a node's maps; a question that still waits is replaced by this one.

        Args:
            run: whose program and weights are used.
            project: the drawing that was trained in that run.
            report: what inference says of that drawing.
            node: the node whose output is wanted.
            sample: index into the test data, from 0.
        """
        look = Look(run, Drawing(project, report), node, sample)
        self._submit(partial(self._work.look, look), replaces=True)

    def ask(
        self,
        call: Callable[[Engine], object],
        then: Callable[[object], None],
        asked: Asked | None = None,
    ) -> None:
        """Ask a ready engine something in the background, once it is free.

        Args:
            call: asks and returns the answer; in the background thread.
            then: gets the answer, or a `Failure`; in the runner's own thread, and not after
                `shutdown` or when whose method it is has gone.
            asked: takes the question back.
        """
        question = asked or Asked()

        def take(answer: object) -> None:
            if not (self._is_over or _has_gone(then)):
                then(answer)

        def tell(answer: object) -> None:
            self._posted.emit(partial(take, answer))

        self._submit(partial(self._work.ask, partial(question.answer, call), tell))

    def shutdown(self) -> None:
        """End engine and thread, in two seconds at most. The runner can't be used again."""
        self._is_over = True
        self._work.close()
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        self._show_state(State.OFF)

    def tell(self, what: str, *values: object) -> None:
        """Emit the signal of this name in the runner's thread; from any thread."""
        self._posted.emit(partial(getattr(self, what).emit, *values))

    def take_state(self, state: State, sentence: str = "", *, ends_training: bool = False) -> None:
        """Show a state, from any thread; a running training keeps its own unless this ends it."""
        self._posted.emit(partial(self._take_state, state, sentence, ends_training))

    def _take_state(self, state: State, sentence: str, ends_training: bool) -> None:  # noqa: FBT001 - see take_state
        if self._thread is not None and (ends_training or not self.is_training):
            self._show_state(state, sentence)

    def _on_paused(self, paused: protocol.Paused) -> None:
        if self.state is State.TRAINING:
            self._show_state(State.PAUSED, paused_words(paused))

    def _on_continued(self, _continued: protocol.Continued) -> None:
        if self.state is State.PAUSED:
            self._show_state(State.TRAINING)

    def _show_state(self, state: State, sentence: str = "") -> None:
        self.state = state
        self.state_changed.emit(state, sentence or _SENTENCES[state])

    def _submit(self, job: Callable[[], None], *, replaces: bool = False) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._work.work, name="runner", daemon=True)
            self._thread.start()
        self._work.inbox.put(job, replaces=replaces)

    @Slot(object)
    def _on_posted(self, call: Callable[[], object]) -> None:
        call()


def _has_gone(call: object) -> bool:
    """Say whether a call is a method of something of Qt's that is taken down."""
    while isinstance(call, partial):
        call = call.func
    owner = getattr(call, "__self__", None)
    return isinstance(owner, QObject) and not isValid(owner)
