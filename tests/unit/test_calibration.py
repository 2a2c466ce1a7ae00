"""Platt scaling against known answers, and calibration measured by hand."""

import numpy as np
import pytest
from scipy.special import expit
from sklearn.linear_model import LogisticRegression

from mmlmirloc.errors import InputError
from mmlmirloc.evaluation.calibration import (
    BINS,
    apply_platt,
    expected_calibration_error,
    fit_platt,
    logit,
    reliability,
)


def calibrated_rows(n, seed=0):
    """Scores that are the very chance with which their rows are positive."""
    generator = np.random.default_rng(seed)
    scores = generator.beta(2, 2, (n, 1))
    return (generator.random((n, 1)) < scores).astype(int), scores


def two_scores(low, high, positives_of_low, positives_of_high):
    """Truth and scores of one label: 20 rows with the score ``low``, 20 with ``high``."""
    row = np.arange(20)
    truth = np.concatenate([row < positives_of_low, row < positives_of_high]).astype(int)
    return truth[:, None], np.repeat([low, high], 20)[:, None]


def fitted_probabilities(truth, scores, asked):
    return apply_platt(np.array(asked)[:, None], *fit_platt(truth, scores))[:, 0]


def test_well_calibrated_scores_are_left_alone():
    slopes, offsets = fit_platt(*calibrated_rows(40000))
    # The standard error of the slope is about 1 / sqrt(n var(logit) p(1-p)) = 1 / sqrt(40000 * 1.3 * .2) = .01.
    assert slopes == pytest.approx([1], abs=0.04) and offsets == pytest.approx([0], abs=0.04)


def test_a_distorted_score_is_put_right():
    truth, scores = calibrated_rows(40000)
    # What was stretched to 2 logit + 1 is shrunk by logit / 2 - 1 / 2.
    slopes, offsets = fit_platt(truth, expit(2 * logit(scores) + 1))
    assert slopes == pytest.approx([0.5], abs=0.02) and offsets == pytest.approx([-0.5], abs=0.04)


@pytest.mark.parametrize(("n", "seed"), [(30, 1), (200, 2), (420, 3)])
def test_the_fit_is_scikit_learns_logistic_regression_on_smoothed_targets(n, seed):
    truth, scores = calibrated_rows(n, seed)
    positives = truth.sum()
    target = np.where(truth[:, 0] == 1, (positives + 1) / (positives + 2), 1 / (n - positives + 2))
    # A target of .9 is a positive row that counts .9 and a negative one that counts .1.
    machine = LogisticRegression(C=np.inf, tol=1e-10, max_iter=1000)
    rows, labels = np.tile(logit(scores), (2, 1)), np.repeat([1, 0], n)
    machine.fit(rows, labels, sample_weight=np.concatenate([target, 1 - target]))
    slopes, offsets = fit_platt(truth, scores)
    assert slopes == pytest.approx(machine.coef_[0], abs=1e-4)
    assert offsets == pytest.approx(machine.intercept_, abs=1e-4)


def test_two_scores_by_hand():
    # Two scores and two parameters: the fit meets the mean target of each. 20 of 40 rows are positive, so the targets
    # are 21/22 and 1/22: (5 * 21 + 15) / 440 and (15 * 21 + 5) / 440.
    truth, scores = two_scores(0.4, 0.6, 5, 15)
    assert fitted_probabilities(truth, scores, [0.4, 0.6]) == pytest.approx([120 / 440, 320 / 440])


@pytest.mark.parametrize(
    ("low", "high"),
    [
        *((0.0, 1.0), (0.0, 0.001), (1e-9, 1 - 1e-9), (0.49, 0.5)),
        (0.4999, 0.5001),
        (0.899, 0.9),
    ],
)
def test_how_far_two_scores_are_apart_does_not_matter(low, high):
    truth, scores = two_scores(low, high, 5, 15)
    assert fitted_probabilities(truth, scores, [low, high]) == pytest.approx([120 / 440, 320 / 440], abs=1e-5)


@pytest.mark.parametrize(("rows", "positives"), [(380, 1), (300, 10), (100, 5)])
def test_a_rare_label_that_a_score_of_0_or_1_finds(rows, positives):
    # As of a nearest neighbour: ``rows`` rows score 0 with few positives, ten rows score 1 and are all positive.
    truth = np.concatenate([np.arange(rows) < positives, np.ones(10)]).astype(int)[:, None]
    scores = np.repeat([0.0, 1.0], [rows, 10])[:, None]
    found, others = (positives + 11) / (positives + 12), 1 / (rows - positives + 2)
    expected = [(positives * found + (rows - positives) * others) / rows, found]
    assert fitted_probabilities(truth, scores, [0, 1]) == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize("positives_of_high", [5, 2, 0], ids=["no better than chance", "wrong way", "all wrong"])
