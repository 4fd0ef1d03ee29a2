"""Does augmentation pay? Test accuracy with none, online and pre-augmentation, by the command line.

`python -m tests.benchmarks.augmented [--tasks …] [--seeds …] [--epochs N] [--limit N] [--out DIR]`
trains `fashion-cnn` on Fashion-MNIST in the three ways, with each seed, and `cifar-cnn` on CIFAR-10
online, by `layerloom train … --augment … --json`. 10 % of the training set is held out and the
checkpoint is chosen on it; the test set is looked at once, at the end. A training set that was
enlarged to three times its size is gone through a third as often: all get as many batches.

Each result is a line in `DIR/augmented.jsonl` as soon as it is there; what stands there already is
not trained again, so that the whole can be interrupted.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import msgspec

from engine.runs import default_parent
from graph import projectfile, templates
from tests.benchmarks import processes
from tests.benchmarks.__main__ import fill
from tests.benchmarks.harness import facts, say

_FOLDER = default_parent().parent / "accuracy"


class Kind(NamedTuple):
    """A line of the table: template, data set, way, epochs, the mean that is aimed at."""

    name: str
    template: str
    data: str
    how: str
    epochs: int
    goal: float | None
    seeds: tuple[int, ...] = (1, 2, 3)


KINDS = (
    Kind("fashion-none", "fashion-cnn", "fashion_mnist", "none", 30, 0.9104),
    Kind("fashion-online", "fashion-cnn", "fashion_mnist", "online", 30, 0.92),
    Kind("fashion-pre", "fashion-cnn", "fashion_mnist", "pre", 10, None),
    Kind("cifar-online", "cifar-cnn", "cifar10", "online", 25, 0.80, (1,)),
)


class Score(msgspec.Struct, frozen=True):
    """What a training gave: test accuracy of the best checkpoint, last values, time (seconds)."""

    kind: str
    seed: int
    epochs: int
    limit: int | None
    accuracy: float
    training: float
    validation: float
    seconds: float


def main() -> int:
    """Train what is missing, and print the table of what is there."""
    words = _parser().parse_args()
    folder: Path = words.out
    folder.mkdir(parents=True, exist_ok=True)
    kept = folder / "augmented.jsonl"
    done = {score[:4]: score for score in map(msgspec.structs.astuple, read(kept))}
    wanted = []
    for seed in words.seeds:  # a seed after the other: an interrupted run has whole rounds
        for kind in KINDS:
            if kind.name not in words.tasks or seed not in kind.seeds:
                continue
            epochs = words.epochs or kind.epochs
            key = (kind.name, seed, epochs, words.limit)
            if key not in done:
                score = train(kind, seed, epochs, words.limit, folder)
                done[key] = msgspec.structs.astuple(score)
                with kept.open("a", encoding="utf-8") as file:
                    file.write(msgspec.json.encode(score).decode() + "\n")
            wanted.append(Score(*done[key]))
    text = f"{table(wanted)}\n\nNo seed left out; {facts()}."
    sys.stdout.write(text + "\n")
    if words.write is not None:
        fill(words.write, "augmented", text)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.augmented")
    names = [kind.name for kind in KINDS]
    parser.add_argument("--tasks", nargs="+", choices=names, default=names)
    parser.add_argument("--seeds", nargs="+", type=int, default=[1, 2, 3])
    parser.add_argument("--epochs", type=int, help="instead of each kind's own, to try it out")
    parser.add_argument("--limit", type=int, help="train on so many images, to try it out")
    parser.add_argument("--out", type=Path, default=_FOLDER, help=f"results; default: {_FOLDER}")
    parser.add_argument("--write", type=Path, metavar="FILE", help="put the table into a document")
    return parser


def read(file: Path) -> list[Score]:
    """Return the results so far; a last line that was cut off doesn't count."""
    found = []
    for line in file.read_text(encoding="utf-8").splitlines() if file.exists() else ():
        try:
            found.append(msgspec.json.decode(line, type=Score))
        except msgspec.MsgspecError:
            say(f"{file.name}: a line is no result and is left out: {line[:60]}")
    return found


def train(kind: Kind, seed: int, epochs: int, limit: int | None, folder: Path) -> Score:
    """Train once by the command line; raises ChildFailed with what the command said."""
    say(f"{kind.name}, seed {seed}")
    file = folder / f"{kind.template}.loom"
    projectfile.write(file, templates.load(kind.template))
    words = ["train", str(file.resolve()), "--json", "--out", str((folder / "runs").resolve())]
    words += ["--data", kind.data, "--augment", kind.how]
    words += ["--epochs", str(epochs), "--seed", str(seed)]
    words += [] if limit is None else ["--limit", str(limit)]
    done = subprocess.run(
        [sys.executable, str(processes.ROOT / "layerloom.py"), *words],
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        check=False,
    )
    if done.returncode:
        raise processes.ChildFailed(f"layerloom train ended with {done.returncode}: {done.stdout}")
    found = json.loads(done.stdout)
    history = found["history"]
    accuracy, seconds = float(found["scores"]["accuracy"]), float(found["seconds"])
    say(f"test accuracy {accuracy:.4f}, {seconds:.0f} s")
    last = float(history["accuracy"][-1]), float(history["val_accuracy"][-1])
    return Score(kind.name, seed, epochs, limit, accuracy, *last, seconds)


def table(scores: list[Score]) -> str:
    """Return a Markdown table: a line for each kind; gap: training − validation at the end."""
    lines = [
        "| template | augmentation | epochs | by seed | mean | goal | reached | gap | minutes |",
        "| --- | --- | ---: | --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    for kind in KINDS:
        found = [score for score in scores if score.kind == kind.name]
        if not found:
            continue
        mean = statistics.fmean(score.accuracy for score in found)
        gap = statistics.fmean(score.training - score.validation for score in found)
        cells = [
            kind.template,
            kind.how,
            str(found[0].epochs),
            ", ".join(f"{score.seed}: {score.accuracy:.4f}" for score in found),
            f"{mean:.4f}",
            "–" if kind.goal is None else f"≥ {kind.goal:.4f}",
            "–" if kind.goal is None else "yes" if mean >= kind.goal else "**no**",
            f"{gap:+.3f}",
            f"{statistics.median(score.seconds for score in found) / 60:.1f}",
        ]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


if __name__ == "__main__":
    raise SystemExit(main())
