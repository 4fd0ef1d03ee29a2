"""Run a program in a folder and say how much memory it took at most, and how fast it was."""

from __future__ import annotations

import importlib.util
import json
import resource
import sys
import time


def main(program: str, folder: str) -> None:
    """Train by a program's `main` and print the peak of resident memory (bytes) as JSON."""
    spec = importlib.util.spec_from_file_location("program", program)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    before = _peak()
    began = time.perf_counter()
    data = module.load_data(folder)
    listed = time.perf_counter() - began
    images = len(data["train"][1])
    model = module.build_model()
    began = time.perf_counter()
    module.train(model, data)
    seconds = time.perf_counter() - began
    found = {
        "before": before,
        "peak": _peak(),
        "listing": listed,
        "rate": images / seconds,
        "images": images,
    }
    sys.stdout.write("\n" + json.dumps(found) + "\n")


def _peak() -> int:
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024


if __name__ == "__main__":
    main(*sys.argv[1:3])
