"""`python -m tests.crashes --kills 30`: kill trainings, resume them, compare bit by bit; a table.

A third of the kills come while a checkpoint is written, a third while a backup is written, the
others at any moment. Exit status 1 if a resumed run differs from the undisturbed one.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
from collections import Counter
from pathlib import Path

from tests.crashes.killing import MOMENTS, Ground, drawing


def main() -> int:
    """Kill so often as the command line says."""
    parser = argparse.ArgumentParser(prog="python -m tests.crashes", description=__doc__)
    parser.add_argument("--kills", type=int, default=30)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    chance = random.Random(chosen.seed)  # noqa: S311 - no secret
    hits: Counter[str] = Counter()
    bad = 0
    with tempfile.TemporaryDirectory() as folder:
        ground = Ground(Path(folder), drawing())
        epochs = len(ground.undisturbed.history["loss"])
        say(f"undisturbed: {ground.seconds:.1f} s, {epochs} epochs")
        say(f"{'kill':>4}  {'aimed at':<12} {'hit':<12} {'epochs':>6} {'saved':>6}  same?")
        while hits.total() < chosen.kills:
            trial = ground.kill_and_resume(MOMENTS[hits.total() % 3], chance)
            if trial is None:
                continue  # it was over before
            hits[trial.hit] += 1
            bad += bool(trial.differences)
            place = f"{trial.wanted:<12} {trial.hit:<12} {trial.epoch:>6} {trial.saved:>6}"
            say(f"{hits.total():>4}  {place}  {', '.join(trial.differences) or 'same'}")
        ground.close()
    say(f"{hits.total()} kills, {dict(hits)}, {bad} different")
    return 1 if bad else 0


def say(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
