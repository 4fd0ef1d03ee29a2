"""Child processes: each measurement that loads TensorFlow or a window gets a fresh one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
_LONGEST = 1800.0  # seconds after which a child is given up


class ChildFailed(RuntimeError):  # noqa: N818 - it reads as what happened
    """A child process ended with an error; the text is the end of what it said."""


def run(script: str, *words: str, ours: bool = False, folder: Path | None = None) -> dict[str, Any]:
    """Run a script of `children` and return the JSON object in its last line.

    Args:
        script: the file's name without `.py`.
        words: its arguments.
        ours: put Layerloom's own packages on its path; a plain Keras program runs without them.
        folder: its working directory, and where the user's settings and runs seem to be.

    Raises:
        ChildFailed: it ended with an error, or gave no JSON.
    """
    with _place(folder) as here:
        done = subprocess.run(
            [sys.executable, str(HERE / "children" / f"{script}.py"), *words],
            cwd=here,
            env=environment(here, ours=ours),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=_LONGEST,
            check=False,
        )
    try:
        done.check_returncode()
        found: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    except (subprocess.CalledProcessError, ValueError, IndexError) as error:
        said = (done.stderr or done.stdout).strip()[-2000:]
        raise ChildFailed(f"{script} ended with {done.returncode}: {said}") from error
    return found


@contextmanager
def running(script: str, *words: str, until: str) -> Iterator[None]:
    """Keep a script of `children` running, from when its folder has a file like `until` on.

    Raises ChildFailed if it ends before that, or before the end.
    """
    with tempfile.TemporaryDirectory(prefix="benchmark-") as made:
        here = Path(made)
        with subprocess.Popen(
            [sys.executable, str(HERE / "children" / f"{script}.py"), *words],
            cwd=here,
            env=environment(here, ours=False),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as child:
            try:
                while not list(here.glob(until)) and child.poll() is None:
                    time.sleep(0.1)
                yield
                if child.poll() is not None:
                    raise ChildFailed(f"{script} ended too early, with {child.returncode}.")
            finally:
                child.kill()


def environment(folder: Path, *, ours: bool) -> dict[str, str]:
    """Return the environment of a child: no screen, no settings of the user's."""
    env = dict(os.environ)
    env.pop("PYTHONPATH", None)
    if ours:
        env["PYTHONPATH"] = str(ROOT)
    env["PYTHONIOENCODING"] = "utf-8"
    env["KERAS_BACKEND"] = "tensorflow"
    env["TF_CPP_MIN_LOG_LEVEL"] = "2"
    env["PYTHONFAULTHANDLER"] = "1"  # a child that crashes says where
    env.setdefault("QT_QPA_PLATFORM", "offscreen")
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"):
        env[name] = str(folder / name.lower())
    return env


@contextmanager
def _place(folder: Path | None) -> Iterator[Path]:
    if folder is not None:
        yield folder
        return
    with tempfile.TemporaryDirectory(prefix="benchmark-") as made:
        yield Path(made)
