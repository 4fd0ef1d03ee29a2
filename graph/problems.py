"""Problems: what is wrong with a drawing, in a sentence, at the place where it is wrong."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

NO_DATA = "no data"  # the kind of the problem that there is nothing to train on


class Severity(StrEnum):
    """An error stops Keras; a warning does not, and is most likely a mistake all the same."""

    ERROR = "error"
    WARNING = "warning"


class Problem(NamedTuple):
    """One thing that is wrong: `kind` is a stable word, `sentence` is for people.

    `slot` is the input of `node` it concerns and `link` the wire, where there is one; `param` the
    parameter; `others` are further nodes that have a part in it.
    """

    kind: str
    severity: Severity
    sentence: str
    node: str | None = None
    slot: int | None = None
    link: str | None = None
    param: str | None = None
    others: tuple[str, ...] = ()
