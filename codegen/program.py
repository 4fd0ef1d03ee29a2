"""The whole program of a drawing, section by section."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.emit_augment import augments, emit_augment, modules
from codegen.emit_batches import emit_batches
from codegen.emit_confusion import emit_confusion, emit_confusion_script
from codegen.emit_data import emit_data, emit_data_constants
from codegen.emit_data import modules as data_modules
from codegen.emit_maps import emit_maps, emit_maps_script
from codegen.emit_model import emit_model
from codegen.emit_predict import emit_predict_script, emit_read_image, emit_with_layer
from codegen.emit_train import (
    GUARD,
    emit_constants,
    emit_evaluate,
    emit_main,
    emit_train,
    restores,
)
from codegen.emit_weights import emit_chosen
from codegen.source import Program, Writer
from graph.binding import bind

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from codegen.emit_predict import OwnImage
    from graph.binding import Bindings
    from graph.inference import Report
    from graph.project import Project


def emit(project: Project, report: Report) -> Program:
    """Return the program that loads the data, builds the model, trains it and evaluates it.

    It defines `load_data(folder="data")`, `build_model()`, `train(model, data, callbacks=(),
    initial_epoch=0)`, `evaluate(model, data)` and `main(folder="data", callbacks=())`, which
    returns `(model, history, scores)`. Run as a script it does the last, with the folder `data`
    beside it.
    """
    writer = Writer()
    _emit_sections(writer, project, report)
    writer.add("\n")
    writer.add(GUARD)
    return writer.program()


def emit_activations(project: Project, report: Report, node: str) -> Program:
    """Return the section `activation_maps(model, data, sample)`, to stand below the program.

    It returns the inputs of a sample of the test part and the node's output for it, all of them
    without batch axis. Raises KeyError if there is no such node.
    """
    del report
    writer = Writer()
    emit_maps(writer, project, node)
    writer.section("maps", 1)
    return writer.program()


def listing(project: Project, report: Report, node: str, sample: int, weights: str) -> Program:
    """Return the program that saves a node's maps for a test sample as `maps.png` when it is run.

    `weights` is the file to load, as the program is to name it.
    """
    writer = Writer()
    _emit_sections(writer, project, report)
    writer.add("\n")
    first = writer.next_line
    emit_maps(writer, project, node)
    writer.section("maps", first)
    writer.add("\n")
    emit_maps_script(writer, weights, sample)
    return writer.program()


def confusion_listing(project: Project, report: Report, number: int, weights: str) -> Program:
    """Return the program that prints the confusion matrix of the model's ``number``-th output.

    `weights` is the file to load, as the program is to name it. Raises IndexError if there is no
    such output.
    """
    bound = bind(project, report)
    writer = Writer()
    _emit_sections(writer, project, report)
    writer.add("\n")
    first = writer.next_line
    emit_confusion(writer, bound, number)
    writer.section("confusion", first)
    writer.add("\n")
    emit_confusion_script(writer, weights)
    return writer.program()


def emit_view(project: Project, node: str) -> Program:
    """Return the section `with_layer(model)`, to stand below the program.

    It returns the model with the node's output as one output more. Raises KeyError if there is no
    such node.
    """
    writer = Writer()
    emit_with_layer(writer, project, node)
    writer.section("predict", 1)
    return writer.program()


def image_listing(
    project: Project, report: Report, node: str, how: OwnImage, weights: str
) -> Program:
    """Return the program that predicts the file `image.png` when it is run.

    `node` is the Input that gets the image; `weights` the file to load, as the program names it.
    Raises StopIteration if there is no such Input.
    """
    bound = bind(project, report)
    one = next(one for one in bound.inputs if one.port.node == node)
    writer = Writer()
    _emit_sections(writer, project, report, ("from PIL import Image, ImageOps",))
    writer.add("\n")
    first = writer.next_line
    emit_read_image(writer, one, how)
    writer.section("predict", first)
    writer.add("\n")
    emit_predict_script(writer, bound, one, how, weights)
    return writer.program()


def _emit_sections(
    writer: Writer, project: Project, report: Report, imports: Sequence[str] = ()
) -> None:
    bound = bind(project, report)
    _emit_imports(writer, project, bound, imports)
    sections: tuple[tuple[str, Callable[[], None]], ...] = (
        ("data", lambda: emit_data(writer, project, bound)),
        ("model", lambda: emit_model(writer, project.graph)),
        ("augment", lambda: emit_augment(writer, project, bound)),
        ("batches", lambda: emit_batches(writer, project, bound)),
        ("train", lambda: emit_train(writer, project, report, bound)),
        ("evaluate", lambda: emit_evaluate(writer, bound)),
        ("main", lambda: emit_main(writer)),
    )
    for name, emit_section in sections:
        if name == "augment" and not augments(project, bound):
            continue
        writer.add("\n")
        first = writer.next_line
        emit_section()
        writer.section(name, first)


def _emit_imports(
    writer: Writer, project: Project, bound: Bindings, further: Sequence[str]
) -> None:
    needed = {"glob", "os"} if restores(project, bound) else set()
    needed |= data_modules(bound)
    for module in sorted(needed | modules(project, bound)):
        writer.add(f"import {module}")
    writer.add("from pathlib import Path\n\nimport keras")
    if bound.data is not None and (bound.inputs or bound.outputs):
        writer.add("import numpy as np")
    writer.add("import tensorflow as tf")
    writer.add("\n".join(("from keras import layers", *further)) + "\n")
    emit_constants(writer, project)
    emit_data_constants(writer, project, bound)
    emit_chosen(writer, project, bound)
    writer.section("imports", 1)
