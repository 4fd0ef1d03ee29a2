"""What differs between projects, in short phrases: to tell the trainings of one from another's.

Where things stand in the drawing, and their ids, make no difference.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import msgspec

from graph import objects, registry
from graph.datasets import title_of
from graph.params import show
from graph.project import Augmentation, Goal, port_key
from graph.schedules import base_rate
from graph.transforms import text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from graph.params import Value
    from graph.project import Checkpoint, Graph, Project

_ABSENT = "–"
_MOST_LETTERS = 32  # of a value in a name
_MOST = 4  # so many differences between drawings are told one by one
_VALIDATION = {"test": "the test samples", "none": "none"}


class Difference(NamedTuple):
    """What differs, and how it is in each project; `speaks`: the values say what they are of."""

    what: str
    values: tuple[str, ...]
    speaks: bool = False

    def phrase(self, at: int) -> str:
        """Return how it is in one project, such as `batch size 64`; `own class weight` if long."""
        if self.speaks:
            return self.values[at]
        is_long = len(self.values[at]) > _MOST_LETTERS
        return f"own {self.what}" if is_long else f"{self.what} {self.values[at]}"


def differences(projects: Sequence[Project]) -> tuple[Difference, ...]:
    """Return what differs between projects, the drawing first and the seed last."""
    found = [*_drawings([project.graph for project in projects])]
    set_ones = sorted({key for project in projects for key in _set_ones(project)})
    told = [_told(project, set_ones) for project in projects]
    for what in dict.fromkeys(key for one in told for key in one):
        values = tuple(one.get(what) or _ABSENT for one in told)
        if len(set(values)) > 1:
            found.append(Difference(what, values, speaks=what in {"optimizer", "data"}))
    return tuple(sorted(found, key=lambda one: one.what == "seed"))


def plan_line(project: Project) -> str:
    """Return what a training was, in a line: `Adam · learning rate 0.001 · batch size 64 · …`."""
    told = _told(project)
    parts = [f"{what} {told[what]}" for what in ("learning rate", "batch size", "epochs")]
    if project.training.augmentation.how != "none":
        parts.append(f"augmentation {told['augmentation']}")
    return " · ".join((told["optimizer"], *parts))


def _usual(project: Project) -> dict[str, Value]:
    """Return the settings that a project's optimizer has, but for the rate, as Keras has them."""
    name = project.training.optimizer.name
    if name not in objects.table("optimizer"):
        return {}
    params = objects.settings_of("optimizer", name)
    return {param.name: param.default for param in params if param.name != "learning_rate"}


def _set_ones(project: Project) -> list[str]:
    """Return the settings that somebody has given the optimizer."""
    given = project.training.optimizer.settings
    return [key for key, usual in _usual(project).items() if given.get(key, usual) != usual]


def _told(project: Project, set_ones: Sequence[str] = ()) -> dict[str, str]:
    """Return everything but the drawing, in words, by what it is."""
    training, optimizer = project.training, project.training.optimizer
    told = {"optimizer": optimizer.name, "learning rate": show(base_rate(optimizer))}
    settings = _usual(project) | optimizer.settings
    told |= {key: show(settings[key]) for key in set_ones if key in settings}
    share = f"{training.validation_split:g} of the training samples"
    share += ", by label" if training.stratified else ""
    limit = training.limit
    told |= {
        "batch size": f"{training.batch_size:,}",
        "epochs": f"{training.epochs:,}",
        "augmentation": _augmentation(training.augmentation),
        "data": " + ".join(map(title_of, (project.data.source, *project.data.joined))),
        **_prepared(project),
        "test share": f"{project.data.test_split:g}",
        **_goals(project),
        "validation": _VALIDATION.get(training.validation, share),
        "training samples": "all" if limit is None else f"{limit:,}",
        "class weight": training.class_weight,
        "sample weight": training.sample_weight or "none",
        "callbacks": ", ".join(map(show, training.callbacks)) or "none",
        "checkpoint": _checkpoint(training.checkpoint),
        "mixed precision": show(training.mixed_precision),
        "seed": str(training.seed),
    }
    return told


