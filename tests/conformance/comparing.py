"""Our verdict on a drawing beside Keras's: what they say, and where they differ."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from graph.checks import drawing_problems, layer_name_fault
from graph.inference import Report, infer, totals
from graph.problems import Problem, Severity
from graph.topology import wiring
from tests.conformance.keras_builder import Built, build

if TYPE_CHECKING:
    from graph.project import Graph, Project

# Problems of the whole drawing: Keras meets them when the model is put together.
_AT_THE_MODEL = {"doubled layer", "doubled name", "no input", "no output"}


class Comparison(NamedTuple):
    """What differs (sentences, none if all agrees), our problems, and where Keras stopped."""

    differences: tuple[str, ...]
    problems: tuple[Problem, ...]
    stopped: str | None


def compare(project: Project) -> Comparison:
    """Compare verdict, node, shapes, dtypes and counts of a drawing without a data set."""
    report = infer(project)
    told = tuple(
        problem
        for problem in drawing_problems(project, report)
        if problem.severity is Severity.ERROR and _is_for_keras(project.graph, problem)
    )
    built = build(project)
    differences = [*_verdicts(told, built), *_tensors(project, report, built)]
    if built.stop is None and not told:
        counts = totals(project, report)
        ours = (counts.params, counts.trainable)
        if ours != (built.params, built.trainable):
            keras = (built.params, built.trainable)
            differences.append(f"parameters and trainable ones: {ours}, Keras {keras}")
    return Comparison(tuple(differences), told, built.stop.reason if built.stop else None)


def _is_for_keras(graph: Graph, problem: Problem) -> bool:
    """Say whether a problem is Keras's too: names of variables are only where layers have them."""
    if problem.node is None or problem.kind not in {"doubled name", "illegal name"}:
        return True
    name = graph.layer_of(problem.node).name
    if problem.kind == "illegal name":
        return layer_name_fault(name) is not None
    return [layer.name for layer in graph.layers.values()].count(name) > 1


def _verdicts(told: tuple[Problem, ...], built: Built) -> list[str]:
    if built.stop is None:
        return [f"Keras builds it, but: {told[0].sentence}"] if told else []
    where, reason = built.stop
    if not told:
        return [f"Keras stops at {where}: {reason}"]
    by_node = [problem for problem in told if problem.kind not in _AT_THE_MODEL]
    blamed = by_node[0].node if by_node else None
    if blamed != where:
        return [f"{told[0].kind}: we blame {blamed}, Keras stops at {where}: {reason}"]
    return []


def _tensors(project: Project, report: Report, built: Built) -> list[str]:
    found = []
    for key in wiring(project.graph).order:
        if key not in built.tensors:
            break
        tensor, spec = built.tensors[key], report.spec_of(key)
        keras = (tuple(tensor.shape), tensor.dtype)
        if spec != keras:
            found.append(f"{project.graph.nodes[key].label}: {spec}, Keras {keras}")
    return found
