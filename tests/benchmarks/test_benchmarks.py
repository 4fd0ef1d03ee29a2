"""The benchmarks run and yield numbers; how good the numbers are is not for a test to say."""

from __future__ import annotations

import math
import subprocess
import sys
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING

import msgspec
import pytest

from graph.checks import problems
from graph.inference import infer
from tests.benchmarks import accuracy, drawings, eventloop, harness
from tests.benchmarks.__main__ import BENCHMARKS, fill
from tests.benchmarks.processes import ROOT, environment

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NO_ENGINE = {"canvas", "opening"}
CASES = [
    pytest.param(name, marks=() if name in NO_ENGINE else pytest.mark.engine) for name in BENCHMARKS
]


def call(folder: Path, module: str, *words: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", module, *words],
        cwd=ROOT,
        env=environment(folder, ours=True),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def told(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Future[str]]]:
    """What the chosen benchmarks print; two run at a time, since nobody looks at their speed."""
    calls = [getattr(item, "callspec", None) for item in request.session.items]
    names = [one.params["name"] for one in calls if one is not None and "name" in one.params]
    with ThreadPoolExecutor(2) as pool:
        yield {
            name: pool.submit(
                call, tmp_path_factory.mktemp(name), "tests.benchmarks", name, "--quick", "--json"
            )
            for name in names
            if name in BENCHMARKS
        }


@pytest.mark.parametrize("name", CASES)
def test_a_benchmark_yields_numbers(name: str, told: dict[str, Future[str]]) -> None:
    result = msgspec.convert(msgspec.json.decode(told[name].result())["result"], harness.Result)
    assert result.rows
    for row in result.rows:
        assert 0 <= row.low <= row.value <= row.high < math.inf, row
        assert row.high > 0, row
        assert row.count > 0, row
    assert harness.table(result).count("\n") > len(result.rows)


@pytest.mark.engine
def test_accuracy_is_measured_once_and_then_remembered(tmp_path: Path) -> None:
    options = "--models mlp --way ours --seeds 3 --epochs 1 --limit 512 --data fashion_mnist_sample"
    words = (*options.split(), "--out", str(tmp_path / "out"))
    first = call(tmp_path, "tests.benchmarks.accuracy", *words)
    kept = tmp_path / "out" / "accuracy.jsonl"
    (score,) = accuracy.read(kept)
    assert 0.1 < score.accuracy < 1.0
    assert f"{score.accuracy:.4f}" in first
    kept.write_text(kept.read_text() + '{"task": {"templ', encoding="utf-8")
    again = call(tmp_path, "tests.benchmarks.accuracy", *words)
    assert accuracy.read(kept) == [score]
    assert first.splitlines()[:3] == again.splitlines()[:3]


@pytest.mark.parametrize("count", [10, 11, 37, 100, 1000])
def test_the_layered_drawing_has_its_size_and_no_problem(count: int) -> None:
    project = drawings.layered(count)
    assert len(project.graph.nodes) == count
    assert not problems(project, infer(project))


def test_a_busy_window_keeps_every_missed_tick_waiting() -> None:
    assert eventloop.waits([0.0, 12.0]) == [0.0, 12.0, 7.0, 2.0]


def test_a_ratio_is_the_median_of_the_pairs() -> None:
    row = harness.ratio("a ÷ b", [10, 20, 90], [10, 10, 30], harness.Goal(1.5, at_least=True))
    assert (row.value, row.low, row.high, row.count) == (2, 1, 3, 3)
    assert row.goal is not None
    assert row.goal.reached(row.value)


def test_members_take_turns() -> None:
    order = iter(range(100))
    taken = harness.rounds(3, lambda: next(order), lambda: next(order))
    assert taken == [[0, 3, 4], [1, 2, 5]]  # every other round goes backwards


def test_a_table_goes_between_its_marks_and_nowhere_else(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("a\n<!-- begin x -->\nold\n<!-- end x -->\nb\n", encoding="utf-8")
    fill(page, "x", "new \\1")
    fill(page, "x", "new \\1")
    assert page.read_text(encoding="utf-8") == ("a\n<!-- begin x -->\nnew \\1\n<!-- end x -->\nb\n")
    with pytest.raises(ValueError, match="0 places"):
        fill(page, "y", "new")
