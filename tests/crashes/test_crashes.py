"""A few of the kills of `python -m tests.crashes`."""

from __future__ import annotations

import random
import sys
from typing import TYPE_CHECKING

import pytest

from tests.crashes.killing import MOMENTS, Ground, drawing

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [
    pytest.mark.engine,
    pytest.mark.may_skip,
    pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX's"),
]


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    ground = Ground(tmp_path_factory.mktemp("runs"), drawing(epochs=4, units=256))
    yield ground
    ground.close()


@pytest.mark.parametrize("moment", MOMENTS[1:])
def test_a_resumed_run_is_the_undisturbed_one(ground: Ground, moment: str) -> None:
    chance, trial = random.Random(2), None  # noqa: S311 - no secret
    while trial is None:  # it may be over before
        trial = ground.kill_and_resume(moment, chance)
    assert trial.differences == []
