"""What a drawing's problems mean to a command: its exit status, and whether it goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from cli.ends import Refusal, Status
from graph.checks import problems
from graph.problems import NO_DATA, Problem, Severity

if TYPE_CHECKING:
    from graph.inference import Report
    from graph.project import Project


def errors_of(found: tuple[Problem, ...]) -> list[Problem]:
    """Return those problems that stop Keras."""
    return [problem for problem in found if problem.severity is Severity.ERROR]


def refuse_errors(project: Project, report: Report) -> None:
    """Raise Refusal with the first error of a drawing, if it has any (status 1)."""
    wrong = errors_of(problems(project, report))
    if len(wrong) == 1:
        raise Refusal(f"The drawing has an error: {wrong[0].sentence}", Status.ERRORS)
    if wrong:
        raise Refusal(
            f"The drawing has {len(wrong)} errors, which layerloom check prints; "
            f"the first: {wrong[0].sentence}",
            Status.ERRORS,
        )


def print_warnings(project: Project, report: Report, *, quiet: bool = False) -> None:
    """Print what the window would warn of, a line each; nothing if `quiet`."""
    for problem in problems(project, report):
        if problem.severity is Severity.WARNING and not quiet:
            typer.echo(f"Warning: {problem.sentence}")


def refuse_without_data(project: Project, report: Report) -> None:
    """Raise Refusal if a drawing has no data set, or one that is neither here nor with Keras."""
    for problem in problems(project, report):
        if problem.kind == NO_DATA:
            raise Refusal(problem.sentence)
