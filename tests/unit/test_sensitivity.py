"""One ambiguity at a time: each variant against the default, paired where the test rows are the same."""

import math

import pytest
from score_files import LOCATIONS, change_lines, row_names, rows_file, scores_file

from mmlmirloc.errors import InputError
from mmlmirloc.evaluation.metrics import MAIN_METRICS
from mmlmirloc.evaluation.sensitivity import COLUMNS, DIFFERENCE, Variant, measure_sensitivity
from mmlmirloc.files import read_table
from mmlmirloc.reporting.sensitivity import write_sensitivity

TRUTH = [(1, 0), (1, 1), (0, 1), (1, 0)]
# At 0.5 the first fold model has all four rows right; the second calls the last row nucleus + exosome.
RIGHT = [(0.9, 0.1), (0.8, 0.7), (0.2, 0.9), (0.7, 0.3)]
WRONG = [(0.9, 0.1), (0.8, 0.7), (0.2, 0.9), (0.7, 0.6)]


@pytest.fixture
def scored(tmp_path):
    """A writer of the scores of one model and of the test rows; the two paths."""

    def write(name, folds, truth=TRUTH, prefix="A", model="net", repeat=1):
        names = {repeat: [f"{prefix}{row}" for row in range(len(truth))]}
        return (
            str(scores_file(tmp_path / f"{name}.tsv", {model: {repeat: folds}}, names=names)),
            str(rows_file(tmp_path / f"{name}-test.tsv", {repeat: truth}, names=names)),
        )

    return write


def measure(tmp_path, variants, draws=50, note=""):
    """The table of the variants by value and metric, and the page."""
    paths = [tmp_path / name for name in ("measured.tsv", "sensitivity.tsv", "sensitivity.md")]
    measure_sensitivity(variants, paths[0], LOCATIONS, draws=draws, level=0.9, seed=3)
    write_sensitivity(paths[0], "One at a time", note, *paths[1:])
    # The page's table is what was measured.
    assert paths[0].read_bytes() == paths[1].read_bytes()
    table = read_table(paths[0], text=["setting", "value", "metric"])
    assert table.columns.tolist() == [*COLUMNS, *DIFFERENCE]
    return table.set_index(["value", "metric"]), paths[2].read_text(encoding="utf-8")


def variant(setting, value, files, threshold=0.5, repeat=1, model="net"):
    return Variant(setting, value, model, threshold, repeat, *files)


def default(scored):
    return variant("default", "", scored("default", [RIGHT, WRONG]))


def test_the_default_has_its_fold_mean_and_no_difference_to_itself(tmp_path, scored):
    table, _ = measure(tmp_path, [default(scored)])
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


def test_equal_scores_on_the_same_rows_leave_a_pair_no_room(tmp_path, scored):
    table, markdown = measure(tmp_path, [default(scored), variant("k", "3", scored("same", [RIGHT, WRONG]))], draws=20)
    assert (table.loc["3", ["difference", "difference_low", "difference_high"]] == 0).all(axis=None)
    assert "+0.0000 [+0.000, +0.000]" in markdown


def test_a_variant_that_is_never_worse_has_a_paired_interval_from_0_up(tmp_path, scored):
    table, _ = measure(tmp_path, [default(scored), variant("k", "3", scored("better", [RIGHT, RIGHT]))])
    row = table.loc[("3", "subset_accuracy")]
    # The fourth row of the second of two fold models: 1/8. It is drawn 0 to 4 times of 4, so 0 to 1/2.
    assert row["difference"] == pytest.approx(0.125)
    assert row["difference_low"] == 0 and 0.125 <= row["difference_high"] <= 0.5
    assert (row["difference_high"] * 8) % 1 == pytest.approx(0, abs=1e-4)
    # Lower is better of the Hamming loss: the difference has the other sign.
    assert table.loc[("3", "hamming_loss"), "difference"] == pytest.approx(-0.0625)
    assert table.loc[("3", "hamming_loss"), "difference_high"] == 0


