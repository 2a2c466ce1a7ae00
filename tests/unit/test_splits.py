"""Splits: sizes, disjoint parts, folds, seeds, repeats, the kinds, and the controls with other labels."""

from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from mmlmirloc.data.balance import assign_groups
from mmlmirloc.data.composition import compositions
from mmlmirloc.data.splits import GROUPED, fold_numbers, number_of_test_rows, split_dataset
from mmlmirloc.errors import InputError
from mmlmirloc.files import read_table

LOCATIONS = ["nucleus", "exosome", "cytoplasm", "microvesicle"]
ROWS = 200
PAPER = Path(__file__).parents[2] / "resources/paper"


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
        "labelling": "recorded",
        "seed": 1,
        "repeats": [1],
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
    assert number_of_test_rows(538, 118, 10, "random") == 118
    assert number_of_test_rows(538, 0.2193, 10, "random") == 118


WHOLE = {"kind": "whole", "test_size": 0}


def test_a_whole_split_trains_on_all_rows(mirnas):
    train, test = read(split(mirnas, **WHOLE))
    rows = read_table(mirnas, text=["accession", "name", "sequence"])
    columns = ["accession", "sequence", *LOCATIONS]
    assert list(train.columns) == ["repeat", *columns, "fold"] and list(test.columns) == ["repeat", *columns]
    assert train[columns].equals(rows[columns]) and len(test) == 0
    assert (train["repeat"] == 1).all() and sorted(train["fold"].unique()) == list(range(10))
    # Stratified: each fold has its part of each location.
    for location in LOCATIONS:
        per_fold = train.groupby("fold")[location].sum()
        assert per_fold.max() - per_fold.min() <= 2


def test_the_seed_decides_the_folds_of_a_whole_split(mirnas):
    same, again, other = (split(mirnas, str(place), seed=seed, **WHOLE)[0] for place, seed in enumerate((1, 1, 2)))
    assert same.read_bytes() == again.read_bytes() != other.read_bytes()


