"""Python's garbage collector, on the window's thread alone.

Left to itself it runs in whatever thread allocates, and takes down there what it finds: a part of
a window that goes in a background thread crashes Qt, rarely and anywhere.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

_INTERVAL_MS = 1000
_YOUNG, _OLDER = 700, 10  # Python's own thresholds


class Collector(QObject):
    """Switches automatic collections off for as long as it is there, and makes them itself."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        gc.disable()
        parent.destroyed.connect(gc.enable)
        timer = QTimer(self, interval=_INTERVAL_MS)
        timer.timeout.connect(_collect)
        timer.start()


def _collect() -> None:
    """Collect the generations that Python would have collected by now."""
    young, older, oldest = gc.get_count()
    if young < _YOUNG:
        return
    gc.collect(2 if oldest > _OLDER else 1 if older > _OLDER else 0)
