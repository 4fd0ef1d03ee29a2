"""Kinds of parameter: what values one may take, how it is read from text and shown.

A value is plain data (None, bool, int, float, str, a tuple of such, or `Named`: an object that
Keras builds by its class name, such as a regularizer with its settings). A kind checks a value
with a sentence for people, reads one from what a person typed, and shows one. The inspector has
one editor for each kind; a new kind is the only reason to add an editor.
"""

from __future__ import annotations

import math
from typing import Any, Protocol

import msgspec


class Named(msgspec.Struct, frozen=True):
    """An object Keras builds by name, with those of its settings that were set."""

    name: str
    settings: dict[str, Any] = {}

    def __hash__(self) -> int:
        """Let values that hold this one be keys: settings are to be read only."""
        return hash((self.name, frozenset(self.settings)))


Value = bool | int | float | str | tuple["Value", ...] | Named | None


class Kind(Protocol):
    """What every kind of parameter can do."""

    @property
    def optional(self) -> bool:
        """Say whether None is a value of its own."""

    def check(self, value: Value) -> str | None:
        """Return what is wrong with a value (the end of a sentence), or None."""

    def parse(self, text: str) -> Value:
        """Return the value that a person typed; raise ValueError with the end of a sentence."""


def show(value: Value) -> str:
    """Return a value for people: `3 × 3`, `relu`, `L2(l2=0.01)`, `none`."""
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, tuple):
        if value and all(isinstance(part, tuple) for part in value):
            return ", ".join(f"({show(part)})" for part in value)
        return " × ".join(show(part) for part in value)
    if isinstance(value, Named):
        inner = ", ".join(f"{key}={show(part)}" for key, part in value.settings.items())
        return f"{value.name}({inner})" if inner else value.name
    return str(value)


def _numbers(text: str) -> list[str]:
    for sign in "×x*()[];":
        text = text.replace(sign, ",")
    return [part for part in (piece.strip() for piece in text.split(",")) if part]


def is_none_text(text: str) -> bool:
    """Say whether a person means "no value" with a text."""
    return text.strip().lower() in {"", "none", "null", "-"}


class Int(msgspec.Struct, frozen=True):
    """A whole number in a range."""

    minimum: int | None = None
    maximum: int | None = None
    optional: bool = False
    forbidden: int | None = None

    def check(self, value: Value) -> str | None:
        """Return what is wrong with a value, or None."""
        if value is None:
            return None if self.optional else "needs a whole number"
        if isinstance(value, bool) or not isinstance(value, int):
            return f"needs a whole number, not {show(value)}"
        if self.minimum is not None and value < self.minimum:
            return f"must be at least {self.minimum}, not {value:,}"
        if self.maximum is not None and value > self.maximum:
            return f"must be at most {self.maximum:,}, not {value:,}"
        return f"can't be {value}" if value == self.forbidden else None

    def parse(self, text: str) -> Value:
        """Return the number a person typed."""
        if self.optional and is_none_text(text):
            return None
        try:
            return int(text.strip().replace(",", "").replace("_", ""))
        except ValueError:
            raise ValueError(f"needs a whole number, not “{text.strip()}”") from None


class Float(msgspec.Struct, frozen=True):
    """A number in a range, its ends included unless said otherwise."""

    minimum: float | None = None
    maximum: float | None = None
    optional: bool = False
    above: float | None = None
    below: float | None = None

    def check(self, value: Value) -> str | None:
        """Return what is wrong with a value, or None."""
        if value is None:
            return None if self.optional else "needs a number"
        if isinstance(value, bool) or not isinstance(value, int | float):
            return f"needs a number, not {show(value)}"
        if not math.isfinite(value):
            return f"needs a finite number, not {value}"
        if self.minimum is not None and value < self.minimum:
            return f"must be at least {self.minimum:g}, not {value:g}"
        if self.maximum is not None and value > self.maximum:
            return f"must be at most {self.maximum:g}, not {value:g}"
        if self.above is not None and value <= self.above:
            return f"must be more than {self.above:g}, not {value:g}"
        if self.below is not None and value >= self.below:
            return f"must be less than {self.below:g}, not {value:g}"
        return None

    def parse(self, text: str) -> Value:
        """Return the number a person typed."""
        if self.optional and is_none_text(text):
            return None
        try:
            return float(text.strip())
        except ValueError:
            raise ValueError(f"needs a number, not “{text.strip()}”") from None


