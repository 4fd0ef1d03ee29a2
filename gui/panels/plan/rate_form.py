"""The learning rate: a number, or a schedule with its settings; and the curve that comes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from graph import objects, schedules
from graph.params import Named, Rate
from gui.parts.combo import Combo
from gui.parts.editors import Editor, LineEditor
from gui.parts.settings_form import SettingsForm
from gui.parts.widgets import label
from gui.theme import SMALL, TINY

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent

    from graph.params import Value
    from graph.schedules import Floats
    from graph.spec import Param
    from gui.theme import Theme

_HEIGHT = 84
_MARGIN = 18  # below the curve, for the numbers of its axis


class RateEditor(Editor):
    """A number, or the class of a schedule, whose settings stand below.

    Signals:
        schedule_wanted(str): a person chose this schedule, or a number ("").
    """

    schedule_wanted = Signal(str)

    def __init__(self, name: str, kind: Rate) -> None:
        super().__init__(name, kind)
        self._number = LineEditor(name, kind)
        self.field = self._number.field
        self.setFocusProxy(self.field)
        self.box = Combo()
        self.box.setObjectName(f"{name}.schedule")
        self.box.setProperty("role", "")  # words, not code
        self.box.setAccessibleName(self.tr("Learning-rate schedule"))
        self.box.addItem(self.tr("constant"), "")
        for schedule in objects.offered("schedule"):
            self.box.addItem(schedule, schedule)
        self.box.activated.connect(lambda _n: self.schedule_wanted.emit(self.box.currentData()))
        self.form = SettingsForm("schedule", f"{name}.schedule")
        self.form.setParent(self)  # until it is taken: without a parent it would be a window
        self.form.edited.connect(lambda _key, named: self._commit(named))
        self._number.committed.connect(self._commit)
        self._column.addWidget(self._number)
        self._column.addWidget(self.box)

    def show_value(self, value: Value, *, default: bool = False, several: bool = False) -> None:
        """Show a number or a schedule."""
        self.value = value
        scheduled = value if isinstance(value, Named) else None
        self._number.setVisible(scheduled is None)
        if scheduled is None and not self._number.is_being_edited:
            self._number.show_value(value, default=default, several=several)
        with QSignalBlocker(self.box):
            self.box.setCurrentIndex(self.box.findData(scheduled.name if scheduled else ""))
        self.form.show_object(scheduled)

    @property
    def is_being_edited(self) -> bool:
        """Say whether a number is in the middle of an entry."""
        return self._number.is_being_edited

    def forget(self) -> None:
        """Let go of a number that was not committed."""
        self._number.forget()

    def set_schedule(self, name: str, steps: int) -> None:
        """Take a schedule that begins with the rate of now, or go back to that rate."""
        now = self.value
        if isinstance(now, Named):
            first = now.settings.get("initial_learning_rate") or 0.001
            values = now.settings.get("values")
            first = values[0] if isinstance(values, tuple) else first
        else:
            first = now if isinstance(now, int | float) else 0.001
        rate = float(first) or 0.001
        self._commit(schedules.beginning(name, rate, steps) if name else rate)


def rate_editor(param: Param, name: str) -> Editor | None:
    """Return the editor of a setting that is a learning rate, or None for all others."""
    return RateEditor(name, param.kind) if isinstance(param.kind, Rate) else None


class RateCurve(QWidget):
    """The learning rate over the steps of the plan."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("plan.rate")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._steps: Floats | None = None
        self._theme: Theme | None = None
        self.hide()

    def sizeHint(self) -> QSize:
        """Return a low, wide size."""
        return QSize(200, _HEIGHT)

    def set_theme(self, theme: Theme) -> None:
        """Paint in these colours."""
        self._theme = theme
        self.update()

    def show_rates(self, found: tuple[Floats, Floats] | None) -> None:
        """Show steps and rates; hide where there is nothing to see: the same rate in all steps."""
        flat = found is None or bool(np.ptp(found[1]) == 0)
        self.setVisible(not flat)
        if found is not None and not flat:
            self._steps, self._rates = found
            first, last = self._rates[0], self._rates[-1]
            self.setToolTip(
                self.tr("{0:.3g} in the first step, {1:.3g} in the last").format(first, last)
            )
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the curve, its range at the left and its steps below."""
        del event
        if self._steps is None or self._theme is None:
            return
        theme, painter = self._theme, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        top, low = float(self._rates.max()), min(0.0, float(self._rates.min()))
        texts = (f"{top:.3g}", f"{low:.3g}")
        metrics = painter.fontMetrics()
        left = max(map(metrics.horizontalAdvance, texts)) + SMALL
        area = QRectF(left, TINY, self.width() - left - TINY, self.height() - TINY - _MARGIN)
        painter.setPen(QColor(theme.muted))
        line = metrics.height()
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for text, y in zip(texts, (area.top(), area.bottom() - line + TINY), strict=True):
            painter.drawText(QRectF(0, y - TINY, left - TINY, line), right, text)
        below = QRectF(area.left(), area.bottom() + 2, area.width(), _MARGIN)
        painter.drawText(below, Qt.AlignmentFlag.AlignLeft, self.tr("step 0"))
        last = f"{int(self._steps[-1]) + 1:,}"
        painter.drawText(below, Qt.AlignmentFlag.AlignRight, last)
        painter.setPen(QPen(QColor(theme.border), 1))
        painter.drawLine(area.bottomLeft(), area.bottomRight())
        xs = area.left() + self._steps / max(1.0, self._steps[-1]) * area.width()
        ys = area.bottom() - (self._rates - low) / (top - low) * area.height()
        painter.setPen(QPen(QColor(theme.accent), 1.5))
        painter.drawPolyline(QPolygonF(list(map(QPointF, xs, ys))))


class RateArea(QWidget):
    """What belongs to the learning rate below its row: the schedule's settings and the curve."""

    def __init__(self) -> None:
        super().__init__()
        self._editor: RateEditor | None = None
        self.title = label("", "heading")
        self.curve = RateCurve()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(TINY)
        self._column.addWidget(self.title)
        self._column.addWidget(self.curve)

    def take(self, editor: RateEditor | None) -> None:
        """Give the form of another optimizer's learning rate its place."""
        if self._editor is not None:
            self._editor.form.setParent(None)
            self._editor.form.deleteLater()
        self._editor = editor
        if editor is not None:
            self._column.insertWidget(1, editor.form)

    def show_rates(self, found: tuple[Floats, Floats] | None) -> None:
        """Show what the learning rate will be over the steps of the plan."""
        value = self._editor.value if self._editor is not None else None
        self.title.setVisible(isinstance(value, Named))
        if isinstance(value, Named):
            self.title.setText(self.tr("Learning rate by {0}").format(value.name))
        self.curve.show_rates(found)
