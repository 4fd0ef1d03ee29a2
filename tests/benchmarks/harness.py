"""What every benchmark shares: rows with their spread and goal, interleaved pairs, the page.

A benchmark is a module with `run(quick) -> Result`. Where two things are compared, they take turns
in one run (A B A B …), and the ratio is the median of the ratios of the pairs: a machine that is
slow for a minute is slow for both.
"""

from __future__ import annotations

import os
import platform
import statistics
import sys
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

_PACKAGES = ("keras", "tensorflow", "PySide6-Essentials", "numpy")


class Goal(msgspec.Struct, frozen=True):
    """A limit that a value has to keep: at most so much, or with `at_least` no less."""

    limit: float
    at_least: bool = False

    def reached(self, value: float) -> bool:
        """Say whether a value keeps the limit."""
        return value >= self.limit if self.at_least else value <= self.limit


class Row(msgspec.Struct, frozen=True):
    """A line of a table: a value with its spread, out of `count` runs, pairs or samples (`of`)."""

    what: str
    value: float
    low: float
    high: float
    unit: str
    count: int
    of: str = "runs"
    goal: Goal | None = None


class Result(msgspec.Struct, frozen=True):
    """What a benchmark found; `notes` are sentences with facts that belong to the numbers."""

    title: str
    rows: list[Row]
    notes: list[str] = []


def median(
    what: str, values: Sequence[float], unit: str, goal: Goal | None = None, of: str = "runs"
) -> Row:
    """Return the line for the median of some measurements, its spread from least to greatest."""
    middle = statistics.median(values)
    return Row(what, middle, min(values), max(values), unit, len(values), of, goal)


def ratio(
    what: str, above: Sequence[float], below: Sequence[float], goal: Goal | None = None
) -> Row:
    """Return the line for the median of the ratios of interleaved pairs.

    Raises ValueError if a member of a pair is missing.
    """
    quotients = [one / other for one, other in zip(above, below, strict=True)]
    return median(what, quotients, "×", goal, "pairs")


def quantile(ordered: Sequence[float], share: float) -> float:
    """Return the value that this share (0–1) of some sorted values doesn't exceed."""
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def rounds(count: int, *members: Callable[[], float]) -> list[list[float]]:
    """Measure the members in turn, so many times; return the values of each member.

    Every other round goes backwards, so that none always has the machine in the same mood.
    """
    values: list[list[float]] = [[] for _ in members]
    for number in range(1, count + 1):
        turns = list(zip(members, values, strict=True))
        for member, found in turns if number % 2 else reversed(turns):
            found.append(member())
        say(f"round {number} of {count}: {', '.join(f'{found[-1]:.4g}' for found in values)}")
    return values


def say(text: str) -> None:
    """Tell how far a benchmark has come, beside its output."""
    sys.stderr.write(f"  {text}\n")
    sys.stderr.flush()


def facts() -> str:
    """Return what the numbers were measured on: cores, versions, how busy it was; no names."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    parts = [
        f"{cores} cores ({platform.machine()}, {platform.system()})",
        f"Python {platform.python_version()}",
    ]
    for name in _PACKAGES:
        with suppress(PackageNotFoundError):
            parts.append(f"{name} {version(name)}")
    if hasattr(os, "getloadavg"):
        parts.append(f"load average before the run {os.getloadavg()[0]:.1f}")
    return ", ".join(parts)


def table(result: Result) -> str:
    """Return a result as a Markdown table with its notes."""
    lines = [
        "| what | median | from – to | of | goal | reached |",
        "| --- | ---: | ---: | ---: | ---: | --- |",
        *("| " + " | ".join(_cells(row)) + " |" for row in result.rows),
    ]
    if result.notes:
        lines += ["", *(f"- {note}" for note in result.notes)]
    return "\n".join(lines)


def _cells(row: Row) -> Iterator[str]:
    yield row.what
    yield f"{number(row.value)} {row.unit}"
    yield f"{number(row.low)} – {number(row.high)}"
    yield f"{row.count:,} {row.of}"
    if row.goal is None:
        yield from ("–", "–")
        return
    yield f"{'≥' if row.goal.at_least else '≤'} {row.goal.limit:g} {row.unit}"
    yield "yes" if row.goal.reached(row.value) else "**no**"


def number(value: float) -> str:
    """Return a number with three digits that count."""
    if value >= 1000:
        return f"{value:,.0f}"
    return f"{value:.3g}" if value >= 0.001 else f"{value:.2g}"
