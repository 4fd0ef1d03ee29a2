"""`layerloom train`: train a drawing without a window."""

from pathlib import Path
from typing import Annotated

import msgspec
import typer

from cli import files, session
from cli.ends import Refusal
from cli.options import AsJson, File
from cli.progress import Display
from cli.verdict import refuse_errors, refuse_without_data
from engine import runs
from graph import datasets, edits
from graph.inference import infer
from graph.project import Project

_LARGEST_SEED = 2**32 - 1


def run(  # noqa: PLR0913 - a parameter for each option
    file: File,
    *,
    data: Annotated[
        str | None, typer.Option(help="Train on this data set: a known name, or an .npz file.")
    ] = None,
    epochs: Annotated[int | None, typer.Option(min=1, help="Train for so many epochs.")] = None,
    limit: Annotated[
        int | None, typer.Option(min=1, help="Use only so many training samples.")
    ] = None,
    seed: Annotated[
        int | None, typer.Option(min=0, max=_LARGEST_SEED, help="Set the random seed.")
    ] = None,
    weights: Annotated[
        Path | None, typer.Option(help="Begin with the weights in this file.", dir_okay=False)
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Make the run directory in this folder.")] = None,
    as_json: AsJson = False,
) -> int:
    """Train a drawing, and print how it does on the test set.

    The options change the drawing's training plan for this run, and so the program that the run
    directory keeps. Ctrl+C stops the training and keeps the weights.
    """
    changes = {"epochs": epochs, "limit": limit, "seed": seed}
    project = changed(files.load(file), data, changes)
    report = infer(project)
    refuse_errors(project, report)
    refuse_without_data(project, report)
    with Display(quiet=as_json) as display:
        parent = out or runs.default_parent()
        outcome = session.train(project, report, parent, display.show, weights)
    return session.present(outcome, display, as_json=as_json)


def changed(project: Project, data: str | None, changes: dict[str, int | None]) -> Project:
    """Return the project with another data set and training plan, by edits; None: as it was."""
    wanted = {name: value for name, value in changes.items() if value is not None}
    if wanted:
        plan = msgspec.structs.replace(project.training, **wanted)
        project, _ = edits.apply(project, edits.SetTraining(plan))
    if data is not None:
        chosen = msgspec.structs.replace(project.data, source=_source(data))
        project, _ = edits.apply(project, edits.SetData(chosen))
    return project


def _source(data: str) -> str:
    """Return a data set's name or the whole path of an own one; raises Refusal if it is none."""
    source = str(Path(data).expanduser().resolve()) if data.endswith(".npz") else data
    try:
        datasets.look_up(source)
    except datasets.BadData as bad:
        raise Refusal(str(bad)) from None
    return source
