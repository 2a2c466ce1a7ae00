"""Figures: the data drawn against hand-worked values, what is drawn, and how it is saved."""

import os
import subprocess
import sys
from itertools import pairwise, product

import matplotlib.image
import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from sklearn.metrics import average_precision_score

from mmlmirloc import colours
from mmlmirloc.errors import InputError
from mmlmirloc.reporting import style
from mmlmirloc.reporting.figures import (
    areas,
    auc_by_location,
    comparison,
    confusion,
    label_counts,
    lengths,
    pr,
    roc,
    upset,
)
from mmlmirloc.reporting.figures.scores import SCORE_COLUMNS
from mmlmirloc.reporting.plotting import draw_figure, module_of

LOCATIONS = ["nucleus", "exosome", "cytoplasm", "microvesicle"]


@pytest.fixture
def mirnas():
    """Six simulated miRNAs: N twice; E, N+E, N+M and all four once each."""
    rows = [
        ("A1", "AAAA", 1, 0, 0, 0),
        ("A2", "AAAAAA", 1, 0, 0, 0),
        ("A3", "AAAAAAAA", 0, 1, 0, 0),
        ("A4", "AAAAAAAAAA", 1, 1, 0, 0),
        ("A5", "AAAAAAAAAAAA", 1, 0, 0, 1),
        ("A6", "AAAAAAAAAAAAAA", 1, 1, 1, 1),
    ]
    return pd.DataFrame(rows, columns=["accession", "sequence", *LOCATIONS]).assign(name="simulated")


def long(model, location, truth, folds):
    """Make the long table of scores from a list of scores per fold."""
    return pd.DataFrame(
        [
            (model, f"A{row}", location, fold, score, truth[row])
            for fold, scores in enumerate(folds)
            for row, score in enumerate(scores)
        ],
        columns=SCORE_COLUMNS,
    )


@pytest.fixture
def scores():
    """Two fold models. Nucleus: AUC 1 and .75, ensemble 1; exosome is constant; nobody is in the microvesicle."""
    return pd.concat(
        [
            long("net", "nucleus", [1, 1, 0, 0], [[0.9, 0.8, 0.2, 0.1], [0.9, 0.4, 0.6, 0.1]]),
            long("net", "exosome", [1, 0, 0, 0], [[0.5] * 4, [0.5] * 4]),
            long("net", "microvesicle", [0, 0, 0, 0], [[0.1, 0.2, 0.3, 0.4], [0.1, 0.2, 0.3, 0.4]]),
            long("other", "nucleus", [1, 1, 0, 0], [[0.1, 0.1, 0.9, 0.9], [0.1, 0.1, 0.9, 0.9]]),
        ],
        ignore_index=True,
    )


ALWAYS = ["always_nucleus", "always_nucleus_exosome_cytoplasm"]
PAPER = pd.DataFrame({"location": ["nucleus"], "roc_auc": [0.814], "pr_auc": [0.937]})


@pytest.fixture
def table():
    """A result table of two models and the two constants."""
    models = {
        "net": "Our network",
        "toy": "A toy with a rather long display name",
        "always_nucleus": "always nucleus",
        "always_nucleus_exosome_cytoplasm": "always nucleus, exosome, cytoplasm",
    }
    metrics = ["hamming_loss", "accuracy", "f1_micro", "auc_macro", "subset_accuracy", "f1"]
    rows = [
        (model, label, metric, np.nan if model.startswith("always") else 0.6, 0.5, 0.02, 0.52, 0.45, 0.6)
        for model, label in models.items()
        for metric in metrics
    ]
    columns = ["model", "label", "metric", "paper", "fold_mean", "fold_sd", "ensemble", "ensemble_low", "ensemble_high"]
    return pd.DataFrame(rows, columns=columns)


# -- the dataset


def test_upset_data_counts_label_sets_by_degree_then_count(mirnas):
    data = upset.prepare(mirnas, LOCATIONS)
    assert data.columns.tolist() == [*LOCATIONS, "labels_held", "mirnas"]
    assert data.to_numpy().tolist() == [
        [1, 0, 0, 0, 1, 2],
        [0, 1, 0, 0, 1, 1],
        [1, 1, 0, 0, 2, 1],
        [1, 0, 0, 1, 2, 1],
        [1, 1, 1, 1, 4, 1],
    ]


