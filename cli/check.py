"""`layerloom check`: a drawing's summary table and its problems."""

import sys
from typing import Any

from cli import files
from cli.ends import Status, print_json
from cli.options import AsJson, File
from cli.verdict import errors_of
from graph import summary
from graph.checks import problems
from graph.inference import Report, infer, totals
from graph.problems import Problem
from graph.project import Project


def run(
    file: File,
    *,
    as_json: AsJson = False,
) -> int:
    """Print a drawing's summary table and its problems; exit status 1 if it has errors."""
    project = files.load(file)
    report = infer(project)
    found = problems(project, report)
    if as_json:
        print_json(_as_record(project, report, found))
    else:
        sys.stdout.write(summary.text(project, report) + "\n")
        sys.stdout.write(problem_text(found))
    return Status.ERRORS if errors_of(found) else Status.FINE


def problem_text(found: tuple[Problem, ...]) -> str:
    """Return the problems, a line each, below a line that counts them."""
    if not found:
        return "No problems.\n"
    count = "1 problem" if len(found) == 1 else f"{len(found)} problems"
    lines = [f"{problem.severity.value}: {problem.sentence}" for problem in found]
    return "\n".join([f"{count}:", *lines]) + "\n"


def _as_record(project: Project, report: Report, found: tuple[Problem, ...]) -> dict[str, Any]:
    """Return what `--json` prints; docs/command-line.md describes it."""
    total = totals(project, report)
    return {
        "name": project.name,
        "parameters": {
            "total": total.params,
            "trainable": total.trainable,
            "non_trainable": total.fixed,
        },
        "layers": [_row_record(row, report) for row in summary.rows(project, report)],
        "problems": [
            {
                "kind": problem.kind,
                "severity": problem.severity.value,
                "node": project.graph.nodes[problem.node].label if problem.node else None,
                "sentence": problem.sentence,
            }
            for problem in found
        ],
    }


def _row_record(row: summary.Row, report: Report) -> dict[str, Any]:
    spec = report.spec_of(row.node)
    return {
        "node": row.label,
        "layer": row.layer,
        "kind": row.kind,
        "shape": None if spec is None else list(spec.shape),
        "dtype": None if spec is None else spec.dtype,
        "parameters": row.params,
        "multiply_adds": row.multiply_adds,
        "inputs": list(row.sources),
    }
