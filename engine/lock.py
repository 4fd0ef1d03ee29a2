"""One process at a time writes a run directory. No Keras, no Qt.

The file ``lock.json`` says which process does: its number, when it began and on which computer.
It survives a crash; whoever comes next sees that there is no such process any more. A number alone
wouldn't do, since systems give numbers again.
"""

import contextlib
import os
import platform
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec

_NAME = "lock.json"


class Locked(Exception):  # noqa: N818 - it reads as what happened
    """Another process has the run; the message is a sentence for people."""


class Owner(msgspec.Struct, frozen=True):
    """A process: its number, when it began in the system's own words, and the computer's name."""

    process: int
    began: str
    computer: str


@contextlib.contextmanager
def locked(run: Path) -> Iterator[None]:
    """Have a run directory for oneself.

    Raises:
        Locked: another process, or another part of this one, has it.
        OSError: the directory can't be written to.
    """
    path = run / _NAME
    me = Owner(os.getpid(), _began(os.getpid()), platform.node())
    _take(path, me)
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            path.unlink()


def owner(run: Path) -> Owner | None:
    """Return the process that has a run directory, or None; one that has died has nothing."""
    found = _read(run / _NAME)
    return found if found is not None and _lives(found) else None


def _take(path: Path, me: Owner) -> None:
    for _ in range(2):
        part = path.with_name(f".{path.name}.{me.process}")
        part.write_bytes(msgspec.json.encode(me))
        try:
            os.link(part, path)  # fails if somebody has been faster; the file is whole at once
        except FileExistsError:
            _give_way_or_clear(path)
        except OSError:  # no hard links on this disk
            with path.open("xb") as file:
                file.write(msgspec.json.encode(me))
            return
        else:
            return
        finally:
            part.unlink(missing_ok=True)
    _give_way_or_clear(path)


def _give_way_or_clear(path: Path) -> None:
    """Raise `Locked` if the owner lives, else take the stale file away."""
    found = _read(path)
    if found is None or not _lives(found):
        _clear(path, found)
        return
    here = found.computer == platform.node()
    place = "" if here else f" on {found.computer}"
    hint = "" if here else f" If it has ended, delete {path}."
    raise Locked(
        f"The run {path.parent.name} is being trained by another window or command "
        f"(process {found.process}{place}).{hint}"
    )


def _clear(path: Path, stale: Owner | None) -> None:
    """Take a stale file away, but not the one that somebody else has just put in its place."""
    gone = path.with_name(f".{path.name}.{os.getpid()}.stale")
    with contextlib.suppress(FileNotFoundError):
        path.rename(gone)
        if _read(gone) != stale:
            os.link(gone, path)
        gone.unlink()


def _read(path: Path) -> Owner | None:
    try:
        return msgspec.json.decode(path.read_bytes(), type=Owner)
    except (OSError, msgspec.DecodeError):
        return None


def _lives(found: Owner) -> bool:
    """Say whether a process still runs; those of other computers are taken to."""
    if found.computer != platform.node():
        return True
    return bool(found.began) and _began(found.process) == found.began


def _began(process: int) -> str:
    """Return when a process began, in the system's own words; "" if there is none."""
    stat = Path(f"/proc/{process}/stat")
    if stat.parent.parent.joinpath("self").exists():
        try:
            return stat.read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()[19]
        except OSError:
            return ""
    if sys.platform == "win32":
        words = [
            "powershell", "-NoProfile", "-Command", f"(Get-Process -Id {process}).StartTime.Ticks",
        ]  # fmt: skip
    else:
        words = ["ps", "-o", "lstart=", "-p", str(process)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)  # noqa: S603 - a fixed command
    return done.stdout.strip()
