"""Splits: sizes, disjoint parts, folds, seeds, and the control with shuffled labels."""

from collections import Counter

import numpy as np
import pandas as pd
import pytest

from mmlmirloc.data.splits import fold_numbers, number_of_test_rows, split_dataset
from mmlmirloc.errors import InputError
from mmlmirloc.files import read_table

LOCATIONS = ["nucleus", "exosome", "cytoplasm", "microvesicle"]
ROWS = 200


@pytest.fixture
def mirnas(tmp_path):
    """200 rows; the last location is held by every tenth."""
    random = np.random.default_rng(0)
    labels = (random.random((ROWS, 4)) < [0.8, 0.4, 0.4, 0]).astype(int)
    labels[::10, 3] = 1
    labels[labels.sum(axis=1) == 0, 0] = 1
    table = pd.DataFrame(labels, columns=LOCATIONS)
    table.insert(0, "accession", [f"A{number:03d}" for number in range(ROWS)])
    table.insert(1, "name", [f"hsa-{number}" for number in range(ROWS)])
    table.insert(2, "sequence", ["".join(random.choice(list("ACGU"), 60)) for _ in range(ROWS)])
    table.to_csv(tmp_path / "mirnas.tsv", sep="\t", index=False)
    return tmp_path / "mirnas.tsv"


def split(mirnas, folder="out", **changes):
    settings = {
        "kind": "random",
        "locations": LOCATIONS,
        "test_size": 0.2,
        "folds": 10,
        "stratified": True,
        "shuffle_labels": False,
        "seed": 1,
        "repeat": 1,
    }
    paths = [mirnas.parent / folder / name for name in ("train.tsv", "test.tsv")]
    split_dataset(mirnas, *paths, **settings | changes)
    return paths


def read(paths):
    return [read_table(path, text=["accession", "sequence"]) for path in paths]


def label_sets(*tables):
    return Counter(map(tuple, pd.concat(tables)[LOCATIONS].to_numpy().tolist()))


@pytest.mark.parametrize(("test_size", "tested"), [(0.2, 40), (0.2193, 44), (0.001, None), (47, 47), (1, 1)])
def test_size_of_the_test_part(mirnas, test_size, tested):
    if tested is None:
        with pytest.raises(InputError, match="0 test rows of 200"):
            split(mirnas, test_size=test_size)
        return
    train, test = read(split(mirnas, test_size=test_size))
    assert (len(train), len(test)) == (ROWS - tested, tested)


def test_the_papers_sizes():
    assert number_of_test_rows(538, 118, 10) == 118
    assert number_of_test_rows(538, 0.2193, 10) == 118


def test_parts_are_disjoint_and_whole(mirnas):
    train, test = read(split(mirnas))
    whole = read_table(mirnas, text=["accession", "name", "sequence"]).drop(columns="name")
    both = pd.concat([train.drop(columns="fold"), test]).sort_values("accession").reset_index(drop=True)
    pd.testing.assert_frame_equal(both, whole)
    assert not set(train["accession"]) & set(test["accession"])


def test_columns(mirnas):
    train, test = read(split(mirnas))
    assert list(train.columns) == ["accession", "sequence", *LOCATIONS, "fold"]
    assert list(test.columns) == ["accession", "sequence", *LOCATIONS]


@pytest.mark.parametrize("stratified", [True, False])
def test_folds_cover_the_training_rows_evenly(mirnas, stratified):
    train, _ = read(split(mirnas, stratified=stratified))
    sizes = train["fold"].value_counts()
    assert sorted(sizes.index) == list(range(10))
    assert sizes.sum() == len(train)
    assert sizes.max() - sizes.min() <= (6 if stratified else 0)


def test_stratified_folds_share_a_rare_location():
    labels = np.zeros((100, 2), dtype=int)
    labels[:, 0] = 1
    labels[:10, 1] = 1  # ten rows for ten folds
    folds = fold_numbers(labels, 10, True, np.random.default_rng(3))
    assert sorted(folds[:10]) == list(range(10))
    plain = [fold_numbers(labels, 10, False, np.random.default_rng(seed))[:10] for seed in range(5)]
    assert any(len(set(folds)) < 10 for folds in plain)


def test_same_seed_same_bytes(mirnas):
    for stratified in (True, False):
        first = [path.read_bytes() for path in split(mirnas, "one", stratified=stratified)]
        assert [path.read_bytes() for path in split(mirnas, "two", stratified=stratified)] == first


@pytest.mark.parametrize("other", [{"repeat": 2}, {"seed": 2}])
def test_another_repeat_or_seed_is_another_split(mirnas, other):
    first, second = split(mirnas, "one"), split(mirnas, "two", **other)
    tests = [set(read_table(paths[1])["accession"]) for paths in (first, second)]
    assert tests[0] != tests[1]
    assert len(tests[0]) == len(tests[1])


def test_seed_and_repeat_are_not_added(mirnas):
    first, second = split(mirnas, "one", seed=1, repeat=2), split(mirnas, "two", seed=2, repeat=1)
    assert first[1].read_bytes() != second[1].read_bytes()


def test_shuffled_labels_keep_their_sets_but_not_their_rows(mirnas):
    train, test = read(split(mirnas, shuffle_labels=True))
    whole = read_table(mirnas, text=["accession", "sequence"]).set_index("accession")
    assert label_sets(train, test) == label_sets(whole)
    both = pd.concat([train, test]).set_index("accession").loc[whole.index]
    assert both["sequence"].tolist() == whole["sequence"].tolist()
    moved = (both[LOCATIONS] != whole[LOCATIONS]).any(axis=1).sum()
    assert moved > ROWS / 4


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"test_size": 0.95}, "190 test rows of 200 leave 10 training rows for 10 folds"),
        ({"test_size": 200}, "200 test rows of 200 leave 0 training rows"),
        ({"test_size": 500}, "leave -300 training rows"),
        ({"folds": 90}, "40 test rows of 200 leave 160 training rows for 90 folds"),
    ],
)
def test_too_few_rows(mirnas, changes, message):
    with pytest.raises(InputError, match=message) as caught:
        split(mirnas, **changes)
    assert caught.value.expected == f"at least 1 test row and {2 * changes.get('folds', 10)} training rows"
    assert caught.value.where == "config/config.yaml: splits"
    assert not (mirnas.parent / "out").exists()


def test_a_dataset_without_a_location(mirnas):
    with pytest.raises(InputError, match="no column golgi"):
        split(mirnas, locations=["nucleus", "golgi"])
