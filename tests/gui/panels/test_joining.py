"""Further tables in the data panel: dropped, joined, matched by a column, taken out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QComboBox, QFileDialog, QLabel, QMenu, QToolButton

from gui.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

    import pytest
    from pytestqt.qtbot import QtBot

    from gui.panels.data.binder import BinderPanel
    from tests.gui.panels.conftest import Drawn


def test_a_table_is_dropped_and_another_one_joined(
    binder: BinderPanel, mlp: Drawn, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LAYERLOOM_CACHE", str(tmp_path / "cache"))
    rows = range(30)
    first, second = tmp_path / "one.csv", tmp_path / "two.csv"
    first.write_text("key,kind\n" + "\n".join(f"{n},{'ab'[n % 2]}" for n in rows))
    second.write_text("key,weight\n" + "\n".join(f"{n},{n / 7}" for n in rows[:20]))
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(first))])
    drop = QDropEvent(
        QPointF(9, 9),
        Qt.DropAction.CopyAction,
        mime,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    binder.dropEvent(drop)
    about = binder.findChild(QLabel, "binder.about")
    qtbot.waitUntil(lambda: "24 training and 6 test samples" in about.text())
    settings = binder.picker.settings = Settings.in_file(tmp_path / "settings.ini")
    table = binder.findChild(QMenu, "binder.join.menu").actions()[0]
    table.trigger()
    dialog = binder.findChild(QFileDialog, "binder.dialog")
    dialog.fileSelected.emit(str(second))
    dialog.reject()
    assert settings.folder == tmp_path, "the next dialog begins there"
    qtbot.waitUntil(lambda: mlp.document.project.data.joined == (str(second),))
    qtbot.waitUntil(lambda: "10 rows are left out" in about.text())
    combo = binder.findChild(QComboBox, "binder.input.0.column")
    assert "weight" in [combo.itemText(at) for at in range(combo.count())]
    assert "Rows are matched by “key”." in about.text()
    binder.findChild(QToolButton, "binder.joined.0.gone").click()
    qtbot.waitUntil(lambda: mlp.document.project.data.joined == ())
    qtbot.waitUntil(lambda: "24 training and 6 test samples" in about.text())


def test_the_column_that_matches_rows_is_said_and_chosen(
    binder: BinderPanel, mlp: Drawn, tmp_path: Path, qtbot: QtBot
) -> None:
    rows = range(30)
    first, second = tmp_path / "one.csv", tmp_path / "two.csv"
    lines = (f"{n},{29 - n},{n / 7},{'ab'[n % 2]}" for n in rows)
    first.write_text("patient,visit,size,kind\n" + "\n".join(lines))
    lines = (f"{n},{n},{n + 50},{n / 3}" for n in rows)
    second.write_text("patient,visit,size,weight\n" + "\n".join(lines))
    binder.use(str(first))
    document = mlp.document
    qtbot.waitUntil(lambda: document.project.data.source == str(first))
    box = binder.findChild(QComboBox, "binder.key")
    assert not box.isVisible(), "one table has nothing to be matched with"
    binder._on_joined((str(second),))
    about = binder.findChild(QLabel, "binder.about")
    qtbot.waitUntil(lambda: "Rows are matched by “patient”." in about.text())
    assert "24 training and 6 test samples" in about.text()
    assert box.isVisible()
    box.activated.emit(box.findData("visit"))
    qtbot.waitUntil(lambda: document.project.data.key == "visit")
    qtbot.waitUntil(lambda: "Rows are matched by “visit”." in about.text())
    box.activated.emit(box.findData("size"))
    qtbot.waitUntil(lambda: "have no row in common" in about.text())
    assert document.project.data.key == box.currentData() == "visit", "nothing is changed"
    document.sheet.stack.undo()
    qtbot.waitUntil(lambda: "Rows are matched by “patient”." in about.text())
    assert box.currentData() == ""
