"""Controls: the interval of shuffled labels by hand, and what counts as found."""

import pandas as pd
import pytest

from mmlmirloc.errors import InputError
from mmlmirloc.evaluation.controls import measure_controls
from mmlmirloc.files import read_table
from mmlmirloc.reporting.controls_table import write_controls

COLUMNS = ["comparison", "model", "label", "metric", "rule", "repeats", "mean", "sd", "ci_low", "ci_high"]
# Four models: each interval has the level 1 - .05/4 = .9875. Of 25 repeats t(.99375, 24) = 2.70 and the standard error
# is sd / 5; of three repeats t(.99375, 2) = 8.86 and it is sd / sqrt(3). Intervals of the summary are not used.
SHUFFLED = {
    "network": (25, 0.51, 0.05, 0.511, 0.512),
    "forest": (25, 0.53, 0.05, 0.4, 0.6),
    "era": (3, 0.6, 0.03, 0.55, 0.65),
    "always_nucleus": (25, 0.5, 0.0, 0.5, 0.5),
}
T_24, T_2 = 2.70, 8.86
PLANTED = {
    # Found only where the whole interval is above one half.
    "network": (3, 0.9, 0.02, 0.501, 0.95),
    "forest": (3, 0.8, 0.2, 0.5, 1.0),
    "era": (3, 0.6, 0.01, 0.55, 0.65),
    "always_nucleus": (3, 0.5, 0.0, 0.5, 0.5),
}
OF_SEQUENCES = ["network", "forest"]


def write(folder, shuffled=SHUFFLED, planted=PLANTED, level=0.95, note=""):
    for name, models in (("shuffled", shuffled), ("planted", planted)):
        rows = []
        for model, values in models.items():
            # Neither another metric, a reading or rule's line nor another comparison must be taken.
            for comparison, metric, rule in [
                ("trust", "accuracy", "fixed"),
                ("trust", "auc_macro", "fold_mean"),
                ("trust", "auc_macro", ""),
                ("trust", "auc_within_fifths", ""),
                ("trust", "auc_within_twentieths", ""),
                ("beyond", "auc_macro", ""),
            ]:
                taken = (comparison, metric, rule) == ("trust", "auc_macro", "")
                numbers = values if taken else (7, 0.99, 0.001, 0.98, 1)
                rows.append([comparison, model, f"The {model}", metric, rule, *numbers])
        pd.DataFrame(rows, columns=COLUMNS).to_csv(folder / f"{name}.tsv", sep="\t", index=False)
    paths = [folder / name for name in ("measured.tsv", "controls.tsv", "controls.md")]
    measure_controls(folder / "shuffled.tsv", folder / "planted.tsv", "trust", OF_SEQUENCES, level, paths[0])
    write_controls(paths[0], level, note, *paths[1:])
    # The page's table is what was measured.
    assert paths[0].read_bytes() == paths[1].read_bytes()
    table = read_table(paths[1], text=["control", "model", "label", "expected", "outcome", "as_expected"])
    return table.set_index(["control", "model"]), paths[2].read_text(encoding="utf-8")


def test_layout(tmp_path):
    table, _ = write(tmp_path)
    numbers = ["repeats", "auc_macro", "sd", "ci_low", "ci_high"]
    assert table.columns.tolist() == ["label", *numbers, "expected", "outcome", "as_expected"]
    assert table.index.tolist() == [(control, model) for control in ("shuffled", "planted") for model in SHUFFLED]
    assert table.loc[("planted", "forest"), "label"] == "The forest"
    for model, values in PLANTED.items():
        assert table.loc[("planted", model), numbers].tolist() == list(values)


