"""Numbers over repeats: both readings, intervals and paired differences by hand on three rows and two fold models."""

import numpy as np
import pandas as pd
import pytest
from mmlmirloc.evaluation.repeated import COLUMNS, FEWEST, READINGS, read_batches, repeated, summarise_repeats

from mmlmirloc.errors import InputError
from mmlmirloc.evaluation.metrics import METRICS
from mmlmirloc.files import read_table
from mmlmirloc.training import long_scores

LOCATIONS = ["nucleus", "exosome"]
TRUTH = {1: np.array([[1, 0], [1, 1], [0, 1]]), 2: np.array([[1, 0], [1, 0], [1, 0]])}
# Ten rows in all, three of them tested. At level .5 and two repeats the t quantile is 1.
ROWS, LEVEL = 10, 0.5
WIDTH = np.sqrt(1 / 2 + 3 / 7)


def always(nucleus, exosome):
    return np.tile([float(nucleus), float(exosome)], (3, 1))


def right(repeat):
    return np.where(TRUTH[repeat] == 1, 0.9, 0.1)


# Model -> repeat -> the scores of its two fold models.
SCORES = {
    "always_nucleus": {repeat: [always(1, 0)] * 2 for repeat in TRUTH},
    "always_both": {repeat: [always(1, 1)] * 2 for repeat in TRUTH},
    "era": {repeat: [always(0, 1)] * 2 for repeat in TRUTH},
    # Its first fold model is right everywhere. The second says nucleus in the first repeat and exosome in the second;
    # the mean scores are right everywhere.
    "net": {
        1: [right(1), np.array([[0.8, 0.2], [0.7, 0.4], [0.6, 0.3]])],
        2: [right(2), np.tile([0.2, 0.8], (3, 1))],
    },
    "once": {1: [right(1), right(1)]},
}


def write(folder, model, repeats, truth=TRUTH):
    """One file per repeat, as batches."""
    paths = []
    for repeat, folds in repeats.items():
        names = [f"R{repeat}-{number}" for number in range(len(truth[repeat]))]
        parts = [long_scores(names, truth[repeat], scores, LOCATIONS, fold) for fold, scores in enumerate(folds)]
        paths.append(folder / f"{model}-{repeat}.tsv")
        pd.concat(parts).assign(repeat=repeat).to_csv(paths[-1], sep="\t", index=False)
    return paths


@pytest.fixture
def measure(tmp_path):
    mirnas = tmp_path / "mirnas.tsv"
    pd.DataFrame({"accession": [f"A{number}" for number in range(ROWS)]}).to_csv(mirnas, sep="\t", index=False)

    def run(scores=SCORES, constants=("always_nucleus", "always_both"), paths=()):
        paths = paths or [(model, path) for model in scores for path in write(tmp_path, model, scores[model])]
        output = tmp_path / "repeats.tsv"
        summarise_repeats(paths, constants, "era", mirnas, output, LOCATIONS, threshold=0.5, level=LEVEL)
        return read_table(output, text=["model", "metric", "reading", "not_above"])

    return run


def line(table, model, metric, reading):
    (found,) = table.query("model == @model and metric == @metric and reading == @reading").itertuples()
    return found


def test_layout(measure):
    table = measure()
    assert list(table.columns) == COLUMNS
    expected = [(model, metric, reading) for model in SCORES for metric in METRICS for reading in READINGS]
    assert list(table[["model", "metric", "reading"]].itertuples(index=False, name=None)) == expected
    assert set(table["test_rows"]) == {3}
    counted = set(table[["model", "repeats"]].itertuples(index=False, name=None))
    assert counted == {(model, len(repeats)) for model, repeats in SCORES.items()}


def test_the_papers_reading_is_the_mean_over_fold_models(measure):
    found = line(measure(), "net", "accuracy", "fold_mean")
    # First repeat: 1 and (1 + 1/2 + 0) / 3, in the mean .75. Second: 1 and 0.
    assert found.mean == pytest.approx(0.625)
    assert found.sd == pytest.approx(0.25 / np.sqrt(2), rel=1e-5)
    half = 0.25 / np.sqrt(2) * WIDTH
    assert [found.ci_low, found.ci_high] == pytest.approx([0.625 - half, 0.625 + half], rel=1e-5)


def test_the_other_reading_is_of_the_mean_score(measure):
    table = measure()
    for metric in ("accuracy", "subset_accuracy", "f1"):
        found = line(table, "net", metric, "ensemble")
        assert [found.mean, found.sd, found.ci_low, found.ci_high] == [1, 0, 1, 1]
    # Hamming loss of the fold models: 0 and 3/6 in the first repeat, 0 and 1 in the second.
    assert line(table, "net", "hamming_loss", "ensemble").mean == 0
    assert line(table, "net", "hamming_loss", "fold_mean").mean == pytest.approx((0.25 + 0.5) / 2)


def test_an_interval_stays_within_what_a_metric_can_be(measure):
    scores = SCORES | {"net": {1: [right(1)] * 2, 2: [always(0, 1)] * 2}}
    found = line(measure(scores), "net", "accuracy", "fold_mean")
    # 1 and 0: .5, and .68 to either side.
    assert [found.mean, found.ci_low, found.ci_high] == [0.5, 0, 1]


