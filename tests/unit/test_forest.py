"""Forests of label sets: what a small tree says by hand, and what scikit-learn's forest says."""

from functools import partial

import numpy as np
import planted_rows
import pytest
from sklearn.ensemble import ExtraTreesClassifier, RandomForestClassifier

from mmlmirloc.errors import InputError
from mmlmirloc.features import Features, Rows
from mmlmirloc.files import read_arrays, write_arrays
from mmlmirloc.models.forest import Learner
from mmlmirloc.models.shared.trees import fit_forest, score_forest

LOCATIONS = ["nucleus", "exosome", "cytoplasm"]
FOREST = planted_rows.SETTINGS["forest"]
# As in config/models.tsv, but for the size of a leaf.
ERA = FOREST | {"trees": 1, "max_leaf_nodes": 3, "bootstrap": False, "max_features": 1.0}


planted = partial(planted_rows.planted, widths=(3, 4))


def numbers(values, labels=None):
    values = np.array(values, dtype=np.float32)[:, None]
    return Rows({"accession_number": Features(values)}, np.empty((len(values), 0)) if labels is None else labels)


def fitted(train, validation=None, settings=FOREST, seed=1):
    learner = Learner(settings, LOCATIONS, seed)
    assert learner.fit(train, planted(5, 9) if validation is None else validation) == []
    return learner


TRAIN, TEST = planted(120, 1), planted(80, 2)
# Three eras: {N} four times; {N, E} three times and, second, {E}; {C} twice.
ERAS = numbers(
    [1, 2, 3, 4, 101, 102, 103, 104, 1001, 1002],
    np.array([[1, 0, 0]] * 4 + [[1, 1, 0], [0, 1, 0], [1, 1, 0], [1, 1, 0]] + [[0, 0, 1]] * 2),
)


def test_a_tree_of_three_leaves_finds_the_planted_eras():
    # Cuts halfway between the eras: 52.5 and 552.5; each leaf has the shares of its rows.
    scores = fitted(ERAS, settings=ERA).score(numbers([-5, 52.4, 52.6, 552.4, 552.6, 9999]))
    expected = np.repeat([[1, 0, 0], [0.75, 1, 0], [0, 0, 1]], 2, axis=0)
    assert scores == pytest.approx(expected, abs=1e-12)


def test_the_number_of_leaves_and_the_size_of_a_leaf_are_kept():
    scores = fitted(ERAS, settings=ERA | {"max_leaf_nodes": 2}).score(ERAS)
    assert len(np.unique(scores, axis=0)) == 2
    # Leaves of three rows at least leave the two of the third era no leaf of their own.
    assert fitted(ERAS, settings=ERA | {"min_samples_leaf": 3}).score(numbers([9999]))[0, 2] < 1
    # A leaf of all ten rows: N in 7, E in 4, C in 2.
    assert fitted(ERAS, settings=ERA | {"min_samples_leaf": 10}).score(numbers([0])).tolist() == [[0.7, 0.4, 0.2]]


def test_0_is_no_limit_of_leaves():
    # One row in each leaf: the training rows come back.
    scores = fitted(TRAIN, settings=ERA | {"max_leaf_nodes": 0, "min_samples_leaf": 1}).score(TRAIN)
    assert np.array_equal(scores, TRAIN.labels)


@pytest.mark.parametrize(("splits", "kind"), [("best", RandomForestClassifier), ("random", ExtraTreesClassifier)])
@pytest.mark.parametrize(("bootstrap", "columns"), [(True, "sqrt"), (False, 0.3), (True, 1.0)])
def test_scores_are_those_of_scikit_learns_forest(splits, kind, bootstrap, columns):
    # The classes are the label sets read as binary numbers, the first location the highest digit.
    classes = TRAIN.labels @ [4, 2, 1]
    values, asked = (np.hstack([rows.views[name].values for name in "ab"]) for rows in (TRAIN, TEST))
    forest = kind(30, min_samples_leaf=2, bootstrap=bootstrap, max_features=columns, random_state=1)
    shares = forest.fit(values, classes).predict_proba(asked)
    expected = np.stack([shares[:, forest.classes_ & bit > 0].sum(axis=1) for bit in (4, 2, 1)], axis=1)
    settings = FOREST | {"splits": splits, "bootstrap": bootstrap, "max_features": columns}
    assert fitted(TRAIN, settings=settings).score(TEST) == pytest.approx(expected, abs=1e-12)


