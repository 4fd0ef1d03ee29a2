"""How a drawing's names and values are spelled in Python: the only way text of a person gets in.

A string reaches the program as a checked identifier or as a literal, never as it is, so that no
drawing can put code into it. Literals are written as `black` and `ruff format` leave them.
"""

from __future__ import annotations

import keyword
import math
import unicodedata
from typing import TYPE_CHECKING

from codegen.source import Expression, Group
from graph import objects
from graph.checks import LONGEST_NAME, TAKEN, variable_fault
from graph.params import Named

if TYPE_CHECKING:
    from collections.abc import Container, Mapping

    from graph.project import Graph

_MODULES = {
    "initializer": "keras.initializers",
    "regularizer": "keras.regularizers",
    "constraint": "keras.constraints",
    "optimizer": "keras.optimizers",
    "activation": "keras.activations",
    "schedule": "keras.optimizers.schedules",
    "loss": "keras.losses",
    "metric": "keras.metrics",
}


def identifier(text: str, taken: Container[str] = ()) -> str:
    """Return a legal variable name near a text that is neither reserved nor taken."""
    name = text if is_legal(text) else _mend(text)
    if name not in taken:
        return name
    number = 2
    while f"{name}_{number}" in taken:
        number += 1
    return f"{name}_{number}"


def is_legal(text: str) -> bool:
    """Say whether a text can be a variable of the program as it is."""
    return variable_fault(text) is None


def _mend(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text)
    name = "".join(sign if ("a" + sign).isidentifier() else "_" for sign in plain)
    name = name[:LONGEST_NAME].strip("_") or "node"
    if not name[0].isidentifier():
        name = f"node_{name}"
    name = unicodedata.normalize("NFKC", name)
    return f"{name}_" if name in TAKEN else name


def variables(graph: Graph) -> tuple[dict[str, str], dict[str, str]]:
    """Return the variable of each node, and of each layer that is called more than once."""
    names: dict[str, str] = {}
    taken: set[str] = set()
    calls: dict[str, int] = {}
    legal = {node.label for node in graph.nodes.values() if is_legal(node.label)}
    for key, node in graph.nodes.items():
        calls[node.layer] = calls.get(node.layer, 0) + 1
        # a name that was mended makes way for those that are as their writer meant them
        busy = taken if is_legal(node.label) else taken | legal
        names[key] = identifier(node.label, busy)
        taken.add(names[key])
    shared: dict[str, str] = {}
    for key, count in calls.items():
        if count > 1:
            name = identifier(graph.layers[key].name)
            shared[key] = identifier(f"{name}_layer" if name in taken else name, taken)
            taken.add(shared[key])
    return names, shared


def text(value: str) -> str:
    """Return a string literal: in double quotes, unless single ones need fewer backslashes."""
    # with both kinds of quote in it, repr takes single ones and escapes nothing else needlessly
    bare = repr(value + "\"'")[1:-4].replace("\\'", "'")
    double = bare.replace('"', '\\"')
    single = bare.replace("'", "\\'")
    return f"'{single}'" if value.count('"') > value.count("'") else f'"{double}"'


def literal(value: object) -> str:
    """Return plain data as Python source: None, truth, numbers, texts, tuples, lists, dicts."""
    if isinstance(value, str):
        return text(value)
    if isinstance(value, float) and not math.isfinite(value):
        return f'float("{value}")'
    if isinstance(value, tuple):
        inner = ", ".join(map(literal, value))
        return f"({inner},)" if len(value) == 1 else f"({inner})"
    if isinstance(value, list):
        return "[" + ", ".join(map(literal, value)) + "]"
    if isinstance(value, dict):
        pairs = (f"{literal(key)}: {literal(part)}" for key, part in value.items())
        return "{" + ", ".join(pairs) + "}"
    if value is None or isinstance(value, bool | int | float):
        return repr(value)
    return text(str(value))


def setting(value: object, role: str = "", *, same_for_all: bool = False) -> Expression:
    """Return a parameter's value; an object of `role` by name, equal sizes as one number.

    An object without settings is its Keras identifier, one with settings the call that makes it.
    """
    if isinstance(value, Named):
        return named(value, role or ("schedule" if value.name in objects.table("schedule") else ""))
    if same_for_all:
        while isinstance(value, tuple) and value and all(part == value[0] for part in value):
            value = value[0]
    if isinstance(value, tuple) and len(value) > 1:
        return Group("", tuple(map(setting, value)))
    return literal(value)


def named(value: Named, role: str) -> Expression:
    """Return an object that Keras builds by name: `"relu"`, `keras.regularizers.L2(l2=0.02)`."""
    entry = objects.table(role).get(value.name) if role in _MODULES else None
    if entry is None:
        return text(value.name)
    if not value.settings and role not in {"optimizer", "schedule"}:
        return text(entry.identifier or value.name)
    return Group(f"{_MODULES[role]}.{value.name}", keywords(value.settings))


def goal(value: str | Named, role: str) -> Expression:
    """Return a loss or metric: Keras's identifier as a text, or the call that makes it."""
    if isinstance(value, str) or value.name not in objects.table(role):
        return text(value if isinstance(value, str) else value.name)
    own = {key: part for key, part in value.settings.items() if key != "name"}
    return Group(f"{_MODULES[role]}.{value.name}", keywords(own))


def keywords(settings: Mapping[str, object]) -> tuple[Expression, ...]:
    """Return keyword arguments; names that can't be one are passed on as an unpacked dict."""
    fine = {key: value for key, value in settings.items() if is_keyword(key)}
    odd = {key: value for key, value in settings.items() if key not in fine}
    parts = tuple(with_keyword(key, setting(value)) for key, value in fine.items())
    return (*parts, f"**{literal(odd)}") if odd else parts


def with_keyword(name: str, value: Expression) -> Expression:
    """Return a keyword argument."""
    if isinstance(value, Group):
        return value._replace(head=f"{name}={value.head}")
    return f"{name}={value}"


def is_keyword(name: str) -> bool:
    """Say whether a name can stand before the `=` of a keyword argument."""
    return (
        name.isidentifier()
        and not keyword.iskeyword(name)
        and name != "__debug__"
        and unicodedata.normalize("NFKC", name) == name
    )
