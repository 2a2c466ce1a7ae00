"""The form of scores: what is written, and that only whole files that fit their rows are read."""

import numpy as np
import pytest
from score_files import LOCATIONS, change_lines, row_names, rows_file, scores_file, validation_file

from mmlmirloc.errors import InputError
from mmlmirloc.files import read_table
from mmlmirloc.scores import Scores, lines, read_labels, read_scores, read_validation, tabulate_scores, write_scores

TRUTH = {1: np.array([[1, 0], [1, 1], [0, 1], [1, 0]]), 2: np.array([[0, 1], [1, 1], [1, 0]])}
RIGHT = np.where(TRUTH[1] == 1, 0.9, 0.1)
NUCLEUS = np.array([[0.8, 0.2], [0.7, 0.4], [0.6, 0.3], [0.9, 0.1]])
# The second repeat has other rows, three of them, and three folds.
NET = {1: [RIGHT, NUCLEUS], 2: [NUCLEUS[:3], RIGHT[:3], NUCLEUS[:3]]}
ONE_FOLD = {1: [NUCLEUS]}


@pytest.fixture
def files(tmp_path):
    """Scores of two models, and the test rows of both repeats."""
    scores = scores_file(tmp_path / "scores.tsv", {"net": NET, "other": ONE_FOLD})
    return scores, rows_file(tmp_path / "test.tsv", TRUTH)


# --- writing


def test_a_line_per_model_repeat_fold_and_row(tmp_path):
    parts = [
        lines({"model": "net", "repeat": 1, "fold": fold}, ["MI2", "MI1"], scores, LOCATIONS)
        for fold, scores in enumerate(np.array([[[0.25, 1], [1 / 3, 0]], [[0.5, 0.125], [0.75, 0.5]]]))
    ]
    write_scores(parts, tmp_path / "scores.tsv")
    assert (tmp_path / "scores.tsv").read_text() == (
        "model\trepeat\tfold\taccession\tnucleus\texosome\n"
        "net\t1\t0\tMI2\t0.25\t1\n"
        "net\t1\t0\tMI1\t0.333333\t0\n"
        "net\t1\t1\tMI2\t0.5\t0.125\n"
        "net\t1\t1\tMI1\t0.75\t0.5\n"
    )


# --- test scores


def test_scores_are_read_back_with_what_is_true(files):
    scores, test = files
    found = read_scores([scores], [test], LOCATIONS)
    assert {model: list(repeats) for model, repeats in found.items()} == {"net": [1, 2], "other": [1]}
    assert found["net"][1].accessions == ["R1-0", "R1-1", "R1-2", "R1-3"]
    np.testing.assert_array_equal(found["net"][1].truth, TRUTH[1])
    assert found["net"][1].truth.dtype.kind == "i"
    np.testing.assert_array_equal(found["net"][1].by_fold, [RIGHT, NUCLEUS])
    np.testing.assert_array_equal(found["other"][1].by_fold, [NUCLEUS])


def test_repeats_have_rows_and_folds_of_their_own(files):
    scores, test = files
    second = read_scores([scores], [test], LOCATIONS)["net"][2]
    assert second.accessions == ["R2-0", "R2-1", "R2-2"]
    np.testing.assert_array_equal(second.truth, TRUTH[2])
    np.testing.assert_array_equal(second.by_fold, [NUCLEUS[:3], RIGHT[:3], NUCLEUS[:3]])


def test_the_ensemble_is_the_mean_of_the_fold_models():
    by_fold = np.array([[[0.2, 1.0]], [[0.4, 0.0]], [[0.6, 0.5]]])
    assert Scores(["MI1"], np.array([[1, 0]]), by_fold).ensemble.tolist() == [[pytest.approx(0.4), 0.5]]


def test_repeats_without_test_rows_are_left_out(files, tmp_path):
    scores, _ = files
    only = rows_file(tmp_path / "second.tsv", {2: TRUTH[2]})
    found = read_scores([scores], [only], LOCATIONS)
    # The other model has no such repeat.
    assert {model: list(repeats) for model, repeats in found.items()} == {"net": [2]}
    assert read_scores([scores], [rows_file(tmp_path / "third.tsv", {3: TRUTH[2]})], LOCATIONS) == {}


def test_test_rows_may_stand_in_several_tables(files, tmp_path):
    scores, whole = files
    batches = [rows_file(tmp_path / f"{repeat}.tsv", {repeat: TRUTH[repeat]}) for repeat in (2, 1)]
    found, expected = (read_scores([scores], tests, LOCATIONS) for tests in (batches, [whole]))
    assert found.keys() == expected.keys()
    for repeat in TRUTH:
        np.testing.assert_array_equal(found["net"][repeat].by_fold, expected["net"][repeat].by_fold)


