"""Looking at own data before they are used: every image is decoded once, with a progress bar."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from rich.progress import MofNCompleteColumn, TimeRemainingColumn

from cli.ends import Refusal
from cli.progress import bar, waiting
from graph import datasets, sources
from graph.datavalues import FILE
from graph.project import Data

if TYPE_CHECKING:
    from collections.abc import Iterable

    from graph.datavalues import DataSet


def chosen(source: str, joined: Iterable[str] = (), key: str = "") -> Data:
    """Return data from what a person named: a known name, or paths, which are made absolute.

    Raises:
        Refusal: there is no such data set, or it can't be used; `key` is a column of none of them.
    """
    data = Data(_whole(source), joined=tuple(_whole(one) for one in joined), key=key)
    found = described(data)
    if key and all(key != one.key for one in found.origins):
        raise Refusal(f"There is no column {key} by which rows could be matched.")
    return data


def _whole(source: str) -> str:
    path = Path(source).expanduser()
    is_path = source not in datasets.KNOWN and (path.suffix or path.exists() or len(path.parts) > 1)
    return str(path.absolute()) if is_path else source


def described(data: Data) -> DataSet:
    """Return what data are; raises Refusal with a sentence."""
    try:
        with waiting("Reading the data"):
            return datasets.describe(data)
    except datasets.BadData as bad:
        raise Refusal(str(bad)) from None


def check(data: Data) -> DataSet:
    """Decode all images in files that are new or changed, and return what the data are then.

    Raises:
        Refusal: the data can't be used.
    """
    found = described(data)
    if not any(column.stored == FILE for column in found.columns):
        return found
    with bar(MofNCompleteColumn(), TimeRemainingColumn()) as shown:
        task = shown.add_task("Looking at the images", total=None)

        def watch(done: int, count: int) -> bool:
            shown.update(task, completed=done, total=count)
            return True

        sources.check_images(found, watch)
    return described(data)
