"""The arguments that several verbs share."""

from pathlib import Path
from typing import Annotated

import typer

File = Annotated[str, typer.Argument(metavar="FILE", help="A .loom file, or a template's name.")]
RunName = Annotated[
    str, typer.Argument(metavar="RUN", help="A run directory, or the beginning of its name.")
]
Folder = Annotated[
    Path | None, typer.Option(help="Look for runs there, not in the user's folder of runs.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")]
