"""Which learning rate a drawing can bear: asks an engine, and reads its losses. No Keras.

Source: L. N. Smith, Cyclical Learning Rates for Training Neural Networks, 2015,
https://arxiv.org/abs/1506.01186, section 3.3.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from codegen import emit
from codegen.export import copy_own
from engine.protocol import FindRate
from graph.datasets import find_data

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from engine.client import Engine
    from graph.inference import Report
    from graph.project import Project

_SMOOTHING = 0.8  # share that a loss keeps of those before: single batches differ a lot
_SPAN = 6  # steps before and behind, over which a slope is taken
_LEAST_FALL = 0.02  # of the loss, below which there is nothing to read


class Found(NamedTuple):
    """The rates that were tried, their losses, those smoothed, and the rate to take.

    The rate is where the loss falls most steeply over the rate's logarithm; None if it never
    fell. `least` is the rate with the least loss: beyond it training becomes unstable.
    """

    rates: tuple[float, ...]
    losses: tuple[float, ...]
    smooth: tuple[float, ...]
    rate: float | None
    least: float | None


def find_rate(
    engine: Engine,
    project: Project,
    report: Report,
    advance: Callable[[int, int], None] = lambda _done, _total: None,
) -> Found:
    """Try rates from 1e-6 to 1 on a new model of a project; the project's run isn't touched.

    ``advance(done, total)`` is called a few times a second meanwhile. Raises `ProgramFailed`,
    `EngineDied`, and OSError where the data isn't there.
    """
    with tempfile.TemporaryDirectory(prefix="layerloom-") as folder:
        copy_own(project, Path(folder))
        request = FindRate(
            run_dir=folder,
            program=emit(project, report).text,
            folder=str(Path(find_data(project)).resolve()),
        )
        tried = engine.find_rate(request, advance)
    return read(tried.rates, tried.losses)


def read(rates: Sequence[float], losses: Sequence[float]) -> Found:
    """Return what rates and losses say; losses that are not finite end them."""
    values = np.asarray(losses, float)
    finite = np.isfinite(values)
    count = len(values) if finite.all() else int(np.argmin(finite))
    values, tried = values[:count], np.asarray(rates, float)[:count]
    weights = 1 - _SMOOTHING ** np.arange(1, count + 1)
    smooth = np.empty(count)
    kept = 0.0
    for n, value in enumerate(values):
        kept = _SMOOTHING * kept + (1 - _SMOOTHING) * value
        smooth[n] = kept / weights[n]
    rate = least = None
    if count >= 5:
        lowest = int(np.argmin(smooth))
        falls = smooth[: max(1, lowest)].max() - smooth[lowest]
        if lowest >= 3 and falls > _LEAST_FALL * abs(smooth[0]):
            span = min(_SPAN, lowest // 2)  # over several steps: a single one tells little
            falling = smooth[: lowest + 1]
            steepest = int(np.argmin(falling[2 * span :] - falling[: -2 * span])) + span
            rate, least = float(f"{tried[steepest]:.2g}"), float(tried[lowest])
    return Found(tuple(tried), tuple(values), tuple(smooth), rate, least)
