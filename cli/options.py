"""The arguments that several verbs share."""

from typing import Annotated

import typer

File = Annotated[str, typer.Argument(metavar="FILE", help="A .loom file, or a template's name.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")]
