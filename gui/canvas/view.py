"""The canvas: a stage that answers to mouse, wheel, keys and what is dropped on it.

It holds exactly one tool at a time (`gui.canvas.tools`) and never changes a drawing but through
the document.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, TypeGuard

from PySide6.QtCore import QEvent, QPointF, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QWheelEvent,
)
from PySide6.QtWidgets import QToolTip, QWidget

from graph.fragment import LAYER_MIME
from gui.canvas import acts, keys, menu, tips
from gui.canvas.add_popup import AddPopup
from gui.canvas.autoscroll import Autoscroll
from gui.canvas.faces import PORT_LINE
from gui.canvas.rename import NameEditor
from gui.canvas.room import free_in_view
from gui.canvas.stage import Stage
from gui.canvas.tools.base import Pointer, Tool
from gui.canvas.tools.keywire import KeyWireTool
from gui.canvas.tools.pan import PanTool
from gui.canvas.tools.place import PlaceTool
from gui.canvas.tools.point import PointTool

if TYPE_CHECKING:
    from graph.change import Change
    from gui.canvas.acts import Loose
    from gui.document import Document
    from gui.theme import Theme

_NOTCH_STEP = 1.15  # zoom of a notch of the wheel
_NOTCH = 120.0


class CanvasView(Stage):
    """The widget in which people draw.

    Signals:
        parameter_wanted(str, str): somebody wants to edit this parameter of the node of this id.
    """

    parameter_wanted = Signal(str, str)

    def __init__(self, document: Document, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(document, theme, parent)
        self.setObjectName("canvas")
        self.setAccessibleName(self.tr("Drawing"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAcceptDrops(True)
        self.setMinimumSize(200, 120)
        self._resting = PointTool(self)
        self.tool: Tool = self._resting
        self._autoscroll = Autoscroll(self)
        self._space: bool | None = None  # held down; True once the drawing was moved with it
        self._at = QPointF(-1.0, -1.0)  # where the pointer was last

    # tools

    def begin(self, tool: Tool, pointer: Pointer | None = None) -> None:
        """Let a tool have the mouse from now on, from a press on."""
        self.tool = tool
        self.setCursor(tool.cursor)
        if pointer is not None:
            tool.pressed(pointer)

    def end_tool(self) -> None:
        """Go back to pointing."""
        self.tool = self._resting
        self._resting.moved(Pointer(self._at, self.camera.to_scene(self._at)))
        self.show_bubble("", self._at)
        held = self._space is not None
        self.setCursor(Qt.CursorShape.OpenHandCursor if held else self._resting.cursor)
        self.update()

    def cancel_tool(self) -> None:
        """Break the gesture off; without one, select nothing."""
        if self.tool is self._resting:
            self.document.select()
            return
        self.tool.cancelled()
        self.end_tool()

    def start_placing(self, kind: str) -> None:
        """Let the pointer carry a layer until a click puts it down."""
        self.begin(PlaceTool(self, kind))

    def _on_document_changed(self, change: Change) -> None:
        if change.structure and self.tool is not self._resting:
            self.end_tool()  # what the gesture holds may be gone
        super()._on_document_changed(change)

    def paint_tool(self, painter: QPainter) -> None:
        """Paint what the tool shows."""
        self.tool.paint(painter)

    def wire_by_keys(self, key: str) -> None:
        """Take a wire at a node's output; keys choose where it goes."""
        tool = KeyWireTool(self, key)
        self.begin(tool)
        tool.begin()

    def rename(self, key: str) -> None:
        """Let a person type another name over a node's name."""
        self.reveal(key)
        NameEditor(self, key)

    def _camera_moved(self, *, zoomed: bool = False) -> None:
        super()._camera_moved(zoomed=zoomed)
        for editor in self.findChildren(NameEditor):
            editor.place()

    # what others ask for

    def select_all(self) -> None:
        """Select every node."""
        self.document.select(frozenset(self.drawing.keys))

    def add_layer(self, kind: str) -> str:
        """Add a layer near the middle of the view where nothing stands; return the node's id."""
        place = self.camera.to_scene(self.rect().toRectF().center())
        face = acts.face_of_kind(kind, self.document.project, self.drawing.measure)
        corner = QPointF(place.x() - face.width / 2, place.y() - PORT_LINE)
        corner = free_in_view(self, corner, face.width, face.height)
        key = acts.add(self.document, kind, corner.x(), corner.y())
        self.reveal(key)
        return key

    def open_add_popup(
        self, place: QPointF | None, loose: Loose | None = None, text: str = ""
    ) -> AddPopup:
        """Open the list of layers; the chosen one is put at a place (under the pointer)."""
        inside = self.rect().contains(self._at.toPoint())
        at = self._at if inside else self.rect().toRectF().center()
        spot = self.camera.to_scene(at) if place is None else place
        feeds = loose is not None and loose.side == "out"
        carried = self.document.report.spec_of(loose.node, loose.place) if loose and feeds else None
        popup = AddPopup(self, self.theme, carried, fed=feeds)
        popup.chosen.connect(lambda kind: self._add_at(kind, spot, loose))
        popup.open_at(self.camera.to_view(spot).toPoint(), text)
        return popup

    def _add_at(self, kind: str, spot: QPointF, loose: Loose | None) -> None:
        face = acts.face_of_kind(kind, self.document.project, self.drawing.measure)
        left = spot.x() - face.width / 2
        if loose is not None:  # the port stands where the wire was dropped
            left = spot.x() if loose.side == "out" else spot.x() - face.width
        corner = QPointF(left, spot.y() - PORT_LINE)
        corner = free_in_view(self, corner, face.width, face.height)
        self.reveal(acts.add(self.document, kind, corner.x(), corner.y(), loose))
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    # mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Hand a press to the tool; with Space held it takes hold of the drawing."""
        self._at = event.position()
        pointer = Pointer.of(event, self)
        middle = pointer.button is Qt.MouseButton.MiddleButton
        if self.tool is self._resting and (middle or self._space is not None):
            self._space = None if self._space is None else True
            self.begin(PanTool(self), pointer)
        elif self.tool is not self._resting and pointer.button is Qt.MouseButton.RightButton:
            self.cancel_tool()
        else:
            self.tool.pressed(pointer)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Hand a move to the tool."""
        self._at = event.position()
        pointer = Pointer.of(event, self)
        self.tool.moved(pointer)
        self._autoscroll.follow(pointer)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Hand a release to the tool."""
        self._at = event.position()
        self.tool.released(Pointer.of(event, self))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Hand a double click to the tool."""
        self._at = event.position()
        self.tool.doubled(Pointer.of(event, self))

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom with a wheel, move with two fingers; Ctrl zooms and Shift moves with both."""
        ctrl = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        pixels, angle = event.pixelDelta(), event.angleDelta()
        fingers = event.phase() is not Qt.ScrollPhase.NoScrollPhase
        if (fingers or shift) and not ctrl:
            by = QPointF(pixels) if not pixels.isNull() else QPointF(angle) / 2
            self.pan_by(QPointF(by.y(), 0.0) if shift and not by.x() else by)
        else:
            turn = angle.y() or angle.x()
            self.zoom_by(_NOTCH_STEP ** (turn / _NOTCH), event.position())
        event.accept()

    def event(self, event: QEvent) -> bool:
        """Zoom by a pinch; explain a problem where the pointer rests."""
        if isinstance(event, QNativeGestureEvent):
            if event.gestureType() is Qt.NativeGestureType.ZoomNativeGesture:
                self.zoom_by(1.0 + event.value(), event.position())
                return True
        elif isinstance(event, QHelpEvent) and event.type() is QEvent.Type.ToolTip:
            at, document = QPointF(event.pos()), self.document
            told = tips.sentences(self.drawing, document, self.hit(at), self.camera.to_scene(at))
            # as rich text, which Qt breaks into lines
            text = "".join(f"<p>{escape(one)}</p>" for one in told)
            QToolTip.showText(event.globalPos(), text, self)
            return True
        elif _is_tab(event):  # from node to node, and beyond the last one to the next panel
            step = 1 if event.key() == Qt.Key.Key_Tab else -1
            if self.tool.key(event) or keys.cycle(self, step):
                return True
        return super().event(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Open the menu of what is under the pointer, or of the selection for the menu key."""
        at = QPointF(event.pos())
        if event.reason() is QContextMenuEvent.Reason.Keyboard and self.document.selected_nodes:
            at = QPointF(self.node_rect(min(self.document.selected_nodes)).center())
        hit = self.hit(at)
        node = hit.what in {"node", "badge", "port"}
        if node and hit.key not in self.document.selected_nodes:
            self.document.select(frozenset({hit.key}))
        opened = menu.build(self, hit, self.camera.to_scene(at))
        opened.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        opened.popup(self.mapToGlobal(at.toPoint()))

    # keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Do what the key stands for; Space waits whether the drawing is moved with it."""
        if event.key() == Qt.Key.Key_Space:
            if not event.isAutoRepeat() and self.tool is self._resting:
                self._space = False
                self.setCursor(Qt.CursorShape.OpenHandCursor)
        elif not self.tool.key(event) and not keys.take(self, event):
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """Open the list of layers when Space was pressed for itself."""
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            alone, self._space = self._space is False, None
            self.setCursor(self.tool.cursor)
            if alone:
                self.open_add_popup(None)
        else:
            super().keyReleaseEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Forget a held Space: its release goes to somebody else."""
        self._space = None
        super().focusOutEvent(event)

    # drops from the library

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take a layer from the library in hand."""
        if not event.mimeData().hasFormat(LAYER_MIME):
            return
        kind = bytes(event.mimeData().data(LAYER_MIME).data()).decode("utf-8", "replace")
        self.begin(PlaceTool(self, kind))
        event.acceptProposedAction()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """Show where the layer would go."""
        if isinstance(self.tool, PlaceTool):
            self._at = event.position()
            self.tool.hover(event.position())
            event.acceptProposedAction()

    def dragLeaveEvent(self, _event: QDragLeaveEvent) -> None:
        """Let the layer go."""
        self.end_tool()

    def dropEvent(self, event: QDropEvent) -> None:
        """Put the layer down."""
        if isinstance(self.tool, PlaceTool):
            self._at = event.position()
            self.tool.drop(event.position())
            event.acceptProposedAction()
            self.setFocus(Qt.FocusReason.MouseFocusReason)


def _is_tab(event: QEvent) -> TypeGuard[QKeyEvent]:
    return (
        isinstance(event, QKeyEvent)
        and event.type() is QEvent.Type.KeyPress
        and event.key() in {Qt.Key.Key_Tab, Qt.Key.Key_Backtab}
    )
