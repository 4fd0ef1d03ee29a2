"""The drawings that are measured: a layered one of any size, and the templates on a data set.

The layered one imitates a wide convolutional network: one Input, parallel towers of
inception-like blocks, a tree of Concatenate layers that joins the towers, and a classifier. One
block has 10 nodes and 13 wires, P being the node before it::

    P -> 1x1 ----------------> concat -> norm -> 1x1 -> add -> relu -> next block
    P -> 1x1 -> 3x3 ---------> concat                    ^
    P -> pool -> 1x1 --------> concat                    |
    P ---------------------------------------------------+
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import msgspec

import graph.layers  # noqa: F401 - registers the catalogue
from graph import templates
from graph.params import Named
from graph.project import Data, Graph, Layer, Link, Node, Port, Project

if TYPE_CHECKING:
    from collections.abc import Sequence

COLUMN, ROW, GAP = 240.0, 130.0, 60.0  # pixels between nodes, and between towers
_BLOCK = 10
SIZE = (32, 32, 3)
INPUT = "n0"


class _Pen:
    """Collects nodes and wires of a drawing."""

    def __init__(self) -> None:
        self.layers: dict[str, Layer] = {}
        self.nodes: dict[str, Node] = {}
        self.links: dict[str, Link] = {}

    def add(self, kind: str, sources: Sequence[str], at: tuple[float, float], **params: Any) -> str:
        """Put a node with its wires into the drawing and return its id."""
        count = len(self.nodes)
        key, name = f"n{count}", f"{kind.lower()}_{count}"
        self.layers[f"l{count}"] = Layer(kind, name, params)
        self.nodes[key] = Node(f"l{count}", name, at[0] * COLUMN, at[1])
        for slot, source in enumerate(sources):
            self.links[f"w{len(self.links)}"] = Link(source, key, slot)
        return key

    def conv(self, source: str, at: tuple[float, float], kernel: int) -> str:
        """Add a convolution of 8 filters that keeps the size."""
        return self.add(
            "Conv2D", [source], at, filters=8, kernel_size=(kernel, kernel), padding="same"
        )

    def block(self, before: str, column: float, top: float) -> str:
        """Add a block and return its last node."""
        middle, low = top + ROW, top + 2 * ROW
        first = self.conv(before, (column, top), 1)
        second = self.conv(self.conv(before, (column, middle), 1), (column + 1, middle), 3)
        pool = self.add(
            "MaxPooling2D",
            [before],
            (column, low),
            pool_size=(3, 3),
            strides=(1, 1),
            padding="same",
        )
        third = self.conv(pool, (column + 1, low), 1)
        joined = self.add("Concatenate", [first, second, third], (column + 2, middle))
        norm = self.add("BatchNormalization", [joined], (column + 3, middle))
        narrow = self.conv(norm, (column + 4, middle), 1)
        total = self.add("Add", [narrow, before], (column + 5, middle))
        return self.add("ReLU", [total], (column + 6, middle))

    def join(self, heads: list[tuple[str, float]], column: float) -> tuple[str, float]:
        """Join the towers three by three and return the last node and its column."""
        while len(heads) > 1:
            groups = [heads[at : at + 3] for at in range(0, len(heads), 3)]
            heads = [
                group[0]
                if len(group) == 1
                else (
                    self.add("Concatenate", [key for key, _ in group], (column, group[0][1])),
                    group[0][1],
                )
                for group in groups
            ]
            column += 1
        return heads[0][0], column


def layered(count: int) -> Project:
    """Return a legal drawing of exactly `count` (at least 10) nodes, about 1.3 `count` wires."""
    towers = max(1, min(round(math.sqrt(count / _BLOCK * 2.2)), (count - 4) // (_BLOCK + 2)))
    spare = count - 3 - towers - _merges(towers)
    blocks, rest = divmod(spare, _BLOCK)
    pen = _Pen()
    tops = [tower * (3 * ROW + GAP) for tower in range(towers)]
    pen.add("Input", [], (0.0, tops[-1] / 2 + ROW), shape=SIZE)
    heads = [pen.conv(INPUT, (1.0, top + ROW), 3) for top in tops]
    columns = [2.0] * towers
    for number in range(blocks):
        tower = number % towers
        heads[tower] = pen.block(heads[tower], columns[tower], tops[tower])
        columns[tower] += 7
    for number in range(rest):
        tower = number % towers
        heads[tower] = pen.conv(heads[tower], (columns[tower], tops[tower] + ROW), 3)
        columns[tower] += 1
    rows = [top + ROW for top in tops]
    last, column = pen.join(list(zip(heads, rows, strict=True)), max(columns))
    pooled = pen.add("GlobalAveragePooling2D", [last], (column, ROW))
    output = pen.add("Dense", [pooled], (column + 1, ROW), units=10, activation=Named("softmax"))
    serial = len(pen.nodes) + len(pen.links)
    graph = Graph(pen.layers, pen.nodes, pen.links, (Port(output),), serial)
    return Project(graph, Data("cifar10"), name=f"layered {count}")


def _merges(towers: int) -> int:
    count = 0
    while towers > 1:
        groups = math.ceil(towers / 3)
        count += sum(min(3, towers - 3 * group) > 1 for group in range(groups))
        towers = groups
    return count


def convolutions(project: Project) -> list[str]:
    """Return the layers whose number of filters can be changed, by id."""
    return [key for key, layer in project.graph.layers.items() if layer.kind == "Conv2D"]


def template(name: str, *, source: str | None = None, **training: object) -> Project:
    """Return a template with another data set and training plan; None: as it is."""
    project: Project = templates.load(name)
    data = project.data if source is None else msgspec.structs.replace(project.data, source=source)
    plan = msgspec.structs.replace(project.training, **training)
    return msgspec.structs.replace(project, data=data, training=plan)
