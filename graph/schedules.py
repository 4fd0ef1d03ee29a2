"""The learning rate of each step, by Keras's formulas: for a plot, without Keras.

Source: https://keras.io/api/optimizers/learning_rate_schedules/ and the classes' own code. A test
holds each to Keras's own schedule object.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from graph import objects
from graph.callbacks import SCHEDULER, planned, settings
from graph.objects import check_named, settings_of
from graph.params import Named

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from graph.params import Value
    from graph.project import Training

    Floats = np.ndarray[tuple[int], np.dtype[np.float64]]
    Settings = Mapping[str, Any]


def rates(schedule: Named, steps: Floats) -> Floats:
    """Return the learning rate of each step (float64, of the steps' shape).

    Raises ValueError with a sentence if Keras would not take the schedule's settings.
    """
    wrong = fault(schedule)
    if wrong is not None:
        raise ValueError(f"{wrong}.")
    return _FORMULAS[schedule.name](settings("schedule", schedule), np.asarray(steps, float))


def fault(schedule: Named) -> str | None:
    """Return what is wrong with a schedule's settings (a sentence without its stop), or None."""
    wrong = objects.fault("schedule", schedule)
    if wrong is not None:
        return wrong
    given = schedule.settings
    if "boundaries" in given:
        bounds, values = given["boundaries"], given["values"]
        count = len(values) if isinstance(values, tuple) else 1
        if count != len(bounds) + 1:
            return (
                f"{schedule.name} needs one value more than boundaries: {len(bounds) + 1} for "
                f"{len(bounds)}, not {count}"
            )
        if list(bounds) != sorted(set(bounds)):
            return f"{schedule.name} needs boundaries that grow"
    return None


def of_plan(training: Training, steps_per_epoch: int) -> tuple[Floats, Floats] | None:
    """Return steps and their learning rates over a whole plan; None if there is no rate to show.

    Of the callbacks, LearningRateScheduler counts; what ReduceLROnPlateau does nobody can foresee.
    """
    total = max(1, steps_per_epoch * training.epochs)
    steps = np.unique(np.linspace(0, total - 1, min(total, 400)).round())
    rate = base_rate(training.optimizer)
    if isinstance(rate, Named):
        try:
            return steps, rates(rate, steps)
        except ValueError:
            return None
    scheduler = next((one for one in planned(training) if one.name == SCHEDULER), None)
    if rate is None:
        return None
    flat = np.full(len(steps), rate)
    if scheduler is None:
        return steps, flat
    return steps, flat * factors(scheduler, steps // max(1, steps_per_epoch))


def beginning(name: str, rate: float, steps: int) -> Named:
    """Return a schedule that begins with a rate and fits a training of so many steps."""
    steps = max(4, steps)
    fits: dict[str, Value] = {
        "initial_learning_rate": rate,
        "decay_steps": steps if name in {"CosineDecay", "PolynomialDecay"} else steps // 4,
        "first_decay_steps": -(-steps // 7),  # three falls, each twice as long as the last
        "decay_rate": 1.0 if name == "InverseTimeDecay" else 0.5,
        "boundaries": (steps // 2, 3 * steps // 4),
        "values": (rate, rate / 10, rate / 100),
    }
    needed = [param.name for param in settings_of("schedule", name) if param.required]
    given = {key: fits[key] for key in needed}
    if name == "PolynomialDecay":  # Keras's own end may lie above the beginning
        given["end_learning_rate"] = rate / 100
    return Named(name, given)


def length(schedule: Named) -> int | None:
    """Return after how many steps a schedule has come to its end; None if it goes on for ever."""
    if schedule.name not in _ENDS or fault(schedule) is not None:
        return None
    given = settings("schedule", schedule)
    if given.get("cycle"):
        return None
    steps, warm = given["decay_steps"], given.get("warmup_steps", 0)
    if not isinstance(steps, int) or not isinstance(warm, int):
        return None
    return steps + (warm if given.get("warmup_target") is not None else 0)


def base_rate(optimizer: Named) -> float | Named | None:
    """Return the optimizer's learning rate or schedule: what was set, else Keras's default."""
    if check_named("optimizer", Named(optimizer.name)) is not None:
        return None
    default = next(
        (p.default for p in settings_of("optimizer", optimizer.name) if p.name == "learning_rate"),
        None,
    )
    rate = optimizer.settings.get("learning_rate", default)
    if isinstance(rate, Named):
        return rate
    return float(rate) if isinstance(rate, int | float) else None


def factors(scheduler: Named, epochs: Floats) -> Floats:
    """Return what LearningRateScheduler's shape multiplies the rate by in each epoch, from 0."""
    values = settings("callback", scheduler)
    factor, span = float(values["factor"]), int(values["epochs"])  # type: ignore[arg-type]  # checked: both are numbers
    if values["shape"] == "step":
        return factor ** (epochs // span)
    if values["shape"] == "exponential":
        return factor ** (epochs / span)
    return np.minimum(1.0, (epochs + 1) / span)


# --- Keras's formulas ---------------------------------------------------------------------------


def _exponential(given: Settings, steps: Floats) -> Floats:
    power = _stairs(given, steps / given["decay_steps"])
    found: Floats = given["initial_learning_rate"] * given["decay_rate"] ** power
    return found


def _inverse(given: Settings, steps: Floats) -> Floats:
    power = _stairs(given, steps / given["decay_steps"])
    found: Floats = given["initial_learning_rate"] / (1 + given["decay_rate"] * power)
    return found


def _stairs(given: Settings, power: Floats) -> Floats:
    return np.floor(power) if given["staircase"] else power


def _piecewise(given: Settings, steps: Floats) -> Floats:
    at = np.searchsorted(np.asarray(given["boundaries"], float), steps, side="left")
    return np.asarray(given["values"], float)[at]


def _polynomial(given: Settings, steps: Floats) -> Floats:
    last: Floats | float = float(given["decay_steps"])
    if given["cycle"]:
        last = last * np.where(steps == 0, 1.0, np.ceil(steps / last))
    else:
        steps = np.minimum(steps, last)
    span = given["initial_learning_rate"] - given["end_learning_rate"]
    found: Floats = span * (1 - steps / last) ** given["power"] + given["end_learning_rate"]
    return found


def _cosine(given: Settings, steps: Floats) -> Floats:
    start, target = given["initial_learning_rate"], given["warmup_target"]
    warm = given["warmup_steps"]
    if target is None:
        return _fall(start, given, np.minimum(steps, given["decay_steps"]))
    later = np.clip(steps - warm, 0, given["decay_steps"])
    rising = start + (target - start) * np.minimum(steps, warm) / max(warm, 1)
    return np.where(steps < warm, rising, _fall(target, given, later))


def _fall(start: float, given: Settings, steps: Floats) -> Floats:
    half = 0.5 * (1 + np.cos(np.pi * steps / given["decay_steps"]))
    found: Floats = start * ((1 - given["alpha"]) * half + given["alpha"])
    return found


def _restarts(given: Settings, steps: Floats) -> Floats:
    done, longer = steps / given["first_decay_steps"], given["t_mul"]
    if longer == 1:
        restart = np.floor(done)
        part = done - restart
    else:
        restart = np.floor(np.log(1 - done * (1 - longer)) / np.log(longer))
        part = (done - (1 - longer**restart) / (1 - longer)) / longer**restart
    half = 0.5 * given["m_mul"] ** restart * (1 + np.cos(np.pi * part))
    found: Floats = given["initial_learning_rate"] * ((1 - given["alpha"]) * half + given["alpha"])
    return found


_ENDS = frozenset({"CosineDecay", "PolynomialDecay"})
_FORMULAS: Mapping[str, Callable[[Settings, Floats], Floats]] = {
    "CosineDecay": _cosine,
    "CosineDecayRestarts": _restarts,
    "ExponentialDecay": _exponential,
    "InverseTimeDecay": _inverse,
    "PiecewiseConstantDecay": _piecewise,
    "PolynomialDecay": _polynomial,
}
