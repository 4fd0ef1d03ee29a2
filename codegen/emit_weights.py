"""The weights of samples: rare classes weigh more, or a column of the data says how much."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.source import WIDTH, Group, flat, statement
from graph.datasets import LABEL

if TYPE_CHECKING:
    from codegen.source import Expression, Writer
    from graph.columns import Bindings, Bound
    from graph.project import Project

_BALANCED = '''\
def balanced_weights(labels):
    """Return a weight for each sample, so that rare classes matter as much as others."""
    _, classes, counts = np.unique(labels, return_inverse=True, return_counts=True)
    weights = len(labels) / (len(counts) * counts)
    return weights[classes].astype("float32")'''


def is_balanced(project: Project, bound: Bindings) -> bool:
    """Say whether the program weighs samples by how rare their labels are."""
    return project.training.class_weight == "balanced" and any(map(_has_labels, bound.outputs))


def is_weighted(project: Project, bound: Bindings) -> bool:
    """Say whether samples have weights at all."""
    return is_balanced(project, bound) or (bool(bound.outputs) and _has_column(project, bound))


def _has_column(project: Project, bound: Bindings) -> bool:
    return bound.data is not None and bound.data.column(project.training.sample_weight) is not None


def emit_balanced(writer: Writer) -> None:
    """Write the function that makes weights of labels."""
    writer.add(_BALANCED)


def emit_weighted_batches(writer: Writer, project: Project, bound: Bindings) -> None:
    """Write, into `train`, the batches with a weight for each sample."""
    several = len(bound.outputs) > 1
    writer.add('inputs, targets = data["train"]', indent=4)
    own = tuple(
        _weights(one, f"targets[{at}]" if several else "targets", project, bound)
        for at, one in enumerate(bound.outputs)
    )
    made = Group("", own) if several else own[0]
    line = f"    weights = {flat(made)}"
    if several or len(line) > WIDTH:
        writer.add(statement("weights = ", made), indent=4)
    else:
        writer.add(line.strip(), indent=4)
    writer.add("batches = shuffled_batches(inputs, (targets, weights), epoch)", indent=4)
    writer.add("batches = batches.map(lambda inputs, rest: (inputs, *rest))", indent=4)


def _weights(one: Bound, targets: str, project: Project, bound: Bindings) -> Expression:
    balanced = is_balanced(project, bound) and _has_labels(one)
    column = 'data["weights"]' if _has_column(project, bound) else ""
    if not balanced:
        return column or f'np.ones(len({targets}), "float32")'
    one_hot = bool(one.steps) and any(step.kind == "one-hot" for step in one.steps or ())
    labels = f"np.argmax({targets}, axis=1)" if one_hot else targets
    call = f"balanced_weights({labels})"
    return f"{column} * {call}" if column else call


def _has_labels(one: Bound) -> bool:
    return one.column is not None and one.column.kind == LABEL
