"""One warm engine for all tests of this folder, and small drawings of real data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import QEventLoop, QTimer

from graph import edits, placing
from graph.params import Named
from graph.project import Data, Project, Training
from gui.document import Document
from gui.runner import Runner, State
from gui.theme import DARK, apply_theme

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from PySide6.QtCore import SignalInstance
    from PySide6.QtWidgets import QApplication

RELU, SOFTMAX = Named("relu"), Named("softmax")


def chain(name: str, *layers: tuple[str, dict[str, Any]], **training: Any) -> Project:
    """Return a project whose layers follow each other, bound to the bundled sample."""
    plan = {"epochs": 1, "limit": 1024, **training}
    project = Project(name=name, data=Data("fashion_mnist_sample"), training=Training(**plan))
    before = None
    for kind, params in layers:
        added, key = placing.new_node(project, kind, 0, 0)
        project, _ = edits.apply(project, added)
        layer = project.graph.nodes[key].layer
        project, _ = edits.apply(project, edits.SetParams(layer, params))
        if before is not None:
            project, _ = edits.apply(project, placing.connect(project, before, key))
        before = key
    return project


def mlp(**training: Any) -> Project:
    """Return a network without maps: 784-32-10."""
    return chain(
        "mlp",
        ("Input", {"shape": (784,)}),
        ("Dense", {"units": 32, "activation": RELU}),
        ("Dense", {"units": 10, "activation": SOFTMAX}),
        **training,
    )


def cnn(**training: Any) -> Project:
    """Return a network with maps: eight of 24 × 24."""
    return chain(
        "cnn",
        ("Input", {"shape": (28, 28, 1)}),
        ("Conv2D", {"filters": 8, "kernel_size": (5, 5), "activation": RELU}),
        ("Flatten", {}),
        ("Dense", {"units": 10, "activation": SOFTMAX}),
        **training,
    )


class Waiter:
    """Lets Qt work until a signal comes or something has become true."""

    def until(self, is_so: Callable[[], bool], seconds: float = 60.0) -> None:
        """Let Qt work until something is true; fail after some seconds."""
        loop = QEventLoop()
        look, end = QTimer(), QTimer(singleShot=True)
        look.timeout.connect(lambda: loop.quit() if is_so() else None)
        end.timeout.connect(loop.quit)
        look.start(5)
        end.start(round(seconds * 1000))
        if not is_so():
            loop.exec()
        look.stop()
        end.stop()
        assert is_so(), f"it did not happen within {seconds} seconds"

    def first(self, *signals: SignalInstance, seconds: float = 60.0) -> tuple[Any, ...]:
        """Return the values of the signal that comes first."""
        came: list[tuple[Any, ...]] = []

        def take(*values: object) -> None:
            came.append(values)

        for signal in signals:
            signal.connect(take)
        self.until(lambda: bool(came), seconds)
        for signal in signals:
            signal.disconnect(take)
        return came[0]


@pytest.fixture
def wait() -> Waiter:
    return Waiter()


@pytest.fixture
def document(qapp: QApplication) -> Document:
    apply_theme(qapp, DARK)
    return Document(mlp())


@pytest.fixture(scope="module")
def warm_runner(qapp: QApplication, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runner]:
    """Return a runner with a warm engine, which the tests of a module share."""
    runner = Runner(runs_folder=tmp_path_factory.mktemp("runs"))
    runner.warm_up()
    Waiter().until(lambda: runner.state is State.READY)
    yield runner
    runner.shutdown()
    assert runner.state is State.OFF


@pytest.fixture
def runner(warm_runner: Runner, wait: Waiter) -> Iterator[Runner]:
    """Return the warm runner, and wait for what a test has left running."""
    wait.until(lambda: warm_runner.state is State.READY)
    yield warm_runner
    warm_runner.stop()
    wait.until(lambda: warm_runner.state is State.READY)
