"""One ambiguity at a time: each variant against the default, paired where the test rows are the same."""

import math

import pandas as pd
import pytest
from mmlmirloc.evaluation.summary import COLUMNS

from mmlmirloc.errors import InputError
from mmlmirloc.evaluation.metrics import MAIN_METRICS
from mmlmirloc.files import read_table
from mmlmirloc.reporting.sensitivity import Variant, write_sensitivity

LOCATIONS = ["nucleus", "exosome"]
TRUTH = [(1, 0), (1, 1), (0, 1), (1, 0)]
# At 0.5 the first fold model has all four rows right; the second calls the last row nucleus + exosome.
RIGHT = [(0.9, 0.1), (0.8, 0.7), (0.2, 0.9), (0.7, 0.3)]
WRONG = [(0.9, 0.1), (0.8, 0.7), (0.2, 0.9), (0.7, 0.6)]


@pytest.fixture
def scores(tmp_path):
    """A writer of long scores: folds of rows of one score per location."""

    def write(name, folds, truth=TRUTH, prefix="A"):
        lines = [
            (1, f"{prefix}{row}", location, fold, score[place], truth[row][place])
            for fold, rows in enumerate(folds, start=1)
            for row, score in enumerate(rows)
            for place, location in enumerate(LOCATIONS)
        ]
        path = tmp_path / f"{name}.tsv"
        pd.DataFrame(lines, columns=COLUMNS).to_csv(path, sep="\t", index=False)
        return str(path)

    return write


def measure(tmp_path, variants, **changed):
    """The table of the variants by value and metric, and the Markdown."""
    paths = tmp_path / "sensitivity.tsv", tmp_path / "sensitivity.md"
    settings = {"draws": 50, "level": 0.9, "seed": 3, "caption": "One at a time", "note": ""} | changed
    write_sensitivity(variants, LOCATIONS, output=paths[0], markdown=paths[1], **settings)
    table = read_table(paths[0], text=["setting", "value", "metric"])
    return table.set_index(["value", "metric"]), paths[1].read_text(encoding="utf-8")


def default(scores):
    return Variant("default", "", 0.5, 1, scores("default", [RIGHT, WRONG]))


def test_the_default_has_its_fold_mean_and_no_difference_to_itself(tmp_path, scores):
    table, _ = measure(tmp_path, [default(scores)])
    assert list(table.loc[""].index) == list(MAIN_METRICS)
    # Row accuracies 1 1 1 1 and 1 1 1 1/2; one label of eight wrong in the second fold; exosome's areas 1 and 1.
    expected = {"accuracy": 0.9375, "auc_macro": 1.0, "subset_accuracy": 0.875, "hamming_loss": 0.0625}
    assert table.loc[""].loc[list(expected), "fold_mean"].to_dict() == pytest.approx(expected)
    # Two values 1 and 0.875: sd 0.125 / sqrt(2).
    assert table.loc[("", "accuracy"), "fold_sd"] == pytest.approx(0.125 / math.sqrt(2), rel=1e-5)
    assert (table[["difference", "difference_low", "difference_high"]] == 0).all(axis=None)
    assert (table["fold_mean_low"] <= table["fold_mean"]).all() and (
        table["fold_mean"] <= table["fold_mean_high"]
    ).all()
    assert table.loc[("", "accuracy"), "fold_mean_low"] < table.loc[("", "accuracy"), "fold_mean_high"]


def test_equal_scores_on_the_same_rows_leave_a_pair_no_room(tmp_path, scores):
    table, markdown = measure(
        tmp_path, [default(scores), Variant("k", "3", 0.5, 1, scores("same", [RIGHT, WRONG]))], draws=20
    )
    assert (table.loc["3", ["difference", "difference_low", "difference_high"]] == 0).all(axis=None)
    assert "+0.0000 [+0.000, +0.000]" in markdown


def test_a_variant_that_is_never_worse_has_a_paired_interval_from_0_up(tmp_path, scores):
    table, _ = measure(tmp_path, [default(scores), Variant("k", "3", 0.5, 1, scores("better", [RIGHT, RIGHT]))])
    row = table.loc[("3", "subset_accuracy")]
    # The fourth row of the second of two fold models: 1/8. It is drawn 0 to 4 times of 4, so 0 to 1/2.
    assert row["difference"] == pytest.approx(0.125)
    assert row["difference_low"] == 0 and 0.125 <= row["difference_high"] <= 0.5
    assert (row["difference_high"] * 8) % 1 == pytest.approx(0, abs=1e-4)
    # Lower is better of the Hamming loss: the difference has the other sign.
    assert table.loc[("3", "hamming_loss"), "difference"] == pytest.approx(-0.0625)
    assert table.loc[("3", "hamming_loss"), "difference_high"] == 0