def test_only_the_models_asked_for_are_read(files, tmp_path):
    scores, test = files
    more = scores_file(tmp_path / "more.tsv", {"third": ONE_FOLD})
    assert list(read_scores([scores, more], [test], LOCATIONS)) == ["net", "other", "third"]
    assert list(read_scores([scores, more], [test], LOCATIONS, ["third", "net"])) == ["net", "third"]
    # What is wrong with other models' lines is none of their business.
    change_lines(scores, lambda lines: lines[:-1])
    assert list(read_scores([scores], [test], LOCATIONS, ["net"])) == ["net"]


def test_a_model_that_is_not_there(files):
    scores, test = files
    with pytest.raises(InputError, match="model absent") as caught:
        read_scores([scores], [test], LOCATIONS, ["net", "absent"])
    assert caught.value.where == str(scores)


def test_a_repeat_of_a_model_that_stands_in_two_files(files):
    scores, tests = files
    with pytest.raises(InputError, match="stands in another file too"):
        read_scores([scores, scores], [tests], LOCATIONS)


def test_locations_are_found_by_name(files):
    scores, test = files
    turned = read_scores([scores], [test], LOCATIONS[::-1])["net"][1]
    np.testing.assert_array_equal(turned.truth, TRUTH[1][:, ::-1])
    np.testing.assert_array_equal(turned.by_fold, np.array([RIGHT, NUCLEUS])[:, :, ::-1])
    with pytest.raises(InputError, match="no column moon"):
        read_scores([scores], [test], ["nucleus", "moon"])


