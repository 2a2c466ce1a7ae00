"""The dataset from clusters, worked by hand; and the real records' counts where they stand beside the checkout."""

import gzip
import logging
import shutil
import subprocess
from pathlib import Path

import pandas as pd
import pytest

from mmlmirloc.data.dataset import build_dataset
from mmlmirloc.data.records import merge_records
from mmlmirloc.data.redundancy import parse_clusters, write_sequences
from mmlmirloc.data.sequences import join_sequences
from mmlmirloc.errors import InputError

REAL = Path(__file__).resolve().parents[3] / "shared" / "real"
SEQUENCED = [
    ("MI0000001", "hsa-mir-1", "hairpin", "ACGU", "nucleus"),
    ("MI0000002", "hsa-mir-2", "hairpin", "ACG", "exosome;mitochondrion"),
    ("MI0000003", "hsa-mir-3", "hairpin", "CCCC", "exosome;nucleus"),
    ("MI0000004", "hsa-mir-4", "hairpin", "GGGG", "mitochondrion;ribosome"),
]
# MI0000003 stands first, as cd-hit-est orders by length and not by accession.
CLUSTERS = [
    (0, "MI0000003", 1, 4, 100.0, "+"),
    (1, "MI0000001", 1, 4, 100.0, "+"),
    (1, "MI0000002", 0, 3, 98.75, "-"),
    (2, "MI0000004", 1, 4, 100.0, "+"),
]


@pytest.fixture
def build(tmp_path):
    def run(locations=("nucleus", "exosome"), minimum_count=1, cluster_labels="representative", clusters=CLUSTERS):
        paths = [tmp_path / name for name in ("sequenced.tsv", "clusters.tsv", "mirnas.tsv", "dropped.tsv")]
        columns = ["accession", "name", "molecule", "sequence", "locations"]
        pd.DataFrame(SEQUENCED, columns=columns).to_csv(paths[0], sep="\t", index=False)
        columns = ["cluster", "accession", "representative", "length", "identity", "strand"]
        pd.DataFrame(clusters, columns=columns).to_csv(paths[1], sep="\t", index=False)
        build_dataset(*paths, locations, minimum_count, cluster_labels)
        return tuple(pd.read_csv(path, sep="\t") for path in paths[2:])

    return run


def rows(table):
    return [tuple(line) for line in table.itertuples(index=False)]


def test_representatives_keep_their_own_labels_in_the_order_of_accessions(build):
    mirnas, dropped = build()
    assert list(mirnas.columns) == ["accession", "name", "sequence", "nucleus", "exosome"]
    assert rows(mirnas) == [("MI0000001", "hsa-mir-1", "ACGU", 1, 0), ("MI0000003", "hsa-mir-3", "CCCC", 1, 1)]
    assert list(dropped.columns) == ["accession", "name", "stage", "reason"]
    assert rows(dropped) == [
        ("MI0000002", "hsa-mir-2", "redundancy", "98.75 % identical to MI0000001"),
        ("MI0000004", "hsa-mir-4", "locations", "none of the wanted locations (has: mitochondrion, ribosome)"),
    ]


def test_union_gives_a_representative_the_labels_of_its_cluster(build):
    mirnas, _ = build(cluster_labels="union")
    assert rows(mirnas[["accession", "nucleus", "exosome"]]) == [("MI0000001", 1, 1), ("MI0000003", 1, 1)]


def test_columns_follow_the_given_order_of_locations(build):
    mirnas, _ = build(("ribosome", "nucleus"))
    assert list(mirnas.columns[3:]) == ["ribosome", "nucleus"]
    assert rows(mirnas[["ribosome", "nucleus"]]) == [(0, 1), (0, 1), (1, 0)]


def test_the_log_gives_the_counts(build, caplog):
    with caplog.at_level(logging.INFO, "mmlmirloc"):
        build()
    assert "4 RNAs: 2 in the dataset, 2 left out" in caplog.text
    assert "nucleus 2, exosome 1" in caplog.text


