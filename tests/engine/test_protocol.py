"""Frames: what goes in comes out, and what is no frame is refused."""

import io
import struct

import msgspec
import numpy as np
import pytest

from engine.protocol import (
    EpochEnded,
    Evaluated,
    Event,
    Failed,
    Fault,
    Finished,
    FrameError,
    Judge,
    Judged,
    Log,
    Maps,
    MapsReady,
    Progress,
    Quit,
    Ready,
    Request,
    Started,
    Stop,
    SymbolicTensor,
    Train,
    Verdict,
    Weights,
    decode_event,
    decode_request,
    encode,
    read_frame,
)

REQUESTS = [
    Train(run_dir="/ü/x", program="x = '\U0001f680'\n", folder="data"),
    Maps(program="p", section="s", folder="d", weights=None, sample=3),
    Maps(program="p", section="s", folder="d", weights="w.weights.h5", sample=0),
    Judge(program=""),
    Stop(),
    Quit(),
]
EVENTS = [
    Ready(keras="3", tensorflow="2", python="3.11", devices=["CPU"]),
    Started(epochs=2, initial_epoch=0, steps=None),
    Progress(epoch=0, step=1, steps=9, samples=32, rate=1.5, eta=None, logs={"loss": 0.5}),
    EpochEnded(epoch=0, seconds=1.0, logs={"loss": float("inf"), "val_loss": 1.0}),
    Evaluated(scores={"accuracy": 1.0}),
    Finished(reason="stopped", weights=None),
    Failed(sentence="Ä.", line=3, traceback=""),
    Log(text="LOOM\0\n"),
    Judged(
        verdict=Verdict(
            tensors=[SymbolicTensor(name="x", line=1, shape=(None, 3), dtype="float32")],
            fault=Fault(line=2, type="ValueError", text="no"),
            parameters=None,
            layers={"dense": Weights(total=3, trainable=2, non_trainable=1)},
        )
    ),
]
ARRAYS = [
    np.arange(24, dtype=np.float32).reshape(2, 3, 4),
    np.arange(24, dtype=np.int64).reshape(4, 6).T[::2],  # not contiguous
    np.array(1.5, dtype=np.float16),  # no axis at all
    np.zeros((0, 3), dtype=np.uint8),
    np.array([True, False]),
    np.array([1 + 2j], dtype=">c16"),
]


@pytest.mark.parametrize("request_", REQUESTS, ids=repr)
def test_a_request_comes_back(request_: Request) -> None:
    frame = read_frame(io.BytesIO(encode(request_)))
    assert frame is not None
    assert decode_request(frame[0]) == request_


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: type(event).__name__)
def test_an_event_comes_back(event: Event) -> None:
    frame = read_frame(io.BytesIO(encode(event)))
    assert frame is not None
    assert decode_event(*frame) == event


def test_arrays_come_back_bit_for_bit() -> None:
    frame = read_frame(io.BytesIO(encode(MapsReady(inputs=ARRAYS, maps=ARRAYS[0]))))
    assert frame is not None
    event = decode_event(*frame)
    assert isinstance(event, MapsReady)
    for sent, received in zip([*ARRAYS, ARRAYS[0]], [*event.inputs, event.maps], strict=True):
        assert received.dtype == sent.dtype
        assert received.shape == sent.shape
        np.testing.assert_array_equal(received, sent)


def test_frames_follow_one_another() -> None:
    stream = io.BytesIO(b"".join(encode(event) for event in EVENTS))
    received = []
    while (frame := read_frame(stream)) is not None:
        received.append(decode_event(*frame))
    assert received == EVENTS


def test_python_objects_are_not_sent() -> None:
    with pytest.raises(FrameError, match="object"):
        encode(MapsReady(inputs=[], maps=np.array([object()])))


@pytest.mark.parametrize(
    "array",
    [
        ("|O", (1,), 0),
        ("<f4", (99,), 0),
        ("<f4", (1,), 999),
        ("<f4", (-1,), 0),
        ("nonsense", (), 0),
    ],
    ids=repr,
)
def test_an_array_that_is_not_there_is_refused(array: tuple[str, tuple[int, ...], int]) -> None:
    header = msgspec.msgpack.encode({"type": "MapsReady", "inputs": [], "maps": array})
    with pytest.raises(FrameError):
        decode_event(header, b"\0" * 8)


@pytest.mark.parametrize("length", [0, 2, 4, 10, 16, 30])
def test_a_frame_cut_off_is_the_end(length: int) -> None:
    assert read_frame(io.BytesIO(encode(EVENTS[0])[:length])) is None


def test_foreign_text_is_quoted() -> None:
    with pytest.raises(FrameError, match="Welcome to node"):
        read_frame(io.BytesIO(b"Welcome to node 17 of the cluster\n"))


def test_an_unknown_message_is_refused() -> None:
    header = msgspec.msgpack.encode({"type": "Explode"})
    with pytest.raises(FrameError, match="Explode"):
        decode_event(header)
    with pytest.raises(FrameError, match="Explode"):
        decode_request(header)


def test_the_frame_is_what_the_docstring_says() -> None:
    frame = encode(MapsReady(inputs=[], maps=np.array([1, 2], dtype="<u2")))
    magic, header_size, body_size = struct.unpack("<4sIQ", frame[:16])
    assert (magic, body_size) == (b"LOOM", 4)
    assert frame[16 + header_size :] == b"\1\0\2\0"
    header = msgspec.msgpack.decode(frame[16 : 16 + header_size])
    assert header == {"type": "MapsReady", "inputs": [], "maps": ["<u2", [2], 0]}
