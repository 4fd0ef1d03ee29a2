"""Find the verb, load it and nothing else, run it, and turn what it raises into a sentence.

The verbs stand in one table, so that `layerloom --help` lists them without loading Qt, networkx
or any other large library: a verb's module is imported when it is called for.
"""

from __future__ import annotations

import difflib
import os
import sys
from importlib import import_module
from importlib.metadata import version
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING

from cli.display import open_window
from cli.ends import Refusal, Status, complain

if TYPE_CHECKING:
    from collections.abc import Sequence

    import typer

VERBS = {
    "open": "Open the window; the verb may be left out: layerloom [FILE].",
    "demo": "Train an example and look inside it, in the window or without one.",
    "new": "Start a drawing from a template.",
    "check": "Print a drawing's summary table and its problems.",
    "export": "Save a drawing's Keras program.",
    "train": "Train a drawing.",
    "resume": "Go on with a training that was stopped or cut off, or for more epochs.",
    "evaluate": "Evaluate a trained model: metrics, confusion matrix, figures of each class.",
    "predict": "Let a trained model predict an image file.",
    "data": "Print what a data set holds, and which rows are left out.",
    "runs": "List runs, show one, compare several, prove one.",
    "maps": "Paint what a layer of a trained model makes of a sample.",
    "render": "Paint a drawing as SVG, PDF or PNG.",
}
"""Each verb with what it does; `run` in the module of its name does it."""

_OWN = ("cli", "codegen", "engine", "graph", "gui", "resources")

_ABOUT = """Draw a neural network, read its Keras code, train it, look inside it.

`layerloom [FILE]` opens the window. Each verb has a page of its own: layerloom VERB --help.

Exit status: 0 fine, 1 the drawing has errors, 2 wrong use, 3 a run failed."""


def main(words: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit status."""
    words = list(sys.argv[1:] if words is None else words)
    as_json = "--json" in words
    _allow_any_letter()
    try:
        status = _run(words)
        sys.stdout.flush()
    except Refusal as refusal:
        complain(str(refusal), as_json=as_json)
        return refusal.status
    except KeyboardInterrupt:
        complain("Interrupted.", as_json=as_json)
        return Status.INTERRUPTED
    except (BrokenPipeError, SystemExit):  # typer makes this of the other, and of nothing else
        # the reader, such as `head`, has seen enough; what is left has to go somewhere
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return Status.FINE
    except ImportError as error:
        if (sentence := _missing(error)) is None:
            raise
        complain(sentence, as_json=as_json)
        return Status.RUN_FAILED
    except OSError as error:
        complain(_os_sentence(error), as_json=as_json)
        return Status.WRONG_USE
    except Exception as error:
        # typer's own base of wrong use is not public in each of its releases
        if not callable(say := getattr(error, "format_message", None)):
            raise
        verb = f" {words[0]}" if words and words[0] in VERBS else ""
        complain(f"{_in_words(error, say())} See layerloom{verb} --help.", as_json=as_json)
        return Status.WRONG_USE
    return status


def _allow_any_letter() -> None:
    """Let what the terminal's code page lacks, such as × and ─, come as a question mark."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")


def _run(words: list[str]) -> int:
    if not words:
        return open_window(None)
    if words[0] not in VERBS and not words[0].startswith("-"):
        _refuse_slip(words[0])
        if len(words) == 1:
            return open_window(Path(words[0]))
        words = ["open", *words]
    # None: typer has printed help
    status = _typer(words[0])(words, prog_name="layerloom", standalone_mode=False)
    return Status.FINE if status is None else int(status)


def _typer(chosen: str) -> typer.Typer:
    """Return the typer application in which the chosen verb is real and the others are names."""
    import typer  # noqa: PLC0415 - it costs the window's start 0.2 s, and isn't needed for that

    def options(
        *, show_version: bool = typer.Option(False, "--version", help="Print the version and exit.")
    ) -> None:
        if show_version:
            typer.echo(f"layerloom {version('layerloom')}")
            raise typer.Exit

    app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, help=_ABOUT)
    app.callback(invoke_without_command=True)(options)
    for verb, about in VERBS.items():
        run = import_module(f"cli.{verb}").run if verb == chosen else options
        app.command(verb, short_help=about)(run)
    return app


def _refuse_slip(word: str) -> None:
    """Refuse a first word that is no file, no template and no verb."""
    if Path(word).suffix or Path(word).exists():
        return
    near = difflib.get_close_matches(word, VERBS, n=1, cutoff=0.75)
    if near:
        raise Refusal(f"There is no file and no command {word}. Did you mean {near[0]}?")
    from graph.templates import templates  # noqa: PLC0415 - nothing else here needs the drawing

    if word not in {template.name for template in templates()}:
        raise Refusal(
            f"There is no file and no command {word}. layerloom --help lists the commands."
        )


def _missing(error: ImportError) -> str | None:
    """Say what to install; None if the fault lies elsewhere."""
    if isinstance(error, ModuleNotFoundError):
        if (error.name or "").partition(".")[0] in _OWN:
            return None
        return (
            f"The Python package {error.name} is missing; install Layerloom again "
            "with all it needs: pip install layerloom."
        )
    library = str(error).partition(":")[0]
    if ".so" not in library:
        return None
    return (
        f"Qt can't be loaded, since the system library {library} is missing; on Debian or Ubuntu: "
        "sudo apt-get install -y libegl1 libgl1 libxkbcommon-x11-0 libdbus-1-3 libfontconfig1 "
        "libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1 libxcb-shape0."
    )


def _os_sentence(error: OSError) -> str:
    reason = error.strerror or str(error)
    return f"{error.filename}: {reason}." if error.filename else f"{reason}."


def _in_words(error: Exception, said: str) -> str:
    """Return what typer says of a wrong word, with the option it is about, as a sentence."""
    option = getattr(getattr(error, "param", None), "opts", None)
    text = said.rstrip(".")
    for library, plain in (
        ("Input should be a valid integer, unable to parse string as an integer", "a whole number"),
        ("Input should be greater than or equal to", "a number of at least"),
        ("Input should be a valid number, unable to parse string as a number", "a number"),
    ):
        if library in text:
            needs = text[text.index(library) :].replace(library, plain)
            return f"{option[-1] if option else 'That'} needs {needs}."
    return f"{text}."
