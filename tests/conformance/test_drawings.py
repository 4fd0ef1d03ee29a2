"""Keras as the referee: fewer drawings here, all of them by `python -m tests.conformance`."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings

from graph import registry
from graph.project import Graph, Layer, Link, Node, Port, Project
from graph.spec import Calls, Made, Refused
from tests import strategies

if TYPE_CHECKING:
    from graph.spec import LayerSpec

pytestmark = pytest.mark.engine


def test_drawings_agree_with_keras() -> None:
    from tests.conformance.running import run  # noqa: PLC0415 - imports TensorFlow

    tally = run(60, 3)
    assert not tally.failures, tally.text()
    assert len(tally.sizes) >= 60
    assert tally.illegal >= 15
    assert len(tally.kinds) >= 15


def _keras_verdict(call: strategies.Call) -> tuple[Any, ...] | str:
    """Return shape, dtype, values and trainable values as Keras has them, or why it stops."""
    import keras  # noqa: PLC0415 - imports TensorFlow

    from tests.conformance import keras_builder  # noqa: PLC0415 - as above

    try:
        layer = keras_builder.keras_layer(call.spec, call.params)
        if call.spec.calls is Calls.SOURCE:
            return (tuple(layer.shape), layer.dtype, 0, 0)
        tensors = [keras.KerasTensor(spec.shape, spec.dtype) for spec in call.inputs]
        made = keras_builder.call(layer, call.spec, tensors)
    except Exception as error:  # noqa: BLE001 - whatever Keras raises is its verdict
        return f"{type(error).__name__}: {error}"
    trainable = sum(math.prod(weight.shape) for weight in layer.trainable_weights)
    return (tuple(made.shape), made.dtype, layer.count_params(), trainable)


def _our_verdict(call: strategies.Call) -> tuple[Any, ...] | str:
    made = strategies.verdict(*call)
    if isinstance(made, Refused):
        return made.sentence
    assert isinstance(made, Made)
    weights = made.weights
    trainable = weights.trainable if call.params.get("trainable", True) else 0
    return (*made.outputs[0], weights.trainable + weights.fixed, trainable)


@pytest.mark.parametrize("spec", strategies.SPECS, ids=lambda spec: spec.name)
def test_any_settings_on_any_tensor(spec: LayerSpec) -> None:
    @settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
    @given(strategies.wild_calls(spec))
    def each(call: strategies.Call) -> None:
        ours, keras = _our_verdict(call), _keras_verdict(call)
        if isinstance(ours, str) or isinstance(keras, str):
            assert isinstance(ours, str) == isinstance(keras, str), (ours, keras)
        else:
            assert ours == keras

    each()


def test_a_wrong_rule_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """The referee is worth something: one value too many in a Dense, and it tells."""
    from tests.conformance.comparing import compare  # noqa: PLC0415 - imports TensorFlow

    dense = registry.find("Dense")
    assert dense is not None
    graph = Graph(
        {"a": Layer("Input", "visible", {"shape": (4,)}), "b": Layer("Dense", "out", {"units": 3})},
        {"c": Node("a", "visible"), "d": Node("b", "out")},
        {"e": Link("c", "d")},
        (Port("d"),),
    )
    assert compare(Project(graph)).differences == ()

    def wrong(given_settings: Any, inputs: Any) -> Made:
        made = dense.rule(given_settings, inputs)
        weights = made.weights._replace(trainable=made.weights.trainable + 1)
        return made._replace(weights=weights)

    changed = msgspec.structs.replace(dense, rule=wrong)
    monkeypatch.setitem(registry._BY_NAME, "Dense", changed)
    other = msgspec.structs.replace(graph, nodes=dict(graph.nodes))
    assert len(compare(Project(other)).differences) == 1
