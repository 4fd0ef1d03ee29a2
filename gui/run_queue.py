"""Runs that wait: trained one after the other, alone or as an experiment."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import QObject, QTimer, Signal

from gui.data_reading import DataReading, is_read_slowly
from gui.runner import Runner, State

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from engine.runs import Run
    from graph.inference import Report
    from graph.project import Project


@dataclass(eq=False)
class Experiment:
    """Runs that belong together: `left` of them are still to be trained."""

    title: str
    left: int
    folders: list[Path] = field(default_factory=list)


@dataclass(eq=False)
class Waiting:
    """A drawing that is to be trained; its run bears the label as its name."""

    label: str
    project: Project
    report: Report
    experiment: Experiment | None = None


class RunQueue(QObject):
    """Trains what waits, whenever the runner is free.

    When a person stops a training, what waits is held until `go_on`: they wanted quiet. Own images
    are looked at before they are trained on, so that those that can't be read are left out.

    Signals:
        changed(): something else waits, is trained, looked at, or is held.
        looked(str, int, int): of the images of what is next, a label, so many of so many are
            looked at.
        experiment_done(str, list[Path]): an experiment's title and its run directories, in order.
    """

    changed = Signal()
    looked = Signal(str, int, int)
    experiment_done = Signal(str, object)

    def __init__(self, runner: Runner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._runner = runner
        self._waiting: list[Waiting] = []
        self._folder: Path | None = None  # of the run that is trained
        self.current: Waiting | None = None
        self.is_held = False
        self._looking: Waiting | None = None  # the next one, while its images are looked at
        self._seen: Waiting | None = None  # the next one, once they are
        self._reading = DataReading(self)
        self._reading.progressed.connect(self._on_looked)
        self._reading.checked.connect(lambda _bad: self._end_looking())
        self._reading.refused.connect(lambda _why: self._end_looking())  # its training says why
        runner.started.connect(self._on_started)
        runner.finished.connect(self._on_finished)
        runner.failed.connect(lambda _failure: self._end(self._folder))

    @property
    def waiting(self) -> tuple[Waiting, ...]:
        """Return what waits, the next one first."""
        return tuple(self._waiting)

    @property
    def is_looking(self) -> bool:
        """Say whether what is next waits until its images are looked at."""
        return self._looking is not None

    def add(
        self,
        project: Project,
        report: Report,
        label: str = "",
        *,
        experiment: Experiment | None = None,
    ) -> Waiting:
        """Let a drawing wait for its training; it begins at once if nothing else is trained.

        Args:
            project: the drawing.
            report: what inference says of it.
            label: the run's name; "" is the drawing's.
            experiment: what the run belongs to.
        """
        label = label or project.name
        one = Waiting(label, msgspec.structs.replace(project, name=label), report, experiment)
        self._waiting.append(one)
        self._soon()
        return one

    def add_experiment(self, title: str, runs: Iterable[tuple[str, Project, Report]]) -> Experiment:
        """Let several drawings wait, each with a label; their comparison is shown at the end."""
        runs = list(runs)
        experiment = Experiment(title, len(runs))
        for label, project, report in runs:
            self.add(project, report, label, experiment=experiment)
        return experiment

    def remove(self, one: Waiting) -> None:
        """Take out what waits; an experiment goes on without it."""
        if one in self._waiting:
            self._waiting.remove(one)
            self._count_down(one)
            if one is self._looking:
                self._reading.stop()
                self._looking = None
            self._soon()

    def go_on(self) -> None:
        """Train what was held."""
        self.is_held = False
        self._soon()

    def _soon(self) -> None:
        """Begin once everybody has heard of the last run's end."""
        self.changed.emit()
        QTimer.singleShot(0, self, self._begin)

    def _begin(self) -> None:
        if self.is_held or self._runner.is_training or not self._waiting:
            return
        one = self._waiting[0]
        if one is not self._seen and is_read_slowly(one.project.data):
            self._look_at(one)
            return
        self.current = self._waiting.pop(0)
        self._folder = self._seen = None
        self._runner.train(one.project, one.report)
        self.changed.emit()

    def _look_at(self, one: Waiting) -> None:
        """Have the images of what is next decoded in the background, once."""
        if one is not self._looking:
            self._looking = one
            self._reading.start(one.project.data)
            self.changed.emit()

    def _on_looked(self, done: int, count: int) -> None:
        if self._looking is not None:
            self.looked.emit(self._looking.label, done, count)

    def _end_looking(self) -> None:
        self._seen, self._looking = self._looking, None
        self._soon()

    def _on_started(self, run: Run, _event: object) -> None:
        self._folder = run.path

    def _on_finished(self, reason: str, run: Run | None) -> None:
        self.is_held = reason == "stopped" and bool(self._waiting)
        self._end(run.path if run is not None else None)

    def _end(self, folder: Path | None) -> None:
        one, self.current, self._folder = self.current, None, None
        if one is not None:
            if folder is not None and one.experiment is not None:
                one.experiment.folders.append(folder)
            self._count_down(one)
        if self._runner.state is State.FAILED:  # there is no engine: the others would fail too
            self.is_held = bool(self._waiting)
        self._soon()

    def _count_down(self, one: Waiting) -> None:
        experiment = one.experiment
        if experiment is None:
            return
        experiment.left -= 1
        if experiment.left == 0 and experiment.folders:
            self.experiment_done.emit(experiment.title, list(experiment.folders))
