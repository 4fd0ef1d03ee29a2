"""What an edit costs in a large drawing: inference alone, the whole edit, and Keras for the same.

The edits go back and forth between two values, and a new project comes out each time, so that
nothing can be remembered. Keras has no smaller step than building the model anew; it builds the
program that Layerloom writes for this very drawing.
"""

from __future__ import annotations

import gc
import json
import random
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from codegen import emit
from graph import edits
from graph.checks import problems
from graph.inference import infer, totals
from tests.benchmarks import drawings, processes
from tests.benchmarks.harness import Goal, Result, Row, median, quantile, ratio, say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from graph.edits import Edit
    from graph.inference import Report
    from graph.project import Project

_NODES, _EDITS, _SIZES, _PAIRS = 1000, 200, 31, 7
_SEED = 1


class Bench:
    """A drawing on which edits are timed; each edit starts from the same project."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.report = infer(project)
        if found := problems(project, self.report):
            say(f"the drawing is not without problems: {found[0].sentence}")
        self._random = random.Random(_SEED)  # noqa: S311 - a choice of layers, no secret
        self._convolutions = drawings.convolutions(project)
        self._layer = project.graph.nodes[drawings.INPUT].layer

    def filters(self) -> Edit:
        """Return an edit of the number of filters of a random convolution."""
        layer = self._random.choice(self._convolutions)
        return edits.SetParams(layer, {"filters": self._random.randint(9, 64)})

    def size(self) -> Edit:
        """Return an edit of the Input's height and width."""
        side = self._random.randint(33, 96)
        return edits.SetParams(self._layer, {"shape": (side, side, drawings.SIZE[2])})

    def infer(self, edit: Edit) -> tuple[float, Report]:
        """Return the milliseconds of inference after an edit, and what it found."""
        after, change = edits.apply(self.project, edit)
        began = time.perf_counter()
        report = infer(after, self.report, change)
        return (time.perf_counter() - began) * 1e3, report

    def whole(self, edit: Edit) -> float:
        """Return the milliseconds of an edit with all that the document finds out for it."""
        began = time.perf_counter()
        after, change = edits.apply(self.project, edit)
        report = infer(after, self.report, change)
        problems(after, report)
        return (time.perf_counter() - began) * 1e3


def run(*, quick: bool) -> Result:
    """Measure edits, then pairs of an edit and a build by Keras."""
    bench = Bench(drawings.layered(60 if quick else _NODES))
    many, few, pairs = (8, 3, 1) if quick else (_EDITS, _SIZES, _PAIRS)
    gc.collect()
    found = [bench.infer(bench.filters()) for _ in range(many)]
    sizes = [bench.infer(bench.size()) for _ in range(few)]
    filters_whole = [bench.whole(bench.filters()) for _ in range(many)]
    sizes_whole = [bench.whole(bench.size()) for _ in range(few)]
    after_filters = [taken for taken, _ in found]
    tail = sorted(after_filters)
    rows = [
        median(
            "inference after a random convolution's filters", after_filters, "ms", Goal(1), "edits"
        ),
        Row(
            "the slowest twentieth of these begins at",
            quantile(tail, 0.95),
            tail[0],
            tail[-1],
            "ms",
            many,
            "edits",
        ),
        median(
            "inference after the Input's size",
            [taken for taken, _ in sizes],
            "ms",
            Goal(20),
            "edits",
        ),
        median("the whole edit, filters: apply, infer, problems", filters_whole, "ms", of="edits"),
        median("the whole edit, Input's size", sizes_whole, "ms", of="edits"),
        *_beside_keras(bench, pairs),
    ]
    return Result(
        f"Inference in a drawing of {len(bench.project.graph.nodes):,} nodes",
        rows,
        _notes(bench, [report for _, report in found], sizes[0][1]),
    )


def _notes(bench: Bench, after_filters: list[Report], after_size: Report) -> list[str]:
    graph = bench.project.graph
    judged = statistics.median(report.judged for report in after_filters)
    most = max(report.judged for report in after_filters)
    broken = sum(
        any(node.problem is not None for node in report.nodes.values()) for report in after_filters
    )
    return [
        (
            f"The drawing has {len(graph.nodes):,} nodes, {len(graph.links):,} wires and "
            f"{totals(bench.project, bench.report).params:,} parameters."
        ),
        (
            f"After the filters, inference judged {judged:g} nodes in the median and {most:,} at "
            f"most; {broken} of the {len(after_filters)} edits broke an Add further down."
        ),
        f"After the Input's size it judged {after_size.judged:,} nodes.",
    ]


def _beside_keras(bench: Bench, pairs: int) -> list[Row]:
    """Let Layerloom and Keras take turns; an edit of ours is the median of some."""
    small: list[float] = []
    large: list[float] = []
    theirs: list[float] = []
    with _keras(bench) as build:
        build()  # once unmeasured
        for number in range(1, pairs + 1):
            small.append(statistics.median(bench.infer(bench.filters())[0] for _ in range(20)))
            large.append(statistics.median(bench.infer(bench.size())[0] for _ in range(5)))
            theirs.append(build() * 1e3)
            say(
                f"pair {number} of {pairs}: {small[-1]:.3g} and {large[-1]:.3g} ms, "
                f"Keras {theirs[-1]:.4g} ms"
            )
    return [
        median("Keras builds the same drawing", theirs, "ms"),
        ratio("Keras ÷ inference after the filters", theirs, small),
        ratio("Keras ÷ inference after the Input's size", theirs, large),
    ]


@contextmanager
def _keras(bench: Bench) -> Iterator[Callable[[], float]]:
    """Give a function that lets Keras build the drawing in another process (seconds).

    Raises RuntimeError if Keras counts other parameters than inference does.
    """
    expected = totals(bench.project, bench.report).params
    with tempfile.TemporaryDirectory(prefix="benchmark-") as made:
        program = Path(made) / "program.py"
        program.write_text(emit(bench.project, bench.report).text, encoding="utf-8")
        with subprocess.Popen(
            [sys.executable, str(processes.HERE / "children" / "build_keras.py"), str(program)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=made,
            env=processes.environment(Path(made), ours=False),
        ) as child:
            assert child.stdin is not None
            assert child.stdout is not None
            to, answers = child.stdin, child.stdout
            json.loads(answers.readline())

            def build() -> float:
                to.write("build\n")
                to.flush()
                found = json.loads(answers.readline() or "{}")
                if not found:
                    raise processes.ChildFailed("Keras can't build the drawing; see above.")
                if found["parameters"] != expected:
                    raise RuntimeError(f"Keras counts {found['parameters']:,}, not {expected:,}.")
                return float(found["seconds"])

            yield build
            to.close()
