"""The house rules that a machine can hold: imports, sizes, forbidden words. Each guard is tried."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from graph import registry

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("graph", "codegen", "engine", "cli", "gui")
SOURCES = sorted(path for name in PACKAGES for path in (ROOT / name).rglob("*.py"))

FUNCTION_LINES, CLASS_LINES, FILE_LINES = 40, 250, 400
# what may be longer than the budget, with the reason
LONGER: dict[str, str] = {}

NO_KERAS = """
import importlib, sys
class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {"PySide6", "keras", "tensorflow", "pyqtgraph"}:
            raise ImportError(f"{name} is not for the core")
sys.meta_path.insert(0, Refuse())
for name in sys.argv[1:]:
    importlib.import_module(name)
"""


def module_name(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def test_the_core_runs_without_qt_and_without_keras() -> None:
    names = [module_name(path) for path in SOURCES if path.parts[len(ROOT.parts)] in PACKAGES[:2]]
    names += [f"engine.{name}" for name in ("client", "command", "protocol", "runs")]
    done = subprocess.run(
        [sys.executable, "-c", NO_KERAS, *names],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


PLANTS = {
    "graph imports gui": ("graph/shapes.py", "import gui.theme"),
    "graph imports Qt": ("graph/inference.py", "import PySide6.QtCore"),
    "codegen imports Keras": ("codegen/plan.py", "import keras"),
    "codegen imports the engine": ("codegen/source.py", "import engine.client"),
    "the window imports TensorFlow": ("gui/document.py", "import tensorflow"),
    "the window imports the server": ("gui/document.py", "import engine.server"),
    "the server imports the drawing": ("engine/server.py", "import graph.project"),
    "panels know each other": ("gui/panels/code.py", "import gui.panels.library"),
    "a panel imports the canvas": ("gui/panels/code.py", "import gui.canvas.view"),
    "the document imports a panel": ("gui/document.py", "import gui.panels.code"),
    "a rule imports inference": ("graph/shapes.py", "import graph.inference"),
    "a file nobody placed": ("graph/brand_new.py", "import graph.shapes"),
}


@pytest.fixture(scope="module")
def copy_of_the_tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tree")
    for name in PACKAGES:
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def test_the_contracts_on_imports_are_kept(copy_of_the_tree: Path) -> None:
    done = lint_imports(copy_of_the_tree)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("plant", PLANTS)
def test_a_planted_violation_is_caught(plant: str, copy_of_the_tree: Path) -> None:
    name, line = PLANTS[plant]
    path = copy_of_the_tree / name
    before = path.read_text(encoding="utf-8") if path.exists() else None
    path.write_text(f"{before or ''}\n{line}\n", encoding="utf-8")
    try:
        done = lint_imports(copy_of_the_tree)
    finally:
        if before is None:
            path.unlink()
        else:
            path.write_text(before, encoding="utf-8")
    assert done.returncode != 0, f"{line} in {name} went unnoticed"
    assert "BROKEN" in done.stdout or "not listed" in (done.stdout + done.stderr).lower(), (
        done.stdout
    )


def sizes(path: Path) -> list[tuple[str, int, int]]:
    """Return what is larger than the budget in a file: its name, its lines, the budget."""
    text = path.read_text(encoding="utf-8")
    where = path.relative_to(ROOT).as_posix()
    found = [(where, text.count("\n"), FILE_LINES)]
    for part in ast.walk(ast.parse(text)):
        if isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            assert part.end_lineno is not None
            budget = CLASS_LINES if isinstance(part, ast.ClassDef) else FUNCTION_LINES
            found.append((f"{where}:{part.name}", part.end_lineno - part.lineno + 1, budget))
    return [one for one in found if one[1] > one[2]]


def test_nothing_is_longer_than_its_budget_without_a_reason() -> None:
    over = [one for path in SOURCES for one in sizes(path) if one[0] not in LONGER]
    assert not over, "\n".join(
        f"{name}: {lines} lines, the budget is {of}" for name, lines, of in over
    )


FORBIDDEN = {
    r"processEvents\(": "wait for a signal instead: this re-enters the window's code by invitation",
    r"^\s*from \S+ import \*": "name what you import",
    r"\bid\(\w+\) *(==|in)": "compare values, or keep an id of our own",
    r"\b(Manager|Helper|Utils?)\b\(?": "say what it is, not that it helps",
}


@pytest.mark.parametrize("pattern", FORBIDDEN)
def test_forbidden_words(pattern: str) -> None:
    found = [
        f"{path.relative_to(ROOT)}:{number}: {FORBIDDEN[pattern]}"
        for path in SOURCES
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if re.search(pattern, line)
    ]
    assert not found, "\n".join(found)


def layer_names_in(source: str) -> list[str]:
    """Return the layer types that a source names in a string constant."""
    known = {spec.name for spec in registry.all_specs()} - {"Input"}
    return [
        node.value
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in known
    ]


def test_no_layer_is_named_outside_the_catalogue() -> None:
    found = {
        path.relative_to(ROOT).as_posix(): names
        for path in SOURCES
        if "graph/layers" not in path.as_posix()
        and (names := layer_names_in(path.read_text(encoding="utf-8")))
    }
    assert not found


def test_the_guard_on_layer_names_sees_one() -> None:
    assert layer_names_in('if kind == "Dense":\n    pass\n') == ["Dense"]
