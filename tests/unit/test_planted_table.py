"""The control data's planted truth beside what was found."""

import pandas as pd
import pytest

from mmlmirloc.errors import InputError
from mmlmirloc.files import read_table
from mmlmirloc.reporting.planted_table import ENDS, write_planted_table

TRUTH = (
    "location\tmotif\tstrength\texpected\n"
    "nucleus\tGCUACUGA\t0.9\tfound\n"
    "exosome\tUGAGUCAC\t0.9\tfound\n"
    "microvesicle\t\t0.5\tnot found\n"
)
# Location -> area and ends. The exosome's interval ends at chance exactly: that is not above it.
OBSERVED = {"exosome": (0.6, 0.5, 0.7), "microvesicle": (0.45, 0.3, 0.6), "nucleus": (0.9, 0.501, 0.95)}
SHUFFLED = {"exosome": (0.5, 0.4, 0.6), "microvesicle": (0.7, 0.51, 0.8), "nucleus": (0.4, 0.3, 0.49)}


@pytest.fixture
def files(tmp_path):
    (tmp_path / "truth.tsv").write_text(TRUTH)
    for name, areas in (("observed", OBSERVED), ("shuffled", SHUFFLED)):
        # PR-AUC and other models stand in the same file and must not be taken.
        rows = [
            [model, metric, location, *(ends if (model, metric) == ("net", "roc_auc") else (1, 1, 1))]
            for model in ("other", "net")
            for metric in ("pr_auc", "roc_auc")
            for location, ends in areas.items()
        ]
        table = pd.DataFrame(rows, columns=["model", "metric", "location", *ENDS])
        table.to_csv(tmp_path / f"{name}.tsv", sep="\t", index=False)
    return tmp_path


def write(files):
    paths = files / "control.tsv", files / "control.md"
    write_planted_table(
        files / "truth.tsv", files / "observed.tsv", files / "shuffled.tsv", "net", "The network", "", *paths
    )
    return paths


def test_found_means_the_whole_interval_above_one_half(files):
    table = read_table(write(files)[0], text=["location", "motif", "expected", "outcome", "outcome_shuffled"])
    assert table.columns.tolist() == [
        *("location", "motif", "strength", "expected"),
        *("auc", "auc_low", "auc_high", "outcome"),
        *("auc_shuffled", "auc_low_shuffled", "auc_high_shuffled", "outcome_shuffled"),
    ]
    # The truth's order, whatever that of the metrics.
    assert table["location"].tolist() == ["nucleus", "exosome", "microvesicle"]
    assert table["outcome"].tolist() == ["found", "not found", "not found"]
    assert table["outcome_shuffled"].tolist() == ["not found", "not found", "found"]
    for row in table.itertuples():
        assert (row.auc, row.auc_low, row.auc_high) == OBSERVED[row.location]
        assert (row.auc_shuffled, row.auc_low_shuffled, row.auc_high_shuffled) == SHUFFLED[row.location]


def test_the_markdown_shows_truth_and_outcome_of_both(files):
    text = write(files)[1].read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line.startswith("|")]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    assert rows[0] == [
        *("location", "motif", "strength", "expected"),
        "The network, labels as simulated: ROC-AUC",
        "The network, labels shuffled: ROC-AUC",
    ]
    assert rows[2:] == [
        ["nucleus", "GCUACUGA", "0.9", "found", "0.9000 [0.501, 0.950], found", "0.4000 [0.300, 0.490], not found"],
        ["exosome", "UGAGUCAC", "0.9", "found", "0.6000 [0.500, 0.700], not found", "0.5000 [0.400, 0.600], not found"],
        ["microvesicle", "", "0.5", "not found", "0.4500 [0.300, 0.600], not found", "0.7000 [0.510, 0.800], found"],
    ]
    assert "no observation of nature" in text


def test_a_truth_without_strengths_is_refused(files):
    (files / "truth.tsv").write_text("location\tmotif\texpected\nnucleus\tGCUACUGA\tfound\n")
    with pytest.raises(InputError, match="A table has no column strength"):
        write(files)