def test_label_counts_data_counts_by_number_of_labels(mirnas):
    data = label_counts.prepare(mirnas, LOCATIONS)
    counts = data.pivot(index="location", columns="labels_held", values="mirnas").loc[LOCATIONS]
    assert counts.to_numpy().tolist() == [[2, 2, 0, 1], [1, 1, 0, 1], [0, 0, 0, 1], [0, 1, 0, 1]]
    assert data.drop_duplicates("location")["total"].tolist() == [5, 3, 1, 2]


def test_lengths_data_lists_each_mirna_in_each_of_its_groups(mirnas):
    data = lengths.prepare(mirnas, LOCATIONS)
    assert data.groupby("group", sort=False)["length"].apply(list).to_dict() == {
        "all": [4, 6, 8, 10, 12, 14],
        "nucleus": [4, 6, 10, 12, 14],
        "exosome": [8, 10, 14],
        "cytoplasm": [14],
        "microvesicle": [12, 14],
    }
    assert data.drop_duplicates("group")["median"].tolist() == [9, 10, 10, 14, 13]


def test_lengths_without_mirnas_in_a_location(mirnas):
    data = lengths.prepare(mirnas.assign(cytoplasm=0), LOCATIONS)
    assert data[data["group"] == "cytoplasm"][["accession", "length", "median"]].isna().all(axis=None)
    figure = lengths.draw(data)
    assert figure.axes[4].get_title("left") == "cytoplasm: no miRNA"


@pytest.mark.parametrize("name", ["upset", "label_counts", "lengths"])
def test_dataset_without_location_column_or_rows_is_refused(mirnas, name):
    data = module_of(name).prepare
    with pytest.raises(InputError, match="no column for the location mitochondrion"):
        data(mirnas, [*LOCATIONS, "mitochondrion"])
    with pytest.raises(InputError, match="No location is named"):
        data(mirnas, [])
    with pytest.raises(InputError, match="There is no miRNA to draw"):
        data(mirnas.iloc[:0], LOCATIONS)


def test_draw_upset_has_a_bar_and_a_count_per_set(mirnas):
    figure = upset.draw(upset.prepare(mirnas, LOCATIONS))
    axes = {axes.get_label(): axes for axes in figure.axes}
    bars = axes["intersections"]
    assert [bar.get_height() for bar in bars.patches] == [2, 1, 1, 1, 1]
    assert [text.get_text() for text in bars.texts] == ["2", "1", "1", "1", "1"]
    assert bars.get_ylabel() == "miRNAs"
    matrix = axes["matrix"]
    names = dict(zip(matrix.get_yticks(), [label.get_text() for label in matrix.get_yticklabels()], strict=True))
    assert names[max(names)] == "nucleus" and names[min(names)] == "microvesicle" and not matrix.yaxis_inverted()


def test_counts_of_all_label_sets_do_not_overlap():
    sets = [held for held in product((0, 1), repeat=4) if any(held)] * 101
    figure = upset.draw(
        upset.prepare(pd.DataFrame(sets, columns=LOCATIONS), LOCATIONS),
    )
    figure.draw_without_rendering()
    boxes = [text.get_window_extent() for axes in figure.axes for text in axes.texts]
    assert len(boxes) == 15
    assert all(left.x1 < right.x0 for left, right in pairwise(boxes))
    assert max(box.y1 for box in boxes) <= figure.bbox.y1


def test_draw_label_counts_stacks_most_labels_at_the_bottom(mirnas):
    figure = label_counts.draw(label_counts.prepare(mirnas, LOCATIONS))
    (axes,) = figure.axes
    nucleus = [(bar.get_y(), bar.get_height()) for bar in axes.patches if round(bar.get_x() + 0.3) == 0]
    assert nucleus == [(0, 1), (1, 0), (1, 2), (3, 2)]
    texts = [text.get_text() for text in axes.texts]
    assert texts == ["1", "2", "2", "5", "1", "1", "1", "3", "1", "1", "1", "1", "2"]
    assert [label.get_text() for label in axes.get_xticklabels()] == LOCATIONS
    assert axes.get_ylabel() == "miRNAs"
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["1", "2", "3", "4"]


