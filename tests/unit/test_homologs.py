"""Homologs: what is written for the search, what is read of its hits, and a small search with blastn itself."""

import hashlib
import re

import numpy as np
import pandas as pd
import pytest

from mmlmirloc.data.homologs import FIELDS, prepare_search, query_id, read_hits, write_database, write_queries
from mmlmirloc.errors import InputError

COLUMNS = list(FIELDS.values())
RANDOM = np.random.default_rng(11)
HAIRPIN, OTHER = ("".join(RANDOM.choice(list("ACGU"), 80)) for _ in range(2))


def fasta(path):
    lines = path.read_text().splitlines()
    return list(zip(lines[::2], lines[1::2], strict=True))


def write_hits(path, *lines):
    pd.DataFrame(lines, columns=COLUMNS).to_csv(path, sep="\t", index=False)
    return path


def test_a_query_is_named_by_its_sequence_only():
    name = hashlib.sha256(b"ACGU").hexdigest()[:16]
    assert query_id("ACGU") == name and re.fullmatch("[0-9a-f]{16}", name)
    assert query_id("ACGA") != name


def test_each_sequence_is_searched_once_in_dna_letters(tmp_path):
    write_queries(["GGU", "ACGU", "GGU"], tmp_path / "queries.fa")
    assert fasta(tmp_path / "queries.fa") == [(f">{query_id('GGU')}", "GGT"), (f">{query_id('ACGU')}", "ACGT")]


def test_entries_of_the_database_have_species_and_accession(tmp_path):
    (tmp_path / "hairpin.fa").write_text(
        ">hsa-let-7a-1 MI0000060 Homo sapiens let-7a-1 stem-loop\nUGGGAU\nGAGG\n>dme-mir-1 MI0000116 Drosophila\nACGN\n"
    )
    write_database(tmp_path / "hairpin.fa", tmp_path / "database.fa")
    assert fasta(tmp_path / "database.fa") == [(">hsa.MI0000060", "TGGGATGAGG"), (">dme.MI0000116", "ACGN")]


def test_queries_are_the_records_and_the_species_own_hairpins(tmp_path):
    (tmp_path / "hairpin.fa").write_text(
        ">hsa-mir-1 MI0000001 x\nAAAA\n>hsav-mir-2 MI0000002 x\nCCCC\n>mmu-mir-3 MI0000003 x\nGGGG\n"
        ">hsa-mir-4 MI0000004 x\nUUUU\n"
    )
    table = pd.DataFrame({"accession": ["x", "y"], "name": "hsa-mir-9", "sequence": ["UUUU", "ACGU"]})
    table.to_csv(tmp_path / "sequenced.tsv", sep="\t", index=False)
    paths = [tmp_path / "queries.fa", tmp_path / "database.fa"]
    prepare_search(tmp_path / "sequenced.tsv", tmp_path / "hairpin.fa", "hsa", *paths)
    # A virus' name may start with the same letters.
    assert [sequence for _, sequence in fasta(paths[0])] == ["TTTT", "ACGT", "AAAA"]
    assert [name for name, _ in fasta(paths[1])] == [
        ">hsa.MI0000001",
        ">hsav.MI0000002",
        ">mmu.MI0000003",
        ">hsa.MI0000004",
    ]


def test_hits_by_hand(tmp_path):
    hits = read_hits(
        write_hits(
            tmp_path / "hits.tsv",
            ("b", "mmu.MI0000002", 30, 40, 90),
            ("a", "hsa.MI0000001", 80, 80, 80),
            # Two alignments of a pair, the better one second.
            ("a", "ptr.MI0000003", 20, 80, 75),
            ("a", "ptr.MI0000003", 60, 80, 75),
            # All of the query lies in a longer hairpin: not the same sequence.
            ("a", "hsa.MI0000004", 80, 80, 81),
            ("a", "hsa.MI0000005", 79, 80, 80),
        )
    )
    assert hits.columns.tolist() == ["query", "species", "accession", "identity", "same"]
    assert hits.to_numpy().tolist() == [
        ["b", "mmu", "MI0000002", 0.75, 0],
        ["a", "hsa", "MI0000001", 1.0, 1],
        ["a", "ptr", "MI0000003", 0.75, 0],
        ["a", "hsa", "MI0000004", 1.0, 0],
        ["a", "hsa", "MI0000005", 0.9875, 0],
    ]


