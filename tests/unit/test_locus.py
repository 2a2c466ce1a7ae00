"""The control of one stretch of the genome: which hairpins lie in it, by hand."""

import numpy as np
import pandas as pd
import pytest

from mmlmirloc.errors import InputError
from mmlmirloc.sources.coordinates import HAIRPIN
from mmlmirloc.views import locus

STRETCH = {"chromosome": "chr14", "start": 1000, "end": 2000}
PLACES = {
    # Accession -> places, and whether one of them lies in the stretch.
    "MI0000001": ([("chr14", 1400, 1480)], 1),
    # The first and the last base are part of it; one base before and after are not.
    "MI0000002": ([("chr14", 921, 1000)], 1),
    "MI0000003": ([("chr14", 920, 999)], 0),
    "MI0000004": ([("chr14", 2000, 2079)], 1),
    "MI0000005": ([("chr14", 2001, 2080)], 0),
    # The whole stretch, the same numbers on another chromosome, and a second place inside.
    "MI0000006": ([("chr14", 500, 2500)], 1),
    "MI0000007": ([("chr1", 1400, 1480)], 0),
    "MI0000008": ([("chrX", 5, 84), ("chr14", 1500, 1579)], 1),
}


@pytest.fixture
def sources(tmp_path):
    lines = [
        "\t".join([chromosome, ".", HAIRPIN, str(start), str(end), ".", "+", ".", f"Alias={accession}"])
        for accession, (places, _) in PLACES.items()
        for chromosome, start, end in places
    ]
    (tmp_path / "hsa.gff3").write_text("\n".join(lines))
    return {"coordinates": str(tmp_path / "hsa.gff3")}


def records(*accessions):
    return pd.DataFrame({"accession": accessions, "name": "hsa-mir-1", "sequence": "ACGU"})


def test_places_by_hand(sources):
    features = locus.View(STRETCH).compute_records(records(*PLACES), sources)
    assert features.values.tolist() == [[inside] for _, inside in PLACES.values()]
    assert features.values.dtype == np.float32 and features.lengths is None


def test_a_row_without_a_place_is_outside(sources):
    values = locus.View(STRETCH).compute_records(records("MI0000099", "MIMAT0000001", "MI0000001"), sources).values
    assert values.tolist() == [[0], [0], [1]]


def test_names_and_sequences_are_not_used(sources):
    table = records(*PLACES)
    views = [
        locus.View(STRETCH).compute_records(rows, sources).values.tobytes()
        for rows in (table, table.assign(name="x", sequence="GGGG", nucleus=1))
    ]
    assert views[0] == views[1]


def test_missing_coordinates_are_named():
    with pytest.raises(InputError, match="A source file is missing") as caught:
        locus.View(STRETCH).compute_records(records("MI0000001"), {"coordinates": "nowhere.gff3"})
    assert caught.value.where == "nowhere.gff3"
