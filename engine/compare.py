"""What runs have come to, and how they differ: figures, orders, sentences. No Keras, no Qt.

A run's *figures* are numbers by the name of a column: ``test accuracy`` (what the program's
``evaluate`` gave), ``best val_accuracy`` (over all epochs) and ``last val_accuracy``.
"""

import math
import operator
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from engine.runs import Run, RunError
from graph import projectfile
from graph.differences import Difference, differences, plan_line
from graph.project import Project

VALIDATION = "val_"
_SMALLER = ("loss", "error", "entropy", "hinge", "divergence", "logcosh", "log_cosh", "false_")
_SMALLER_WORDS = {"mse", "mae", "mape", "msle", "rmse", "bce", "kld"}
_TREND_EPOCHS = 3  # with fewer, the gap at the last epoch is chance
_TREND = 0.1  # the part by which a gap must differ to be called another
_MOST_WORDS = 3  # by which runs of one name are told from each other
_NO_METRICS = {"learning_rate"}  # what callbacks write into the history beside the metrics


class Facts(NamedTuple):
    """A run in a list.

    Attributes:
        run: the run.
        made: when, in local time; None if the record doesn't say.
        status: as in its record, but "interrupted" if nobody trains it any more.
        epochs: how many it has behind it.
        figures: numbers by the name of a column.
    """

    run: Run
    made: datetime | None
    status: str
    epochs: int
    figures: dict[str, float]


class Pair(NamedTuple):
    """What one run has come to in one metric, on training and validation data.

    Attributes:
        metric: Keras's name, without ``val_``.
        training: at the last epoch.
        validation: at the last epoch.
        gap: by how much the last epoch is worse on validation than on training data; below 0 it
            is better there, as it may be with Dropout.
        best: the best value on validation data, or on training data if there is no other.
        best_epoch: when that was, counted from 1.
        test: what the program's ``evaluate`` gave.
        epochs: how many there were.
    """

    metric: str
    training: float | None
    validation: float | None
    gap: float | None
    best: float | None
    best_epoch: int | None
    test: float | None
    epochs: int = 0


def smaller_is_better(name: str) -> bool:
    """Say whether a loss or metric is the better the smaller it is, as far as its name tells."""
    words = name.rsplit(maxsplit=1)[-1].removeprefix(VALIDATION)
    return any(part in words for part in _SMALLER) or bool(_SMALLER_WORDS & set(words.split("_")))


def facts(run: Run) -> Facts:
    """Return what a list shows of a run."""
    try:
        made = datetime.fromisoformat(run.info.created).astimezone()
    except ValueError:
        made = None
    figures: dict[str, float] = {}
    for name in _in_order(run.info.scores):
        if (value := _number(run.info.scores[name])) is not None:
            figures[f"test {name}"] = value
    for name in _in_order(run.history):
        best, _ = _best(run, name)
        if best is not None:
            figures[f"best {name}"] = best
        if (last := _last(run, name)) is not None:
            figures[f"last {name}"] = last
    epochs = max((len(values) for values in run.history.values()), default=0)
    return Facts(run, made, _status(run), epochs, figures)


def columns(listed: Iterable[Facts]) -> tuple[str, ...]:
    """Return the names of all figures: test scores, then metrics, then losses."""
    names = dict.fromkeys(name for one in listed for name in one.figures)
    return tuple(sorted(names, key=_column_rank))


def metrics(runs: Iterable[Run]) -> tuple[str, ...]:
    """Return the names of the metrics of some runs, without ``val_``, losses last."""
    stems = (name.removeprefix(VALIDATION) for run in runs for name in _in_order(run.history))
    return tuple(sorted(dict.fromkeys(stems), key=lambda name: name.endswith("loss")))


def pair(run: Run, metric: str) -> Pair:
    """Return what a run has come to in a metric, given without ``val_``."""
    training, validation = _last(run, metric), _last(run, VALIDATION + metric)
    gap = None
    if training is not None and validation is not None:
        gap = validation - training if smaller_is_better(metric) else training - validation
    best, epoch = _best(run, VALIDATION + metric)
    if best is None:
        best, epoch = _best(run, metric)
    test = _number(run.info.scores.get(metric))
    epochs = len(run.history.get(metric, []))
    return Pair(metric, training, validation, gap, best, epoch, test, epochs)


