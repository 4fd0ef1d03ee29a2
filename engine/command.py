"""What to start in order to have an engine."""

import os
import sys
from dataclasses import dataclass
from pathlib import Path

_HERE = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Command:
    """A command line and the environment it is started in."""

    argv: tuple[str, ...]
    env: dict[str, str]


def local_command() -> Command:
    """Return the command that starts an engine on this computer, with this Python.

    The server is started by file. Layerloom's own folder is taken out of ``PYTHONPATH``, as are
    relative entries, so that a program finds the user's modules and not ours; the other entries
    stay, since on some clusters they are where TensorFlow is.
    """
    env = dict(os.environ)
    entries = [entry for entry in env.pop("PYTHONPATH", "").split(os.pathsep) if _foreign(entry)]
    if entries:
        env["PYTHONPATH"] = os.pathsep.join(entries)
    env["TF_CPP_MIN_LOG_LEVEL"] = "2"
    # a keras.json in the user's home may name another backend
    env["KERAS_BACKEND"] = "tensorflow"
    return Command(argv=(sys.executable, str(_HERE / "server.py")), env=env)


def _foreign(entry: str) -> bool:
    path = Path(entry)
    return path.is_absolute() and path.resolve() not in {_HERE, _HERE.parent}
