"""The samples of the data: one at a time, followed through all branches of the drawing."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSpinBox, QVBoxLayout, QWidget

from graph.classnames import label_names
from graph.datavalues import LABEL
from gui.icons import action_icon
from gui.panels.data.strip import Branch, SampleStrip, Tile, tile
from gui.parts.editors import Combo
from gui.parts.widgets import icon_button, label, scrolling, set_property, turned
from gui.theme import MEDIUM, SMALL, TINY

if TYPE_CHECKING:
    from PySide6.QtGui import QShowEvent

    from gui.document import Document
    from gui.panels.data.asking import Answer, SampleAsking
    from gui.theme import Theme

_PARTS = {"train": "training", "validation": "validation", "test": "test"}


class SamplesPage(QWidget):
    """Buttons that choose a sample, and the sample below."""

    def __init__(self, document: Document, theme: Theme, asking: SampleAsking) -> None:
        super().__init__()
        self.setObjectName("samples")
        self._document, self._asking = document, asking
        self.part = self._combo("samples.part", self.tr("Part of the data"))
        for key, text in _PARTS.items():
            self.part.addItem(self.tr(text), key)
        self.back = icon_button("chevron-right", theme, self.tr("Previous sample"), "samples.back")
        self.next = icon_button("chevron-right", theme, self.tr("Next sample"), "samples.next")
        self.number = QSpinBox()
        self.number.setObjectName("samples.number")
        self.number.setAccessibleName(self.tr("Number of the sample, from 0"))
        self.number.setKeyboardTracking(False)
        self.random = QPushButton(self.tr("Random"))
        self.random.setObjectName("samples.random")
        self.label = self._combo("samples.label", self.tr("Label"))
        self.strip = SampleStrip(theme)
        self.notice = label("", "muted", wrap=True)
        self.notice.setObjectName("samples.notice")
        self._lay_out()
        self.set_theme(theme)
        self.part.activated.connect(lambda _n: self._go(0))
        self.label.activated.connect(lambda _n: self._step(0))
        self.back.clicked.connect(lambda: self._step(-1))
        self.next.clicked.connect(lambda: self._step(1))
        self.random.clicked.connect(self._on_random)
        self.number.valueChanged.connect(lambda value: self._asking.want(index=value))
        asking.answered.connect(self._on_answered)
        asking.refused.connect(self._on_refused)
        asking.waiting.connect(self._on_waiting)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(TINY)
        for part in (self.part, self.back, self.number, self.next, self.random, self.label):
            head.addWidget(part)
        head.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(MEDIUM, TINY, MEDIUM, TINY)
        column.setSpacing(SMALL)
        column.addLayout(head)
        column.addWidget(self.notice)
        column.addWidget(scrolling(self.strip), 1)

    def _combo(self, name: str, words: str) -> Combo:
        box = Combo()
        box.setObjectName(name)
        box.setAccessibleName(words)
        box.setToolTip(words)
        box.setProperty("role", "")  # words, not code
        box.setMinimumWidth(96)
        return box

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of another theme."""
        icon = action_icon("chevron-right", theme)
        self.next.setIcon(icon)
        self.back.setIcon(turned(icon))
        self.strip.set_theme(theme)

    def showEvent(self, event: QShowEvent) -> None:
        """Fetch the sample when the page is seen."""
        super().showEvent(event)
        self._asking.want(str(self.part.currentData()))

    def refresh(self) -> None:
        """Fetch the same sample of what the drawing is now."""
        self._asking.want()

    # --- choosing -----------------------------------------------------------------------------

    def _go(self, index: int) -> None:
        with QSignalBlocker(self.number):
            self.number.setMaximum(max(self.number.maximum(), index))
            self.number.setValue(index)
        self._asking.want(str(self.part.currentData()), index)

    def _candidates(self) -> np.ndarray:
        """Return the samples of the part that have the chosen label."""
        parts, part = self._asking.parts, str(self.part.currentData())
        wanted = self.label.currentData()
        labels = parts.labels.get(part)
        if wanted is None or labels is None:
            return np.arange(parts.counts.get(part, 0))
        return np.flatnonzero(labels == wanted)

    def _step(self, by: int) -> None:
        """Go to the next sample of the label in a direction; 0: stay if it has the label."""
        found = self._candidates()
        if not len(found):
            return
        now = self.number.value()
        if by > 0:
            place = int(np.searchsorted(found, now, side="right"))
        else:
            place = int(np.searchsorted(found, now)) + by
        self._go(int(found[place % len(found)]))

    def _on_random(self) -> None:
        found = self._candidates()
        if len(found):
            self._go(int(random.choice(found)))  # noqa: S311 - which sample is looked at

    # --- showing ------------------------------------------------------------------------------

    def _on_answered(self, answer: Answer) -> None:
        self._show_parts()
        if not answer.staged.values:
            self.strip.show_branches(())
            self._say(self.tr("There is no such part: the plan holds out no validation samples."))
            return
        self._say("")
        self.strip.show_branches(self._branches(answer))

    def _branches(self, answer: Answer) -> list[Branch]:
        source, nodes = self._document.project.data.source, self._document.project.graph.nodes
        found: dict[tuple[bool, object], list[Tile]] = {}
        for stage, value in zip(answer.staging.stages, answer.staged.values, strict=True):
            column = stage.bound.column
            names: tuple[str, ...] = ()
            if column is not None and column.kind == LABEL:
                names = label_names(source, column)
            tiles = found.setdefault((stage.is_output, stage.bound.port), [])
            tiles.append(tile(stage.text, value, names))
        ordered = sorted(found.items(), key=lambda pair: pair[0][0])  # Inputs first
        return [
            Branch(nodes[port.node].label if port.node in nodes else "", tuple(tiles))  # type: ignore[attr-defined] # a Port
            for (_, port), tiles in ordered
        ]

    def _show_parts(self) -> None:
        parts, part = self._asking.parts, str(self.part.currentData())
        count = parts.counts.get(part, 0)
        with QSignalBlocker(self.number), QSignalBlocker(self.label):
            self.number.setMaximum(max(0, count - 1))
            self.number.setToolTip(self.tr("One of {0}, counted from 0").format(f"{count:,}"))
            texts = [self.label.itemText(at) for at in range(1, self.label.count())]
            if texts != [*parts.names] or not self.label.count():
                self.label.clear()
                self.label.addItem(self.tr("any label"), None)
                for number, name in enumerate(parts.names):
                    self.label.addItem(name, number)
        self.label.setVisible(bool(parts.names))

    def _on_refused(self, sentence: str, tip: str) -> None:
        self.strip.show_branches(())
        self._say(sentence, error=bool(tip), tip=tip)

    def _on_waiting(self, sentence: str) -> None:
        self._say(sentence)

    def _say(self, sentence: str, *, error: bool = False, tip: str = "") -> None:
        self.notice.setText(sentence)
        self.notice.setToolTip(tip)
        set_property(self.notice, "role", "error" if error else "muted")
        self.notice.setVisible(bool(sentence))
