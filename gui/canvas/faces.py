"""What stands on a node: its texts and its size, from the layer, the report and the catalogue.

    ┌───────────────────────────┐
    │ ● conv1            Conv2D │   name, layer
    ○ [32] [3 × 3] [relu]       ○   what was set (the catalogue's `shown`)
    ├───────────────────────────┤
    │ 26 × 26 × 32          320 │   output shape, parameters
    └───────────────────────────┘

Ports stand at a fixed distance from the top, so that wires between nodes in a row are straight
whatever the nodes' heights.
"""

from __future__ import annotations

import math
from enum import IntEnum, auto
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QFont, QFontMetricsF

from graph import registry
from graph.params import Named, show
from graph.shapes import show_shape
from graph.spec import Calls
from gui.theme import code_font, load_fonts, text_font

if TYPE_CHECKING:
    from graph.inference import NodeReport
    from graph.params import Value
    from graph.project import Layer
    from graph.spec import LayerSpec, Made

MIN_WIDTH, MAX_WIDTH = 152.0, 320.0
EDGE = 12.0  # from a node's border to its texts
HEAD, CHIPS, FOOT = 32.0, 28.0, 24.0  # heights of the three rows
CHIP_HEIGHT, CHIP_EDGE, CHIP_GAP = 20.0, 6.0, 4.0
ICON, ICON_GAP, NAME_GAP = 10.0, 8.0, 16.0
PORT_LINE, PORT_STEP, PORT_RADIUS = 44.0, 16.0, 4.5
GRID = 4.0


class Style(IntEnum):  # as dictionary keys, whole numbers are many times faster than Enum
    """The faces in which the canvas writes."""

    NAME = auto()
    KIND = auto()
    FIGURE = auto()
    CAPTION = auto()
    FAR = auto()  # names when zoomed out, in pixels of the screen


class Chip(NamedTuple):
    """A parameter on a node: its name, its text, and its place from the node's left edge."""

    param: str
    text: str
    x: float
    width: float


class Face(NamedTuple):
    """All that is written on a node, with its size in pixels."""

    name: str
    kind: str
    family: str
    chips: tuple[Chip, ...]
    shape: str
    params: str
    inputs: int
    outputs: int
    before: str  # above the node at the left: its place among the inputs, or what it shares
    after: str  # above the node at the right: its place among the outputs
    shared: bool
    spare: bool  # is the last input port one for a further wire?
    width: float
    height: float
    kind_width: float
    count_width: float
    after_width: float

    def port_y(self, side: str, index: int) -> float:
        """Return how far below the node's top the port stands."""
        return port_offset(self.inputs if side == "in" else self.outputs, index)


def port_offset(count: int, index: int) -> float:
    """Return how far below a node's top stands port `index` of `count` on one side."""
    first = max(PORT_STEP, PORT_LINE - PORT_STEP * (count - 1) / 2)
    return first + PORT_STEP * index


class Measure:
    """Widths of texts, each measured once: at 5,000 nodes measuring again would take 0.2 s."""

    def __init__(self) -> None:
        load_fonts()
        self.fonts: dict[Style, QFont] = {
            Style.NAME: text_font(13, QFont.Weight.DemiBold),
            Style.KIND: text_font(11),
            Style.FIGURE: code_font(11),
            Style.CAPTION: text_font(11),
            Style.FAR: text_font(11, QFont.Weight.Medium),
        }
        for font in self.fonts.values():
            font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
        self._metrics = {style: QFontMetricsF(font) for style, font in self.fonts.items()}
        self.ascents = {style: metrics.ascent() for style, metrics in self._metrics.items()}
        self._widths: dict[tuple[Style, str], float] = {}

    def width(self, style: Style, text: str) -> float:
        """Return the width of a line of text in pixels."""
        found = self._widths.get((style, text))
        if found is None:
            found = self._metrics[style].horizontalAdvance(text)
            self._widths[style, text] = found
        return found

    def fitted(self, style: Style, text: str, room: float) -> str:
        """Return the text, shortened with an ellipsis where it is wider than the room."""
        if self.width(style, text) <= room:
            return text
        return self._metrics[style].elidedText(text, Qt.TextElideMode.ElideRight, room)


class Place(NamedTuple):
    """What a node's face depends on beside its layer and report."""

    label: str
    inputs: int = 0  # wires that end in it
    highest: int = -1  # highest input slot with a wire
    output: int = -1  # highest output with a wire
    before: str = ""
    after: str = ""
    shared: bool = False