def test_the_best_constant_is_the_best_in_the_mean_over_repeats(measure):
    # Nucleus has accuracy 1/2 and 1; both have 2/3 and 1/2. In the first repeat alone both would be better.
    found = line(measure(), "net", "accuracy", "fold_mean")
    differences = np.array([0.75 - 0.5, 0.5 - 1])
    half = differences.std(ddof=1) * WIDTH
    assert found.minus_constant == pytest.approx(-0.125)
    assert [found.minus_constant_low, found.minus_constant_high] == pytest.approx(
        [-0.125 - half, -0.125 + half], rel=1e-5
    )


def test_differences_are_of_the_same_reading(measure):
    # Always exosome: accuracy (0 + 1/2 + 1) / 3, then 0.
    table = measure()
    assert line(table, "net", "accuracy", "fold_mean").minus_era == pytest.approx((0.25 + 0.5) / 2)
    assert line(table, "net", "accuracy", "ensemble").minus_era == pytest.approx((0.5 + 1) / 2)


def test_differences_are_paired_over_common_repeats(measure):
    found = line(measure(), "once", "accuracy", "fold_mean")
    # Against nucleus in the first repeat, and era there; a single repeat has no interval.
    assert [found.minus_constant, found.minus_era] == pytest.approx([0.5, 0.5])
    ends = [found.sd, found.ci_low, found.ci_high, found.minus_constant_low, found.minus_era_high]
    assert np.isnan(ends).all()


def test_nothing_is_held_against_itself(measure):
    table = measure()
    assert np.isnan(line(table, "era", "accuracy", "ensemble").minus_era)
    assert np.isnan(line(table, "always_nucleus", "accuracy", "ensemble").minus_constant)
    assert line(table, "always_both", "accuracy", "ensemble").minus_constant == pytest.approx(7 / 12 - 3 / 4, rel=1e-5)


def test_a_repeat_in_which_an_area_is_undefined_is_left_out(measure):
    # In the second repeat each location has one class. In the first both fold models order the rows rightly but for
    # ties: exosome has .2, .4 and .3, all positives above.
    found = line(measure(), "net", "auc_macro", "fold_mean")
    assert found.mean == 1 and np.isnan(found.ci_low) and found.minus_constant == pytest.approx(0.5)


def values(levels):
    """Accuracy and Hamming loss of models whose values alternate by .01 around a level over some repeats."""
    return {
        model: {
            ("accuracy", "fold_mean"): {n: level + 0.01 * (-1) ** n for n in range(repeats)},
            ("hamming_loss", "fold_mean"): {n: 1 - level + 0.01 * (-1) ** n for n in range(repeats)},
        }
        for model, (level, repeats) in levels.items()
    }


def test_what_a_model_is_not_clearly_above():
    held = {"always": (0.5, 20), "era": (0.6, 20), "good": (0.7, 20), "between": (0.55, FEWEST), "poor": (0.4, 20)}
    table = repeated(values(held), ["always"], "era", 7, 3, 0.95)
    found = {(row.model, row.metric): row.not_above for row in table.itertuples()}
    for metric in ("accuracy", "hamming_loss"):
        assert found["good", metric] == "" and found["between", metric] == "era"
        assert found["poor", metric] == "constant+era" and found["era", metric] == "" and found["always", metric] == ""


def test_of_few_repeats_nothing_is_said():
    held = {"always": (0.5, 20), "era": (0.6, 20), "poor": (0.4, FEWEST - 1)}
    table = repeated(values(held), ["always"], "era", 7, 3, 0.95)
    assert set(table["not_above"]) == {""}


def test_models_of_other_test_rows_cannot_be_compared(measure, tmp_path):
    paths = [(model, path) for model in SCORES for path in write(tmp_path, model, SCORES[model])]
    other = {1: 1 - TRUTH[1], 2: TRUTH[2]}
    paths += [("other", path) for path in write(tmp_path, "other", {1: [right(1)], 2: [right(2)]}, other)]
    with pytest.raises(InputError, match="Model other has other test rows or labels in repeat 1"):
        measure(paths=paths)


def test_a_repeat_in_two_batches(tmp_path):
    (path,) = write(tmp_path, "once", SCORES["once"])
    with pytest.raises(InputError, match="repeat 1 stands in another batch too") as caught:
        read_batches([path, path], LOCATIONS)
    assert caught.value.where == str(path)


def test_scores_that_are_not_whole(measure, tmp_path):
    paths = [(model, path) for model in SCORES for path in write(tmp_path, model, SCORES[model])]
    path = paths[-1][1]
    path.write_text("\n".join(path.read_text().splitlines()[:-1]) + "\n")
    with pytest.raises(InputError, match="missing, repeated or out of order") as caught:
        measure(paths=paths)
    assert caught.value.where == str(path)


def test_no_model():
    with pytest.raises(InputError, match="No model is measured"):
        repeated({}, [], "era", 7, 3, 0.95)
