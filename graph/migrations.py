"""Steps from older project files to the newest form, as a table: version -> step to the next."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

NEWEST = 1

MIGRATIONS: dict[int, Callable[[dict[str, Any]], dict[str, Any]]] = {}


def migrate(content: dict[str, Any]) -> dict[str, Any]:
    """Return the content of a project file in the newest form."""
    for version in range(content["layerloom"], NEWEST):
        content = MIGRATIONS[version](content)
    return content
