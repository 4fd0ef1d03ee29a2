"""Candidates for repairs of the training plan.

As in `graph.remedies`, nothing is checked here: `graph.repairs` tries every candidate.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from graph import callbacks, schedules
from graph.amounts import steps_per_epoch
from graph.binding import bind, recorded
from graph.edits import SetTraining
from graph.params import Named
from graph.plan_misfits import file_trouble, monitor_trouble
from graph.remedies import Candidate

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from graph.inference import Report
    from graph.params import Value
    from graph.problems import Problem
    from graph.project import Project, Training


def _concerned(training: Training, problem: Problem) -> tuple[Named, Mapping[str, Any]] | None:
    """Return the callback that a problem is about, with all its settings."""
    found = next((one for one in training.callbacks if one.name == problem.param), None)
    if found is None or callbacks.fault(found) is not None:
        return None
    return found, callbacks.settings("callback", found)


def _set(training: Training, callback: Named, name: str, value: Value) -> Candidate:
    changed = Named(callback.name, {**callback.settings, name: value})
    after = tuple(changed if one is callback else one for one in training.callbacks)
    shown = f"{value:g}" if isinstance(value, float) else str(value)
    return Candidate(
        f"Set {name} of {callback.name} to {shown}", SetTraining(replace(training, callbacks=after))
    )


def stratify(project: Project, _report: Report, _problem: Problem) -> Iterator[Candidate]:
    """Hold out each label in the same share."""
    training = replace(project.training, stratified=True)
    yield Candidate("Hold out each label in the same share", SetTraining(training))


def other_monitor(project: Project, report: Report, problem: Problem) -> Iterator[Candidate]:
    """Let a callback watch a value that is recorded."""
    found = _concerned(project.training, problem)
    if found is None or "monitor" not in found[1]:
        return
    names = recorded(project, bind(project, report))
    trouble = monitor_trouble(str(found[1]["monitor"]), names)
    if trouble is not None and trouble.repair is not None:
        yield _set(project.training, found[0], "monitor", trouble.repair)


def shorter_wait(project: Project, _report: Report, problem: Problem) -> Iterator[Candidate]:
    """Give a callback that never does anything the time to do it within the training."""
    training = project.training
    found = _concerned(training, problem)
    if found is None:
        return
    callback, values = found
    for name in ("patience", "start_from_epoch", "epochs"):
        if isinstance(values.get(name), int) and values[name] >= training.epochs > 1:
            yield _set(training, callback, name, max(1, training.epochs // 4))
    lowest, rate = values.get("min_lr"), schedules.base_rate(training.optimizer)
    if isinstance(lowest, float) and isinstance(rate, float) and lowest >= rate:
        yield _set(training, callback, "min_lr", rate / 1000)


def plain_rate(project: Project, _report: Report, problem: Problem) -> Iterator[Candidate]:
    """Make the learning rate a number: the one with which the schedule begins."""
    optimizer = project.training.optimizer
    rate = schedules.base_rate(optimizer)
    about = {*callbacks.SETS_RATE, "learning_rate"}
    if not isinstance(rate, Named) or problem.param not in about:
        return
    given = rate.settings
    values = given.get("values")
    start = given.get("warmup_target") or given.get("initial_learning_rate")
    if isinstance(values, tuple) and values:
        start = values[0]
    if isinstance(start, int | float) and start > 0:
        settings = {**optimizer.settings, "learning_rate": float(start)}
        after = Named(optimizer.name, settings)
        label = f"Keep the learning rate at {start:g}"
        yield Candidate(label, SetTraining(replace(project.training, optimizer=after)))


def without_callback(project: Project, _report: Report, problem: Problem) -> Iterator[Candidate]:
    """Take a callback out of the plan."""
    training = project.training
    after = tuple(one for one in training.callbacks if one.name != problem.param)
    if after != training.callbacks:
        yield Candidate(f"Remove {problem.param}", SetTraining(replace(training, callbacks=after)))


def mend_checkpoint(project: Project, report: Report, _problem: Problem) -> Iterator[Candidate]:
    """Give the checkpoint a file's name and a value that Keras takes, or leave it out."""
    training, checkpoint = project.training, project.training.checkpoint
    if checkpoint is None:
        return
    changed, labels = {}, []
    names = recorded(project, bind(project, report))
    for name, trouble in (
        ("filepath", file_trouble(checkpoint.filepath)),
        ("monitor", monitor_trouble(checkpoint.monitor, names)),
    ):
        if trouble is not None and trouble.repair is not None:
            changed[name] = trouble.repair
            labels.append(f"{name} to {trouble.repair}")
    if changed:
        after = replace(checkpoint, **changed)
        yield Candidate(
            f"Set {' and '.join(labels)}", SetTraining(replace(training, checkpoint=after))
        )


def as_long_as_the_plan(project: Project, report: Report, _problem: Problem) -> Iterator[Candidate]:
    """Let a learning rate fall for as many steps as the training has."""
    training = project.training
    rate = schedules.base_rate(training.optimizer)
    if not isinstance(rate, Named) or (length := schedules.length(rate)) is None:
        return
    total = steps_per_epoch(training, bind(project, report)) * training.epochs
    warm = length - int(rate.settings["decay_steps"])
    if total <= warm:
        return
    settings = {**rate.settings, "decay_steps": total - warm}
    optimizer = training.optimizer
    longer = {**optimizer.settings, "learning_rate": Named(rate.name, settings)}
    label = f"Set decay_steps of {rate.name} to {total - warm:,}"
    yield Candidate(label, SetTraining(replace(training, optimizer=Named(optimizer.name, longer))))
