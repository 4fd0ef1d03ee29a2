"""What `model.compile` gets: optimizer, losses, metrics, and how outputs are weighed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen import spelling
from codegen.source import Group
from graph.callbacks import planned, works_by_batch
from graph.inference import totals
from graph.params import Named

if TYPE_CHECKING:
    from codegen.source import Expression
    from graph.columns import Bindings, Bound
    from graph.inference import Report
    from graph.project import Project

# One execution of several steps is to last 0.2 s at most, so that a window can follow and stop it.
EXECUTION_SECONDS = 0.2
# Multiply-adds a second of a slow computer's processor; training takes three times those of a call.
SLOW_RATE = 20e9
MOST_STEPS = 32


def compiled(project: Project, report: Report, bound: Bindings) -> Group:
    """Return the call of `model.compile`."""
    losses = tuple(spelling.goal(one.goal.loss, "loss") for one in bound.outputs)
    metrics = tuple(Group("", _metrics(one), "[]") for one in bound.outputs)
    weights = tuple(one.goal.weight for one in bound.outputs)
    parts: list[Expression] = [
        spelling.with_keyword("optimizer", spelling.named(project.training.optimizer, "optimizer"))
    ]
    if len(losses) == 1:
        parts.append(spelling.with_keyword("loss", losses[0]))
        parts += [spelling.with_keyword("metrics", metrics[0])] if metrics[0].parts else []
    else:
        parts.append(Group("loss=", losses, "[]"))
        if any(weight != 1 for weight in weights):
            parts.append(Group("loss_weights=", tuple(map(spelling.literal, weights)), "[]"))
        if any(metric.parts for metric in metrics):
            parts.append(Group("metrics=", metrics, "[]"))
    steps = _steps(project, report)
    if steps > 1:
        parts.append(f"steps_per_execution={steps}")
    return Group("model.compile", tuple(parts))


def _metrics(one: Bound) -> tuple[Expression, ...]:
    """Return an output's metrics; those with settings are named as they are recorded."""
    found: list[Expression] = []
    for metric, name in zip(one.goal.metrics, one.metrics, strict=True):
        made = spelling.goal(metric, "metric")
        if isinstance(metric, Named) and isinstance(made, Group):
            made = made._replace(parts=(*made.parts, f"name={spelling.text(name)}"))
        found.append(made)
    return tuple(found)


def _steps(project: Project, report: Report) -> int:
    if any(map(works_by_batch, planned(project.training))):
        return 1
    return steps_per_execution(totals(project, report).multiply_adds, project.training.batch_size)


def steps_per_execution(multiply_adds: int, batch_size: int) -> int:
    """Return how many batches one execution takes, given a sample's multiply-adds in a call."""
    seconds = 3 * multiply_adds * batch_size / SLOW_RATE
    return max(1, min(MOST_STEPS, int(EXECUTION_SECONDS / max(seconds, 1e-9))))
