"""The templates stay as Keras has them, through many edits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import Phase, given, seed, settings

from graph.checks import drawing_problems
from graph.edits import CantApply, apply
from graph.inference import infer, totals
from graph.templates import load, templates
from tests.strategies import edits

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

    from graph.project import Project

pytestmark = pytest.mark.engine

LEGAL_EDITS = 50
MOST_PARAMETERS = 5_000_000  # larger models only take longer


@pytest.mark.parametrize("name", [template.name for template in templates()])
def test_verdicts_and_counts_are_those_of_keras_after_each_edit(name: str) -> None:
    from tests.conformance.comparing import compare  # noqa: PLC0415 - imports TensorFlow

    project = load(name)
    found = compare(project)
    assert (found.differences, found.problems) == ((), ())
    legal = illegal = 0
    for number in range(12 * LEGAL_EDITS):
        try:
            after, _ = apply(project, drawn_once(edits(project), number))
        except CantApply:
            continue
        if too_large(after):
            continue
        found = compare(after)
        assert not found.differences, (number, found)
        if found.problems:
            illegal += 1
        elif not has_odd_names(after):
            legal += 1
            project = after
        if legal == LEGAL_EDITS:
            break
    assert legal == LEGAL_EDITS
    assert illegal > 0


def drawn_once(strategy: SearchStrategy[Any], number: int) -> Any:
    """Return a value of a strategy that hangs on the number alone.

    Each edit depends on the drawing that the ones before have left, which is more than one example
    of hypothesis can hold; the first example it draws is the simplest, so the second is taken.
    """
    values = []

    @seed(number)
    @settings(max_examples=2, deadline=None, database=None, phases=[Phase.generate])
    @given(strategy)
    def each(value: Any) -> None:
        values.append(value)

    each()
    return values[-1]


def too_large(project: Project) -> bool:
    """Say whether Keras would take long to make the weights."""
    report = infer(project)
    return totals(project, report).params > MOST_PARAMETERS or len(project.graph.nodes) > 40


def has_odd_names(project: Project) -> bool:
    """Say whether names that Python can't take are left, which Keras would not mind."""
    kinds = {problem.kind for problem in drawing_problems(project, infer(project))}
    return bool(kinds & {"illegal name", "doubled name"})
