"""Tables of results: each number beside the paper's, as TSV and for readers."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from mmlmirloc.evaluation.summary import SUMMARY

from mmlmirloc.errors import InputError
from mmlmirloc.evaluation.metrics import METRICS
from mmlmirloc.files import read_table
from mmlmirloc.reporting.tables import (
    between,
    comparison,
    comparison_markdown,
    number,
    read_paper,
    spread,
    write_comparison,
)

PAPER = Path(__file__).parents[2] / "resources/paper"
LABELS = {"mmlmirlocnet": "MMLmiRLocNet", "new": "A new one"}


def metrics_file(path, first):
    """Metrics whose values count up from ``first``, the locations' own metrics at the end."""
    index = [(name, "") for name in METRICS] + [("roc_auc", "nucleus"), ("pr_auc", "nucleus")]
    values = first + np.arange(len(index) * len(SUMMARY)).reshape(len(index), -1) / 1000
    table = pd.DataFrame(values, columns=SUMMARY)
    table.insert(0, "metric", [name for name, _ in index])
    table.insert(1, "location", [location for _, location in index])
    table.to_csv(path, sep="\t", index=False)
    return path


@pytest.fixture
def metrics(tmp_path):
    return {"mmlmirlocnet": metrics_file(tmp_path / "a.tsv", 0.5), "new": metrics_file(tmp_path / "b.tsv", 0.1)}


# What the standing says of two of the metrics; of the others nothing is said.
STANDING = {("new", "accuracy"): "constant+era", ("new", "f1"): "era"}


def joined(metrics):
    return comparison(metrics, LABELS, read_paper([PAPER / "table3.tsv", PAPER / "constants.tsv"]), STANDING)


def test_marks_of_what_a_number_is_not_above(metrics):
    table = joined(metrics)
    below = table[table["not_above"] != ""]
    assert below[["model", "metric", "not_above"]].to_numpy().tolist() == [
        ["new", "accuracy", "constant+era"],
        ["new", "f1", "era"],
    ]
    lines = [line for line in comparison_markdown(table, "x").splitlines() if "ensemble [interval]" in line]
    assert "†" not in lines[0] and "‡" not in lines[0]
    cells = [cell.strip() for cell in lines[1].split("|")]
    # Metrics in their order: accuracy, macro AUC, subset accuracy, F1.
    assert cells[3].endswith("]†‡") and cells[6].endswith("]‡") and cells[4].endswith("]")


def test_the_papers_numbers_stand_beside(metrics):
    table = joined(metrics).set_index(["model", "metric"])
    # Table III; each reading of F1 and of AUC stands beside the one number that is printed.
    expected = {
        "accuracy": 0.6124,
        "auc_macro": 0.5953,
        "subset_accuracy": 0.3152,
        "f1": 0.7094,
        "hamming_loss": 0.2627,
        "f1_of_means": 0.7094,
        "auc_macro_labels": 0.5953,
    }
    assert table.loc["mmlmirlocnet", "paper"].to_dict() == expected
    assert table.loc["new", "paper"].isna().all()


def test_rows_and_columns(metrics):
    table = joined(metrics)
    assert list(table.columns) == ["model", "label", "metric", "paper", *SUMMARY, "not_above"]
    assert table["metric"].tolist() == [*METRICS, *METRICS]
    assert table["model"].tolist() == ["mmlmirlocnet"] * len(METRICS) + ["new"] * len(METRICS)
    assert set(table.loc[table["model"] == "new", "label"]) == {"A new one"}
    assert table.loc[0, SUMMARY].tolist() == pytest.approx(0.5 + np.arange(len(SUMMARY)) / 1000)


def test_later_tables_of_the_paper_add_models():
    paper = read_paper([PAPER / "table3.tsv", PAPER / "constants.tsv"])
    assert paper["always_nucleus"]["subset_accuracy"] == 0.322
    assert paper["mirlocpredictor"]["accuracy"] == 0.5939
    assert read_paper([]) == {}


