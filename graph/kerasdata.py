"""What the installed Keras says about itself, read from the generated catalogue data.

`resources/keras_catalogue.json` is made by `engine.introspect`; a test holds it equal to the
installed Keras, so that the window can show parameters and help without importing it.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import msgspec

RESOURCES = Path(__file__).resolve().parent.parent / "resources"


class Parameter(msgspec.Struct, frozen=True):
    """One argument of a Keras class: its default and what Keras's documentation says of it."""

    name: str
    required: bool = False
    default: bool | int | float | str | list[object] | None = None
    doc: str = ""


class Class(msgspec.Struct, frozen=True):
    """A public Keras class or function: its arguments and its summary."""

    summary: str = ""
    parameters: tuple[Parameter, ...] = ()
    module: str = ""
    aliases: tuple[str, ...] = ()
    identifier: str | None = None
    layer_arguments: tuple[str, ...] = ()


Table = dict[str, Class]


class KerasData(msgspec.Struct, frozen=True):
    """The whole of the catalogue data, a table for each part of Keras."""

    keras: str
    layers: Table
    layer_arguments: tuple[Parameter, ...]
    activations: Table
    initializers: Table
    regularizers: Table
    constraints: Table
    optimizers: Table
    losses: Table
    metrics: Table
    callbacks: Table
    schedules: Table


@cache
def keras_data() -> KerasData:
    """Return the catalogue data; read once."""
    text = (RESOURCES / "keras_catalogue.json").read_bytes()
    return msgspec.json.decode(text, type=KerasData)
