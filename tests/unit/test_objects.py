"""What the Python call takes, and the one message on all else."""

import io
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from Bio import SeqIO
from Bio.Seq import MutableSeq, Seq
from Bio.SeqRecord import SeqRecord

from mmlmirloc.errors import InputError
from mmlmirloc.predicting.cleaning import clean_record
from mmlmirloc.predicting.objects import records_of

# Made up.
A = "GGCUACGAUUCGAUCCAGUAUCCGAUUGCAAGGACUUACGGUAUCGGAUACUGGAUCGAAUCGUAGCCAAUC"
B = A[:30] + "G" + A[31:]
NAMED, NUMBERED = [("a", A), ("b", B)], [("sequence_1", A), ("sequence_2", B)]
FASTA = f">a\n{A}\n>b\n{B}\n"


def read(given):
    return [(record.name, record.sequence) for record in records_of(given)]


@pytest.fixture
def path(tmp_path):
    file = tmp_path / "given.fa"
    file.write_text(FASTA)
    return file


@pytest.mark.parametrize(
    "given",
    [
        FASTA,
        FASTA.encode("utf-16"),
        io.StringIO(FASTA),
        io.BytesIO(FASTA.encode()),
        f"a\t{A}\nb\t{B}",
        {"a": A, "b": Seq(B)},
        {"a": SeqRecord(Seq(A), id="other"), "b": B},
        NAMED,
        tuple(NAMED),
        [["a", A], ("b", MutableSeq(B))],
        [SeqRecord(Seq(A), id="a"), SeqRecord(Seq(B), id="", name="b")],
        SeqIO.parse(io.StringIO(FASTA), "fasta"),
        SeqIO.to_dict(SeqIO.parse(io.StringIO(FASTA), "fasta")),
        {"a": A, "b": B}.items(),
        pd.Series({"a": A, "b": B}),
        pd.DataFrame({"name": ["a", "b"], "sequence": [A, B]}),
        pd.DataFrame({"Sequence": [A, B], "miRNA ID": ["a", "b"], "length": [72, 72]}),
        pd.DataFrame({"hairpin": [A, B], "mature": [A[:22], B[:22]]}, index=["a", "b"]),
        [f">a\n{A}", f">b\n{B}"],
        [f"a {A}", f"b\t{B}"],
    ],
)
def test_names_and_sequences(given):
    assert read(given) == NAMED


@pytest.mark.parametrize(
    "given",
    [
        [A, B],
        (A, B),
        f"{A}\n{B}",
        (one for one in (A, B)),
        np.array([A, B]),
        pd.Series([A, B]),
        pd.DataFrame({"sequence": [A, B]}),
        [Seq(A), SeqRecord(Seq(B))],
        [("", A), (None, B)],
        [("", A), (float("nan"), B)],
        {A: 1, B: 2}.keys(),
    ],
)
def test_sequences_without_names_are_numbered(given):
    assert read(given) == NUMBERED


def test_one_of_anything(path):
    for given in (A, f" {A}\n", Seq(A), SeqRecord(Seq(A)), [A]):
        assert read(given) == NUMBERED[:1]
    assert read(("a", A)) == read(SeqRecord(Seq(A), id="a")) == [("a", A)]


def test_paths(path, monkeypatch):
    for given in (path, str(path), [path], [str(path)]):
        assert read(given) == NAMED
    with open(path) as text, open(path, "rb") as content:
        assert read(text) == read(content) == NAMED
    assert read([path, A, Path(path)]) == [*NAMED, ("sequence_3", A), *NAMED]
    monkeypatch.chdir(path.parent)
    assert read("given.fa") == NAMED
    # A sequence is one, whatever files there are.
    (path.parent / A).write_text(FASTA)
    assert read(A) == NUMBERED[:1]


@pytest.mark.parametrize("given", ["absent.fa", Path("absent"), "/absent/file", ["absent.txt"], "a\\b.fasta"])
def test_a_missing_file_is_said(given):
    with pytest.raises(InputError, match="no such file"):
        read(given)


def test_a_bad_record_costs_no_other():
    given = [("a", A), ("none", None), ("empty", ""), ("nan", float("nan")), None, ("b", "XYZ"), f"ACGUACGUACG {A}", B]
    found = [(record.name, clean_record(record)) for record in records_of(given)]
    assert [name for name, _ in found] == [
        "a",
        "none",
        "empty",
        "nan",
        "sequence_5",
        "b",
        "ACGUACGUACG",
        "sequence_8",
    ]
    assert [cleaned.sequence for _, cleaned in found if cleaned.sequence] == [A, B]
    assert all(cleaned.remarks for _, cleaned in found if not cleaned.sequence)
    frame = pd.DataFrame({"name": ["a", None], "sequence": [None, B]})
    assert read(frame) == [("a", ""), ("sequence_2", B)]
    (undefined,) = records_of([SeqRecord(Seq(None, length=72), id="a")])
    assert undefined.name == "a" and "not defined" in undefined.refusal


def test_a_name_never_becomes_bases():
    (record,) = records_of(f"ACG {A}")
    assert record[:2] == ("ACG", A)


@pytest.mark.parametrize(
    ("given", "kind"),
    [
        (5, "int"),
        (None, "NoneType"),
        (object(), "object"),
        ([A, 5], "int"),
        ([(A, B, A)], "tuple"),
        ({"a": 5}, "int"),
        ([("a", [A])], "list"),
        (pd.Series([1, 2]), "int"),
        (pd.DataFrame(), "pandas"),
    ],
)
def test_anything_else_is_one_message(given, kind):
    with pytest.raises(InputError, match=f"Sequences cannot be read from .*{kind}") as caught:
        read(given)
    assert "DataFrame" in caught.value.expected and "SeqRecord" in caught.value.expected


def test_a_table_with_two_columns_of_sequences_is_not_guessed():
    with pytest.raises(InputError, match="all hold sequences"):
        read(pd.DataFrame({"first": [A, B], "second": [B, A]}))
