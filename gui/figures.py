"""Figures of a drawing for papers and slides: SVG, PDF or PNG, by the canvas's own painter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QBuffer, QIODevice, QMarginsF, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QColor, QImage, QPageLayout, QPageSize, QPainter, QPdfWriter
from PySide6.QtSvg import QSvgGenerator

from graph.checks import problems
from graph.inference import infer
from gui.canvas.geometry import Area, Geometry
from gui.canvas.painter import CanvasPainter, Scene

if TYPE_CHECKING:
    from pathlib import Path

    from graph.project import Project
    from gui.theme import Theme

_MARGIN = 24.0
_POINTS = 0.75  # of a pixel, at 96 pixels an inch
_PDF_DPI = 1200
_LONGEST = 30_000  # pixels of a side of a PNG: Qt's painter gives up beyond 32,767


def render(
    project: Project, path: Path, theme: Theme, scale: float = 2.0, *, background: bool = True
) -> None:
    """Write a figure of a drawing; the suffix (.svg, .pdf, .png) says in which form.

    `scale` is the number of pixels of a PNG for each pixel at 100 %. Letters are outlines in an
    SVG, and embedded in a PDF. Needs a QGuiApplication; "offscreen" will do.

    Raises:
        ValueError: the suffix is another one, or there is nothing to paint.
        OSError: the file can't be written.
    """
    paint = _FORMS.get(path.suffix.lower())
    if paint is None:
        forms = ", ".join(_FORMS)
        raise ValueError(f"A figure is one of {forms}, so it can't be called {path.name}.")
    if not project.graph.nodes:
        raise ValueError(f"{project.name} is empty: there is nothing to paint.")
    figure = _Figure(project, theme, outlines=path.suffix.lower() == ".svg", background=background)
    path.write_bytes(paint(figure, scale))


class _Figure:
    """A drawing that is painted once, with its size in pixels at 100 %."""

    def __init__(self, project: Project, theme: Theme, *, outlines: bool, background: bool) -> None:
        report = infer(project)
        geometry = Geometry()
        geometry.show(project, report, problems(project, report))
        self.name = project.name
        self._scene = Scene(geometry, report)
        self._painter = CanvasPainter(theme, geometry.measure, exact=True, outlines=outlines)
        self._ground = QColor(theme.canvas) if background else None
        self._bounds = geometry.bounds().adjusted(-_MARGIN, -_MARGIN, _MARGIN, _MARGIN)
        self.size = self._bounds.size()

    def paint(self, painter: QPainter, scale: float) -> None:
        """Paint into the whole of a device."""
        box = self._bounds
        painter.scale(scale, scale)
        if self._ground is not None:
            painter.fillRect(QRectF(0.0, 0.0, box.width(), box.height()), self._ground)
        painter.translate(-box.topLeft())
        area = Area(box.left(), box.top(), box.right(), box.bottom())
        self._painter.paint(painter, self._scene, area, 1.0)
        painter.end()


def _svg(figure: _Figure, _scale: float) -> bytes:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    svg = QSvgGenerator()
    svg.setOutputDevice(buffer)
    svg.setTitle(figure.name)
    svg.setResolution(96)
    size = QSize(round(figure.size.width()), round(figure.size.height()))
    svg.setSize(size)
    svg.setViewBox(QRectF(0.0, 0.0, size.width(), size.height()))
    figure.paint(QPainter(svg), 1.0)
    return bytes(buffer.data().data())


def _pdf(figure: _Figure, _scale: float) -> bytes:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    pdf = QPdfWriter(buffer)
    pdf.setTitle(figure.name)
    pdf.setResolution(_PDF_DPI)
    points = QSizeF(figure.size.width() * _POINTS, figure.size.height() * _POINTS)
    page = QPageSize(points, QPageSize.Unit.Point, "figure", QPageSize.SizeMatchPolicy.ExactMatch)
    pdf.setPageLayout(QPageLayout(page, QPageLayout.Orientation.Portrait, QMarginsF()))
    figure.paint(QPainter(pdf), _PDF_DPI / 96)
    return bytes(buffer.data().data())


def _png(figure: _Figure, scale: float) -> bytes:
    longest = max(figure.size.width(), figure.size.height())
    scale = min(scale, _LONGEST / longest)
    size = (figure.size * scale).toSize()
    image = QImage(size, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    figure.paint(QPainter(image), scale)
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload] # Qt's stubs want bytes, Qt takes text
    return bytes(buffer.data().data())


_FORMS = {".svg": _svg, ".pdf": _pdf, ".png": _png}
