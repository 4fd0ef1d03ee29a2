"""A run whose model is tried: which Inputs take pictures, and what is asked of an engine."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from codegen import emit_view, image_listing
from codegen.emit_predict import OwnImage
from codegen.spelling import variables
from engine.answers import said_by
from engine.pictures import (
    as_input,
    as_picture,
    fitted,
    frame_of,
    ground_of,
    is_standardised_picture,
    known_ground,
    measured,
    scale_of,
)
from engine.protocol import Predict
from graph.binding import bind
from graph.classnames import names_of
from graph.datasets import find_data, is_file
from graph.statistics import some_pictures

if TYPE_CHECKING:
    from codegen import Program
    from engine.answers import Said
    from engine.pictures import Frame, Ground
    from engine.protocol import Array
    from engine.runs import Run
    from graph.binding import Bindings, Bound
    from graph.inference import Report
    from graph.project import Project


class Look(NamedTuple):
    """How a picture is made ready: colours inverted, ink centred as MNIST's digits are."""

    invert: bool = False
    centre: bool = False


class Pictured(NamedTuple):
    """An Input that takes pictures: its place among the model's inputs, its name, their size."""

    place: int
    name: str
    frame: Frame
    bound: Bound

    def seen(self, picture: Array, look: Look) -> tuple[Array, tuple[str, ...]]:
        """Return a picture as the network sees it, and words for what was done."""
        return fitted(picture, self.frame, invert=look.invert, centre=look.centre)

    def values(self, seen: Array) -> Array:
        """Return what the model takes for a picture of the frame's size."""
        return as_input(seen, self.bound)

    def picture(self, values: Array) -> Array:
        """Return the picture for what the model takes."""
        return as_picture(values, self.bound, self.frame)


class Trial(NamedTuple):
    """A trained model with its drawing; `pictured` are the Inputs that can be drawn."""

    run: Run
    project: Project
    report: Report
    program: str
    bound: Bindings
    pictured: tuple[Pictured, ...]

    def question(
        self, place: int = 0, values: Array | None = None, node: str | None = None, sample: int = 0
    ) -> Predict:
        """Return the question for values at one Input's place; the rest is that of the sample.

        Args:
            place: of the Input among the model's inputs.
            values: as the model takes them, without batch axis; None: those of the sample.
            node: whose output is wanted as maps.
            sample: index into the test data.
        """
        inputs: list[Array | None] = [None] * len(self.bound.inputs)
        if values is not None:
            inputs[place] = values
        return Predict(
            program=self.program,
            section=None if node is None else emit_view(self.project, node).text,
            folder=str(Path(find_data(self.project)).resolve()),
            weights=None if self.run.weights is None else str(self.run.weights.resolve()),
            inputs=inputs,
            sample=sample,
        )

    def others(self, one: Pictured) -> tuple[str, ...]:
        """Return the names of the Inputs that are not drawn."""
        return tuple(
            self.project.graph.nodes[given.port.node].label
            for place, given in enumerate(self.bound.inputs)
            if place != one.place
        )

    @property
    def obstacle(self) -> str:
        """Why no Input can be drawn, as a sentence."""
        for given in self.bound.inputs:
            if is_standardised_picture(given):
                name = self.project.graph.nodes[given.port.node].label
                return (
                    f"{name} can't be drawn: its pixels are standardised with mean and deviation "
                    "of the training set, which this run has not kept. Train it again to draw here."
                )
        return "Nothing can be drawn for this model: its Inputs take numbers, not pictures."

    def ground(self, one: Pictured) -> Ground | None:
        """Return the ground of the data set's pictures; of own data some are looked at."""
        data, column = self.project.data, one.bound.column
        known = known_ground(data.source)
        if known is not None or column is None or not is_file(data.source):
            return known
        return ground_of(some_pictures(data, column))

    def said(self, outputs: list[Array], targets: list[Array] | None = None) -> tuple[Said, ...]:
        """Return what the outputs say, and should say if that is known."""
        return said_by(self.project, self.bound, outputs, targets)

    def listing(self, one: Pictured, look: Look, sample: int) -> Program:
        """Return the program that predicts the file `image.png` in the same way by itself."""
        frame = one.frame
        minus, by = scale_of(one.bound)
        how = OwnImage(
            frame.height,
            frame.width,
            frame.channels,
            minus,
            by,
            invert=look.invert,
            centre=look.centre,
            sample=sample,
            classes=self._classes(),
        )
        weights = self.run.weights.name if self.run.weights is not None else ""
        return image_listing(self.project, self.report, one.bound.port.node, how, weights)

    def _classes(self) -> tuple[str, ...]:
        """Return the names of the classes, if they are known."""
        columns = [one.column for one in self.bound.outputs if one.column is not None]
        named = next((column.labels for column in columns if column.labels), ())
        return named or names_of(self.project.data.source) or ()


def trial_of(run: Run, project: Project, report: Report) -> Trial:
    """Return a run to be tried; raises RunError if its program can't be read."""
    names, _ = variables(project.graph)
    moments = run.info.moments
    known = {key: moments[name] for key, name in names.items() if name in moments}
    bound = measured(bind(project, report), known)
    pictured = tuple(
        Pictured(place, project.graph.nodes[one.port.node].label, frame, one)
        for place, one in enumerate(bound.inputs)
        if (frame := frame_of(one)) is not None
    )
    return Trial(run, project, report, run.program_text, bound, pictured)
