"""Make the pictures of the documentation: `python -m tests.e2e.pictures [SCENE …]`.

A real window is drawn on, trained and looked into offscreen; each picture is a grab of it. Scenes
are `first`, `data`, `augmentation`, `pad`; without a name all of them. The pad wants MNIST in the
data folder, all else is bundled.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import msgspec
import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPixmap
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from engine import runs
from graph import edits, templates
from graph.datasets import is_here
from graph.project import Augmentation, Data, Link, Project
from graph.topology import wiring
from gui.app import application, build_window
from gui.panels.evaluation.panel import EvaluationPanel
from gui.panels.pad.panel import PadPanel
from gui.panels.runs.panel import RunsPanel
from gui.settings import Settings
from gui.theme import DARK, LIGHT
from tests.e2e import own_images
from tests.e2e.hands import Hands

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gui.main_window import MainWindow
    from gui.theme import Theme

SIZE = (1680, 1050)
PATIENCE_MS = 300_000


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
    _save(window.grab(), folder / f"{name}.png")


def grab_panel(window: MainWindow, folder: Path, name: str, size: tuple[int, int]) -> None:
    """Save a picture of a panel alone, in its dock taken out of the window."""
    dock = window.docks[name]
    dock.setFloating(True)
    dock.resize(*size)
    dock.show()
    QTest.qWait(900)
    picture = QPixmap(dock.widget().size())
    picture.fill(window.theme.panel)  # a panel has no ground of its own
    dock.widget().render(picture)
    _save(picture, folder / f"{name}.png")
    dock.setFloating(False)


def _save(picture: QPixmap, path: Path) -> None:
    picture.save(str(path))
    sys.stdout.write(f"{path}\n")


def train(window: MainWindow) -> None:
    """Train the drawing to its end."""
    done: list[str] = []
    took = window.runner.finished.connect(lambda reason, _run: done.append(reason))
    window.commands.train()
    wait(lambda: bool(done))
    window.runner.finished.disconnect(took)


def planned(project: Project, **values: object) -> Project:
    """Return a project with other values in its training plan."""
    plan = msgspec.structs.replace(project.training, **values)
    return edits.apply(project, edits.SetTraining(plan))[0]


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


def first(window: MainWindow, folder: Path) -> None:
    """Start page, training, maps, evaluation, both themes, a problem."""
    grab(window, folder, "start")
    window.document.add(templates.load("shared-input"))
    window.show_canvas()
    epochs: list[object] = []
    window.runner.epoch_ended.connect(epochs.append)
    done: list[str] = []
    window.runner.finished.connect(lambda reason, _run: done.append(reason))
    window.commands.train()
    wait(lambda: len(epochs) >= 4)
    window.document.reveal(node_called(window, "conv2"))
    grab(window, folder, "training")
    wait(lambda: bool(done))
    window.document.select()
    window.document.reveal(node_called(window, "conv2"))  # its maps come by themselves
    caption = window.findChild(QLabel, "activations.caption")
    wait(lambda: "conv2" in caption.accessibleName())
    grab(window, folder, "window-dark")
    window.resizeDocks([window.docks["activations"]], [720], Qt.Orientation.Horizontal)
    grab(window, folder, "maps")
    show_evaluation(window)
    grab_panel(window, folder, "evaluation", (860, 420))
    window.show_panel("activations")
    window.switch_theme()
    grab(window, folder, "window-light")
    window.switch_theme()
    show_problem(window)
    grab(window, folder, "problem")


def data(window: MainWindow, folder: Path) -> None:
    """An own table with images: bound, trained, evaluated."""
    with tempfile.TemporaryDirectory() as made:
        table = own_images.make(Path(made))
        hands = Hands(window)
        own_images.bind(hands, table)
        hands.open_tab("Plan")
        hands.type_into("plan.epochs", "4")
        train(window)
        hands.open_tab("Training")
        hands.open_tab("Data")
        show_evaluation(window)
        grab(window, folder, "own-images")
        grab_panel(window, folder, "data", (760, 420))


def augmentation(window: MainWindow, folder: Path) -> None:
    """The preview, and the curves of a training with and one without."""
    setting = Augmentation(how="online", flip="horizontal", shift=0.05, rotation=8, zoom=0.1)
    few = {"limit": 1000, "epochs": 25, "batch_size": 32}
    window.document.add(planned(templates.load("mlp"), **few))
    window.show_canvas()
    train(window)
    window.document.add(planned(templates.load("cnn"), **few, augmentation=setting))
    window.show_panel("augmentation")
    QTest.qWait(6000)  # the engine starts, and is asked for the pictures
    grab_panel(window, folder, "augmentation", (860, 420))
    finished: list[str] = []
    window.queue.experiment_done.connect(lambda title, _runs: finished.append(title))
    Hands(window).click("augmentation.compare")
    wait(lambda: bool(finished))
    window.show_panel("runs")
    QTest.qWait(300)
    panel = window.findChild(RunsPanel)
    wait(lambda: len(panel.model.ticked()) == 2)
    panel.model.tick([run.path for run in runs.list_runs(runs.default_parent())])
    grab_panel(window, folder, "runs", (960, 420))


def pad(window: MainWindow, folder: Path) -> None:
    """A digit is drawn on the pad."""
    project = edits.apply(templates.load("cnn"), edits.SetData(_mnist()))[0]
    if not is_here(project):
        sys.stdout.write("pad.png stays as it is: MNIST isn't in the data folder\n")
        return
    window.document.add(planned(project, limit=20_000, epochs=3))
    window.show_canvas()
    train(window)
    window.show_panel("pad")
    QTest.qWait(500)
    panel = window.findChild(PadPanel)
    dock = window.docks["pad"]
    dock.setFloating(True)
    dock.resize(860, 360)
    QTest.qWait(500)
    sheet = panel.body.sheet
    place = sheet._place()
    for x, y in three():
        at = QPointF(place.x() + x * place.width(), place.y() + y * place.height())
        sheet.stroke(at, erase=False)
    sheet.lift()
    wait(lambda: "%" in panel.caption.text())
    grab_panel(window, folder, "pad", (860, 360))


def three() -> list[tuple[float, float]]:
    """Return the points of a drawn 3, as shares of the sheet's width and height."""
    arcs = ((0.46, 0.33, 0.15, -160, 90), (0.46, 0.65, 0.17, -90, 150))
    return [
        (x + radius * np.cos(angle), y + radius * np.sin(angle))
        for x, y, radius, start, end in arcs
        for angle in np.radians(np.linspace(start, end, 20))
    ]


