"""How a command ends: its exit status, and the sentence that it leaves behind."""

from __future__ import annotations

import json
import sys
from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


class Status(IntEnum):
    """The exit status of a command."""

    FINE = 0
    ERRORS = 1  # the drawing has errors
    WRONG_USE = 2  # also a file that can't be read or written
    RUN_FAILED = 3
    INTERRUPTED = 130  # as shells have it after Ctrl+C


class Refusal(Exception):  # noqa: N818 - it refuses, the program is not at fault
    """A command can't do what it was asked to; its text is one sentence for people."""

    def __init__(self, sentence: str, status: Status = Status.WRONG_USE) -> None:
        super().__init__(sentence)
        self.status = status


def print_json(value: object) -> None:
    """Print a value as JSON on standard output; numbers that JSON lacks are null."""
    sys.stdout.write(json.dumps(_plain(value), indent=1, ensure_ascii=False) + "\n")


def _plain(value: object) -> object:
    if isinstance(value, float) and (value != value or value in {float("inf"), -float("inf")}):  # noqa: PLR0124 - NaN alone differs from itself
        return None
    if isinstance(value, dict):
        return {str(key): _plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    return value


def report_files(files: Iterable[Path], sentence: str, *, as_json: bool) -> None:
    """Say which files were written: by a sentence, or as JSON."""
    if as_json:
        print_json({"files": [str(path) for path in files]})
    else:
        sys.stdout.write(sentence + "\n")


def complain(sentence: str, *, as_json: bool = False) -> None:
    """Print what went wrong: a line on standard error, or a JSON object on standard output."""
    if as_json:
        print_json({"error": sentence})
    else:
        sys.stderr.write(sentence + "\n")
