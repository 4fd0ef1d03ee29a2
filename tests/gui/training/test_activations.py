"""Looking inside: maps on the screen are those of the run, and pictures of all kinds of output."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLabel, QPushButton, QSpinBox, QToolButton

from engine.command import local_command
from graph.edits import SetParams
from graph.inference import infer
from graph.project import Checkpoint
from gui.panels.activations import ActivationsPanel, listing_of
from gui.parts.listing import ListingDialog
from gui.parts.mapgrid import MapGrid
from gui.parts.mapsheet import (
    arrange,
    colour_table,
    maps_picture,
    pictures_of,
    shape_words,
)
from gui.theme import DARK, LIGHT
from tests.gui.training.conftest import Waiter, cnn

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from gui.document import Document
    from gui.runner import Runner


@pytest.mark.engine
def test_a_run_is_looked_into(
    qtbot: QtBot,
    document: Document,
    runner: Runner,
    wait: Waiter,
    tmp_path: Path,
) -> None:
    document.add(cnn())
    panel = ActivationsPanel(document, DARK, runner)
    qtbot.addWidget(panel)
    panel.resize(700, 320)
    panel.show()
    project = document.project
    runner.train(project, document.report)
    _, run = wait.first(runner.finished)
    look, answer = wait.first(runner.maps_ready, runner.maps_failed)

    caption = panel.findChild(QLabel, "activations.caption")
    layers = panel.findChild(QComboBox, "activations.layer")
    sample = panel.findChild(QSpinBox, "activations.sample")
    grid = panel.findChild(MapGrid, "activations.grid")
    assert layers.currentText() == "conv1"
    assert caption.text() == "conv1 · 8 maps · 24 × 24 · sample 0"
    assert sample.maximum() == 999
    np.testing.assert_array_equal(grid.maps, answer.maps)
    assert len([tile for tile in grid.sheet.tiles if tile.index is not None]) == 8
    assert look.run is run
    assert not panel.findChild(QLabel, "activations.notice").isVisible()

    forward = panel.findChild(QToolButton, "activations.next")
    for _ in range(3):
        QTest.mouseClick(forward, Qt.MouseButton.LeftButton)
    wait.until(lambda: caption.text().endswith("sample 3"))

    node = next(key for key, n in project.graph.nodes.items() if n.label == "flat1")
    document.select(frozenset({node}))
    wait.until(lambda: caption.text() == "flat1 · 4,608 values · sample 3")

    tile = grid.sheet.tiles[-1]
    document.select(frozenset({next(iter(project.graph.nodes))}))
    wait.until(lambda: caption.text() == "visible · 1 map · 28 × 28 · sample 3")
    assert tile.image.height() == 4608 // 64

    panel.resize(341, 250)  # on a small screen: nothing stands outside
    wait.until(lambda: caption.text() == "visible · sample 3")
    assert panel.minimumSizeHint().width() <= 341

    QTest.mouseClick(panel.findChild(QPushButton, "activations.code"), Qt.MouseButton.LeftButton)
    dialog = panel.findChild(ListingDialog)
    assert dialog.isVisible()
    assert "sample=3" in dialog.listing.text
    dialog.save(tmp_path / "maps.py")
    env = {**local_command().env, "TF_CPP_MIN_LOG_LEVEL": "3"}
    subprocess.run([sys.executable, "maps.py"], cwd=tmp_path, check=True, env=env)
    assert (tmp_path / "maps.png").stat().st_size > 100
    QTest.mouseClick(dialog.findChild(QPushButton, "listing.close"), Qt.MouseButton.LeftButton)

    layer = next(key for key, la in project.graph.layers.items() if la.name == "conv1")
    document.push(SetParams(layer, {"filters": 3}), "Set filters")
    notice = panel.findChild(QLabel, "activations.notice")
    assert notice.isVisible()
    assert "differs" in notice.text()
    document.undo_stack.undo()
    assert not notice.isVisible()


@pytest.mark.engine
def test_maps_are_those_of_the_checkpoint_that_is_chosen(
    qtbot: QtBot, document: Document, runner: Runner, wait: Waiter
) -> None:
    every = Checkpoint(save_best_only=False, restore_best=False)
    document.add(cnn(epochs=2, checkpoint=every))
    panel = ActivationsPanel(document, DARK, runner)
    qtbot.addWidget(panel)
    panel.resize(700, 320)
    panel.show()
    runner.train(document.project, document.report)
    _, run = wait.first(runner.finished)
    _, last = wait.first(runner.maps_ready, runner.maps_failed)
    box = panel.findChild(QComboBox, "activations.run")
    offered = [box.itemText(at).partition(" · ")[0] for at in range(3)]
    assert offered[1:] == ["↳ model-002", "↳ model-001"]
    box.setCurrentIndex(2)
    box.activated.emit(2)
    look, first = wait.first(runner.maps_ready, runner.maps_failed)
    assert look.run.weights == run.path / "model-001.weights.h5"
    assert box.currentText().startswith("↳ model-001 · ")
    assert box.currentText().endswith(" · cnn")
    assert not np.allclose(first.maps, last.maps)
    assert "model-001.weights.h5" in listing_of(look).text
    box.setCurrentIndex(0)
    box.activated.emit(0)
    _, again = wait.first(runner.maps_ready, runner.maps_failed)
    np.testing.assert_array_equal(again.maps, last.maps)


@pytest.mark.engine
def test_runs_of_earlier_sessions_are_offered(
    qtbot: QtBot, document: Document, runner: Runner, wait: Waiter
) -> None:
    project = cnn()
    runner.train(project, infer(project))
    wait.first(runner.finished)
    panel = ActivationsPanel(document, DARK, runner)
    qtbot.addWidget(panel)
    panel.resize(700, 320)
    panel.show()
    wait.until(lambda: panel.choices.run_box.count() > 0)
    assert panel.choices.run_box.currentIndex() == -1  # nothing is fetched by itself
    assert panel.grid.maps is None
    notice = panel.findChild(QLabel, "activations.notice")
    assert notice.text().startswith("Choose a run above")
    offered = panel.choices.runs()
    panel.choices.add_run(offered[0])  # as one that was resumed
    assert [one.path for one in panel.choices.runs()] == [one.path for one in offered]
    panel.choices.run_chosen.emit(panel.choices.runs()[0])
    wait.first(runner.maps_ready, runner.maps_failed)
    assert panel.choices.run_box.currentText().endswith(" · cnn")
    assert panel.grid.maps is not None
    assert panel.grid.maps.shape == (24, 24, 8)


def test_a_click_enlarges_and_keys_step(qtbot: QtBot) -> None:
    grid = MapGrid(DARK)
    qtbot.addWidget(grid)
    grid.resize(600, 300)
    grid.show()
    maps = np.random.default_rng(1).normal(size=(12, 12, 10)).astype("float32")
    grid.show_maps([np.zeros((28, 28, 1), "float32")], maps)
    fourth = next(tile for tile in grid.sheet.tiles if tile.index == 3)
    at = fourth.place.center().toPoint()
    QTest.mouseClick(grid, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, at)
    assert grid.sheet.words[-1][1].startswith("map 3 of 10")
    assert grid.sheet.tiles[-1].place.width() > 100
    QTest.keyClick(grid, Qt.Key.Key_Right)
    assert grid.sheet.words[-1][1].startswith("map 4 of 10")
    QTest.keyClick(grid, Qt.Key.Key_Escape)
    assert len(grid.sheet.tiles) == 11
    before = grid.sheet.tiles[-1].place.width()
    QTest.keyClick(grid, Qt.Key.Key_Plus)
    assert grid.sheet.tiles[-1].place.width() > before


def test_one_scale_or_one_for_each() -> None:
    maps = np.stack([np.eye(4), np.eye(4) * 10], axis=-1).astype("float32")
    brightest = []
    for one_scale in (True, False):
        sheet = arrange([], maps, width=400, one_scale=one_scale)
        first = next(tile for tile in sheet.tiles if tile.index == 0)
        brightest.append(first.image.pixelColor(0, 0).red())
    assert brightest == [25, 255]


def test_pixels_are_the_values() -> None:
    values = np.linspace(0, 1, 12, dtype="float32").reshape(3, 4, 1)
    tile = arrange([], values, width=200).tiles[0]
    shown = [[tile.image.pixelColor(x, y).red() for x in range(4)] for y in range(3)]
    np.testing.assert_array_equal(shown, (values[..., 0] * 255).astype(int))


@pytest.mark.parametrize(
    ("shape", "words", "pictures"),
    [
        ((26, 26, 32), "32 maps · 26 × 26", 32),
        ((100,), "100 values", 1),
        ((4608,), "4,608 values", 1),
        ((1,), "1 value", 1),
        ((), "1 value", 1),
        ((20, 64), "1 map · 20 × 64", 1),
        ((4, 8, 8, 3), "12 maps · 8 × 8", 12),
        ((500, 2, 3), "3 maps · 500 × 2", 3),
    ],
)
def test_every_shape_has_a_picture(
    qtbot: QtBot, shape: tuple[int, ...], words: str, pictures: int
) -> None:
    values = np.random.default_rng(2).normal(size=shape).astype("float32")
    assert shape_words(values) == words
    assert len(pictures_of(values)) == pictures
    for theme in (DARK, LIGHT):
        inputs = [np.ones((28, 28, 1), "float32"), np.ones((8, 8, 3), "float32")]
        image = maps_picture(inputs, values, theme, 2.0)
        assert image.width() > 200
        assert image.pixelColor(0, 0).name().upper() == theme.panel


def test_numbers_that_are_none_do_no_harm() -> None:
    values = np.full((4, 4, 2), np.nan, "float32")
    sheet = arrange([], values, width=100)
    assert [(tile.low, tile.high) for tile in sheet.tiles] == [(0.0, 0.0)] * 2
    assert sheet.tile_at(QPointF(-5, -5)) is None


def test_colours_go_from_dark_to_light() -> None:
    for name in ("grey", "viridis"):
        table = np.array(colour_table(name), dtype=np.uint32)
        red, green, blue = (table >> 16) & 255, (table >> 8) & 255, table & 255
        light = 0.2126 * red + 0.7152 * green + 0.0722 * blue
        assert len(table) == 256
        assert np.all(np.diff(light) > -1.5)


def test_a_picture_is_saved(qtbot: QtBot, tmp_path: Path) -> None:
    maps = np.random.default_rng(3).random((26, 26, 32)).astype("float32")
    image = maps_picture([np.ones((28, 28, 1), "float32")], maps, LIGHT, colours="viridis")
    assert image.save(str(tmp_path / "maps.png"))
    assert (tmp_path / "maps.png").stat().st_size > 1000
