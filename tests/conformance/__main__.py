"""Compare random drawings with Keras: `python -m tests.conformance --graphs 1000`.

Prints what was drawn and exits with 1 if a single verdict, shape, dtype or count differs.
"""

from __future__ import annotations

import argparse
import os
import sys
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

from tests.conformance.running import run


def main() -> int:
    """Run as many drawings as asked for; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--graphs", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    started = time.perf_counter()
    tally = run(asked.graphs, asked.seed)
    sys.stdout.write(tally.text() + f"\n{time.perf_counter() - started:.0f} s\n")
    return 1 if tally.failures or tally.shortfalls() else 0


if __name__ == "__main__":
    sys.exit(main())