def cells(line):
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def test_markdown(metrics):
    text = comparison_markdown(joined(metrics), "A caption")
    lines = text.splitlines()
    assert lines[0] == "# A caption"
    table = [cells(line) for line in lines if line.startswith("|")]
    assert table[0] == [
        "model",
        "",
        *(METRICS[name].display for name in list(METRICS)[:4]),
        "Hamming loss (lower is better)",
        "F1 of means",
        "Macro AUC of labels",
    ]
    body = table[2:]
    assert [row[:2] for row in body] == [
        ["**MMLmiRLocNet**", "fold models, mean ± sd"],
        ["", "ensemble [interval]"],
        ["", "paper"],
        ["**A new one**", "fold models, mean ± sd"],
        ["", "ensemble [interval]"],  # the paper has no such model, so no line of it
    ]
    step = SUMMARY.index
    values = 0.5 + np.array([step("fold_mean"), step("fold_sd")]) / 1000
    assert body[0][2] == f"{values[0]:.4f} ± {values[1]:.4f}"
    ensemble = [0.5 + step(name) / 1000 for name in ("ensemble", "ensemble_low", "ensemble_high")]
    assert body[1][2] == f"{ensemble[0]:.4f} [{ensemble[1]:.3f}, {ensemble[2]:.3f}]"
    assert body[2][2:] == ["0.6124", "0.5953", "0.3152", "0.7094", "0.2627", "0.7094", "0.5953"]


def test_a_note_stands_below_the_heading(metrics):
    text = comparison_markdown(joined(metrics), "A caption", "Control data")
    assert text.startswith("# A caption\n\n**Control data**\n\n|")
    assert "**Control" not in comparison_markdown(joined(metrics), "A caption")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (number(0.61239), "0.6124"),
        (number(float("nan")), "–"),
        (spread(0.5, 0.01), "0.5000 ± 0.0100"),
        (spread(0.5, float("nan")), "0.5000"),
        (between(0.5, 0.4, 0.61), "0.5000 [0.400, 0.610]"),
        (between(0.5, float("nan"), float("nan")), "0.5000"),
        (between(float("nan"), float("nan"), float("nan")), "–"),
    ],
)
def test_numbers_for_readers(text, expected):
    assert text == expected


def test_both_files_are_written_and_the_same_again(metrics, tmp_path):
    written = []
    for name in ("one", "two"):
        outputs = [tmp_path / f"{name}.tsv", tmp_path / f"{name}.md"]
        write_comparison(metrics, LABELS, [PAPER / "table3.tsv"], "A caption", STANDING, *outputs)
        written.append([output.read_bytes() for output in outputs])
    assert written[0] == written[1]
    table = read_table(tmp_path / "one.tsv", text=["model", "label", "metric", "not_above"])
    pd.testing.assert_frame_equal(table, joined(metrics))
    assert written[0][1].decode().startswith("# A caption")


def test_more_stands_at_the_end_of_the_page(metrics, tmp_path):
    outputs = [tmp_path / "one.tsv", tmp_path / "one.md"]
    write_comparison(metrics, LABELS, [PAPER / "table3.tsv"], "A caption", STANDING, *outputs, more="\n## More\n")
    text = outputs[1].read_text(encoding="utf-8")
    assert text == comparison_markdown(joined(metrics), "A caption") + "\n## More\n"


def test_a_metrics_file_without_a_column(metrics):
    metrics["new"].write_text("metric\tlocation\tfold_mean\n")
    with pytest.raises(InputError, match="no column fold_sd"):
        joined(metrics)


def test_a_paper_table_without_a_metric(tmp_path):
    (tmp_path / "paper.tsv").write_text("model\taccuracy\nmmlmirlocnet\t0.6\n")
    with pytest.raises(InputError, match="no column auc_macro, subset_accuracy, f1, hamming_loss"):
        read_paper([tmp_path / "paper.tsv"])
