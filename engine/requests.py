"""The messages from the window to an engine; `engine.protocol` says what each is answered by."""

from typing import Any

import msgspec
from numpy.typing import NDArray

Array = NDArray[Any]
"""A NumPy array of any plain dtype and shape."""


class Train(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Run ``main`` of the program in ``run_dir``, with the data from ``folder``.

    Attributes:
        run_dir: the run directory, in which the program works.
        program: source of the program.
        folder: where the program finds its data.
        resume: go on from the newest backup in ``run_dir``, or begin anew if there is none.
        longer: with ``resume``, train on although a callback, such as EarlyStopping, has ended it.
        weights: path of the weights to begin with; they are those of a new model if it is None.
    """

    run_dir: str
    program: str
    folder: str
    resume: bool = False
    longer: bool = False
    weights: str | None = None


class Maps(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Run the program's ``load_data`` and ``build_model``, then the section's ``activation_maps``.

    Attributes:
        program: source of the program.
        section: source that defines ``activation_maps(model, data, sample)``; it is run as if it
            stood below the program.
        folder: where the program finds its data.
        weights: path of the weights to load; None leaves the model as it was initialised.
        sample: index of the sample.
    """

    program: str
    section: str
    folder: str
    weights: str | None
    sample: int


class Judge(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Let Keras build the program's model, statement by statement."""

    program: str


class Predict(msgspec.Struct, frozen=True, kw_only=True, tag=True, eq=False):
    """Let a model predict for one sample, part of which may be of the test data.

    Attributes:
        program: source of the program.
        section: source that defines ``with_layer(model)``, a model with one output more, whose
            value is wanted as maps; it is run as if it stood below the program. None: no maps.
        folder: where the program finds its data.
        weights: path of the weights to load; None leaves the model as it was initialised.
        inputs: an array for each of the model's inputs, without batch axis and as the model takes
            it; None stands for that of the sample. The data is loaded only if there is a None.
        sample: index into the test data.
    """

    program: str
    section: str | None
    folder: str
    weights: str | None
    inputs: list[Array | None]
    sample: int = 0


class Evaluate(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Let a trained model predict for a whole part of the data, and the program evaluate it.

    Attributes:
        program: source of the program.
        folder: where the program finds its data.
        weights: path of the weights to load.
        part: of what ``load_data`` returns.
    """

    program: str
    folder: str
    weights: str
    part: str = "test"


class Samples(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Fetch some samples of a part of the data, as in `Evaluate`.

    ``indices`` count from 0; with ``outputs``, the model's outputs for them are wanted too.
    """

    program: str
    folder: str
    weights: str
    indices: list[int]
    part: str = "test"
    outputs: bool = False


class Preview(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Vary some images of the training data at random.

    Attributes:
        program: source of the program without augmentation: it loads the data, which is kept.
        section: source that defines ``variations(data, samples, seed)``; it is run as if it
            stood below the program.
        folder: where the program finds its data.
        samples: how many images, evenly from all training data, which may be sorted by class.
        variants: how many of each sample.
        draw: another number gives other variants.
    """

    program: str
    section: str
    folder: str
    samples: int
    variants: int
    draw: int


class Stages(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Follow a sample from its columns to what the model takes, by the program's own functions.

    Attributes:
        program: source of the program.
        section: source of `load_data` and `prepare` that make every stage, as
            `codegen.emit_stages` writes it; it is run as if it stood below the program.
        folder: where the program finds its data.
        part: of what ``load_data`` returns.
        index: of the sample, from 0; it goes on at 0 beyond the last one.
        labels: are the labels of all samples wanted too?
    """

    program: str
    section: str
    folder: str
    part: str = "train"
    index: int = 0
    labels: bool = False


class FindRate(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Try learning rates on a new model of a program, one a step, growing evenly from step to step.

    Attributes:
        run_dir: an empty folder to work in, which may hold the program's own modules.
        program: source of the program.
        folder: where the program finds its data.
        first, last: the learning rates of the first and the last step.
        steps: how many.
    """

    run_dir: str
    program: str
    folder: str
    first: float = 1e-6
    last: float = 1.0
    steps: int = 150


class Stop(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """End what is running, and keep its weights."""


class Pause(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Hold the training after the execution that is running."""


class Continue(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Go on with a training that is paused."""


class Quit(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """End the engine."""
