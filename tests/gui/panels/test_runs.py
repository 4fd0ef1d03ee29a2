"""The list of runs by mouse and keys, on a folder of many runs; nothing is trained here."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

import msgspec
import numpy as np
import pytest
from PySide6.QtCore import QEventLoop, QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QAction, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QInputDialog, QLabel, QMessageBox, QPushButton

from engine.protocol import EpochEnded, Evaluated, Finished, Gradients, Started
from engine.runs import Run, RunInfo, list_runs, new_run, open_run
from graph import projectfile
from graph.params import Named
from graph.templates import load
from gui.charts import export as chart_export
from gui.document import Document
from gui.panels.runs.panel import RunsPanel
from gui.panels.training.panel import TrainingPanel
from gui.run_queue import RunQueue
from gui.runner import Runner
from gui.theme import DARK, LIGHT, apply_theme

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from PySide6.QtWidgets import QApplication
    from pytestqt.qtbot import QtBot


def add_run(folder: Path, name: str, accuracy: float, epochs: int = 3, **info: object) -> Run:
    record = RunInfo(seed=1, **info)  # type: ignore[arg-type]
    run = new_run(folder, name, projectfile.dumps(load("mlp")), "print('hello')\n", record)
    run.record(Started(epochs=epochs, initial_epoch=0, steps=4))
    for epoch in range(epochs):
        logs = {"loss": 1.0 / (epoch + 1), "accuracy": accuracy, "val_accuracy": accuracy - 0.1}
        run.record(EpochEnded(epoch=epoch, seconds=1.0, logs=logs))
    run.record(Evaluated(scores={"accuracy": accuracy - 0.1}))
    run.record(Finished(reason="completed", weights=None))
    return open_run(run.path)


def until(is_so: Callable[[], bool], seconds: float = 20.0) -> None:
    loop = QEventLoop()
    look, end = QTimer(), QTimer(singleShot=True)
    look.timeout.connect(lambda: loop.quit() if is_so() else None)
    end.timeout.connect(loop.quit)
    look.start(5)
    end.start(round(seconds * 1000))
    if not is_so():
        loop.exec()
    look.stop()
    end.stop()
    assert is_so()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, accuracy, size in (("mlp", 0.8, 300), ("cnn one", 0.9, 100), ("cnn two", 0.95, 200)):
        add_run(tmp_path, name, accuracy, parameters=size)
    return tmp_path


def shown(qtbot: QtBot, folder: Path) -> RunsPanel:
    runner = Runner(runs_folder=folder)
    panel = RunsPanel(DARK, runner, RunQueue(runner, runner))
    runner.setParent(panel)
    qtbot.addWidget(panel)
    panel.resize(460, 260)
    panel.show()
    until(lambda: panel._records.is_listed)
    return panel


@pytest.fixture
def panel(qapp: QApplication, qtbot: QtBot, folder: Path) -> RunsPanel:
    apply_theme(qapp, DARK)
    return shown(qtbot, folder)


def names(panel: RunsPanel) -> list[str]:
    return [one.run.info.name for one in panel.model.rows]


def click_heading(panel: RunsPanel, key: str) -> None:
    header = panel.table.horizontalHeader()
    at = panel.model.columns.index(key)
    panel.table.scrollTo(panel.model.index(0, at))
    x = header.sectionViewportPosition(at) + 20
    QTest.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(x, 10))


def tick(panel: RunsPanel, row: int) -> None:
    panel.table.setCurrentIndex(panel.model.index(row, 0))
    QTest.keyClick(panel.table, Qt.Key.Key_Space)


def choose(panel: RunsPanel, row: int, name: str) -> None:
    """Choose an entry of a run's menu."""
    panel.table.selectRow(row)
    assert panel.current is not None
    menu = panel.acts.menu(panel.current.run)
    action = menu.findChild(QAction, f"runs.menu.{name}")
    assert action.isEnabled()
    action.trigger()
    menu.deleteLater()


