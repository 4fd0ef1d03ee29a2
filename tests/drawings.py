"""Random drawings: grown legally, node by node, and broken by one planted fault.

`Sketch` is a drawing in the making. A fault is planted by what it means ("a window larger than its
input"), never by asking our rules, so that both sides are tested.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from hypothesis import strategies as st

from graph import registry
from graph.params import Named
from graph.project import Graph, Layer, Link, Node, Port, Project
from graph.shapes import product
from graph.spec import Calls, LayerSpec
from tests.strategies import MERGES, SINGLES, fits, settings, verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from hypothesis.strategies import DrawFn

    from graph.shapes import TensorSpec


def spec_of(name: str) -> LayerSpec:
    """Return the layer type of that name."""
    found = registry.find(name)
    assert found is not None
    return found


class Sketch:
    """A drawing in the making: tables, and the specs of the nodes that are sound."""

    def __init__(self) -> None:
        self.layers: dict[str, Layer] = {}
        self.nodes: dict[str, Node] = {}
        self.links: dict[str, Link] = {}
        self.specs: dict[str, TensorSpec] = {}
        self.built: dict[str, object] = {}
        self.serial = 0

    def fresh(self) -> str:
        """Return an id that nothing has."""
        self.serial += 1
        return f"i{self.serial}"

    def add(
        self,
        kind: str,
        params: dict[str, Any],
        sources: Sequence[str] = (),
        *,
        layer: str | None = None,
        broken: bool = False,
    ) -> str:
        """Add a call; note what it makes unless it is meant to be broken."""
        key = self.fresh()
        spec = spec_of(kind)
        if layer is None:
            layer = self.fresh()
            self.layers[layer] = Layer(kind, f"{spec.stem}_{key}", params)
        self.nodes[key] = Node(layer, f"{spec.stem}_{key}")
        for slot, source in enumerate(sources):
            place = slot if spec.calls is Calls.LIST else 0
            self.links[self.fresh()] = Link(source, key, place)
        if not broken:
            made = verdict(spec, params, tuple(self.specs[source] for source in sources))
            self.specs[key] = made.outputs[0]
            self.built[layer] = made.weights.built
        return key

    def project(self) -> Project:
        """Return the drawing: every end is an output."""
        used = {link.source for link in self.links.values()}
        ends = [key for key in self.nodes if key not in used]
        inner = [key for key in ends if self.layers[self.nodes[key].layer].kind != "Input"]
        outputs = tuple(Port(key) for key in inner or ends)
        return Project(Graph(self.layers, self.nodes, self.links, outputs, self.serial))

    def images(self) -> list[str]:
        """Return the nodes that make channels-last maps of known sizes."""
        return [
            key
            for key, spec in self.specs.items()
            if len(spec.shape) == 4 and None not in spec.shape[1:]
        ]


class Drawing(NamedTuple):
    """A drawing, and the kind of fault that was planted in it."""

    project: Project
    fault: str | None


def _recent(draw: DrawFn, keys: Sequence[str]) -> str:
    """Draw a key; the newest are likelier, so that drawings grow deep."""
    back = draw(st.integers(0, min(3, len(keys) - 1)) | st.integers(0, len(keys) - 1))
    return keys[len(keys) - 1 - back]


def _inputs(draw: DrawFn, sketch: Sketch) -> None:
    side, depth = st.integers(4, 12), st.integers(1, 3)
    shape = draw(st.tuples(side, side, depth))
    sketch.add("Input", {"shape": shape})
    more = draw(st.sampled_from(["", "", "twin", "vector", "flowing", "dtype"]))
    if more == "twin":
        sketch.add("Input", {"shape": shape})
    if more == "vector":
        sketch.add("Input", {"shape": (draw(st.integers(1, 9)),)})
    if more == "flowing":
        sketch.add("Input", {"shape": (None, None, draw(depth))})
    if more == "dtype":
        dtype = draw(st.sampled_from(["uint8", "int32", "float16", "bool", "float64"]))
        sketch.add("Input", {"shape": shape, "dtype": dtype})


def _grow(draw: DrawFn, sketch: Sketch) -> None:
    how = draw(st.sampled_from(["single"] * 7 + ["merge"] * 2 + ["shared"]))
    {"single": _single, "merge": _merge, "shared": _share}[how](draw, sketch)


def _single(draw: DrawFn, sketch: Sketch) -> None:
    spec = draw(st.sampled_from(SINGLES))
    params = draw(settings(spec, odds=8))
    able = [key for key, tensor in sketch.specs.items() if fits(spec, params, (tensor,))]
    if able:
        sketch.add(spec.name, params, [_recent(draw, able)])


def _merge(draw: DrawFn, sketch: Sketch) -> None:
    spec = draw(st.sampled_from(MERGES))
    params = draw(settings(spec, odds=8))
    first = _recent(draw, list(sketch.specs))
    base = sketch.specs[first]
    able = [
        key
        for key, tensor in sketch.specs.items()
        if key != first and fits(spec, params, (base, tensor))
    ]
    if not able:
        able = [first] if fits(spec, params, (base, base)) else []
    if not able:
        return
    sources = [first, _recent(draw, able)]
    third = _recent(draw, able)
    if draw(st.booleans()) and fits(spec, params, tuple(map(sketch.specs.get, [*sources, third]))):
        sources.append(third)
    sketch.add(spec.name, params, sources)


def _share(draw: DrawFn, sketch: Sketch) -> None:
    pairs = []
    for key, layer in sketch.layers.items():
        spec = spec_of(layer.kind)
        if spec.calls is not Calls.ONE or key not in sketch.built:
            continue
        for source, tensor in sketch.specs.items():
            if not fits(spec, layer.params, (tensor,)):
                continue
            if verdict(spec, layer.params, (tensor,)).weights.built == sketch.built[key]:
                pairs.append((key, source))
    if pairs:
        key, source = draw(st.sampled_from(pairs))
        layer = sketch.layers[key]
        sketch.add(layer.kind, layer.params, [source], layer=key)


def _image(draw: DrawFn, sketch: Sketch) -> tuple[str, tuple[int, ...]]:
    key = _recent(draw, sketch.images())
    return key, sketch.specs[key].shape[1:]  # type: ignore[return-value]  # all sizes are known


def _vector(draw: DrawFn, sketch: Sketch) -> tuple[str, int]:
    key, shape = _image(draw, sketch)
    width = product(shape)
    assert width is not None
    return sketch.add("Flatten", {}, [key]), width


def _missing_input(draw: DrawFn, sketch: Sketch) -> str:
    spec = draw(st.sampled_from([*SINGLES, *MERGES]))
    return sketch.add(spec.name, dict(spec.starter), broken=True)


def _cycle(draw: DrawFn, sketch: Sketch) -> str:
    source, _ = _image(draw, sketch)
    first = sketch.add(draw(st.sampled_from(["Add", "Concatenate"])), {}, [source], broken=True)
    last = first
    for _ in range(draw(st.integers(0, 2))):
        last = sketch.add("ReLU", {}, [last], broken=True)
    sketch.links[sketch.fresh()] = Link(last, first, 1)
    return last


_ON_MAPS = [spec.name for spec in SINGLES if spec.family in {"convolution", "pooling"}]
_ON_MAPS += ["ZeroPadding2D", "Cropping2D", "UpSampling2D"]


def _rank(draw: DrawFn, sketch: Sketch) -> str:
    vector, _ = _vector(draw, sketch)
    how = draw(st.sampled_from(["map", "map", "join", "scalar"]))
    if how == "join":
        image, _ = _image(draw, sketch)
        both = draw(st.permutations([vector, image]))
        return sketch.add("Concatenate", {}, both, broken=True)
    if how == "scalar":
        scalar = sketch.add("Input", {"shape": ()})
        return sketch.add("Dense", {"units": 2}, [scalar], broken=True)
    spec = spec_of(draw(st.sampled_from(_ON_MAPS)))
    return sketch.add(spec.name, dict(spec.starter), [vector], broken=True)


def _window(draw: DrawFn, sketch: Sketch) -> str:
    image, (height, width, _) = _image(draw, sketch)
    more = draw(st.integers(1, 3))
    size = draw(st.sampled_from([(height + more, 1), (1, width + more)]))
    kind = draw(st.sampled_from(["Conv2D", "MaxPooling2D", "AveragePooling2D", "Cropping2D"]))
    if kind == "Conv2D":
        return sketch.add(kind, {"filters": 2, "kernel_size": size}, [image], broken=True)
    if kind == "Cropping2D":
        crop = ((size[0] - 1, more), (size[1] - 1, more))
        return sketch.add(kind, {"cropping": crop}, [image], broken=True)
    return sketch.add(kind, {"pool_size": size}, [image], broken=True)


def _sizes(draw: DrawFn, sketch: Sketch) -> str:
    images = [key for key in sketch.images() if sketch.specs[key].shape[1] != 1]
    image = _recent(draw, images)
    padded = sketch.add("ZeroPadding2D", {}, [image])
    both = draw(st.permutations([image, padded]))
    return sketch.add(draw(st.sampled_from(MERGES)).name, {}, both, broken=True)


def _reshape(draw: DrawFn, sketch: Sketch) -> str:
    image, shape = _image(draw, sketch)
    size = product(shape)
    assert size is not None
    target = draw(st.sampled_from([(size + 1,), (-1, size + 1), (2, size), (-1, -1)]))
    return sketch.add("Reshape", {"target_shape": target}, [image], broken=True)


_WRONG: tuple[tuple[str, dict[str, Any]], ...] = (
    ("Conv2D", {"filters": 2, "kernel_size": (1, 1), "strides": (2, 2), "dilation_rate": (2, 2)}),
    ("Conv2DTranspose", {"filters": 2, "kernel_size": (1, 1), "output_padding": (1, 1)}),
    ("BatchNormalization", {"axis": 7}),
    ("BatchNormalization", {"axis": -6}),
    ("Conv2D", {"filters": 2, "kernel_size": (1, 1), "bias_initializer": Named("Orthogonal")}),
    ("Conv2D", {"filters": 2, "kernel_size": (1, 1), "kernel_initializer": Named("Identity")}),
    ("Dense", {"units": 0}),
    ("Dense", {"units": 2, "lora_rank": 1, "kernel_constraint": Named("NonNeg")}),
    ("Dropout", {"rate": 1.5}),
    ("GaussianNoise", {"stddev": -0.5}),
    ("LeakyReLU", {"negative_slope": -1.0}),
    ("ReLU", {"max_value": -1.0}),
    ("UpSampling2D", {"size": (0, 2)}),
    ("Conv2D", {"filters": 2, "kernel_size": (0, 1)}),
)


def _parameter(draw: DrawFn, sketch: Sketch) -> str:
    image, _ = _image(draw, sketch)
    if draw(st.integers(0, 9)) == 0:
        axis = draw(st.sampled_from([4, -5]))
        return sketch.add("Concatenate", {"axis": axis}, [image, image], broken=True)
    kind, params = draw(st.sampled_from(_WRONG))
    return sketch.add(kind, params, [image], broken=True)


def _channels(draw: DrawFn, sketch: Sketch) -> str:
    image, (_, _, channels) = _image(draw, sketch)
    filters, groups = draw(st.sampled_from([(3, 2), (channels + 1, channels + 1)]))
    params = {"filters": filters, "kernel_size": (1, 1), "groups": groups}
    return sketch.add("Conv2D", params, [image], broken=True)


def _unknown_size(draw: DrawFn, sketch: Sketch) -> str:
    if draw(st.booleans()):
        source = sketch.add("Input", {"shape": (6, 6, None)})
        kind = draw(st.sampled_from(["Conv2D", "Conv2DTranspose", "Dense", "BatchNormalization"]))
    else:
        image, _ = _image(draw, sketch)
        source = sketch.add("Reshape", {"target_shape": (None,)}, [image])
        kind = draw(st.sampled_from(["Dense", "BatchNormalization"]))
    return sketch.add(kind, dict(spec_of(kind).starter), [source], broken=True)


def _shared(draw: DrawFn, sketch: Sketch) -> str:
    image, _ = _image(draw, sketch)
    wide = sketch.add("Concatenate", {}, [image, image])
    kind = draw(st.sampled_from(["Conv2D", "Dense", "BatchNormalization", "Conv2DTranspose"]))
    params = dict(spec_of(kind).starter) | ({"padding": "same"} if kind == "Conv2D" else {})
    first = sketch.add(kind, params, [image])
    return sketch.add(kind, params, [wide], layer=sketch.nodes[first].layer, broken=True)


def _doubled_layer(draw: DrawFn, sketch: Sketch) -> None:
    one, other = draw(st.permutations(list(sketch.layers)))[:2]
    layer = sketch.layers[one]
    sketch.layers[one] = Layer(layer.kind, sketch.layers[other].name, layer.params)


def _illegal_layer_name(draw: DrawFn, sketch: Sketch) -> None:
    one = draw(st.sampled_from(list(sketch.layers)))
    layer = sketch.layers[one]
    sketch.layers[one] = Layer(layer.kind, f"{layer.name}/2", layer.params)


def _surplus_input(draw: DrawFn, sketch: Sketch) -> str:
    image, _ = _image(draw, sketch)
    kind = draw(st.sampled_from(["Subtract", "Dense", "Flatten", "Conv2D", "MaxPooling2D"]))
    count = 3 if kind == "Subtract" else 2
    return sketch.add(kind, dict(spec_of(kind).starter), [image] * count, broken=True)


def _no_input(_draw: DrawFn, sketch: Sketch) -> None:
    gone = {key for key, node in sketch.nodes.items() if sketch.layers[node.layer].kind == "Input"}
    for key in gone:
        del sketch.layers[sketch.nodes.pop(key).layer]
    for key, link in list(sketch.links.items()):
        if link.source in gone:
            del sketch.links[key]


def _no_output(_draw: DrawFn, _sketch: Sketch) -> None:
    """Leave the drawing as it is: its outputs are taken away in the end."""


_NODE_FAULTS: dict[str, Callable[[DrawFn, Sketch], str]] = {
    "missing input": _missing_input,
    "cycle": _cycle,
    "rank": _rank,
    "window": _window,
    "sizes": _sizes,
    "reshape": _reshape,
    "parameter": _parameter,
    "channels": _channels,
    "unknown size": _unknown_size,
    "shared": _shared,
    "surplus input": _surplus_input,
}
_WHOLE_FAULTS: dict[str, Callable[[DrawFn, Sketch], None]] = {
    "doubled layer": _doubled_layer,
    "illegal layer name": _illegal_layer_name,
    "no input": _no_input,
    "no output": _no_output,
}
FAULTS = (*_NODE_FAULTS, *_WHOLE_FAULTS)


@st.composite
def drawings(draw: DrawFn, fault: str | None = None) -> Drawing:
    """Draw a legal drawing, or one with a single fault of that kind somewhere in it."""
    sketch = Sketch()
    _inputs(draw, sketch)
    size = draw(st.integers(8, 15))
    when = draw(st.integers(len(sketch.nodes), size - 1))
    planted = fault not in _NODE_FAULTS
    for _ in range(4 * size):
        if not planted and len(sketch.nodes) >= when:
            broken = _NODE_FAULTS[fault or ""](draw, sketch)
            planted = True
            if draw(st.booleans()):
                sketch.add("ReLU", {}, [broken], broken=True)
        if len(sketch.nodes) >= size and planted:
            break
        _grow(draw, sketch)
    if fault in _WHOLE_FAULTS:
        _WHOLE_FAULTS[fault](draw, sketch)
    project = sketch.project()
    if fault == "no output":
        graph = project.graph
        bare = Graph(graph.layers, graph.nodes, graph.links, (), graph.serial)
        project = Project(bare)
    return Drawing(project, fault)
