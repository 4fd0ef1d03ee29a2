"""Work that may wait until the canvas is painted: an edit of a large drawing is felt at once.

In a small drawing all views follow an edit in the same frame; nobody could see a difference.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

if TYPE_CHECKING:
    from collections.abc import Callable

    from graph.project import Project

LARGE = 100  # nodes; up to there a program is written in about a millisecond
_SHARE = 3  # after each millisecond of work the window has this many for other things


def is_large(project: Project) -> bool:
    """Say whether views of a drawing may lag behind its canvas."""
    return len(project.graph.nodes) > LARGE


class Later(QObject):
    """Something to be done once what is more urgent is painted; many wishes become one call.

    Slow work is done the more seldom: while a number is being dragged, it has a quarter of the
    window's time at most.
    """

    def __init__(self, work: Callable[[], None], parent: QObject) -> None:
        super().__init__(parent)
        self._work = work
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._do)

    def wish(self, project: Project) -> None:
        """Do it for this project: at once if that is small, else when there is time."""
        if not is_large(project):
            self._timer.stop()
            self._work()
        elif not self._timer.isActive():
            self._timer.start()

    @property
    def waits(self) -> bool:
        """Say whether something is still to be done."""
        return self._timer.isActive()

    def catch_up(self) -> None:
        """Do at once what still waits."""
        if self._timer.isActive():
            self._timer.stop()
            self._work()

    def _do(self) -> None:
        began = time.perf_counter()
        self._work()
        self._timer.setInterval(round((time.perf_counter() - began) * 1e3 * _SHARE))
