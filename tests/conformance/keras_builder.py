"""Keras as the referee: builds a drawing's layers by class and calls them on symbolic tensors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import keras

from graph import registry
from graph.objects import table
from graph.params import Named, Object
from graph.spec import Calls, LayerSpec
from graph.topology import downstream, wiring

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graph.project import Graph, Project

_MODULES = {
    "activation": keras.activations,
    "initializer": keras.initializers,
    "regularizer": keras.regularizers,
    "constraint": keras.constraints,
}


class Stop(NamedTuple):
    """Where Keras stopped: at a node, or (None) when the model was put together; and why."""

    node: str | None
    reason: str


class Built(NamedTuple):
    """What Keras made of a drawing: tensors of nodes up to the stop, and counts of the model."""

    tensors: Mapping[str, Any]
    stop: Stop | None = None
    params: int | None = None
    trainable: int | None = None


def keras_value(role: str | None, value: Any) -> Any:
    """Return a parameter as Keras takes it."""
    if not isinstance(value, Named) or role is None:
        return value
    assert value.name in table(role)
    made = getattr(_MODULES[role], value.name)
    return made if role == "activation" else made(**value.settings)


def keras_layer(spec: LayerSpec, params: Mapping[str, Any], name: str | None = None) -> Any:
    """Return the Keras layer; for an Input, its tensor."""
    arguments = {}
    for key, value in params.items():
        param = spec.param(key)
        role = param.kind.role if param is not None and isinstance(param.kind, Object) else None
        arguments[key] = keras_value(role, value)
    return getattr(keras.layers, spec.name)(name=name, **arguments)


def call(layer: Any, spec: LayerSpec, inputs: list[Any]) -> Any:
    """Call a layer the way the program does."""
    if spec.calls is Calls.LIST:
        return layer(inputs)
    return layer(*inputs)


def build(project: Project) -> Built:
    """Build a drawing in the order of the code; stop where Keras does."""
    graph = project.graph
    tensors: dict[str, Any] = {}
    layers: dict[str, Any] = {}
    for key in _order(graph):
        try:
            tensors[key] = _node(graph, key, layers, tensors)
        except Exception as error:  # noqa: BLE001 - whatever Keras raises is its verdict
            return Built(tensors, Stop(key, f"{type(error).__name__}: {error}"))
    sources = [key for key in tensors if _spec(graph, key).calls is Calls.SOURCE]
    try:
        model = keras.Model(
            [tensors[key] for key in sources], [tensors[port.node] for port in graph.outputs]
        )
    except Exception as error:  # noqa: BLE001 - as above
        return Built(tensors, Stop(None, f"{type(error).__name__}: {error}"))
    trainable = sum(weight.shape.num_elements() for weight in model.trainable_weights)
    return Built(tensors, None, model.count_params(), trainable)


def _order(graph: Graph) -> list[str]:
    """Return the order of the code; what waits for a circle comes after the circle itself."""
    wires = wiring(graph)
    behind = downstream(graph, wires.on_cycle) - wires.on_cycle
    return sorted(wires.order, key=lambda key: key in behind)


def _spec(graph: Graph, key: str) -> LayerSpec:
    spec = registry.find(graph.layer_of(key).kind)
    assert spec is not None
    return spec


def _node(graph: Graph, key: str, layers: dict[str, Any], tensors: dict[str, Any]) -> Any:
    spec, node = _spec(graph, key), graph.nodes[key]
    layer = graph.layers[node.layer]
    if node.layer not in layers:
        layers[node.layer] = keras_layer(spec, layer.params, layer.name)
    if spec.calls is Calls.SOURCE and not wiring(graph).into[key]:
        return layers[node.layer]
    # a wire from a node that is not made yet (a circle) is an input Keras can't be given
    inputs = [tensors[graph.links[link].source] for link in wiring(graph).into[key]]
    return call(layers[node.layer], spec, inputs)
