"""A table of results over repeats: the paper's numbers beside ours, marks, and no claims of few repeats."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from mmlmirloc.errors import InputError
from mmlmirloc.evaluation.metrics import MAIN_METRICS, METRICS
from mmlmirloc.files import read_table
from mmlmirloc.reporting.repeats_table import COLUMNS, SUMMARY, TEXT, repeats_sections, write_repeats

PAPER = Path(__file__).parents[2] / "resources/paper"
READINGS = ("fold_mean", "ensemble")
LABELS = {"mmlmirlocnet": "MMLmiRLocNet", "textrnn": "TextRNN", "always_nucleus": "Always nucleus", "era": "Era"}
# Mean of the paper's reading, the ends of its interval, what it is not above, repeats; the ensemble is .1 above.
MODELS = {
    "era": (0.66, 0.64, 0.68, "", 20),
    "mmlmirlocnet": (0.596, 0.56, 0.6124, "constant+era", 20),
    "always_nucleus": (0.534561, 0.534561, 0.534561, "", 20),
    "other": (0.5, 0.4, 0.6, "", 20),
    "textrnn": (0.55, 0.1, 0.9, "", 3),
}


def summary(path, models=MODELS, rows=118):
    lines = []
    for model, (mean, low, high, below, repeats) in models.items():
        for metric in METRICS:
            # The ensemble is of the fixed threshold, or of scores; it stands before the other reading.
            ensemble = "fixed" if METRICS[metric].uses == "predictions" else ""
            for rule, more in ((ensemble, 0.1), ("fold_mean", 0)):
                values = [mean + more, 0.02, low + more, high + more, *[np.nan] * 6]
                lines.append(["trust", model, metric, rule, *values, below, repeats, rows])
                # Nothing of another comparison is taken.
                lines.append(["beyond", model, metric, rule, *[0.999] * 10, "era", 99, 999])
            # Nor another rule.
            lines.append(["trust", model, metric, "chosen", *[0.999] * 10, "era", 99, 999])
        lines.append(["trust", model, "brier", "", *[0.999] * 10, "era", 99, 999])
    pd.DataFrame(lines, columns=SUMMARY).to_csv(path, sep="\t", index=False)
    return path


@pytest.fixture
def table(tmp_path):
    paper = [PAPER / "table3.tsv", PAPER / "constants.tsv"]
    matched = {model: numbers for model, numbers in MODELS.items() if model != "textrnn"}
    summaries = {
        "random": summary(tmp_path / "random.tsv"),
        "matched": summary(tmp_path / "matched.tsv", matched, rows=117),
    }
    write_repeats(summaries, "trust", LABELS, paper, tmp_path / "repeats.tsv")
    return tmp_path / "repeats.tsv"


def read(path):
    return read_table(path, text=TEXT)


def line(path, **values):
    found = read(path)
    for column, value in values.items():
        found = found[found[column] == value]
    (only,) = found.itertuples()
    return only


def test_columns_and_order(table):
    found = read(table)
    assert list(found.columns) == COLUMNS
    models = found[["split", "model"]].drop_duplicates().to_numpy().tolist()
    # In the table's order; a model that is not in the table is left out.
    assert models == [
        *(["random", model] for model in LABELS),
        *(["matched", model] for model in LABELS if model != "textrnn"),
    ]
    assert set(found.loc[found["model"] == "textrnn", "label"]) == {"TextRNN"}
    # By model the metrics in their order, of each the paper's reading first.
    for _, part in found.groupby(["split", "model"]):
        expected = [(metric, reading) for metric in METRICS for reading in READINGS]
        assert list(part[["metric", "reading"]].itertuples(index=False, name=None)) == expected
    assert found["mean"].max() < 0.999 and set(found["test_rows"]) == {118, 117}


def test_the_papers_number_stands_beside_either_reading(table):
    of = {"split": "random", "model": "mmlmirlocnet"}
    first, second = (line(table, **of, metric="accuracy", reading=reading) for reading in READINGS)
    assert [first.paper, first.mean, second.paper, second.mean] == pytest.approx([0.6124, 0.596, 0.6124, 0.696])
    assert line(table, **of, metric="f1_of_means", reading="fold_mean").paper == 0.7094
    assert np.isnan(line(table, split="random", model="era", metric="f1", reading="fold_mean").paper)


def test_inside(table):
    of = {"split": "random", "metric": "accuracy", "reading": "fold_mean"}
    # .6124 is the end itself; .5346 is the constant's value to the paper's four decimals.
    assert line(table, **of, model="mmlmirlocnet").inside == "yes"
    assert line(table, **of, model="always_nucleus").inside == "yes"
    assert line(table, **of | {"reading": "ensemble"}, model="mmlmirlocnet").inside == "no"
    # Within .1 and .9, but of three repeats nothing is said, nor where the paper has no number.
    assert line(table, **of, model="textrnn").inside == "" and line(table, **of, model="era").inside == ""


def sections(table, kinds=None):
    return repeats_sections(table, kinds or {"random": "random", "matched": "matched"}, 0.5, 0.95)


def cells(text):
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line[:1] == "|"]


def test_a_section_per_split(table):
    head, first, second = sections(table).split("### Split ")
    assert "  " not in head
    assert head.startswith("\n## The same over repeats\n") and "95% interval" in head
    assert first.startswith("`random`\n") and second.startswith("`matched`\n")
    assert "118 test rows, 20 repeats. A location is predicted where its score is 0.5 or more." in first
    assert "Too few repeats for an interval: TextRNN 3." in first
    assert "117 test rows, 20 repeats." in second and "Too few" not in second


def test_the_table_of_a_split(table):
    rows = cells(sections(table).split("### Split ")[1])
    assert rows[0] == [
        "model",
        *(METRICS[name].display for name in MAIN_METRICS[:4]),
        "Hamming loss (lower is better)",
    ]
    assert rows[2] == ["**MMLmiRLocNet**", *[".596 [.560, .612]†‡"] * 5]
    assert rows[3] == ["the paper", "0.6124", "0.5953", "0.3152", "0.7094", "0.2627"]
    # No interval and no mark of three repeats, and their number.
    assert rows[4] == ["**TextRNN** (3 repeats)", *[".550 [–]"] * 5]
    assert [row[0] for row in rows[5:]] == ["the paper", "**Always nucleus**", "the paper", "**Era**"]
    assert rows[6][1] == ".535 [.535, .535]" and rows[8][1] == ".660 [.640, .680]"


@pytest.mark.parametrize(("repeats", "below", "shown"), [(9, "", "[–]"), (10, "constant+era", "[.560, .630]†‡")])
def test_marks_of_few_repeats_are_not_shown(tmp_path, repeats, below, shown):
    few = {"mmlmirlocnet": (0.596, 0.56, 0.63, "constant+era", repeats)}
    labels = {"mmlmirlocnet": "MMLmiRLocNet"}
    write_repeats({"random": summary(tmp_path / "few.tsv", few)}, "trust", labels, [], tmp_path / "repeats.tsv")
    assert set(read(tmp_path / "repeats.tsv")["not_above"]) == {below}
    rows = cells(sections(tmp_path / "repeats.tsv", {"random": "random"}))
    assert rows[2:] == [["**MMLmiRLocNet**", *[f".596 {shown}"] * 5]]


def test_a_metric_that_is_nowhere_defined(tmp_path):
    none = {"mmlmirlocnet": (np.nan, np.nan, np.nan, "", 20)}
    labels = {"mmlmirlocnet": "MMLmiRLocNet"}
    write_repeats({"random": summary(tmp_path / "none.tsv", none)}, "trust", labels, [], tmp_path / "repeats.tsv")
    assert cells(sections(tmp_path / "repeats.tsv", {"random": "random"}))[2][1:] == ["–"] * 5


def test_a_table_that_is_not_shown_over_repeats(tmp_path):
    assert repeats_sections(None, {}, 0.5, 0.95) == ""
    with pytest.raises(InputError, match="not shown over repeats"):
        write_repeats({}, "trust", LABELS, [], tmp_path / "repeats.tsv")


def test_a_file_without_a_column(tmp_path, table):
    (tmp_path / "random.tsv").write_text("comparison\tmodel\tmetric\n")
    with pytest.raises(InputError, match="no column rule, mean"):
        write_repeats({"random": tmp_path / "random.tsv"}, "trust", LABELS, [], tmp_path / "x.tsv")
    table.write_text("split\tmodel\n")
    with pytest.raises(InputError, match="no column label, metric"):
        sections(table)
