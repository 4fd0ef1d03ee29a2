"""What the canvas says where the pointer rests: problems, ports, parameters, counts, wires."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from graph import registry
from graph.params import show
from graph.shapes import show_shape
from gui.canvas.faces import CHIP_HEIGHT, CHIPS, EDGE, HEAD

if TYPE_CHECKING:
    from PySide6.QtCore import QPointF

    from graph.inference import Report
    from graph.project import Project
    from graph.shapes import TensorSpec
    from gui.canvas.faces import Face
    from gui.canvas.geometry import Geometry
    from gui.canvas.hits import Hit
    from gui.document import Document


def _tr(text: str) -> str:
    return QCoreApplication.translate("canvas", text)


def param_at(drawing: Geometry, key: str, place: QPointF) -> str | None:
    """Return the parameter whose chip is at a place of a node, or None."""
    face, box = drawing.faces[drawing.row[key]], drawing.node_rect(key)
    x, y = place.x() - box.left(), place.y() - box.top() - HEAD
    if not 0 <= y <= CHIP_HEIGHT:
        return None
    return next((chip.param for chip in face.chips if chip.x <= x <= chip.x + chip.width), None)


def sentences(drawing: Geometry, document: Document, hit: Hit, place: QPointF) -> list[str]:
    """Return what is to be said of what was hit at a place of the canvas."""
    project, report = document.project, document.report
    if hit.what == "wire":
        link = project.graph.links[hit.key]
        ends = (project.graph.nodes[key].label for key in (link.source, link.target))
        text = _tr("{0} to {1}: {2}").format(*ends, _told(report.spec_of(link.source, link.output)))
        return [text]
    if hit.key not in drawing.row:
        return []
    if hit.what == "port":
        return [_of_port(drawing, project, report, hit)]
    found = list(drawing.sentences.get(hit.key, []))
    if hit.what == "node" and (text := _of_part(drawing, project, report, hit.key, place)):
        found.append(text)
    return found


def _told(spec: TensorSpec | None) -> str:
    return f"{show_shape(spec.shape)} {spec.dtype}" if spec is not None else _tr("not known yet")


def _of_port(drawing: Geometry, project: Project, report: Report, hit: Hit) -> str:
    if hit.side == "out":
        return _tr("output {0}").format(_told(report.spec_of(hit.key, hit.port)))
    _, wire = drawing.input_at(hit.key, hit.port)
    if wire is None:
        return _tr("input, without a wire")
    link = project.graph.links[wire]
    label = project.graph.nodes[link.source].label
    return _tr("input {0} from {1}").format(_told(report.spec_of(link.source, link.output)), label)


def _of_part(drawing: Geometry, project: Project, report: Report, key: str, place: QPointF) -> str:
    """Return what a chip or a figure of a node stands for."""
    layer = project.graph.layer_of(key)
    spec, made = registry.find(layer.kind), report.nodes[key].made
    if (name := param_at(drawing, key, place)) is not None and spec is not None:
        return f"{name}: {show(spec.settings(layer.params)[name])}"
    face, box = drawing.faces[drawing.row[key]], drawing.node_rect(key)
    if place.y() < _foot(face, box.top()) or made is None:
        return ""
    if place.x() > box.right() - 2 * EDGE - face.count_width:
        count, fixed = made.weights.trainable + made.weights.fixed, made.weights.fixed
        text = _tr("1 parameter") if count == 1 else _tr("{0} parameters").format(f"{count:,}")
        return text + (_tr(", {0} of them fixed").format(f"{fixed:,}") if fixed else "")
    return "; ".join(_tr("output {0}").format(_told(one)) for one in made.outputs)


def _foot(face: Face, top: float) -> float:
    return top + HEAD + (CHIPS if face.chips else 0.0)
