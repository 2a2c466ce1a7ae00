"""Every number of the paper beside ours: each once, and inside our interval or not."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from mmlmirloc.errors import InputError
from mmlmirloc.evaluation.metrics import LABEL_METRICS, MAIN_METRICS, METRICS
from mmlmirloc.evaluation.names import ONE_DRAW
from mmlmirloc.files import read_table, write_table
from mmlmirloc.reporting.comparison import write_comparison
from mmlmirloc.reporting.dataset_table import write_dataset_table
from mmlmirloc.reporting.fidelity import (
    COLUMNS,
    SOURCES,
    dataset_rows,
    location_rows,
    over_repeats,
    repeat_rows,
    table_rows,
    write_fidelity,
)
from mmlmirloc.reporting.locations_table import write_locations_table
from mmlmirloc.reporting.repeats_table import SUMMARY as SUMMARY_OF_REPEATS
from mmlmirloc.reporting.repeats_table import write_repeats

PAPER = Path(__file__).parents[2] / "resources/paper"
LOCATIONS = ["nucleus", "exosome", "cytoplasm", "microvesicle"]
# Three simulated rows; the first two are for training.
ROWS = pd.DataFrame(
    {
        "accession": ["A1", "A2", "A3"],
        "sequence": ["A" * 80, "A" * 91, "A" * 100],
        "nucleus": [1, 1, 0],
        "exosome": [0, 1, 1],
        "cytoplasm": [0, 0, 1],
        "microvesicle": [0, 0, 0],
    }
)
PAPERS_TABLES = {"comparison": "table3", "ablation": "table4", "bert_size": "table5"}


def table_of(path, lines, columns):
    pd.DataFrame(lines, columns=columns).to_csv(path, sep="\t", index=False)
    return path


@pytest.fixture(scope="module")
def counts(tmp_path_factory):
    """The files that the dataset's numbers come from."""
    folder = tmp_path_factory.mktemp("counts")
    files = {name: folder / f"{name}.tsv" for name in ("mirnas", "records", "train", "test", "parts")}
    write_table(ROWS, files["mirnas"])
    write_table(ROWS[:2], files["train"])
    write_table(ROWS[2:], files["test"])
    # RNALocate's rows of four records, one of them without a sequence.
    table_of(files["records"], [["A1", 2], ["A2", 1], ["A3", 3], ["A4", 1]], ["accession", "records"])
    write_dataset_table(
        files["train"],
        files.pop("test"),
        *(PAPER / f"{name}.tsv" for name in ("table1", "table2", "dataset")),
        LOCATIONS,
        files["parts"],
        folder / "parts.md",
    )
    return files | {"totals": PAPER / "dataset.tsv"}


def cells(rows):
    """Rows of the report by source, item and quantity; each must be there once."""
    table = pd.DataFrame(rows, columns=COLUMNS).set_index(["source", "item", "quantity"])
    assert table.index.is_unique
    return table


def test_the_datasets_numbers_are_counted_and_each_of_the_papers_stands_once(counts):
    table = cells(dataset_rows(**counts, locations=LOCATIONS))
    text = table.xs("Text II.B").xs("dataset")
    assert text[["paper", "ours", "difference"]].T.to_dict("list") == {
        "rnalocate_entries": [12781, 7, -12774],
        "mirnas": [538, 3, -535],
        "nucleus": [445, 2, -443],
        "exosome": [232, 2, -230],
        "cytoplasm": [229, 1, -228],
        "microvesicle": [79, 0, -79],
        # (80 + 91) / 2: of the training rows, as in the paper.
        "train_mean_length": [105, 85.5, -19.5],
    }
    for source, name, rows in (("Table I", "table1", 420), ("Table II", "table2", 118)):
        printed = read_table(PAPER / f"{name}.tsv", text=["location"]).set_index("location").stack()
        found = table.xs(source)["paper"]
        assert found.to_dict() == {**printed.to_dict(), ("all", "count"): rows}
    assert table.loc[("Table I", "nucleus", "held_2")][["paper", "ours"]].tolist() == [110, 1]
    assert (table["inside"] == "").all()


def result(value, low, high, sd=0.01):
    """A line of ONE_DRAW whose ensemble is 0.1 above the mean over fold models."""
    return [value, sd, low, high, value + 0.1, low + 0.1, high + 0.1]


