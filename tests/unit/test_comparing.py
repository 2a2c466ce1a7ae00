"""Models of planted quality under one protocol: every column of a comparison by hand, in every reading."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from score_files import row_names
from sklearn.metrics import roc_auc_score

from mmlmirloc.errors import InputError
from mmlmirloc.evaluation.comparing import (
    Comparison,
    Protocol,
    calibration_curves,
    describe_dataset,
    runs_of,
    twice_median,
)
from mmlmirloc.evaluation.measures import MEASURES
from mmlmirloc.evaluation.metrics import MAIN_METRICS, METRICS
from mmlmirloc.evaluation.names import FOLD_MEAN
from mmlmirloc.evaluation.statistics import mcnemar, nadeau_bengio
from mmlmirloc.features import Features
from mmlmirloc.files import write_arrays
from mmlmirloc.scores import Scores
from mmlmirloc.views.cache import save_features

LOCATIONS = ["nucleus", "exosome", "cytoplasm"]
SETS = np.array([[1, 0, 0], [1, 1, 0], [1, 0, 1], [0, 1, 1]])
ROWS, TESTED = 40, 10
#: Rows by accession number, which is not the order of their text: MI8, MI9, MI10.
NAMES = np.array([f"MI{number}" for number in range(1, ROWS + 1)])
TRUTH = SETS[(np.arange(ROWS) + np.arange(ROWS) // 4) % 4]
#: 18 to 21 bases, ten rows of each.
BASES = 18 + np.arange(ROWS) // 10
#: Test rows of repeats 1, 2 and 3.
REPEATS = {repeat: np.arange(repeat, ROWS, 4) for repeat in (1, 2, 3)}
CONSTANTS = ("always", "constant")
#: Of ten test rows, how many each model has right in each repeat: of the others it has every label wrong, so that
#: accuracy, subset accuracy and F1 are the share of right rows, and the Hamming loss that of wrong ones.
RIGHT = {
    "always": {1: 0, 2: 0, 3: 1},
    "constant": {1: 1, 2: 2, 3: 2},
    "era": {1: 1, 2: 2, 3: 2},
    "good": {1: 8, 2: 9, 3: 9},
    "fair": {1: 8, 2: 8, 3: 8},
    "weak": {1: 1, 2: 4, 3: 3},
    # One repeat less than the others.
    "short": {2: 9, 3: 8},
}


def right_in(count, truth):
    """Label sets that are right in the first ``count`` rows and wrong in all labels of the others."""
    return np.where((np.arange(len(truth)) < count)[:, None], truth, 1 - truth)


class Bench:
    """A dataset on disk, and what models make of some of its rows."""

    def __init__(self, folder, accessions=NAMES, truth=TRUTH, bases=BASES, groups=None, locations=LOCATIONS):
        self.folder, self.locations, self.answers, self.trained = folder, locations, {}, 0
        self.truth = pd.DataFrame(truth, index=accessions, columns=locations)
        rows = self.truth.rename_axis("accession").reset_index()
        rows["sequence"] = ["A" * count for count in bases]
        # The file's order is another one than that of the numbers.
        rows.iloc[::-1].to_csv(folder / "mirnas.tsv", sep="\t", index=False)
        groups = np.arange(len(rows)) if groups is None else groups
        pd.DataFrame({"accession": accessions, "group": groups}).to_csv(folder / "groups.tsv", sep="\t", index=False)

    def add(self, model, repeats, truth=None):
        """Add a model: repeat -> accessions, scores of its fold models, calibrated and rule -> label sets."""
        truth = self.truth if truth is None else truth
        scores, numbers, answers = {}, [], []
        for repeat, (accessions, by_fold, calibrated, sets) in repeats.items():
            by_fold, labels = np.array(by_fold, dtype=float), truth.loc[accessions].to_numpy()
            scores[repeat] = Scores(list(accessions), labels, by_fold)
            columns = {"score": by_fold.mean(axis=0), "calibrated": calibrated, "truth": labels}
            part = pd.DataFrame({name: np.ravel(values) for name, values in columns.items()})
            numbers.append(part.assign(repeat=repeat))
            for rule, chosen in sets.items():
                # Nucleus and cytoplasm without exosome are, we say, no training row's set.
                known = [int(list(one) != [1, 0, 1]) for one in chosen]
                table = pd.DataFrame(chosen, columns=self.locations)
                answers.append(table.assign(repeat=repeat, accession=accessions, rule=rule, known=known))
        self.answers[model] = scores, pd.concat(numbers), pd.concat(answers)
        return self

    def compare(
        self, locus=None, level=0.95, constants=CONSTANTS, implication=("cytoplasm", "nucleus"), fewest=2, aged=True
    ):
        dataset = describe_dataset(self.folder / "mirnas.tsv", locus, aged)
        runs = {model: runs_of(*tables, dataset, self.locations, implication) for model, tables in self.answers.items()}
        known = [model for model in constants if model in runs]
        tested = len(next(iter(next(iter(runs.values())).values())).accessions)
        trained = self.trained or len(dataset) - tested
        protocol = Protocol(dataset, self.folder / "groups.tsv", trained, fewest, 0.5, 400, level, 1)
        comparison = Comparison(runs, known, {"era": "era", "full": "good"}, protocol)
        self.summary, self.strata = comparison.summary(), comparison.strata(dataset)
        self.curves = calibration_curves(runs, self.locations)
        return self

    def line(self, model, metric, rule=""):
        lines = self.summary.query("model == @model and metric == @metric and rule == @rule")
        (line,) = lines.itertuples()
        return line


def planted(model, repeats):
    """Arguments of ``add`` for a model of ``RIGHT``: it is all right by the rule thresholds, which constants lack."""
    found = {}
    for repeat, count in repeats.items():
        accessions, truth = NAMES[REPEATS[repeat]], TRUTH[REPEATS[repeat]]
        sets = right_in(count, truth)
        # By the chosen rule as many rows are right, but the last ones: strata tell the two apart.
        rules = {"fixed": sets, "thresholds": truth, "chosen": right_in(count, truth[::-1])[::-1]}
        if model in CONSTANTS:
            del rules["thresholds"]
        scores = (0.3 * sets + 0.7 * np.random.default_rng([repeat, count]).random(truth.shape)).round(3)
        found[repeat] = accessions, [scores, scores], (scores / 2).round(3), rules
    return model, found


def write(folder, right=RIGHT, groups=None):
    bench = Bench(folder, groups=groups)
    for model, repeats in right.items():
        bench.add(*planted(model, repeats))
    return bench


@pytest.fixture(scope="module")
def repeated(tmp_path_factory):
    return write(tmp_path_factory.mktemp("repeated")).compare()


def only_first(right):
    return {model: {1: repeats[1]} for model, repeats in right.items() if 1 in repeats}


@pytest.fixture(scope="module")
def single(tmp_path_factory):
    # Two groups of test rows: the first eight, and the last two.
    return write(tmp_path_factory.mktemp("single"), only_first(RIGHT), np.arange(ROWS) >= 33).compare()


def t_interval(values):
    """By the formula: 30 training and 10 test rows, so that the variance is s^2 (1/k + 1/3)."""
    values = np.array(values)
    half = stats.t.ppf(0.975, len(values) - 1) * values.std(ddof=1) * np.sqrt(1 / len(values) + 1 / 3)
    return [values.mean(), values.mean() - half, values.mean() + half]


def minus(line, name):
    return [getattr(line, f"minus_{name}{end}") for end in ("", "_low", "_high")]


def test_names_are_those_of_every_table():
    assert tuple(MEASURES)[:5] == MAIN_METRICS
    for name in MAIN_METRICS:
        assert MEASURES[name].display == METRICS[name].display
        assert MEASURES[name].sign == (1 if METRICS[name].higher_is_better else -1)
        assert MEASURES[name].by_rule == (METRICS[name].uses == "predictions")


def test_layout(repeated):
    differences = [f"minus_{name}{end}" for name in ("constant", "era", "full") for end in ("", "_low", "_high")]
    assert repeated.summary.columns.tolist() == [
        *("model", "metric", "rule", "mean", "sd", "ci_low", "ci_high", *differences),
        *("p_constant", "p_era", "p_full", "not_above", "repeats", "test_rows"),
    ]
    for model, part in repeated.summary.groupby("model"):
        assert set(part["test_rows"]) == {TESTED}
        assert set(part["repeats"]) == {2 if model == "short" else 3}
        rules = ["fixed", "chosen"] if model in CONSTANTS else ["fixed", "thresholds", "chosen"]
        expected = {(name, rule) for name, item in MEASURES.items() for rule in (rules if item.by_rule else [""])}
        expected |= {(name, FOLD_MEAN) for name in METRICS}
        assert set(zip(part["metric"], part["rule"])) == expected and len(part) == len(expected)


@pytest.mark.parametrize("rule", ["fixed", "chosen"])
@pytest.mark.parametrize("metric", ["accuracy", "subset_accuracy", "f1"])
def test_mean_and_interval_by_hand(repeated, metric, rule):
    # .1, .4 and .3: mean .26667, sd .152753, error .152753 sqrt(2/3) = .124722, t(.975, 2) = 4.302653, half .536636.
    line, loss = repeated.line("weak", metric, rule), repeated.line("weak", "hamming_loss", rule)
    assert [line.mean, line.sd] == pytest.approx([0.266667, 0.152753], rel=1e-5)
    # No share is below 0.
    assert [line.ci_low, line.ci_high] == pytest.approx([0, 0.803302], abs=2e-6)
    assert [loss.mean, loss.sd] == pytest.approx([0.733333, 0.152753], rel=1e-5)
    assert [loss.ci_low, loss.ci_high] == pytest.approx([1 - 0.803302, 1], abs=2e-6)


@pytest.mark.parametrize("model", RIGHT)
def test_differences_are_paired_over_common_repeats(repeated, model):
    ours = RIGHT[model]
    line, loss = (repeated.line(model, metric, "fixed") for metric in ("accuracy", "hamming_loss"))
    # The reference constant is the best one, also where a low value is the best.
    for name, other in {"constant": "constant", "era": "era", "full": "good"}.items():
        shares = [(ours[repeat] - RIGHT[other][repeat]) / 10 for repeat in ours]
        expected = [np.nan] * 3 if other == model else t_interval(shares)
        assert minus(line, name) == pytest.approx(expected, abs=1e-5, nan_ok=True)
        assert minus(loss, name) == pytest.approx([-expected[end] for end in (0, 2, 1)], abs=1e-5, nan_ok=True)
        if other != model:
            assert expected == pytest.approx(nadeau_bengio(shares, ROWS - TESTED, TESTED))


def test_a_rule_that_the_constant_lacks_is_held_against_its_only_one(repeated):
    line = repeated.line("weak", "accuracy", "thresholds")
    assert minus(line, "constant") == pytest.approx(t_interval([0.9, 0.8, 0.8]), abs=1e-5)
    # The others have that rule and are all right by it, too.
    assert minus(line, "era") == [0, 0, 0]


@pytest.mark.parametrize(
    ("model", "rule", "expected"),
    [
        # .7, .7 and .7; .7, .6 and .6 (low .43); 0, .2 and .1 (low -.25).
        ("good", "fixed", ""),
        ("fair", "chosen", ""),
        ("weak", "fixed", "constant+era"),
        ("era", "fixed", "constant"),
        # A constant is not said to be below itself. By the thresholds all are equal, but far above the constant.
        ("constant", "fixed", ""),
        ("always", "fixed", ""),
        ("weak", "thresholds", "era"),
        # Two repeats, .7 and .6: t(.975, 1) = 12.7, half .82.
        ("short", "fixed", "constant+era"),
    ],
)
def test_not_above(repeated, model, rule, expected):
    for metric in ("accuracy", "hamming_loss"):
        assert repeated.line(model, metric, rule).not_above == expected, metric
    assert set(repeated.summary.loc[repeated.summary["metric"].isin(["brier", "implication"]), "not_above"]) == {""}


def test_mcnemar_is_combined_over_repeats_and_adjusted_across_models(repeated):
    # Rows that one alone has right, all on the same side. good: 7 in each repeat, p 2/2^7, twice the median 1/32.
    # short: 7 and 6, twice the mean of 2/2^7 and 2/2^6: 3/64. fair: 7, 6 and 6: 1/16. Others: at most 2 in any: 1.
    # Holm, six tests: 6/32, 5 * 3/64, 4/16, 1, 1, 1.
    expected = {"good": 6 / 32, "short": 15 / 64, "fair": 1 / 4, "weak": 1, "era": 1, "always": 1, "constant": np.nan}
    for rule in ("fixed", "chosen"):
        for model, p_value in expected.items():
            assert repeated.line(model, "subset_accuracy", rule).p_constant == pytest.approx(p_value, nan_ok=True)
    others = repeated.summary[repeated.summary["metric"] != "subset_accuracy"]
    assert others[["p_constant", "p_era", "p_full"]].isna().all(axis=None)


@pytest.mark.parametrize(("p_values", "expected"), [([0.3], 0.3), ([0.1, 0.3, 0.2], 0.4), ([0.1, 0.8, 0.9], 1.0)])
def test_twice_median(p_values, expected):
    assert twice_median(p_values) == pytest.approx(expected)


def test_metrics_of_scores(repeated):
    _, table, _ = repeated.answers["fair"]
    values = {"auc_macro": [], "brier": [], "brier_calibrated": []}
    for _, part in table.groupby("repeat"):
        truth, scores, calibrated = (part[name].to_numpy().reshape(-1, 3) for name in ("truth", "score", "calibrated"))
        values["auc_macro"].append(roc_auc_score(truth, scores))
        values["brier"].append(((truth - scores) ** 2).mean())
        values["brier_calibrated"].append(((truth - calibrated) ** 2).mean())
    for metric, expected in values.items():
        line = repeated.line("fair", metric)
        ends = np.clip(t_interval(expected), 0, 1)
        assert [line.mean, line.ci_low, line.ci_high] == pytest.approx(ends)
    # Nothing is held against a reference where neither a high nor a low value is the better model.
    assert np.isnan(minus(repeated.line("fair", "brier"), "era")).all()


def test_strata_by_hand(repeated):
    table = repeated.strata.set_index(["model", "stratum", "value"]).sort_index()
    assert table.columns.tolist() == ["rows", "mean", "ci_low", "ci_high"]
    # Two test rows of each repeat in each fifth by number. good: all right but the first two, one and one rows.
    for fifth, expected in enumerate([[0, 0.5, 0.5], *[[1, 1, 1]] * 4], start=1):
        line = table.loc["good", "accession", f"fifth {fifth}"]
        assert line["rows"] == 2
        ends = np.clip(t_interval(expected), 0, 1)
        assert line[["mean", "ci_low", "ci_high"]].tolist() == pytest.approx(ends, rel=1e-5)
    # weak is right in the last 1, 4 and 3 rows. 18 and 19 bases, which a third ends within: none of five rows; 20:
    # none of 3, one of 2, none of 2; 21: one of 2, all of 3 and of 3. One location: none of 2, one of 2, one of 3.
    expected = {
        ("length", "18-19"): [5, 0],
        ("length", "20-20"): [7 / 3, 1 / 6],
        ("length", "21-21"): [8 / 3, 5 / 6],
        ("locations", "1"): [7 / 3, 5 / 18],
    }
    for key, values in expected.items():
        assert table.loc[("weak", *key), ["rows", "mean"]].tolist() == pytest.approx(values, rel=1e-5)
    assert table.loc["weak"].index.tolist()[5:] == [*list(expected)[:3], ("locations", "1"), ("locations", "2")]


@pytest.mark.parametrize("first", [0, 30])
def test_strata_of_a_locus_by_hand(tmp_path, repeated, first):
    """Ten rows lie inside: of each repeat's test rows, every fourth of all, two or three."""
    inside = (np.arange(ROWS) >= first) & (np.arange(ROWS) < first + 10)
    order = np.arange(ROWS)[::-1]
    save_features(tmp_path / "locus.npz", NAMES[order], Features(inside[order].astype(np.float32)[:, None]))
    strata = write(tmp_path).compare(tmp_path / "locus.npz").strata
    found = strata.query("model == 'good' and stratum == 'locus'").set_index("value")
    assert found.index.tolist() == ["inside", "outside"]
    # By the chosen rule the last 8, 9 and 9 of ten are right: the first two, and the first one of the others are not.
    right = {repeat: np.arange(TESTED) >= TESTED - RIGHT["good"][repeat] for repeat in REPEATS}
    for value, mask in (("inside", inside), ("outside", ~inside)):
        parts = [right[repeat][mask[rows]] for repeat, rows in REPEATS.items()]
        expected = np.clip(t_interval([part.mean() for part in parts]), 0, 1)
        assert found.loc[value, ["mean", "ci_low", "ci_high"]].tolist() == pytest.approx(expected, rel=1e-5)
        assert found.loc[value, "rows"] == pytest.approx(np.mean([len(part) for part in parts]), rel=1e-5)
    # Rows 1, 5 and 9, 2 and 6, and 3 and 7: wrong are 1 and 5, 2, and 3. The last ten rows are all right.
    assert found.loc["inside", "mean"] == pytest.approx((1 / 3 + 1 / 2 + 1 / 2) / 3 if first == 0 else 1, rel=1e-5)
    others = strata[strata["stratum"] != "locus"]
    pd.testing.assert_frame_equal(others.reset_index(drop=True), repeated.strata)


