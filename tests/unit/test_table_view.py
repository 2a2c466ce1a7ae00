"""The view of a table: what its cells mean, how arms become hairpins, and what is refused."""

import gzip

import numpy as np
import pandas as pd
import pytest

from mmlmirloc.errors import InputError
from mmlmirloc.views.table import View

# hsa-mir-16-1 and -2 share one 5p arm and have a 3p arm each; hsa-mir-21 has two arms, hsa-mir-9000 none.
HAIRPINS = {
    "MI0000070": ("hsa-mir-16-1", "GUCAGCAGUGCCUUAGCAGCACGUAAAUAUUGGCGUUAAGAUUCUAAAAUUAUCUCCAGUAUUAACUGUGCUGCUGAAG"),
    "MI0000115": ("hsa-mir-16-2", "GUUCCACUCUAGCAGCACGUAAAUAUUGGCGUAGUGAAAUAUAUAUUAAACACCAAUAUUACUGUGCUGCUUUAGUGUG"),
    "MI0000077": ("hsa-mir-21", "UGUCGGGUAGCUUAUCAGACUGAUGUUGACUGUUGAAUCUCAUGGCAACACCAGUCGAUGGGCUGUCUGACA"),
    "MI0099000": ("hsa-mir-9000", "ACGUACGUACGUACGUACGU"),
    "MI0000569": ("mmu-mir-21a", "UGUACCACCUUGUCGGAUAGCUUAUCAGACUGAUGUUGACUGUUGAAUCUCAUGGCAACAGCAGUCGAUGGGCUGUCUG"),
}
MATURES = {
    "MIMAT0000069": ("hsa-miR-16-5p", "UAGCAGCACGUAAAUAUUGGCG", ["MI0000070", "MI0000115"]),
    "MIMAT0004489": ("hsa-miR-16-1-3p", "CCAGUAUUAACUGUGCUGCUGA", ["MI0000070"]),
    "MIMAT0004518": ("hsa-miR-16-2-3p", "CCAAUAUUACUGUGCUGCUUUA", ["MI0000115"]),
    "MIMAT0000076": ("hsa-miR-21-5p", "UAGCUUAUCAGACUGAUGUUGA", ["MI0000077"]),
    "MIMAT0004494": ("hsa-miR-21-3p", "CAACACCAGUCGAUGGGCUGU", ["MI0000077"]),
}
RECORDS = pd.DataFrame(
    [(accession, *HAIRPINS[accession]) for accession in ("MI0000070", "MI0000115", "MI0000077", "MI0099000")],
    columns=["accession", "name", "sequence"],
)
SETTINGS = {
    **{"source": "expression", "header": True, "key": "name", "columns": ["level"], "taken": "number"},
    **{"arms": "best", "transform": "none", "missing": -1, "listed": False},
}
BY_ARM = "name\tlevel\nhsa-miR-16-5p\t8\nhsa-miR-16-1-3p\t2\nhsa-miR-21-5p\t3\nhsa-miR-21-3p\t7\n"


@pytest.fixture
def sources(tmp_path):
    """Files of miRBase with the molecules above."""
    lines = {"hairpin": "", "mature": "", "coordinates": "##gff-version 3\n"}
    for accession, (name, sequence) in HAIRPINS.items():
        lines["hairpin"] += f">{name} {accession} x\n{sequence}\n"
        place = ("chr1", ".", "miRNA_primary_transcript", "1", "90", ".", "+", ".")
        lines["coordinates"] += "\t".join((*place, f"ID={accession};Alias={accession};Name={name}")) + "\n"
    for accession, (name, sequence, hairpins) in MATURES.items():
        lines["mature"] += f">{name} {accession} x\n{sequence}\n"
        for hairpin in hairpins:
            place = ("chr1", ".", "miRNA", "1", "22", ".", "+", ".")
            about = f"ID={accession};Alias={accession};Name={name};Derives_from={hairpin}"
            lines["coordinates"] += "\t".join((*place, about)) + "\n"
    for source, text in lines.items():
        (tmp_path / source).write_text(text)
    return {source: str(tmp_path / source) for source in lines}


@pytest.fixture
def looked_up(tmp_path, sources):
    """The values of the records by a table and settings that differ."""

    def look_up(table, records=RECORDS, **settings):
        path = tmp_path / "table.tsv"
        path.write_bytes(table) if isinstance(table, bytes) else path.write_text(table)
        return View({**SETTINGS, **settings}).compute_records(records, {**sources, "table": str(path)}).values

    return look_up


