"""Composition root: builds the window and all it needs, hands them to each other, runs Qt."""

from __future__ import annotations

import gc
import os
import signal
import sys
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from graph.templates import blank
from gui.charts import chart
from gui.collector import Collector
from gui.document import Document
from gui.errors import Surprises
from gui.journal import Journals, default_folder
from gui.main_window import MainWindow
from gui.runner import Runner
from gui.settings import Settings
from gui.theme import DARK, LIGHT, Theme, apply_theme, system_scheme

if TYPE_CHECKING:
    from pathlib import Path

    from graph.project import Project


def application() -> QApplication:
    """Return the process's QApplication, made and named on the first call."""
    app = QApplication.instance()
    if isinstance(app, QApplication):
        return app
    app = QApplication(sys.argv[:1])
    # each of Qt's calls lets other threads run: one that reads a large folder takes that long then
    sys.setswitchinterval(0.0005)
    app.setApplicationName("Layerloom")
    app.setApplicationDisplayName("Layerloom")
    app.setOrganizationName("Layerloom")
    return app


def chosen_theme(settings: Settings) -> Theme:
    """Return the theme a person chose, or that of the system."""
    choice = settings.theme
    return DARK if (system_scheme() if choice == "system" else choice) == "dark" else LIGHT


def build_window(
    app: QApplication, settings: Settings | None = None, theme: Theme | None = None
) -> MainWindow:
    """Return the window with an empty document and an engine that is not started yet."""
    settings = settings or Settings()
    theme = theme or chosen_theme(settings)
    apply_theme(app, theme)
    window = MainWindow(app, Document(blank()), Runner(), settings, theme)
    window.painted.connect(lambda: window.runner.warm_up(chart.preload))
    Collector(window)
    return window


def spare_collector() -> None:
    """Let Python's garbage collector pass over all that is there by now, and is there to stay.

    Modules and a large drawing are some 100,000 objects, none of them garbage; to walk them all
    takes 40 ms of the window's thread, several times a minute while somebody edits.
    """
    gc.collect()
    gc.freeze()


def run(path: Path | None = None, project: Project | None = None, *, train: bool = False) -> int:
    """Open the window on a file, a project or the start page, and run until it is closed."""
    app = application()
    window = build_window(app)
    surprises = Surprises()
    surprises.happened.connect(lambda sentence, _details: window.messages.tell(sentence))
    surprises.catch()
    signal.signal(signal.SIGINT, lambda *_: window.close())
    ticking = QTimer()  # lets Python see Ctrl+C while Qt waits
    ticking.timeout.connect(lambda: None)
    ticking.start(200)
    journals = Journals(window.document, window.messages, default_folder())
    window.painted.connect(journals.offer)
    window.painted.connect(gc.freeze)
    window.document.sheet_shown.connect(spare_collector)
    window.show_start()
    window.show()
    if project is not None:
        window.open_project(project)
    if path is not None:
        window.commands.files.open(path)
    if train:
        window.painted.connect(window.commands.train)
    if os.environ.get("LAYERLOOM_QUIT_AFTER_PAINT"):  # how the start-up time is measured
        window.painted.connect(window.close)
    status = app.exec()
    journals.end()
    return status