@pytest.mark.parametrize("value", ["inside", "outside"])
def test_a_locus_without_rows_on_one_side(tmp_path, value):
    features = Features(np.full((ROWS, 1), value == "inside", dtype=np.float32))
    save_features(tmp_path / "locus.npz", NAMES, features)
    found = write(tmp_path, only_first(RIGHT)).compare(tmp_path / "locus.npz").strata.query("stratum == 'locus'")
    assert set(found["value"]) == {value} and set(found["rows"]) == {TESTED}


def tiny(folder):
    """Two repeats of two test rows: rows 0 and 1, and rows 1 and 2, of six."""
    truth = np.array([[1, 0, 0], [1, 0, 1], [0, 1, 0], [1, 1, 0], [1, 0, 0], [0, 1, 1]])
    bench = Bench(folder, NAMES[:6], truth, [20] * 6)
    scores = np.array([[[0.05, 0.5, 0.4], [0.05, 0.5, 0.3]], [[0.05, 0.5, 0.3], [0.95, 0.5, 0.5]]])
    sets = np.array([[[1, 0, 1], [1, 0, 0]], [[1, 1, 0], [0, 1, 1]]])
    repeats = {
        repeat: (
            NAMES[repeat - 1 :][:2],
            [scores[repeat - 1]],
            np.ones((2, 3)),
            dict.fromkeys(["fixed", "chosen"], part),
        )
        for repeat, part in enumerate(sets, start=1)
    }
    return bench.add("good", repeats), repeats


