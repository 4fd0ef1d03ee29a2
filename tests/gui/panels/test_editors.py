"""Editors: what is legal is committed, what isn't stays with its sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QCheckBox, QComboBox, QLabel, QLineEdit, QWidget

from graph import params, paths, registry
from graph.params import Named
from graph.spec import Param
from gui.parts.editors import EDITORS, Editor, editor_for, spell

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from graph.params import Kind, Value


def shown(qtbot: QtBot, kind: Kind, value: Value) -> tuple[Editor, list[Value]]:
    editor = editor_for(Param("size", kind, None, required=False, doc=""))
    qtbot.addWidget(editor)
    editor.resize(200, 100)
    with qtbot.waitActive(editor):
        editor.show()
    committed: list[Value] = []
    editor.committed.connect(committed.append)
    editor.show_value(value)
    return editor, committed


def entered(editor: Editor, text: str) -> QLineEdit:
    field = editor.findChild(QLineEdit, "param.size")
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, text)
    QTest.keyClick(field, Qt.Key.Key_Return)
    return field


def test_every_parameter_of_every_layer_has_an_editor_that_shows_it(qtbot: QtBot) -> None:
    for spec in registry.all_specs():
        for param in spec.params:
            editor = editor_for(param)
            qtbot.addWidget(editor)
            editor.show_value(param.default, default=True)
            assert editor.findChild(QWidget, f"param.{param.name}") is not None


def test_every_kind_of_parameter_is_in_the_table() -> None:
    kinds = {
        made
        for made in (*vars(params).values(), *vars(paths).values())
        if isinstance(made, type) and hasattr(made, "parse") and made.__name__ != "Kind"
    }
    assert set(EDITORS) == kinds


@pytest.mark.parametrize(
    ("kind", "before", "text", "after"),
    [
        (params.Int(minimum=1), 32, "64", 64),
        (params.Float(minimum=0, maximum=1), 0.2, "0.25", 0.25),
        (params.Ints(length=2, minimum=1), (3, 3), "5", (5, 5)),
        (params.Ints(length=2, minimum=1), (3, 3), "5 x 7", (5, 7)),
        (params.Margins(), ((0, 0), (0, 0)), "1, 2", ((1, 1), (2, 2))),
        (params.Numbers(), 1.0, "1/255", 1 / 255),
        (params.Text(optional=True), None, "linear", "linear"),
        (params.Int(optional=True), 7, "none", None),
    ],
)
def test_what_a_person_types_becomes_a_value(
    qtbot: QtBot, kind: Kind, before: Value, text: str, after: Value
) -> None:
    editor, committed = shown(qtbot, kind, before)
    field = entered(editor, text)
    assert committed == [after]
    assert field.text() == spell(after)
    assert kind.parse(field.text()) == after


def test_an_illegal_entry_stays_with_its_sentence_and_is_not_committed(qtbot: QtBot) -> None:
    editor, committed = shown(qtbot, params.Int(minimum=1), 32)
    error = editor.findChild(QLabel, "param.size.error")
    field = entered(editor, "0")
    assert committed == []
    assert error.isVisible()
    assert error.text() == "size must be at least 1, not 0."
    assert field.property("invalid") is True
    QTest.keyClick(field, Qt.Key.Key_Escape)
    assert field.text() == "32"
    assert not error.isVisible()
    entered(editor, "many")
    assert "whole number" in error.text()
    entered(editor, "16")
    assert not error.isVisible()
    assert committed == [16]


def test_leaving_the_field_commits_and_leaving_it_untouched_does_not(qtbot: QtBot) -> None:
    editor, committed = shown(qtbot, params.Float(), 1 / 255)
    field = editor.findChild(QLineEdit, "param.size")
    field.setFocus()
    field.clearFocus()
    assert committed == []
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, "0.5")
    field.clearFocus()
    assert committed == [0.5]


def test_arrow_keys_step_a_whole_number_within_its_range(qtbot: QtBot) -> None:
    editor, committed = shown(qtbot, params.Int(minimum=1), 2)
    field = editor.findChild(QLineEdit, "param.size")
    field.setFocus()
    for key in (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Down):
        QTest.keyClick(field, key)
    assert committed == [3, 2, 1]


def wheel(widget: QWidget) -> None:
    at = QPointF(widget.rect().center())
    turn = QWheelEvent(
        at,
        QPointF(widget.mapToGlobal(at.toPoint())),
        QPoint(),
        QPoint(0, -120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(widget, turn)


def test_the_wheel_leaves_a_choice_without_focus_alone(qtbot: QtBot) -> None:
    editor, committed = shown(qtbot, params.Choice(("valid", "same")), "valid")
    combo = editor.findChild(QComboBox, "param.size")
    combo.clearFocus()
    wheel(combo)
    assert combo.currentText() == "valid"
    assert committed == []


def test_a_choice_is_made_by_keyboard(qtbot: QtBot) -> None:
    editor, committed = shown(qtbot, params.Choice(("valid", "same")), "valid")
    combo = editor.findChild(QComboBox, "param.size")
    combo.setFocus()
    QTest.keyClick(combo, Qt.Key.Key_Down)
    assert committed == ["same"]


def test_a_box_is_ticked(qtbot: QtBot) -> None:
    editor, committed = shown(qtbot, params.Bool(), value=False)
    box = editor.findChild(QCheckBox, "param.size")
    QTest.mouseClick(box, Qt.MouseButton.LeftButton, pos=QPoint(8, box.height() // 2))
    assert committed == [True]
    assert box.text() == "yes"


def test_an_object_shows_its_settings_and_keeps_only_those_that_were_set(qtbot: QtBot) -> None:
    editor, committed = shown(qtbot, params.Object("regularizer"), None)
    combo = editor.findChild(QComboBox, "param.size")
    assert editor.findChild(QLineEdit, "param.size.l2") is None
    combo.setFocus()
    QTest.keyClicks(combo, "L2")
    assert committed[-1] == Named("L2")
    field = editor.findChild(QLineEdit, "param.size.l2")
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, "0.001")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert committed[-1] == Named("L2", {"l2": 0.001})
    field.selectAll()
    QTest.keyClicks(field, "-1")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert committed[-1] == Named("L2", {"l2": 0.001})
    assert "at least 0" in editor.findChild(QLabel, "param.size.l2.error").text()
