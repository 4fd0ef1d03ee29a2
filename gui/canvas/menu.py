"""The menu that the right button opens: what can be done with what is under the pointer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu

from graph import fragment
from graph.topology import wiring
from gui.canvas import acts
from gui.icons import action_icon

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtCore import QPointF

    from gui.canvas.hits import Hit
    from gui.canvas.view import CanvasView


def _tr(text: str) -> str:
    return QCoreApplication.translate("canvas", text)


def build(view: CanvasView, hit: Hit, place: QPointF) -> QMenu:
    """Return the menu for what was hit at a place on the canvas."""
    menu = QMenu(view)
    menu.setObjectName("canvas.menu")
    if hit.what in {"node", "badge", "port"}:
        _node_entries(menu, view, hit.key)
    elif hit.what == "wire":
        _wire_entries(menu, view, hit.key)
    else:
        _ground_entries(menu, view, place)
    return menu


def _entry(  # noqa: PLR0913 - the parts of a menu entry
    menu: QMenu,
    view: CanvasView,
    text: str,
    call: Callable[[], object],
    *,
    icon: str = "",
    enabled: bool = True,
) -> None:
    action = menu.addAction(text)
    if icon:
        action.setIcon(action_icon(icon, view.theme))
    action.setEnabled(enabled)
    action.triggered.connect(lambda _checked=False: call())


def _node_entries(menu: QMenu, view: CanvasView, key: str) -> None:
    document = view.document
    graph = document.project.graph
    box = view.drawing.node_rect(key)
    below = box.bottom() + acts.GAP / 2
    returned = acts.is_output(document, key)
    wires = wiring(graph)
    output = _tr("Not an output of the model") if returned else _tr("Output of the model")
    _entry(menu, view, _tr("Rename") + "\tF2", lambda: view.rename(key))
    menu.addSeparator()
    _clipboard_entries(menu, view)
    menu.addSeparator()
    shared = _tr("Call this layer once more") + "\tCtrl+L"
    _entry(menu, view, shared, lambda: acts.share(document, key, box.left(), below), icon="copy")
    _entry(menu, view, output, lambda: acts.toggle_output(document, key))
    _entry(
        menu,
        view,
        _tr("Disconnect"),
        lambda: acts.disconnect_node(document, key),
        enabled=bool(wires.into[key] or wires.out_of[key]),
    )
    menu.addSeparator()
    remove = _tr("Delete") + "\tDel"
    _entry(menu, view, remove, lambda: acts.delete_selected(document), icon="delete")
    gap = _tr("Remove and close the gap") + "\tCtrl+Del"
    _entry(menu, view, gap, lambda: acts.close_gap(document))


def _clipboard_entries(menu: QMenu, view: CanvasView) -> None:
    document = view.document

    def cut() -> None:
        acts.copy(document)
        acts.delete_selected(document)

    def duplicate() -> None:
        acts.paste(document, fragment.cut_out(document.project, document.selected_nodes))

    _entry(menu, view, _tr("Cut") + "\tCtrl+X", cut)
    _entry(menu, view, _tr("Copy") + "\tCtrl+C", lambda: acts.copy(document))
    _entry(menu, view, _tr("Duplicate") + "\tCtrl+D", duplicate)


def _wire_entries(menu: QMenu, view: CanvasView, key: str) -> None:
    call = lambda: acts.disconnect(view.document, (key,))  # noqa: E731 - as in the other entries
    _entry(menu, view, _tr("Disconnect"), call, icon="delete")


def _ground_entries(menu: QMenu, view: CanvasView, place: QPointF) -> None:
    some = bool(view.drawing.keys)
    _entry(menu, view, _tr("Add a layer…"), lambda: view.open_add_popup(place), icon="add")
    paste = lambda: acts.paste(  # noqa: E731 - as in the other entries
        view.document, QGuiApplication.clipboard().text(), place
    )
    _entry(menu, view, _tr("Paste") + "\tCtrl+V", paste, enabled=acts.can_paste())
    menu.addSeparator()
    _entry(menu, view, _tr("Select all") + "\tCtrl+A", view.select_all, enabled=some)
    _entry(menu, view, _tr("Fit to the window"), view.fit, icon="fit", enabled=some)