def gap_sentence(metric: str, named: Sequence[tuple[str, Pair]]) -> str:
    """Say whether the gap between training and validation closes from one run to the other.

    Args:
        metric: the name of the metric.
        named: the runs' names with what they have come to, the first to be compared with.

    Returns:
        A sentence with the gaps; "" if fewer than two runs have one.
    """
    gaps = [(name, found.gap) for name, found in named if found.gap is not None]
    if len(gaps) < 2:
        return ""
    fewest = min(found.epochs for _, found in named if found.gap is not None)
    trend = fewest >= _TREND_EPOCHS
    if len(gaps) > 2:
        least, most = min(gaps, key=lambda one: one[1]), max(gaps, key=lambda one: one[1])
        said = (
            f"Gap between training and validation: smallest in {least[0]} ({least[1]:.4f}), "
            f"largest in {most[0]} ({most[1]:.4f})"
        )
        return f"{said}." if trend else f"{said}; {_too_few(fewest)}"
    (first, before), (second, after) = gaps
    said = (
        f"The gap between training and validation {metric} is {before:.4f} in {first} and "
        f"{after:.4f} in {second}: "
    )
    if not trend:
        return said + _too_few(fewest)
    if before != after and abs(after - before) < _TREND * max(abs(before), abs(after)):
        return said + f"they differ by less than {_TREND:.0%}, which may be chance."
    if after > before:
        return said + "it opens."
    if before <= 0 or after == before:
        return said + ("it stays." if after == before else "there is none to close.")
    return said + ("it closes." if after <= 0 else f"it closes by {1 - after / before:.0%}.")


def _too_few(epochs: int) -> str:
    if epochs == 1:
        return "1 epoch says nothing about a trend yet."
    return f"{epochs} epochs say nothing about a trend yet."


def data_sentence(named: Sequence[tuple[str, Run]]) -> str:
    """Say which runs were trained on different data.

    Args:
        named: the runs with their names.

    Returns:
        A sentence; "" if all data are the same, as far as that is known.
    """
    groups: dict[str, list[str]] = {}
    for name, run in named:
        if run.info.data:
            groups.setdefault(run.info.data, []).append(name)
    if len(groups) < 2:
        return ""
    titles = [data.partition(" sha256")[0] for data in groups]
    same = " of other contents" if len(set(titles)) == 1 else ""
    told = "; ".join(
        f"{' and '.join(names)} on {title}"
        for title, names in zip(titles, groups.values(), strict=True)
    )
    return f"These runs had different data{same}, so their figures can't be compared: {told}."


def rows_sentence(named: Sequence[tuple[str, Run]]) -> str:
    """Say which runs used other rows of the same data: another split, too, where it is random.

    Args:
        named: the runs with their names.

    Returns:
        A sentence; "" if all had as many samples, as far as that is known.
    """
    groups: dict[tuple[int, int], list[str]] = {}
    for name, run in named:
        if run.info.samples is not None:
            groups.setdefault(run.info.samples, []).append(name)
    if len(groups) < 2:
        return ""
    told = "; ".join(
        f"{' and '.join(names)} {train:,} training and {test:,} test samples"
        for (train, test), names in groups.items()
    )
    return f"These runs used other rows of the data, so that small differences say nothing: {told}."


def different(listed: Sequence[Facts]) -> tuple[Difference, ...]:
    """Return what differs between the drawings and plans of runs; those that have none aside.

    Nothing is returned if one of the drawings can't be read: the values would stand for others.
    """
    found = [drawing_of(one.run) for one in listed]
    known = [one for one in found if one is not None]
    return differences(known) if 1 < len(known) == len(found) else ()


def plan_of(run: Run) -> str:
    """Return a run's optimizer, learning rate, batch size and epochs in a line; "" if unknown."""
    found = drawing_of(run)
    return plan_line(found) if found is not None else ""


def drawing_of(run: Run) -> Project | None:
    """Return the drawing that was trained, None if it can't be read."""
    try:
        return projectfile.loads(run.drawing_text)
    except (RunError, projectfile.BadFile):
        return None


