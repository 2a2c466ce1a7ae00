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


def test_all_pairs_are_counted_as_one_by_one(tmp_path):
    """Twelve representatives with four different sets, among them sets that are equal."""
    sets = ["nucleus", "exosome", "nucleus;exosome", "exosome;ribosome"] * 3
    table = measured(
        tmp_path,
        [f"{number}\tMI{number}\t1\t80\t100\t+" for number in range(12)],
        [f"MI{number}\t{held}" for number, held in enumerate(sets)],
    )
    held = [set(text.split(";")) & set(LOCATIONS) for text in sets]
    pairs = [(one, other) for place, one in enumerate(held) for other in held[:place]]
    last = table.loc["any two hairpins"]
    assert last["number"] == len(pairs) == 66
    assert last["accuracy"] == pytest.approx(sum(len(a & b) / len(a | b) for a, b in pairs) / 66, abs=1e-6)
    assert last["subset_accuracy"] == pytest.approx(sum(a == b for a, b in pairs) / 66, abs=1e-6)
