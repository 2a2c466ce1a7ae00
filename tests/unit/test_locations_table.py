"""One model's areas per location: joined with the paper's and with the prevalence, and readable."""

import numpy as np
import pandas as pd
import pytest

from mmlmirloc.errors import InputError
from mmlmirloc.evaluation.names import ONE_DRAW
from mmlmirloc.files import read_table
from mmlmirloc.reporting.locations_table import by_location, write_locations_table

# Four rows: nucleus in three of them, exosome in one.
LABELS = pd.DataFrame({"nucleus": [1, 1, 1, 0], "exosome": [0, 0, 1, 0]})
METRICS = [
    # A metric over all locations stands in the same file.
    ["accuracy", "", 0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9],
    ["roc_auc", "nucleus", 0.71, 0.01, 0.61, 0.81, 0.72, 0.6204, 0.8196],
    ["roc_auc", "exosome", 0.51, 0.02, 0.41, 0.61, 0.52, 0.42, 0.62],
    ["pr_auc", "nucleus", 0.81, 0.03, 0.71, 0.91, 0.82, 0.72, 0.92],
    ["pr_auc", "exosome", 0.31, np.nan, 0.21, 0.41, 0.32, np.nan, np.nan],
]


def of_models():
    """The numbers of the model, between those of two others."""
    table = pd.DataFrame(METRICS, columns=["metric", "location", *ONE_DRAW])
    others = table.assign(**dict.fromkeys(ONE_DRAW, 0.999))
    return pd.concat([others.assign(model="a"), table.assign(model="net"), others.assign(model="z")])


@pytest.fixture
def files(tmp_path):
    of_models().to_csv(tmp_path / "metrics.tsv", sep="\t", index=False)
    LABELS.assign(accession=["A1", "A2", "A3", "A4"]).to_csv(tmp_path / "test.tsv", sep="\t", index=False)
    # The paper has the nucleus, and a location that we do not.
    (tmp_path / "paper.tsv").write_text("location\troc_auc\tpr_auc\nnucleus\t0.814\t0.937\nribosome\t0.6\t0.5\n")
    return tmp_path


def test_each_location_stands_beside_the_paper_and_its_prevalence(files):
    table = by_location(files / "metrics.tsv", "net", files / "paper.tsv", LABELS)
    assert list(table.columns) == ["location", "metric", "prevalence", "paper", *ONE_DRAW]
    assert table[["location", "metric", "prevalence"]].values.tolist() == [
        ["nucleus", "roc_auc", 0.75],
        ["nucleus", "pr_auc", 0.75],
        ["exosome", "roc_auc", 0.25],
        ["exosome", "pr_auc", 0.25],
    ]
    assert table["paper"].tolist()[:2] == [0.814, 0.937] and table["paper"][2:].isna().all()
    for row in table.itertuples():
        expected = next(line[2:] for line in METRICS if line[:2] == [row.metric, row.location])
        np.testing.assert_array_equal([getattr(row, name) for name in ONE_DRAW], expected)


def write(files, note=""):
    paths = files / "locations.tsv", files / "locations.md"
    write_locations_table(
        files / "metrics.tsv",
        files / "test.tsv",
        files / "paper.tsv",
        ["nucleus", "exosome"],
        "net",
        "The network",
        note,
        *paths,
    )
    return paths


def test_the_tsv_is_the_table_of_the_test_rows(files):
    table, _ = write(files)
    found = read_table(table, text=["location", "metric"])
    expected = by_location(files / "metrics.tsv", "net", files / "paper.tsv", LABELS)
    pd.testing.assert_frame_equal(found, expected, check_dtype=False)


def test_the_markdown_names_chance_paper_spread_and_interval(files):
    _, markdown = write(files, note="Simulated")
    lines = markdown.read_text(encoding="utf-8").splitlines()
    assert lines[:3] == ["# The network by location on the test rows (the paper's Fig. 4)", "", "**Simulated**"]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("|")]
    assert rows[0] == ["location", "metric", "chance", "paper", "fold models, mean ± sd", "ensemble [interval]"]
    assert rows[2:] == [
        ["nucleus", "ROC-AUC", "0.5000", "0.8140", "0.7100 ± 0.0100", "0.7200 [0.620, 0.820]"],
        ["nucleus", "PR-AUC", "0.7500", "0.9370", "0.8100 ± 0.0300", "0.8200 [0.720, 0.920]"],
        ["exosome", "ROC-AUC", "0.5000", "–", "0.5100 ± 0.0200", "0.5200 [0.420, 0.620]"],
        # A single fold model has no sd, a single row no interval.
        ["exosome", "PR-AUC", "0.2500", "–", "0.3100", "0.3200"],
    ]


def test_without_the_paper_ours_stand_alone(files):
    outputs = files / "own.tsv", files / "own.md"
    locations = ["nucleus", "exosome"]
    write_locations_table(files / "metrics.tsv", files / "test.tsv", [], locations, "net", "Net", "", *outputs)
    assert list(read_table(outputs[0]).columns) == ["location", "metric", "prevalence", *ONE_DRAW]
    assert "paper" not in outputs[1].read_text().lower()


def test_test_rows_without_a_location_are_refused(files):
    LABELS[["nucleus"]].to_csv(files / "test.tsv", sep="\t", index=False)
    with pytest.raises(InputError, match="A table has no column exosome") as error:
        write(files)
    assert "test.tsv" in str(error.value)


def test_metrics_without_intervals_are_refused(files):
    of_models().drop(columns="ensemble_low").to_csv(files / "metrics.tsv", sep="\t", index=False)
    with pytest.raises(InputError, match="A table has no column ensemble_low"):
        write(files)
