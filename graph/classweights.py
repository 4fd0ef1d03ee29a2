"""Class weights as a plan has them: none, balanced, or a weight for each label, written as text.

The text is `Dress: 2, Shirt: 0.5`: names of labels, or their numbers; a label that isn't named
weighs 1.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from graph.classnames import label_names
from graph.datavalues import LABEL

if TYPE_CHECKING:
    from graph.columns import Bindings
    from graph.datavalues import Column
    from graph.project import Project

NONE, BALANCED = "none", "balanced"
_MOST = 20  # labels that a first text names


def label_column(bound: Bindings) -> Column | None:
    """Return the column of the first output that has labels: what is weighed by label."""
    columns = (one.column for one in bound.outputs)
    return next((one for one in columns if one is not None and one.kind == LABEL), None)


def first_text(project: Project, column: Column) -> str:
    """Return a text in which every label weighs 1, to be changed."""
    return ", ".join(f"{name}: 1" for name in label_names(project.data.source, column)[:_MOST])


def chosen(project: Project, bound: Bindings) -> dict[int, float]:
    """Return the weights that a person has chosen, by label; empty if there are none or faulty."""
    column = label_column(bound)
    by_rule = project.training.class_weight in {NONE, BALANCED}
    if by_rule or column is None or fault(project, bound) is not None:
        return {}
    names = label_names(project.data.source, column)
    pairs = (_pair(part) for part in _parts(project.training.class_weight))
    return {_number(name, names): weight for name, weight in pairs}


def fault(project: Project, bound: Bindings) -> str | None:
    """Return what is wrong with the weights of a plan, as a sentence, or None."""
    text = project.training.class_weight
    if text == NONE:
        return None
    column = label_column(bound)
    if column is None:
        return "Class weights need labels, and no output has any: all samples weigh the same."
    if text == BALANCED:
        return None
    names = label_names(project.data.source, column)
    for part in _parts(text):
        name, weight = _pair(part)
        if not (math.isfinite(weight) and weight >= 0):
            return (
                f"Class weights: “{part.strip()}” is no label with its weight, such as "
                f"{names[0]}: 2."
            )
        if _number(name, names) < 0:
            more = " …" if len(names) > _MOST else ""
            return (
                f"Class weights: “{name}” is no label of “{column.name}”; it has "
                f"{', '.join(names[:_MOST])}{more}."
            )
    return None


def _parts(text: str) -> list[str]:
    """Return the pairs of a text; a comma in a name of a label is taken for the end of one."""
    return [part for part in text.split(",") if part.strip()] or [text]


def _pair(part: str) -> tuple[str, float]:
    """Return a label and its weight; NaN if it is none."""
    name, _, weight = part.rpartition(":")
    try:
        return name.strip(), float(weight)
    except ValueError:
        return name.strip(), math.nan


def _number(name: str, names: tuple[str, ...]) -> int:
    """Return the label that a name or a number means, -1 if none."""
    if name in names:
        return names.index(name)
    return int(name) if name.isdecimal() and int(name) < len(names) else -1
