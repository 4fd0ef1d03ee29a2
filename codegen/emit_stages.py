"""The section `prepare` that keeps each step: how one sample gets from its columns to the model."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import msgspec

from codegen.emit_data import emit_data
from codegen.source import Writer
from graph.binding import bind
from graph.columns import data_steps
from graph.datavalues import FILE, LABEL, TEXT

if TYPE_CHECKING:
    from graph.columns import Bound, Step
    from graph.inference import Report
    from graph.project import Project

_PARTNERS = "second = np.random.default_rng(SEED).permutation(len("
_ALONE = '''\
def sample_rows(count, index):
    """Return the rows from which a sample is made."""
    return [index]'''
_PAIR = '''\
def sample_rows(count, index):
    """Return the rows from which a sample is made: its own, and that of its partner."""
    return [index, np.random.default_rng(SEED).permutation(count)[index]]'''


class Stage(NamedTuple):
    """One value on the way of an Input or output: the steps so far, in words for the last."""

    bound: Bound
    text: str
    is_output: bool


class Staging(NamedTuple):
    """A section to stand below a program, and what each of the values is that it makes."""

    section: str
    stages: tuple[Stage, ...]
    labels: Bound | None


def emit_stages(project: Project, report: Report) -> Staging:
    """Return a section whose `load_data` and `prepare` make every stage of a sample.

    `prepare` returns `((), values)`, a value for each of the stages, or the value alone if there
    is one. `ARRAYS` says how many arrays `prepare` takes, before the statistics; `LABELS` which of
    them holds the labels of the first output that has some, or None.
    """
    bound = bind(project, report)
    stages = [stage for one in bound.outputs for stage in _stages(one, is_output=True)]
    stages += [stage for one in bound.inputs for stage in _stages(one, is_output=False)]
    staged = bound._replace(inputs=(), outputs=tuple(stage.bound for stage in stages))
    labels = next((one for one in bound.outputs if one.column is not None and _is_plain(one)), None)
    writer = Writer()
    emit_data(writer, _without_weights(project), staged)
    text = writer.program().text
    bases = tuple(dict.fromkeys(_base(stage.bound) for stage in stages))
    place = bases.index(_base(labels)) if labels is not None else None
    pairs = _PARTNERS in text
    lines = [
        _with_two_rows(text) if pairs else text,
        f"\n\nARRAYS, LABELS = {len(bases)}, {place}\n\n\n",
        _PAIR if pairs else _ALONE,
        "\n",
    ]
    return Staging("".join(lines), tuple(stages), labels)


def _base(one: Bound) -> str:
    return one.column.base if one.column is not None else ""


def _is_plain(one: Bound) -> bool:
    return one.column is not None and one.column.kind == LABEL and not one.column.take


def _without_weights(project: Project) -> Project:
    training = msgspec.structs.replace(project.training, class_weight="none", sample_weight="")
    return msgspec.structs.replace(project, training=training)


def _with_two_rows(text: str) -> str:
    """Return `prepare` for a sample and its partner, the only rows that it is given."""
    return "\n".join(
        "    second = np.array([1, 0])" if line.lstrip().startswith(_PARTNERS) else line
        for line in text.split("\n")
    )


def _stages(one: Bound, *, is_output: bool) -> list[Stage]:
    """Return the column as it is, and after each of its steps."""
    if one.column is None:
        return []
    steps = one.steps if one.steps is not None else _possible(one)
    # names of files and lists of words can't be shown as they are
    first = 1 if one.column.stored == FILE or one.column.kind == TEXT else 0
    found = []
    for count in range(first, len(steps) + 1):
        text = steps[count - 1].text if count else one.column.name
        found.append(Stage(one._replace(steps=steps[:count]), text, is_output))
    return found


def _possible(one: Bound) -> tuple[Step, ...]:
    """Return the steps up to the one that doesn't fit."""
    assert one.column is not None  # noqa: S101 - the caller has looked
    chosen = one.binding.transforms
    for count in range(len(chosen), -1, -1):
        binding = msgspec.structs.replace(one.binding, transforms=chosen[:count])
        steps = data_steps(one.column, binding, None)
        if steps is not None:
            return steps
    return ()
