"""What the values of each column are like: kind, shape, least, mean, deviation, greatest."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QVBoxLayout, QWidget

from graph import datasets, statistics
from graph.datavalues import FILE, MAPPED
from graph.shapes import show_shape
from gui import aside
from gui.panels.data.table import TextTableView
from gui.parts.widgets import label, set_property
from gui.theme import MEDIUM, SMALL, TINY

if TYPE_CHECKING:
    from collections.abc import Iterable

    from PySide6.QtGui import QShowEvent

    from graph.datavalues import Column, DataSet
    from graph.project import Data
    from graph.statistics import Facts
    from gui.document import Document
    from gui.theme import Theme

_WIDTHS = (0, 96, 60, 60, 78, 74)


class ValuesPage(QWidget):
    """A table with a line for each column, measured in the background."""

    def __init__(self, document: Document, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("values")
        self._document = document
        self._wanted: tuple[Data, tuple[int, ...]] | None = None
        self.notice = label("", "muted", wrap=True)
        self.notice.setObjectName("values.notice")
        headings = ("Column", "Values", "Least", "Mean", "Deviation", "Greatest")
        self.view = TextTableView(
            "values.columns", tuple(map(self.tr, headings)), (1, 2, 3, 4, 5), _WIDTHS
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(MEDIUM, SMALL, MEDIUM, TINY)
        column.setSpacing(TINY)
        column.addWidget(self.notice)
        column.addWidget(self.view, 1)
        column.addStretch(0)
        self.set_theme(theme)

    def set_theme(self, _theme: Theme) -> None:
        """Take the colours of another theme: the window's style sheet has them all."""

    def showEvent(self, event: QShowEvent) -> None:
        """Measure when the page is seen."""
        super().showEvent(event)
        self.refresh()

    def refresh(self) -> None:
        """Measure the data, unless they are those that are shown."""
        data = self._document.project.data
        try:
            found = datasets.describe(data)
        except datasets.BadData as bad:
            self._wanted = None
            self._on_measured(None, str(bad))
            return
        wanted = (data, (found.train, found.test, len(found.mismatches)))
        if wanted == self._wanted:
            return
        self._wanted = wanted
        self._say(self.tr("The values are being measured …"))
        aside.ask(self, "values", partial(_measured, data), partial(self._on_measured, wanted))

    def _on_measured(self, wanted: object, answer: tuple[DataSet, Iterable[Facts]] | str) -> None:
        if wanted is not self._wanted:
            return
        if isinstance(answer, str):
            self.view.hide()
            self._say(answer, error=True)
            return
        found = answer[0]
        facts = {one.column: one for one in answer[1]}
        rows = [
            _row(column, facts.get(column.name))
            for column in found.columns
            if not column.take and not column.members  # made of others, which are listed
        ]
        self.view.table.show_rows(rows)
        self.view.show()
        self._say(self._remark(found, bool(facts)))

    def _remark(self, found: DataSet, known: bool) -> str:  # noqa: FBT001 - one of two sentences
        if not known:
            words = self.tr(
                "The values can be measured once {0}.npz, with x_train, y_train, x_test and "
                "y_test, lies in the folder {1}."
            )
            return words.format(found.name, datasets.data_folder())
        if any(column.stored == FILE for column in found.columns):
            words = self.tr(
                "Of all rows that are used; of images in files, at most {0} are looked at."
            )
            return words.format(statistics.IMAGES)
        where = self.tr("training part") if found.own_test else self.tr("data")
        if any(column.stored == MAPPED for column in found.columns):
            words = self.tr("Of the whole {0}; of large arrays, some {1} rows are looked at.")
            return words.format(where, statistics.IMAGES)
        return self.tr("Of the whole {0}.").format(where)

    def _say(self, sentence: str, *, error: bool = False) -> None:
        set_property(self.notice, "role", "warning" if error else "muted")
        self.notice.setText(sentence)


def _measured(data: Data) -> tuple[DataSet, Iterable[Facts]] | str:
    """Return what is found in the data, or why nothing is; maybe after a long time."""
    try:
        return datasets.describe(data), statistics.facts(data)
    except (datasets.BadData, OSError, ValueError, MemoryError) as error:
        return str(error)


def _row(column: Column, facts: Facts | None) -> tuple[str, ...]:
    shape = show_shape((None, *column.shape)) if column.shape else "one number"
    if column.classes is not None:
        return (column.name, f"{column.classes} labels", "", "", "", "")
    if facts is None or facts.mean is None:
        return (column.name, shape, "", "", "", "")
    figures = (facts.least, facts.mean, facts.std, facts.greatest)
    return (column.name, shape, *(f"{figure:.4g}" for figure in figures))
