"""Test accuracy of the lecture's four models on MNIST, by the real command line.

`python -m tests.benchmarks.accuracy [--models …] [--seeds …] [--epochs N] [--way …] [--out DIR]`
trains each template with each seed by `layerloom train … --json`, in two ways:

- `ours`: 10 % of the training set is held out, and the checkpoint is chosen on it;
- `lecture`: the test set is the validation set, and the checkpoint is chosen on it.

Each result is a line in `DIR/accuracy.jsonl` as soon as it is there; what stands there already is
not trained again, so that the whole can be interrupted.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
from pathlib import Path
from typing import Literal, NamedTuple

import msgspec

from engine.runs import default_parent
from graph import datasets, projectfile
from tests.benchmarks import drawings, processes
from tests.benchmarks.__main__ import fill
from tests.benchmarks.harness import facts, say

TOLERANCE = 0.002
_FOLDER = default_parent().parent / "accuracy"
Way = Literal["ours", "lecture"]


class Model(NamedTuple):
    """A template, its title, and the test accuracy on the lecture's slide."""

    template: str
    title: str
    lecture: float


MODELS = (
    Model("mlp", "MLP", 0.9801),
    Model("cnn", "CNN", 0.9898),
    Model("shared-input", "Shared input", 0.9888),
    Model("three-depths", "Features of three depths", 0.9911),
)


class Task(msgspec.Struct, frozen=True):
    """One training."""

    template: str
    way: Way
    seed: int
    epochs: int
    limit: int | None
    data: str


class Score(msgspec.Struct, frozen=True):
    """What a training gave: test accuracy of the best checkpoint; how long it took (seconds)."""

    task: Task
    accuracy: float
    seconds: float


def main() -> int:
    """Train what is missing, and print the table of what is there."""
    words = _parser().parse_args()
    folder: Path = words.out
    folder.mkdir(parents=True, exist_ok=True)
    kept = folder / "accuracy.jsonl"
    chosen = [model for model in MODELS if model.template in words.models]
    done = {score.task: score for score in read(kept)}
    wanted: list[Score] = []
    for seed in words.seeds:  # a seed after the other: an interrupted run has whole rounds
        for model in chosen:
            for way in words.way:
                task = Task(model.template, way, seed, words.epochs, words.limit, words.data)
                if task not in done:
                    done[task] = train(task, folder)
                    with kept.open("a", encoding="utf-8") as file:
                        file.write(msgspec.json.encode(done[task]).decode() + "\n")
                wanted.append(done[task])
    text = f"{table(wanted)}\n\n{_how(wanted)}"
    sys.stdout.write(text + "\n")
    if words.write is not None:
        fill(words.write, "accuracy", text)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.accuracy")
    names = [model.template for model in MODELS]
    parser.add_argument("--models", nargs="+", choices=names, default=names)
    parser.add_argument("--seeds", nargs="+", type=int, default=[1, 2, 3])
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--limit", type=int, help="train on so many images, to try it out")
    parser.add_argument("--data", default="mnist", help="the lecture's figures are for MNIST")
    parser.add_argument(
        "--way", nargs="+", choices=["ours", "lecture"], default=["ours", "lecture"]
    )
    parser.add_argument("--out", type=Path, default=_FOLDER, help=f"results; default: {_FOLDER}")
    parser.add_argument("--write", type=Path, metavar="FILE", help="put the table into a document")
    return parser


def read(file: Path) -> list[Score]:
    """Return the results so far; a last line that was cut off doesn't count."""
    if not file.exists():
        return []
    found = []
    for line in file.read_text(encoding="utf-8").splitlines():
        try:
            found.append(msgspec.json.decode(line, type=Score))
        except msgspec.MsgspecError:
            say(f"{file.name}: a line is no result and is left out: {line[:60]}")
    return found


def train(task: Task, folder: Path) -> Score:
    """Train once by the command line.

    Raises ChildFailed with what the command said.
    """
    say(f"{task.template}, seed {task.seed}, {task.way}")
    validation = "test" if task.way == "lecture" else "split"
    project = drawings.template(task.template, validation=validation, validation_split=0.1)
    file = folder / f"{task.template}-{task.way}.loom"
    projectfile.write(file, project)
    words = ["train", str(file.resolve()), "--json", "--out", str((folder / "runs").resolve())]
    words += ["--data", task.data, "--epochs", str(task.epochs), "--seed", str(task.seed)]
    words += [] if task.limit is None else ["--limit", str(task.limit)]
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
    accuracy, seconds = float(found["scores"]["accuracy"]), float(found["seconds"])
    say(f"test accuracy {accuracy:.4f}, {seconds:.0f} s")
    return Score(task, accuracy, seconds)


def table(scores: list[Score]) -> str:
    """Return a Markdown table: a line for each model and way, in the order of the scores."""
    seeds = list(dict.fromkeys(score.task.seed for score in scores))
    head = ["model", "checkpoint chosen on", *(f"seed {seed}" for seed in seeds)]
    head += ["mean", "lecture", "goal", "reached", "minutes each"]
    lines = ["| " + " | ".join(head) + " |", "| --- | --- |" + " ---: |" * (len(head) - 2)]
    for model in MODELS:
        for way, on in (("ours", "10 % of the training set"), ("lecture", "the test set")):
            found = [one for one in scores if (one.task.template, one.task.way) == (model[0], way)]
            if found:
                lines.append("| " + " | ".join([model.title, on, *_cells(model, found)]) + " |")
    return "\n".join(lines)


def _cells(model: Model, found: list[Score]) -> list[str]:
    mean = statistics.fmean(score.accuracy for score in found)
    goal = model.lecture - TOLERANCE
    ours = found[0].task.way == "ours"
    return [
        *(f"{score.accuracy:.4f}" for score in found),
        f"{mean:.4f}",
        f"{model.lecture:.4f}",
        f"≥ {goal:.4f}" if ours else "–",
        ("yes" if mean >= goal else "**no**") if ours else "–",
        f"{statistics.median(score.seconds for score in found) / 60:.1f}",
    ]


def _how(scores: list[Score]) -> str:
    task = scores[0].task
    count = datasets.look_up(task.data).train
    images = f"{count:,} images" if task.limit is None else f"{task.limit:,} of {count:,} images"
    return f"{task.data}, {images}, {task.epochs} epochs, no seed left out; {facts()}."


if __name__ == "__main__":
    raise SystemExit(main())
