"""What is told above the canvas: short, over the drawing, and gone by itself when all went well."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QLabel, QPushButton

from graph import templates
from graph.edits import SetData
from graph.project import Data

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from gui.main_window import MainWindow

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", extend=True)


def test_a_program_saved_with_many_images_is_told_in_a_line(
    window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    shapes = tmp_path / "shapes"
    for label in ("circle", "cross"):
        (shapes / label).mkdir(parents=True)
        for at in range(30):
            Image.fromarray(np.full((8, 8), at, np.uint8)).save(shapes / label / f"{at}.png")
    window.document.add(templates.load("cnn"))
    window.document.push(SetData(Data(str(shapes))), "data")
    target = tmp_path / "out" / "mine.py"
    target.parent.mkdir()
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(target), ""))
    window.actions_by_id["file.export"].trigger()
    assert window.messages.text == "Saving mine.py …", "the window waits for no copying"
    qtbot.waitUntil(lambda: window.messages.text.startswith("Saved"))
    assert window.messages.text == "Saved mine.py and 60 files of data in data/."
    assert len(list((target.parent / "data").rglob("*.png"))) == 60
    assert window.settings.folder == target.parent, "the next dialog begins there"
    assert window.messages.isVisible()
    window.messages._passing.setInterval(1)  # not the seconds that a person needs to read it
    QTest.qWait(20)
    assert not window.messages.isVisible()


def test_a_long_message_is_three_lines_until_all_of_it_is_wanted(window: MainWindow) -> None:
    window.document.add(templates.load("mlp"))
    window.show_canvas()
    before = window.canvas.geometry()
    window.messages.tell(long := "A file that is far away can't be read. " * 60)
    line = window.messages.fontMetrics().lineSpacing()
    shown = window.messages.findChild(QLabel, "messages.text")
    assert shown.text().endswith(" …")
    assert window.messages.height() < 5 * line
    assert window.canvas.geometry() == before, "the drawing stays where it is"
    more = window.messages.findChild(QPushButton, "messages.more")
    QTest.mouseClick(more, Qt.MouseButton.LeftButton)
    assert shown.text() == long
    assert more.isHidden()
    assert window.messages.height() > 6 * line
    window.messages.tell("Short.")
    assert shown.text() == "Short."
    assert window.messages.height() < 3 * line


def test_a_message_does_not_hide_the_head_of_the_first_page(window: MainWindow) -> None:
    window.show_start()
    window.messages.tell("Drawings of last time are there.")
    top = window.start.viewport().geometry().top()
    assert top >= window.messages.height() > 0
    QTest.mouseClick(
        window.messages.findChild(QPushButton, "messages.dismiss"), Qt.MouseButton.LeftButton
    )
    assert window.start.viewport().geometry().top() < top