def test_newest_first_and_any_heading_sorts(panel: RunsPanel) -> None:
    assert names(panel) == ["cnn two", "cnn one", "mlp"]
    click_heading(panel, "test accuracy")
    figures = [one.figures["test accuracy"] for one in panel.model.rows]
    assert figures == sorted(figures, reverse=True)  # the best first
    before = names(panel)
    click_heading(panel, "test accuracy")
    assert names(panel) == before[::-1]
    click_heading(panel, "parameters")
    sizes = [one.run.info.parameters for one in panel.model.rows]
    assert sizes == [100, 200, 300]
    assert panel.model.columns[:3] == ("name", "test accuracy", "when")


def test_a_filter_keeps_what_has_all_its_words(panel: RunsPanel) -> None:
    QTest.keyClicks(panel.filter, "one cnn")
    assert names(panel) == ["cnn one"]
    assert panel.hint.text() == "1 of 3 runs"
    panel.filter.clear()
    assert len(names(panel)) == 3


def test_ticked_runs_are_laid_over_each_other(panel: RunsPanel) -> None:
    tick(panel, 0)
    tick(panel, 2)
    assert [one.run.info.name for one, _ in panel.model.ticked()] == ["mlp", "cnn two"]
    colours = [colour for _, colour in panel.model.ticked()]
    assert len(set(colours)) == 2
    panel.tabs.setCurrentIndex(1)
    panel.comparison.metric_box.setCurrentText("accuracy")
    panel.comparison.metric_box.activated.emit(0)
    curves = panel.comparison.chart.drawn()
    assert [values[0] for values, _ in curves] == pytest.approx([0.8, 0.7, 0.95, 0.85])
    assert [dashed for _, dashed in curves] == [False, True, False, True]
    panel.set_theme(LIGHT)
    assert [colour for _, colour in panel.model.ticked()] != colours
    QTest.mouseClick(panel.findChild(QPushButton, "runs.untick"), Qt.MouseButton.LeftButton)
    assert panel.model.ticked() == []
    assert panel.comparison.chart.drawn() == []


def test_curves_are_zoomed_tell_both_values_and_lead_to_their_run(panel: RunsPanel) -> None:
    panel.resize(1100, 320)
    tick(panel, 0)
    tick(panel, 1)
    chart = panel.comparison.chart
    assert chart.plot is not None
    view = chart.plot.view
    box = view.getPlotItem().vb
    whole = box.viewRange()
    chart.plot._on_mouse_moved(QPointF(box.mapViewToScene(QPointF(2, whole[1][0]))))
    metric = panel.comparison.metric_box.currentText()
    told = view.toolTip().splitlines()
    assert told[0] == "epoch 2"
    assert told[1].startswith("cnn one: ")
    assert f"val_{metric}" in told[2] or metric == "loss"
    box.setRange(xRange=(1, 2), padding=0)
    box.sigRangeChangedManually.emit([True, True])  # as a turn of the wheel does
    panel._records.reload()
    QTest.qWait(50)
    assert box.viewRange()[0][1] == pytest.approx(2), "the part stays when the list is read again"
    chosen = panel.comparison.metric_box
    other = next(at for at in range(chosen.count()) if chosen.itemText(at) != metric)
    chosen.setCurrentIndex(other)
    chosen.activated.emit(other)
    assert box.viewRange()[0][1] > 2, "another metric is another part"
    chosen.setCurrentText(metric)
    chosen.activated.emit(chosen.currentIndex())
    box.setRange(xRange=(1, 2), padding=0)
    box.sigRangeChangedManually.emit([True, True])
    for act in (QTest.mouseClick, QTest.mouseDClick, QTest.mouseRelease):
        act(view.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(200, 100))
    until(lambda: box.viewRange() == whole)
    panel.table.clearSelection()
    QTest.mouseClick(chart._keys[1], Qt.MouseButton.LeftButton)
    assert panel.current is not None
    assert panel.current.run.info.name == "cnn two"


