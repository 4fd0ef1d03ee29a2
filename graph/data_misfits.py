"""What is wrong with rows, transforms and splits, each in a sentence with its numbers."""

from __future__ import annotations

from functools import partial
from pathlib import PurePath
from typing import TYPE_CHECKING

from graph.columns import unfit
from graph.datavalues import LABEL
from graph.problems import Problem, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graph.columns import Bindings, Bound
    from graph.datavalues import DataSet, Mismatch
    from graph.project import Project

_error = partial(Problem, severity=Severity.ERROR)
_warning = partial(Problem, severity=Severity.WARNING)
_FEW = 2  # examples that a sentence gives


def source_misfits(project: Project, bound: Bindings) -> Iterator[Problem]:
    """Yield what is wrong with the rows and how they are split."""
    data = bound.data
    if data is None:
        return
    if bound.left_out:
        count = len({(one.row, one.where) for one in bound.left_out})
        rows = "1 row is" if count == 1 else f"{count:,} rows are"
        first = " ".join(map(_said, bound.left_out[:_FEW]))
        further = len(bound.left_out) - _FEW
        more = f" The page Left out of the tab Data lists {further:,} more." if further > 0 else ""
        yield _warning(kind="rows", sentence=f"{rows} left out. {first}{more}")
    training = project.training
    labels = any(one.column is not None and one.column.kind == LABEL for one in bound.outputs)
    if training.stratified and training.validation == "split" and not labels:
        yield _warning(
            kind="stratified",
            sentence="The held out part can't have each label in the same share: no output has "
            "labels. It is chosen at random.",
        )
    yield from _unused_sources(data, bound)
    yield from _held_out_end(project, bound)
    yield from _shared(project, bound)
    yield from _leaks(project, bound)


def _said(one: Mismatch) -> str:
    """Return why a row is left out, with its number if the sentence doesn't have it."""
    named = one.row is None or one.sentence.startswith("Row ")
    return one.sentence if named else f"Row {one.row:,}: {one.sentence}"


def _unused_sources(data: DataSet, bound: Bindings) -> Iterator[Problem]:
    """Yield the joined sources of which no column is used."""
    used = [one.column for one in (*bound.inputs, *bound.outputs) if one.column is not None]
    names = {name for column in used for name in (column.name, *column.members)}
    for number, origin in enumerate(data.origins):
        mine = [one.name for one in data.columns if one.origin == number and not one.members]
        if number and mine and not names.intersection(mine):
            yield _warning(
                kind="unused source",
                sentence=f"Nothing takes a column of {PurePath(origin.path).name} yet: choose "
                f"{' or '.join(mine[:_FEW])} for an Input or an output in the tab Data.",
            )


def _held_out_end(project: Project, bound: Bindings) -> Iterator[Problem]:
    """Yield that the end of arrays is held out, and has but the last labels."""
    training, data = project.training, bound.data
    if data is None or data.form == "rows" or not data.own_test:
        return
    if training.validation != "split" or training.stratified:
        return
    columns = (one.column for one in bound.outputs)
    column = next((one for one in columns if one is not None and one.in_order), None)
    if column is None:
        return
    left, last = data.train * training.validation_split, 0
    for count in reversed(column.counts):
        if left > 0 and count:
            left, last = left - count, last + 1
    labels = sum(map(bool, column.counts))
    yield _warning(
        kind="held out end",
        sentence=f"The samples of {data.name} are in the order of “{column.name}”, and the "
        f"held out part is their end: it has {last} of {labels} labels. Hold out some of each.",
    )


def _shared(project: Project, bound: Bindings) -> Iterator[Problem]:
    """Yield the columns that several Inputs are given without anybody having chosen so."""
    users: dict[str, list[str]] = {}
    for one in bound.inputs:
        if one.column is not None and one.steps is not None:
            users.setdefault(one.column.name, []).append(one.port.node)
    for column, keys in users.items():
        alone = [key for key in keys if key not in project.data.inputs]
        if len(keys) > 1 and alone:
            names = " and ".join(project.graph.nodes[key].label for key in keys)
            yield _warning(
                kind="shared column",
                sentence=f"{names} are given the same column, “{column}”: no other one that is "
                "free fits. If that is meant, choose it for each in the Data panel.",
                node=alone[-1],
            )


def _leaks(project: Project, bound: Bindings) -> Iterator[Problem]:
    """Yield the Inputs that are given what an output has to find out."""
    targets = {one.column.name: one for one in bound.outputs if one.column is not None}
    for one in bound.inputs:
        members = one.column.members if one.column is not None else ()
        fine = ", ".join([name for name in members if name not in targets][:2])
        advice = f"choose columns by name, such as “{fine}”." if fine else "choose another column."
        for name in members:
            if name in targets:
                label, target = (
                    project.graph.nodes[each.port.node].label for each in (one, targets[name])
                )
                yield _warning(
                    kind="leak",
                    sentence=f"{label} is given “{name}”, which {target} is to find out: {advice}",
                    node=one.port.node,
                )


def transform_misfit(project: Project, one: Bound) -> Problem | None:
    """Return the error that a transform doesn't fit its column, or None."""
    if one.column is None or (reason := unfit(one.column, one.binding)) is None:
        return None
    name = project.graph.nodes[one.port.node].label
    return _error(kind="transform", sentence=f"{name}: {reason}", node=one.port.node)
