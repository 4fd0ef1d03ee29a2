"""A program as text in which every line knows the nodes it came from."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

WIDTH = 88  # what black and ruff take for a line's length unless told otherwise


class Span(NamedTuple):
    """The first and the last line of a section, from 1."""

    first: int
    last: int


class Program:
    """The text of a program, its sections, and which line belongs to which node.

    `sections` maps imports, data, model, train, evaluate and main to their lines. Lines count
    from 1, as in an editor.
    """

    def __init__(
        self,
        text: str,
        sections: Mapping[str, Span],
        owners: Mapping[int, tuple[str, ...]],
    ) -> None:
        self.text = text
        self.sections = sections
        self._owners = owners

    def node_at(self, line: int) -> str | None:
        """Return the node that a line was written for, or None."""
        return next(iter(self._owners.get(line, ())), None)

    def lines_of(self, node: str) -> tuple[int, ...]:
        """Return the lines that were written for a node, in order; empty if there are none."""
        return self._lines.get(node, ())

    @cached_property
    def _lines(self) -> dict[str, tuple[int, ...]]:
        found: dict[str, list[int]] = {}
        for line in sorted(self._owners):
            for node in self._owners[line]:
                found.setdefault(node, []).append(line)
        return {node: tuple(lines) for node, lines in found.items()}


class Writer:
    """Collects lines and their nodes, section by section."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._owners: dict[int, tuple[str, ...]] = {}
        self._sections: dict[str, Span] = {}

    def add(self, text: str = "", *nodes: str, indent: int = 0) -> None:
        """Add one or more lines, all of them written for the given nodes."""
        for line in text.split("\n"):
            self._lines.append(" " * indent + line if line else "")
            if nodes:
                self._owners[len(self._lines)] = nodes

    def section(self, name: str, first: int) -> None:
        """Say that a section began at a line (from 1) and ends with the last one written."""
        self._sections[name] = Span(first, len(self._lines))

    @property
    def next_line(self) -> int:
        """Return the number that the next line will have."""
        return len(self._lines) + 1

    def program(self) -> Program:
        """Return what was written, with one line break at its end."""
        return Program("\n".join(self._lines) + "\n", self._sections, self._owners)


class Group(NamedTuple):
    """A bracket with its parts: `layers.Conv2D(32, 3)`, `[flat1, flat2]`, `(28, 28)`."""

    head: str
    parts: tuple[Expression, ...]
    brackets: str = "()"

    def flat(self) -> str:
        """Return the group on one line."""
        return self.head + self.brackets[0] + ", ".join(map(flat, self.parts)) + self.brackets[1]

    def tall(self, indent: int) -> str:
        """Return the group with a line for each part, its first line standing at an indent."""
        if not self.parts:
            return self.flat()
        inner = "".join(
            " " * (indent + 4) + fitted("", (part,), ",", indent + 4) + "\n" for part in self.parts
        )
        return f"{self.head}{self.brackets[0]}\n{inner}{' ' * indent}{self.brackets[1]}"


Expression = str | Group


def flat(part: Expression) -> str:
    """Return an expression on one line."""
    return part if isinstance(part, str) else part.flat()


def fitted(lead: str, chain: tuple[Expression, ...], trail: str = "", indent: int = 4) -> str:
    """Return a lead and a chain of expressions, such as a layer and the call of it.

    What doesn't fit in one line gets a line for each part, with a comma behind the last, which
    is how black and ruff know that it is meant so. The end of the chain, a layer's wiring, stays
    on the last line where it can. The first line is not indented.
    """
    line = lead + "".join(map(flat, chain)) + trail
    if indent + len(line) <= WIDTH:
        return line
    first, rest = chain[0], chain[1:]
    last = "".join(map(flat, rest)) + trail
    if isinstance(first, str):
        if rest and isinstance(rest[0], Group):
            return lead + first + rest[0].tall(indent) + trail
        return line
    if not rest or (first.parts and indent + 1 + len(last) <= WIDTH):
        return lead + first.tall(indent) + last
    head = (
        first.tall(indent) if indent + len(lead) + len(first.flat()) > WIDTH - 2 else first.flat()
    )
    return (
        lead
        + head
        + "".join(part.tall(indent) if isinstance(part, Group) else part for part in rest)
        + trail
    )


def statement(lead: str, *chain: Expression, indent: int = 4) -> str:
    """Return a statement, to be written by `Writer.add` at that indent."""
    text = fitted(lead, chain, indent=indent)
    return text.replace("\n" + " " * indent, "\n")
