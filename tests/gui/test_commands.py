"""What the actions do in a whole window, without an engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QLabel, QPushButton, QTabBar

from engine.runs import RunInfo, new_run
from graph import projectfile, templates
from graph.edits import SetData
from graph.project import Data
from gui.runner import State

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from gui.main_window import MainWindow

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", extend=True)


@pytest.mark.parametrize(("source", "says"), [("", "No data set"), ("/nowhere/my.npz", "my.npz")])
def test_nothing_is_trained_without_data(
    window: MainWindow, tmp_path: Path, source: str, says: str
) -> None:
    window.document.add(templates.load("mlp"))
    window.document.push(SetData(Data(source)), "data")
    button = window.findChild(QPushButton, "training.train")
    button.click()
    told = window.messages.findChild(QLabel, "messages.text")
    assert told.isVisible()
    assert says in told.text()
    assert told.text() in [problem.sentence for problem in window.document.problems]
    assert not window.panels["data"].visibleRegion().isEmpty()
    assert not window.runner.is_training
    assert not (tmp_path / "runs").exists()


@pytest.mark.parametrize(("named", "becomes"), [("mlp", "digits"), ("my own", "my own")])
def test_a_drawing_that_nobody_has_named_is_named_by_its_file(
    window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, named: str, becomes: str
) -> None:
    project = msgspec.structs.replace(templates.load("mlp"), name=named)
    window.document.add(project)
    chosen = tmp_path / "digits.loom"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(chosen), ""))
    assert window.commands.files.save_as()
    assert projectfile.read(chosen).name == window.document.project.name == becomes


@pytest.mark.parametrize(
    ("file", "last"), [("last.weights.h5", "last.weights.h5"), ("model-003.weights.h5", None)]
)
def test_a_run_of_the_list_can_be_evaluated(
    window: MainWindow, tmp_path: Path, file: str, last: str | None
) -> None:
    text = projectfile.dumps(templates.load("mlp"))
    run = new_run(tmp_path / "runs", "mlp", text, "pass\n", RunInfo(weights=last))
    (run.path / file).touch()
    window.show_panel("runs")
    menu = window.panels["runs"].made().acts.menu(run)  # type: ignore[attr-defined]
    for _again in range(2):
        menu.findChild(QAction, "runs.menu.evaluate").trigger()
    panel = window.panels["evaluation"].made()  # type: ignore[attr-defined]
    assert not panel.visibleRegion().isEmpty()
    assert panel.choices.opened.run.path == run.path
    assert panel.choices.run_box.count() == 1
    assert panel.button.isEnabled()


def test_the_window_fits_a_small_screen(window: MainWindow) -> None:
    window.document.add(templates.load("several-outputs"))
    window.resize(1024, 700)
    for name in window.docks:
        window.show_panel(name)  # some panels are made only now
        least = window.minimumSizeHint()
        assert (least.width(), least.height()) <= (1024, 700), name
    assert (window.width(), window.height()) == (1024, 700)


def test_a_smaller_window_still_shows_the_whole_drawing(window: MainWindow) -> None:
    window.document.add(templates.load("image-and-numbers"))
    window.show_canvas()
    canvas = window.canvas

    def is_in_view() -> bool:
        return canvas.rect().contains(
            canvas.camera.rect_to_view(canvas.drawing.bounds()).toAlignedRect()
        )

    window.resize(1024, 700)
    assert canvas.width() < 500
    assert is_in_view()
    assert canvas.height() >= 0.45 * window.height()
    canvas.zoom_by(3.0)
    window.resize(1440, 900)
    window.resize(1024, 700)
    assert not is_in_view(), "where a person looks closer the view stays"


def test_two_drawings_of_one_name_have_tabs_that_differ(window: MainWindow) -> None:
    for _again in range(2):
        window.document.add(templates.load("mlp"))
    tabs = window.findChild(QTabBar, "top_bar.tabs")
    titles = [tabs.tabText(at).removesuffix(" •") for at in range(tabs.count())]
    assert titles[-2:] == ["mlp", "mlp (2)"]


def test_train_hears_no_press_that_was_meant_for_stop(window: MainWindow, qtbot: QtBot) -> None:
    window.document.add(templates.load("mlp"))
    train = window.findChild(QPushButton, "top_bar.model.train")
    pressed: list[bool] = []
    train.clicked.disconnect()
    train.clicked.connect(lambda: pressed.append(True))
    for state in (State.TRAINING, State.READY):
        window.runner.state = state
        window.runner.state_changed.emit(state, "")
        pause = window.actions_by_id["model.pause"]
        assert pause.isEnabled() == (state is State.TRAINING)
    assert not window.actions_by_id["model.resume"].isEnabled()  # there is no run
    QTest.mouseClick(train, Qt.MouseButton.LeftButton)
    QTest.keyClick(train, Qt.Key.Key_Space)
    assert not pressed
    qtbot.waitUntil(lambda: not train.is_resting)
    QTest.mouseClick(train, Qt.MouseButton.LeftButton)
    assert pressed


def test_an_experiment_brings_the_training_to_the_front(window: MainWindow) -> None:
    window.document.add(templates.load("mlp"))
    window.show_panel("augmentation")
    window.show_panel("runs")
    panel = window.panels["augmentation"].made()  # type: ignore[attr-defined]
    panel.experiment_wanted.emit("an experiment of nothing", [])
    assert not window.panels["training"].visibleRegion().isEmpty()