def test_random_splits_draw_their_threshold():
    """Two rows at 1 and 2: the best cut is halfway, and a drawn one lies below 1 + x in a share x of the trees."""
    train = numbers([1, 2], np.array([[1, 0, 0], [0, 1, 0]]))
    settings = FOREST | {"trees": 400, "min_samples_leaf": 1, "bootstrap": False}
    asked = numbers([1, 1.25, 1.75, 2])
    best, drawn = (fitted(train, settings=settings | {"splits": splits}).score(asked) for splits in ("best", "random"))
    assert best[:, 1].tolist() == [0, 0, 1, 1]
    # Four standard deviations of a share of 400 trees.
    assert drawn[:, 1] == pytest.approx([0, 0.25, 0.75, 1], abs=0.09)
    assert drawn[[0, 3], 1].tolist() == [0, 1] and (drawn.sum(axis=1) == pytest.approx(1))


@pytest.mark.parametrize(("columns", "expected"), [(1.0, 1), (0.5, (1 + 0.25) / 2), ("sqrt", (1 + 0.25) / 2)])
def test_a_node_looks_at_a_share_of_the_columns(columns, expected):
    """One cut by two columns: the first is the label, the second is it in three rows of four. A share of one half, and
    the root of two, are one column, drawn for each tree."""
    first, second = [0, 0, 0, 0, 1, 1, 1, 1], [0, 0, 0, 1, 0, 1, 1, 1]
    train = numbers(first, np.outer(first, [1, 0, 0]))
    train.views["other"] = numbers(second).views["accession_number"]
    asked = numbers([1])
    asked.views["other"] = numbers([0]).views["accession_number"]
    settings = FOREST | {"trees": 200, "max_leaf_nodes": 2, "bootstrap": False, "max_features": columns}
    # Four standard deviations of the mean of 200 trees.
    assert fitted(train, settings=settings).score(asked)[0, 0] == pytest.approx(expected, abs=0.11 * (expected < 1))


def test_only_a_bootstrap_leaves_something_to_chance():
    one, other = (fitted(TRAIN, settings=ERA, seed=seed).score(TEST) for seed in (1, 2))
    assert np.array_equal(one, other)
    one, other = (fitted(TRAIN, settings=ERA | {"bootstrap": True}, seed=seed).score(TEST) for seed in (1, 2))
    assert not np.array_equal(one, other)


def test_the_seed_decides_the_forest():
    one, again, other = (fitted(TRAIN, seed=seed).score(TEST) for seed in (1, 1, 2))
    assert np.array_equal(one, again) and not np.array_equal(one, other)


def test_one_label_set_only_is_every_rows_score():
    train = Rows(TRAIN.views, np.tile([1, 0, 1], (120, 1)))
    assert (fitted(train).score(TEST) == [1, 0, 1]).all()


def test_a_damaged_file_is_named(tmp_path):
    path = tmp_path / "fold-00.model"
    fitted(TRAIN).save(path)
    whole, arrays = path.read_bytes(), read_arrays(path)
    write_arrays(path, **{name: array for name, array in arrays.items() if name != "roots"})
    without_roots = path.read_bytes()
    for content in (whole[:100], without_roots):
        path.write_bytes(content)
        with pytest.raises(InputError, match="A cached file is damaged") as caught:
            Learner.load(path, FOREST, LOCATIONS)
        assert caught.value.where == str(path)
    with pytest.raises(InputError, match="missing"):
        Learner.load(tmp_path / "fold-01.model", FOREST, LOCATIONS)


def test_values_are_compared_in_single_precision():
    # As scikit-learn does: 1.5 + 1e-9 is 1.5 there, which lies on the cut between 1 and 2 and belongs to its left.
    forest = fit_forest(np.array([[1.0], [2.0]]), np.array([[1, 0], [0, 1]]), n_estimators=1, bootstrap=False)
    asked = np.array([[1.5 + 1e-9], [1.5 + 1e-6]])
    assert score_forest(forest, asked).tolist() == [[1, 0], [0, 1]]
