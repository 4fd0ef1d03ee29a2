"""Looking for repairs: in a large drawing a candidate at a time, between other work."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from graph.repairs import Repair, search
from gui.later import is_large

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graph.inference import Report
    from graph.problems import Problem
    from graph.project import Project


class RepairSearch(QObject):
    """The repairs of the problems of one drawing, found when somebody first asks.

    Signals:
        found(Problem): all repairs of this problem are known now.
    """

    found = Signal(object)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._known: dict[Problem, tuple[Repair, ...]] = {}
        self._under_way: dict[Problem, tuple[Iterator[Repair | None], list[Repair]]] = {}
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._step)

    def forget(self) -> None:
        """Take note that the drawing has become another one."""
        self._known.clear()
        self._under_way.clear()
        self._timer.stop()

    def of(self, project: Project, report: Report, problem: Problem) -> tuple[Repair, ...] | None:
        """Return a problem's repairs; None if they are still being looked for."""
        if problem in self._known:
            return self._known[problem]
        if not is_large(project):
            tried = search(project, report, problem)
            self._known[problem] = tuple(one for one in tried if one is not None)
            return self._known[problem]
        if problem not in self._under_way:
            self._under_way[problem] = search(project, report, problem), []
            self._timer.start()
        return None

    def _step(self) -> None:
        problem, (tried, offered) = next(iter(self._under_way.items()))
        for repair in tried:
            if repair is not None:
                offered.append(repair)
            return  # the next one when the window has nothing else to do
        del self._under_way[problem]
        if not self._under_way:
            self._timer.stop()
        self._known[problem] = tuple(offered)
        self.found.emit(problem)
