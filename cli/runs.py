"""`layerloom runs`: list runs, show one, compare several, prove one."""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from cli.ends import Refusal, Status, print_json
from cli.naming import find_run
from cli.options import AsJson, Folder
from cli.progress import bar
from engine import compare
from engine.compare import Facts
from engine.expected import notes_of_run
from engine.prove import CantProve, Prover
from engine.runs import Run, default_parent, list_runs

_KEYS = ("name", "when", "status", "epochs", "parameters", "time")


def run(  # noqa: PLR0913 - a parameter for each option
    words: Annotated[
        list[str] | None,
        typer.Argument(metavar="WHAT [RUN]…", help="list, show RUN, compare RUN RUN…, prove RUN."),
    ] = None,
    *,
    sort: Annotated[
        str, typer.Option(help="List in the order of this: when, parameters, accuracy, …")
    ] = "when",
    reverse: Annotated[bool, typer.Option("--reverse", help="List the other way round.")] = False,
    whole: Annotated[
        bool, typer.Option("--whole", help="Prove all epochs and the scores, not one epoch.")
    ] = False,
    folder: Folder = None,
    as_json: AsJson = False,
) -> int:
    """List the runs, show one, compare several, or prove one.

    RUN is a run directory, or the beginning of its name: the newest one that begins so. Prove runs
    the program of a run by itself, without Layerloom, and compares its numbers with the run's.
    """
    verb, *names = words or ["list"]
    parent = folder or default_parent()
    if verb == "list" and not names:
        return _list(parent, sort, reverse=reverse, as_json=as_json)
    if verb in {"show", "prove"} and len(names) == 1:
        found = find_run(names[0], parent)
        return _show(found, as_json) if verb == "show" else _prove(found, whole, as_json)
    if verb == "compare" and len(names) > 1:
        return _compare([find_run(name, parent) for name in names], as_json)
    if verb in {"show", "prove"}:
        raise Refusal(f"layerloom runs {verb} needs one run.")
    if verb == "compare":
        raise Refusal("layerloom runs compare needs two runs or more.")
    raise Refusal(
        f"layerloom runs can't {' '.join([verb, *names])}; it has list, show RUN, "
        "compare RUN RUN… and prove RUN."
    )


# --- list -------------------------------------------------------------------------------------


def _list(parent: Path, sort: str, *, reverse: bool, as_json: bool) -> int:
    listed = [compare.facts(one) for one in list_runs(parent)]
    key = _key(sort, listed)
    listed = compare.in_order(listed, key, descending=compare.largest_first(key) is not reverse)
    if as_json:
        print_json([_record(one) for one in listed])
        return Status.FINE
    if not listed:
        typer.echo(f"There is no run in {parent} yet; layerloom train makes one.")
        return Status.FINE
    names = [name for name in compare.columns(listed) if _is_shown(name, key)]
    heads = ["name", "when", "status", "epochs", *names, "parameters", "time", "folder"]
    rows = [_row(one, names) for one in listed]
    typer.echo(_table(heads, rows))
    return Status.FINE


def _key(word: str, listed: Sequence[Facts]) -> str:
    """Return the column that a word means; raises Refusal if there is none."""
    known = (*_KEYS, *compare.columns(listed))
    tries = (word, f"test {word}", f"best {word}", f"last {word}")
    key = next((one for one in tries if one in known), None)
    if key is None:
        raise Refusal(f"Runs can't be sorted by {word}, but by {', '.join(known)}.")
    return key


def _is_shown(name: str, key: str) -> bool:
    return name == key or name.startswith(("test ", f"best {compare.VALIDATION}"))


def _row(one: Facts, names: Sequence[str]) -> list[str]:
    info = one.run.info
    return [
        info.name,
        f"{one.made:%Y-%m-%d %H:%M}" if one.made is not None else "",
        one.status,
        str(one.epochs),
        *(_figure(one.figures.get(name)) for name in names),
        f"{info.parameters:,}" if info.parameters is not None else "",
        compare.duration(info.seconds),
        one.run.path.name,
    ]


def _record(one: Facts) -> dict[str, object]:
    info = one.run.info
    return {
        "run": str(one.run.path),
        "name": info.name,
        "created": info.created,
        "status": one.status,
        "epochs": one.epochs,
        "parameters": info.parameters,
        "seconds": info.seconds,
        "figures": one.figures,
        "sentence": info.sentence,
    }


# --- show -------------------------------------------------------------------------------------


