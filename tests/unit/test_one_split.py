"""One draw of test rows: fold mean, sd, ensemble and intervals by hand and against scikit-learn, and the marks."""

import numpy as np
import pandas as pd
import pytest
from score_files import LOCATIONS, row_names
from sklearn import metrics as sklearn_metrics

from mmlmirloc.evaluation.metrics import METRICS
from mmlmirloc.evaluation.names import ONE_DRAW
from mmlmirloc.evaluation.one_split import COLUMNS, fold_mean, measure_split, sd
from mmlmirloc.scores import Scores

TRUTH = np.array([[1, 0], [1, 1], [0, 1], [1, 0]])
# The first fold's model is right everywhere, the second always predicts the nucleus.
RIGHT = np.where(TRUTH == 1, 0.9, 0.1)
NUCLEUS = np.array([[0.8, 0.2], [0.7, 0.4], [0.6, 0.3], [0.9, 0.1]])
SETTINGS = {"threshold": 0.5, "draws": 50, "level": 0.95, "seed": 1}


def scores_of(truth, folds):
    return Scores(row_names(1, len(truth)), np.array(truth), np.array(folds, dtype=float))


def measure(truth, folds, locations=LOCATIONS, **changes):
    """Measure one model that is held against nothing."""
    scores = {"net": scores_of(truth, folds)}
    table = measure_split(scores, ["net"], [], "era", locations, **SETTINGS | changes)
    return table.set_index(["metric", "location"])


BY_HAND = [
    # metric, of the second fold's model (the first has 1, of the Hamming loss 0)
    ("accuracy", (1 + 1 / 2 + 0 + 1) / 4),
    ("subset_accuracy", 2 / 4),
    ("f1", (1 + 2 / 3 + 0 + 1) / 4),
    ("hamming_loss", 3 / 8),
    ("f1_of_means", 2 * 0.75 * 0.625 / (0.75 + 0.625)),
    ("auc_macro", 1),
    ("auc_macro_labels", 0.5),
]


@pytest.mark.parametrize(("metric", "second"), BY_HAND)
def test_by_hand(metric, second):
    row = measure(TRUTH, [RIGHT, NUCLEUS]).loc[(metric, "")]
    first = 0 if metric == "hamming_loss" else 1
    assert row["fold_mean"] == pytest.approx((first + second) / 2)
    # Two values: the sd with n - 1 is their distance over the root of 2.
    assert row["fold_sd"] == pytest.approx(abs(first - second) / np.sqrt(2))
    # The mean scores, such as .35 and .6 of the third row, are right everywhere.
    assert row["ensemble"] == first


@pytest.mark.parametrize(("metric", "second"), BY_HAND)
def test_the_mean_over_fold_models_by_hand(metric, second):
    first = 0 if metric == "hamming_loss" else 1
    by_fold = np.array([RIGHT, NUCLEUS])
    assert fold_mean(TRUTH, by_fold, 0.5, metric) == pytest.approx((first + second) / 2)
    # Each row once is the same as no draw.
    assert fold_mean(TRUTH, by_fold, 0.5, metric, np.ones((1, 4))) == pytest.approx([(first + second) / 2])


def test_layout():
    scores = {name: scores_of(TRUTH, [RIGHT, NUCLEUS]) for name in ("net", "other")}
    table = measure_split(scores, ["net"], [], "era", LOCATIONS, **SETTINGS)
    assert list(table.columns) == COLUMNS == ["model", "metric", "location", *ONE_DRAW, "not_above"]
    of_each = [
        *((metric, "") for metric in ("accuracy", "auc_macro", "subset_accuracy", "f1", "hamming_loss")),
        ("f1_of_means", ""),
        ("auc_macro_labels", ""),
        *((metric, location) for metric in ("roc_auc", "pr_auc") for location in LOCATIONS),
    ]
    found = list(table[["model", "metric", "location"]].itertuples(index=False, name=None))
    assert found == [(model, *one) for model in scores for one in of_each]
    # Numbers, which a table rounds; as objects they would be written with all their digits.
    assert {table[name].dtype for name in ONE_DRAW} == {np.dtype(float)}


def test_no_model_is_an_empty_table():
    table = measure_split({}, [], [], "era", LOCATIONS, **SETTINGS)
    assert list(table.columns) == COLUMNS and table.empty


