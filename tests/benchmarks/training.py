"""What the benchmarks that train have in common: a drawing on a data set, and who trains it."""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from codegen import emit
from graph import datasets, projectfile
from graph.inference import infer
from graph.project import Augmentation
from tests.benchmarks import drawings, processes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graph.project import Project

FULL = "mnist"


class Plan(NamedTuple):
    """What is trained, and how long: `limit` training images (None: all), so many epochs."""

    template: str
    epochs: int
    limit: int | None = None
    source: str = FULL
    validation: str = "split"
    augmentation: Augmentation = Augmentation()


class Trainer(NamedTuple):
    """A drawing as a file and as a program in one folder; each method starts a fresh process."""

    project: Project
    folder: Path

    @property
    def images(self) -> int:
        """Return how many images an epoch has; only if none are held out."""
        return self.project.training.limit or datasets.look_up(self.project.data.source).train

    def in_window(self, *, idle: float = 0.0, tick: bool = False) -> dict[str, Any]:
        """Train in the window; see `children/window_training.py` for what comes back."""
        words = (str(self._file), str(idle), "tick" if tick else "-")
        return processes.run("window_training", *words, ours=True)

    def on_pad(self, strokes: int) -> dict[str, Any]:
        """Train in the window and draw; see `children/window_drawing.py` for what comes back."""
        return processes.run("window_drawing", str(self._file), str(strokes), ours=True)

    def alone(self) -> dict[str, Any]:
        """Train by the program alone."""
        folder = str(datasets.find_data(self.project))
        return processes.run("train_alone", "program", str(self._program), folder)

    def reported(self) -> dict[str, Any]:
        """Train with reports in half of the epochs; see `children/reported_training.py`."""
        folder = str(datasets.find_data(self.project))
        return processes.run("reported_training", str(self._program), folder, ours=True)

    @contextmanager
    def in_background(self) -> Iterator[None]:
        """Train by the program alone meanwhile, from its second epoch on; ended afterwards."""
        words = ("program", str(self._program), str(datasets.find_data(self.project)))
        with processes.running("train_alone", *words, until="*.weights.h5"):
            yield

    def by_the_lecture(self, way: str = "lecture") -> dict[str, Any]:
        """Train by `model.fit` on arrays; see `children/train_alone.py` for the ways."""
        data, epochs = datasets.file_of(self.project), self.project.training.epochs
        words = (str(self._program), str(data), str(self.images), str(epochs))
        return processes.run("train_alone", way, *words)

    def stopped(self, times: int) -> list[float]:
        """Stop so many trainings; return how many seconds each answer took."""
        words = (str(self._file), str(times))
        found: list[float] = processes.run("stopped_training", *words, ours=True)["seconds"]
        return found

    @property
    def _file(self) -> Path:
        return self.folder / "drawing.loom"

    @property
    def _program(self) -> Path:
        return self.folder / "program.py"

    def write(self) -> None:
        """Write drawing and program into the folder."""
        projectfile.write(self._file, self.project)
        program = emit(self.project, infer(self.project))
        self._program.write_text(program.text, encoding="utf-8")


@contextmanager
def trainer(plan: Plan) -> Iterator[Trainer]:
    """Give a trainer for a plan.

    Raises FileNotFoundError with a sentence if the data set is not there.
    """
    project = drawings.template(
        plan.template,
        source=plan.source,
        epochs=plan.epochs,
        limit=plan.limit,
        validation=plan.validation,
        augmentation=plan.augmentation,
    )
    file = datasets.file_of(project)
    if not file.exists():
        raise FileNotFoundError(datasets.missing_sentence(plan.source, str(file.parent)))
    with tempfile.TemporaryDirectory(prefix="benchmark-") as folder:
        made = Trainer(project, Path(folder))
        made.write()
        yield made


def rate(found: dict[str, Any], images: int) -> float:
    """Return images a second from the end of the first epoch to that of the last.

    The first epoch compiles; the others count whole, with their validation and checkpoint.
    """
    ends = found["epoch_ends"]
    return images * (len(ends) - 1) / float(ends[-1] - ends[0])
