"""Program text with line numbers, marked lines, and wrapping that never hides the end of a call.

A line that is too long is wrapped under a hanging indent rather than shortened: what a layer is
called on stands at the end of its line, and it is what the drawing is about.
"""

from __future__ import annotations

from difflib import SequenceMatcher
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

from pygments.lexers.python import PythonLexer  # type: ignore[import-untyped] # it has no stubs
from pygments.token import (  # type: ignore[import-untyped] # as above
    Comment,
    Keyword,
    Name,
    Number,
    Operator,
    String,
    Token,
)
from PySide6.QtCore import QPointF, QRectF, Qt, QVariantAnimation, Signal
from PySide6.QtGui import (
    QColor,
    QPainter,
    QSyntaxHighlighter,
    QTextBlock,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextOption,
)
from PySide6.QtWidgets import QTextEdit, QWidget

from gui.theme import CODE_SIZE, MOTION_MS, code_font, reduced_motion

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PySide6.QtGui import QMouseEvent, QPaintEvent

    from gui.theme import Theme

LINE_HEIGHT = 20  # pixels
_TEXT_DROP = 3  # Qt sets the text of a fixed height to its bottom: the tint follows it
# Qt lays out and colours all that lies between the changes of one edit, so that a few changes are
# faster one by one (2 ms each in 1,000 lines), and many in one edit (50 ms)
_MANY = 12
_IN_STRING = 1  # the state of a line that ends within a text of several lines
_QUOTES = '"""'


_LEXER = PythonLexer()


def _spans(text: str) -> Iterator[tuple[int, int, str]]:
    tokens = [*_LEXER.get_tokens_unprocessed(text), (len(text), Token, "")]
    for (at, kind, word), (_, _, after) in pairwise(tokens):
        if kind in Name and after.startswith("("):
            yield at, len(word), "call"
        elif kind in Keyword or kind is Operator.Word:
            yield at, len(word), "keyword"
        elif kind in String:
            yield at, len(word), "string"
        elif kind in Number:
            yield at, len(word), "number"
        elif kind in Comment:
            yield at, len(word), "comment"


@lru_cache(maxsize=4096)
def spans(text: str) -> tuple[tuple[int, int, str], ...]:
    """Return where a line has colours, as (start, length, name in `Syntax`).

    Kept, because Qt asks again for all lines between two changes, and the lexer takes 0.1 ms each.
    """
    return tuple(_spans(text))