def distinct(listed: Sequence[Facts]) -> list[str]:
    """Return a name for each run by which it can be told from the others.

    Runs of one name are told by what differs between them, such as `untitled · Adam`, else by
    their times.
    """
    names = [one.run.info.name for one in listed]
    told = list(names)
    for name in dict.fromkeys(names):
        alike = [at for at, other in enumerate(names) if other == name]
        group = [listed[at] for at in alike]
        if len(group) > 1:
            for at, words in zip(alike, _told_apart(group), strict=True):
                told[at] = " · ".join((name, *words))
    return told


def _told_apart(group: Sequence[Facts]) -> list[list[str]]:
    """Return a few words for each of the runs of one name; no more than it takes."""
    words: list[list[str]] = [[] for _ in group]
    for one in different(group):
        if len(words[0]) == _MOST_WORDS or len(set(map(tuple, words))) == len(group):
            break
        for at, mine in enumerate(words):
            mine.append(one.phrase(at))
    return [
        [*mine, f"{one.made:%H:%M:%S}"] if words.count(mine) > 1 and one.made is not None else mine
        for one, mine in zip(group, words, strict=True)
    ]


def duration(seconds: float | None) -> str:
    """Return a time that has passed for people: 0.8 s, 12 s, 3 min 20 s; "" if it isn't known."""
    if seconds is None:
        return ""
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 2:
        return f"{60 * minutes + rest} s"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s"


def in_order(listed: Iterable[Facts], key: str, *, descending: bool | None = None) -> list[Facts]:
    """Return runs in the order of a column; those that have nothing there come last.

    Args:
        listed: the runs.
        key: ``name``, ``when``, ``status``, ``epochs``, ``parameters``, ``time``, or a figure.
        descending: the largest first; None puts the best, or the newest, first.
    """
    if descending is None:
        descending = largest_first(key)
    known: list[tuple[tuple[float, str], Facts]] = []
    unknown: list[Facts] = []
    for one in listed:
        place = _place(one, key)
        if place is None:
            unknown.append(one)
        else:
            known.append((place, one))
    known.sort(key=operator.itemgetter(0), reverse=descending)
    return [*(one for _, one in known), *unknown]


def _place(one: Facts, key: str) -> tuple[float, str] | None:
    """Return a run's place in the order of a column; None if it has nothing there."""
    if key == "name":
        return 0.0, one.run.info.name.casefold()
    if key == "status":
        return 0.0, one.status
    value = value_of(one, key)
    return None if value is None else (value, "")


def value_of(one: Facts, key: str) -> float | None:
    """Return the number that a run has in a column; None if there is none."""
    match key:
        case "when":
            return one.made.timestamp() if one.made is not None else None
        case "epochs":
            return one.epochs
        case "parameters":
            return one.run.info.parameters
        case "time":
            return one.run.info.seconds
    return one.figures.get(key)


def largest_first(key: str) -> bool:
    """Say whether the largest value of a column is the one that people look for first."""
    if key in {"name", "status", "parameters", "time"}:
        return False
    return key in {"when", "epochs"} or not smaller_is_better(key)


def _status(run: Run) -> str:
    status = run.info.status
    return "interrupted" if status in {"new", "running"} and not run.is_held else status


def _column_rank(name: str) -> tuple[int, bool, bool]:
    which, _, metric = name.partition(" ")
    order = ("test", "best", "last").index(which)
    return (min(order, 1), metric.endswith("loss"), not metric.startswith(VALIDATION))


def _in_order(names: Iterable[str]) -> list[str]:
    """Return names of metrics, losses last, without what callbacks have written beside them."""
    return sorted(
        (name for name in names if name not in _NO_METRICS),
        key=lambda name: (name.endswith("loss"), not name.startswith(VALIDATION)),
    )


def _last(run: Run, name: str) -> float | None:
    values = run.history.get(name, [])
    return _number(values[-1]) if values else None


def _best(run: Run, name: str) -> tuple[float | None, int | None]:
    """Return the best value of a metric and its epoch, counted from 1."""
    found = [
        (value, epoch)
        for epoch, value in enumerate(run.history.get(name, []), 1)
        if value is not None and math.isfinite(value)
    ]
    if not found:
        return None, None
    sign = 1 if smaller_is_better(name) else -1
    return min(found, key=lambda one: (sign * one[0], one[1]))


def _number(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None
