"""Models of planted quality under one protocol: every column of the trust tables by hand."""

import numpy as np
import pandas as pd
import pytest
from mmlmirloc.evaluation.trust import MEASURES, Model, compare_models, twice_median
from scipy import stats
from sklearn.metrics import roc_auc_score

from mmlmirloc.errors import InputError
from mmlmirloc.evaluation.metrics import MAIN_METRICS, METRICS
from mmlmirloc.evaluation.statistics import mcnemar, nadeau_bengio
from mmlmirloc.features import Features
from mmlmirloc.files import read_table
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


class Protocol:
    """Writes the files of a protocol, and reads what is made of them."""

    def __init__(self, folder, accessions=NAMES, truth=TRUTH, bases=BASES, groups=None):
        self.folder, self.truth, self.models = folder, pd.DataFrame(truth, index=accessions), {}
        rows = pd.DataFrame(truth, columns=LOCATIONS).assign(accession=accessions)
        rows["sequence"] = ["A" * count for count in bases]
        # The file's order is another one than that of the numbers.
        rows.iloc[::-1].to_csv(folder / "mirnas.tsv", sep="\t", index=False)
        groups = np.arange(len(rows)) if groups is None else groups
        pd.DataFrame({"accession": accessions, "group": groups}).to_csv(folder / "groups.tsv", sep="\t", index=False)

    def add(self, model, repeats, change=lambda probabilities, decisions: (probabilities, decisions)):
        """Add a model: repeat -> accessions, scores, calibrated and rule -> label sets."""
        numbers, answers = [], []
        for repeat, (accessions, scores, calibrated, sets) in repeats.items():
            columns = {"score": scores, "calibrated": calibrated, "truth": self.truth.loc[accessions].to_numpy()}
            part = pd.DataFrame({name: np.ravel(values) for name, values in columns.items()})
            part.insert(0, "location", LOCATIONS * len(accessions))
            part.insert(0, "accession", np.repeat(accessions, len(LOCATIONS)))
            numbers.append(part.assign(repeat=repeat))
            for rule, labels in sets.items():
                table = pd.DataFrame(labels, columns=LOCATIONS)
                # Nucleus and cytoplasm without exosome are, by the file, no training row's set.
                known = 1 - (labels == [1, 0, 1]).all(axis=1).astype(int)
                answers.append(table.assign(repeat=repeat, accession=accessions, rule=rule, known=known))
        paths = [str(self.folder / f"{model}-{kind}.tsv") for kind in ("probabilities", "decisions")]
        for table, path in zip(change(pd.concat(numbers), pd.concat(answers)), paths):
            table.to_csv(path, sep="\t", index=False)
        self.models[model] = Model(f"The {model}", model in CONSTANTS, *paths)
        return self

    def compare(self, locus=None):
        outputs = [self.folder / f"{name}.tsv" for name in ("summary", "strata", "curves")]
        compare_models(
            self.models,
            self.folder / "mirnas.tsv",
            self.folder / "groups.tsv",
            locus,
            *outputs,
            LOCATIONS,
            {"era": "era", "full": "good"},
            ["cytoplasm", "nucleus"],
            draws=400,
            level=0.95,
            seed=1,
        )
        text = ["model", "label", "metric", "rule", "not_above", "stratum", "value", "location", "form"]
        self.summary, self.strata, self.curves = (read_table(path, text=text) for path in outputs)
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
        found[repeat] = accessions, scores, (scores / 2).round(3), rules
    return model, found


def write(folder, right=RIGHT, groups=None):
    protocol = Protocol(folder, groups=groups)
    for model, repeats in right.items():
        protocol.add(*planted(model, repeats))
    return protocol


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
        *("model", "label", "metric", "rule", "mean", "sd", "ci_low", "ci_high", *differences),
        *("p_constant", "p_era", "p_full", "not_above", "repeats", "test_rows"),
    ]
    for model, part in repeated.summary.groupby("model"):
        assert set(part["label"]) == {f"The {model}"} and set(part["test_rows"]) == {TESTED}
        assert set(part["repeats"]) == {2 if model == "short" else 3}
        rules = ["fixed", "chosen"] if model in CONSTANTS else ["fixed", "thresholds", "chosen"]
        expected = {(name, rule) for name, item in MEASURES.items() for rule in (rules if item.by_rule else [""])}
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
    table = read_table(repeated.models["fair"].probabilities)
    values = {"auc_macro": [], "brier": [], "brier_calibrated": []}
    for _, part in table.groupby("repeat"):
        truth, scores, calibrated = (part[name].to_numpy().reshape(-1, 3) for name in ("truth", "score", "calibrated"))
        values["auc_macro"].append(roc_auc_score(truth, scores))
        values["brier"].append(((truth - scores) ** 2).mean())
        values["brier_calibrated"].append(((truth - calibrated) ** 2).mean())
    for metric, expected in values.items():
        line = repeated.line("fair", metric)
        ends = np.clip(t_interval(expected), 0, 1)
        assert [line.mean, line.ci_low, line.ci_high] == pytest.approx(ends, rel=1e-4)
    # Nothing is held against a reference where neither a high nor a low value is the better model.
    assert np.isnan(minus(repeated.line("fair", "brier"), "era")).all()


def test_strata_by_hand(repeated):
    table = repeated.strata.set_index(["model", "stratum", "value"]).sort_index()
    assert table.columns.tolist() == ["label", "rows", "mean", "ci_low", "ci_high"]
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
def test_strata_of_a_locus_by_hand(tmp_path, first):
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
    pd.testing.assert_frame_equal(others.reset_index(drop=True), write(tmp_path).compare().strata)


