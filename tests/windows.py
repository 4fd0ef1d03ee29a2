"""A whole window for a test, closed and taken down after it."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication

from gui.app import build_window
from gui.settings import Settings
from gui.theme import DARK

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from gui.main_window import MainWindow


@contextmanager
def shown(
    qtbot: QtBot,
    home: Path,
    *,
    size: tuple[int, int] | None = None,
    first_start: bool = False,
    engine_at_once: bool = False,
) -> Iterator[MainWindow]:
    """Show a window with settings of its own; take it down at the end, whatever it is doing.

    Args:
        qtbot: pytest-qt's.
        home: the folder of its settings.
        size: in pixels; the window's own if it is left out.
        first_start: show what a first start shows.
        engine_at_once: start the engine with the first picture, and not with the first training.
    """
    made = build_window(QApplication.instance(), Settings.in_file(home / "settings.ini"), DARK)  # type: ignore[arg-type] - pytest-qt's
    if not engine_at_once:
        made.painted.disconnect()
    if size is not None:
        made.resize(*size)
    if first_start:
        made.show_start()
    made.show()
    qtbot.waitExposed(made)
    try:
        yield made
    finally:
        for sheet in made.document.sheets:
            sheet.stack.setClean()  # nobody is asked whether to save
        made.runner.shutdown()  # nor about a training, or drawings that wait for theirs
        for waiting in list(made.queue.waiting):
            made.queue.remove(waiting)
        made.close()
        made.deleteLater()  # windows that stay are dressed anew with each further one
        QCoreApplication.sendPostedEvents(made, QEvent.Type.DeferredDelete)
