"""`layerloom train --find-rate`: which learning rate a drawing can bear."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import TaskProgressColumn

from cli import session
from cli.ends import Status, print_json
from cli.progress import bar

if TYPE_CHECKING:
    from graph.inference import Report
    from graph.project import Project


def find(project: Project, report: Report, *, as_json: bool) -> Status:
    """Try rates on a new model, and print the one to take; the drawing stays as it is."""
    console = Console(quiet=as_json, highlight=False, soft_wrap=True)
    with bar(TaskProgressColumn()) as shown:
        task = shown.add_task("Starting Keras", total=None)

        def advance(done: int, total: int) -> None:
            shown.update(task, description="Trying rates", completed=done, total=total)

        found = session.find_rate(project, report, advance)
    if as_json:
        print_json(found._asdict())
        return Status.FINE
    if found.rate is None:
        console.print("The loss fell at no rate from 1e-06 to 1: no learning rate can be named.")
        return Status.FINE
    console.print(
        f"Try a learning rate of {found.rate:g}: there the loss falls most steeply. "
        f"It was least at {found.least:.2g}; above, training becomes unstable.",
        markup=False,
    )
    return Status.FINE
