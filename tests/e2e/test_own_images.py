"""docs/own-images.md by mouse and keys: own images, two inputs, training, confusion matrix."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtWidgets import QLabel, QTableView

from gui.panels.evaluation.panel import EvaluationPanel
from tests import windows
from tests.e2e import own_images
from tests.e2e.hands import Hands

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from gui.main_window import MainWindow

# what the offscreen platform says at a menu
pytestmark = pytest.mark.qt_log_ignore("raise", "grabbing the keyboard", extend=True)


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MainWindow]:
    monkeypatch.setenv("LAYERLOOM_RUNS", str(tmp_path / "runs"))
    monkeypatch.setenv("LAYERLOOM_CACHE", str(tmp_path / "cache"))
    with windows.shown(
        qtbot, tmp_path, size=(1440, 900), first_start=True, engine_at_once=True
    ) as made:
        yield made


@pytest.mark.engine
def test_a_folder_of_images_becomes_a_confusion_matrix(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    hands = Hands(window)
    own_images.bind(hands, own_images.make(tmp_path))
    assert [one.kind for one in window.document.problems] == ["rows"]  # 3.png, a warning
    hands.open_tab("Problems")
    hands.click("problems.rows")
    rows = hands.find(QTableView, "leftout.rows")
    qtbot.waitUntil(rows.isVisible)
    assert "3.png" in rows.model().index(0, 2).data()
    hands.open_tab("Plan")
    hands.type_into("plan.epochs", "2")
    hands.open_tab("Training")
    hands.click("training.train")
    result = hands.find(QLabel, "training.result")
    qtbot.waitUntil(lambda: "accuracy" in result.text().lower(), timeout=120_000)
    hands.open_tab("Evaluation")
    qtbot.waitUntil(lambda: window.findChild(EvaluationPanel) is not None)
    panel = window.findChild(EvaluationPanel)
    qtbot.waitUntil(panel.button.isEnabled)
    hands.click(panel.button.objectName())
    qtbot.waitUntil(lambda: panel.matrix.matrix.sheet.matrix is not None, timeout=60_000)
    qtbot.waitUntil(lambda: not panel.asking.is_evaluating, timeout=60_000)
    counts = panel.matrix.matrix.sheet.matrix
    assert counts.shape == (4, 4)
    assert counts.sum() == 480
    assert counts.trace() > 0.6 * counts.sum()