class Bool(msgspec.Struct, frozen=True):
    """Yes or no."""

    optional: bool = False

    def check(self, value: Value) -> str | None:
        """Return what is wrong with a value, or None."""
        if isinstance(value, bool) or (value is None and self.optional):
            return None
        return f"needs yes or no, not {show(value)}"

    def parse(self, text: str) -> Value:
        """Return the answer a person typed."""
        word = text.strip().lower()
        if self.optional and is_none_text(text):
            return None
        if word in {"yes", "true", "on", "1"}:
            return True
        if word in {"no", "false", "off", "0"}:
            return False
        raise ValueError(f"needs yes or no, not “{text.strip()}”")


class Choice(msgspec.Struct, frozen=True):
    """One of a few words."""

    options: tuple[str, ...]
    optional: bool = False

    def check(self, value: Value) -> str | None:
        """Return what is wrong with a value, or None."""
        if value in self.options or (value is None and self.optional):
            return None
        return f"must be one of {', '.join(self.options)}, not {show(value)}"

    def parse(self, text: str) -> Value:
        """Return the word a person typed."""
        if self.optional and is_none_text(text):
            return None
        word = text.strip().strip("\"'")
        if (wrong := self.check(word)) is not None:
            raise ValueError(wrong)
        return word


class Text(msgspec.Struct, frozen=True):
    """Any text."""

    optional: bool = False

    def check(self, value: Value) -> str | None:
        """Return what is wrong with a value, or None."""
        if isinstance(value, str) or (value is None and self.optional):
            return None
        return f"needs a text, not {show(value)}"

    def parse(self, text: str) -> Value:
        """Return the text a person typed."""
        return None if self.optional and is_none_text(text) else text


class Ints(msgspec.Struct, frozen=True):
    """A tuple of whole numbers: of fixed length (a window: `3` means `3 × 3`) or any (a shape)."""

    length: int | None = None
    minimum: int | None = None
    optional: bool = False
    unknowns: bool = False  # may single entries be None?
    same_for_all: bool = True  # may one number stand for all of a fixed length?
    single: bool = False  # is a lone number a value of its own? (an axis, or several)
    at_least: int = 0  # the smallest number of entries where the length is free

    def check(self, value: Value) -> str | None:
        """Return what is wrong with a value, or None."""
        if value is None and self.optional:
            return None
        if self.single and isinstance(value, int) and not isinstance(value, bool):
            return None
        if not isinstance(value, tuple):
            return f"needs whole numbers such as {self._example()}, not {show(value)}"
        if self.length is not None and len(value) != self.length:
            return f"needs {self.length} whole numbers, not {len(value)}"
        if len(value) < self.at_least:
            return f"needs at least {self.at_least} whole number(s)"
        for part in value:
            if part is None and self.unknowns:
                continue
            if isinstance(part, bool) or not isinstance(part, int):
                return f"needs whole numbers, not {show(part)}"
            if self.minimum is not None and part < self.minimum:
                return f"needs numbers of at least {self.minimum}, not {part}"
        return None

    def parse(self, text: str) -> Value:
        """Return the numbers a person typed: `3`, `3 x 3`, `(28, 28, 1)`."""
        if self.optional and is_none_text(text):
            return None
        try:
            parts: tuple[Value, ...] = tuple(
                None if self.unknowns and part.lower() in {"none", "?"} else int(part)
                for part in _numbers(text)
            )
        except ValueError:
            example = self._example()
            raise ValueError(f"needs numbers such as {example}, not “{text.strip()}”") from None
        if len(parts) == 1 and self.single:
            return parts[0]
        if len(parts) == 1 and self.length is not None and self.same_for_all:
            parts *= self.length
        return parts

    def _example(self) -> str:
        return " × ".join(["2"] * (self.length or 2))


