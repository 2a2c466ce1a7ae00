"""Decision rules on posteriors small enough to work by hand."""

import numpy as np
import pytest

from mmlmirloc.errors import InputError
from mmlmirloc.evaluation import label_sets
from mmlmirloc.objectives import OBJECTIVES, value_of

SETS = np.array([[1, 0, 0], [1, 1, 0], [1, 1, 1], [0, 1, 0]])


def best(posterior, metric):
    return label_sets.expected_best(np.array([posterior]), SETS, metric)[0].tolist()


def test_threshold():
    scores = np.array([[0.5, 0.5], [0.2, 0.49]])
    assert label_sets.threshold(scores).tolist() == [[1, 1], [0, 0]]
    assert label_sets.threshold(scores, 0.2).tolist() == [[1, 1], [1, 1]]
    assert label_sets.threshold(scores, np.array([0.2, 0.6])).tolist() == [[1, 0], [1, 0]]
    truth = np.array([[1, 0], [0, 1]])
    for metric in OBJECTIVES:
        assert value_of(metric, truth, scores) == value_of(metric, truth, scores, label_sets.threshold(scores))


def test_wrong_number_of_thresholds():
    with pytest.raises(InputError, match=r"3 thresholds for scores of shape \(1, 2\)"):
        label_sets.threshold(np.ones((1, 2)), np.ones(3))


def posterior(scores, sets, shares):
    return label_sets.posterior_from_scores(np.array([scores]), np.array(sets), np.array(shares))[0]


FOUR = np.array([[0, 0], [1, 0], [0, 1], [1, 1]])


def test_posterior_by_hand():
    # Label 1 is sure, and both sets hold it; label 2 parts them.
    assert posterior([1, 0.3], [[1, 0], [1, 1]], [0.5, 0.5]) == pytest.approx([0.7, 0.3], abs=1e-6)
    assert posterior([1, 0.3], [[1, 0], [1, 1]], [0.9, 0.1]) == pytest.approx([0.7, 0.3], abs=1e-6)
    # {1}, {1,2}, {2}: whatever the shares, only 1 - .5, .6 + .5 - 1 and 1 - .6 have the marginals .6 and .5.
    for shares in ([1 / 3, 1 / 3, 1 / 3], [0.2, 0.7, 0.1]):
        fitted = posterior([0.6, 0.5], [[1, 0], [1, 1], [0, 1]], shares)
        assert fitted == pytest.approx([0.5, 0.1, 0.4], abs=1e-5)


def test_without_dependence_in_the_shares_there_is_none_in_the_posterior():
    assert posterior([0.6, 0.5], FOUR, [0.25] * 4) == pytest.approx([0.4 * 0.5, 0.6 * 0.5, 0.4 * 0.5, 0.6 * 0.5])
    # Shares that are products themselves, of .2 and .7.
    fitted = posterior([0.9, 0.1], FOUR, [0.8 * 0.3, 0.2 * 0.3, 0.8 * 0.7, 0.2 * 0.7])
    assert fitted == pytest.approx([0.1 * 0.9, 0.9 * 0.9, 0.1 * 0.1, 0.9 * 0.1])


def test_the_dependence_of_the_shares_is_kept():
    # The odds ratio is .4 * .3 / (.1 * .2) = 6. With the marginals .6 and .5 and x the share of {1,2}, the others are
    # .6 - x, .5 - x and x - .1: x (x - .1) = 6 (.6 - x) (.5 - x), so x = .4.
    shares = [0.4, 0.1, 0.2, 0.3]
    assert posterior([0.6, 0.5], FOUR, shares) == pytest.approx([0.3, 0.2, 0.1, 0.4])
    scores = np.random.default_rng(0).random((20, 2))
    neither, first, second, both = label_sets.posterior_from_scores(scores, FOUR, np.array(shares)).T
    assert neither * both / (first * second) == pytest.approx(np.full(20, 6.0))


def test_scores_that_know_nothing_give_the_shares():
    # {1} 1/2, {1,2} 1/4, {1,2,3} 1/8, {2} 1/8: marginals 7/8, 1/2, 1/8. All are exact, so nothing is moved by a bit.
    shares = [0.5, 0.25, 0.125, 0.125]
    assert posterior([0.875, 0.5, 0.125], SETS, shares).tolist() == shares
    # Numbers of rows do as well.
    assert posterior([0.875, 0.5, 0.125], SETS, [4, 2, 1, 1]).tolist() == shares


