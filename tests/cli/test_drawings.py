"""`new`, `check`, `export`, `render`: what needs no training."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from graph import edits, projectfile, templates
from graph.project import Link

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Run = Callable[..., Any]


COUNTS = {"mlp": 238_510, "cnn": 90_678, "shared-input": 1_003_862, "three-depths": 643_926}
NAMES = tuple(template.name for template in templates.templates())


def broken(path: Path) -> Path:
    """Write a drawing whose last layer feeds its first."""
    project = templates.load("mlp")
    graph = project.graph
    link = next(iter(graph.links.values()))
    last = graph.outputs[0].node
    circle = edits.Connect("i999", Link(last, link.target, 0))
    path.write_text(projectfile.dumps(edits.apply(project, circle)[0]), encoding="utf-8")
    return path


def test_the_templates_are_listed_a_line_each(child: Run) -> None:
    said = child("new", "--list")
    assert said.status == 0
    assert tuple(said.out.split()) == NAMES
    assert len(NAMES) >= 9


def test_the_list_as_json(here: Run) -> None:
    assert tuple(json.loads(here("new", "--list", "--json").out)) == NAMES


def test_new_writes_the_template_and_replaces_nothing(here: Run, tmp_path: Path) -> None:
    assert here("new", "cnn", "-o", "a.loom").status == 0
    assert projectfile.read(tmp_path / "a.loom") == templates.load("cnn")
    again = here("new", "mlp", "-o", "a.loom")
    assert again.status == 2
    assert "--force" in again.err
    assert projectfile.read(tmp_path / "a.loom") == templates.load("cnn")
    assert here("new", "mlp", "-o", "a.loom", "--force").status == 0
    assert projectfile.read(tmp_path / "a.loom") == templates.load("mlp")


def test_an_unknown_template_is_answered_with_those_there_are(here: Run) -> None:
    said = here("new", "resnet", "-o", "a.loom")
    assert said.status == 2
    assert all(name in said.err for name in NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_the_templates_have_no_problems(here: Run, name: str) -> None:
    said = here("check", name, "--json")
    assert said.status == 0
    record = json.loads(said.out)
    assert record["problems"] == []
    total = record["parameters"]["total"]
    assert total == COUNTS.get(name, total)
    assert total == sum(record["parameters"][key] for key in ("trainable", "non_trainable"))
    assert sum(row["parameters"] for row in record["layers"]) == total
    assert len(record["layers"]) == len(templates.load(name).graph.nodes)


def test_check_prints_the_table(child: Run, tmp_path: Path) -> None:
    (tmp_path / "a.loom").write_text(projectfile.dumps(templates.load("mlp")), encoding="utf-8")
    said = child("check", "a.loom")
    assert said.status == 0
    assert said.err == ""
    assert "hidden1" in said.out
    assert "238,510" in said.out
    assert said.out.endswith("No problems.\n")


def test_errors_in_the_drawing_give_status_1(here: Run, tmp_path: Path) -> None:
    broken(tmp_path / "a.loom")
    said = here("check", "a.loom")
    assert said.status == 1
    assert "circle" in said.out
    record = json.loads(here("check", "a.loom", "--json").out)
    assert {problem["severity"] for problem in record["problems"]} >= {"error"}
    labels = {None, *(node.label for node in templates.load("mlp").graph.nodes.values())}
    assert all(problem["node"] in labels for problem in record["problems"])


@pytest.mark.parametrize(
    "words", [("train", "a.loom"), ("export", "a.loom", "-o", "a.py")], ids=("train", "export")
)
def test_a_drawing_with_errors_is_refused(
    here: Run, tmp_path: Path, words: tuple[str, ...]
) -> None:
    broken(tmp_path / "a.loom")
    said = here(*words)
    assert said.status == 1
    assert "error" in said.err
    assert said.err.count("\n") == 1
    assert not (tmp_path / "a.py").exists()


def damaged(kind: str) -> bytes:
    text = projectfile.dumps(templates.load("mlp"))
    match kind:
        case "truncated":
            return text[: len(text) // 2].encode()
        case "binary":
            return b"\x89PNG\r\n\x1a\n\xff\xfe"
        case "foreign":
            return b'{"cells": [], "nbformat": 4}'
        case "newer":
            content = msgspec.json.decode(text) | {"layerloom": 999}
            return msgspec.json.encode(content)
    return b""


@pytest.mark.parametrize("kind", ["truncated", "binary", "foreign", "newer", "empty"])
def test_a_file_that_cannot_be_read_is_a_sentence(here: Run, tmp_path: Path, kind: str) -> None:
    path = tmp_path / "a.loom"
    path.write_bytes(damaged(kind))
    for words in (("check", "a.loom"), ("a.loom",), ("render", "a.loom", "-o", "a.svg")):
        said = here(*words)
        assert said.status == 2
        assert said.out == ""
        assert "a.loom" in said.err
        assert said.err.count("\n") == 1
    assert path.read_bytes() == damaged(kind)


def test_a_missing_file_is_a_sentence(here: Run) -> None:
    said = here("check", "gone.loom")
    assert said.status == 2
    assert "gone.loom" in said.err
    assert said.err.count("\n") == 1


@pytest.mark.parametrize(
    "words",
    [
        ("new", "mlp", "-o", "gone/a.loom"),
        ("export", "mlp", "-o", "gone/a.py"),
        ("render", "mlp", "-o", "gone/a.svg"),
        ("render", "mlp", "-o", "gone/a.png"),
    ],
)
def test_a_folder_that_is_not_there_is_a_sentence(here: Run, words: tuple[str, ...]) -> None:
    said = here(*words)
    assert said.status == 2
    assert "gone" in said.err
    assert said.err.count("\n") == 1


def test_export_leaves_program_and_data(here: Run, tmp_path: Path) -> None:
    assert here("export", "mlp", "-o", "mlp.py").status == 0
    text = (tmp_path / "mlp.py").read_text(encoding="utf-8")
    compile(text, "mlp.py", "exec")
    assert "layerloom" not in text.lower()
    assert [path.suffix for path in (tmp_path / "data").iterdir()] == [".npz"]


@pytest.mark.parametrize("ending", ["svg", "png", "pdf"])
def test_render_paints_the_drawing(child: Run, tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"a.{ending}"
    said = child("render", "shared-input", "-o", path.name)
    assert (said.status, said.err) == (0, "")
    head = {"svg": b"<?xml", "png": b"\x89PNG", "pdf": b"%PDF"}[ending]
    assert path.read_bytes().startswith(head)
    if ending == "svg":
        assert b"26" in path.read_bytes()


def test_render_refuses_another_ending(here: Run) -> None:
    said = here("render", "mlp", "-o", "a.gif")
    assert said.status == 2
    assert ".svg" in said.err


@pytest.mark.may_skip
@pytest.mark.skipif(sys.platform == "win32", reason="Windows can't limit a file's size")
def test_a_full_disk_is_a_sentence_and_leaves_no_part(child: Run, tmp_path: Path) -> None:
    (tmp_path / "a.loom").write_text("old", encoding="utf-8")
    said = child("new", "mlp", "-o", "a.loom", "--force", largest_file=100)
    assert said.status == 2
    assert "a.loom" in said.err
    assert said.err.count("\n") == 1
    assert [path.name for path in tmp_path.iterdir()] == ["a.loom"]
    assert (tmp_path / "a.loom").read_text(encoding="utf-8") == "old"
