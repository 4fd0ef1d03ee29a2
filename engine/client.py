"""The window's end of an engine: start it, ask, listen, stop, end it. No Keras, no Qt.

    with Engine.start() as engine:
        for event in engine.train(Train(run_dir=..., program=..., folder=...)):
            ...

One thread reads the events; any thread may call `Engine.send`, `Engine.stop` and `Engine.close`.
"""

import contextlib
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from typing import IO, Self, TypeVar

from engine import protocol
from engine.command import Command, local_command
from engine.protocol import (
    LAST_EVENTS,
    Advanced,
    Answer,
    Continue,
    Evaluate,
    EvaluationReady,
    Event,
    Failed,
    FindRate,
    Finished,
    Judge,
    Judged,
    Maps,
    MapsReady,
    Pause,
    Predict,
    Predicted,
    Preview,
    Previewed,
    Quit,
    RatesTried,
    Ready,
    Request,
    Samples,
    SamplesReady,
    Staged,
    Stages,
    Stop,
    Train,
    Verdict,
)

_Answer = TypeVar("_Answer", bound=Answer)

_COMMANDS = Stop | Pause | Continue | Quit  # requests that no event answers

_GRACE = 2.0  # seconds that an engine has to end by itself
_PATIENCE = 60.0  # seconds that it has to obey Stop; a step of a large model may take long
_LOOK = 1.0  # seconds between two looks whether it has
_TAIL = 200  # lines of standard error that are kept


class EngineDied(Exception):  # noqa: N818 - it reads as what happened
    """The engine's process has ended; the message is one sentence for people.

    Attributes:
        exit_code: as `subprocess.Popen.returncode`; None if the process never started.
        stderr: the last lines that the engine wrote to standard error.
    """

    def __init__(self, sentence: str, exit_code: int | None = None, stderr: str = "") -> None:
        super().__init__(sentence)
        self.exit_code = exit_code
        self.stderr = stderr


class ProgramFailed(Exception):  # noqa: N818 - it reads as what happened
    """A request failed; the message is the sentence, ``failed`` the whole event."""

    def __init__(self, failed: Failed) -> None:
        super().__init__(failed.sentence)
        self.failed = failed