def test_a_whole_split_may_have_fewer_rows_for_a_learning_curve_and_plain_folds(mirnas):
    train, test = read(split(mirnas, train_share=0.5, stratified=False, **WHOLE))
    assert (len(train), len(test)) == (ROWS // 2, 0)


@pytest.mark.parametrize("test_size", [0.2, 20])
def test_a_whole_split_tests_no_row(mirnas, test_size):
    with pytest.raises(InputError, match="test rows of 200") as caught:
        split(mirnas, kind="whole", test_size=test_size)
    assert caught.value.expected == "no test row and at least 20 training rows"


def test_a_whole_split_needs_rows_for_its_folds(mirnas):
    with pytest.raises(InputError, match="0 test rows of 200 leave 200 training rows for 101 folds"):
        split(mirnas, folds=101, **WHOLE)


def test_parts_are_disjoint_and_whole(mirnas):
    train, test = read(split(mirnas))
    whole = read_table(mirnas, text=["accession", "name", "sequence"]).drop(columns="name")
    both = pd.concat([train.drop(columns="fold"), test]).sort_values("accession").reset_index(drop=True)
    assert both.pop("repeat").tolist() == [1] * ROWS
    pd.testing.assert_frame_equal(both, whole)
    assert not set(train["accession"]) & set(test["accession"])


def test_columns(mirnas):
    train, test = read(split(mirnas))
    assert list(train.columns) == ["repeat", "accession", "sequence", *LOCATIONS, "fold"]
    assert list(test.columns) == ["repeat", "accession", "sequence", *LOCATIONS]


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


def test_stratified_folds_share_the_rows_of_a_single_location():
    labels = np.zeros((100, 1), dtype=int)
    labels[:10] = 1  # ten rows for ten folds
    folds = fold_numbers(labels, 10, True, np.random.default_rng(3))
    assert sorted(folds[:10]) == list(range(10))
    assert np.bincount(folds).tolist() == [10] * 10
    again, other = (fold_numbers(labels, 10, True, np.random.default_rng(seed)) for seed in (3, 4))
    assert np.array_equal(again, folds) and not np.array_equal(other, folds)


@pytest.mark.parametrize("rarer", [0, 1, 3])
def test_a_single_location_rarer_than_the_folds_is_spread_as_far_as_it_goes(rarer):
    labels = np.zeros((23, 1), dtype=int)
    labels[:rarer] = 1
    folds = fold_numbers(labels, 5, True, np.random.default_rng(1))
    assert sorted(np.bincount(folds)) == [4, 4, 5, 5, 5]
    assert len(set(folds[:rarer])) == rarer


@pytest.mark.parametrize("kind", ["random", "grouped"])
def test_a_single_location_is_split_like_several(mirnas, kind):
    groups = write_groups(mirnas, SIZES)
    train, test = read(split(mirnas, kind=kind, groups=groups, locations=["microvesicle"], folds=5))
    assert len(train) + len(test) == ROWS and list(test.columns) == ["repeat", "accession", "sequence", "microvesicle"]
    held = train.groupby("fold")["microvesicle"].sum()
    assert list(held.index) == list(range(5)) and np.ptp(held) <= 1


def test_same_seed_same_bytes(mirnas):
    for stratified in (True, False):
        first = [path.read_bytes() for path in split(mirnas, "one", stratified=stratified)]
        assert [path.read_bytes() for path in split(mirnas, "two", stratified=stratified)] == first


@pytest.mark.parametrize("other", [{"repeats": [2]}, {"seed": 2}])
def test_another_repeat_or_seed_is_another_split(mirnas, other):
    first, second = split(mirnas, "one"), split(mirnas, "two", **other)
    tests = [set(read_table(paths[1])["accession"]) for paths in (first, second)]
    assert tests[0] != tests[1]
    assert len(tests[0]) == len(tests[1])


def test_seed_and_repeat_are_not_added(mirnas):
    first, second = split(mirnas, "one", seed=1, repeats=[2]), split(mirnas, "two", seed=2, repeats=[1])
    # The number of the repeat, which is written beside the rows, would make any two files differ.
    tests = [read(paths)[1].drop(columns="repeat") for paths in (first, second)]
    assert not tests[0].equals(tests[1])


LABELLINGS = ("recorded", "shuffled", "planted")


@pytest.mark.parametrize("labelling", LABELLINGS)
@pytest.mark.parametrize("kind", ["random", "grouped", "temporal"])
def test_several_repeats_are_the_same_repeats_one_at_a_time(papers_rows, kind, labelling):
    groups = write_groups(papers_rows, [1] * len(read_table(papers_rows)))
    settings = {"kind": kind, "labelling": labelling, "groups": groups}
    together = read(split(papers_rows, "together", repeats=[3, 1, 2], **settings))
    alone = [read(split(papers_rows, f"alone-{repeat}", repeats=[repeat], **settings)) for repeat in (3, 1, 2)]
    for table, parts in zip(together, zip(*alone, strict=True), strict=True):
        assert [set(part["repeat"]) for part in parts] == [{3}, {1}, {2}]
        pd.testing.assert_frame_equal(table, pd.concat(parts, ignore_index=True))


def test_several_matched_repeats_are_the_same_repeats_one_at_a_time(papers_rows):
    together = read(split(papers_rows, "together", repeats=[1, 2], **MATCHED))
    alone = [read(split(papers_rows, f"alone-{repeat}", repeats=[repeat], **MATCHED)) for repeat in (1, 2)]
    for table, parts in zip(together, zip(*alone, strict=True), strict=True):
        pd.testing.assert_frame_equal(table, pd.concat(parts, ignore_index=True))


def test_shuffled_labels_keep_their_sets_but_not_their_rows(mirnas):
    train, test = read(split(mirnas, labelling="shuffled"))
    whole = read_table(mirnas, text=["accession", "sequence"]).set_index("accession")
    assert label_sets(train, test) == label_sets(whole)
    both = pd.concat([train, test]).set_index("accession").loc[whole.index]
    assert both["sequence"].tolist() == whole["sequence"].tolist()
    moved = (both[LOCATIONS] != whole[LOCATIONS]).any(axis=1).sum()
    assert moved > ROWS / 4


def held_by(train, test, location):
    """Accessions of the rows that have a location, whichever part they are in."""
    both = pd.concat([train, test])
    return sorted(both.loc[both[location] == 1, "accession"])


def write_sequences(path, sequences, **held):
    """Rows R0, R1, ... with the given sequences and locations."""
    table = pd.DataFrame({"accession": [f"R{number}" for number in range(len(sequences))]})
    table = table.assign(name=table["accession"], sequence=sequences, **held)
    table.to_csv(path, sep="\t", index=False)
    return path


def test_planted_labels_by_hand(tmp_path):
    """Each location keeps its number of rows, now those with most of its letter: A, C, G, U, and A again for a fifth.

    The rows that have a location in the records are others on purpose. A share is of the sequence's own length: R0 has
    more A than R1 (three to two), but R1 is all of A.
    """
    sequences = ["AAACCC", "AA", "CCCU", "GGGA", "UUCG", "GUUU", "ACGG", "CUAC"]
    # Shares of A:  3/6, 1, 0, 1/4, 0, 0, 1/4, 1/4;  of C: 3/6, 0, 3/4, 0, 1/4, 0, 1/4, 2/4;
    #           G:  0, 0, 0, 3/4, 1/4, 1/4, 2/4, 0;   of U: 0, 0, 1/4, 0, 2/4, 3/4, 0, 1/4.
    recorded = {
        "nucleus": [0, 0, 1, 0, 1, 0, 0, 0],
        "exosome": [0, 1, 0, 0, 0, 0, 0, 0],
        "cytoplasm": [1, 1, 0, 0, 0, 0, 0, 0],
        "microvesicle": [1, 0, 0, 1, 0, 0, 0, 0],
        "mitochondrion": [0, 0, 0, 0, 0, 1, 0, 0],
    }
    rows = write_sequences(tmp_path / "rows.tsv", sequences, **recorded)
    for repeat in range(1, 6):
        parts = read(split(rows, labelling="planted", locations=list(recorded), test_size=2, folds=2, repeats=[repeat]))
        assert {location: held_by(*parts, location) for location in recorded} == {
            "nucleus": ["R0", "R1"],
            "exosome": ["R2"],
            "cytoplasm": ["R3", "R6"],
            "microvesicle": ["R4", "R5"],
            "mitochondrion": ["R1"],
        }


def test_equal_shares_are_planted_in_random_order(tmp_path):
    """Two rows are all of A; which of them has the one label is drawn anew in each repeat."""
    rows = write_sequences(tmp_path / "rows.tsv", ["AA", "AAA", *["CC"] * 6], nucleus=[0, 0, 1, *[0] * 5])
    settings = {"labelling": "planted", "locations": ["nucleus"], "test_size": 2, "folds": 2, "stratified": False}
    parts = read(split(rows, repeats=range(1, 21), **settings))
    held = [held_by(*(part[part["repeat"] == repeat] for part in parts), "nucleus") for repeat in range(1, 21)]
    assert {tuple(accessions) for accessions in held} == {("R0",), ("R1",)}


def test_planted_labels_are_as_many_as_recorded_and_follow_the_sequence(mirnas):
    whole = read_table(mirnas, text=["accession", "sequence"])
    parts = read(split(mirnas, labelling="planted"))
    both = pd.concat(parts)
    assert both[LOCATIONS].sum().tolist() == whole[LOCATIONS].sum().tolist()
    for location, letter in zip(LOCATIONS, "ACGU"):
        share = both["sequence"].str.count(letter) / both["sequence"].str.len()
        assert share[both[location] == 1].min() >= share[both[location] == 0].max()
    # No more is replaced: the rows and their sequences are the recorded ones.
    both = both.set_index("accession").loc[whole["accession"]]
    assert both["sequence"].tolist() == whole["sequence"].tolist()
    assert (both[LOCATIONS].to_numpy() != whole[LOCATIONS].to_numpy()).any(axis=1).sum() > ROWS / 4


def test_shuffled_labels_are_those_that_the_draw_looks_at(papers_rows):
    """They replace the recorded ones before anything else: it is they that a matched test part is composed of."""
    _, test = read(split(papers_rows, labelling="shuffled", **MATCHED))
    assert test[LOCATIONS].sum().tolist() == [102, 55, 53, 21]
    recorded = read_table(papers_rows, text=["accession"]).set_index("accession").loc[test["accession"], LOCATIONS]
    assert recorded.sum().tolist() != [102, 55, 53, 21]


def test_the_same_seed_gives_the_same_controls(mirnas):
    for labelling in ("shuffled", "planted"):
        first = [path.read_bytes() for path in split(mirnas, "one", labelling=labelling)]
        assert [path.read_bytes() for path in split(mirnas, "two", labelling=labelling)] == first


def test_an_unknown_labelling_is_refused(mirnas):
    with pytest.raises(KeyError, match="plantd"):
        split(mirnas, labelling="plantd")
    assert not (mirnas.parent / "out").exists()


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


def write_counts(path, **held):
    """A table of the paper's form: location -> rows with 1, 2, ... locations."""
    rows = [(location, sum(counts), *counts) for location, counts in held.items()]
    sizes = range(1, len(held) + 1)
    pd.DataFrame(rows, columns=["location", "count", *(f"held_{size}" for size in sizes)]).to_csv(
        path, sep="\t", index=False
    )
    return path


def test_compositions_worked_by_hand(tmp_path):
    """Two rows with a alone, one with b alone; three pairs: ab 1, ac 2; no triple."""
    table = write_counts(tmp_path / "counts.tsv", c=[0, 2, 0], a=[2, 3, 0], b=[1, 1, 0])
    wanted = {(0,): 2, (1,): 1, (2,): 0, (0, 1): 1, (0, 2): 2, (1, 2): 0, (0, 1, 2): 0}
    assert compositions(table, ["a", "b", "c"]) == [wanted]


def test_the_papers_test_part_has_six_compositions():
    found = compositions(PAPER / "table2.tsv", LOCATIONS)
    assert len(found) == 6
    for one in found:
        assert sum(one.values()) == 118
        assert [sum(count for members, count in one.items() if place in members) for place in range(4)] == [
            102,
            55,
            53,
            21,
        ]
        # Only pairs are open: alone 38 13 0 1, triples NEC 19, NEM 2, NCM 4, ECM 0, all four 11.
        assert [count for members, count in one.items() if len(members) != 2] == [38, 13, 0, 1, 19, 2, 4, 0, 11]
    assert len({tuple(one.values()) for one in found}) == 6


def test_the_papers_training_part_has_fifteen_compositions():
    assert len(compositions(PAPER / "table1.tsv", LOCATIONS)) == 15


def test_compositions_of_other_locations():
    with pytest.raises(
        InputError, match="table is of the locations nucleus, exosome, cytoplasm, microvesicle"
    ) as caught:
        compositions(PAPER / "table2.tsv", [*LOCATIONS[:3], "golgi"])
    assert caught.value.expected == "the locations nucleus, exosome, cytoplasm, golgi"


@pytest.mark.parametrize("odd", [{"a": [0, 2], "b": [0, 1]}, {"a": [1, 1], "b": [0, 0]}])
def test_counts_that_no_label_sets_give(tmp_path, odd):
    with pytest.raises(InputError, match="No label sets agree"):
        compositions(write_counts(tmp_path / "counts.tsv", **odd), list(odd))


def test_counts_that_do_not_add_up(tmp_path):
    table = write_counts(tmp_path / "counts.tsv", a=[1, 1], b=[0, 1])
    table.write_text(table.read_text().replace("a\t2", "a\t3"))
    with pytest.raises(InputError, match="No label sets agree"):
        compositions(table, ["a", "b"])


def write_rows(path, label_sets):
    """Rows with the given label sets; accessions in an order that is not the file's."""
    table = pd.DataFrame(label_sets, columns=LOCATIONS)
    numbers = np.random.default_rng(7).permutation(len(table)) + 1
    table.insert(0, "accession", [f"MI{number:07d}" for number in numbers])
    table.insert(1, "name", table["accession"])
    table.insert(2, "sequence", "ACGU")
    table.to_csv(path, sep="\t", index=False)
    return path


@pytest.fixture
def papers_rows(tmp_path):
    """Rows of every label set that the paper's test part may hold, three for each of its own."""
    (one, *_) = compositions(PAPER / "table2.tsv", LOCATIONS)
    sets = [
        [int(place in members) for place in range(4)] for members, count in one.items() for _ in range(3 * count + 2)
    ]
    return write_rows(tmp_path / "papers.tsv", sets)


MATCHED = {"kind": "matched", "test_size": 118, "composition": PAPER / "table2.tsv"}


@pytest.mark.parametrize("repeat", [1, 2, 3])
def test_matched_composition_is_the_papers(papers_rows, repeat):
    train, test = read(split(papers_rows, repeats=[repeat], **MATCHED))
    drawn = Counter(tuple(np.flatnonzero(row)) for row in test[LOCATIONS].to_numpy())
    allowed = [
        Counter({key: count for key, count in one.items() if count})
        for one in compositions(PAPER / "table2.tsv", LOCATIONS)
    ]
    assert drawn in allowed
    assert not set(train["accession"]) & set(test["accession"])
    labels = test[LOCATIONS].to_numpy()
    # Always-nucleus on the paper's test part (resources/paper/constants.tsv).
    answer = np.array([1, 0, 0, 0])
    accuracy = ((labels & answer).sum(axis=1) / (labels | answer).sum(axis=1)).mean()
    assert (round(accuracy, 4), round((labels == answer).all(axis=1).mean(), 4)) == (0.5346, 0.3220)
    assert round((labels != answer).mean(), 4) == 0.3072


def test_matched_rows_are_drawn_anew(papers_rows):
    tests = [set(read(split(papers_rows, repeats=[repeat], **MATCHED))[1]["accession"]) for repeat in (1, 1, 2)]
    assert tests[0] == tests[1] != tests[2]


def test_matched_takes_the_one_composition_that_the_rows_can_give(tmp_path):
    """Pairs ab+cd, ac+bd or ad+bc agree with the table; only ac and bd are there."""
    a, b, c, d = LOCATIONS
    table = write_counts(tmp_path / "counts.tsv", **{location: [0, 1, 0, 0] for location in (a, b, c, d)})
    rows = write_rows(tmp_path / "rows.tsv", [[1, 0, 1, 0], [0, 1, 0, 1], [1, 1, 0, 0], *[[1, 0, 0, 0]] * 20])
    for repeat in range(1, 6):
        _, test = read(split(rows, kind="matched", test_size=2, composition=table, folds=2, repeats=[repeat]))
        assert sorted(map(tuple, test[LOCATIONS].to_numpy())) == [(0, 1, 0, 1), (1, 0, 1, 0)]


def test_matched_without_the_label_sets(mirnas):
    with pytest.raises(InputError, match="too few rows for the label sets") as caught:
        split(mirnas, **MATCHED)
    assert caught.value.where == str(PAPER / "table2.tsv")
    assert not (mirnas.parent / "out").exists()


def test_matched_names_what_lacks(tmp_path):
    table = write_counts(
        tmp_path / "counts.tsv", nucleus=[3, 1, 0, 0], exosome=[0, 1, 0, 0], cytoplasm=[0] * 4, microvesicle=[0] * 4
    )
    rows = write_rows(tmp_path / "rows.tsv", [[1, 0, 0, 0]] * 2 + [[0, 1, 0, 0]] * 20)
    with pytest.raises(InputError) as caught:
        split(rows, kind="matched", test_size=4, composition=table, folds=2)
    assert caught.value.what.endswith("(nucleus: 3 wanted, 2 there; nucleus+exosome: 1 wanted, 0 there)")


def test_matched_with_another_size(mirnas):
    with pytest.raises(InputError, match="A matched split tests 118 rows, not 40"):
        split(mirnas, **MATCHED | {"test_size": 0.2})


def write_groups(mirnas, sizes):
    """Groups of the given sizes over the rows in a random order."""
    accessions = read_table(mirnas, text=["accession"])["accession"]
    order = np.random.default_rng(5).permutation(len(accessions))
    groups = pd.DataFrame({"accession": accessions[order], "group": np.repeat(np.arange(len(sizes)), sizes)})
    groups.to_csv(mirnas.parent / "groups.tsv", sep="\t", index=False)
    return mirnas.parent / "groups.tsv"


SIZES = [12, 8, 6, 6, *[3] * 16, *[2] * 30, *[1] * 60]


def assert_groups_are_apart(train, test, groups):
    """No group has rows on both sides, or in two folds."""
    group = read_table(groups).set_index("accession")["group"]
    assert not set(group[train["accession"]]) & set(group[test["accession"]])
    assert train.groupby(group[train["accession"]].to_numpy())["fold"].nunique().max() == 1


@pytest.mark.parametrize("repeat", [1, 2, 3])
@pytest.mark.parametrize("stratified", [True, False])
@pytest.mark.parametrize("kind", GROUPED)
def test_no_group_on_two_sides(mirnas, kind, repeat, stratified):
    groups = write_groups(mirnas, SIZES)
    train, test = read(split(mirnas, kind=kind, groups=groups, repeats=[repeat], stratified=stratified))
    assert_groups_are_apart(train, test, groups)
    assert sorted(train["fold"].unique()) == list(range(10))
    assert len(train) + len(test) == ROWS
    assert abs(len(test) - 40) <= 2
    sizes = train["fold"].value_counts()
    assert sizes.max() - sizes.min() <= 4


def test_grouped_parts_have_their_share_of_each_location(mirnas):
    groups = write_groups(mirnas, SIZES)
    whole = read_table(mirnas)[LOCATIONS].mean()
    for repeat in range(1, 6):
        train, test = read(split(mirnas, kind="grouped", groups=groups, repeats=[repeat]))
        assert (abs(test[LOCATIONS].mean() - whole) * len(test) <= 4).all()
        # 16 microvesicle rows in ten folds.
        assert train.groupby("fold")["microvesicle"].sum().max() <= 4


def test_large_groups_are_tested_too(mirnas):
    groups = write_groups(mirnas, SIZES)
    largest = set(read_table(groups).query("group == 0")["accession"])
    sides = [
        largest <= set(read(split(mirnas, kind="grouped", groups=groups, repeats=[repeat]))[1]["accession"])
        for repeat in range(1, 31)
    ]
    assert 0 < sum(sides) < 15


def test_grouped_is_deterministic(mirnas):
    groups = write_groups(mirnas, SIZES)
    first, again, other = (
        split(mirnas, folder, kind="grouped", groups=groups, repeats=[repeat])
        for folder, repeat in (("one", 1), ("two", 1), ("three", 2))
    )
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in again]
    # The number of the repeat would make any two files differ.
    assert set(read(first)[1]["accession"]) != set(read(other)[1]["accession"])


