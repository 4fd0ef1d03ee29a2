"""Project files: the same text for the same project, and a sentence for every broken one."""

from __future__ import annotations

import json
import signal
from typing import TYPE_CHECKING

import pytest

from graph import edits, projectfile
from graph.inference import infer
from graph.params import Named
from graph.placing import connect, new_node
from graph.project import Checkpoint, Goal, Project, Training

if TYPE_CHECKING:
    from pathlib import Path


def chain() -> Project:
    project = Project(name="chain")
    add, first = new_node(project, "Input", 0, 0)
    project, _ = edits.apply(project, add)
    add, second = new_node(project, "Dense", 240, 0)
    project, _ = edits.apply(project, add)
    project, _ = edits.apply(project, connect(project, first, second))
    layer = project.graph.nodes[second].layer
    params = {"kernel_regularizer": Named("L2", {"l2": 0.5}), "units": 7}
    project, _ = edits.apply(project, edits.SetParams(layer, params))
    plan = Training(
        optimizer=Named("SGD", {"momentum": 0.9}),
        goals={f"{second}:0": Goal("mse", ("mae",))},
        checkpoint=Checkpoint(monitor="val_loss"),
    )
    project, _ = edits.apply(project, edits.SetTraining(plan))
    return project


def test_a_project_comes_back_as_it_was_and_its_text_is_stable() -> None:
    project = chain()
    text = projectfile.dumps(project)
    assert projectfile.loads(text) == project
    assert projectfile.dumps(projectfile.loads(text)) == text


def test_a_change_of_one_parameter_changes_one_line() -> None:
    before = chain()
    layer = next(key for key, one in before.graph.layers.items() if one.kind == "Dense")
    after, _ = edits.apply(before, edits.SetParams(layer, {"units": 8}))
    old, new = (projectfile.dumps(one).splitlines() for one in (before, after))
    assert len(old) == len(new)
    assert sum(a != b for a, b in zip(old, new, strict=True)) == 1


def test_an_unknown_layer_is_kept_shown_and_saved_back_unchanged() -> None:
    raw = json.loads(projectfile.dumps(chain()))
    layer = next(iter(raw["graph"]["layers"]))
    strange = {
        "kind": "HoloConv9D",
        "name": "odd",
        "params": {"depth": [1, {"class": 3, "x": None}]},
    }
    raw["graph"]["layers"][layer] = strange
    raw["from_the_future"] = {"keep": ["me"]}
    project = projectfile.loads(json.dumps(raw))
    again = json.loads(projectfile.dumps(project))
    assert again["graph"]["layers"][layer] == strange
    assert again["from_the_future"] == {"keep": ["me"]}
    found = [one.problem for one in infer(project).nodes.values() if one.problem is not None]
    assert [one.kind for one in found] == ["unknown layer"]
    assert "HoloConv9D" in found[0].sentence


BROKEN = {
    "cut off": lambda text: text[: len(text) // 2],
    "not JSON": lambda _: "hello there",
    "foreign": lambda _: '{"nodes": [], "format": "onnx"}',
    "a list": lambda _: "[1, 2]",
    "newer": lambda text: text.replace('"layerloom": 1', '"layerloom": 99'),
    "no version": lambda text: text.replace('"layerloom": 1', '"layerloom": "one"'),
    "graph missing": lambda _: '{"layerloom": 1}',
    "wrong type": lambda text: text.replace('"epochs": 10', '"epochs": "ten"'),
    "loose wire": lambda text: text.replace('"source": "i1"', '"source": "i77"'),
    "empty": lambda _: "",
}


@pytest.mark.parametrize("how", BROKEN)
def test_a_broken_file_gets_one_sentence_and_stays_as_it_is(how: str, tmp_path: Path) -> None:
    text = BROKEN[how](projectfile.dumps(chain()))
    path = tmp_path / "broken.loom"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(projectfile.BadFile) as caught:
        projectfile.read(path)
    sentence = str(caught.value)
    assert "broken.loom" in sentence
    assert "\n" not in sentence
    assert "Traceback" not in sentence
    assert path.read_text(encoding="utf-8") == text


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(projectfile.BadFile, match="There is no file"):
        projectfile.read(tmp_path / "nowhere.loom")


def test_a_file_that_cannot_be_written_leaves_the_old_one(tmp_path: Path) -> None:
    with pytest.raises(projectfile.BadFile, match="nothing was lost"):
        projectfile.write(tmp_path / "no such folder" / "a.loom", chain())


@pytest.mark.may_skip(reason="Windows can't limit the size of a file")
def test_a_disk_that_fills_up_leaves_the_old_file(tmp_path: Path) -> None:
    resource = pytest.importorskip("resource")
    path = tmp_path / "kept.loom"
    projectfile.write(path, chain())
    before = path.read_bytes()
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    was = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (64, limits[1]))
    try:
        with pytest.raises(projectfile.BadFile, match="nothing was lost"):
            projectfile.write(path, Project())
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, was)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_others_can_read_a_file_as_the_system_is_set_up(tmp_path: Path) -> None:
    plain = tmp_path / "plain"
    plain.touch()
    path = tmp_path / "a.loom"
    projectfile.write(path, chain())
    assert path.stat().st_mode == plain.stat().st_mode


def test_opening_a_file_never_runs_what_is_in_it(tmp_path: Path) -> None:
    mark = tmp_path / "ran"
    attack = f"__import__('pathlib').Path({str(mark)!r}).touch()"
    text = projectfile.dumps(chain()).replace("chain", attack.replace('"', "'"))
    path = tmp_path / "attack.loom"
    path.write_text(text.replace('"Dense"', json.dumps(attack)), encoding="utf-8")
    infer(projectfile.read(path))
    assert not mark.exists()
