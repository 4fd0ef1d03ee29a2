"""The drawings to begin with, each ready to train: those of the lecture, and larger ones."""

from __future__ import annotations

from typing import NamedTuple

from graph.kerasdata import RESOURCES
from graph.project import Data, Project
from graph.projectfile import loads


class Template(NamedTuple):
    """A drawing to begin with: its name on the command line, a title and a sentence.

    `offline`: its data come with the program; otherwise they are downloaded once.
    """

    name: str
    title: str
    summary: str
    offline: bool = True


_TEMPLATES = (
    Template(
        "mlp",
        "Multilayer perceptron",
        "An image as 784 numbers goes through one hidden layer of 300 units to ten classes.",
    ),
    Template(
        "cnn",
        "Convolutional network",
        "Two convolutions, each with its pooling, find features that a dense layer interprets.",
    ),
    Template(
        "shared-input",
        "Shared input",
        "One image feeds two feature extractors with windows of 3 × 3 and 5 × 5.",
    ),
    Template(
        "three-depths",
        "Features from three depths",
        "Low, middle and high features of one extractor with dropout are interpreted together.",
    ),
    Template(
        "several-inputs",
        "Several inputs",
        "The left and the right half of an image go through the same layers and are then merged.",
    ),
    Template(
        "image-and-numbers",
        "Image and numbers",
        "An image goes through a convolution, five numbers measured in it through a dense layer.",
    ),
    Template(
        "several-outputs",
        "Several outputs",
        "From the same 100 features one output tells the class and another redraws the image.",
    ),
    Template(
        "autoencoder",
        "Autoencoder",
        "An image of 784 pixels is squeezed into 32 numbers and drawn again from those.",
    ),
    Template(
        "fashion-cnn",
        "Fashion-MNIST with augmentation",
        "Three convolutions with batch normalisation and dropout; images are flipped and shifted.",
    ),
    Template(
        "cifar-cnn",
        "CIFAR-10 with augmentation",
        "Five convolutions tell ten kinds of colour image apart; the data are downloaded once.",
        offline=False,
    ),
)


def blank() -> Project:
    """Return an empty drawing on the bundled data, so that it can be trained once it is drawn."""
    return Project(data=Data(source="fashion_mnist_sample"))


def templates() -> tuple[Template, ...]:
    """Return all templates, in the order in which they are shown."""
    return _TEMPLATES


def load(name: str) -> Project:
    """Return the project of a template; raise KeyError if there is none of that name."""
    if name not in {template.name for template in _TEMPLATES}:
        raise KeyError(name)
    path = RESOURCES / "templates" / f"{name}.loom"
    return loads(path.read_text(encoding="utf-8"))
