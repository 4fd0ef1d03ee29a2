"""The whole program of a drawing, section by section."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.emit_data import emit_data
from codegen.emit_model import emit_model
from codegen.emit_train import (
    GUARD,
    emit_constants,
    emit_evaluate,
    emit_main,
    emit_train,
    restores,
)
from codegen.source import Program, Writer
from graph.binding import bind

if TYPE_CHECKING:
    from graph.binding import Bindings
    from graph.inference import Report
    from graph.project import Project


def emit(project: Project, report: Report) -> Program:
    """Return the program that loads the data, builds the model, trains it and evaluates it.

    It defines `load_data(folder="data")`, `build_model()`, `train(model, data, callbacks=(),
    initial_epoch=0)`, `evaluate(model, data)` and `main(folder="data", callbacks=())`, which
    returns `(model, history, scores)`, and runs the last when it is run as a script.
    """
    writer = Writer()
    bound = bind(project, report)
    _emit_imports(writer, project, bound)
    for name, emit_section in (
        ("data", lambda: emit_data(writer, project, bound)),
        ("model", lambda: emit_model(writer, project.graph)),
        ("train", lambda: emit_train(writer, project, report, bound)),
        ("evaluate", lambda: emit_evaluate(writer)),
        ("main", lambda: emit_main(writer)),
    ):
        writer.add("\n")
        first = writer.next_line
        emit_section()
        writer.section(name, first)
    writer.add("\n")
    writer.add(GUARD)
    return writer.program()


def _emit_imports(writer: Writer, project: Project, bound: Bindings) -> None:
    if restores(project, bound):
        writer.add("import glob\nimport os")
    writer.add("from pathlib import Path\n\nimport keras")
    if bound.data is not None:
        writer.add("import numpy as np")
    writer.add("import tensorflow as tf")
    writer.add("from keras import layers\n")
    emit_constants(writer, project)
    writer.section("imports", 1)
