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
Weights = Annotated[
    Path | None,
    typer.Option(help="Load this file, also one in the run directory; default: the last."),
]
Join = Annotated[
    list[str] | None,
    typer.Option(help="Match the rows of a further table or folder by key; may be repeated."),
]
Key = Annotated[
    str, typer.Option(metavar="COLUMN", help="The column by which joined rows are matched.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")]
