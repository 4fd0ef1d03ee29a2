"""Saving curves: a picture (PNG, SVG) at a size for a report, or a table (CSV)."""

from __future__ import annotations

import csv
import math
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QCoreApplication, QSize
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QFileDialog, QMessageBox

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from gui.charts.curves import Curves

_FINE = 2  # pixels of a PNG for each of the window


class Saved(Protocol):
    """A chart: a widget with curves that can be saved."""

    @property
    def curves(self) -> Curves:
        """Return the values of all curves."""

    def large_copy(self) -> QWidget:
        """Return a chart with the same curves, for a report; delete it afterwards."""

    def window(self) -> QWidget:
        """Return the window that it is part of."""


def ask_and_save(chart: Saved) -> None:
    """Ask for a file and save the curves there; its ending says how."""
    tr = QCoreApplication.translate
    title = tr("Chart", "Save the curves")
    kinds = tr("Chart", "Picture (*.png);;Drawing (*.svg);;Table (*.csv)")
    name, kind = QFileDialog.getSaveFileName(chart.window(), title, "curves.png", kinds)
    if not name:
        return
    path = Path(name)
    if path.suffix not in {".png", ".svg", ".csv"}:
        path = path.with_name(path.name + kind.rpartition("*")[2].rstrip(")"))
    try:
        save(chart, path)
    except OSError as error:
        words = tr("Chart", "The curves can't be saved in {0}: {1}.")
        QMessageBox.warning(chart.window(), title, words.format(path, error.strerror or error))


def save(chart: Saved, path: Path) -> None:
    """Save the curves as the file's ending says; raises OSError."""
    if path.suffix == ".csv":
        save_table(chart.curves, path)
        return
    path.touch()  # Qt doesn't say why it can't write
    copy = chart.large_copy()
    if path.suffix == ".svg":
        _save_drawing(copy, path)
    else:
        size = copy.size()
        image = QImage(size * _FINE, QImage.Format.Format_RGB32)
        image.setDevicePixelRatio(_FINE)
        copy.render(image)
        if not image.save(str(path)):
            raise OSError(f"{path.name} can't be written")
    copy.deleteLater()


def save_table(curves: Curves, path: Path) -> None:
    """Save a row for each epoch: all values, the learning rate, the norms of the gradients."""
    norms = {f"gradient of {layer}": values for layer, values in curves.norms.items()}
    columns = {**curves.epochs, **curves.rates, **norms}
    count = max(map(len, columns.values()), default=0)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["epoch", *columns])
        for epoch in range(count):
            values = [
                column[epoch] if epoch < len(column) else math.nan for column in columns.values()
            ]
            writer.writerow([epoch + 1, *("" if math.isnan(value) else value for value in values)])


def _save_drawing(copy: QWidget, path: Path) -> None:
    from PySide6.QtSvg import QSvgGenerator  # noqa: PLC0415 - seldom needed

    made = QSvgGenerator()
    made.setFileName(str(path))
    made.setSize(QSize(copy.size()))
    made.setViewBox(copy.rect())
    painter = QPainter(made)
    copy.render(painter, copy.rect().topLeft())
    painter.end()
