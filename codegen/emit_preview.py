"""The section `variations`: images of the training data, and what augmentation makes of them.

That is what the plan does to a batch, and then what the drawing's own layers do to it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from codegen.emit_augment import call, emit_augment
from codegen.emit_maps import emit_output
from codegen.source import Group, Program, Writer, statement
from graph.binding import bind
from graph.unvaried import last_varying
from graph.views import mixes, varies, views

if TYPE_CHECKING:
    from graph.columns import Bindings
    from graph.inference import Report
    from graph.project import Project


def emit_variations(project: Project, report: Report) -> Program:
    """Return the section `variations(data, samples, seed)`, to stand below a program.

    It is the training plan's augmentation as it is done online, and then that of the layers behind
    the Inputs, and returns a pair for each Input that takes images: the images of the training
    samples, and as many varied ones, arrays of (samples, height, width, channels). The program may
    be that of the drawing with a plan without augmentation.
    """
    augmentation = msgspec.structs.replace(project.training.augmentation, how="online")
    training = msgspec.structs.replace(
        project.training, augmentation=augmentation, class_weight="none", sample_weight=""
    )
    project = msgspec.structs.replace(project, training=training)
    bound = bind(project, report)
    writer = Writer()
    if varies(augmentation, bound) or mixes(augmentation):
        emit_augment(writer, project, bound)
        writer.add("\n")
    lines = [
        'inputs, targets = tf.nest.map_structure(lambda values: values[samples], data["train"])',
        "before = tf.nest.flatten(inputs)",
    ]
    if varies(augmentation, bound):
        lines.append(f"inputs, targets = {call(bound, 'seed')}")
    if mixes(augmentation):
        lines.append("inputs, targets = mix_up(inputs, targets, seed)")
    lines.append("after = tf.nest.flatten(inputs)")
    writer.add("def variations(data, samples, seed):")
    writer.add('"""Return images of training samples, and as many varied ones."""', indent=4)
    for line in lines:
        writer.add(line, indent=4)
    _emit_layers(writer, project, report, bound)
    writer.add(statement("return ", Group("", _pairs(bound), "[]")), indent=4)
    writer.section("variations", 1)
    return writer.program()


def _emit_layers(writer: Writer, project: Project, report: Report, bound: Bindings) -> None:
    """Write what lets the images go through the augmentation layers that follow their Inputs."""
    if any(one.problem is not None for one in report.nodes.values()):
        return  # there is no such model
    found = []
    for view in views(bound):
        if view.is_input:
            last = last_varying(project, report, view.bound.port.node)
            found += [(bound.inputs.index(view.bound), last)] if last is not None else []
    if not found:
        return
    writer.add("keras.utils.set_random_seed(int(seed[0]))", indent=4)
    writer.add("model = build_model()", indent=4)
    for at, node in found:
        emit_output(writer, project, node)
        writer.add("layers_of_image = keras.Model(model.inputs, output)", node, indent=4)
        writer.add(f"after[{at}] = layers_of_image(after, training=True)", node, indent=4)


def _pairs(bound: Bindings) -> tuple[Group, ...]:
    """Return the expressions of the images before and after, for each Input that takes images."""
    found = []
    for view in views(bound):
        if view.is_input:
            at, shape = bound.inputs.index(view.bound), (-1, *view.shape)
            parts = tuple(f"tf.reshape({name}[{at}], {shape})" for name in ("before", "after"))
            found.append(Group("", parts))
    return tuple(found)
