"""The one table of layer types: refuses duplicates, knows old names and the families.

The catalogue (`graph.layers`) fills it when the first question is asked.
"""

from __future__ import annotations

import importlib
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graph.spec import LayerSpec

# Families in the order of the library, with the heading people see.
FAMILIES = {
    "input": "Input",
    "convolution": "Convolution",
    "pooling": "Pooling",
    "core": "Core",
    "merge": "Merge",
    "reshape": "Reshaping",
    "regularisation": "Regularisation",
    "normalisation": "Normalisation",
    "activation": "Activations",
    "recurrent": "Recurrent",
    "attention": "Attention",
    "augmentation": "Augmentation",
    "backbone": "Backbone",
    "unknown": "Unknown",
}

_BY_NAME: dict[str, LayerSpec] = {}
_OLD_NAMES: dict[str, str] = {}


def register(spec: LayerSpec) -> LayerSpec:
    """Add a layer type; raise ValueError if its name or family is not free or not known."""
    taken = [name for name in (spec.name, *spec.was) if name in _BY_NAME or name in _OLD_NAMES]
    if taken:
        raise ValueError(f"two layer types are called {taken[0]}")
    if spec.family not in FAMILIES:
        raise ValueError(f"{spec.name} names the family {spec.family}, which does not exist")
    _BY_NAME[spec.name] = spec
    _OLD_NAMES.update(dict.fromkeys(spec.was, spec.name))
    return spec


@cache
def _fill() -> None:
    importlib.import_module("graph.layers")  # its entries call `register`


def find(kind: str) -> LayerSpec | None:
    """Return the layer type of that name (or old name), or None if it is not known."""
    _fill()
    return _BY_NAME.get(kind) or _BY_NAME.get(_OLD_NAMES.get(kind, ""))


def all_specs() -> Iterator[LayerSpec]:
    """Yield every layer type: families in their order, each in the order of registration."""
    _fill()
    for family in FAMILIES:
        yield from (spec for spec in _BY_NAME.values() if spec.family == family)
