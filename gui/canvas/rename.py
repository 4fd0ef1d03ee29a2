"""Renaming a node where it stands: a line to type in, over its name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, Qt
from PySide6.QtWidgets import QLineEdit

from graph.checks import variable_fault
from gui.canvas import acts
from gui.canvas.faces import HEAD

if TYPE_CHECKING:
    from PySide6.QtGui import QFocusEvent, QKeyEvent

    from gui.canvas.view import CanvasView

_LEAST = (140, 28)  # width and height in pixels, however far away the node is


class NameEditor(QLineEdit):
    """The name of one node; Enter takes it over, Esc leaves it as it was.

    When the keyboard goes elsewhere, a name that the code can use is taken over.
    """

    def __init__(self, view: CanvasView, key: str) -> None:
        super().__init__(view.document.project.graph.nodes[key].label, view)
        self._view, self._key = view, key
        self._open = True
        self.setObjectName("canvas.rename")
        self.setAccessibleName(self.tr("Name"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.place()
        self.selectAll()
        self.show()
        self.setFocus(Qt.FocusReason.PopupFocusReason)

    def place(self) -> None:
        """Go to where the node's name is now."""
        if self._key not in self._view.drawing.row:
            self._leave()
            return
        box, zoom = self._view.node_rect(self._key), self._view.zoom
        width, height = max(box.width(), _LEAST[0]), max(round(HEAD * zoom), _LEAST[1])
        self.setGeometry(QRect(box.left(), box.top(), width, height))

    def _leave(self) -> None:
        if self._open:
            self._open = False
            self._view.show_bubble("", self.geometry().bottomLeft().toPointF())
            if self.hasFocus():
                self._view.setFocus(Qt.FocusReason.OtherFocusReason)
            self.close()

    def _take_over(self) -> bool:
        """Rename the node, or say why the code can't have this name."""
        name = self.text().strip()
        fault = variable_fault(name)
        if fault is not None:
            words = self.tr("The variable “{0}” {1}.").format(name, fault)
            self._view.show_bubble(words, self.geometry().bottomLeft().toPointF(), bad=True)
            return False
        if self._key in self._view.drawing.row:
            acts.rename(self._view.document, self._key, name)
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take the name over by Enter, and give it up by Esc."""
        if event.key() == Qt.Key.Key_Escape:
            self._leave()
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            if self._take_over():
                self._leave()
        else:
            super().keyPressEvent(event)
            event.accept()  # what a line has no use for is not meant for the canvas either

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Take the name over if the code can have it; a menu of the field itself is no end."""
        super().focusOutEvent(event)
        if event.reason() is not Qt.FocusReason.PopupFocusReason and self._open:
            self._take_over()
            self._leave()
