"""`layerloom new`: start a drawing from a template."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from cli import files
from cli.ends import Refusal, Status, print_json, report_files
from cli.options import AsJson
from graph import projectfile, templates


def run(
    template: Annotated[str, typer.Argument(help="A template's name; --list shows them.")] = "",
    *,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="The .loom file to write.")
    ] = None,
    list_names: Annotated[bool, typer.Option("--list", help="Print the templates' names.")] = False,
    as_json: AsJson = False,
    force: Annotated[bool, typer.Option("--force", help="Replace the file if it exists.")] = False,
) -> int:
    """Start a drawing from a template, or list the templates."""
    names = files.template_names()
    if list_names:
        if as_json:
            print_json(list(names))
        else:
            sys.stdout.write("".join(f"{name}\n" for name in names))
        return Status.FINE
    if not template or output is None:
        raise Refusal(
            "Name a template and a file, as in: layerloom new mlp -o mlp.loom; "
            "layerloom new --list shows the names."
        )
    if template not in names:
        raise Refusal(f"There is no template {template}; there are {', '.join(names)}.")
    if output.exists() and not force:
        raise Refusal(f"{output} exists already; add --force to replace it.")
    files.write(output, projectfile.dumps(templates.load(template)))
    said = f"{output} is written. Open it with: layerloom {output}"
    report_files([output], said, as_json=as_json)
    return Status.FINE
