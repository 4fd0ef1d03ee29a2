"""The weights of samples: rare classes weigh more, or a column of the data says how much."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.source import WIDTH, Group, flat, statement
from graph import classweights
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


_CHOSEN = '''\
def class_weights(labels):
    """Return a weight for each sample by its label: 1 where none is chosen."""
    weights = [CLASS_WEIGHTS.get(label, 1.0) for label in labels.tolist()]
    return np.array(weights, dtype="float32")'''


def emit_chosen(writer: Writer, project: Project, bound: Bindings) -> None:
    """Write the weights of labels that a person has chosen, if there are some."""
    weights = classweights.chosen(project, bound)
    if weights:
        pairs = tuple(f"{label}: {weight!r}" for label, weight in sorted(weights.items()))
        writer.add(statement("CLASS_WEIGHTS = ", Group("", pairs, "{}"), indent=0))


def _function(project: Project, bound: Bindings) -> str:
    """Return the name of the function that makes weights of labels, or ""."""
    if project.training.class_weight == classweights.BALANCED:
        return "balanced_weights" if any(map(_has_labels, bound.outputs)) else ""
    return "class_weights" if classweights.chosen(project, bound) else ""


def is_weighted(project: Project, bound: Bindings) -> bool:
    """Say whether samples have weights at all."""
    by_label = bool(_function(project, bound))
    return by_label or (bool(bound.outputs) and _has_column(project, bound))


def _has_column(project: Project, bound: Bindings) -> bool:
    return bound.data is not None and bound.data.column(project.training.sample_weight) is not None


def emit_weights_of_labels(writer: Writer, project: Project, bound: Bindings) -> bool:
    """Write the function that makes weights of labels, if there is one; say whether."""
    name = _function(project, bound)
    if name:
        writer.add(_BALANCED if name == "balanced_weights" else _CHOSEN)
    return bool(name)


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
    function = _function(project, bound) if _has_labels(one) else ""
    if function == "class_weights" and one.column != classweights.label_column(bound):
        function = ""  # the labels of another output have other names
    column = 'data["weights"]' if _has_column(project, bound) else ""
    if not function:
        return column or f'np.ones(len({targets}), "float32")'
    one_hot = bool(one.steps) and any(step.kind == "one-hot" for step in one.steps or ())
    labels = f"np.argmax({targets}, axis=1)" if one_hot else targets
    call = f"{function}({labels})"
    return f"{column} * {call}" if column else call


def _has_labels(one: Bound) -> bool:
    return one.column is not None and one.column.kind == LABEL
