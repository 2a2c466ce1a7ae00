"""Tables of results: each number beside the paper's, as TSV and for readers."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from mmlmirloc.errors import InputError
from mmlmirloc.evaluation.metrics import METRICS
from mmlmirloc.evaluation.names import ONE_DRAW
from mmlmirloc.files import read_table
from mmlmirloc.reporting.comparison import write_comparison
from mmlmirloc.reporting.repeats_table import SUMMARY as REPEATED
from mmlmirloc.reporting.repeats_table import repeats_sections, write_repeats
from mmlmirloc.reporting.tables import (
    between,
    comparison,
    comparison_markdown,
    number,
    read_paper,
    spread,
)

PAPER = Path(__file__).parents[2] / "resources/paper"
LABELS = {"mmlmirlocnet": "MMLmiRLocNet", "new": "A new one"}


# What is said of two of the metrics; of the others nothing.
NOT_ABOVE = {("new", "accuracy"): "constant+era", ("new", "f1"): "era"}


@pytest.fixture
def metrics(tmp_path):
    """Values of three models that count up from a first one, the locations' own metrics at the end."""
    index = [(name, "") for name in METRICS] + [("roc_auc", "nucleus"), ("pr_auc", "nucleus")]
    parts = []
    # Another order than that of the table, and a model that it does not show.
    for model, first in {"new": 0.1, "hidden": 0.3, "mmlmirlocnet": 0.5}.items():
        values = first + np.arange(len(index) * len(ONE_DRAW)).reshape(len(index), -1) / 1000
        table = pd.DataFrame(values, columns=ONE_DRAW)
        table.insert(0, "model", model)
        table.insert(1, "metric", [name for name, _ in index])
        table.insert(2, "location", [location for _, location in index])
        parts.append(table.assign(not_above=[NOT_ABOVE.get((model, name), "") for name, _ in index]))
    pd.concat(parts).to_csv(tmp_path / "metrics.tsv", sep="\t", index=False)
    return tmp_path / "metrics.tsv"


def joined(metrics):
    return comparison(metrics, LABELS, read_paper([PAPER / "table3.tsv", PAPER / "constants.tsv"]))


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
    assert list(table.columns) == ["model", "label", "metric", "paper", *ONE_DRAW, "not_above"]
    assert table["metric"].tolist() == [*METRICS, *METRICS]
    assert table["model"].tolist() == ["mmlmirlocnet"] * len(METRICS) + ["new"] * len(METRICS)
    assert set(table.loc[table["model"] == "new", "label"]) == {"A new one"}
    assert table.loc[0, ONE_DRAW].tolist() == pytest.approx(0.5 + np.arange(len(ONE_DRAW)) / 1000)


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
    step = ONE_DRAW.index
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


def write(metrics, name, repeats=None, kinds=None):
    """Write the table as the workflow does; the paths of TSV and page."""
    outputs = metrics.with_name(f"{name}.tsv"), metrics.with_name(f"{name}.md")
    paper = [PAPER / "table3.tsv", PAPER / "constants.tsv"]
    write_comparison(
        metrics=metrics,
        paper=paper,
        repeats=repeats,
        labels=LABELS,
        caption="A caption",
        kinds=kinds or {},
        threshold=0.5,
        level=0.95,
        note="",
        table=outputs[0],
        markdown=outputs[1],
    )
    return outputs


def test_both_files_are_written_and_the_same_again(metrics):
    written = [[output.read_bytes() for output in write(metrics, name)] for name in ("one", "two")]
    assert written[0] == written[1]
    table = read_table(metrics.with_name("one.tsv"), text=["model", "label", "metric", "not_above"])
    pd.testing.assert_frame_equal(table, joined(metrics))
    assert written[0][1].decode() == comparison_markdown(joined(metrics), "A caption")


def test_the_table_over_repeats_stands_at_the_end_of_the_page(metrics):
    lines = [
        ["trust", model, metric, rule, 0.5, 0.1, 0.4, 0.6, *[np.nan] * 6, "", 20, 118]
        for model in LABELS
        for metric in METRICS
        for rule in ("fold_mean", "fixed" if METRICS[metric].uses == "predictions" else "")
    ]
    summary, repeats = metrics.with_name("summary.tsv"), metrics.with_name("repeats.tsv")
    pd.DataFrame(lines, columns=REPEATED).to_csv(summary, sep="\t", index=False)
    write_repeats({"random": summary}, "trust", LABELS, [], repeats)
    _, page = write(metrics, "one", repeats, {"random": "random"})
    sections = repeats_sections(repeats, {"random": "random"}, 0.5, 0.95)
    assert sections.startswith("\n## The same over repeats\n")
    assert page.read_text(encoding="utf-8") == comparison_markdown(joined(metrics), "A caption") + sections


def test_a_model_that_was_not_measured_has_no_line(metrics):
    table = comparison(metrics, {**LABELS, "absent": "Absent"}, {})
    assert table["model"].drop_duplicates().tolist() == list(LABELS)


def test_a_metrics_file_without_a_column(metrics):
    metrics.write_text("model\tmetric\tlocation\tfold_mean\n")
    with pytest.raises(InputError, match="no column fold_sd"):
        joined(metrics)


def test_a_paper_table_without_a_metric(tmp_path):
    (tmp_path / "paper.tsv").write_text("model\taccuracy\nmmlmirlocnet\t0.6\n")
    with pytest.raises(InputError, match="no column auc_macro, subset_accuracy, f1, hamming_loss"):
        read_paper([tmp_path / "paper.tsv"])