def test_no_hits_at_all(tmp_path):
    hits = read_hits(write_hits(tmp_path / "hits.tsv"))
    assert hits.columns.tolist() == ["query", "species", "accession", "identity", "same"] and hits.empty


@pytest.mark.parametrize(
    ("text", "message", "expected"),
    [
        (None, "A table is missing", "a TSV file"),
        ("", "A table is empty", "a header line and rows"),
        # Without the header that the rule puts before the hits.
        ("a\thsa.MI0000001\t80\t80\t80\n", "A table has no column query, hit, identical", "the columns query, hit"),
        ("\t".join(COLUMNS) + "\na\thsa.MI0000001\t80\t80\t80\t7\n", "A table cannot be read", "as many fields"),
    ],
    ids=["missing", "empty", "no header", "too many fields"],
)
def test_damaged_hits(tmp_path, text, message, expected):
    path = tmp_path / "hits.tsv"
    if text is not None:
        path.write_text(text)
    with pytest.raises(InputError, match=message) as caught:
        read_hits(path)
    assert caught.value.where == str(path) and expected in caught.value.expected
    assert "run" in caught.value.hint


@pytest.mark.parametrize("line", ["a\thsa.MI0000001\tx\t80\t80\n", "a\thsa.MI0000001\t80\t80\n", "a\thsa.M"])
def test_hits_without_whole_numbers_are_damaged(tmp_path, line):
    path = write_hits(tmp_path / "hits.tsv", ("a", "ptr.MI0000002", 60, 80, 80))
    path.write_text(path.read_text() + line)
    with pytest.raises(InputError) as caught:
        read_hits(path)
    assert caught.value.where == str(path)


def found(search, folder, sequences, hairpins):
    """Search sequences among miRBase's hairpins, given as names and sequences."""
    folder.mkdir()
    entries = [f">{name} MI{number:07d} x\n{sequence}\n" for number, (name, sequence) in enumerate(hairpins, start=1)]
    (folder / "hairpin.fa").write_text("".join(entries))
    pd.DataFrame({"sequence": sequences}).to_csv(folder / "sequenced.tsv", sep="\t", index=False)
    return read_hits(search(folder, "sequenced.tsv"))


def test_a_search_with_blastn(search, tmp_path):
    complement = HAIRPIN[::-1].translate(str.maketrans("ACGU", "UGCA"))
    # The tenth base from its start is another one, so that the alignment goes to the end.
    changed = HAIRPIN[:9] + ("A" if HAIRPIN[9] != "A" else "C") + HAIRPIN[10:]
    hairpins = [
        ("hsa-mir-1", HAIRPIN),
        ("mmu-mir-1", changed),
        ("ptr-mir-1", HAIRPIN[:40]),
        ("dre-mir-1", complement),
        ("rno-mir-2", OTHER),
    ]
    hits = found(search, tmp_path / "search", [HAIRPIN], hairpins)
    assert set(hits["query"]) == {query_id(HAIRPIN)}
    # The other strand is not looked at, nor is another sequence a homolog.
    assert {row.species: (row.accession, row.identity, row.same) for row in hits.itertuples()} == {
        "hsa": ("MI0000001", 1.0, 1),
        "mmu": ("MI0000002", 79 / 80, 0),
        "ptr": ("MI0000003", 0.5, 0),
    }


def test_one_querys_hits_do_not_depend_on_the_other_queries(search, tmp_path):
    hairpins = [("hsa-mir-1", HAIRPIN), ("mmu-mir-1", HAIRPIN[:60]), ("mmu-mir-2", OTHER)]
    hits = [
        found(search, tmp_path / name, sequences, hairpins).query("query == @query_id(@HAIRPIN)")
        for name, sequences in {"alone": [HAIRPIN], "others": [OTHER, HAIRPIN[::-1], HAIRPIN]}.items()
    ]
    assert len(hits[0]) == 2
    assert hits[0].to_numpy().tolist() == hits[1].to_numpy().tolist()
