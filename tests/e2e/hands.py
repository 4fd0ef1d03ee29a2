"""A person's hands: mouse and keys on widgets found by their object name, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractItemView, QComboBox, QListWidget, QTabBar, QWidget

if TYPE_CHECKING:
    from gui.canvas.view import CanvasView

LEFT = Qt.MouseButton.LeftButton
W = TypeVar("W", bound=QWidget)


class Hands:
    """Finds widgets of one window by name and works them with mouse and keys."""

    def __init__(self, window: QWidget) -> None:
        self.window = window

    def find(self, kind: type[W], name: str) -> W:
        found = self.window.findChildren(kind, name)
        assert found, f"there is no {kind.__name__} called {name}"
        seen = [one for one in found if one.isVisible()]
        return (seen or found)[0]

    @property
    def canvas(self) -> CanvasView:
        from gui.canvas.view import CanvasView  # noqa: PLC0415 - only for the type of the search

        return self.find(CanvasView, "canvas")

    def click(self, name: str) -> None:
        widget = self.find(QWidget, name)
        assert widget.isVisible(), f"{name} can't be seen"
        assert widget.isEnabled(), f"{name} can't be clicked"
        QTest.mouseClick(widget, LEFT)

    def drag_layer(self, kind: str, to: QPoint) -> None:
        """Drag a layer from the library to a point of the canvas."""
        library = self.find(QListWidget, "library.list")
        named = library.findItems(kind, Qt.MatchFlag.MatchExactly)
        (item,) = (one for one in named if one.flags() & Qt.ItemFlag.ItemIsSelectable)
        library.scrollToItem(item, QAbstractItemView.ScrollHint.PositionAtCenter)
        source = library.viewport()
        start = library.visualItemRect(item).center()
        end = source.mapFromGlobal(self.canvas.mapToGlobal(to))
        QTest.mousePress(source, LEFT, pos=start)
        for step in range(1, 6):
            QTest.mouseMove(source, start + (end - start) * step / 5)
        QTest.mouseRelease(source, LEFT, pos=end)

    def drag_wire(self, start: QPoint, end: QPoint) -> None:
        QTest.mousePress(self.canvas, LEFT, pos=start)
        for step in range(1, 6):
            QTest.mouseMove(self.canvas, start + (end - start) * step / 5)
        QTest.mouseRelease(self.canvas, LEFT, pos=end)

    def type_into(self, name: str, text: str) -> None:
        field = self.find(QWidget, name)
        QTest.mouseClick(field, LEFT)
        QTest.keyClick(field, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        QTest.keyClicks(field, text)
        QTest.keyClick(field, Qt.Key.Key_Return)

    def choose(self, name: str, text: str) -> None:
        """Choose an entry of a combo box by its keys."""
        box = self.find(QComboBox, name)
        at = box.findText(text)
        assert at >= 0, f"{name} offers {[box.itemText(i) for i in range(box.count())]}"
        box.setFocus()
        QTest.keyClick(box, Qt.Key.Key_Home)
        while box.currentIndex() < at:
            before = box.currentIndex()
            QTest.keyClick(box, Qt.Key.Key_Down)
            assert box.currentIndex() != before, f"{name} doesn't move to {text}"

    def open_tab(self, title: str) -> None:
        for bar in self.window.findChildren(QTabBar):
            for at in range(bar.count()):
                if bar.isVisible() and bar.tabText(at).split(" ")[0] == title:
                    QTest.mouseClick(bar, LEFT, pos=bar.tabRect(at).center())
                    return
        raise AssertionError(f"no tab is called {title}")
