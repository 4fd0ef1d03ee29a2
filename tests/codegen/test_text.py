"""The text of programs: always Python, never a person's code, and as black and ruff leave it."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path, PurePath
from typing import Any

import black
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codegen import Program, emit, emit_activations, listing
from codegen.source import WIDTH
from graph import objects
from graph.callbacks import own_files as own_files_of
from graph.inference import infer
from graph.params import Named
from graph.project import (
    Binding,
    Checkpoint,
    Data,
    Goal,
    Graph,
    Layer,
    Link,
    Node,
    Port,
    Project,
    Training,
)
from graph.templates import load, templates
from tests.drawings import FAULTS, Drawing, drawings

GOLDEN = Path(__file__).parent / "golden"
NAMES = [template.name for template in templates()]
HOSTILE = [
    "'); import os #",
    '"); import os #',
    "a\nimport os",
    "\\",
    "\\'",
    "'\"",
    '"""',
    "{folder}",
    "class",
    "match",
    "__debug__",
    "keras",
    "visible",
    "ﬁlter",
    "größe",
    "ᵃ",
    "１",
    "1x",
    "",
    "_",
    "\u2028",
    "\ud800",
    "x" * 200,
    "None",
    "x, y",
    "a" * 60,
    "l",
]


def program_of(project: Project) -> Program:
    return emit(project, infer(project))


def tidy(text: str) -> str:
    return black.format_str(text, mode=black.Mode(line_length=WIDTH))


