"""`layerloom resume`: go on with a training from its last backup."""

from typing import Annotated

import typer

from cli import session
from cli.naming import find_run
from cli.options import AsJson, Folder, RunName
from cli.progress import Display
from engine import runs


def run(
    run_name: RunName,
    *,
    epochs: Annotated[
        int | None, typer.Option(min=1, help="Train up to so many epochs in all.")
    ] = None,
    folder: Folder = None,
    as_json: AsJson = False,
) -> int:
    """Go on with a training that was stopped or cut off, from its last backup.

    What was trained after the backup is trained again, and gives the same numbers. With --epochs
    a run that is complete goes on too. Ctrl+C stops the training and keeps the weights.
    """
    found = find_run(run_name, folder or runs.default_parent())
    with Display(quiet=as_json) as display:
        outcome = session.resume(found.path, epochs, display.show)
    return session.present(outcome, display, as_json=as_json)
