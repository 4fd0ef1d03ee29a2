"""Figures of an evaluation, against cases made by hand and against their definitions."""

import numpy as np
import pytest
from sklearn import metrics

from engine import scores
from engine.scores import Classified

RANDOM = np.random.default_rng(5)


def softmax(values: np.ndarray) -> np.ndarray:
    raised = np.exp(values)
    return raised / raised.sum(axis=1, keepdims=True)


def of(truth: list[int], predicted: list[int], classes: int) -> Classified:
    return Classified(np.eye(classes)[predicted], np.array(truth))


def test_a_confusion_matrix_by_hand() -> None:
    matrix = scores.confusion(of([0, 0, 1, 1, 1, 2], [0, 1, 1, 1, 0, 0], 3))
    np.testing.assert_array_equal(matrix, [[1, 1, 0], [1, 2, 0], [1, 0, 0]])
    made = scores.class_scores(matrix)
    np.testing.assert_allclose(made.precision, [1 / 3, 2 / 3, np.nan])
    np.testing.assert_allclose(made.recall, [1 / 2, 2 / 3, 0])
    np.testing.assert_allclose(made.f1, [2 / 5, 2 / 3, 0])
    np.testing.assert_array_equal(made.support, [2, 3, 1])


def test_a_class_without_samples_has_no_recall() -> None:
    made = scores.class_scores(scores.confusion(of([0, 0], [0, 1], 3)))
    np.testing.assert_allclose(made.recall, [0.5, np.nan, np.nan])
    np.testing.assert_allclose(made.f1, [2 / 3, 0, np.nan])


@pytest.mark.parametrize("form", ["integer", "column", "one-hot", "logits"])
def test_labels_in_every_form(form: str) -> None:
    logits = RANDOM.normal(size=(50, 4)).astype("float32")
    labels = RANDOM.integers(0, 4, 50).astype("int32")
    targets = {"column": labels[:, None], "one-hot": np.eye(4)[labels]}.get(form, labels)
    given = logits if form == "logits" else softmax(logits)
    made = scores.classified(given, targets, logits=form == "logits")
    assert made is not None
    np.testing.assert_array_equal(made.truth, labels)
    np.testing.assert_allclose(made.probabilities, softmax(logits), atol=1e-6)
    np.testing.assert_array_equal(made.predicted, logits.argmax(axis=1))


def test_one_unit_is_two_classes() -> None:
    made = scores.classified(np.array([[0.2], [0.5], [0.9]]), np.array([0.0, 1.0, 1.0]))
    assert made is not None
    np.testing.assert_array_equal(made.predicted, [0, 0, 1])  # Keras too wants more than a half
    np.testing.assert_allclose(made.of_truth, [0.8, 0.5, 0.9])
    raised = scores.classified(np.array([[-3.0], [3.0]]), np.array([0, 1]), logits=True)
    assert raised is not None
    np.testing.assert_allclose(raised.of_truth, 1 / (1 + np.exp(-3.0)))


@pytest.mark.parametrize(
    ("predictions", "targets"),
    [
        (np.zeros((3, 1)), np.array([0.5, 1.0, 2.0])),  # numbers
        (np.zeros((3, 1)), np.array([3, 17, 4])),  # whole ones, and more than two
        (np.zeros((3, 2)), np.array([[0.5, 0.5], [1, 0], [0, 1]])),
        (np.zeros((3, 2)), np.array([[1, 1], [1, 0], [0, 1]])),  # several labels at once
        (np.zeros((3, 2)), np.array([0, 1, 2])),  # a label beyond the units
        (np.zeros((3, 5, 2)), np.zeros((3, 5))),  # steps of a sequence
        (np.zeros((0, 2)), np.zeros(0)),
        (np.zeros((2, 2)), np.array([np.nan, 1])),
    ],
)
def test_what_is_no_classification(predictions: np.ndarray, targets: np.ndarray) -> None:
    assert scores.classified(predictions, targets) is None


def test_predictions_that_are_no_numbers_do_no_harm() -> None:
    made = scores.classified(np.full((4, 3), np.nan), np.array([0, 1, 2, 0]))
    assert made is not None
    assert scores.confusion(made).sum() == 4


