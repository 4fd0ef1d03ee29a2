"""Curves: the values behind them, and the chart that shows them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest

from gui.panels.chart import Chart
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


def test_batches_break_between_epochs_and_not_at_the_last_batch() -> None:
    curves = Curves(2)
    for place in (0.5, 1.0, 1.5, 2.0):
        curves.add_batch(place, {"loss": place})
    places, values = curves.batches["loss"]
    assert places == [0.5, 1.0, 1.5, 1.5, 2.0]
    assert [n for n, value in enumerate(values) if math.isnan(value)] == [2]


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
