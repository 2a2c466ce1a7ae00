"""Judging a tiny split from files to files: what is decided, measured and compared, and that all fits together."""

from copy import copy
from dataclasses import asdict

import numpy as np
import pandas as pd
import pytest
from score_files import LOCATIONS, change_lines, row_names, rows_file, scores_file, validation_file

from mmlmirloc.errors import InputError
from mmlmirloc.evaluation.deciding import PROBABILITIES
from mmlmirloc.evaluation.judging import Compared, Judged, judge_split, read_batches
from mmlmirloc.evaluation.measures import MEASURES
from mmlmirloc.evaluation.metrics import LABEL_METRICS, METRICS
from mmlmirloc.evaluation.names import CHOSEN, FIXED, FOLD_MEAN, ONE_DRAW
from mmlmirloc.evaluation.rules import RULES
from mmlmirloc.features import Features
from mmlmirloc.files import read_table
from mmlmirloc.views.cache import save_features

TEXT = ["comparison", "model", "label", "metric", "rule", "not_above", "stratum", "value", "location", "form"]
TESTED, TRAINED = 8, 12
SETS = np.array([[1, 0], [1, 1], [0, 1]])
CONSTANTS = {"always_nucleus": (1, 0), "always_both": (1, 1)}
LABELS = {
    "always_nucleus": "Always nucleus",
    "always_both": "Always both",
    "era": "Era",
    "net": "The network",
    "forest": "A forest",
    "aside": "Measured only",
}
# Each repeat is a batch; the forest is not trained on the last one.
REPEATS = dict.fromkeys(LABELS, (1, 2, 3)) | {"forest": (1, 2), "aside": (1,)}
COMPARISONS = {
    "trust": (["always_nucleus", "always_both", "era", "net"], {"era": "era", "full": "net"}, False),
    "beyond": (["era", "forest", "net"], {"era": "era"}, True),
}
#: The labels of the test rows and of the training rows of a repeat.
TEST = {repeat: np.roll(np.resize(SETS, (TESTED, 2)), repeat, axis=0) for repeat in (1, 2, 3)}
TRAIN = {repeat: np.roll(np.resize(SETS, (TRAINED, 2)), repeat, axis=0) for repeat in (1, 2, 3)}
FOLDS = np.arange(TRAINED) % 2


def answers(model, truth, seed):
    """Scores of a model: a constant, all right, all wrong, or something between."""
    if model in CONSTANTS:
        return np.tile(CONSTANTS[model], (len(truth), 1)).astype(float)
    random = np.random.default_rng([seed, list(LABELS).index(model)]).random(truth.shape).round(3)
    share = {"net": 0.8, "forest": 0.2, "era": -0.3, "aside": -0.8}[model]
    return np.abs(share) * np.where(share > 0, truth, 1 - truth) + (1 - np.abs(share)) * random


