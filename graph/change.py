"""What differs between two states of a project: the record every view takes its part from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from graph.project import Graph, Project


class Change(msgspec.Struct, frozen=True):
    """What an edit did: nodes by id. `rewired`: nodes whose inputs are others than before."""

    added: frozenset[str] = frozenset()
    removed: frozenset[str] = frozenset()
    altered: frozenset[str] = frozenset()  # parameters, names
    moved: frozenset[str] = frozenset()
    rewired: frozenset[str] = frozenset()
    order: bool = False  # the nodes stand in another order, and so do the model's inputs
    outputs: bool = False
    data: bool = False
    training: bool = False
    name: bool = False

    @property
    def structure(self) -> bool:
        """Say whether nodes or wires came, went or changed (all but positions and plans)."""
        nodes = self.added or self.removed or self.altered or self.rewired
        return bool(nodes or self.order or self.outputs)


def difference(before: Project, after: Project) -> Change:
    """Return what differs between two states of a project.

    Values that were not touched are the same objects, so that this costs one look at each.
    """
    old, new = before.graph, after.graph
    altered: set[str] = set()
    moved: set[str] = set()
    if old.nodes is not new.nodes or old.layers is not new.layers:
        for key, node in new.nodes.items():
            was = old.nodes.get(key)
            if was is None:
                continue
            if was is not node:
                if (was.layer, was.label) != (node.layer, node.label):
                    altered.add(key)
                if (was.x, was.y) != (node.x, node.y):
                    moved.add(key)
            if old.layers.get(node.layer) is not new.layers.get(node.layer):
                altered.add(key)
    return Change(
        added=frozenset(new.nodes.keys() - old.nodes.keys()),
        removed=frozenset(old.nodes.keys() - new.nodes.keys()),
        altered=frozenset(altered),
        moved=frozenset(moved),
        rewired=_rewired(old, new),
        order=_in_another_order(old, new),
        outputs=old.outputs != new.outputs,
        data=before.data != after.data,
        training=before.training != after.training,
        name=before.name != after.name,
    )


def _in_another_order(old: Graph, new: Graph) -> bool:
    if old.nodes is new.nodes or old.nodes.keys() != new.nodes.keys():
        return False
    return list(old.nodes) != list(new.nodes)


def _rewired(old: Graph, new: Graph) -> frozenset[str]:
    if old.links is new.links:
        return frozenset()
    touched = {link.target for key, link in new.links.items() if old.links.get(key) != link}
    touched |= {link.target for key, link in old.links.items() if key not in new.links}
    return frozenset(touched & new.nodes.keys())
