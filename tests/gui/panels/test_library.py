"""The library: everything in the registry, found by search, chosen by key, dragged out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QListWidget, QWidget

from graph import registry
from gui.panels.library.drag import LAYER_MIME, drag_pixmap
from gui.panels.library.panel import LibraryPanel
from gui.theme import LIGHT

if TYPE_CHECKING:
    from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent
    from pytestqt.qtbot import QtBot

    from gui.theme import Theme
    from tests.gui.panels.conftest import Drawn


@pytest.fixture
def panel(qtbot: QtBot, drawn: Drawn, theme: Theme) -> LibraryPanel:
    made = LibraryPanel(drawn.document, theme)
    qtbot.addWidget(made)
    made.resize(216, 600)
    made.show()
    return made


def shown(panel: LibraryPanel) -> list[str]:
    found = panel.findChild(QListWidget, "library.list")
    rows = (found.item(row) for row in range(found.count()))
    return [item.text() for item in rows if not item.isHidden()]


def test_every_layer_and_every_used_family_is_listed(panel: LibraryPanel) -> None:
    names = {spec.name for spec in registry.all_specs()}
    headings = {registry.FAMILIES[spec.family] for spec in registry.all_specs()}
    assert set(shown(panel)) == names | headings
    found = panel.list.findItems("Conv2D", Qt.MatchFlag.MatchExactly)
    spec = registry.find("Conv2D")
    assert spec is not None
    lines = found[0].toolTip().split("\n")
    assert " ".join(lines[1:]) == spec.summary
    assert max(map(len, lines)) <= 72


@pytest.mark.parametrize(
    ("text", "found"),
    [("maxpool", "MaxPooling2D"), ("fully connected", "Dense"), ("merge", "Concatenate")],
)
def test_a_search_finds_by_name_words_and_family(
    panel: LibraryPanel, qtbot: QtBot, text: str, found: str
) -> None:
    field = panel.findChild(QLineEdit, "library.search")
    QTest.keyClicks(field, text)
    assert found in shown(panel)
    assert len(shown(panel)) < 15
    with qtbot.waitSignal(panel.chosen) as chosen:
        QTest.keyClick(field, Qt.Key.Key_Return)
    assert chosen.args[0] in shown(panel)


def test_an_exact_name_is_what_enter_adds(panel: LibraryPanel, qtbot: QtBot) -> None:
    field = panel.findChild(QLineEdit, "library.search")
    QTest.keyClicks(field, "add")
    with qtbot.waitSignal(panel.chosen) as chosen:
        QTest.keyClick(field, Qt.Key.Key_Return)
    assert chosen.args == ["Add"]


def test_arrow_keys_walk_the_list_from_the_field_past_headings(panel: LibraryPanel) -> None:
    field = panel.findChild(QLineEdit, "library.search")
    seen = []
    for _ in range(4):
        QTest.keyClick(field, Qt.Key.Key_Down)
        seen.append(panel.list.currentItem().text())
    specs = [spec.name for spec in registry.all_specs()]
    assert seen == specs[:4]
    QTest.keyClick(field, Qt.Key.Key_Up)
    assert panel.list.currentItem().text() == specs[2]


def test_a_search_without_a_find_says_so_and_escape_ends_it(panel: LibraryPanel) -> None:
    field = panel.findChild(QLineEdit, "library.search")
    QTest.keyClicks(field, "perceptronium")
    words = panel.findChild(QWidget, "library.nothing")
    assert words.isVisible()
    assert "perceptronium" in words.text()
    QTest.keyClick(field, Qt.Key.Key_Escape)
    assert not words.isVisible()
    assert "Dense" in shown(panel)


def test_a_double_click_chooses(panel: LibraryPanel, qtbot: QtBot) -> None:
    item = panel.list.findItems("Dense", Qt.MatchFlag.MatchExactly)[0]
    panel.list.scrollToItem(item)
    place = panel.list.visualItemRect(item).center()
    QTest.mouseClick(panel.list.viewport(), Qt.MouseButton.LeftButton, pos=place)
    with qtbot.waitSignal(panel.chosen) as chosen:
        QTest.mouseDClick(panel.list.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert chosen.args == ["Dense"]


class Target(QWidget):
    """Takes a layer that is dropped on it."""

    def __init__(self) -> None:
        super().__init__()
        self.setAcceptDrops(True)
        self.dropped: list[str] = []
        self.hovered = False

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802 - Qt's name
        if event.mimeData().hasFormat(LAYER_MIME):
            self.hovered = True
            event.acceptProposedAction()

    def dragLeaveEvent(self, _event: QDragLeaveEvent) -> None:  # noqa: N802 - Qt's name
        self.hovered = False

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802 - Qt's name
        self.dropped.append(bytes(event.mimeData().data(LAYER_MIME).data()).decode())
        event.acceptProposedAction()


def test_a_layer_can_be_dragged_out_with_the_mouse(
    qtbot: QtBot, drawn: Drawn, theme: Theme
) -> None:
    both = QWidget()
    qtbot.addWidget(both)
    both.resize(600, 400)
    panel, target = LibraryPanel(drawn.document, theme, both), Target()
    panel.setGeometry(0, 0, 216, 400)
    target.setParent(both)
    target.setGeometry(216, 0, 384, 400)
    both.show()
    item = panel.list.findItems("Conv2D", Qt.MatchFlag.MatchExactly)[0]
    start = panel.list.visualItemRect(item).center()
    view = panel.list.viewport()
    there = view.mapFrom(both, QPoint(400, 200))
    for accepts in (False, True):
        QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=start)
        QTest.mouseMove(view, start + QPoint(30, 0))
        picture = both.findChild(QLabel, "library.dragged")
        assert picture.isVisible()
        QTest.mouseMove(view, there)
        assert target.hovered
        assert not picture.isVisible()
        if not accepts:
            QTest.keyClick(panel.list, Qt.Key.Key_Escape)
            assert not target.hovered
        QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=there)
        assert target.dropped == (["Conv2D"] if accepts else [])
        picture.setObjectName("")


def test_a_click_that_trembles_drags_nothing(panel: LibraryPanel) -> None:
    item = panel.list.findItems("Dense", Qt.MatchFlag.MatchExactly)[0]
    start = panel.list.visualItemRect(item).center()
    QTest.mousePress(panel.list.viewport(), Qt.MouseButton.LeftButton, pos=start)
    QTest.mouseMove(panel.list.viewport(), start + QPoint(2, 1))
    assert panel.findChild(QLabel, "library.dragged") is None
    QTest.mouseRelease(panel.list.viewport(), Qt.MouseButton.LeftButton, pos=start)


def test_the_picture_of_a_drag_has_the_familys_colour(panel: LibraryPanel) -> None:
    spec = registry.find("Conv2D")
    assert spec is not None
    image = drag_pixmap(spec, LIGHT, 2.0).toImage()
    colours = {
        image.pixelColor(x, y).name()
        for x in range(0, image.width(), 2)
        for y in range(0, image.height(), 2)
    }
    assert LIGHT.family(spec.family).lower() in colours
    assert LIGHT.accent.lower() in colours
    panel.set_theme(LIGHT)
