"""Thresholds chosen on the rows they are measured on: by hand, one pass, and beside the fixed threshold."""

import numpy as np
import pytest
from score_files import LOCATIONS, change_lines, rows_file, scores_file

from mmlmirloc.errors import InputError
from mmlmirloc.evaluation.hindsight import hindsight_thresholds, measure_hindsight
from mmlmirloc.files import read_table


def test_the_threshold_that_gets_the_rows_right():
    # From .5 on nothing is predicted; from .35 on the first two rows, and not the third.
    assert hindsight_thresholds([[1], [1], [0]], [[0.4], [0.37], [0.2]]).tolist() == [0.35]


def test_of_equally_good_thresholds_the_one_nearest_to_a_half():
    assert hindsight_thresholds([[1], [0]], [[0.9], [0.1]]).tolist() == [0.5]


def test_a_location_of_few_rows_moves_too():
    """Unlike the thresholds that are results: what is shown is how much looking at the test rows would gain."""
    found = hindsight_thresholds([[1, 0], [1, 0], [1, 1]], [[0.9, 0.1], [0.9, 0.2], [0.9, 0.3]])
    assert found.tolist() == [0.5, 0.3]


def test_one_location_after_the_other_in_one_pass():
    truth, scores = [[0, 1], [0, 1], [1, 1]], [[0.3, 0.3], [0.1, 0.1], [0.1, 0.7]]
    # The nucleus first, while the exosome is predicted in the last row alone: at .10 it is predicted in all rows, which
    # makes the last one right and costs nothing, since the others are all wrong anyway. Then the exosome at .10 is in
    # all rows too, accuracy (1/2 + 1/2 + 1) / 3. A second pass would take the nucleus back, (1 + 1 + 1/2) / 3.
    assert hindsight_thresholds(truth, scores).tolist() == [0.1, 0.1]


def write(folder, repeats, **others):
    """Write the scores of a model, beside those of others, and a table of test rows per repeat."""
    models = {**others, "net": {repeat: folds for repeat, (_, folds) in repeats.items()}}
    tests = [rows_file(folder / f"test-{repeat}.tsv", {repeat: truth}) for repeat, (truth, _) in repeats.items()]
    return scores_file(folder / "scores.tsv", models), tests


# Two fold models whose mean is what the first test has for the nucleus; the exosome is nowhere.
FIRST = [[1, 0], [1, 0], [0, 0]], [[[0.3, 0], [0.37, 0], [0.2, 0]], [[0.5, 0], [0.37, 0], [0.2, 0]]]
# Right as it is.
SECOND = [[1, 0], [1, 0], [1, 1]], [[[0.9, 0], [0.9, 0], [0.9, 0.9]]] * 2


def test_the_ensemble_is_measured_both_ways(tmp_path):
    # Other models of the file have no say.
    wrong = {repeat: np.full((1, 3, 2), 0.9) for repeat in (1, 2)}
    scores, tests = write(tmp_path, {1: FIRST, 2: SECOND}, wrong=wrong)
    measure_hindsight(scores, tests, "net", tmp_path / "out.tsv", LOCATIONS, 0.5)
    table = read_table(tmp_path / "out.tsv", text=["metric"]).set_index("metric")
    assert list(table.index) == ["accuracy", "subset_accuracy", "f1", "hamming_loss"]
    # At .5 the first two rows of the first repeat are empty; the third, where both sets are, counts 1.
    assert table.loc["accuracy", ["fixed", "hindsight"]].tolist() == pytest.approx([(1 / 3 + 1) / 2, 1], rel=1e-5)
    assert table.loc["hamming_loss", ["fixed", "hindsight"]].tolist() == pytest.approx([(2 / 6 + 0) / 2, 0], rel=1e-5)
    assert set(table["repeats"]) == {2} and set(table["test_rows"]) == {3}


def test_only_the_repeats_of_the_test_rows_count(tmp_path):
    scores, tests = write(tmp_path, {1: FIRST, 2: SECOND})
    measure_hindsight(scores, tests[1:], "net", tmp_path / "out.tsv", LOCATIONS, 0.5)
    table = read_table(tmp_path / "out.tsv", text=["metric"]).set_index("metric")
    assert table.loc["accuracy", ["fixed", "hindsight", "repeats"]].tolist() == [1, 1, 1]


def test_truth_and_scores_that_do_not_fit():
    with pytest.raises(InputError, match="cannot be compared"):
        hindsight_thresholds([[1], [0]], [[0.9, 0.1], [0.2, 0.3]])


def test_scores_that_are_not_whole(tmp_path):
    scores, tests = write(tmp_path, {1: FIRST})
    change_lines(scores, lambda lines: lines[:-1])
    with pytest.raises(InputError, match="missing, repeated or out of order"):
        measure_hindsight(scores, tests, "net", tmp_path / "out.tsv", LOCATIONS, 0.5)


def test_a_model_without_scores(tmp_path):
    with pytest.raises(InputError, match="model absent"):
        measure_hindsight(*write(tmp_path, {1: FIRST}), "absent", tmp_path / "out.tsv", LOCATIONS, 0.5)