def test_numbers_beside_a_bar_keep_their_distance():
    data = pd.DataFrame(
        [("nucleus", 1, 500, 500), ("exosome", 3, 3, 9), ("exosome", 2, 2, 9), ("exosome", 1, 4, 9)],
        columns=["location", "labels_held", "mirnas", "total"],
    )
    figure = label_counts.draw(data)
    figure.draw_without_rendering()
    beside = [text.get_window_extent() for text in figure.axes[0].texts if text.get_position()[0] > 1.1]
    assert len(beside) == 3
    assert all(low.y0 + low.height * 0.75 <= high.y0 for low, high in pairwise(beside))


def test_draw_lengths_marks_medians_and_units(mirnas):
    figure = lengths.draw(lengths.prepare(mirnas, LOCATIONS))
    violins, *histograms = figure.axes
    assert [axes.get_title("left") for axes in histograms] == [
        "all: n = 6, median 9 nt",
        "nucleus: n = 5, median 10 nt",
        "exosome: n = 3, median 10 nt",
        "cytoplasm: n = 1, median 14 nt",
        "microvesicle: n = 2, median 13 nt",
    ]
    assert [line.get_xdata()[0] for axes in histograms for line in axes.lines] == [9, 10, 10, 14, 13]
    assert sum(bar.get_height() for bar in histograms[1].patches) == 5
    assert histograms[-1].get_xlabel() == "sequence length (nt)"
    assert [label.get_text() for label in violins.get_yticklabels()] == ["all", *LOCATIONS]


# -- scores


def test_roc_data_has_exact_ensemble_and_averaged_folds(scores):
    data = roc.prepare(scores, "net", PAPER)
    nucleus = data[data["location"] == "nucleus"]
    ensemble = nucleus[nucleus["curve"] == "ensemble"]
    # Mean scores .9 .6 .4 .1: the two positives come first.
    assert ensemble[["false_positive_rate", "true_positive_rate"]].to_numpy().tolist() == [
        [0, 0],
        [0, 0.5],
        [0, 1],
        [1, 1],
    ]
    assert ensemble["area"].unique().tolist() == [1] and ensemble["paper"].unique().tolist() == [0.814]
    folds = nucleus[nucleus["curve"] == "folds"].set_index("false_positive_rate")
    # The first fold is perfect; the second is at .5 up to a false positive rate of .5, and then at 1.
    assert folds.loc[0.25, ["true_positive_rate", "sd"]].tolist() == pytest.approx([0.75, np.std([1, 0.5], ddof=1)])
    assert folds.loc[0.75, ["true_positive_rate", "sd"]].tolist() == pytest.approx([1, 0])
    assert folds.loc[0, "true_positive_rate"] == 0
    assert folds["area"].iloc[0] == pytest.approx(0.875)
    assert folds["area_sd"].iloc[0] == pytest.approx(np.std([1, 0.75], ddof=1))


def test_pr_points_are_the_steps_that_average_precision_sums_over():
    truth = np.array([0, 1, 0, 1, 1, 0, 0, 1])
    score = np.array([0.95, 0.9, 0.8, 0.7, 0.7, 0.7, 0.2, 0.1])
    recall, precision = areas.pr_points(truth, score)
    assert recall == pytest.approx([0.25, 0.75, 1]) and precision == pytest.approx([1 / 2, 3 / 6, 4 / 8])
    area = np.sum(np.diff(recall, prepend=0) * precision)
    assert area == pytest.approx(average_precision_score(truth, score))
    truth, score = np.array([1, 0, 1, 0, 0, 1, 0]), np.linspace(1, 0, 7)
    recall, precision = areas.pr_points(truth, score)
    assert precision == pytest.approx([1, 2 / 3, 3 / 6])
    on_grid = dict(zip(areas.GRID.round(2), areas.pr_on_grid(recall, precision), strict=True))
    assert [on_grid[at] for at in (0, 0.33, 0.34, 0.66, 0.67, 1)] == pytest.approx([1, 1, 2 / 3, 2 / 3, 1 / 2, 1 / 2])


def test_constant_scores_have_the_area_of_chance(scores):
    for figure, chance in ((roc, 0.5), (pr, 0.25)):
        data = figure.prepare(scores, "net")
        exosome = data[data["location"] == "exosome"]
        assert exosome["area"].unique().tolist() == [chance] and exosome["chance"].unique().tolist() == [chance]
    exosome = data[(data["location"] == "exosome") & (data["curve"] == "folds")]
    assert exosome["precision"].unique().tolist() == [0.25]