@pytest.mark.parametrize(
    ("low", "high", "inside"),
    [(0.5, 0.7, "yes"), (0.6124, 0.7, "yes"), (0.5, 0.6124, "yes"), (0.6125, 0.7, "no"), (0.5, 0.6123, "no")],
)
def test_inside_reaches_up_to_the_bounds(tmp_path, low, high, inside):
    lines = [["net", "The network", "accuracy", 0.6124, *result(0.6, low, high)]]
    path = table_of(tmp_path / "table.tsv", lines, ["model", "label", "metric", "paper", *ONE_DRAW])
    (row,) = table_rows("Table III", path)
    assert row[:5] == ["Table III", "The network", "accuracy", 0.6124, 0.6]
    assert row[5] == pytest.approx(-0.0124) and row[6:10] == [0.01, low, high, inside]


def test_without_an_interval_nothing_is_inside(tmp_path):
    lines = [["net", "The network", "accuracy", 0.6124, *result(0.6, np.nan, np.nan)]]
    path = table_of(tmp_path / "table.tsv", lines, ["model", "label", "metric", "paper", *ONE_DRAW])
    assert next(table_rows("Table III", path))[COLUMNS.index("inside")] == ""


def test_only_what_the_paper_prints_is_taken_from_a_table(tmp_path):
    ours = result(0.6, 0.5, 0.7)
    lines = [
        ["net", "The network", "f1", 0.7094, *ours],
        # The other reading of the same printed number, and a model the paper has not.
        ["net", "The network", "f1_of_means", 0.7094, *ours],
        ["new", "A new one", "f1", np.nan, *ours],
    ]
    path = table_of(tmp_path / "table.tsv", lines, ["model", "label", "metric", "paper", *ONE_DRAW])
    assert [row[1:4] for row in table_rows("Table III", path)] == [["The network", "f1", 0.7094]]


def test_figure_4_is_held_against_the_ensemble(tmp_path):
    columns = ["location", "metric", "prevalence", "paper", *ONE_DRAW]
    lines = [
        ["nucleus", "roc_auc", 0.75, 0.814, *result(0.7, 0.65, 0.72)],
        ["ribosome", "roc_auc", 0.1, np.nan, *result(0.7, 0.65, 0.72)],
    ]
    first, second = location_rows(table_of(tmp_path / "locations.tsv", lines, columns))
    assert first[:5] == ["Fig. 4", "nucleus", "roc_auc", 0.814, pytest.approx(0.8)]
    assert first[7:10] == [pytest.approx(0.75), pytest.approx(0.82), "yes"]
    assert second[COLUMNS.index("inside")] == ""


def repeats_of(path, models, split="random"):
    """Table III over repeats, of models with a mean, the ends of its interval and a number of repeats."""
    lines = [
        ["trust", model, metric, rule, mean, 0.02, low, high, *[np.nan] * 6, "", repeats, 118]
        for model, (mean, low, high, repeats) in models.items()
        for metric in METRICS
        for rule in ("fold_mean", "fixed" if METRICS[metric].uses == "predictions" else "")
    ]
    summary = table_of(path.with_name("summary.tsv"), lines, SUMMARY_OF_REPEATS)
    write_repeats({split: summary}, "trust", {model: model for model in models}, [PAPER / "table3.tsv"], path)
    return path


def test_numbers_over_repeats_are_those_of_the_papers_reading(tmp_path):
    models = {
        "mmlmirlocnet": (0.6, 0.58, 0.62, 20),
        "textrnn": (0.55, 0.1, 0.9, 3),
        "always_nucleus": (0.53, 0.5, 0.6, 20),
        "era": (0.6, 0.5, 0.7, 20),
    }
    table = cells(repeat_rows(repeats_of(tmp_path / "repeats.tsv", models), "random"))
    assert set(table.index.get_level_values("item")) == {"mmlmirlocnet", "textrnn"} and len(table) == 10
    own = table.loc[(over_repeats("random"), "mmlmirlocnet", "accuracy")]
    assert own[["paper", "ours", "low", "high", "inside"]].tolist() == [0.6124, 0.6, 0.58, 0.62, "yes"]
    assert own[["repeat_sd", "repeats"]].tolist() == [0.02, 20] and np.isnan(own["fold_sd"])
    # .5504 lies between .1 and .9, but three repeats have no interval.
    few = table.loc[(over_repeats("random"), "textrnn", "accuracy")]
    assert few[["paper", "ours", "inside", "repeats"]].tolist() == [0.5504, 0.55, "", 3]
    assert np.isnan(few["low"]) and np.isnan(few["high"])


def test_a_split_over_whose_repeats_nothing_is_known(tmp_path):
    path = repeats_of(tmp_path / "repeats.tsv", {"mmlmirlocnet": (0.6, 0.5, 0.7, 20)}, "matched")
    with pytest.raises(InputError, match="The split 'random' is not there") as caught:
        list(repeat_rows(path, "random"))
    assert caught.value.where == str(path)


