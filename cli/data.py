"""`layerloom data`: what a data set holds, and which rows are left out."""

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from cli import files, reading
from cli.ends import Status, print_json
from cli.options import AsJson, Join, Key
from cli.progress import waiting
from graph import datasets, statistics
from graph.datavalues import Column, DataSet, Mismatch
from graph.project import Data
from graph.shapes import show_shape
from graph.sources import matched_by
from graph.statistics import Facts

_MOST = 20  # mismatches that are printed unless all are asked for
_WIDEST = 30  # characters of a bar


def run(
    source: Annotated[
        str,
        typer.Argument(
            metavar="SOURCE",
            help="A known name, an .npz file, a folder of arrays, a folder with a folder of images "
            "for each class, a table (.csv), or a .loom file.",
        ),
    ],
    *,
    join: Join = None,
    key: Key = "",
    problems: Annotated[
        bool, typer.Option("--problems", help="List all rows that are left out, and only these.")
    ] = False,
    as_json: AsJson = False,
) -> int:
    """Print what a data set holds: columns, samples, class balance, statistics, what is left out.

    Images in files are decoded once, to find those that can't be; what was found is kept.
    """
    data = _data(source, join or (), key)
    found = reading.check(data)
    facts: tuple[Facts, ...] = ()
    if not problems:
        with waiting("Counting and measuring"):
            facts = tuple(statistics.facts(data))
    if as_json:
        print_json(_as_record(data, found, facts, problems=problems))
    elif problems:
        sys.stdout.write(_problem_text(found.mismatches, most=None))
    else:
        sys.stdout.write(_text(found, facts))
    return Status.FINE


def _data(source: str, joined: Sequence[str], key: str) -> Data:
    if Path(source).suffix == ".loom":
        data = files.read(Path(source)).data
        reading.described(data)
        return data
    return reading.chosen(source, joined, key)


def _text(found: DataSet, measured: Iterable[Facts]) -> str:
    own = "" if found.own_test else " (chosen from all)"
    lines = [
        found.title,
        f"{found.train:,} training and {found.test:,} test samples{own}.",
        *filter(None, [matched_by(found)]),
        "",
    ]
    facts = {one.column: one for one in measured}
    rows = [("column", "kind", "shape", "values")]
    rows += [(one.name, *_kind(one), _values(one, facts.get(one.name))) for one in found.columns]
    widths = [max(len(row[place]) for row in rows) for place in range(3)]
    for row in rows:
        cells = (row[place].ljust(widths[place]) for place in range(3))
        lines.append("  ".join((*cells, row[3])).rstrip())
    for one in facts.values():
        if one.counts:
            lines += ["", *_balance(one)]
    if found.mismatches:
        lines += ["", _problem_text(found.mismatches, most=_MOST).rstrip("\n")]
    return "\n".join(lines) + "\n"


def _kind(column: Column) -> tuple[str, str]:
    size = show_shape((None, *column.shape)) if column.shape else "one"
    return column.kind, size


def _values(column: Column, facts: Facts | None) -> str:
    if column.classes is not None:
        return f"{column.classes} classes"
    if column.members:
        return ", ".join(column.members)
    if facts is None or facts.mean is None:
        return column.dtype
    return (
        f"{column.dtype} from {facts.least:.4g} to {facts.greatest:.4g}, "
        f"mean {facts.mean:.4g}, standard deviation {facts.std:.4g}"
    )


def _balance(facts: Facts) -> list[str]:
    """Return a bar for each class."""
    most = max(count for _, count in facts.counts)
    width = max(len(name) for name, _ in facts.counts)
    lines = [f"{facts.column}: {statistics.balance(facts.counts)}"]
    if len(facts.counts) <= 50:
        for name, count in facts.counts:
            bar = "█" * max(1, round(_WIDEST * count / max(most, 1)))
            lines.append(f"  {name.ljust(width)}  {bar} {count:,}")
    return lines


def _problem_text(found: tuple[Mismatch, ...], most: int | None) -> str:
    if not found:
        return "Nothing is left out.\n"
    rows = len({(one.row, one.where) for one in found})
    shown = found if most is None else found[:most]
    lines = [f"{rows:,} left out:" if rows > 1 else "1 left out:"]
    lines += [f"  {place(one)}: {one.sentence}" for one in shown]
    if len(shown) < len(found):
        lines.append(f"  … and {len(found) - len(shown):,} more: add --problems to see all.")
    return "\n".join(lines) + "\n"


def place(one: Mismatch) -> str:
    """Return where a row stands: `clothes.csv, row 7`, or the name of its file."""
    return one.where if one.row is None else f"{one.where}, row {one.row}"


def _as_record(
    data: Data, found: DataSet, measured: Iterable[Facts], *, problems: bool
) -> dict[str, Any]:
    """Return what `--json` prints; docs/command-line.md describes it."""
    left_out = [
        {"row": one.row, "where": one.where, "column": one.column or None, "reason": one.sentence}
        for one in found.mismatches
    ]
    if problems:
        return {"left_out": left_out}
    facts = {one.column: one for one in measured}
    return {
        "name": found.name,
        "title": found.title,
        "matched": matched_by(found),
        "samples": {"train": found.train, "test": found.test, "own_test": found.own_test},
        "here": datasets.is_file(data.source) or bool(facts),
        "columns": [_column_record(one, facts.get(one.name)) for one in found.columns],
        "left_out": left_out,
    }


def _column_record(column: Column, facts: Facts | None) -> dict[str, Any]:
    record: dict[str, Any] = {
        "name": column.name,
        "kind": column.kind,
        "shape": list(column.shape),
        "dtype": column.dtype,
        "in_files": column.stored == "file",
    }
    if column.classes is not None:
        record["classes"] = column.classes
    if column.members:
        record["columns"] = list(column.members)
    if facts is not None and facts.counts:
        record["counts"] = dict(facts.counts)
    elif facts is not None:
        record |= {name: getattr(facts, name) for name in ("least", "mean", "std", "greatest")}
    return record