@pytest.mark.parametrize("name", ["roc", "pr"])
def test_location_without_positives_is_drawn_as_undefined(scores, name):
    data = module_of(name).prepare(scores, "net", PAPER)
    empty = data[data["location"] == "microvesicle"]
    assert empty["curve"].tolist() == ["ensemble", "folds"]
    assert empty["area"].isna().all() and empty["positives"].tolist() == [0, 0]
    figure = module_of(name).draw(data)
    assert len(figure.axes) == 3
    assert "undefined" in figure.axes[2].get_title("left") and not figure.axes[2].lines


def test_location_without_negatives_has_only_a_precision_recall_curve():
    scores = long("net", "nucleus", [1, 1], [[0.9, 0.2], [0.3, 0.8]])
    data = auc_by_location.prepare(scores, "net").set_index("metric")
    assert np.isnan(data.loc["roc_auc", "ensemble"])
    assert data.loc["pr_auc", ["ensemble", "fold_mean", "chance"]].tolist() == [1, 1, 1]


def test_auc_by_location_data(scores):
    data = auc_by_location.prepare(scores, "net", PAPER).set_index(["location", "metric"])
    row = data.loc[("nucleus", "roc_auc")]
    assert row[["positives", "rows", "chance", "fold_mean", "ensemble", "paper"]].tolist() == pytest.approx(
        [2, 4, 0.5, 0.875, 1, 0.814]
    )
    assert row["fold_sd"] == pytest.approx(0.25 / np.sqrt(2))
    row = data.loc[("nucleus", "pr_auc")]
    # Second fold: precision 1 at recall .5, then 2/3.
    assert row["fold_mean"] == pytest.approx((1 + (1 + 2 / 3) / 2) / 2) and row["paper"] == 0.937
    assert np.isnan(data.loc[("exosome", "roc_auc"), "paper"])
    assert data.loc[("microvesicle", "pr_auc"), ["fold_mean", "fold_sd", "ensemble"]].isna().all()


def test_a_single_fold_has_no_deviation():
    scores = long("net", "nucleus", [1, 0], [[0.9, 0.2]])
    data = auc_by_location.prepare(scores, "net")
    assert data["fold_sd"].isna().all() and data["fold_mean"].tolist() == [1, 1]
    figure = roc.draw(roc.prepare(scores, "net"))
    assert figure.axes[0].get_title("left") == "nucleus, 1 positive\nAUC 1.000\nfolds 1.000"
    assert not figure.axes[0].collections


def test_draw_roc_and_pr_label_panels_axes_and_legend(scores):
    figure = roc.draw(roc.prepare(scores, "net", PAPER))
    assert figure.axes[0].get_title("left") == "nucleus, 2 positive\nAUC 1.000, paper 0.814\nfolds 0.875 ± 0.177"
    assert figure.axes[0].get_ylabel() == "true positive rate" and figure.axes[1].get_xlabel() == "false positive rate"
    diagonal, _ = figure.axes[0].lines
    assert diagonal.get_xydata().tolist() == [[0, 0], [1, 1]]
    assert len(figure.axes[0].collections) == 1
    assert [text.get_text() for text in figure.legends[0].get_texts()] == [
        "ensemble (AUC)",
        "folds, mean ± sd",
        "chance",
    ]
    figure = pr.draw(pr.prepare(scores, "net", PAPER))
    assert figure.axes[1].get_title("left") == "exosome, 1 positive\nAP 0.250\nfolds 0.250 ± 0.000"
    assert figure.axes[0].get_ylabel() == "precision" and figure.axes[1].get_xlabel() == "recall"
    prevalence, curve = figure.axes[1].lines
    assert list(prevalence.get_ydata()) == [0.25, 0.25]
    assert curve.get_xydata().tolist() == [[0, 0.25], [1, 0.25]]


def test_draw_auc_by_location_has_two_panels_with_chance(scores):
    figure = auc_by_location.draw(auc_by_location.prepare(scores, "net", PAPER))
    roc, pr = figure.axes
    assert (roc.get_xlabel(), pr.get_xlabel()) == ("ROC-AUC", "PR-AUC\n(average precision)")
    assert [label.get_text() for label in roc.get_yticklabels()] == [
        "nucleus\n2 positive",
        "exosome\n1 positive",
        "microvesicle\n0 positive",
    ]
    dashed = [line for line in roc.lines if line.get_linestyle() == "--"]
    assert [list(line.get_xdata()) for line in dashed] == [[0.5, 0.5]]
    ticks = [path.vertices[0, 0] for group in pr.collections for path in group.get_paths() if group.get_zorder() == 0]
    assert ticks == [0.5, 0.25, 0]
    crosses = [list(line.get_xdata()) for line in roc.lines if line.get_marker() == "x"]
    assert crosses[0] == [0.814] and np.isnan(crosses[1][0])


