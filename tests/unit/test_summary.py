"""Summaries of scores: fold mean, sd and ensemble by hand and against scikit-learn, and the intervals' ends."""

import numpy as np
import pandas as pd
import pytest
from mmlmirloc.evaluation.summary import COLUMNS, SUMMARY, read_repeats, read_scores, sd, summarise_scores, summary
from sklearn import metrics as sklearn_metrics

from mmlmirloc.errors import InputError
from mmlmirloc.files import read_table
from mmlmirloc.training import long_scores

LOCATIONS = ["nucleus", "exosome"]
TRUTH = np.array([[1, 0], [1, 1], [0, 1], [1, 0]])
# The first fold's model is right everywhere, the second always predicts the nucleus.
RIGHT = np.where(TRUTH == 1, 0.9, 0.1)
NUCLEUS = np.array([[0.8, 0.2], [0.7, 0.4], [0.6, 0.3], [0.9, 0.1]])
SETTINGS = {"threshold": 0.5, "draws": 50, "level": 0.95, "seed": 1}


def lines(truth, folds, locations=LOCATIONS, repeat=1, prefix="A"):
    accessions = [f"{prefix}{number}" for number in range(len(truth))]
    parts = [long_scores(accessions, truth, scores, locations, fold) for fold, scores in enumerate(folds)]
    return pd.concat(parts).assign(repeat=repeat)[COLUMNS]


def write(path, *parts):
    pd.concat(parts).to_csv(path, sep="\t", index=False)
    return path


def summarise(tmp_path, truth, folds, locations=LOCATIONS, **changes):
    scores = write(tmp_path / "scores.tsv", lines(truth, folds, locations))
    summarise_scores(scores, tmp_path / "metrics.tsv", locations, **SETTINGS | changes)
    return read_table(tmp_path / "metrics.tsv", text=["metric", "location"]).set_index(["metric", "location"])


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
def test_by_hand(tmp_path, metric, second):
    row = summarise(tmp_path, TRUTH, [RIGHT, NUCLEUS]).loc[(metric, "")]
    first = 0 if metric == "hamming_loss" else 1
    assert row["fold_mean"] == pytest.approx((first + second) / 2, rel=1e-5)
    # Two values: the sd with n - 1 is their distance over the root of 2.
    assert row["fold_sd"] == pytest.approx(abs(first - second) / np.sqrt(2), rel=1e-5)
    # The mean scores, such as .35 and .6 of the third row, are right everywhere.
    assert row["ensemble"] == first


def test_layout(tmp_path):
    table = summarise(tmp_path, TRUTH, [RIGHT, NUCLEUS])
    assert list(table.columns) == SUMMARY
    assert list(table.index) == [
        *((metric, "") for metric in ("accuracy", "auc_macro", "subset_accuracy", "f1", "hamming_loss")),
        ("f1_of_means", ""),
        ("auc_macro_labels", ""),
        *((metric, location) for metric in ("roc_auc", "pr_auc") for location in LOCATIONS),
    ]


def test_against_scikit_learn(tmp_path):
    random = np.random.default_rng(4)
    locations = ["a", "b", "c"]
    truth = (random.random((40, 3)) < 0.4).astype(int)
    truth[truth.sum(axis=1) == 0, 0] = 1
    # One location is always predicted: scikit-learn counts two empty sets as 0, and we do not.
    folds = np.round(np.clip(random.random((4, 40, 3)) * 0.7 + 0.3 * truth, 0, 1), 3)
    folds[:, :, 0] = 0.5 + folds[:, :, 0] / 2
    table = summarise(tmp_path, truth, folds, locations)
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
        np.testing.assert_allclose(row[["fold_mean", "fold_sd", "ensemble"]].astype(float), expected, rtol=1e-5)
    per_location = {
        "roc_auc": lambda scores: sklearn_metrics.roc_auc_score(truth, scores, average=None),
        "pr_auc": lambda scores: sklearn_metrics.average_precision_score(truth, scores, average=None),
    }
    for metric, function in per_location.items():
        rows, values = table.loc[metric].loc[locations], np.array([function(scores) for scores in folds])
        np.testing.assert_allclose(rows["fold_mean"], values.mean(axis=0), rtol=1e-5)
        np.testing.assert_allclose(rows["fold_sd"], values.std(axis=0, ddof=1), rtol=1e-5)
        np.testing.assert_allclose(rows["ensemble"], function(folds.mean(axis=0)), rtol=1e-5)
    # Intervals hold the value they are about, and have a width.
    assert (table["ensemble_low"] <= table["ensemble"]).all() and (table["ensemble"] <= table["ensemble_high"]).all()
    assert (table["fold_mean_low"] <= table["fold_mean"]).all()
    assert (table["fold_mean"] <= table["fold_mean_high"]).all()
    assert (table["ensemble_low"] < table["ensemble_high"]).sum() > 9


def test_the_same_test_rows_for_all_fold_models():
    """Rows are drawn once for all fold models: of two that complement each other the mean's interval has no width."""
    truth = np.array([[1], [1], [1], [1]])
    half = np.array([[0.9], [0.9], [0.1], [0.1]])
    table = summary(truth, np.array([half, 1 - half]), ["nucleus"], **SETTINGS).set_index("metric").loc["accuracy"]
    assert table["fold_mean"] == table["fold_mean_low"] == table["fold_mean_high"] == 0.5


def test_the_threshold_is_predicted(tmp_path):
    # Both locations everywhere: accuracies 1/2, 1, 1/2, 1/2; none anywhere: 0.
    for threshold, expected in ((0.3, 0.625), (0.30001, 0)):
        table = summarise(tmp_path, TRUTH, [np.full((4, 2), 0.3)], threshold=threshold)
        assert table.loc[("accuracy", ""), "ensemble"] == expected


