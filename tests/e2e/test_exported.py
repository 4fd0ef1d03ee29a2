"""What is exported is what trains: the saved program alone gives the run's first-epoch loss."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import msgspec
import pytest

from codegen import emit
from codegen.export import export
from engine import launch, protocol
from engine.client import Engine
from graph import templates
from graph.datasets import find_data
from graph.inference import infer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ALONE = """
import json, runpy, sys
namespace = runpy.run_path("alone.py")
model, history, scores = namespace["main"]()
print("RESULT " + json.dumps([history.history, scores]))
print([name for name in sys.modules if name.split(".")[0] in ("graph", "codegen", "engine", "gui")])
"""
NAMES = [template.name for template in templates.templates() if template.offline]
# each takes ten seconds, so two stand for the others unless all are asked for
CHOSEN = NAMES if os.environ.get("LAYERLOOM_ALL_TEMPLATES") else ["mlp", "several-outputs"]


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with Engine.start() as started:
        started.wait_ready()
        yield started


@pytest.mark.engine
@pytest.mark.parametrize("name", CHOSEN)
def test_the_saved_program_alone_gives_the_runs_losses(
    name: str, engine: Engine, tmp_path: Path
) -> None:
    project = templates.load(name)
    plan = msgspec.structs.replace(project.training, epochs=2, limit=1500)
    project = msgspec.structs.replace(project, training=plan)
    report = infer(project)
    ready = engine.wait_ready()
    run, request = launch.prepare(
        tmp_path / "runs", project, emit(project, report), ready, find_data(project)
    )
    for event in engine.train(request):
        assert not isinstance(event, protocol.Failed), event
        run.record(event)

    export(project, report, tmp_path / "alone.py")
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    done = subprocess.run(
        [sys.executable, "-I", "-c", ALONE],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    line = next(line for line in done.stdout.splitlines() if line.startswith("RESULT "))
    history, _scores = json.loads(line.removeprefix("RESULT "))
    assert done.stdout.rstrip().endswith("[]")
    assert history.keys() == run.history.keys() - {"epoch", "seconds"}
    assert history["loss"][0] == pytest.approx(run.history["loss"][0], rel=1e-6)
    assert history["loss"] == pytest.approx(run.history["loss"], rel=1e-5)
