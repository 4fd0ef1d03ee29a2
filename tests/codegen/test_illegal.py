"""Illegal drawings are written too, and Keras stops at the very line of the node at fault."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from codegen import emit
from graph.inference import infer
from graph.project import Graph, Layer, Link, Node, Port, Project

if TYPE_CHECKING:
    from pathlib import Path

    from codegen import Program

_SCRIPT = """
import json, sys, traceback
found = {}
for name, text in json.load(open("programs.json")).items():
    space = {"__name__": "program"}
    exec(compile(text, name, "exec"), space)
    try:
        space["build_model"]()
    except Exception as error:
        lines = [one.lineno for one in traceback.extract_tb(error.__traceback__)
                 if one.filename == name]
        found[name] = [lines[-1], type(error).__name__]
print(json.dumps(found))
"""


def drawing(kind: str, links: list[Link], params: dict[str, Any] | None = None) -> Project:
    """Two Inputs of 8 × 8 × 1 (`a`, `b`), the node at fault (`bad`), and a Flatten behind it."""
    shape = {"shape": (8, 8, 1)}
    layers = {
        "a": Layer("Input", "a", shape),
        "b": Layer("Input", "b", shape),
        "bad": Layer(kind, "bad", params or {}),
        "end": Layer("Flatten", "end"),
    }
    nodes = {key: Node(key, f"{key}1") for key in layers}
    wires = {f"w{at}": link for at, link in enumerate([*links, Link("bad", "end")])}
    return Project(Graph(layers, nodes, wires, (Port("end"),)))


LARGE = {"filters": 2, "kernel_size": (9, 9)}
TWO = [Link("a", "bad"), Link("b", "bad", 1)]
CASES = {
    "nothing wired": drawing("Conv2D", [], {"filters": 2, "kernel_size": (3, 3)}),
    "nothing merged": drawing("Concatenate", []),
    "nothing added": drawing("Add", []),
    "surplus for Dropout": drawing("Dropout", TWO, {"rate": 0.5}),
    "surplus for BatchNormalization": drawing("BatchNormalization", TWO),
    "surplus for Flatten": drawing("Flatten", TWO),
    "unknown layer": drawing("Nonsense", [Link("a", "bad")]),
    "unknown parameter": drawing("Flatten", [Link("a", "bad")], {"colour": 1}),
    "odd parameter": drawing("Flatten", [Link("a", "bad")], {"no name": 1}),
    "required parameter": drawing("Dense", [Link("a", "bad")]),
    "window too large": drawing("Conv2D", [Link("a", "bad")], LARGE),
    "circle": drawing("Add", [Link("a", "bad"), Link("end", "bad", 1)]),
    "no activation": drawing("Dense", [Link("a", "bad")], {"units": 3, "activation": "x"}),
}


@pytest.mark.engine
def test_keras_stops_at_the_line_of_the_node_at_fault(tmp_path: Path) -> None:
    programs: dict[str, Program] = {
        name: emit(project, infer(project)) for name, project in CASES.items()
    }
    texts = {name: program.text for name, program in programs.items()}
    (tmp_path / "programs.json").write_text(json.dumps(texts), encoding="utf-8")
    env = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    done = subprocess.run(
        [sys.executable, "-c", _SCRIPT],
        cwd=tmp_path,
        env=env | {"TF_CPP_MIN_LOG_LEVEL": "3", "KERAS_BACKEND": "tensorflow"},
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    found = json.loads(done.stdout.splitlines()[-1])
    blamed = {
        name: programs[name].node_at(found[name][0]) if name in found else "Keras took it"
        for name in CASES
    }
    assert blamed == dict.fromkeys(CASES, "bad")


def test_infer_finds_each_of_them() -> None:
    for name, project in CASES.items():
        assert infer(project).nodes["bad"].problem is not None, name
