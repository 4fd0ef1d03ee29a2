"""Runs: what was trained, sorted and filtered; their curves and figures beside each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QSplitter,
    QStackedWidget,
    QTabBar,
    QVBoxLayout,
    QWidget,
)

from gui.panels.runs.acts import RunActs
from gui.panels.runs.comparison import Comparison, fit_columns, runs_table, widen_names
from gui.panels.runs.model import RunsModel
from gui.panels.runs.proof import ProofStrip
from gui.panels.runs.queue import QueueStrip
from gui.parts.widgets import Line, label, link_button
from gui.run_records import RunRecords
from gui.theme import MEDIUM, SMALL, TINY

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent

    from engine.compare import Facts
    from gui.run_queue import RunQueue
    from gui.runner import Runner
    from gui.theme import Theme

_WIDE = 860  # pixels from which the list stands beside what it is compared by
_LOOK_AGAIN_MS = 5000  # others may train into the same folder
_NAME_WIDTH = 144  # pixels: names to come may be longer
_LIST, _CURVES, _TABLE = range(3)


class RunsPanel(QWidget):
    """The list of runs, the queue above it, and the comparison of those that are ticked.

    What a person wants to do with a run its `acts` tell.
    """

    def __init__(
        self,
        theme: Theme,
        runner: Runner,
        queue: RunQueue,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("runs")
        self._runner, self._queue = runner, queue
        self._records = RunRecords(runner.runs_folder, self)
        self._awaited: list[Path] = []  # an experiment's runs, to be ticked once they are listed
        self._make_widgets(theme)
        self._lay_out()
        self._connect()
        self._again = QTimer(self, interval=_LOOK_AGAIN_MS)
        self._again.timeout.connect(self._records.reload)
        self._is_wide = False
        self._on_ticks_changed()
        self._arrange()

    # --- construction -------------------------------------------------------------------------

    def _make_widgets(self, theme: Theme) -> None:
        self.model = RunsModel(theme, self)
        self.comparison = Comparison(theme)
        self.acts = RunActs(self._runner, theme, self)
        self.queue_strip = QueueStrip(self._queue, theme)
        self.proof = ProofStrip(self.acts.proving)
        self.table = runs_table("runs.table", self.model)
        self.table.setSortingEnabled(True)
        self.table.sortByColumn(1, Qt.SortOrder.DescendingOrder)
        self.table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.filter = QLineEdit()
        self.filter.setObjectName("runs.filter")
        self.filter.setPlaceholderText(self.tr("Filter"))
        self.filter.setAccessibleName(self.tr("Filter the runs by words"))
        self.filter.setClearButtonEnabled(True)
        self.tabs = QTabBar()
        self.tabs.setObjectName("runs.tabs")
        self.tabs.setExpanding(False)
        self.tabs.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        for text in (self.tr("List"), self.tr("Curves"), self.tr("Comparison")):
            self.tabs.addTab(text)
        self.empty = label(
            self.tr("Train a drawing: its run then stands here, with its figures and curves."),
            "muted",
            wrap=True,
        )
        self.empty.setObjectName("runs.empty")
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.hint = Line("runs.hint", "muted")
        self.none = link_button(self.tr("Untick all"), "runs.untick")
        self.drawing = link_button(self.tr("Open drawing"), "runs.drawing")
        self.prove = link_button(self.tr("Prove it"), "runs.prove")
        self.prove.setToolTip(
            self.tr(
                "Run this run's program by itself, in a process without Layerloom, and compare its "
                "first and last epoch and its test scores with those of the run"
            )
        )
        self.more = link_button(self.tr("More…"), "runs.more")

    def _lay_out(self) -> None:
        self._left = QStackedWidget()
        self._left.addWidget(self.table)
        self._left.addWidget(self.empty)
        self.halves = QSplitter(Qt.Orientation.Horizontal)
        self.halves.setChildrenCollapsible(False)
        self.halves.addWidget(self._left)
        self.halves.addWidget(self.comparison)
        top = QHBoxLayout()
        top.setSpacing(SMALL)
        top.addWidget(self.tabs)
        top.addWidget(self.filter, 1)
        top.addStretch(0)
        top.addWidget(self.comparison.metric_box)
        bottom = QHBoxLayout()
        bottom.setSpacing(MEDIUM)
        bottom.addWidget(self.hint, 1)
        for link in (self.none, self.drawing, self.prove, self.more):
            bottom.addWidget(link)
        column = QVBoxLayout(self)
        column.setContentsMargins(MEDIUM, TINY, MEDIUM, TINY)
        column.setSpacing(TINY)
        column.addLayout(top)
        column.addWidget(self.queue_strip)
        column.addWidget(self.halves, 1)
        column.addWidget(self.proof)
        column.addLayout(bottom)

    def _connect(self) -> None:
        runner, acts = self._runner, self.acts
        self._records.listed.connect(self._on_listed)
        for signal in (runner.started, runner.epoch_ended, runner.finished, runner.failed):
            signal.connect(self._reload_if_seen)
        self.filter.textChanged.connect(self._on_filter_changed)
        self.tabs.currentChanged.connect(self._arrange)
        self.model.ticks_changed.connect(self._on_ticks_changed)
        self.table.selectionModel().currentRowChanged.connect(self._on_current_changed)
        self.table.customContextMenuRequested.connect(self._on_menu_requested)
        self.table.doubleClicked.connect(lambda _index: self._with_run(acts.open_drawing))
        self.none.clicked.connect(self.model.clear_ticks)
        self.comparison.chart.run_clicked.connect(self._on_curve_clicked)
        self.drawing.clicked.connect(lambda: self._with_run(acts.open_drawing))
        self.prove.clicked.connect(lambda: self._with_run(acts.prove_whole))
        self.more.clicked.connect(self._on_more_clicked)
        acts.changed.connect(self._records.reload)
        acts.said.connect(lambda words, bad: self.proof.say(words, bad=bad))

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of another theme."""
        for part in (self.model, self.acts, self.comparison, self.queue_strip):
            part.set_theme(theme)
        self._compare()

    # --- the list -----------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        """Read the runs, now and every few seconds while they can be seen."""
        super().showEvent(event)
        self._records.reload()
        self._again.start()

    def hideEvent(self, event: QHideEvent) -> None:
        """Let the disk rest."""
        super().hideEvent(event)
        self._again.stop()

    def _reload_if_seen(self, *_values: object) -> None:
        if self.isVisible():
            self._records.reload()

    def _on_listed(self) -> None:
        columns = self.model.columns
        was_empty = not self.model.rows
        self.model.show_runs(self._records.runs)
        if was_empty or columns != self.model.columns:
            fit_columns(self.table, _NAME_WIDTH)
            self.table.horizontalHeader().setSortIndicator(*self.model.sorted_by)
        if self._awaited:
            self.model.tick(self._awaited, only=True)
            self._awaited = []
        else:
            self._compare()  # a run that is ticked may have gone on
        self._left.setCurrentWidget(self.table if self._records.runs else self.empty)
        self._enable()

    def _on_filter_changed(self, text: str) -> None:
        self.model.set_filter(text)
        self._enable()

    @property
    def current(self) -> Facts | None:
        """Return the run that is chosen in the list."""
        row = self.table.currentIndex().row()
        return self.model.rows[row] if 0 <= row < len(self.model.rows) else None

    def _with_run(self, act: object) -> None:
        if (one := self.current) is not None and callable(act):
            act(one.run)

    def _on_menu_requested(self, at: QPoint) -> None:
        if self.current is not None and self.table.indexAt(at).isValid():
            self.acts.menu(self.current.run).popup(self.table.viewport().mapToGlobal(at))

    def _on_more_clicked(self) -> None:
        if self.current is not None:
            menu = self.acts.menu(self.current.run)
            menu.popup(self.more.mapToGlobal(QPoint(0, -menu.sizeHint().height())))

    def _on_current_changed(self, *_values: object) -> None:
        self._enable()
        self.proof.show_kept(self.current.run if self.current is not None else None)

    def _enable(self, *_values: object) -> None:
        one = self.current
        for link in (self.drawing, self.prove, self.more):
            link.setVisible(one is not None)
        ticked = len(self.model.ticked())
        self.none.setVisible(bool(ticked))
        shown, there = len(self.model.rows), len(self._records.runs)
        words = self.tr("{1:,} runs") if there > 1 else self.tr("1 run")
        if shown != there:
            words = self.tr("{0:,} of {1:,} runs")
        ticks = self.tr(" · {0} ticked").format(ticked) if ticked else ""
        told = words.format(shown, there) + ticks if there else ""
        if one is not None and not self._left.isVisibleTo(self):  # nobody sees which is chosen
            named = dict(zip(self.comparison.names, self.comparison.short_names, strict=True))
            told = self.tr("{0} is chosen").format(named.get(one.run.path, one.run.info.name))
        self.hint.set_text(told)

    # --- the comparison -----------------------------------------------------------------------

    def show_experiment(self, title: str, folders: Sequence[Path]) -> None:
        """Tick the runs of an experiment, and show how they compare."""
        self._awaited = list(folders)
        self.filter.clear()
        self.tabs.setCurrentIndex(_CURVES)
        self._records.reload()
        self.proof.say(self.tr("{0}: done. Its runs are ticked.").format(title))

    def _on_ticks_changed(self) -> None:
        self._compare()
        self._arrange()

    def _compare(self) -> None:
        self.comparison.show_ticked(self.model.ticked())
        self.model.show_names(self.comparison.names)
        widen_names(self.table)
        self._enable()

    def _on_curve_clicked(self, at: int) -> None:
        """Choose the run whose curve is clicked, so that its drawing can be opened."""
        path = self.model.ticked()[at][0].run.path
        rows = [one.run.path for one in self.model.rows]
        if path in rows:
            self.table.selectRow(rows.index(path))

    # --- room ---------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show the list beside the comparison where there is room for both."""
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self, *_values: object) -> None:
        wide = self.width() >= _WIDE
        if wide and self.tabs.currentIndex() == _LIST:
            self.tabs.setCurrentIndex(_CURVES)  # comes back here
            return
        if wide != self._is_wide:
            self._is_wide = wide
            self.tabs.setTabVisible(_LIST, not wide)
        at = self.tabs.currentIndex()
        self._left.setVisible(wide or at == _LIST)
        self.comparison.setVisible(wide or at != _LIST)
        self.comparison.show_figures(at == _TABLE)
        self.filter.setVisible(wide or at == _LIST)
        self.comparison.setContentsMargins(SMALL if wide else 0, 0, 0, 0)
        box = self.comparison.metric_box
        box.setVisible((wide or at != _LIST) and box.count() > 0)
        self._enable()
