"""The genomic view: seven hairpins on three chromosomes, every neighbour counted by hand."""

from math import log10
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from mmlmirloc.data.homologs import FIELDS, query_id
from mmlmirloc.errors import InputError
from mmlmirloc.sources.coordinates import HAIRPIN
from mmlmirloc.views import genomic
from mmlmirloc.views.genomic import NOWHERE

# The middles on chr1 are 1000 (A), 1500 (B), 5000 (C), 90000 (D) and 95000 (B again).
PLACES = [
    ("MI0000001", "chr1", 960, 1040, "+"),
    ("MI0000002", "chr1", 1460, 1540, "+"),
    ("MI0000003", "chr1", 4960, 5040, "-"),
    ("MI0000004", "chr1", 89960, 90040, "+"),
    ("MI0000002", "chr1", 94960, 95040, "-"),
    ("MI0000005", "chr2", 960, 1040, "+"),
    ("MI0000006", "chr3", 1000, 1100, "-"),
    ("MI0000007", "chr3", 1999, 2101, "-"),
]
SEQUENCES = {f"MI000000{number}": "ACGU" * number for number in range(1, 8)}
# Species with a homolog: of B three, of D one, of F two; of the others none.
SPECIES = {"MI0000002": ["ptr", "mmu", "mmu", "dre", "hsa", "ath"], "MI0000004": ["gga"], "MI0000006": ["mmu", "rno"]}


@pytest.fixture
def sources(tmp_path):
    lines = [
        "\t".join([chromosome, ".", HAIRPIN, str(start), str(end), ".", strand, ".", f"Alias={accession}"])
        for accession, chromosome, start, end, strand in PLACES
    ]
    (tmp_path / "hsa.gff3").write_text("\n".join(lines))
    entries = [f">hsa-mir-{accession[-1]} {accession} x\n{sequence}\n" for accession, sequence in SEQUENCES.items()]
    (tmp_path / "hairpin.fa").write_text("".join(entries))
    hits = [
        (query_id(SEQUENCES[accession]), f"{species}.MI{number:07d}", 4, 4, 4)
        for accession, found in SPECIES.items()
        for number, species in enumerate(found)
    ]
    pd.DataFrame(hits, columns=list(FIELDS.values())).to_csv(tmp_path / "hits.tsv", sep="\t", index=False)
    files = {"coordinates": "hsa.gff3", "hairpin": "hairpin.fa", "hits": "hits.tsv"}
    return {name: str(tmp_path / file) for name, file in files.items()}


def records(*accessions, **other):
    return pd.DataFrame({"accession": accessions, "name": "hsa-mir-1", "sequence": "ACGU"}).assign(**other)


def rows(sources, *accessions):
    return genomic.View({}).compute_records(records(*accessions), sources).values.tolist()


def test_names_are_in_the_order_of_the_columns():
    # Per window: the same strand, the other one, mean and most species; then two distances.
    assert genomic.View({}).names()[:3] == [
        "hairpins on the same strand within 1,000 bases",
        "hairpins on the other strand within 1,000 bases",
        "mean number of species with a homolog of a neighbour within 1,000 bases",
    ]
    assert genomic.View({}).names()[-2:] == [
        "log10 distance to the next hairpin on the same strand",
        "log10 distance to the next hairpin",
    ]
    assert len(set(genomic.View({}).names())) == len(genomic.View({}).names()) == 22


