"""A window that somebody works in: `python journal_child.py FOLDER`; it says each step it made."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gui.document import Document

ROOT = Path(__file__).resolve().parents[2]


def work(document: Document) -> Iterator[None]:
    """Draw, edit, undo and redo, in the same way each time; yield after each step."""
    from graph import edits, placing  # noqa: PLC0415 - the child finds the packages only later
    from graph.params import Named  # noqa: PLC0415 - as above
    from graph.project import Link  # noqa: PLC0415 - as above

    stack, before = document.undo_stack, ""
    for at, kind in enumerate(("Input", "Conv2D", "Flatten", "Dense")):
        added, key = placing.new_node(document.project, kind, at * 240.0, 0.0)
        steps: list[edits.Edit] = [added]
        if before:
            wire = document.project.graph.fresh_ids(3)[2]
            steps.append(edits.Connect(wire, Link(before, key)))
        document.push(edits.Batch(tuple(steps)), f"Add {kind}")
        yield
        before = key
    layer = document.project.graph.nodes[before].layer
    for units in range(20, 200):
        document.push(edits.SetParams(layer, {"units": units}), "units", merge="units")
        yield
        choice = {"activation": Named("leaky_relu", {"negative_slope": units / 100})}
        document.push(edits.SetParams(layer, choice), "activation")
        yield
        stack.undo()
        yield
        if units % 3:
            stack.redo()
            yield
        if units % 7 == 0:
            stack.setIndex(stack.index() - 4)
            yield
        document.push(edits.MoveNodes({before: (units * 4.0, 8.0)}), "Move")
        yield


def main(folder: Path) -> None:
    """Work until somebody ends this process."""
    from PySide6.QtCore import QTimer  # noqa: PLC0415 - as above

    from gui.app import application, build_window  # noqa: PLC0415 - as above
    from gui.journal import Journals  # noqa: PLC0415 - as above
    from gui.settings import Settings  # noqa: PLC0415 - as above

    app = application()
    window = build_window(app, Settings.in_file(Path(tempfile.mkdtemp(dir=folder)) / "s.ini"))
    window.painted.disconnect()
    Journals(window.document, window.messages, folder / "journals")
    window.show()
    steps = work(window.document)
    timer = QTimer()

    def step() -> None:
        next(steps)
        sys.stdout.write("step\n")
        sys.stdout.flush()

    timer.timeout.connect(step)
    timer.start(0)
    app.exec()


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    main(Path(sys.argv[1]))
