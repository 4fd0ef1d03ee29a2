"""How the curves are shown: a small button with a menu in the chart's corner."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSlider, QToolButton, QWidget, QWidgetAction

from gui.charts.curves import View
from gui.parts.widgets import label
from gui.theme import MEDIUM, SMALL, TINY

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from PySide6.QtGui import QAction

_MOST = 95  # per cent of smoothing
_SIZE = QSize(24, 20)


class ChartMenu(QToolButton):
    """The button and its menu.

    Args:
        parent: the chart.
        name: what the objectNames begin with.
        choices: which parts of a `View` can be chosen, besides smoothing.

    Signals:
        changed(View): the curves are wanted in another way.
        whole_wanted(): all of the run, after a look at a part.
        save_wanted(): a picture or a table of the curves.
    """

    changed = Signal(object)
    whole_wanted = Signal()
    save_wanted = Signal()

    def __init__(
        self,
        parent: QWidget,
        name: str = "training.chart",
        choices: Collection[str] = ("batches", "logarithmic", "rate", "gradients"),
    ) -> None:
        super().__init__(parent)
        self._name = name
        self.setObjectName(f"{name}.menu")
        self.setText("⋯")
        self.setFixedSize(_SIZE)
        self.setStyleSheet(
            "QToolButton { padding: 0; } QToolButton::menu-indicator { image: none; }"
        )
        self.setToolTip(self.tr("How the curves are shown; save them"))
        self.setAccessibleName(self.tr("Curves"))
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._menu = QMenu(self)
        self._menu.setObjectName(f"{name}.choices")
        words = {
            "batches": self.tr("Values of the batches"),
            "logarithmic": self.tr("Logarithmic axis"),
            "rate": self.tr("Learning rate"),
            "gradients": self.tr("Gradients of the layers"),
        }
        self._choices: Mapping[str, QAction] = {
            key: self._choice(key, text) for key, text in words.items() if key in choices
        }
        self.smoothing = self._slider()
        self._menu.addSeparator()
        if "batches" in choices:
            whole = self._menu.addAction(self.tr("Show the whole run"))
            whole.setToolTip(self.tr("So does a double click on the curves"))
            whole.triggered.connect(self.whole_wanted)
        save = self._menu.addAction(self.tr("Save the curves …"))
        save.triggered.connect(self.save_wanted)
        self.setMenu(self._menu)
        self.show_view(View())

    def show_view(self, view: View) -> None:
        """Show what is chosen."""
        for name, action in self._choices.items():
            with QSignalBlocker(action):
                action.setChecked(bool(getattr(view, name)))
        with QSignalBlocker(self.smoothing):
            self.smoothing.setValue(round(100 * view.smoothing))

    def _choice(self, name: str, text: str) -> QAction:
        action = self._menu.addAction(text)
        action.setObjectName(f"{self._name}.{name}")
        action.setCheckable(True)
        action.toggled.connect(self._tell)
        return action

    def _slider(self) -> QSlider:
        slider = QSlider(Qt.Orientation.Horizontal)
        slider.setObjectName(f"{self._name}.smoothing")
        slider.setRange(0, _MOST)
        slider.setMinimumWidth(110)
        slider.setAccessibleName(self.tr("Smoothing"))
        slider.valueChanged.connect(self._tell)
        row = QWidget()
        line = QHBoxLayout(row)
        line.setContentsMargins(MEDIUM, TINY, MEDIUM, TINY)
        line.setSpacing(SMALL)
        line.addWidget(label(self.tr("Smoothing")))
        line.addWidget(slider, 1)
        action = QWidgetAction(self)
        action.setDefaultWidget(row)
        self._menu.addAction(action)
        return slider

    def _tell(self, *_: object) -> None:
        chosen = {name: action.isChecked() for name, action in self._choices.items()}
        self.changed.emit(View(smoothing=self.smoothing.value() / 100, **chosen))