@pytest.mark.parametrize("value", ["inside", "outside"])
def test_a_locus_without_rows_on_one_side(tmp_path, value):
    features = Features(np.full((ROWS, 1), value == "inside", dtype=np.float32))
    save_features(tmp_path / "locus.npz", NAMES, features)
    found = write(tmp_path, only_first(RIGHT)).compare(tmp_path / "locus.npz").strata.query("stratum == 'locus'")
    assert set(found["value"]) == {value} and set(found["rows"]) == {TESTED}


def tiny(folder, **options):
    """Two repeats of two test rows: rows 0 and 1, and rows 1 and 2, of six."""
    truth = np.array([[1, 0, 0], [1, 0, 1], [0, 1, 0], [1, 1, 0], [1, 0, 0], [0, 1, 1]])
    protocol = Protocol(folder, NAMES[:6], truth, [20] * 6)
    scores = np.array([[[0.05, 0.5, 0.4], [0.05, 0.5, 0.3]], [[0.05, 0.5, 0.3], [0.95, 0.5, 0.5]]])
    sets = np.array([[[1, 0, 1], [1, 0, 0]], [[1, 1, 0], [0, 1, 1]]])
    repeats = {
        repeat: (NAMES[repeat - 1 :][:2], scores[repeat - 1], np.ones((2, 3)), dict.fromkeys(["fixed", "chosen"], part))
        for repeat, part in enumerate(sets, start=1)
    }
    return protocol.add("good", repeats, **options), repeats


def test_measures_without_a_reference_by_hand(tmp_path):
    protocol, repeats = tiny(tmp_path)
    none = {1: (*repeats[1][:3], dict.fromkeys(["fixed", "chosen"], np.array([[1, 0, 0], [0, 1, 0]])))}
    protocol.add("half", none | {2: repeats[2]}).add("none", none)
    protocol.compare()
    # One of the two sets of repeat 1 is marked as known, and both of repeat 2.
    assert protocol.line("good", "known_label_sets", "fixed").mean == 0.75
    # Cytoplasm is predicted once in each repeat, with the nucleus in the first only; undefined where it never is.
    assert protocol.line("good", "implication", "fixed").mean == 0.5
    assert protocol.line("half", "implication", "fixed").mean == 0
    assert np.isnan(protocol.line("none", "implication", "fixed").mean)
    # Fifths of six rows: 0 and 1, then each apart. Repeat 1 has one pair, in cytoplasm and in the wrong order.
    assert protocol.line("good", "auc_within_fifths").mean == 0
    # |.05 - 1|, |.05 - 1|; |.5 - 0| twice; gap of the bins .3 (one row each: .4 and .7); repeat 2 likewise.
    first, second = (0.95 + 0.5 + (0.4 + 0.7) / 2) / 3, ((0.95 + 0.95) / 2 + 0 + (0.7 + 0.5) / 2) / 3
    assert protocol.line("good", "calibration_error").mean == pytest.approx((first + second) / 2, rel=1e-5)


def test_curves_are_pooled_over_repeats(tmp_path):
    curves = tiny(tmp_path)[0].compare().curves
    columns = ["form", "bin", "count", "predicted", "observed"]
    assert curves.columns.tolist() == ["model", "label", "location", *columns]
    part = curves.loc[curves["location"] == "nucleus", columns]
    # .05 of rows 0, 1 and 1, all in the nucleus, and .95 of row 2, which is not; empty bins are left out.
    assert part.to_numpy().tolist() == [
        ["score", 0, 3, 0.05, 1],
        ["score", 9, 1, 0.95, 0],
        ["calibrated", 9, 4, 1, 0.75],
    ]


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
    protocol = write(tmp_path, only_first(RIGHT), np.zeros(ROWS)).compare()
    line = protocol.line("good", "accuracy", "fixed")
    assert line.mean == 0.8 and np.isnan([line.ci_low, line.ci_high]).all()


def test_one_repeat_among_models_of_several_has_no_interval(tmp_path):
    protocol = write(tmp_path, {"constant": RIGHT["constant"], "once": {2: 9}}).compare()
    line = protocol.line("once", "accuracy", "fixed")
    assert [line.mean, line.minus_constant] == pytest.approx([0.9, 0.7])
    assert np.isnan([line.sd, line.ci_low, line.ci_high, line.minus_constant_low]).all()
    # What has no interval is not clearly above; a reference that is not among the models has empty columns.
    assert line.not_above == "constant" and np.isnan([*minus(line, "era"), *minus(line, "full")]).all()


def renamed(table, new=NAMES[0]):
    return table.replace({"accession": {NAMES[1]: new}})


CHANGES = {
    "row of no dataset": lambda numbers, answers: (renamed(numbers, "MI99"), answers),
    "other repeat": lambda numbers, answers: (numbers, answers.assign(repeat=2)),
    "rows of another model": lambda numbers, answers: (renamed(numbers), renamed(answers)),
    "answers in another order": lambda numbers, answers: (numbers, answers.iloc[::-1]),
    "answers of another row": lambda numbers, answers: (numbers, renamed(answers)),
    "an answer too few": lambda numbers, answers: (numbers, answers.iloc[1:]),
    "a number too few": lambda numbers, answers: (numbers.iloc[1:], answers),
    "locations in another order": lambda numbers, answers: (numbers.iloc[[1, 0, *range(2, 30)]], answers),
    "another truth": lambda numbers, answers: (numbers.assign(truth=1 - numbers["truth"]), answers),
}


@pytest.mark.parametrize("change", CHANGES)
def test_files_that_do_not_fit(tmp_path, change):
    protocol = write(tmp_path, only_first({"constant": RIGHT["constant"]}))
    protocol.add(*planted("fair", {1: 8}), change=CHANGES[change])
    message = "Model fair has other test rows or labels in repeat 1|damaged"
    with pytest.raises(InputError, match=message):
        protocol.compare()
