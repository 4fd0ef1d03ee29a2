"""Curves: the values behind them, and the chart that shows them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest

from gui.panels.chart import Chart, _ticks
from gui.panels.curves import Curves, colour_of
from gui.theme import DARK

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot


def test_an_epoch_that_is_missing_is_no_number() -> None:
    curves = Curves(3)
    curves.add_epoch(0, {"loss": 1.0})
    curves.add_epoch(2, {"loss": 0.5, "val_loss": None})
    assert curves.epochs["loss"][0::2] == [1.0, 0.5]
    assert math.isnan(curves.epochs["loss"][1])
    assert curves.value_at("loss", 3.0) == 0.5
    assert curves.value_at("val_loss", 3.0) is None
    assert curves.names == ("loss", "val_loss")


def test_batches_go_on_from_epoch_to_epoch() -> None:
    curves = Curves(2)
    for place in (0.5, 1.0, 1.5, 2.0):
        curves.add_batch(place, {"loss": place})
    assert curves.batches["loss"] == ([0.5, 1.0, 1.5, 2.0], [0.5, 1.0, 1.5, 2.0])


@pytest.mark.parametrize("most", [1, 3, 10])
def test_ticks_are_round_and_few(most: int) -> None:
    for length in (1, 2, 7, 10, 11, 99, 1000, 5000):
        ticks = _ticks(0, length, most, whole=True)
        assert 1 <= len(ticks) <= max(3, most)
        assert all(place == int(place) for place, _ in ticks)
    assert [text for _, text in _ticks(0.2, 1.0, 5)] == ["0.2", "0.4", "0.6", "0.8", "1"]


def test_the_legend_names_the_thin_line_and_stays_one_line(qtbot: QtBot) -> None:
    chart = Chart(DARK)
    qtbot.addWidget(chart)
    chart.resize(360, 150)
    chart.show()
    chart.add_batch(0.5, {"a_long_name_of_a_metric_loss": 1.0})
    chart.add_epoch(0, {"a_long_name_of_a_metric_loss": 0.9, "val_a_long_name_of_a_metric_loss": 1})
    chart.draw()
    qtbot.waitExposed(chart)
    plot = chart._plots[0]
    keys = [*plot._keys, plot._batches]
    qtbot.waitUntil(lambda: all(key.isVisible() for key in keys))
    assert plot._batches.accessibleName() == "each batch"
    assert len({key.y() for key in keys}) == 1
    assert keys[-1].geometry().right() <= plot.width()
    assert plot._view.height() >= 90


def test_a_long_run_keeps_a_bounded_number_of_points() -> None:
    curves = Curves(10)
    for n in range(20_000):
        curves.add_batch(n / 2000, {"loss": 1 / (n + 1)})
    places, _ = curves.batches["loss"]
    assert 600 <= len(places) <= 1220
    assert places == sorted(places)
    assert places[-1] == 19_999 / 2000


def test_bounds_are_round_and_hold_all_epochs() -> None:
    curves = Curves(2)
    curves.add_epoch(0, {"loss": 0.913})
    curves.add_epoch(1, {"loss": 0.287})
    low, high = curves.bounds(["loss"]) or (0, 0)
    assert low < 0.287
    assert high > 0.913
    assert round(low * 100) == pytest.approx(low * 100)
    assert Curves().bounds(["loss"]) is None


def test_colours_pair_training_with_validation() -> None:
    names = ("a_loss", "b_loss", "val_a_loss", "val_b_loss")
    colours = [colour_of(name, names, DARK) for name in names]
    assert len(set(colours)) == 4
    assert colours[0] == DARK.accent


def test_two_plots_where_there_is_room_else_tabs(qtbot: QtBot) -> None:
    chart = Chart(DARK)
    qtbot.addWidget(chart)
    chart.resize(900, 240)
    chart.show()
    assert not chart._tabs.isVisible()
    chart.show_history({"loss": [0.9, 0.5], "accuracy": [0.6, 0.8]})
    assert [plot.isVisible() for plot in chart._plots] == [True, True]
    chart.resize(320, 240)
    assert chart._tabs.isVisible()
    assert [plot.isVisible() for plot in chart._plots] == [True, False]
    chart._tabs.setCurrentIndex(1)
    assert [plot.isVisible() for plot in chart._plots] == [False, True]
    assert chart._tabs.tabText(1) == "accuracy"
    chart.show_history({"loss": [0.9, 0.5]})
    assert [plot.isVisible() for plot in chart._plots] == [True, False]
    assert not chart._tabs.isVisible()


def test_the_legend_shows_the_values_under_the_pointer(qtbot: QtBot) -> None:
    chart = Chart(DARK)
    qtbot.addWidget(chart)
    chart.resize(900, 240)
    chart.show()
    chart.show_history({"loss": [0.9, 0.5, 0.25]})
    plot = chart._plots[0]
    qtbot.waitExposed(chart)
    assert plot._keys[0].accessibleName() == "loss 0.2500"
    box = plot._view.getPlotItem().vb
    plot._on_mouse_moved(box.mapViewToScene(box.viewRect().center().__class__(1.9, 0.5)))
    assert plot._keys[0].accessibleName() == "loss 0.5000"
    assert plot._title.text() == "epoch 2"
