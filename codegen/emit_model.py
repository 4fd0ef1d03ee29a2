"""The section `build_model`: one statement for each node, as a careful person writes it.

Source of the style: https://keras.io/guides/functional_api/. A drawing that Keras would refuse is
written too, in such a way that Keras (or Python) stops at the very line of the node at fault.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen import spelling
from codegen.plan import Call, Define, plan
from codegen.source import Group, statement
from graph import registry
from graph.params import Ints, Margins, Object
from graph.spec import Calls

if TYPE_CHECKING:
    from collections.abc import Iterable

    from codegen.plan import Plan
    from codegen.source import Expression, Writer
    from graph.project import Graph, Layer, Port
    from graph.spec import LayerSpec


def emit_model(writer: Writer, graph: Graph) -> None:
    """Write the function that builds the model."""
    _Model(writer, graph).emit()


class _Model:
    """One emission: the drawing, and the names that its parts have in the code."""

    def __init__(self, writer: Writer, graph: Graph) -> None:
        self._writer = writer
        self._graph = graph
        self._names, self._shared = spelling.variables(graph)

    def emit(self) -> None:
        """Write the whole function."""
        made = plan(self._graph)
        self._writer.add("def build_model():")
        self._add('"""Return the model, not yet compiled."""')
        for part in made.statements:
            if isinstance(part, Define):
                self._define(part)
            else:
                self._node(part)
        self._return(made)

    def _define(self, define: Define) -> None:
        layer = self._graph.layers[define.layer]
        spec = registry.find(layer.kind)
        if spec is not None:
            lead = f"{self._shared[define.layer]} = "
            self._add(statement(lead, _creation(spec, layer)), *define.nodes)

    def _node(self, call: Call) -> None:
        layer = self._graph.layers[call.layer]
        spec = registry.find(layer.kind)
        name = self._names[call.node]
        if spec is None:
            kind = spelling.text(f"There is no layer {layer.kind}.")
            self._add(f"# {name} can't be written: its layer is not known", call.node)
            self._add(f"raise NotImplementedError({kind})", call.node)
            return
        for remark in self._remarks(call):
            self._add(f"# {remark}", call.node)
        # no layer takes an argument of that name, so Keras stops here
        surplus = (Group("surplus=", self._tensors(call.surplus), "[]"),) if call.surplus else ()
        if spec.calls is Calls.SOURCE:
            made = _creation(spec, layer, surplus)
            self._add(statement(f"{name} = ", made), call.node)
            return
        first = self._shared[call.layer] if call.shared else _creation(spec, layer)
        wiring = Group("", (*self._wiring(spec, call), *surplus))
        self._add(statement(f"{name} = ", first, wiring), call.node)

    def _remarks(self, call: Call) -> list[str]:
        """Return what a reader should know of a call that can't work."""
        name = self._names[call.node]
        remarks = []
        if call.missing:
            wired = "only a part of its inputs is" if call.sources else "nothing is"
            remarks.append(f"{wired} wired to {name} yet")
        if call.surplus:
            remarks.append(f"more is wired to {name} than it takes")
        if call.waits_for:
            others = ", ".join(self._names[key] for key in call.waits_for[:3])
            remarks.append(f"{name} needs {others}: the wires form a circle")
        return remarks

    def _wiring(self, spec: LayerSpec, call: Call) -> tuple[Expression, ...]:
        """Return the arguments of the call of a layer."""
        ports = self._tensors(port for _, port in call.sources)
        if spec.calls is Calls.LIST:
            return (Group("", ports, "[]"),)
        if spec.calls is Calls.NAMED:
            slots = (spec.inputs[slot].name for slot, _ in call.sources)
            return tuple(map("{}={}".format, slots, ports))
        return ports

    def _tensors(self, ports: Iterable[Port]) -> tuple[str, ...]:
        """Return the variables of outputs of nodes."""
        return tuple(map(self._tensor, ports))

    def _tensor(self, port: Port) -> str:
        spec = registry.find(self._graph.layer_of(port.node).kind)
        name = self._names[port.node]
        several = spec is not None and len(spec.outputs) > 1
        return f"{name}[{port.output}]" if several or port.output else name

    def _return(self, made: Plan) -> None:
        if not made.inputs:
            self._add("# the model has no input yet")
        if not made.outputs:
            self._add("# no tensor is an output of the model yet")
        inputs = _one_or_all("inputs=", tuple(self._names[key] for key in made.inputs))
        outputs = _one_or_all("outputs=", self._tensors(made.outputs))
        self._add(statement("return ", Group("keras.Model", (inputs, outputs))))

    def _add(self, text: str, *nodes: str) -> None:
        self._writer.add(text, *nodes, indent=4)


def _one_or_all(head: str, names: tuple[str, ...]) -> Expression:
    return head + names[0] if len(names) == 1 else Group(head, names, "[]")


_MADE: dict[int, tuple[Layer, Group]] = {}
_KEEP = 20_000  # layers whose text is kept; values never change, so neither does their text


def _creation(spec: LayerSpec, layer: Layer, more: tuple[Expression, ...] = ()) -> Group:
    """Return what makes a layer: its settings other than Keras's defaults, and its name."""
    known = _MADE.get(id(layer))
    if known is None or known[0] is not layer:
        if len(_MADE) >= _KEEP:
            _MADE.clear()
        known = _MADE[id(layer)] = layer, _written(spec, layer)
    made = known[1]
    return made._replace(parts=(*made.parts, *more)) if more else made


def _written(spec: LayerSpec, layer: Layer) -> Group:
    module = "keras" if spec.calls is Calls.SOURCE else "layers"
    values = {
        key: value
        for key, value in layer.params.items()
        if key != "name" and not _is_default(spec, key, value)
    }
    parts: list[Expression] = []
    for name in spec.positional:
        if name not in values:
            break
        parts.append(_value(spec, name, values.pop(name)))
    for param in spec.params:
        if param.name in values:
            value = _value(spec, param.name, values.pop(param.name))
            parts.append(spelling.with_keyword(param.name, value))
    parts.extend(spelling.keywords(values))
    parts.append(f"name={spelling.text(layer.name)}")
    return Group(f"{module}.{spec.name}", tuple(parts))


def _is_default(spec: LayerSpec, name: str, value: object) -> bool:
    param = spec.param(name)
    if param is None or param.required:
        return False
    return type(param.default) is type(value) and param.default == value


def _value(spec: LayerSpec, name: str, value: object) -> Expression:
    param = spec.param(name)
    kind = param.kind if param is not None else None
    role = kind.role if isinstance(kind, Object) else ""
    # one number may only stand for several if all of them are legal
    alike = isinstance(kind, Margins) or (
        isinstance(kind, Ints) and kind.length is not None and kind.same_for_all
    )
    fine = alike and kind is not None and kind.check(value) is None  # type: ignore[arg-type]  # checks take anything
    return spelling.setting(value, role, same_for_all=fine)
