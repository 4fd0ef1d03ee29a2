"""Curves: the values behind them, and the chart that shows them."""

from __future__ import annotations

import csv
import math
from typing import TYPE_CHECKING

import pytest
from PySide6.QtGui import QImage

from gui.charts import export as chart_export
from gui.charts.chart import Chart
from gui.charts.curves import Curves, View, colour_of, log_ticks, smoothed, ticks
from gui.theme import DARK

if TYPE_CHECKING:
    from pathlib import Path

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


def test_running_means_are_turned_back_into_the_means_between() -> None:
    curves = Curves(2)
    pieces = {0.25: 4.0, 0.5: 2.0, 0.75: 3.0, 1.0: 1.0, 1.5: 0.5, 1.75: 0.75}
    total, before, epoch = 0.0, 0.0, 0
    for place, value in pieces.items():
        if place > epoch + 1:
            total, epoch = 0.0, 1
            before = 1.0
        total += value * (place - before)
        before = place
        running = total / (place - epoch)
        curves.add_batch(place, {"loss": running, "recall": running})
    places, values = curves.batches["loss"]
    assert places == list(pieces)
    assert values == pytest.approx(list(pieces.values()))
    assert curves.batches["recall"][1][1] == pytest.approx(3.0)  # it is no mean over samples
    total += 0.25 * 0.25  # what was trained after the last report
    curves.add_epoch(1, {"loss": total})
    assert curves.batches["loss"][0][-1] == 2.0
    assert curves.batches["loss"][1][-1] == pytest.approx(0.25)


def test_a_small_last_batch_weighs_as_little_as_it_is_and_is_no_point_by_itself() -> None:
    curves = Curves(1)
    curves.add_batch(41 / 43, {"loss": 0.9}, 41 * 128)
    curves.add_batch(42 / 43, {"loss": (0.9 * 41 + 0.8) / 42}, 42 * 128)
    curves.add_epoch(0, {"loss": (0.9 * 41 * 128 + 0.8 * 128 + 0.1 * 24) / 5400}, 5400)
    assert curves.batches["loss"][1] == pytest.approx([0.9, 0.8])
    curves.add_batch(1 + 40 / 43, {"loss": 0.5}, 40 * 128)
    curves.add_epoch(1, {"loss": (0.5 * 40 * 128 + 0.4 * 280) / 5400}, 5400)
    assert curves.batches["loss"][1] == pytest.approx([0.9, 0.8, 0.5, 0.4])


@pytest.mark.parametrize("most", [1, 3, 10])
def test_ticks_are_round_and_few(most: int) -> None:
    for length in (1, 2, 7, 10, 11, 99, 1000, 5000):
        found = ticks(0, length, most, whole=True)
        assert 1 <= len(found) <= max(3, most)
        assert all(place == int(place) for place, _ in found)
    assert [text for _, text in ticks(0.2, 1.0, 5)] == ["0.2", "0.4", "0.6", "0.8", "1"]


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
    assert plot._batches.accessibleName() == "between epochs"
    assert len({key.y() for key in keys}) == 1
    assert keys[-1].geometry().right() <= plot.width()
    assert plot._view.height() >= 90


def test_an_epoch_that_is_one_execution_has_no_thin_line(qtbot: QtBot) -> None:
    chart = Chart(DARK)
    qtbot.addWidget(chart)
    chart.show()
    chart.add_batch(1.0, {"loss": 0.9})
    chart.add_epoch(0, {"loss": 0.9})
    chart.draw()
    qtbot.waitUntil(chart._plots[0]._keys[0].isVisible)
    assert not chart._plots[0]._batches.isVisible()
    chart.add_batch(1.5, {"loss": 0.8})
    chart.draw()
    qtbot.waitUntil(chart._plots[0]._batches.isVisible)


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
    curves.add_epoch(1, {"loss": 0.287, "learning_rate": 0.01})
    assert curves.names == ("loss",)  # it has an axis of its own
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


def test_a_smoothed_curve_has_no_bias_and_keeps_its_gaps() -> None:
    assert smoothed([3.0, 3.0, 3.0], 0.9) == pytest.approx([3.0, 3.0, 3.0])
    assert smoothed([1.0, 2.0], 0.5) == pytest.approx([1.0, 5 / 3])
    found = smoothed([1.0, math.nan, 1.0], 0.5)
    assert math.isnan(found[1])
    assert found[2] == 1.0


def test_ticks_of_a_logarithmic_axis_are_labelled_with_the_numbers() -> None:
    assert log_ticks(-3.2, 1.1, 6) == [
        (-3, "0.001"),
        (-2, "0.01"),
        (-1, "0.1"),
        (0, "1"),
        (1, "10"),
    ]
    near = log_ticks(math.log10(0.4), math.log10(1.7), 6)
    assert [text for _, text in near] == ["0.5", "1", "1.5"]
    assert near[1][0] == 0


