"""The whole loop by mouse and keys alone: draw, meet a problem, repair it, train, look inside."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QListWidget

from graph.inference import totals
from tests import windows
from tests.e2e.hands import Hands

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from gui.main_window import MainWindow


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MainWindow]:
    monkeypatch.setenv("LAYERLOOM_RUNS", str(tmp_path / "runs"))
    with windows.shown(
        qtbot, tmp_path, size=(1680, 1050), first_start=True, engine_at_once=True
    ) as made:
        yield made


def node_called(hands: Hands, label: str) -> str:
    nodes = hands.canvas.document.project.graph.nodes
    return next(key for key, node in nodes.items() if node.label == label)


def draw_the_shared_input_model(hands: Hands) -> None:
    """Drag the layers out and wire them; the second Flatten is forgotten."""
    places = {
        "Input": [(60, 240)],
        "Conv2D": [(260, 120), (260, 360)],
        "MaxPooling2D": [(450, 120), (450, 360)],
        "Flatten": [(640, 120)],
        "Concatenate": [(640, 360)],
        "Dense": [(450, 480), (640, 480)],
    }
    for kind, points in places.items():
        for x, y in points:
            hands.drag_layer(kind, QPoint(x + 40, y))
    wires = [
        ("visible", "conv1"),
        ("conv1", "pool1"),
        ("pool1", "flat1"),
        ("flat1", "merge"),
        ("visible", "conv2"),
        ("conv2", "pool2"),
        ("pool2", "merge"),
        ("merge", "hidden1"),
        ("hidden1", "hidden2"),
    ]
    canvas = hands.canvas
    for source, target in wires:
        key = node_called(hands, target)
        taken = sum(link.target == key for link in canvas.document.project.graph.links.values())
        start = canvas.port_point(node_called(hands, source), "out", 0)
        hands.drag_wire(start, canvas.port_point(key, "in", taken))


def set_parameters(hands: Hands) -> None:
    canvas = hands.canvas
    middle = canvas.node_rect(node_called(hands, "conv2")).center()
    QTest.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=middle)
    hands.type_into("param.kernel_size", "5")
    middle = canvas.node_rect(node_called(hands, "hidden2")).center()
    QTest.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=middle)
    hands.type_into("param.name", "output")
    hands.type_into("param.units", "10")
    hands.choose("param.activation", "softmax")


@pytest.mark.engine
def test_a_student_draws_repairs_trains_and_looks_inside(window: MainWindow, qtbot: QtBot) -> None:
    hands = Hands(window)
    hands.click("start.empty")
    draw_the_shared_input_model(hands)
    set_parameters(hands)

    listed = hands.find(QListWidget, "problems.list")
    assert listed.count() >= 1
    assert "merge" in window.document.problems[0].sentence
    QTest.mouseClick(
        listed.viewport(),
        Qt.MouseButton.LeftButton,
        pos=listed.visualItemRect(listed.item(0)).center(),
    )
    hands.click("repair.0")
    assert window.document.problems == ()
    assert totals(window.document.project, window.document.report).params == 1_003_862

    hands.open_tab("Plan")
    hands.type_into("plan.epochs", "1")
    hands.open_tab("Training")
    hands.click("training.train")
    result = hands.find(QLabel, "training.result")
    qtbot.waitUntil(lambda: "accuracy" in result.text().lower(), timeout=120_000)

    hands.choose("activations.layer", "conv2")
    caption = hands.find(QLabel, "activations.caption")
    qtbot.waitUntil(lambda: "32 maps · 24 × 24" in caption.accessibleName(), timeout=30_000)
