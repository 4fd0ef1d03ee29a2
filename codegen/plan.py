"""What a drawing's model is made of, in the order of the code: statements without any text."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from graph import registry
from graph.binding import inputs_of
from graph.project import Port
from graph.spec import Calls
from graph.topology import wiring

if TYPE_CHECKING:
    from graph.project import Graph, Layer
    from graph.spec import LayerSpec
    from graph.topology import Wiring


class Define(NamedTuple):
    """A layer that is called several times is made before its first call."""

    layer: str
    nodes: tuple[str, ...]


class Call(NamedTuple):
    """One node: its layer is made here, or was made by a `Define`.

    `sources` are its inputs by slot; those in `surplus` are more than the layer takes. `missing`
    says how many it still needs, `waits_for` which nodes of a circle stand below it.
    """

    node: str
    layer: str
    shared: bool
    sources: tuple[tuple[int, Port], ...]
    surplus: tuple[Port, ...] = ()
    missing: int = 0
    waits_for: tuple[str, ...] = ()


class Plan(NamedTuple):
    """The statements of the model in order, its inputs and its outputs."""

    statements: tuple[Define | Call, ...]
    inputs: tuple[str, ...]
    outputs: tuple[Port, ...]


def plan(graph: Graph) -> Plan:
    """Return the statements that make a drawing's model, legal or not."""
    wires = wiring(graph)
    statements: list[Define | Call] = []
    defined: set[str] = set()
    for key in wires.order:
        layer = graph.nodes[key].layer
        calls = wires.calls[layer]
        shared = len(calls) > 1 and not _is(graph.layers[layer], Calls.SOURCE)
        if shared and layer not in defined and registry.find(graph.layers[layer].kind) is not None:
            defined.add(layer)
            statements.append(Define(layer, calls))
        statements.append(_call(graph, wires, key, shared=shared))
    return Plan(tuple(statements), inputs_of(graph), graph.outputs)


def _is(layer: Layer, calls: Calls) -> bool:
    spec = registry.find(layer.kind)
    return spec is not None and spec.calls is calls


def _call(graph: Graph, wires: Wiring, key: str, *, shared: bool) -> Call:
    layer = graph.nodes[key].layer
    links = [graph.links[link] for link in wires.into[key]]
    sources = [(link.slot, Port(link.source, link.output)) for link in links]
    below = tuple(link.source for link in links if wires.rank[link.source] >= wires.rank[key])
    spec = registry.find(graph.layers[layer].kind)
    if spec is None:
        return Call(key, layer, shared, tuple(sources), waits_for=below)
    kept, surplus = _fitting(spec, sources)
    if spec.calls is Calls.LIST:
        missing = max(0, spec.fewest - len(kept))
    else:
        filled = {slot for slot, _ in kept}
        missing = sum(
            not slot.optional and place not in filled for place, slot in enumerate(spec.inputs)
        )
    return Call(key, layer, shared, tuple(kept), tuple(surplus), missing, below)


def _fitting(
    spec: LayerSpec, sources: list[tuple[int, Port]]
) -> tuple[list[tuple[int, Port]], list[Port]]:
    """Return the inputs that a layer takes, and those beyond."""
    if spec.calls is Calls.LIST:
        return sources, []
    kept: dict[int, Port] = {}
    surplus = []
    for slot, port in sources:
        if slot < len(spec.inputs) and slot not in kept:
            kept[slot] = port
        else:
            surplus.append(port)
    return list(kept.items()), surplus
