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
    if not headless and not as_json and has_display():
        from gui.app import run as run_window  # noqa: PLC0415 - Qt may lack what a display needs

        return run_window(project=project, train=True)
    if not headless and not as_json:
        sys.stdout.write("There is no display, so this goes without a window.\n")
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Refusal(f"The folder {out} can't be made: {error.strerror}.") from None
    from cli import headless as loop  # noqa: PLC0415 - loads Qt, which the window's way needs not

    with Display(quiet=as_json) as display:
        left = loop.go(project, _LAYER, _SAMPLE, out, display)
    if as_json:
        print_json(
            {
                "files": [str(path) for path in left.files],
                "scores": left.scores,
                "seconds": round(left.seconds, 3),
            }
        )
    else:
        names = "\n".join(f"  {path}" for path in left.files)
        sys.stdout.write(f"{left.seconds:.0f} s. Written:\n{names}\n")
    return Status.FINE
