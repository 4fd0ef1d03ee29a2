"""The combo box in little room."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QEvent, QPoint
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QApplication, QToolTip

from gui.parts.combo import Combo
from gui.theme import DARK, apply_theme

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

LONG = "sparse_categorical_crossentropy · automatic"


def told(box: Combo) -> str:
    middle = box.rect().center()
    QApplication.sendEvent(
        box, QHelpEvent(QEvent.Type.ToolTip, middle, box.mapToGlobal(QPoint(middle)))
    )
    return QToolTip.text()


@pytest.mark.qt_log_ignore("raise", extend=True)  # the offscreen platform raises no tool tip
def test_a_long_text_is_shortened_and_told_whole(qtbot: QtBot, qapp: QApplication) -> None:
    apply_theme(qapp, DARK)
    box = Combo()
    box.addItems([LONG, "mse"])
    box.setToolTip("What training makes small.")
    qtbot.addWidget(box)
    with qtbot.waitExposed(box):
        box.show()
    box.resize(160, 28)
    long = box.grab().toImage()
    assert told(box) == f"{LONG}\nWhat training makes small."
    box.setItemText(0, LONG[:16] + "x" * 30)
    assert box.grab().toImage() == long, "what is beyond the room is not painted"
    box.setCurrentIndex(1)
    assert told(box) == "What training makes small."
    assert box.minimumSizeHint().width() < 100
    QToolTip.hideText()