def test_a_threshold_changes_the_sets_and_not_the_ranking(tmp_path, scored):
    first = default(scored)
    table, _ = measure(tmp_path, [first, variant("threshold", "0.65", (first.scores, first.test), threshold=0.65)])
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
def test_other_test_rows_are_not_paired(tmp_path, scored, changed):
    folds = changed.pop("folds", [RIGHT, RIGHT])
    table, markdown = measure(tmp_path, [default(scored), variant("split", "2", scored("other", folds, **changed))])
    assert table.loc["2", ["difference_low", "difference_high"]].isna().all(axis=None)
    assert table.loc["2", "difference"].notna().all() and table.loc["2", "fold_mean_low"].notna().all()
    # One such cell per metric, also where the difference happens to be 0.
    assert markdown.count("(not paired)") == len(MAIN_METRICS)


def test_a_variant_is_measured_on_its_own_model_and_repeat(tmp_path, scored):
    """A model whose first repeat is never right, and whose second one always is, of other rows; beside another."""
    never = [[(1 - nucleus, 1 - exosome) for nucleus, exosome in TRUTH]]
    names = {1: [f"A{row}" for row in range(4)], 2: row_names(2, 4)}
    models = {"other": {1: [RIGHT], 2: [WRONG]}, "net": {1: never, 2: [RIGHT]}}
    files = (
        str(scores_file(tmp_path / "both.tsv", models, names=names)),
        str(rows_file(tmp_path / "both-test.tsv", {1: TRUTH, 2: TRUTH}, names=names)),
    )
    variants = [variant("split", str(repeat), files, repeat=repeat) for repeat in (1, 2)]
    variants.append(variant("model", "other", files, model="other"))
    table, _ = measure(tmp_path, [default(scored), *variants])
    assert table.loc[("1", "subset_accuracy"), "fold_mean"] == 0
    assert table.loc[("2", "subset_accuracy"), "fold_mean"] == 1
    assert table.loc[("other", "subset_accuracy"), "fold_mean"] == 1
    # Only the first repeat's rows are those of the default.
    assert table.loc["1", "difference_low"].notna().all() and table.loc["2", "difference_low"].isna().all()


def test_the_markdown_has_the_default_in_one_line_and_each_variant_in_two(tmp_path, scored):
    variants = [
        default(scored),
        # The same words twice: neither may swallow the other.
        variant("views", "by position", scored("a", [RIGHT, RIGHT])),
        variant("views", "by position", scored("b", [WRONG, WRONG])),
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


def test_one_fold_model_has_no_sd(tmp_path, scored):
    table, markdown = measure(tmp_path, [variant("default", "", scored("one", [WRONG]))])
    assert table["fold_sd"].isna().all() and "0.8750 " in markdown and "±  " not in markdown


def test_the_same_seed_gives_the_same_bytes(tmp_path, scored):
    variants = [default(scored), variant("k", "3", scored("better", [RIGHT, RIGHT]))]
    written = []
    for _ in range(2):
        measure(tmp_path, variants)
        written.append((tmp_path / "sensitivity.tsv").read_bytes())
    assert written[0] == written[1]


def test_scores_that_are_not_whole_are_refused(tmp_path, scored):
    files = scored("cut", [RIGHT, WRONG])
    change_lines(tmp_path / "cut.tsv", lambda lines: lines[:-1])
    with pytest.raises(InputError, match="lines are missing, repeated or out of order"):
        measure(tmp_path, [variant("default", "", files)])


@pytest.mark.parametrize(("changes", "missing"), [({"model": "absent"}, "model absent"), ({"repeat": 2}, "repeat 2")])
def test_a_model_or_repeat_that_is_not_there(tmp_path, scored, changes, missing):
    files = scored("scores", [RIGHT])
    with pytest.raises(InputError, match=missing) as caught:
        measure(tmp_path, [default(scored), variant("k", "3", files, **changes)])
    assert caught.value.where == files[0] and not (tmp_path / "measured.tsv").exists()


def test_a_repeat_that_has_test_rows_and_no_scores(tmp_path, scored):
    scores, _ = scored("scores", [RIGHT])
    test = str(rows_file(tmp_path / "both.tsv", {1: TRUTH, 2: TRUTH}, names={1: [f"A{row}" for row in range(4)]}))
    with pytest.raises(InputError, match="repeat 2"):
        measure(tmp_path, [variant("k", "3", (scores, test), repeat=2)])


def test_a_table_without_a_column_has_no_page(tmp_path):
    (tmp_path / "measured.tsv").write_text("setting\tvalue\tmetric\tfold_mean\n")
    with pytest.raises(InputError, match="no column fold_sd"):
        write_sensitivity(tmp_path / "measured.tsv", "x", "", tmp_path / "t.tsv", tmp_path / "t.md")
