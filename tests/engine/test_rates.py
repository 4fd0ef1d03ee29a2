"""The learning-rate finder: what it reads in losses, and what an engine tries."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import msgspec
import numpy as np
import pytest

from engine.rates import find_rate, read
from graph import templates
from graph.inference import infer
from graph.params import Named

if TYPE_CHECKING:
    from engine.client import Engine


pytestmark = [pytest.mark.engine, pytest.mark.usefixtures("warm")]


def test_the_rate_is_where_the_loss_falls_most_steeply() -> None:
    rates = np.logspace(-6, 0, 150)
    losses = (
        2.3 - 1.5 / (1 + np.exp(-4 * (np.log10(rates) + 3))) + np.exp(20 * np.log10(rates) + 10)
    )
    found = read(list(rates), list(losses))
    assert found.rate == pytest.approx(1e-3, rel=1.0)  # the smoothing lags behind a little
    assert found.least is not None
    assert found.rate < found.least < 1
    assert len(found.smooth) == len(found.losses) == 150


def test_nothing_is_suggested_where_the_loss_never_falls() -> None:
    rates = np.logspace(-6, 0, 40)
    assert read(list(rates), [2.3] * 40).rate is None
    assert read(list(rates), list(np.linspace(1, 9, 40))).rate is None
    ended = read(list(rates), [2.0, 1.0, math.nan, 1.0])
    assert (len(ended.losses), ended.rate) == (2, None)
    assert read([], []).rate is None


def test_an_engine_tries_rates_on_a_drawing(warm: Engine) -> None:
    project = templates.load("mlp")
    plan = msgspec.structs.replace(project.training, limit=2000)
    project = msgspec.structs.replace(project, training=plan)
    found = find_rate(warm, project, infer(project))
    assert found.rates[0] == pytest.approx(1e-6)
    assert 100 < len(found.rates) <= 150
    assert found.rate is not None
    assert 1e-5 < found.rate < 0.1
    scheduled = Named(
        "SGD",
        {"learning_rate": Named("CosineDecay", {"initial_learning_rate": 0.1, "decay_steps": 100})},
    )
    for changes in ({"optimizer": scheduled}, {"mixed_precision": True}):
        again = msgspec.structs.replace(project, training=msgspec.structs.replace(plan, **changes))
        assert find_rate(warm, again, infer(again)).rate is not None