def test_rows_are_parted_by_accession_number(tmp_path):
    names = [f"MI{number:07d}" for number in range(9, 49)]
    Bench(tmp_path, names, np.ones((40, 3)), bases=[70] * 40)
    dataset = describe_dataset(tmp_path / "mirnas.tsv", None).loc[names]
    assert dataset["fifth"].tolist() == [place // 8 for place in range(40)]
    assert dataset["twentieth"].tolist() == [place // 2 for place in range(40)]


def test_measures_without_a_reference_by_hand(tmp_path):
    bench, repeats = tiny(tmp_path)
    none = {1: (*repeats[1][:3], dict.fromkeys(["fixed", "chosen"], np.array([[1, 0, 0], [0, 1, 0]])))}
    bench.add("half", none | {2: repeats[2]}).add("none", none).compare()
    # One of the two sets of repeat 1 is marked as known, and both of repeat 2.
    assert bench.line("good", "known_label_sets", "fixed").mean == 0.75
    # Cytoplasm is predicted once in each repeat, with the nucleus in the first only; undefined where it never is.
    assert bench.line("good", "implication", "fixed").mean == 0.5
    assert bench.line("half", "implication", "fixed").mean == 0
    assert np.isnan(bench.line("none", "implication", "fixed").mean)
    # Fifths of six rows: 0 and 1, then each apart. Repeat 1 has one pair, in cytoplasm and in the wrong order.
    assert bench.line("good", "auc_within_fifths").mean == 0
    # Each row is a twentieth by itself, so that there is no pair.
    assert np.isnan(bench.line("good", "auc_within_twentieths").mean)
    # |.05 - 1|, |.05 - 1|; |.5 - 0| twice; gap of the bins .3 (one row each: .4 and .7); repeat 2 likewise.
    first, second = (0.95 + 0.5 + (0.4 + 0.7) / 2) / 3, ((0.95 + 0.95) / 2 + 0 + (0.7 + 0.5) / 2) / 3
    assert bench.line("good", "calibration_error").mean == pytest.approx((first + second) / 2, rel=1e-5)


def test_without_age_and_implication_nothing_of_them_is_measured(tmp_path):
    whole, part = write(tmp_path).compare(), write(tmp_path).compare(implication=(), aged=False)
    lost = {"auc_within_fifths", "auc_within_twentieths", "implication"}
    assert set(whole.summary["metric"]) - set(part.summary["metric"]) == lost
    kept = whole.summary[~whole.summary["metric"].isin(lost)].reset_index(drop=True)
    pd.testing.assert_frame_equal(part.summary, kept)
    assert set(whole.strata["stratum"]) - set(part.strata["stratum"]) == {"accession"}


def test_curves_are_pooled_over_repeats(tmp_path):
    curves = tiny(tmp_path)[0].compare().curves
    columns = ["form", "bin", "count", "predicted", "observed"]
    assert curves.columns.tolist() == ["model", "location", *columns]
    part = curves.loc[curves["location"] == "nucleus", columns]
    # .05 of rows 0, 1 and 1, all in the nucleus, and .95 of row 2, which is not; empty bins are left out.
    expected = [["score", 0, 3, 0.05, 1], ["score", 9, 1, 0.95, 0], ["calibrated", 9, 4, 1, 0.75]]
    assert part["form"].tolist() == [row[0] for row in expected]
    assert part[columns[1:]].to_numpy() == pytest.approx(np.array([row[1:] for row in expected]))


def test_a_single_repeat_draws_whole_groups(single):
    # The groups of eight and of two rows: both (.8), twice the first (1), or twice the second (0), at 1/4 each end.
    line = single.line("good", "accuracy", "fixed")
    assert [line.mean, line.ci_low, line.ci_high] == [0.8, 0, 1] and np.isnan(line.sd)
    # Paired: .7, 7/8 or 0. A model that is right in the same rows does not differ in any draw.
    assert minus(line, "constant") == pytest.approx([0.7, 0, 0.875])
    assert line.not_above == "constant+era"
    assert minus(single.line("era", "hamming_loss", "fixed"), "constant") == [0, 0, 0]
    # No interval of a calibration error.
    error = single.line("good", "calibration_error")
    assert error.mean > 0 and np.isnan([error.ci_low, error.ci_high]).all()
    # By the chosen rule the first two rows are wrong: in each draw of the first group, which the fifth is part of.
    first = single.strata.query("model == 'good' and value == 'fifth 1'").iloc[0]
    assert first[["rows", "mean", "ci_low", "ci_high"]].tolist() == [2, 0, 0, 0]


def test_mcnemar_of_a_single_repeat(single):
    # 7 rows alone right: 2/2^7; Holm over good, fair, weak, era and always: five times that.
    assert single.line("good", "subset_accuracy", "fixed").p_constant == pytest.approx(5 / 64)
    first = np.arange(TESTED)
    assert mcnemar(first < 8, first < 1) == pytest.approx(1 / 64)
    assert single.line("weak", "subset_accuracy", "fixed").p_constant == 1


def test_a_single_group_gives_no_interval(tmp_path):
    bench = write(tmp_path, only_first(RIGHT), np.zeros(ROWS)).compare()
    line = bench.line("good", "accuracy", "fixed")
    assert line.mean == 0.8 and np.isnan([line.ci_low, line.ci_high]).all()


def test_one_repeat_among_models_of_several_has_no_interval(tmp_path):
    bench = write(tmp_path, {"constant": RIGHT["constant"], "once": {2: 9}}).compare()
    line = bench.line("once", "accuracy", "fixed")
    assert [line.mean, line.minus_constant] == pytest.approx([0.9, 0.7])
    assert np.isnan([line.sd, line.ci_low, line.ci_high, line.minus_constant_low]).all()
    # Nothing is claimed of so few repeats; a reference that is not among the models has empty columns.
    assert line.not_above == "" and np.isnan([*minus(line, "era"), *minus(line, "full")]).all()


def test_too_few_repeats_have_a_mean_and_neither_interval_nor_mark(tmp_path, repeated):
    few = write(tmp_path).compare(fewest=4)
    for model in ("good", "weak"):
        line, enough = few.line(model, "accuracy", "fixed"), repeated.line(model, "accuracy", "fixed")
        assert enough.repeats < 4 and not np.isnan(enough.ci_low)
        assert [line.mean, line.sd, line.minus_constant] == [enough.mean, enough.sd, enough.minus_constant]
        assert np.isnan([line.ci_low, line.ci_high, line.minus_constant_low]).all() and line.not_above == ""
    assert repeated.line("weak", "accuracy", "fixed").not_above != ""


def test_the_rows_that_are_trained_on_widen_the_interval(tmp_path):
    """Nadeau and Bengio's correction is of the tested over the trained: fewer trained rows, a wider interval."""
    widths, models = [], {model: RIGHT[model] for model in (*CONSTANTS, "era", "weak")}
    for trained in (TESTED, 10 * TESTED):
        bench = write(tmp_path, models)
        bench.trained = trained
        line = bench.compare().line("weak", "accuracy", "fixed")
        widths.append(line.minus_era_high - line.minus_era_low)
    repeats = line.repeats
    assert widths[0] / widths[1] == pytest.approx(np.sqrt((1 / repeats + 1) / (1 / repeats + 0.1)), rel=1e-6)


# --- what does not fit


def test_a_row_that_is_not_in_the_dataset(tmp_path):
    bench = write(tmp_path, {"constant": RIGHT["constant"]})
    scores, *tables = bench.answers["constant"]
    other = ["MI99", *scores[2].accessions[1:]]
    bench.answers["constant"] = {**scores, 2: Scores(other, scores[2].truth, scores[2].by_fold)}, *tables
    with pytest.raises(InputError, match="MI99 is not in the dataset"):
        bench.compare()


@pytest.mark.parametrize("change", ["rows", "order", "truth", "a row less"])
def test_models_of_other_test_rows_cannot_be_compared(tmp_path, change):
    bench = write(tmp_path, {"constant": {1: 1, 2: 2}})
    model, repeats = planted("fair", {2: 8})
    accessions, by_fold, calibrated, sets = repeats[2]
    truth = 1 - bench.truth if change == "truth" else bench.truth
    if change == "rows":
        accessions = NAMES[REPEATS[1]]
    if change == "order":
        accessions = accessions[::-1]
    if change == "a row less":
        accessions, by_fold, calibrated = accessions[1:], np.array(by_fold)[:, 1:], calibrated[1:]
        sets = {rule: labels[1:] for rule, labels in sets.items()}
    bench.add(model, {2: (accessions, by_fold, calibrated, sets)}, truth)
    with pytest.raises(InputError, match="Model fair has other test rows or labels in repeat 2"):
        bench.compare()


@pytest.mark.parametrize("missing", ["accessions", "values"])
def test_a_locus_file_that_is_damaged(tmp_path, missing):
    arrays = {"accessions": NAMES, "values": np.ones((ROWS, 1))}
    del arrays[missing]
    write_arrays(tmp_path / "locus.npz", **arrays)
    with pytest.raises(InputError, match="A cached file is damaged") as caught:
        write(tmp_path, only_first(RIGHT)).compare(tmp_path / "locus.npz")
    assert caught.value.where == str(tmp_path / "locus.npz")


# --- the paper's reading: the mean over the fold models, by hand on three rows and two fold models

PAIR = ["nucleus", "exosome"]
PAIRED = {1: np.array([[1, 0], [1, 1], [0, 1]]), 2: np.array([[1, 0], [1, 0], [1, 0]])}
# Ten rows in all, three of them tested. At level .5 and two repeats the t quantile is 1.
WIDTH = np.sqrt(1 / 2 + 3 / 7)


def always(nucleus, exosome):
    return np.tile([float(nucleus), float(exosome)], (3, 1))


def right(repeat):
    return np.where(PAIRED[repeat] == 1, 0.9, 0.1)


# Model -> repeat -> the scores of its two fold models.
TWICE = {
    "always_nucleus": {repeat: [always(1, 0)] * 2 for repeat in PAIRED},
    "always_both": {repeat: [always(1, 1)] * 2 for repeat in PAIRED},
    "era": {repeat: [always(0, 1)] * 2 for repeat in PAIRED},
    # Its first fold model is right everywhere. The second says nucleus in the first repeat and exosome in the second;
    # the mean scores are right everywhere.
    "net": {
        1: [right(1), np.array([[0.8, 0.2], [0.7, 0.4], [0.6, 0.3]])],
        2: [right(2), np.tile([0.2, 0.8], (3, 1))],
    },
    "once": {1: [right(1), right(1)]},
}


def read_both_ways(folder, scores=TWICE, level=0.5):
    """Compare models whose label sets are their mean scores from one half on."""
    names = {repeat: row_names(repeat, 3) for repeat in PAIRED}
    truth = np.concatenate([*PAIRED.values(), np.ones((4, 2), dtype=int)])
    bench = Bench(folder, [*names[1], *names[2], *row_names(3, 4)], truth, [20] * 10, locations=PAIR)
    for model, repeats in scores.items():
        found = {}
        for repeat, folds in repeats.items():
            mean = np.mean(folds, axis=0)
            found[repeat] = names[repeat], folds, mean, dict.fromkeys(["fixed", "chosen"], (mean >= 0.5).astype(int))
        bench.add(model, found)
    return bench.compare(level=level, constants=("always_nucleus", "always_both"), implication=PAIR)


@pytest.fixture(scope="module")
def twice(tmp_path_factory):
    return read_both_ways(tmp_path_factory.mktemp("twice"))


def test_the_papers_reading_is_the_mean_over_fold_models(twice):
    found = twice.line("net", "accuracy", "fold_mean")
    # First repeat: 1 and (1 + 1/2 + 0) / 3, in the mean .75. Second: 1 and 0.
    assert found.mean == pytest.approx(0.625)
    assert found.sd == pytest.approx(0.25 / np.sqrt(2))
    half = 0.25 / np.sqrt(2) * WIDTH
    assert [found.ci_low, found.ci_high] == pytest.approx([0.625 - half, 0.625 + half])


def test_the_other_reading_is_of_the_mean_score(twice):
    for metric in ("accuracy", "subset_accuracy", "f1"):
        found = twice.line("net", metric, "fixed")
        assert [found.mean, found.sd, found.ci_low, found.ci_high] == [1, 0, 1, 1]
    # Hamming loss of the fold models: 0 and 3/6 in the first repeat, 0 and 1 in the second.
    assert twice.line("net", "hamming_loss", "fixed").mean == 0
    assert twice.line("net", "hamming_loss", "fold_mean").mean == pytest.approx((0.25 + 0.5) / 2)


def test_an_interval_stays_within_what_a_metric_can_be(tmp_path):
    scores = TWICE | {"net": {1: [right(1)] * 2, 2: [always(0, 1)] * 2}}
    found = read_both_ways(tmp_path, scores).line("net", "accuracy", "fold_mean")
    # 1 and 0: .5, and .68 to either side.
    assert [found.mean, found.ci_low, found.ci_high] == [0.5, 0, 1]


def test_the_best_constant_is_the_best_in_the_mean_over_repeats(twice):
    # Nucleus has accuracy 1/2 and 1; both have 2/3 and 1/2. In the first repeat alone both would be better.
    found = twice.line("net", "accuracy", "fold_mean")
    half = np.array([0.75 - 0.5, 0.5 - 1]).std(ddof=1) * WIDTH
    assert minus(found, "constant") == pytest.approx([-0.125, -0.125 - half, -0.125 + half])


def test_differences_are_of_the_same_reading(twice):
    # Always exosome: accuracy (0 + 1/2 + 1) / 3, then 0.
    assert twice.line("net", "accuracy", "fold_mean").minus_era == pytest.approx((0.25 + 0.5) / 2)
    assert twice.line("net", "accuracy", "fixed").minus_era == pytest.approx((0.5 + 1) / 2)


def test_differences_of_the_fold_mean_are_paired_over_common_repeats(twice):
    found = twice.line("once", "accuracy", "fold_mean")
    # Against nucleus in the first repeat, and era there; a single repeat has no interval.
    assert [found.minus_constant, found.minus_era] == pytest.approx([0.5, 0.5])
    ends = [found.sd, found.ci_low, found.ci_high, found.minus_constant_low, found.minus_era_high]
    assert np.isnan(ends).all()


def test_nothing_is_held_against_itself(twice):
    for rule in ("fixed", "fold_mean"):
        assert np.isnan(twice.line("era", "accuracy", rule).minus_era)
        assert np.isnan(twice.line("always_nucleus", "accuracy", rule).minus_constant)
        assert twice.line("always_both", "accuracy", rule).minus_constant == pytest.approx(7 / 12 - 3 / 4)


def test_a_repeat_in_which_an_area_is_undefined_is_left_out(twice):
    # In the second repeat each location has one class. In the first both fold models order the rows rightly but for
    # ties: exosome has .2, .4 and .3, all positives above.
    found = twice.line("net", "auc_macro", "fold_mean")
    assert found.mean == 1 and np.isnan(found.ci_low) and found.minus_constant == pytest.approx(0.5)


def test_the_fold_mean_is_measured_of_every_metric_and_has_no_test_of_sets(twice):
    part = twice.summary[twice.summary["rule"] == "fold_mean"]
    assert part.groupby("model")["metric"].apply(list).to_dict() == {model: list(METRICS) for model in TWICE}
    assert part[["p_constant", "p_era", "p_full"]].isna().all(axis=None)
    counted = set(part[["model", "repeats"]].itertuples(index=False, name=None))
    assert counted == {(model, len(repeats)) for model, repeats in TWICE.items()}


def test_a_single_repeat_has_no_fold_mean(single):
    assert "fold_mean" not in set(single.summary["rule"])


def test_what_a_fold_mean_is_not_clearly_above(tmp_path):
    right_always = {1: [right(1)] * 2, 2: [right(2), always(1, 0)]}
    nothing = {repeat: [always(0, 0)] * 2 for repeat in PAIRED}
    # The t quantile at level .2 is .325, so that the ends are .22 times the distance of the two values.
    bench = read_both_ways(tmp_path, TWICE | {"net": right_always, "poor": nothing}, level=0.2)
    expected = {
        # 1 and 1, against 1/2 and 1; .25 more, and .11 to either side. Of the Hamming loss .25 less.
        ("net", "accuracy"): "",
        ("net", "hamming_loss"): "",
        # 1/2 and 0.
        ("era", "accuracy"): "constant",
        ("era", "hamming_loss"): "constant",
        # 0 and 0.
        ("poor", "accuracy"): "constant+era",
        # 4/6 and 3/6, against 3/6 and 0 of nucleus, and 3/6 and 1 of era: 1/6 less than era, and .15 to either side.
        ("poor", "hamming_loss"): "constant",
        # Nothing is said of constants.
        ("always_both", "accuracy"): "",
    }
    for (model, metric), below in expected.items():
        assert bench.line(model, metric, "fold_mean").not_above == below, (model, metric)