def _show(found: Run, as_json: bool) -> int:  # noqa: FBT001 - it is the option
    one = compare.facts(found)
    pairs = [compare.pair(found, metric) for metric in compare.metrics([found])]
    notes = notes_of_run(found)
    if as_json:
        record = msgspec.to_builtins(found.info) | _record(one) | {"history": found.history}
        record |= {"notes": msgspec.to_builtins(notes)}
        print_json(record | {"metrics": {each.metric: each._asdict() for each in pairs}})
        return Status.FINE
    info = found.info
    versions = [f"{name} {version}" for name, version in info.versions.items()]
    lines = {
        "name": info.name,
        "folder": str(found.path),
        "made": f"{one.made:%Y-%m-%d %H:%M:%S}" if one.made is not None else "",
        "status": f"{one.status}: {info.sentence}" if info.sentence else one.status,
        "epochs": str(one.epochs),
        "time": compare.duration(info.seconds),
        "parameters": f"{info.parameters:,}" if info.parameters is not None else "",
        "seed": "" if info.seed is None else str(info.seed),
        "data": info.data,
        "versions": ", ".join(versions),
        **info.hardware,
    }
    for name, text in lines.items():
        if text:
            typer.echo(f"{name:<11}{text}")
    if pairs:
        typer.echo("")
        typer.echo(_table(["", *_HEADS], [[each.metric, *_cells(each)] for each in pairs]))
    for note in notes:
        typer.echo(f"\n{note.sentence}\n  {note.advice}")
    return Status.FINE


# --- compare ----------------------------------------------------------------------------------

_HEADS = ("best", "at epoch", "last training", "last validation", "gap", "test")


def _cells(each: compare.Pair) -> list[str]:
    at = "" if each.best_epoch is None else str(each.best_epoch)
    rest = (each.training, each.validation, each.gap, each.test)
    return [_figure(each.best), at, *map(_figure, rest)]


def _compare(found: list[Run], as_json: bool) -> int:  # noqa: FBT001 - it is the option
    listed = [compare.facts(one) for one in found]
    names, different = compare.distinct(listed), compare.different(listed)
    table: dict[str, list[compare.Pair]] = {
        metric: [compare.pair(one, metric) for one in found] for metric in compare.metrics(found)
    }
    said = {
        metric: compare.gap_sentence(metric, list(zip(names, pairs, strict=True)))
        for metric, pairs in table.items()
    }
    named = list(zip(names, found, strict=True))
    data, other_rows = compare.data_sentence(named), compare.rows_sentence(named)
    if as_json:
        print_json(
            {
                "runs": [str(one.path) for one in found],
                "names": names,
                "metrics": {
                    metric: [each._asdict() for each in pairs] for metric, pairs in table.items()
                },
                "sentences": said,
                "data": data,
                "rows": other_rows,
                "differences": {one.what: one.values for one in different},
            }
        )
        return Status.FINE
    for metric, pairs in table.items():
        rows = [[name, *_cells(each)] for name, each in zip(names, pairs, strict=True)]
        typer.echo(_table([metric, *_HEADS], rows))
        typer.echo(f"{'' if data else said[metric]}\n")
    if different:
        typer.echo(_table(["what differs", *names], [[one.what, *one.values] for one in different]))
    if data or other_rows:
        typer.echo(data or other_rows)
    return Status.FINE


# --- prove ------------------------------------------------------------------------------------


def _prove(found: Run, whole: bool, as_json: bool) -> int:  # noqa: FBT001 - these are the options
    shown = bar()
    task = shown.add_task("Starting Keras", total=None)

    def tell(part: float | None, words: str) -> None:
        shown.update(task, description=words, total=None if part is None else 1.0, completed=part)

    try:
        with shown:
            proof = Prover(found, whole=whole).prove(tell)
    except CantProve as error:
        raise Refusal(str(error), Status.RUN_FAILED) from None
    if as_json:
        figures = [each._asdict() | {"difference": each.difference} for each in proof.figures]
        record = {"run": str(found.path), "agrees": proof.agrees, "epochs": proof.epochs}
        record |= {"figures": figures, "notes": proof.notes, "seconds": round(proof.seconds, 3)}
        print_json(record | {"sentence": proof.sentence})
    else:
        typer.echo(proof.sentence)
    return Status.FINE if proof.agrees else Status.RUN_FAILED


# --- text -------------------------------------------------------------------------------------


def _figure(value: float | None) -> str:
    return "" if value is None or not math.isfinite(value) else f"{value:.4f}"


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return columns of text with two blanks between them; numbers stand at the right."""
    widths = [max(map(len, column)) for column in zip(heads, *rows, strict=True)]
    numbers = [_is_numbers([row[at] for row in rows]) for at in range(len(heads))]
    return "\n".join(
        "  ".join(
            cell.rjust(width) if right else cell.ljust(width)
            for cell, width, right in zip(cells, widths, numbers, strict=True)
        ).rstrip()
        for cells in (heads, *rows)
    )


def _is_numbers(column: Sequence[str]) -> bool:
    return all(not cell or cell.replace(",", "").lstrip("-")[:1].isdigit() for cell in column)
