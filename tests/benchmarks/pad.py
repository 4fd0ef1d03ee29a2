"""Draw a digit: from the last point of a stroke until prediction and maps are painted."""

from __future__ import annotations

from graph.datasets import SAMPLE
from tests.benchmarks.harness import Goal, Result, Row, median, quantile
from tests.benchmarks.training import Plan, trainer

_STROKES = 60
_GOAL = Goal(100)


def run(*, quick: bool) -> Result:
    """Measure strokes on the pad of a real window, drawn offscreen."""
    rows: list[Row] = []
    notes = []
    for name in ("mlp",) if quick else ("mlp", "cnn"):
        plan = Plan(name, 1, 1024, SAMPLE) if quick else Plan(name, 1, 6400)
        with trainer(plan) as trained:
            found = trained.on_pad(3 if quick else _STROKES)
        times = sorted(1e3 * value for value in found["painted"])
        what = f"{name.upper()}: last point to prediction and maps painted"
        rows.append(median(f"{what}, median", times, "ms", _GOAL, "strokes"))
        slowest = Row(
            f"{what}, 95th percentile",
            quantile(times, 0.95),
            times[0],
            times[-1],
            "ms",
            len(times),
            "strokes",
            _GOAL,
        )
        rows.append(slowest)
        own = [1e3 * value for value in found["predicted"]]
        rows.append(
            median(f"{name.upper()}: the model itself, in the engine", own, "ms", of="times")
        )
        shape = " × ".join(map(str, found["maps"]))
        during = sum(found["during"]) / len(found["during"])
        notes.append(
            f"{name.upper()}: the layer shown gives {shape}; while a stroke of 240 ms was drawn, "
            f"{during:.1f} answers were shown in the mean."
        )
    notes.append(
        "Each stroke has 30 points, one every 8 ms, on an empty pad; the window is real, its "
        "screen is not. It ends when the maps of exactly what is then on the pad are painted."
    )
    return Result("Draw a digit, see prediction and maps", rows, notes)
