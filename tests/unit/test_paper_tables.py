"""The paper's numbers as shipped: what must hold among them does, so that a slip of the pen shows."""

from pathlib import Path

import numpy as np
import pytest

from mmlmirloc.evaluation.metrics import MAIN_METRICS
from mmlmirloc.files import read_table

PAPER = Path(__file__).parents[2] / "resources" / "paper"
HELD = ["held_1", "held_2", "held_3", "held_4"]
SCORES = ["table3", "table4", "table5"]


def table(name):
    return read_table(PAPER / f"{name}.tsv")


@pytest.mark.parametrize(("name", "rows"), [("table1", 420), ("table2", 118)])
def test_counts_add_up(name, rows):
    counts = table(name)
    assert (counts[HELD].sum(axis=1) == counts["count"]).all()
    # Each miRNA with k labels stands in k rows.
    mirnas = counts[HELD].sum() / [1, 2, 3, 4]
    assert (mirnas % 1 == 0).all() and mirnas.sum() == rows


def test_parts_make_the_dataset():
    dataset = table("dataset").set_index("quantity")["value"]
    both = table("table1").set_index("location")["count"] + table("table2").set_index("location")["count"]
    assert both.to_dict() == {name: dataset[name] for name in both.index}
    assert both.to_dict() == {"nucleus": 445, "exosome": 232, "cytoplasm": 229, "microvesicle": 79}
    assert dataset["train"] + dataset["test"] == dataset["mirnas"] == 538
    assert dataset["rnalocate_entries"] == 12781


def test_all_tables_of_scores_share_their_columns():
    for name in SCORES:
        assert list(table(name).columns) == ["model", "label", *MAIN_METRICS]


def test_the_network_has_one_row_of_numbers():
    found = [table(name).set_index("model").loc["mmlmirlocnet", list(MAIN_METRICS)].tolist() for name in SCORES]
    assert found == [[0.6124, 0.5953, 0.3152, 0.7094, 0.2627]] * 3


@pytest.mark.parametrize("name", SCORES)
def test_scores_are_means_over_ten_models_and_118_rows(name):
    # Every subset accuracy of the paper is a whole number of 1180, every Hamming loss one of 4720, rounded or cut.
    for column, whole in (("subset_accuracy", 1180), ("hamming_loss", 4720)):
        for value in table(name)[column]:
            near = np.arange(whole + 1) / whole
            assert (np.abs(near - value) < 1e-4).any()
            assert value in np.round(near, 4) or value in np.floor(near * 1e4) / 1e4


@pytest.mark.parametrize("name", SCORES)
def test_metrics_of_a_row_fit_together(name):
    scores = table(name)
    assert (scores["subset_accuracy"] < scores["accuracy"]).all() and (scores["accuracy"] < scores["f1"]).all()
    # A row of Jaccard J has F1 of 2J/(1+J) at most 1 and concave in J: the mean F1 is below that of the mean.
    assert (scores["f1"] < 2 * scores["accuracy"] / (1 + scores["accuracy"])).all()


def test_what_the_text_says_of_the_tables():
    ablation = table("table4").set_index("model")
    assert ablation.loc["without_mvl", list(MAIN_METRICS)].tolist() == [0.5836, 0.5725, 0.2771, 0.6870, 0.2835]
    for name, beaten in [("table3", "ncrnalocate_el_like"), ("table4", None), ("table5", None)]:
        scores = table(name).set_index("model")
        for metric in MAIN_METRICS:
            best = scores[metric].idxmin() if metric == "hamming_loss" else scores[metric].idxmax()
            assert best == (beaten if beaten and metric == "auc_macro" else "mmlmirlocnet")


def test_areas_of_figure_4():
    areas = table("figure4").set_index("location")
    assert areas["roc_auc"].to_dict() == {"nucleus": 0.814, "cytoplasm": 0.692, "exosome": 0.580, "microvesicle": 0.448}
    assert areas["pr_auc"].to_dict() == {"nucleus": 0.937, "cytoplasm": 0.597, "exosome": 0.556, "microvesicle": 0.147}
