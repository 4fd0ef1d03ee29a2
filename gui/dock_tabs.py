"""Docks in little room, and docks that share a place: one title for each, no tab bar of nobody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer
from PySide6.QtWidgets import (
    QDockWidget,
    QFrame,
    QMainWindow,
    QScrollArea,
    QTabBar,
    QVBoxLayout,
    QWidget,
)

if TYPE_CHECKING:
    from collections.abc import Iterable


_LEAST = QSize(180, 96)  # of a dock


def scrolled(panel: QWidget) -> QScrollArea:
    """Return a dock's content in which a panel scrolls if it needs more room than the dock has.

    Docks side by side would else make the window as wide as all their panels need: too wide for
    a small screen.
    """
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setMinimumSize(_LEAST)
    holder = QWidget()
    column = _Column(holder)
    column.setContentsMargins(0, 0, 0, 0)
    column.addWidget(panel)
    area.setWidget(holder)
    return area


class _Column(QVBoxLayout):
    """A column that a scroll area may make as low as its minimum.

    One with wrapped text in it would be given the height it likes best, and scroll without need.
    """

    def hasHeightForWidth(self) -> bool:
        """Tell the scroll area to look at the minimum."""
        return False


class DockTabs(QObject):
    """Keeps titles and tab bars of a window's docks in order while they are moved about."""

    def __init__(self, window: QMainWindow, docks: Iterable[QDockWidget]) -> None:
        super().__init__(window)
        self._window = window
        self._docks = tuple(docks)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)
        self._soon.timeout.connect(self.tidy)
        for dock in self._docks:
            dock.installEventFilter(self)
            dock.dockLocationChanged.connect(self._soon.start)
            dock.topLevelChanged.connect(self._soon.start)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Look again after a dock was moved, resized, shown or hidden."""
        kinds = {QEvent.Type.Move, QEvent.Type.Resize, QEvent.Type.Show, QEvent.Type.Hide}
        if event.type() in kinds:
            self._soon.start()
        return super().eventFilter(watched, event)

    def tidy(self) -> None:
        """Show a dock's title where no tab says it, and only the tab bars that are in use."""
        for dock in self._docks:
            has_tab = bool(self._window.tabifiedDockWidgets(dock)) and not dock.isFloating()
            plain = dock.titleBarWidget()
            if has_tab and plain is None:
                dock.setTitleBarWidget(QWidget())
            elif not has_tab and plain is not None:
                dock.setTitleBarWidget(None)  # type: ignore[arg-type] # None brings Qt's own back
                plain.deleteLater()
        self._hide_left_overs()

    def _hide_left_overs(self) -> None:
        """Hide tab bars that stand at no dock.

        When a second place of an area gets tabs, Qt 6.11 leaves the first bar it made for them
        behind; the one in use is the newest, right above the dock in front.
        """
        direct = Qt.FindChildOption.FindDirectChildrenOnly
        bars = self._window.findChildren(QTabBar, options=direct)
        used: set[QTabBar] = set()
        for dock in self._docks:
            if dock.isVisible() and self._window.tabifiedDockWidgets(dock):
                place = dock.geometry()
                above = [
                    bar
                    for bar in bars
                    if bar.geometry().left() == place.left()
                    and abs(bar.geometry().bottom() + 1 - place.top()) <= 2
                ]
                used.update(above[-1:])
        for bar in bars:
            if bar not in used and bar.isVisible():
                bar.hide()
