"""Small widgets that several panels are made of."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from PySide6.QtCore import QDeadlineTimer, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QIcon, QTransform
from PySide6.QtWidgets import (
    QApplication,
    QBoxLayout,
    QFrame,
    QLabel,
    QLayout,
    QLayoutItem,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QToolButton,
    QWidget,
)

from gui.icons import action_icon
from gui.theme import MEDIUM, SMALL, TINY

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent, QMouseEvent, QResizeEvent

    from graph.repairs import Repair
    from gui.theme import Theme


# where a long name such as GlobalAveragePooling2D may be broken when there is no room for it
_WITHIN_A_NAME = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=_)(?=\w)")
_LONG_WORD = re.compile(r"([^\W_]{16})(?=\w)")
_REST_MS = 600  # longer than a press that was on its way, shorter than a thought


def label(text: str = "", role: str = "", *, wrap: bool = False) -> QLabel:
    """Return a label that shows plain text in one of the style sheet's roles."""
    made = QLabel(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setWordWrap(wrap)
    if role:
        made.setProperty("role", role)
    return made


def unbroken(text: str) -> str:
    """Return a sentence in which a shape such as 28 × 28 × 1 is never broken over two lines."""
    return text.replace(" × ", "\u00a0×\u00a0")


def breakable(text: str) -> str:
    """Return a text whose long names may be broken where there is no room for them."""
    return _LONG_WORD.sub("\\1\u200b", _WITHIN_A_NAME.sub("\u200b", text))


def rule() -> QFrame:
    """Return a line of one pixel between two sections."""
    made = QFrame()
    made.setProperty("role", "rule")
    return made


def link_button(text: str, name: str) -> QPushButton:
    """Return a button that looks like a link in a text."""
    made = QPushButton(text)
    made.setObjectName(name)
    made.setProperty("role", "link")
    made.setCursor(Qt.CursorShape.PointingHandCursor)
    return made


def turned(icon: QIcon) -> QIcon:
    """Return an icon upside down."""
    half = QTransform().rotate(180)
    made = QIcon()
    for mode in (QIcon.Mode.Normal, QIcon.Mode.Active, QIcon.Mode.Disabled):
        made.addPixmap(icon.pixmap(QSize(32, 32), 1.0, mode).transformed(half), mode)
    return made


def icon_button(icon: str, theme: Theme, tip: str, name: str) -> QToolButton:
    """Return a small button that shows an action's icon."""
    made = QToolButton()
    made.setObjectName(name)
    made.setIcon(action_icon(icon, theme))
    made.setIconSize(QSize(16, 16))
    made.setFixedSize(24, 24)
    made.setStyleSheet("padding: 0px;")
    made.setToolTip(tip)
    made.setAccessibleName(tip)
    return made


def set_property(widget: QWidget, name: str, value: object) -> None:
    """Set a dynamic property that the style sheet looks at, and dress the widget anew."""
    if widget.property(name) == value:
        return
    widget.setProperty(name, value)
    widget.style().unpolish(widget)
    widget.style().polish(widget)


class CalmButton(QPushButton):
    """A button that can be told to rest: it may have just come where another one was pressed."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._awake = QDeadlineTimer(0)

    def rest(self) -> None:
        """Hear no press for a moment."""
        self._awake = QDeadlineTimer(_REST_MS)

    @property
    def is_resting(self) -> bool:
        """Say whether a press is not heard."""
        return not self._awake.hasExpired()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Let a press go by while resting."""
        if not self.is_resting:
            super().mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Let a press go by while resting: the focus may have come from the other button."""
        if not self.is_resting:
            super().keyPressEvent(event)


def hand_focus_on(leaving: QWidget, heir: QWidget) -> None:
    """Give the keyboard focus within a widget that goes away to another one.

    Left to itself, Qt would give it to the next field, its text selected, and what a person types
    next would replace that text.
    """
    focused = QApplication.focusWidget()
    if focused is not None and (focused is leaving or leaving.isAncestorOf(focused)):
        heir.setFocus(Qt.FocusReason.OtherFocusReason)


def scrolling(content: QWidget) -> QScrollArea:
    """Return a frameless area that scrolls its content up and down, never sideways."""
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setWidget(content)
    return area


class ElidedLabel(QLabel):
    """A label that shortens its text to the room it has, and tells all of it in a tool tip."""

    def __init__(self, text: str, role: str = "", tip: str = "") -> None:
        super().__init__(text)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        if role:
            self.setProperty("role", role)
        self._full = text
        self._tip = tip
        self.setToolTip(tip)

    def show_text(self, text: str, tip: str = "") -> None:
        """Show another text."""
        self._full, self._tip = text, tip
        self._elide()
        self.updateGeometry()

    def minimumSizeHint(self) -> QSize:
        """Return the least size: the text may lose all but a few letters."""
        return QSize(48, super().minimumSizeHint().height())

    def sizeHint(self) -> QSize:
        """Return the size at which the whole text can be read."""
        width = self.fontMetrics().horizontalAdvance(self._full) + 2
        return QSize(width, super().sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Shorten the text to the new width."""
        super().resizeEvent(event)
        self._elide()

    def _elide(self) -> None:
        shown = self.fontMetrics().elidedText(
            self._full, Qt.TextElideMode.ElideMiddle, self.width()
        )
        if shown != self.text():
            self.setText(shown)
            self.setToolTip(self._tip if shown == self._full else f"{self._full}\n{self._tip}")


class Line(QLabel):
    """A line of text that changes; of several wordings it shows the longest that fits."""

    def __init__(self, name: str, role: str = "") -> None:
        super().__init__()
        self.setObjectName(name)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        if role:
            self.setProperty("role", role)
        self._wordings: tuple[str, ...] = ("",)
        self._tip = ""

    def set_text(self, *wordings: str, tip: str = "") -> None:
        """Show another text; shorter wordings of it may follow. `tip` tells more than all."""
        wordings = wordings or ("",)
        if (wordings, tip) != (self._wordings, self._tip):
            self._wordings, self._tip = wordings, tip
            self.setAccessibleName(wordings[0])
            self._fit()
            self.updateGeometry()

    @property
    def least(self) -> int:
        """The width in pixels that the shortest wording takes."""
        return self.fontMetrics().horizontalAdvance(self._wordings[-1])

    def minimumSizeHint(self) -> QSize:
        """Return the least size: some letters."""
        return QSize(48, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Choose the wording for the new width."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        metrics, room = self.fontMetrics(), self.width()
        fits = (text for text in self._wordings if metrics.horizontalAdvance(text) <= room)
        shortest = self._wordings[-1]
        text = next(fits, metrics.elidedText(shortest, Qt.TextElideMode.ElideRight, room))
        self.setText(text)
        self.setToolTip(self._tip or ("" if text == self._wordings[0] else self._wordings[0]))


class FlowLayout(QLayout):
    """A layout that sets its items in lines, as text is set."""

    def __init__(self, gap: int = TINY) -> None:
        super().__init__()
        self._items: list[QLayoutItem] = []
        self._gap = gap
        self.setContentsMargins(0, 0, 0, 0)

    def addItem(self, item: QLayoutItem) -> None:
        """Take an item in at the end."""
        self._items.append(item)

    def count(self) -> int:
        """Return the number of items."""
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        """Return an item, or None beyond the end."""
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        """Take an item out, or return None beyond the end."""
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def hasHeightForWidth(self) -> bool:
        """Tell Qt that a narrow layout is a high one."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Return the height that the items need at a width."""
        return self._place(QRect(0, 0, width, 0), really=False)

    def setGeometry(self, rect: QRect) -> None:
        """Set the items into a rectangle."""
        super().setGeometry(rect)
        self._place(rect, really=True)

    def sizeHint(self) -> QSize:
        """Return the size of all items in one line."""
        hints = [item.sizeHint() for item in self._items]
        width = sum(hint.width() + self._gap for hint in hints)
        return QSize(width, max((hint.height() for hint in hints), default=0))

    def minimumSize(self) -> QSize:
        """Return the size of the largest item."""
        least = QSize()
        for item in self._items:
            least = least.expandedTo(item.minimumSize())
        return least

    def _place(self, rect: QRect, *, really: bool) -> int:
        x, y, line = rect.x(), rect.y(), 0
        for item in self._items:
            hint = item.sizeHint()
            if x > rect.x() and x + hint.width() > rect.right() + 1:
                x, y, line = rect.x(), y + line + self._gap, 0
            if really:
                width = min(hint.width(), rect.width())
                item.setGeometry(QRect(QPoint(x, y), QSize(width, hint.height())))
            x += hint.width() + self._gap
            line = max(line, hint.height())
        return y + line - rect.y()


_ACROSS, _DOWN = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom
_PREVIEW_SHARE = 0.45  # of a repair's width that its preview takes at most beside the words


class RepairButton(QPushButton):
    """One repair: what it does at the left, what it will give at the right."""

    def __init__(self, repair: Repair, name: str) -> None:
        super().__init__()
        self.repair = repair
        self.setObjectName(name)
        self.setProperty("role", "repair")
        # a button's own policy would never let it be narrower than on one line
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the focus where it was
        self.setAccessibleName(f"{repair.label}. {repair.preview}")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        words = label(breakable(repair.label), wrap=True)
        preview = label(repair.preview, "code")
        words.setProperty("link", True)
        preview.setProperty("muted", True)
        self._words, self._preview = words, preview
        self._row = row = QBoxLayout(_ACROSS, self)
        row.setContentsMargins(SMALL, TINY, SMALL, TINY)
        row.setSpacing(MEDIUM)
        row.addWidget(words, 1)
        row.addWidget(preview, 0, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        for part in (words, preview):
            part.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def hasHeightForWidth(self) -> bool:
        """Tell Qt that a long sentence is set in lines."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Return the height that the sentence needs at a width."""
        self._turn(width)
        return max(28, self._row.heightForWidth(width))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give a long preview a line of its own where it would take the words' room."""
        self._turn(self.width())
        super().resizeEvent(event)

    def _turn(self, width: int) -> None:
        preview = self._preview.sizeHint().width()
        words = self._words.fontMetrics().horizontalAdvance(self._words.text())
        room = width - preview - 2 * SMALL - MEDIUM
        wide = words > room and preview > width * _PREVIEW_SHARE
        direction = _DOWN if wide else _ACROSS
        if self._row.direction() != direction:
            self._row.setDirection(direction)
            self._row.setSpacing(0 if wide else MEDIUM)

    def sizeHint(self) -> QSize:
        """Return the size at which everything is on one line."""
        return self._row.sizeHint().expandedTo(QSize(0, 28))

    def minimumSizeHint(self) -> QSize:
        """Return the least size."""
        return QSize(120, 28)


def repair_style(theme: Theme) -> str:
    """Return the style sheet of repair buttons."""
    return f"""
        QPushButton[role="repair"] {{
          background: transparent; border: 1px solid transparent; text-align: left; padding: 0px;
        }}
        QPushButton[role="repair"]:hover {{ background: {theme.raised}; }}
        QPushButton[role="repair"]:focus {{ background: {theme.raised};
          border-color: {theme.accent}; }}
        QLabel[link="true"] {{ color: {theme.accent}; }}
        QLabel[muted="true"] {{ color: {theme.muted}; }}
    """
