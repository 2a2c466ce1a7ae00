"""Intervals and tests against hand-worked numbers."""

import numpy as np
import pytest
from scipy import stats

from mmlmirloc.errors import InputError
from mmlmirloc.evaluation import statistics
from mmlmirloc.evaluation.metrics import LABEL_METRICS, METRICS


def coin(right, rows):
    """Truth and predictions of one label: ``right`` of ``rows`` rows are right."""
    truth = np.ones((rows, 1), dtype=int)
    return truth, (np.arange(rows)[:, None] < right).astype(int)


def random_case(rows=80, labels=3, seed=0):
    generator = np.random.default_rng(seed)
    truth = (generator.random((rows, labels)) < 0.4).astype(int)
    scores = np.clip(truth * 0.2 + generator.random((rows, labels)) * 0.8, 0, 1).round(2)
    return truth, scores, (scores >= 0.5).astype(int)


def test_interval_of_a_proportion_is_binomial():
    truth, predicted = coin(60, 100)
    low, high = statistics.interval(truth, predicted, predicted, "subset_accuracy", draws=20000, seed=1)
    # The number of right rows in a draw is binomial (100, .6).
    assert (low, high) == pytest.approx(tuple(stats.binom.ppf([0.025, 0.975], 100, 0.6) / 100), abs=0.0051)


def test_groups_are_drawn_whole():
    # Two groups, right in one and wrong in the other: a draw has 0, 1 or 2 right groups (chances 1/4, 1/2, 1/4).
    truth, predicted = coin(50, 100)
    groups = ["a"] * 50 + ["b"] * 50
    assert statistics.interval(truth, predicted, predicted, "accuracy", groups=groups) == (0.0, 1.0)
    narrow = statistics.interval(truth, predicted, predicted, "accuracy")
    assert 0.35 < narrow[0] < 0.45 and 0.55 < narrow[1] < 0.65


def test_a_large_group_weighs_more():
    # Three right rows in one group, one wrong row in the other: a draw of both has 3/4 right.
    truth, predicted = coin(3, 4)
    member = statistics.unit_numbers(4, ["a", "a", "a", "b"])
    weights = statistics.row_weights(member, draws=100, seed=0)
    assert set(weights.sum(1)) == {2, 4, 6}
    assert set(METRICS["accuracy"].function(truth, predicted, weights)) == {0, 0.75, 1}


def test_groups_of_one_row_are_rows():
    truth, scores, predicted = random_case()
    for metric in METRICS:
        alone = statistics.interval(truth, scores, predicted, metric, draws=50, seed=4)
        assert alone == statistics.interval(truth, scores, predicted, metric, 50, 4, groups=np.arange(80))


@pytest.mark.parametrize("metric", [*METRICS, *LABEL_METRICS])
def test_interval_is_that_of_rows_drawn_one_by_one(metric):
    truth, scores, predicted = random_case(rows=30)
    counts = np.random.default_rng(7).multinomial(30, np.full(30, 1 / 30), size=40)
    measured = (METRICS | LABEL_METRICS)[metric]
    values = []
    for draw in counts:
        rows = np.repeat(np.arange(30), draw)
        values.append(measured.measure(truth[rows], scores[rows], predicted[rows]))
    low, high = statistics.interval(truth, scores, predicted, metric, draws=40, seed=7)
    assert low == pytest.approx(np.quantile(values, 0.025, axis=0), abs=1e-12)
    assert high == pytest.approx(np.quantile(values, 0.975, axis=0), abs=1e-12)


def test_interval_per_label():
    truth, scores, predicted = random_case()
    low, high = statistics.interval(truth, scores, predicted, "pr_auc", draws=100)
    assert low.shape == high.shape == (3,) and (low < high).all()


def test_seed_decides_the_draws():
    truth, scores, predicted = random_case()
    one, again, other = (statistics.interval(truth, scores, predicted, "auc_macro", 99, seed) for seed in (1, 1, 2))
    assert one == again and one != other


def test_wider_level_wider_interval():
    truth, scores, predicted = random_case()
    narrow = statistics.interval(truth, scores, predicted, "f1", 200, level=0.5)
    wide = statistics.interval(truth, scores, predicted, "f1", 200, level=0.99)
    assert wide[0] < narrow[0] < narrow[1] < wide[1]


def test_one_row_or_group_gives_no_interval():
    truth, predicted = coin(1, 1)
    assert np.isnan(statistics.interval(truth, predicted, predicted, "accuracy")).all()
    truth, predicted = coin(3, 9)
    assert np.isnan(statistics.interval(truth, predicted, predicted, "accuracy", groups=["a"] * 9)).all()


def test_draws_without_a_value_are_left_out():
    # One positive row of four: a third of the draws lack it, and the rest has the area 1.
    truth, scores = np.array([[1], [0], [0], [0]]), np.array([[0.9], [0.1], [0.2], [0.3]])
    assert statistics.interval(truth, scores, scores, "auc_macro", draws=200) == (1.0, 1.0)
    assert np.isnan(statistics.interval(np.zeros_like(truth), scores, scores, "auc_macro", draws=20)).all()


