"""Decision rules on posteriors small enough to work by hand."""

import numpy as np
import pytest

from mmlmirloc.errors import InputError
from mmlmirloc.evaluation import decisions
from mmlmirloc.evaluation.metrics import METRICS, evaluate

SETS = np.array([[1, 0, 0], [1, 1, 0], [1, 1, 1], [0, 1, 0]])


def best(posterior, metric):
    return decisions.expected_best(np.array([posterior]), SETS, metric)[0].tolist()


def test_threshold():
    scores = np.array([[0.5, 0.5], [0.2, 0.49]])
    assert decisions.threshold(scores).tolist() == [[1, 1], [0, 0]]
    assert decisions.threshold(scores, 0.2).tolist() == [[1, 1], [1, 1]]
    assert decisions.threshold(scores, np.array([0.2, 0.6])).tolist() == [[1, 0], [1, 0]]
    truth = np.array([[1, 0], [0, 1]])
    assert evaluate(truth, scores) == evaluate(truth, scores, decisions.threshold(scores))


def test_wrong_number_of_thresholds():
    with pytest.raises(InputError, match=r"3 thresholds for scores of shape \(1, 2\)"):
        decisions.threshold(np.ones((1, 2)), np.ones(3))


def test_posterior_by_hand():
    # Products .6*.5, .6*.5, .4*.5 for {1}, {1,2}, {2}; the empty set is not asked for: divide by .8.
    sets = np.array([[1, 0], [1, 1], [0, 1]])
    posterior = decisions.posterior_from_scores(np.array([[0.6, 0.5]]), sets)
    assert posterior == pytest.approx(np.array([[0.375, 0.375, 0.25]]))


def test_posterior_of_certain_scores_is_the_nearest_sets():
    # {2} fits no set exactly; both given ones are one label away.
    posterior = decisions.posterior_from_scores(
        np.array([[0.0, 1.0, 0.0]]), np.array([[1, 1, 0], [0, 1, 1], [1, 0, 1]])
    )
    assert posterior == pytest.approx(np.array([[0.5, 0.5, 0.0]]), abs=1e-6)


def test_each_metric_chooses_its_own_set():
    # {1} .4, {1,2} 0, {1,2,3} .35, {2} .25
    posterior = [0.4, 0.0, 0.35, 0.25]
    # The likeliest set.
    assert best(posterior, "subset_accuracy") == [1, 0, 0]
    # Marginals .75, .60, .35.
    assert best(posterior, "hamming_loss") == [1, 1, 0]
    # Jaccard: {1} .4 + .35/3 = .517; {1,2} .4/2 + .35*2/3 + .25/2 = .558; {1,2,3} .4/3 + .35 + .25/3 = .567.
    assert best(posterior, "accuracy") == [1, 1, 1]
    # F1: {1} .4 + .35/2 = .575; {1,2} (.4 + .25)*2/3 + .35*4/5 = .713; {1,2,3} (.4 + .25)/2 + .35 = .675.
    assert best(posterior, "f1") == [1, 1, 0]


def test_a_set_outside_the_given_ones_can_be_best():
    sets = np.array([[1, 1, 0], [1, 0, 1], [0, 1, 1]])
    chosen = decisions.expected_best(np.full((1, 3), 1 / 3), sets, "hamming_loss")
    assert chosen.tolist() == [[1, 1, 1]]


def test_never_empty_and_ties_take_the_smallest_set():
    sets = np.array([[0, 0, 0], [0, 1, 0], [0, 0, 1]])
    for metric in ("accuracy", "subset_accuracy", "f1", "hamming_loss"):
        assert decisions.expected_best(np.array([[1.0, 0, 0]]), sets, metric).tolist() == [[1, 0, 0]]
    assert decisions.expected_best(np.array([[0, 0.5, 0.5]]), sets, "subset_accuracy").tolist() == [[0, 1, 0]]


@pytest.mark.parametrize("metric", ["accuracy", "subset_accuracy", "f1", "hamming_loss"])
def test_no_other_set_scores_better(metric):
    generator = np.random.default_rng(0)
    posterior = generator.dirichlet(np.ones(len(SETS)), 20)
    chosen = decisions.expected_best(posterior, SETS, metric)
    sign = 1 if METRICS[metric].higher_is_better else -1

    def expected(row, candidate):
        values = [METRICS[metric].function(one[None], candidate[None]) for one in SETS]
        return sign * float(posterior[row] @ values)

    for row, choice in enumerate(chosen):
        others = [expected(row, candidate) for candidate in decisions.nonempty_sets(3)]
        assert expected(row, choice) == pytest.approx(max(others), abs=1e-12)


