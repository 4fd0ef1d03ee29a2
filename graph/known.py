"""The data sets that are known by name: the bundled sample and those that Keras downloads.

Source: https://keras.io/api/datasets/. From images with labels further columns are derived, so
that drawings with several inputs or outputs have real data: the halves of an image, pairs of
images with what can be asked of a pair, and numbers measured in the image.
"""

from __future__ import annotations

from graph.datavalues import IMAGE, LABEL, NUMBER, TEXT, Column, DataSet

MEASURES = ("brightness", "contrast", "width", "height", "symmetry")
"""What is measured in an image, each from 0 to 1: the column “measures”."""
WORDS = 10_000
"""So many of the most frequent words are kept of a text; the rarer ones are all one number."""


def _images(  # noqa: PLR0913, PLR0917 - the facts of one data set
    name: str, title: str, shape: tuple[int, ...], classes: int, train: int, test: int
) -> DataSet:
    image = Column("image", shape, "uint8", IMAGE, base="x")
    lone = len(shape) > 2  # so it is with CIFAR
    label = Column("label", (), "uint8", LABEL, classes, base="y", lone_axis=lone)
    columns = (image, label, *derived(image, label))
    return DataSet(name, title, columns, train, test, keras=name != SAMPLE)


def _texts(name: str, title: str, classes: int, train: int, test: int) -> DataSet:
    text = Column("text", (200,), "int32", TEXT, base="x")
    label = Column("label", (), "int64", LABEL, classes, base="y")
    return DataSet(name, title, (text, label), train, test, keras=True)


def _numbers(name: str, title: str, count: int, train: int, test: int) -> DataSet:
    numbers = Column("numbers", (count,), "float32", NUMBER, base="x")
    price = Column("price", (), "float32", NUMBER, base="y")
    return DataSet(name, title, (numbers, price), train, test, keras=True)


def derived(image: Column, label: Column) -> tuple[Column, ...]:
    """Return the columns that can be made of images with labels."""
    height, width, *channels = image.shape
    half = (height, width // 2, *channels)
    x, classes = image.base, label.classes or 2
    dtype = image.dtype
    return (
        Column("left half", half, dtype, IMAGE, base=x, take="left"),
        Column("right half", half, dtype, IMAGE, base=x, take="right"),
        Column("second image", image.shape, dtype, IMAGE, base=x, take="second"),
        label._replace(name="second label", take="second"),
        label._replace(name="same", dtype="int32", classes=2, take="same"),
        label._replace(name="sum", dtype="int32", classes=2 * classes - 1, take="sum"),
        Column("measures", (len(MEASURES),), "float32", NUMBER, base=x, take="measures"),
    )


_GREY, _COLOUR = (28, 28), (32, 32, 3)
SAMPLE = "fashion_mnist_sample"
KNOWN = {
    known.name: known
    for known in (
        _images(SAMPLE, "Fashion-MNIST, a sample of 6,000 images", _GREY, 10, 6000, 1000),
        _images("mnist", "MNIST, 60,000 digits", _GREY, 10, 60000, 10000),
        _images("fashion_mnist", "Fashion-MNIST, 60,000 images", _GREY, 10, 60000, 10000),
        _images("cifar10", "CIFAR-10, 50,000 colour images", _COLOUR, 10, 50000, 10000),
        _images("cifar100", "CIFAR-100, 50,000 colour images", _COLOUR, 100, 50000, 10000),
        _texts("imdb", "IMDB, 25,000 film reviews", 2, 25000, 25000),
        _texts("reuters", "Reuters, 8,982 news on 46 topics", 46, 8982, 2246),
        _numbers("california_housing", "California housing, 20,640 districts", 8, 16512, 4128),
        _numbers("boston_housing", "Boston housing, 506 districts", 13, 404, 102),
    )
}
KERAS_FILES = {
    "mnist": "mnist*",
    "fashion_mnist": "fashion-mnist*",
    "cifar10": "cifar-10-batches*",
    "cifar100": "cifar-100-python*",
    "imdb": "imdb*",
    "reuters": "reuters*",
    "california_housing": "california_housing*",
    "boston_housing": "boston_housing*",
}
"""The names under which Keras keeps what it has downloaded."""