@pytest.mark.parametrize(
    ("arms", "expected"),
    [
        ("best", [[8], [8], [7], [-1]]),
        ("mean", [[5], [8], [5], [-1]]),
        ("both", [[8, 2], [8, -1], [3, 7], [-1, -1]]),
    ],
)
def test_arms_are_joined_to_hairpins(looked_up, arms, expected):
    assert looked_up(BY_ARM, arms=arms).tolist() == expected


@pytest.mark.parametrize(
    "name",
    [
        "MI0000077",
        "miRBase:MI0000077",
        "hsa-mir-21",
        "hsa-miR-21",
        "mir-21",
        "hsa-miR-21-5p",
        "miR-21*",
        "MIMAT0000076",
    ],
)
def test_a_hairpin_is_found_by_any_name_of_it(looked_up, name):
    assert looked_up(f"name\tlevel\n{name}\t4\n")[:, 0].tolist() == [-1, -1, 4, -1]


@pytest.mark.parametrize(
    "name", ["hsa-mir-16", "hsa-miR-16", "hsa-miR-16-5p", "MI0000070|MI0000115", "mir-16-1;mir-16-2"]
)
def test_a_name_of_all_copies_is_of_each(looked_up, name):
    assert looked_up(f"name\tlevel\n{name}\t4\n")[:, 0].tolist() == [4, 4, -1, -1]


def test_a_row_of_a_hairpin_is_of_both_arms_where_these_have_none(looked_up):
    assert looked_up("name\tlevel\nhsa-mir-21\t4\nhsa-miR-21-3p\t9\n", arms="both")[2].tolist() == [4, 9]


def test_records_may_be_mature(looked_up):
    records = pd.DataFrame({"accession": ["MIMAT0000076", "MIMAT0004494"], "name": "x", "sequence": "ACGU"})
    assert looked_up(BY_ARM, records)[:, 0].tolist() == [3, 7]
    assert looked_up("name\tlevel\nhsa-mir-21\t4\n", records)[:, 0].tolist() == [4, 4]


@pytest.mark.parametrize(
    ("transform", "expected"),
    [
        ("none", [8, 8, 7, -1]),
        ("log", [np.log2(9), np.log2(9), 3, -1]),
        # Of three hairpins one is below the two that are equal.
        ("rank", [2 / 3, 2 / 3, 0.5 / 3, -1]),
    ],
)
def test_numbers_are_transformed_and_missing_ones_are_not(looked_up, transform, expected):
    assert looked_up(BY_ARM, transform=transform)[:, 0] == pytest.approx(expected)


def test_a_rank_does_not_depend_on_the_records(looked_up):
    whole = looked_up(BY_ARM, transform="rank")
    assert looked_up(BY_ARM, RECORDS.iloc[[2]], transform="rank").tolist() == whole[[2]].tolist()


def test_different_entries_are_counted(looked_up):
    table = "name\tgene\nhsa-miR-21-5p\tPTEN\nhsa-miR-21-5p\tPTEN\nhsa-miR-21-5p\tPDCD4\nhsa-miR-21-3p\tNA\n"
    assert looked_up(table, taken="count", columns=["gene"], missing=0)[:, 0].tolist() == [0, 0, 2, 0]


def test_each_entry_is_a_column(looked_up):
    """In the order of the alphabet: heart, liver, lung. An arm's entry is its hairpin's; NA is none."""
    table = "name\tfound\nhsa-miR-21-5p\tlung\nhsa-miR-21-3p\theart\nhsa-miR-16-5p\tliver\nhsa-miR-16-5p\tNA\n"
    values = looked_up(table, taken="each", columns=["found"], missing=0)
    assert values.tolist() == [[0, 1, 0], [0, 1, 0], [1, 0, 1], [0, 0, 0]]


def test_too_many_entries_to_be_columns_are_refused(looked_up):
    lines = "".join(f"hsa-miR-21-5p\tgene{number}\n" for number in range(3001))
    with pytest.raises(InputError, match="hold 3001 different entries") as error:
        looked_up("name\tgene\n" + lines, taken="each", columns=["gene"], missing=0)
    assert "taken: count" in error.value.hint


def test_breadth_is_in_how_many_columns_something_is(looked_up):
    table = "name\tin_liver\tin_heart\tin_lung\ttotal\nhsa-miR-21-5p\t0.1\t0\t3\t9\n"
    assert looked_up(table, taken="breadth", columns=["in_*"])[:, 0].tolist() == [-1, -1, 2, -1]


