"""What may be written into a field that names something."""

from __future__ import annotations

import keyword
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    from graph.params import Value


class Name(NamedTuple):
    """A kind of parameter for names: `wrong` returns the end of a sentence, or None."""

    wrong: Callable[[str], str | None]

    @property
    def optional(self) -> bool:
        """Say that a thing always has a name."""
        return False

    def check(self, value: Value) -> str | None:
        """Return what is wrong with a name, or None."""
        return self.wrong(value) if isinstance(value, str) else "needs a name"

    def parse(self, text: str) -> Value:
        """Return the name that a person typed."""
        return text.strip()


def _wrong_variable(name: str) -> str | None:
    if not name:
        return "can't be empty"
    if keyword.iskeyword(name):
        return f"can't be “{name}”: Python uses that word itself"
    if not name.isidentifier():
        return f"can't be “{name}”: a variable has letters, digits and _, and no digit first"
    return None


def _wrong_layer_name(name: str) -> str | None:
    if not name:
        return "can't be empty"
    return "can't have a “/” in it" if "/" in name else None


VARIABLE = Name(_wrong_variable)
LAYER_NAME = Name(_wrong_layer_name)
PROJECT_NAME = Name(lambda name: None if name else "can't be empty")
