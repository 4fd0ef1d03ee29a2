"""A drawing without what varies its images: the other side of an experiment on augmentation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from graph import edits, registry
from graph.placing import take_out
from graph.project import Augmentation
from graph.topology import upstream, wiring

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graph.inference import Report
    from graph.project import Graph, Project


def varied_apart(graph: Graph) -> Iterator[tuple[str, str]]:
    """Yield pairs of nodes that vary the images of different Inputs, each at its own random.

    Layers of one class with the same seed vary alike: their random numbers are the same.
    """
    wires = wiring(graph)
    known: dict[str, list[tuple[str, set[str]]]] = {}
    for key in wires.order:
        layer = graph.layer_of(key)
        if not is_augmentation(layer.kind):
            continue
        inputs = {one for one in upstream(graph, [key]) if not wires.into[one]}
        for other, its in known.setdefault(layer.kind, []):
            seeds = {graph.layer_of(one).params.get("seed") for one in (key, other)}
            if not inputs & its and (len(seeds) > 1 or None in seeds):
                yield other, key
                break
        known[layer.kind].append((key, inputs))


def is_augmentation(kind: str) -> bool:
    """Say whether a class of layers varies images at random."""
    spec = registry.find(kind)
    return spec is not None and spec.family == "augmentation" and "seed" in spec.defaults


def varying_layers(project: Project, report: Report) -> tuple[str, ...]:
    """Return the nodes of augmentation layers that leave an image its size, in their order."""
    wires = wiring(project.graph)
    found = []
    for key in wires.order:
        if not is_augmentation(project.graph.layer_of(key).kind):
            continue
        links = (project.graph.links[link] for link in wires.into[key])
        specs = [report.spec_of(key), *(report.spec_of(one.source, one.output) for one in links)]
        if len({one.shape if one is not None else None for one in specs} - {None}) == 1:
            found.append(key)
    return tuple(found)


def last_varying(project: Project, report: Report, node: str) -> str | None:
    """Return the last of the augmentation layers that stand one behind the other at an Input."""
    wires, varying = wiring(project.graph), set(varying_layers(project, report))
    last = None
    while True:
        behind = (project.graph.links[link].target for link in wires.out_of[last or node])
        following = next((one for one in behind if one in varying), None)
        if following is None:
            return last
        last = following


def unvaried(project: Project, report: Report) -> Project:
    """Return the drawing with a plan without augmentation, those layers taken out of its wires."""
    training = msgspec.structs.replace(project.training, augmentation=Augmentation())
    made, _ = edits.apply(project, edits.SetTraining(training))
    for key in varying_layers(project, report):
        edit = take_out(made, key)
        if edit is not None:
            made, _ = edits.apply(made, edit)
    return made