# The first repeat is in lines 1 to 8, four of each fold; the second in the next nine.
DAMAGE = {
    "a row less": lambda lines: [lines[0], *lines[2:]],
    "a row of a later repeat less": lambda lines: lines[:12] + lines[13:],
    "cut": lambda lines: lines[:17],
    "repeated": lambda lines: [*lines[:9], lines[8], *lines[9:]],
    "out of order": lambda lines: [lines[0], lines[2], lines[1], *lines[3:]],
    "folds out of order": lambda lines: [lines[0], *lines[5:9], *lines[1:5], *lines[9:]],
    "without the first fold": lambda lines: [lines[0], *lines[5:]],
    "a row of another repeat": lambda lines: [line.replace("R1-3", "R2-0") for line in lines],
    "a row of another name": lambda lines: [*lines[:9], *(line.replace("R2-1", "R9-9") for line in lines[9:])],
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_scores_that_are_not_whole(tmp_path, damage):
    """Whichever of the repeats it is, so that a half-written file is never used."""
    test = rows_file(tmp_path / "test.tsv", TRUTH)
    path = change_lines(scores_file(tmp_path / "scores.tsv", {"net": NET}), damage)
    with pytest.raises(InputError, match="missing, repeated or out of order") as caught:
        read_scores([path], [test], LOCATIONS)
    assert caught.value.where == str(path)


@pytest.mark.parametrize(
    "names", [row_names(1, 4)[::-1], row_names(1, 3), row_names(1, 5)], ids=["another order", "fewer", "more"]
)
def test_test_rows_that_are_not_those_scored(files, tmp_path, names):
    test = rows_file(tmp_path / "other.tsv", {1: np.ones((len(names), 2), dtype=int)}, names={1: names})
    with pytest.raises(InputError, match="missing, repeated or out of order"):
        read_scores([files[0]], [test], LOCATIONS)


def test_a_file_without_the_column_of_models(files):
    path, test = files
    change_lines(path, lambda lines: [line.partition("\t")[2] for line in lines])
    with pytest.raises(InputError, match="no column model"):
        read_scores([path], [test], LOCATIONS)


# --- rows


def test_labels_by_repeat_in_the_order_of_the_table(tmp_path):
    first = rows_file(tmp_path / "1.tsv", {1: TRUTH[1]}, names={1: ["MI9", "MI10", "MI2", "MI1"]})
    found = read_labels([first, rows_file(tmp_path / "2.tsv", {2: TRUTH[2]})], LOCATIONS)
    assert list(found) == [1, 2] and found[1].index.tolist() == ["MI9", "MI10", "MI2", "MI1"]
    np.testing.assert_array_equal(found[2].to_numpy(), TRUTH[2])


def test_a_repeat_in_two_tables_of_rows(tmp_path):
    paths = [rows_file(tmp_path / f"{name}.tsv", {1: TRUTH[1]}) for name in "ab"]
    with pytest.raises(InputError, match="repeat 1 stands in another table too") as caught:
        read_labels(paths, LOCATIONS)
    assert caught.value.where == str(paths[1])


# --- validation scores

FOLDS = {1: [1, 0, 1, 0], 2: [0, 1, 2]}


@pytest.fixture
def validated(tmp_path):
    repeats = {1: (NUCLEUS, FOLDS[1]), 2: (RIGHT[:3], FOLDS[2])}
    return validation_file(tmp_path / "validation.tsv", repeats), rows_file(tmp_path / "train.tsv", TRUTH)


def test_validation_scores_are_joined_with_the_training_rows(validated):
    found = read_validation(*validated, LOCATIONS)["net"]
    assert list(found) == [1, 2]
    # Fold after fold: the second and the fourth row, then the others.
    order = [1, 3, 0, 2]
    np.testing.assert_array_equal(found[1].scores, NUCLEUS[order])
    np.testing.assert_array_equal(found[1].truth, TRUTH[1][order])
    assert found[1].folds.tolist() == [0, 0, 1, 1] and found[2].folds.tolist() == [0, 1, 2]
    np.testing.assert_array_equal(found[2].truth, TRUTH[2])


def test_validation_scores_of_several_models_are_told_apart(validated, tmp_path):
    other = validation_file(tmp_path / "other.tsv", {1: (RIGHT, FOLDS[1])}, model="other")
    change_lines(validated[0], lambda lines: [*lines, *other.read_text().splitlines()[1:]])
    found = read_validation(*validated, LOCATIONS)
    assert {model: list(repeats) for model, repeats in found.items()} == {"net": [1, 2], "other": [1]}
    np.testing.assert_array_equal(found["net"][1].scores, NUCLEUS[[1, 3, 0, 2]])
    np.testing.assert_array_equal(found["other"][1].scores, np.array(RIGHT)[[1, 3, 0, 2]])


def test_a_model_without_validation_scores_is_missed(validated):
    with pytest.raises(InputError, match="model other") as caught:
        read_validation(*validated, LOCATIONS, ["net", "other"])
    assert caught.value.where == str(validated[0])


def test_training_rows_of_other_repeats_do_not_matter(validated, tmp_path):
    path = validation_file(tmp_path / "second.tsv", {2: (RIGHT[:3], FOLDS[2])})
    assert list(read_validation(path, validated[1], LOCATIONS)["net"]) == [2]


@pytest.mark.parametrize(
    "damage",
    [
        lambda lines: lines[:-1],
        lambda lines: [lines[0], *lines[2:]],
        lambda lines: [*lines, lines[-1]],
        lambda lines: [*lines[:-1], lines[-2]],
        lambda lines: [line.replace("R1-3", "R1-9") for line in lines],
        lambda lines: [line.replace("2\t2\tR2-2", "3\t2\tR2-2") for line in lines],
    ],
    ids=["cut", "without a row", "repeated", "one for another", "of no training row", "of no known repeat"],
)
def test_validation_scores_that_are_not_whole(validated, damage):
    path, train = validated
    change_lines(path, damage)
    with pytest.raises(InputError, match="missing, repeated or out of order") as caught:
        read_validation(path, train, LOCATIONS)
    assert caught.value.where == str(path)


def test_validation_scores_of_other_locations(validated):
    path, train = validated
    change_lines(path, lambda lines: [lines[0].replace("exosome", "moon"), *lines[1:]])
    with pytest.raises(InputError, match="no column exosome"):
        read_validation(path, train, LOCATIONS)


# --- the scores of one model as a long table


def test_a_line_per_fold_row_and_location(files, tmp_path):
    scores, test = files
    tabulate_scores(scores, test, "net", tmp_path / "long.tsv", LOCATIONS)
    table = read_table(tmp_path / "long.tsv", text=["model", "accession", "location"])
    assert list(table.columns) == ["model", "accession", "location", "fold", "score", "truth"]
    # The first repeat only.
    expected = [
        ("net", f"R1-{row}", location, fold, scores[row][place], TRUTH[1][row][place])
        for fold, scores in enumerate([RIGHT, NUCLEUS])
        for row in range(4)
        for place, location in enumerate(LOCATIONS)
    ]
    assert list(table.itertuples(index=False, name=None)) == expected


def test_a_model_without_scores_has_no_table(files, tmp_path):
    with pytest.raises(InputError, match="model absent"):
        tabulate_scores(*files, "absent", tmp_path / "long.tsv", LOCATIONS)
    assert not (tmp_path / "long.tsv").exists()
