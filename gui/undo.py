"""The one undo command: a label, the project before and the project after."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QUndoCommand

if TYPE_CHECKING:
    from collections.abc import Callable

    from graph.project import Project


class Step(QUndoCommand):
    """One step back or forth. Steps with the same merge key that follow each other become one."""

    def __init__(
        self,
        label: str,
        before: Project,
        after: Project,
        show: Callable[[Project], None],
        merge: str | None = None,
    ) -> None:
        super().__init__(label)
        self._before = before
        self.after = after
        self._show = show
        self.merge_key = merge

    def id(self) -> int:
        """Tell Qt which steps may be tried for merging: all, `mergeWith` decides."""
        return 1 if self.merge_key is not None else -1

    def mergeWith(self, other: QUndoCommand) -> bool:
        """Take a following step into this one if it goes on with the same thing."""
        if not isinstance(other, Step) or other.merge_key != self.merge_key:
            return False
        self.after = other.after
        return True

    def undo(self) -> None:
        """Show the project as it was before."""
        self._show(self._before)

    def redo(self) -> None:
        """Show the project as it was after."""
        self._show(self.after)
