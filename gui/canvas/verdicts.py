"""What a wire would give, before it is drawn: the layer's own rule, asked for one call.

A wire is never forbidden; this only tells a person what to expect.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from graph import registry
from graph.shapes import show_shape
from graph.spec import Calls, Refused
from graph.topology import upstream, wiring

if TYPE_CHECKING:
    from graph.inference import Report
    from graph.project import Graph, Link, Project
    from graph.shapes import TensorSpec
    from graph.spec import LayerSpec


def verdict(project: Project, report: Report, link: Link) -> str | None:
    """Return the sentence why Keras would refuse a wire, or None if nothing speaks against it."""
    graph = project.graph
    target, source = graph.nodes[link.target], graph.nodes[link.source]
    if link.target in upstream(graph, [link.source]):
        text = QCoreApplication.translate("canvas", "{0} feeds {1} already: this closes a circle.")
        if link.source == link.target:
            text = QCoreApplication.translate("canvas", "{0} can't be its own input.")
        return text.format(target.label, source.label)
    spec = registry.find(graph.layers[target.layer].kind)
    if spec is None:
        return None
    if spec.calls is Calls.SOURCE:
        text = QCoreApplication.translate("canvas", "{0} is an input of the model and takes none.")
        return text.format(target.label)
    inputs = _inputs_with(graph, report, spec, link)
    if inputs is None:
        return None
    return refusal(spec, graph.layers[target.layer].params, inputs, target.label)


def refusal(
    spec: LayerSpec, params: dict[str, object], inputs: tuple[TensorSpec, ...], label: str
) -> str | None:
    """Return why a layer refuses these inputs, or None."""
    try:
        spec.rule(spec.settings(params), inputs)  # type: ignore[arg-type] # values of a file
    except Refused as refused:
        return refused.sentence.replace("{node}", label)
    except (TypeError, ValueError, KeyError, ArithmeticError):
        return None  # parameters out of range: a problem of the node, not of the wire
    return None


def gain(report: Report, link: Link) -> str:
    """Return what travels on a wire: `26 × 26 × 32`, or nothing while it isn't known."""
    spec = report.spec_of(link.source, link.output)
    return show_shape(spec.shape) if spec is not None else ""


def _inputs_with(
    graph: Graph, report: Report, spec: LayerSpec, link: Link
) -> tuple[TensorSpec, ...] | None:
    """Return the inputs of the target with the wire there, or None while one isn't known."""
    links = graph.links
    by_slot = {links[key].slot: links[key] for key in wiring(graph).into[link.target]}
    by_slot[link.slot] = link
    fewest = spec.fewest if spec.calls is Calls.LIST else len(spec.inputs)
    specs = [report.spec_of(one.source, one.output) for _, one in sorted(by_slot.items())]
    known = tuple(one for one in specs if one is not None)
    return known if len(known) == len(specs) >= fewest else None
