"""`layerloom export`: save a drawing's Keras program."""

from pathlib import Path
from typing import Annotated

import typer

from cli import files
from cli.ends import Refusal, Status, report_files
from cli.options import AsJson, File
from cli.verdict import refuse_errors
from codegen.export import export, named
from graph.inference import infer
from graph.projectfile import BadFile


def run(
    file: File,
    *,
    output: Annotated[Path, typer.Option("-o", "--output", help="The .py file to write.")],
    as_json: AsJson = False,
) -> int:
    """Save a drawing's Keras program, with its data beside it where Keras can't fetch them.

    The program needs Keras, TensorFlow and NumPy, and nothing of Layerloom.
    """
    project = files.load(file)
    report = infer(project)
    refuse_errors(project, report)
    try:
        written = export(project, report, output)
    except BadFile as bad:
        raise Refusal(str(bad)) from None
    said = f"{named(written)} written. Run it with: python {output}"
    report_files(written, said, as_json=as_json)
    return Status.FINE
