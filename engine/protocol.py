"""What the window and an engine say to each other.

An engine is a process that runs emitted Keras programs. It reads *requests* from its standard
input and writes *events* to its standard output. Nothing else travels there: what a program
prints comes as `Log` events, and what Python and TensorFlow write to standard error stays there.
Because only standard streams are used, an engine may as well run behind ``ssh`` or in a container.

Frames
    Each message is one frame: the four bytes ``LOOM``, the header's length (unsigned 32 bit,
    little endian), the body's length (unsigned 64 bit), the header, the body. The header is the
    message in MessagePack, a map whose key ``type`` names the class below. An array is written in
    the header as ``[dtype, shape, offset]`` (NumPy's spelling, as in ``"<f4"``), its raw bytes in
    C order lie at ``offset`` in the body. Arrays of Python objects are refused on both sides, so
    that reading a frame never runs code.

Order
    The engine says `Ready` once, when Keras has been imported; if it can't be, it says `Failed`
    and ends. Requests may be sent before that: they wait. Requests are worked off one at a time
    and in order, and each is answered by exactly one last event:

    - `Train`: `Started`, then `Progress`, `EpochEnded` and
      `Gradients`, `Evaluated`; last `Finished`.
    - `Maps`: last `MapsReady`.
    - `Preview`: last `Previewed`.
    - `Judge`: last `Judged`.
    - `Predict`: last `Predicted`.
    - `Evaluate`: `Advanced`; last `EvaluationReady`.
    - `Samples`: last `SamplesReady`.
    - `FindRate`: `Advanced`; last `RatesTried`.
    - `Stages`: last `Staged`.

    In place of it `Failed` may come. `Log` may come at any time.

    `Stop` has no answer of its own: it ends the requests sent before it, which answer
    ``Finished(reason="stopped")``; a `Stop` that comes too late does nothing. `Pause` and
    `Continue` likewise; the training says `Paused` and `Continued` when it does so. What a program
    prints arrives before the last event of its request. `Quit` stops what is running and ends the
    process. The end of standard input means that the window has died: the engine ends at once.

Units
    Times are in seconds, rates in samples a second. Epochs and steps count as in Keras: epochs
    from 0, and ``step`` is the number of batches that the epoch has behind it. A step is a batch
    also where ``steps_per_execution`` makes Keras report several at a time.
"""

import struct
from typing import IO, Any

import msgspec
import numpy as np

# whoever speaks the protocol finds all of it here
from engine.events import Continued as Continued
from engine.events import EpochEnded as EpochEnded
from engine.events import Evaluated as Evaluated
from engine.events import Finished as Finished
from engine.events import Gradients as Gradients
from engine.events import Measured as Measured
from engine.events import Noted as Noted
from engine.events import Paused as Paused
from engine.events import Progress as Progress
from engine.events import Resumed as Resumed
from engine.events import Started as Started
from engine.requests import Array as Array
from engine.requests import Continue as Continue
from engine.requests import Evaluate as Evaluate
from engine.requests import FindRate as FindRate
from engine.requests import Judge as Judge
from engine.requests import Maps as Maps
from engine.requests import Pause as Pause
from engine.requests import Predict as Predict
from engine.requests import Preview as Preview
from engine.requests import Quit as Quit
from engine.requests import Samples as Samples
from engine.requests import Stages as Stages
from engine.requests import Stop as Stop
from engine.requests import Train as Train
from engine.verdicts import Fault as Fault
from engine.verdicts import SymbolicTensor as SymbolicTensor
from engine.verdicts import Verdict as Verdict
from engine.verdicts import Weights as Weights

_MAGIC = b"LOOM"
_PREFIX = struct.Struct("<4sIQ")


class FrameError(ValueError):
    """The stream holds something that isn't a frame; the message says what."""


Request = (
    Train
    | Maps
    | Judge
    | Predict
    | Evaluate
    | Samples
    | Preview
    | Stages
    | FindRate
    | Pause
    | Continue
    | Stop
    | Quit
)


# --- events -----------------------------------------------------------------------------------


