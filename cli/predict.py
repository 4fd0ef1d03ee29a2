"""`layerloom predict`: what a trained model makes of an image file."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from cli import session
from cli.ends import Refusal, Status, print_json
from cli.naming import find_run, weights_file
from cli.options import AsJson, RunName, Weights
from engine.answers import Said
from engine.pictures import BadPicture, has_other_ground, is_digits, read
from engine.protocol import Array
from engine.runs import Run, RunError
from engine.trying import Look, Pictured, Trial, trial_of
from graph import projectfile
from graph.inference import infer

_MOST = 5  # classes that are printed


def run(  # noqa: PLR0913 - a parameter for each option
    run_word: RunName,
    image: Annotated[Path, typer.Argument(metavar="IMAGE", help="An image file.")],
    *,
    input_name: Annotated[
        str, typer.Option("--input", metavar="NAME", help="The Input that gets it: the first.")
    ] = "",
    sample: Annotated[
        int, typer.Option(min=0, help="The test sample that the other Inputs get, from 0.")
    ] = 0,
    weights: Weights = None,
    invert: Annotated[
        bool | None,
        typer.Option(help="Exchange dark and bright; by default where the data set needs it."),
    ] = None,
    centre: Annotated[
        bool | None,
        typer.Option(help="Size and place the ink as MNIST has its digits; default for mnist."),
    ] = None,
    as_json: AsJson = False,
) -> int:
    """Let a trained model predict an image file.

    The image is fitted to the Input: its proportions are kept, and made grey if the Input is.
    """
    record = find_run(run_word)
    trial = _trial(record.with_weights(weights_file(record, weights)))
    one = _input(trial, input_name)
    seen, done = _seen(trial, one, image, (invert, centre))
    answer = session.predict(trial.question(one.place, one.values(seen), sample=sample))
    said, others = trial.said(answer.outputs), list(trial.others(one))
    if as_json:
        told = {"input": one.name, "done": list(done), "others": others, "sample": sample}
        print_json(told | {"outputs": [*map(_as_record, said)]})
    else:
        if others:
            rest = f"{', '.join(others)}: sample {sample:,} of the test data"
            typer.echo(f"{one.name}: the image. {rest}.")
        _print(said, done)
    return Status.FINE


def _seen(
    trial: Trial, one: Pictured, image: Path, wanted: tuple[bool | None, bool | None]
) -> tuple[Array, tuple[str, ...]]:
    """Return an image file as the network sees it, and what was done for that; raises Refusal.

    `wanted`: inverted and centred; None leaves it to the data set and the image.
    """
    try:
        picture = read(image)
    except BadPicture as bad:
        raise Refusal(str(bad)) from None
    source = trial.project.data.source
    invert, centre = wanted
    look = Look(
        invert if invert is not None else has_other_ground(picture, trial.ground(one)),
        centre if centre is not None else is_digits(source),
    )
    return one.seen(picture, look)


def _trial(record: Run) -> Trial:
    try:
        project = projectfile.loads(record.drawing_text)
        return trial_of(record, project, infer(project))
    except (RunError, projectfile.BadFile) as error:
        raise Refusal(f"The run {record.path} can't be opened: {error}") from None


def _input(trial: Trial, name: str) -> Pictured:
    """Return the Input of that name, or the first that takes pictures; raises Refusal."""
    if not trial.pictured:
        raise Refusal("The Inputs of this model take no pictures.")
    names = [one.name for one in trial.pictured]
    if name and name not in names:
        raise Refusal(f"There is no Input {name} that takes pictures; there is {', '.join(names)}.")
    return trial.pictured[names.index(name) if name else 0]


def _best(one: Said) -> list[int]:
    """Return the classes with the largest values, the largest first."""
    return sorted(range(one.values.size), key=lambda at: -float(one.values[at]))[:_MOST]


def _as_record(one: Said) -> dict[str, object]:
    """Return what `--json` prints of an output; docs/command-line.md describes it."""
    record: dict[str, object] = {"output": one.title}
    if one.has_classes:
        shown = [{"class": one.names[at], "value": float(one.values[at])} for at in _best(one)]
        return record | {"classes": shown, "probabilities": one.are_shares}
    return record | {"values": one.values.reshape(-1).tolist()}


def _print(said: tuple[Said, ...], done: tuple[str, ...]) -> None:
    lines = [f"Image: {', '.join(done)}."] if done else []
    for one in said:
        if len(said) > 1 or not one.has_classes:
            lines.append(f"{one.title}:")
        if one.has_classes:
            width = max(len(one.names[at]) for at in _best(one))
            lines += [f"{one.names[at]:<{width}}  {one.words(at):>8}" for at in _best(one)]
        else:
            values = " ".join(f"{value:.4g}" for value in one.values.reshape(-1)[:10])
            rest = one.values.size - 10
            lines.append(values + (f" … and {rest:,} more" if rest > 0 else ""))
    sys.stdout.write("\n".join(lines) + "\n")
