"""Paints single nodes with all that stands on them, as `gui.canvas.faces` lays it out."""

from __future__ import annotations

import math
from functools import cache
from typing import TYPE_CHECKING

from PySide6.QtCore import QLineF, QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPainterPath, QPen, QPixmap, QTransform

from gui.canvas.faces import (
    CHIP_EDGE,
    CHIP_HEIGHT,
    CHIPS,
    EDGE,
    FOOT,
    HEAD,
    ICON,
    ICON_GAP,
    PORT_RADIUS,
    Face,
    Style,
    port_offset,
)
from gui.canvas.geometry import BADGE, SLACK
from gui.icons import family_path
from gui.theme import NODE_RADIUS

if TYPE_CHECKING:
    from gui.canvas.texts import Texts
    from gui.theme import Theme

_LINK_ICON = 9.0
_SPARE_RADIUS = 3.0
_MOST_PICTURES = 400


@cache
def _icon(family: str) -> QPainterPath:
    return QTransform.fromScale(ICON, ICON).map(family_path(family))


@cache
def _link_icon() -> QPainterPath:
    """Return two rings that hold each other: the sign of a shared layer."""
    path = QPainterPath()
    path.addRoundedRect(QRectF(0.5, 2.5, 5.5, 4.5), 2.25, 2.25)
    path.addRoundedRect(QRectF(4.0, 2.5, 5.5, 4.5), 2.25, 2.25)
    return path


class NodePainter:
    """Paints nodes one by one, in a theme's colours; `spares`: with the ports for more wires."""

    def __init__(self, theme: Theme, texts: Texts, *, spares: bool = True) -> None:
        self._texts = texts
        self._spares = spares
        self._theme = theme
        self._text, self._muted = QColor(theme.text), QColor(theme.muted)
        self._panel, self._raised = QBrush(QColor(theme.panel)), QBrush(QColor(theme.raised))
        self._signs = (self._muted, QColor(theme.warning), QColor(theme.error))
        self._rule = QPen(QColor(theme.border), 1.0)
        self._chip_edge = QPen(QColor(theme.border), 1.0)
        self._borders = (
            QPen(QColor(theme.border), 1.0),
            QPen(QColor(theme.warning), 1.25),
            QPen(QColor(theme.error), 1.25),
        )
        self._selected = QPen(QColor(theme.accent), 2.0)
        self._port = QPen(QColor(theme.wire), 1.5)
        self._spare = QPen(QColor(theme.edge), 1.0)
        self._port_selected = QPen(QColor(theme.accent), 1.5)
        self._sheet = QBrush(QColor(theme.canvas))
        # a soft edge below lifts a node off light paper; on a dark ground it would not be seen
        self._shadow = QBrush(QColor(27, 31, 39, 14)) if theme.name == "light" else None

    def paint(
        self, painter: QPainter, face: Face, box: QRectF, severity: int, *, selected: bool
    ) -> None:
        """Paint a node into its box."""
        self._body(painter, box, self._selected if selected else self._borders[severity])
        self._head(painter, face, box)
        if face.chips:
            self._chips(painter, face, box)
        self._foot(painter, face, box)
        self._captions(painter, face, box)
        self._ports(painter, face, box, self._port_selected if selected else self._port)
        if severity:
            self.badge(painter, QPointF(box.right(), box.top()), severity)

    def _body(self, painter: QPainter, box: QRectF, border: QPen) -> None:
        if self._shadow is not None:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._shadow)
            for down in (1.0, 2.5):
                lower = box.translated(0, down)
                painter.drawRoundedRect(lower, NODE_RADIUS, NODE_RADIUS)
        painter.setPen(border)
        painter.setBrush(self._panel)
        painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), NODE_RADIUS, NODE_RADIUS)

    def _head(self, painter: QPainter, face: Face, box: QRectF) -> None:
        x, middle = box.left() + EDGE, box.top() + HEAD / 2
        painter.translate(x, middle - ICON / 2)
        painter.fillPath(_icon(face.family), QColor(self._theme.family(face.family)))
        painter.translate(-x, ICON / 2 - middle)
        base = middle + 4.5
        write = self._texts.write
        write(painter, Style.NAME, face.name, x + ICON + ICON_GAP, base, self._text)
        end = box.right() - EDGE - face.kind_width
        write(painter, Style.KIND, face.kind, end, base, self._muted)

    def _chips(self, painter: QPainter, face: Face, box: QRectF) -> None:
        top = box.top() + HEAD - 1.0
        painter.setPen(self._chip_edge)
        painter.setBrush(self._raised)
        for chip in face.chips:
            cell = QRectF(box.left() + chip.x + 0.5, top + 0.5, chip.width - 1, CHIP_HEIGHT - 1)
            painter.drawRoundedRect(cell, 4.0, 4.0)
        base = top + CHIP_HEIGHT / 2 + 4.0
        for chip in face.chips:
            x = box.left() + chip.x + CHIP_EDGE
            self._texts.write(painter, Style.FIGURE, chip.text, x, base, self._text)

    def _foot(self, painter: QPainter, face: Face, box: QRectF) -> None:
        top = box.top() + HEAD + (CHIPS if face.chips else 0.0) - 0.5
        painter.setPen(self._rule)
        painter.drawLine(QLineF(box.left() + 1.5, top, box.right() - 1.5, top))
        base = top + FOOT / 2 + 4.5
        write = self._texts.write
        ink = self._text if face.shape != "?" else self._muted
        write(painter, Style.FIGURE, face.shape, box.left() + EDGE, base, ink)
        end = box.right() - EDGE - face.count_width
        write(painter, Style.FIGURE, face.params, end, base, self._muted)

    def _captions(self, painter: QPainter, face: Face, box: QRectF) -> None:
        base = box.top() - 7.0
        if face.before:
            x = box.left() + 2.0
            if face.shared:
                painter.setPen(QPen(self._muted, 1.25))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.translate(x, base - _LINK_ICON + 0.5)
                painter.drawPath(_link_icon())
                painter.translate(-x, _LINK_ICON - 0.5 - base)
                x += _LINK_ICON + 5.0
            self._texts.write(painter, Style.CAPTION, face.before, x, base, self._muted)
        if face.after:
            end = box.right() - face.after_width - 12.0
            self._texts.write(painter, Style.CAPTION, face.after, end, base, self._muted)

    def _ports(self, painter: QPainter, face: Face, box: QRectF, pen: QPen) -> None:
        painter.setPen(pen)
        painter.setBrush(self._sheet)
        for count, x in ((face.inputs, box.left()), (face.outputs, box.right())):
            spare = face.spare and face.inputs > 1 and x == box.left()
            for index in range(count - spare):
                y = box.top() + port_offset(count, index)
                painter.drawEllipse(QPointF(x, y), PORT_RADIUS, PORT_RADIUS)
        if face.spare and face.inputs > 1 and self._spares:
            painter.setPen(self._spare)
            y = box.top() + port_offset(face.inputs, face.inputs - 1)
            painter.drawEllipse(QPointF(box.left(), y), _SPARE_RADIUS, _SPARE_RADIUS)
            painter.setPen(pen)
        if face.after:  # what the model returns leaves through a filled port
            painter.setBrush(pen.color())
            y = box.top() + port_offset(face.outputs, 0)
            painter.drawEllipse(QPointF(box.right(), y), 2.0, 2.0)

    def badge(self, painter: QPainter, at: QPointF, severity: int) -> None:
        """Paint the sign of a problem: an exclamation mark on a disc."""
        painter.setPen(QPen(self._sheet.color(), 2.0))
        painter.setBrush(self._signs[severity])
        painter.drawEllipse(at, BADGE, BADGE)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._sheet)
        painter.drawRoundedRect(QRectF(at.x() - 0.9, at.y() - 4.4, 1.8, 5.4), 0.9, 0.9)
        painter.drawEllipse(QPointF(at.x(), at.y() + 3.4), 1.1, 1.1)