def test_a_location_under_the_minimum_count_stops_with_all_counts(build):
    with pytest.raises(InputError) as raised:
        build(minimum_count=2)
    message = str(raised.value)
    assert "Fewer than 2 miRNAs have the location exosome (counts: nucleus 2, exosome 1)" in message
    assert "other locations here: mitochondrion 1, ribosome 1" in message
    assert "dataset.minimum_count" in message and "locations" in raised.value.hint


def test_a_location_at_the_minimum_count_stays(build):
    mirnas, _ = build(("nucleus",), minimum_count=2)
    assert len(mirnas) == 2


def test_a_misspelt_location_is_under_the_minimum_count(build):
    with pytest.raises(InputError, match=r"location Nucleus \(counts: Nucleus 0\)\n(.*\n)*.*nucleus 2"):
        build(("Nucleus",))


def test_unknown_cluster_labels(build):
    with pytest.raises(InputError, match=r"label a cluster: 'majority'\n(.*\n)*.*representative, union"):
        build(cluster_labels="majority")


@pytest.mark.parametrize("locations", [(), ("nucleus", "nucleus")])
def test_locations_missing_or_twice(build, locations):
    with pytest.raises(InputError, match="Locations are missing or given twice"):
        build(locations)


@pytest.mark.parametrize("clusters", [CLUSTERS[:-1], [*CLUSTERS, (3, "MI0000004x", 1, 4, 100.0, "+")]])
def test_clusters_of_other_sequences(build, clusters):
    with pytest.raises(InputError, match=r"not of these sequences: 1 differ \(first: MI0000004"):
        build(clusters=clusters)


@pytest.mark.real
@pytest.mark.skipif(not REAL.is_dir(), reason=f"the real records are not at {REAL}")
@pytest.mark.skipif(shutil.which("cd-hit-est") is None, reason="cd-hit-est is not on PATH")
def test_the_real_records_give_the_known_dataset(tmp_path):
    synonyms = {"Nucleus": "nucleus", "Cytoplasm": "cytoplasm", "Exosome": "exosome", "Microvesicle": "microvesicle"}
    locations = ["nucleus", "exosome", "cytoplasm", "microvesicle"]
    for name in ("hairpin.fa", "mature.fa"):
        (tmp_path / name).write_bytes(gzip.decompress((REAL / f"{name}.gz").read_bytes()))
    at = {
        name: tmp_path / name
        for name in ("records.tsv", "sequenced.tsv", "in.fa", "out.clstr", "clusters.tsv", "mirnas.tsv", "dropped.tsv")
    }
    merge_records(
        REAL / "rnalocate_v2_hsa_mirna.txt", at["records.tsv"], at["dropped.tsv"], "Homo sapiens", "miRNA", synonyms
    )
    join_sequences(
        at["records.tsv"],
        tmp_path / "hairpin.fa",
        tmp_path / "mature.fa",
        at["sequenced.tsv"],
        at["dropped.tsv"],
        "hairpin",
    )
    write_sequences(at["sequenced.tsv"], at["in.fa"])
    command = "cd-hit-est -i in.fa -o out -c 0.80 -n 5 -l 6 -d 0 -r 1 -M 0 -T 1"
    subprocess.run(command.split(), cwd=tmp_path, check=True, capture_output=True)
    parse_clusters(at["out.clstr"], at["sequenced.tsv"], at["clusters.tsv"])
    build_dataset(
        at["sequenced.tsv"], at["clusters.tsv"], at["mirnas.tsv"], at["dropped.tsv"], locations, 70, "representative"
    )

    assert len(pd.read_csv(at["records.tsv"], sep="\t")) == 2603
    assert len(pd.read_csv(at["sequenced.tsv"], sep="\t")) == 609
    mirnas = pd.read_csv(at["mirnas.tsv"], sep="\t")
    assert len(mirnas) == 510
    assert mirnas[locations].sum().to_dict() == {"nucleus": 445, "exosome": 207, "cytoplasm": 229, "microvesicle": 72}
    sets = mirnas[locations].astype(str).agg("".join, axis=1).value_counts().to_dict()
    assert sets == {
        **{"1000": 172, "1010": 99, "1110": 82, "0100": 50, "1100": 34, "1111": 33, "1011": 14, "0001": 13},
        **{"1101": 6, "1001": 5, "0101": 1, "0110": 1},
    }