@pytest.mark.parametrize(
    ("accession", "expected"),
    [
        # B at 500; C, on the other strand, at 4000; D at 89000. B's second place is on the other strand, at 94000.
        ("MI0000001", [1, 0, 3, 3, 1, 1, 3, 3, 1, 1, 3, 3, 2, 2, 2, 3, 2, 2, 2, 3, log10(501), log10(501)]),
        # On the other strand B at 3500, A at 4000 and D at 85000; on its own B's second place, at 90000.
        ("MI0000003", [0, 0, -1, -1, 0, 2, -1, -1, 0, 2, -1, -1, 1, 3, 3, 3, 1, 3, 3, 3, log10(90001), log10(3501)]),
        # B is described where its first line puts it, and is no neighbour of itself.
        ("MI0000002", [1, 0, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 2, 1, 0.5, 1, 2, 1, 0.5, 1, log10(501), log10(501)]),
        # B's second place at 5000, on the other strand; then A at 89000, B at 88500 and C at 85000.
        (
            "MI0000004",
            [0, 0, -1, -1, 0, 1, -1, -1, 0, 1, -1, -1, 2, 2, 1.5, 3, 2, 2, 1.5, 3, log10(88501), log10(5001)],
        ),
        # Alone on its chromosome.
        ("MI0000005", [0, 0, -1, -1] * 5 + [NOWHERE, NOWHERE]),
        # 1000 bases are not within 1000.
        ("MI0000007", [0, 0, -1, -1, *[1, 0, 2, 2] * 4, log10(1001), log10(1001)]),
    ],
)
def test_neighbours_by_hand(sources, accession, expected):
    assert rows(sources, accession) == [pytest.approx(expected, abs=1e-6)]


def test_a_hairpin_without_a_place_has_minus_1(sources):
    assert rows(sources, "MIMAT0000001", "MI0000099") == [[-1.0] * 22] * 2


def test_a_rows_own_label_name_and_sequence_are_not_used(sources):
    accessions = ["MI0000004", "MI0000001", "MI0000099"]
    views = [
        genomic.View({}).compute_records(records(*accessions, **other), sources).values
        for other in ({}, {"name": ["a", "b", "c"]}, {"sequence": "GGGG"}, {"nucleus": [0, 1, 1]})
    ]
    assert len({values.tobytes() for values in views}) == 1
    assert views[0].dtype == np.float32 and views[0].shape == (3, len(genomic.View({}).names()))
    # Nor which rows are asked for beside it.
    assert [row for accession in accessions for row in rows(sources, accession)] == views[0].tolist()
    assert genomic.View({}).compute_records(records(), sources).values.shape == (0, 22)


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("coordinates", "A source file is missing"),
        ("hairpin", "A source file is missing"),
        ("hits", "A table is missing"),
    ],
)
def test_a_missing_source_is_named(sources, source, message):
    with pytest.raises(InputError, match=message) as caught:
        rows(sources | {source: "nowhere.txt"}, "MI0000001")
    assert caught.value.where == "nowhere.txt"


def test_another_species_counts_human_among_its_neighbours_homologs(sources):
    # Of B, which has homologs in ptr, mmu, dre and hsa, three are of other species than human, and three than mouse.
    text = "\t".join(["chr1", ".", HAIRPIN, "990", "1010", ".", "+", ".", "Alias=MI0000009"])
    Path(sources["coordinates"]).write_text(f"{text}\n{text.replace('MI0000009', 'MI0000002')}\n")
    of = {prefix: genomic.View({"prefix": prefix}) for prefix in ("hsa", "mmu", "ath")}
    species = {
        prefix: dict(zip(view.names(), view.compute_records(records("MI0000009"), sources).values[0].tolist()))[
            "mean number of species with a homolog of a neighbour within 1,000 bases"
        ]
        for prefix, view in of.items()
    }
    assert species == {"hsa": 3, "mmu": 3, "ath": 4}


def test_coordinates_of_another_species_are_refused(sources):
    path = Path(sources["coordinates"])
    path.write_text(path.read_text().replace("Alias=", "Name=hsa-mir-1;Alias="))
    assert rows(sources, "MI0000001") != [[-1.0] * 22]
    with pytest.raises(InputError, match=r"The coordinates are of another species \(hsa\)") as caught:
        genomic.View({"prefix": "mmu"}).compute_records(records("MI0000001"), sources)
    assert caught.value.where == str(path)
    assert "mmu.gff3" in caught.value.hint


def test_records_none_of_which_has_a_place_are_told_of(sources, caplog):
    rows(sources, "MIMAT0000001", "MI0000001")
    assert not caplog.messages
    rows(sources, "MIMAT0000001", "MI0000099")
    (message,) = caplog.messages
    assert message.startswith("None of the 2 records, such as MIMAT0000001, has a place in the coordinates")
