"""The server's end of the standard streams: requests in, events out, prints carried along.

Requests are read on a thread of their own and worked off by the main thread, so that `Stop` and
the window's death are noticed while TensorFlow is busy.
"""

import _thread
import codecs
import contextlib
import os
import queue
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from types import FrameType
from typing import NoReturn

from engine import protocol
from engine.protocol import Continue, Event, Log, Pause, Quit, Request, Stop

_PEACE = 1.0  # seconds that a job has for tidying up before it is interrupted again
_PATIENCE = 1.0  # seconds to wait for the last prints if a program's child still holds the pipe


class Stopped(BaseException):
    """Raised in the main thread to end a job; not an Exception, so that programs let it pass."""


class Job:
    """A request and whether it has been asked to stop.

    Attributes:
        request: what to do.
        stopped: set once the job should end.
        interruptible: whether `Stopped` may be raised between any two lines of Python. Written
            by the main thread alone; while it is False, the job looks at ``stopped`` by itself.
    """

    def __init__(self, request: Request) -> None:
        self.request = request
        self.stopped = threading.Event()
        self.interruptible = False
        self._going = threading.Event()
        self._going.set()
        self._interrupted = 0.0  # when it was, by the monotonic clock

    @property
    def is_paused(self) -> bool:
        """Whether the job should hold."""
        return not self._going.is_set()

    def pause(self) -> None:
        """Ask the job to hold; from any thread."""
        self._going.clear()

    def proceed(self) -> None:
        """Let the job go on; from any thread."""
        self._going.set()

    def stop(self) -> None:
        """Ask the job to end, also while it holds; from any thread."""
        self.stopped.set()
        self._going.set()

    def hold(self) -> None:
        """Wait until the job may go on; raises `Stopped` if it should end."""
        self._going.wait()
        self.check()

    def check(self) -> None:
        """Raise `Stopped` if the job should end."""
        if self.stopped.is_set():
            raise Stopped

    def interrupt(self) -> None:
        """Raise `Stopped` if the job should end and may be interrupted; in the main thread.

        What is tidied up after that is left in peace for some time.
        """
        now = time.monotonic()
        if self.interruptible and now > self._interrupted + _PEACE:
            self._interrupted = now
            self.check()

    def is_ended_by(self, error: BaseException) -> bool:
        """Say whether an exception is `Stopped`, or what has become of it.

        Raised amid native code, it may come out as another one, such as Python's SystemError.
        """
        return isinstance(error, Stopped) or (self.interruptible and self.stopped.is_set())


class Channel:
    """Takes the standard streams over; create it once, in the main thread."""

    def __init__(self) -> None:
        self._requests = os.fdopen(os.dup(0), "rb")
        self._events = os.fdopen(os.dup(1), "wb")
        self._lock = threading.Lock()
        self._queue: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._open_jobs: list[Job] = []
        self._job: Job | None = None
        with open(os.devnull, "rb") as nothing:  # noqa: PTH123 - a descriptor is wanted
            os.dup2(nothing.fileno(), 0)
        os.dup2(2, 1)  # what is printed between jobs goes to standard error
        signal.signal(signal.SIGINT, self._on_interrupt)
        threading.Thread(target=self._read_requests, name="requests", daemon=True).start()

    def send(self, event: Event) -> None:
        """Write an event; may be called from any thread."""
        frame = protocol.encode(event)
        try:
            with self._lock:
                self._events.write(frame)
                self._events.flush()
        except OSError:
            end_orphan()  # nobody listens any more

    def jobs(self) -> Iterator[Job]:
        """Yield the requests as jobs, in order, until `Quit`."""
        while (job := self._queue.get()) is not None:
            self._job = job
            yield job
            self._job = None
            with self._lock:
                self._open_jobs.remove(job)

    @contextlib.contextmanager
    def prints_carried(self) -> Iterator[None]:
        """Send what is written to standard output meanwhile, by whatever means, as `Log`."""
        reading, writing = os.pipe()
        os.dup2(writing, 1)
        os.close(writing)
        # a fresh object, since a program may have closed the one before
        sys.stdout = sys.__stdout__ = open(  # type: ignore[misc]  # noqa: SIM115 - a descriptor, closed by nobody
            1, "w", buffering=1, encoding="utf-8", errors="backslashreplace", closefd=False
        )
        pump = threading.Thread(target=self._pump, args=(reading,), name="prints", daemon=True)
        pump.start()
        try:
            yield
        finally:
            for stream in (sys.stdout, sys.__stdout__):
                with contextlib.suppress(Exception):  # whatever a program has put there
                    stream.flush()
            os.dup2(2, 1)  # closes the pipe's last writing end, which ends the pump
            pump.join(_PATIENCE)

    def _pump(self, reading: int) -> None:
        decoder = codecs.getincrementaldecoder("utf-8")("backslashreplace")
        with os.fdopen(reading, "rb", buffering=0) as pipe:
            while data := pipe.read(65536):
                if text := decoder.decode(data):
                    self.send(Log(text=text))

    def _read_requests(self) -> None:
        """Sort requests into the queue until the window has gone."""
        while (request := self._next_request()) is not None:
            match request:
                case Stop():
                    self._stop_jobs()
                case Quit():
                    self._stop_jobs()
                    self._queue.put(None)
                case Pause():
                    self._tell_jobs(Job.pause)
                case Continue():
                    self._tell_jobs(Job.proceed)
                case _:
                    job = Job(request)
                    with self._lock:
                        self._open_jobs.append(job)
                    self._queue.put(job)
        end_orphan()

    def _tell_jobs(self, what: Callable[[Job], None]) -> None:
        """Do something to each job that isn't over."""
        with self._lock:
            for job in self._open_jobs:
                what(job)

    def _stop_jobs(self) -> None:
        self._tell_jobs(Job.stop)
        threading.Thread(target=self._insist, name="stop", daemon=True).start()

    def _insist(self) -> None:
        """Interrupt until the jobs are over: a program may swallow what it is interrupted by."""
        _thread.interrupt_main()
        while True:
            time.sleep(2 * _PEACE)
            if not self._has_stopped_job():
                return
            _interrupt()

    def _has_stopped_job(self) -> bool:
        with self._lock:
            return any(job.stopped.is_set() for job in self._open_jobs)

    def _next_request(self) -> Request | None:
        try:
            frame = protocol.read_frame(self._requests)
            return protocol.decode_request(*frame) if frame else None
        except protocol.FrameError as error:
            sys.stderr.write(f"{error}\n")
            return None

    def _on_interrupt(self, _number: int, _frame: FrameType | None) -> None:
        """Runs in the main thread, also for Ctrl+C, which is the window's business."""
        if (job := self._job) is not None:
            job.interrupt()


def _interrupt() -> None:
    """Let the main thread run its handler of SIGINT, also amid a wait for a server or a disk.

    Only a true signal ends a system call. It is not for every day: one Stop in some hundred that
    came so, amid TensorFlow's arithmetic, ended in a damaged heap.
    """
    main = threading.main_thread().ident
    if sys.platform == "win32" or main is None:
        _thread.interrupt_main()
    else:
        signal.pthread_kill(main, signal.SIGINT)


def end_orphan() -> NoReturn:
    """End this process at once, and where it leads a process group, what it has started too."""
    with contextlib.suppress(OSError, ValueError):  # nobody may be there to read it
        sys.stderr.flush()
    if sys.platform != "win32" and os.getpgrp() == os.getpid():
        os.killpg(0, signal.SIGKILL)
    os._exit(0)
