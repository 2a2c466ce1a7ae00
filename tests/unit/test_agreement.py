"""Agreement of nearly identical hairpins, worked by hand."""

import pytest

from mmlmirloc.evaluation.agreement import measure_agreement
from mmlmirloc.files import read_table

LOCATIONS = ["nucleus", "exosome"]


def measured(tmp_path, clusters, records):
    (tmp_path / "clusters.tsv").write_text(
        "cluster\taccession\trepresentative\tlength\tidentity\tstrand\n" + "".join(f"{line}\n" for line in clusters)
    )
    (tmp_path / "records.tsv").write_text("accession\tlocations\n" + "".join(f"{line}\n" for line in records))
    measure_agreement(tmp_path / "clusters.tsv", tmp_path / "records.tsv", LOCATIONS, tmp_path / "agreement.tsv")
    return read_table(tmp_path / "agreement.tsv", text=["pairs"]).set_index("pairs")


def test_pairs_by_identity(tmp_path):
    """A member at 85 % with one location in common of two, one at 97 % with the same two; two representatives apart."""
    table = measured(
        tmp_path,
        ["0\tMI1\t1\t80\t100\t+", "0\tMI2\t0\t78\t85\t+", "0\tMI3\t0\t78\t97\t+", "1\tMI4\t1\t80\t100\t+"],
        ["MI1\tnucleus;exosome", "MI2\tnucleus", "MI3\texosome;nucleus;ribosome", "MI4\texosome"],
    )
    assert table["number"].tolist() == [1, 0, 1, 1]
    assert table.loc["identity 80-90 %", "accuracy"] == 0.5
    assert table.loc["identity 80-90 %", "subset_accuracy"] == 0
    assert table.loc["identity 95-100 %", ["accuracy", "subset_accuracy"]].tolist() == [1, 1]
    assert table.loc["any two hairpins", "accuracy"] == pytest.approx(0.5)


def test_a_record_without_a_predicted_location_is_no_pair(tmp_path):
    table = measured(tmp_path, ["0\tMI1\t1\t80\t100\t+", "0\tMI2\t0\t78\t85\t+"], ["MI1\tnucleus", "MI2\tribosome"])
    assert table["number"].sum() == 0