def _augmentation(chosen: Augmentation) -> str:
    if chosen.how == "none":
        return "none"
    usual, given = msgspec.to_builtins(Augmentation()), msgspec.to_builtins(chosen)
    parts = [f"{key} {show(value)}" for key, value in given.items() if value != usual[key]]
    return ", ".join(parts).removeprefix("how ")


def _prepared(project: Project) -> dict[str, str]:
    """Return what was chosen by hand of what Inputs and outputs get, by their labels."""
    nodes, data = project.graph.nodes, project.data
    ports = {port_key(port): port.node for port in project.graph.outputs}
    pairs = [*data.inputs.items()]
    pairs += [(ports[key], one) for key, one in data.outputs.items() if key in ports]
    told = {}
    for key, one in pairs:
        if key in nodes:
            steps = [one.column, *map(text, one.transforms)]
            steps += [] if one.scale else ["not scaled"]
            steps += [] if one.form == "auto" else [one.form]
            told[f"{nodes[key].label} gets"] = ", ".join(steps)
    return told


def _goals(project: Project) -> dict[str, str]:
    told = {}
    several = len(project.graph.outputs) > 1
    for port in project.graph.outputs:
        goal = project.training.goals.get(port_key(port), Goal())
        node = project.graph.nodes.get(port.node)
        of = f" of {node.label}" if several and node is not None else ""
        told[f"loss{of}"] = "automatic" if goal.loss == "auto" else show(goal.loss)
        told[f"metrics{of}"] = ", ".join(map(show, goal.metrics)) or "none"
        told[f"weight{of}"] = show(goal.weight)
    return told


def _checkpoint(chosen: Checkpoint | None) -> str:
    if chosen is None:
        return "none"
    if not chosen.save_best_only:
        return "each epoch"  # and none of them is restored
    return f"best {chosen.monitor}" + (", restored" if chosen.restore_best else "")


# --- drawings ---------------------------------------------------------------------------------


def _drawings(graphs: Sequence[Graph]) -> Iterator[Difference]:
    """Yield how layers differ, by their names; as a whole where that would be too much."""
    layers = [{layer.name: layer for layer in graph.layers.values()} for graph in graphs]
    found: list[Difference] = []
    for name in dict.fromkeys(name for one in layers for name in one):
        mine = [one.get(name) for one in layers]
        kinds = tuple(layer.kind if layer is not None else _ABSENT for layer in mine)
        if None in mine and len(set(kinds)) == 2:
            words = tuple(f"{'without' if one is None else 'with'} {name}" for one in mine)
            found.append(Difference(name, words, speaks=True))
        elif len(set(kinds)) > 1:
            found.append(Difference(name, kinds))
        else:
            found += _settings(name, kinds[0], [one.params for one in mine if one is not None])
    forms = [_form(graph) for graph in graphs]
    known = list(dict.fromkeys(forms))
    if 0 < len(found) <= _MOST:
        yield from found
    elif len(known) > 1:
        words = tuple(
            f"drawing {known.index(form) + 1} ({len(graph.layers):,} layers)"
            for form, graph in zip(forms, graphs, strict=True)
        )
        yield Difference("drawing", words, speaks=True)


def _settings(name: str, kind: str, given: list[Mapping[str, object]]) -> Iterator[Difference]:
    spec = registry.find(kind)
    for key in dict.fromkeys(key for params in given for key in params):
        param = spec.param(key) if spec is not None else None
        usual = param.default if param is not None else None
        values = tuple(show(params.get(key, usual)) for params in given)  # type: ignore[arg-type] # parameters are values
        if len(set(values)) > 1:
            yield Difference(f"{name} {key}", values)


def _form(graph: Graph) -> str:
    """Return a text that two drawings have in common if only ids and places differ."""
    label = {key: node.label for key, node in graph.nodes.items()}
    layers = sorted(
        (layer.name, layer.kind, sorted((key, show(value)) for key, value in layer.params.items()))
        for layer in graph.layers.values()
    )
    calls = sorted(
        (node.label, graph.layers[node.layer].name if node.layer in graph.layers else "")
        for node in graph.nodes.values()
    )
    wires = sorted(
        (label.get(one.source, ""), one.output, label.get(one.target, ""), one.slot)
        for one in graph.links.values()
    )
    ends = [(label.get(port.node, ""), port.output) for port in graph.outputs]
    return repr((layers, calls, wires, ends))
