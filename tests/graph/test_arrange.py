"""The arrangement follows from the drawing alone, and from nothing that a person can't see."""

from __future__ import annotations

import random
import subprocess
import sys
from typing import TYPE_CHECKING

import msgspec
from hypothesis import example, given, settings
from hypothesis import strategies as st

from graph.arrange import _parts, arranged
from graph.edits import AddNode, Connect, MoveNodes, apply
from graph.project import Graph, Layer, Link, Node, Port, Project

if TYPE_CHECKING:
    from hypothesis.strategies import DrawFn


def drawing(count: int, wires: list[tuple[int, int]]) -> Project:
    """Return a drawing of merges and what feeds them, wired in this order."""
    project = Project()
    for at in range(count):
        layer = Layer("Add" if at else "Input", f"node{at}")
        node = Node(f"l{at}", f"node{at}", at * 7.0, at * 31.0)
        project, _ = apply(project, AddNode(f"n{at}", node, layer))
    slots = [0] * count
    for number, (source, target) in enumerate(wires):
        link = Link(f"n{source}", f"n{target}", slots[target])
        slots[target] += 1
        project, _ = apply(project, Connect(f"w{number}", link))
    return project


@st.composite
def drawings(draw: DrawFn) -> Project:
    count = draw(st.integers(1, 9))
    pairs = [(low, high) for high in range(count) for low in range(high)]
    return drawing(count, draw(st.permutations(pairs))[: draw(st.integers(0, 12))])


def redrawn(graph: Graph, seed: int) -> tuple[Graph, dict[str, str]]:
    """Return the same drawing with other ids, made in another order; and the new ids."""
    dice = random.Random(seed)  # noqa: S311 - nothing secret
    fresh = dice.sample(range(99), len(graph.nodes))
    names = {key: f"i{number}" for key, number in zip(graph.nodes, fresh, strict=True)}
    nodes = [(names[key], node) for key, node in graph.nodes.items()]
    links = [
        msgspec.structs.replace(link, source=names[link.source], target=names[link.target])
        for link in graph.links.values()
    ]
    dice.shuffle(nodes)
    dice.shuffle(links)
    outputs = tuple(Port(names[port.node], port.output) for port in graph.outputs)
    made = msgspec.structs.replace(
        graph, nodes=dict(nodes), links={f"k{at}": link for at, link in enumerate(links)},
        outputs=outputs,
    )  # fmt: skip
    return made, names


# two parts; a wire of the second bends
BENT = drawing(8, [(2, 4), (1, 6), (2, 7), (3, 5), (0, 7), (1, 2), (4, 6)])


@settings(max_examples=60, deadline=None)
@example(BENT, 0, 33)
@given(drawings(), st.integers(0, 999), st.integers(1, 40))
def test_it_follows_from_the_drawing_alone_and_stays(project: Project, seed: int, odd: int) -> None:
    sizes = {
        key: (180.0, 60.0 + odd * (at % 3)) for at, key in enumerate(sorted(project.graph.nodes))
    }
    once = arranged(project.graph, sizes)
    after, _ = apply(project, MoveNodes(once))
    assert arranged(after.graph, sizes) == once, "a second time changes nothing"
    again, names = redrawn(project.graph, seed)
    other = arranged(again, {names[key]: size for key, size in sizes.items()})
    assert {key: other[names[key]] for key in once} == once


def test_bends_of_wires_are_taken_for_no_node() -> None:
    parts = _parts(BENT.graph, set(BENT.graph.nodes), 100.0)
    standing = [key for part in parts for column in part for key, _ in column]
    assert sorted(standing) == sorted(BENT.graph.nodes)


def test_branches_stand_in_the_order_in_which_a_merge_takes_them() -> None:
    wires = [(1, 2), (2, 3), (0, 4), (4, 5), (5, 6), (3, 7), (6, 7)]
    for first, second in ((3, 6), (6, 3)):
        project = drawing(8, [*wires[:5], (first, 7), (second, 7)])
        places = arranged(project.graph)
        assert places[f"n{first}"][1] < places[f"n{second}"][1]


def test_each_start_of_the_program_arranges_alike() -> None:
    code = (
        "from graph import templates; from graph.arrange import arranged\n"
        "for one in ('several-outputs', 'three-depths'):\n"
        "    print(sorted(arranged(templates.load(one).graph).items()))"
    )
    said = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={"PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(said) == 1
