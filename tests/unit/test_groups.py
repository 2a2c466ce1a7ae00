"""Homology groups: names, seeds, alignments, and what they join; small tables worked by hand."""

import random
from pathlib import Path

import pandas as pd
import pytest

from mmlmirloc.data.groups import HIT, components, family, group_homologs, hits, seeds, shared
from mmlmirloc.errors import InputError
from mmlmirloc.files import read_table

# Six hairpins without an alignment: letters drawn at random (seed 1), checked by test_unrelated_sequences.
LETTERS = random.Random(1)
HAIRPINS = ["".join(LETTERS.choice("ACGU") for _ in range(70)) for _ in range(6)]


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("hsa-mir-30a", "mir-30"),
        ("hsa-mir-30c-2", "mir-30"),
        ("hsa-miR-30c-2-3p", "mir-30"),
        ("hsa-mir-548aa-1", "mir-548"),
        ("hsa-mir-5480", "mir-5480"),
        ("hsa-let-7a-1", "let-7"),
        ("hsa-let-7f", "let-7"),
        ("hsa-mir-7-1", "mir-7"),
        ("hsa-mir-1-1", "mir-1"),
        ("hsa-mir-1", "mir-1"),
        ("MYRNA9", "MYRNA9"),
    ],
)
def test_family_by_name(name, stem):
    assert family(name) == stem


def table(*rows):
    return pd.DataFrame(rows, columns=["accession", "name", "sequence"])


def test_seeds_of_the_arms_with_the_hairpins_name():
    arms = {
        "hsa-miR-30c-5p": "UGUAAACAUCC",  # nt 2-8: GUAAACA
        "hsa-miR-30c-2-3p": "CUGGGAGAAGG",  # UGGGAGA
        "hsa-miR-30c-1-3p": "CAAAAAAAGGG",
        "mmu-miR-30c-2-3p": "CCCCCCCCCCC",
        "hsa-miR-935": "CCAGUUACCGC",  # CAGUUAC
        "hsa-miR-30": "GGGGGGGGGGG",
    }
    rows = table(
        ("MI1", "hsa-mir-30c-2", "A"),
        ("MI2", "hsa-mir-935", "A"),
        ("MI3", "hsa-mir-93", "A"),
        ("MI4", "hsa-mir-9", "A"),
    )
    assert seeds(rows, arms) == [{"GUAAACA", "UGGGAGA"}, {"CAGUUAC"}, set(), set()]


def test_seed_of_a_row_that_is_a_mature_mirna():
    arms = {"hsa-miR-30c-5p": "UGUAAACAUCC", "hsa-miR-30c-3p": "CUGGGAGAAGG"}
    rows = table(("MIMAT0000244", "hsa-miR-30c-5p", "UGUAAACAUCC"))
    assert seeds(rows, arms) == [{"GUAAACA"}]


def test_unrelated_sequences_do_not_align():
    assert hits(HAIRPINS) == []


# 2 for an equal letter, -3 for another one, -7 for a gap's first letter.
@pytest.mark.parametrize(
    ("piece", "other", "aligned"),
    [
        ("ACGUUGCAGCAUUCGGAU", "ACGUUGCAGCAUUCGGAU", True),  # 18 equal: 36
        ("ACGUUGCAGCAUUCGGA", "ACGUUGCAGCAUUCGGA", False),  # 17 equal: 34
        ("ACGUUGCAGCAUUCGGAUA", "ACGUUGCAGGAUUCGGAUA", False),  # 18 equal and one other: 33
        ("ACGUUGCAGCAUUCGGAUAUG", "ACGUUGCAGGAUUCGGAUAUG", True),  # 20 equal and one other: 37
        ("ACGUUGCAGCAUUCGGAUAUG", "ACGUUGCAGAUUCGGAUAUG", False),  # 20 equal and one gap: 33
        ("ACGUUGCAGCAUUCGGAUAUGCA", "ACGUUGCAGAUUCGGAUAUGCA", True),  # 22 equal and one gap: 37
        ("ACGUUGCAGCAUUCGGAU", "AUCCGAAUGCUGCAACGU", False),  # the reverse complement
        ("NNNNNNNNNNNNNNNNNNNN", "NNNNNNNNNNNNNNNNNNNN", False),
    ],
)
def test_alignment_scores(piece, other, aligned):
    assert HIT == 36
    first, second = "CCCC" + piece + "CC", "AAAAAA" + other + "AA"
    assert hits([first, second]) == ([(0, 1)] if aligned else [])