@pytest.mark.parametrize(
    "sets",
    [
        label_sets.nonempty_sets(4),
        np.vstack([np.zeros((1, 4), dtype=int), label_sets.nonempty_sets(4)]),
        np.vstack([np.zeros((1, 4), dtype=int), label_sets.nonempty_sets(4)[:10]]),
    ],
    ids=["all but the empty set", "all sets", "up to two labels"],
)
def test_marginals_that_can_be_had_are_met_by_the_nearest_distribution(sets):
    generator = np.random.default_rng(0)
    shares = generator.dirichlet(np.ones(len(sets)) * 3)
    scores = generator.dirichlet(np.ones(len(sets)) * 3, 20) @ sets
    fitted = label_sets.posterior_from_scores(scores, sets, shares)
    assert fitted @ sets == pytest.approx(scores, abs=1e-4)
    assert fitted.sum(axis=1) == pytest.approx(np.ones(20), abs=1e-12)

    def divergence(rows):
        return (rows * np.log(rows / shares)).sum(axis=1)

    # Steps that change no marginal: each leads away from the shares.
    conditions = np.column_stack([sets, np.ones(len(sets))])
    still = np.linalg.svd(conditions.T)[2][np.linalg.matrix_rank(conditions) :]
    assert len(still) > 0
    for step in generator.normal(size=(20, len(still))) @ still:
        step *= fitted.min() / 2 / np.abs(step).max()
        for moved in (fitted + step, fitted - step):
            assert (divergence(moved) > divergence(fitted)).all()


def test_certain_scores_give_their_set():
    for row, members in enumerate(SETS):
        expected = np.arange(len(SETS)) == row
        assert posterior(members, SETS, [0.4, 0.3, 0.2, 0.1]) == pytest.approx(expected.astype(float), abs=1e-5)


def test_marginals_that_cannot_be_had_still_give_a_distribution():
    # All sets hold label 1: its score has no say, and label 2 parts them.
    assert posterior([0.2, 0.3], [[1, 0], [1, 1]], [0.5, 0.5]) == pytest.approx([0.7, 0.3])
    assert posterior([0.2, 0.3], [[1, 1]], [1.0]) == pytest.approx([1.0])
    # Every corner, most of which are no set; two labels that no set has together; none at all.
    corners = np.array([[a, b, c] for a in (0, 1) for b in (0, 1) for c in (0, 1)])
    for sets in (SETS, np.eye(3, dtype=int), np.zeros((1, 3), dtype=int), np.array([[1, 1, 0], [0, 1, 1], [1, 0, 1]])):
        fitted = label_sets.posterior_from_scores(corners, sets, np.full(len(sets), 1 / len(sets)))
        assert np.isfinite(fitted).all() and (fitted >= 0).all()
        assert fitted.sum(axis=1) == pytest.approx(np.ones(8), abs=1e-12)
        # It is a posterior that a rule takes.
        assert label_sets.expected_best(fitted, sets, "accuracy").shape == (8, 3)


def test_rows_are_fitted_one_by_one():
    scores, shares = np.random.default_rng(1).random((5, 3)), np.array([0.4, 0.3, 0.2, 0.1])
    together = label_sets.posterior_from_scores(scores, SETS, shares)
    assert together.shape == (5, 4)
    for row in range(5):
        assert posterior(scores[row], SETS, shares) == pytest.approx(together[row], abs=1e-15)
    assert label_sets.posterior_from_scores(np.zeros((0, 3)), SETS, shares).shape == (0, 4)
    # What it was given is left alone.
    assert shares.tolist() == [0.4, 0.3, 0.2, 0.1]


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
    chosen = label_sets.expected_best(np.full((1, 3), 1 / 3), sets, "hamming_loss")
    assert chosen.tolist() == [[1, 1, 1]]


def test_never_empty_and_ties_take_the_smallest_set():
    sets = np.array([[0, 0, 0], [0, 1, 0], [0, 0, 1]])
    for metric in ("accuracy", "subset_accuracy", "f1", "hamming_loss"):
        assert label_sets.expected_best(np.array([[1.0, 0, 0]]), sets, metric).tolist() == [[1, 0, 0]]
    assert label_sets.expected_best(np.array([[0, 0.5, 0.5]]), sets, "subset_accuracy").tolist() == [[0, 1, 0]]


