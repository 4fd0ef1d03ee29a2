"""The list of problems: a sentence for each, and under the chosen one what would cure it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QSignalBlocker,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import (
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from graph.edits import CantApply
from graph.problems import Severity
from gui.icons import action_icon
from gui.parts.widgets import (
    RepairButton,
    hand_focus_on,
    label,
    link_button,
    repair_style,
    unbroken,
)
from gui.theme import MEDIUM, SMALL, TEXT_SIZE, TINY, text_font

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

    from graph.change import Change
    from graph.problems import Problem
    from graph.repairs import Repair
    from gui.document import Document
    from gui.theme import Theme

_PROBLEM = Qt.ItemDataRole.UserRole
_NAME = Qt.ItemDataRole.UserRole + 1
_SIGN_WIDTH = 28
# what a problem is about that isn't one of a node; of other kinds it is the model
_DATA = {"rows", "stratified", "unused source", "held out end", "no data", "limit", "augmentation"}
_PLAN = {"checkpoint", "callback", "optimizer", "schedule", "class weight", "sample weight"}
_WRAP = Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop
Index = QModelIndex | QPersistentModelIndex


class ProblemDelegate(QStyledItemDelegate):
    """Paints a problem: sign, name of the node, sentence in as many lines as it needs."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.theme = theme
        self._font = text_font()
        self._bold = text_font(TEXT_SIZE, QFont.Weight.DemiBold)

    def _columns(self, rect: QRect) -> tuple[QRect, QRect, QRect]:
        """Return the places of sign, name and sentence; a narrow list gives the name less room."""
        inner = rect.adjusted(SMALL, SMALL, -SMALL, -SMALL)
        width = min(96, max(56, inner.width() // 5))
        sign = QRect(inner.left(), inner.top(), 16, 16)
        name = QRect(inner.left() + _SIGN_WIDTH, inner.top(), width, inner.height())
        left = name.right() + MEDIUM
        return sign, name, QRect(left, inner.top(), inner.right() - left, inner.height())

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint a problem; the row with the repairs paints itself."""
        problem: Problem | None = index.data(_PROBLEM)
        if problem is None:
            return
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        sign, name, sentence = self._columns(rect)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        chosen = bool(state & QStyle.StateFlag.State_Selected)
        if chosen or state & QStyle.StateFlag.State_MouseOver:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(self.theme.raised if not chosen else self.theme.hover))
            painter.drawRoundedRect(rect.adjusted(0, 1, 0, -1), 6, 6)
        colour = self.theme.error if problem.severity is Severity.ERROR else self.theme.warning
        action_icon(problem.severity.value, self.theme, colour).paint(painter, sign)
        painter.setPen(QColor(self.theme.text))
        painter.setFont(self._bold)
        metrics = QFontMetrics(self._bold)
        shown = metrics.elidedText(index.data(_NAME), Qt.TextElideMode.ElideRight, name.width())
        painter.drawText(name, int(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft), shown)
        painter.setFont(self._font)
        painter.drawText(sentence, int(_WRAP), unbroken(problem.sentence))
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Return the height that the sentence needs at the width of the list."""
        problem: Problem | None = index.data(_PROBLEM)
        if problem is None:
            return super().sizeHint(option, index)
        view = self.parent()
        width = view.viewport().width() if isinstance(view, QListWidget) else 400
        *_, sentence = self._columns(QRect(0, 0, width, 1000))
        box = QFontMetrics(self._font).boundingRect(
            QRect(0, 0, max(40, sentence.width()), 10_000), int(_WRAP), unbroken(problem.sentence)
        )
        return QSize(width, max(16, box.height()) + 2 * SMALL)


def _part_of(problem: Problem) -> str:
    """Return the name of what a problem is about that isn't one of a node."""
    if problem.kind in _DATA:
        return "data"
    return "plan" if problem.kind in _PLAN else "model"


class ProblemList(QListWidget):
    """A list whose rows are measured anew when it is another width."""

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Wrap the sentences at the new width."""
        super().resizeEvent(event)
        for row in range(self.count()):
            self.measure(self.item(row))
        self.scheduleDelayedItemsLayout()

    def measure(self, item: QListWidgetItem) -> None:
        """Give a row that holds buttons the height that they need at the width of the list."""
        box = self.itemWidget(item)
        if box is None:
            return
        width = self.viewport().width() - _SIGN_WIDTH - MEDIUM
        buttons = box.findChildren(RepairButton)
        for part in box.findChildren(QLabel):
            part.ensurePolished()  # its font is that of the style sheet only then
        for button in buttons:
            button.setFixedHeight(button.heightForWidth(width))
        heights = sum(button.maximumHeight() for button in buttons)
        heights += sum(
            one.sizeHint().height()
            for one in box.findChildren(QPushButton)
            if not isinstance(one, RepairButton)
        )
        item.setSizeHint(QSize(0, heights + 2 * TINY + SMALL))  # SMALL: the style sheet's padding


class ProblemsPanel(QWidget):
    """All problems of the drawing, and the repairs of the chosen one.

    Signals:
        count_changed(int, int): there are so many errors and so many warnings.
        rows_wanted(): somebody wants to see which rows of the data are left out.
    """

    count_changed = Signal(int, int)
    rows_wanted = Signal()

    def __init__(self, document: Document, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("problems")
        self.document = document
        self._shown: tuple[Problem, ...] = ()
        self._repairs_row: QListWidgetItem | None = None
        self.list = ProblemList()
        self.list.setObjectName("problems.list")
        self.list.setMouseTracking(True)
        self.list.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._delegate = ProblemDelegate(theme, self.list)
        self.list.setItemDelegate(self._delegate)
        self.list.itemActivated.connect(self._reveal)
        self.list.itemClicked.connect(self._reveal)
        self.list.currentItemChanged.connect(self._on_current_changed)
        self._calm = label("", "muted", wrap=True)
        self._calm.setObjectName("problems.calm")
        self._calm.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._calm.setContentsMargins(MEDIUM, MEDIUM, MEDIUM, MEDIUM)
        column = QVBoxLayout(self)
        column.setContentsMargins(TINY, TINY, TINY, TINY)
        column.addWidget(self._calm)
        column.addWidget(self.list, 1)
        document.changed.connect(self._on_document_changed)
        document.selection_changed.connect(self._on_selection_changed)
        document.repair_search.found.connect(self._on_repairs_found)
        self.set_theme(theme)
        self._refresh()

    def set_theme(self, theme: Theme) -> None:
        """Show everything in a theme's colours."""
        self._delegate.theme = theme
        self.setStyleSheet(repair_style(theme))
        self.list.viewport().update()

    def counts(self) -> tuple[int, int]:
        """Return how many errors and how many warnings there are."""
        errors = sum(problem.severity is Severity.ERROR for problem in self._shown)
        return errors, len(self._shown) - errors

    def _on_document_changed(self, change: Change) -> None:
        if change.structure or change.data or change.training:
            self._refresh()

    def _refresh(self) -> None:
        was = self._current()
        before, self._shown = self._shown, self.document.problems
        if before != self._shown or not self._shown:
            self._fill()
        known = {(problem.kind, problem.node) for problem in before}
        new = [one for one in self._shown if (one.kind, one.node) not in known]
        self._choose(new[0] if new else was)
        self.count_changed.emit(*self.counts())

    def _fill(self) -> None:
        with QSignalBlocker(self.list):
            self._drop_repairs()
            self.list.clear()
            nodes = self.document.project.graph.nodes
            for problem in self._shown:
                item = QListWidgetItem(self.list)
                item.setData(_PROBLEM, problem)
                node = nodes.get(problem.node) if problem.node is not None else None
                name = node.label if node is not None else self.tr(_part_of(problem))
                item.setData(_NAME, name)
                item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{name}: {problem.sentence}")
        if not self._shown:
            hand_focus_on(self.list, self)
        self.list.setVisible(bool(self._shown))
        self._calm.setVisible(not self._shown)
        if not self._shown:
            self._calm.setText(self._calm_text())

    def _calm_text(self) -> str:
        count = len(self.document.project.graph.layers)
        if not count:
            return self.tr("Nothing is drawn yet. Drag a layer from the library to begin.")
        layers = self.tr("1 layer") if count == 1 else self.tr("{0} layers").format(count)
        params = f"{self.document.totals.params:,}"
        return self.tr("No problems. {0}, {1} parameters.").format(layers, params)

    def _current(self) -> Problem | None:
        item = self.list.currentItem()
        found: Problem | None = item.data(_PROBLEM) if item is not None else None
        return found

    def _choose(self, wanted: Problem | None) -> None:
        """Choose a problem, or one like it, or the first; and show its repairs."""
        rows = [self.list.item(row) for row in range(self.list.count())]
        found = [item for item in rows if item.data(_PROBLEM) is not None]
        if not found:
            return
        alike = [
            item
            for item in found
            if wanted is not None
            and (item.data(_PROBLEM).kind, item.data(_PROBLEM).node) == (wanted.kind, wanted.node)
        ]
        chosen = (alike or found)[0]
        with QSignalBlocker(self.list):
            self.list.setCurrentItem(chosen)
        self._show_repairs(chosen)

    def _show_repairs(self, item: QListWidgetItem) -> None:
        """Put a row with the repairs of a problem below it, or with where to see more of it."""
        self._drop_repairs()
        problem: Problem = item.data(_PROBLEM)
        offered = self.document.repairs_of(problem) or ()
        of_rows = problem.kind == "rows"
        if not offered and not of_rows:
            return
        box = QWidget()
        column = QVBoxLayout(box)
        column.setContentsMargins(_SIGN_WIDTH, TINY, 0, TINY)
        column.setSpacing(0)
        for index, repair in enumerate(offered):
            button = RepairButton(repair, f"repair.{index}")
            button.clicked.connect(lambda _=False, one=repair: self._on_repair_chosen(one))
            column.addWidget(button)
        if of_rows:
            which = link_button(self.tr("Show which"), "problems.rows")
            which.clicked.connect(self.rows_wanted)
            column.addWidget(which, 0, Qt.AlignmentFlag.AlignLeft)
        row = QListWidgetItem()
        row.setFlags(Qt.ItemFlag.ItemIsEnabled)
        with QSignalBlocker(self.list):
            self.list.insertItem(self.list.row(item) + 1, row)
            self.list.setItemWidget(row, box)
            self.list.measure(row)
        self._repairs_row = row

    def _on_repairs_found(self, problem: Problem) -> None:
        item = self.list.currentItem()
        if item is not None and item.data(_PROBLEM) == problem:
            self._show_repairs(item)

    def _drop_repairs(self) -> None:
        row, self._repairs_row = self._repairs_row, None
        if row is None:
            return
        if (box := self.list.itemWidget(row)) is not None:
            hand_focus_on(box, self.list)
        with QSignalBlocker(self.list):
            self.list.takeItem(self.list.row(row))

    def _on_current_changed(self, item: QListWidgetItem | None) -> None:
        if item is not None and item.data(_PROBLEM) is not None:
            self._show_repairs(item)
            self._reveal(item)

    def _reveal(self, item: QListWidgetItem) -> None:
        """Show the node of a problem; the focus stays here, for the next arrow key."""
        problem: Problem | None = item.data(_PROBLEM)
        if problem is not None and problem.node is not None:
            self.document.reveal(problem.node)

    def _on_selection_changed(self) -> None:
        """Go to the problem of a node that was selected elsewhere."""
        chosen = self.document.selected_nodes
        if len(chosen) != 1 or ((now := self._current()) is not None and now.node in chosen):
            return
        found = [problem for problem in self._shown if problem.node in chosen]
        if found:
            self._choose(found[0])

    def _on_repair_chosen(self, repair: Repair) -> None:
        try:
            self.document.push(repair.edit, repair.label, source=self)
        except CantApply:
            self._refresh()  # the drawing has become another one meanwhile
