"""The summary of a model: a row for each call, and the totals, in the manner of Keras's summary.

Source of the layout: https://keras.io/api/models/model/#summary-method
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from graph.inference import spec_text, totals
from graph.topology import sources_of, wiring

if TYPE_CHECKING:
    from graph.inference import NodeReport, Report
    from graph.project import Project

HEADINGS = ("Variable", "Layer", "Output", "Parameters", "Multiply-adds", "Connected to")
_NUMBERS = (3, 4)  # columns that are set to the right
_UNKNOWN = "?"


class Row(NamedTuple):
    """One call of a layer. Counts are None while they are not known.

    `params`: values in the variables made by this call: 0 for a further call of a shared layer.
    `multiply_adds`: for one sample. `shape`: without the batch axis, for people.
    """

    node: str
    label: str
    layer: str
    kind: str
    shape: str
    params: int | None
    multiply_adds: int | None
    sources: tuple[str, ...]

    def texts(self) -> tuple[str, ...]:
        """Return the cells, as `HEADINGS` names them."""
        return (
            self.label,
            self.kind if self.layer == self.label else f"{self.kind} “{self.layer}”",
            self.shape,
            _UNKNOWN if self.params is None else f"{self.params:,}",
            _UNKNOWN if self.multiply_adds is None else f"{self.multiply_adds:,}",
            ", ".join(self.sources),
        )


def rows(project: Project, report: Report) -> tuple[Row, ...]:
    """Return a row for each call, in the order of the code."""
    graph, wires = project.graph, wiring(project.graph)
    found = []
    for key in wires.order:
        node, layer = graph.nodes[key], graph.layer_of(key)
        first = wires.calls[node.layer][0] == key
        sources = tuple(graph.nodes[source].label for source in sources_of(graph, key))
        known = report.nodes[key]
        found.append(
            Row(
                key,
                node.label,
                layer.name,
                layer.kind,
                ", ".join(map(spec_text, known.outputs)) or _UNKNOWN,
                _params(known, first=first),
                known.made.multiply_adds if known.made is not None else None,
                sources,
            )
        )
    return tuple(found)


def _params(known: NodeReport, *, first: bool) -> int | None:
    if known.made is None:
        return None
    return known.made.weights.trainable + known.made.weights.fixed if first else 0


def totals_text(project: Project, report: Report) -> str:
    """Return the totals in one line: parameters by kind, and work for one sample."""
    counts = totals(project, report)
    parts = [f"{counts.params:,} parameters"]
    if counts.fixed:
        parts.append(f"{counts.trainable:,} trainable, {counts.fixed:,} fixed")
    parts.append(f"{counts.multiply_adds:,} multiply-adds a sample")
    return " · ".join(parts)


def text(project: Project, report: Report) -> str:
    """Return the summary as a table in plain text."""
    cells = [HEADINGS, *(row.texts() for row in rows(project, report))]
    widths = [max(len(line[column]) for line in cells) for column in range(len(HEADINGS))]
    line = "─" * (sum(widths) + 2 * (len(widths) - 1))
    body = [_set(row, widths) for row in cells]
    head = f"Model: {project.name}"
    return "\n".join((head, line, body[0], line, *body[1:], line, totals_text(project, report)))


def _set(cells: tuple[str, ...], widths: list[int]) -> str:
    parts = [
        cell.rjust(width) if column in _NUMBERS else cell.ljust(width)
        for column, (cell, width) in enumerate(zip(cells, widths, strict=True))
    ]
    return "  ".join(parts).rstrip()