@pytest.mark.parametrize("data", [roc.prepare, auc_by_location.prepare])
def test_scores_that_cannot_be_drawn_are_refused(scores, data):
    with pytest.raises(InputError, match="The model absent has no scores") as error:
        data(scores, "absent")
    assert "net, other" in str(error.value)
    with pytest.raises(InputError, match="no column fold, truth"):
        data(scores.drop(columns=["fold", "truth"]), "net")
    scores.loc[5, "score"] = np.nan
    with pytest.raises(InputError, match="no score for A1 at nucleus"):
        data(scores, "net")


# -- tables


def test_comparison_data_orders_metrics_and_sets_constants_apart(table):
    data = comparison.prepare(table, ALWAYS)
    assert pd.unique(data["metric"]).tolist() == ["accuracy", "auc_macro", "subset_accuracy", "f1", "hamming_loss"]
    accuracy = data[data["metric"] == "accuracy"]
    assert accuracy["model"].tolist() == ["net", "toy", "always_nucleus", "always_nucleus_exosome_cytoplasm"]
    assert accuracy["drawn"].tolist() == ["row", "row", "line", "line"]


def test_a_model_that_answers_as_a_line_does_is_not_drawn_again(table):
    """A best constant is one of the two constants; a network that happens to have a line's numbers is none."""
    best = table[table["model"] == "always_nucleus"].assign(model="best", label="Best constant", fold_sd=0.0)
    table.loc[table["model"] == "always_nucleus", "fold_sd"] = 0.0
    data = comparison.prepare(pd.concat([table, best]), ALWAYS)
    assert set(data["model"]) == set(table["model"])
    data = comparison.prepare(pd.concat([table, best.assign(fold_sd=0.01)]), ALWAYS)
    assert set(data["model"]) == {*table["model"], "best"}


def test_comparison_without_the_papers_values(table):
    data = comparison.prepare(table.drop(columns="paper"), ALWAYS)
    assert data["paper"].isna().all()
    figure = comparison.draw(data)
    keys = [text.get_text() for text in figure.axes[5].get_legend().get_texts()]
    assert keys == [
        "folds, mean ± sd",
        "ensemble, interval",
        "always nucleus",
        "always nucleus,\nexosome,\ncytoplasm",
    ]


def test_draw_comparison_has_a_panel_per_metric_and_a_row_per_model(table):
    table.loc[table["model"] == "net", ["fold_sd", "ensemble_low"]] = np.nan
    figure = comparison.draw(comparison.prepare(table, ALWAYS))
    assert [axes.get_title("left") for axes in figure.axes] == [
        "Accuracy",
        "AUC (macro)",
        "Subset accuracy",
        "F1",
        "Hamming loss\n(lower is better)",
        "",
    ]
    names = [label.get_text() for label in figure.axes[0].get_yticklabels()]
    assert names == ["Our network", "A toy with a\nrather long\ndisplay name"]
    lines = figure.axes[0].lines
    assert [(line.get_linestyle(), line.get_xdata()[0]) for line in lines if line.get_linestyle() in "--:"][:2] == [
        ("--", 0.52),
        (":", 0.52),
    ]
    for marker, value in (("o", 0.5), ("D", 0.52), ("x", 0.6)):
        assert [list(line.get_xdata()) for line in lines if line.get_marker() == marker] == [[value], [value]]


def test_comparison_refuses_a_table_it_cannot_draw(table):
    with pytest.raises(InputError, match="no column label, ensemble"):
        comparison.prepare(table.drop(columns=["label", "ensemble"]), ALWAYS)
    with pytest.raises(InputError, match="none of the metrics") as error:
        comparison.prepare(table[table["metric"] == "f1_micro"], ALWAYS)
    assert "found: f1_micro" in str(error.value)


