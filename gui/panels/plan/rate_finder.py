"""Find a learning rate: the losses of many rates, the one to take, and a button that takes it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import msgspec
import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from engine.rates import Found, find_rate
from graph.edits import SetTraining
from graph.params import Named
from gui.charts.curves import log_ticks, ticks
from gui.parts.widgets import label
from gui.runner import Asked, Failure
from gui.theme import LARGE, MEDIUM, SMALL, TINY, code_font

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent

    from engine.client import Engine
    from graph.params import Value
    from gui.document import Document
    from gui.runner import Runner
    from gui.theme import Theme

_SIZE = QSize(560, 380)
_HEIGHTS = ("warmup_target", "initial_learning_rate")  # settings of schedules, the higher first


class RateFinder(QDialog):
    """Tries learning rates on a new model of the open drawing; the drawing's runs stay.

    Signals:
        advanced(int, int): so many steps of so many are done; from any thread.
    """

    advanced = Signal(int, int)

    def __init__(self, document: Document, theme: Theme, runner: Runner, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("rates")
        self.setWindowTitle(self.tr("Find a learning rate"))
        self.resize(_SIZE)
        self._document, self._runner = document, runner
        self._asked = Asked()  # the question; answers to earlier ones don't count
        self.found: Found | None = None
        self.sentence = label("", wrap=True)
        self.sentence.setObjectName("rates.sentence")
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.progress.setAccessibleName(self.tr("Progress"))
        self.curve = LossCurve(theme)
        self.use = QPushButton(self.tr("Use it"))
        self.use.setObjectName("rates.use")
        self.use.setProperty("role", "primary")
        self.use.clicked.connect(self._on_use_clicked)
        close = QPushButton(self.tr("Close"))
        close.setObjectName("rates.close")
        close.clicked.connect(self.reject)
        buttons = QHBoxLayout()
        buttons.setSpacing(MEDIUM)
        buttons.addStretch(1)
        buttons.addWidget(close)
        buttons.addWidget(self.use)
        column = QVBoxLayout(self)
        column.setContentsMargins(LARGE, LARGE, LARGE, LARGE)
        column.setSpacing(SMALL)
        column.addWidget(self.sentence)
        column.addWidget(self.progress)
        column.addWidget(self.curve, 1)
        column.addLayout(buttons)
        self.advanced.connect(self._on_advanced)
        self.finished.connect(self._take_back)

    def set_theme(self, theme: Theme) -> None:
        """Paint in these colours."""
        self.curve.set_theme(theme)

    def search(self) -> None:
        """Show the window and try rates on the drawing that is open now."""
        project, report = self._document.project, self._document.report
        self._take_back()
        asked = self._asked
        self._show(None, self.tr("150 learning rates are tried on a new model, one a step …"))
        if self._runner.is_training:
            self.sentence.setText(self.tr("Learning rates are tried when the training is over …"))
        self.progress.setRange(0, 0)
        self.progress.show()

        def advance(done: int, total: int) -> None:
            self.advanced.emit(done, total)
            asked.stop_again()

        def call(engine: Engine) -> Found:
            return find_rate(engine, project, report, advance)

        def take(answer: object) -> None:
            if asked is self._asked:
                self._take(answer)

        self._runner.ask(call, take, asked)
        self.show()
        self.activateWindow()

    def _take_back(self, _result: int = 0) -> None:
        """End the search that is running: nobody waits for it any more."""
        self._asked.stop()
        self._asked = Asked()

    def _take(self, answer: object) -> None:
        if isinstance(answer, Failure):
            self._show(None, answer.sentence)
        elif isinstance(answer, Found) and answer.rate is not None and answer.least is not None:
            words = self.tr(
                "Take a learning rate of about {0:g}: there the loss falls most steeply. It is "
                "least at {1:.2g}; above, training becomes unstable."
            )
            self._show(answer, words.format(answer.rate, answer.least))
        elif isinstance(answer, Found):
            words = self.tr("The loss fell at no rate from 0.000001 to 1, so that none is named.")
            self._show(answer, words)

    def _show(self, found: Found | None, words: str) -> None:
        self.found = found
        self.progress.hide()
        self.sentence.setText(words)
        self.curve.show_losses(found)
        rate = found.rate if found is not None else None
        self.use.setEnabled(rate is not None)
        self.use.setText(self.tr("Use it") if rate is None else self.tr("Use {0:g}").format(rate))

    def _on_advanced(self, done: int, total: int) -> None:
        self.progress.setRange(0, total)
        self.progress.setValue(done)

    def _on_use_clicked(self) -> None:
        """Put the rate into the plan; a schedule begins with it, or climbs to it, if it can."""
        if self.found is None or self.found.rate is None:
            return
        training = self._document.project.training
        was = training.optimizer
        rate: Value = self.found.rate
        schedule = was.settings.get("learning_rate")
        if isinstance(schedule, Named):
            heights = [name for name in _HEIGHTS if schedule.settings.get(name) is not None]
            if heights:
                rate = Named(schedule.name, {**schedule.settings, heights[0]: rate})
        optimizer = Named(was.name, {**was.settings, "learning_rate": rate})
        changed = msgspec.structs.replace(training, optimizer=optimizer)
        self._document.push(SetTraining(changed), self.tr("Set learning rate"))
        self.accept()


class LossCurve(QWidget):
    """The loss over the learning rate: each step faint, smoothed, and the rate to take."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("rates.curve")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setFont(code_font(11))
        self._theme = theme
        self._found: Found | None = None

    def set_theme(self, theme: Theme) -> None:
        """Paint in these colours."""
        self._theme = theme
        self.update()

    def sizeHint(self) -> QSize:
        """Return a size at which the curve can be read."""
        return QSize(420, 240)

    def show_losses(self, found: Found | None) -> None:
        """Show these losses, or none."""
        self._found = found if found is not None and len(found.rates) > 1 else None
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint axes, losses and the rate to take."""
        del event
        found, theme = self._found, self._theme
        if found is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(self.rect()).adjusted(48, SMALL, -MEDIUM, -28)
        xs = np.log10(found.rates)
        low, high = min(found.smooth), max(np.percentile(found.losses, 90), found.smooth[0])
        margin = 0.06 * ((high - low) or 1.0)
        low, high = low - margin, high + margin

        def at(x: float, y: float) -> QPointF:
            across = (x - xs[0]) / (xs[-1] - xs[0])
            up = (min(max(y, low), high) - low) / (high - low)
            return QPointF(area.left() + across * area.width(), area.bottom() - up * area.height())

        self._paint_axes(painter, area, (float(xs[0]), float(xs[-1])), (low, high))
        for values, colour, width in (
            (found.losses, _faded(theme.accent), 1.0),
            (found.smooth, QColor(theme.accent), 2.0),
        ):
            painter.setPen(QPen(colour, width))
            painter.drawPolyline(QPolygonF(list(map(at, xs, values))))
        if found.rate is not None:
            place = at(math.log10(found.rate), low).x()
            painter.setPen(QPen(QColor(theme.families.merge), 1.5, Qt.PenStyle.DashLine))
            painter.drawLine(QPointF(place, area.top()), QPointF(place, area.bottom()))

    def _paint_axes(
        self,
        painter: QPainter,
        area: QRectF,
        across: tuple[float, float],
        up: tuple[float, float],
    ) -> None:
        height = painter.fontMetrics().height()
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for value, text in ticks(*up, 5):
            y = area.bottom() - (value - up[0]) / (up[1] - up[0]) * area.height()
            painter.setPen(QPen(QColor(self._theme.border), 1))
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
            painter.setPen(QColor(self._theme.muted))
            painter.drawText(QRectF(0, y - height / 2, area.left() - SMALL, height), right, text)
        painter.setPen(QColor(self._theme.muted))
        for value, text in log_ticks(*across, 8):
            x = area.left() + (value - across[0]) / (across[1] - across[0]) * area.width()
            below = QRectF(x - 40, area.bottom() + TINY, 80, height)
            painter.drawText(below, Qt.AlignmentFlag.AlignHCenter, text)


def _faded(colour: str) -> QColor:
    made = QColor(colour)
    made.setAlphaF(0.4)
    return made