@pytest.mark.parametrize("name", NAMES)
def test_template_gives_its_golden_program(name: str) -> None:
    text = program_of(load(name)).text
    path = GOLDEN / f"{name.replace('-', '_')}.py"
    if os.environ.get("UPDATE_GOLDEN"):
        path.write_text(text, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == text
    compile(text, str(path), "exec")
    assert tidy(text) == text


def test_ruff_leaves_golden_programs_unchanged() -> None:
    ruff = [sys.executable, "-m", "ruff"]
    for verb in (["format", "--diff"], ["check"]):
        done = subprocess.run(
            [*ruff, *verb, "--isolated", "--no-cache", "--config", "exclude = []", str(GOLDEN)],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", NAMES)
def test_listing_of_each_node_is_as_black_leaves_it(name: str) -> None:
    project = load(name)
    report = infer(project)
    program = emit(project, report)
    for node in project.graph.nodes:
        text = listing(project, report, node, 3, "last.weights.h5").text
        compile(text, "listing", "exec")
        assert tidy(text) == text
        section = emit_activations(project, report, node).text
        assert section in text
        compile(program.text + section, "both", "exec")


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_program_of_any_drawing_is_as_black_leaves_it(data: st.DataObject) -> None:
    drawing: Drawing = data.draw(drawings(data.draw(st.sampled_from([None, *FAULTS]))))
    text = program_of(drawing.project).text
    compile(text, "program", "exec")
    assert tidy(text) == text


hostile = st.sampled_from(HOSTILE) | st.text(max_size=12)
plain: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | hostile,
    lambda part: (
        st.lists(part, max_size=3).map(tuple)
        | st.builds(Named, hostile, st.dictionaries(hostile, part, max_size=2))
        | st.lists(part, max_size=2)
        | st.dictionaries(hostile, part, max_size=2)
    ),
    max_leaves=5,
)


def named(role: str, *own: str) -> st.SearchStrategy[Named]:
    """Return objects of a role by real names and others, with settings that fit and that don't."""
    names = st.sampled_from(objects.offered(role))
    keys = st.sampled_from(["name", "monitor", "learning_rate", "filename", "path", *own]) | hostile
    made = st.builds(Named, names | hostile, st.dictionaries(keys, plain, max_size=3))
    return made | names.map(lambda name: objects.starter(role, name))


own_files = st.builds(
    lambda path, name: Named("File", {"path": path, "name": name}),
    hostile.map(lambda text: f"/a/{text}.py"),
    hostile,
)
callbacks = named("callback", "shape", "factor", "epochs") | own_files
losses, metrics = (named(role, "delta", "k") | hostile for role in ("loss", "metric"))
goals = st.builds(
    Goal, losses, st.lists(metrics, max_size=2).map(tuple), st.floats() | st.just(1.0)
)
KINDS = ["Input", "Dense", "Conv2D", "Concatenate", "Flatten", "Nonsense", "'); import os #"]


@st.composite
def hostile_projects(draw: st.DrawFn) -> Project:
    keys = [f"i{number}" for number in range(draw(st.integers(1, 6)))]
    layers = {
        f"l{key}": Layer(
            draw(st.sampled_from(KINDS)),
            draw(hostile),
            draw(st.dictionaries(hostile | st.just("units") | st.just("name"), plain, max_size=3)),
        )
        for key in keys
    }
    nodes = {key: Node(draw(st.sampled_from(list(layers))), draw(hostile)) for key in keys}
    ends = st.tuples(st.sampled_from(keys), st.sampled_from(keys), st.integers(0, 2))
    links = {f"w{at}": Link(*end) for at, end in enumerate(draw(st.lists(ends, max_size=8)))}
    outputs = tuple(Port(key) for key in draw(st.lists(st.sampled_from(keys), unique=True)))
    source = draw(st.sampled_from(["", "mnist", "cifar10", "fashion_mnist_sample", "/no/'.npz"]))
    data = Data(
        source,
        {key: Binding(draw(hostile)) for key in draw(st.lists(st.sampled_from(keys)))},
        {f"{port.node}:0": Binding(draw(hostile)) for port in outputs[:1]},
    )
    training = Training(
        draw(named("optimizer", "use_ema")),
        {f"{port.node}:0": draw(goals) for port in outputs},
        callbacks=tuple(draw(st.lists(callbacks, max_size=2))),
        class_weight=draw(st.sampled_from(["none", "balanced"]) | hostile),
        sample_weight=draw(hostile),
        mixed_precision=draw(st.booleans()),
        checkpoint=Checkpoint(draw(hostile), draw(hostile), mode=draw(hostile)),
        limit=draw(st.none() | st.integers()),
    )
    return Project(Graph(layers, nodes, links, outputs), data, training, draw(hostile))


IMPORTS = {"glob", "os", "pathlib", "keras", "numpy", "tensorflow"}


@settings(max_examples=300, deadline=None)
@given(hostile_projects())
def test_no_drawing_can_put_code_into_its_program(project: Project) -> None:
    text = program_of(project).text
    tree = ast.parse(text)
    imported = {
        alias.name if isinstance(part, ast.Import) else part.module
        for part in ast.walk(tree)
        if isinstance(part, ast.Import | ast.ImportFrom)
        for alias in part.names
    }
    own = {f"{PurePath(path).stem}" for path in own_files_of(project.training)}
    assert imported <= IMPORTS | own
    assert all(name.isascii() and name.isidentifier() for name in own)
    called = {
        part.func.id
        for part in ast.walk(tree)
        if isinstance(part, ast.Call) and isinstance(part.func, ast.Name)
    }
    assert not called & {"exec", "eval", "open", "__import__", "compile", "getattr"}


@settings(max_examples=100, deadline=None)
@given(st.lists(hostile, min_size=1, max_size=6))
def test_each_node_has_a_variable_of_its_own(labels: list[str]) -> None:
    layers = {f"l{at}": Layer("Input", f"n{at}", {"shape": (4,)}) for at in range(len(labels))}
    nodes = {f"i{at}": Node(f"l{at}", label) for at, label in enumerate(labels)}
    program = program_of(Project(Graph(layers, nodes)))
    names = set()
    for node in nodes:
        (line,) = program.lines_of(node)
        name, call = program.text.splitlines()[line - 1].strip().split(" = ", 1)
        assert call.startswith("keras.Input(")
        names.add(name)
    assert len(names) == len(labels)


def test_legal_labels_are_variables_as_they_are() -> None:
    layers = {key: Layer("Input", key, {"shape": (4,)}) for key in ("a", "b", "c")}
    nodes = {"i1": Node("a", "größe"), "i2": Node("b", "x 1"), "i3": Node("c", "x_1")}
    text = program_of(Project(Graph(layers, nodes))).text
    assert "    größe = keras.Input(" in text
    assert '    x_1 = keras.Input((4,), name="c")' in text
    assert '    x_1_2 = keras.Input((4,), name="b")' in text


@pytest.mark.parametrize("value", HOSTILE)
def test_text_literals_mean_what_they_say_and_are_as_black_writes_them(value: str) -> None:
    from codegen.spelling import text  # noqa: PLC0415 - the one inner function tested

    written = text(value)
    assert ast.literal_eval(written) == value
    assert tidy(f"x = {written}\n") == f"x = {written}\n"
