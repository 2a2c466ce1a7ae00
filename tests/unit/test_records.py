"""Merging RNALocate rows: small tables in its own layout, with the merged records worked by hand."""

import logging

import pandas as pd
import pytest

from mmlmirloc.data.records import merge_records, mirbase_accessions
from mmlmirloc.errors import InputError

HEADER = ["RNALocate_ID", "Gene_ID", "Gene_Name", "Gene_symbol", "RNA_category", "Species", "PMID"]
HEADER += ["SubCellular_Localization", "Description"]
SYNONYMS = {
    "Nucleus": "nucleus",
    "Nuclear": "nucleus",
    "Nucleolus": "nucleus",
    "Chromatin": "nucleus",
    "Cytosol": "cytoplasm",
    "Extracellular vesicle": "extracellular vesicle",
}


def row(
    gene_id="miRBase:MI0000060", symbol="hsa-let-7a-1", location="Nucleus", category="miRNA", species="Homo sapiens"
):
    return ["RLID1", gene_id, "let-7a", symbol, category, species, "123", location, 'said "so']


@pytest.fixture
def merge(tmp_path):
    """Merge rows (or raw text) and return the two tables."""

    def run(rows, synonyms=SYNONYMS, species="Homo sapiens", rna_category="miRNA"):
        source = tmp_path / "rnalocate.txt"
        if isinstance(rows, bytes):
            source.write_bytes(rows)
        else:
            source.write_text("".join("\t".join(line) + "\n" for line in [HEADER, *rows]), encoding="utf-8")
        output, dropped = tmp_path / "records.tsv", tmp_path / "dropped.tsv"
        merge_records(source, output, dropped, species, rna_category, synonyms)
        return tuple(pd.read_csv(path, sep="\t", keep_default_na=False, dtype=str) for path in (output, dropped))

    return run


def records(table):
    return [tuple(line) for line in table.values]


def test_rows_of_one_rna_merge_to_its_set_of_locations(merge):
    merged, dropped = merge([row(location="Nuclear"), row(location="Cytosol"), row(location=" nucleus ")])
    assert list(merged.columns) == ["accession", "name", "aliases", "locations", "records"]
    assert records(merged) == [("MI0000060", "hsa-let-7a-1", "", "cytoplasm;nucleus", "3")]
    assert list(dropped.columns) == ["accession", "name", "stage", "reason", "rows"] and dropped.empty


def test_records_are_sorted_by_accession(merge):
    merged, _ = merge([row("miRBase:MIMAT0000002"), row("miRBase:MI0000009"), row("miRBase:MI0000001")])
    assert list(merged["accession"]) == ["MI0000001", "MI0000009", "MIMAT0000002"]


def test_species_and_category_are_compared_without_case_and_others_left_out(merge, caplog):
    rows = [row(species="homo  Sapiens", category="MIRNA"), row(species="Mus musculus"), row(category="lncRNA")]
    with caplog.at_level(logging.INFO, "mmlmirloc"):
        merged, dropped = merge(rows)
    assert records(merged) == [("MI0000060", "hsa-let-7a-1", "", "nucleus", "1")]
    assert dropped.empty
    assert "Species 'Homo sapiens': 2 of 3 rows kept" in caplog.text
    assert "RNA_category 'miRNA': 1 of 2 rows kept" in caplog.text


def test_spellings_fold_case_and_spacing_and_unlisted_ones_are_counted(merge, caplog):
    locations = ["Extracellular  Vesicle", "extracellular vesicle", "NUCLEOLUS", "P-body", "P-Body", "cytoplasm"]
    with caplog.at_level(logging.INFO, "mmlmirloc"):
        merged, _ = merge([row(location=location) for location in locations])
    assert merged["locations"][0] == "cytoplasm;extracellular vesicle;nucleus;p-body"
    # A location's own name needs no entry.
    kept = [message for message in caplog.messages if "no entry" in message]
    assert kept == ["Location 'p-body' has no entry in the table of spellings: kept as it is (2 rows)"]


def test_several_locations_of_a_cell_are_all_recorded(merge):
    merged, _ = merge([row(location="Nucleus; Cytosol"), row(location='"P-body, Nucleolus"'), row(location="P-body")])
    assert merged["locations"][0] == "cytoplasm;nucleus;p-body"


