"""The control of one stretch of the genome: which hairpins lie in it, by hand."""

from pathlib import Path

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


@pytest.mark.parametrize(("written", "asked"), [("14", "chr14"), ("chr14", "14"), ("Chr14", "chr14"), ("14", "14")])
def test_chromosomes_are_known_with_and_without_chr(sources, written, asked):
    path = Path(sources["coordinates"])
    path.write_text(path.read_text().replace("chr14", written))
    features = locus.View({**STRETCH, "chromosome": asked}).compute_records(records(*PLACES), sources)
    assert features.values.tolist() == [[inside] for _, inside in PLACES.values()]


@pytest.mark.parametrize("header", ["# genome-build-id: {}", "#!genome-build {}", "##genome-build NCBI {}"])
@pytest.mark.parametrize(
    ("build", "same"),
    [("GRCh38", True), ("GRCh38.p14", True), ("hg38", True), ("GRCh37.p5", False), ("hg19", False), ("NCBI36", False)],
)
def test_a_build_that_the_header_names(sources, header, build, same):
    path = Path(sources["coordinates"])
    path.write_text(f"##gff-version 3\n{header.format(build)}\n{path.read_text()}")
    view = locus.View({**STRETCH, "build": "GRCh38"})
    if same:
        assert view.compute_records(records(*PLACES), sources).values.sum() == 5
        return
    with pytest.raises(InputError, match=rf"The coordinates are of the genome build .*{build}\n") as caught:
        view.compute_records(records(*PLACES), sources)
    assert caught.value.where == str(path) and caught.value.expected == "coordinates of the build GRCh38"


def test_a_hairpin_that_must_lie_in_the_stretch_tells_another_build(sources):
    view = locus.View({**STRETCH, "build": "GRCh38", "landmark": "MI0000005"})
    with pytest.raises(
        InputError, match=r"another genome build.*: MI0000005 lies at chr14:2001, outside of chr14:1000-"
    ):
        view.compute_records(records(*PLACES), sources)
    # One that is not in the file tells nothing.
    for landmark in ("MI0000001", "MI0000099"):
        values = locus.View({**STRETCH, "landmark": landmark}).compute_records(records(*PLACES), sources).values
        assert values.sum() == 5


def test_a_stretch_without_any_hairpin_is_told_of(sources, caplog):
    values = locus.View({**STRETCH, "start": 9000, "end": 9999}).compute_records(records(*PLACES), sources).values
    assert values.sum() == 0
    (message,) = caplog.messages
    assert message.startswith("No hairpin lies in chr14:9000-9999")


def test_coordinates_of_another_species_are_refused(sources):
    path = Path(sources["coordinates"])
    path.write_text(path.read_text().replace("Alias=", "Name=hsa-mir-1;Alias="))
    with pytest.raises(InputError, match=r"The coordinates are of another species \(hsa\)"):
        locus.View({**STRETCH, "prefix": "mmu"}).compute_records(records("MI0000001"), sources)
