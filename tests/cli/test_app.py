"""Verbs, wrong use, and what is not loaded."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from cli.app import VERBS

if TYPE_CHECKING:
    from collections.abc import Callable

    Run = Callable[..., Any]
    Start = Callable[..., subprocess.Popen[str]]


HOME = Path(__file__).resolve().parents[2]


def one_sentence(text: str) -> bool:
    return text.count("\n") == 1 and text.strip().endswith(".") and "Traceback" not in text


def test_help_lists_each_verb(here: Run) -> None:
    said = here("--help")
    assert said.status == 0
    for verb in VERBS:
        assert f" {verb} " in said.out


@pytest.mark.parametrize("verb", VERBS)
def test_each_verb_has_a_page(here: Run, verb: str) -> None:
    said = here(verb, "--help")
    assert said.status == 0
    assert f"layerloom {verb}" in said.out


def test_help_loads_neither_qt_nor_networkx_nor_tensorflow() -> None:
    heavy = ("PySide6", "networkx", "tensorflow", "keras", "numpy", "msgspec")
    asks = (
        "import sys; from cli.app import main; main(['--help']); "
        f"print(sorted(set({heavy!r}) & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", asks], cwd=HOME, capture_output=True, text=True, check=True
    )
    assert done.stderr == "[]\n"


def test_version(here: Run) -> None:
    assert here("--version").out == f"layerloom {version('layerloom')}\n"


def test_a_mistyped_verb_is_guessed(here: Run) -> None:
    said = here("chekc", "x.loom")
    assert said.status == 2
    assert "Did you mean check?" in said.err
    assert one_sentence(said.err.replace("chekc. Did", "chekc: did").replace("?", "."))


@pytest.mark.parametrize(
    "words",
    [("--nonsense",), ("check",), ("check", "a", "b"), ("train", "mlp", "--epochs", "0")],
)
def test_wrong_use_is_a_sentence_and_status_2(here: Run, words: tuple[str, ...]) -> None:
    said = here(*words)
    assert said.status == 2
    assert said.out == ""
    assert "--help." in said.err
    assert said.err.count("\n") == 1


@pytest.mark.parametrize(
    "words",
    [("check", "gone.loom", "--json"), ("check", "--json"), ("train", "gone.loom", "--json")],
)
def test_with_json_an_error_is_json(here: Run, words: tuple[str, ...]) -> None:
    said = here(*words)
    assert said.status == 2
    assert said.err == ""
    assert list(json.loads(said.out)) == ["error"]


def test_without_a_display_a_sentence_names_what_works(child: Run) -> None:
    said = child()
    assert said.status == 2
    assert said.out == ""
    assert one_sentence(said.err)
    assert "demo --headless" in said.err
    assert "check" in said.err


def test_a_missing_system_library_is_named_with_its_cure(child: Run, tmp_path: Path) -> None:
    fake = tmp_path / "stubs" / "PySide6"
    fake.mkdir(parents=True)
    reason = "libEGL.so.1: cannot open shared object file: No such file or directory"
    (fake / "__init__.py").write_text(f"raise ImportError({reason!r})", encoding="utf-8")
    said = child("render", "mlp", "-o", "a.svg", PYTHONPATH=str(fake.parent))
    assert said.status == 3
    assert one_sentence(said.err)
    assert "libEGL.so.1" in said.err
    assert "apt-get install" in said.err


def test_a_reader_that_leaves_early_is_no_error(start: Start) -> None:
    process = start("check", "mlp")
    process.stdout.close()
    assert process.stderr.read() == ""
    assert process.wait(60) == 0


def test_an_old_code_page_is_no_error(child: Run) -> None:
    said = child("check", "mlp", PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert (said.status, said.err) == (0, "")
    assert "238,510" in said.out
