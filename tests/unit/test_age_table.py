"""The page of predictors that know age alone: the best on validation rows, by hand."""

import pandas as pd
import pytest

from mmlmirloc.reporting.age_table import write_age

LABELS = {"era": "Age", "tree": "A tree", "number": "Number in the name"}


def rules_file(path, values):
    """A table of rules: model -> value of each repeat under the rule fixed; its macro AUC is one minus that."""
    lines = [
        line
        for model, numbers in values.items()
        for repeat, value in enumerate(numbers, start=1)
        for line in ((model, repeat, "fixed", value, 0, 1 - value), (model, repeat, "thresholds", 0.99, 1, 1 - value))
    ]
    table = pd.DataFrame(lines, columns=["model", "repeat", "rule", "value", "chosen", "auc_macro"])
    table.to_csv(path, sep="\t", index=False)
    return path


@pytest.fixture
def written(tmp_path):
    """Write the table of two protocols; return it and the page."""

    def write(objective="accuracy", **second):
        first = {"era": [0.5, 0.7, 0.1], "tree": [0.5, 0.5], "number": [0.4, 0.4], "net": [1, 1]}
        files = [rules_file(tmp_path / "a.tsv", first), rules_file(tmp_path / "b.tsv", second)]
        outputs = tmp_path / "age.tsv", tmp_path / "age.md"
        write_age(files, ["matched", "grouped"], LABELS, "era", objective, 0.5, "A note", *outputs)
        return pd.read_csv(outputs[0], sep="\t").set_index(["metric", "protocol", "model"]), outputs[1].read_text()

    return write


def best(table, metric):
    """Protocol -> the best model by a metric."""
    found = table.loc[metric].query("best == 1").reset_index()
    return dict(zip(found["protocol"], found["model"], strict=True))


def test_means_are_over_the_repeats_that_all_have(written):
    table, page = written(era=[0.3], tree=[0.2], number=[0.4])
    # The third repeat, which era alone has, does not count; nor does another rule, or what is no predictor of age.
    era = table.loc["accuracy", "matched", "era"]
    assert era[["mean", "repeats", "best", "reference"]].tolist() == [0.6, 2, 1, 1]
    assert era["sd"] == pytest.approx(0.02**0.5, abs=1e-6)
    assert best(table, "accuracy") == {"matched": "era", "grouped": "number"}
    assert best(table, "auc_macro") == {"matched": "number", "grouped": "tree"}
    assert "net" not in table.index.get_level_values("model")
    areas, accuracies = page.split("## Accuracy on validation rows")
    assert "| Age (the reference)" in accuracies and "| **0.6000**" in accuracies and "A note" in page
    assert "best of them under `matched`. Another one is better under `grouped` (Number in the name)." in accuracies
    assert "Another one is better under `matched` (Number in the name) and `grouped` (A tree)." in areas
    assert "`matched`, 2 repeats" in areas and "`grouped`, 1 repeat " in areas


def test_a_loss_is_best_where_it_is_lowest(written):
    table, page = written("hamming_loss", era=[0.1], tree=[0.2], number=[0.4])
    assert best(table, "hamming_loss") == {"matched": "number", "grouped": "era"}
    assert "## Hamming loss on validation rows" in page