def test_confusion_data_takes_the_mean_score_at_one_half():
    scores = pd.concat(
        [
            # Mean scores: .5 (just predicted), .45, .8, .1
            long("net", "nucleus", [1, 1, 1, 0], [[0.9, 0.8, 0.8, 0.1], [0.1, 0.1, 0.8, 0.1]]),
            long("net", "exosome", [0, 0, 1, 1], [[0.1, 0.1, 0.9, 0.1], [0.1, 0.1, 0.9, 0.1]]),
        ]
    )
    data = confusion.prepare(scores, "net")
    assert pd.unique(data["observed"]).tolist() == ["none", "N", "E", "NE"]
    counted = data[data["mirnas"] > 0]
    assert counted.to_numpy().tolist() == [["N", "none", 1], ["N", "N", 1], ["E", "none", 1], ["NE", "NE", 1]]
    assert len(data) == 16
    figure = confusion.draw(data, ["nucleus", "exosome"])
    (axes,) = figure.axes
    assert [text.get_text() for text in axes.texts] == ["1"] * 4
    assert axes.get_title("center") == "N nucleus, E exosome\n2 of 4 exactly right (framed)"
    assert [label.get_text() for label in axes.get_xticklabels()] == ["none", "N", "E", "NE"]
    assert "predicted" in axes.get_xlabel() and "observed" in axes.get_ylabel()


def test_letters_stay_apart():
    assert confusion.letters(["nucleus", "nucleolus", "exosome", "exo"]) == {
        "nucleus": "Nucleu",
        "nucleolus": "Nucleo",
        "exosome": "Exos",
        "exo": "Exo",
    }
    assert list(confusion.letters(LOCATIONS).values()) == ["N", "E", "C", "M"]


# -- from tables to files


@pytest.mark.parametrize(
    ("figure", "inputs", "options", "drawing"),
    [
        ("lengths", ["mirnas"], {"locations": LOCATIONS}, {}),
        ("roc", ["scores", "paper"], {"model": "net"}, {}),
        ("comparison", ["table"], {"constants": ALWAYS}, {}),
        ("confusion", ["scores"], {"model": "net"}, {"locations": ["nucleus", "exosome", "microvesicle"]}),
    ],
)
def test_a_figure_is_drawn_of_tables_and_kept_with_its_data(
    mirnas, scores, table, tmp_path, figure, inputs, options, drawing
):
    tables = {"mirnas": mirnas, "scores": scores, "paper": PAPER, "table": table}
    paths = {name: str(tmp_path / f"{name}.tsv") for name in inputs}
    for name, path in paths.items():
        tables[name].to_csv(path, sep="\t", index=False)
    outputs = {name: str(tmp_path / f"figure.{name}") for name in ("pdf", "png")} | {"data": str(tmp_path / "data.tsv")}
    draw_figure(figure, paths, options, drawing, **outputs, note="Simulated")
    assert (tmp_path / "figure.png").read_bytes().startswith(b"\x89PNG")
    assert (tmp_path / "figure.pdf").read_bytes().startswith(b"%PDF")
    expected = module_of(figure).prepare(**{name: tables[name] for name in inputs}, **options)
    assert pd.read_csv(tmp_path / "data.tsv", sep="\t").shape == expected.shape


def test_a_figure_of_a_table_that_is_missing(tmp_path):
    outputs = {name: str(tmp_path / name) for name in ("pdf", "png", "data")}
    with pytest.raises(InputError, match="A table is missing"):
        draw_figure(
            "comparison", {"table": str(tmp_path / "absent.tsv")}, {"constants": ALWAYS}, {}, **outputs, note=""
        )
    assert list(tmp_path.iterdir()) == []


# -- style


def test_locations_keep_their_colour_whatever_the_order():
    own = colours.location_colours(LOCATIONS)
    assert own == {location: colours.location_colours([location])[location] for location in LOCATIONS}
    more = colours.location_colours(["axon", *LOCATIONS, "mitochondrion"])
    assert own.items() <= more.items() and len(set(more.values())) == 6