@pytest.mark.parametrize(
    ("gene_id", "expected"),
    [
        ("miRBase:MI0000060", ["MI0000060"]),
        ("MIRBASE: mi0000060", ["MI0000060"]),
        ("MIMAT0000062", ["MIMAT0000062"]),
        ("NCBI:406881|miRBase:MI0000060;miRBase:MI0000061", ["MI0000060", "MI0000061"]),
        ("miRBase:MI0000060|MI0000060", ["MI0000060"]),
        ("MGI:2676793", []),
        ("NCBI:MI0000060", []),
        ("miRBase:hsa-let-7a-1", []),
        ("", []),
    ],
)
def test_accessions_of_a_gene_id(gene_id, expected):
    assert mirbase_accessions(gene_id) == expected


def test_the_most_frequent_first_symbol_is_the_name_and_the_rest_are_aliases(merge):
    rows = [
        row("miRBase:MI0000077|miRBase:MI0000099", "hsa-mir-21-old"),
        row("miRBase:MI0000077", "hsa-mir-21|MIRN21"),
        row("miRBase:MI0000077", "hsa-mir-21| miR-21 "),
    ]
    merged, _ = merge(rows)
    assert records(merged) == [
        ("MI0000077", "hsa-mir-21", "hsa-mir-21-old|MIRN21|miR-21|MI0000099", "nucleus", "3"),
    ]


def test_of_equally_frequent_names_the_first_seen_wins(merge):
    merged, _ = merge([row(symbol="hsa-b"), row(symbol="hsa-a"), row(symbol="")])
    assert (merged["name"][0], merged["aliases"][0]) == ("hsa-b", "hsa-a")


def test_rnas_without_accession_or_location_are_listed(merge):
    rows = [
        row(),
        row("NCBI:406881", "MIR21|x"),
        row("NCBI:406881", "MIR21"),
        row("", "miR-x"),
        row("miRBase:MI0000001", "hsa-mir-1", location=" "),
    ]
    merged, dropped = merge(rows)
    assert list(merged["accession"]) == ["MI0000060"]
    assert records(dropped) == [
        ("", "MIR21", "records", "no miRBase accession (Gene_ID: NCBI:406881)", "2"),
        ("", "miR-x", "records", "no miRBase accession (Gene_ID: empty)", "1"),
        ("MI0000001", "hsa-mir-1", "records", "no location recorded", "1"),
    ]


def test_byte_order_mark_stray_tabs_and_stray_bytes_do_no_harm(merge):
    line = "\t".join(row()).encode()
    text = b"\xef\xbb\xbf" + "\t".join(HEADER).encode() + b"\n" + line + b"\tmore \xb5 text\t\n"
    merged, _ = merge(text)
    assert records(merged) == [("MI0000060", "hsa-let-7a-1", "", "nucleus", "1")]


@pytest.mark.parametrize(
    ("content", "message"),
    [(b"", "The file is empty"), ("\t".join(HEADER).encode() + b"\n", "The RNALocate table has no rows")],
)
def test_empty_table(merge, content, message):
    with pytest.raises(InputError, match=message):
        merge(content)


def test_missing_column(merge):
    text = "\t".join(name for name in HEADER if name != "Gene_ID").encode() + b"\n"
    with pytest.raises(InputError, match=r"has no column Gene_ID\n(.*\n)*.*found: .*SubCellular_Localization"):
        merge(text)


def test_web_page_in_place_of_the_table(merge):
    with pytest.raises(InputError, match="An HTML page came in place of data"):
        merge(b"<!doctype html>\n<html></html>\n")


def test_missing_file(tmp_path):
    with pytest.raises(InputError, match="A source file is missing"):
        merge_records(tmp_path / "none", tmp_path / "a", tmp_path / "b", "Homo sapiens", "miRNA", {})


def test_no_row_of_the_species(merge):
    with pytest.raises(InputError, match=r"has Species 'Homo sapiens'\n(.*\n)*.*Mus musculus 2, Rattus norvegicus 1"):
        merge([row(species="Rattus norvegicus"), row(species="Mus musculus"), row(species="Mus musculus")])


def test_no_row_of_the_category(merge):
    with pytest.raises(InputError, match=r"RNA_category 'miRNA' among those of Homo sapiens\n(.*\n)*.*lncRNA 1"):
        merge([row(category="lncRNA"), row(species="Mus musculus")])


def test_no_usable_row(merge):
    with pytest.raises(InputError, match="No miRNA of Homo sapiens has both a miRBase accession and a location"):
        merge([row("NCBI:1"), row(location="")])


def test_one_spelling_of_two_locations(merge):
    with pytest.raises(InputError, match="spelling 'NUCLEAR' stands for two locations: nucleus and cytoplasm"):
        merge([row()], synonyms={"Nuclear": "nucleus", "NUCLEAR": "cytoplasm"})
