"""The rows of the data that are left out, each with its file, its number, and why."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from graph import datasets
from graph.binding import bind
from graph.datavalues import FILE
from gui.data_reading import DataReading
from gui.panels.data.table import TextTableView
from gui.parts.widgets import label, link_button, set_property
from gui.theme import MEDIUM, SMALL, TINY

if TYPE_CHECKING:
    from PySide6.QtGui import QShowEvent

    from graph.columns import Bindings
    from gui.document import Document
    from gui.theme import Theme

_WIDTHS = (110, 56, 0)


class LeftOutPage(QWidget):
    """How many rows can be used, and the others in a table; images can be looked at again."""

    def __init__(self, document: Document, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("leftout")
        self._document = document
        self.summary = label("", wrap=True)
        self.summary.setObjectName("leftout.summary")
        self.again = link_button(self.tr("Look at the images again"), "leftout.again")
        self.again.setToolTip(self.tr("Decodes all images, to find those that can't be used."))
        self.cancel = link_button(self.tr("Cancel"), "leftout.cancel")
        self.bar = QProgressBar()
        self.bar.setObjectName("leftout.progress")
        self.bar.setTextVisible(False)
        headings = (self.tr("File"), self.tr("Row"), self.tr("Why it is left out"))
        self.view = TextTableView("leftout.rows", headings, (1,), _WIDTHS)
        self._lay_out()
        self._reading = DataReading(self)
        self._reading.progressed.connect(self._on_progress)
        self._reading.checked.connect(self._on_checked)
        self._reading.refused.connect(self._on_refused)
        self.again.clicked.connect(self._on_again)
        self.cancel.clicked.connect(self._on_cancel)
        self._show_busy(busy=False)
        self.set_theme(theme)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(MEDIUM)
        head.addWidget(self.summary, 1)
        head.addWidget(self.again)
        head.addWidget(self.cancel)
        column = QVBoxLayout(self)
        column.setContentsMargins(MEDIUM, SMALL, MEDIUM, TINY)
        column.setSpacing(TINY)
        column.addLayout(head)
        column.addWidget(self.bar)
        column.addWidget(self.view, 1)
        column.addStretch(0)

    def set_theme(self, _theme: Theme) -> None:
        """Take the colours of another theme: the window's style sheet has them all."""

    def showEvent(self, event: QShowEvent) -> None:
        """Show what is known now."""
        super().showEvent(event)
        self.refresh()

    def refresh(self) -> None:
        """Show what is known of the rows now."""
        bound = bind(self._document.project, self._document.report)
        lost = {*bound.left_out}
        every = bound.data.mismatches if bound.data is not None else ()
        found = (*bound.left_out, *(one for one in every if one not in lost))
        unused = self.tr("(no matter now: nothing takes “{0}”) {1}")
        rows = [
            (
                one.where,
                f"{one.row:,}" if one.row is not None else "",
                one.sentence if one in lost else unused.format(one.column, one.sentence),
            )
            for one in found
        ]
        # the file of a folder's image is in its place, and there is no number
        numbered = any(one.row is not None for one in found)
        self.view.setColumnHidden(1, not numbered)
        self.view.table.show_rows(rows)
        self.view.setVisible(bool(rows))
        in_files = bound.data is not None and any(one.stored == FILE for one in bound.data.columns)
        self.again.setVisible(in_files and self.bar.isHidden())
        self._say(self._summary(bound), error=bound.data is None)

    def _summary(self, bound: Bindings) -> str:
        if bound.data is None:
            return bound.trouble
        lost = len({(one.row, one.where) for one in bound.left_out})
        count = bound.data.train + bound.data.test
        if bound.data.form == "rows":
            used = [one.column for one in (*bound.inputs, *bound.outputs) if one.column is not None]
            table = datasets.table(self._document.project.data)
            count = len(table.kept(tuple(column.name for column in used)))
        sentence = self.tr("{0} of {1} rows can be used.").format(f"{count:,}", f"{count + lost:,}")
        unused = len(bound.data.mismatches) - len(bound.left_out)
        if unused > 0:
            words = self.tr("{0} more rows lack something that nothing takes now.")
            one = self.tr("1 more row lacks something that nothing takes now.")
            sentence += " " + (one if unused == 1 else words.format(f"{unused:,}"))
        return sentence

    def _say(self, sentence: str, *, error: bool = False) -> None:
        set_property(self.summary, "role", "warning" if error else "")
        self.summary.setText(sentence)

    # --- looking at the images again ----------------------------------------------------------

    def _on_again(self) -> None:
        self.bar.setRange(0, 0)
        self._show_busy(busy=True)
        self._reading.start(self._document.project.data)

    def _on_progress(self, done: int, count: int) -> None:
        self.bar.setRange(0, count)
        self.bar.setValue(done)
        name = Path(self._document.project.data.source).name
        words = self.tr("Looking at the images of {0}: {1} of {2} …")
        self._say(words.format(name, f"{done:,}", f"{count:,}"))

    def _on_cancel(self) -> None:
        self._reading.stop()
        self._show_busy(busy=False)
        self.refresh()

    def _on_checked(self, _bad: int) -> None:
        self._show_busy(busy=False)
        self._document.look_at_data_again()
        self.refresh()

    def _on_refused(self, sentence: str) -> None:
        self._show_busy(busy=False)
        self.refresh()
        self._say(sentence, error=True)

    def _show_busy(self, *, busy: bool) -> None:
        self.bar.setVisible(busy)
        self.cancel.setVisible(busy)
        self.again.setVisible(not busy)