def test_one_fold_has_no_sd(tmp_path):
    table = summarise(tmp_path, TRUTH, [NUCLEUS])
    assert table["fold_sd"].isna().all()
    np.testing.assert_array_equal(table["fold_mean"], table["ensemble"])
    assert np.isnan(sd(np.ones((1, 3)))).tolist() == [True, True, True]


def test_a_location_without_negative_rows_has_no_roc_auc(tmp_path):
    truth = TRUTH.copy()
    truth[:, 0] = 1
    table = summarise(tmp_path, truth, [RIGHT, NUCLEUS])
    assert np.isnan(table.loc[("roc_auc", "nucleus"), "ensemble"])
    assert table.loc[("roc_auc", "exosome"), "ensemble"] == 1
    assert table.loc[("auc_macro", ""), "ensemble"] == 1


def test_same_seed_same_bytes(tmp_path):
    random = np.random.default_rng(0)
    folds, outputs = random.random((2, 4, 2)), []
    for seed in (1, 1, 2):
        summarise(tmp_path, TRUTH, folds, seed=seed)
        outputs.append((tmp_path / "metrics.tsv").read_bytes())
    assert outputs[0] == outputs[1] != outputs[2]


def test_columns_start_with_the_repeat():
    assert COLUMNS == ["repeat", "accession", "location", "fold", "score", "truth"]


def test_scores_are_read_back(tmp_path):
    read = read_scores(write(tmp_path / "scores.tsv", lines(TRUTH, [RIGHT, NUCLEUS])), LOCATIONS)
    assert read.accessions == ["A0", "A1", "A2", "A3"]
    np.testing.assert_array_equal(read.truth, TRUTH)
    assert read.truth.dtype.kind == "i"
    np.testing.assert_array_equal(read.by_fold, [RIGHT, NUCLEUS])


def repeats(path):
    """A first repeat of four rows and two folds; a second of other rows, three of them, and three folds."""
    second = lines(TRUTH[:3], [NUCLEUS[:3], RIGHT[:3], NUCLEUS[:3]], repeat=2, prefix="B")
    return write(path, lines(TRUTH, [RIGHT, NUCLEUS]), second)


def test_repeats_have_rows_and_folds_of_their_own(tmp_path):
    found = read_repeats(repeats(tmp_path / "scores.tsv"), LOCATIONS)
    assert list(found) == [1, 2]
    assert found[1].accessions == ["A0", "A1", "A2", "A3"]
    np.testing.assert_array_equal(found[1].by_fold, [RIGHT, NUCLEUS])
    assert found[2].accessions == ["B0", "B1", "B2"]
    np.testing.assert_array_equal(found[2].truth, TRUTH[:3])
    np.testing.assert_array_equal(found[2].by_fold, [NUCLEUS[:3], RIGHT[:3], NUCLEUS[:3]])


def test_one_repeat_is_read_of_several(tmp_path):
    path = repeats(tmp_path / "scores.tsv")
    assert read_scores(path, LOCATIONS).accessions == ["A0", "A1", "A2", "A3"]
    assert read_scores(path, LOCATIONS, repeat=2).accessions == ["B0", "B1", "B2"]


def test_a_repeat_that_is_not_there(tmp_path):
    path = repeats(tmp_path / "scores.tsv")
    with pytest.raises(InputError, match="repeat 3") as caught:
        read_scores(path, LOCATIONS, repeat=3)
    assert caught.value.where == str(path)


def test_only_the_first_repeat_is_summarised(tmp_path):
    alone = summarise(tmp_path, TRUTH, [RIGHT, NUCLEUS])
    summarise_scores(repeats(tmp_path / "both.tsv"), tmp_path / "both-metrics.tsv", LOCATIONS, **SETTINGS)
    both = read_table(tmp_path / "both-metrics.tsv", text=["metric", "location"]).set_index(["metric", "location"])
    pd.testing.assert_frame_equal(both, alone)


DAMAGE = pytest.mark.parametrize(
    "damage",
    [
        lambda lines: lines[:-1],
        lambda lines: [*lines, lines[-1]],
        lambda lines: [lines[0], lines[2], lines[1], *lines[3:]],
        lambda lines: [lines[0], *lines[3:]],
    ],
    ids=["cut", "repeated", "out of order", "without a row"],
)


@DAMAGE
def test_scores_that_are_not_whole(tmp_path, damage):
    path = write(tmp_path / "scores.tsv", lines(TRUTH, [RIGHT, NUCLEUS]))
    path.write_text("\n".join(damage(path.read_text().splitlines())) + "\n")
    with pytest.raises(InputError, match="missing, repeated or out of order") as caught:
        read_scores(path, LOCATIONS)
    assert caught.value.where == str(path)


@DAMAGE
def test_any_repeat_that_is_not_whole(tmp_path, damage):
    """Whichever of the repeats is asked for, so that a half-written file is never used."""
    path = repeats(tmp_path / "scores.tsv")
    head, *body = path.read_text().splitlines()
    first, second = body[:16], damage([head, *body[16:]])[1:]
    path.write_text("\n".join([head, *first, *second]) + "\n")
    with pytest.raises(InputError, match="missing, repeated or out of order"):
        read_scores(path, LOCATIONS)
    with pytest.raises(InputError, match="missing, repeated or out of order"):
        read_repeats(path, LOCATIONS)


def test_other_locations_than_those_scored(tmp_path):
    path = write(tmp_path / "scores.tsv", lines(TRUTH, [RIGHT]))
    with pytest.raises(InputError, match="out of order"):
        read_scores(path, ["exosome", "nucleus"])
