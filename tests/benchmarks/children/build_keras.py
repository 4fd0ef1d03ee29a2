"""Build a program's model each time a line comes, and say how many seconds it took.

`build_keras.py PROGRAM`: the answer to each line is a line of JSON; the first one says that Keras
is imported. It ends with its standard input.
"""

from __future__ import annotations

import json
import runpy
import sys
import time
from pathlib import Path

import keras


def answer(**found: float) -> None:
    """Say something to the parent."""
    sys.stdout.write(json.dumps(found) + "\n")
    sys.stdout.flush()


def main(program: Path) -> None:
    """Build on demand."""
    build_model = runpy.run_path(str(program))["build_model"]
    answer(ready=1)
    for _ in sys.stdin:
        keras.backend.clear_session()
        began = time.perf_counter()
        model = build_model()
        answer(seconds=time.perf_counter() - began, parameters=model.count_params())


if __name__ == "__main__":
    main(Path(sys.argv[1]))