@pytest.fixture(scope="module")
def written(tmp_path_factory, counts):
    """The report on results of every model that the paper prints, made as the workflow makes them."""
    folder = tmp_path_factory.mktemp("written")
    summary = {name: result(0.6, 0.55, 0.65) for name in METRICS}
    index = [(name, "") for name in METRICS] + [(name, place) for name in LABEL_METRICS for place in LOCATIONS]
    printed = {name: [PAPER / f"{table}.tsv", PAPER / "constants.tsv"] for name, table in PAPERS_TABLES.items()}
    models = {
        name: [*read_table(paper[0])["model"], "always_nucleus", "not_in_the_paper"] for name, paper in printed.items()
    }
    lines = [
        [model, name, place, *summary.get(name, result(0.6, 0.5, 0.7)), ""]
        for model in dict.fromkeys(model for found in models.values() for model in found)
        for name, place in index
    ]
    metrics = table_of(folder / "metrics.tsv", lines, ["model", "metric", "location", *ONE_DRAW, "not_above"])
    tables = {}
    for name, paper in printed.items():
        tables[name] = folder / f"{name}.tsv"
        labels = {model: model for model in models[name]}
        write_comparison(metrics, paper, None, labels, name, {}, 0.5, 0.95, "", tables[name], folder / "x.md")
    by_location = folder / "locations.tsv"
    write_locations_table(
        *(metrics, counts["mirnas"], PAPER / "figure4.tsv", LOCATIONS, "mmlmirlocnet", "net", ""),
        *(by_location, folder / "x.md"),
    )
    hindsight = [["accuracy", 0.5, 0.58, 20, 118], ["hamming_loss", 0.3, 0.28, 20, 118]]
    over = {"mmlmirlocnet": (0.6, 0.58, 0.65, 20), "textrnn": (0.55, 0.5, 0.6, 3), "mksvm": (0.55, 0.5, 0.6, 20)}

    def write(repeats=True):
        paths = tuple(folder / f"fidelity{'' if repeats else '_of_one_draw'}.{end}" for end in ("tsv", "md"))
        columns = ["metric", "fixed", "hindsight", "repeats", "test_rows"]
        write_fidelity(
            **counts,
            tables=list(tables.values()),
            names=list(tables),
            by_location=by_location,
            contradictions=PAPER / "contradictions.tsv",
            repeats=repeats_of(folder / "repeats.tsv", over) if repeats else None,
            hindsight=table_of(folder / "hindsight.tsv", hindsight, columns),
            shown={"split": "random", "model": "mmlmirlocnet", "label": "The network", "threshold": 0.5},
            constants=["always_nucleus"],
            locations=LOCATIONS,
            note="Simulated",
            table=paths[0],
            markdown=paths[1],
        )
        return paths

    return write


@pytest.fixture(scope="module")
def report(written):
    return written()


def test_every_number_of_the_papers_tables_stands_once(report):
    table = cells(read_table(report[0], text=["source", "item", "quantity", "inside"]))
    printed = {}
    for name, path in PAPERS_TABLES.items():
        paper = read_table(PAPER / f"{path}.tsv").set_index("model")[list(MAIN_METRICS)].stack()
        printed |= {(SOURCES[name], *key): value for key, value in paper.items()}
    areas = read_table(PAPER / "figure4.tsv").set_index("location").stack()
    printed |= {("Fig. 4", *key): value for key, value in areas.items()}
    found = table["paper"][table.index.get_level_values("source").isin([*SOURCES.values(), "Fig. 4"])]
    assert found.to_dict() == printed
    # The numbers of constants are computed from the paper's Table II.
    assert "always_nucleus" not in table.index.get_level_values("item")
    counted = ["Text II.B", "Table I", "Table II"]
    assert list(table.index.unique("source")) == [*counted, *SOURCES.values(), over_repeats("random"), "Fig. 4"]