def test_shared_keys_link_all_that_hold_them():
    links = shared([["a"], ["b"], ["a", "c"], [], ["c", "b"]])
    assert components(5, links).tolist() == [0, 0, 0, 1, 0]
    assert components(3, []).tolist() == [0, 1, 2]


@pytest.fixture
def group(tmp_path):
    def run(rows, arms=()):
        paths = [tmp_path / name for name in ("mirnas.tsv", "mature.fa", "groups.tsv")]
        rows.assign(nucleus=1).to_csv(paths[0], sep="\t", index=False)
        arms = dict(arms) or {"hsa-miR-99999-5p": "UUUUUUUUUUUUUUUUUUUUUU"}
        lines = [f">{name} MIMAT{number:07d} x\n{sequence}\n" for number, (name, sequence) in enumerate(arms.items())]
        paths[1].write_text("".join(lines))
        group_homologs(*map(Path, paths))
        return [tuple(row) for row in read_table(paths[2], text=["accession"]).itertuples(index=False)]

    return run


ROWS = [
    ("MI0000003", "hsa-mir-30a", HAIRPINS[0]),
    ("MI0000001", "hsa-mir-500", HAIRPINS[1]),
    ("MI0000005", "hsa-mir-30c-2", HAIRPINS[2]),
    ("MI0000002", "hsa-mir-600", HAIRPINS[3]),
    ("MI0000004", "hsa-mir-700-1", HAIRPINS[4]),
    ("MI0000006", "hsa-mir-800", HAIRPINS[5]),
]


def test_groups_by_family_are_numbered_by_the_lowest_accession(group):
    assert group(table(*ROWS)) == [
        ("MI0000003", 2, 2),
        ("MI0000001", 0, 1),
        ("MI0000005", 2, 2),
        ("MI0000002", 1, 1),
        ("MI0000004", 3, 1),
        ("MI0000006", 4, 1),
    ]


def test_links_of_every_kind_join_to_one_group(group):
    """30a - 30c by name, 30c - 500 by a seed, 500 - 600 by sequence; 700 and 800 stay alone."""
    rows = [list(row) for row in ROWS]
    rows[3][2] = HAIRPINS[3][:20] + HAIRPINS[1][10:40] + HAIRPINS[3][20:]
    arms = {"hsa-miR-30c-5p": "UGUAAACAUCC", "hsa-miR-500-3p": "AGUAAACAGGG", "hsa-miR-700-5p": "CCAGUUACCGC"}
    sizes = {accession: (number, size) for accession, number, size in group(table(*rows), arms)}
    joined = ("MI0000001", "MI0000002", "MI0000003", "MI0000005")
    assert sizes == dict.fromkeys(joined, (0, 4)) | {"MI0000004": (1, 1), "MI0000006": (2, 1)}


def test_the_order_of_rows_changes_no_group(group):
    assert sorted(group(table(*ROWS))) == sorted(group(table(*ROWS[::-1])))


def test_sizes_are_logged(group, caplog):
    with caplog.at_level("INFO", logger="mmlmirloc"):
        group(table(*ROWS))
    assert caplog.messages[:3] == [
        "6 miRNAs in 5 homology groups; largest 2 (mir-30)",
        "Groups by number of rows: 4 of 1, 1 of 2",
        "Groups by one kind of link alone: family 5, seed 6, sequence 6",
    ]


def test_a_group_that_no_fold_can_hold_is_warned_of(group, caplog):
    hairpins = [*HAIRPINS, *[HAIRPINS[0]] * 14]
    rows = [(f"MI{number:07d}", f"hsa-mir-{number}", hairpin) for number, hairpin in enumerate(hairpins)]
    with caplog.at_level("INFO", logger="mmlmirloc"):
        group(table(*rows))
    families = "mir-0 mir-10 mir-11 mir-12 mir-13 mir-14 mir-15 mir-16 mir-17 mir-18"
    assert caplog.messages[0] == f"20 miRNAs in 6 homology groups; largest 15 ({families} and 5 more)"
    assert caplog.messages[3] == "One group holds 75% of the rows: a grouped split's folds cannot be even"
    assert caplog.records[3].levelname == "WARNING"


def test_no_rows(group):
    with pytest.raises(InputError, match="There are no miRNAs to group"):
        group(table())


def test_an_accession_in_two_rows(group):
    with pytest.raises(InputError, match="An accession stands in two rows"):
        group(table(ROWS[0], ROWS[0]))


def test_a_table_without_names(group, tmp_path):
    with pytest.raises(InputError, match="no column name"):
        group(table(*ROWS).drop(columns="name"))
    assert not (tmp_path / "groups.tsv").exists()
