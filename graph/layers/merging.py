"""Merge layers: several tensors become one, side by side or value by value."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graph.layers.entry import entry
from graph.layers.parts import axes_text, computed
from graph.params import Int
from graph.shapes import TensorSpec, show_dim, show_shape
from graph.spec import Calls, Inputs, Made, Refused, Settings, Why

if TYPE_CHECKING:
    from graph.shapes import Dim, Shape


def _one_batch(inputs: Inputs) -> Dim:
    """Return the batch size the inputs agree on; raise Refused if they don't."""
    batches = {spec.shape[0] for spec in inputs if spec.shape} - {None}
    if len(batches) > 1:
        sizes = " and ".join(map(str, sorted(size for size in batches if size is not None)))
        raise Refused("sizes", f"{{node}} gets inputs with different batch sizes: {sizes}.")
    return batches.pop() if batches else None


def _by_value(settings: Settings, inputs: Inputs) -> Made:
    """Combine values at the same place; a size of 1 and missing leading axes are repeated."""
    batch = _one_batch(inputs)
    shape: Shape = inputs[0].shape[1:]
    for slot, spec in enumerate(inputs[1:], 1):
        shape = _broadcast(shape, spec.shape[1:], inputs, slot)
    return Made((TensorSpec((batch, *shape), computed(settings)),))


def _broadcast(one: Shape, other: Shape, inputs: Inputs, slot: int) -> Shape:
    if one == other and None not in one:
        return one
    if len(one) < len(other):
        one, other = other, one
    if not other:
        return one
    lead = len(one) - len(other)
    sizes = list(one[:lead])
    for left, right in zip(one[lead:], other, strict=True):
        if left is None or right is None:
            sizes.append(None)
        elif left in {1, right}:
            sizes.append(right)
        elif right == 1:
            sizes.append(left)
        else:
            raise _unequal(inputs, slot, left, right)
    return tuple(sizes)


def _unequal(inputs: Inputs, slot: int, left: int, right: int) -> Refused:
    first, other = inputs[0].shape, inputs[slot].shape
    if len(first) != len(other):
        return Refused(
            "rank",
            f"{{node}} combines values place by place, but its inputs are {show_shape(first)} "
            f"({axes_text(first)}) and {show_shape(other)} ({axes_text(other)}).",
            slot,
        )
    return Refused(
        "sizes",
        f"{{node}} combines values place by place, so its inputs need equal sizes, but they are "
        f"{show_shape(first)} and {show_shape(other)}: {left:,} is not {right:,}.",
        slot,
    )


def _subtract(settings: Settings, inputs: Inputs) -> Made:
    if len(inputs) > 2:
        raise Refused(
            "surplus input", f"{{node}} subtracts 1 input from 1 other, but has {len(inputs)}.", 2
        )
    return _by_value(settings, inputs)


def _side_by_side(settings: Settings, inputs: Inputs) -> Made:
    """Join along one axis; all other sizes have to be equal."""
    axis: int = settings["axis"]
    first = inputs[0].shape
    _check_axis(axis, inputs)
    if len(inputs) == 1:
        return Made((TensorSpec(first, computed(settings)),))
    known = list(first)
    place = axis % len(first)
    total: Dim = first[place]
    for slot, spec in enumerate(inputs[1:], 1):
        shape = spec.shape
        for at, size in enumerate(shape):
            if at == place:
                total = None if total is None or size is None else total + size
            elif known[at] is None:
                known[at] = size
            elif size is not None and size != known[at]:
                raise _no_join(inputs, slot, at, place)
    out = (*first[:place], total, *first[place + 1 :])
    return Made((TensorSpec(out, computed(settings)),))


def _check_axis(axis: int, inputs: Inputs) -> None:
    first = inputs[0].shape
    for slot, spec in enumerate(inputs[1:], 1):
        if len(spec.shape) != len(first):
            raise Refused(
                "rank",
                "{node} joins tensors with equally many axes, but its inputs are "
                f"{show_shape(first)} ({axes_text(first)}) and "
                f"{show_shape(spec.shape)} ({axes_text(spec.shape)}).",
                slot,
            )
    # Keras asks for nothing of a single input whose axis lies beyond its last one
    beyond = axis >= len(first) and len(inputs) > 1
    if beyond or axis < -len(first) or not first:
        raise Refused(
            "parameter",
            f"{{node}} joins along axis {axis}, but its inputs have {len(first)} axes with that "
            f"of the batch: {-len(first)} to {len(first) - 1} are possible.",
        )


def _no_join(inputs: Inputs, slot: int, at: int, place: int) -> Refused:
    first, other = inputs[0].shape, inputs[slot].shape
    if at == 0:
        return Refused("sizes", "{node} gets inputs with different batch sizes.", slot)
    names = dict(enumerate(("height", "width", "channels"), 1)) if len(first) == 4 else {}
    where = names.get(at, f"axis {at}")
    along = names.get(place, f"axis {place}")
    return Refused(
        "sizes",
        f"{{node}} joins its inputs along {along}, so all other sizes have to be equal, but they "
        f"are {show_shape(first)} and {show_shape(other)}: the {where} differs.",
        slot,
    )


def _why_side_by_side(settings: Settings, inputs: Inputs, made: Made) -> tuple[Why, ...]:
    out = made.outputs[0].shape
    place = settings["axis"] % len(out)
    terms = " + ".join(show_dim(spec.shape[place]) for spec in inputs)
    where = "channels" if place == len(out) - 1 else f"axis {place}"
    return (Why(where, f"{show_dim(out[place])} = {terms}"),)


def _why_by_value(_settings: Settings, inputs: Inputs, made: Made) -> tuple[Why, ...]:
    out = show_shape(made.outputs[0].shape)
    terms = ", ".join(show_shape(spec.shape) for spec in inputs)
    return (Why("shape", f"{out}: {terms}, place by place"),)


entry(
    "Concatenate",
    "merge",
    "merge",
    _side_by_side,
    kinds={"axis": Int()},
    calls=Calls.LIST,
    shown=("axis",),
    explain=_why_side_by_side,
    words="merge join stack side by side",
    roles=frozenset({"merge"}),
)
for _name, _rule, _fewest, _words in (
    ("Add", _by_value, 1, "sum plus residual skip shortcut"),
    ("Subtract", _subtract, 2, "difference minus"),
    ("Multiply", _by_value, 1, "product times gate"),
    ("Average", _by_value, 1, "mean"),
    ("Maximum", _by_value, 1, "largest"),
):
    entry(
        _name,
        "merge",
        "merge",
        _rule,
        calls=Calls.LIST,
        fewest=_fewest,
        explain=_why_by_value,
        words=f"merge {_words}",
        roles=frozenset({"merge"}),
    )
