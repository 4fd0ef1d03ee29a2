"""The runner with a real engine: signals, Stop, a killed engine, what can't be done."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QObject

from engine import runs
from engine.command import Command, local_command
from graph import projectfile
from graph.datasets import BUNDLED
from graph.inference import infer
from gui.runner import Failure, Runner, State

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtWidgets import QApplication

    from graph.project import Project
    from gui.document import Document

from tests.gui.training.conftest import Waiter, cnn, mlp

pytestmark = pytest.mark.engine


def train(runner: Runner, project: Project) -> None:
    runner.train(project, infer(project))


def engine_pid(runner: Runner) -> int:
    engine = runner._work._engine
    assert engine is not None
    return engine._process.pid


def test_a_run_tells_all_in_the_windows_thread(runner: Runner, wait: Waiter) -> None:
    told: list[tuple[str, Any]] = []
    threads = set()
    names = ("started", "progressed", "epoch_ended", "evaluated", "logged")

    def taker(name: str) -> Any:
        def take(*values: Any) -> None:
            threads.add(threading.current_thread())
            told.append((name, values[-1]))

        return take

    takers = {name: taker(name) for name in names}
    for name, take in takers.items():
        getattr(runner, name).connect(take)
    project = mlp(epochs=2)
    train(runner, project)
    assert runner.is_training
    with pytest.raises(RuntimeError, match="One training at a time"):
        train(runner, project)
    reason, run = wait.first(runner.finished)
    for name, take in takers.items():
        getattr(runner, name).disconnect(take)

    assert reason == "completed"
    assert threads == {threading.main_thread()}
    kinds = [name for name, _ in told]
    assert kinds.count("epoch_ended") == 2
    assert kinds.index("started") < kinds.index("epoch_ended") < kinds.index("evaluated")
    assert set(dict(told)["evaluated"]) == {"loss", "accuracy"}
    assert any("dense" in text.lower() for name, text in told if name == "logged")  # the summary
    assert projectfile.loads(run.drawing_text) == project
    again = runs.open_run(run.path)
    assert again.info.status == "completed"
    assert again.info.seed == project.training.seed
    assert again.info.versions["keras"].startswith("3.")
    assert len(again.history["val_loss"]) == 2
    assert again.info.data.startswith("fashion_mnist_sample sha256:")
    assert again.weights is not None
    assert again.weights.is_file()


def test_progress_comes_at_most_twenty_times_a_second(runner: Runner, wait: Waiter) -> None:
    times: list[float] = []

    def take(_event: object) -> None:
        times.append(time.monotonic())

    runner.progressed.connect(take)
    train(runner, mlp(epochs=5000, limit=None))  # Stop ends it, however fast the machine
    wait.until(lambda: len(times) > 20)
    runner.stop()
    wait.first(runner.finished)
    runner.progressed.disconnect(take)
    assert (len(times) - 1) / (times[-1] - times[0]) < 22


def test_stop_answers_and_keeps_the_weights(runner: Runner, wait: Waiter) -> None:
    train(runner, mlp(epochs=5000, limit=None))
    wait.first(runner.progressed)
    began = time.monotonic()
    runner.stop()
    assert runner.state is State.STOPPING
    reason, run = wait.first(runner.finished)
    assert time.monotonic() - began < 30.0  # tests/benchmarks/stop.py measures it
    assert reason == "stopped"
    assert run.weights.is_file()
    assert runs.open_run(run.path).info.status == "stopped"


def test_stop_before_the_training_began_is_not_lost(runner: Runner, wait: Waiter) -> None:
    train(runner, mlp(epochs=5000))
    runner.stop()
    reason, _ = wait.first(runner.finished, seconds=15)
    assert reason == "stopped"


def test_a_killed_engine_costs_one_sentence_and_train_works_again(
    runner: Runner, wait: Waiter, document: Document
) -> None:
    before = document.project
    train(runner, mlp(epochs=5000, limit=None))
    wait.first(runner.progressed)
    failures: list[Failure] = []
    runner.failed.connect(failures.append)
    os.kill(engine_pid(runner), signal.SIGKILL)
    wait.until(lambda: bool(failures), 5)
    assert not runner.is_training
    assert "killed" in failures[0].sentence
    assert failures[0].sentence.count(". ") == 0
    assert document.project is before
    newest = runs.list_runs(runner.runs_folder)[0]
    assert newest.info.status == "failed"
    assert newest.info.sentence == failures[0].sentence

    train(runner, mlp())  # at once, while the next engine is still starting
    reason, _ = wait.first(runner.finished, runner.failed)
    assert reason == "completed"
    runner.failed.disconnect(failures.append)
    assert len(failures) == 1


def test_an_engine_that_died_at_rest_is_replaced_silently(runner: Runner, wait: Waiter) -> None:
    pid = engine_pid(runner)
    os.kill(pid, signal.SIGKILL)
    time.sleep(0.2)
    train(runner, mlp())
    reason, _ = wait.first(runner.finished, runner.failed)
    assert reason == "completed"
    assert engine_pid(runner) != pid


def test_an_error_of_the_program_names_its_node(runner: Runner, wait: Waiter) -> None:
    project = cnn()
    node = next(key for key, n in project.graph.nodes.items() if n.label == "conv1")
    layer = project.graph.nodes[node].layer
    broken = {**project.graph.layers}
    broken[layer] = type(broken[layer])(
        broken[layer].kind, broken[layer].name, {"filters": 8, "kernel_size": (40, 40)}
    )
    graph = type(project.graph)(
        broken, project.graph.nodes, project.graph.links, project.graph.outputs
    )
    train(runner, type(project)(graph, project.data, project.training, project.name))
    (failure,) = wait.first(runner.failed)
    assert failure.node == node
    assert "Traceback" in failure.traceback


def test_a_folder_that_cannot_be_written_is_a_sentence(
    qapp: QApplication, tmp_path: Path, wait: Waiter
) -> None:
    place = tmp_path / "runs"
    place.write_text("a file stands where the folder of runs should be")
    runner = Runner(runs_folder=place)
    runner.warm_up()
    train(runner, mlp())
    (failure,) = wait.first(runner.failed)
    assert str(place) in failure.sentence
    assert "can't be saved" in failure.sentence
    wait.until(lambda: runner.state is State.READY)
    runner.shutdown()


def test_without_tensorflow_there_is_one_sentence(
    qapp: QApplication, tmp_path: Path, wait: Waiter
) -> None:
    (tmp_path / "tensorflow.py").write_text("raise ModuleNotFoundError(name='tensorflow')")
    usual = local_command()
    command = Command(usual.argv, {**usual.env, "PYTHONPATH": str(tmp_path)})
    runner = Runner(runs_folder=tmp_path, command=command)
    told: list[tuple[State, str]] = []
    runner.state_changed.connect(lambda state, words: told.append((state, words)))
    runner.warm_up()
    wait.until(lambda: runner.state is State.FAILED)
    assert "tensorflow" in told[-1][1].lower()
    train(runner, mlp())
    (failure,) = wait.first(runner.failed)
    assert "tensorflow" in failure.sentence.lower()
    runner.shutdown()


def test_maps_are_those_of_keras(runner: Runner, wait: Waiter) -> None:
    project = cnn()
    report = infer(project)
    train(runner, project)
    _, run = wait.first(runner.finished)
    node = next(key for key, n in project.graph.nodes.items() if n.label == "conv1")
    for sample in (7, 3, 500):  # the first two may be replaced while they wait
        runner.maps(run, project, report, node, sample)
    look, answer = wait.first(runner.maps_ready, runner.maps_failed)
    while look.sample != 500:
        look, answer = wait.first(runner.maps_ready, runner.maps_failed)
    script = (
        "import sys, numpy as np\n"
        f"sys.path.insert(0, {str(run.path)!r})\n"
        "import program, keras\n"
        f"data = program.load_data({str(BUNDLED)!r})\n"
        "model = program.build_model()\n"
        f"model.load_weights({str(run.weights)!r})\n"
        "x = data['test'][0][500:501]\n"
        "maps = keras.Model(model.inputs, model.get_layer('conv1').output)(x)\n"
        f"np.save({str(run.path / 'maps.npy')!r}, np.asarray(maps[0]))\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True, env=local_command().env)
    np.testing.assert_allclose(answer.maps, np.load(run.path / "maps.npy"), atol=1e-5)
    assert answer.maps.shape == (24, 24, 8)
    assert answer.inputs[0].shape == (28, 28, 1)


@pytest.mark.engine
def test_who_has_gone_before_the_answer_is_not_told(runner: Runner, wait: Waiter) -> None:
    class Asker(QObject):
        told: list[object] = []  # noqa: RUF012 - of all askers

        def take(self, answer: object) -> None:
            self.told.append(answer)

    gone, here = Asker(), Asker()
    may_answer = threading.Event()
    runner.ask(lambda _engine: may_answer.wait(20), gone.take)
    runner.ask(lambda _engine: "second", partial(here.take))
    gone.deleteLater()
    QCoreApplication.sendPostedEvents(gone, QEvent.Type.DeferredDelete)
    may_answer.set()
    wait.until(lambda: bool(Asker.told))
    assert Asker.told == ["second"]
