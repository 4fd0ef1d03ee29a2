"""`layerloom [FILE]`: open the window."""

from pathlib import Path
from typing import Annotated

import typer

from cli import files
from cli.display import need_display


def run(
    file: Annotated[
        Path | None, typer.Argument(help="The .loom file to open; none: choose in the window.")
    ] = None,
) -> int:
    """Open the window, on a drawing or on the choice of templates."""
    if file is not None:
        files.read(file)  # a file that can't be read is told where it was asked for
    need_display()
    from gui.app import run as run_window  # noqa: PLC0415 - Qt may lack what a display needs

    return run_window(file)
