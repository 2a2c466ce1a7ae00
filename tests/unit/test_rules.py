"""Decision rules fitted on validation rows, and the choice among them by rows that they were not fitted on."""

from itertools import product

import numpy as np
import pytest

from mmlmirloc.errors import InputError
from mmlmirloc.evaluation.names import CHOSEN, FIXED, TUNED
from mmlmirloc.evaluation.rules import EXPECTED, RULES, FittedRules, best_rule, rule_values

ALL_SETS = np.array([members for members in product((0, 1), repeat=4) if any(members)])


def rows_of(*counts):
    """Truth of ``count`` rows of each label set, of (count, labels...)."""
    return np.concatenate([np.tile(labels, (count, 1)) for count, *labels in counts])


def uneven(seed, rows=120):
    """Truth with five label sets of four labels, of random shares."""
    generator = np.random.default_rng(seed)
    sets = ALL_SETS[generator.choice(15, 5, replace=False)]
    return sets[generator.choice(5, rows, p=generator.dirichlet(np.ones(5)))]


def best_constants(truth, metric):
    """The sets of the best mean over the rows, worked out set by set without the library."""
    both, either = (truth[:, None] & ALL_SETS).sum(2), (truth[:, None] | ALL_SETS).sum(2)
    rows = {
        "accuracy": both / either,
        "subset_accuracy": either == both,
        "f1": 2 * both / (both + either),
        "hamming_loss": either - both,
    }[metric]
    means = rows.mean(axis=0)
    best = means.min() if metric == "hamming_loss" else means.max()
    return [tuple(chosen) for chosen in ALL_SETS[np.isclose(means, best)]]


def test_names():
    names = "fixed thresholds expected_accuracy expected_subset_accuracy expected_f1 expected_hamming_loss"
    assert list(RULES) == names.split()
    assert CHOSEN not in RULES


@pytest.mark.parametrize("metric", EXPECTED.values())
@pytest.mark.parametrize("seed", range(6))
def test_the_prevalence_as_a_score_leads_to_the_best_constant(metric, seed):
    truth = uneven(seed)
    scores = np.tile(truth.mean(axis=0), (len(truth), 1))
    fitted = FittedRules.fit(truth, scores, 0.5, metric)
    predicted = fitted.predict(f"expected_{metric}", scores[None, :3])
    assert (predicted == predicted[0]).all()
    assert tuple(predicted[0]) in best_constants(truth, metric)


def test_the_best_constants_differ_by_metric():
    # Otherwise the test above would not tell one rule from another.
    found = {metric: [best_constants(uneven(seed), metric) for seed in range(6)] for metric in EXPECTED.values()}
    assert all(found[first] != found[second] for first in found for second in found if first != second)


def test_the_rules_by_hand():
    # Six rows of {1} and six of {2}: .3 parts them for label 1, as for label 2; no score reaches .5.
    truth = rows_of((6, 1, 0), (6, 0, 1))
    scores = np.where(truth, 0.32, 0.28)
    fitted = FittedRules.fit(truth, scores, 0.5, "accuracy")
    assert fitted.thresholds.tolist() == [0.3, 0.3]
    assert fitted.label_sets.tolist() == [[0, 1], [1, 0]] and fitted.shares.tolist() == [0.5, 0.5]
    # Two fold models whose mean is (.32, .28): rules see the mean, not one of them.
    by_fold = np.array([[[0.40, 0.26]], [[0.24, 0.30]]])
    assert fitted.predict(FIXED, by_fold).tolist() == [[0, 0]]
    assert fitted.predict(TUNED, by_fold).tolist() == [[1, 0]]
    for rule in EXPECTED:
        assert fitted.predict(rule, np.array([[[0.32, 0.28], [0.28, 0.32]]])).tolist() == [[1, 0], [0, 1]]


def test_the_fixed_threshold_is_the_given_one():
    truth = rows_of((6, 1, 0), (6, 0, 1))
    fitted = FittedRules.fit(truth, truth * 0.2, 0.1, "accuracy")
    assert fitted.predict(FIXED, np.array([[[0.1, 0.09]]])).tolist() == [[1, 0]]