def _mnist() -> Data:
    return msgspec.structs.replace(templates.load("cnn").data, source="mnist")


SCENES = {"first": first, "data": data, "augmentation": augmentation, "pad": pad}


@contextmanager
def new_window(home: Path, theme: Theme) -> Iterator[MainWindow]:
    """Open a window at its start page, whose runs and settings lie in a folder."""
    os.environ["LAYERLOOM_RUNS"] = str(home / "runs")
    os.environ["LAYERLOOM_CACHE"] = str(home / "cache")
    window = build_window(application(), Settings.in_file(home / "settings.ini"), theme)
    window.resize(*SIZE)
    window.show_start()
    window.show()
    yield window
    for sheet in window.document.sheets:
        sheet.stack.setClean()
    window.close()


def main() -> None:
    """Make the pictures that were asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("scenes", nargs="*", help=", ".join(SCENES))
    parser.add_argument("--into", type=Path, default=Path("docs/pictures"))
    parser.add_argument("--light", action="store_true", help="begin in the light theme")
    asked = parser.parse_args()
    asked.into.mkdir(parents=True, exist_ok=True)
    for name in asked.scenes or SCENES:
        theme = LIGHT if asked.light else DARK
        with tempfile.TemporaryDirectory() as home, new_window(Path(home), theme) as window:
            SCENES[name](window, asked.into)


if __name__ == "__main__":
    main()
