"""What waits to be trained, above the list of runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QToolButton, QWidget

from gui.icons import action_icon
from gui.parts.widgets import FlowLayout, label, link_button
from gui.theme import SMALL

if TYPE_CHECKING:
    from gui.run_queue import RunQueue, Waiting
    from gui.theme import Theme

_LONGEST = 28  # letters of a label
_MOST = 4  # that are shown before somebody asks for all
_HEIGHT = 24  # pixels of a line


class QueueStrip(QWidget):
    """A chip for each drawing that waits; a click takes it out. Hidden while nothing waits."""

    def __init__(self, queue: RunQueue, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("runs.queue")
        self._queue, self._theme = queue, theme
        self._chips: list[QToolButton] = []
        self._flow = FlowLayout(SMALL)
        self.setLayout(self._flow)
        self._words = label("", "muted")
        self._words.setObjectName("runs.queue.words")
        self._go_on = link_button(self.tr("Train them"), "runs.queue.go_on")
        self._go_on.clicked.connect(queue.go_on)
        for part in (self._words, self._go_on):
            part.setMinimumHeight(_HEIGHT)
        self._others = link_button("", "runs.queue.others")
        self._others.setMinimumHeight(_HEIGHT)
        self._others.clicked.connect(self._on_others_clicked)
        self._shows_all = False
        self._flow.addWidget(self._words)
        self._flow.addWidget(self._go_on)
        queue.changed.connect(self._show)
        self._show()

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of another theme."""
        self._theme = theme
        self._show()

    def _show(self) -> None:
        for chip in self._chips:
            self._flow.removeWidget(chip)
            chip.hide()
            chip.deleteLater()
        waiting = self._queue.waiting
        shown = waiting if self._shows_all else waiting[:_MOST]
        self._chips = [self._chip(number, one) for number, one in enumerate(shown)]
        self._flow.removeWidget(self._others)
        for part in (*self._chips, self._others):
            self._flow.addWidget(part)
            part.show()
        more = len(waiting) - len(shown)
        fewer = self.tr("Show less")
        self._others.setText(self.tr("and {0} more").format(more) if more else fewer)
        self._others.setVisible(len(waiting) > _MOST)
        words = self.tr("Trained next:")
        if self._queue.is_held:
            words = self.tr("Held since you stopped a training:")
        elif self._queue.is_looking:
            words = self.tr("Trained once all images are looked at:")
        self._words.setText(words)
        self._go_on.setVisible(self._queue.is_held)
        self.setVisible(bool(waiting))
        self._flow.invalidate()
        self.updateGeometry()

    def _on_others_clicked(self) -> None:
        self._shows_all = not self._shows_all
        self._show()

    def _chip(self, number: int, one: Waiting) -> QToolButton:
        made = QToolButton()
        made.setObjectName(f"runs.queue.remove.{number}")
        name = one.label
        made.setText(name if len(name) <= _LONGEST else f"{name[: _LONGEST - 1]}…")
        made.setIcon(action_icon("clear", self._theme))
        made.setIconSize(QSize(12, 12))
        made.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        made.setLayoutDirection(Qt.LayoutDirection.RightToLeft)  # the cross stands at the right
        made.setStyleSheet(
            f"QToolButton {{ background: {self._theme.raised}; color: {self._theme.text};"
            f" border-color: {self._theme.border}; padding: 1px 6px; }}"
        )
        tip = self.tr("Take {0} out of the queue").format(name)
        made.setToolTip(tip)
        made.setAccessibleName(tip)
        made.clicked.connect(lambda: self._queue.remove(one))
        return made