def test_calibration_comes_before_the_mean_of_the_fold_models():
    truth = rows_of((15, 1), (5, 0), (5, 1), (15, 0))
    scores = np.repeat([0.6, 0.4], 20)[:, None]
    fitted = FittedRules.fit(truth, scores, 0.5, "accuracy")
    # The means of the smoothed targets, 320/440 and 120/440 (see the tests of calibration): their mean is .5.
    assert fitted.calibrate(np.array([[[0.6]], [[0.6]]])) == pytest.approx(np.array([[320 / 440]]))
    assert fitted.calibrate(np.array([[[0.6]], [[0.4]], [[0.4]]])) == pytest.approx(np.array([[560 / 1320]]))


@pytest.mark.parametrize(
    ("labels_of_folds", "expected"),
    [
        # Every fold gets the label set of the other one, which is always wrong. Fitted on all rows half were right.
        (([1, 0], [0, 1]), 0.0),
        # The first fold's labels changed: the other fold gets another set, but itself gets {2} as before.
        (([0, 1], [0, 1]), 1.0),
        # {2} is the set of most rows of the other folds for all but the fold of {1, 2}, which gets {2} as well.
        (([0, 1], [0, 1], [1, 1], [0, 1]), 0.75),
    ],
)
def test_no_fold_has_a_say_in_the_rule_that_is_applied_to_it(labels_of_folds, expected):
    truth = rows_of(*((8, *labels) for labels in labels_of_folds))
    folds = np.repeat(np.arange(len(labels_of_folds)) + 3, 8)
    values = rule_values(truth, np.full(truth.shape, 0.5), folds, list(EXPECTED), 0.5, "subset_accuracy")
    assert list(values) == list(EXPECTED)
    assert values["expected_subset_accuracy"] == expected


def test_thresholds_are_tuned_without_the_fold():
    # In fold 0 the classes part at .3, in fold 1 at .7; in either the other's threshold predicts all or nothing.
    truth = np.tile(np.repeat([1, 0], 6), 2)[:, None]
    apart = np.repeat([0.32, 0.28, 0.72, 0.68], 6)[:, None]
    folds, order = np.repeat([0, 1], 12), np.random.default_rng(0).permutation(24)
    values = rule_values(truth[order], apart[order], folds[order], [FIXED, TUNED], 0.5, "hamming_loss")
    assert values == {FIXED: 0.5, TUNED: 0.5}
    # Where both part at .3, either fold's threshold suits the other; the fixed one predicts nothing.
    values = rule_values(truth, np.where(truth, 0.32, 0.28), folds, [FIXED, TUNED], 0.5, "hamming_loss")
    assert values == {FIXED: 0.5, TUNED: 0.0}


@pytest.mark.parametrize(
    ("objective", "values", "expected"),
    [
        ("accuracy", {FIXED: 0.5, TUNED: 0.7, "expected_f1": 0.6}, TUNED),
        ("hamming_loss", {FIXED: 0.5, TUNED: 0.7, "expected_f1": 0.4}, "expected_f1"),
        ("accuracy", {FIXED: 0.7, TUNED: 0.7}, FIXED),
        ("hamming_loss", {TUNED: 0.2, FIXED: 0.2}, TUNED),
        # The last bits of a mean decide nothing.
        ("accuracy", {FIXED: 0.3, TUNED: 0.1 + 0.2}, FIXED),
        ("hamming_loss", {FIXED: 0.1 + 0.2, TUNED: 0.3}, FIXED),
    ],
)
def test_best_rule(objective, values, expected):
    assert best_rule(values, objective) == expected


def test_what_does_not_fit_is_refused():
    truth = rows_of((6, 1, 0), (6, 0, 1))
    with pytest.raises(InputError, match="'auc_macro' does not depend on thresholds"):
        FittedRules.fit(truth, truth * 0.5, 0.5, "auc_macro")
    with pytest.raises(InputError, match="cannot be compared"):
        FittedRules.fit(truth, truth[:, :1] * 0.5, 0.5, "accuracy")
    with pytest.raises(InputError, match="Unknown metric 'jaccard'"):
        best_rule({FIXED: 0.5}, "jaccard")