class NodePictures:
    """Node pictures of one zoom, painted once: at 100 % a frame of 64 nodes takes 1 ms, not 6."""

    def __init__(self, nodes: NodePainter) -> None:
        self._nodes = nodes
        self._zoom = self._ratio = 0.0
        self._kept: dict[tuple[Face, int, bool], QPixmap] = {}

    def paint(  # noqa: PLR0913 - as NodePainter.paint, and the zoom
        self,
        painter: QPainter,
        face: Face,
        box: QRectF,
        severity: int,
        *,
        selected: bool,
        zoom: float,
    ) -> None:
        """Paint a node into its box, where the painter's unit is `zoom` pixels."""
        ratio = painter.device().devicePixelRatio()
        if (zoom, ratio) != (self._zoom, self._ratio) or len(self._kept) > _MOST_PICTURES:
            self._zoom, self._ratio = zoom, ratio
            self._kept.clear()
        key = (face, severity, selected)
        picture = self._kept.get(key)
        if picture is None:
            picture = self._kept[key] = self._picture(face, severity, selected=selected)
        at = painter.transform().map(box.topLeft() - QPointF(SLACK, SLACK))
        painter.save()
        painter.resetTransform()
        # on whole pixels of the device, so that nothing is blurred
        painter.drawPixmap(
            QPointF(round(at.x() * ratio) / ratio, round(at.y() * ratio) / ratio), picture
        )
        painter.restore()

    def _picture(self, face: Face, severity: int, *, selected: bool) -> QPixmap:
        scale = self._zoom * self._ratio
        size = QSizeF(face.width + 2 * SLACK, face.height + 2 * SLACK) * scale
        picture = QPixmap(math.ceil(size.width()), math.ceil(size.height()))
        picture.setDevicePixelRatio(self._ratio)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.scale(self._zoom, self._zoom)
        box = QRectF(SLACK, SLACK, face.width, face.height)
        self._nodes.paint(painter, face, box, severity, selected=selected)
        painter.end()
        return picture