@pytest.mark.parametrize("metric", ["accuracy", "subset_accuracy", "f1", "hamming_loss"])
def test_no_other_set_scores_better(metric):
    generator = np.random.default_rng(0)
    posterior = generator.dirichlet(np.ones(len(SETS)), 20)
    chosen = label_sets.expected_best(posterior, SETS, metric)
    sign = 1 if OBJECTIVES[metric].higher_is_better else -1

    def expected(row, candidate):
        values = [OBJECTIVES[metric].function(one[None], candidate[None]) for one in SETS]
        return sign * float(posterior[row] @ values)

    for row, choice in enumerate(chosen):
        others = [expected(row, candidate) for candidate in label_sets.nonempty_sets(3)]
        assert expected(row, choice) == pytest.approx(max(others), abs=1e-12)


def test_nonempty_sets_are_ordered_by_size():
    assert label_sets.nonempty_sets(2).tolist() == [[1, 0], [0, 1], [1, 1]]
    assert len(label_sets.nonempty_sets(4)) == 15


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
        label_sets.expected_best(posterior, sets, metric)


SHARES = np.full(4, 0.25)


@pytest.mark.parametrize(
    ("scores", "shares", "message"),
    [
        ([[0.5, 0.5]], SHARES, r"Scores of shape \(1, 2\) and .* \(4,\) do not fit 4 label sets of 3 labels"),
        ([0.5, 0.5, 0.1], SHARES, r"Scores of shape \(3,\) and .* do not fit"),
        ([[0.5, 0.5, 0.1]], np.full(3, 1 / 3), r"shares of shape \(3,\) do not fit 4 label sets"),
        ([[0.5, 0.5, 0.1]], SHARES[:, None], r"shares of shape \(4, 1\) do not fit 4 label sets"),
        ([[0.5, 1.2, 0.1]], SHARES, "not a probability"),
        ([[0.5, -0.1, 0.1]], SHARES, "not a probability"),
        ([[0.5, np.nan, 0.1]], SHARES, "not a probability"),
        ([[0.5, 0.5, 0.1]], np.array([0.5, 0.5, 0, 0]), "A score or a share is not a probability"),
        ([[0.5, 0.5, 0.1]], np.array([0.5, 0.5, 0.1, -0.1]), "A score or a share is not a probability"),
        ([[0.5, 0.5, 0.1]], np.array([0.5, 0.3, 0.2, np.nan]), "A score or a share is not a probability"),
    ],
)
def test_bad_scores_and_shares(scores, shares, message):
    with pytest.raises(InputError, match=message):
        label_sets.posterior_from_scores(np.array(scores), SETS, shares)


def test_bad_label_sets():
    with pytest.raises(InputError, match=r"Label sets have the shape \(3,\)"):
        label_sets.posterior_from_scores(np.ones((1, 3)), np.ones(3), np.ones(1))
    with pytest.raises(InputError, match=r"A label is 0\.4"):
        label_sets.posterior_from_scores(np.ones((1, 1)), np.array([[0.4]]), np.ones(1))


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
    assert label_sets.tune_thresholds(truth, scores, metric).tolist() == [0.3, 0.5, 0.5]


def test_equally_good_thresholds_take_the_one_nearest_half():
    truth = np.repeat([[1], [0]], 5, axis=0)
    # .30, .35, .40 part the classes.
    assert label_sets.tune_thresholds(truth, np.where(truth, 0.42, 0.28), "accuracy").tolist() == [0.4]
    # A score that says nothing: whatever is as good as .5 does not move it.
    assert label_sets.tune_thresholds(truth, np.full((10, 1), 0.7), "hamming_loss").tolist() == [0.5]


def test_labels_are_tuned_together():
    # Two labels whose scores stand far below .5; neither threshold alone gives a right set.
    truth = np.repeat([[1, 1], [0, 0]], 6, axis=0)
    chosen = label_sets.tune_thresholds(truth, np.where(truth, 0.2, 0.1), "f1")
    assert chosen.tolist() == [0.2, 0.2]


def test_nothing_to_tune():
    truth, scores = validation_rows()
    with pytest.raises(InputError, match="'auc_macro' does not depend on thresholds"):
        label_sets.tune_thresholds(truth, scores, "auc_macro")
    with pytest.raises(InputError, match="cannot be compared"):
        label_sets.tune_thresholds(truth, scores[:, :2], "accuracy")
    with pytest.raises(InputError, match="not finite"):
        label_sets.tune_thresholds(truth, scores * np.nan, "accuracy")
    constant = label_sets.tune_thresholds(np.ones((6, 1)), np.ones((6, 1)), "auc_macro_labels")
    assert constant.tolist() == [0.5]
