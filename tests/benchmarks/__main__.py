"""Measure: `python -m tests.benchmarks [NAME …] [--quick] [--json] [--write FILE]`."""

from __future__ import annotations

import argparse
import os
import re
import sys
from importlib import import_module
from pathlib import Path

import msgspec

from tests.benchmarks.harness import Result, facts, say, table

BENCHMARKS = {
    "start": "start to usable window",
    "inference": "inference in a drawing of 1,000 nodes, beside Keras",
    "eventloop": "how late the window's event loop is during a training",
    "rate": "training rate in the window, of the program alone, and of the lecture's fit",
    "reporting": "what telling the window about the progress costs",
    "warm": "from Train to the first batch",
    "stop": "from Stop to its answer",
    "streaming": "peak memory of training on 20 GB of images in files",
    "canvas": "frames of the canvas",
    "pad": "from the last point of a stroke on the pad to prediction and maps",
    "opening": "opening, and an edit until everything shows it",
}
"""Each benchmark with what it measures; the module of its name does it."""


def main() -> int:
    """Run the benchmarks and print or write their tables."""
    words = _parser().parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    unknown = [name for name in words.names if name not in BENCHMARKS]
    if unknown:
        sys.stderr.write(
            f"There is no benchmark {unknown[0]}; there are {', '.join(BENCHMARKS)}.\n"
        )
        return 2
    for name in words.names or BENCHMARKS:
        say(name)
        where = facts()
        result: Result = import_module(f"tests.benchmarks.{name}").run(quick=words.quick)
        if words.json:
            sys.stdout.write(msgspec.json.encode({"name": name, "result": result}).decode() + "\n")
            continue
        text = f"{table(result)}\n\n{where}."
        if words.write is not None:
            fill(words.write, name, text)
        sys.stdout.write(f"### {result.title}\n\n{text}\n\n")
        sys.stdout.flush()
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks",
        description="Measure how fast Layerloom is; prints Markdown tables.",
        epilog="\n".join(f"{name:<10} {about}" for name, about in BENCHMARKS.items()),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help="which; without a name all")
    parser.add_argument("--quick", action="store_true", help="small sizes: do they run at all?")
    parser.add_argument("--json", action="store_true", help="a line of JSON for each")
    parser.add_argument("--write", type=Path, metavar="FILE", help="put the tables into a document")
    return parser


def fill(document: Path, name: str, text: str) -> None:
    """Put a table between the marks of a name in a document.

    Raises ValueError if the document has no such marks.
    """
    begin, end = f"<!-- begin {name} -->", f"<!-- end {name} -->"
    before = document.read_text(encoding="utf-8")
    pattern = re.compile(re.escape(begin) + ".*?" + re.escape(end), re.DOTALL)
    after, count = pattern.subn(lambda _: f"{begin}\n{text}\n{end}", before)
    if count != 1:
        raise ValueError(f"{document} has {count} places for {name}, not one.")
    document.write_text(after, encoding="utf-8")


if __name__ == "__main__":
    raise SystemExit(main())