def test_runs_of_one_name_say_what_differs(qtbot: QtBot, tmp_path: Path) -> None:
    for name in ("RMSprop", "Adam"):
        run = add_run(tmp_path, "untitled", 0.8)
        project = load("mlp")
        plan = msgspec.structs.replace(project.training, optimizer=Named(name), batch_size=64)
        project = msgspec.structs.replace(project, training=plan)
        run.replace_texts(projectfile.dumps(project), "print('hello')\n")
    panel = shown(qtbot, tmp_path)
    tick(panel, 0)
    tick(panel, 1)
    told = ["untitled · Adam", "untitled · RMSprop"]  # the newest first
    assert [panel.model.index(row, 0).data() for row in (0, 1)] == told
    assert "Adam · learning rate 0.001 · batch size 64 · epochs 10" in panel.model.index(0, 0).data(
        Qt.ItemDataRole.ToolTipRole
    )
    assert [one.name for one in panel.comparison.chart._shown] == ["RMSprop", "Adam"], "they differ"
    rows = panel.comparison.differences
    assert [rows.index(0, at).data() for at in range(3)] == ["optimizer", "RMSprop", "Adam"]
    assert rows.rowCount() == 1


def test_overlaid_curves_are_drawn_on_a_logarithmic_axis_and_saved(
    panel: RunsPanel, tmp_path: Path
) -> None:
    tick(panel, 0)
    tick(panel, 2)
    panel.tabs.setCurrentIndex(1)
    chart = panel.comparison.chart
    panel.comparison.metric_box.setCurrentText("loss")
    panel.comparison.metric_box.activated.emit(0)
    plain = chart.drawn()[0][0]
    assert plain == pytest.approx([1, 1 / 2, 1 / 3])
    chart.menu.findChild(QAction, "runs.chart.logarithmic").trigger()
    assert chart.drawn()[0][0] == pytest.approx(np.log10(plain))
    chart_export.save(chart, tmp_path / "curves.csv")
    rows = (tmp_path / "curves.csv").read_text(encoding="utf-8").splitlines()
    assert rows[:2] == ["epoch,mlp: loss,cnn two: loss", "1,1.0,1.0"]
    assert len(rows) == 4
    chart_export.save(chart, tmp_path / "curves.png")
    picture = QImage(str(tmp_path / "curves.png"))
    assert (picture.width(), picture.height()) == (1800, 1120)
    colours = {picture.pixelColor(x, y).name() for x in range(0, 1800, 3) for y in range(1120)}
    assert {colour.lower() for _, colour in panel.model.ticked()} <= colours


def test_the_training_of_an_old_run_is_shown_with_its_curves_and_notes(
    panel: RunsPanel, qtbot: QtBot, folder: Path
) -> None:
    run = add_run(folder, "stuck", 0.1)
    for epoch in range(3):
        run.record(EpochEnded(epoch=epoch, seconds=1.0, logs={"loss": 2.3}, learning_rate=0.01))
        run.record(Gradients(epoch=epoch, norms={"hidden1": 1e-9, "output": 1.0}, dead={}))
    panel._records.reload()
    until(lambda: "stuck" in names(panel))
    document = Document()
    training = TrainingPanel(document, DARK, panel._runner)
    qtbot.addWidget(training)
    training.show()
    panel.acts.record_wanted.connect(training.show_run)
    choose(panel, names(panel).index("stuck"), "training")
    assert training.status.accessibleName().endswith(" · stuck: trained for 3 epochs")
    assert training.outcome.accessibleName().startswith("Test accuracy 0.0000")
    assert training.chart.curves.rates == {"learning rate": [0.01, 0.01, 0.01]}
    assert training.chart.curves.norms["hidden1"] == [1e-9] * 3
    assert "vanishing gradients" in {note.kind for note in training.notes.notes}
    document.add(load("cnn"))
    assert training.status.accessibleName().startswith("Ready for")


