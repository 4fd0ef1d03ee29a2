"""An evaluation of a trained model: the run's own scores, predictions, samples, and its end."""

from pathlib import Path

import numpy as np
import pytest

from engine.client import Engine, ProgramFailed
from engine.protocol import Evaluate, Evaluated, EvaluationReady, Finished, Log, Samples, Train
from graph.project import Data
from tests.codegen.own_data import network, on, photos, text_of

pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def program() -> str:
    """The program in the form in which parts are pairs of inputs and targets."""
    text = (Path(__file__).parent / "mlp.py").read_text(encoding="utf-8")
    text = text.replace(
        "        return {name: file[name] for name in file.files}",
        '        parts = ("train", "test")\n'
        '        return {part: (file[f"x_{part}"], file[f"y_{part}"]) for part in parts}',
    )
    for part in ("train", "test"):
        for index, name in enumerate("xy"):
            text = text.replace(f'data["{name}_{part}"]', f'data["{part}"][{index}]')
    return text.replace("EPOCHS = 3", "EPOCHS = 2")


@pytest.fixture(scope="module")
def trained(
    warm: Engine, program: str, folder: str, tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, dict[str, float]]:
    """Return the weights of a training and its scores."""
    run_dir = tmp_path_factory.mktemp("run")
    events = list(warm.train(Train(run_dir=str(run_dir), program=program, folder=folder)))
    assert isinstance(events[-1], Finished)
    assert events[-1].weights is not None
    (scores,) = (event.scores for event in events if isinstance(event, Evaluated))
    return events[-1].weights, scores


def test_it_gives_the_scores_that_the_run_had(
    warm: Engine, program: str, folder: str, trained: tuple[str, dict[str, float]]
) -> None:
    weights, scores = trained
    advanced: list[tuple[int, int]] = []
    answer = warm.evaluate(
        Evaluate(program=program, folder=folder, weights=weights),
        lambda done, total: advanced.append((done, total)),
    )
    assert answer.scores == pytest.approx(scores, rel=1e-5)
    (output,) = answer.outputs
    assert output.name == "output"
    assert output.predictions is not None
    assert output.targets is not None
    assert output.predictions.shape == (100, 3)
    np.testing.assert_allclose(output.predictions.sum(axis=1), 1, atol=1e-5)
    right = np.mean(output.predictions.argmax(axis=1) == output.targets)
    assert right == pytest.approx(scores["accuracy"])
    assert advanced[0] == (0, 1)
    assert all(done <= total for done, total in advanced)


def test_another_part_has_other_scores(
    warm: Engine, program: str, folder: str, trained: tuple[str, dict[str, float]]
) -> None:
    weights, scores = trained
    answer = warm.evaluate(Evaluate(program=program, folder=folder, weights=weights, part="train"))
    assert answer.outputs[0].predictions is not None
    assert len(answer.outputs[0].predictions) == 500
    assert answer.scores["loss"] != scores["loss"]


def test_samples_come_as_the_model_takes_them(
    warm: Engine, program: str, folder: str, trained: tuple[str, dict[str, float]]
) -> None:
    file = np.load(Path(folder) / "blobs.npz")
    evaluated = warm.evaluate(Evaluate(program=program, folder=folder, weights=trained[0]))
    answer = warm.samples(
        Samples(
            program=program, folder=folder, weights=trained[0], indices=[7, 0, 99], outputs=True
        )
    )
    np.testing.assert_array_equal(answer.inputs[0], file["x_test"][[7, 0, 99]])
    np.testing.assert_array_equal(answer.targets[0], file["y_test"][[7, 0, 99]])
    assert evaluated.outputs[0].predictions is not None
    wanted = evaluated.outputs[0].predictions[[7, 0, 99]]
    np.testing.assert_allclose(answer.outputs[0], wanted, atol=1e-5)


def test_an_image_as_output_has_an_error_a_sample(
    warm: Engine, program: str, folder: str, tmp_path: Path
) -> None:
    code = program.replace('keras.layers.Dense(3, activation="softmax"', "keras.layers.Dense(128")
    code = code.replace("sparse_categorical_crossentropy", "mse").replace('["accuracy"]', "None")
    double = "np.tile(file[f'x_{part}'].reshape(-1, 64), 2)"
    code = code.replace('file[f"y_{part}"]', double).replace('"val_accuracy"', '"val_loss"')
    *_, last = warm.train(Train(run_dir=str(tmp_path), program=code, folder=folder))
    assert isinstance(last, Finished)
    assert last.weights is not None
    answer = warm.evaluate(Evaluate(program=code, folder=folder, weights=last.weights))
    (output,) = answer.outputs
    assert output.predictions is None
    assert output.errors is not None
    assert output.errors.shape == (100,)
    assert output.errors.mean() == pytest.approx(answer.scores["loss"], rel=1e-4)


def test_it_can_be_stopped(
    warm: Engine, program: str, folder: str, trained: tuple[str, dict[str, float]]
) -> None:
    slow = program.replace(
        '"""Read the columns', 'import time; print("here"); time.sleep(600); """Read the columns'
    )
    assert slow != program
    for event in warm._ask(Evaluate(program=slow, folder=folder, weights=trained[0])):
        if isinstance(event, Log):
            warm.stop()
    assert event == Finished(reason="stopped", weights=None)
    again = warm.evaluate(Evaluate(program=program, folder=folder, weights=trained[0]))
    assert isinstance(again, EvaluationReady)


def test_weights_that_are_not_there_are_a_sentence(
    warm: Engine, program: str, folder: str, tmp_path: Path
) -> None:
    gone = str(tmp_path / "last.weights.h5")
    with pytest.raises(ProgramFailed, match="There are no weights at"):
        warm.evaluate(Evaluate(program=program, folder=folder, weights=gone))


def test_samples_are_told_with_the_files_of_their_images(warm: Engine, tmp_path: Path) -> None:
    project = on(network({"image": (10, 8, 3)}, 1, "sigmoid"), Data(str(photos(tmp_path))))
    text, place = text_of(project), str(tmp_path)
    (tmp_path / "run").mkdir()
    finished = list(warm.train(Train(run_dir=str(tmp_path / "run"), program=text, folder=place)))[
        -1
    ]
    assert isinstance(finished, Finished)
    assert finished.weights is not None
    answer = warm.samples(
        Samples(program=text, folder=place, weights=finished.weights, indices=[0, 3])
    )
    assert len(answer.files) == 2
    for (name,), image in zip(answer.files, answer.inputs[0], strict=True):
        assert (tmp_path / "photos" / name).is_file()
        is_red = bool(image[0, 0, 0] > image[0, 0, 2])
        assert is_red == name.startswith("bag/"), "odd numbers are red, and bags"
