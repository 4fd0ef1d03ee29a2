"""`layerloom render`: paint a drawing as SVG, PDF or PNG."""

from pathlib import Path
from typing import Annotated

import typer

from cli import files, offscreen
from cli.ends import Refusal, Status, report_files
from cli.options import AsJson, File
from gui.figures import render

_ENDINGS = (".svg", ".png", ".pdf")


def run(
    file: File,
    *,
    output: Annotated[
        Path, typer.Option("-o", "--output", help="The picture to write: .svg, .png or .pdf.")
    ],
    theme: Annotated[offscreen.Look, typer.Option(help="The picture's colours.")] = (
        offscreen.Look.LIGHT
    ),
    scale: Annotated[float, typer.Option(min=0.1, max=8, help="Enlarge a PNG so much.")] = 2.0,
    as_json: AsJson = False,
) -> int:
    """Paint a drawing with its shapes, by the window's own painter."""
    if output.suffix.lower() not in _ENDINGS:
        raise Refusal(f"{output} should end in {', '.join(_ENDINGS)}: that says what to paint.")
    project = files.load(file)
    offscreen.application()
    render(project, output, offscreen.Look(theme).theme, scale)
    report_files([output], f"{output} is written.", as_json=as_json)
    return Status.FINE