def test_against_scikit_learn():
    random = np.random.default_rng(4)
    locations = ["a", "b", "c"]
    truth = (random.random((40, 3)) < 0.4).astype(int)
    truth[truth.sum(axis=1) == 0, 0] = 1
    # One location is always predicted: scikit-learn counts two empty sets as 0, and we do not.
    folds = np.round(np.clip(random.random((4, 40, 3)) * 0.7 + 0.3 * truth, 0, 1), 3)
    folds[:, :, 0] = 0.5 + folds[:, :, 0] / 2
    table = measure(truth, folds, locations)
    functions = {
        "accuracy": lambda scores: sklearn_metrics.jaccard_score(truth, scores >= 0.5, average="samples"),
        "subset_accuracy": lambda scores: sklearn_metrics.accuracy_score(truth, scores >= 0.5),
        "f1": lambda scores: sklearn_metrics.f1_score(truth, scores >= 0.5, average="samples"),
        "hamming_loss": lambda scores: sklearn_metrics.hamming_loss(truth, scores >= 0.5),
        "auc_macro": lambda scores: sklearn_metrics.roc_auc_score(truth, scores),
        "auc_macro_labels": lambda scores: sklearn_metrics.roc_auc_score(truth, scores >= 0.5),
    }
    for metric, function in functions.items():
        row, values = table.loc[(metric, "")], [function(scores) for scores in folds]
        expected = [np.mean(values), np.std(values, ddof=1), function(folds.mean(axis=0))]
        np.testing.assert_allclose(row[["fold_mean", "fold_sd", "ensemble"]].astype(float), expected)
    per_location = {
        "roc_auc": lambda scores: sklearn_metrics.roc_auc_score(truth, scores, average=None),
        "pr_auc": lambda scores: sklearn_metrics.average_precision_score(truth, scores, average=None),
    }
    for metric, function in per_location.items():
        rows, values = table.loc[metric].loc[locations], np.array([function(scores) for scores in folds])
        np.testing.assert_allclose(rows["fold_mean"], values.mean(axis=0))
        np.testing.assert_allclose(rows["fold_sd"], values.std(axis=0, ddof=1))
        np.testing.assert_allclose(rows["ensemble"], function(folds.mean(axis=0)))
    # Intervals hold the value they are about, and have a width.
    for name in ("ensemble", "fold_mean"):
        assert (table[f"{name}_low"] <= table[name]).all() and (table[name] <= table[f"{name}_high"]).all()
    assert (table["ensemble_low"] < table["ensemble_high"]).sum() > 9


def test_the_same_test_rows_for_all_fold_models():
    """Rows are drawn once for all fold models: of two that complement each other the mean's interval has no width."""
    half = np.array([[0.9], [0.9], [0.1], [0.1]])
    row = measure(np.ones((4, 1), dtype=int), [half, 1 - half], ["nucleus"]).loc[("accuracy", "")]
    assert row["fold_mean"] == row["fold_mean_low"] == row["fold_mean_high"] == 0.5


def test_the_threshold_is_predicted():
    # Both locations everywhere: accuracies 1/2, 1, 1/2, 1/2; none anywhere: 0.
    for threshold, expected in ((0.3, 0.625), (0.30001, 0)):
        table = measure(TRUTH, [np.full((4, 2), 0.3)], threshold=threshold)
        assert table.loc[("accuracy", ""), "ensemble"] == expected


def test_one_fold_has_no_sd():
    table = measure(TRUTH, [NUCLEUS])
    assert table["fold_sd"].isna().all()
    np.testing.assert_array_equal(table["fold_mean"], table["ensemble"])
    assert np.isnan(sd(np.ones((1, 3)))).tolist() == [True, True, True]


def test_a_location_without_negative_rows_has_no_roc_auc():
    truth = TRUTH.copy()
    truth[:, 0] = 1
    table = measure(truth, [RIGHT, NUCLEUS])
    assert np.isnan(table.loc[("roc_auc", "nucleus"), "ensemble"])
    assert table.loc[("roc_auc", "exosome"), "ensemble"] == 1
    assert table.loc[("auc_macro", ""), "ensemble"] == 1


