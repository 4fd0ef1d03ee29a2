"""Painting without a window: the one Qt application of a command, and what it paints."""

import os
import sys
from collections.abc import Sequence
from enum import StrEnum
from functools import cache
from pathlib import Path

from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler
from PySide6.QtWidgets import QApplication

from cli.ends import Refusal
from engine.protocol import Array, MapsReady
from gui.panels.evaluation.matrix import matrix_picture
from gui.parts.mapsheet import maps_picture
from gui.theme import DARK, LIGHT, Theme, load_fonts


class Look(StrEnum):
    """The colours of a picture: light for paper, dark for slides."""

    LIGHT = "light"
    DARK = "dark"

    @property
    def theme(self) -> Theme:
        """The theme of this name."""
        return DARK if self is Look.DARK else LIGHT


@cache
def application() -> QApplication:
    """Return the one application of this process; it needs no display if it is made here."""
    if isinstance(running := QApplication.instance(), QApplication):
        return running
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    qInstallMessageHandler(_pass_on)
    made = QApplication(["layerloom"])
    load_fonts()
    return made


def _pass_on(_kind: QtMsgType, _context: QMessageLogContext, text: str) -> None:
    """Write Qt's messages to standard error, but for one the offscreen plugin repeats."""
    if "propagateSizeHints" not in text:
        sys.stderr.write(f"{text}\n")


def paint_maps(answer: MapsReady, path: Path, look: Look) -> None:
    """Write a layer's maps as a PNG file; raises Refusal if it can't be written."""
    application()
    image = maps_picture(answer.inputs, answer.maps, look.theme, 2.0)
    if not image.save(str(path)):
        raise Refusal(f"{path} can't be written: check its folder, its ending and free space.")


def paint_matrix(matrix: Array, names: Sequence[str], path: Path, look: Look = Look.LIGHT) -> None:
    """Write a confusion matrix as a PNG file; raises Refusal if it can't be written."""
    application()
    image = matrix_picture(matrix, names, look.theme)
    if not image.save(str(path)):
        raise Refusal(f"{path} can't be written: check its folder, its ending and free space.")