def test_a_locus_split_is_a_grouped_one_by_other_groups(mirnas):
    """Neighbours in the genome are told apart from homologs by the table of groups alone."""
    groups = write_groups(mirnas, SIZES)
    grouped, locus = (split(mirnas, kind, kind=kind, groups=groups) for kind in ("grouped", "locus"))
    assert [path.read_bytes() for path in grouped] == [path.read_bytes() for path in locus]
    # Joined to larger groups, as loci are.
    table = read_table(groups, text=["accession"])
    table.assign(group=table["group"] // 2).to_csv(groups, sep="\t", index=False)
    train, test = read(split(mirnas, "joined", kind="locus", groups=groups))
    assert_groups_are_apart(train, test, groups)
    assert set(test["accession"]) != set(read(grouped)[1]["accession"])
    assert GROUPED == {"grouped": "groups.tsv", "locus": "loci.tsv"}


def kind_of_all(papers_rows, kind):
    """Settings of a split of the kind for the fixture of that name."""
    rows = len(read_table(papers_rows))
    settings = {"groups": write_groups(papers_rows, [2] * (rows // 2) + [1] * (rows % 2)), "folds": 5}
    return (MATCHED if kind == "matched" else {}) | settings | {"kind": kind}


@pytest.mark.parametrize("share", [0.25, 0.5])
@pytest.mark.parametrize("kind", ["random", "matched", "grouped", "locus", "temporal"])
def test_a_share_of_the_training_rows_is_kept(papers_rows, kind, share):
    settings = kind_of_all(papers_rows, kind)
    whole = read(split(papers_rows, "whole", **settings, train_share=1.0))
    part = read(split(papers_rows, "part", **settings, train_share=share))
    # The test rows are the same, so that the points of a learning curve compare.
    pd.testing.assert_frame_equal(part[1], whole[1])
    assert len(part[0]) == round(share * len(whole[0]))
    kept = whole[0].set_index("accession").loc[part[0]["accession"]]
    assert kept[["sequence", *LOCATIONS]].to_numpy().tolist() == part[0][["sequence", *LOCATIONS]].to_numpy().tolist()
    # The folds are made of the rows that are kept.
    sizes = part[0]["fold"].value_counts()
    assert sorted(sizes.index) == list(range(5)) and sizes.max() < 2 * sizes.min()
    if kind in GROUPED:
        assert_groups_are_apart(*part, settings["groups"])


def test_the_kept_rows_are_drawn_anew_in_each_repeat(mirnas):
    settings = {"train_share": 0.5, "kind": "temporal", "folds": 4}
    train, _ = read(split(mirnas, repeats=[1, 2], **settings))
    again, _ = read(split(mirnas, "again", repeats=[2], **settings))
    kept = [set(rows["accession"]) for _, rows in train.groupby("repeat")]
    # 80 of 160: neither the oldest nor those of the other repeat.
    assert [len(rows) for rows in kept] == [80, 80] and 20 < len(kept[0] & kept[1]) < 60
    assert set(again["accession"]) == kept[1]


def test_all_training_rows_are_the_default(mirnas):
    assert [path.read_bytes() for path in split(mirnas, "one")] == [
        path.read_bytes() for path in split(mirnas, "two", train_share=1.0)
    ]


@pytest.mark.parametrize("stratified", [True, False])
def test_too_small_a_share_is_refused(mirnas, stratified):
    """Of 160 training rows 16 are kept for ten folds: fewer than two for each."""
    with pytest.raises(InputError, match="training rows for 10 folds"):
        split(mirnas, train_share=0.1, stratified=stratified)
    assert not (mirnas.parent / "out").exists()


def test_groups_assigned_by_hand():
    """Groups of 2 with the rare location and 2 without: one of each to each part of four rows."""
    labels = np.array([[1], [0], [1], [0], [0], [0], [0], [0]])
    groups = np.array([7, 7, 3, 3, 5, 5, 9, 9])
    for seed in range(10):
        part = assign_groups(labels, groups, [4, 4], np.random.default_rng(seed))
        assert part[0] == part[1] != part[2] == part[3]
        assert part[4] == part[5] != part[6] == part[7]


def test_a_common_location_is_balanced_by_the_rows_without_it():
    labels = np.array([[1]] * 18 + [[0]] * 2)
    for seed in range(10):
        part = assign_groups(labels, np.arange(20), [10, 10], np.random.default_rng(seed))
        assert np.bincount(part).tolist() == [10, 10]
        assert sorted(part[18:]) == [0, 1]


def test_too_few_groups(mirnas):
    groups = write_groups(mirnas, [150, 10, 10, 10, 10, 5, 5])
    with pytest.raises(InputError, match=r"\d homology groups of up to \d+ rows do not fill 10 parts"):
        split(mirnas, kind="grouped", groups=groups)


def test_a_row_without_a_group(mirnas):
    groups = write_groups(mirnas, SIZES)
    groups.write_text("".join(line for line in groups.open() if not line.startswith("A007")))
    with pytest.raises(InputError, match="1 rows have no homology group, such as A007"):
        split(mirnas, kind="grouped", groups=groups)


@pytest.mark.parametrize(("kind", "needed"), [("grouped", "groups"), ("locus", "groups"), ("matched", "composition")])
def test_a_kind_without_its_input(mirnas, kind, needed):
    with pytest.raises(InputError, match=f"A split of the kind {kind} needs {needed}"):
        split(mirnas, kind=kind)


def test_temporal_tests_the_newest(papers_rows):
    for repeat in (1, 2):
        train, test = read(split(papers_rows, kind="temporal", repeats=[repeat]))
        assert train["accession"].max() < test["accession"].min()
        assert sorted(train["fold"].unique()) == list(range(10))


def test_age_is_a_number_not_a_text(tmp_path):
    rows = write_rows(tmp_path / "rows.tsv", [[1, 0, 0, 0]] * 24)
    table = read_table(rows, text=["accession"]).assign(accession=[f"MI{number}" for number in range(1, 25)])
    table.to_csv(rows, sep="\t", index=False)
    _, test = read(split(rows, kind="temporal", test_size=3, folds=2))
    assert test["accession"].tolist() == ["MI22", "MI23", "MI24"]


@pytest.mark.parametrize("odd", ["MIMAT0000010", "unnumbered"])
def test_accessions_without_an_order(papers_rows, odd):
    table = read_table(papers_rows, text=["accession"])
    table.loc[3, "accession"] = odd
    table.to_csv(papers_rows, sep="\t", index=False)
    with pytest.raises(InputError, match="The accessions cannot be ordered in time"):
        split(papers_rows, kind="temporal")


@pytest.mark.parametrize("kind", ["random", "temporal"])
def test_labels_of_test_rows_do_not_reach_the_training_rows(papers_rows, kind):
    first = split(papers_rows, "one", kind=kind)
    tested = read(first)[1]["accession"]
    table = read_table(papers_rows, text=["accession"])
    table.loc[table["accession"].isin(tested), LOCATIONS] = [0, 0, 0, 1]
    table.to_csv(papers_rows, sep="\t", index=False)
    second = split(papers_rows, "two", kind=kind)
    assert first[1].read_bytes() != second[1].read_bytes()
    assert first[0].read_bytes() == second[0].read_bytes()


@pytest.mark.parametrize("kind", ["grouped", "matched"])
def test_once_drawn_test_rows_do_not_reach_the_folds(papers_rows, kind):
    """The draw looks at labels, so they are exchanged where it cannot tell: within a group, or not at all."""
    groups = write_groups(
        papers_rows, [4] * (len(read_table(papers_rows)) // 4) + [1] * (len(read_table(papers_rows)) % 4)
    )
    settings = MATCHED | {"kind": kind, "groups": groups}
    first = split(papers_rows, "one", **settings)
    test = read(first)[1]
    group = read_table(groups).set_index("accession")["group"]
    table = read_table(papers_rows, text=["accession", "name", "sequence"])
    tested = table.index[table["accession"].isin(test["accession"])]
    if kind == "grouped":
        for _, rows in table.loc[tested].groupby(group[table.loc[tested, "accession"]].to_numpy()):
            table.loc[rows.index, LOCATIONS] = rows[LOCATIONS].to_numpy()[::-1]
    table.loc[tested, "sequence"] = "GGGG"
    table.to_csv(papers_rows, sep="\t", index=False)
    second = split(papers_rows, "two", **settings)
    assert first[1].read_bytes() != second[1].read_bytes()
    assert first[0].read_bytes() == second[0].read_bytes()
