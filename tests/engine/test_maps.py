"""Activation maps from a real engine, compared with NumPy's own arithmetic."""

from pathlib import Path

import h5py
import numpy as np
import pytest

from engine.client import Engine, ProgramFailed
from engine.protocol import Finished, Log, Maps, MapsReady, Train

pytestmark = pytest.mark.engine

SECTION = '''\
def activation_maps(model, data, sample):
    """Return a sample and the maps that the layer makes of it."""
    print("maps of", sample)
    image = data["x_test"][sample : sample + 1]
    viewer = keras.Model(model.input, model.get_layer("conv1").output)
    return [image[0]], viewer(image)[0]
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


def convolution(image: np.ndarray, weights: Path) -> np.ndarray:
    """Valid convolution and relu with the file's first kernel; shape (6, 6, 4)."""
    with h5py.File(weights) as file:
        kernel = np.asarray(file["layers/conv2d/vars/0"])
        bias = np.asarray(file["layers/conv2d/vars/1"])
    windows = np.lib.stride_tricks.sliding_window_view(image[..., 0], (3, 3))
    return np.maximum(np.einsum("xyij,ijf->xyf", windows, kernel[:, :, 0]) + bias, 0)


def asked(engine: Engine, request: Maps) -> tuple[MapsReady, str]:
    events = list(engine._ask(request))
    assert isinstance(events[-1], MapsReady)
    return events[-1], "".join(event.text for event in events if isinstance(event, Log))


def test_maps_are_what_the_layer_computes(
    warm: Engine, noisy: str, folder: str, weights: Path
) -> None:
    images = np.load(Path(folder) / "blobs.npz")["x_test"]
    for sample in (0, 7):
        answer = warm.maps(
            Maps(program=noisy, section=SECTION, folder=folder, weights=str(weights), sample=sample)
        )
        np.testing.assert_array_equal(answer.inputs[0], images[sample])
        assert answer.maps.dtype == np.float32
        assert answer.maps.max() > 0
        np.testing.assert_allclose(answer.maps, convolution(images[sample], weights), atol=1e-5)


def test_a_second_sample_loads_nothing_again(
    warm: Engine, noisy: str, folder: str, weights: Path
) -> None:
    first = Maps(program=noisy, section=SECTION, folder=folder, weights=str(weights), sample=0)
    asked(warm, first)
    second = Maps(program=noisy, section=SECTION, folder=folder, weights=str(weights), sample=1)
    answer, text = asked(warm, second)
    assert text == "maps of 1\n"
    images = np.load(Path(folder) / "blobs.npz")["x_test"]
    np.testing.assert_array_equal(answer.inputs[0], images[1])


def test_new_weights_in_the_same_file_are_read(
    warm: Engine, noisy: str, folder: str, weights: Path
) -> None:
    request = Maps(program=noisy, section=SECTION, folder=folder, weights=str(weights), sample=0)
    before, _ = asked(warm, request)
    with h5py.File(weights, "r+") as file:
        file["layers/conv2d/vars/1"][...] += 1.0
    after, text = asked(warm, request)
    assert "building" not in text
    assert after.maps.sum() > before.maps.sum()
    image = np.load(Path(folder) / "blobs.npz")["x_test"][0]
    np.testing.assert_allclose(after.maps, convolution(image, weights), atol=1e-5)


def test_without_weights_the_model_is_new(
    warm: Engine, noisy: str, folder: str, weights: Path
) -> None:
    trained = Maps(program=noisy, section=SECTION, folder=folder, weights=str(weights), sample=0)
    untrained = Maps(program=noisy, section=SECTION, folder=folder, weights=None, sample=0)
    asked(warm, trained)
    answer, text = asked(warm, untrained)
    assert "building" in text
    assert answer.maps.shape == (6, 6, 4)
    again, text = asked(warm, untrained)
    assert "building" not in text
    np.testing.assert_array_equal(answer.maps, again.maps)


def test_weights_that_are_not_there(warm: Engine, noisy: str, folder: str, tmp_path: Path) -> None:
    gone = str(tmp_path / "last.weights.h5")
    with pytest.raises(ProgramFailed, match="There are no weights at") as caught:
        warm.maps(Maps(program=noisy, section=SECTION, folder=folder, weights=gone, sample=0))
    assert gone in str(caught.value)


def test_weights_of_another_drawing(warm: Engine, noisy: str, folder: str, weights: Path) -> None:
    other = noisy.replace("Conv2D(4,", "Conv2D(5,")
    with pytest.raises(ProgramFailed, match="don't fit this model"):
        warm.maps(
            Maps(program=other, section=SECTION, folder=folder, weights=str(weights), sample=0)
        )
    good = Maps(program=noisy, section=SECTION, folder=folder, weights=str(weights), sample=0)
    assert asked(warm, good)[0].maps.shape == (6, 6, 4)


def test_a_failing_section_names_its_line_in_the_listing(
    warm: Engine, noisy: str, folder: str
) -> None:
    section = SECTION.replace("conv1", "conv9")
    request = Maps(program=noisy, section=section, folder=folder, weights=None, sample=0)
    with pytest.raises(ProgramFailed) as caught:
        warm.maps(request)
    listing = noisy.rstrip("\n") + "\n\n\n" + section
    line = caught.value.failed.line
    assert line is not None
    assert "conv9" in listing.splitlines()[line - 1]
    assert "conv9" in caught.value.failed.sentence


def test_a_map_can_be_stopped(warm: Engine, noisy: str, folder: str) -> None:
    section = SECTION.replace("    image =", "    while True: pass\n    image =")
    request = Maps(program=noisy, section=section, folder=folder, weights=None, sample=0)
    for event in warm._ask(request):
        if isinstance(event, Log) and "maps of" in event.text:
            warm.stop()
    assert event == Finished(reason="stopped", weights=None)
