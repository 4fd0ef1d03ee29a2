"""What hypothesis draws: settings of layers, drawings that are legal by our rules, faults, edits.

Drawings grow node by node from Inputs; our own rules choose what is joined to what, and Keras says
afterwards whether they were right. What our rules refuse and Keras accepts is found by
`wild_calls`, which joins without asking, and by `faults`, which are planted by what they mean, not
by what our rules say of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from hypothesis import strategies as st

import graph.layers  # noqa: F401 - registers the catalogue
from graph import registry
from graph.edits import Disconnect, RemoveNodes, Rename, RenameLayer, SetOutputs, SetParams
from graph.objects import offered, settings_of
from graph.params import (
    Bool,
    Choice,
    Float,
    Int,
    Ints,
    Kind,
    Margins,
    Named,
    Numbers,
    Object,
    Text,
)
from graph.placing import connect, insert_on_link, new_node, share
from graph.project import Port
from graph.shapes import TensorSpec
from graph.spec import Calls, LayerSpec, Refused

if TYPE_CHECKING:
    from collections.abc import Callable

    from hypothesis.strategies import DrawFn, SearchStrategy

    from graph.edits import Edit
    from graph.project import Graph, Project

SPECS = tuple(registry.all_specs())
MERGES = tuple(spec for spec in SPECS if spec.calls is Calls.LIST)
SINGLES = tuple(spec for spec in SPECS if spec.calls is Calls.ONE)

# These make symbolic tensors of another kind or are no plain values; see `Unset`.
_LEFT_ALONE = frozenset({"sparse", "ragged", "optional", "batch_shape", "batch_size"})


def values(kind: Kind, name: str = "") -> SearchStrategy[Any]:  # noqa: C901 - one line a kind
    """Return small legal values of a kind of parameter."""
    found: SearchStrategy[Any]
    match kind:
        case Int():
            low = 0 if kind.minimum is None else kind.minimum
            found = st.integers(low, low + 5)
            if name == "axis":
                found = st.sampled_from([-1, -1, -1, 1, 2, 3, -2])
            if name == "groups":
                found = st.sampled_from([1, 1, 2])
        case Float():
            low = kind.minimum if kind.minimum is not None else (kind.above or 0.0) + 0.125
            high = kind.maximum if kind.maximum is not None else (kind.below or low + 2) - 0.125
            found = st.floats(low, high, width=16)
        case Bool():
            found = st.booleans()
        case Choice():
            found = st.sampled_from(kind.options)
        case Ints():
            low = -1 if kind.minimum is None else kind.minimum
            size = st.integers(low, max(low, 0) + 3)
            found = st.tuples(*[size] * (kind.length or 2))
        case Margins():
            side = st.tuples(st.integers(0, 2), st.integers(0, 2))
            found = st.tuples(side, side)
        case Numbers():
            pairs = [(0.25, 0.5)] if kind.counts else []
            some = [0.5, 1 / 255, -1.0, *pairs]
            found = st.sampled_from([value for value in some if kind.check(value) is None])
        case Object():
            found = objects(kind.role)
        case Text():
            found = st.just("hann")
        case _:
            found = st.none()
    return st.none() | found if getattr(kind, "optional", False) else found


@st.composite
def objects(draw: DrawFn, role: str) -> Named:
    """Draw an activation, initializer, … with some of its settings."""
    name = draw(st.sampled_from(sorted(offered(role))))
    settings = {}
    for param in settings_of(role, name):
        if param.name in {"input_axes", "output_axes"}:
            continue
        if param.required or draw(st.integers(0, 3)) == 0:
            settings[param.name] = draw(values(param.kind, param.name))
    return Named(name, settings)


@st.composite
def settings(draw: DrawFn, spec: LayerSpec, *, odds: int = 4) -> dict[str, Any]:
    """Draw parameters of a layer: those required, and each other one in one of `odds` cases."""
    drawn = {}
    for param in spec.params:
        if param.name in _LEFT_ALONE:
            continue
        must = param.required or param.name in spec.starter
        if must or draw(st.integers(1, odds)) == 1:
            drawn[param.name] = draw(values(param.kind, param.name))
    return drawn


class Call(NamedTuple):
    """One layer on given inputs."""

    spec: LayerSpec
    params: dict[str, Any]
    inputs: tuple[TensorSpec, ...]


DIM = st.sampled_from([1, 2, 3, 4, 5, 6, 8, None])
TENSOR = st.builds(
    TensorSpec,
    st.lists(DIM, max_size=4).map(lambda dims: (None, *dims))
    | st.tuples(DIM, DIM, st.sampled_from([1, 2, 3, 4])).map(lambda dims: (None, *dims)),
    st.sampled_from(["float32"] * 4 + ["float16", "uint8", "int32", "bool", "float64"]),
)


@st.composite
def wild_calls(draw: DrawFn, spec: LayerSpec) -> Call:
    """Draw a layer with random settings on random inputs, whether that makes sense or not."""
    params = draw(settings(spec))
    if spec.calls is Calls.LIST:
        first = draw(TENSOR)
        near = st.builds(first._replace, shape=_near(first.shape))
        others = draw(st.lists(TENSOR | near | st.just(first), max_size=2))
        return Call(spec, params, (first, *others))
    return Call(spec, params, (draw(TENSOR),) if spec.inputs else ())


def _near(shape: tuple[int | None, ...]) -> SearchStrategy[tuple[int | None, ...]]:
    def change(at: int, size: int | None) -> tuple[int | None, ...]:
        return (*shape[:at], size, *shape[at + 1 :])

    if len(shape) == 1:
        return st.just(shape)
    return st.builds(change, st.integers(1, len(shape) - 1), DIM)


def verdict(spec: LayerSpec, params: dict[str, Any], inputs: tuple[TensorSpec, ...]) -> Any:
    """Return what our rule makes of a call, or the Refused it raises."""
    if spec.calls is Calls.LIST and len(inputs) < spec.fewest:
        return Refused("missing input", "")
    for name, value in params.items():
        param = spec.param(name)
        if param is None or param.kind.check(value) is not None:
            return Refused("parameter", "")
    try:
        return spec.rule(spec.settings(params), inputs)
    except Refused as refused:
        return refused


def fits(spec: LayerSpec, params: dict[str, Any], inputs: tuple[TensorSpec, ...]) -> bool:
    """Say whether our rule accepts a call and leaves tensors of a reasonable size."""
    made = verdict(spec, params, inputs)
    if isinstance(made, Refused):
        return False
    shape = made.outputs[0].shape
    return len(shape) <= 5 and all(dim is None or 0 < dim <= 400 for dim in shape[1:])


@st.composite
def edits(draw: DrawFn, project: Project) -> Edit:
    """Draw an edit that the drawing can take; what comes of it may be right or wrong."""
    graph = project.graph
    nodes = list(graph.nodes)
    makers: list[Callable[[], Edit]] = [
        lambda: _set_params(draw, graph),
        lambda: _set_params(draw, graph),
        lambda: new_node(project, draw(st.sampled_from(SPECS)).name, 0, 0)[0],
    ]
    if nodes:
        node = draw(st.sampled_from(nodes))
        makers += [
            lambda: Rename(node, draw(st.sampled_from(["conv9", "dense/2", "for", "x", "output"]))),
            lambda: share(project, node, 0, 0)[0],
            lambda: RemoveNodes((node,)),
            lambda: SetOutputs((*graph.outputs, Port(node))),
            lambda: connect(project, node, draw(st.sampled_from(nodes))),
        ]
    if graph.links:
        link = draw(st.sampled_from(list(graph.links)))
        kind = draw(st.sampled_from([*SINGLES, *MERGES])).name
        makers += [lambda: insert_on_link(project, link, kind, 0, 0)[0]] * 3
        makers += [lambda: Disconnect((link,))]
    return draw(st.sampled_from(makers))()


def _set_params(draw: DrawFn, graph: Graph) -> Edit:
    if not graph.layers:
        return SetOutputs(())
    key = draw(st.sampled_from(list(graph.layers)))
    spec = registry.find(graph.layers[key].kind)
    if spec is None or not spec.params:
        return RenameLayer(key, "another")
    able = [param for param in spec.params if param.name not in _LEFT_ALONE]
    param = draw(st.sampled_from(able))
    if draw(st.integers(0, 4)) == 0 and not param.required:
        return SetParams(key, {}, (param.name,))
    return SetParams(key, {param.name: draw(values(param.kind, param.name))})
