"""Whether a window can be shown here, and opening it."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from cli.ends import Refusal

if TYPE_CHECKING:
    from pathlib import Path


def has_display() -> bool:
    """Say whether a window can be shown: on Linux, whether a display is named."""
    if not sys.platform.startswith("linux") or os.environ.get("QT_QPA_PLATFORM"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def open_window(file: Path | None) -> int:
    """Open the window on a project file or on the choice of templates, until it is closed.

    Raises:
        Refusal: the file can't be read, or there is no display.
    """
    if file is not None:
        from cli import files  # noqa: PLC0415 - without a file, the window loads faster

        files.read(file)  # a file that can't be read is told where it was asked for
    if not has_display():
        raise Refusal(
            "There is no display to open a window on: layerloom demo --headless trains and paints "
            "without one, and layerloom check FILE prints a drawing's table."
        )
    from gui.app import run  # noqa: PLC0415 - Qt may lack what a display needs

    return run(file)