class Split:
    """Files of a split of 60 rows, three repeats of 20; call ``judge`` for the verdicts."""

    def __init__(self, folder):
        self.folder = folder
        names = {repeat: row_names(repeat, TESTED) for repeat in TEST}
        self.trained = {repeat: [f"T{repeat}-{row}" for row in range(TRAINED)] for repeat in TRAIN}
        every = [name for repeat in TEST for name in (*names[repeat], *self.trained[repeat])]
        rows = pd.DataFrame({"accession": every, "sequence": ["A" * (50 + n % 9) for n in range(len(every))]})
        rows.to_csv(folder / "mirnas.tsv", sep="\t", index=False)
        rows.assign(group=range(len(rows)))[["accession", "group"]].to_csv(folder / "groups.tsv", sep="\t", index=False)
        inside = np.arange(len(every)) % 2
        save_features(folder / "locus.npz", every, Features(inside.astype(np.float32)[:, None]))
        self.tests = [rows_file(folder / f"test-{repeat}.tsv", {repeat: TEST[repeat]}) for repeat in TEST]
        scored = {
            model: {repeat: [answers(model, TEST[repeat], 10 * repeat + fold) for fold in range(2)] for repeat in found}
            for model, found in REPEATS.items()
        }
        self.scores = scores_file(folder / "scores.tsv", scored)
        trains = {
            repeat: rows_file(folder / f"train-{repeat}.tsv", {repeat: TRAIN[repeat]}, names=self.trained)
            for repeat in TRAIN
        }
        self.validation = [
            (self.validate(model, repeat), trains[repeat])
            for model, found in REPEATS.items()
            if model != "aside"
            for repeat in found
        ]

    def validate(self, model, repeat, name="validation"):
        scores = answers(model, TRAIN[repeat], 100 * repeat)
        path = self.folder / f"{name}-{model}-{repeat}.tsv"
        return validation_file(path, {repeat: (scores, FOLDS)}, names=self.trained, model=model)

    def judge(self, name="judged", **changes):
        """Judge, and return the tables by name."""
        outputs = Judged(**{one: str(self.folder / name / f"{one}.tsv") for one in Judged.__annotations__})
        comparisons = {
            one: Compared(models, references, str(self.folder / "locus.npz") if locus else None)
            for one, (models, references, locus) in COMPARISONS.items()
        }
        settings = {
            "labels": LABELS,
            "constants": list(CONSTANTS),
            "references": list(CONSTANTS),
            "era": "era",
            "measured": [*CONSTANTS, "era", "net", "aside"],
            "comparisons": comparisons,
            "locations": LOCATIONS,
            "threshold": 0.5,
            "objective": "accuracy",
            "implication": ["exosome", "nucleus"],
            "fewest": 2,
            "draws": 200,
            "level": 0.95,
            "seed": 1,
        }
        judge_split(
            self.scores,
            self.tests,
            self.validation,
            self.folder / "mirnas.tsv",
            self.folder / "groups.tsv",
            outputs,
            **settings | changes,
        )
        return {one: read_table(path, text=[*TEXT, "accession"]) for one, path in asdict(outputs).items()}


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A split that no test changes."""
    return Split(tmp_path_factory.mktemp("split"))


@pytest.fixture(scope="module")
def judged(whole):
    return whole.judge()


@pytest.fixture
def split(tmp_path):
    """A split to damage."""
    return Split(tmp_path)


# --- what is written


def test_columns(judged):
    found = {name: table.columns.tolist() for name, table in judged.items()}
    against = [f"minus_{name}{end}" for name in ("constant", "era", "full") for end in ("", "_low", "_high")]
    p_values = ["p_constant", "p_era", "p_full"]
    summary = found.pop("summary")
    assert found == {
        "probabilities": PROBABILITIES,
        "decisions": ["model", "repeat", "accession", "rule", *LOCATIONS, "known"],
        "rules": ["model", "repeat", "rule", "value", "chosen", "auc_macro"],
        "metrics": ["model", "metric", "location", *ONE_DRAW, "not_above"],
        "strata": ["comparison", "model", "label", "stratum", "value", "rows", "mean", "ci_low", "ci_high"],
        "curves": ["comparison", "model", "label", "location", "form", "bin", "count", "predicted", "observed"],
    }
    assert summary[:8] == ["comparison", "model", "label", "metric", "rule", "mean", "sd", "ci_low"]
    # A reference of one comparison only has a column too.
    assert set(summary[8:]) == {"ci_high", *against, *p_values, "not_above", "repeats", "test_rows"}
    assert len(summary) == len(set(summary))


def test_each_comparison_has_its_models_with_their_labels(judged):
    expected = [(name, model) for name, (models, *_) in COMPARISONS.items() for model in models]
    for name in ("summary", "strata", "curves"):
        table = judged[name]
        found = table[["comparison", "model"]].drop_duplicates()
        assert list(found.itertuples(index=False, name=None)) == expected, name
        assert table["label"].tolist() == [LABELS[model] for model in table["model"]], name


def test_every_compared_model_is_decided_by_every_rule(judged):
    compared = [model for model in LABELS if model != "aside"]
    for name in ("probabilities", "decisions", "rules"):
        found = judged[name][["model", "repeat"]].drop_duplicates()
        expected = [(model, repeat) for model in compared for repeat in REPEATS[model]]
        assert list(found.itertuples(index=False, name=None)) == expected, name
    for model, part in judged["decisions"].groupby("model"):
        rules = [FIXED, CHOSEN] if model in CONSTANTS else [*RULES, CHOSEN]
        assert part["rule"].drop_duplicates().tolist() == rules


def test_a_model_in_no_comparison_is_measured_and_not_decided(judged):
    assert "aside" in set(judged["metrics"]["model"])
    for name in ("probabilities", "decisions", "rules", "summary", "strata", "curves"):
        assert "aside" not in set(judged[name]["model"]), name


def test_the_models_of_the_first_draw_in_all_metrics(judged):
    table = judged["metrics"]
    names = [*METRICS, *(metric for metric in LABEL_METRICS for _ in LOCATIONS)]
    measured = [*CONSTANTS, "era", "net", "aside"]
    assert table["metric"].tolist() == names * len(measured)
    assert table["model"].drop_duplicates().tolist() == measured
    line = table.set_index(["model", "metric"]).loc["always_nucleus", "accuracy"]
    # Of the eight rows three hold the nucleus, three both and two the exosome.
    assert line["ensemble"] == line["fold_mean"] == pytest.approx((3 * 1 + 3 * 0.5) / 8, rel=1e-5)


def test_marks_of_the_first_draw(judged):
    found = judged["metrics"].set_index(["model", "metric"])["not_above"]
    # Right everywhere, and wrong everywhere.
    assert found["net", "accuracy"] == "" and found["aside", "accuracy"] == "constant+era"
    assert all(found[model, metric] == "" for model in (*CONSTANTS, "era") for metric in METRICS)


def test_numbers_are_rounded(whole, judged):
    """All tables hold six digits; those of numbers that became objects would hold more."""
    for name, text in texts(whole, "judged").items():
        cells = [cell.lstrip("-") for line in text.decode().splitlines() for cell in line.split("\t")]
        digits = [cell.replace(".", "").lstrip("0") for cell in cells if cell.startswith("0.")]
        assert max(map(len, digits), default=0) <= 6, name


def test_the_readings_and_rules_of_a_comparison(judged):
    part = judged["summary"].query("comparison == 'trust' and model == 'net'")
    expected = {(metric, FOLD_MEAN) for metric in METRICS}
    for metric, measure in MEASURES.items():
        expected |= {(metric, rule) for rule in ([*RULES, CHOSEN] if measure.by_rule else [""])}
    assert set(zip(part["metric"], part["rule"])) == expected and len(part) == len(expected)


def test_what_is_measured_is_what_is_written(judged):
    decisions, summary = judged["decisions"], judged["summary"]
    truth = judged["probabilities"].pivot(index=["model", "repeat", "accession"], columns="location", values="truth")
    for model in ("era", "forest"):
        sets = decisions[(decisions["model"] == model) & (decisions["rule"] == CHOSEN)]
        sets = sets.set_index(["model", "repeat", "accession"])[LOCATIONS]
        right = (sets == truth.loc[sets.index, LOCATIONS]).all(axis=1).groupby("repeat").mean()
        line = summary.query("comparison == 'beyond' and metric == 'subset_accuracy' and rule == 'chosen'")
        line = line[line["model"] == model].iloc[0]
        assert line["mean"] == pytest.approx(right.mean(), rel=1e-5)
        assert [line["repeats"], line["test_rows"]] == [len(REPEATS[model]), TESTED]


def test_only_a_comparison_with_constants_has_them_as_a_reference(judged):
    table = judged["summary"].query("metric == 'accuracy' and rule == 'chosen' and model == 'net'")
    ends = table.set_index("comparison")
    assert ends["minus_constant"].notna().to_dict() == {"trust": True, "beyond": False}
    assert ends["minus_era"].notna().all()
    # Nor is a model held against itself.
    assert ends["minus_full"].isna().all()


def test_only_a_comparison_with_a_locus_has_it_as_a_stratum(judged):
    found = {name: set(part["stratum"]) for name, part in judged["strata"].groupby("comparison")}
    assert "locus" in found["beyond"] and found["trust"] == found["beyond"] - {"locus"}


# --- what depends on what


def texts(split, name):
    return {one: (split.folder / name / f"{one}.tsv").read_bytes() for one in Judged.__annotations__}


def test_the_same_again(whole, judged):
    whole.judge("again")
    assert texts(whole, "judged") == texts(whole, "again")


def test_the_first_draw_is_that_of_the_first_repeat_alone(whole, judged):
    scored = {
        model: {
            # Seeds of the other repeats differ.
            repeat: [answers(model, TEST[repeat], 10 * repeat + fold + 50 * (repeat > 1)) for fold in range(2)]
            for repeat in found
        }
        for model, found in REPEATS.items()
    }
    other = copy(whole)
    other.scores = scores_file(whole.folder / "changed.tsv", scored)
    other.judge("changed")
    before, after = texts(whole, "judged"), texts(other, "changed")
    assert before["metrics"] == after["metrics"] and before["summary"] != after["summary"]


def test_no_comparison_depends_on_another(whole, judged):
    models, references, _ = COMPARISONS["trust"]
    alone = whole.judge("alone", comparisons={"trust": Compared(models, references, None)})
    for name in ("summary", "strata", "curves"):
        part = judged[name][judged[name]["comparison"] == "trust"].reset_index(drop=True)
        pd.testing.assert_frame_equal(part[alone[name].columns], alone[name], check_dtype=False)
    assert "forest" not in set(alone["decisions"]["model"])


# --- what does not fit


def test_all_models_have_the_same_test_rows(split):
    """One whose scores are of other rows is refused."""
    change_lines(
        split.scores, lambda lines: [one.replace("R2-3", "R2-9") if one.startswith("net") else one for one in lines]
    )
    with pytest.raises(InputError, match="missing, repeated or out of order") as caught:
        split.judge()
    assert caught.value.where == str(split.scores)


def test_a_model_without_scores(split):
    change_lines(split.scores, lambda lines: [line for line in lines if not line.startswith("aside")])
    with pytest.raises(InputError, match="model aside"):
        split.judge()


@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_model_without_a_repeat_that_its_training_has(split, place):
    dropped = f"net\t{place + 1}\t"
    change_lines(split.scores, lambda lines: [line for line in lines if not line.startswith(dropped)])
    with pytest.raises(InputError, match=r"Model net has test scores of the repeats \[., .\], validation scores of"):
        split.judge()


def test_validation_rows_that_are_missing(split):
    split.validation = [one for one in split.validation if "net-2" not in str(one[0])]
    with pytest.raises(InputError, match=r"repeats \[1, 2, 3\], validation scores of \[1, 3\]"):
        split.judge()


def test_a_repeat_in_two_batches(split):
    (first, *_) = [one for one in split.validation if "net-1" in str(one[0])]
    again = (split.validate("net", 1, "again"), first[1])
    with pytest.raises(InputError, match="repeat 1 stands in another batch too") as caught:
        read_batches([first, again], LOCATIONS)
    assert caught.value.where == str(again[0])


def test_batches_of_a_model_are_read_as_one(split):
    found = read_batches(split.validation, LOCATIONS)
    assert {model: list(repeats) for model, repeats in found.items()} == {
        model: list(repeats) for model, repeats in REPEATS.items() if model != "aside"
    }
    order = np.argsort(FOLDS, kind="stable")
    np.testing.assert_array_equal(found["net"][2].truth, TRAIN[2][order])


def test_a_row_that_is_not_in_the_dataset(split):
    change_lines(split.folder / "mirnas.tsv", lambda lines: [line.replace("R2-3", "X") for line in lines])
    with pytest.raises(InputError, match="R2-3 is not in the dataset"):
        split.judge()


def test_nothing_is_written_of_files_that_do_not_fit(split):
    change_lines(split.scores, lambda lines: lines[:-1])
    with pytest.raises(InputError):
        split.judge()
    assert not (split.folder / "judged").exists()