def test_the_markdown_counts_what_is_inside(report):
    text = report[1].read_text(encoding="utf-8")
    assert text.startswith("# Fidelity: every number of the paper beside ours\n\n**Simulated**\n\n")
    # By hand from the paper's tables, the interval being 0.55 to 0.65: of MMLmiRLocNet, which stands in all three and
    # counts once, accuracy and AUC. Of the others of Table III accuracy of MirLocPredictor and TextRNN (0.5504); AUC of
    # all but TextRNN; F1 of the EL (0.5629), MKSVM (0.6313) and MK-GHkNN (0.6172). Of Table IV accuracy and AUC, four
    # and four, without k-mers, and F1 of k-mers (0.6443). Of Table V accuracy and AUC of all five. Of Fig. 4, the
    # ensemble being 0.6 to 0.8: cytoplasm's ROC-AUC only.
    once = "The network's own 2 of 5; Table III, other systems, 9 of 25; Table IV, other systems, 9 of 25; "
    once += "Table V, other systems, 10 of 25; Fig. 4 1 of 8."
    # Over repeats: of MMLmiRLocNet accuracy and AUC, between .58 and .65; of MKSVM accuracy (0.5381) and AUC (0.5562),
    # between .5 and .6. TextRNN's three repeats do not count.
    over = "Over the repeats of `random`: The network's own 2 of 5; the other systems 2 of 5. "
    counts = f"On one split, each number once: {once} {over}Systems of fewer than 10 repeats are not counted."
    assert f"\n\n**The paper's value lies in our interval.** {counts}\n\n" in text


def test_the_part_over_repeats_says_how_many(report):
    text = report[1].read_text(encoding="utf-8").split("## Table III over the repeats of `random`")[1].split("## ")[0]
    assert "A location is predicted where its score is 0.5 or more." in text and "fewer than 10 repeats" in text
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines()]
    heads = ["item", "quantity", "paper", "ours", "interval", "sd over repeats", "difference", "inside", "repeats"]
    assert heads in rows
    name = METRICS["accuracy"].display
    assert ["mmlmirlocnet", name, "0.6124", "0.6000", "[0.5800, 0.6500]", "0.0200", "-0.0124", "yes", "20"] in rows
    assert ["textrnn", name, "0.5504", "0.5500", "–", "0.0200", "-0.0004", "", "3"] in rows


def test_without_repeats_that_part_is_left_out(written):
    text = written(repeats=False)[1].read_text(encoding="utf-8")
    assert "over the repeats" not in text.lower() and "The network's own 2 of 5; Table III" in text


def test_thresholds_chosen_on_test_rows_are_called_what_they_are(report):
    text = report[1].read_text(encoding="utf-8").split("## What would reach higher and is not honest")[1]
    text = text.split("## ")[0]
    assert "This looks at the test rows." in text and "no other table or model uses it." in text
    assert "The network under `random`, the ensemble, mean over 20 repeats of 118 test rows." in text
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line[:1] == "|"]
    assert rows[0] == ["quantity", "threshold 0.5 for all", "thresholds chosen on the test rows", "difference", "paper"]
    assert rows[2:] == [
        [METRICS["accuracy"].display, "0.5000", "0.5800", "+0.0800", "0.6124"],
        [METRICS["hamming_loss"].display, "0.3000", "0.2800", "-0.0200", "0.2627"],
    ]


def test_the_markdown_lists_every_contradiction(report):
    text = report[1].read_text(encoding="utf-8").split("## Where the paper contradicts itself")[1]
    known = read_table(PAPER / "contradictions.tsv")
    lines = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line.startswith("|")
    ]
    assert lines[0] == ["the paper says", "but", "here"]
    assert lines[2:] == known[["paper", "problem", "ours"]].values.tolist() and len(known) >= 10


def test_the_markdown_has_a_part_per_table_with_readable_names(report):
    text = report[1].read_text(encoding="utf-8")
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines()]
    assert ["dataset", "mean length of the training sequences (nt)", "105", "85.5", "-19.5"] in rows
    assert ["microvesicle", "rows with 4 locations in all", "22", "0", "-22"] in rows
    assert ["cytoplasm", "rows with 1 location in all", "0", "0", "0"] in rows
    assert ["item", "quantity", "paper", "ours", "interval", "fold sd", "difference", "inside"] in rows
    # Four decimals as the paper's, so that a value just inside shows as such.
    line = [
        "mmlmirlocnet",
        METRICS["accuracy"].display,
        "0.6124",
        "0.6000",
        "[0.5500, 0.6500]",
        "0.0100",
        "-0.0124",
        "yes",
    ]
    assert rows.count(line) == 3


def test_a_part_that_is_neither_training_nor_test_is_refused(counts, tmp_path):
    (tmp_path / "parts.tsv").write_text("part\tlocation\tquantity\tours\ntrain\tall\tcount\t2\n")
    with pytest.raises(InputError, match="A table has no column paper"):
        list(dataset_rows(**counts | {"parts": tmp_path / "parts.tsv"}, locations=LOCATIONS))
