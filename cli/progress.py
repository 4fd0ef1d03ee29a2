"""How long commands are shown: a progress bar on a terminal, and a line for each epoch."""

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, TextColumn

from engine import protocol


def bar(*columns: ProgressColumn) -> Progress:
    """Return a bar on standard error, which is taken away at its end; a file or pipe gets none.

    `columns` stand at the right of it. Standard output is free for what the command prints.
    """
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        *columns,
        console=Console(stderr=True, highlight=False, soft_wrap=True),
        transient=True,
        redirect_stdout=False,
        redirect_stderr=False,
        disable=not sys.stderr.isatty(),
    )


@contextmanager
def waiting(words: str) -> Iterator[None]:
    """Show that something goes on of which nobody knows how much is done."""
    with bar() as shown:
        shown.add_task(words, total=None)
        yield


class Display:
    """Shows the events of a training; a context manager that takes the bar away at the end.

    What the program prints is left out, since it says the same: the run directory keeps it.

    With `quiet`, no line is printed: standard output then carries JSON alone.
    """

    def __init__(self, *, quiet: bool = False) -> None:
        self._console = Console(quiet=quiet, highlight=False, soft_wrap=True)
        self._epochs = 0
        self._bar = bar(MofNCompleteColumn(), TextColumn("{task.fields[note]}"))
        # importing Keras takes some seconds
        self._task = self._bar.add_task("Starting Keras", note="", total=None)

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._bar.stop()

    def say(self, sentence: str) -> None:
        """Print a line."""
        if self._bar.live.is_started and self._console.is_terminal and not self._console.quiet:
            self._bar.console.print(sentence, markup=False)  # the one terminal, above the bar
            return
        self._console.print(sentence, markup=False)
        if not self._console.is_terminal:
            sys.stdout.flush()  # whoever reads the pipe follows the training

    def show(self, event: protocol.Event) -> None:
        """Show an event of a training."""
        match event:
            case protocol.Resumed(epoch=epoch) if epoch:
                self.say(f"Going on after epoch {epoch:,}.")
            case protocol.Resumed():
                self.say("There is no backup yet: training begins anew.")
            case protocol.Noted(sentence=sentence):
                self.say(sentence)
            case protocol.Started(epochs=epochs):
                self._epochs = epochs
                self._bar.update(self._task, description="Training", total=event.steps)
            case protocol.Progress():
                self._advance(event)
            case protocol.EpochEnded(epoch=epoch, seconds=seconds, logs=logs):
                self.say(f"Epoch {epoch + 1} of {self._epochs} · {values(logs)} · {seconds:.1f} s")

    def _advance(self, event: protocol.Progress) -> None:
        rate = f"{event.rate:,.0f} samples/s" if event.rate is not None else ""
        left = f"{clock(event.eta)} left" if event.eta is not None else ""
        self._bar.update(
            self._task,
            description=f"Epoch {event.epoch + 1} of {self._epochs}",
            completed=event.step,
            total=event.steps,
            note=" · ".join(part for part in (rate, left) if part),
        )


def values(logs: Mapping[str, float | None]) -> str:
    """Return names and values for a line: `loss 0.5123 · accuracy 0.8123`."""
    return " · ".join(f"{name} {value:.4f}" for name, value in logs.items() if value is not None)


def clock(seconds: float) -> str:
    """Return a duration as minutes and seconds: `1:05`."""
    whole = round(seconds)
    return f"{whole // 60}:{whole % 60:02}"
