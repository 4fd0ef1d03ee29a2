"""Predictions from a real engine, compared with NumPy's own arithmetic."""

from __future__ import annotations

from pathlib import Path

import h5py
import numpy as np
import pytest

from engine.client import Engine, ProgramFailed
from engine.protocol import Finished, Log, Predict, Predicted, Train

pytestmark = pytest.mark.engine

SECTION = '''\
def with_layer(model):
    """Return the model with the maps of conv1 beside its predictions."""
    print("building a view")
    return keras.Model(model.inputs, [*model.outputs, model.get_layer("conv1").output])
'''


@pytest.fixture(scope="module")
def noisy() -> str:
    """The program, telling when it loads and builds."""
    program = (Path(__file__).parent / "mlp.py").read_text(encoding="utf-8")
    program = program.replace("    with np.load(", "    print('loading')\n    with np.load(")
    return program.replace("    visible =", "    print('building')\n    visible =")


@pytest.fixture(scope="module")
def weights(
    warm: Engine, noisy: str, folder: str, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    run_dir = tmp_path_factory.mktemp("run")
    last = list(warm.train(Train(run_dir=str(run_dir), program=noisy, folder=folder)))[-1]
    assert isinstance(last, Finished)
    assert last.weights is not None
    return Path(last.weights)


def asked(engine: Engine, request: Predict) -> tuple[Predicted, str]:
    events = list(engine._ask(request))
    assert isinstance(events[-1], Predicted), events[-1]
    return events[-1], "".join(event.text for event in events if isinstance(event, Log))


def softmax(values: np.ndarray) -> np.ndarray:
    """Return what the file's weights make of one image's maps."""
    powers = np.exp(values - values.max())
    return powers / powers.sum()


def predicted_by_hand(image: np.ndarray, weights: Path) -> tuple[np.ndarray, np.ndarray]:
    """Return maps and probabilities of an image, from the file's arrays alone."""
    with h5py.File(weights) as file:
        kernel, bias = (np.asarray(file[f"layers/conv2d/vars/{n}"]) for n in (0, 1))
        first = [np.asarray(file[f"layers/dense/vars/{n}"]) for n in (0, 1)]
        second = [np.asarray(file[f"layers/dense_1/vars/{n}"]) for n in (0, 1)]
    windows = np.lib.stride_tricks.sliding_window_view(image[..., 0], (3, 3))
    maps = np.maximum(np.einsum("xyij,ijf->xyf", windows, kernel[:, :, 0]) + bias, 0)
    hidden = np.maximum(maps.reshape(-1) @ first[0] + first[1], 0)
    return maps, softmax(hidden @ second[0] + second[1])


def test_prediction_and_maps_are_what_the_weights_make(
    warm: Engine, noisy: str, folder: str, weights: Path
) -> None:
    image = np.random.default_rng(3).normal(size=(8, 8, 1))  # float64: the engine casts
    request = Predict(
        program=noisy, section=SECTION, folder=folder, weights=str(weights), inputs=[image]
    )
    answer, text = asked(warm, request)
    assert "loading" not in text  # the data set isn't needed
    maps, probabilities = predicted_by_hand(image, weights)
    assert answer.maps is not None
    np.testing.assert_allclose(answer.maps, maps, atol=1e-5)
    np.testing.assert_allclose(answer.outputs[0], probabilities, atol=1e-5)
    np.testing.assert_array_equal(answer.inputs[0], image.astype("float32"))

    again, text = asked(warm, request)
    assert text == ""  # nothing is built or compiled again
    np.testing.assert_array_equal(again.outputs[0], answer.outputs[0])

    bare = Predict(program=noisy, section=None, folder=folder, weights=str(weights), inputs=[image])
    answer, _ = asked(warm, bare)
    assert answer.maps is None
    np.testing.assert_allclose(answer.outputs[0], probabilities, atol=1e-5)


def test_an_input_that_is_not_given_is_the_samples(
    warm: Engine, noisy: str, folder: str, weights: Path
) -> None:
    program = noisy.replace(
        "return {name: file[name] for name in file.files}",
        'return {"test": (file["x_test"], file["y_test"])}',
    )
    images = np.load(Path(folder) / "blobs.npz")["x_test"]
    request = Predict(
        program=program, section=None, folder=folder, weights=str(weights), inputs=[None], sample=7
    )
    answer, text = asked(warm, request)
    assert "loading" in text
    np.testing.assert_array_equal(answer.inputs[0], images[7].astype("float32"))
    _, probabilities = predicted_by_hand(images[7], weights)
    np.testing.assert_allclose(answer.outputs[0], probabilities, atol=1e-5)
    _, text = asked(warm, request)
    assert "loading" not in text


def test_new_weights_need_no_new_model(
    warm: Engine, noisy: str, folder: str, weights: Path, tmp_path: Path
) -> None:
    image = np.ones((8, 8, 1), "float32")
    other = tmp_path / "other.weights.h5"
    other.write_bytes(weights.read_bytes())
    with h5py.File(other, "r+") as file:
        file["layers/dense_1/vars/1"][...] += np.array([9.0, 0.0, 0.0])
    for path in (weights, other):
        request = Predict(
            program=noisy, section=SECTION, folder=folder, weights=str(path), inputs=[image]
        )
        answer, text = asked(warm, request)
        _, probabilities = predicted_by_hand(image, path)
        np.testing.assert_allclose(answer.outputs[0], probabilities, atol=1e-5)
    assert "building" not in text


def test_an_input_of_another_size_is_a_sentence(warm: Engine, noisy: str, folder: str) -> None:
    small = np.zeros((6, 6, 1), "float32")
    request = Predict(program=noisy, section=None, folder=folder, weights=None, inputs=[small])
    with pytest.raises(ProgramFailed, match="visible takes 8 × 8 × 1 and was given 6 × 6 × 1"):
        warm.predict(request)
