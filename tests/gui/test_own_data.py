"""Own images in a whole window: read before they are shown, looked at before training."""

from __future__ import annotations

import shutil
import threading
from typing import TYPE_CHECKING

import msgspec
import pytest
from PIL import Image
from PySide6.QtWidgets import QPushButton

from codegen import emit
from graph import datasets, projectfile, sources, templates
from graph.binding import bind
from graph.inference import infer
from graph.project import Data
from tests import windows

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from graph.project import Project
    from gui.main_window import MainWindow

PATIENCE = 20_000  # milliseconds: other tests run at the same time
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", extend=True)


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MainWindow]:
    monkeypatch.setenv("LAYERLOOM_CACHE", str(tmp_path / "cache"))
    with windows.shown(qtbot, tmp_path) as made:
        yield made


@pytest.fixture
def drawing(tmp_path: Path) -> Path:
    """A drawing on a folder of images, one of which was cut off."""
    for number in range(30):
        path = tmp_path / "photos" / f"class{number % 10}" / f"p{number:02}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.effect_noise((28, 28), 40).save(path)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    project = msgspec.structs.replace(templates.load("cnn"), data=Data(str(tmp_path / "photos")))
    projectfile.write(tmp_path / "mine.loom", project)
    return tmp_path / "mine.loom"


class Held:
    """Lets a function of another thread begin only when it may."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, where: object, name: str) -> None:
        self.may_begin = threading.Event()
        self._function = getattr(where, name)
        monkeypatch.setattr(where, name, self)

    def __call__(self, *given: object) -> object:
        if threading.current_thread() is not threading.main_thread():
            assert self.may_begin.wait(10)
        return self._function(*given)


def test_a_drawing_on_own_images_is_shown_once_they_are_read(
    window: MainWindow, drawing: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    reading = Held(monkeypatch, datasets, "describe")
    window.commands.files.open(drawing)
    qtbot.waitUntil(lambda: window.messages.text == "Reading photos …", timeout=PATIENCE)
    assert window.document.path is None
    reading.may_begin.set()
    qtbot.waitUntil(lambda: window.document.path == drawing, timeout=PATIENCE)
    assert not window.messages.isVisible()
    assert window.settings.recent_files == (drawing,)


def test_training_waits_for_the_look_at_own_images(
    window: MainWindow, drawing: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    trained: list[Project] = []
    monkeypatch.setattr(window.runner, "train", lambda one, *_given: trained.append(one))
    looking = Held(monkeypatch, sources, "check_images")
    window.commands.files.open(drawing)
    window.commands.train()  # before the drawing is there
    qtbot.waitUntil(
        lambda: "once all images are looked at" in window.messages.text, timeout=PATIENCE
    )
    assert "p29.png" not in window.document.program.text
    shown = window.panels["code"].view.toPlainText  # type: ignore[attr-defined]
    looking.may_begin.set()
    qtbot.waitUntil(lambda: bool(trained), timeout=PATIENCE)
    assert trained == [window.document.project]
    assert "p29.png" in window.document.program.text
    qtbot.waitUntil(lambda: "p29.png" in shown(), timeout=PATIENCE)
    assert not window.messages.isVisible()
    window.commands.train()  # it isn't looked at twice
    assert len(trained) == 2


def test_a_training_that_waits_can_be_called_off(
    window: MainWindow, drawing: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    trained: list[Project] = []
    monkeypatch.setattr(window.runner, "train", lambda one, *_given: trained.append(one))
    looking = Held(monkeypatch, sources, "check_images")
    window.commands.files.open(drawing)
    qtbot.waitUntil(lambda: window.document.path == drawing, timeout=PATIENCE)
    window.commands.train()
    window.messages.findChild(QPushButton, "messages.dismiss").click()
    looking.may_begin.set()
    qtbot.waitUntil(lambda: not window.commands.own_data.is_checking, timeout=PATIENCE)
    assert not trained


def test_what_waits_its_turn_waits_for_the_look_at_own_images_too(
    window: MainWindow, drawing: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    programs: list[str] = []
    monkeypatch.setattr(
        window.runner,
        "train",
        lambda project, report: programs.append(emit(project, report).text),
    )
    looking = Held(monkeypatch, sources, "check_images")
    project = projectfile.read(drawing)
    window.queue.add(project, infer(project), "without")
    given_up = window.queue.add(project, infer(project), "given up")
    qtbot.waitUntil(lambda: window.queue.is_looking, timeout=PATIENCE)
    window.queue.remove(given_up)
    window.queue.remove(window.queue.waiting[0])
    assert not window.queue.is_looking
    window.queue.add_experiment("Both", [("with", project, infer(project))])
    qtbot.waitUntil(lambda: window.queue.is_looking, timeout=PATIENCE)
    with qtbot.waitSignal(window.queue.looked, timeout=PATIENCE) as told:
        looking.may_begin.set()
    assert told.args == ["with", 0, 30]
    qtbot.waitUntil(lambda: bool(programs), timeout=PATIENCE)
    assert len(programs) == 1
    assert "p29.png" in programs[0]
    assert not window.messages.isVisible()


def test_the_window_s_thread_reads_no_rows(
    window: MainWindow, drawing: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    readers: list[threading.Thread] = []
    may_read = threading.Event()
    may_read.set()
    look_at = sources.look_at

    def noted(paths: tuple[Path, ...], key: str) -> sources.Table:
        readers.append(threading.current_thread())
        assert may_read.wait(PATIENCE / 1000)
        return look_at(paths, key)

    monkeypatch.setattr(sources, "look_at", noted)
    document, own_data = window.document, window.commands.own_data

    def rows_settle_at(count: int) -> None:
        def settled() -> bool:
            document.look_at_data_again()  # as any edit of the data does
            data = bind(document.project, document.report).data
            known = data is not None and data.train + data.test == count
            return known and not (own_data.is_opening or own_data.is_checking)

        qtbot.waitUntil(settled, timeout=PATIENCE)

    document.add(projectfile.read(drawing))  # as a journal is recovered
    assert "photos is being read" in document.problems[0].sentence
    assert own_data.is_opening
    rows_settle_at(29)
    photos = drawing.parent / "photos"
    may_read.clear()
    earlier = len(readers)
    Image.new("L", (28, 28)).save(photos / "class3" / "new.png")
    assert bind(document.project, document.report).data is not None  # as it was known
    assert own_data.is_opening
    qtbot.waitUntil(lambda: len(readers) > earlier, timeout=PATIENCE)
    assert bind(document.project, document.report).data is not None  # also while it is read anew
    may_read.set()
    rows_settle_at(30)
    shutil.rmtree(photos / "class3")
    shutil.rmtree(photos / "class4")
    (photos / "class5").rename(photos / "class55")
    rows_settle_at(23)
    shutil.rmtree(photos)
    photos.mkdir()
    document.look_at_data_again()
    qtbot.waitUntil(lambda: "holds no images" in document.problems[0].sentence, timeout=PATIENCE)
    assert readers
    assert threading.main_thread() not in readers


def test_a_closed_window_has_nothing_read_elsewhere(
    window: MainWindow, drawing: Path, tmp_path: Path
) -> None:
    assert drawing.is_file()
    photos = Data(str(tmp_path / "photos"))
    with pytest.raises(datasets.BadData, match="is being read"):
        datasets.describe(photos)
    window.close()
    shutil.copytree(tmp_path / "photos", tmp_path / "others")
    assert datasets.describe(Data(str(tmp_path / "others"))).train > 0
