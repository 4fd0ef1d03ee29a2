"""Open the window on a file by the command line's own way, and say when it can be used.

`window_start.py FILE` prints the time (seconds since the epoch) at which the drawing had been
painted and the event loop was free again, and whether Keras had been imported by then.
`window_start.py` alone does the same for a window with nothing in it, which is Qt's own share.
"""

from __future__ import annotations

import json
import sys
import time

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication, QMainWindow, QWidget


class FirstPaint(QObject):
    """Waits until a widget has been painted and the event loop comes round, then closes."""

    def __init__(self, window: QWidget, painted: QWidget) -> None:
        super().__init__(window)
        self._window = window
        painted.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """See the first paint."""
        if event.type() is QEvent.Type.Paint:
            watched.removeEventFilter(self)
            QTimer.singleShot(0, self._report)
        return False

    def _report(self) -> None:
        usable = time.time()
        keras = sorted({"keras", "tensorflow"} & sys.modules.keys())
        sys.stdout.write(json.dumps({"usable": usable, "keras": keras}) + "\n")
        sys.stdout.flush()
        self._window.close()


def bare() -> int:
    """Show an empty window."""
    app = QApplication(sys.argv[:1])
    window = QMainWindow()
    middle = QWidget()
    window.setCentralWidget(middle)
    window.resize(1440, 900)
    _watch = FirstPaint(window, middle)
    window.show()
    return app.exec()


def opened(file: str) -> int:
    """Open a file as `layerloom FILE` does."""
    from gui import app  # noqa: PLC0415 - the empty window is measured without it

    build = app.build_window

    def build_and_watch(*given: object, **more: object) -> object:
        window = build(*given, **more)  # type: ignore[arg-type]  # handed through as they are
        FirstPaint(window, window.canvas)
        return window

    app.build_window = build_and_watch  # type: ignore[assignment]  # as above
    from layerloom import main  # noqa: PLC0415 - as above

    sys.argv = ["layerloom", file]
    return main()


if __name__ == "__main__":
    raise SystemExit(opened(sys.argv[1]) if len(sys.argv) > 1 else bare())