def test_a_threshold_changes_the_sets_and_not_the_ranking(tmp_path, scores):
    first = default(scores)
    table, _ = measure(tmp_path, [first, Variant("threshold", "0.65", 0.65, 1, first.scores)])
    # Exosome's 0.6 of the last row is no longer predicted: all is right.
    assert table.loc[("0.65", "accuracy"), ["fold_mean", "difference"]].tolist() == pytest.approx([1, 0.0625])
    assert table.loc[("0.65", "auc_macro"), ["difference", "difference_high"]].tolist() == [0, 0]


@pytest.mark.parametrize(
    "changed",
    [
        {"prefix": "B"},
        {"truth": [(1, 0), (1, 1), (0, 1), (1, 1)]},
        {"truth": [*TRUTH, (1, 0)], "folds": [[*RIGHT, (0.9, 0.1)]] * 2},
    ],
    ids=["other rows", "other labels of the same rows", "more rows"],
)
def test_other_test_rows_are_not_paired(tmp_path, scores, changed):
    folds = changed.pop("folds", [RIGHT, RIGHT])
    table, markdown = measure(
        tmp_path, [default(scores), Variant("split", "2", 0.5, 1, scores("other", folds, **changed))]
    )
    assert table.loc["2", ["difference_low", "difference_high"]].isna().all(axis=None)
    assert table.loc["2", "difference"].notna().all() and table.loc["2", "fold_mean_low"].notna().all()
    # One such cell per metric, also where the difference happens to be 0.
    assert markdown.count("(not paired)") == len(MAIN_METRICS)


def test_a_variant_is_measured_on_its_own_repeat_of_the_scores(tmp_path, scores):
    """A file whose first repeat is never right, and whose second one always is, of other rows."""
    never = [[(1 - nucleus, 1 - exosome) for nucleus, exosome in TRUTH]]
    parts = [
        read_table(scores(name, folds, prefix=prefix), text=["accession", "location"]).assign(repeat=repeat)
        for name, folds, prefix, repeat in (("first", never, "A", 1), ("second", [RIGHT], "B", 2))
    ]
    path = str(tmp_path / "both.tsv")
    pd.concat(parts).to_csv(path, sep="\t", index=False)
    table, _ = measure(
        tmp_path, [default(scores), *(Variant("split", str(repeat), 0.5, repeat, path) for repeat in (1, 2))]
    )
    assert table.loc[("1", "subset_accuracy"), "fold_mean"] == 0
    assert table.loc[("2", "subset_accuracy"), "fold_mean"] == 1
    # Only the first repeat's rows are those of the default.
    assert table.loc["1", "difference_low"].notna().all() and table.loc["2", "difference_low"].isna().all()


def test_the_markdown_has_the_default_in_one_line_and_each_variant_in_two(tmp_path, scores):
    variants = [
        default(scores),
        # The same words twice: neither may swallow the other.
        Variant("views", "by position", 0.5, 1, scores("a", [RIGHT, RIGHT])),
        Variant("views", "by position", 0.5, 1, scores("b", [WRONG, WRONG])),
    ]
    _, markdown = measure(tmp_path, variants, note="Simulated")
    assert markdown.startswith("# One at a time\n\n**Simulated**\n\n| setting")
    lines = [line for line in markdown.splitlines() if line.startswith("|")]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    assert rows[0][:3] == ["setting", "value", "fold models"]
    assert [head for head in rows[0] if "lower is better" in head] == ["Hamming loss (lower is better)"]
    assert [row[:4] for row in rows[2:]] == [
        ["**default**", "", "mean ± sd", "0.9375 ± 0.0884"],
        ["**views**", "by position", "mean ± sd", "1.0000 ± 0.0000"],
        ["", "", "difference", rows[4][3]],
        ["**views**", "by position", "mean ± sd", "0.8750 ± 0.0000"],
        ["", "", "difference", rows[6][3]],
    ]
    assert rows[4][3].startswith("+0.0625 [+0.000, ") and rows[6][3].startswith("-0.0625 [-")


def test_one_fold_model_has_no_sd(tmp_path, scores):
    table, markdown = measure(tmp_path, [Variant("default", "", 0.5, 1, scores("one", [WRONG]))])
    assert table["fold_sd"].isna().all() and "0.8750 " in markdown and "±  " not in markdown


def test_the_same_seed_gives_the_same_bytes(tmp_path, scores):
    variants = [default(scores), Variant("k", "3", 0.5, 1, scores("better", [RIGHT, RIGHT]))]
    written = []
    for _ in range(2):
        measure(tmp_path, variants)
        written.append((tmp_path / "sensitivity.tsv").read_bytes())
    assert written[0] == written[1]


def test_scores_that_are_not_whole_are_refused(tmp_path, scores):
    path = scores("cut", [RIGHT, WRONG])
    table = read_table(path, text=["accession", "location"])
    table.iloc[:-1].to_csv(path, sep="\t", index=False)
    with pytest.raises(InputError, match="lines are missing, repeated or out of order"):
        measure(tmp_path, [Variant("default", "", 0.5, 1, path)])
