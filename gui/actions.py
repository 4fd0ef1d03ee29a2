"""Everything a person can do from a menu, the toolbar or the keyboard, as one table.

Menus, toolbar, shortcuts and the list of shortcuts are loops over `ACTIONS`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtGui import QAction, QKeySequence

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from PySide6.QtWidgets import QMainWindow, QMenu

    from gui.commands import Commands

MENUS = ("File", "Edit", "View", "Model", "Help")
SEPARATOR = "-"


def _always(_: Commands) -> bool:
    return True


@dataclass(frozen=True)
class ActionSpec:
    """One action: where it stands, what starts it, when it can be done, what it does."""

    id: str
    text: str
    call: Callable[[Commands], object]
    shortcut: str = ""
    enabled: Callable[[Commands], bool] = _always
    tip: str = ""
    ends_group: bool = False


def _drawn(do: Commands) -> bool:
    return bool(do.document.project.graph.nodes)


def _selected(do: Commands) -> bool:
    return bool(do.document.selected_nodes or do.document.selected_links)


def _nodes_selected(do: Commands) -> bool:
    return bool(do.document.selected_nodes)


ACTIONS: tuple[ActionSpec, ...] = (
    ActionSpec("file.new", "New drawing", lambda do: do.files.new(), "Ctrl+N"),
    ActionSpec("file.templates", "New from a template…", lambda do: do.show_templates(), "Ctrl+T"),
    ActionSpec("file.open", "Open…", lambda do: do.files.open(), "Ctrl+O", ends_group=True),
    ActionSpec("file.save", "Save", lambda do: do.files.save(), "Ctrl+S"),
    ActionSpec("file.save_as", "Save as…", lambda do: do.files.save_as(), "Ctrl+Shift+S"),
    ActionSpec(
        "file.export", "Save the program as .py…", lambda do: do.files.export_program(), "Ctrl+E"
    ),
    ActionSpec(
        "file.picture",
        "Save a picture of the drawing…",
        lambda do: do.files.export_picture(),
        enabled=_drawn,
        ends_group=True,
    ),
    ActionSpec("file.close", "Close drawing", lambda do: do.files.close_sheet(), "Ctrl+W"),
    ActionSpec("file.quit", "Quit", lambda do: do.quit(), "Ctrl+Q"),
    ActionSpec(
        "edit.undo",
        "Undo",
        lambda do: do.document.undo_stack.undo(),
        "Ctrl+Z",
        lambda do: do.document.undo_stack.canUndo(),
    ),
    ActionSpec(
        "edit.redo",
        "Redo",
        lambda do: do.document.undo_stack.redo(),
        "Ctrl+Shift+Z",
        lambda do: do.document.undo_stack.canRedo(),
        ends_group=True,
    ),
    ActionSpec("edit.cut", "Cut", lambda do: do.cut(), "Ctrl+X", _nodes_selected),
    ActionSpec("edit.copy", "Copy", lambda do: do.copy(), "Ctrl+C", _nodes_selected),
    ActionSpec("edit.paste", "Paste", lambda do: do.paste(), "Ctrl+V"),
    ActionSpec("edit.duplicate", "Duplicate", lambda do: do.duplicate(), "Ctrl+D", _nodes_selected),
    ActionSpec("edit.delete", "Delete", lambda do: do.delete(), "Del", _selected),
    ActionSpec(
        "edit.close_gap",
        "Remove and close the gap",
        lambda do: do.close_gap(),
        "Ctrl+Del",
        _nodes_selected,
        ends_group=True,
    ),
    ActionSpec("edit.select_all", "Select all", lambda do: do.select_all(), "Ctrl+A", _drawn),
    ActionSpec(
        "edit.share",
        "Call this layer once more",
        lambda do: do.share(),
        "Ctrl+L",
        lambda do: len(do.document.selected_nodes) == 1,
        tip="Add a node that shares the selected layer's weights",
    ),
    ActionSpec(
        "view.fit", "Fit", lambda do: do.canvas.fit(), "Ctrl+0", tip="Show all of the drawing"
    ),
    ActionSpec("view.zoom_in", "Zoom in", lambda do: do.canvas.zoom_by(1.25), "Ctrl++"),
    ActionSpec(
        "view.zoom_out", "Zoom out", lambda do: do.canvas.zoom_by(0.8), "Ctrl+-", ends_group=True
    ),
    ActionSpec(
        "view.arrange",
        "Arrange",
        lambda do: do.arrange(),
        "Ctrl+Shift+A",
        _drawn,
        tip="Put the nodes in columns from left to right",
    ),
    ActionSpec("view.reset_layout", "Put the panels back", lambda do: do.window.reset_layout()),
    ActionSpec(
        "view.theme", "Dark or light", lambda do: do.switch_theme(), "Ctrl+Shift+D", ends_group=True
    ),
    ActionSpec(
        "model.train",
        "Train",
        lambda do: do.train(),
        "F5",
        _drawn,
        tip="Train the model on the chosen data, or let it wait while another one is trained",
    ),
    ActionSpec(
        "model.stop", "Stop training", lambda do: do.stop(), "Shift+F5", lambda do: do.is_training
    ),
    ActionSpec(
        "model.pause",
        "Pause or continue",
        lambda do: do.pause_or_go_on(),
        enabled=lambda do: do.is_training,
        tip="Hold the training, or let it go on",
    ),
    ActionSpec(
        "model.resume",
        "Resume the last training",
        lambda do: do.controls.resume_run(),
        enabled=lambda do: do.controls.can_resume,
        tip="Go on from the last epoch that is saved",
    ),
    ActionSpec("help.shortcuts", "Keyboard shortcuts", lambda do: do.show_shortcuts(), "F1"),
    ActionSpec("help.about", "About Layerloom", lambda do: do.show_about()),
)


def build_actions(window: QMainWindow, do: Commands) -> dict[str, QAction]:
    """Return a QAction for each entry of the table, by id; they belong to the window."""
    made: dict[str, QAction] = {}
    for spec in ACTIONS:
        action = QAction(window.tr(spec.text), window)
        action.setObjectName(spec.id)
        if spec.shortcut:
            action.setShortcut(QKeySequence(spec.shortcut))
        tip = window.tr(spec.tip or spec.text)
        action.setToolTip(f"{tip} ({spec.shortcut})" if spec.shortcut else tip)
        action.triggered.connect(lambda _checked=False, spec=spec: spec.call(do))
        window.addAction(action)
        made[spec.id] = action
    return made


def fill_menus(window: QMainWindow, actions: Mapping[str, QAction]) -> dict[str, QMenu]:
    """Put the actions into the window's menu bar, and return the menus by name."""
    menus = {name: window.menuBar().addMenu(window.tr(name)) for name in MENUS}
    for name, menu in menus.items():
        menu.setObjectName(f"menu.{name.lower()}")
        for spec in ACTIONS:
            if spec.id.split(".")[0] == name.lower():
                menu.addAction(actions[spec.id])
                if spec.ends_group:
                    menu.addSeparator()
    return menus


def refresh(actions: Mapping[str, QAction], do: Commands) -> None:
    """Enable what can be done now."""
    for spec in ACTIONS:
        actions[spec.id].setEnabled(spec.enabled(do))
