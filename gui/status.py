"""The status bar: facts of the drawing at the left; engine, file and zoom at the right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QLabel, QStatusBar, QWidget

from gui.runner import State

if TYPE_CHECKING:
    from gui.document import Document
    from gui.theme import Theme

_ENGINE = {
    State.OFF: ("engine off", "muted"),
    State.STARTING: ("engine starting…", "muted"),
    State.READY: ("engine ready", "good"),
    State.TRAINING: ("training", "accent"),
    State.PAUSED: ("paused", "accent"),
    State.STOPPING: ("stopping…", "muted"),
    State.FAILED: ("engine stopped", "error"),
}


class StatusLine(QStatusBar):
    """One muted line of facts about the drawing."""

    def __init__(self, document: Document, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("status")
        self.setSizeGripEnabled(False)
        self._document = document
        self._layers, self._problems, self._params = (QLabel() for _ in range(3))
        self._engine, self._saved, self._zoom = (QLabel() for _ in range(3))
        names = ("layers", "problems", "params", "engine", "saved", "zoom")
        labels = (
            self._layers,
            self._problems,
            self._params,
            self._engine,
            self._saved,
            self._zoom,
        )
        for name, label in zip(names, labels, strict=True):
            label.setObjectName(f"status.{name}")
            label.setProperty("role", "muted")
            (self.addWidget if label in labels[:3] else self.addPermanentWidget)(label)
        document.changed.connect(self._on_document_changed)
        document.file_changed.connect(self._show_saved)
        self.set_theme(theme)
        self.show_engine(State.OFF, "")
        self._on_document_changed(None)
        self._show_saved()

    def set_theme(self, theme: Theme) -> None:
        """Follow the theme: all colours come from the style sheet."""
        self._theme = theme

    def show_engine(self, state: State, sentence: str) -> None:
        """Show what the engine is doing; the sentence stands in the tool tip."""
        text, role = _ENGINE[state]
        self._engine.setText(self.tr(text))
        self._engine.setToolTip(sentence)
        if self._engine.property("role") != role:
            self._engine.setProperty("role", role)
            self._engine.style().unpolish(self._engine)
            self._engine.style().polish(self._engine)

    def show_zoom(self, zoom: float) -> None:
        """Show the canvas's magnification."""
        self._zoom.setText(f"{zoom * 100:.0f} %")

    def _on_document_changed(self, _change: object) -> None:
        document = self._document
        layers, problems = len(document.project.graph.layers), len(document.problems)
        self._layers.setText(_count(layers, self.tr("layer"), self.tr("layers")))
        self._problems.setText(
            _count(problems, self.tr("problem"), self.tr("problems"))
            if problems
            else self.tr("no problems")
        )
        self._params.setText(
            _count(document.totals.params, self.tr("parameter"), self.tr("parameters"))
        )

    def _show_saved(self) -> None:
        has_file = self._document.path is not None
        saved = self.tr("saved") if has_file else self.tr("not saved yet")
        self._saved.setText(saved if self._document.is_saved else self.tr("unsaved changes"))


def _count(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"
