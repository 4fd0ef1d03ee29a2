"""Whether a window can be shown here."""

import os
import sys

from cli.ends import Refusal


def has_display() -> bool:
    """Say whether a window can be shown: on Linux, whether a display is named."""
    if not sys.platform.startswith("linux") or os.environ.get("QT_QPA_PLATFORM"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def need_display() -> None:
    """Raise Refusal if no window can be shown here."""
    if not has_display():
        raise Refusal(
            "There is no display to open a window on: layerloom demo --headless trains and paints "
            "without one, and layerloom check FILE prints a drawing's table."
        )
