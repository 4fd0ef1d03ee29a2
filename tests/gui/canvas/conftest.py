"""A canvas in a real window, and a hand that draws on it by mouse and keys alone."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QListWidget, QWidget

from graph import edits, placing
from graph.params import Named
from graph.project import Layer, Node, Project
from gui.canvas.view import LAYER_MIME, CanvasView
from gui.document import Document
from gui.theme import DARK, apply_theme

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot

LEFT = Qt.MouseButton.LeftButton
NONE = Qt.KeyboardModifier.NoModifier
RELU, SOFTMAX = Named("relu"), Named("softmax")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the offscreen platform say at each window that it takes no hints of its size."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.qt_log_ignore("propagateSizeHints", extend=True))


def shared_input(*, flat: bool = True) -> Project:
    """The lecture's drawing with two kernel sizes; without `flat` its second branch is broken."""
    rows: list[tuple[str, str, dict[str, Any], int, int, tuple[str, ...]]] = [
        ("visible", "Input", {"shape": (28, 28, 1)}, 0, 120, ()),
        ("conv1", "Conv2D", {"filters": 32, "kernel_size": (3, 3)}, 224, 0, ("visible",)),
        ("pool1", "MaxPooling2D", {}, 452, 0, ("conv1",)),
        ("flat1", "Flatten", {}, 680, 0, ("pool1",)),
        ("conv2", "Conv2D", {"filters": 32, "kernel_size": (5, 5)}, 224, 240, ("visible",)),
        ("pool2", "MaxPooling2D", {}, 452, 240, ("conv2",)),
        ("flat2", "Flatten", {}, 680, 240, ("pool2",)),
        ("merge", "Concatenate", {}, 908, 120, ("flat1", "flat2" if flat else "pool2")),
        ("hidden1", "Dense", {"units": 100, "activation": RELU}, 1136, 120, ("merge",)),
        ("output", "Dense", {"units": 10, "activation": SOFTMAX}, 1136, 296, ("hidden1",)),
    ]
    project, keys = Project(name="shared input"), dict[str, str]()
    for label, kind, params, x, y, sources in rows:
        if label == "flat2" and not flat:
            continue
        key, layer = project.graph.fresh_ids(2)
        keys[label] = key
        edit = edits.AddNode(key, Node(layer, label, x, y), Layer(kind, label, params))
        project, _ = edits.apply(project, edit)
        for source in sources:
            project, _ = edits.apply(project, placing.connect(project, keys[source], key))
    return project


class Hand:
    """Works on a canvas with the mouse and the keys; nodes go by their labels."""

    def __init__(self, view: CanvasView) -> None:
        self.view = view
        self.document = view.document

    def id(self, label: str) -> str:
        nodes = self.document.project.graph.nodes
        return next(key for key, node in nodes.items() if node.label == label)

    def labels(self, keys: frozenset[str] | None = None) -> set[str]:
        nodes = self.document.project.graph.nodes
        wanted = self.document.selected_nodes if keys is None else keys
        return {nodes[key].label for key in wanted}

    def wires(self) -> set[tuple[str, str, int]]:
        graph = self.document.project.graph
        return {
            (graph.nodes[link.source].label, graph.nodes[link.target].label, link.slot)
            for link in graph.links.values()
        }

    def has_popup(self) -> bool:
        found = self.view.findChild(QWidget, "add_popup")
        return found is not None and found.isVisible()

    def popup(self) -> tuple[QLineEdit, QListWidget]:
        """Return the search and the rows of the list of layers, which has to be open."""
        assert self.has_popup()
        found = self.view.findChild(QWidget, "add_popup")
        return found.findChild(QLineEdit), found.findChild(QListWidget)

    def middle(self, label: str) -> QPoint:
        box = self.view.node_rect(self.id(label))
        return QPoint(box.center().x(), box.top() + 12)

    def out(self, label: str) -> QPoint:
        return self.view.port_point(self.id(label), "out")

    def into(self, label: str, slot: int = 0) -> QPoint:
        return self.view.port_point(self.id(label), "in", slot)

    def press(self, at: QPoint, keys: Qt.KeyboardModifier = NONE) -> None:
        QTest.mousePress(self.view, LEFT, keys, at)

    def move(self, at: QPoint) -> None:
        QTest.mouseMove(self.view, at)

    def release(self, at: QPoint, keys: Qt.KeyboardModifier = NONE) -> None:
        QTest.mouseRelease(self.view, LEFT, keys, at)

    def click(self, at: QPoint, keys: Qt.KeyboardModifier = NONE) -> None:
        QTest.mouseClick(self.view, LEFT, keys, at)

    def drag(self, start: QPoint, end: QPoint, keys: Qt.KeyboardModifier = NONE) -> None:
        self.press(start, keys)
        self.move(start + (end - start) / 2)
        self.move(end)
        self.release(end, keys)

    def key(self, key: Qt.Key, keys: Qt.KeyboardModifier = NONE) -> None:
        QTest.keyClick(self.view, key, keys)

    def drop(self, kind: str, at: QPoint) -> None:
        """Drag a layer from elsewhere onto the canvas."""
        data = QMimeData()
        data.setData(LAYER_MIME, kind.encode())
        copy, where = Qt.DropAction.CopyAction, at.toPointF()
        QApplication.sendEvent(self.view, QDragEnterEvent(at, copy, data, LEFT, NONE))
        QApplication.sendEvent(self.view, QDragMoveEvent(at, copy, data, LEFT, NONE))
        QApplication.sendEvent(self.view, QDropEvent(where, copy, data, LEFT, NONE))

    def undo(self) -> None:
        self.document.undo_stack.undo()


@pytest.fixture
def open_canvas(qtbot: QtBot, qapp: QApplication) -> Callable[[Project], Hand]:
    """Open a project on a canvas of 1440 by 720 pixels."""

    def call(project: Project) -> Hand:
        apply_theme(qapp, DARK)
        view = CanvasView(Document(project), DARK)
        view.resize(1440, 720)
        qtbot.addWidget(view)
        with qtbot.waitExposed(view):
            view.show()
        view.fit()
        view.setFocus()
        return Hand(view)

    return call


@pytest.fixture
def hand(open_canvas: Callable[[Project], Hand]) -> Hand:
    """The shared-input drawing, fitted."""
    return open_canvas(shared_input())


@pytest.fixture
def blank(open_canvas: Callable[[Project], Hand]) -> Hand:
    """An empty canvas."""
    return open_canvas(Project())