class PythonHighlighter(QSyntaxHighlighter):
    """Colours Python source a line at a time, so that an edit costs only the lines it changed."""

    def __init__(self, document: QTextDocument, theme: Theme) -> None:
        super().__init__(document)
        self._formats: dict[str, QTextCharFormat] = {}
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Colour everything anew."""
        for name in ("keyword", "string", "number", "call", "comment"):
            form = QTextCharFormat()
            form.setForeground(QColor(getattr(theme.syntax, name)))
            self._formats[name] = form
        self.rehighlight()

    def highlightBlock(self, text: str) -> None:
        """Colour a line."""
        start = 0
        if self.previousBlockState() == _IN_STRING:
            end = text.find(_QUOTES)
            start = len(text) if end < 0 else end + len(_QUOTES)
            self.setFormat(0, start, self._formats["string"])
            self.setCurrentBlockState(_IN_STRING if end < 0 else 0)
        elif text.lstrip().startswith(_QUOTES) and text.count(_QUOTES) == 1:
            self.setFormat(0, len(text), self._formats["string"])
            self.setCurrentBlockState(_IN_STRING)
            return
        else:
            self.setCurrentBlockState(0)
        for at, length, name in spans(text[start:]):
            self.setFormat(start + at, length, self._formats[name])


class CodeView(QTextEdit):
    """Read-only program text. Lines are counted from 1, as editors do.

    Signals:
        line_clicked(int): somebody clicked this line.
    """

    line_clicked = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setReadOnly(True)
        self.setProperty("role", "code")
        self.setFont(code_font())
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.document().setUndoRedoEnabled(False)
        self.document().setDocumentMargin(4)
        self._theme = theme
        self._highlighter = PythonHighlighter(self.document(), theme)
        self._lines: list[str] = [""]
        self._chosen: frozenset[int] = frozenset()
        self._wrong: frozenset[int] = frozenset()
        self._fresh: frozenset[int] = frozenset()
        self._char = self.fontMetrics().horizontalAdvance("0")
        self._gutter = 5 * self._char
        self._fade = QVariantAnimation(self)
        self._fade.setDuration(MOTION_MS)
        self._fade.setStartValue(1.0)
        self._fade.setEndValue(0.0)
        self._fade.valueChanged.connect(self.viewport().update)
        self._fade.finished.connect(self._forget_fresh)

    def set_theme(self, theme: Theme) -> None:
        """Show everything in a theme's colours."""
        self._theme = theme
        self._highlighter.set_theme(theme)
        self.viewport().update()

    def mark(self, chosen: frozenset[int], wrong: frozenset[int]) -> None:
        """Light the lines of what is selected, and those at which something is wrong."""
        if (chosen, wrong) != (self._chosen, self._wrong):
            self._chosen, self._wrong = chosen, wrong
            self.viewport().update()

    @property
    def chosen_lines(self) -> frozenset[int]:
        """The lines that are lit."""
        return self._chosen

    @property
    def wrong_lines(self) -> frozenset[int]:
        """The lines that are marked as wrong."""
        return self._wrong

    def show_text(self, text: str) -> None:
        """Show a text, changing only the lines that are others than before; keep the place."""
        lines = text.split("\n")
        if lines == self._lines:
            return
        if self._lines == [""]:
            self._splice(0, 1, lines)
            self._lines = lines
            return
        first = self.cursorForPosition(QPointF(0, 0).toPoint())
        offset = self._top_of(first.block()) - self.verticalScrollBar().value()
        fresh = self._change(lines)
        self._lines = lines
        self.verticalScrollBar().setValue(round(self._top_of(first.block()) - offset))
        self.flash(fresh)

    def show_top(self) -> None:
        """Show the first line."""
        self.verticalScrollBar().setValue(0)

    def flash(self, lines: frozenset[int]) -> None:
        """Tint lines for a moment, unless the system asks for no motion."""
        if lines and not reduced_motion() and self.isVisible():
            self._fresh = lines
            self._fade.stop()
            self._fade.start()

    def _forget_fresh(self) -> None:
        self._fresh = frozenset()
        self.viewport().update()

    def _change(self, lines: list[str]) -> frozenset[int]:
        """Make the document hold these lines; return the numbers of those that are new."""
        old = self._lines
        head = next((at for at, (a, b) in enumerate(zip(old, lines, strict=False)) if a != b), None)
        start = min(len(old), len(lines)) if head is None else head
        most = min(len(old), len(lines)) - start
        tail = 0
        while tail < most and old[-1 - tail] == lines[-1 - tail]:
            tail += 1
        before, after = old[start : len(old) - tail], lines[start : len(lines) - tail]
        steps = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
        fresh: set[int] = set()
        steps = [step for step in steps if step[0] != "equal"]
        outer = QTextCursor(self.document())
        if len(steps) > _MANY:
            outer.beginEditBlock()
        for _, a, b, c, d in reversed(steps):
            self._splice(start + a, b - a, after[c:d])
            fresh.update(range(start + c + 1, start + d + 1))
        if len(steps) > _MANY:
            outer.endEditBlock()
        return frozenset(fresh)

    def _splice(self, at: int, count: int, lines: list[str]) -> None:
        """Put lines in the place of `count` lines, of which the first is number `at` from 0."""
        document = self.document()
        cursor = QTextCursor(document)
        cursor.beginEditBlock()
        both = min(count, len(lines))
        for step in range(both):
            block = document.findBlockByNumber(at + step)
            cursor.setPosition(block.position())
            cursor.movePosition(
                QTextCursor.MoveOperation.EndOfBlock, QTextCursor.MoveMode.KeepAnchor
            )
            cursor.insertText(lines[step])
            cursor.setBlockFormat(self._format(lines[step]))
        for _ in range(count - both):
            gone = document.findBlockByNumber(at + both)
            start = gone.position()
            end = start + gone.length() - (0 if start == 0 else 1)
            cursor.setPosition(max(0, start - 1))
            cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
            cursor.removeSelectedText()
            for number in (at + both - 1, at + both):  # Qt merges them, with the format of either
                near = document.findBlockByNumber(number)
                if near.isValid():
                    cursor.setPosition(near.position())
                    cursor.setBlockFormat(self._format(near.text()))
        if count < len(lines) and at + both == 0:
            below = document.firstBlock().blockFormat()
            cursor.setPosition(0)
            for line in lines:
                cursor.setBlockFormat(self._format(line))
                cursor.insertText(line)
                cursor.insertBlock(below)
        elif count < len(lines):
            above = document.findBlockByNumber(at + both - 1)
            cursor.setPosition(above.position() + above.length() - 1)
            for line in lines[both:]:
                cursor.insertBlock(self._format(line))
                cursor.insertText(line)
        cursor.endEditBlock()

    def _format(self, line: str) -> QTextBlockFormat:
        hang = (len(line) - len(line.lstrip()) + 4) * self._char
        form = QTextBlockFormat()
        form.setLeftMargin(self._gutter + hang)
        form.setTextIndent(-hang)
        form.setLineHeight(LINE_HEIGHT, QTextBlockFormat.LineHeightTypes.FixedHeight.value)
        return form

    def _top_of(self, block: QTextBlock) -> float:
        return self.document().documentLayout().blockBoundingRect(block).top()

    def show_line(self, line: int) -> None:
        """Scroll to a line, if it can't be seen."""
        block = self.document().findBlockByNumber(line - 1)
        bar = self.verticalScrollBar()
        rect = self.document().documentLayout().blockBoundingRect(block)
        height = self.viewport().height()
        if not bar.value() <= rect.top() <= rect.bottom() <= bar.value() + height:
            bar.setValue(round(rect.top() - height / 3))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Report a click, but not the end of marking a piece of text."""
        super().mouseReleaseEvent(event)
        if event.button() is Qt.MouseButton.LeftButton and not self.textCursor().hasSelection():
            cursor = self.cursorForPosition(event.position().toPoint())
            self.line_clicked.emit(cursor.blockNumber() + 1)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the tints and the line numbers, then the text."""
        painter = QPainter(self.viewport())
        painter.setFont(code_font(CODE_SIZE - 1))
        layout = self.document().documentLayout()
        shift = self.verticalScrollBar().value()
        block = self.cursorForPosition(QPointF(0, 0).toPoint()).block()
        while block.isValid():
            top = layout.blockBoundingRect(block).top() - shift + _TEXT_DROP
            if top > self.viewport().height():
                break
            rows = max(1, block.layout().lineCount())
            place = QRectF(0, top, self.viewport().width(), rows * LINE_HEIGHT)
            self._paint_line(painter, block.blockNumber() + 1, place)
            block = block.next()
        painter.end()
        super().paintEvent(event)

    def _paint_line(self, painter: QPainter, line: int, place: QRectF) -> None:
        theme = self._theme
        wrong, chosen = line in self._wrong, line in self._chosen
        if wrong or chosen:
            painter.fillRect(place, QColor(theme.problem if wrong else theme.selection))
        if line in self._fresh:
            tint = QColor(theme.accent)
            tint.setAlphaF(0.16 * float(self._fade.currentValue() or 0.0))
            painter.fillRect(place, tint)
        if wrong or chosen:
            bar = QRectF(0, place.top(), 2, place.height())
            painter.fillRect(bar, QColor(theme.accent if chosen else theme.error))
        painter.setPen(QColor(theme.text if chosen else theme.muted))
        number = QRectF(0, place.top(), self._gutter - self._char, LINE_HEIGHT)
        where = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(number, str(line), QTextOption(where))