class Engine:
    """A running engine; a context manager that ends it.

    Attributes:
        ready: the engine's `Ready`, None until it has been received.
    """

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        """Take over a process that was started with pipes; use `start`."""
        self.ready: Ready | None = None
        self._process = process
        self._sending = threading.Lock()
        self._closed = False
        self._refusal: str | None = None  # why it is of no use, if it or we could tell
        self._asked: float | None = None  # when the request was sent that is not answered yet
        self._stopped = 0.0  # when Stop was sent last
        self._events: queue.SimpleQueue[Event | None] = queue.SimpleQueue()
        self._stderr: deque[str] = deque(maxlen=_TAIL)
        self._threads = [
            threading.Thread(target=self._read_events, name="engine events", daemon=True),
            threading.Thread(target=self._read_stderr, name="engine stderr", daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    @classmethod
    def start(cls, command: Command | None = None) -> Self:
        """Start an engine; returns at once, `Ready` comes as an event some seconds later.

        Raises:
            EngineDied: the command can't be started.
        """
        command = command or local_command()
        windows = sys.platform == "win32"
        try:
            process = subprocess.Popen(  # noqa: S603 - our own command
                command.argv,
                env=command.env,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                start_new_session=not windows,  # a group of its own can be ended as a whole
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
        except OSError as error:
            raise EngineDied(
                f"The engine can't be started: {command.argv[0]}: {error.strerror}."
            ) from error
        return cls(process)

    def send(self, request: Request) -> None:
        """Send a request; raises `EngineDied`."""
        frame = protocol.encode(request)
        if not isinstance(request, _COMMANDS):
            self._asked = time.monotonic()
        try:
            with self._sending:
                _pipe(self._process.stdin).write(frame)
                _pipe(self._process.stdin).flush()
        except (OSError, ValueError) as error:  # ValueError: closed by `close`
            raise self._died() from error

    def receive(self, timeout: float | None = None) -> Event:
        """Wait for the next event, at most ``timeout`` seconds.

        Raises:
            EngineDied: the engine has ended, and all that it said has been received; it is ended
                if it doesn't obey Stop.
            TimeoutError: nothing came in time.
        """
        until = None if timeout is None else time.monotonic() + timeout
        while True:
            self._end_if_stuck()
            left = _LOOK if until is None else min(_LOOK, max(0.0, until - time.monotonic()))
            with contextlib.suppress(queue.Empty):
                event = self._events.get(timeout=left)
                break
            if until is not None and time.monotonic() >= until:
                raise TimeoutError(f"The engine said nothing for {timeout} seconds.")
        if event is None:
            self._events.put(None)  # for whoever asks next
            raise self._died()
        if isinstance(event, Ready):
            self.ready = event
        elif isinstance(event, Failed) and self.ready is None:
            self._refusal = event.sentence
        if isinstance(event, LAST_EVENTS):
            self._asked = None
        return event

    def wait_ready(self, timeout: float | None = None) -> Ready:
        """Wait until Keras is imported; raises `EngineDied` and `TimeoutError`."""
        while self.ready is None:
            self.receive(timeout)
        return self.ready

    def train(self, request: Train) -> Iterator[Event]:
        """Train, and yield the events up to `Finished` or `Failed`.

        The request is sent when the iteration begins; if it ends early, the training is stopped.
        Raises `EngineDied`.
        """
        return self._ask(request)

    def maps(self, request: Maps) -> MapsReady:
        """Return a layer's maps; raises `ProgramFailed` and `EngineDied`."""
        return self._answer(request, MapsReady)

    def predict(self, request: Predict) -> Predicted:
        """Return what a model predicts; raises `ProgramFailed` and `EngineDied`."""
        return self._answer(request, Predicted)

    def evaluate(
        self, request: Evaluate, advance: Callable[[int, int], None] = lambda _done, _total: None
    ) -> EvaluationReady:
        """Return an evaluation; raises `ProgramFailed` and `EngineDied`.

        ``advance(done, total)`` is called a few times a second meanwhile.
        """
        return self._answer(request, EvaluationReady, _counting(advance))

    def samples(self, request: Samples) -> SamplesReady:
        """Return some samples of the data; raises `ProgramFailed` and `EngineDied`."""
        return self._answer(request, SamplesReady)

    def judge(self, request: Judge) -> Verdict:
        """Return Keras's verdict on a program; raises `ProgramFailed` and `EngineDied`."""
        return self._answer(request, Judged).verdict

    def preview(self, request: Preview) -> Previewed:
        """Return images and their variations; raises `ProgramFailed` and `EngineDied`."""
        return self._answer(request, Previewed)

    def stage(self, request: Stages) -> Staged:
        """Return a sample's way to the model; raises `ProgramFailed` and `EngineDied`."""
        return self._answer(request, Staged)

    def find_rate(self, request: FindRate, advance: Callable[[int, int], None]) -> RatesTried:
        """Return the losses of learning rates; raises and advances as `evaluate` does."""
        return self._answer(request, RatesTried, _counting(advance))

    def stop(self) -> None:
        """End what is running within about a second; its weights are kept. From any thread."""
        self._stopped = time.monotonic()
        with contextlib.suppress(EngineDied):  # whoever receives will hear of it
            self.send(Stop())

    def pause(self) -> None:
        """Hold the training after the execution that is running. From any thread."""
        with contextlib.suppress(EngineDied):  # as above
            self.send(Pause())

    def proceed(self) -> None:
        """Go on with a training that is paused. From any thread."""
        with contextlib.suppress(EngineDied):  # as above
            self.send(Continue())

    def close(self) -> None:
        """End the engine and all that it has started; from any thread, more than once."""
        if self._closed:
            return
        self._closed = True
        deadline = threading.Timer(_GRACE, _kill, (self._process.pid,))
        deadline.start()
        with contextlib.suppress(EngineDied):
            self.send(Quit())
        self._process.wait()
        deadline.cancel()
        deadline.join()
        _kill(self._process.pid)  # what a program left running
        for thread in self._threads:
            thread.join()
        for pipe in (self._process.stdin, self._process.stdout, self._process.stderr):
            with contextlib.suppress(OSError):
                _pipe(pipe).close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def _ask(self, request: Request) -> Iterator[Event]:
        self.send(request)
        over = False
        try:
            while not over:
                event = self.receive()
                over = isinstance(event, LAST_EVENTS)
                yield event
        finally:
            if not over:
                self._abandon()

    def _abandon(self) -> None:
        """Stop the running request and let its remaining events pass."""
        self.stop()
        with contextlib.suppress(EngineDied):
            while not isinstance(self.receive(), LAST_EVENTS):
                pass

    def _answer(
        self,
        request: Request,
        kind: type[_Answer],
        hear: Callable[[Event], None] = lambda _event: None,
    ) -> _Answer:
        for event in self._ask(request):
            hear(event)
            if isinstance(event, kind):
                return event
            if isinstance(event, Failed):
                raise ProgramFailed(event)
            if isinstance(event, Finished):
                break
        raise ProgramFailed(Failed(sentence="It was stopped.", line=None, traceback=""))

    def _end_if_stuck(self) -> None:
        """End an engine that has been told to stop and doesn't."""
        if self._asked is None or self._stopped < self._asked:
            return
        if time.monotonic() > self._stopped + _PATIENCE:
            self._refusal = (
                f"The engine did not stop within {_PATIENCE:.0f} seconds, so it was ended."
            )
            _kill(self._process.pid)

    def _read_events(self) -> None:
        try:
            while (frame := protocol.read_frame(_pipe(self._process.stdout))) is not None:
                self._events.put(protocol.decode_event(*frame))
        except Exception as error:  # noqa: BLE001 - whoever waits must hear of it
            self._refusal = str(error) or type(error).__name__
            _kill(self._process.pid)
        finally:
            _end(self._process)
            self._events.put(None)

    def _read_stderr(self) -> None:
        for line in _pipe(self._process.stderr):
            self._stderr.append(line.decode("utf-8", "replace").rstrip())

    def _died(self) -> EngineDied:
        self._threads[1].join(timeout=1.0)  # its last words
        code = self._process.poll()
        tail = "\n".join(self._stderr)
        if self._closed:
            return EngineDied("The engine was closed.", code, tail)
        return EngineDied(self._refusal or _epitaph(code, tail), code, tail)


def _end(process: subprocess.Popen[bytes]) -> None:
    """Wait for the end of a process that says nothing any more."""
    try:
        process.wait(_GRACE)
    except subprocess.TimeoutExpired:
        _kill(process.pid)
        process.wait()


def _kill(group: int) -> None:
    """End a process and what it has started, without asking."""
    if sys.platform == "win32":
        subprocess.run(  # noqa: S603 - nothing here comes from outside
            ["taskkill", "/T", "/F", "/PID", str(group)],  # noqa: S607 - as above
            check=False,
            capture_output=True,
        )
    else:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(group, signal.SIGKILL)


def _counting(advance: Callable[[int, int], None]) -> Callable[[Event], None]:
    """Return what hears how much of a request is done."""

    def hear(event: Event) -> None:
        if isinstance(event, Advanced):
            advance(event.done, event.total)

    return hear


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    """Return one of the process's pipes, all of which exist."""
    if pipe is None:
        raise TypeError("An engine's process needs pipes for its standard streams.")
    return pipe


def _epitaph(code: int | None, tail: str) -> str:
    """Say in one sentence why an engine has ended."""
    if code in {-9, 137}:
        return (
            "The engine was killed (signal 9), usually because the computer ran out of memory: "
            "a smaller batch size or a smaller model may help."
        )
    if code is not None and code < 0:
        try:
            name = signal.Signals(-code).name
        except ValueError:
            name = "unknown"
        return f"The engine crashed (signal {-code}, {name})."
    if code == 0:
        return "The engine ended by itself (exit code 0)."
    last = tail.splitlines()[-1] if tail else "it said nothing"
    return f"The engine ended with exit code {code}: {last}"
