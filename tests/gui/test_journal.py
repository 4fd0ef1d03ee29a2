"""Unsaved work outlives a crash: a real window process is killed in the middle of its work."""

from __future__ import annotations

import signal
import subprocess
import sys
from itertools import islice
from typing import TYPE_CHECKING

import pytest
from PySide6.QtWidgets import QLabel, QPushButton

from graph import edits, projectfile, templates
from gui.document import Document
from gui.errors import MessageBar
from gui.journal import Journals
from tests.gui import journal_child

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", extend=True)


def killed_after(folder: Path, steps: int) -> int:
    """Let a window work, kill it after so many steps or some more; return what it told of."""
    child = subprocess.Popen(
        [sys.executable, journal_child.__file__, str(folder)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        encoding="utf-8",
    )
    assert child.stdout is not None
    told = sum(1 for _ in islice(child.stdout, steps))
    child.send_signal(signal.SIGKILL)
    rest, _ = child.communicate()
    return told + rest.count("step\n")


class Opened:
    """A document with journals, as the next start of the program has it."""

    def __init__(self, qtbot: QtBot, folder: Path) -> None:
        self.document = Document()
        self.messages = MessageBar()
        qtbot.addWidget(self.messages)
        self.journals = Journals(self.document, self.messages, folder / "journals")
        self.journals.offer()

    def files(self) -> list[str]:
        return sorted(path.suffix for path in self.journals._folder.iterdir())

    def press(self, name: str) -> None:
        button = self.messages.findChild(QPushButton, f"messages.{name}")
        assert button is not None
        button.click()


@pytest.mark.parametrize("steps", [3, 60, 150])
def test_all_but_the_last_step_outlives_a_kill(qtbot: QtBot, tmp_path: Path, steps: int) -> None:
    told = killed_after(tmp_path, steps)
    assert told >= steps
    alone = Document(templates.blank())
    states = [
        (projectfile.dumps(alone.project), alone.undo_stack.index())
        for _ in islice(journal_child.work(alone), told + 2)
    ]
    opened = Opened(qtbot, tmp_path)
    told_of = opened.messages.findChild(QLabel, "messages.text")
    assert told_of is not None
    assert "One unsaved drawing" in told_of.text()
    opened.press("act")
    document = opened.document
    text = projectfile.dumps(document.project)
    assert text in [state for state, _ in states[told - 1 :]]
    assert not document.is_saved
    assert opened.files() == [".jsonl", ".lock"], "the journal goes on in the name of this process"
    again = Document(templates.blank())
    for _ in islice(journal_child.work(again), states.index((text, _index(states, text))) + 1):
        pass
    while document.undo_stack.canUndo():
        document.undo_stack.undo()
        again.undo_stack.undo()
        assert document.project == again.project
    opened.journals.end()
    assert opened.files() == []


def _index(states: list[tuple[str, int]], text: str) -> int:
    return next(index for state, index in states if state == text)


def test_a_saved_or_closed_drawing_leaves_nothing(qtbot: QtBot, tmp_path: Path) -> None:
    opened = Opened(qtbot, tmp_path)
    assert not opened.messages.isVisibleTo(None), "nothing is offered"
    document = opened.document
    document.add(templates.load("mlp"))
    assert opened.files() == [".lock"]
    document.push(edits.RenameProject("mine"), "name")
    assert opened.files() == [".jsonl", ".lock"]
    document.save(tmp_path / "mine.loom")
    assert opened.files() == [".lock"]
    document.push(edits.RenameProject("yours"), "name")
    document.undo_stack.undo()
    assert opened.files() == [".lock"], "it is as the file has it"
    document.undo_stack.undo()
    assert opened.files() == [".jsonl", ".lock"]
    document.close(document.sheet)
    assert opened.files() == [".lock"]
    opened.journals.end()


def test_a_running_window_keeps_its_journal_and_discard_drops_it(
    qtbot: QtBot, tmp_path: Path
) -> None:
    first = Opened(qtbot, tmp_path)
    first.document.add(templates.load("cnn"))
    first.document.push(edits.RenameProject("mine"), "name")
    second = Opened(qtbot, tmp_path)
    assert not second.messages.text
    first.journals._lock.unlock()  # as if it were dead
    third = Opened(qtbot, tmp_path)
    assert third.messages.text
    third.press("dismiss")
    assert not third.messages.isVisibleTo(None)
    assert third.files() == [".lock", ".lock"]
    for one in (first, second, third):
        one.journals.end()


def test_several_drawings_are_each_recovered_as_they_were(qtbot: QtBot, tmp_path: Path) -> None:
    first = Opened(qtbot, tmp_path)
    document = first.document
    expected = []
    for name in ("shared-input", "cnn"):
        document.add(templates.load(name))
        (flatten,) = [
            key for key, node in document.project.graph.nodes.items() if node.label == "flat1"
        ]
        document.push(edits.RemoveNodes((flatten,)), "Delete flat1")
        document.push(edits.RenameProject(f"my {name}"), "name")
        document.undo_stack.undo()
        expected.append(document.project)
    document.add(templates.blank())  # a new sheet, with nothing on it
    document.show(document.sheets[0])
    first.journals._lock.unlock()  # as if it were dead
    second = Opened(qtbot, tmp_path)
    second.journals.recover()
    assert [sheet.project for sheet in second.document.sheets] == expected
    for one in (first, second):
        one.journals.end()


def test_a_changed_file_is_not_overwritten(qtbot: QtBot, tmp_path: Path) -> None:
    file = tmp_path / "mine.loom"
    first = Opened(qtbot, tmp_path)
    first.document.add(templates.load("cnn"))
    first.document.save(file)
    first.document.push(edits.RenameProject("mine"), "name")
    first.journals._lock.unlock()
    second = Opened(qtbot, tmp_path)
    second.journals.recover()
    assert second.document.path == file
    assert second.document.project.name == "mine"
    second.journals._lock.unlock()
    projectfile.write(file, templates.load("mlp"))
    third = Opened(qtbot, tmp_path)
    third.journals.recover()
    assert third.document.path is None
    assert third.document.project.name == "mine"
    for one in (first, second, third):
        one.journals.end()


def test_a_folder_that_cannot_be_written_to_is_a_sentence(qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "journals").write_text("in the way", encoding="utf-8")
    document, messages = Document(), MessageBar()
    qtbot.addWidget(messages)
    Journals(document, messages, tmp_path / "journals").offer()
    assert "Save it often" in messages.text
    document.push(edits.RenameProject("mine"), "name")
    assert document.project.name == "mine"