class Margins(msgspec.Struct, frozen=True):
    """Rows and columns at the four sides, as `((top, bottom), (left, right))`."""

    optional: bool = False

    def check(self, value: Value) -> str | None:
        """Return what is wrong with a value, or None."""
        sides = value if isinstance(value, tuple) else ()
        if len(sides) != 2 or any(not isinstance(side, tuple) or len(side) != 2 for side in sides):
            return "needs four whole numbers: top, bottom, left, right"
        pair = Ints(length=2, minimum=0)
        return next((wrong for side in sides if (wrong := pair.check(side)) is not None), None)

    def parse(self, text: str) -> Value:
        """Return the margins a person typed: `1`, `1, 2` (height, width) or four numbers."""
        try:
            parts = [int(part) for part in _numbers(text)]
        except ValueError:
            parts = []
        if len(parts) == 1:
            parts *= 4
        elif len(parts) == 2:
            parts = [parts[0], parts[0], parts[1], parts[1]]
        if len(parts) != 4:
            raise ValueError(f"needs 1, 2 or 4 whole numbers, not “{text.strip()}”")
        return ((parts[0], parts[1]), (parts[2], parts[3]))


class Numbers(msgspec.Struct, frozen=True):
    """A number or a tuple of numbers, such as one for each channel, or the ends of a range.

    `minimum` and `maximum` are of each; `counts`: how many there may be, () for any number.
    """

    optional: bool = False
    minimum: float | None = None
    maximum: float | None = None
    counts: tuple[int, ...] = ()

    def check(self, value: Value) -> str | None:
        """Return what is wrong with a value, or None."""
        if value is None and self.optional:
            return None
        one = Float(self.minimum, self.maximum)
        parts = value if isinstance(value, tuple) else (value,)
        if not parts:
            return "needs at least one number"
        if self.counts and len(parts) not in self.counts:
            return f"needs {' or '.join(map(str, self.counts))} numbers, not {len(parts)}"
        return next((wrong for part in parts if (wrong := one.check(part)) is not None), None)

    def parse(self, text: str) -> Value:
        """Return the number or numbers a person typed; a fraction such as `1/255` will do."""
        if self.optional and is_none_text(text):
            return None
        values: list[Value] = []
        for part in _numbers(text):
            top, _, bottom = part.partition("/")
            try:
                values.append(float(top) / float(bottom) if bottom else float(top))
            except (ValueError, ZeroDivisionError):
                raise ValueError(f"needs a number, not “{part}”") from None
        if not values:
            raise ValueError("needs a number")
        return values[0] if len(values) == 1 else tuple(values)


class Rate(msgspec.Struct, frozen=True):
    """A learning rate: a number above 0, or a `Named` schedule that gives one for each step."""

    optional: bool = False

    def check(self, value: Value) -> str | None:
        """Return what is wrong with a value, or None."""
        from graph.objects import check_named  # noqa: PLC0415 - objects are described by kinds

        if isinstance(value, Named):
            return check_named("schedule", value)
        return Float(above=0, optional=self.optional).check(value)

    def parse(self, text: str) -> Value:
        """Return the number a person typed."""
        return Float(above=0, optional=self.optional).parse(text)


class Unset(msgspec.Struct, frozen=True):
    """Something that is not plain data: it stays at Keras's default, for a `reason` in words."""

    reason: str

    def check(self, value: Value) -> str | None:
        """Return why nothing but None will do, or None."""
        return None if value is None else f"can't be set in a drawing: {self.reason}"

    @property
    def optional(self) -> bool:
        """Say that None is a value of its own: the only one."""
        return True

    def parse(self, text: str) -> Value:
        """Return None for an empty text; raise ValueError with the reason for any other."""
        if is_none_text(text):
            return None
        raise ValueError(f"can't be set in a drawing: {self.reason}")


class Object(msgspec.Struct, frozen=True):
    """An activation, initializer, regularizer or constraint (`role`), by name with settings."""

    role: str
    optional: bool = True

    def check(self, value: Value) -> str | None:
        """Return what is wrong with a value, or None."""
        from graph.objects import check_named  # noqa: PLC0415 - objects are described by kinds

        if value is None:
            return None if self.optional else f"needs one of the {self.role}s"
        if not isinstance(value, Named):
            return f"needs one of the {self.role}s, not {show(value)}"
        return check_named(self.role, value)

    def parse(self, text: str) -> Value:
        """Return the object of the name a person typed, without settings."""
        from graph.objects import find_named  # noqa: PLC0415 - as above

        if self.optional and is_none_text(text):
            return None
        return find_named(self.role, text.strip())