def test_an_order_that_is_not_right_is_given_up(positives_of_high):
    truth, scores = two_scores(0.3, 0.8, 5, positives_of_high)
    slopes, offsets = fit_platt(truth, scores)
    positives = 5 + positives_of_high
    mean = (positives * (positives + 1) / (positives + 2) + (40 - positives) / (42 - positives)) / 40
    assert slopes == pytest.approx([0], abs=1e-9)
    assert offsets == pytest.approx([np.log(mean / (1 - mean))])


@pytest.mark.parametrize(
    ("truth", "score", "expected"),
    [
        # (4 * 5/6 + 6 * 1/8) / 10
        ([1] * 4 + [0] * 6, np.full(10, 0.37), 0.408333),
        ([1] * 4 + [0] * 6, np.zeros(10), 0.408333),
        # 11/12 and 1/12 of ten rows of one class.
        ([1] * 10, np.linspace(0.1, 0.9, 10), 11 / 12),
        ([0] * 10, np.linspace(0.1, 0.9, 10), 1 / 12),
    ],
    ids=["constant score", "constant zero", "positives only", "negatives only"],
)
def test_nothing_to_learn_gives_the_mean_target(truth, score, expected):
    truth, scores = np.array(truth)[:, None], score[:, None]
    assert apply_platt(scores, *fit_platt(truth, scores))[:, 0] == pytest.approx(np.full(10, expected), abs=1e-5)


def test_labels_are_fitted_apart_and_order_is_kept():
    truth, scores = (np.hstack(parts) for parts in zip(calibrated_rows(100, 4), calibrated_rows(100, 5)))
    slopes, offsets = fit_platt(truth, scores)
    assert [slopes[1:], offsets[1:]] == [pytest.approx(part) for part in fit_platt(truth[:, 1:], scores[:, 1:])]
    grid = apply_platt(np.repeat(np.linspace(0, 1, 101)[:, None], 2, axis=1), slopes, offsets)
    # The ends are cut to 1e-4 and 1 - 1e-4, which is still a step from .01 and .99.
    assert (np.diff(grid, axis=0) > 0).all() and grid.min() > 0 and grid.max() < 1


def test_the_sigmoid_stands_on_the_last_axis_of_any_shape():
    # Label 1: 2 logit(.5) + 0 = 0. Label 2: logit(.5) + log 3, odds of 3; of .25 odds of 1.
    by_fold = np.array([[[0.5, 0.5], [0.5, 0.25]], [[0.5, 0.25], [0.5, 0.5]]])
    expected = [[[0.5, 0.75], [0.5, 0.5]], [[0.5, 0.5], [0.5, 0.75]]]
    assert apply_platt(by_fold, np.array([2.0, 1.0]), np.array([0.0, np.log(3)])) == pytest.approx(np.array(expected))


def test_reliability_by_hand():
    # .05 and .05 in the first bin, .15 in the second, .95 and 1 in the last.
    counts, predicted, observed = reliability(np.array([0, 1, 0, 1, 1]), np.array([0.05, 0.05, 0.15, 0.95, 1.0]))
    assert counts.tolist() == [2, 1, *[0] * 7, 2] and BINS == 10
    assert predicted[[0, 1, 9]] == pytest.approx([0.05, 0.15, 0.975])
    assert observed[[0, 1, 9]] == pytest.approx([0.5, 0, 1])
    assert np.isnan(predicted[2:9]).all() and np.isnan(observed[2:9]).all()


def test_a_bin_holds_its_lower_end():
    counts, _, _ = reliability(np.zeros(4), np.array([0.0, 0.25, 0.5, 0.75]), bins=4)
    assert counts.tolist() == [1, 1, 1, 1]


def test_expected_calibration_error_by_hand():
    # Label 1, two bins: .1 and .3 (mean .2, frequency .5) and .6 and .8 (mean .7, frequency 1): (.3 + .3) / 2.
    # Label 2: four rows of .75 in one bin, three of them positive: 0.
    truth = np.array([[0, 1], [1, 1], [1, 1], [1, 0]])
    scores = np.array([[0.1, 0.75], [0.3, 0.75], [0.6, 0.75], [0.8, 0.75]])
    assert expected_calibration_error(truth, scores, bins=2) == pytest.approx(0.15)
    # One bin: means .45 and .75 against frequencies of .75.
    assert expected_calibration_error(truth, scores, bins=1) == pytest.approx(0.15)
    # Bins weigh by their rows: .9 (gap .1) once, .2 (gap .2) three times.
    weighed = expected_calibration_error(np.array([[1], [0], [0], [0]]), np.array([[0.9], [0.2], [0.2], [0.2]]))
    assert weighed == pytest.approx(0.175)


@pytest.mark.parametrize("function", [fit_platt, expected_calibration_error])
@pytest.mark.parametrize(
    ("truth", "scores", "message"),
    [
        ([[1, 0]], [[0.5]], "cannot be compared"),
        (np.empty((0, 2)), np.empty((0, 2)), "cannot be compared"),
        ([[2]], [[0.5]], "A label is 2"),
        ([[1]], [[np.nan]], "1 values are not finite"),
    ],
)
def test_rows_that_do_not_fit(function, truth, scores, message):
    with pytest.raises(InputError, match=message):
        function(np.array(truth), np.array(scores))
