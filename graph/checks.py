"""Everything that is wrong or odd in a drawing: one small function a rule, and their list.

`problems` gives the problems of nodes in the order of the code, then those of the whole drawing,
then the warnings. A node's shape, dtype and wires are judged by `graph.inference`; here are the
rules that look at more than one node, and the names.
"""

from __future__ import annotations

import builtins
import keyword
import unicodedata
from functools import lru_cache, partial
from typing import TYPE_CHECKING

from graph import registry
from graph.binding import binding_problems
from graph.problems import Problem, Severity
from graph.spec import Calls
from graph.topology import upstream, wiring
from graph.unvaried import varied_apart

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from graph.inference import Report
    from graph.project import Graph, Project
    from graph.topology import Wiring

LONGEST_NAME = 40
# what the program calls its own things, and letters that look like digits
_OWN = (
    "keras layers np tf glob Path load_data prepare build_model train shuffled_batches evaluate "
    "main activation_maps model data part folder callbacks initial_epoch history scores "
    "inputs targets outputs order second path file SEED BATCH_SIZE EPOCHS LIMIT "
    "self l O I"
)
TAKEN = frozenset(
    {*_OWN.split(), *keyword.kwlist, *keyword.softkwlist, *dir(builtins), "__debug__"}
)

_error = partial(Problem, severity=Severity.ERROR)
_warning = partial(Problem, severity=Severity.WARNING)


def problems(project: Project, report: Report) -> tuple[Problem, ...]:
    """Return all problems of a project: errors of nodes, of the drawing, then warnings."""
    found = [*drawing_problems(project, report), *binding_problems(project, report)]
    return tuple(sorted(found, key=lambda problem: problem.severity is Severity.WARNING))


def drawing_problems(project: Project, report: Report) -> tuple[Problem, ...]:
    """Return the problems of the drawing alone, whatever data it is bound to."""
    graph = project.graph
    wires = wiring(graph)
    errors = [*_of_nodes(wires, report), *_of_names(graph, wires)]
    errors.sort(key=lambda problem: wires.rank[problem.node or ""])
    for rule in _GRAPH_ERRORS:
        errors.extend(rule(graph, wires))
    warnings = [problem for key in wires.order for problem in report.nodes[key].warnings]
    for rule in _GRAPH_WARNINGS:
        warnings.extend(rule(graph, wires))
    warnings.sort(key=lambda problem: wires.rank[problem.node or ""])
    return (*errors, *warnings)


@lru_cache(maxsize=10_000)
def variable_fault(name: str) -> str | None:
    """Return why a text can't be a variable of the program (the end of a sentence), or None."""
    if not name:
        return "is empty"
    if keyword.iskeyword(name):
        return "is a word of Python itself"
    if not name.isidentifier():
        return "is not a Python name: use letters, digits and _, and no digit first"
    if name in TAKEN:
        return "is a name the program or Python uses itself"
    if name.startswith("_"):
        return "begins with _, which Python keeps for private names"
    if len(name) > LONGEST_NAME:
        return f"is {len(name)} characters long; {LONGEST_NAME} fit into the code"
    if unicodedata.normalize("NFKC", name) != name:
        return "has letters that Python takes for others"
    return None


def layer_name_fault(name: str) -> str | None:
    """Return why Keras can't call a layer so (the end of a sentence), or None."""
    if not name:
        return "is empty"
    return "has a “/” in it, which Keras doesn't allow" if "/" in name else None


def _of_nodes(wires: Wiring, report: Report) -> Iterator[Problem]:
    """Yield the problems inference found; one circle is one problem, at its first node."""
    circles: set[frozenset[str | None]] = set()
    for key in wires.order:
        problem = report.nodes[key].problem
        if problem is None:
            continue
        if problem.kind == "cycle":
            circle = frozenset((problem.node, *problem.others))
            if circle in circles:
                continue
            circles.add(circle)
        yield problem


