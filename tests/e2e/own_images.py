"""The steps of docs/own-images.md: its script makes the folder, a person's hands do the rest."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLabel, QListWidget, QMenu, QWidget

from graph.datasets import BUNDLED, SAMPLE
from gui.panels.data.binder import BinderPanel

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.e2e.hands import Hands

PAGE = Path(__file__).resolve().parents[2] / "docs" / "own-images.md"
PATIENCE_MS = 60_000


def make(folder: Path) -> Path:
    """Make the page's folder by the page's script, with one image missing; return the table."""
    (script,) = re.findall(
        r"^```python\n(.*?)^```$", PAGE.read_text("utf-8"), re.DOTALL | re.MULTILINE
    )
    (folder / "data").mkdir(parents=True)
    shutil.copy(BUNDLED / f"{SAMPLE}.npz", folder / "data")
    env = {**os.environ, "PYTHONUTF8": "1"}
    subprocess.run([sys.executable, "-c", script], cwd=folder, env=env, check=True)
    (folder / "clothes" / "images" / "3.png").unlink()
    return folder / "clothes" / "clothes.csv"


def bind(hands: Hands, table: Path) -> None:
    """Draw with the card, bind the table, repair what doesn't fit, standardise the numbers."""
    hands.click("template.image-and-numbers")
    hands.open_tab("Data")
    # what the file dialog answers; the system's own dialog can't be worked from here
    hands.find(BinderPanel, "binder").use(str(table))
    until(lambda: hands.find(QComboBox, "binder.input.1.column").findText("numbers") >= 0)
    about = hands.find(QLabel, "binder.about")
    until(lambda: "training and" in about.text())  # all images have been looked at
    hands.choose("binder.input.0.column", "file")
    hands.choose("binder.input.1.column", "numbers")
    until(lambda: "1 row is left out" in about.text())
    hands.open_tab("Problems")
    for _ in range(2):
        _repair(hands)
    hands.open_tab("Data")
    hands.click("binder.input.1.add")
    _choose_from_menu(hands, "binder.input.1.menu", "standardise")


def until(so: Callable[[], bool]) -> None:
    """Let the window work until something is so."""
    for _ in range(PATIENCE_MS // 50):
        if so():
            return
        QTest.qWait(50)
    raise TimeoutError(f"{so} did not come true")


def _repair(hands: Hands) -> None:
    """Click the first problem that has a repair, and then the repair."""
    problems = hands.canvas.document.problems
    wanted = next(one for one in problems if "left out" not in one.sentence)
    listed = hands.find(QListWidget, "problems.list")
    items = map(listed.item, range(listed.count()))  # one without a problem: repairs
    item = next(one for one in items if one.data(Qt.ItemDataRole.UserRole) == wanted)
    place = listed.visualItemRect(item).center()
    QTest.mouseClick(listed.viewport(), Qt.MouseButton.LeftButton, pos=place)
    until(lambda: hands.window.findChild(QWidget, "repair.0") is not None)
    QTest.qWait(300)
    hands.click("repair.0")
    until(lambda: len(hands.canvas.document.problems) < len(problems))


def _choose_from_menu(hands: Hands, name: str, text: str) -> None:
    QTest.qWait(100)
    menu = next(one for one in hands.window.findChildren(QMenu) if one.objectName() == name)
    menu.close()
    next(one for one in menu.actions() if one.text() == text).trigger()
    QTest.qWait(100)
