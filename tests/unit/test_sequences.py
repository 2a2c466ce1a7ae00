"""Joining records to miRBase: every way a record can find, or fail to find, its sequence."""

import logging

import pandas as pd
import pytest

from mmlmirloc.data.sequences import join_sequences
from mmlmirloc.errors import InputError
from mmlmirloc.sources import mirbase

HAIRPIN = """\
>hsa-mir-1 MI9000001 Homo sapiens miR-1 stem-loop
acgta
CGU
>hsa-mir-2 MI9000002 Homo sapiens miR-2 stem-loop
NRYWKMSBDHV
>ebv-mir-3 MI9000003 Epstein Barr virus miR-3 stem-loop
ACGU
>hsa-mir-4 MI9000004 Homo sapiens miR-4 stem-loop
ACGXZU
>hsa-mir-5 MI9000005 Homo sapiens miR-5 stem-loop
"""
MATURE = (
    ">hsa-miR-1-5p MIMAT9000001 Homo sapiens miR-1-5p\nUGGA\n>ebv-miR-3 MIMAT9000003 Epstein Barr virus miR-3\nAC\n"
)


def record(accession, locations="nucleus", aliases="", name="old-name", rows=1):
    return accession, name, aliases, locations, rows


@pytest.fixture
def join(tmp_path):
    """Join records and return the two tables."""

    def run(records, molecule="hairpin", hairpin=HAIRPIN, mature=MATURE, **options):
        columns = ["accession", "name", "aliases", "locations", "records"]
        pd.DataFrame(records, columns=columns).to_csv(tmp_path / "records.tsv", sep="\t", index=False)
        (tmp_path / "hairpin.fa").write_text(hairpin)
        if mature is not None:
            (tmp_path / "mature.fa").write_text(mature)
        paths = [tmp_path / name for name in ("records.tsv", "hairpin.fa", "mature.fa", "output.tsv", "dropped.tsv")]
        join_sequences(*paths, molecule, **options)
        return tuple(pd.read_csv(path, sep="\t", keep_default_na=False, dtype=str) for path in paths[3:])

    return run


def rows(table):
    return [tuple(line) for line in table.values]


def test_join_takes_mirbases_name_and_writes_sequences_in_upper_case_with_u(join):
    joined, dropped = join([record("MI9000002"), record("MI9000001", "exosome;nucleus")])
    assert list(joined.columns) == ["accession", "name", "molecule", "sequence", "locations"]
    assert rows(joined) == [
        ("MI9000001", "hsa-mir-1", "hairpin", "ACGUACGU", "exosome;nucleus"),
        ("MI9000002", "hsa-mir-2", "hairpin", "NRYWKMSBDHV", "nucleus"),
    ]
    assert dropped.empty


@pytest.mark.parametrize(
    ("molecule", "kept"),
    [("hairpin", ["MI9000001"]), ("mature", ["MIMAT9000001"]), ("both", ["MI9000001", "MIMAT9000001"])],
)
def test_molecules(join, molecule, kept):
    joined, dropped = join([record("MI9000001"), record("MIMAT9000001", name="m")], molecule)
    assert list(joined["accession"]) == kept
    assert list(joined["molecule"]) == ["mature" if "MAT" in accession else "hairpin" for accession in kept]
    assert len(joined) + len(dropped) == 2
    if molecule == "hairpin":
        assert rows(dropped) == [("MIMAT9000001", "m", "sequences", "not the wanted molecule (mature)", "1")]


def test_the_file_of_the_other_molecule_is_not_read(join):
    joined, _ = join([record("MI9000001")], mature=None)
    assert len(joined) == 1


def test_each_reason_to_drop_an_rna_is_listed(join):
    records = [
        record("MI9000001"),
        record("MI9000003", rows=3),
        record("MI9000004"),
        record("MI9000005"),
        record("MI9000099", name="hsa-mir-99"),
    ]
    joined, dropped = join(records)
    assert list(joined["accession"]) == ["MI9000001"]
    reasons = {line[0]: line[3] for line in rows(dropped)}
    assert reasons == {
        "MI9000003": "not a miRNA of the species (miRBase name ebv-mir-3, expected hsa-)",
        "MI9000004": "sequence holds letters that are no IUPAC nucleotide code (X Z)",
        "MI9000005": "no sequence in miRBase",
        "MI9000099": "accession not in miRBase",
    }
    assert dropped.loc[dropped["accession"] == "MI9000003", "rows"].item() == "3"


