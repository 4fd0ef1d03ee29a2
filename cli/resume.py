"""`layerloom resume`: go on with a training from its last backup."""

from pathlib import Path
from typing import Annotated

import typer

from cli import session
from cli.naming import find_run
from cli.options import AsJson
from cli.progress import Display
from engine import runs


def run(
    run_name: Annotated[
        str, typer.Argument(metavar="RUN", help="A run directory, or the beginning of its name.")
    ],
    *,
    epochs: Annotated[
        int | None, typer.Option(min=1, help="Train up to so many epochs in all.")
    ] = None,
    folder: Annotated[
        Path | None, typer.Option(help="Look for runs there, not in the user's folder of runs.")
    ] = None,
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
