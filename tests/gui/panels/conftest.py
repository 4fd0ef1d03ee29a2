"""The drawing of the look's picture, with its one mistake, in a real document."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from graph import edits, placing
from graph.params import Named
from graph.project import Project
from gui.document import Document
from gui.panels.data.binder import BinderPanel
from gui.theme import DARK, Theme, apply_theme

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the offscreen platform say at each window that it takes no hints of its size."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.qt_log_ignore("propagateSizeHints", extend=True))


class Drawn(NamedTuple):
    """A document and the ids of its nodes by their labels."""

    document: Document
    keys: dict[str, str]

    def params(self, label: str) -> dict[str, Any]:
        return self.document.project.graph.layer_of(self.keys[label]).params

    def select(self, *labels: str) -> None:
        self.document.select(frozenset(self.keys[label] for label in labels))


def draw(rows: tuple[tuple[str, str, tuple[str, ...], dict[str, Any]], ...]) -> Drawn:
    """Draw layers, given as (kind, label, labels of the sources, parameters)."""
    project = Project(name="drawn")
    keys: dict[str, str] = {}
    for kind, label, sources, params in rows:
        edit, key = placing.new_node(project, kind, 0, 0)
        keys[label] = key
        project, _ = edits.apply(project, edit)
        project, _ = edits.apply(project, edits.Rename(key, label))
        layer = project.graph.nodes[key].layer
        project, _ = edits.apply(project, edits.SetParams(layer, params))
        for source in sources:
            project, _ = edits.apply(project, placing.connect(project, keys[source], key))
    return Drawn(Document(project), keys)


@pytest.fixture
def theme(qapp: Any) -> Theme:
    apply_theme(qapp, DARK)
    return DARK


@pytest.fixture
def drawn(qtbot: QtBot) -> Drawn:
    softmax = {"units": 10, "activation": Named("softmax")}
    return draw(
        (
            ("Input", "visible", (), {"shape": (28, 28, 1)}),
            ("Conv2D", "conv1", ("visible",), {"filters": 32, "kernel_size": (3, 3)}),
            ("MaxPooling2D", "pool1", ("conv1",), {}),
            ("Flatten", "flat1", ("pool1",), {}),
            ("Conv2D", "conv2", ("visible",), {"filters": 32, "kernel_size": (5, 5)}),
            ("MaxPooling2D", "pool2", ("conv2",), {}),
            ("Concatenate", "merge", ("flat1", "pool2"), {}),
            ("Dense", "output", ("merge",), softmax),
        )
    )


@pytest.fixture
def mlp(qtbot: QtBot) -> Drawn:
    softmax = {"units": 10, "activation": Named("softmax")}
    return draw(
        (
            ("Input", "visible", (), {"shape": (784,)}),
            ("Dense", "output", ("visible",), softmax),
        )
    )


@pytest.fixture
def binder(qtbot: QtBot, mlp: Drawn, theme: Theme) -> BinderPanel:
    made = BinderPanel(mlp.document, theme)
    qtbot.addWidget(made)
    made.resize(420, 520)
    with qtbot.waitExposed(made):
        made.show()
    return made
