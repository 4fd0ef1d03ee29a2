"""Two pages of an evaluation: the confusion matrix with a cell's samples, and the mistakes."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from engine import scores
from gui.panels.evaluation.figures import class_tip, describe
from gui.panels.evaluation.gallery import Gallery, Line, Tile
from gui.panels.evaluation.matrix import MatrixView
from gui.parts.combo import named_combo
from gui.parts.mapsheet import input_image
from gui.parts.widgets import ElidedLabel, label, link_button
from gui.theme import MEDIUM, TINY

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QImage

    from engine import protocol
    from engine.evaluating import Judgement
    from engine.scores import Array
    from gui.panels.evaluation.asking import Asking
    from gui.runner import Failure
    from gui.theme import Theme

    Describe = Callable[[int], tuple[tuple[Line, ...], str]]

_PAGE = 48  # samples that are fetched at a time
_PICTURES = 3  # of one sample, that are shown
_NUMBERS = 6  # of a sample that is no picture
_SIDE_WIDTH = 122
_CELL_WORDS = 36
_CELL_WIDTH = 160  # of the samples beside the matrix


class Feed(QObject):
    """Brings samples into a gallery, some at a time, as far as a person scrolls."""

    def __init__(self, name: str, gallery: Gallery, asking: Asking) -> None:
        super().__init__(gallery)
        self._name, self._gallery, self._asking = name, gallery, asking
        self._key = object()
        self._of: protocol.Evaluate | None = None
        self._indices: Array = np.zeros(0, np.int64)
        self._echo: tuple[int, int] | None = None  # an Input and the output that gives it back
        self._describe: Describe = lambda _sample: ((), "")
        gallery.tiles.wanted_more.connect(self._fetch)
        asking.samples_came.connect(self._on_samples_came)
        asking.samples_refused.connect(self._on_samples_refused)

    def show_samples(
        self,
        of: protocol.Evaluate,
        indices: Array,
        describe: Describe,
        echo: tuple[int, int] | None = None,
    ) -> None:
        """Show these samples, in this order."""
        self._of, self._indices, self._describe, self._echo = of, indices, describe, echo
        self._key = object()
        self._gallery.tiles.show_tiles([], len(indices))
        if len(indices):
            self._fetch()

    def clear(self) -> None:
        """Show none."""
        self._of, self._key = None, object()
        self._gallery.tiles.show_tiles([], 0)

    def _fetch(self) -> None:
        first = self._gallery.tiles.rowCount()
        if self._of is not None:
            wanted = self._indices[first : first + _PAGE].tolist()
            self._asking.fetch(self._name, (self._key, first), self._of, wanted)

    def _on_samples_came(self, key: tuple[object, int], came: protocol.SamplesReady) -> None:
        first = self._gallery.tiles.rowCount()
        if key != (self._key, first):
            return
        samples = self._indices[first : first + _PAGE]
        tiles = [self._tile(came, at, int(n)) for at, n in enumerate(samples)]
        if tiles and not first:
            self._gallery.show_pictures(max(len(tile.pictures) for tile in tiles))
        self._gallery.tiles.add(tiles)

    def _on_samples_refused(self, key: tuple[object, int], failure: Failure) -> None:
        if key[0] is self._key:
            lines = (Line("can't be shown", "error"),)
            self._gallery.tiles.show_tiles([Tile(0, (), "", lines, failure.sentence)], 1)

    def _tile(self, came: protocol.SamplesReady, at: int, sample: int) -> Tile:
        shown = [values[at] for values in came.inputs]
        if self._echo is not None:
            given, output = self._echo
            shown = [shown[given], came.outputs[output][at].reshape(shown[given].shape)]
        pictures = tuple(_picture(values) for values in shown if _is_picture(values))[:_PICTURES]
        numbers = next((_numbers(values) for values in shown if not _is_picture(values)), "")
        lines, tip = self._describe(sample)
        if came.files:
            tip = "\n".join((tip, *came.files[at]))
        return Tile(sample, pictures, "" if pictures else numbers, lines, tip)


def _is_picture(values: Array) -> bool:
    if values.ndim == 1:  # a flattened picture
        side = math.isqrt(values.size)
        return values.dtype.kind == "f" and values.size >= 64 and side * side == values.size
    return values.ndim in {2, 3} and min(values.shape[:2]) >= 4


def _picture(values: Array) -> QImage:
    return input_image(values)[0]


def _numbers(values: Array) -> str:
    flat = np.asarray(values).reshape(-1)
    words = " ".join(f"{float(value):.4g}" for value in flat[:_NUMBERS])
    return words + (" …" if flat.size > _NUMBERS else "")


class MatrixPage(QWidget):
    """The confusion matrix, and beside it the samples of the chosen cell."""

    def __init__(self, theme: Theme, asking: Asking) -> None:
        super().__init__()
        self.matrix = MatrixView(theme)
        self.heading = ElidedLabel("", "muted")
        self.heading.setObjectName("evaluation.cell")
        self.shares = link_button(self.tr("Show percent"), "evaluation.shares")
        self.code = link_button(self.tr("Code"), "evaluation.code")
        self.code.setToolTip(self.tr("Show the program that makes this matrix"))
        self.gallery = Gallery(theme, "evaluation.cell.samples")
        self.gallery.set_words(_CELL_WORDS)
        self.gallery.setMinimumWidth(_CELL_WIDTH)
        self.feed = Feed("cell", self.gallery, asking)
        self._shown: tuple[protocol.Evaluate, Judgement] | None = None
        side = QVBoxLayout()
        side.setSpacing(TINY)
        side.addWidget(self.heading)
        links = QHBoxLayout()
        links.addWidget(self.shares)
        links.addStretch(1)
        links.addWidget(self.code)
        side.addLayout(links)
        side.addWidget(self.gallery, 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(MEDIUM)
        row.addWidget(self.matrix, 3)
        row.addLayout(side, 2)
        self.matrix.cell_chosen.connect(self._on_cell_chosen)
        self.shares.clicked.connect(self._on_shares_clicked)

    def show_judgement(self, of: protocol.Evaluate, one: Judgement) -> None:
        """Show an output's matrix, and no samples yet."""
        self._shown = (of, one)
        self.gallery.set_words(_CELL_WORDS)
        matrix = one.classes.matrix if one.classes is not None else np.zeros((0, 0), np.int64)
        self.matrix.show_matrix(matrix, [one.output.name_of(n) for n in range(len(matrix))])
        self.heading.show_text(self.tr("Click a cell: its samples."))
        self.feed.clear()

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of another theme."""
        self.matrix.set_theme(theme)
        self.gallery.set_theme(theme)

    def _on_shares_clicked(self) -> None:
        shares = not self.matrix.sheet.shares
        self.matrix.show_shares(shares=shares)
        self.shares.setText(self.tr("Show counts") if shares else self.tr("Show percent"))

    def _on_cell_chosen(self, truth: int, predicted: int) -> None:
        if self._shown is None or self._shown[1].classes is None:
            return
        of, one = self._shown
        made = self._shown[1].classes.of
        words = self.matrix.sheet.words((truth, predicted))
        self.heading.show_text(words.partition(" of ")[0], words)

        def describe(sample: int) -> tuple[tuple[Line, ...], str]:
            sure = float(made.probabilities[sample, predicted])
            return (Line(f"{sure:.2f}", "muted", code=True),), class_tip(one, sample)

        self.feed.show_samples(of, scores.in_cell(made, truth, predicted), describe)


class SamplesPage(QWidget):
    """The gallery of mistakes and of what is right, the worst first."""

    def __init__(self, theme: Theme, asking: Asking) -> None:
        super().__init__()
        self.which = named_combo("evaluation.which", self.tr("Which samples"), 6)
        for words, which in (("mistakes", "wrong"), ("right ones", "right"), ("all", "all")):
            self.which.addItem(self.tr(words), which)
        self.order = named_combo("evaluation.order", self.tr("Order"), 6)
        self.order.addItem(self.tr("worst first"), True)
        self.order.addItem(self.tr("best first"), False)
        self.count = label("", "muted", wrap=True)
        self.count.setObjectName("evaluation.count")
        self.gallery = Gallery(theme, "evaluation.samples")
        self.feed = Feed("samples", self.gallery, asking)
        self._shown: tuple[protocol.Evaluate, Judgement, int] | None = None
        side = QVBoxLayout()
        side.setSpacing(TINY)
        side.addWidget(self.which)
        side.addWidget(self.order)
        side.addWidget(self.count)
        side.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(MEDIUM)
        row.addLayout(side)
        row.addWidget(self.gallery, 1)
        for box in (self.which, self.order):
            box.setFixedWidth(_SIDE_WIDTH)
            box.activated.connect(lambda _index: self._show())

    def show_judgement(self, of: protocol.Evaluate, one: Judgement, number: int) -> None:
        """Show the samples of an output, which is the model's ``number``-th."""
        self._shown = (of, one, number)
        self.which.setVisible(one.classes is not None or one.labels is not None)
        echoes = one.errors is not None and one.output.echo is not None
        self.gallery.set_words(*((38, 2) if echoes else (88, 1)))
        if self.isVisible():
            self._show()
        else:
            self.feed.clear()

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of another theme."""
        self.gallery.set_theme(theme)

    def showEvent(self, event: object) -> None:
        """Fetch samples when the page is seen."""
        super().showEvent(event)  # type: ignore[arg-type] # Qt's event
        if not self.gallery.tiles.tiles:
            self._show()

    def _show(self) -> None:
        if self._shown is None:
            return
        of, one, number = self._shown
        indices = self._indices(one)
        self.count.setText(
            self.tr("{0:,} samples").format(len(indices)) if len(indices) else self.tr("none")
        )
        echo = None
        if one.errors is not None and one.output.echo is not None:
            echo = (one.output.echo, number)
        self.feed.show_samples(of, indices, lambda sample: describe(one, sample), echo)

    def _indices(self, one: Judgement) -> Array:
        worst_first: bool = self.order.currentData()
        which: scores.Which = self.which.currentData()
        if one.labels is not None:
            return scores.ranked_by_labels(one.labels.of, which, worst_first=worst_first)
        if one.classes is not None:
            return scores.ranked(one.classes.of, which, worst_first=worst_first)
        errors = one.numbers.errors if one.numbers is not None else one.errors
        if errors is None:
            return np.zeros(0, np.int64)
        order = np.argsort(errors, kind="stable")
        return np.asarray(order[::-1] if worst_first else order)
