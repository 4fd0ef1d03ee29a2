"""`layerloom open [FILE]`: open the window."""

from pathlib import Path
from typing import Annotated

import typer

from cli.display import open_window


def run(
    file: Annotated[
        Path | None, typer.Argument(help="The .loom file to open; none: choose in the window.")
    ] = None,
) -> int:
    """Open the window, on a drawing or on the choice of templates."""
    return open_window(file)