def test_a_proof_is_shown_again_with_its_run(panel: RunsPanel) -> None:
    words = panel.findChild(QLabel, "runs.proof.words")
    open_run(panel.model.rows[1].run.path).update(proof="Not proved: 1 or 2.", proof_agrees=False)
    panel._records.reload()
    until(lambda: bool(panel.model.rows[1].run.info.proof))
    panel.table.selectRow(1)
    assert words.isVisible()
    assert words.text() == "cnn one: Not proved: 1 or 2."
    assert words.property("role") == "error"
    panel.table.selectRow(0)
    assert not panel.proof.isVisible()


def test_where_there_is_room_the_list_stands_beside_the_curves(panel: RunsPanel) -> None:
    assert not panel.comparison.isVisible()
    panel.resize(1100, 300)
    assert panel.comparison.isVisible()
    assert panel.table.isVisible()
    panel.resize(460, 260)
    assert panel.table.isVisible() is not panel.comparison.isVisible()


def test_the_drawing_of_a_run_is_opened(panel: RunsPanel) -> None:
    opened: list[object] = []
    panel.acts.drawing_wanted.connect(opened.append)
    panel.table.selectRow(0)
    QTest.mouseClick(panel.drawing, Qt.MouseButton.LeftButton)
    assert opened == [load("mlp")]


def test_a_run_gets_another_name(panel: RunsPanel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QInputDialog, "getText", lambda *_a, **_k: ("baseline", True))
    choose(panel, 2, "rename")
    until(lambda: "baseline" in names(panel))
    assert [run.info.name for run in list_runs(panel._records.folder)][-1] == "baseline"


def test_delete_asks_and_moves_the_folder_into_the_trash(
    panel: RunsPanel, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = [QMessageBox.StandardButton.Cancel, QMessageBox.StandardButton.Yes]
    asked: list[str] = []

    def question(_parent: object, _title: str, words: str, *_more: object) -> object:
        asked.append(words)
        return answers[len(asked) - 1]

    monkeypatch.setattr(QMessageBox, "question", question)
    home = folder.parent / "home"
    home.mkdir(exist_ok=True)
    monkeypatch.setenv("XDG_DATA_HOME", str(home))  # on Linux it isn't the real trash
    gone = panel.model.rows[1].run.path
    choose(panel, 1, "delete")
    assert len(names(panel)) == 3
    choose(panel, 1, "delete")
    until(lambda: len(names(panel)) == 2)
    assert "cnn one" in asked[0]
    assert names(panel) == ["cnn two", "mlp"]
    assert not gone.exists()
    if sys.platform == "linux":
        assert open_run(next(home.rglob(gone.name))).info.name == "cnn one"


def test_an_empty_list_says_how_to_fill_it(qtbot: QtBot, tmp_path: Path) -> None:
    panel = shown(qtbot, tmp_path / "none")
    assert panel.empty.isVisible()
    assert "Train a drawing" in panel.empty.text()


def test_a_thousand_runs_come_without_freezing_the_window(qtbot: QtBot, tmp_path: Path) -> None:
    first = add_run(tmp_path, "first", 0.5)
    parts = {path.name: path.read_bytes() for path in first.path.iterdir() if path.is_file()}
    for number in range(1000):
        copy = tmp_path / f"20200101-000000-000-{number:04}"
        copy.mkdir()
        for name in ("run.json", "history.json"):
            (copy / name).write_bytes(parts[name])
    beats: list[float] = []
    timer = QTimer()
    timer.timeout.connect(lambda: beats.append(time.perf_counter()))
    timer.start(1)
    panel = shown(qtbot, tmp_path)
    timer.stop()
    assert len(panel.model.rows) == 1001
    assert len(beats) > 20, "the window stood still while the runs were read"
    known = panel._records._known
    panel._records.reload()
    until(lambda: not panel._records._is_reading)
    again = panel._records._known
    assert all(again[path][1] is facts for path, (_, facts) in known.items()), "read once more"
