"""Macro AUC of pairs within strata, by hand."""

import numpy as np
import pytest

from mmlmirloc.errors import InputError
from mmlmirloc.evaluation.metrics import auc_within
from mmlmirloc.objectives import auc_macro


def random_case(rows=60, seed=0):
    generator = np.random.default_rng(seed)
    truth = (generator.random((rows, 3)) < 0.4).astype(int)
    # Two decimals, so that there are ties.
    return truth, (truth * 0.2 + generator.random((rows, 3)) * 0.8).round(2), generator.integers(0, 4, rows)


# Stratum a: positives .9 and .2, negative .5: one of 2 pairs in order. Stratum b: positive .6, negatives .6, .1 and
# .3: a tie and two in order, 2.5 of 3. Pairs across strata, such as .2 < .6, do not count.
TRUTH = np.array([[1], [1], [0], [1], [0], [0], [0]])
SCORES = np.array([[0.9], [0.2], [0.5], [0.6], [0.6], [0.1], [0.3]])
STRATA = np.array(["a", "a", "a", "b", "b", "b", "b"])


def test_two_strata_by_hand():
    # A stratum counts by its pairs: 3.5 / 5, not the mean of 1/2 and 5/6.
    assert auc_within(TRUTH, SCORES, STRATA) == pytest.approx(3.5 / 5)
    # The order of the rows, and so of the strata, is all one.
    order = np.array([4, 0, 3, 6, 1, 5, 2])
    assert auc_within(TRUTH[order], SCORES[order], STRATA[order]) == pytest.approx(3.5 / 5)


def test_the_mean_over_labels_leaves_out_one_without_a_pair():
    # The second label has both classes, but each stratum only one of them.
    truth = np.hstack([TRUTH, (STRATA == "a")[:, None]])
    scores = np.hstack([SCORES, 1 - SCORES])
    assert auc_within(truth, scores, STRATA) == pytest.approx(3.5 / 5)
    # A second label with one pair, which is in the wrong order: (3.5 / 5 + 0) / 2.
    truth[0, 1] = 0
    truth[2, 1] = 0
    assert auc_within(truth, np.hstack([SCORES, SCORES]), STRATA) == pytest.approx(0.35)


def test_a_stratum_of_one_class_has_no_pair_and_no_say():
    lonely = np.concatenate([TRUTH, [[1], [1]]]), np.concatenate([SCORES, [[0.0], [0.1]]])
    assert auc_within(*lonely, np.append(STRATA, ["c", "c"])) == pytest.approx(3.5 / 5)


def test_one_stratum_is_the_macro_auc():
    truth, scores, _ = random_case()
    assert auc_within(truth, scores, np.zeros(60)) == pytest.approx(auc_macro(truth, scores))


def test_a_score_that_knows_only_the_stratum_is_worth_nothing():
    # Nine of ten rows of the upper stratum are positive, one of ten of the lower: pairs across strata look good.
    truth = np.array([[1] * 9 + [0], [0] * 9 + [1]]).reshape(20, 1)
    strata = np.repeat([1, 0], 10)
    scores = 0.25 + 0.5 * strata[:, None]
    # In order 9 * 9 = 81 of 100 pairs, tied 9 + 9: .81 + .09.
    assert auc_macro(truth, scores) == pytest.approx(0.9)
    assert auc_within(truth, scores, strata) == 0.5


def test_weights_are_repeated_rows():
    truth, scores, strata = random_case()
    weights = np.random.default_rng(1).multinomial(60, np.full(60, 1 / 60), size=20)
    rows = [np.repeat(np.arange(60), draw) for draw in weights]
    expected = [auc_within(truth[drawn], scores[drawn], strata[drawn]) for drawn in rows]
    assert auc_within(truth, scores, strata, weights.astype(float)) == pytest.approx(expected, abs=1e-12)


def test_nan_where_no_label_has_a_pair():
    assert np.isnan(auc_within(TRUTH, SCORES, np.arange(7)))
    # The first draw holds positives only, the second is the whole, the third misses stratum a.
    weights = np.array([[1, 1, 0, 1, 0, 0, 0], [1] * 7, [0, 0, 0, 1, 1, 1, 1]], dtype=float)
    assert auc_within(TRUTH, SCORES, STRATA, weights) == pytest.approx([np.nan, 3.5 / 5, 2.5 / 3], nan_ok=True)


@pytest.mark.parametrize(
    ("truth", "scores", "message"),
    [
        (TRUTH, SCORES[:-1], "cannot be compared"),
        (TRUTH[:0], SCORES[:0], "cannot be compared"),
        (TRUTH * 2, SCORES, "A label is 2"),
        (TRUTH, np.where(SCORES > 0.8, np.inf, SCORES), "1 values are not finite"),
    ],
)
def test_rows_that_do_not_fit(truth, scores, message):
    with pytest.raises(InputError, match=message):
        auc_within(truth, scores, STRATA[: len(truth)])
