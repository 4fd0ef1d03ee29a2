"""What runs between the runner's thread and the window: states, jobs, an engine's events. No Qt."""

import threading
import time
from collections import deque
from collections.abc import Callable
from enum import StrEnum
from typing import Protocol

from engine import protocol
from engine.client import Engine, EngineDied, ProgramFailed
from engine.protocol import LAST_EVENTS
from engine.runs import Run

_PROGRESS_INTERVAL = 0.125  # seconds: at most 8 a second
_LOG_INTERVAL = 0.1  # seconds that printed text is gathered
_SIGNALS: dict[type, str] = {
    protocol.EpochEnded: "epoch_ended",
    protocol.Gradients: "gradients_seen",
    protocol.Paused: "paused",
    protocol.Continued: "continued",
}


class State(StrEnum):
    """What the engine is doing, for the status bar and the buttons."""

    OFF = "off"
    STARTING = "starting"
    READY = "ready"
    TRAINING = "training"
    PAUSED = "paused"
    STOPPING = "stopping"
    FAILED = "failed"


class Teller(Protocol):
    """How the thread tells the window; each call may come from any thread."""

    def tell(self, what: str, *values: object) -> None:
        """Emit the signal of this name."""

    def take_state(self, state: State, sentence: str = "", *, ends_training: bool = False) -> None:
        """Show a state; unless it ends the training, a running one keeps its own."""


class Inbox:
    """A queue of jobs in which a waiting job may be replaced by a newer one of its sort."""

    def __init__(self) -> None:
        self._jobs: deque[tuple[Callable[[], None], bool]] = deque()
        self._filled = threading.Condition()
        self._closed = False

    def put(self, job: Callable[[], None], *, replaces: bool = False) -> None:
        """Add a job; with ``replaces``, in place of the one that was put so and still waits."""
        with self._filled:
            if replaces:
                self._jobs = deque(entry for entry in self._jobs if not entry[1])
            self._jobs.append((job, replaces))
            self._filled.notify()

    def take(self) -> Callable[[], None] | None:
        """Wait for a job and return it, or None when the inbox is closed."""
        with self._filled:
            self._filled.wait_for(lambda: self._jobs or self._closed)
            return None if self._closed else self._jobs.popleft()[0]

    def close(self) -> None:
        """Let nobody wait any longer; jobs that wait are dropped."""
        with self._filled:
            self._closed = True
            self._filled.notify_all()


class Asked:
    """A question to an engine that can be taken back while it waits or is answered."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._engine: Engine | None = None  # that answers now
        self._is_stopped = False

    def stop(self) -> None:
        """Let the question be answered no more; from any thread."""
        with self._lock:
            self._is_stopped = True
            if self._engine is not None:
                self._engine.stop()

    def stop_again(self) -> None:
        """Stop what was stopped before the engine had the question: whoever hears of it calls."""
        if self._is_stopped:
            self.stop()

    def answer(self, call: Callable[[Engine], object], engine: Engine) -> object:
        """Return what the call returns; raises what it raises, and `ProgramFailed` if stopped."""
        with self._lock:
            if self._is_stopped:
                failed = protocol.Failed(sentence="It was stopped.", line=None, traceback="")
                raise ProgramFailed(failed)
            self._engine = engine
        try:
            return call(engine)
        finally:
            with self._lock:
                self._engine = None


class Stream:
    """Hands an engine's events on: progress not too often, printed text in larger pieces."""

    def __init__(self, teller: Teller) -> None:
        self._teller = teller
        self._text: list[str] = []
        self._text_due = 0.0
        self._progress_due = 0.0

    def next(self, engine: Engine) -> protocol.Event:
        """Wait for the next event; raises `EngineDied`."""
        while True:
            try:
                return engine.receive(_LOG_INTERVAL if self._text else None)
            except TimeoutError:
                self._flush()
            except EngineDied:
                self._flush()
                raise

    def tell(self, event: protocol.Event, run: Run) -> None:
        """Emit the signal that belongs to an event."""
        now = time.monotonic()
        if isinstance(event, protocol.Log):
            self._text_due = self._text_due if self._text else now + _LOG_INTERVAL
            self._text.append(event.text)
        if self._text and (now >= self._text_due or isinstance(event, LAST_EVENTS)):
            self._flush()
        match event:
            case protocol.Resumed():
                self._teller.tell("resumed", run, event)
            case protocol.Started():
                self._teller.tell("started", run, event)
            case protocol.Progress() if now >= self._progress_due:
                self._progress_due = now + _PROGRESS_INTERVAL
                self._teller.tell("progressed", event)
            case (
                protocol.EpochEnded()
                | protocol.Gradients()
                | protocol.Paused()
                | protocol.Continued()
            ):
                self._teller.tell(_SIGNALS[type(event)], event)
            case protocol.Evaluated():
                self._teller.tell("evaluated", event.scores)
            case protocol.Noted():
                self._teller.tell("noted", event.sentence)

    def _flush(self) -> None:
        if self._text:
            self._teller.tell("logged", "".join(self._text))
            self._text.clear()
