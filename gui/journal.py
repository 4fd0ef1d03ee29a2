"""Keeping unsaved work safe against a crash: a journal for each drawing that is not saved.

Each step is written as it is made, and handed to the system at once: so it outlives this process,
though perhaps not a power cut. A drawing that is as its file has it needs no journal. Journals
that a dead process has left behind are offered when the window opens.
"""

from __future__ import annotations

import contextlib
import os
import time
from pathlib import Path
from typing import IO, TYPE_CHECKING

import platformdirs
from PySide6.QtCore import QLockFile, QObject

from graph import projectfile
from graph.edits import CantApply
from graph.journal import At, Journal, Start, Step, line, read

if TYPE_CHECKING:
    from graph.edits import Edit
    from graph.project import Project
    from gui.document import Document, Sheet
    from gui.errors import MessageBar


def default_folder() -> Path:
    """Return the folder in which this user's journals lie."""
    return Path(platformdirs.user_state_dir("layerloom")) / "journals"


class _Pages:
    """The journal of one drawing: its file, and which steps stand in it."""

    def __init__(self, path: Path, start: Start, index: int) -> None:
        self.path = path
        self.first = self.top = self.index = index  # of steps on the undo stack
        self._file: IO[bytes] = path.open("wb")
        self.write(start)

    def write(self, entry: Start | Step | At) -> None:
        """Add an entry."""
        self._file.write(line(entry))
        self._file.flush()

    def discard(self) -> None:
        """Throw the journal away."""
        with contextlib.suppress(OSError):
            self._file.close()
        self.path.unlink(missing_ok=True)


class Journals(QObject):
    """The journals of a document's drawings, and those that a crash has left behind."""

    def __init__(self, document: Document, messages: MessageBar, folder: Path) -> None:
        """Make the folder, and take a name in it that no other process has.

        A folder that can't be written to is told in a sentence, once; nothing is kept then.
        """
        super().__init__(document)
        self._document, self._messages, self._folder = document, messages, folder
        self._pages: dict[Sheet, _Pages] = {}
        self._count = 0
        self._name = f"{os.getpid()}-{time.time_ns()}"
        self._lock = QLockFile(str(folder / f"{self._name}.lock"))
        self._lock.setStaleLockTime(0)  # stale is what a dead process holds, however old
        self._left: list[tuple[QLockFile, list[Path]]] = []
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            self._tell_of(error)
            return
        if not self._lock.tryLock(0):
            return
        self._left = self._find_left_behind()
        document.pushed.connect(self._on_pushed)
        document.undo_group.indexChanged.connect(self._on_index_changed)
        document.file_changed.connect(self._on_file_changed)

    def _tell_of(self, error: OSError) -> None:
        sentence = self.tr("Unsaved work can't be kept safe against a crash: {0}. Save it often.")
        self._messages.tell(sentence.format(error.strerror or error))

    # writing ---------------------------------------------------------------------------------

    def _begin(self, sheet: Sheet, project: Project, index: int, *, saved: bool) -> _Pages:
        if (old := self._pages.pop(sheet, None)) is not None:
            old.discard()
        self._count += 1
        path = self._folder / f"{self._name}.{self._count}.jsonl"
        start = Start(project, str(sheet.path or ""), saved)
        self._pages[sheet] = _Pages(path, start, index)
        return self._pages[sheet]

    def _on_pushed(self, before: Project, edit: Edit, label: str, merge: str | None) -> None:
        sheet = self._document.sheet
        try:
            pages = self._pages.get(sheet)
            if pages is None:
                at = sheet.stack.index() - 1
                pages = self._begin(sheet, before, at, saved=sheet.stack.cleanIndex() == at)
            pages.write(Step(edit, label, merge))
        except OSError as error:
            self._give_up(error)
            return
        pages.index = pages.top = sheet.stack.index()

    def _on_index_changed(self, index: int) -> None:
        """Note an undo or redo; one beyond what the journal has begins a new one."""
        sheet = self._document.sheet
        pages = self._pages.get(sheet)
        if self._document.is_pushing or sheet.stack.isClean():
            return  # that is told by `pushed`, or nothing is to be kept
        if pages is not None and index == pages.index:
            return  # another drawing is shown
        try:
            if pages is None or not pages.first <= index <= pages.top:
                self._begin(sheet, self._document.project, index, saved=False)
            else:
                pages.write(At(index - pages.first))
                pages.index = index
        except OSError as error:
            self._give_up(error)

    def _give_up(self, error: OSError) -> None:
        self._document.pushed.disconnect(self._on_pushed)
        self._document.undo_group.indexChanged.disconnect(self._on_index_changed)
        self._tell_of(error)

    def _on_file_changed(self) -> None:
        """Drop the journals of drawings that are saved or closed."""
        for sheet in list(self._pages):
            if sheet not in self._document.sheets or sheet.stack.isClean():
                self._pages.pop(sheet).discard()

    def end(self) -> None:
        """Throw away what is left: a person has closed the window, and was asked."""
        for pages in self._pages.values():
            pages.discard()
        self._pages.clear()
        self._lock.unlock()
        for lock, _ in self._left:
            lock.unlock()  # offered again at the next start

    # recovering ------------------------------------------------------------------------------

    def _find_left_behind(self) -> list[tuple[QLockFile, list[Path]]]:
        found = []
        for name in sorted({path.name.split(".")[0] for path in self._folder.glob("*.jsonl")}):
            lock = QLockFile(str(self._folder / f"{name}.lock"))
            lock.setStaleLockTime(0)
            if name != self._name and lock.tryLock(0):
                found.append((lock, sorted(self._folder.glob(f"{name}.*.jsonl"))))
        return found

    def offer(self) -> None:
        """Ask whether what a crash has left behind shall be recovered."""
        count = sum(len(paths) for _, paths in self._left)
        if not count:
            return
        words = self.tr("One unsaved drawing") if count == 1 else self.tr("{0} unsaved drawings")
        sentence = self.tr("Layerloom ended unexpectedly. {0} can be recovered.")
        self._messages.tell(
            sentence.format(words.format(count)),
            self.tr("Recover"),
            self.recover,
            (self.tr("Discard"), self._drop_left),
        )

    def recover(self) -> None:
        """Open each drawing as it was when the other process died."""
        for _, paths in self._left:
            for path in paths:
                with contextlib.suppress(OSError), path.open("rb") as file:
                    if (journal := read(file)) is not None:
                        self._replay(journal)
        self._drop_left()

    def _replay(self, journal: Journal) -> None:
        document, start = self._document, journal.start
        document.add(start.project, _unless_changed(start))
        stack = document.undo_stack
        if not start.saved:
            stack.resetClean()
        with contextlib.suppress(CantApply):  # what came before is recovered
            for step in journal.steps:
                if isinstance(step, At):
                    stack.setIndex(step.done)
                else:
                    document.push(step.edit, step.label, merge=step.merge)
        if not stack.isClean() and document.sheet not in self._pages:
            self._begin(document.sheet, document.project, stack.index(), saved=False)

    def _drop_left(self) -> None:
        for lock, paths in self._left:
            for path in paths:
                path.unlink(missing_ok=True)
            lock.unlock()
        self._left = []


def _unless_changed(start: Start) -> Path | None:
    """Return the file that a journal goes on from, unless it holds something else by now."""
    if not start.path:
        return None
    path = Path(start.path)
    try:
        now = projectfile.read(path)
    except projectfile.BadFile:
        return None
    return path if now == start.project or not start.saved else None
