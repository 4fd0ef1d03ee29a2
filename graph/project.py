"""The values: a drawing, its data and its training plan. Everything else is a function of them.

A *layer* is what Keras calls a layer; a *node* is one call of it. Most layers have one node; a
shared layer has several, none of which is its owner. A *link* goes from an output port of a node
to an input slot of another. *Outputs* is the ordered list of node ports that the model returns;
the model's inputs are its source nodes, in the order of `nodes`.

What may be wrong in a drawing and still be saved: missing or surplus links, cycles, doubled or
illegal names, layers of an unknown kind, parameters out of range. All of these are *problems*
(`graph.checks`), never exceptions.

Values are never changed in place: dicts in them are to be read only, and `graph.edits` makes new
ones.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import msgspec

from graph.params import Named


class Layer(msgspec.Struct, frozen=True):
    """A Keras layer: its class, its name in the model, and those parameters that were set."""

    kind: str
    name: str
    params: dict[str, Any] = {}


class Node(msgspec.Struct, frozen=True):
    """One call of a layer: the label is its variable in the code, x and y its place (pixels)."""

    layer: str
    label: str
    x: float = 0.0
    y: float = 0.0


class Port(NamedTuple):
    """One output of a node."""

    node: str
    output: int = 0


class Link(msgspec.Struct, frozen=True):
    """A wire from output `output` of `source` to input `slot` of `target`.

    A layer with fixed inputs has a slot for each; a layer that takes a list takes its inputs in
    the order of their slots, which need not be without gaps.
    """

    source: str
    target: str
    slot: int = 0
    output: int = 0


class Graph(msgspec.Struct, frozen=True):
    """A drawing: tables by id, and the model's outputs in order. `serial`: ids given so far."""

    layers: dict[str, Layer] = {}
    nodes: dict[str, Node] = {}
    links: dict[str, Link] = {}
    outputs: tuple[Port, ...] = ()
    serial: int = 0

    def layer_of(self, node: str) -> Layer:
        """Return the layer that a node calls."""
        return self.layers[self.nodes[node].layer]

    def calls_of(self, layer: str) -> tuple[str, ...]:
        """Return the nodes that call a layer, in the order of the table."""
        return tuple(key for key, node in self.nodes.items() if node.layer == layer)

    def fresh_ids(self, count: int) -> tuple[str, ...]:
        """Return ids that no part of the drawing has ever had."""
        return tuple(f"i{self.serial + step}" for step in range(1, count + 1))


class Binding(msgspec.Struct, frozen=True):
    """What one Input or output gets: a column of the data set, and what is done to it.

    `scale`: divide pixels by 255. `form`: "auto" gives labels the form the loss asks for;
    "integer" and "one-hot" set it by hand. `transforms`: what is done before that, in order, by
    the names of `graph.transforms`.
    """

    column: str
    scale: bool = True
    form: str = "auto"
    transforms: tuple[Named, ...] = ()


class Data(msgspec.Struct, frozen=True):
    """The data set, by the name of a known one or the path of a file or folder, and its columns.

    `inputs` is keyed by node id, `outputs` by `node:output` of the port. `joined` are the paths of
    further sources whose rows are matched with those of the first by their keys: by the column
    `key` of the tables that have it, or if that is "" by what `graph.sources` finds. `test_split`
    is the share held out as the test set where the source has none of its own.
    """

    source: str = ""
    inputs: dict[str, Binding] = {}
    outputs: dict[str, Binding] = {}
    joined: tuple[str, ...] = ()
    test_split: float = 0.2
    key: str = ""


class Checkpoint(msgspec.Struct, frozen=True):
    """The settings of Keras's ModelCheckpoint.

    Source: https://keras.io/api/callbacks/model_checkpoint/
    """

    filepath: str = "model-{epoch:03d}.weights.h5"
    monitor: str = "val_accuracy"
    save_best_only: bool = True
    mode: str = "auto"
    restore_best: bool = True  # evaluate on the best weights, not on the last


class Goal(msgspec.Struct, frozen=True):
    """What one output is trained for: a loss and metrics, each by its Keras name or with settings.

    A text is Keras's identifier (`mean_squared_error`; the loss may be "auto"), a `Named` the
    class with its settings (`Huber(delta=2.0)`). `weight` is the output's share in the total loss.
    """

    loss: str | Named = "auto"
    metrics: tuple[str | Named, ...] = ("accuracy",)
    weight: float = 1.0


class Augmentation(msgspec.Struct, frozen=True):
    """How training images are varied: at random for each sample, the labels staying as they are.

    `how`: "none"; "online" varies each batch as it is trained on; "pre" makes a training set of
    `copies` times the size once, its first part unchanged. `flip`: "none", "horizontal",
    "vertical" or "both". `shift` and `zoom` are the largest shares of the size, `rotation` the
    largest angle in degrees, `contrast` and `brightness` the largest shares of change, `noise` a
    standard deviation and `cutout` the side of a blanked square as a share of the size, all for
    pixels from 0 to 1. `mixup`: alpha of MixUp's Beta distribution; 0 leaves it out.
    Sources: https://arxiv.org/abs/1708.04552 (cutout), https://arxiv.org/abs/1710.09412 (MixUp).
    """

    how: str = "none"
    copies: int = 3
    flip: str = "none"
    shift: float = 0.0
    rotation: float = 0.0
    zoom: float = 0.0
    contrast: float = 0.0
    brightness: float = 0.0
    noise: float = 0.0
    cutout: float = 0.0
    mixup: float = 0.0


class Training(msgspec.Struct, frozen=True):
    """How the model is trained.

    `validation`: "split" holds out the last `validation_split` of the training set, "test" uses
    the test set, "none" nothing. `limit`: use only so many training samples (None: all).
    `goals` is keyed by `node:output` of an output. `stratified`: the held out part has each label
    in the same share. `callbacks` are Keras's by class name, beside `checkpoint`; "File" is a
    callback of one's own (settings `path`, `name`). `class_weight`: "none", "balanced" or a
    weight for each label, such as "Dress: 2, Shirt: 0.5" (see `graph.classweights`).
    `sample_weight`: a column of the data, or "". The optimizer's `learning_rate` may be a `Named`
    learning-rate schedule.
    """

    optimizer: Named = Named("RMSprop")
    goals: dict[str, Goal] = {}
    batch_size: int = 128
    epochs: int = 10
    validation: str = "split"
    validation_split: float = 0.1
    seed: int = 1
    limit: int | None = None
    checkpoint: Checkpoint | None = None
    stratified: bool = False
    callbacks: tuple[Named, ...] = ()
    augmentation: Augmentation = Augmentation()
    class_weight: str = "none"
    sample_weight: str = ""
    mixed_precision: bool = False


class Project(msgspec.Struct, frozen=True):
    """A drawing with its data and its training plan: what a project file holds."""

    graph: Graph = Graph()
    data: Data = Data()
    training: Training = Training()
    name: str = "untitled"
    extra: dict[str, Any] = {}  # parts of a file that this version does not know, kept as they are


def port_key(port: Port) -> str:
    """Return the key under which an output stands in `Data.outputs` and `Training.goals`."""
    return f"{port.node}:{port.output}"