@pytest.mark.parametrize(
    ("model", "half", "outcome", "as_expected"),
    [
        # .01 holds .51 +- .027.
        ("network", T_24 * 0.01, "not found", "yes"),
        # .53 +- .027 does not hold .5.
        ("forest", T_24 * 0.01, "found", "no"),
        # .6 +- .153 holds it, though with the t of 25 repeats it would not.
        ("era", T_2 * 0.03 / 3**0.5, "not found", "yes"),
        ("always_nucleus", 0, "not found", "yes"),
    ],
)
def test_intervals_of_shuffled_labels_by_hand(tmp_path, model, half, outcome, as_expected):
    line = write(tmp_path)[0].loc[("shuffled", model)]
    mean = SHUFFLED[model][1]
    assert [line.ci_low, line.ci_high] == pytest.approx([mean - half, mean + half], abs=3e-4)
    assert [line.expected, line.outcome, line.as_expected] == ["not found", outcome, as_expected]


def test_all_intervals_of_shuffled_labels_hold_at_once(tmp_path):
    # .5 lies 2.4 standard errors from the mean: outside an interval of its own (t(.975, 24) = 2.06), inside one of
    # four (2.70).
    one = {"network": (25, 0.524, 0.05, 0.4, 0.6)}
    assert write(tmp_path, one)[0].loc[("shuffled", "network"), "outcome"] == "found"
    assert write(tmp_path, SHUFFLED | one)[0].loc[("shuffled", "network"), "outcome"] == "not found"
    # Below one half is as wrong as above.
    below = {"network": (25, 0.476, 0.05, 0.4, 0.6)}
    assert write(tmp_path, below)[0].loc[("shuffled", "network"), "outcome"] == "found"
    # A level of .99 of one: t(.995, 24) = 2.80.
    assert write(tmp_path, one, level=0.99)[0].loc[("shuffled", "network"), "outcome"] == "not found"


@pytest.mark.parametrize(
    ("model", "expected", "outcome", "as_expected"),
    [
        ("network", "found", "found", "yes"),
        ("forest", "found", "not found", "no"),
        # What sees no sequence may find something or not.
        ("era", "", "found", ""),
        ("always_nucleus", "", "not found", ""),
    ],
)
def test_planted_labels(tmp_path, model, expected, outcome, as_expected):
    line = write(tmp_path)[0].loc[("planted", model)]
    assert [line.expected, line.outcome, line.as_expected] == [expected, outcome, as_expected]


ONE = {"network": (1, 0.56, None, None, None), "forest": (1, 0.5, None, None, None)}


def test_one_repeat_of_planted_labels_goes_by_its_value(tmp_path):
    table, text = write(tmp_path, planted=ONE)
    assert table.loc[("planted", "network"), "outcome"] == "found"
    assert table.loc[("planted", "forest"), "outcome"] == "not found"
    assert "| The network | 1 | 0.560 | – | found | yes |" in " ".join(text.split())


def test_one_repeat_of_shuffled_labels_shows_nothing_found(tmp_path):
    table, _ = write(tmp_path, shuffled=ONE)
    assert table.loc["shuffled"][["ci_low", "ci_high"]].isna().all(axis=None)
    assert "found" not in table.loc["shuffled", "outcome"].tolist()


def test_the_page(tmp_path):
    text = write(tmp_path, note="Not of real records.")[1]
    assert text.startswith("# Controls\n\n**Not of real records.**\n\nMacro AUC is")
    assert "(95% at once)" in text
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line[:1] == "|"]
    assert rows[0] == ["model", "repeats", "macro AUC", "interval", "outcome", "as expected"]
    assert ["The always_nucleus", "25", "0.500", "[0.500, 0.500]", "not found", "yes"] in rows
    assert ["The era", "3", "0.600", "[0.550, 0.650]", "found", "nothing expected"] in rows
    # Two tables of a head, a rule and four models.
    assert len(rows) == 12


def test_a_page_of_a_table_without_a_column_is_refused(tmp_path):
    (tmp_path / "measured.tsv").write_text("control\tmodel\tlabel\n")
    with pytest.raises(InputError, match="no column repeats, auc_macro"):
        write_controls(tmp_path / "measured.tsv", 0.95, "", tmp_path / "t.tsv", tmp_path / "t.md")
