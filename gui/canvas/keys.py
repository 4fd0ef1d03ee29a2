"""What the keys do on the canvas: one table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from graph.topology import wiring
from gui.canvas import acts
from gui.canvas.faces import GRID

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QKeyEvent

    from gui.canvas.view import CanvasView

_STEP = 1.25
_FAR = 8  # a step with Shift, in steps of the grid


def _nudge(right: int, down: int) -> Callable[[CanvasView, bool], None]:
    def call(view: CanvasView, wide: bool) -> None:  # noqa: FBT001 - a row of the table below
        document = view.document
        keys = sorted(document.selected_nodes)
        by = GRID * (_FAR if wide else 1)
        nodes = document.project.graph.nodes
        places = {key: (nodes[key].x + right * by, nodes[key].y + down * by) for key in keys}
        if places:
            acts.move(document, places, None, merge=f"nudge {' '.join(keys)}")

    return call


def cycle(view: CanvasView, step: int) -> bool:
    """Select the next node in the order of the code, or the one before; False beyond the ends."""
    order = wiring(view.document.project.graph).order
    selected = [place for place, key in enumerate(order) if key in view.document.selected_nodes]
    start = selected[0] if selected else (-1 if step > 0 else len(order))
    if not 0 <= start + step < len(order):
        return False
    key = order[start + step]
    view.document.select(frozenset({key}))
    view.reveal(key)
    return True


def _of_one(call: Callable[[CanvasView, str], object]) -> Callable[[CanvasView, bool], None]:
    def made(view: CanvasView, _wide: bool) -> None:  # noqa: FBT001 - as above
        chosen = view.document.selected_nodes
        if len(chosen) == 1:
            call(view, min(chosen))

    return made


_REMOVE = {Qt.Key.Key_Delete, Qt.Key.Key_Backspace}
_KEYS: dict[Qt.Key, Callable[[CanvasView, bool], None]] = {
    Qt.Key.Key_Left: _nudge(-1, 0),
    Qt.Key.Key_Right: _nudge(1, 0),
    Qt.Key.Key_Up: _nudge(0, -1),
    Qt.Key.Key_Down: _nudge(0, 1),
    Qt.Key.Key_F2: _of_one(lambda view, key: view.rename(key)),
    Qt.Key.Key_Return: _of_one(lambda view, key: view.rename(key)),
    Qt.Key.Key_Enter: _of_one(lambda view, key: view.rename(key)),
    Qt.Key.Key_Delete: lambda view, _wide: acts.delete_selected(view.document),
    Qt.Key.Key_Backspace: lambda view, _wide: acts.delete_selected(view.document),
    Qt.Key.Key_Escape: lambda view, _wide: view.cancel_tool(),
    Qt.Key.Key_Plus: lambda view, _wide: view.zoom_by(_STEP),
    Qt.Key.Key_Equal: lambda view, _wide: view.zoom_by(_STEP),
    Qt.Key.Key_Minus: lambda view, _wide: view.zoom_by(1 / _STEP),
    Qt.Key.Key_0: lambda view, _wide: view.fit(),
    Qt.Key.Key_1: lambda view, _wide: view.zoom_by(1 / view.zoom),
}


def take(view: CanvasView, event: QKeyEvent) -> bool:
    """Do what a key stands for; say whether there was anything to do.

    C takes a wire at the output of the one selected node; any other letter opens the list of
    layers with that letter typed.
    """
    held = event.modifiers()
    others = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
    if held & Qt.KeyboardModifier.ControlModifier and event.key() == Qt.Key.Key_A:
        view.select_all()
        return True
    if held & Qt.KeyboardModifier.ControlModifier and event.key() in _REMOVE:
        acts.close_gap(view.document)
        return True
    if held & (others | Qt.KeyboardModifier.MetaModifier):
        return False
    call = _KEYS.get(Qt.Key(event.key()))
    if call is not None:
        call(view, bool(held & Qt.KeyboardModifier.ShiftModifier))
        return True
    if event.key() == Qt.Key.Key_C and len(view.document.selected_nodes) == 1:
        view.wire_by_keys(min(view.document.selected_nodes))
        return True
    if event.text().isalpha():
        view.open_add_popup(None, text=event.text())
        return True
    return False