def test_nonempty_sets_are_ordered_by_size():
    assert decisions.nonempty_sets(2).tolist() == [[1, 0], [0, 1], [1, 1]]
    assert len(decisions.nonempty_sets(4)) == 15


@pytest.mark.parametrize(
    ("posterior", "sets", "metric", "message"),
    [
        (np.ones((1, 4)) / 4, SETS, "auc_macro", "No label set can be chosen by the expected 'auc_macro'"),
        (np.ones((1, 3)) / 3, SETS, "f1", "no distribution over 4 label sets"),
        (np.ones((1, 4)), SETS, "f1", "no distribution"),
        (np.array([[1.5, -0.5, 0, 0]]), SETS, "f1", "no distribution"),
        (np.array([[np.nan, 1, 0, 0]]), SETS, "f1", "no distribution"),
        (np.ones((1, 1)), np.ones(3), "f1", r"Label sets have the shape \(3,\)"),
        (np.ones((1, 1)), np.array([[0.4]]), "f1", r"A label is 0\.4"),
    ],
)
def test_bad_posteriors(posterior, sets, metric, message):
    with pytest.raises(InputError, match=message):
        decisions.expected_best(posterior, sets, metric)


@pytest.mark.parametrize(
    ("scores", "message"),
    [
        (np.array([[0.5, 0.5]]), r"Scores of shape \(1, 2\) do not fit label sets of 3 labels"),
        (np.array([[0.5, 1.2, 0.1]]), "not a probability"),
        (np.array([[0.5, np.nan, 0.1]]), "not a probability"),
    ],
)
def test_bad_scores(scores, message):
    with pytest.raises(InputError, match=message):
        decisions.posterior_from_scores(scores, SETS)


def validation_rows():
    """Label 1 is right from .30 on; label 2 from .5 on; label 3 has four positives."""
    truth = np.zeros((12, 3), dtype=int)
    truth[:6, 0], truth[6:, 1], truth[:4, 2] = 1, 1, 1
    scores = np.where(truth == 1, [0.32, 0.9, 0.1], [0.28, 0.2, 0.05])
    return truth, scores


@pytest.mark.parametrize("metric", ["accuracy", "subset_accuracy", "f1", "hamming_loss", "f1_of_means"])
def test_tuned_thresholds(metric):
    truth, scores = validation_rows()
    # Only .30 parts label 1. Many part label 2: .5 is nearest to .5. Label 3 is too rare to move.
    assert decisions.tune_thresholds(truth, scores, metric).tolist() == [0.3, 0.5, 0.5]


def test_equally_good_thresholds_take_the_one_nearest_half():
    truth = np.repeat([[1], [0]], 5, axis=0)
    # .30, .35, .40 part the classes.
    assert decisions.tune_thresholds(truth, np.where(truth, 0.42, 0.28), "accuracy").tolist() == [0.4]
    # A score that says nothing: whatever is as good as .5 does not move it.
    assert decisions.tune_thresholds(truth, np.full((10, 1), 0.7), "hamming_loss").tolist() == [0.5]


def test_labels_are_tuned_together():
    # Two labels whose scores stand far below .5; neither threshold alone gives a right set.
    truth = np.repeat([[1, 1], [0, 0]], 6, axis=0)
    chosen = decisions.tune_thresholds(truth, np.where(truth, 0.2, 0.1), "f1")
    assert chosen.tolist() == [0.2, 0.2]


def test_nothing_to_tune():
    truth, scores = validation_rows()
    with pytest.raises(InputError, match="'auc_macro' does not depend on thresholds"):
        decisions.tune_thresholds(truth, scores, "auc_macro")
    with pytest.raises(InputError, match="cannot be compared"):
        decisions.tune_thresholds(truth, scores[:, :2], "accuracy")
    with pytest.raises(InputError, match="not finite"):
        decisions.tune_thresholds(truth, scores * np.nan, "accuracy")
    constant = decisions.tune_thresholds(np.ones((6, 1)), np.ones((6, 1)), "auc_macro_labels")
    assert constant.tolist() == [0.5]
