"""Make the pictures of the README: `python -m tests.e2e.pictures [FOLDER]`.

A real window is drawn on, trained and looked into offscreen; each picture is a grab of it.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from graph import edits, templates
from graph.project import Link
from graph.topology import wiring
from gui.app import application, build_window
from gui.panels.evaluation import EvaluationPanel
from gui.settings import Settings
from gui.theme import DARK

if TYPE_CHECKING:
    from collections.abc import Callable

    from gui.main_window import MainWindow

SIZE = (1680, 1050)
PATIENCE_MS = 180_000


def node_called(window: MainWindow, label: str) -> str:
    """Return the id of the node of that name."""
    nodes = window.document.project.graph.nodes
    return next(key for key, node in nodes.items() if node.label == label)


def wait(until: Callable[[], bool]) -> None:
    """Let the window work until something is so."""
    for _ in range(PATIENCE_MS // 50):
        if until():
            return
        QTest.qWait(50)
    raise TimeoutError(f"{until} did not come true in {PATIENCE_MS / 1000:.0f} s")


def grab(window: MainWindow, folder: Path, name: str) -> None:
    """Save a picture of the window, once all that was asked for has been painted."""
    QTest.qWait(400)
    path = folder / f"{name}.png"
    window.grab().save(str(path))
    sys.stdout.write(f"{path}\n")


def show_problem(window: MainWindow) -> None:
    """Take a Flatten out, so that the merge gets a vector and a feature map."""
    document = window.document
    flat, merge = node_called(window, "flat2"), node_called(window, "merge")
    pool = node_called(window, "pool2")
    document.push(edits.RemoveNodes((flat,)), "Delete")
    (key,) = document.project.graph.fresh_ids(1)
    slot = len(wiring(document.project.graph).into[merge])
    document.push(edits.Connect(key, Link(pool, merge, slot)), "Connect")
    document.reveal(merge)
    window.show_panel("problems")


def show_evaluation(window: MainWindow) -> None:
    """Evaluate the last run, and choose the cell with the most mistakes."""
    window.show_panel("evaluation")
    QTest.qWait(200)  # the panel is made when it is seen
    panel = window.findChild(EvaluationPanel)
    QTest.mouseClick(panel.button, Qt.MouseButton.LeftButton)
    wait(lambda: not panel.asking.is_evaluating)
    counts = panel.matrix.matrix.sheet.matrix
    wrong = counts - np.diag(np.diagonal(counts))
    truth, predicted = divmod(int(wrong.argmax()), len(wrong))
    panel.matrix.matrix.choose((truth, predicted))
    wait(lambda: panel.matrix.gallery.tiles.rowCount() > 0)


def main(folder: Path) -> None:
    """Make all pictures."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as runs:
        os.environ["LAYERLOOM_RUNS"] = runs
        window = build_window(application(), Settings.in_file(Path(runs) / "settings.ini"), DARK)
        window.resize(*SIZE)
        window.show_start()
        window.show()
        grab(window, folder, "start")
        window.document.add(templates.load("shared-input"))
        window.show_canvas()
        window.commands.train()
        done: list[str] = []
        window.runner.finished.connect(lambda reason, _run: done.append(reason))
        epochs: list[object] = []
        window.runner.epoch_ended.connect(epochs.append)
        wait(lambda: len(epochs) >= 4)
        window.document.reveal(node_called(window, "conv2"))
        grab(window, folder, "training")
        wait(lambda: bool(done))
        window.document.select()
        window.document.reveal(node_called(window, "conv2"))  # its maps come by themselves
        caption = window.findChild(QLabel, "activations.caption")
        wait(lambda: "conv2" in caption.text())
        grab(window, folder, "window-dark")
        window.resizeDocks([window.docks["activations"]], [720], Qt.Orientation.Horizontal)
        grab(window, folder, "maps")
        show_evaluation(window)
        grab(window, folder, "evaluation")
        window.show_panel("activations")
        window.switch_theme()
        grab(window, folder, "window-light")
        window.switch_theme()
        show_problem(window)
        grab(window, folder, "problem")
        for sheet in window.document.sheets:
            sheet.stack.setClean()
        window.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path("docs/pictures"))
