"""Notes below the outcome: the gravest in one line, all of them with the numbers in a window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton

from engine.diagnosis import Note
from gui.panels.training.notes import NoteLine

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

DEAD = Note(
    kind="dead units",
    sentence="92% of the units of hidden2 are dead: their ReLU gives 0 for every sample.",
    advice="Try a smaller learning rate.",
    epoch=3,
    evidence=("hidden1: 30% dead", "hidden2: 92% dead"),
)
OVERFITTING = Note(
    kind="overfitting",
    sentence="Overfitting begins at epoch 6: val_loss has risen by 40%.",
    advice="Try Dropout.",
    epoch=5,
    evidence=("val_loss, epochs 1 to 2: 0.5 0.7",),
)


def texts(line: NoteLine) -> str:
    dialog = line.window().findChild(object, "training.evidence") or line
    return "\n".join(one.text() for one in dialog.findChildren(QLabel) if one.isVisible())


def test_one_line_says_the_gravest_and_a_click_opens_all(qtbot: QtBot) -> None:
    line = NoteLine()
    qtbot.addWidget(line)
    assert not line.isVisible()
    line.show_notes((DEAD, OVERFITTING))
    line.resize(900, 30)
    sentence = line.findChild(QLabel, "training.note.sentence")
    assert line.isVisible()
    assert sentence.text() == DEAD.sentence
    line.resize(440, 30)
    assert sentence.text() == "92% of the units of hidden2 are dead"
    assert sentence.toolTip() == DEAD.sentence
    why = line.findChild(QPushButton, "training.note.why")
    assert why.text() == "Why? (+1)"
    qtbot.mouseClick(why, Qt.MouseButton.LeftButton)
    for note in (DEAD, OVERFITTING):
        assert note.sentence in texts(line)
        assert note.advice in texts(line)
        assert note.evidence[-1] in texts(line)
    line.show_notes((OVERFITTING,))
    qtbot.waitUntil(lambda: DEAD.sentence not in texts(line))
    assert why.text() == "Why?"
    line.show_notes(())
    assert not line.isVisible()
