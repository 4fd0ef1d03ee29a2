"""Draw many drawings, compare each with Keras, and keep the tally."""

from __future__ import annotations

import statistics
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import keras
from hypothesis import HealthCheck, Phase, given, seed, settings

from graph import registry
from graph.spec import Calls
from tests.conformance.comparing import Comparison, compare
from tests.drawings import FAULTS, Drawing, drawings

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass
class Tally:
    """What was drawn, and what came out."""

    sizes: list[int] = field(default_factory=list)
    layers: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    illegal: int = 0
    merged: int = 0
    shared: int = 0
    failures: list[tuple[Drawing, Comparison]] = field(default_factory=list)

    def add(self, drawing: Drawing, found: Comparison) -> None:
        """Count one drawing."""
        graph = drawing.project.graph
        kinds = [graph.layer_of(key).kind for key in graph.nodes]
        self.sizes.append(len(graph.nodes))
        self.layers.update(kinds)
        self.illegal += bool(found.problems)
        self.kinds.update({problem.kind for problem in found.problems})
        specs = [registry.find(kind) for kind in kinds]
        self.merged += any(spec is not None and spec.calls is Calls.LIST for spec in specs)
        self.shared += len(graph.layers) < len(graph.nodes)
        if found.differences:
            self.failures.append((drawing, found))

    def shortfalls(self) -> list[str]:
        """Return where the drawings are not as varied as they have to be."""
        count = len(self.sizes)
        rare = {spec.name: self.layers[spec.name] for spec in registry.all_specs()}
        asked = [
            ("median of nodes", statistics.median(self.sizes), 8, None),
            ("illegal (%)", 100 * self.illegal / count, 30, 50),
            ("with a merge (%)", 100 * self.merged / count, 30, None),
            ("with a shared layer (%)", 100 * self.shared / count, 10, None),
            ("rarest layer in 1,000", 1000 * min(rare.values()) / count, 50, None),
            ("rarest kind in 1,000", 1000 * min(self.kinds[k] for k in FAULTS) / count, 20, None),
        ]
        return [
            f"{what}: {value:.1f}, asked for {low} to {high or 'any'}"
            for what, value, low, high in asked
            if value < low or (high is not None and value > high)
        ]

    def text(self) -> str:
        """Return the tally for people."""
        count = len(self.sizes)
        lines = [
            f"{count} drawings, {sum(self.sizes)} nodes (median {statistics.median(self.sizes)})",
            (
                f"illegal {self.illegal / count:.1%}, with a merge {self.merged / count:.1%}, "
                f"with a shared layer {self.shared / count:.1%}"
            ),
            "layers: " + _counts(self.layers.most_common()),
            "problems: " + _counts(self.kinds.most_common()),
            f"differences from Keras: {len(self.failures)}",
        ]
        for drawing, found in self.failures[:5]:
            lines.append(f"  planted {drawing.fault}: {'; '.join(found.differences)[:600]}")
        return "\n".join([*lines, *(f"too few: {text}" for text in self.shortfalls())])


def _counts(pairs: Iterable[tuple[str, int]]) -> str:
    return ", ".join(f"{name} {count}" for name, count in pairs)


def run(graphs: int, number: int) -> Tally:
    """Compare `graphs` drawings, drawn from the seed `number`, and return the tally.

    Three in five are legal; the rest is shared out equally among the kinds of fault, since
    hypothesis varies what it drew before and would leave some kinds out.
    """
    tally = Tally()
    for at, fault in enumerate(FAULTS):
        _draw(tally, fault, max(1, round(0.41 * graphs / len(FAULTS))), number + at)
    _draw(tally, None, graphs - len(tally.sizes), number)
    return tally


def _draw(tally: Tally, fault: str | None, count: int, number: int) -> None:
    @seed(number)
    @settings(
        max_examples=count,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(drawings(fault))
    def each(drawing: Drawing) -> None:
        tally.add(drawing, compare(drawing.project))
        if len(tally.sizes) % 50 == 0:
            keras.backend.clear_session()

    each()
