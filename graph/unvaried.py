"""A drawing without what varies its images: the other side of an experiment on augmentation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from graph import edits, registry
from graph.placing import take_out
from graph.project import Augmentation
from graph.topology import wiring

if TYPE_CHECKING:
    from graph.inference import Report
    from graph.project import Project


def varying_layers(project: Project, report: Report) -> tuple[str, ...]:
    """Return the nodes of augmentation layers that leave an image its size, in their order."""
    wires = wiring(project.graph)
    found = []
    for key in wires.order:
        spec = registry.find(project.graph.layer_of(key).kind)
        if spec is None or spec.family != "augmentation":
            continue
        links = (project.graph.links[link] for link in wires.into[key])
        specs = [report.spec_of(key), *(report.spec_of(one.source, one.output) for one in links)]
        if len({one.shape if one is not None else None for one in specs} - {None}) == 1:
            found.append(key)
    return tuple(found)


def unvaried(project: Project, report: Report) -> Project:
    """Return the drawing with a plan without augmentation, those layers taken out of its wires."""
    training = msgspec.structs.replace(project.training, augmentation=Augmentation())
    made, _ = edits.apply(project, edits.SetTraining(training))
    for key in varying_layers(project, report):
        edit = take_out(made, key)
        if edit is not None:
            made, _ = edits.apply(made, edit)
    return made