@pytest.fixture
def chart(qtbot: QtBot) -> Chart:
    made = Chart(DARK)
    qtbot.addWidget(made)
    made.resize(440, 200)
    made.show()
    curves = Curves(4)
    for epoch, (loss, held) in enumerate(((1.0, 1.2), (0.1, 0.3), (0.01, 0.2), (0.001, 0.3))):
        curves.add_batch(epoch + 0.5, {"loss": 2 * loss})
        curves.add_epoch(epoch, {"loss": loss, "val_loss": held, "accuracy": 0.5})
        curves.add_rate(epoch, 0.1 / (epoch + 1))
    curves.add_norms(1, {"hidden1": 0.5, "output": 5.0})
    curves.add_norms(3, {"hidden1": 1e-4, "output": 4.0})
    made.show_curves(curves)
    qtbot.waitExposed(made)
    return made


def test_a_logarithmic_axis_and_smoothing(chart: Chart) -> None:
    plot = chart._plots[0]
    _, ends = plot._items["loss"]
    chart.show_view(View(logarithmic=True))
    assert list(ends.getData()[1]) == pytest.approx([0, -1, -2, -3])
    assert plot._keys[0].accessibleName() == "loss 0.001"  # what is written isn't its logarithm
    chart.show_view(View(smoothing=0.5, batches=False))
    assert list(ends.getData()[1]) == pytest.approx([1, 0.1, 0.01, 0.001])
    assert ends.opacity() < 1
    bold = plot._smooth["loss"].getData()[1]
    assert list(bold) == pytest.approx(smoothed([1, 0.1, 0.01, 0.001], 0.5))
    assert plot._items["loss"][0].getData()[0] is None or not len(
        plot._items["loss"][0].getData()[0]
    )
    assert not plot._batches.isVisible()


def test_learning_rate_and_gradients_are_there_if_wanted(chart: Chart) -> None:
    assert len(chart._plots) == 2
    chart.show_view(View(rate=True, gradients=True))
    names = [
        chart._tabs.tabText(n) for n in range(chart._tabs.count()) if chart._tabs.isTabVisible(n)
    ]
    assert names == ["loss", "accuracy", "learning rate", "gradients"]
    chart._tabs.setCurrentIndex(3)
    chart.draw()
    at, norms = chart._plots[3]._items["hidden1"][1].getData()
    assert list(at) == [2, 4]
    assert list(norms) == pytest.approx([math.log10(0.5), -4])
    chart._tabs.setCurrentIndex(2)
    chart.draw()
    assert list(chart._plots[2]._items["learning rate"][1].getData()[1])[1] == pytest.approx(0.05)
    chart.show_view(View())
    assert not chart._tabs.isTabVisible(2)
    assert chart._plots[0].isVisible() or chart._plots[1].isVisible()


def test_the_menu_says_how_curves_are_shown(chart: Chart) -> None:
    chart.menu._choices["logarithmic"].trigger()
    assert chart.view == View(logarithmic=True)
    chart.menu.smoothing.setValue(60)
    assert chart.view == View(logarithmic=True, smoothing=0.6)


def test_zoom_stays_while_values_come_and_a_double_click_ends_it(chart: Chart) -> None:
    plot = chart._plots[0]
    plot._box.setRange(xRange=(1, 2), yRange=(0, 0.5), padding=0)
    plot._box.sigRangeChangedManually.emit((True, True))
    chart.add_epoch(4, {"loss": 0.5, "val_loss": 3.0})
    chart.draw()
    assert plot._box.viewRange()[0] == pytest.approx([1, 2])
    chart.menu.whole_wanted.emit()
    assert plot._box.viewRange()[0][1] >= 5


@pytest.mark.parametrize("ending", ["png", "svg", "csv"])
def test_curves_are_saved(chart: Chart, tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"curves.{ending}"
    chart_export.save(chart, path)
    if ending == "csv":
        rows = list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
        assert [row["epoch"] for row in rows] == ["1", "2", "3", "4"]
        assert rows[1]["val_loss"] == "0.3"
        assert rows[1]["gradient of output"] == "5.0"
        assert rows[0]["gradient of output"] == ""
    elif ending == "png":
        assert QImage(str(path)).width() == 2480
    else:
        text = path.read_text(encoding="utf-8")
        assert text.count("<path") > 4
        assert "val_loss" in text
    with pytest.raises(OSError, match="o such file"):
        chart_export.save(chart, tmp_path / "nowhere" / f"curves.{ending}")
