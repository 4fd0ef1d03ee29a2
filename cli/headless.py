"""The demo without a display: the window itself, painted offscreen, goes once round the loop.

It opens the template, trains it with the window's own runner, lets the activations panel show a
layer's maps, and leaves in a folder what a person would have saved on the way.
"""

import shutil
import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import QEventLoop, QTimer, SignalInstance
from PySide6.QtWidgets import QWidget

from cli import maps, offscreen
from cli.ends import Refusal, Status
from cli.progress import Display, values
from codegen.export import export
from engine.protocol import MapsReady
from engine.runs import Run
from graph.project import Project
from gui.charts.chart import Chart
from gui.document import Document
from gui.engine_thread import Failure
from gui.main_window import MainWindow
from gui.runner import Runner
from gui.settings import Settings
from gui.theme import DARK, apply_theme

_CURVES_SIZE = (960, 400)  # pixels
_MARGIN = 20  # pixels around the curves
_WINDOW_SIZE = (1600, 1000)  # pixels
_SETTLING_MS = 300  # charts draw ten times a second
_LOOK = offscreen.Look.DARK


class Left(NamedTuple):
    """What the demo has left: its files, the scores on the test set, how long it took (s)."""

    files: tuple[Path, ...]
    scores: dict[str, float | None]
    seconds: float


def go(project: Project, layer: str, sample: int, out: Path, display: Display) -> Left:
    """Train a project in an offscreen window and leave everything in `out`.

    Raises:
        Refusal: the training failed or was stopped, or a file can't be written.
    """
    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as settings, _window(Path(settings), out) as window:
        window.document.add(project)
        window.show_canvas()
        drawing = out / "demo.loom"
        program = out / "demo.py"
        window.document.save(drawing)
        files = [drawing, *export(window.document.project, window.document.report, program)]
        run = _train(window, display)
        files.append(Path(shutil.copy(run.path / "history.json", out)))
        files.append(_paint_curves(run, out / "curves.png"))
        answer = _look_inside(window, run, layer, sample)
        offscreen.paint_maps(answer, out / "maps.png", _LOOK)
        files.append(out / "maps.png")
        files.append(_grab(window, out / "window.png"))
    return Left(tuple(files), run.info.scores, time.perf_counter() - began)


@contextmanager
def _window(settings: Path, out: Path) -> Iterator[MainWindow]:
    """Show a window with settings of its own, so that it looks the same for everybody."""
    app = offscreen.application()
    apply_theme(app, DARK)
    runner = Runner(runs_folder=out.resolve() / "runs")  # the engine is elsewhere
    store = Settings.in_file(settings / "settings.ini")
    window = MainWindow(app, Document(), runner, store, DARK)
    window.resize(*_WINDOW_SIZE)
    runner.warm_up()
    window.show()
    try:
        yield window
    finally:
        runner.shutdown()
        window.hide()
        window.deleteLater()


def _wait(*ends: SignalInstance, start: Callable[[], None]) -> tuple[object, ...]:
    """Start something, and let Qt work until one of the signals comes; return its values."""
    loop = QEventLoop()
    came: list[tuple[object, ...]] = []

    def end(*arguments: object) -> None:
        came.append(arguments)
        loop.quit()

    for one in ends:
        one.connect(end)
    start()
    loop.exec()
    for one in ends:
        one.disconnect(end)
    return came[0]


def _train(window: MainWindow, display: Display) -> Run:
    """Train as the Train button does, and return the run."""
    runner = window.runner
    runner.started.connect(lambda _run, event: display.show(event))
    runner.progressed.connect(display.show)
    runner.epoch_ended.connect(display.show)
    with _stopped_by_interrupt(runner):
        end, *more = _wait(runner.finished, runner.failed, start=window.commands.train)
    if isinstance(end, Failure):
        raise Refusal(end.sentence, Status.RUN_FAILED)
    run = more[0]
    if not isinstance(run, Run) or end == "stopped":
        raise Refusal("The demo was stopped.", Status.INTERRUPTED)
    display.say(f"Test set: {values(run.info.scores)}")
    return run


@contextmanager
def _stopped_by_interrupt(runner: Runner) -> Iterator[None]:
    """Let Ctrl+C stop the training."""
    ticking = QTimer()  # lets Python see Ctrl+C while Qt waits
    ticking.timeout.connect(lambda: None)
    ticking.start(200)
    before = signal.signal(signal.SIGINT, lambda *_: runner.stop())
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
        ticking.stop()


def _look_inside(window: MainWindow, run: Run, layer: str, sample: int) -> MapsReady:
    """Have the window fetch a layer's maps, and return them."""
    document, runner = window.document, window.runner
    node = maps.node_of(document.project.graph, layer)
    document.select(frozenset({node}))

    def ask() -> None:
        runner.maps(run, document.project, document.report, node, sample)

    _, answer = _wait(runner.maps_ready, runner.maps_failed, start=ask)
    if isinstance(answer, Failure):
        raise Refusal(answer.sentence, Status.RUN_FAILED)
    if not isinstance(answer, MapsReady):
        raise TypeError(f"{answer!r} is no answer to a question for maps")
    return answer


def _paint_curves(run: Run, path: Path) -> Path:
    chart = Chart(DARK)
    chart.setContentsMargins(_MARGIN, _MARGIN, _MARGIN, _MARGIN)
    chart.resize(*_CURVES_SIZE)
    chart.show()
    chart.show_history(run.history)
    return _grab(chart, path)


def _grab(widget: QWidget, path: Path) -> Path:
    """Paint a widget into a PNG file, once all that it does a little later is done."""
    loop = QEventLoop()
    QTimer.singleShot(_SETTLING_MS, loop.quit)
    loop.exec()
    if not widget.grab().save(str(path)):
        raise Refusal(f"{path} can't be written: check its folder and free space.")
    return path