def test_every_figure_draws_a_location_in_its_colour(mirnas, scores):
    colour = colours.location_colours(LOCATIONS)["nucleus"].lower()
    counts = label_counts.draw(label_counts.prepare(mirnas, LOCATIONS))
    assert to_hex(counts.axes[0].patches[0].get_facecolor()) == colour
    violins = lengths.draw(lengths.prepare(mirnas, LOCATIONS))
    assert to_hex(violins.axes[2].patches[0].get_facecolor()) == colour
    sets = upset.draw(upset.prepare(mirnas, LOCATIONS))
    tints = {to_hex(patch.get_facecolor()) for axes in sets.axes for patch in axes.patches}
    assert to_hex(colours.tint(colour, 0.35)) in tints
    for name in ("roc", "pr"):
        figure = module_of(name).draw(module_of(name).prepare(scores, "net"))
        assert figure.axes[0].lines[1].get_color().lower() == colour
    areas = auc_by_location.draw(auc_by_location.prepare(scores, "net"))
    assert areas.axes[0].lines[0].get_color().lower() == colour


def test_ink_is_legible_on_light_and_dark():
    assert [colours.ink_on(colour) for colour in ("#FFFFFF", "#F0E442", "#0072B2", "#000000")] == [
        "black",
        "black",
        "white",
        "white",
    ]


def all_figures(mirnas, scores, table):
    """Draw every figure there is."""
    for name in ("upset", "label_counts", "lengths"):
        data = module_of(name).prepare(mirnas, LOCATIONS)
        yield name, module_of(name).draw(data)
    for name in ("roc", "pr", "auc_by_location"):
        data = module_of(name).prepare(scores, "net", PAPER)
        yield name, module_of(name).draw(data)
    yield "comparison", comparison.draw(comparison.prepare(table, ALWAYS))
    counts = confusion.prepare(scores, "net")
    yield "confusion", confusion.draw(counts, ["nucleus", "exosome", "microvesicle"])


def test_figures_are_a_column_wide_legible_and_not_clipped(mirnas, scores, table):
    for name, figure in all_figures(mirnas, scores, table):
        with matplotlib.rc_context(style.RC):
            figure.draw_without_rendering()
            tight = figure.get_tightbbox()
        width, height = figure.get_size_inches()
        assert width == pytest.approx(style.WIDTH), name
        assert tight.x0 >= -0.01 and tight.y0 >= -0.01 and tight.x1 <= width + 0.01 and tight.y1 <= height + 0.01, name
        sizes = [text.get_fontsize() for text in figure.findobj(matplotlib.text.Text) if text.get_text()]
        assert min(sizes) >= 7, name


def test_drawing_leaves_the_callers_settings_alone(mirnas):
    before = dict(matplotlib.rcParams)
    label_counts.draw(label_counts.prepare(mirnas, LOCATIONS))
    assert dict(matplotlib.rcParams) == before


def test_saving_twice_gives_the_same_bytes(mirnas, scores, table, tmp_path, monkeypatch):
    # Coarser than they are published, which takes a fraction of the time.
    monkeypatch.setitem(style.RC, "savefig.dpi", 50)
    drawn = [dict(all_figures(mirnas, scores, table)) for _ in range(2)]
    for name in drawn[0]:
        for number, figures in enumerate(drawn):
            style.save(figures[name], tmp_path / f"{number}.pdf", tmp_path / f"{number}.png")
        for kind in ("pdf", "png"):
            assert (tmp_path / f"0.{kind}").read_bytes() == (tmp_path / f"1.{kind}").read_bytes(), (name, kind)
    assert b"CreationDate" not in (tmp_path / "0.pdf").read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["0.pdf", "0.png", "1.pdf", "1.png"]


def test_another_process_saves_the_same_bytes(tmp_path):
    program = (
        "import sys, pandas as pd\n"
        "from mmlmirloc.reporting import style\n"
        "from mmlmirloc.reporting.figures import label_counts\n"
        "data = pd.DataFrame([('nucleus', 1, 2, 2)], columns=['location', 'labels_held', 'mirnas', 'total'])\n"
        "style.save(label_counts.draw(data), sys.argv[1] + '.pdf', sys.argv[1] + '.png')\n"
    )
    for seed in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)}
        subprocess.run([sys.executable, "-c", program, str(tmp_path / seed)], env=environment, check=True)
    for kind in ("pdf", "png"):
        assert (tmp_path / f"1.{kind}").read_bytes() == (tmp_path / f"2.{kind}").read_bytes()


def test_a_note_is_printed_with_the_picture(tmp_path):
    for note in ("", "Control data (simulated)"):
        style.save(Figure(figsize=(3, 1)), tmp_path / "drawn.pdf", tmp_path / "drawn.png", note)
        ink = matplotlib.image.imread(tmp_path / "drawn.png")[:, :, :3] < 0.9
        assert ink.any() == bool(note)
