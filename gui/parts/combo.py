"""The combo box of all panels: calm under the wheel, and readable in little room."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QHelpEvent, QPalette, QStandardItemModel
from PySide6.QtWidgets import (
    QComboBox,
    QPushButton,
    QSizePolicy,
    QStyle,
    QStyleOptionButton,
    QStyleOptionComboBox,
    QStylePainter,
    QToolTip,
)

from gui.theme import TINY

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent, QWheelEvent

_LEFT, _ARROW = 9, 26  # pixels of a menu field beside its text

_NARROWEST = 88  # pixels, to which a box shrinks: some letters and the arrow


class Combo(QComboBox):
    """A combo box that the wheel leaves alone unless it has the focus.

    In little room it shortens its text; all of it stands in the tool tip then.
    """

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "code")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)  # Qt's own lets the wheel take the focus
        self.setMinimumContentsLength(6)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMaxVisibleItems(16)

    def withhold(self, text: str, value: object, why: str) -> None:
        """List something that can't be chosen, with the reason as its tool tip."""
        at, model = self.count(), self.model()
        self.addItem(text, value)
        self.setItemData(at, why, Qt.ItemDataRole.ToolTipRole)
        if isinstance(model, QStandardItemModel):
            model.item(at).setEnabled(False)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll the panel instead of changing the value."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

    def minimumSizeHint(self) -> QSize:
        """Return a width to which every text can be shortened."""
        least = super().minimumSizeHint()
        return QSize(min(least.width(), _NARROWEST), least.height())

    def _option(self) -> QStyleOptionComboBox:
        """Return what the style needs to paint the box, with the text as it fits."""
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        if self.currentIndex() < 0 and self.placeholderText():
            option.currentText = self.placeholderText()
            option.palette.setBrush(QPalette.ColorRole.ButtonText, self.palette().placeholderText())
        part = QStyle.SubControl.SC_ComboBoxEditField
        box = QStyle.ComplexControl.CC_ComboBox
        room = self.style().subControlRect(box, option, part, self).width()
        right = Qt.TextElideMode.ElideRight
        whole = option.currentText
        option.currentText = self.fontMetrics().elidedText(whole, right, room)
        return option

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the box."""
        painter, option = QStylePainter(self), self._option()
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)

    def event(self, event: QEvent) -> bool:
        """Tell all of a text that is shortened, and then what the box is for."""
        if isinstance(event, QHelpEvent) and event.type() is QEvent.Type.ToolTip:
            option, whole = self._option(), self.currentText()
            if option.currentText not in {whole, self.placeholderText()}:
                told = "\n".join(filter(None, (whole, self.toolTip())))
                QToolTip.showText(event.globalPos(), told, self)
                return True
        return super().event(event)

    def showPopup(self) -> None:
        """Open the list as wide as its texts."""
        view = self.view()
        room = view.sizeHintForColumn(0) + view.verticalScrollBar().sizeHint().width() + TINY
        view.setMinimumWidth(max(self.width(), room))
        super().showPopup()


def named_combo(name: str, words: str, length: int, role: str = "") -> Combo:
    """Return a field of choices that grows and shrinks with the panel.

    Args:
        name: of the object.
        words: what the field is for.
        length: letters that it has room for, as long as the panel has some.
        role: "" for words, "code" for names of variables.
    """
    box = Combo()
    box.setObjectName(name)
    box.setAccessibleName(words)
    box.setToolTip(words)
    box.setProperty("role", role)
    box.setMinimumContentsLength(length)
    box.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
    return box


class MenuField(QPushButton):
    """A field with a menu of ticks: Qt's own button has no room at the left of its text then."""

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the button without its text, and the text in the room that there is."""
        option = QStyleOptionButton()
        self.initStyleOption(option)
        text, option.text = self.text(), ""
        painter = QStylePainter(self)
        painter.drawControl(QStyle.ControlElement.CE_PushButton, option)
        place = self.rect().adjusted(_LEFT, 0, -_ARROW, 0)
        shown = self.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, place.width())
        flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawItemText(
            place,
            int(flags),
            self.palette(),
            self.isEnabled(),
            shown,
            QPalette.ColorRole.ButtonText,
        )