def test_the_area_is_the_chance_to_order_a_pair_rightly() -> None:
    positive = RANDOM.random(200) < 0.3
    score = np.round(RANDOM.random(200) + positive * 0.4, 1)  # with many ties
    made = scores.roc(positive, score)
    assert made is not None
    yes, no = score[positive][:, None], score[~positive][None]
    assert made.area == pytest.approx(np.mean((yes > no) + (yes == no) / 2))
    assert np.all(np.diff(made.false_positive) >= 0)
    assert np.all(np.diff(made.true_positive) >= 0)
    assert (made.false_positive[0], made.true_positive[0]) == (0, 0)
    assert (made.false_positive[-1], made.true_positive[-1]) == (1, 1)
    drawn = np.trapezoid(made.true_positive, made.false_positive)
    assert drawn == pytest.approx(made.area)  # leaving points out changes nothing


def test_a_perfect_score_and_none() -> None:
    positive = np.array([True, True, False, False])
    best = scores.roc(positive, np.array([4.0, 3.0, 2.0, 1.0]))
    assert best is not None
    assert best.area == 1.0
    np.testing.assert_array_equal(best.false_positive, [0, 0, 1])
    flat = scores.roc(positive, np.ones(4))
    assert flat is not None
    assert flat.area == 0.5
    assert scores.roc(np.ones(4, bool), np.ones(4)) is None
    assert scores.roc(np.zeros(0, bool), np.zeros(0)) is None


def test_the_worst_mistakes_come_first() -> None:
    made = Classified(
        np.array([[0.9, 0.1], [0.4, 0.6], [0.2, 0.8], [0.3, 0.7]]), np.array([0, 0, 1, 0])
    )
    assert scores.ranked(made).tolist() == [3, 1]
    assert scores.ranked(made, worst_first=False).tolist() == [1, 3]
    assert scores.ranked(made, "right").tolist() == [2, 0]
    assert scores.ranked(made, "all").tolist() == [3, 1, 2, 0]
    assert scores.in_cell(made, 0, 1).tolist() == [3, 1]
    assert scores.in_cell(made, 1, 0).tolist() == []


def test_numbers_by_hand() -> None:
    made = scores.fit(np.array([1.0, 2.0, 4.0]), np.array([1.0, 3.0, 5.0]))
    assert made.mae == pytest.approx(2 / 3)
    assert made.rmse == pytest.approx(np.sqrt(2 / 3))
    assert made.r2 == pytest.approx(1 - 2 / 8)
    assert np.isnan(scores.fit(np.ones(3), np.ones(3)).r2)
    assert scores.numbers(np.zeros((3, 2)), np.zeros(3)) is None


def test_scikit_learn_says_the_same() -> None:
    made = Classified(softmax(RANDOM.normal(size=(300, 5))), RANDOM.integers(0, 5, 300))
    matrix = scores.confusion(made)
    np.testing.assert_array_equal(matrix, metrics.confusion_matrix(made.truth, made.predicted))
    found = metrics.precision_recall_fscore_support(made.truth, made.predicted)
    for ours, theirs in zip(scores.class_scores(matrix), found, strict=True):
        np.testing.assert_allclose(ours, theirs)
    for label, curve in enumerate(scores.one_against_rest(made)):
        assert curve is not None
        area = metrics.roc_auc_score(made.truth == label, made.probabilities[:, label])
        assert curve.area == pytest.approx(area)


def test_several_labels_of_a_sample_agree_with_scikit_learn() -> None:
    truth = RANDOM.integers(0, 2, (300, 4))
    logits = RANDOM.normal(size=(300, 4)) + truth
    made = scores.labelled(logits, truth, logits=True)
    assert made is not None
    figures = metrics.precision_recall_fscore_support(truth, made.predicted)
    for ours, theirs in zip(scores.label_scores(made), figures, strict=True):
        np.testing.assert_allclose(ours, theirs)
    areas = [curve.area for curve in scores.label_curves(made) if curve is not None]
    np.testing.assert_allclose(areas, metrics.roc_auc_score(truth, logits, average=None))
    wrong = scores.ranked_by_labels(made)
    assert len(wrong) == 300 - round(300 * metrics.accuracy_score(truth, made.predicted))
    assert made.distance[wrong[0]] == made.distance.max()
    right = scores.ranked_by_labels(made, "right", worst_first=False)
    assert made.distance[right[0]] == made.distance.min()


def test_numbers_are_no_labels() -> None:
    assert scores.labelled(np.zeros((2, 3)), np.array([[0, 1, 0.5], [0, 0, 1]])) is None
    assert scores.labelled(np.zeros((2, 3)), np.array([0, 1])) is None
