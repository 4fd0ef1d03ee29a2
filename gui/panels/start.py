"""The first page: a card for each template, each with a small picture of its drawing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QAbstractButton,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from graph import registry, templates
from graph.fragment import LAYER_MIME
from graph.inference import infer, totals
from gui.theme import HUGE, LARGE, MEDIUM, SMALL, Theme, code_font, text_font

if TYPE_CHECKING:
    from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent, QResizeEvent

    from graph.project import Graph
    from graph.templates import Template

CARD = QSize(224, 216)
PICTURE_HEIGHT = 96


class Card(QAbstractButton):
    """One template: a miniature of its drawing, its title, its summary and its size."""

    def __init__(self, template: Template, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(f"template.{template.name}")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setAccessibleName(template.title)
        self.setAccessibleDescription(template.summary)
        self.setToolTip(template.summary)
        project = templates.load(template.name)
        self.setText(template.title)
        self._graph = project.graph
        self._summary = template.summary
        self._size = f"{totals(project, infer(project)).params:,} parameters"
        self.theme = theme

    def sizeHint(self) -> QSize:
        """Return the size of a card (pixels)."""
        return CARD

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the card."""
        theme = self.theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        lively = self.underMouse() or self.hasFocus()
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(QPen(QColor(theme.accent if lively else theme.border), 1))
        painter.setBrush(QColor(theme.hover if self.isDown() else theme.panel))
        painter.drawRoundedRect(box, 8, 8)
        inner = box.adjusted(LARGE, MEDIUM, -LARGE, -MEDIUM)
        picture = QRectF(inner.left(), inner.top(), inner.width(), PICTURE_HEIGHT - MEDIUM)
        _paint_miniature(painter, self._graph, theme, picture)
        top = inner.top() + PICTURE_HEIGHT
        painter.setPen(QColor(theme.text))
        painter.setFont(text_font(13, text_font().Weight.DemiBold))
        painter.drawText(QRectF(inner.left(), top - 4, inner.width(), 20), self.text())
        painter.setPen(QColor(theme.muted))
        painter.setFont(text_font(12))
        wrap = Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignTop
        painter.drawText(QRectF(inner.left(), top + 18, inner.width(), 52), wrap, self._summary)
        painter.setFont(code_font(11))
        foot = QRectF(inner.left(), inner.bottom() - 14, inner.width(), 16)
        painter.drawText(foot, Qt.AlignmentFlag.AlignLeft, self._size)
        painter.end()


def _paint_miniature(painter: QPainter, graph: Graph, theme: Theme, box: QRectF) -> None:
    """Paint nodes as coloured blocks and wires as curves, as large as the box allows."""
    if not graph.nodes:
        return
    width, height = 176.0, 84.0
    left = min(node.x for node in graph.nodes.values())
    top = min(node.y for node in graph.nodes.values())
    across = max(node.x for node in graph.nodes.values()) + width - left
    down = max(node.y for node in graph.nodes.values()) + height - top
    scale = min(box.width() / across, box.height() / down, 0.22)
    dx = box.left() + (box.width() - across * scale) / 2 - left * scale
    dy = box.top() + (box.height() - down * scale) / 2 - top * scale
    painter.setPen(QPen(QColor(theme.wire), 1.2))
    for link in graph.links.values():
        start, end = graph.nodes[link.source], graph.nodes[link.target]
        x1, y1 = dx + (start.x + width) * scale, dy + (start.y + height / 2) * scale
        x2, y2 = dx + end.x * scale, dy + (end.y + height / 2) * scale
        painter.drawLine(int(x1), int(y1), int(x2), int(y2))
    painter.setPen(Qt.PenStyle.NoPen)
    for node in graph.nodes.values():
        spec = registry.find(graph.layers[node.layer].kind)
        painter.setBrush(QColor(theme.family(spec.family if spec else "unknown")))
        painter.drawRoundedRect(
            QRectF(dx + node.x * scale, dy + node.y * scale, width * scale, height * scale), 2, 2
        )


class StartPage(QScrollArea):
    """What a new user sees first.

    Signals:
        chosen(str): the template of that name is wanted.
        empty_wanted(): an empty drawing is wanted.
        file_wanted(): somebody wants to open a file.
        layer_wanted(str): a layer of that kind was dropped here.
    """

    chosen = Signal(str)
    empty_wanted = Signal()
    file_wanted = Signal()
    layer_wanted = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("start")
        self.setWidgetResizable(True)
        self.setAcceptDrops(True)
        self._cards: list[Card] = []
        for template in templates.templates():
            card = Card(template, theme)
            card.clicked.connect(lambda _on=False, name=template.name: self.chosen.emit(name))
            self._cards.append(card)
        self._grid = QGridLayout()
        self._grid.setSpacing(LARGE)
        self._columns = 0
        self._lay_out()
        self._flow()
        self.set_theme(theme)

    def _lay_out(self) -> None:
        title = QLabel(self.tr("Start from a drawing of the lecture"))
        title.setProperty("role", "title")
        words = QLabel(
            self.tr(
                "They are ready to train on the bundled sample of Fashion-MNIST; only CIFAR-10 is "
                "downloaded, once."
            )
        )
        words.setProperty("role", "muted")
        words.setWordWrap(True)
        page = QWidget()
        page.setProperty("role", "page")
        column = QVBoxLayout(page)
        column.setContentsMargins(HUGE, HUGE, HUGE, HUGE)
        column.setSpacing(SMALL)
        head = self._other_ways()
        head.insertWidget(0, title, 1)
        column.addLayout(head)
        column.addWidget(words)
        column.addSpacing(LARGE)
        column.addLayout(self._grid)
        column.addStretch(1)
        self.setWidget(page)

    def _other_ways(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(SMALL)
        ways = (
            ("start.empty", self.tr("Empty drawing"), self.empty_wanted),
            ("start.open", self.tr("Open a file…"), self.file_wanted),
        )
        for name, text, signal in ways:
            button = QPushButton(text)
            button.setObjectName(name)
            button.clicked.connect(lambda _on=False, signal=signal: signal.emit())
            row.addWidget(button)
        return row

    def set_theme(self, theme: Theme) -> None:
        """Paint the page and its cards in another theme."""
        for card in self._cards:
            card.theme = theme
            card.update()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take a layer in hand: whoever drags one here wants to draw."""
        if event.mimeData().hasFormat(LAYER_MIME):
            event.acceptProposedAction()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """Let the layer go on."""
        event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Begin a drawing with the layer."""
        kind = bytes(event.mimeData().data(LAYER_MIME).data()).decode("utf-8", "replace")
        event.acceptProposedAction()
        self.layer_wanted.emit(kind)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put as many cards in a row as there is room for."""
        super().resizeEvent(event)
        self._flow()

    def _flow(self) -> None:
        room = self.viewport().width() - HUGE * 2 + LARGE
        columns = max(1, room // (CARD.width() + LARGE))
        if columns == self._columns:
            return
        self._columns = columns
        for at, card in enumerate(self._cards):
            self._grid.addWidget(card, at // columns, at % columns)
        for column in range(self._grid.columnCount()):
            self._grid.setColumnStretch(column, int(column < columns))
