"""Drawing wires: from a port to a port or anywhere on a node, from either side.

Both manners work: drag, or click a port and then the target. Dragging the end of a wire off its
port takes it elsewhere, or out. A node that takes any number of inputs gets one more, wherever on
it the wire is put; elsewhere the wire replaces the one in the port. While the wire is in hand,
ports that would take it light up, and the one under the pointer says why it wouldn't; it may be
drawn all the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from PySide6.QtCore import QCoreApplication, QPointF, Qt
from PySide6.QtGui import QColor, QPen

from graph import placing
from graph.project import Link
from gui.canvas import acts, arrays
from gui.canvas.acts import Loose
from gui.canvas.faces import PORT_RADIUS
from gui.canvas.tools.base import Pointer, Tool, far
from gui.canvas.verdicts import gain, verdict

if TYPE_CHECKING:
    from PySide6.QtGui import QPainter

    from gui.canvas.geometry import Side
    from gui.canvas.hits import Hit
    from gui.canvas.view import CanvasView

_MOST_LIT = 60  # nodes in view that are asked whether they would take the wire


class Aim(NamedTuple):
    """Where the wire would go, the wire it would replace, and why it would be refused."""

    link: Link
    replaced: str | None
    why_not: str | None
    at: QPointF


class ConnectTool(Tool):
    """Holds one end of a wire until it is put somewhere."""

    cursor = Qt.CursorShape.CrossCursor

    def __init__(self, view: CanvasView, port: Hit) -> None:
        super().__init__(view)
        self._port = port
        self._aim: Aim | None = None
        self._dragged = False
        self._clicked = False
        self._lit: list[QPointF] = []

    @property
    def scrolls(self) -> bool:
        """Follow the end that is being dragged."""
        return self._dragged

    def pressed(self, pointer: Pointer) -> None:
        """Take the wire at the port, or bring a wire that was clicked on its way to its target."""
        if self._clicked:
            self._finish(pointer)
            return
        view, port = self.view, self._port
        self._at, self._tip = pointer.at, pointer.place
        self.taken: str | None = None
        if port.side == "out":
            self.loose = Loose(port.key, "out", port.port)
        else:
            slot, link = view.drawing.input_at(port.key, port.port)
            self.loose = Loose(port.key, "in", slot)
            if link is not None:
                wire = view.document.project.graph.links[link]
                self.taken = link
                self.loose = Loose(wire.source, "out", wire.output)
        self._from = self._anchor()
        self._lit = [
            aim.at
            for key in self._candidates()
            if (aim := self._aim_at_node(key)) is not None and aim.why_not is None
        ]
        view.update()

    def _anchor(self) -> QPointF:
        geometry, loose = self.view.drawing, self.loose
        if loose.side == "out":
            return geometry.port_point(loose.node, "out", loose.place)
        index = geometry.port_of_slot(loose.node, loose.place)
        return geometry.port_point(loose.node, "in", index)

    def _candidates(self) -> list[str]:
        geometry = self.view.drawing
        rows = geometry.nodes_in(self.view.visible_area())
        if len(rows) > _MOST_LIT:
            return []
        return [geometry.keys[row] for row in rows.tolist()]

    def moved(self, pointer: Pointer) -> None:
        """Let the loose end follow the pointer and look what it is over."""
        self._dragged = self._dragged or far(pointer.at, self._at)
        self._tip = pointer.place
        hit = self.view.hit(pointer.at, reach=12.0)
        self._aim = self._aim_at(hit)
        self._tell(pointer.at)
        self.view.update()

    def _tell(self, at: QPointF) -> None:
        """Say beside a pixel what the wire would carry, or why not, and what it would replace."""
        aim, document = self._aim, self.view.document
        if aim is None:
            self.view.show_bubble("", at)
            return
        words = [aim.why_not or gain(document.report, aim.link)]
        if aim.replaced is not None and aim.replaced != self.taken:
            graph = document.project.graph
            text = QCoreApplication.translate("canvas", "replaces the wire from {0}")
            words.append(text.format(graph.nodes[graph.links[aim.replaced].source].label))
        self.view.show_bubble("\n".join(filter(None, words)), at, bad=aim.why_not is not None)

    def _aim_at(self, hit: Hit) -> Aim | None:
        wanted: Side = "in" if self.loose.side == "out" else "out"
        if hit.what == "port" and hit.side == wanted:
            return self._aim_at_port(hit)
        if hit.what in {"node", "badge", "port"} and hit.key != self.loose.node:
            return self._aim_at_node(hit.key)
        return None

    def _aim_at_port(self, hit: Hit) -> Aim | None:
        geometry = self.view.drawing
        at = geometry.port_point(hit.key, hit.side, hit.port)
        if self.loose.side == "in":
            return self._judged(Link(hit.key, self.loose.node, self.loose.place, hit.port), at)
        slot, there = geometry.input_at(hit.key, hit.port)
        if there not in {None, self.taken} and geometry.takes_list(hit.key):
            return self._aim_at_node(hit.key)
        link = Link(self.loose.node, hit.key, slot, self.loose.place)
        return self._judged(link, at, there)

    def _aim_at_node(self, key: str) -> Aim | None:
        """Return the aim at the port of a node that is free, or else the first.

        A wire that was taken off the node goes back to where it was.
        """
        geometry, loose = self.view.drawing, self.loose
        face = geometry.faces[geometry.row[key]]
        if key == loose.node:
            return None
        if loose.side == "in":
            if not face.outputs:
                return None
            return self._judged(
                Link(key, loose.node, loose.place, 0), geometry.port_point(key, "out", 0)
            )
        if not face.inputs:
            return None
        project = self.view.document.project
        taken = project.graph.links[self.taken] if self.taken is not None else None
        if taken is not None and taken.target == key:
            slot = taken.slot
        else:
            slot = placing.free_slot(project, key)
        index = geometry.port_of_slot(key, slot)
        _, there = geometry.input_at(key, index)
        link = Link(loose.node, key, slot, loose.place)
        return self._judged(link, geometry.port_point(key, "in", index), there)

    def _judged(self, link: Link, at: QPointF, replaced: str | None = None) -> Aim:
        document = self.view.document
        return Aim(link, replaced, verdict(document.project, document.report, link), at)

    def released(self, pointer: Pointer) -> None:
        """Put a dragged wire where the pointer is; after a mere click, go on holding it."""
        if not self._dragged and not self._clicked:
            self._clicked = True
        elif not self._clicked:
            self._finish(pointer)

    def doubled(self, pointer: Pointer) -> None:
        """Take the second click of a quick pair as the one that ends the wire."""
        self.pressed(pointer)

    def _finish(self, pointer: Pointer) -> None:
        view, document, taken = self.view, self.view.document, self.taken
        hit = view.hit(pointer.at, reach=12.0)
        aim = self._aim_at(hit)
        view.end_tool()
        if aim is not None:
            acts.connect(document, aim.link, aim.replaced, taken)
        elif hit.what in {"nothing", "wire"}:
            if taken is not None:
                acts.disconnect(document, (taken,))
            else:
                view.open_add_popup(pointer.place, self.loose)

    def paint(self, painter: QPainter) -> None:
        """Paint the wire in hand and the ports that would take it."""
        theme = self.view.theme
        aim = self._aim
        accent = QColor(theme.accent if aim is None or aim.why_not is None else theme.error)
        end = aim.at if aim is not None else self._tip
        start, stop = (self._from, end) if self.loose.side == "out" else (end, self._from)
        row = np.array([[start.x(), start.y(), stop.x(), stop.y()]])
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(accent, 2.0))
        painter.drawPath(arrays.curves(row))
        painter.setPen(QPen(QColor(theme.accent), 2.0))
        painter.setBrush(QColor(theme.canvas))
        for port in self._lit:
            painter.drawEllipse(port, PORT_RADIUS, PORT_RADIUS)
        painter.setPen(QPen(accent, 2.0))
        painter.setBrush(accent)
        painter.drawEllipse(self._from, PORT_RADIUS - 1, PORT_RADIUS - 1)
        if aim is not None:
            painter.drawEllipse(aim.at, PORT_RADIUS + 1, PORT_RADIUS + 1)