def test_missing_is_told_by_a_number_and_a_column(looked_up):
    values = looked_up("name\tlevel\nhsa-mir-21\t4\nhsa-mir-9000\t\n", listed=True, missing=-5)
    assert values.tolist() == [[-5, 0], [-5, 0], [4, 1], [-5, 1]]


@pytest.mark.parametrize(
    "table",
    [
        b"name,level\nhsa-mir-21,4\n",
        b"name;level\nhsa-mir-21;4\n",
        b'"name","level","free text"\n"hsa-mir-21","4","a, b\tc"\n',
        b'name\tlevel\ttext\nhsa-mir-21\t4\t"said ""so"""\n',
        b"\xef\xbb\xbfname\tlevel\r\nhsa-mir-21\t4\r\n",
        b"name\tlevel\n\nhsa-mir-21 \t 4\n\n",
        gzip.compress(b"name\tlevel\nhsa-mir-21\t4\n"),
        "name\tlevel\nhsa-mir-21\t4\n".encode("utf-16"),
    ],
    ids=["commas", "semicolons", "quotes", "quotes in quotes", "windows", "blank lines", "gzip", "utf-16"],
)
def test_tables_of_every_form_are_read(looked_up, table):
    assert looked_up(table)[:, 0].tolist() == [-1, -1, 4, -1]


def test_a_table_without_a_line_of_names(looked_up):
    table = "ENSG1\thsa-mir-21\nENSG2\thsa-mir-21\n"
    settings = {"header": False, "key": "2", "columns": ["1"], "taken": "count", "missing": 0}
    assert looked_up(table, **settings)[:, 0].tolist() == [0, 0, 2, 0]


@pytest.mark.parametrize(
    ("table", "settings", "words"),
    [
        (
            "name\tlevel\nmmu-mir-21a\t4\n",
            {},
            "names no miRNA of the species hsa (in its column 'name' stand 'mmu-mir-21a'",
        ),
        ("name\tlevel\nBRCA1\t4\nTP53\t2\n", {}, "'BRCA1', 'TP53'"),
        ("name\tlevle\nhsa-mir-21\t4\n", {}, "did you mean 'levle'?"),
        ("miRNA\tlevel\nhsa-mir-21\t4\n", {}, "no column 'name'"),
        ("name\tlevel\nhsa-mir-21\thigh\n", {}, "holds 'high' where a number is looked for"),
        ("name\tlevel\nhsa-mir-21\t1,5\n", {}, "holds '1,5'"),
        ("name\tlevel\nhsa-mir-21\t1e99\n", {}, "holds '1e99'"),
        ("name\tlevel\nhsa-mir-21\tinf\n", {}, "holds 'inf'"),
        ("name\tlevel\nhsa-mir-21\t-4\n", {"transform": "log"}, "below 0"),
        ("name\tlevel\nhsa-mir-21\t4\t5\n", {}, "cannot be read"),
        ('name\tlevel\nhsa-mir-21\t"4\n', {}, "cannot be read"),
        ("name\tlevel\tlevel\nhsa-mir-21\t4\t5\n", {}, "Two columns have the name 'level'"),
        ("name\tlevel\n", {}, "no rows"),
        ("", {}, "empty"),
        ("<html><body>Not found</body></html>", {}, "HTML"),
        (b"PK\x03\x04broken", {}, "zip"),
        (b"\x89PNG\r\n\x1a\n", {}, "An image"),
    ],
)
def test_what_is_wrong_with_a_table_is_said(looked_up, table, settings, words):
    with pytest.raises(InputError) as caught:
        looked_up(table, **settings)
    assert words in str(caught.value)


def test_what_is_not_known_and_the_share_covered_are_logged(looked_up, caplog):
    caplog.set_level("INFO", logger="mmlmirloc")
    looked_up("name\tlevel\nhsa-mir-21\t4\nhsa-mir-404404\t1\n")
    assert "1 of 2 names are not known in miRBase, such as hsa-mir-404404" in caplog.text
    assert "lists 1 of 4 records (25%)" in caplog.text


def test_columns_are_named(looked_up):
    assert View({**SETTINGS, "listed": True}).names() == ["level in expression", "listed in expression"]
    both = View({**SETTINGS, "arms": "both", "taken": "count"}).names()
    assert both[1] == "different entries in level of the 3p arm in expression"
    with pytest.raises(NotImplementedError, match="have no names"):
        View({**SETTINGS, "columns": ["l*"]}).names()