def test_the_seed_decides_the_draws():
    folds = np.random.default_rng(0).random((2, 4, 2))
    one, same, other = (measure(TRUTH, folds, seed=seed) for seed in (1, 1, 2))
    pd.testing.assert_frame_equal(one, same)
    assert not one.equals(other)


# --- which of the best constant and era a model is not clearly above

# Forty rows: half hold the nucleus only, half the exosome only.
FORTY = np.array([[1, 0], [0, 1]] * 20)
# Two constants, each right in half of the rows.
CONSTANTS = {
    "always_nucleus": np.tile([1.0, 0.0], (40, 1)),
    "always_exosome": np.tile([0.0, 1.0], (40, 1)),
}


def right_in(count):
    """Scores that are right in the first ``count`` rows and the other way round in the rest."""
    right = (np.arange(40) < count)[:, None]
    return np.where(right == (FORTY == 1), 0.9, 0.1)


def marks(models, era=None, constants=CONSTANTS, truth=FORTY, **references):
    """Return (model, metric) -> not_above; of metrics by location it has to be empty."""
    every = {"era": right_in(28) if era is None else era, **constants, **models}
    # Two fold models around the mean, which decides.
    scores = {
        name: scores_of(truth, [np.clip(mean + shift, 0, 1) for shift in (-0.05, 0.05)]) for name, mean in every.items()
    }
    named = {"compared": [*models, "era"], "constants": list(CONSTANTS), "era": "era"} | references
    table = measure_split(scores, locations=LOCATIONS, **named, **SETTINGS | {"draws": 500})
    assert set(table.loc[table["location"] != "", "not_above"]) == {""}
    part = table[table["location"] == ""]
    return dict(zip(zip(part["model"], part["metric"]), part["not_above"]))


def test_right_everywhere_is_above_both():
    found = marks({"perfect": right_in(40)})
    assert {found["perfect", metric] for metric in METRICS} == {""}


def test_right_in_as_many_rows_as_era_is_above_the_constant_only():
    # 28 of 40 as era: no difference at all. The constants have 20 right, but other ones: 28 - 20 of 40 with many
    # rows on which they differ is no clear difference.
    found = marks({"like_era": right_in(28), "better": right_in(38)})
    assert found["like_era", "accuracy"] == "constant+era"
    # Ten rows right that era has wrong and none the other way; 38 against 20.
    assert found["better", "accuracy"] == ""


def test_lower_is_better_of_the_hamming_loss():
    found = marks({"perfect": right_in(40), "wrong": right_in(0)})
    assert found["perfect", "hamming_loss"] == "" and found["wrong", "hamming_loss"] == "constant+era"


def test_above_the_constant_and_not_above_a_perfect_era():
    found = marks({"good": right_in(36)}, era=right_in(40))
    assert {found["good", metric] for metric in ("accuracy", "subset_accuracy", "f1", "hamming_loss")} == {"era"}


def test_constants_era_and_what_is_not_compared_carry_no_marks():
    found = marks({"wrong": right_in(0), "aside": right_in(0)}, compared=["wrong", "era"], era=right_in(0))
    for model in (*CONSTANTS, "era", "aside"):
        assert {found[model, metric] for metric in METRICS} == {""}
    assert found["wrong", "accuracy"] == "constant+era"


def test_the_constant_that_is_the_best_on_these_rows_counts():
    # Of forty rows 36 hold the nucleus. Right in 30 of them is clearly above the exosome, which is right in 4.
    truth = np.array([[1, 0]] * 36 + [[0, 1]] * 4)
    scores = np.where((np.arange(40) < 30)[:, None] == (truth == 1), 0.9, 0.1)
    exosome = {"always_exosome": CONSTANTS["always_exosome"]}
    both, only = (marks({"net": scores}, era=scores, truth=truth, constants=some) for some in (CONSTANTS, exosome))
    assert both["net", "accuracy"] == "constant+era" and only["net", "accuracy"] == "era"


def test_a_reference_that_is_not_measured_gives_no_mark():
    found = marks({"wrong": right_in(0)}, constants={}, era=right_in(40))
    assert {found["wrong", metric] for metric in ("accuracy", "hamming_loss")} == {"era"}
    alone = {"wrong": scores_of(FORTY, [right_in(0)])}
    table = measure_split(alone, ["wrong"], list(CONSTANTS), "era", LOCATIONS, **SETTINGS)
    assert set(table["not_above"]) == {""}
