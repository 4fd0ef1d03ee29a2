"""`layerloom train`: train a drawing without a window."""

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from cli import files, rates, reading, session
from cli.ends import Refusal
from cli.options import AsJson, File, Join, Key
from cli.progress import Display
from cli.verdict import print_warnings, refuse_errors, refuse_without_data
from engine import runs
from graph import datasets, edits
from graph.binding import rebound
from graph.inference import infer
from graph.project import Project
from graph.views import switched_on


class Augment(StrEnum):
    """The ways of augmentation."""

    NONE = "none"
    ONLINE = "online"
    PRE = "pre"


_LARGEST_SEED = 2**32 - 1
_FindRate = Annotated[
    bool, typer.Option(help="Don't train: try learning rates, and say which one fits.")
]
_Data = Annotated[
    str | None, typer.Option(help="Train on this data set: a known name, a file or a folder.")
]
_Out = Annotated[Path | None, typer.Option(help="Make the run directory in this folder.")]
_Weights = Annotated[
    Path | None, typer.Option(help="Begin with the weights in this file.", dir_okay=False)
]


def run(  # noqa: PLR0913 - a parameter for each option
    file: File,
    *,
    data: _Data = None,
    join: Join = None,
    key: Key = "",
    epochs: Annotated[int | None, typer.Option(min=1, help="Train for so many epochs.")] = None,
    limit: Annotated[
        int | None, typer.Option(min=1, help="Use only so many training samples.")
    ] = None,
    seed: Annotated[
        int | None, typer.Option(min=0, max=_LARGEST_SEED, help="Set the random seed.")
    ] = None,
    augment: Annotated[
        Augment | None, typer.Option(help="Vary the training images so, as the drawing says how.")
    ] = None,
    weights: _Weights = None,
    find_rate: _FindRate = False,
    out: _Out = None,
    as_json: AsJson = False,
) -> int:
    """Train a drawing, and print how it does on the test set.

    The options change the drawing's training plan for this run, and so the program that the run
    directory keeps. Ctrl+C stops the training and keeps the weights.
    """
    changes = {"epochs": epochs, "limit": limit, "seed": seed}
    project = augmented(changed(files.load(file), data, changes, (join or (), key)), augment)
    if datasets.is_file(project.data.source):
        reading.check(project.data)
    report = infer(project)
    refuse_errors(project, report)
    refuse_without_data(project, report)
    print_warnings(project, report, quiet=as_json)
    if find_rate:
        return rates.find(project, report, as_json=as_json)
    with Display(quiet=as_json) as display:
        parent = out or runs.default_parent()
        outcome = session.train(project, report, parent, display.show, weights)
    return session.present(outcome, display, as_json=as_json)


def augmented(project: Project, how: Augment | None) -> Project:
    """Return the project with another way of augmentation; raises Refusal if it varies nothing."""
    if how is None:
        return project
    plan = project.training
    augmentation = msgspec.structs.replace(plan.augmentation, how=how.value)
    if how is not Augment.NONE and not (switched_on(augmentation) or augmentation.mixup):
        raise Refusal(
            "The drawing doesn't say how images are to be varied: set a flip, a shift or another "
            "operation in its Augmentation panel."
        )
    plan = msgspec.structs.replace(plan, augmentation=augmentation)
    return edits.apply(project, edits.SetTraining(plan))[0]


def changed(
    project: Project,
    data: str | None,
    changes: dict[str, int | None],
    joined: tuple[Sequence[str], str] = ((), ""),
) -> Project:
    """Return the project with another data set and training plan, by edits; None: as it was.

    `joined`: the sources that are matched with the data set, and by which column.
    """
    wanted = {name: value for name, value in changes.items() if value is not None}
    if wanted:
        plan = msgspec.structs.replace(project.training, **wanted)
        project, _ = edits.apply(project, edits.SetTraining(plan))
    if data is not None:
        named = reading.chosen(data, *joined)
        kept = project.data if named.joined else rebound(project.data, named.source)
        chosen = msgspec.structs.replace(
            project.data,
            source=named.source,
            joined=named.joined,
            key=named.key,
            inputs=kept.inputs,
            outputs=kept.outputs,
        )
        project, _ = edits.apply(project, edits.SetData(chosen))
    return project