class Ready(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Keras is imported. ``devices`` are names for people, such as ``CPU`` or a graphics card's."""

    keras: str
    tensorflow: str
    python: str
    devices: list[str]
    numpy: str = ""


class RatesTried(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """The learning rates of the steps, and the loss of each step's batch before the step.

    They end where the loss was not finite any more, or far above where it began.
    """

    rates: list[float]
    losses: list[float]


class Failed(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """The request failed: a sentence, the line of the program (from 1), Python's traceback."""

    sentence: str
    line: int | None
    traceback: str


class Log(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Text that the program printed, as it came: not cut into lines."""

    text: str


class MapsReady(msgspec.Struct, frozen=True, kw_only=True, tag=True, eq=False):
    """One sample's inputs and a layer's maps for it, all without the batch axis."""

    inputs: list[Array]
    maps: Array


class Predicted(msgspec.Struct, frozen=True, kw_only=True, tag=True, eq=False):
    """What a model makes of one sample, all without batch axis; ``seconds``: what it took itself.

    ``maps`` is None if no layer's were asked for, and so are ``targets``, the sample's in the order
    of the outputs, if an input was given with the request.
    """

    inputs: list[Array]
    outputs: list[Array]
    maps: Array | None
    seconds: float
    targets: list[Array] | None = None


class Advanced(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """How much of a request is done, a few times a second; in whatever unit."""

    done: int
    total: int


class Answers(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """What one output of a model says of a part of the data.

    Attributes:
        name: of the output's layer.
        predictions: float32, (samples, units …), None where `errors` stands for them.
        targets: as the program gives them to Keras, (samples, …); None as above.
        errors: for an output with many values a sample, such as an image: the mean squared error
            of each sample, float32, in place of arrays that nobody could read.
        shape: of a sample's predictions, where neither stands here: steps of a sequence.
    """

    name: str
    predictions: Array | None = None
    targets: Array | None = None
    errors: Array | None = None
    shape: list[int] = []


class EvaluationReady(msgspec.Struct, frozen=True, kw_only=True, tag=True, eq=False):
    """The answer to `Evaluate`: loss and metrics by name, and each output's answers, in order."""

    scores: dict[str, float]
    outputs: list[Answers]


class SamplesReady(msgspec.Struct, frozen=True, kw_only=True, tag=True, eq=False):
    """The answer to `Samples`: an array for each input, target and output, all with batch axis.

    `files`: for each sample the files that its images stay in, by folder and name.
    """

    inputs: list[Array]
    targets: list[Array]
    outputs: list[Array]
    files: list[list[str]] = []


class Previewed(msgspec.Struct, frozen=True, kw_only=True, tag=True, eq=False):
    """The answer to `Preview`: for each Input that takes images, the originals and variants.

    Attributes:
        originals: arrays of (samples, height, width, channels).
        variants: arrays of (samples, variants, height, width, channels).
    """

    originals: list[Array]
    variants: list[Array]


class Staged(msgspec.Struct, frozen=True, kw_only=True, tag=True, eq=False):
    """The answer to `Stages`.

    Attributes:
        values: of the sample, without batch axis, one for each stage of the section; empty where
            there is no such part.
        counts: how many samples each part has.
        labels: of each part, where they were wanted and there are some: integers of (samples,).
    """

    values: list[Array]
    counts: dict[str, int]
    labels: dict[str, Array]


class Judged(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """The answer to `Judge`."""

    verdict: Verdict


Answer = (
    MapsReady
    | Judged
    | Predicted
    | EvaluationReady
    | SamplesReady
    | Previewed
    | Staged
    | RatesTried
)
LAST_EVENTS = Finished | Failed | Answer
"""The events of which exactly one answers each request."""

Event = (
    Ready
    | Resumed
    | Started
    | Progress
    | Paused
    | Continued
    | Noted
    | Measured
    | EpochEnded
    | Gradients
    | Evaluated
    | Log
    | Advanced
    | LAST_EVENTS
)

_EVENTS: Any = Event
_REQUESTS: Any = Request
# msgspec looks the classes up once, and the server's modules have left `sys.modules` when the
# first request comes
msgspec.msgpack.Decoder(_REQUESTS)


# --- frames -----------------------------------------------------------------------------------


def encode(message: Request | Event) -> bytes:
    """Return the frame of a message.

    Raises:
        FrameError: an array holds Python objects.
    """
    body = bytearray()

    def array_header(value: object) -> tuple[str, tuple[int, ...], int]:
        if not isinstance(value, np.ndarray):
            raise NotImplementedError(f"{type(value).__name__} is not part of the protocol.")
        if value.dtype.kind not in "biufc":
            raise FrameError(f"An array of {value.dtype} can't be sent.")
        offset = len(body)
        body.extend(value.tobytes())
        return value.dtype.str, value.shape, offset

    header = msgspec.msgpack.encode(message, enc_hook=array_header)
    return _PREFIX.pack(_MAGIC, len(header), len(body)) + header + bytes(body)


def decode_request(header: bytes, body: bytes = b"") -> Request:
    """Return the request in a frame's header and body; raises `FrameError`."""
    request: Request = _decoded(_REQUESTS, "A request", header, body)
    return request


def decode_event(header: bytes, body: bytes = b"") -> Event:
    """Return the event in a frame's header and body; raises `FrameError`."""
    event: Event = _decoded(_EVENTS, "An event", header, body)
    return event


def _decoded(kind: Any, what: str, header: bytes, body: bytes) -> Any:  # noqa: ANN401 - a union of classes
    def array(_: type, value: Any) -> Array:  # noqa: ANN401 - what msgspec hands over
        name, shape, offset = value
        dtype = np.dtype(name)
        if dtype.kind not in "biufc":
            raise FrameError(f"An array of {dtype} can't be received.")
        if min(shape, default=0) < 0:
            raise FrameError(f"An array of shape {shape} can't be received.")
        count = int(np.prod(shape, dtype=np.int64))
        return np.frombuffer(body, dtype, count, offset).reshape(shape)

    try:
        return msgspec.msgpack.Decoder(kind, dec_hook=array).decode(header)
    except (msgspec.DecodeError, TypeError, ValueError) as error:
        raise FrameError(f"{what} can't be read: {error}") from error


def read_frame(stream: IO[bytes]) -> tuple[bytes, bytes] | None:
    """Return the next frame's header and body, or None at the end of the stream.

    A frame that is cut off counts as the end: its writer has died.

    Raises:
        FrameError: the stream holds something else; the message quotes its beginning.
    """
    prefix = stream.read(_PREFIX.size)
    if not _MAGIC.startswith(prefix[: len(_MAGIC)]) or len(prefix) < _PREFIX.size:
        if _MAGIC.startswith(prefix[: len(_MAGIC)]):
            return None
        raise FrameError(f"This is not a message of Layerloom's engine: {prefix!r}")
    _, header_size, body_size = _PREFIX.unpack(prefix)
    header = stream.read(header_size)
    body = stream.read(body_size) if body_size else b""
    if len(header) < header_size or len(body) < body_size:
        return None
    return header, body
