"""`layerloom demo`: train an example and look inside it, in the window or without one."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from cli import files
from cli.display import has_display
from cli.ends import Refusal, Status, print_json
from cli.options import AsJson
from cli.progress import Display
from graph.project import Project

_TEMPLATE = "shared-input"
_LAYER = "conv1"
_SAMPLE = 0


def run(
    *,
    headless: Annotated[bool, typer.Option("--headless", help="Open no window.")] = False,
    out: Annotated[Path, typer.Option(help="Leave the files here, if without a window.")] = Path(
        "layerloom-demo"
    ),
    as_json: AsJson = False,
) -> int:
    """Train an example and look inside it.

    With a display this opens the window on the drawing of a model with two kernel sizes and trains
    it. Without one, or with --headless, it does so offscreen and leaves the drawing, its program,
    the history, the curves, the activation maps and a picture of the window in a folder.
    """
    project = files.load(_TEMPLATE)
    if not headless and not as_json:
        if has_display():
            from gui.app import run as run_window  # noqa: PLC0415 - Qt may lack what it needs

            return run_window(project=project, train=True)
        sys.stdout.write("There is no display, so this goes without a window.\n")
    _go_offscreen(project, out, as_json=as_json)
    return Status.FINE


def _go_offscreen(project: Project, out: Path, *, as_json: bool) -> None:
    """Go round the loop without a window and say what it has left; raises Refusal."""
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Refusal(f"The folder {out} can't be made: {error.strerror}.") from None
    from cli import headless  # noqa: PLC0415 - loads Qt, which may lack something

    with Display(quiet=as_json) as display:
        left = headless.go(project, _LAYER, _SAMPLE, out, display)
    names = [str(path) for path in left.files]
    if as_json:
        print_json({"files": names, "scores": left.scores, "seconds": round(left.seconds, 3)})
    else:
        written = "\n".join(f"  {name}" for name in names)
        sys.stdout.write(f"{left.seconds:.0f} s. Written:\n{written}\n")