def test_another_species_prefix(join):
    joined, _ = join([record("MI9000001"), record("MI9000003")], prefix="ebv")
    assert list(joined["name"]) == ["ebv-mir-3"]


def test_an_alias_serves_where_the_first_accession_is_not_found(join):
    joined, dropped = join([record("MI9000099", "exosome", aliases="mir-1|MI9000001"), record("MI9000002")])
    assert rows(joined)[0] == ("MI9000001", "hsa-mir-1", "hairpin", "ACGUACGU", "exosome")
    assert dropped.empty


def test_an_alias_of_the_other_molecule_does_not_serve(join):
    joined, dropped = join([record("MIMAT9000099", aliases="MI9000001"), record("MI9000002")], "both")
    assert list(joined["accession"]) == ["MI9000002"]
    assert list(dropped["reason"]) == ["accession not in miRBase"]


def test_records_that_end_at_one_entry_are_merged(join):
    joined, _ = join(
        [record("MI9000099", "exosome;nucleus", aliases="MI9000001"), record("MI9000001", "cytoplasm;nucleus")]
    )
    assert rows(joined) == [("MI9000001", "hsa-mir-1", "hairpin", "ACGUACGU", "cytoplasm;exosome;nucleus")]


def test_the_log_counts_the_reasons(join, caplog):
    with caplog.at_level(logging.INFO, "mmlmirloc"):
        join([record("MI9000001"), record("MI9000098"), record("MI9000099"), record("MIMAT9000001")])
    message = "1 miRBase entries joined, 3 left out (accession not in miRBase: 2, not the wanted molecule: 1)"
    assert message in caplog.text


def test_none_left(join):
    with pytest.raises(InputError, match=r"None of 2 RNAs has a usable sequence \(accession not in miRBase: 2\)"):
        join([record("MI9000098"), record("MI9000099")], hairpin=MATURE)


def test_unknown_molecule(join):
    with pytest.raises(InputError, match=r"Unknown molecule 'pre'\n(.*\n)*.*hairpin, mature, both"):
        join([record("MI9000001")], "pre")


def test_one_accession_with_two_sequences(join):
    again = ">hsa-mir-1b MI9000001 x\nACGUACGA\n"
    with pytest.raises(InputError, match="Two different sequences have the accession MI9000001"):
        join([record("MI9000001")], hairpin=HAIRPIN + again)


def test_the_same_entry_twice_does_no_harm(join):
    joined, _ = join([record("MI9000001")], hairpin=HAIRPIN + ">hsa-mir-1 MI9000001 x\nACGTACGT\n")
    assert list(joined["sequence"]) == ["ACGUACGU"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "The file is empty"),
        (b"\xef\xbb\xbf \n", "The file is empty"),
        (b"\n<!DOCTYPE html><html></html>", "An HTML page came in place of data"),
        (b">hsa-mir-1 MI9000001 x<br>\nACGU<br>\n", "An HTML page came in place of data"),
        (b"\x1f\x8b\x08rest", r"The gzip archive is truncated or damaged \("),
        (b">hsa-mir-1 MI9000001\nAC\0GU", "A binary file stands in place of text"),
        (b"ACGU\n>hsa-mir-1 MI9000001\nACGU\n", r"The file is not FASTA \(line 1\)"),
        (b">MI9000001\nACGU\n", "A FASTA header has no miRBase accession: '>MI9000001'"),
        (b">ENST01 cdna chromosome\nACGU\n", "A FASTA header has no miRBase accession: '>ENST01 cdna chromosome'"),
    ],
)
def test_what_is_no_fasta_of_mirbase(tmp_path, content, message):
    path = tmp_path / "hairpin.fa"
    path.write_bytes(content)
    with pytest.raises(InputError, match=message) as raised:
        mirbase.read(path)
    assert raised.value.where == str(path)


def test_missing_fasta(tmp_path):
    with pytest.raises(InputError, match="A source file is missing"):
        mirbase.read(tmp_path / "none.fa")


def test_byte_order_mark_and_crlf_do_no_harm(tmp_path):
    path = tmp_path / "hairpin.fa"
    path.write_bytes(b"\xef\xbb\xbf>hsa-mir-1 MI9000001 x\r\nACGT\r\nAC\r\n")
    assert mirbase.read(path) == {"MI9000001": ("hsa-mir-1", "ACGUAC")}
