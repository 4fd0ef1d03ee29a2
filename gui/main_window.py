"""The window: docks, top bar, menus and status bar around one canvas. It holds no logic."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QSize, Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QDockWidget,
    QMainWindow,
    QStackedWidget,
    QTabWidget,
)

from gui import actions
from gui.canvas.view import CanvasView
from gui.commands import Commands
from gui.dock_tabs import DockTabs, scrolled
from gui.errors import MessageBar
from gui.icons import app_icon
from gui.panel_list import make_panels
from gui.panels.start import StartPage
from gui.run_queue import RunQueue
from gui.runner import Runner, State
from gui.shortcuts import ShortcutsDialog
from gui.status import StatusLine
from gui.theme import DARK, LIGHT, Theme, apply_theme
from gui.top_bar import TopBar

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtGui import QCloseEvent, QShowEvent
    from PySide6.QtWidgets import QApplication

    from engine.runs import Run
    from graph.project import Project
    from gui.document import Document
    from gui.settings import Settings

_LEFT = Qt.DockWidgetArea.LeftDockWidgetArea
_RIGHT = Qt.DockWidgetArea.RightDockWidgetArea
_BOTTOM = Qt.DockWidgetArea.BottomDockWidgetArea

# name, title, area, and the dock it shares a place with
DOCKS: tuple[tuple[str, str, Qt.DockWidgetArea, str], ...] = (
    ("library", "Library", _LEFT, ""),
    ("inspector", "Inspector", _RIGHT, ""),
    ("code", "Code", _RIGHT, ""),
    ("training", "Training", _BOTTOM, ""),
    ("plan", "Plan", _BOTTOM, "training"),
    ("runs", "Runs", _BOTTOM, "plan"),
    ("problems", "Problems", _BOTTOM, ""),
    ("summary", "Summary", _BOTTOM, "problems"),
    ("data", "Data", _BOTTOM, "summary"),
    ("augmentation", "Augmentation", _BOTTOM, "data"),
    ("activations", "Activations", _BOTTOM, ""),
    ("evaluation", "Evaluation", _BOTTOM, "activations"),
    ("pad", "Try it", _BOTTOM, "evaluation"),
)
_LAYOUT_VERSION = 1


class MainWindow(QMainWindow):
    """One window on the open drawings.

    Signals:
        painted(): the window has been shown and painted once.
    """

    painted = Signal()

    def __init__(
        self,
        app: QApplication,
        document: Document,
        runner: Runner,
        settings: Settings,
        theme: Theme,
    ) -> None:
        super().__init__()
        self.setObjectName("window")
        self.setWindowIcon(app_icon())
        self.setDockNestingEnabled(True)
        self._app, self.document, self.runner = app, document, runner
        self.queue = RunQueue(runner, self)
        self.settings, self.theme = settings, theme
        self.is_training = False
        self.canvas = CanvasView(document, theme)
        self.start = StartPage(theme)
        self._pages = self._build_pages()
        self.messages = MessageBar(self._pages)
        self.commands = Commands(self)
        self.setCentralWidget(self._pages)
        self.docks = self._build_docks()
        self._dock_tabs = DockTabs(self, self.docks.values())
        self.actions_by_id = actions.build_actions(self, self.commands)
        menus = actions.fill_menus(self, self.actions_by_id)
        for dock in self.docks.values():
            menus["View"].addAction(dock.toggleViewAction())
        self._recent = menus["File"].addMenu(self.tr("Open recent"))
        self._recent.setObjectName("menu.recent")
        self.top_bar = TopBar(document, self.actions_by_id, theme, self)
        self.addToolBar(self.top_bar)
        self.status = StatusLine(document, theme, self)
        self.setStatusBar(self.status)
        self._connect()
        self._lay_out()
        self._refresh()

    # construction ----------------------------------------------------------------------------

    def _build_pages(self) -> QStackedWidget:
        pages = QStackedWidget()
        pages.setObjectName("pages")
        pages.addWidget(self.canvas)
        pages.addWidget(self.start)
        return pages

    def _build_docks(self) -> dict[str, QDockWidget]:
        self.panels = make_panels(self)
        docks: dict[str, QDockWidget] = {}
        for name, title, area, beside in DOCKS:
            dock = QDockWidget(self.tr(title), self)
            dock.setObjectName(f"dock.{name}")
            panel = self.panels[name]
            dock.setWidget(scrolled(panel) if area is _BOTTOM else panel)
            self.addDockWidget(area, dock)
            if beside:
                self.tabifyDockWidget(docks[beside], dock)
            docks[name] = dock
        return docks

    def _connect(self) -> None:
        document, runner = self.document, self.runner
        self._recent.aboutToShow.connect(self._fill_recent)
        document.changed.connect(self._on_document_changed)
        document.sheet_shown.connect(self.canvas.fit)
        runner.state_changed.connect(self._on_runner_state_changed)
        shown = (document.selection_changed, document.file_changed)
        for signal in (*shown, document.undo_group.indexChanged, runner.finished, runner.failed):
            signal.connect(self._refresh)
        self.canvas.zoom_changed.connect(self.status.show_zoom)
        self.canvas.parameter_wanted.connect(self._on_parameter_wanted)
        self._pages.currentChanged.connect(self.messages.raise_)
        # the first page is read from its top, so it makes room; a drawing stays where it is
        self.messages.height_changed.connect(
            lambda height: self.start.setViewportMargins(0, height, 0, 0)
        )
        self.start.chosen.connect(self._on_template_chosen)
        self.start.file_wanted.connect(self.commands.files.open)
        self.start.layer_wanted.connect(self._on_layer_chosen)
        self.start.empty_wanted.connect(self.commands.files.new)
        self.panels["library"].chosen.connect(self._on_layer_chosen)  # type: ignore[attr-defined]
        self.panels["code"].save_requested.connect(self.commands.files.export_program)  # type: ignore[attr-defined]
        self.panels["training"].train_wanted.connect(self.commands.train)  # type: ignore[attr-defined]
        self.queue.experiment_done.connect(self._on_experiment_done)
        self.panels["problems"].count_changed.connect(self._on_problem_count_changed)  # type: ignore[attr-defined]
        self.top_bar.close_wanted.connect(
            lambda at: self.commands.files.close_sheet(document.sheets[at])
        )
        self.top_bar.data_wanted.connect(lambda: self.show_panel("data"))

    def _lay_out(self) -> None:
        self.setTabPosition(Qt.DockWidgetArea.AllDockWidgetAreas, QTabWidget.TabPosition.North)
        for corner in (Qt.Corner.BottomLeftCorner, Qt.Corner.BottomRightCorner):
            self.setCorner(corner, _BOTTOM)
        self.resize(1440, 900)
        for front in ("training", "problems", "activations"):
            self.docks[front].raise_()
        across = Qt.Orientation.Horizontal
        down = Qt.Orientation.Vertical
        self.resizeDocks([self.docks["library"], self.docks["inspector"]], [216, 440], across)
        self.resizeDocks([self.docks[name] for name in ("inspector", "code")], [340, 300], down)
        bottom = [self.docks[name] for name in ("training", "problems", "activations")]
        self.resizeDocks(bottom, [440, 520, 480], across)
        self.resizeDocks(bottom, [280, 280, 280], down)
        self._usual = self.saveState(_LAYOUT_VERSION)
        if not self.settings.window_geometry.isEmpty():
            self.restoreGeometry(self.settings.window_geometry)
            self.restoreState(self.settings.window_state, _LAYOUT_VERSION)
        self._dock_tabs.tidy()

    # what is shown ---------------------------------------------------------------------------

    def show_canvas(self) -> None:
        """Show the drawing in the middle, all of it."""
        self._pages.setCurrentWidget(self.canvas)
        self.canvas.fit()
        self.canvas.setFocus()

    def show_canvas_as_it_is(self) -> None:
        """Show the drawing in the middle, where it was last seen."""
        self._pages.setCurrentWidget(self.canvas)

    def show_start(self) -> None:
        """Show the page with the templates in the middle."""
        self._pages.setCurrentWidget(self.start)
        self.start.setFocus()

    def show_panel(self, name: str) -> None:
        """Bring a panel to the front."""
        self.docks[name].show()
        self.docks[name].raise_()

    def open_project(self, project: Project) -> None:
        """Open a drawing in a tab of its own."""
        self.commands.files.open_project(project)

    def show_maps(self, run: Run) -> None:
        """Look into the layers of a run."""
        self.show_panel("activations")
        self.panels["activations"].offer_run(run)  # type: ignore[attr-defined]

    def show_evaluation(self, run: Run) -> None:
        """Offer to evaluate a run."""
        self.show_panel("evaluation")
        self.panels["evaluation"].made().open_run(run)  # type: ignore[attr-defined]

    def switch_theme(self) -> None:
        """Go from dark to light or back, and remember it."""
        self.theme = LIGHT if self.theme is DARK else DARK
        self.settings.theme = self.theme.name
        apply_theme(self._app, self.theme)
        parts = (self.canvas, self.start, self.top_bar, self.status)
        for part in (*parts, *self.panels.values()):
            part.set_theme(self.theme)  # type: ignore[attr-defined]

    def reset_layout(self) -> None:
        """Put every dock back where it was at the first start."""
        self.restoreState(self._usual, _LAYOUT_VERSION)
        self._dock_tabs.tidy()

    def _fill_recent(self) -> None:
        self._recent.clear()
        for path in self.settings.recent_files:
            action = self._recent.addAction(path.name)
            action.setToolTip(str(path))
            action.triggered.connect(lambda _on=False, path=path: self.commands.files.open(path))
        self._recent.setToolTipsVisible(True)
        if not self.settings.recent_files:
            self._recent.addAction(self.tr("None yet")).setEnabled(False)

    def show_shortcuts(self) -> None:
        """List the keyboard shortcuts."""
        rows = ((spec.text, spec.shortcut) for spec in actions.ACTIONS if spec.shortcut)
        ShortcutsDialog(rows, self).open()

    # slots -----------------------------------------------------------------------------------

    def _on_document_changed(self, _change: object) -> None:
        self.messages.drawing_changed()
        if self.document.project.graph.nodes and self._pages.currentWidget() is self.start:
            self.show_canvas()
        self._refresh()

    def _on_template_chosen(self, name: str) -> None:
        from graph import templates  # noqa: PLC0415 - needed once a template is wanted

        self.document.add(templates.load(name))
        self.show_canvas()

    def _on_experiment_done(self, title: str, folders: list[Path]) -> None:
        self.show_panel("runs")
        self.panels["runs"].made().show_experiment(title, folders)  # type: ignore[attr-defined]

    def _on_parameter_wanted(self, node: str, param: str) -> None:
        self.show_panel("inspector")
        self.panels["inspector"].edit_parameter(node, param)  # type: ignore[attr-defined]

    def _on_layer_chosen(self, kind: str) -> None:
        self.show_canvas_as_it_is()
        self.canvas.add_layer(kind)

    def _on_runner_state_changed(self, state: State, sentence: str) -> None:
        self.is_training = state in {State.TRAINING, State.PAUSED, State.STOPPING}
        self.status.show_engine(state, sentence)
        self.top_bar.show_training(active=self.is_training)
        self.commands.take_back_busy_words()
        self._refresh()

    def _on_problem_count_changed(self, errors: int, warnings: int) -> None:
        count = errors + warnings
        title = self.tr("Problems")
        self.docks["problems"].setWindowTitle(f"{title} {count}" if count else title)
        self.docks["problems"].toggleViewAction().setText(title)

    def _refresh(self, *_values: object) -> None:
        actions.refresh(self.actions_by_id, self.commands)
        sheet = self.document.sheet
        self.setWindowTitle(f"{sheet.title}{'' if self.document.is_saved else ' •'} — Layerloom")

    def sizeHint(self) -> QSize:
        """Return the size of a window that nobody has resized yet (pixels)."""
        return QSize(1440, 900)

    def showEvent(self, event: QShowEvent) -> None:
        """Say, once the first paint is done, that the window is there."""
        super().showEvent(event)
        if not event.spontaneous():
            QTimer.singleShot(0, self.painted.emit)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask about unsaved work and trainings, remember the layout, and end the engine."""
        if not self.commands.may_close():
            event.ignore()
            return
        self.settings.window_geometry = QByteArray(self.saveGeometry())
        self.settings.window_state = QByteArray(self.saveState(_LAYOUT_VERSION))
        self.settings.save()
        self.commands.own_data.stop()
        self.runner.shutdown()
        super().closeEvent(event)
