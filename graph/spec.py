"""What one layer type is: the single record from which the whole program follows.

Palette, inspector, validation, shapes, explanations, code, import and help read `LayerSpec`; no
other file names a layer type. What Keras can tell (parameters, defaults, documentation) comes from
the generated catalogue data; what it can't (kinds, shape rule, explanation) is written by hand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from typing import Any, NamedTuple

import msgspec

from graph.params import Kind, Named, Value
from graph.shapes import TensorSpec

Inputs = tuple[TensorSpec, ...]
Settings = Mapping[str, Any]  # every parameter of the layer with its value, defaults filled in


class Calls(StrEnum):
    """How a layer is called in Keras."""

    SOURCE = "source"  # makes a tensor: Input
    ONE = "one"  # layer(x)
    LIST = "list"  # layer([x, y, …]): any number, in a visible order
    NAMED = "named"  # layer(query=x, value=y)
    WRAPS = "wraps"  # Wrapper(inner)(x)


class Slot(NamedTuple):
    """An input or output place of a layer, by its keyword; `optional`: may it be left empty."""

    name: str
    optional: bool = False


class Param(NamedTuple):
    """One parameter of a layer: Keras's name and default, our kind, Keras's documentation."""

    name: str
    kind: Kind
    default: Value
    required: bool
    doc: str


class Weights(NamedTuple):
    """The variables a layer makes when it is built.

    `built` says what they were built for (their shapes): another call of the same layer has to
    agree with it. Counts are numbers of values; `trainable` before the layer's own switch.
    """

    built: tuple[Any, ...] = ()
    trainable: int = 0
    fixed: int = 0


NO_WEIGHTS = Weights()


class Made(NamedTuple):
    """What a layer makes of its inputs: output specs, its variables, multiply-adds a sample."""

    outputs: tuple[TensorSpec, ...]
    weights: Weights = NO_WEIGHTS
    multiply_adds: int = 0


class Refused(Exception):  # noqa: N818 - it is a verdict of a rule, not a fault of the program
    """A layer can't be called so. Carries the kind of problem, a sentence, and the input's slot."""

    def __init__(self, kind: str, sentence: str, slot: int | None = None) -> None:
        super().__init__(sentence)
        self.kind = kind
        self.sentence = sentence
        self.slot = slot


class Why(NamedTuple):
    """One line of "why this number?": what it is about, and the formula with its numbers."""

    about: str
    formula: str


Rule = Callable[[Settings, Inputs], Made]
# what Keras accepts and is most likely a mistake: (kind, sentence) pairs; the last argument holds
# the final activation of each source, where it has one
Lint = Callable[[Settings, Inputs, Made, tuple[str | None, ...]], Iterable[tuple[str, str]]]
Explain = Callable[[Settings, Inputs, Made], tuple[Why, ...]]


def _no_words(_settings: Settings, _inputs: Inputs, _made: Made) -> tuple[Why, ...]:
    return ()


class LayerSpec(msgspec.Struct, frozen=True, kw_only=True):
    """All that the program knows of one layer type."""

    name: str  # Keras's class name
    family: str  # one of graph.registry.FAMILIES
    stem: str  # the field's variable name, without its number: conv, pool, flat
    rule: Rule
    calls: Calls = Calls.ONE
    inputs: tuple[Slot, ...] = (Slot("input"),)
    outputs: tuple[Slot, ...] = (Slot("output"),)
    params: tuple[Param, ...] = ()
    shown: tuple[str, ...] = ()  # parameters that stand on the node and first in the inspector
    positional: tuple[str, ...] = ()  # parameters that the code passes without their name
    starter: dict[str, Value] = {}  # what a layer fresh from the library has set
    explain: Explain = _no_words
    summary: str = ""  # one sentence of Keras's documentation
    words: str = ""  # other words under which a search finds it
    was: tuple[str, ...] = ()  # names under which older files and Keras know it
    module: str = "keras.layers"
    fewest: int = 1  # fewest inputs of a layer that takes a list
    lints: tuple[Lint, ...] = ()
    applies: str | None = None  # the activation that this layer type is, where it is one
    roles: frozenset[str] = frozenset()  # what repairs may use it for: "flatten", "crop", …
    defaults: dict[str, Value] = {}

    def __post_init__(self) -> None:
        """Keep the defaults beside the parameters: inference asks for them at every node."""
        if not self.defaults:
            self.defaults.update({param.name: param.default for param in self.params})

    def settings(self, params: Mapping[str, Value]) -> Settings:
        """Return every parameter with its value: what was set, else Keras's default."""
        return {**self.defaults, **params}

    def activation(self, params: Mapping[str, Value]) -> str | None:
        """Return the name of the activation that the output has gone through last, or None."""
        if self.applies is not None:
            return self.applies
        value = params.get("activation", self.defaults.get("activation"))
        return value.name if isinstance(value, Named) else None

    def param(self, name: str) -> Param | None:
        """Return the parameter of that name, or None."""
        return next((param for param in self.params if param.name == name), None)