def make_face(layer: Layer, report: NodeReport | None, place: Place, measure: Measure) -> Face:
    """Return the face of a node; a layer type that isn't known has a plain one."""
    spec = registry.find(layer.kind)
    made = report.made if report is not None else None
    shape, count = _figures(made)
    texts = chip_texts(spec, layer)
    if spec is not None and spec.calls is Calls.SOURCE:
        texts = {name: text for name, text in texts.items() if text != shape}  # it stands below
    chips, chips_width = _lay_chips(texts, measure)
    kind_width = measure.width(Style.KIND, layer.kind)
    head = 2 * EDGE + ICON + ICON_GAP + NAME_GAP + kind_width
    name = measure.fitted(Style.NAME, place.label, max(MAX_WIDTH - head, 40.0))
    shape = measure.fitted(Style.FIGURE, shape, MAX_WIDTH - 120)
    count_width = measure.width(Style.FIGURE, count)
    foot = 2 * EDGE + measure.width(Style.FIGURE, shape) + NAME_GAP + count_width
    wide = max(MIN_WIDTH, head + measure.width(Style.NAME, name), chips_width, foot)
    inputs, outputs = _port_counts(spec, made.outputs if made is not None else (), place)
    last = max(port_offset(inputs, inputs - 1), port_offset(outputs, outputs - 1))
    height = max(HEAD + (CHIPS if chips else 0.0) + FOOT, last + PORT_STEP)
    return Face(
        name,
        layer.kind,
        spec.family if spec is not None else "unknown",
        chips,
        shape,
        count,
        inputs,
        outputs,
        place.before,
        place.after,
        place.shared,
        _takes_more(spec),
        math.ceil(wide / GRID) * GRID,
        math.ceil(height / GRID) * GRID,
        kind_width,
        count_width,
        measure.width(Style.CAPTION, place.after) if place.after else 0.0,
    )


def _figures(made: Made | None) -> tuple[str, str]:
    """Return the output shape and the number of parameters, as texts."""
    if made is None:
        return "?", "?"
    more = f"  +{len(made.outputs) - 1}" if len(made.outputs) > 1 else ""
    count = f"{made.weights.trainable + made.weights.fixed:,}"
    return f"{show_shape(made.outputs[0].shape)}{more}", count


def _takes_more(spec: LayerSpec | None) -> bool:
    return spec is None or spec.calls is Calls.LIST


def _port_counts(
    spec: LayerSpec | None, outputs: tuple[object, ...], place: Place
) -> tuple[int, int]:
    if _takes_more(spec):
        inputs = place.inputs + 1  # one for each wire, and a free one
    else:
        inputs = max(len(spec.inputs) if spec is not None else 0, place.highest + 1)
    known = len(outputs) or (len(spec.outputs) if spec is not None else 1)
    return inputs, max(known, place.output + 1)


def chip_texts(spec: LayerSpec | None, layer: Layer) -> dict[str, str]:
    """Return the parameters that stand on a node by name: `32`, `3 × 3`, `relu`, `axis -1`."""
    if spec is None:
        return {}
    params, defaults = layer.params, spec.defaults
    texts = {
        name: _chip_text(name, params.get(name, defaults.get(name)), plain=name in spec.positional)
        for name in spec.shown
    }
    return {name: text for name, text in texts.items() if text}


def _chip_text(name: str, value: Value, *, plain: bool) -> str:
    if value is None or value is False or (isinstance(value, Named) and value.name == "linear"):
        return ""
    if value is True:
        return name
    # words and settings that the code passes without their name speak for themselves
    if plain or isinstance(value, str | Named):
        return show(value)
    return f"{name} {show(value)}"


def _lay_chips(texts: dict[str, str], measure: Measure) -> tuple[tuple[Chip, ...], float]:
    chips: list[Chip] = []
    x = EDGE
    for param, text in texts.items():
        shown = measure.fitted(Style.FIGURE, text, 140.0)
        width = math.ceil(measure.width(Style.FIGURE, shown)) + 2 * CHIP_EDGE
        if x + width + EDGE > MAX_WIDTH:
            break
        chips.append(Chip(param, shown, x, width))
        x += width + CHIP_GAP
    return tuple(chips), x - CHIP_GAP + EDGE if chips else 0.0


def output_caption(places: list[int], count: int) -> str:
    """Return what stands above a node that the model returns: its places among the outputs."""
    if not places:
        return ""
    if count == 1:
        return QCoreApplication.translate("canvas", "output")
    numbers = ", ".join(str(place + 1) for place in places)
    return QCoreApplication.translate("canvas", "output {0}").format(numbers)
