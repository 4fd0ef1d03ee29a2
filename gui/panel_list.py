"""The panels of a window, by name. Those that aren't in sight at the start are made when seen."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from gui.late import LatePanel
from gui.panels.activations import ActivationsPanel
from gui.panels.code import CodePanel
from gui.panels.data.panel import DataPanel
from gui.panels.inspector.panel import InspectorPanel
from gui.panels.library.panel import LibraryPanel
from gui.panels.plan.panel import PlanPanel
from gui.panels.problems import ProblemsPanel
from gui.panels.summary import SummaryPanel
from gui.panels.training.panel import TrainingPanel

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from engine.runs import Run
    from gui.main_window import MainWindow
    from gui.theme import Theme


def make_panels(window: MainWindow) -> dict[str, QWidget]:
    """Return the panels of a window, which has its document, runner and queue by now."""
    document, theme, runner = window.document, window.theme, window.runner
    return {
        "library": LibraryPanel(document, theme),
        "inspector": InspectorPanel(document, theme),
        "code": CodePanel(document, theme),
        "training": TrainingPanel(document, theme, runner),
        "plan": _plan(window, theme),
        "runs": LatePanel(partial(_runs, window), theme),
        "problems": _problems(window, theme),
        "summary": SummaryPanel(document, theme),
        "data": _data(window, theme),
        "augmentation": LatePanel(partial(_augmentation, window), theme),
        "activations": ActivationsPanel(document, theme, runner),
        "evaluation": LatePanel(partial(_evaluation, window), theme),
        "pad": LatePanel(partial(_pad, window), theme),
    }


def _plan(window: MainWindow, theme: Theme) -> QWidget:
    panel = PlanPanel(window.document, theme)
    panel.experiment_wanted.connect(window.queue.add_experiment)
    panel.experiment_wanted.connect(lambda *_: window.show_panel("training"))
    panel.rate_wanted.connect(partial(_find_rate, window, panel))
    return panel


def _problems(window: MainWindow, theme: Theme) -> QWidget:
    panel = ProblemsPanel(window.document, theme)
    panel.rows_wanted.connect(partial(_show_left_out, window))
    return panel


def _show_left_out(window: MainWindow) -> None:
    """Show which rows of the data aren't used."""
    window.show_panel("data")
    window.panels["data"].show_page("left_out")  # type: ignore[attr-defined]


def _data(window: MainWindow, theme: Theme) -> QWidget:
    panel = DataPanel(window.document, theme, window.runner)
    panel.binder.picker.settings = window.settings
    return panel


def _find_rate(window: MainWindow, panel: PlanPanel) -> None:
    from gui.panels.plan.rate_finder import RateFinder  # noqa: PLC0415 - once it is wanted

    finder = panel.findChild(RateFinder)
    if finder is None:
        finder = RateFinder(window.document, window.theme, window.runner, panel)
    finder.set_theme(window.theme)
    finder.search()


def _runs(window: MainWindow, theme: Theme) -> QWidget:
    from gui.panels.runs.panel import RunsPanel  # noqa: PLC0415 - once it is seen

    panel = RunsPanel(theme, window.runner, window.queue)
    panel.acts.drawing_wanted.connect(window.open_project)
    panel.acts.record_wanted.connect(partial(_show_training, window))
    panel.acts.maps_wanted.connect(window.show_maps)
    panel.acts.evaluation_wanted.connect(window.show_evaluation)
    panel.acts.training_wanted.connect(window.commands.train)
    return panel


def _show_training(window: MainWindow, run: Run) -> None:
    """Show how a run was trained: its curves, rates, gradients and notes."""
    window.show_panel("training")
    window.panels["training"].show_run(run)  # type: ignore[attr-defined]


def _augmentation(window: MainWindow, theme: Theme) -> QWidget:
    from gui.panels.augmentation.panel import AugmentationPanel  # noqa: PLC0415 - once it is seen

    panel = AugmentationPanel(window.document, theme, window.runner)
    panel.experiment_wanted.connect(window.queue.add_experiment)
    panel.experiment_wanted.connect(lambda *_: window.show_panel("training"))
    return panel


def _evaluation(window: MainWindow, theme: Theme) -> QWidget:
    from gui.panels.evaluation.panel import EvaluationPanel  # noqa: PLC0415 - once it is seen

    return EvaluationPanel(theme, window.runner)


def _pad(window: MainWindow, theme: Theme) -> QWidget:
    from gui.panels.pad.panel import PadPanel  # noqa: PLC0415 - once it is seen

    return PadPanel(window.document, theme, window.runner)