def test_pairing_removes_what_systems_share():
    truth, scores, predicted = random_case()
    better = predicted.copy()
    better[:2] = 1 - truth[:2]
    predicted[:2] = truth[:2]
    # The same rows but two: only those two make the difference, which never has the other sign.
    low, high = statistics.paired_interval(truth, scores, predicted, scores, better, "accuracy", draws=500)
    assert low >= 0 and high < 0.1
    low_back, high_back = statistics.paired_interval(truth, scores, better, scores, predicted, "accuracy", draws=500)
    assert (-high_back, -low_back) == pytest.approx((low, high))
    same = statistics.paired_interval(truth, scores, predicted, scores, predicted, "auc_macro", draws=50)
    assert same == (0.0, 0.0)


def test_paired_interval_of_a_proportion():
    # a right in 30 rows where b is wrong, else equal: the difference is that proportion.
    truth, first = coin(70, 100)
    _, second = coin(40, 100)
    low, high = statistics.paired_interval(truth, first, first, second, second, "subset_accuracy", draws=20000)
    assert (low, high) == pytest.approx(tuple(stats.binom.ppf([0.025, 0.975], 100, 0.3) / 100), abs=0.0051)


def test_bootstrap_of_any_statistic():
    values = np.array([0.0, 1.0])
    low, high = statistics.bootstrap_interval(lambda weights: weights @ values / weights.sum(1), rows=2)
    assert (low, high) == (0.0, 1.0)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"rows": 0}, "There are no rows to draw from"),
        ({"rows": 3, "groups": ["a", "b"]}, "2 groups for 3 rows"),
        ({"rows": 3, "draws": 0}, "0 bootstrap draws"),
        ({"rows": 3, "level": 95}, "No interval has the level 95"),
    ],
)
def test_bad_bootstraps(options, message):
    with pytest.raises(InputError, match=message):
        statistics.bootstrap_interval(lambda weights: weights.sum(1), **options)


def test_interval_of_an_unknown_metric():
    truth, predicted = coin(1, 2)
    with pytest.raises(InputError, match="Unknown metric 'jaccard'"):
        statistics.interval(truth, predicted, predicted, "jaccard")


def test_nadeau_bengio_by_hand():
    # Mean .2, sd .1, k = 3: error .1 * sqrt(1/3 + 1/4) = .076376; t(.975, 2) = 4.302653.
    mean, low, high = statistics.nadeau_bengio([0.1, 0.2, 0.3], n_train=400, n_test=100)
    assert mean == pytest.approx(0.2)
    assert (low, high) == pytest.approx((0.2 - 0.328620, 0.2 + 0.328620), abs=1e-6)


def test_nadeau_bengio_is_wider_than_the_plain_t_interval():
    values = [0.1, 0.15, 0.3, 0.22]
    plain = stats.ttest_1samp(values, 0).confidence_interval(0.95)
    # With hardly any test rows the correction vanishes.
    assert statistics.nadeau_bengio(values, 1e12, 1)[1:] == pytest.approx(tuple(plain))
    assert statistics.nadeau_bengio(values, 420, 118)[1] < plain.low


def test_nadeau_bengio_without_spread_to_see():
    mean, low, high = statistics.nadeau_bengio([0.4], 420, 118)
    assert mean == 0.4 and np.isnan([low, high]).all()
    assert np.isnan(statistics.nadeau_bengio([0.4, np.nan], 420, 118)).all()


def test_nadeau_bengio_refuses():
    with pytest.raises(InputError, match="no values to average"):
        statistics.nadeau_bengio([], 420, 118)
    with pytest.raises(InputError, match="0 training and 118 test rows"):
        statistics.nadeau_bengio([0.1, 0.2], 0, 118)
    with pytest.raises(InputError, match="No interval has the level 1"):
        statistics.nadeau_bengio([0.1, 0.2], 420, 118, level=1)


def test_mcnemar_by_hand():
    # a alone right in 5 rows, b alone in 1, six rows equal: 2 * (1 + 6) / 2^6.
    first = np.array([1] * 5 + [0] + [1] * 3 + [0] * 3)
    second = np.array([0] * 5 + [1] + [1] * 3 + [0] * 3)
    assert statistics.mcnemar(first, second) == pytest.approx(14 / 64)
    assert statistics.mcnemar(second, first) == pytest.approx(14 / 64)


def test_mcnemar_of_equal_systems():
    assert statistics.mcnemar(np.array([1, 0, 1]), np.array([1, 0, 1])) == 1.0


def test_mcnemar_refuses_other_rows():
    with pytest.raises(InputError, match="cannot be paired"):
        statistics.mcnemar(np.array([1, 0]), np.array([1, 0, 1]))


def test_holm_by_hand():
    # Sorted .01 .02 .03 .04: times 4 3 2 1 = .04 .06 .06 .04; never falling: .04 .06 .06 .06.
    assert statistics.holm([0.03, 0.01, 0.04, 0.02]) == pytest.approx([0.06, 0.04, 0.06, 0.06])
    assert statistics.holm([0.7, 0.6]) == pytest.approx([1.0, 1.0])
    assert statistics.holm([]).tolist() == []


@pytest.mark.parametrize("p_values", [[0.1, 1.2], [-0.1], [np.nan]])
def test_holm_refuses(p_values):
    with pytest.raises(InputError, match="not a probability"):
        statistics.holm(p_values)
