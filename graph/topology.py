"""Who is wired to whom, and in what order the calls stand: indexes derived from one link table.

`wiring(graph)` is kept for the tables it was made from, so that edits of parameters and positions
don't compute it again. The order is that of a careful writer: a call stands after all it needs,
and a branch is finished before the next begins.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from graph.project import Graph, Link


class Wiring(NamedTuple):
    """Indexes of a drawing's links."""

    into: Mapping[str, tuple[str, ...]]  # node -> its incoming links, by slot
    out_of: Mapping[str, tuple[str, ...]]  # node -> its outgoing links
    order: tuple[str, ...]  # all nodes; those on a cycle come last
    rank: Mapping[str, int]  # node -> its place in the order
    on_cycle: frozenset[str]  # nodes that are part of a cycle
    calls: Mapping[str, tuple[str, ...]]  # layer -> the nodes that call it, in order


_LAST: list[tuple[object, object, Wiring]] = []  # the newest few: documents ask again and again
_KEEP = 8


def wiring(graph: Graph) -> Wiring:
    """Return the indexes of a drawing; the same record as long as wires and nodes are the same."""
    for nodes, links, made in _LAST:
        if links is graph.links and nodes is graph.nodes:
            return made
    made = _wire(graph)
    _keep(graph, made)
    return made


def same_wires(before: Graph, after: Graph) -> Graph:
    """Return `after`, having noted that its nodes call and feed each other as in `before`."""
    if after.nodes is not before.nodes:
        _keep(after, wiring(before))
    return after


def _keep(graph: Graph, made: Wiring) -> None:
    _LAST.insert(0, (graph.nodes, graph.links, made))
    del _LAST[_KEEP:]


def _wire(graph: Graph) -> Wiring:
    into: dict[str, list[str]] = {key: [] for key in graph.nodes}
    out_of: dict[str, list[str]] = {key: [] for key in graph.nodes}
    for key, link in graph.links.items():
        into[link.target].append(key)
        out_of[link.source].append(key)
    for keys in into.values():
        keys.sort(key=lambda key: graph.links[key].slot)
    order, left = _order(graph.links, into, out_of)
    cycle = _on_cycle(graph.links.values(), left)
    order += left
    rank = {key: place for place, key in enumerate(order)}
    calls: dict[str, list[str]] = {}
    for key in order:
        calls.setdefault(graph.nodes[key].layer, []).append(key)
    return Wiring(
        {key: tuple(keys) for key, keys in into.items()},
        {key: tuple(keys) for key, keys in out_of.items()},
        tuple(order),
        rank,
        cycle,
        {key: tuple(keys) for key, keys in calls.items()},
    )


def _order(
    links: Mapping[str, Link], into: Mapping[str, list[str]], out_of: Mapping[str, list[str]]
) -> tuple[list[str], list[str]]:
    """Return the nodes in order, depth first, and those that wait for a cycle."""
    waits = {key: len(keys) for key, keys in into.items()}
    ready = [key for key, count in reversed(waits.items()) if count == 0]
    order: list[str] = []
    while ready:
        key = ready.pop()
        order.append(key)
        freed = []
        for link in out_of[key]:
            target = links[link].target
            waits[target] -= 1
            if waits[target] == 0:
                freed.append(target)
        ready.extend(reversed(freed))
    return order, [key for key, count in waits.items() if count > 0]


def _on_cycle(links: Iterable[Link], left: list[str]) -> frozenset[str]:
    if not left:
        return frozenset()
    import networkx as nx  # noqa: PLC0415 - 0.3 s to import, and few drawings have a cycle

    among = set(left)
    waiting = nx.DiGraph()
    waiting.add_nodes_from(left)
    waiting.add_edges_from(
        (link.source, link.target)
        for link in links
        if link.source in among and link.target in among
    )
    return frozenset(
        key
        for part in nx.strongly_connected_components(waiting)
        for key in part
        if len(part) > 1 or waiting.has_edge(key, key)
    )


def sources_of(graph: Graph, node: str) -> tuple[str, ...]:
    """Return the nodes that a node takes its inputs from, by slot."""
    return tuple(graph.links[link].source for link in wiring(graph).into[node])


def upstream(graph: Graph, starts: Iterable[str]) -> set[str]:
    """Return the starting nodes and all that they depend on."""
    wires = wiring(graph)
    return _reach(starts, lambda key: (graph.links[link].source for link in wires.into[key]))


def downstream(graph: Graph, starts: Iterable[str]) -> set[str]:
    """Return the starting nodes and all that depend on them."""
    wires = wiring(graph)
    return _reach(starts, lambda key: (graph.links[link].target for link in wires.out_of[key]))


def _reach(starts: Iterable[str], neighbours: Callable[[str], Iterable[str]]) -> set[str]:
    seen = set(starts)
    todo = list(seen)
    while todo:
        for key in neighbours(todo.pop()):
            if key not in seen:
                seen.add(key)
                todo.append(key)
    return seen