def _of_names(graph: Graph, wires: Wiring) -> Iterator[Problem]:
    """Yield doubled and illegal names; where variable and layer share one, it is told once."""
    labels: dict[str, str] = {}
    names: dict[str, str] = {}
    layers: set[str] = set()
    for key in wires.order:
        node = graph.nodes[key]
        told = False
        if (fault := variable_fault(node.label)) is not None:
            yield _bad_name(key, "variable", node.label, fault)
            told = True
        elif (first := labels.setdefault(node.label, key)) != key:
            sentence = (
                f"Two nodes are called {node.label}. The code needs a variable of its own for each."
            )
            yield _error(kind="doubled name", sentence=sentence, node=key, others=(first,))
            told = True
        if node.layer in layers:
            continue
        layers.add(node.layer)
        name = graph.layers[node.layer].name
        fault = layer_name_fault(name)
        doubled = names.setdefault(name, key)
        if told and name == node.label:
            continue
        if fault is not None:
            yield _bad_name(key, "layer name", name, fault)
        elif doubled != key:
            sentence = (
                f"Two layers are called {name}, at {graph.nodes[doubled].label} and {node.label}. "
                "Keras needs a name of its own for each."
            )
            yield _error(
                kind="doubled layer", sentence=sentence, node=key, param="name", others=(doubled,)
            )


def _bad_name(key: str, what: str, name: str, fault: str) -> Problem:
    if what == "variable":
        return _error(kind="illegal name", sentence=f"The variable “{name}” {fault}.", node=key)
    sentence = f"The {what} “{name}” {fault}."
    return _error(kind="illegal layer name", sentence=sentence, node=key, param="name")


def _is_source(graph: Graph, key: str) -> bool:
    spec = registry.find(graph.layer_of(key).kind)
    return spec is not None and spec.calls is Calls.SOURCE


def _no_input(graph: Graph, wires: Wiring) -> Iterator[Problem]:
    if not graph.nodes:
        sentence = "The drawing is empty. Drag an Input from the library to begin."
        yield _error(kind="no input", sentence=sentence)
    elif not any(_is_source(graph, key) for key in wires.order):
        sentence = (
            f"There is no Input among the {len(graph.nodes)} nodes, so no data can come in. "
            "Every model begins with one."
        )
        yield _error(kind="no input", sentence=sentence)


def _no_output(graph: Graph, _wires: Wiring) -> Iterator[Problem]:
    if graph.nodes and not graph.outputs:
        sentence = "The model has no output: mark the node whose values it should return."
        yield _error(kind="no output", sentence=sentence)


def _unused_inputs(graph: Graph, wires: Wiring) -> Iterator[Problem]:
    returned = {port.node for port in graph.outputs}
    for key in wires.order:
        if _is_source(graph, key) and not wires.out_of[key] and key not in returned:
            label = graph.nodes[key].label
            sentence = f"Nothing uses {label}: draw a wire from it, or take it out."
            yield _warning(kind="unused input", sentence=sentence, node=key)


def _dead_branches(graph: Graph, wires: Wiring) -> Iterator[Problem]:
    ends = [key for key in wires.order if not wires.out_of[key] and not _is_source(graph, key)]
    returned = {port.node for port in graph.outputs}
    dead = [key for key in ends if key not in returned]
    if not dead:
        return
    used = upstream(graph, returned)
    for key in dead:
        count = len(upstream(graph, [key]) - used)
        label = graph.nodes[key].label
        what = "it is" if count == 1 else f"{count} nodes are"
        sentence = (
            f"{label} ends a branch that is not among the outputs: {what} never trained. "
            "Make it an output, or take it out."
        )
        yield _warning(kind="dead branch", sentence=sentence, node=key)


def _varied_apart(graph: Graph, _wires: Wiring) -> Iterator[Problem]:
    for one, other in varied_apart(graph):
        first, second = graph.nodes[one].label, graph.nodes[other].label
        sentence = (
            f"{first} and {second} vary the images of two Inputs, each in its own way. "
            "If both show the same thing, give them the same seed."
        )
        yield _warning(kind="varied apart", sentence=sentence, node=other)


_GRAPH_ERRORS: tuple[Callable[[Graph, Wiring], Iterator[Problem]], ...] = (_no_input, _no_output)
_GRAPH_WARNINGS: tuple[Callable[[Graph, Wiring], Iterator[Problem]], ...] = (
    _unused_inputs,
    _dead_branches,
    _varied_apart,
)
